"""Chart of pairs with the others held fixed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.correlation.partial import STRONG
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import GREY, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.common import number_of
from kpianalysis.wording.direct import direct_title


@styled
def plot_direct(table: pd.DataFrame, names: Names, *, most: int = 15, ax: Axes | None = None) -> Axes:
    """Draw a dumbbell per pair: its correlation (ring), what is left with the others held fixed (dot), its interval.

    Parameters
    ----------
    table : DataFrame
        `partial_correlation`.
    names : Names
    most : int
        Pairs to draw, the strongest.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = table.dropna(subset=["partial"]).head(most)[::-1]
    ax = new_axes(ax, 1.9 + 0.27 * len(rows))
    set_title(ax, direct_title(table, names), most=48)
    if rows.empty:
        ax.set_axis_off()
        return ax
    place = np.arange(len(rows))
    if rows["partial_low"].notna().any():
        label = _("interval of what is left")
        ax.hlines(place, rows["partial_low"], rows["partial_high"], color=LIGHT, linewidth=7, label=label)
    ax.hlines(place, rows["partial"], rows["correlation"], color=GREY, linewidth=1.2)
    label = _("correlation")
    ax.plot(rows["correlation"], place, "o", markerfacecolor="white", markeredgecolor=GREY, markersize=7, label=label)
    ax.plot(rows["partial"], place, "o", color=MAIN, markersize=6.5, label=_("with the others held fixed"))
    ax.axvline(0, color=GREY, linewidth=0.8, zorder=0)
    for side in (-STRONG, STRONG):
        if side > 0 or rows["correlation"].min() < 0:
            ax.axvline(side, color=GREY, linewidth=0.8, linestyle=":", zorder=0)
    label = _("{a} – {b}")
    pairs = zip(rows["indicator_i"], rows["indicator_j"], strict=True)
    ax.set_yticks(place, [label.format(a=shorten(names.item(i), 23), b=shorten(names.item(j), 23)) for i, j in pairs])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlabel(
        _("correlation; dotted: from {strong} on a pair is strong").format(strong=number_of(STRONG, names.lang))
    )
    text = _("pair") if len(rows) == len(table) else _("pair, the strongest {n} of {all}")
    ax.set_ylabel(text.format(n=number(len(rows), 0, names.lang), all=number(len(table), 0, names.lang)))
    _legend_below(ax)
    return ax


def _legend_below(ax: Axes) -> None:
    """Set the legend under the axis label from the left edge of the figure: long names leave the axes little room."""
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    corner = blended_transform_factory(ax.figure.transFigure, ax.transAxes)
    below = corner + ScaledTranslation(0, -0.5, ax.figure.dpi_scale_trans)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.02, 0), bbox_transform=below, ncols=3, borderaxespad=0)
