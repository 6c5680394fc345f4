"""Rules of a signal: each alone, and all of them beside a plain loop over one series after the other."""

from __future__ import annotations

import numpy as np
import pytest

from kpianalysis.analyses.change import process_rules
from kpianalysis.analyses.change.process_limits import process_limits
from kpianalysis.analyses.change.process_rules import process_of

OUTSIDE, SIDE, TREND, NEAR = 1, 2, 4, 8
NOISE = [50.0, 52.0, 50.0, 48.0] * 5


def _has(values, rule):
    """Places of the values that are part of such a signal."""
    return np.flatnonzero(process_of(np.array([values], dtype=float)).rules[0] & rule).tolist()


def _by_hand(values):
    """Code of each value by the rules as they are written down, one series, one value at a time."""
    at = [i for i, value in enumerate(values) if not np.isnan(value)]
    x = [values[i] for i in at]
    limits = process_limits(values).iloc[0]
    mean, half = limits["mean"], limits["high"] - limits["mean"]
    side = [0 if abs(v - mean) < 1e-9 else int(np.sign(v - mean)) for v in x]
    outside = [abs(v - mean) > half + 1e-9 for v in x]
    near = [2 / 3 * half + 1e-9 < abs(v - mean) and not out for v, out in zip(x, outside, strict=True)]
    code = [OUTSIDE * out for out in outside]
    for i in range(len(x)):
        seven = range(i, i + 7)
        if i + 7 <= len(x) and abs(sum(side[j] for j in seven)) == 7:
            code = [c | SIDE * (j in seven) for j, c in enumerate(code)]
        if i + 7 <= len(x) and abs(sum(np.sign(x[j + 1] - x[j]) for j in seven[:-1])) == 6:
            code = [c | TREND * (j in seven) for j, c in enumerate(code)]
        three = range(i, i + 3)
        if i + 3 <= len(x) and sum(near[j] for j in three) >= 2 and abs(sum(side[j] for j in three)) == 3:
            code = [c | NEAR * (j in three and near[j]) for j, c in enumerate(code)]
    answer = np.zeros(len(values), int)
    answer[at] = code
    return answer


@pytest.mark.parametrize("kind", ["normal", "rounded", "drifting", "with gaps"])
def test_rules_are_those_of_a_plain_loop(kind):
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, (60, 30))
    if kind == "rounded":
        values = np.round(values)
    if kind == "drifting":
        values += np.arange(30) * 0.08
    if kind == "with gaps":
        values[rng.random(values.shape) < 0.3] = np.nan
    process = process_of(values)
    np.testing.assert_array_equal(process.rules, [_by_hand(row) for row in values])
    np.testing.assert_array_equal(process.way != 0, process.rules > 0)
    assert {OUTSIDE, SIDE, NEAR} <= set(np.unique(process.rules & 11)) or kind == "with gaps"


def test_one_value_far_off_is_outside_and_nothing_else():
    values = [*NOISE[:10], 70.0, *NOISE[10:]]
    assert _has(values, OUTSIDE) == [10]
    assert _has(values, SIDE) + _has(values, TREND) + _has(values, NEAR) == []


@pytest.mark.parametrize(("n", "places"), [(6, []), (7, [*range(7)])])
def test_seven_on_one_side_are_a_signal_and_six_are_none(n, places):
    values = [51.0, 50.6] * 4
    assert _has([*values[:n], *[49.5, 51.5, 48.0, 49.0] * 5], SIDE)[: n + 1] == places


def test_a_value_on_the_mean_breaks_a_run_on_one_side():
    values = [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -2.0]
    assert sum(values) == 0
    assert _has(values, SIDE) == []
    assert _has([1.0, *values[:3], *values[4:], -1.0], SIDE)[:7] == [*range(7)]


@pytest.mark.parametrize(("n", "places"), [(6, []), (7, [*range(3, 10)])])
def test_seven_rising_are_a_trend_with_the_value_they_start_from(n, places):
    rising = [50.0 + i / 10 for i in range(n)]
    assert _has([51.0, 49.0, 51.0, *rising, 49.0, 50.0, 49.0], TREND) == places


def test_equal_neighbours_break_a_trend():
    rising = [50.0, 50.1, 50.2, 50.3, 50.3, 50.4, 50.5, 50.6]
    assert _has([51.0, 49.0, *rising, 49.0, 50.0], TREND) == []


def test_two_of_three_near_a_limit_are_a_signal_only_on_one_side_of_the_mean():
    noise = [0.0, 1.0, 0.0, -1.0] * 6
    limit = 2.66 * 1.15
    for third, places in ((0.4, [24, 26]), (-0.4, [])):
        values = [*noise, 0.85 * limit, third, 0.85 * limit, -1.0, 0.0]
        assert _has(values, OUTSIDE) == []
        assert _has(values, NEAR) == places


def test_a_gap_neither_adds_to_a_run_nor_breaks_it():
    values = [3.0, 1.0, 2.0, np.nan, 1.5, 2.5, np.nan, np.nan, 1.0, 2.0, *[-2.0, -1.0] * 6]
    assert _has(values, SIDE)[:7] == [0, 1, 2, 4, 5, 8, 9]
    rising = [1.0, 2.0, np.nan, 3.0, 4.0, 5.0, np.nan, 6.0, 7.0, 0.0, 3.0]
    assert _has(rising, TREND) == [0, 1, 3, 4, 5, 7, 8]


def test_what_never_varies_is_no_signal_whatever_a_computer_rounds():
    assert process_of(np.full((3, 36), 0.1) * [[1.0], [3.0], [7.0]]).rules.max() == 0


def test_the_way_of_a_signal_is_its_side_and_of_a_trend_alone_its_direction():
    assert process_of(np.array([[*NOISE, 70.0]])).way[0, -1] == 1
    assert process_of(np.array([[*NOISE, 30.0]])).way[0, -1] == -1
    falling = np.array([[51.0, 49.0, 51.0, *(50.3 - i / 10 for i in range(7)), 51.0, 49.0, 51.0]])
    assert process_of(falling).way[0, 3:10].tolist() == [-1] * 7


def test_turned_upside_down_the_same_values_are_signals_the_other_way():
    values = np.random.default_rng(4).normal(0, 1, (200, 36))
    up, down = process_of(values), process_of(5 - 2 * values)
    np.testing.assert_array_equal(up.rules, down.rules)
    np.testing.assert_array_equal(up.way, -down.way)


@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_series_by_the_block_are_the_same_as_one_by_one(monkeypatch, gaps):
    rng = np.random.default_rng(5)
    values = rng.normal(0, 1, (23, 20))
    values[rng.random(values.shape) < gaps] = np.nan
    whole = process_of(values)
    monkeypatch.setattr(process_rules, "BLOCK", 7)
    parts = process_of(values)
    np.testing.assert_array_equal(whole.rules, parts.rules)
    np.testing.assert_allclose(whole.limits.low, parts.limits.low, rtol=1e-12)


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (3, 0), (2, 1), (1, 2)])
def test_hardly_any_values_are_no_signal(shape):
    process = process_of(np.zeros(shape))
    assert process.rules.shape == process.way.shape == shape
    assert not process.rules.any()
