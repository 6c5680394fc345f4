"""Charts of the attainment report."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, MAIN, new_axes, set_title, styled


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
