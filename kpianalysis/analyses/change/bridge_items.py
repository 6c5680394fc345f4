"""A bridge summed up: by indicator, by dimension, and cut down to its main steps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.change.total_bridge import COLUMNS, ITEM_KINDS
from kpianalysis.errors import KpiError

# Smaller steps would be shown as 0.0 points.
LEAST = 0.05


def bridge_items(bridge: pd.DataFrame, level: str = "indicator") -> pd.DataFrame:
    """Sum the steps of a bridge up by indicator or by dimension.

    Parameters
    ----------
    bridge : DataFrame
        `total_bridge`.
    level : {"indicator", "dimension"}

    Returns
    -------
    DataFrame
        One row per item, points of the mean total of those in both cycles, the largest change of either sign first:
        item_id, scores, weights, came, went, bonus, veto, change (their sum). What vetoes take or give back is no
        indicator's unless there is a single veto item.

    Raises
    ------
    KpiError
        If there is no such level.
    """
    if level not in ("indicator", "dimension"):
        raise KpiError(f"level: {level!r} is not one. Use 'indicator' or 'dimension'.")
    rows = bridge[bridge["kind"].isin(ITEM_KINDS) & (bridge[f"{level}_id"] != "")]
    sums = rows.pivot_table(index=f"{level}_id", columns="kind", values="points", aggfunc="sum", sort=False)
    answer = sums.reindex(columns=list(ITEM_KINDS)).astype("float64").fillna(0.0)
    answer = answer.assign(change=answer.sum(axis=1))
    order = answer["change"].abs().sort_values(ascending=False, kind="stable").index
    return answer.loc[order].rename_axis(index="item_id", columns=None).reset_index()


def main_steps(bridge: pd.DataFrame, most: int = 8, level: str = "", least: float = LEAST) -> pd.DataFrame:
    """Cut a bridge down to its largest steps and one for all the others; it adds up as before.

    Parameters
    ----------
    bridge : DataFrame
        `total_bridge`.
    most : int
        Steps between leavers and joiners to keep, the largest of either sign.
    level : {"", "indicator", "dimension"}
        What a step is about; bonus and veto are ever by item. Blank: indicators, but dimensions where so many small
        steps of indicators would be left over that together they outweigh the largest one.
    least : float
        Points; smaller steps are never kept.

    Returns
    -------
    DataFrame
        Columns of `total_bridge`, running total made anew; leavers and joiners only if there are any. A step about a
        dimension has a blank indicator_id, and its n is that of its indicator with the most subjects. The others are
        one step of the kind "rest" before the joiners, its n the number of steps in it; none if nothing is left over.

    Raises
    ------
    KpiError
        If there is no such level.
    """
    if level not in ("", "indicator", "dimension"):
        raise KpiError(f"level: {level!r} is not one. Use 'indicator', 'dimension', or '' for whichever says more.")
    if level == "dimension":
        return _cut(_by_dimension(bridge), most, least)
    answer = _cut(bridge, most, least)
    size = answer.loc[answer["kind"].isin(ITEM_KINDS), "points"].abs().max()
    rest = answer.loc[answer["kind"] == "rest", "points"].abs().sum()
    scattered = level == "" and rest > size
    return _cut(_by_dimension(bridge), most, least) if scattered else answer


def nobody_in_both(bridge: pd.DataFrame) -> bool:
    """Tell whether a bridge leads between different people only."""
    ends = bridge.set_index("kind")["n"]
    return bool(len(bridge)) and bool(ends["leavers"] == ends["start"])


def _cut(bridge: pd.DataFrame, most: int, least: float) -> pd.DataFrame:
    """Keep the largest steps, put one for the others before the joiners, and add up again."""
    small = bridge["kind"].isin(ITEM_KINDS)
    size = bridge["points"].abs().where(small & (bridge["points"].abs() >= least))
    kept = size.rank(method="first", ascending=False) <= most
    people = bridge["kind"].isin(["leavers", "joiners"]) & (bridge["n"] > 0)
    shown = bridge[kept | people | bridge["kind"].isin(["start", "end"])]
    others = bridge[small & ~kept & (bridge["points"] != 0)]
    last = shown["kind"].isin(["joiners", "end"])
    tables = [shown[~last], shown[last]]
    if len(others):
        rest = {"kind": "rest", "dimension_id": "", "indicator_id": "", "cycle": "", "n": len(others)}
        tables.insert(1, pd.DataFrame([{**rest, "points": float(others["points"].sum())}]))
    answer = pd.concat(tables, ignore_index=True)
    running = answer["points"].where(answer["kind"] != "end", 0.0).cumsum()
    return answer.assign(step=np.arange(len(answer)), running=running)[COLUMNS]


def _by_dimension(bridge: pd.DataFrame) -> pd.DataFrame:
    """Add the steps of each kind up by dimension, the largest of a kind first; bonus and veto stay by item."""
    inside = bridge["kind"].isin(ITEM_KINDS) & ~bridge["kind"].isin(["bonus", "veto"])
    sums = bridge[inside].groupby(["kind", "dimension_id"], sort=False, as_index=False)
    made = sums.agg(step=("step", "min"), n=("n", "max"), points=("points", "sum"))
    made = made.assign(indicator_id="", cycle="", running=np.nan, size=-made["points"].abs())
    made["step"] = made.groupby("kind")["step"].transform("min")
    table = pd.concat([bridge[~inside].assign(size=0.0), made], ignore_index=True)
    return table.sort_values(["step", "size"], kind="stable")[COLUMNS].reset_index(drop=True)
