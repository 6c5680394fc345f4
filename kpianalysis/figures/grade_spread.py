"""The chart of grades: how they are spread by unit or role."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.fairness.grade_spread import DIFFERS
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, INK, LIGHT, MAIN, legend_below, new_axes, set_title, shorten, styled

# Best grade first; the pattern tells them apart where colours do not.
FILLS = (
    (MAIN, "white", ""),
    ("#7fb0d3", INK, "////"),
    (LIGHT, INK, ""),
    ("#f0c9a8", INK, "...."),
    (BAD, "white", ""),
    ("#9aa5b1", INK, "xxxx"),
)


@styled
def plot_grades(
    spread: pd.DataFrame,
    differences: pd.DataFrame,
    names: Names,
    *,
    unit: str = "",
    most: int = 25,
    ax: Axes | None = None,
) -> Axes:
    """Draw a bar per group, cut into the shares of its grades, everybody on top; numbers are subjects.

    Parameters
    ----------
    spread, differences : DataFrame
        `grade_spread` and `grade_differences`, of the whole.
    names : Names
    unit : str
        The only group to draw beside everybody; blank: all of them.
    most : int
        Groups to draw; of more, those that differ most from the others.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    groups = [unit] if unit else list(differences["group_id"].head(most))
    known = set(spread["group_id"])
    shown = [group for group in ("", *sorted(groups)) if group in known][::-1]
    ax = new_axes(ax, 1.7 + 0.32 * len(shown))
    place, left = np.arange(len(shown)), np.zeros(len(shown))
    grades = list(spread["grade"].drop_duplicates())
    for k, grade in enumerate(grades):
        cells = spread[spread["grade"] == grade].set_index("group_id").reindex(shown)
        fill, ink, hatch = FILLS[k % len(FILLS)]
        width = 100 * cells["share"].to_numpy(dtype=float)
        ax.barh(place, width, left=left, color=fill, hatch=hatch, edgecolor="white", label=grade or _("none"))
        for at, (start, size, n) in enumerate(zip(left, width, cells["n"], strict=True)):
            if size >= 4:
                box = {"facecolor": fill, "edgecolor": "none", "pad": 1}
                ax.text(start + size / 2, at, number(n, 0, names.lang), ha="center", va="center", color=ink, bbox=box)
        left = left + width
    sizes = spread.groupby("group_id")["n_group"].first()
    labels = [f"{shorten(group, 28) if group else _('all')} ({number(sizes[group], 0, names.lang)})" for group in shown]
    ax.set_yticks(place, labels)
    ax.set_xlim(0, 100)
    set_title(ax, _grades_title(differences, names, unit, len(groups)), most=60)
    ax.set_xlabel(_("share of subjects, %; in the bars: subjects"))
    legend_below(ax, min(len(grades), 6))
    return ax


def _grades_title(differences: pd.DataFrame, names: Names, unit: str, shown: int) -> str:
    _ = translator(names.lang)
    rows = differences[differences["group_id"] == unit] if unit else differences
    if rows.empty:
        return _("Grades, without groups to compare")
    apart = rows[rows["verdict"] == DIFFERS]
    if (rows["verdict"] == "").all():
        title = _("Grades, where groups are too small to compare")
    elif len(apart) == 1:
        title = _("'{group}' has other grades than the rest").format(group=shorten(apart["group_id"].iloc[0], 40))
    elif len(apart):
        title = _("{n} groups have other grades than the rest").format(n=number(len(apart), 0, names.lang))
    else:
        title = _("No group's grades differ from the rest by more than chance")
        title = _("Grades differ from the rest by no more than chance") if unit else title
    if shown < len(rows):
        more = _("the {n} most different of {all}")
        title += f" ({more.format(n=number(shown, 0, names.lang), all=number(len(rows), 0, names.lang))})"
    return title
