"""What two indicators have in common, and what that does to the total; what changes if it counts once."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.redundancy.counted_once import HALVED, WITHOUT_I, WITHOUT_J, counted_once
from kpianalysis.analyses.redundancy.double_counting import COLUMNS, _resampled_sums, _split, double_counting
from kpianalysis.errors import KpiError
from kpianalysis.wording import double_counting as wording
from tests.cards import OPERATIONS, given_card, hospitals, operations, random_card
from tests.shown import SOURCES
from tests.test_oracles_weights import NAMES, Hierarchy


def _every_pair(card):
    scored = card.scores.loc[card.scores["kind"] == "scored", "indicator_id"].astype("str").unique()
    return pd.DataFrame(list(combinations(scored, 2)), columns=["indicator_i", "indicator_j"])


def _exact(r, n=60, others=1, seed=0):
    """Columns of mean 0 and variance 1 of which the first two correlate with exactly r, the rest with nothing."""
    draws = np.random.default_rng(seed).normal(size=(n, 2 + others))
    draws -= draws.mean(axis=0)
    free = np.linalg.qr(draws)[0] * np.sqrt(n - 1)
    return np.column_stack([free[:, 0], r * free[:, 0] + np.sqrt(1 - r**2) * free[:, 1], free[:, 2:]])


def _scores(columns, spread=1.0, start=50.0):
    names = list("abcdefgh")[: columns.shape[1]]
    return pd.DataFrame(start + spread * columns, index=[f"S{k:03d}" for k in range(len(columns))], columns=names)


def _pair(a="a", b="b"):
    return pd.DataFrame({"indicator_i": [a], "indicator_j": [b]})


def _one(card, a="a", b="b", draws=0):
    return double_counting(card, _pair(a, b), draws).iloc[0]


# Adding up ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("missing", "gaps"), [("redistribute", 0.15), ("zero", 0.15), ("refuse", 0.04)])
@pytest.mark.parametrize("seed", range(3))
def test_the_parts_add_up_to_effective_and_nominal_weights_with_gaps_bonus_and_veto(seed, missing, gaps):
    card = random_card(seed, missing, gaps=gaps)
    table = double_counting(card, _every_pair(card), draws=0)
    known = table[table["common"].notna()]
    assert len(known) > 15
    parts = known[["common", "own_i", "own_j"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(known["effective"].to_numpy(), rel=1e-9, abs=1e-12)
    says = known[["common_weight", "own_i_weight", "own_j_weight"]].sum(axis=1)
    assert says.to_numpy() == pytest.approx(known["weight"].to_numpy(), rel=1e-9)
    effective = kpi.effective_weights(card).set_index("item_id")
    for end in "ij":
        expected = effective.loc[table[f"indicator_{end}"]]
        assert table[f"effective_{end}"].to_numpy() == pytest.approx(expected["effective_weight"].to_numpy(), abs=1e-12)
        assert table[f"weight_{end}"].to_numpy() == pytest.approx(expected["weight"].to_numpy(), abs=1e-12)


@pytest.mark.parametrize("card_of", [operations, hospitals])
def test_the_correlation_is_that_of_the_scores(card_of):
    card = card_of()
    pairs = kpi.correlation(card.scores).head(3)
    table = double_counting(card, pairs, draws=0)
    assert table["pearson"].to_numpy() == pytest.approx(pairs["pearson"].to_numpy(), rel=1e-9)
    assert table["n"].tolist() == pairs["n"].tolist()


# Closed forms -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("r", [-1.0, -0.9, -0.3, 0.0, 0.4, 0.85, 1.0])
@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (3.0, 1.0)])
def test_two_standard_scores_and_an_independent_one_follow_the_formula_of_one_factor(r, a, b):
    """Total a·x + b·y + c·z: common (a + s·b)²·|r|, own a²·(1 − |r|) and b²·(1 − |r|), over the variance."""
    c = 2.0
    card = given_card(_scores(_exact(r)), weights={"a": a, "b": b, "c": c})
    row = _one(card)
    variance = a**2 + b**2 + 2 * a * b * r + c**2
    sign = -1 if r < 0 else 1
    assert row["pearson"] == pytest.approx(r, abs=1e-9)
    assert row["common"] == pytest.approx((a + sign * b) ** 2 * abs(r) / variance, abs=1e-9)
    assert row["own_i"] == pytest.approx(a**2 * (1 - abs(r)) / variance, abs=1e-9)
    assert row["own_j"] == pytest.approx(b**2 * (1 - abs(r)) / variance, abs=1e-9)
    assert row["common_weight"] == pytest.approx(abs(r) * (a + b) / (a + b + c), abs=1e-9)


def test_with_two_indicators_alone_the_common_share_is_two_r_over_one_plus_r():
    """Spearman and Brown: what a sum of two parallel measures has in common."""
    row = _one(given_card(_scores(_exact(0.8, others=0))))
    assert row["common"] == pytest.approx(2 * 0.8 / 1.8, rel=1e-9)
    assert row["common"] > row["common_weight"] > 0.79


def test_two_that_are_opposite_and_weigh_the_same_cancel_out():
    row = _one(given_card(_scores(_exact(-1.0))))
    assert row[["common", "own_i", "own_j"]].to_numpy(dtype=float) == pytest.approx([0, 0, 0], abs=1e-9)
    assert row["weight"] == pytest.approx(2 / 3)


def test_the_own_part_of_one_has_nothing_to_do_with_the_other():
    """With the other one alone in the total, the first one's own part carries nothing of its spread."""
    card = given_card(_scores(_exact(0.6, others=0)), weights={"a": 1e-9, "b": 1.0})
    row = _one(card)
    assert row["own_i"] == pytest.approx(0.0, abs=1e-15)
    assert row["common"] == pytest.approx(0.6, abs=1e-6)


# Chance -------------------------------------------------------------------------------------------------------


def _factor(rng, n, r, load=0.0, w=(0.3, 0.2, 0.5)):
    """One factor behind x and y, and something else that may hang on it: weights, points, the true common share."""
    factor, u, v, rest = rng.normal(size=(4, n))
    x, y = np.sqrt(r) * factor + np.sqrt(1 - r) * u, np.sqrt(r) * factor + np.sqrt(1 - r) * v
    points = np.column_stack([x, y, load * factor + np.sqrt(1 - load**2) * rest])
    in_common, a, b, c = (w[0] + w[1]) * np.sqrt(r), *w
    variance = a**2 + b**2 + 2 * a * b * r + c**2 + 2 * c * load * in_common
    return np.tile(w, (n, 1)), points, in_common, variance


def _estimates(r, load, n=1_000, sims=80, seed=1):
    rng = np.random.default_rng(seed)
    found = []
    for _sim in range(sims):
        applied, points, in_common, variance = _factor(rng, n, r, load)
        split = _split(_resampled_sums(applied, points, [(0, 1)], 0, 0)[0], n)
        found.append(float(split["common_i"][0] + split["common_j"][0]))
    return np.array(found), in_common, variance


@pytest.mark.parametrize("r", [0.2, 0.8])
def test_a_factor_behind_two_scores_is_found_at_its_true_share(r):
    """Mean of 80 samples of 1,000 within four standard errors of the population's share."""
    found, in_common, variance = _estimates(r, 0.0)
    assert abs(found.mean() - in_common**2 / variance) < 4 * found.std(ddof=1) / np.sqrt(len(found))


def test_what_goes_with_the_factor_elsewhere_counts_only_as_far_as_the_two_scores_show_it():
    """The scores tell the factor's covariance with the rest up to the factor 2r/(1 + r), and no more."""
    r, load, c = 0.8, 0.6, 0.5
    found, in_common, variance = _estimates(r, load)
    error = 4 * found.std(ddof=1) / np.sqrt(len(found))
    shown = in_common**2 + 2 * r / (1 + r) * in_common * c * load
    assert abs(found.mean() - shown / variance) < error
    assert found.mean() < (in_common**2 + in_common * c * load) / variance


def test_gaps_by_accident_do_not_make_the_common_part_smaller():
    """Who has one of the two tells the factor by |r|: a third of the scores gone, the rest of the weights at once."""
    rng = np.random.default_rng(5)
    found = []
    for _sim in range(80):
        applied, points, in_common, _variance = _factor(rng, 1_000, 0.7)
        gone = rng.uniform(size=1_000) < 0.33
        # The weight of the missing score goes to its twin: the factor weighs the same.
        applied[gone, 0] += applied[gone, 1]
        applied[gone, 1] = 0.0
        total = (applied * points).sum(axis=1)
        split = _split(_resampled_sums(applied, points, [(0, 1)], 0, 0)[0], 1_000)
        found.append(float((split["common_i"][0] + split["common_j"][0]) * total.var()))
    error = 4 * np.std(found, ddof=1) / np.sqrt(len(found))
    assert abs(np.mean(found) - in_common**2) < error


def test_the_interval_covers_the_true_share_about_as_often_as_it_says():
    """100 samples of 100 subjects: 95 % ± 4 standard errors (9 points), percentile intervals being a little short."""
    rng = np.random.default_rng(7)
    held = 0
    for _sim in range(100):
        applied, points, in_common, variance = _factor(rng, 100, 0.8)
        split = _split(_resampled_sums(applied, points, [(0, 1)], 200, int(rng.integers(1 << 30)))[0], 100)
        drawn = (split["common_i"] + split["common_j"])[1:]
        low, high = np.quantile(drawn, (0.025, 0.975))
        held += low <= in_common**2 / variance <= high
    assert 0.86 <= held / 100 <= 1.0


# Properties ---------------------------------------------------------------------------------------------------


def test_shifts_and_a_common_scale_change_nothing():
    columns = np.random.default_rng(3).normal(size=(40, 4))
    columns[:, 1] += 2 * columns[:, 0]
    first = _one(given_card(_scores(columns, 1.0, 50.0)), draws=50)
    other = _one(given_card(_scores(columns, 7.0, 500.0)), draws=50)
    numbers = ["pearson", "common", "own_i", "own_j", "common_low", "common_high"]
    assert other[numbers].to_numpy(dtype=float) == pytest.approx(first[numbers].to_numpy(dtype=float), rel=1e-9)


def test_the_order_of_subjects_indicators_and_of_the_two_does_not_matter():
    columns = _scores(np.random.default_rng(3).normal(size=(40, 4)))
    columns["b"] += 2 * columns["a"]
    first = _one(given_card(columns))
    shuffled = columns.sample(frac=1, random_state=1)[["d", "b", "a", "c"]]
    swapped = _one(given_card(shuffled), "b", "a")
    assert swapped[["common", "own_j", "own_i"]].to_numpy(dtype=float) == pytest.approx(
        first[["common", "own_i", "own_j"]].to_numpy(dtype=float), rel=1e-9
    )


def test_the_same_seed_gives_the_same_interval_around_the_share():
    card = operations("2024Q4")
    first, again, other = (double_counting(card, seed=seed).iloc[0] for seed in (1, 1, 2))
    assert first.equals(again)
    assert first["common_low"] != other["common_low"]
    assert first["common_low"] < first["common"] < first["common_high"]


def test_many_resamples_in_blocks_are_as_many(monkeypatch):
    monkeypatch.setattr("kpianalysis.analyses.redundancy.double_counting._BLOCK", 48 * 7)
    row = double_counting(operations("2024Q4"), draws=100).iloc[0]
    assert row["common_low"] < row["common"] < row["common_high"]


# Counted once -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_without_one_of_the_two_ranks_and_grades_are_those_of_leave_one_out(seed):
    card = random_card(seed)
    left_out = kpi.leave_one_out(card).set_index("item_id")
    once = counted_once(card, _every_pair(card))
    for way, end in ((WITHOUT_I, "indicator_i"), (WITHOUT_J, "indicator_j")):
        rows = once[once["way"] == way]
        expected = left_out.loc[rows[end]]
        for name in ("mean_shift", "most_shift", "n_grade_changes", "n_without_total"):
            assert rows[name].to_numpy(dtype=float) == pytest.approx(expected[name].to_numpy(dtype=float), abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_without_one_of_the_two_the_mean_shift_is_that_of_the_reference(shared, name):
    """asem and hierarchy_kpi, remove_level1_mean_abs_rank_shift.csv."""
    tree = Hierarchy(shared, name)
    theirs = tree.read("remove_level1_mean_abs_rank_shift")["mean_abs_rank_shift"].drop("Nominal")
    first = theirs.index[0]
    pairs = pd.DataFrame({"indicator_i": first, "indicator_j": theirs.index[1:11]})
    once = counted_once(tree.card(), pairs)
    ours = once[once["way"] == WITHOUT_J].set_index("indicator_j")["mean_shift"]
    assert ours.to_numpy() == pytest.approx(theirs.loc[ours.index].to_numpy(), abs=1e-9)


def test_what_an_indicator_would_carry_alone_is_its_effective_weight_in_a_scheme_without_the_other():
    scores = _scores(_exact(0.8, others=2))
    once = counted_once(given_card(scores), _pair()).set_index("way")
    alone = kpi.effective_weights(given_card(scores.drop(columns="b"))).set_index("item_id")
    assert once.loc[WITHOUT_J, "effective_i"] == pytest.approx(alone.loc["a", "effective_weight"], rel=1e-9)
    assert np.isnan(once.loc[WITHOUT_J, "effective_j"])


def test_halved_weights_are_those_of_a_scheme_that_states_half():
    scores = _scores(_exact(0.8, others=2))
    once = counted_once(given_card(scores), _pair()).set_index("way")
    halved = given_card(scores, weights={"a": 0.5, "b": 0.5})
    effective = kpi.effective_weights(halved).set_index("item_id")["effective_weight"]
    assert once.loc[HALVED, ["effective_i", "effective_j"]].tolist() == pytest.approx(effective[["a", "b"]].tolist())


def test_a_pair_that_is_a_whole_dimension_passes_half_of_its_weight_to_the_others():
    scores = _scores(_exact(0.8, others=2))
    of = {"a": "X", "b": "X", "c": "Y", "d": "Y"}
    once = counted_once(given_card(scores, of, {"X": 1.0, "Y": 1.0}), _pair()).set_index("way")
    half = given_card(scores, of, {"X": 0.5, "Y": 1.0})
    effective = kpi.effective_weights(half).set_index("item_id")["effective_weight"]
    assert once.loc[HALVED, ["effective_i", "effective_j"]].tolist() == pytest.approx(effective[["a", "b"]].tolist())
    assert once.loc[HALVED, "mean_shift"] > 0


def test_the_order_kept_is_the_rank_correlation_of_the_two_totals():
    card = operations("2024Q4")
    once = counted_once(card).set_index("way")
    ranks = kpi.left_out_ranks(card)
    without = ranks[ranks["item_id"] == "order_value"]
    expected = without["rank"].corr(without["stated_rank"], method="spearman")
    assert once.loc[WITHOUT_J, "spearman"] == pytest.approx(expected, rel=1e-9)


# What the example sources say, edges and errors ------------------------------------------------------------------


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_operations_counts_the_planted_pair_twice_and_nothing_else(cycle):
    card = operations(cycle)
    table = double_counting(card)
    assert table[["indicator_i", "indicator_j"]].to_numpy().tolist() == [["orders_handled", "order_value"]]
    row = table.iloc[0]
    assert row["common"] > row["common_weight"]
    assert max(abs(row["own_i"]), abs(row["own_j"])) < 0.02


def test_what_patients_say_of_nurses_and_staff_carries_more_than_its_weight():
    row = double_counting(hospitals()).iloc[0]
    assert row["weight"] == pytest.approx(0.05)
    assert row["common_low"] > row["weight"]


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_gives_the_columns_and_a_sentence(source):
    card = SOURCES[source]()[0]
    pairs = _every_pair(card)
    table, once = double_counting(card, pairs.head(3), draws=20), counted_once(card, pairs.head(3))
    assert list(table) == COLUMNS
    assert len(once) == 3 * len(table)
    names, every = kpi.names_of(card), kpi.correlation(card.scores)
    assert wording.common_part(table, every, names).endswith(".")
    assert list(double_counting(card, pairs.head(0))) == COLUMNS
    assert counted_once(card, pairs.head(0)).empty


def test_no_common_part_is_reckoned_where_one_never_varies_or_nobody_has_both():
    columns = _scores(np.random.default_rng(1).normal(size=(30, 4)))
    columns["b"] = 50.0
    assert np.isnan(_one(given_card(columns), draws=20)["common"])
    columns["b"] = columns["c"]
    columns.loc[columns.index[:15], "a"] = np.nan
    columns.loc[columns.index[15:], "b"] = np.nan
    row = _one(given_card(columns), draws=20)
    assert row["n"] == 0
    assert np.isnan(row["common"])
    assert row["effective"] == pytest.approx(row["effective_i"] + row["effective_j"])


def test_a_group_too_small_is_said_to_allow_no_conclusion():
    card = given_card(_scores(_exact(0.95, n=12)))
    table, names = double_counting(card, _pair()), kpi.names_of(card)
    assert "no conclusion" in wording.common_part(table, kpi.correlation(card.scores), names)
    unit = operations("2024Q4").for_unit("west")
    pairs = kpi.correlation(unit.scores)
    text = wording.common_part(double_counting(unit), pairs, kpi.names_of(unit))
    assert "cannot be concluded" in text


def test_two_that_pull_against_each_other_are_not_called_double():
    card = given_card(_scores(_exact(-0.9)), weights={"a": 3.0})
    text = wording.common_part(double_counting(card), kpi.correlation(card.scores), kpi.names_of(card))
    assert "pull against each other" in text


def test_wrong_arguments_say_what_is_wrong():
    card = operations("2024Q4")
    with pytest.raises(KpiError, match="not scored here: nonsense"):
        double_counting(card, _pair("csat", "nonsense"))
    with pytest.raises(KpiError, match="csat is paired with itself"):
        counted_once(card, _pair("csat", "csat"))
    with pytest.raises(KpiError, match="draws: -1"):
        double_counting(card, draws=-1)
    with pytest.raises(KpiError, match="confidence: 95"):
        double_counting(card, confidence=95)


def test_inputs_stay_as_they_are():
    card = operations("2024Q4")
    pairs = kpi.correlation(card.scores)
    scores, kept = card.scores.copy(), pairs.copy()
    double_counting(card, pairs.head(2))
    counted_once(card, pairs.head(2))
    pd.testing.assert_frame_equal(card.scores, scores)
    pd.testing.assert_frame_equal(pairs, kept)
