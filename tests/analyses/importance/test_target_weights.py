"""Weights for a wanted importance: reached exactly where it can be, and honestly off where not."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from kpianalysis.analyses.importance.importance import effective_weights
from kpianalysis.analyses.importance.reweighting import REACHED, reweighting_of
from kpianalysis.analyses.importance.share_weights import nearest_shares, weights_of_shares
from kpianalysis.analyses.importance.target_weights import (
    AGAINST,
    COLUMNS,
    NEVER_VARIES,
    REDISTRIBUTED,
    TIED,
    WITHOUT_WEIGHT,
    weights_for_importance,
)
from kpianalysis.analyses.weights.weight_sets import totals_under
from kpianalysis.errors import KpiError
from kpianalysis.names import names_of
from kpianalysis.wording.importance import needed, obstacle
from tests.cards import by_subject, given_card, hospitals, operations, random_card
from tests.shown import SOURCES

LEVELS, MEASURES = ("indicator", "dimension"), ("effective_weight", "correlation")


def _scores(seed=0, n=30, names="abcd", common=0.0):
    rng = np.random.default_rng(seed)
    values = 50 + 10 * (rng.normal(size=(n, len(names))) + common * rng.normal(size=(n, 1)))
    return pd.DataFrame(values, index=[f"S{i:03d}" for i in range(n)], columns=list(names))


def _shares(scores, weights, measure):
    """Importance by numpy: share of the spread, or of the sum of correlations."""
    total = scores.to_numpy() @ np.asarray(weights)
    covariance = np.array([np.cov(score, total)[0, 1] for score in scores.to_numpy().T])
    importance = covariance / scores.std().to_numpy() if measure == "correlation" else covariance * weights
    return importance / importance.sum()


# Against the reference --------------------------------------------------------------------------------------


def _reference(shared, name):
    folder = shared / "reference"
    expected = json.loads((folder / "weights_from_data" / name).read_text(encoding="utf-8"))
    file = "tai/scores_goalpost_23.csv" if "tai" in name else "asem/aggregated_amean.csv"
    scores = pd.read_csv(folder / file, index_col=0)[expected["indicators"]]
    scores = scores.set_axis([f"T{i}" for i in range(len(scores))])
    return expected, given_card(scores, weights=dict(zip(expected["indicators"], expected["weights"], strict=True)))


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("importance_tai23.json", "equal"),
        ("importance_tai23.json", "bap_weights"),
        ("importance_asem_subindex.json", "equal"),
        ("importance_asem_subindex.json", "two_to_one"),
    ],
)
def test_weights_come_as_close_as_those_of_the_reference(shared, name, targets):
    """Target shares of correlation: closed form, and best non-negative weights by another optimiser."""
    expected, card = _reference(shared, name)
    case = expected["targets"][targets]
    wanted = dict(zip(expected["indicators"], case["target_share"], strict=True))
    ours = weights_for_importance(card, wanted, measure="correlation")
    assert (ours["gap"] ** 2).sum() <= case["nonnegative_sum_squared_gap"] + 1e-9
    assert ours["reached"].to_numpy() == pytest.approx(case["nonnegative_corr_share"], abs=1e-6)
    assert (ours["suggested_weight"] >= 0).all()
    assert (ours["status"] == ("closest" if case["closed_form_has_negative"] else "reached")).all()
    if not case["closed_form_has_negative"]:
        assert ours["suggested_weight"].to_numpy() == pytest.approx(case["closed_form_weights"], abs=1e-9)


def test_equal_correlations_of_two_sub_indices_are_those_coinr_finds_when_held_tight(shared):
    """opt_weights_equal_importance.json, level3_tight."""
    tight = json.loads((shared / "reference/asem/opt_weights_equal_importance.json").read_text(encoding="utf-8"))
    tight = tight["level3_tight"]
    _expected, card = _reference(shared, "importance_asem_subindex.json")
    ours = weights_for_importance(card, "equal", measure="correlation").set_index("item_id").loc[tight["code"]]
    assert ours["suggested_weight"].to_numpy() == pytest.approx(tight["weight"], abs=1e-9)


def test_nobody_is_told_success_where_coinr_is_negative_or_far_off(shared):
    """level2_default hardly moves and level2_tight takes negative weights: equal importance of ASEM's eight pillars."""
    folder = shared / "reference/asem"
    default = json.loads((folder / "opt_weights_equal_importance.json").read_text(encoding="utf-8"))["level2_default"]
    scores = pd.read_csv(folder / "aggregated_amean.csv", index_col="uCode")[default["code"]]
    parent = pd.read_csv(folder / "framework.csv", index_col="iCode").loc[default["code"], "Parent"].to_numpy()
    ours = weights_for_importance(given_card(scores), "equal", measure="correlation")
    # COINr weighs the pillars within their sub-index, and the two sub-indices alike.
    weight = pd.Series(default["weight"])
    theirs = _shares(scores, weight / weight.groupby(parent).transform("sum"), "correlation")
    assert theirs == pytest.approx(default["corr_share"], abs=1e-9)
    assert (ours["gap"] ** 2).sum() < ((theirs - 1 / 8) ** 2).sum() / 10
    assert (ours["suggested_weight"] >= 0).all()
    assert (ours["status"] == "closest").all()
    assert WITHOUT_WEIGHT in set(ours["reason"])


# Where it can be had ----------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(MEASURES))
def test_weights_that_give_an_importance_are_found_again(seed, measure):
    scores = _scores(seed, common=0.5)
    weights = np.random.default_rng(seed).dirichlet(np.ones(4))
    wanted = _shares(scores, weights, measure)
    if (wanted <= 0).any():
        return
    ours = weights_for_importance(given_card(scores), dict(zip(scores, wanted, strict=True)), measure=measure)
    assert (ours["status"] == "reached").all()
    assert ours["suggested_weight"].to_numpy() == pytest.approx(weights, abs=1e-9)
    assert (ours["reason"] == "").all()


@pytest.mark.parametrize("seed", range(6))
def test_every_weight_can_do_what_it_says_where_nothing_is_missing(seed):
    """With negative correlations too; told by a card with the suggested weights."""
    scores = _scores(seed, 20, "abcdef")
    scores["f"] = 130 - scores["a"] + 0.2 * scores["f"]
    weights = dict(zip(scores, np.random.default_rng(seed).dirichlet(np.ones(6)), strict=True))
    ours = weights_for_importance(given_card(scores, weights=weights))
    assert (ours["status"] == "reached").all()
    again = given_card(scores, weights=dict(zip(ours["item_id"], ours["suggested_weight"], strict=True)))
    effective = effective_weights(again).set_index("item_id")["effective_weight"]
    assert effective.loc[list(scores)].to_numpy() == pytest.approx(list(weights.values()), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "level"),
    [("operations", "indicator"), ("operations", "dimension"), ("hospitals", "dimension"), ("random", "indicator")],
)
def test_other_weights_give_the_totals_that_were_reckoned_with(name, level):
    """The suggested weights are a set for `totals_under`, with roles and missing scores."""
    card = {"operations": operations, "hospitals": hospitals, "random": lambda: random_card(3)}[name]()
    ours = weights_for_importance(card, level=level)
    weights = pd.DataFrame({"set_id": "s", "item_id": ours["item_id"], "weight": ours["suggested_weight"]})
    totals = by_subject(totals_under(card, weights))
    items = reweighting_of(card, level, "effective_weight")
    reckoned = items.weigh(ours["suggested_weight"].to_numpy())[2] + items.model.bonus
    capped = np.where(np.isnan(items.model.veto_cap), reckoned, np.minimum(reckoned, items.model.veto_cap))
    assert totals.loc[items.model.subjects].to_numpy() == pytest.approx(capped, abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(3))
def test_slopes_are_differences_of_totals_over_those_of_weights(seed, level):
    items = reweighting_of(random_card(seed), level, "correlation")
    slopes = items._slopes(items.weight)
    for place, slope in enumerate(slopes.T):
        step = 1e-6 * np.eye(len(items.weight))[place]
        above, below = items.weigh(items.weight + step)[2], items.weigh(items.weight - step)[2]
        assert slope == pytest.approx((above - below) / 2e-6, abs=1e-6 * np.abs(slopes).max() + 1e-6)


def test_dimensions_of_the_hospitals_can_do_what_they_say():
    card = hospitals()
    ours = weights_for_importance(card, level="dimension")
    assert (ours["status"] == "reached").all()
    assert ours["reached"].to_numpy() == pytest.approx([0.05, 0.25, 0.25, 0.2, 0.25], abs=1e-9)
    nominal = effective_weights(card, "dimension").set_index("item_id")
    assert ours["now"].to_numpy() == pytest.approx(
        nominal.loc[ours["item_id"], "effective_weight"].to_numpy(), abs=1e-9
    )
    assert "could be had" in needed(ours, names_of(card))
    assert obstacle(ours, names_of(card)) == ""


# Where it cannot --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("missing", ["redistribute", "zero"])
@pytest.mark.parametrize("seed", range(4))
def test_reached_is_said_only_on_target_and_shares_are_true(seed, missing, measure):
    card = random_card(seed, missing)
    for level in LEVELS:
        ours = weights_for_importance(card, "equal", level, measure)
        on_target = ours["gap"].abs().max() <= REACHED
        assert (ours["status"] == ("reached" if on_target else "closest")).all()
        assert (ours["largest_gap"] == ours["gap"].abs().max()).all()
        assert (ours["reason"] != "").any() != on_target
        assert ours["suggested_weight"].sum() == pytest.approx(1, abs=1e-9)
        assert (ours["suggested_weight"] >= 0).all()
        if missing == "zero" and level == "indicator" and measure == "effective_weight":
            assert on_target


@pytest.mark.parametrize("seed", range(5))
def test_no_other_optimiser_comes_closer(seed):
    """SLSQP from 8 starts over the same shares, by numpy."""
    scores = _scores(seed, 15, "abcde")
    wanted = np.random.default_rng(seed).dirichlet(np.ones(5))
    ours = weights_for_importance(given_card(scores), dict(zip(scores, wanted, strict=True)), measure="correlation")
    assert ours["reached"].to_numpy() == pytest.approx(
        _shares(scores, ours["suggested_weight"], "correlation"), abs=1e-9
    )
    rng = np.random.default_rng(seed)
    for _start in range(8):
        theirs = minimize(
            lambda w: 1e3 * ((_shares(scores, w, "correlation") - wanted) ** 2).sum(),
            rng.dirichlet(np.ones(5)),
            method="SLSQP",
            bounds=[(0, 1)] * 5,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        )
        assert (ours["gap"] ** 2).sum() <= theirs.fun / 1e3 + 1e-9


def test_an_item_that_never_varies_is_named_and_keeps_its_weight():
    scores = _scores().assign(d=70.0)
    for measure in MEASURES:
        ours = weights_for_importance(given_card(scores), measure=measure).set_index("item_id")
        assert ours["status"].eq("closest").all()
        assert ours.loc["d", "reason"] == NEVER_VARIES
        assert ours.loc["d", ["suggested_weight", "gap"]].to_numpy(float) == pytest.approx([0.25, -0.25])
    # The rest of what it cannot have goes to the others alike, so that the squared gaps are least.
    assert weights_for_importance(given_card(scores))["gap"].to_numpy() == pytest.approx(
        [1 / 12] * 3 + [-0.25], abs=1e-9
    )


def test_items_that_cancel_each_other_out_are_named():
    scores = _scores(names="a")
    scores["b"] = 100 - scores["a"]
    ours = weights_for_importance(given_card(scores), {"a": 3, "b": 1}).set_index("item_id")
    assert ours["status"].eq("closest").all()
    assert ours.loc["b", "reason"] == AGAINST
    assert ours["reached"].to_numpy() == pytest.approx([1, 0], abs=1e-6)
    correlation = weights_for_importance(given_card(scores), measure="correlation")
    assert correlation["reached"].isna().all()
    assert correlation["status"].eq("closest").all()


def test_copies_cannot_be_set_apart_by_correlation_but_by_their_part_of_the_spread():
    scores = _scores(names="a")
    scores["b"] = scores["a"]
    wanted = {"a": 3, "b": 1}
    ours = weights_for_importance(given_card(scores), wanted, measure="correlation")
    assert ours["reason"].eq(TIED).all()
    assert ours["reached"].to_numpy() == pytest.approx([0.5, 0.5])
    spread = weights_for_importance(given_card(scores), wanted)
    assert spread["status"].eq("reached").all()
    assert spread["suggested_weight"].to_numpy() == pytest.approx([0.75, 0.25], abs=1e-9)


def test_missing_scores_are_named_where_they_are_in_the_way():
    reasons = set()
    for seed in range(3):
        ours = weights_for_importance(random_card(seed, gaps=0.5))
        reasons |= set(ours["reason"])
    assert REDISTRIBUTED in reasons


# What always holds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES)
def test_only_proportions_of_targets_and_weights_count(measure):
    scores, wanted = _scores(3), {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}
    one = weights_for_importance(given_card(scores), wanted, measure=measure)
    ten = weights_for_importance(
        given_card(scores, weights=dict.fromkeys(scores, 10.0)), {i: 10 * t for i, t in wanted.items()}, measure=measure
    )
    pd.testing.assert_frame_equal(one, ten, rtol=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_order_of_subjects_and_of_indicators_does_not_matter(measure):
    scores, wanted = _scores(4), {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}
    plain = weights_for_importance(given_card(scores), wanted, measure=measure).set_index("item_id")
    turned = weights_for_importance(given_card(scores.iloc[::-1, [2, 0, 3, 1]]), wanted, measure=measure)
    pd.testing.assert_frame_equal(plain, turned.set_index("item_id").loc[plain.index], rtol=1e-6, atol=1e-9)


def test_an_item_without_weight_stays_without():
    ours = weights_for_importance(given_card(_scores(), weights={"a": 0.0, "b": 1, "c": 1, "d": 1}), "equal")
    assert ours.set_index("item_id").loc["a", ["target", "suggested_weight", "reached"]].eq(0).all()
    assert ours["status"].eq("reached").all()


def test_the_card_stays_as_it_was():
    card = random_card(2)
    before = card.scores.copy(deep=True), card.totals.copy(deep=True)
    weights_for_importance(card, "equal", measure="correlation")
    pd.testing.assert_frame_equal(card.scores, before[0])
    pd.testing.assert_frame_equal(card.totals, before[1])


@pytest.mark.parametrize("source", [name for name in SOURCES if name != "hospitals"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_source_has_an_answer(source, level, measure):
    card = SOURCES[source]()[0]
    ours = weights_for_importance(card, level=level, measure=measure)
    assert list(ours.columns) == COLUMNS
    assert ours["suggested_weight"].sum() == pytest.approx(1, abs=1e-9)


def test_targets_that_cannot_be_used_are_all_named():
    card = given_card(_scores(), weights={"a": 1, "b": 1, "c": 1, "d": 0.0})
    with pytest.raises(KpiError, match=r"(?s)no 'x'.*c has no target.*target of b is -1.*d has no weight"):
        weights_for_importance(card, {"a": 1, "b": -1, "d": 2, "x": 1})
    with pytest.raises(KpiError, match="All targets are 0"):
        weights_for_importance(card, dict.fromkeys("abcd", 0))
    with pytest.raises(KpiError, match="targets: 'same' is not known"):
        weights_for_importance(card, "same")
    with pytest.raises(KpiError, match="level: 'unit'"):
        weights_for_importance(card, level="unit")
    with pytest.raises(KpiError, match="measure: 'spread'"):
        weights_for_importance(card, measure="spread")


# The two solvers --------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_nearest_shares_are_no_further_than_any_of_a_grid(seed):
    rng = np.random.default_rng(seed)
    matrix, target = rng.normal(size=(2, 2)), rng.dirichlet(np.ones(2))
    found = nearest_shares(matrix, target)
    grid = np.stack([np.linspace(0, 1, 2_001), np.linspace(1, 0, 2_001)])
    sums = (matrix @ grid).sum(axis=0)
    if (sums <= 1e-9).all():
        return
    grid = grid[:, sums > 1e-9]
    best = (((matrix @ grid) / (matrix @ grid).sum(axis=0) - target[:, None]) ** 2).sum(axis=0).min()
    reached = matrix @ found / (matrix @ found).sum()
    assert ((reached - target) ** 2).sum() <= best + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_weights_of_shares_make_these_shares(seed, m):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(m, m + 2)) * 10 ** rng.uniform(-2, 2, (m, 1))
    covariance, shares = values @ values.T, rng.dirichlet(np.ones(m))
    found = weights_of_shares(covariance, shares)
    assert (found > 0).all()
    assert found * (covariance @ found) / (found @ covariance @ found) == pytest.approx(shares, abs=1e-9)


def test_no_weights_make_shares_of_parts_that_cancel_out_or_never_vary():
    assert np.isnan(weights_of_shares(np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0.5, 0.5]))).all()
    assert np.isnan(weights_of_shares(np.diag([1.0, 0.0]), np.array([0.5, 0.5]))).all()
    assert weights_of_shares(np.diag([1.0, 0.0]), np.array([1.0, 0.0])).tolist() == [1.0, 0.0]
