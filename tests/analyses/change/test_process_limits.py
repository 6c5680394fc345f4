"""Limits of an XmR chart: the published series, gaps, and what must not change them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpianalysis import KpiError
from kpianalysis.analyses.change.process_limits import LIMITS, process_limits

# Of the task: 1, 2, 1, 2, 10, 1, 2, 1, 2 … with n = 18.
SERIES = [1.0, 2.0, 1.0, 2.0, 10.0, *[1.0, 2.0] * 6, 1.0]


def _drawn(shape=(30, 24), seed=2, gaps=0.2):
    rng = np.random.default_rng(seed)
    values = rng.normal(50, 8, shape)
    values[rng.random(shape) < gaps] = np.nan
    return values


def test_the_known_series_has_its_known_limits():
    screened, whole = process_limits(SERIES).iloc[0], process_limits(SERIES, screen=False).iloc[0]
    assert (screened["n"], round(screened["mean"], 2)) == (18, 1.94)
    assert [round(screened[name], 2) for name in ("high", "low")] == [4.60, -0.72]
    assert [round(whole[name], 2) for name in ("high", "low")] == [6.95, -3.06]
    assert (screened["n_screened"], whole["n_screened"]) == (2, 0)


def test_screening_is_done_once_and_not_until_nothing_is_left():
    # Ranges 1 (30 times), 4 (twice), 30, mean 2.06: 30 goes. Of the rest, mean 1.19, the fours would go too.
    steps = [1.0, -1.0] * 15 + [4.0, -4.0] + [30.0]
    limits = process_limits(np.cumsum([0.0, *steps])).iloc[0]
    assert limits["n_screened"] == 1
    assert limits["moving_range"] == pytest.approx(38 / 32, rel=1e-12)
    assert limits["moving_range"] * 3.267 < 4


def test_a_missing_value_breaks_the_moving_range():
    limits = process_limits([1.0, 2.0, np.nan, 9.0, 10.0]).iloc[0]
    assert (limits["n"], limits["n_ranges"], limits["moving_range"]) == (4, 2, 1.0)
    assert limits["high"] == pytest.approx(5.5 + 2.66, rel=1e-12)


@pytest.mark.parametrize("values", [[], [3.0], [np.nan, np.nan], [3.0, np.nan, 4.0]])
def test_without_two_successive_values_there_are_no_limits(values):
    limits = process_limits(values)
    assert list(limits) == LIMITS
    assert limits[["low", "high"]].isna().all(axis=None)


def test_what_never_varies_has_limits_at_its_value():
    assert process_limits([0.1] * 20)[["low", "high"]].to_numpy() == pytest.approx(np.full((1, 2), 0.1), rel=1e-12)


def test_limits_move_and_stretch_with_the_unit_of_measure():
    values = _drawn()
    before, after = process_limits(values), process_limits(7 - 3 * values)
    np.testing.assert_allclose(after["low"], 7 - 3 * before["high"], rtol=1e-9)
    np.testing.assert_allclose(after["high"], 7 - 3 * before["low"], rtol=1e-9)


def test_each_series_has_its_own_limits_and_stays_as_it_was():
    values = _drawn()
    kept = values.copy()
    together = process_limits(values)
    alone = pd.concat([process_limits(row) for row in values], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone, rtol=1e-12)
    np.testing.assert_array_equal(values, kept)


@pytest.mark.parametrize("values", [[1.0, np.inf], np.zeros((2, 2, 2))])
def test_what_is_no_table_of_numbers_is_refused(values):
    with pytest.raises(KpiError, match="values: not a table of finite numbers"):
        process_limits(values)
