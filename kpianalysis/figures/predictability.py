"""The chart of what the other indicators explain of each."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.redundancy.predictability import EXACT_SUM, predictable_indicators
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, LIGHT, MAIN, legend_below, new_axes, set_title, shorten, styled
from kpianalysis.wording.predictability import percent_from_zero

# Common limits of the variance inflation factor.
LIMITS = (5, 10)


@styled
def plot_predictability(inflation: pd.DataFrame, names: Names, *, most: int = 25, ax: Axes | None = None) -> Axes:
    """Draw a bar per indicator: what the others explain of it, with its interval, and the limits in common use.

    Parameters
    ----------
    inflation : DataFrame
        `variance_inflation`.
    names : Names
    most : int
        Indicators to draw: the most predictable ones.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    known = inflation.dropna(subset=["r_squared"])
    rows = known.head(most)[::-1]
    ax = new_axes(ax, 1.9 + 0.24 * len(rows))
    set_title(ax, _title(known, len(rows), names), most=56)
    if rows.empty:
        ax.set_axis_off()
        return ax
    place = np.arange(len(rows))
    explained = 100 * rows["adjusted_r_squared"].clip(lower=0).to_numpy()
    low, high = (100 * rows[end].to_numpy() for end in ("adjusted_low", "adjusted_high"))
    ax.barh(place, explained, color=LIGHT, edgecolor=GREY, linewidth=0.6, label=_("chance taken off"))
    if not np.isnan(low).all():
        text = _("{confidence} interval")
        label = text.format(confidence=percent(rows["confidence"].iloc[0], 0, names.lang))
        ax.hlines(place, low, high, color=MAIN, linewidth=2.4, label=label)
    label = _("chance included")
    ax.plot(100 * rows["r_squared"], place, "o", markerfacecolor="white", markeredgecolor=GREY, label=label)
    for limit in LIMITS:
        ax.axvline(100 * (1 - 1 / limit), color=BAD, linestyle="--", linewidth=1, zorder=0)
        label = _("VIF {limit}").format(limit=limit)
        ax.annotate(
            label,
            (100 * (1 - 1 / limit), 0),
            xycoords=("data", "axes fraction"),
            xytext=(3, 4),
            textcoords="offset points",
            va="bottom",
            fontsize=8,
            color=BAD,
        )
    ax.set_yticks(place, [shorten(names.item(item)) for item in rows["indicator_id"]])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlim(0, 101)
    ax.set_xlabel(_("share of the indicator's spread that all others explain, %"))
    legend_below(ax, 3)
    return ax


def _title(known: pd.DataFrame, drawn: int, names: Names) -> str:
    _ = translator(names.lang)
    if known.empty:
        return _("Too few subjects have every indicator to predict one from the rest")
    first = known.iloc[0]
    exact = int((known["reason"] == EXACT_SUM).sum())
    found = len(predictable_indicators(known))
    if exact:
        text = _("{exact} of {all} indicators are exact sums of others")
    elif first["n"] < ENOUGH:
        text = _("No conclusion: only {n} subjects have every indicator")
    elif found:
        text = _("{found} of {all} indicators could be predicted from the rest, best '{name}': {share}")
    else:
        text = _("No indicator could be predicted from the rest; best '{name}': {share}")
    if drawn < len(known):
        text += _(" (the first {drawn} shown)")
    return text.format(
        exact=number(exact, 0, names.lang),
        found=number(found, 0, names.lang),
        all=number(len(known), 0, names.lang),
        n=number(first["n"], 0, names.lang),
        name=shorten(names.item(first["indicator_id"]), 34),
        share=percent_from_zero(first["adjusted_r_squared"], names.lang),
        drawn=number(drawn, 0, names.lang),
    )
