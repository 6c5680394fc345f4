"""The chart of importance: what each weight says and what it does."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.importance.importance import AGAINST, LEAST, LESS, MORE, MOST
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, LIGHT, MAIN, legend_below, new_axes, set_title, shorten, styled
from kpianalysis.wording.common import number_of
from kpianalysis.wording.importance import flagged


@styled
def plot_importance(table: pd.DataFrame, names: Names, *, most: int = 25, ax: Axes | None = None) -> Axes:
    """Draw a dumbbell per item: what its weight says (ring), what it does (dot) and how sure that is (bar).

    Parameters
    ----------
    table : DataFrame
        `importance`, of indicators or of dimensions.
    names : Names
    most : int
        Items to draw; of more, those furthest from their weight.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    # Of many, those furthest from their weight, whichever way; ever in the order of the table.
    furthest = (table["effective_weight"] - table["weight"]).abs().fillna(0.0).nlargest(most).index
    rows = table[table.index.isin(furthest)][::-1]
    ax = new_axes(ax, 1.9 + 0.26 * len(rows))
    place = np.arange(len(rows))
    nominal, effective = 100 * rows["weight"], 100 * rows["effective_weight"]
    low, high = 100 * rows["effective_weight_low"], 100 * rows["effective_weight_high"]
    if low.notna().any():
        text = _("{confidence} of resamples of the subjects")
        label = text.format(confidence=percent(rows["confidence"].iloc[0], 0, names.lang))
        ax.hlines(place, low, high, color=LIGHT, linewidth=7, label=label)
    ax.hlines(place, nominal, effective, color=GREY, linewidth=1.2)
    label = _("nominal: what it says")
    ax.plot(nominal, place, "o", markerfacecolor="white", markeredgecolor=GREY, markersize=7, label=label)
    ax.plot(effective, place, "o", color=MAIN, markersize=6.5, label=_("effective: what it does"))
    off = rows["item_id"].isin(flagged(table, MORE, LESS, AGAINST)["item_id"]).to_numpy()
    if off.any():
        text = _("effective: beyond {least} to {most} times")
        label = text.format(least=number_of(LEAST, names.lang), most=number_of(MOST, names.lang))
        ax.plot(effective[off], place[off], "D", color=BAD, markersize=7.5, label=label)
    ax.axvline(0, color=LIGHT, linewidth=0.8, zorder=0)
    ax.set_yticks(place, [shorten(names.item(item)) for item in rows["item_id"]])
    ax.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    set_title(ax, _title(table, names))
    ax.set_xlabel(_("share of the total's weight and of its spread, %"))
    legend_below(ax, 2)
    return ax


def _title(table: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    known = table.dropna(subset=["ratio"])
    if known.empty:
        return _("All totals are equal: no weight has any effect.")
    more, less = flagged(known, MORE), flagged(known, LESS, AGAINST)
    if len(more):
        text, row = _("'{name}' does {ratio} times what its weight says"), more.iloc[0]
    elif len(less) == 1:
        text, row = _("'{name}' does only {ratio} times what its weight says"), less.iloc[0]
    elif len(less):
        text, row = _("{n} of {all} weights do less than {least} times what they say, none over {most}"), less.iloc[0]
    else:
        text, row = _("No weight surely does less than {least} or over {most} times what it says"), known.iloc[0]
    return text.format(
        name=shorten(names.item(row["item_id"]), 45),
        ratio=number(row["ratio"], 1, names.lang),
        n=number(len(less), 0, names.lang),
        all=number(len(known), 0, names.lang),
        least=number_of(LEAST, names.lang),
        most=number_of(MOST, names.lang),
    )
