"""Cycles in time: start before end, no overlap, periods inside their cycle, parents and predecessors that fit."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.scheme import Tables


def check_cycles(tables: Tables) -> list[Finding]:
    """Check the dates of cycles and of the periods within them."""
    # A row that says another one again is named with the keys; here the first one counts.
    cycles = tables["cycles"].dropna(subset=["cycle_id", "start", "end"]).drop_duplicates("cycle_id")
    return [
        *_reversed(cycles),
        *_overlaps(cycles),
        *_loops(cycles, "parent_cycle_id"),
        *_loops(cycles, "previous_cycle_id"),
        *_periods_outside(tables["actuals"], cycles),
    ]


def _reversed(cycles: pd.DataFrame) -> Iterator[Finding]:
    wrong = cycles[cycles["start"] > cycles["end"]]
    if len(wrong):
        text = N_("The cycle ends before it starts.")
        yield Finding("error", "cycles", text, row=name_some(wrong.index), column="end", fix=N_("Swap start and end."))


def _overlaps(cycles: pd.DataFrame) -> Iterator[Finding]:
    for kind, rows in cycles.groupby("kind"):
        ordered = rows.sort_values("start", kind="stable")
        latest = ordered["end"].cummax().shift()
        for row in ordered.index[ordered["start"] <= latest]:
            other = ordered.loc[ordered.loc[:row, "end"].iloc[:-1].idxmax(), "cycle_id"]
            yield Finding(
                "error",
                "cycles",
                N_("{cycle} overlaps {other}, another {kind}."),
                row=str(row),
                column="start",
                fix=N_("Let each cycle of a kind start after the one before has ended."),
                values={"cycle": ordered.loc[row, "cycle_id"], "other": other, "kind": kind},
            )


def _loops(cycles: pd.DataFrame, column: str) -> Iterator[Finding]:
    """Find cycles that come back to themselves when `column` is followed."""
    follow = cycles.dropna(subset=[column]).set_index("cycle_id")[column].to_dict()
    for row, start in cycles["cycle_id"].items():
        seen, here = set(), follow.get(start)
        while here is not None and here not in seen and here != start:
            seen.add(here)
            here = follow.get(here)
        if here == start:
            text = N_("{cycle} leads back to itself.")
            yield Finding(
                "error",
                "cycles",
                text,
                row=str(row),
                column=column,
                fix=N_("Point to another cycle."),
                values={"cycle": start},
            )


def _periods_outside(actuals: pd.DataFrame, cycles: pd.DataFrame) -> Iterator[Finding]:
    dated = actuals[["cycle_id", "period"]]
    if dated["period"].isna().all():
        return
    dates = cycles.set_index("cycle_id")[["start", "end"]]
    names = dated["cycle_id"].astype("str")
    outside = (dated["period"] < names.map(dates["start"])) | (dated["period"] > names.map(dates["end"]))
    if outside.any():
        text = N_("The period is outside its cycle.")
        fix = N_("Give the first day of the month, within the start and end of the cycle.")
        yield Finding("error", "actuals", text, row=name_some(actuals.index[outside]), column="period", fix=fix)
