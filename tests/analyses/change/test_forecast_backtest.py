"""Forecasts put to the test: made with what was known then, counted rightly, and believed no more than they deserve."""

from __future__ import annotations

import numpy as np
import pytest

from kpianalysis.analyses.change.forecast import forecast_backtest, forecast_end
from kpianalysis.analyses.change.forecast_backtest import (
    Case,
    as_tested,
    forecast_cases,
    method_to_go_by,
    origins,
    summarise_cases,
)
from kpianalysis.analyses.change.forecast_history import History
from kpianalysis.analyses.change.forecast_methods import LAST_YEAR, RUN_RATE, SMOOTHED, Rest, run_rate
from tests.cards import dataset, operations


def history(values: list[float] | np.ndarray) -> History:
    value = np.asarray(values, dtype=float)
    return History(np.arange(len(value)), value, np.ones(len(value)), "mean", 1)


def case(error: float, half: float, method: str = RUN_RATE, first: int = 0, n_known: int = 1) -> Case:
    return Case(method, first, n_known, 10.0 + error, 10.0, 10.0 + error - half, 10.0 + error + half, error)


def test_a_short_cycle_is_tried_after_each_period_and_a_year_after_each_quarter():
    assert origins(3) == [1, 2]
    assert origins(12) == [3, 6, 9]
    assert origins(4) == [1, 2, 3]


def test_an_earlier_forecast_is_the_one_made_with_what_was_known_then():
    values = np.random.default_rng(1).normal(20, 2, 11)
    cases = forecast_cases(history(values), 9, 3, smooth=False)
    mine = next(c for c in cases if (c.method, c.first, c.n_known) == (RUN_RATE, 6, 2))
    then = run_rate(history(values[:8]), 6, 3, 1)
    assert then is not None
    assert mine.forecast == pytest.approx((values[6] + values[7] + then.mean) / 3, rel=1e-12)
    assert mine.outcome == pytest.approx(values[6:9].mean(), rel=1e-12)
    assert mine.rest_error == pytest.approx(then.mean - values[8], rel=1e-9)
    low, high = then.interval(0.9)
    assert mine.low == pytest.approx((values[6] + values[7] + low) / 3, rel=1e-12)
    assert mine.held == (low <= values[8] <= high)


def test_what_came_later_does_not_change_an_earlier_forecast():
    values = np.random.default_rng(2).normal(20, 2, 30)
    changed = values.copy()
    changed[27:] += 50
    kept = forecast_cases(history(values), 27, 3, smooth=False)
    # Missing ends of an interval equal nothing, not even themselves.
    assert repr(kept) == repr(forecast_cases(history(changed), 27, 3, smooth=False))
    assert {c.first for c in kept} == set(range(0, 27, 3))


def test_cycles_with_a_gap_are_no_test():
    whole = history(np.arange(12.0))
    gap = History(np.delete(whole.period, 4), np.delete(whole.value, 4), np.ones(11), "mean", 1)
    assert {c.first for c in forecast_cases(gap, 12, 3, smooth=False)} == {0, 6, 9}


def test_cases_are_summed_up_by_method_and_periods_known():
    cases = [case(1.0, 2.0), case(-3.0, 2.0, first=3), case(0.5, 2.0, first=6), case(9.0, 1.0, LAST_YEAR, n_known=2)]
    first, second = summarise_cases(cases)
    assert (first["method"], first["n"], first["n_held"], first["held"]) == (RUN_RATE, 3, 2, 2 / 3)
    assert first["error"] == pytest.approx(4.5 / 3)
    assert first["bias"] == pytest.approx(-0.5)
    # Two of three held, not 90 %: the interval has to reach as far as the largest miss.
    assert first["reach"] == 3.0
    assert (second["method"], second["n_known"], second["n_held"]) == (LAST_YEAR, 2, 0)
    assert np.isnan(second["reach"])


def test_an_interval_reaches_as_far_as_earlier_ones_should_have():
    rest = Rest(10.0, 0.1, 20.0)
    wider, tested = as_tested(rest, summarise_cases([case(1.0, 2.0), case(-3.0, 2.0), case(0.5, 2.0)]), 0.9)
    assert tested
    assert wider.interval(0.9) == pytest.approx((7.0, 13.0), rel=1e-12)


def test_an_untested_interval_is_doubled():
    wider, tested = as_tested(Rest(10.0, 0.1, 20.0), summarise_cases([case(0.0, 1.0)] * 2), 0.9)
    assert not tested
    assert wider.se == 0.2


def test_the_better_method_is_chosen_where_both_were_tried_often_enough():
    rests = {name: Rest(10.0, 1.0, 9.0, season=True) for name in (RUN_RATE, LAST_YEAR, SMOOTHED)}
    assert method_to_go_by(rests, []) == SMOOTHED
    firsts = (0, 3, 6)
    good = [case(0.1, 1.0, RUN_RATE, first) for first in firsts]
    bad = [case(0.5, 1.0, SMOOTHED, first) for first in firsts]
    assert method_to_go_by(rests, [*good, *bad]) == RUN_RATE
    assert method_to_go_by(rests, [*good[:2], *bad]) == SMOOTHED


def test_without_a_season_last_year_comes_before_smoothing_and_what_has_held_before_what_has_not():
    rests = {name: Rest(10.0, 1.0, 9.0) for name in (RUN_RATE, LAST_YEAR, SMOOTHED)}
    assert method_to_go_by(rests, []) == LAST_YEAR
    assert method_to_go_by(rests, [case(0.1, 1.0, RUN_RATE, first) for first in (0, 3, 6)]) == RUN_RATE
    assert method_to_go_by(rests, [case(9.0, 1.0, RUN_RATE, first) for first in (0, 3, 6)]) == LAST_YEAR


def test_smoothing_that_did_not_converge_is_not_gone_by():
    rests = {RUN_RATE: Rest(1.0, 1.0, 2.0), SMOOTHED: Rest(1.0, 1.0, 2.0, season=True, converged=False)}
    assert method_to_go_by(rests, []) == RUN_RATE


def test_a_test_makes_intervals_of_a_process_that_wanders_more_honest():
    """200 wandering series of 45 months: untried intervals hold 76 %, tried ones 85 %; standard error 2.5 % each."""
    rng = np.random.default_rng(9)
    held = []
    for _draw in range(200):
        value = np.cumsum(0.4 * rng.normal(size=48)) + 0.6 * rng.normal(size=48)
        known = history(value[:45])
        rest = run_rate(known, 36, 12, 3)
        assert rest is not None
        mine = [s for s in summarise_cases(forecast_cases(known, 36, 12, smooth=False)) if s["method"] == RUN_RATE]
        ends = [r.interval(0.9) for r in (rest, as_tested(rest, mine, 0.9)[0])]
        held.append([low <= value[45:].mean() <= high for low, high in ends])
    untried, tried = np.mean(held, axis=0)
    assert untried == pytest.approx(0.76, abs=0.09)
    assert tried == pytest.approx(0.85, abs=0.08)
    assert tried > untried


def test_on_operations_each_quarter_so_far_is_tried_after_one_and_two_months():
    data, card = dataset("operations"), operations("2024Q1")
    table = forecast_backtest(data, card, asof="2024-02-29", smooth=False)
    mine = table[(table["indicator_id"] == "csat") & (table["cycle_id"] == "2024Q1") & (table["method"] == RUN_RATE)]
    assert mine["n_known"].tolist() == [1, 2]
    assert mine["n"].tolist() == [4, 4]
    year = table[(table["indicator_id"] == "csat") & (table["cycle_id"] == "2024")]
    assert year["n_known"].tolist() == [3, 6, 9]


def test_the_error_beside_a_forecast_is_that_of_its_method_with_as_many_periods_known():
    data, card = dataset("operations"), operations("2024Q1")
    ends = forecast_end(data, card, asof="2024-02-29", smooth=False)
    tested = forecast_backtest(data, card, asof="2024-02-29", smooth=False)
    row = ends[(ends["indicator_id"] == "csat") & (ends["cycle_id"] == "2024Q1")].iloc[0]
    mine = tested[(tested["indicator_id"] == "csat") & (tested["cycle_id"] == "2024Q1")]
    same = mine[(mine["method"] == row["method"]) & (mine["n_known"] == row["n_known"])].iloc[0]
    assert (row["error"], row["n_cases"], row["n_held"]) == (same["error"], same["n"], same["n_held"])
    assert row["error_share"] == pytest.approx(row["error"] / row["aim_low"], rel=1e-12)


def test_finished_cycles_are_not_put_to_the_test():
    table = forecast_backtest(dataset("operations"), operations("2024Q4"))
    assert table.empty
    assert "rest_error" not in table
