"""Shrunken means: published examples, another program, and what must always hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from kpianalysis.analyses.fairness.between import draw_means, paule_mandel, pooled_mean
from kpianalysis.analyses.fairness.shrinkage import shrink, shrunken_means
from kpianalysis.errors import KpiError
from tests.builders import make_card
from tests.cards import OPERATIONS, given_card, hospitals, operations

# Rubin (1981), Estimation in parallel randomized experiments, Journal of Educational Statistics 6, 377-401: effects of
# coaching in eight schools and their standard errors, as printed in Gelman et al., Bayesian Data Analysis, table 5.2.
EFFECT = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
ERROR = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])
# Efron and Morris (1975), Data analysis using Stein's estimator, JASA 70, 311-319, and (1977), Scientific American 236:
# batting averages of 18 players after 45 times at bat.
BATTING = np.array(
    [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7], dtype=float
) / 45  # fmt: skip


def units(values: dict[str, list[float]]):
    """A card with the totals given, by unit."""
    rows = [(f"{unit}{k:02d}", unit, total) for unit, totals in values.items() for k, total in enumerate(totals)]
    scores = pd.DataFrame({"I": [total for _s, _u, total in rows]}, index=[s for s, _u, _t in rows])
    return given_card(scores, subjects=[{"subject_id": s, "unit_id": u} for s, u, _t in rows])


def drawn_units(seed: int = 3, sizes=(3, 8, 8, 15, 30, 60), between: float = 6.0) -> dict[str, list[float]]:
    rng = np.random.default_rng(seed)
    return {
        f"u{k}": (60 + rng.normal(0, between) + rng.normal(0, 8, n)).clip(0, 100).tolist() for k, n in enumerate(sizes)
    }


def test_eight_schools_have_the_published_pooled_mean_and_no_spread_between_them():
    """Gelman et al., section 5.5: pooled estimate 7.7, its variance 16.6, chi-square 4.6 on 7 degrees of freedom."""
    mean, variance = pooled_mean(EFFECT, ERROR**2, 0.0)
    assert round(mean, 1) == 7.7
    assert round(variance, 1) == 16.6
    assert paule_mandel(EFFECT, ERROR**2) == 0.0
    assert ((EFFECT - mean) ** 2 / ERROR**2).sum() == pytest.approx(4.6, abs=0.15)


def test_draws_of_the_eight_schools_match_the_published_posterior():
    """Gelman et al., table 5.3: quartiles and medians from 200 draws; the standard error of a median is about 0.8."""
    drawn = draw_means(EFFECT, ERROR**2, 40_000, np.random.default_rng(1))
    quartiles = np.quantile(drawn, (0.25, 0.5, 0.75), axis=0)
    published = np.array(
        [[7, 3, 2, 4, 1, 2, 7, 3], [10, 8, 7, 8, 5, 6, 10, 8], [16, 12, 11, 11, 10, 10, 15, 13]], dtype=float
    )
    assert np.abs(quartiles - published).max() < 1.6
    assert np.abs(quartiles - published).mean() < 0.7


def test_draws_have_the_mean_that_integrating_over_the_spread_gives():
    """Exact means by a sum over a much finer grid; the draws' standard error is about 0.02."""
    tau = np.linspace(0, 400, 200_001)
    weight = 1 / (ERROR**2 + tau[:, None] ** 2)
    total = weight.sum(axis=1)
    centre = weight @ EFFECT / total
    log = 0.5 * (np.log(weight).sum(axis=1) - np.log(total) - (weight * (EFFECT - centre[:, None]) ** 2).sum(axis=1))
    density = np.exp(log - log.max())
    given_tau = centre[:, None] + (1 - ERROR**2 * weight) * (EFFECT - centre[:, None])
    exact = density @ given_tau / density.sum()
    drawn = draw_means(EFFECT, ERROR**2, 150_000, np.random.default_rng(2))
    np.testing.assert_allclose(drawn.mean(axis=0), exact, atol=0.1)


def test_batting_averages_shrink_as_efron_and_morris_print_them():
    """Shrinking factor 0.212 by (k - 3) where moments have (k - 1); Clemente from 0.400 to 0.294 (1977: 0.290)."""
    variance = BATTING.mean() * (1 - BATTING.mean()) / 45
    squares = ((BATTING - BATTING.mean()) ** 2).sum()
    stein = 1 - 15 * variance / squares
    assert stein == pytest.approx(0.212, abs=0.012)
    # With the spread that their factor means, ours are their estimates.
    between = variance * stein / (1 - stein)
    shrunken, weight = shrink(BATTING, np.full(18, variance), between)
    np.testing.assert_allclose(weight, stein, rtol=1e-9)
    assert shrunken[0] == pytest.approx(0.294, abs=0.005)
    # And where all are measured alike, Paule and Mandel give 1 - (k - 1)·variance/squares.
    tau = paule_mandel(BATTING, np.full(18, variance))
    assert tau / (tau + variance) == pytest.approx(1 - 17 * variance / squares, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_spread_between_units_is_that_of_statsmodels(seed):
    rng = np.random.default_rng(seed)
    mean, variance = rng.normal(50, 5, 9), rng.uniform(0.5, 6, 9)
    theirs = combine_effects(mean, variance, method_re="iterated")
    assert paule_mandel(mean, variance) == pytest.approx(theirs.tau2, rel=1e-5)
    assert pooled_mean(mean, variance, theirs.tau2)[0] == pytest.approx(theirs.mean_effect_re, rel=1e-9)


def test_a_shrunken_mean_lies_between_raw_and_grand_mean():
    table = shrunken_means(units(drawn_units()))
    assert table["between_sd"].iloc[0] > 0
    low, high = np.minimum(table["raw"], table["grand_mean"]), np.maximum(table["raw"], table["grand_mean"])
    assert table["shrunken"].between(low, high).all()
    assert table["weight"].between(0, 1).all()


def test_the_spread_inside_units_is_pooled_over_them():
    values = {"u": [50.0, 54.0], "v": [60.0, 60.0, 66.0], "w": [70.0, 71.0, 72.0, 75.0]}
    table = shrunken_means(units(values))
    squares = 8.0 + 24.0 + 14.0
    assert table["within_sd"].iloc[0] == pytest.approx(np.sqrt(squares / (9 - 3)), rel=1e-9)


def test_larger_units_shrink_less():
    table = shrunken_means(units(drawn_units())).sort_values("n")
    assert (table["weight"].diff().dropna() >= 0).all()
    assert table["weight"].iloc[0] < table["weight"].iloc[-1]


def test_a_unit_of_three_with_luck_is_not_first():
    """It has the highest raw mean by a hair, and much of that is chance."""
    values = drawn_units(between=4.0)
    values["u4"] = [value + 8 for value in values["u4"]]
    best = np.mean(values["u4"]) + 0.5
    values["u0"] = [best - 8, best, best + 8]
    table = shrunken_means(units(values)).set_index("group_id")
    assert table.loc["u0", "raw_rank"] == 1
    assert table.loc["u0", "rank"] > 1
    assert table.loc["u0", "rank_high"] - table.loc["u0", "rank_low"] >= 2


def test_order_of_units_and_subjects_is_irrelevant():
    values = drawn_units()
    back = {unit: values[unit][::-1] for unit in reversed(values)}
    here, there = shrunken_means(units(values)), shrunken_means(units(back))
    pd.testing.assert_frame_equal(here, there, rtol=1e-9)


@given(shift=st.floats(-40, 40))
def test_adding_a_constant_moves_every_mean_by_it(shift):
    mean, variance = np.array([50.0, 55.0, 61.0, 48.0]), np.array([4.0, 9.0, 1.0, 2.0])
    between = paule_mandel(mean, variance)
    assert paule_mandel(mean + shift, variance) == pytest.approx(between, rel=1e-9)
    moved = shrink(mean + shift, variance, between)[0] - shrink(mean, variance, between)[0]
    np.testing.assert_allclose(moved, shift, atol=1e-9)
    drawn = [draw_means(mean + by, variance, 50, np.random.default_rng(1)) for by in (0.0, shift)]
    np.testing.assert_allclose(drawn[1] - drawn[0], shift, atol=1e-7)


def test_intervals_cover_the_true_means():
    """400 sets of 8 units, true spread 3: 95 % intervals hold the truth in 95 %, standard error 0.4 %."""
    rng, held = np.random.default_rng(5), []
    variance = 64.0 / np.array([3.0, 5.0, 8.0, 8.0, 12.0, 20.0, 40.0, 80.0])
    for _k in range(400):
        truth = rng.normal(60, 3, 8)
        drawn = draw_means(rng.normal(truth, np.sqrt(variance)), variance, 1_000, rng)
        low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
        held.append((low <= truth) & (truth <= high))
    assert 0.935 < np.mean(held) < 0.975


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_no_unit_of_the_operations_department_is_called_first(cycle):
    """Totals hardly differ between its units: fault 6 is about two ratings."""
    table = shrunken_means(operations(cycle))
    assert (table["between_sd"] == 0).all()
    assert (table["rank"] == 1).all()
    assert (table["rank_low"] == 1).all()
    np.testing.assert_allclose(table["shrunken"], table["grand_mean"], rtol=1e-12)


def test_small_states_move_most():
    table = shrunken_means(hospitals()).set_index("group_id")
    assert len(table) == 50
    assert table.loc["HI", "raw_rank"] == 2
    assert table.loc["HI", "rank"] == 3
    assert (table["raw"] - table["shrunken"]).abs().nlargest(4).index.isin(table.index[table["n"] < 20]).all()


def test_ratings_of_one_indicator_can_be_asked_for():
    table = shrunken_means(operations("2024Q4"), indicator_id="teamwork_rating")
    assert table["group_id"].iloc[0] == "west"
    assert table["rank_high"].iloc[0] == 1


@pytest.mark.parametrize("by", ["unit_id", "role_id"])
def test_too_few_units_or_subjects_have_raw_means_only(by):
    for card in (make_card(), given_card(pd.DataFrame({"a": [50.0] * 3}, index=list("XYZ")))):
        table = shrunken_means(card, by)
        assert table["shrunken"].isna().all()
        assert table["raw"].notna().all()


def test_units_whose_subjects_are_all_alike_are_not_shrunken():
    table = shrunken_means(units({"u": [50.0] * 5, "v": [60.0] * 5, "w": [70.0] * 5}))
    assert table["shrunken"].isna().all()
    assert table["raw_rank"].tolist() == [1, 2, 3]


def test_arguments_that_are_none_are_refused():
    for wrong, words in (
        ({"by": "dimension_id"}, "no grouping here. Use one of: 'unit_id', 'role_id'"),
        ({"indicator_id": "nothing"}, "not in force"),
        ({"draws": 0}, "at least 1 draw"),
        ({"confidence": 1.0}, "a share such as 0.95"),
    ):
        with pytest.raises(KpiError, match=words):
            shrunken_means(make_card(), **wrong)


def test_the_card_is_left_as_it_was():
    card = operations("2024Q1")
    before = card.totals.copy(deep=True)
    shrunken_means(card)
    pd.testing.assert_frame_equal(card.totals, before)
