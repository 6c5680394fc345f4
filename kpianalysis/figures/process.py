"""The charts of real change and noise: one small XmR chart for each indicator."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import ceil, floor, log10
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.change.process_verdicts import CONCERN, HIGH, IMPROVEMENT, LOW, MEETS, MISSES
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GOOD, GREY, INK, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.process import assurance, process_title, variation, with_limits

COLUMNS = 3
DRAWN = ["period", "value", "mean", "low", "high", "segment", "way"]
# Marker and colour of a point that is part of a signal: for the better, for the worse, or neither.
BETTER, WORSE, OTHER = ("D", GOOD), ("s", BAD), ("^", INK)
SHAPES = {IMPROVEMENT: "◆", CONCERN: "■", HIGH: "▲", LOW: "▲"}


@styled
def plot_process(
    points: pd.DataFrame, summary: pd.DataFrame, names: Names, *, most: int = 12, ax: Axes | None = None
) -> Axes:
    """Draw an XmR chart of each indicator that has limits, with its two verdicts in words.

    Parameters
    ----------
    points : DataFrame
        `process_points` of one group.
    summary : DataFrame
        `process_summary` of them.
    names : Names
    most : int
        Charts to draw; of more, those with a signal first.
    ax : Axes, optional
        Is divided among the charts.
    """
    _ = translator(names.lang)
    charted = with_limits(summary)
    shown = charted.sort_values("signal", ascending=False, kind="stable").head(most).sort_index()
    lines = max(ceil(len(shown) / COLUMNS), 1)
    ax = new_axes(ax, 0.7 + 1.75 * lines if len(shown) else 0.8)
    ax.set_axis_off()
    title = process_title(summary, names)
    if len(shown) < len(charted):
        text = _("{title} (drawn: {n}, those with a signal first)")
        title = text.format(title=title, n=number(len(shown), 0, names.lang))
    set_title(ax, title)
    # Numbers alone: to pick rows of text again and again would take longer than to draw.
    numbers = points.assign(way=points["way"].map({"high": 1, "low": -1}).fillna(0).astype(int))
    by_indicator = dict(list(numbers.groupby("indicator_id", sort=False, observed=True)[DRAWN]))
    for place, row in enumerate(shown.to_dict("records")):
        tile = ax.inset_axes(_box(place, lines))
        # Its place is given; asking it how much room it needs would take most of the time.
        tile.set_in_layout(False)
        _draw(tile, by_indicator[row["indicator_id"]], row, names)
        _span(tile, points["period"], is_lowest=place + COLUMNS >= len(shown))
    if len(shown):
        _legend(ax, by_indicator, shown, names)
    return ax


def _box(place: int, lines: int) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of a chart, as shares of the whole."""
    line, column = divmod(place, COLUMNS)
    height = 1.0 / lines
    return column / COLUMNS + 0.055, 1.0 - (line + 1) * height + 0.1 * height, 1 / COLUMNS - 0.07, 0.56 * height


def _draw(tile: Axes, points: pd.DataFrame, row: Mapping[Hashable, Any], names: Names) -> None:
    """Draw the values with mean and limits of each segment, target, signals and verdicts."""
    for _segment, part in points.groupby("segment"):
        levels = part[["mean", "low", "high"]].iloc[0]
        ends = part["period"].iloc[0], part["period"].iloc[-1]
        tile.hlines(levels, *ends, color=GREY, linewidth=(0.8, 1.0, 1.0), linestyle=("-", *[(0, (4, 3))] * 2))
        tile.plot(part["period"], part["value"], "o-", color=MAIN, linewidth=1.1, markersize=2.6)
    for (marker, colour), mine in _signals(points, row["direction"]):
        tile.plot(mine["period"], mine["value"], marker, color=colour, markersize=4.8, markeredgecolor="white", mew=0.4)
    _scale(tile, points, row["target"], names)
    style: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "annotation_clip": False}
    tile.annotate(_name(row["indicator_id"], names), (0, 1), (0, 19), fontsize=8.4, **style)
    for text, colour, side in _badges(row, names):
        box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": colour, "linewidth": 0.9}
        tile.annotate(
            text, (side, 1), (0, 7), ha="right" if side else "left", fontsize=7.4, color=colour, bbox=box, **style
        )


def _name(indicator_id: object, names: Names) -> str:
    """Name and unit of measure, short enough for a third of the width."""
    unit = shorten(names.units.get(str(indicator_id), ""), 16)
    name = shorten(names.item(indicator_id), 35 - (len(unit) + 3 if unit else 0))
    return f"{name} ({unit})" if unit else name


def _signals(points: pd.DataFrame, direction: str) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Group the points of a signal by what it means: marker and colour, and the points."""
    better = {"higher": 1, "lower": -1}.get(direction)
    heard = points[points["way"] != 0]
    if better is None:
        return [(OTHER, heard)] if len(heard) else []
    parts = ((BETTER, heard[heard["way"] == better]), (WORSE, heard[heard["way"] != better]))
    return [(look, part) for look, part in parts if len(part)]


def _badges(row: Mapping[Hashable, Any], names: Names) -> list[tuple[str, str, int]]:
    """Words and colour of the two verdicts, the first on the left, the second on the right."""
    did, does = row["variation"], row["assurance"]
    colour = {IMPROVEMENT: GOOD, CONCERN: BAD, HIGH: INK, LOW: INK}.get(did, GREY)
    badges = [(f"{SHAPES.get(did, '●')} {variation(did, names)}", colour, 0)] if did else []
    if does:
        mark, colour = {MEETS: ("✔", GOOD), MISSES: ("✘", BAD)}.get(does, ("?", GREY))
        badges.append((f"{mark} {assurance(does, names)}", colour, 1))
    return badges


def _scale(tile: Axes, points: pd.DataFrame, target: float, names: Names) -> None:
    """Fit the axis to values and limits; a target far off is named at the edge instead of flattening all else."""
    values = points[["value", "low", "high"]].to_numpy(dtype=float)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    span = max(high - low, 1e-9 * abs(high))
    above, below = target > high + span, target < low - span
    if not np.isnan(target) and not above and not below:
        tile.axhline(target, color=INK, linewidth=1.5)
        low, high = min(low, target), max(high, target)
        span = high - low
    # Room at the edge for the words.
    tile.set_ylim(low - (0.3 if below else 0.12) * span, high + (0.3 if above else 0.12) * span)
    if above or below:
        text = translator(names.lang)("target {target}").format(target=_shortest(target, names))
        at, mark, side = (0.98, "↑", "top") if above else (0.02, "↓", "bottom")
        tile.text(0.99, at, f"{text} {mark}", transform=tile.transAxes, ha="right", va=side, fontsize=7.2, color=INK)
    tile.locator_params(axis="y", nbins=3)
    ticks = tile.get_yticks()
    step = float(ticks[1] - ticks[0]) if len(ticks) > 1 else span
    tile.yaxis.set_major_formatter(lambda value, _place: _plain(value, step, names))
    tile.tick_params(labelsize=7.4, length=2)


def _plain(value: float, step: float, names: Names) -> str:
    """Write a number with the decimals that steps of such a size need."""
    decimals = min(max(-floor(log10(step) + 1e-9), 0), 6)
    if decimals and abs(step * 10**decimals - round(step * 10**decimals)) > 0.01:
        decimals += 1
    text = number(value, decimals, names.lang)
    # Beside a small chart there is room for so many characters.
    return text if len(text) <= 8 else f"{value:.3g}"


def _shortest(value: float, names: Names) -> str:
    """Write a number with as few decimals as show it to a thousandth of its size."""
    enough = [places for places in range(7) if abs(round(value, places) - value) <= 0.001 * abs(value)]
    return number(value, enough[0] if enough else 6, names.lang)


def _span(tile: Axes, periods: pd.Series, is_lowest: bool) -> None:
    """Give every chart the same time, with its ends named under the lowest ones."""
    ends = [periods.min(), periods.max()]
    pad = (ends[1] - ends[0]) * 0.04
    tile.set_xlim(ends[0] - pad, ends[1] + pad)
    labels = [f"{end:%Y-%m}" for end in ends]
    tile.set_xticks(ends, labels if is_lowest else ["", ""])
    first, last = tile.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")


def _legend(ax: Axes, by_indicator: dict[Any, pd.DataFrame], shown: pd.DataFrame, names: Names) -> None:
    from matplotlib.lines import Line2D

    _ = translator(names.lang)
    pairs = zip(shown["indicator_id"], shown["direction"], strict=True)
    looks = [look for item, direction in pairs for look, _part in _signals(by_indicator[item], direction)]
    labels = {BETTER: _("signal for the better"), WORSE: _("signal for the worse"), OTHER: _("signal, neither")}
    handles = [
        Line2D([], [], color=GREY, linewidth=0.8, label=_("mean")),
        Line2D([], [], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), label=_("limits")),
        Line2D([], [], color=INK, linewidth=1.5, label=_("target")),
    ]
    handles += [
        Line2D([], [], linestyle="", marker=marker, color=colour, label=label)
        for (marker, colour), label in labels.items()
        if (marker, colour) in looks
    ]
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, 0), ncols=len(handles), frameon=False, fontsize=8)
