"""Chart of what the data allow: who is missing and who stands at an end of the scale."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, LIGHT, MAIN, legend_below, new_axes, set_title, shorten, styled


@styled
def plot_limits(limits: pd.DataFrame, names: Names, *, ax: Axes | None = None) -> Axes:
    """Draw a bar per indicator: shares of subjects without a value, at the lowest, between, and at the highest.

    Parameters
    ----------
    limits : DataFrame
        `indicator_limits`.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = limits[::-1]
    there = 1 - rows["missing"].to_numpy()
    low, high = (rows[end].fillna(0).to_numpy() * there for end in ("lowest", "highest"))
    constant = rows["is_constant"].to_numpy()
    # One value is no two ends.
    low, high = np.where(constant, 0.0, low), np.where(constant, there, high)
    parts = [
        (low, _("at the lowest"), BAD, "\\\\\\"),
        (np.clip(there - low - high, 0, 1), _("between"), LIGHT, ""),
        (high, _("at the highest"), MAIN, ""),
        (1 - there, _("missing"), "white", "..."),
    ]
    ax = new_axes(ax, 1.5 + 0.27 * len(rows))
    place, left = np.arange(len(rows)), np.zeros(len(rows))
    for share, label, color, hatch in parts:
        ax.barh(
            place, 100 * share, left=100 * left, color=color, label=label, hatch=hatch, edgecolor=GREY, linewidth=0.6
        )
        left = left + share
    ax.set_yticks(place, [shorten(names.item(item), 44) for item in rows["indicator_id"]])
    ax.set_xlim(0, 100)
    ax.set_xlabel(_("share of the subjects the indicator applies to, %"))
    legend_below(ax, 4, "right")
    set_title(ax, _title(limits, names), most=48)
    return ax


def _title(limits: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if limits.empty or not limits["n"].any():
        return _("No indicator has a value")
    varying = limits[(limits["n"] > 0) & ~limits["is_constant"]]
    fullest = limits.iloc[int(limits["missing"].to_numpy().argmax())]
    gap = _("no indicator has gaps")
    if fullest["missing"] > 0:
        gap = _("largest gap {share}, '{name}'").format(
            share=percent(fullest["missing"], 0, names.lang), name=shorten(names.item(fullest["indicator_id"]), 34)
        )
    if varying.empty:
        return _("No indicator varies; {gap}").format(gap=gap)
    ends = varying.set_index("indicator_id")[["lowest", "highest"]].max(axis=1)
    text = _("Up to {share} stand at one end, '{name}'; {gap}")
    name = shorten(names.item(ends.idxmax()), 34)
    return text.format(share=percent(ends.max(), 0, names.lang), name=name, gap=gap)
