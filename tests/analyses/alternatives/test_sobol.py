"""Sobol indices against closed forms, other programs and plain definitions."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.alternatives.sobol import sobol_of
from kpianalysis.analyses.alternatives.sobol_weights import OUTCOMES, sobol_indices
from kpianalysis.analyses.alternatives.weight_exchange import exchange_weights, varying_weights
from kpianalysis.analyses.weights.weight_model import rank_rows, weight_model
from kpianalysis.errors import KpiError
from tests.builders import actual_rows, make_card
from tests.cards import given_card, hospitals, operations, random_card, random_scheme
from tests.shown import SOURCES


def ishigami(u: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def inside(indices: pd.DataFrame, first: list[float], total: list[float], widen: float = 1.0) -> bool:
    """Whether true indices lie in the intervals, made `widen` times as wide."""
    for name, truth in (("first", first), ("total", total)):
        half = widen * (indices[f"{name}_high"] - indices[name])
        if ((indices[name] - truth).abs() > half + 1e-12).any():
            return False
    return True


@pytest.mark.parametrize("n", [256, 1024, 8192])
def test_the_ishigami_function_has_its_closed_form_within_the_stated_error(shared, n):
    """analytic_ishigami.json: one input acts only together with another, one not at all by itself."""
    exact = json.loads((shared / "reference/sobol/analytic_ishigami.json").read_text(encoding="utf-8"))
    indices = sobol_of(ishigami, 3, n=n, seed=7)
    assert inside(indices, exact["S1"], exact["ST"])
    assert indices["variance"].iloc[0] == pytest.approx(exact["variance"], rel=20 / n)
    assert indices["evaluations"].tolist() == [5 * n] * 3
    if n == 8192:
        assert indices["first"].to_numpy() == pytest.approx(exact["S1"], abs=0.01)
        assert indices["total"].to_numpy() == pytest.approx(exact["ST"], abs=0.01)


def test_a_total_whose_weights_are_not_rescaled_has_its_closed_form(shared):
    """analytic_linear.json: Finland's total as a sum of eight uniform weights times its scores."""
    exact = json.loads((shared / "reference/sobol/analytic_linear.json").read_text(encoding="utf-8"))
    weights = json.loads((shared / "reference/sobol/tai_weights.json").read_text(encoding="utf-8"))["nominal_weights"]
    scores = pd.read_csv(shared / "reference/tai/scores_goalpost_23.csv", index_col="country").loc[exact["unit"]]
    indices = sobol_of(lambda u: ((0.75 + 0.5 * u) * weights) @ scores.to_numpy(), 8, n=1024, seed=1)
    assert inside(indices, exact["S1"], exact["ST"])
    # Scrambled Sobol points know sums of one-dimensional functions almost exactly.
    assert indices["total"].to_numpy() == pytest.approx(exact["ST"], abs=1e-3)
    assert indices["first"].to_numpy() == pytest.approx(exact["S1"], abs=5e-3)
    assert indices["variance"].iloc[0] == pytest.approx(exact["variance"], rel=1e-3)


@pytest.fixture(scope="module")
def tai(shared) -> tuple[kpi.Scorecard, dict]:
    """Make the scheme of tai_weights.json: 23 countries, 8 indicators in one dimension, weights BAP."""
    theirs = json.loads((shared / "reference/sobol/tai_weights.json").read_text(encoding="utf-8"))
    scores = pd.read_csv(shared / "reference/tai/scores_goalpost_23.csv", index_col="country")
    scores = scores.rename(index=lambda name: name.split(",")[0].replace(" ", "_"))
    return given_card(scores, weights=dict(zip(scores, theirs["nominal_weights"], strict=True))), theirs


@pytest.mark.parametrize(
    ("theirs", "outcome", "subject_id"),
    [
        ("mean_abs_rank_shift", "mean_rank_shift", ""),
        ("score_Finland", "total", "Finland"),
        ("rank_Korea", "rank", "Korea"),
        ("rank_Norway", "rank", "Norway"),
    ],
)
def test_eight_uncertain_weights_matter_as_two_other_programs_say(tai, theirs, outcome, subject_id):
    """tai_weights.json, SALib and scipy with 2^15 base points; they differ by 0.01 in first order, 0.003 in total.

    Ours: 2^15 other points, so the tolerance is their difference and twice our standard error.
    """
    card, reference = tai
    n = 2**15
    indices = sobol_indices(card, outcome, subject_id, n=n, seed=3).set_index("item_id").loc[reference["indicators"]]
    result = reference["results"][theirs]
    for name, key, apart in (("first", "S1", 0.01), ("total", "ST", 0.003)):
        two_errors = indices[f"{name}_high"] - indices[name]
        for program in ("SALib", "scipy"):
            assert ((indices[name] - result[program][key]).abs() <= apart + two_errors).all()
        assert two_errors.max() < 0.014
    assert indices["variance"].iloc[0] ** 0.5 == pytest.approx(result["sd"], rel=0.01)
    assert indices["mean"].iloc[0] == pytest.approx(result["mean"], abs=3 * result["sd"] / np.sqrt(n))
    assert indices["evaluations"].iloc[0] == reference["evaluations"]


def test_the_ranking_of_weights_is_theirs(tai):
    card, reference = tai
    mine = sobol_indices(card, "mean_rank_shift", n=4096)
    total = pd.Series(reference["results"]["mean_abs_rank_shift"]["SALib"]["ST"], index=reference["indicators"])
    assert mine["item_id"].iloc[:3].tolist() == total.sort_values(ascending=False).index[:3].tolist()


@pytest.mark.parametrize("card", [random_card(1), random_card(2, "zero"), random_card(3, gaps=0.0), operations()])
def test_exchanging_one_weight_gives_the_totals_of_the_changed_set(card):
    model = weight_model(card)
    m, places = len(model.indicators), varying_weights(model)
    rng = np.random.default_rng(0)
    base, other = rng.uniform(0.2, 2, (2, 9, m + len(model.dimensions)))
    seen = []
    for place, totals in exchange_weights(model, base, other, places):
        mixed = base.copy()
        mixed[:, place] = other[:, place]
        np.testing.assert_allclose(totals, model.totals(mixed[:, :m], mixed[:, m:]), rtol=1e-12)
        seen.append(place)
    assert sorted(seen) == places


def plain_indices(card: kpi.Scorecard, outcome: str, n: int, seed: int, half_width: float) -> pd.DataFrame:
    """Indices by the general estimator, every total computed from scratch."""
    model = weight_model(card)
    m, places = len(model.indicators), varying_weights(model)
    stated = rank_rows(model.totals(np.ones((1, m)), np.ones((1, len(model.dimensions)))))[0]

    def function(points: np.ndarray) -> np.ndarray:
        sets = np.ones((len(points), m + len(model.dimensions)))
        sets[:, places] = 1 + half_width * (2 * points - 1)
        ranks = rank_rows(model.totals(sets[:, :m], sets[:, m:]))
        return ranks.astype(float) if outcome == "ranks" else np.abs(ranks - stated).mean(axis=1)

    return sobol_of(function, len(places), n, seed)


@pytest.mark.parametrize("outcome", ["ranks", "mean_rank_shift"])
@pytest.mark.parametrize("seed", range(3))
def test_gaps_bonus_and_veto_change_nothing_about_the_estimate(outcome, seed):
    card = random_card(seed + 10)
    fast = sobol_indices(card, outcome, half_width=0.5, n=128, seed=seed)
    plain = plain_indices(card, outcome, 128, seed, 0.5).sort_values("total", ascending=False, kind="stable")
    names = ["first", "first_low", "first_high", "total", "total_low", "total_high", "mean", "variance"]
    np.testing.assert_allclose(fast[names], plain[names], rtol=1e-9, atol=1e-12)


def test_ranks_together_are_the_mean_of_ranks_alone_weighted_by_their_variance():
    card = random_card(4, gaps=0.3)
    together = sobol_indices(card, n=64, seed=5).set_index("item_id")
    parts = [
        sobol_indices(card, "rank", name, n=64, seed=5).set_index("item_id").loc[together.index]
        for name in weight_model(card).subjects
    ]
    variance = np.array([part["variance"].iloc[0] for part in parts])
    assert together["variance"].iloc[0] == pytest.approx(variance.mean(), rel=1e-9)
    for name in ("first", "total"):
        alone = np.array([part[name].fillna(0.0) for part in parts])
        np.testing.assert_allclose(together[name], variance @ alone / variance.sum(), rtol=1e-9, atol=1e-12)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Of 200 designs; Sobol points err less than the bootstrap believes, so more often than 95 % of the time."""
    weight = np.array([3.0, 2.0, 1.0])
    share = weight**2 / (weight**2).sum()
    held = [inside(sobol_of(lambda u: u @ weight, 3, n=64, seed=seed), share, share) for seed in range(200)]
    assert np.mean(held) >= 0.95


def test_standard_errors_are_those_of_a_bootstrap_of_the_base_points():
    """500 samples drawn with replacement: their standard deviation has an error of 3 %, four of them allowed."""
    from kpianalysis.analyses.alternatives.sobol import sobol_estimates, sobol_points

    n = 512
    base, other = sobol_points(n, 3, 1)
    mixed = [np.where(np.arange(3) == factor, other, base) for factor in range(3)]
    a, b, *ab = (ishigami(points)[:, None] for points in (base, other, *mixed))
    rng = np.random.default_rng(0)
    drawn = []
    for _sample in range(500):
        rows = rng.integers(0, n, n)
        pieces = [(slice(0, n), factor, piece[rows]) for factor, piece in enumerate(ab)]
        drawn.append(sobol_estimates(a[rows], b[rows], pieces, 3, 0.95)[["first", "total"]].to_numpy())
    whole = sobol_estimates(a, b, [(slice(0, n), factor, piece) for factor, piece in enumerate(ab)], 3, 0.95)
    errors = np.std(drawn, axis=0)
    for column, name in enumerate(("first", "total")):
        half = (whole[f"{name}_high"] - whole[name]) / 1.959964
        np.testing.assert_allclose(half, errors[:, column], rtol=0.12)


def test_estimates_outside_zero_and_one_are_shown_as_they_are():
    """An input without any effect of its own is as often below 0 as above."""
    first = np.array([sobol_of(ishigami, 3, n=64, seed=seed).loc[2, "first"] for seed in range(20)])
    assert (first < 0).any()
    assert (first > 0).any()


def test_only_proportions_of_weights_count():
    tables = random_scheme(7)
    doubled = [
        {**row, "weight": 2 * row["weight"]} if row.get("weight") and row["dimension_id"] == "X" else row
        for row in tables["indicators"]
    ]
    one = make_card(check=False, **tables)
    # X has a weight of its own, so twice the weights of its indicators are the same weights.
    two = make_card(check=False, **{**tables, "indicators": doubled})
    pd.testing.assert_frame_equal(sobol_indices(one, n=64), sobol_indices(two, n=64), rtol=1e-9)


def test_the_order_of_subjects_does_not_count_and_that_of_indicators_only_changes_the_points():
    rng = np.random.default_rng(2)
    scores = pd.DataFrame(rng.uniform(0, 100, (12, 4)), index=[f"S{i}" for i in range(12)], columns=list("abcd"))
    weights = dict(zip("abcd", (1.0, 2.0, 3.0, 4.0), strict=True))
    here = sobol_indices(given_card(scores, weights=weights), n=512)
    shuffled = sobol_indices(given_card(scores.sample(frac=1, random_state=1), weights=weights), n=512)
    pd.testing.assert_frame_equal(here, shuffled, rtol=1e-9)
    turned = sobol_indices(given_card(scores[list("dbca")], weights=weights), n=512).set_index("item_id")
    here = here.set_index("item_id").loc[turned.index]
    both = np.hypot(here["total_high"] - here["total"], turned["total_high"] - turned["total"])
    assert ((here["total"] - turned["total"]).abs() <= both).all()


def test_a_weight_that_cannot_vary_is_not_there():
    scores = pd.DataFrame({"a": [1.0, 9, 4], "b": [5.0, 5, 6], "c": [7.0, 1, 2], "d": [1.0, 2, 3]}, index=list("XYZ"))
    card = given_card(scores, {"a": "D", "b": "D", "c": "E", "d": "D"}, weights={"d": 0.0})
    found = sobol_indices(card, n=64)
    assert set(zip(found["level"], found["item_id"], strict=True)) == {
        ("indicator", "a"),
        ("indicator", "b"),
        ("dimension", "D"),
        ("dimension", "E"),
    }


@pytest.mark.parametrize("outcome", ["ranks", "mean_rank_shift"])
@pytest.mark.parametrize("source", SOURCES)
def test_schemes_with_hardly_anything_in_them_have_an_answer(source, outcome):
    card, _before = SOURCES[source]()
    found = sobol_indices(card, outcome, n=2 if source == "hospitals" else 16)
    assert found.columns.tolist()[:3] == ["item_id", "level", "first"]
    if source in ("nobody has a total", "one indicator", "above every target"):
        assert found.empty
    if source == "all totals equal":
        assert found["first"].isna().all()


def test_a_total_that_varies_by_rounding_alone_has_no_indices():
    scores = pd.DataFrame({"a": [0.1 + 0.2, 5.0], "b": [0.3, 7.0]}, index=["A", "B"])
    found = sobol_indices(given_card(scores), "total", "A", n=64)
    assert found["total"].isna().all()
    assert (found["variance"] == 0).all()


def test_many_subjects_are_represented_by_some(monkeypatch):
    card = hospitals()
    everybody = sobol_indices(card, n=16).set_index("item_id")
    monkeypatch.setattr("kpianalysis.analyses.alternatives.sobol_weights.MOST_RANKS", 16 * 1000)
    some = sobol_indices(card, n=16).set_index("item_id").loc[everybody.index]
    assert some["total"].to_numpy() == pytest.approx(everybody["total"].to_numpy(), abs=0.02)


def test_the_same_seed_gives_the_same_answer_and_the_card_is_not_changed():
    card = random_card(6)
    before = card.scores.copy()
    pd.testing.assert_frame_equal(sobol_indices(card, n=32, seed=9), sobol_indices(card, n=32, seed=9))
    assert not sobol_indices(card, n=32, seed=9).equals(sobol_indices(card, n=32, seed=8))
    pd.testing.assert_frame_equal(card.scores, before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"outcome": "grade"}, "'grade' cannot be explained. Use one of: ranks, mean_rank_shift, total, rank."),
        ({"outcome": "rank"}, "subject_id: '' has no total in 2024Q1. Name a subject that has one."),
        ({"outcome": "total", "subject_id": "nobody"}, "'nobody' has no total"),
        ({"half_width": 1.0}, "half_width: 1.0 is not between 0 and 1"),
        ({"n": 1000}, "n: 1000 is no power of 2"),
        ({"n": 1, "confidence": 95.0}, "confidence: 95.0 is not between 0 and 1"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(KpiError) as error:
        sobol_indices(operations(), **arguments)
    assert message in str(error.value)


def test_every_outcome_has_an_answer():
    card = make_card(
        dimensions=[{}],
        indicators=[{"indicator_id": i} for i in "IJ"],
        plan=[{"indicator_id": i, "target": 100} for i in "IJ"],
        actuals=actual_rows({"A": 90, "B": 80, "C": 20}) + actual_rows({"A": 10, "B": 50, "C": 60}, "J"),
    )
    for outcome in OUTCOMES:
        found = sobol_indices(card, outcome, "A" if outcome in ("total", "rank") else "", n=64)
        assert found["item_id"].tolist() in (["I", "J"], ["J", "I"])


def test_inputs_of_no_function_have_no_indices():
    assert sobol_of(lambda u: np.zeros(len(u)), 0).empty
