"""Chart of a pair that goes together along a bend."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, MAIN, legend_below, new_axes, set_title, shorten, styled
from kpianalysis.wording.bends import bend_title


@styled
def plot_bend(
    wide: pd.DataFrame, curve: pd.DataFrame, pair: pd.Series, names: Names, *, ax: Axes | None = None
) -> Axes:
    """Draw one indicator against the other and the mean along it; the larger a dot, the more subjects share it.

    Parameters
    ----------
    wide : DataFrame
        `wide_values`.
    curve : DataFrame
        `bend_curve` of the same values.
    pair : Series
        The row of `dependence` of the same two.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ax = new_axes(ax, 3.6)
    set_title(ax, bend_title(pair, names))
    if curve.empty:
        ax.set_axis_off()
        return ax
    first = curve.iloc[0]
    dots = wide[[first["indicator_x"], first["indicator_y"]]].dropna().value_counts().reset_index()
    size = 18 * np.sqrt(dots["count"])
    ax.scatter(dots.iloc[:, 0], dots.iloc[:, 1], s=size, color=MAIN, alpha=0.35, linewidths=0, label=_("subjects"))
    reach = np.abs(curve[["y_low", "y_high"]].to_numpy().T - curve["y"].to_numpy())
    ax.errorbar(
        curve["x"],
        curve["y"],
        yerr=np.nan_to_num(reach),
        color=BAD,
        linewidth=2,
        marker="D",
        markersize=5,
        capsize=3,
        zorder=3,
        label=_("mean of a group, with its interval"),
    )
    ax.set_xlabel(_axis(first["values"], names.lang).format(name=shorten(names.item(first["indicator_x"]), 60)))
    ax.set_ylabel(_axis(first["values"], names.lang).format(name=shorten(names.item(first["indicator_y"]), 34)))
    legend_below(ax, 2)
    return ax


def _axis(values: str, lang: str) -> str:
    _ = translator(lang)
    return {
        "score": _("{name}, points"),
        "attainment": _("{name}, attainment"),
        "actual": _("{name}, own unit, more is better"),
    }[values]
