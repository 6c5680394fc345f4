"""Funnels: exact limits, over-dispersion that was built in, and no false alarm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpianalysis as kpi
from kpianalysis.analyses.fairness.funnel import FAR, INSIDE, WATCH, funnel
from kpianalysis.analyses.fairness.funnel_limits import Ground, binomial_limit, distance_limits, funnel_lines
from kpianalysis.analyses.fairness.overdispersion import (
    between_variance,
    dispersion,
    mean_square_when_winsorised,
    winsorise,
)
from kpianalysis.errors import KpiError
from tests.analyses.fairness.test_shrinkage import drawn_units, units
from tests.builders import make_card, make_data
from tests.cards import OPERATIONS, dataset, hospitals, operations


def counted(numerator, denominator, unit=None, scale: int = 1):
    """A source with one indicator that counts cases, one subject per number, and its card."""
    names = [f"S{k:03d}" for k in range(len(numerator))]
    of = unit if unit is not None else names
    data = make_data(
        subjects=[{"subject_id": s, "unit_id": u} for s, u in zip(names, of, strict=True)],
        indicators=[{"aggregation": "ratio", "method": "deviation", "direction": "lower"}],
        plan=[{"target": 0.1}],
        actuals=[
            {"subject_id": s, "numerator": int(a) * scale, "denominator": int(b) * scale}
            for s, a, b in zip(names, numerator, denominator, strict=True)
        ],
    )
    return data, kpi.score(data)


def test_limits_of_a_proportion_are_exact_where_the_binomial_has_a_step():
    """At p = P(R ≤ r) the limit is r/n itself: Spiegelhalter (2005), appendix A.1.1."""
    for r, n, centre in ((3, 20, 0.3), (50, 200, 0.2), (0, 10, 0.1)):
        p = stats.binom.cdf(r, n, centre)
        assert binomial_limit(centre, np.array([float(n)]), p)[0] == pytest.approx(r / n, abs=1e-9)


def test_limits_of_a_proportion_lie_between_the_steps_in_proportion():
    """A quarter of the way up the step from 4 to 5 of 20, the limit is a quarter of the way from 4/20 to 5/20."""
    below, step = stats.binom.cdf(4, 20, 0.3), stats.binom.pmf(5, 20, 0.3)
    assert binomial_limit(0.3, np.array([20.0]), below + step / 4)[0] == pytest.approx(4.25 / 20, rel=1e-9)


def test_limits_of_a_proportion_come_near_the_normal_ones_for_many_cases():
    n, centre = np.array([1e6]), 0.3
    low, high = distance_limits(Ground("proportion", centre, centre * 0.7, 0, np.nan), n, 0.95)
    reach = 1.959964 * np.sqrt(centre * 0.7 / n)
    np.testing.assert_allclose([low, high], [centre - reach, centre + reach], rtol=3e-6)


def test_limits_of_a_proportion_stay_between_nothing_and_all():
    ground = Ground("proportion", 0.02, 0.02 * 0.98, 0, 0.2)
    low, high = distance_limits(ground, np.array([1.0, 5.0, 1000.0]), 0.998)
    assert (low >= 0).all()
    assert (high <= 1).all()


def test_units_alike_lie_outside_as_often_as_the_limits_say():
    """20,000 units of one true share, limits around that: 5 % and 0.2 % outside; standard errors 0.15 and 0.03 %.

    Interpolated limits are nearly exact for discrete counts, so 0.5 and 0.1 points are allowed.
    """
    rng = np.random.default_rng(7)
    n = rng.integers(200, 3000, 20_000).astype(float)
    value = rng.binomial(n.astype(int), 0.2) / n
    ground = Ground("proportion", 0.2, 0.16, 0, np.nan)
    for share, most in ((0.95, 0.005), (0.998, 0.001)):
        low, high = distance_limits(ground, n, share)
        assert np.mean((value < low) | (value > high)) == pytest.approx(1 - share, abs=most)


def test_limits_of_means_are_those_of_student():
    ground = Ground("mean", 70.0, 36.0, 40, np.nan)
    low, high = distance_limits(ground, np.array([9.0]), 0.95)
    reach = stats.t.ppf(0.975, 40) * 2.0
    np.testing.assert_allclose([low[0], high[0]], [70 - reach, 70 + reach], rtol=1e-12)


def test_a_winsorised_mean_square_is_that_of_normal_values():
    """By 400,000 normal values; standard error 0.002, of the dispersion 0.003."""
    z = np.random.default_rng(2).standard_normal(400_000)
    held, n = winsorise(z)
    assert n == 40_000
    assert np.mean(held**2) == pytest.approx(mean_square_when_winsorised(0.1), abs=0.006)
    assert dispersion(z) == pytest.approx(1.0, abs=0.009)
    assert dispersion(3 * z) == pytest.approx(9 * dispersion(z), rel=1e-9)


def test_a_spread_that_was_built_in_is_found_and_units_are_no_longer_all_outliers():
    """300 units of 10,000 cases whose true shares differ by 3 points: nearly all are "outside" by chance alone."""
    rng = np.random.default_rng(11)
    truth = np.clip(rng.normal(0.2, 0.03, 300), 0.01, 0.99)
    data, card = counted(rng.binomial(10_000, truth), np.full(300, 10_000))
    table = funnel(card, "I", data, "subject_id")
    assert (table["z"].abs() > 1.96).mean() > 0.75
    assert table["between_sd"].iloc[0] == pytest.approx(0.03, abs=0.004)
    # 5 % outside, standard error 1.3 points.
    assert 0.015 < (table["verdict"] != INSIDE).mean() < 0.09
    assert (table["verdict"] == FAR).sum() <= 3


def test_an_outlier_among_spread_units_does_not_hide_itself():
    rng = np.random.default_rng(12)
    truth = np.clip(rng.normal(0.2, 0.02, 60), 0.01, 0.99)
    truth[0] = 0.45
    data, card = counted(rng.binomial(5_000, truth), np.full(60, 5_000))
    table = funnel(card, "I", data, "subject_id")
    assert table["group_id"][table["verdict"] == FAR].tolist() == ["S000"]
    assert table.loc[0, "side"] == "high"


def test_without_any_spread_the_limits_are_hardly_widened():
    rng = np.random.default_rng(13)
    data, card = counted(rng.binomial(800, 0.2, 80), np.full(80, 800))
    table = funnel(card, "I", data, "subject_id")
    assert table["widened"].max() < 1.35


def test_additive_variance_without_holding_back_is_that_of_moments():
    """Fewer than ten units, none held back: DerSimonian and Laird with a known centre."""
    value, variance = np.array([1.0, 2.0, 4.0, 9.0]), np.array([1.0, 0.5, 2.0, 1.0])
    weight = 1 / variance
    excess = (weight * (value - 3.0) ** 2).sum() - 3
    expected = excess / (weight.sum() - (weight**2).sum() / weight.sum())
    assert between_variance(value, 3.0, variance) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_totals_of_the_operations_department_raise_no_alarm(cycle):
    assert (funnel(operations(cycle))["verdict"] == INSIDE).all()


@pytest.mark.parametrize("cycle", ["2024Q3", "2024"])
def test_only_the_lenient_ratings_of_one_unit_lie_outside(cycle):
    """Fault 6: west, on two ratings; no other indicator, no other unit."""
    card, data = operations(cycle), replace(dataset("operations"), cycle=cycle)
    tables = pd.concat([funnel(card, item, data) for item in card.indicators["indicator_id"]])
    out = tables[tables["verdict"].isin([WATCH, FAR])]
    assert set(zip(out["item_id"], out["group_id"], strict=True)) == {
        ("teamwork_rating", "west"),
        ("innovation_rating", "west"),
    }
    assert (out["verdict"] == FAR).all()


def test_people_who_differ_inside_units_widen_the_limits_of_a_proportion():
    card, data = operations("2024Q4"), replace(dataset("operations"), cycle="2024Q4")
    table = funnel(card, "rework_rate", data)
    assert table["kind"].eq("proportion").all()
    assert table["widened"].min() > 2
    actuals = data.tables["actuals"]
    rows = actuals[(actuals["cycle_id"] == "2024Q4") & (actuals["indicator_id"] == "rework_rate")]
    assert table["n"].sum() == rows["denominator"].sum()


def test_most_states_lie_inside_the_widened_limits():
    table = funnel(hospitals())
    assert table["group_id"][table["verdict"] == FAR].tolist() == ["SD"]
    # Chance inside them alone would call 16 of 50 outside the 95 % limits.
    assert (table["z"].abs() > 1.96).sum() == 16
    assert (table["verdict"] == WATCH).sum() == 6


def test_two_departments_that_the_press_named_lie_furthest_out(shared):
    """January to March 2018, type 1: README of nhs_ae_waits names Blackpool (RXL) and Hillingdon (RAS)."""
    rows = pd.read_csv(shared / "data/nhs_ae_waits/ae_attendances.csv")
    rows = rows[rows["period"].between("2018-01-01", "2018-03-01") & (rows["type"].astype(str) == "1")]
    sums = rows.groupby("org_code")[["breaches", "attendances"]].sum()
    sums = sums[sums["attendances"] > 0]
    data, card = counted(sums["breaches"], sums["attendances"])
    table = funnel(card, "I", data, "subject_id")
    named = sums.index[table["group_id"].str[1:].astype(int)]
    assert (table["z"].abs() > 3.09).mean() > 0.9
    assert list(named[table["verdict"] != INSIDE]) == ["RXL", "RAS"]
    assert (table["verdict"] != FAR).all()
    assert table["centre"].iloc[0] == pytest.approx(sums["breaches"].sum() / sums["attendances"].sum(), rel=1e-12)


def test_numerators_and_denominators_scaled_together_keep_every_share():
    numerator, denominator = np.arange(10, 34), np.arange(100, 340, 10)
    tables = [funnel(card, "I", data, "subject_id").set_index("group_id")["value"].sort_index()
              for data, card in (counted(numerator, denominator, scale=k) for k in (1, 7))]  # fmt: skip
    pd.testing.assert_series_equal(*tables, rtol=1e-12)


def test_order_of_units_is_irrelevant_and_a_constant_moves_everything():
    values = drawn_units(sizes=(5, 8, 8, 12, 20, 9, 9, 7, 6, 14, 10))
    table = funnel(units(values))
    back = funnel(units({unit: values[unit][::-1] for unit in reversed(values)}))
    pd.testing.assert_frame_equal(table, back, rtol=1e-9)
    less = {unit: [total - 5 for total in totals] for unit, totals in values.items()}
    moved = funnel(units(less))
    points = ["value", "centre", "low", "high", "far_low", "far_high"]
    np.testing.assert_allclose(moved[points], table[points] - 5, rtol=1e-9)
    assert moved["verdict"].tolist() == table["verdict"].tolist()


def test_no_verdict_where_nothing_tells_how_far_units_differ_anyway():
    few = counted([10, 20, 90], [100, 100, 100])
    assert (funnel(few[1], "I", few[0], "subject_id")["verdict"] == "").all()
    assert (funnel(make_card())["verdict"] == "").all()
    assert len(funnel(make_card(actuals=[{"subject_id": "A", "missing_reason": "ill"}]))) == 0


def test_shares_of_none_or_all_have_no_limits():
    for numerator in (np.zeros(12), np.full(12, 50)):
        data, card = counted(numerator, np.full(12, 50))
        table = funnel(card, "I", data, "subject_id")
        assert (table["verdict"] == "").all()
        assert len(funnel_lines(table)) == 0


def test_numerators_above_their_denominators_are_compared_by_score():
    data, card = counted([150, 20], [100, 100], unit=["u", "v"])
    assert (funnel(card, "I", data)["kind"] == "mean").all()


def test_lines_pass_the_limits_of_the_units():
    table = funnel(hospitals())
    lines = funnel_lines(table, points=400).set_index("n")
    row = table.set_index("n").loc[[15]].iloc[0]
    for name in ("low", "high", "far_low", "far_high"):
        assert lines.loc[15.0, name] == pytest.approx(row[name], rel=1e-12)


def test_arguments_that_are_none_are_refused():
    for wrong, words in (
        ({"by": "dimension_id"}, "Use one of: 'unit_id', 'role_id', 'subject_id'"),
        ({"by": "subject_id"}, "single subjects have no mean of 'totals'"),
        ({"indicator_id": "nothing"}, "not in force"),
    ):
        with pytest.raises(KpiError, match=words):
            funnel(make_card(), **wrong)
