"""Real change, or noise? XmR charts of values by period: each point with its limits and signals, and one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from kpianalysis.analyses.change.process_rules import RULES, process_of
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Mask

# With fewer points limits are no more than a guess; below twelve they are on trial.
LEAST_POINTS, TRIAL = 6, 12
TOO_FEW, TOO_COARSE = "too few points", "too coarse"
KEYS = ["group_id", "indicator_id"]
POINTS = [*KEYS, "cycle_id", "period", "value", "target", "segment", "n", "mean", "low", "high"]
POINTS += ["moving_range", "status", "rules", "way"]
# The text of each code of the rules, by its number.
RULE_TEXTS = np.array(
    ["; ".join(rule for bit, rule in enumerate(RULES) if code >> bit & 1) for code in range(2 ** len(RULES))]
)
_WAYS = np.array(["", "high", "low"])

Steps = Iterable[object] | Mapping[str, Iterable[object]]


def process_points(series: pd.DataFrame, steps: Steps = ()) -> pd.DataFrame:
    """Lay out each value with the limits of its process and the signals that it is part of.

    Parameters
    ----------
    series : DataFrame
        `period_values`, or any table with group_id, indicator_id, cycle_id, period (a date), value, target.
    steps : dates, or mapping of indicator_id to dates
        Periods from which a declared change holds: limits are made anew from there on. Without a mapping they hold for
        every indicator.

    Returns
    -------
    DataFrame
        One row per group × indicator × period with a value, in order of time: those columns; segment (0, 1 … between
        steps); n, mean, low, high, moving_range of the segment; status ("too few points": fewer than 6, or than 5
        moving ranges; "too coarse": half of the moving ranges or more are zero; else blank); rules (of "outside",
        "side", "trend", "near", joined by "; "; blank: none); way ("high", "low", or blank). With a status there are
        neither limits nor rules.

    Raises
    ------
    KpiError
        If a step is no date, or a column is missing.

    Notes
    -----
    Time goes on without a break as long as two values are no further apart than one and a half times what is usual for
    the indicator; no moving range is taken across a longer gap. Source: docs/method.md, "Process limits".
    """
    needed = [*KEYS, "cycle_id", "period", "value", "target"]
    if missing := [name for name in needed if name not in series]:
        raise KpiError(f"series: it has no {', '.join(missing)}. Use the table that period_values gives.")
    dated = _dates(steps)
    rows = series.loc[series["value"].notna(), needed]
    number = rows.groupby(KEYS, sort=False, dropna=False).ngroup()
    rows = rows.assign(number=number).sort_values(["number", "period"], kind="stable", ignore_index=True)
    rows["segment"] = _segments(rows, dated)
    line = rows.groupby(["number", "segment"], sort=False).ngroup().to_numpy()
    first = np.diff(line, prepend=-1) != 0
    # A gap takes one empty place, however long it is.
    place = np.arange(len(rows)) + np.cumsum(_after_gap(rows) & ~first)
    place = place - place[first][line]
    return _with_process(rows, line, place)


def _dates(steps: Steps) -> dict[str | None, pd.DatetimeIndex]:
    """Dates of the steps of each indicator; None: of all."""
    given = steps.items() if isinstance(steps, Mapping) else [(None, steps)]
    answer: dict[str | None, pd.DatetimeIndex] = {}
    for name, dates in given:
        try:
            answer[name] = pd.DatetimeIndex(sorted(pd.Timestamp(str(date)) for date in dates))
        except (ValueError, TypeError) as error:
            where = "steps" if name is None else f"steps of {name}"
            raise KpiError(f"{where}: {dates!r} is no list of dates. Write them like ['2024-01-01'].") from error
    return answer


def _segments(rows: pd.DataFrame, dated: Mapping[str | None, pd.DatetimeIndex]) -> pd.Series:
    """How many steps each period has behind it."""
    answer = pd.Series(0, index=rows.index)
    for name, dates in dated.items():
        mine = rows["indicator_id"] == name if name is not None else pd.Series(True, index=rows.index)
        answer[mine] = dates.as_unit("ns").searchsorted(rows.loc[mine, "period"].astype("datetime64[ns]"), "right")
    return answer


def _after_gap(rows: pd.DataFrame) -> Mask:
    """Tell which values have a gap in time before them."""
    periods = rows[["indicator_id", "period"]].drop_duplicates().sort_values(["indicator_id", "period"])
    usual = periods.groupby("indicator_id", sort=False)["period"].diff().dt.days
    usual = usual.groupby(periods["indicator_id"], sort=False).median()
    passed = rows.groupby("number", sort=False)["period"].diff().dt.days
    expected = rows["indicator_id"].map(usual).astype("float64")
    late: Mask = passed.to_numpy(dtype=float) > 1.5 * expected.to_numpy()
    return late


def _with_process(rows: pd.DataFrame, line: np.ndarray, place: np.ndarray) -> pd.DataFrame:
    """Add limits, status and rules: each segment of a series is a line of a table of numbers."""
    laid = np.full((line.max(initial=-1) + 1, place.max(initial=-1) + 1), np.nan)
    laid[line, place] = rows["value"]
    limits, rules, way = process_of(laid)
    few = (limits.n < LEAST_POINTS) | (limits.n_ranges < LEAST_POINTS - 1)
    coarse = 2 * (np.diff(laid, axis=1) == 0).sum(axis=1) >= limits.n_ranges
    status = np.select([few, coarse], [TOO_FEW, TOO_COARSE], "")
    clear = status == ""
    columns = {
        name: np.where(clear, getattr(limits, name), np.nan)[line] for name in ("mean", "low", "high", "moving_range")
    }
    code = np.where(clear[line], rules[line, place], 0)
    answer = rows.assign(**columns, n=limits.n[line], status=status[line], rules=RULE_TEXTS[code])
    return answer.assign(way=_WAYS[np.where(clear[line], way[line, place], 0)])[POINTS]
