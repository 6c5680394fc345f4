"""Chart of what is left out."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import ntranslator, number, translator
from kpianalysis.names import Names
from kpianalysis.style import GREY, MAIN, new_axes, set_title, shorten, styled


@styled
def plot_left_out(
    indicators: pd.DataFrame, dimensions: pd.DataFrame, names: Names, *, most: int = 15, ax: Axes | None = None
) -> Axes:
    """Draw how far ranks shift on average without each dimension and each indicator, and how many grades change.

    Parameters
    ----------
    indicators, dimensions : DataFrame
        `leave_one_out` of both levels.
    names : Names
    most : int
        Items of a level to draw.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    known = [table.dropna(subset=["mean_shift"]) for table in (dimensions, indicators)]
    ax = new_axes(ax, 1.2 + 0.26 * sum(min(len(rows), most) + 1 for rows in known if len(rows)))
    ticks: dict[int, str] = {}
    line = 0
    for head, rows, colour in zip([_("Dimensions"), _("Indicators")], known, [GREY, MAIN], strict=True):
        shown = rows.head(most)
        if len(shown) < len(rows):
            head = _("{head}, the first {n} of {all}").format(head=head, n=len(shown), all=len(rows))
        if len(shown):
            ticks |= _bars(ax, line, head, shown, colour, names)
            line += len(shown) + 1
    ax.set_yticks(list(ticks), list(ticks.values()))
    ax.set_ylim(max(line, 1) - 0.4, -0.6)
    ax.margins(x=0.24)
    ax.set_xlim(left=0)
    set_title(ax, _title(indicators, known[1], names))
    has_grades = bool(indicators["n_grade_changes"].notna().any())
    scale = _("mean shift of rank without it, places")
    ax.set_xlabel(_("mean shift of rank without it, places; beside it how many grades change") if has_grades else scale)
    return ax


def _bars(ax: Axes, line: int, head: str, rows: pd.DataFrame, colour: str, names: Names) -> dict[int, str]:
    """Draw a heading and a bar for each row below it; give the places of the bars and their labels."""
    places = range(line + 1, line + 1 + len(rows))
    ax.annotate(head, (0, line), xytext=(4, 0), textcoords="offset points", va="center")
    bars = ax.barh(places, rows["mean_shift"], color=colour)
    ax.bar_label(bars, [_label(row, names) for _i, row in rows.iterrows()], padding=3)
    return dict(zip(places, [shorten(names.item(item)) for item in rows["item_id"]], strict=True))


def _label(row: pd.Series, names: Names) -> str:
    shift = number(row["mean_shift"], 1, names.lang)
    if pd.isna(row["n_grade_changes"]):
        return shift
    ngettext = ntranslator(names.lang)
    n = int(row["n_grade_changes"])
    text = ngettext("{shift} · {n} grade", "{shift} · {n} grades", n)
    return text.format(shift=shift, n=number(n, 0, names.lang))


def _title(indicators: pd.DataFrame, known: pd.DataFrame, names: Names) -> str:
    _, ngettext = translator(names.lang), ntranslator(names.lang)
    if known.empty and indicators["n_without_total"].any():
        return _("The only indicator cannot be left out: without it nobody would have a total.")
    if known.empty:
        return _("There is no indicator to leave out.")
    if not (known[["mean_shift", "n_grade_changes"]] > 0).any(axis=None):
        return _("Without any one of the indicators no rank would shift and no grade would change.")
    first = known.iloc[0]
    text = _("Ranks depend most on '{name}': without it they shift by {mean} places on average")
    if pd.notna(first["n_grade_changes"]):
        text = ngettext(
            "Ranks depend most on '{name}': without it they shift by {mean} places on average and {n} grade changes",
            "Ranks depend most on '{name}': without it they shift by {mean} places on average and {n} grades change",
            int(first["n_grade_changes"]),
        )
    return text.format(
        name=shorten(names.item(first["item_id"]), 45),
        mean=number(first["mean_shift"], 1, names.lang),
        n=number(first["n_grade_changes"], 0, names.lang),
    )
