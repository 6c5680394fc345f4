"""The chart of change: the waterfall of the mean total."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.change.bridge_items import main_steps
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.scoring.inputs import Floats
from kpianalysis.style import BAD, GOOD, GREY, INK, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.change import step_labels, waterfall_title


@styled
def plot_waterfall(bridge: pd.DataFrame, names: Names, *, most: int = 8, ax: Axes | None = None) -> Axes:
    """Draw the way from the mean total before to the mean total now, one bar a step, from top to bottom.

    Parameters
    ----------
    bridge : DataFrame
        `total_bridge`; its `main_steps` are drawn.
    names : Names
    most : int
        Steps between leavers and joiners to draw; of more, the largest.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    steps = main_steps(bridge, most)
    ax = new_axes(ax, 1.3 + 0.29 * max(len(steps), 2))
    set_title(ax, waterfall_title(bridge, names), most=56)
    if steps.empty:
        ax.set_axis_off()
        return ax
    place = np.arange(len(steps))
    is_end = steps["kind"].isin(["start", "end"]).to_numpy()
    points, running = steps["points"].to_numpy(), steps["running"].to_numpy()
    before = np.where(is_end, running, running - points)
    colours = [GOOD if step >= 0 else BAD for step in points[~is_end]]
    ax.barh(place[~is_end], points[~is_end], left=before[~is_end], color=colours, height=0.62)
    ax.vlines(running[:-1], place[:-1], place[1:], color=GREY, linewidth=0.7)
    ax.plot(running[is_end], place[is_end], "D", color=MAIN, markersize=8)
    low, high = min(before.min(), running.min()), max(before.max(), running.max())
    # Never so close that hundredths of a point fill the chart.
    margin = 0.08 * max(high - low, 0.5)
    ax.set_xlim(low - margin, high + 1.6 * margin)
    _write_points(ax, before, running, points, is_end, 1 if high - low > 1 else 2, names.lang)
    ax.set_yticks(place, [shorten(label, 52) for label in step_labels(steps, names, 34)])
    ax.set_ylim(len(steps) - 0.4, -0.6)
    ax.set_xlabel(_("mean total, points (diamonds); bars: what each step adds (+) or takes (-)"))
    ax.grid(axis="x", color=LIGHT, linewidth=0.6)
    ax.set_axisbelow(True)
    return ax


def _write_points(
    ax: Axes, before: Floats, running: Floats, points: Floats, is_end: np.ndarray, decimals: int, lang: str
) -> None:
    """Write each step's points beside its bar, with their sign, and the mean totals beside their diamonds."""
    for place, end in enumerate(is_end):
        ax.annotate(
            number(points[place], decimals, lang, signed=not end),
            (max(before[place], running[place]), place),
            xytext=(9 if end else 4, 0),
            textcoords="offset points",
            va="center",
            color=INK if end else GOOD if points[place] >= 0 else BAD,
        )
