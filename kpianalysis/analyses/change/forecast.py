"""Will the period end on target? Forecasts to the end of the cycle and of the year, with what the rest must bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kpianalysis.analyses.change.forecast_aims import aims
from kpianalysis.analyses.change.forecast_backtest import (
    as_tested,
    backtest_table,
    clipped,
    every_method,
    forecast_cases,
    method_to_go_by,
    summarise_cases,
)
from kpianalysis.analyses.change.forecast_history import FORECAST, Ending, History, Part, endings, histories, part_of
from kpianalysis.analyses.change.forecast_methods import LAST_YEAR, RUN_RATE, SMOOTHED, Rest
from kpianalysis.analyses.change.series import period_values
from kpianalysis.dataset import Dataset
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard

RUNNING, FINISHED, NOT_BEGUN = "running", "finished", "not begun"
NO_PERIODS, NOT_FORECAST = "no periods", "not forecast"
LIKELY, UNLIKELY, OPEN, MET, MISSED = "likely", "unlikely", "open", "met", "missed"
# A chance beyond this, or below the rest of it, is called likely or unlikely.
SURE = 0.9
_NAMES = {RUN_RATE: "run_rate", LAST_YEAR: "last_year", SMOOTHED: "smoothed"}
_ENDS = ("", "_low", "_high", "_chance")
_COUNTS = {"cases": "n", "intervals": "n_intervals", "held": "n_held"}
KEYS = ["group_id", "indicator_id", "cycle_id"]
COLUMNS = [
    *KEYS,
    *("status", "outlook", "start", "last", "months", "is_sum", "n_periods", "n_known", "n_left", "n_history"),
    *("so_far", "aim_low", "aim_high"),
    *(f"{name}{end}" for name in _NAMES.values() for end in _ENDS),
    *("season", "converged", "method", "end", "end_low", "end_high", "chance", "rest", "rest_low", "rest_high"),
    *("needed_low", "needed_high", "beyond", "possible", "n_cases", "error", "error_share", "n_intervals", "n_held"),
    *("is_tested", "is_widened", "level"),
]
_COUNTED = ("months", "n_periods", "n_known", "n_left", "n_history", "n_cases", "n_intervals", "n_held")
_BLANK: dict[str, Any] = {
    **dict.fromkeys(COLUMNS, np.nan),
    **dict.fromkeys(_COUNTED, 0),
    **dict.fromkeys(("status", "outlook", "method"), ""),
    **dict.fromkeys(("converged", "possible"), True),
    **dict.fromkeys(("is_sum", "season", "beyond", "is_tested", "is_widened"), False),
}


def forecast_end(
    data: Dataset,
    card: Scorecard,
    by: str = "",
    asof: str | pd.Timestamp | None = None,
    level: float = 0.9,
    smooth: bool = True,
) -> pd.DataFrame:
    """Forecast the value at the end of the cycle, and of the longer ones it is part of, from the periods so far.

    Parameters
    ----------
    data : Dataset
        Where the card comes from.
    card : Scorecard
        Says which cycle, which indicators, whose values; nothing after its end is used.
    by : {"", "unit_id", "role_id", "subject_id"}
        Blank: everybody together; else each unit, role or subject.
    asof : str or Timestamp, optional
        A day; only periods that began by then count. None: all there are.
    level : float
        Probability of the intervals, between 0 and 1.
    smooth : bool
        Also by smoothing, which takes some hundredths of a second for each forecast; False for many groups.

    Returns
    -------
    DataFrame
        One row per group × scored or monitored indicator × cycle (this one first, then the longer ones), values in the
        indicator's unit: group_id, indicator_id, cycle_id; status ("running", "finished", "not begun": no period yet,
        "no periods": one value a cycle, "not forecast": the largest or smallest period counts, or periods are shorter
        than a month); outlook ("likely" or "unlikely" to meet the target: a chance of 90 % at least, 10 % at most;
        "open" between; "met", "missed" when finished; blank without a target or an interval); start (first day of the
        cycle), last (first day of the last period known), months (of a period), is_sum (periods add up); n_periods (of
        the cycle), n_known, n_left, n_history (known of all cycles); so_far (sum or mean of those known); aim_low,
        aim_high (ends between which the target is met; missing too where every cycle has one period); run_rate,
        last_year and smoothed, each with `_low`, `_high` and `_chance` (to meet the target); season, converged (of the
        smoothing); method (the one to go by), end, end_low, end_high, chance (its forecast; of a finished cycle what
        came, chance 0 or 1); rest, rest_low, rest_high (mean of the periods left, forecast); needed_low, needed_high
        (ends between which that mean must lie for the target), beyond (no period so far was as good as needed),
        possible (values can be as needed); n_cases, error, error_share (of the target), n_intervals, n_held (how such
        forecasts did in earlier cycles with about as many periods known), is_tested, is_widened (the interval: as far
        as earlier ones should have reached, or doubled where there were too few); level.

    Raises
    ------
    KpiError
        If there is no such `by`, `asof` is no day, or `level` is no share.

    Notes
    -----
    Source: docs/method.md, "Forecast to the end".
    """
    return _both_tables(data, card, by, asof, level, smooth)[0]


def forecast_backtest(
    data: Dataset,
    card: Scorecard,
    by: str = "",
    asof: str | pd.Timestamp | None = None,
    level: float = 0.9,
    smooth: bool = True,
) -> pd.DataFrame:
    """Make the same forecasts in earlier cycles with the periods known then, and compare with what came.

    Parameters, errors and source are those of `forecast_end`.

    Returns
    -------
    DataFrame
        Of the cycles that still run, one row per group × indicator × cycle × method × periods known: group_id,
        indicator_id, cycle_id, and what `summarise_cases` gives.
    """
    return _both_tables(data, card, by, asof, level, smooth)[1]


def current_forecast(ends: pd.DataFrame) -> pd.DataFrame:
    """Keep of `forecast_end` the shortest cycle that still runs; without one the card's own."""
    order = list(ends["cycle_id"].unique())
    running = [cycle for cycle in order if (ends.loc[ends["cycle_id"] == cycle, "status"] == RUNNING).any()]
    chosen = (running or order[:1] or [""])[0]
    shown: pd.DataFrame = ends[ends["cycle_id"] == chosen].reset_index(drop=True)
    return shown


def _both_tables(
    data: Dataset, card: Scorecard, by: str, asof: str | pd.Timestamp | None, level: float, smooth: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast and put to the test in one go, because the one needs the other."""
    day = _day(asof)
    if not 0 < level < 1:
        raise KpiError(f"level: {level} is no share between 0 and 1. Use 0.9 for 90 %.")
    series = list(histories(data, card, period_values(data, card, by), day))
    rows: list[dict[str, Any]] = []
    tests: list[dict[str, Any]] = []
    for ending in endings(data, card.cycle):
        has_periods = any(history.span(ending)[1] > 1 for _group, _indicator, history in series)
        targets = aims(data, card, ending.cycle_id, by) if has_periods else {}
        is_over = _is_over([history for _group, _indicator, history in series], ending)
        for group, indicator, history in series:
            key = {"group_id": group, "indicator_id": indicator, "cycle_id": ending.cycle_id}
            aim = targets.get((group, indicator), (np.nan, np.nan))
            row, tested = _forecast(history, ending, aim, is_over, level, smooth)
            rows.append({**_BLANK, **key, **row, **_dates(history, ending), "level": level})
            tests += [{**key, **summary} for summary in tested]
    made = pd.DataFrame(rows, columns=COLUMNS)
    return made.assign(outlook=_outlook(made)), backtest_table(tests, KEYS)


def _day(asof: str | pd.Timestamp | None) -> pd.Timestamp | None:
    if asof is None:
        return None
    try:
        return pd.Timestamp(asof)
    except ValueError as error:
        raise KpiError(f"asof: {asof!r} is no day. Write it as 2024-08-31.") from error


def _dates(history: History, ending: Ending) -> dict[str, Any]:
    """First day of the cycle, and of the last period known."""
    first, last = history.span(ending)[0], int(history.period[-1])
    dates = {"start": history.first_day(first), "last": history.first_day(last), "months": history.months}
    return dates | {"is_sum": history.aggregation == "sum"}


def _outlook(made: pd.DataFrame) -> np.ndarray:
    """Put the chance into a word."""
    chance, running = made["chance"].astype("float64"), made["status"] == RUNNING
    finished = made["status"] == FINISHED
    words = [
        (running & (chance >= SURE), LIKELY),
        (running & (chance <= 1 - SURE), UNLIKELY),
        (running & chance.notna(), OPEN),
        (finished & (chance == 1), MET),
        (finished & (chance == 0), MISSED),
    ]
    return np.select([where for where, _word in words], [word for _where, word in words], "")


def _is_over(series: list[History], ending: Ending) -> bool:
    """Tell whether the last period of a cycle has values, of any indicator with the shortest periods."""
    lengths = [history.months for history in series if 0 < history.months < ending.months]
    shortest = [history for history in series if history.months == min(lengths, default=0)]
    return any(sum(history.span(ending)) - 1 <= history.period[-1] for history in shortest)


def _forecast(
    history: History, ending: Ending, aim: tuple[float, float], is_over: bool, level: float, smooth: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Forecast one indicator and group; a row without its keys, and the test of such forecasts."""
    start, n = history.span(ending)
    row: dict[str, Any] = {"n_periods": n, "n_history": len(history.period), "aim_low": aim[0], "aim_high": aim[1]}
    if history.aggregation not in FORECAST or history.months == 0:
        return row | {"status": NOT_FORECAST}, []
    if n <= 1:
        return row | {"status": NO_PERIODS}, []
    part = part_of(history, start, n)
    row |= {"n_known": part.n_known, "n_left": part.n_left, "so_far": part.so_far}
    if is_over or part.n_left == 0:
        return row | {"status": FINISHED} | _outcome(part, aim, history.aggregation), []
    if part.n_known == 0:
        return row | {"status": NOT_BEGUN}, []
    cases = forecast_cases(history, start, n, level, smooth)
    tested = summarise_cases(cases, level)
    rests = every_method(history, start, n, part.n_left, smooth)
    method = method_to_go_by(rests, cases, level)
    row |= {"status": RUNNING} | _with_needed(part, aim, history)
    row |= _by_method(rests, method, part, aim, history, tested, level)
    return row, tested


def _outcome(part: Part, aim: tuple[float, float], aggregation: str) -> dict[str, Any]:
    """Give what came of a finished cycle; a sum that lacks a period is no sum."""
    end = np.nan if aggregation == "sum" and part.n_left else part.so_far
    near = 1e-9 * abs(end)
    known = not (np.isnan(end) or np.isnan(aim).any())
    return {"n_left": 0, "end": end, "chance": float(aim[0] - near <= end <= aim[1] + near) if known else np.nan}


def _with_needed(part: Part, aim: tuple[float, float], history: History) -> dict[str, Any]:
    low, high = (part.needed(end) for end in aim)
    near = 1e-9 * np.abs(history.value).max()
    beyond = bool((history.value < low - near).all() or (history.value > high + near).all())
    least, most = history.bounds
    possible = not (low > most + near or high < least - near)
    return {"needed_low": low, "needed_high": high, "beyond": beyond, "possible": possible}


def _by_method(
    rests: dict[str, Rest],
    method: str,
    part: Part,
    aim: tuple[float, float],
    history: History,
    tested: list[dict[str, Any]],
    level: float,
) -> dict[str, Any]:
    """Give the forecast of each method, and again that of the one to go by with how good it was."""
    row: dict[str, Any] = {}
    for name, rest in rests.items():
        mine = [summary for summary in tested if summary["method"] == name]
        wider, is_tested = as_tested(rest, mine, level)
        places = clipped(wider, history, level)
        values = [*(part.end(place) for place in places), _chance(wider, part, aim, history)]
        row |= {f"{_NAMES[name]}{end}": value for end, value in zip(_ENDS, values, strict=True)}
        if name == SMOOTHED:
            row |= {"season": rest.season, "converged": rest.converged}
        if name == method:
            row |= dict(zip(("end", "end_low", "end_high", "chance"), values, strict=True))
            row |= dict(zip(("rest", "rest_low", "rest_high"), places, strict=True))
            row |= {
                "method": name,
                "is_tested": is_tested,
                "is_widened": wider.se > rest.se,
                **_how_good(mine, part.n_known, aim),
            }
    return row


def _chance(rest: Rest, part: Part, aim: tuple[float, float], history: History) -> float:
    """Probability to meet the target; where no value can be, none of it lies."""
    low, high = (part.needed(end) for end in aim)
    least, most = history.bounds
    if low > most or high < least:
        return 0.0
    return rest.chance(-np.inf if low <= least else low, np.inf if high >= most else high)


def _how_good(tested: list[dict[str, Any]], n_known: int, aim: tuple[float, float]) -> dict[str, Any]:
    """Take the test of the forecasts that were made with about as many periods known, the fewer of two."""
    if not tested:
        return {}
    mine = min(tested, key=lambda summary: abs(summary["n_known"] - n_known))
    finite = [abs(end) for end in aim if np.isfinite(end)]
    target = float(np.mean(finite)) if finite else np.nan
    counts = {f"n_{name}": int(mine[column]) for name, column in _COUNTS.items()}
    share = float(mine["error"]) / target if target > 0 else np.nan
    return {"error": float(mine["error"]), "error_share": share, **counts}
