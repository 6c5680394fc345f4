"""The chart of the forecast: one line for each indicator, from the periods so far to the end."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.change.forecast import LIKELY, OPEN, RUNNING, UNLIKELY, current_forecast
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.scoring.inputs import Floats
from kpianalysis.style import BAD, INK, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.forecast import forecast_title
from kpianalysis.wording.forecast_words import chance, is_reached, needed

# Part of the height of a line that its values may take.
TALL = 0.36
_BESIDE: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 8.2, "annotation_clip": False}


@styled
def plot_forecast(
    table: pd.DataFrame, values: pd.DataFrame, names: Names, *, most: int = 12, ax: Axes | None = None
) -> Axes:
    """Draw for each indicator, on its own scale, the periods so far, the forecast of the rest, target and need.

    Parameters
    ----------
    table : DataFrame
        `forecast_end` of everybody; drawn is the shortest cycle that still runs.
    values : DataFrame
        `period_values` of the same card.
    names : Names
    most : int
        Indicators to draw; of more, those that will probably miss and the open ones first.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    shown = current_forecast(table)
    rows = shown[(shown["status"] == RUNNING) & (shown["months"] > 0)]
    order = rows["outlook"].map({UNLIKELY: 0, OPEN: 1}).fillna(2).sort_values(kind="stable").index[:most]
    drawn = rows[rows.index.isin(order)]
    ax = new_axes(ax, 1.5 + 0.56 * len(drawn) if len(drawn) else 0.8)
    title = forecast_title(table, names)
    if len(drawn) < len(rows):
        text = _("{title} (drawn: {n}, those in doubt first)")
        title = text.format(title=title, n=number(len(drawn), 0, names.lang))
    set_title(ax, title)
    if drawn.empty:
        ax.set_axis_off()
        return ax
    records = drawn.to_dict("records")
    for line, row in enumerate(records):
        _draw(ax, line, row, values)
        ax.annotate(_badge(row, names), (1.0, line), xycoords=ax.get_yaxis_transform(), xytext=(6, 0), **_BESIDE)
    _axes(ax, records, names)
    _legend(ax, records, names)
    return ax


def _draw(ax: Axes, line: int, row: Mapping[Hashable, Any], values: pd.DataFrame) -> None:
    """Draw one indicator: all its numbers brought to the height of its line."""
    x, y = _so_far(row, values)
    after, end = float(x[-1] + 0.5 * row["months"]), float(row["n_periods"] * row["months"])
    rest = np.array([row["rest_low"], row["rest"], row["rest_high"]], dtype=float)
    per = float(row["n_periods"]) if row["is_sum"] else 1.0
    aims = np.array([row["aim_low"], row["aim_high"]], dtype=float) / per
    place = _scale(np.concatenate([y, rest, aims]))
    low, middle, high = line - place(rest)
    ax.axhline(line + 0.5, color=LIGHT, linewidth=0.7, zorder=0)
    if not np.isnan(rest).any():
        ax.fill_between([after, end], low, high, color=MAIN, alpha=0.22, linewidth=0)
    ax.hlines(middle, after, end, color=MAIN, linewidth=1.8, alpha=0.55)
    ax.plot(x, line - place(y), "o-", color=MAIN, linewidth=1.6, markersize=3.6)
    for aim in aims[np.isfinite(aims)]:
        ax.hlines(line - place(aim), 0, end, color=INK, linewidth=1.1)
    for need in (row["needed_low"], row["needed_high"]):
        # Where the target is all but reached its need is far from where the eye should be.
        if np.isfinite(need) and row["outlook"] != LIKELY:
            _draw_need(ax, line, float(place(np.array(need))), (after, end))


def _draw_need(ax: Axes, line: int, height: float, ends: tuple[float, float]) -> None:
    """Draw what the rest needs; where that is off the scale, an arrow at the edge."""
    if abs(height) <= 1.15 * TALL:
        ax.hlines(line - height, *ends, color=BAD, linewidth=1.4, linestyle=(0, (4, 2)))
        return
    edge = float(np.clip(height, -1.15 * TALL, 1.15 * TALL))
    ax.plot(sum(ends) / 2, line - edge, "^" if height > 0 else "v", color=BAD, markersize=5.5)


def _so_far(row: Mapping[Hashable, Any], values: pd.DataFrame) -> tuple[Floats, Floats]:
    """Middle of each period known, in months since the start of the cycle, and its value."""
    mine = values[(values["indicator_id"] == row["indicator_id"]) & (values["group_id"] == row["group_id"])]
    mine = mine[(mine["period"] >= row["start"]) & (mine["period"] <= row["last"])]
    months = 12 * (mine["period"].dt.year - row["start"].year) + (mine["period"].dt.month - row["start"].month)
    return months.to_numpy(dtype=float) + 0.5 * row["months"], mine["value"].to_numpy()


def _scale(numbers: Floats) -> Any:
    """Give the function that brings values to the height of a line, 0 in its middle."""
    finite = numbers[np.isfinite(numbers)]
    low, high = float(finite.min()), float(finite.max())
    span = high - low or abs(high) or 1.0
    return lambda value: TALL * (2 * (value - low) / span - 1) if high > low else 0.0 * value


def _badge(row: Mapping[Hashable, Any], names: Names) -> str:
    """Say beside a line how likely the target is and what it needs."""
    _ = translator(names.lang)
    mark = {LIKELY: "✔", UNLIKELY: "✘", OPEN: "?"}.get(row["outlook"], "")
    if not mark:
        return _("no target") if np.isnan(row["aim_low"]) else _("too few periods")
    text = _("{mark} chance {chance}\nneeds {needed}")
    if not row["possible"] or is_reached(row):
        text = _("{mark} chance {chance}\n{needed}")
    return text.format(mark=mark, chance=chance(row["chance"], names.lang), needed=needed(row, names.lang, plain=True))


def _axes(ax: Axes, records: list[dict[Hashable, Any]], names: Names) -> None:
    """Name the lines, and the months under them."""
    _ = translator(names.lang)
    labels = [names.item(row["indicator_id"]) for row in records]
    if any(row["group_id"] for row in records):
        labels = [f"{names.subject(row['group_id'])}: {label}" for row, label in zip(records, labels, strict=True)]
    ax.set_yticks(range(len(records)), [shorten(label, 30) for label in labels])
    ax.set_ylim(len(records) - 0.5, -0.5)
    months = max(row["n_periods"] * row["months"] for row in records)
    start = records[0]["start"]
    step = 1 if months <= 4 else 3 if months <= 12 else 12
    ticks = range(0, months + 1, step)
    ax.set_xticks(list(ticks), [f"{start + pd.DateOffset(months=tick):%Y-%m}" for tick in ticks])
    ax.set_xlim(0, months)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(_("month (each indicator on its own scale; up is more)"))


def _legend(ax: Axes, records: list[dict[Hashable, Any]], names: Names) -> None:
    """Set the legend under the axis label."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    _ = translator(names.lang)
    band = _("forecast of the rest, mean and {level} interval").format(
        level=percent(records[0]["level"], 0, names.lang)
    )
    handles = [
        Line2D([], [], color=MAIN, marker="o", markersize=3.6, label=_("so far")),
        Patch(facecolor=MAIN, alpha=0.3, label=band),
        Line2D([], [], color=INK, linewidth=1.1, label=_("target")),
        Line2D([], [], color=BAD, linestyle=(0, (4, 2)), label=_("needed of the rest (▲▼ off the scale)")),
    ]
    below = ax.transAxes + ScaledTranslation(0, -0.5, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles, frameon=False, loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below, ncols=2,
        borderaxespad=0, fontsize=8.4,
    )  # fmt: skip
