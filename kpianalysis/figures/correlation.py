"""Charts of the indicator correlation report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import INK, MAIN, new_axes, set_title, shorten, styled


@styled
def plot_heatmap(square: pd.DataFrame, order: pd.DataFrame, names: Names, *, ax: Axes | None = None) -> Axes:
    """Draw correlations as a heat map, indicators that move together side by side, groups framed.

    Parameters
    ----------
    square : DataFrame
        `correlation_matrix`.
    order : DataFrame
        `correlation_groups`.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ids = list(order["indicator_id"])
    ax = new_axes(ax, 1.6 + 0.25 * len(ids))
    if not ids:
        ax.set_axis_off()
        set_title(ax, _("There is nothing to compare: fewer than two indicators have a score"))
        return ax
    shown = square.loc[ids, ids]
    sns.heatmap(
        shown.to_numpy(),
        vmin=-1,
        vmax=1,
        cmap="vlag",
        ax=ax,
        annot=[[_cell(value, names.lang) for value in row] for row in shown.to_numpy()],
        fmt="",
        annot_kws={"size": 6.5},
        linewidths=0.3,
        cbar_kws={"shrink": 0.6, "label": _("Spearman ρ (×100 in the cells)")},
        # Set below: seaborn draws them upright first, and long names then leave no room for the map.
        xticklabels=False,
        yticklabels=False,
    )
    middle = np.arange(len(ids)) + 0.5
    ax.set_xticks(middle, [str(place) for place in range(1, len(ids) + 1)])
    ax.set_yticks(middle, [f"{shorten(names.item(item), 36)}  {place}" for place, item in enumerate(ids, start=1)])
    for _group, places in order[order["group"] > 0].groupby("group")["place"]:
        ax.add_patch(_frame(int(places.min()), len(places)))
    set_title(ax, _("Groups that move together (framed): {n}").format(n=int(order["group"].max())))
    ax.set_xlabel(_("indicator, by its number on the left"))
    ax.set_ylabel(_("indicator"))
    return ax


@styled
def plot_pair(wide: pd.DataFrame, pair: pd.Series, names: Names, *, ax: Axes | None = None) -> Axes:
    """Draw two indicators against each other; the larger a dot, the more subjects share it.

    Parameters
    ----------
    wide : DataFrame
        `wide_values`.
    pair : Series
        One row of `correlation`.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ax = new_axes(ax, 3.6)
    both = wide[[pair["indicator_i"], pair["indicator_j"]]].dropna()
    dots = both.value_counts().reset_index()
    # Scores are often whole steps: many subjects share a dot, so its area says how many.
    ax.scatter(dots.iloc[:, 0], dots.iloc[:, 1], s=18 * np.sqrt(dots["count"]), color=MAIN, alpha=0.6, linewidths=0)
    ax.set_xlabel(_("{name}, points").format(name=shorten(names.item(pair["indicator_i"]), 60)))
    ax.set_ylabel(_("{name}, points").format(name=shorten(names.item(pair["indicator_j"]), 34)))
    text = _("Strongest pair: ρ = {rho} (95% interval {low} to {high}, n = {n})")
    values = {
        key: number(pair[column], 2, names.lang)
        for key, column in (("rho", "spearman"), ("low", "ci_low"), ("high", "ci_high"))
    }
    set_title(ax, text.format(n=int(pair["n"]), **values))
    return ax


def _cell(value: float, lang: str) -> str:
    return "" if np.isnan(value) else number(100 * value, 0, lang)


def _frame(start: int, size: int):  # type: ignore[no-untyped-def]  # matplotlib's own type
    from matplotlib.patches import Rectangle

    return Rectangle((start, start), size, size, fill=False, edgecolor=INK, linewidth=1.6)
