"""Results just above and just below the target: what is found, and how often by chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpianalysis.analyses.targets.bunching import (
    COLUMNS,
    FEW_NEAR,
    JUST_ABOVE,
    NO_SHARE,
    NO_SIGN,
    NOBODY_BEYOND,
    RANGE,
    STEPS,
    bunching,
    bunching_p,
    step_of,
)
from kpianalysis.analyses.targets.histogram import attainment_histogram
from kpianalysis.analyses.targets.target_history import CANNOT_TELL
from kpianalysis.errors import KpiError
from tests.builders import actual_rows, make_card
from tests.cards import OPERATIONS, QUARTERS, hospitals, operations

WINDOWS = ["further_below", "just_below", "just_above", "further_above"]


def _card(values, target=100.0, direction="higher", **plan):
    subjects = [f"S{i:04d}" for i in range(len(values))]
    return make_card(
        check=False,
        subjects=[{"subject_id": s} for s in subjects],
        indicators=[{"direction": direction, "method": "band" if direction == "range" else "ratio"}],
        plan=[{"target": None if direction == "range" else target, **plan}],
        actuals=actual_rows(dict(zip(subjects, (float(v) for v in values), strict=True))),
    )


def _uneven(*values):
    """Values that come in no steps."""
    return [value + 0.001 * np.sin(1 + 7 * at) for at, value in enumerate(values)]


@pytest.mark.parametrize("cycle", [*OPERATIONS, "2023Q1"])
def test_in_the_department_one_indicator_is_found_and_no_other(cycle):
    table = bunching(operations(cycle)).set_index("indicator_id")
    assert table.index[table["verdict"] == JUST_ABOVE].tolist() == ["on_time_rate"]
    row = table.loc["on_time_rate"]
    assert row["just_below"] == row["further_below"] == 0
    assert row["just_above"] >= 45


@pytest.mark.parametrize("cycle", QUARTERS)
def test_it_is_found_in_each_unit_of_twelve_too(cycle):
    for unit in ("north", "south", "east", "west"):
        table = bunching(operations(cycle).for_unit(unit))
        assert table.loc[table["verdict"] == JUST_ABOVE, "indicator_id"].tolist() == ["on_time_rate"]


def test_nothing_is_found_where_targets_are_benchmarks():
    table = bunching(hospitals())
    assert JUST_ABOVE not in set(table["verdict"])
    assert (table["verdict"] == NO_SIGN).sum() == 14


def test_p_is_the_larger_of_two_exact_binomial_tests():
    for counts in ([6, 1, 13, 4], [0, 0, 46, 2], [5, 9, 7, 3], [0, 0, 0, 0]):
        _, below, above, _ = counts
        first = stats.binomtest(above, below + above, 0.5, "greater").pvalue if below + above else 1.0
        second = stats.binomtest(above, sum(counts), 1 / 3, "greater").pvalue if sum(counts) else 1.0
        assert bunching_p(np.array(counts)) == pytest.approx(max(first, second), rel=1e-9)


def test_a_straight_density_has_at_most_a_third_in_the_third_of_four_windows():
    slope = np.linspace(-1, 1, 2001)[:, None]
    density = 1 + slope * (np.array([-1.5, -0.5, 0.5, 1.5]) / 2)
    share = (density / density.sum(axis=1, keepdims=True))[:, 2]
    assert share.max() <= 1 / 3
    growing = np.exp(np.linspace(-5, 5, 2001)[:, None] * np.arange(4))
    assert (growing / growing.sum(axis=1, keepdims=True))[:, 2].max() < 0.2778


@pytest.mark.parametrize("n", [48, 400, 3000])
@pytest.mark.parametrize("middle", [0.9, 0.98, 1.0, 1.02, 1.05, 1.12])
@pytest.mark.parametrize("spread", [0.042, 0.06, 0.15])
def test_smooth_attainment_is_rarely_a_finding(n, middle, spread):
    # Monte Carlo: 4,000 draws, standard error of a rate of 5 % is 0.0034; three of them are allowed for.
    rng = np.random.default_rng(5)
    edges = stats.norm.cdf([-np.inf, 0.95, 0.975, 1.0, 1.025, 1.05, np.inf], middle, spread)
    counts = rng.multinomial(n, np.diff(edges), size=4000)[:, 1:5]
    assert (bunching_p(counts) < 0.05).mean() <= 0.05 + 3 * 0.0034


@pytest.mark.parametrize("shape", ["skewed", "flat", "two groups"])
def test_smooth_attainment_of_other_shapes_is_rarely_a_finding(shape):
    # As above; standard error 0.0034.
    rng = np.random.default_rng(6)
    size = (4000, 200)
    draw = {
        "skewed": lambda: 0.8 + rng.gamma(4, 0.06, size),
        "flat": lambda: rng.uniform(0.8, 1.2, size),
        "two groups": lambda: rng.normal(np.where(rng.uniform(size=size) < 0.5, 0.93, 1.07), 0.045),
    }[shape]()
    place = np.floor((draw - 1) / 0.025)
    counts = np.stack([(place == at).sum(axis=1) for at in (-2, -1, 0, 1)], axis=1)
    assert (bunching_p(counts) < 0.05).mean() <= 0.05 + 3 * 0.0034


def test_results_lifted_over_the_target_are_found():
    # Of those just below, nine in ten are lifted just above it.
    rng = np.random.default_rng(7)
    values = rng.normal(100, 8, 400)
    just_below = (values >= 97.5) & (values < 100) & (rng.uniform(size=400) < 0.9)
    assert bunching(_card(values)).iloc[0]["verdict"] == NO_SIGN
    assert bunching(_card(np.where(just_below, 200 - values, values))).iloc[0]["verdict"] == JUST_ABOVE


def test_just_below_is_no_finding():
    table = bunching(_card(_uneven(*[99.0] * 30, *[101.0] * 4, *[105.5] * 3)))
    assert table.iloc[0][[*WINDOWS, "verdict"]].tolist() == [0, 30, 4, 0, NO_SIGN]


def test_less_can_be_better():
    values = np.array(_uneven(*[99.0] * 30, *[101.0] * 2, *[96.0] * 3, *[104.0] * 5))
    row = bunching(_card(values, direction="lower")).iloc[0]
    assert row[[*WINDOWS, "verdict"]].tolist() == [5, 2, 30, 3, JUST_ABOVE]


def test_whole_numbers_are_counted_in_as_many_steps_on_either_side():
    # 2.5 % of 100 holds two whole steps: 98 and 99 below, 100 and 101 above; 102 and 103 are the next.
    row = bunching(_card([*range(90, 111)])).iloc[0]
    assert row[["step", "n_exact", *WINDOWS]].tolist() == [1, 1, 2, 2, 2, 2]
    # Even numbers of each are no finding, however many.
    assert bunching(_card([*range(90, 111)] * 40)).iloc[0]["verdict"] == NO_SIGN


def test_a_target_between_two_steps_has_as_many_on_either_side():
    row = bunching(_card([*range(90, 111)], target=100.4)).iloc[0]
    assert row[["n_exact", *WINDOWS]].tolist() == [0, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (_card([1, 2, 3, 3, 3, 4, 5] * 5, target=3), STEPS),
        (_card([*range(80, 101), *[100] * 30]), NOBODY_BEYOND),
        (_card([50.1, 60.7, 151.3]), FEW_NEAR),
        (_card([0, 1, 2, 5], target=0, direction="lower"), NO_SHARE),
        (_card([70, 80, 85], direction="range", range_low=76, range_high=88, floor=50, cap=100), RANGE),
    ],
)
def test_what_cannot_be_told_says_why(card, reason):
    row = bunching(card).iloc[0]
    assert (row["verdict"], row["reason"]) == (CANNOT_TELL, reason)
    assert np.isnan(row["p"])


def test_p_is_adjusted_over_the_indicators_that_were_tested():
    table = bunching(operations("2024Q4"))
    tested = table.dropna(subset=["p"])
    expected = stats.false_discovery_control(tested["p"])
    assert tested["p_adjusted"].tolist() == pytest.approx(expected.tolist(), rel=1e-12)
    assert table.loc[table["p"].isna(), "p_adjusted"].isna().all()


def test_another_unit_of_measure_changes_nothing_but_the_step():
    rng = np.random.default_rng(8)
    values = rng.normal(101, 4, 60).round(2)
    one, other = bunching(_card(values)), bunching(_card(values * 8, target=800.0))
    pd.testing.assert_frame_equal(one.drop(columns="step"), other.drop(columns="step"))
    assert other["step"].iloc[0] == pytest.approx(8 * one["step"].iloc[0])


@pytest.mark.parametrize(
    ("values", "step"),
    [([1.0, 2, 4], 1.0), ([0.1, 0.3, 0.7], 0.2), ([1.0, 1.5, 2.2], np.nan), ([3.0], np.nan), ([], np.nan)],
)
def test_steps_are_seen(values, step):
    assert step_of(np.array(values)) == pytest.approx(step, nan_ok=True)


def test_without_a_score_there_are_no_rows_and_all_columns():
    card = make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill")))
    assert list(bunching(card)) == COLUMNS
    assert bunching(card).empty
    assert attainment_histogram(card, bunching(card)).empty


def test_inputs_stay_as_they_were_and_the_order_of_subjects_is_nothing():
    card = operations("2024Q4")
    kept = card.scores.copy()
    turned = replace(card, scores=card.scores.sample(frac=1, random_state=1).reset_index(drop=True))
    pd.testing.assert_frame_equal(
        bunching(card).sort_values("indicator_id", ignore_index=True),
        bunching(turned).sort_values("indicator_id", ignore_index=True),
    )
    pd.testing.assert_frame_equal(card.scores, kept)


@pytest.mark.parametrize("window", [0, 0.5, -0.1, float("nan")])
def test_a_window_that_is_none_is_refused(window):
    with pytest.raises(KpiError, match="Use a share"):
        bunching(make_card(), window)


@pytest.mark.parametrize("cycle", ["2024Q4", "2024"])
def test_the_histogram_holds_every_result_and_the_same_counts(cycle):
    card = operations(cycle)
    table = bunching(card)
    bins = attainment_histogram(card, table, most=20)
    shown = table.set_index("indicator_id")
    for name, rows in bins.groupby("indicator_id"):
        assert rows["n"].sum() == shown.loc[name, "n"]
        if shown.loc[name, "reason"] != STEPS:
            middle = rows.set_index("place")["n"].reindex([-2, -1, 0, 1]).tolist()
            assert middle == shown.loc[name, WINDOWS].tolist()
    assert "utilisation" not in set(bins["indicator_id"])
    assert bins["indicator_id"].iloc[0] == "on_time_rate"
