"""The chart of one pair of indicators by group, with the line of each group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, INK, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.within_groups import grouped_by, pair_title

# Told apart by form, by colour and by the dashes of the line.
MARKS = [
    (MAIN, "o", "-"),
    (BAD, "s", "--"),
    ("#2f7d5b", "^", "-."),
    ("#6b4c9a", "D", ":"),
    ("#c58b12", "v", (0, (5, 1, 1, 1, 1, 1))),
    ("#56707f", "P", (0, (7, 2))),
]


@styled
def plot_pair_by_group(
    points: pd.DataFrame, slopes: pd.DataFrame, table: pd.DataFrame, names: Names, *, ax: Axes | None = None
) -> Axes:
    """Draw two indicators against each other by group, with the line inside each group and that over all.

    Up to six groups have a form and colour each; more are thin grey lines, with the line inside all of them in colour.

    Parameters
    ----------
    points : DataFrame
        `pair_points`.
    slopes : DataFrame
        `group_slopes` of the same pair.
    table : DataFrame
        `within_groups` that holds this pair.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ax = new_axes(ax, 4.4)
    # The legend beside it takes its room.
    set_title(ax, pair_title(slopes, table, names), 62)
    if slopes.empty:
        ax.set_axis_off()
        return ax
    own = slopes[slopes["level"] == "group"]
    if len(own) <= len(MARKS):
        _draw_few(ax, points, own, names)
    else:
        _draw_many(ax, points, own, names)
        text = _("inside {groups}, all together").format(groups=grouped_by(slopes, names.lang))
        _draw_line(ax, slopes[slopes["level"] == "within"], BAD, "-", text)
    if len(own) > 1:
        _draw_line(ax, slopes[slopes["level"] == "pooled"], INK, (0, (1, 1.5)), _("over all"))
    pair = own.iloc[0]
    ax.set_xlabel(_label(shorten(names.item(pair["indicator_i"]), 60), pair["values"], names.lang))
    ax.set_ylabel(_label(shorten(names.item(pair["indicator_j"]), 34), pair["values"], names.lang))
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
    return ax


def _draw_few(ax: Axes, points: pd.DataFrame, own: pd.DataFrame, names: Names) -> None:
    _ = translator(names.lang)
    for (colour, marker, dashes), (_place, row) in zip(MARKS, own.iterrows(), strict=False):
        dots = _dots(points[points["group"] == row["group"]])
        label = _("{group}: ρ = {rho}, n = {n}").format(
            group=shorten(str(row["group"]), 22),
            rho=number(row["coefficient"], 2, names.lang),
            n=number(row["n"], 0, names.lang),
        )
        ax.scatter(
            dots["value_i"], dots["value_j"], s=dots["area"], color=colour, marker=marker, alpha=0.75, linewidths=0
        )
        ax.plot(
            [row["from_i"], row["to_i"]], [row["from_j"], row["to_j"]], color=colour, linestyle=dashes, linewidth=1.6
        )
        # One entry for both: the form of the dots and the dashes of the line.
        ax.plot([], [], color=colour, marker=marker, linestyle=dashes, label=label)


def _draw_many(ax: Axes, points: pd.DataFrame, own: pd.DataFrame, names: Names) -> None:
    _ = translator(names.lang)
    dots = _dots(points.dropna(subset=["group"]))
    ax.scatter(dots["value_i"], dots["value_j"], s=dots["area"], color=LIGHT, linewidths=0, zorder=0)
    known = own.dropna(subset=["slope"])
    ends = known[["from_i", "from_j", "to_i", "to_j"]].to_numpy(dtype=float).reshape(-1, 2, 2)
    text = _("each of {n} {groups}").format(n=number(len(known), 0, names.lang), groups=grouped_by(own, names.lang))
    ax.add_collection(LineCollection(list(ends), colors=GREY, linewidths=0.7, alpha=0.8, label=text), autolim=False)


def _draw_line(ax: Axes, line: pd.DataFrame, colour: str, dashes: Any, text: str) -> None:
    row = line.iloc[0]
    if not np.isnan(row["slope"]):
        ends = [row["from_i"], row["to_i"]], [row["from_j"], row["to_j"]]
        ax.plot(*ends, color=colour, linestyle=dashes, linewidth=2.0, label=text)


def _dots(points: pd.DataFrame) -> pd.DataFrame:
    """Places where subjects are, the area saying how many share one: scores are often whole steps."""
    shared = points.groupby(["value_i", "value_j"]).size().rename("count").reset_index()
    return shared.assign(area=24 * np.sqrt(shared["count"]))


def _label(name: str, values: str, lang: str) -> str:
    _ = translator(lang)
    text = {
        "score": _("{name}, points"),
        "attainment": _("{name}, attainment"),
        "actual": _("{name}, actual, more is better"),
    }[values]
    return text.format(name=name)
