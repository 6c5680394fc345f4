"""Chart of double counting: what a pair has in common, and what each says alone."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.style import GREY, INK, LIGHT, MAIN, legend_below, new_axes, set_title, shorten, styled
from kpianalysis.wording.double_counting import most_common, none


@styled
def plot_double_counting(
    table: pd.DataFrame, pairs: pd.DataFrame, names: Names, *, most: int = 5, ax: Axes | None = None
) -> Axes:
    """Draw for each pair what it has in common and what each says alone: weight (ring) and effect (bar).

    Parameters
    ----------
    table : DataFrame
        `double_counting`.
    pairs : DataFrame
        `correlation`, to say why where there is nothing to draw.
    names : Names
    most : int
        Pairs to draw, those with most in common.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = most_common(table).head(most)
    ax = new_axes(ax, 1.3 + 1.15 * len(rows) + (0.4 if len(rows) else 0.0))
    if rows.empty:
        ax.set_axis_off()
        set_title(ax, none(table, pairs, names))
        return ax
    ticks: dict[int, str] = {}
    for place, (_i, row) in enumerate(rows.iterrows()):
        ticks |= _pair(ax, 4 * place, row, names, labelled=place == 0)
    ax.axvline(0, color=LIGHT, linewidth=0.8, zorder=0)
    ax.set_yticks(list(ticks), list(ticks.values()))
    ax.set_ylim(4 * len(rows) - 0.4, -0.6)
    ax.margins(x=0.12)
    shown = _("weight, and share of the spread of totals, %")
    if len(rows) < len(most_common(table)):
        shown = _("{axis}; the first {n} of {all} pairs").format(axis=shown, n=len(rows), all=len(most_common(table)))
    ax.set_xlabel(shown)
    legend_below(ax, 2, "right")
    set_title(ax, _title(rows.iloc[0], names), most=56)
    return ax


def _pair(ax: Axes, line: int, row: pd.Series, names: Names, *, labelled: bool) -> dict[int, str]:
    """Draw a heading and three bars below it; give the places of the bars and their labels."""
    _ = translator(names.lang)
    a, b = (shorten(names.item(row[name]), 34) for name in ("indicator_i", "indicator_j"))
    # At the left end, wherever 0 is.
    left = ax.get_yaxis_transform()
    head = ax.annotate(f"{a} – {b}", (0, line), (4, 0), xycoords=left, textcoords="offset points", va="center")
    head.set_in_layout(False)
    places = [line + 1, line + 2, line + 3]
    effect = [100 * row[part] for part in ("common", "own_i", "own_j")]
    says = [100 * row[f"{part}_weight"] for part in ("common", "own_i", "own_j")]
    # A label that starts with "_" is not shown: once in the legend is enough.
    ax.barh(places, effect, color=MAIN, height=0.62, label=_("what it does: share of the spread") if labelled else "_")
    labels = [percent(value / 100, 1, names.lang) for value in effect]
    if pd.notna(row["common_low"]):
        ends = 100 * row["common_low"], 100 * row["common_high"]
        text = _("{confidence} of resamples of the subjects")
        label = text.format(confidence=percent(row["confidence"], 0, names.lang)) if labelled else "_"
        ax.hlines(places[0], *ends, color=INK, linewidth=1.4, label=label)
    furthest = [max(effect[0], says[0], 100 * row["common_high"] if pd.notna(row["common_high"]) else 0.0)]
    furthest += [max(effect[k], says[k]) for k in (1, 2)]
    for at, end, text in zip(places, furthest, labels, strict=True):
        ax.annotate(text, (end, at), xytext=(7, 0), textcoords="offset points", va="center")
    ax.plot(
        says,
        places,
        "o",
        markerfacecolor="white",
        markeredgecolor=GREY,
        markersize=7,
        linestyle="none",
        label=_("what it says: nominal weight") if labelled else "_",
    )
    only = _("only {name}")
    return dict(zip(places, [_("in common"), only.format(name=a), only.format(name=b)], strict=True))


def _title(row: pd.Series, names: Names) -> str:
    _ = translator(names.lang)
    text = _(
        "What '{a}' and '{b}' have in common carries {common} of the spread of totals; together they weigh {weight}"
    )
    if row["pearson"] < 0:
        text = _("'{a}' and '{b}' pull against each other: in common {common} of the spread of totals, weight {weight}")
    return text.format(
        a=shorten(names.item(row["indicator_i"]), 34),
        b=shorten(names.item(row["indicator_j"]), 34),
        common=percent(row["common"], 1, names.lang),
        weight=percent(row["weight"], 1, names.lang),
    )
