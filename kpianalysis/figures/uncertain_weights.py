"""Chart of uncertain weights: the share of the spread of ranks that each makes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.style import GREY, LIGHT, MAIN, new_axes, set_title, shorten, styled


@styled
def plot_indices(indices: pd.DataFrame, names: Names, *, most: int = 15, ax: Axes | None = None) -> Axes:
    """Draw two dots per uncertain weight with their intervals: its share by itself, and with its interplay.

    Parameters
    ----------
    indices : DataFrame
        `sobol_indices` of the ranks.
    names : Names
    most : int
        Weights to draw.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    known = indices.dropna(subset=["total"])
    rows = known.head(most)[::-1]
    ax = new_axes(ax, 1.7 + 0.34 * len(rows))
    place = np.arange(len(rows))
    for index, label, colour, mark, lift in (
        ("first", _("by itself"), MAIN, "o", 0.13),
        ("total", _("with its part in the interplay"), GREY, "D", -0.13),
    ):
        low, middle, high = (100 * rows[name] for name in (f"{index}_low", index, f"{index}_high"))
        ax.hlines(place + lift, low, high, color=colour, linewidth=1.6)
        ax.plot(middle, place + lift, mark, color=colour, markersize=5, label=label)
    ax.axvline(0, color=LIGHT, linewidth=0.8, zorder=0)
    ax.set_yticks(place, [shorten(_labelled(row, names)) for _place, row in rows.iterrows()])
    ax.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    ax.set_xlabel(_("share of the variance of ranks, % (dot), and interval of the estimate (line)"))
    if len(rows):
        ax.legend(frameon=False, loc="lower right")
    set_title(ax, _title(known, len(rows), names))
    return ax


def _labelled(row: pd.Series, names: Names) -> str:
    _ = translator(names.lang)
    name = names.item(row["item_id"])
    return _("{name} (dimension)").format(name=shorten(name, 26)) if row["level"] == "dimension" else name


def _title(known: pd.DataFrame, shown: int, names: Names) -> str:
    _ = translator(names.lang)
    if known.empty:
        return _("No weight that could vary moves any rank")
    first = known.iloc[0]
    text = _("The weight of '{name}' makes {first} of the spread of ranks by itself, {total} with its interplay")
    if shown < len(known):
        text = _(
            "The weight of '{name}' makes {first} of the spread of ranks by itself, {total} with its interplay "
            "(first {shown} of {all} weights)"
        )
    return text.format(
        name=shorten(names.item(first["item_id"]), 45),
        first=percent(first["first"], 0, names.lang),
        total=percent(first["total"], 0, names.lang),
        shown=shown,
        all=len(known),
    )
