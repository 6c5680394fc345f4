"""Which cycles to compare a cycle with: the same one a year ago, its parts, or those before it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from kpianalysis.dataset import Dataset
from kpianalysis.errors import KpiError
from kpianalysis.scheme import cycles_measured
from kpianalysis.scoring import Scorecard, score_cycles, score_history

# A cycle that starts so many days off is the same one all the same: years of 52 weeks, fiscal calendars.
WITHIN_DAYS = 14


def year_before(data: Dataset, cycle: str = "", within_days: int = WITHIN_DAYS) -> str:
    """Name the same cycle a year ago: of the same kind, measured, and started on the same date a year earlier.

    Parameters
    ----------
    data : Dataset
    cycle : str
        Blank: the cycle of the dataset.
    within_days : int
        How far its start may lie off that date; of several the nearest, of two as near the later one.

    Returns
    -------
    str
        Blank where there is none.

    Raises
    ------
    KpiError
        If there is no such cycle.

    Notes
    -----
    29 February becomes 28 February. Source: docs/method.md, "The same cycle a year ago".

    Examples
    --------
    >>> import kpianalysis as kpi
    >>> data = kpi.load("data/operations")
    >>> year_before(data, "2024Q4"), year_before(data, "2024"), year_before(data, "2023Q4")
    ('2023Q4', '2023', '')
    """
    cycles = data.tables["cycles"].set_index("cycle_id")
    name = cycle or data.cycle
    if name not in cycles.index:
        raise KpiError(f"year_before: there is no cycle {name!r} in {data.source}. Use an id of the table cycles.")
    wanted = pd.Timestamp(cycles["start"][name]) - pd.DateOffset(years=1)
    same = cycles[(cycles["kind"] == cycles["kind"][name]) & (cycles.index != name)]
    starts = same["start"].sort_values(ascending=False)
    off = pd.Series([abs((start - wanted).days) for start in starts], index=starts.index, dtype="int64")
    near = off[off <= within_days].sort_values(kind="stable")
    return next((str(found) for found in near.index if cycles_measured(data.tables, str(found))), "")


def score_year_before(
    data: Dataset,
    missing: str = "redistribute",
    unit_id: str = "",
    known: Iterable[Scorecard] = (),
) -> Scorecard | None:
    """Score the same cycle a year ago, limited to a unit; None when there is nothing to compare with.

    Parameters
    ----------
    data : Dataset
    missing : {"redistribute", "zero", "refuse"}
    unit_id : str
        Blank: the whole.
    known : iterable of Scorecard
        Cards already there, taken instead of scoring a cycle again.
    """
    cycle = year_before(data)
    cards = score_cycles(data, [cycle] if cycle else [], missing, unit_id, known)
    return cards[0] if cards else None


def score_parts(
    data: Dataset,
    missing: str = "redistribute",
    unit_id: str = "",
    most: int = 12,
    known: Iterable[Scorecard] = (),
) -> tuple[Scorecard, ...]:
    """Score the cycles to lay beside each other: the parts of this one (a year's quarters), else it and those before.

    Parameters
    ----------
    data : Dataset
    missing : {"redistribute", "zero", "refuse"}
    unit_id : str
        Blank: the whole. Cycles in which nobody belonged to the unit are passed over.
    most : int
        Cycles at most, the last ones.
    known : iterable of Scorecard
        Cards already there, taken instead of scoring a cycle again.

    Returns
    -------
    tuple of Scorecard
        Oldest first. Parts without actuals are passed over; a cycle with parts that have none has itself and those
        before it.
    """
    if parts := parts_of(data, data.cycle):
        return score_cycles(data, parts[-most:], missing, unit_id, known)
    return score_history(data, missing, unit_id, most, known)


def parts_of(data: Dataset, cycle: str) -> list[str]:
    """Name the cycles of which this one consists and that were measured, oldest first; empty without any."""
    cycles = data.tables["cycles"]
    parts = cycles[cycles["parent_cycle_id"] == cycle].sort_values("start", kind="stable")["cycle_id"]
    return [str(part) for part in parts if cycles_measured(data.tables, part)]
