"""Charts of the weight sensitivity report."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, LIGHT, MAIN, new_axes, set_title, shorten, styled


@styled
def plot_weights(table: pd.DataFrame, names: Names, *, most: int = 25, ax: Axes | None = None) -> Axes:
    """Draw a dumbbell per item: what its weight says (ring) and what it does (dot).

    Parameters
    ----------
    table : DataFrame
        `effective_weights`.
    names : Names
    most : int
        Items to draw.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = table.head(most)[::-1]
    ax = new_axes(ax, 1.3 + 0.26 * len(rows))
    place = np.arange(len(rows))
    nominal, effective = 100 * rows["weight"], 100 * rows["effective_weight"]
    ax.hlines(place, nominal, effective, color=GREY, linewidth=1.5)
    ax.plot(
        nominal,
        place,
        "o",
        markerfacecolor="white",
        markeredgecolor=GREY,
        markersize=7,
        label=_("nominal: what it says"),
    )
    ax.plot(effective, place, "o", color=MAIN, markersize=7, label=_("effective: what it does"))
    ax.axvline(0, color=LIGHT, linewidth=0.8, zorder=0)
    ax.set_yticks(place, [shorten(names.item(item)) for item in rows["item_id"]])
    ax.legend(frameon=False, loc="lower right")
    known = rows.dropna(subset=["ratio"])
    title = _("All totals are equal: no weight has any effect.")
    if len(known):
        title = _("'{name}' does {ratio} times what its weight says").format(
            name=shorten(names.item(known["item_id"].iloc[-1]), 45),
            ratio=number(known["ratio"].iloc[-1], 1, names.lang),
        )
    set_title(ax, title)
    ax.set_xlabel(_("share of the total's weight and of its spread, %"))
    return ax


@styled
def plot_rank_intervals(ranks: pd.DataFrame, names: Names, *, most: int = 60, ax: Axes | None = None) -> Axes:
    """Draw each subject's rank and its interval; many subjects become a band without names.

    Parameters
    ----------
    ranks : DataFrame
        `rank_intervals`.
    names : Names
    most : int
        More subjects than this are drawn as a band.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    many = len(ranks) > most
    ax = new_axes(ax, 4.2 if many else 1.3 + 0.2 * len(ranks))
    place = np.arange(len(ranks))
    if many:
        ax.fill_between(
            place + 1,
            ranks["rank_low"],
            ranks["rank_high"],
            color=MAIN,
            alpha=0.3,
            linewidth=0,
            rasterized=True,
        )
        ax.plot(place + 1, ranks["rank"], color=BAD, linewidth=1.2)
        ax.set_xlabel(_("subjects, by rank"))
        ax.set_ylabel(_("rank (line) and 90% of the draws (band)"))
        ax.invert_yaxis()
    else:
        ax.hlines(place, ranks["rank_low"], ranks["rank_high"], color=LIGHT, linewidth=5)
        ax.plot(ranks["rank"], place, "o", color=MAIN, markersize=4)
        ax.set_yticks(place, [shorten(names.subject(subject), 30) for subject in ranks["subject_id"]])
        ax.invert_yaxis()
        ax.set_xlabel(_("rank (dot) and 90% of the draws (bar)"))
    title = _("Nobody has a rank.")
    if len(ranks):
        width = number(float((ranks["rank_high"] - ranks["rank_low"]).median()), 0, names.lang)
        title = _("The middle rank interval spans {width} places").format(width=width)
    set_title(ax, title)
    return ax


@styled
def plot_left_out(table: pd.DataFrame, names: Names, *, most: int = 15, ax: Axes | None = None) -> Axes:
    """Draw how far ranks shift on average without each indicator.

    Parameters
    ----------
    table : DataFrame
        `leave_one_out`.
    names : Names
    most : int
        Indicators to draw.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = table.dropna(subset=["mean_shift"]).head(most)[::-1]
    ax = new_axes(ax, 1.1 + 0.27 * len(rows))
    place = np.arange(len(rows))
    bars = ax.barh(place, rows["mean_shift"], color=MAIN)
    ax.set_yticks(place, [shorten(names.item(item)) for item in rows["indicator_id"]])
    ax.bar_label(bars, [number(value, 1, names.lang) for value in rows["mean_shift"]], padding=3)
    ax.margins(x=0.08)
    title = _("There is no indicator to leave out.")
    if len(rows):
        title = _("Ranks depend most on '{name}'").format(name=shorten(names.item(rows["indicator_id"].iloc[-1]), 45))
    set_title(ax, title)
    ax.set_xlabel(_("mean shift of rank without the indicator, places"))
    return ax
