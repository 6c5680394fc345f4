"""The chart of how far weights may move."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.stability import smallest_moves


@styled
def plot_stability(intervals: pd.DataFrame, names: Names, *, most: int = 30, ax: Axes | None = None) -> Axes:
    """Draw for each weight how far it may move: a broad bar for the first place, narrower ones for more of the result.

    Parameters
    ----------
    intervals : DataFrame
        `stability_intervals`.
    names : Names
    most : int
        Weights to draw; of more, those with the least room.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    last = "grades" if (intervals["result"] == "grades").any() else "order"
    drawn = intervals.dropna(subset=["low", "high"])
    keys = drawn.drop_duplicates(["level", "item_id"])[["level", "item_id", "weight"]]
    room = smallest_moves(drawn, "top" if last == "order" else last)[["level", "item_id", "move"]]
    keys = keys.merge(room, on=["level", "item_id"], how="left").sort_values("move", kind="stable").head(most)
    place = {(row.level, row.item_id): number for number, row in enumerate(keys[::-1].itertuples())}
    ax = new_axes(ax, 1.9 + 0.27 * len(keys))
    top = int(intervals.loc[intervals["result"] == "top", "places"].max()) if len(intervals) else 0
    looks = {
        "first": (LIGHT, 11.0, _("the first place stays")),
        "top": (GREY, 6.0, _("the first {n} stay").format(n=top)),
        last: (MAIN, 2.5, _("every grade stays") if last == "grades" else _("the whole order stays")),
    }
    for result, (colour, width, label) in looks.items():
        mine = drawn[drawn["result"] == result]
        where = [place.get(key, np.nan) for key in zip(mine["level"], mine["item_id"], strict=True)]
        ax.hlines(where, 100 * mine["low"], 100 * mine["high"], color=colour, linewidth=width, label=label)
    at = [place[key] for key in zip(keys["level"], keys["item_id"], strict=True)]
    ax.plot(100 * keys["weight"], at, "|", color=BAD, markersize=11, markeredgewidth=1.8, label=_("stated weight"))
    named = [
        _("{name} (dimension)").format(name=shorten(names.item(row.item_id), 28))
        if row.level == "dimension"
        else shorten(names.item(row.item_id))
        for row in keys.itertuples()
    ]
    ax.set_yticks(at, named)
    ax.set_ylim(-0.7, max(len(keys), 1) - 0.3)
    ax.set_xlim(0, 100)
    ax.set_xlabel(_("share of the total, %"))
    set_title(ax, _title(drawn, last, names))
    if len(keys):
        ax.legend(frameon=False, loc="lower right", fontsize=8.5)
    return ax


def _title(intervals: pd.DataFrame, last: str, names: Names) -> str:
    _ = translator(names.lang)
    moves = smallest_moves(intervals, "grades" if last == "grades" else "first")
    if moves.empty and last == "grades":
        return _("No single weight changes any grade")
    if moves.empty:
        return _("No single weight changes the first place")
    text = _("A grade changes first with '{item}': {old} to {to} is enough")
    if last != "grades":
        text = _("The first place changes first with '{item}': from {old} to {to}")
    row = moves.iloc[0]
    ends = {"old": percent(row["weight"], 2, names.lang), "to": percent(row["to"], 2, names.lang)}
    return text.format(item=shorten(names.item(row["item_id"]), 40), **ends)
