"""Charts of the attainment report."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.bridge import PARTS
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GOOD, GREY, LIGHT, MAIN, new_axes, set_title, shorten, styled


@styled
def plot_lost_points(summary: pd.DataFrame, names: Names, *, most: int = 15, ax: Axes | None = None) -> Axes:
    """Draw one bar per indicator: the points it takes from the mean total, the costliest on top.

    Parameters
    ----------
    summary : DataFrame
        `indicator_summary`.
    names : Names
    most : int
        Indicators to draw.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = summary[summary["kind"] == "scored"].head(most)[::-1]
    ax = new_axes(ax, 1.1 + 0.27 * len(rows))
    place = np.arange(len(rows))
    bars = ax.barh(place, rows["lost_points"], color=MAIN)
    ax.set_yticks(place, [shorten(names.item(item)) for item in rows["indicator_id"]])
    ax.bar_label(bars, [number(value, 1, names.lang) for value in rows["lost_points"]], padding=3)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.margins(x=0.08)
    title = _("No indicator costs the mean total any points.")
    if len(rows) and rows["lost_points"].iloc[-1] > 0:
        name = shorten(names.item(rows["indicator_id"].iloc[-1]), 60)
        title = _("'{name}' takes most points from the mean total").format(name=name)
    set_title(ax, title)
    ax.set_xlabel(_("points lost of the mean total"))
    return ax


@styled
def plot_totals(totals: pd.DataFrame, grades: pd.DataFrame, names: Names, *, ax: Axes | None = None) -> Axes:
    """Draw how totals are spread, with a line where each grade begins.

    Parameters
    ----------
    totals : DataFrame
        `Scorecard.totals`.
    grades : DataFrame
        grade, min_score; may be empty.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ax = new_axes(ax, 2.9)
    values = totals["total"].dropna()
    ax.hist(
        values,
        bins=min(40, max(8, int(np.sqrt(len(values)) * 1.5))),
        color=MAIN,
        edgecolor="white",
        linewidth=0.5,
    )
    for grade, start in zip(grades["grade"], grades["min_score"], strict=True):
        if values.min() <= start <= values.max():
            ax.axvline(start, color=BAD, linewidth=1, linestyle="--")
            ax.annotate(
                grade,
                (start, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(3, -11),
                textcoords="offset points",
                color=BAD,
            )
    title = _("Nobody has a total.")
    if len(values):
        ax.axvline(values.median(), color="black", linewidth=1.2)
        title = _("Half of the totals lie below {median}").format(median=number(values.median(), 1, names.lang))
    set_title(ax, title)
    ax.set_xlabel(_("total, points (black line: median)"))
    ax.set_ylabel(_("subjects"))
    return ax


@styled
def plot_groups(table: pd.DataFrame, column: str, names: Names, *, most: int = 60, ax: Axes | None = None) -> Axes:
    """Draw the mean total of each group with its 95% interval, the highest on top.

    Parameters
    ----------
    table : DataFrame
        `group_summary`.
    column : {"unit_id", "role_id"}
    names : Names
    most : int
        Groups to draw.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = table.head(most)[::-1]
    ax = new_axes(ax, 1.2 + 0.19 * len(rows))
    place = np.arange(len(rows))
    ax.hlines(place, rows["ci_low"], rows["ci_high"], color=LIGHT, linewidth=5)
    ax.plot(rows["mean"], place, "o", color=MAIN, markersize=5)
    labels = [f"{shorten(str(name), 24)} ({n})" for name, n in zip(rows[column], rows["n"], strict=True)]
    ax.set_yticks(place, labels)
    set_title(ax, {"unit_id": _("Mean total by unit"), "role_id": _("Mean total by role")}[column])
    ax.set_xlabel(_("points; dot: mean, bar: 95% interval, in brackets: subjects"))
    return ax


@styled
def plot_bridge(bridge: pd.DataFrame, names: Names, *, ax: Axes | None = None) -> Axes:
    """Draw a waterfall from the mean total of the cycle before to this one's.

    Parameters
    ----------
    bridge : DataFrame
        `bridge_subjects`, at least one row.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ax = new_axes(ax, 3.1)
    means = bridge.drop(columns="subject_id").mean()
    labels = [
        _("before"),
        _("scores"),
        _("weights"),
        _("scored in\none cycle only"),
        _("bonus\nand veto"),
        _("now"),
    ]
    steps = means[list(PARTS)].to_numpy()
    tops = means["total_before"] + np.concatenate([[0.0], np.cumsum(steps)])
    bottoms = np.minimum(tops[:-1], tops[1:])
    colours = [GOOD if step >= 0 else BAD for step in steps]
    ax.bar([0, 5], [means["total_before"], means["total_now"]], color=MAIN, width=0.6)
    ax.bar(range(1, 5), np.abs(steps), bottom=bottoms, color=colours, width=0.6)
    for place, step in enumerate(steps, start=1):
        ax.annotate(
            number(step, 1, names.lang, signed=True),
            (place, max(tops[place - 1], tops[place])),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
        )
    for place in (0, 5):
        height = means["total_before"] if place == 0 else means["total_now"]
        ax.annotate(
            number(height, 1, names.lang),
            (place, height),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
        )
    ax.hlines(tops, np.arange(5), np.arange(5) + 1, color=GREY, linewidth=0.6)
    ax.set_xticks(range(6), labels)
    change = means["total_now"] - means["total_before"]
    text = _("The mean total rose by {points} points") if change >= 0 else _("The mean total fell by {points} points")
    set_title(ax, text.format(points=number(abs(change), 1, names.lang)))
    ax.set_ylabel(_("points"))
    return ax
