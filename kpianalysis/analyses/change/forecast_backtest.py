"""How good such forecasts were: made in earlier cycles with what was known then, and compared with what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from kpianalysis.analyses.change.forecast_history import History, Part, part_of
from kpianalysis.analyses.change.forecast_methods import (
    LAST_YEAR,
    METHODS,
    RUN_RATE,
    SMOOTHED,
    Rest,
    like_last_year,
    run_rate,
)
from kpianalysis.analyses.change.forecast_smoothing import season_of, smoothed

# Each fit takes a moment: smoothing is tried in the last earlier cycles only.
MOST_SMOOTHED = 4
# Fewer forecasts than these neither widen an interval nor choose a method.
LEAST_CASES = 3
# Periods of one cycle are too alike to show what the next ones can bring: untested intervals are that much wider.
UNTESTED = 2.0
BACKTEST_COLUMNS = ["method", "n_known", "n", "error", "bias", "n_intervals", "n_held", "held", "reach"]


@dataclass(frozen=True)
class Case:
    """A forecast made in an earlier cycle, and what came.

    Attributes
    ----------
    method : str
    first, n_known : int
        First period of that cycle, and how many were known.
    forecast, outcome, low, high : float
        Value at its end, and the ends of the interval.
    rest_error : float
        Mean of the periods then left, forecast less outcome: early and late forecasts can be compared by it.
    """

    method: str
    first: int
    n_known: int
    forecast: float
    outcome: float
    low: float
    high: float
    rest_error: float

    @property
    def held(self) -> bool:
        """Whether the outcome lies in the interval, its ends included."""
        near = 1e-9 * abs(self.outcome)
        return self.low - near <= self.outcome <= self.high + near


def every_method(history: History, start: int, n: int, n_left: int, smooth: bool = True) -> dict[str, Rest]:
    """Forecast the mean of the periods left by each method that can."""
    found = {
        RUN_RATE: run_rate(history, start, n, n_left),
        LAST_YEAR: like_last_year(history, start, n, n_left),
        SMOOTHED: smoothed(history, n_left) if smooth else None,
    }
    return {name: rest for name, rest in found.items() if rest is not None}


def clipped(rest: Rest, history: History, level: float) -> tuple[float, float, float]:
    """Give mean and interval of the rest, none of them where no value can be."""
    low, high = rest.interval(level)
    least, most = history.bounds
    mean, low, high = (float(np.clip(value, least, most)) for value in (rest.mean, low, high))
    return mean, low, high


def origins(n: int) -> list[int]:
    """Periods known when a forecast is made: each of a short cycle, every quarter of a long one."""
    step = 1 if n <= 4 else n // 4
    return list(range(step, n, step))


def forecast_cases(history: History, start: int, n: int, level: float = 0.9, smooth: bool = True) -> list[Case]:
    """Forecast the end of each earlier stretch of `n` periods, every time with what was known then.

    Parameters
    ----------
    history : History
    start, n : int
        The cycle that is forecast now: first period and how many it has. Earlier ones are n, 2n, … before.
    level : float
        Of the intervals.
    smooth : bool
        Also by smoothing, in the last four, and only where it knew the season or did not as it does now.

    Returns
    -------
    list of Case
        Only of stretches of which every period is known.
    """
    cases: list[Case] = []
    oldest = int(history.period[0]) if len(history.period) else start
    for back, first in enumerate(range(start - n, oldest - 1, -n)):
        whole = part_of(history, first, n)
        if whole.n_known < n:
            continue
        for known in origins(n):
            then = history.until(first + known - 1)
            part = part_of(then, first, n)
            # With and without the season it is not the same method.
            alike = smooth and back < MOST_SMOOTHED and season_of(then) == season_of(history)
            rests = every_method(then, first, n, part.n_left, alike)
            cases += [
                _case(name, first, rest, then, part, whole.so_far, level)
                for name, rest in rests.items()
                if rest.converged
            ]
    return cases


def _case(method: str, first: int, rest: Rest, then: History, part: Part, outcome: float, level: float) -> Case:
    mean, low, high = clipped(rest, then, level)
    ends = (part.end(mean), outcome, part.end(low), part.end(high))
    return Case(method, first, part.n_known, *ends, mean - part.needed(outcome))


def summarise_cases(cases: Sequence[Case], level: float = 0.9) -> list[dict[str, Any]]:
    """Sum up such forecasts by method and by how many periods were known.

    Returns
    -------
    list of dict
        One per method × n_known: n (forecasts), error (mean absolute, indicator's unit), bias (mean of forecast less
        outcome), n_intervals (with one), n_held, held (share of the intervals that held the outcome), reach (how far
        from the mean of the rest `level` of all earlier forecasts by this method stayed; missing where at least this
        share of their intervals held, or with fewer than 3).

    Notes
    -----
    Source: docs/method.md, "Forecasts put to the test".
    """
    rows: list[dict[str, Any]] = []
    for method, known in sorted({(METHODS.index(case.method), case.n_known) for case in cases}):
        mine = [case for case in cases if case.method == METHODS[method]]
        here = [case for case in mine if case.n_known == known]
        off = np.array([case.forecast - case.outcome for case in here])
        held = [case.held for case in here if not np.isnan(case.low)]
        rows.append(
            {
                "method": METHODS[method],
                "n_known": known,
                "n": len(here),
                "error": float(np.abs(off).mean()),
                "bias": float(off.mean()),
                "n_intervals": len(held),
                "n_held": sum(held),
                "held": sum(held) / len(held) if held else np.nan,
                "reach": _reach(mine, level),
            }
        )
    return rows


def _reach(cases: Sequence[Case], level: float) -> float:
    known = [case for case in cases if not np.isnan(case.low)]
    if len(known) < LEAST_CASES or sum(case.held for case in known) >= level * len(known):
        return np.nan
    return float(np.quantile([abs(case.rest_error) for case in known], level, method="higher"))


def as_tested(rest: Rest, tested: Sequence[Mapping[str, Any]], level: float) -> tuple[Rest, bool]:
    """Widen the error of a method by what its test says, or double it with fewer than 3 tests; tell which.

    Parameters
    ----------
    rest : Rest
    tested : sequence of dict
        `summarise_cases` of its method.
    level : float
        Of the interval.
    """
    if sum(summary["n_intervals"] for summary in tested) < LEAST_CASES:
        return replace(rest, se=UNTESTED * rest.se), False
    return rest.reaching(tested[0]["reach"], level), True


def method_to_go_by(rests: Mapping[str, Rest], cases: Sequence[Case], level: float = 0.9) -> str:
    """Name the method to go by.

    Parameters
    ----------
    rests : mapping of method to Rest
        What the methods say now.
    cases : sequence of Case
        `forecast_cases`.
    level : float
        Of their intervals.

    Notes
    -----
    In this order: smoothing that knows the season, like last year, smoothing, run rate; the first one of which at least
    3 earlier intervals were made and held as often as they should (rounded), else the first one with an interval.
    Another takes its place if it missed the mean of the rest by less, on average, in at least 3 forecasts that both
    made.
    Source: docs/method.md, "Forecasts put to the test".
    """
    usable = [name for name in METHODS if name in rests and rests[name].converged and rests[name].df >= 1]
    usable = usable or [name for name in METHODS if name in rests and rests[name].converged]
    has_season = SMOOTHED in usable and rests[SMOOTHED].season
    order = (SMOOTHED, LAST_YEAR, RUN_RATE) if has_season else (LAST_YEAR, SMOOTHED, RUN_RATE)
    there = [name for name in order if name in usable]
    first = next((name for name in there if _has_held(name, cases, level)), there[0])
    errors = {name: {(c.first, c.n_known): abs(c.rest_error) for c in cases if c.method == name} for name in METHODS}
    chosen, least = first, 1.0
    for name in usable:
        both = errors[first].keys() & errors[name].keys()
        mine, other = (sum(errors[which][key] for key in both) for which in (name, first))
        if len(both) >= LEAST_CASES and mine < least * other:
            chosen, least = name, mine / other
    return chosen


def _has_held(method: str, cases: Sequence[Case], level: float) -> bool:
    known = [case for case in cases if case.method == method and not np.isnan(case.low)]
    return len(known) >= LEAST_CASES and sum(case.held for case in known) >= int(level * len(known) + 0.5)


def backtest_table(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> pd.DataFrame:
    """Lay out summaries with their keys, one row each."""
    return pd.DataFrame(list(rows), columns=[*keys, *BACKTEST_COLUMNS])
