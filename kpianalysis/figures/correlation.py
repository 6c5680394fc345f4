"""Charts of the indicator correlation report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpianalysis.analyses.correlation.redundant import ENOUGH, SAY_SAME, redundant_pairs
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.scoring.inputs import Floats, Mask
from kpianalysis.style import BAD, GREY, INK, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.common import number_of
from kpianalysis.wording.correlation import judged, level_of, perhaps_same

# With more indicators than these the cells are too small for numbers.
MOST_WITH_NUMBERS = 30


@styled
def plot_heatmap(
    square: pd.DataFrame,
    groups: pd.DataFrame,
    names: Names,
    counts: pd.DataFrame | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw correlations as a heat map, indicators that move together side by side, groups framed.

    Parameters
    ----------
    square : DataFrame
        `correlation_matrix`.
    groups : DataFrame
        `correlation_groups`.
    names : Names
    counts : DataFrame, optional
        `correlation_matrix` of "n": cells of fewer than 20 subjects are hatched.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ids = list(groups["indicator_id"])
    many = len(ids) > MOST_WITH_NUMBERS
    ax = new_axes(ax, max(3.2, 1.9 + (0.19 if many else 0.25) * len(ids)))
    if len(ids) < 2:
        ax.set_axis_off()
        set_title(ax, _("There is nothing to compare: fewer than two indicators have a score"))
        return ax
    shown = square.loc[ids, ids].to_numpy()
    sns.heatmap(
        shown,
        vmin=-1,
        vmax=1,
        cmap="vlag",
        ax=ax,
        annot=False if many else _cells(shown, names.lang),
        fmt="",
        annot_kws={"size": 6.5 if len(ids) > 15 else 8},
        linewidths=0.0 if many else 0.3,
        cbar_kws={"shrink": 0.6, "label": _("Spearman ρ") if many else _("Spearman ρ (×100 in the cells)")},
        # Set below: seaborn draws them upright first, and long names then leave no room for the map.
        xticklabels=False,
        yticklabels=False,
    )
    middle, size = np.arange(len(ids)) + 0.5, 7 if many else 9.5
    # Numbers of two digits side by side need the room of two small cells: every second one is written.
    step = 2 if many else 1
    ax.set_xticks(middle[::step], [str(place) for place in range(1, len(ids) + 1, step)], fontsize=size)
    labels = [f"{shorten(names.item(item), 36)}  {place}" for place, item in enumerate(ids, start=1)]
    ax.set_yticks(middle, labels, fontsize=size)
    for _group, places in groups[groups["group"] > 0].groupby("group")["place"]:
        ax.add_patch(_frame(int(places.min()), len(places)))
    for cell in ax.texts:
        cell.set_in_layout(False)  # inside the map: hundreds of boxes that change no margin
    few = _too_few(shown, None if counts is None else counts.loc[ids, ids].to_numpy())
    _hatch(ax, few, shown)
    set_title(ax, _heatmap_title(groups, few, shown, names.lang))
    ax.set_xlabel("\n".join([_("indicator, by its number on the left"), *_marks(few, shown, names.lang)]))
    ax.set_ylabel(_("indicator"))
    return ax


def _known(shown: Floats) -> Mask:
    """Cells with a correlation of two indicators."""
    return np.asarray(~np.isnan(shown) & ~np.eye(len(shown), dtype=bool))


def _too_few(shown: Floats, counts: Floats | None) -> Mask:
    """Cells with a correlation of fewer subjects than a conclusion takes."""
    few = np.zeros(shown.shape, dtype=bool) if counts is None else counts < ENOUGH
    return np.asarray(few & _known(shown))


def _hatch(ax: Axes, few: Mask, shown: Floats) -> None:
    """Hatch the cells of too few subjects, unless that is all of them: then the title says so."""
    from matplotlib.collections import PolyCollection

    if not few.any() or (few == _known(shown)).all():
        return
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    cells = [corners + np.array([column, row]) for row, column in np.argwhere(few)]
    ax.add_collection(PolyCollection(cells, facecolors="none", edgecolors=GREY, hatch="///", linewidths=0))


def _heatmap_title(groups: pd.DataFrame, few: Mask, shown: Floats, lang: str) -> str:
    _ = translator(lang)
    sizes = groups.loc[groups["group"] > 0, "group"].value_counts()
    text = _("No group of indicators moves together")
    if not _known(shown).any():
        text = _("No two indicators can be compared")
    elif few.any() and (few == _known(shown)).all():
        text = _("Every pair rests on fewer than {enough} subjects: no conclusion is possible")
    elif len(sizes):
        text = _("{n} groups move together (framed), the largest of {most} of the {all} indicators")
        if len(sizes) == 1:
            text = _("{most} of {all} indicators move together (framed)")
    return text.format(
        enough=number(ENOUGH, 0, lang),
        n=number(len(sizes), 0, lang),
        most=number(sizes.max() if len(sizes) else 0, 0, lang),
        all=number(len(groups), 0, lang),
    )


def _marks(few: Mask, shown: Floats, lang: str) -> list[str]:
    """Say what hatched and empty cells mean, if there are any."""
    _ = translator(lang)
    lines = []
    if few.any() and not (few == _known(shown)).all():
        text = _("hatched: fewer than {enough} subjects have both, no conclusion")
        lines.append(text.format(enough=number(ENOUGH, 0, lang)))
    if np.isnan(shown).any():
        lines.append(_("empty: cannot be compared"))
    return ["; ".join(lines)] if lines else []


@styled
def plot_forest(pairs: pd.DataFrame, names: Names, most: int = 15, *, ax: Axes | None = None) -> Axes:
    """Draw ρ of the strongest pairs with its interval: a diamond says the same, a ring rests on too few subjects.

    Parameters
    ----------
    pairs : DataFrame
        `correlation`.
    names : Names
    most : int
        Pairs to draw; those with enough subjects only, where there are any.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = judged(pairs).head(most)[::-1]
    ax = new_axes(ax, 1.9 + 0.37 * len(rows))
    set_title(ax, _forest_title(pairs, names))
    if rows.empty:
        ax.set_axis_off()
        return ax
    place = np.arange(len(rows))
    ax.hlines(place, rows["ci_low"], rows["ci_high"], color=GREY, linewidth=1.8)
    same = rows.index.isin(redundant_pairs(pairs).index)
    few = (rows["n"] < ENOUGH).to_numpy()
    for mask, marker, color, fill, text in (
        (~same & ~few, "o", MAIN, MAIN, _("ρ with its {level} interval")),
        (same, "D", BAD, BAD, _("says the same")),
        (few, "o", MAIN, "white", _("ρ of fewer than {enough} subjects, with its {level} interval")),
    ):
        if mask.any():
            label = text.format(
                level=level_of(rows, names.lang),
                enough=number_of(ENOUGH, names.lang),
            )
            rho = rows["spearman"].to_numpy()[mask]
            ax.plot(rho, place[mask], marker, color=color, markerfacecolor=fill, markersize=7, label=label)
    _forest_lines(ax, rows)
    _forest_labels(ax, rows, names)
    return ax


def _forest_lines(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw the lines of no correlation and of saying the same, as far as they are in sight."""
    low, high = rows["ci_low"].min(), rows["ci_high"].max()
    left, right = (-1.0 if low < -0.45 else min(0.0, low) - 0.05), max(high + 0.05, SAY_SAME + 0.1)
    ax.set_xlim(left, min(right, 1.02))
    ax.axvline(0, color=INK, linewidth=0.8, zorder=0)
    for line in (SAY_SAME, -SAY_SAME):
        if line > left:
            ax.axvline(line, color=BAD, linewidth=1.0, linestyle="--", zorder=0)


def _forest_labels(ax: Axes, rows: pd.DataFrame, names: Names) -> None:
    """Name the pairs on the left, write n on the right, and the legend below."""
    from matplotlib.transforms import ScaledTranslation

    _ = translator(names.lang)
    pairs = zip(rows["indicator_i"], rows["indicator_j"], strict=True)
    ax.set_yticks(
        range(len(rows)), [f"{shorten(names.item(a), 40)}\n{shorten(names.item(b), 40)}" for a, b in pairs], fontsize=8
    )
    ax.set_ylim(-0.6, len(rows) - 0.4)
    for place, n in enumerate(rows["n"]):
        text = _("n = {n}").format(n=number(n, 0, names.lang))
        ax.text(1.01, place, text, transform=ax.get_yaxis_transform(), va="center", fontsize=8)
    ax.set_xlabel(
        _("Spearman ρ; dashed: {same}, from where on a pair says the same").format(same=number_of(SAY_SAME, names.lang))
    )
    below = ax.transAxes + ScaledTranslation(0, -0.5, ax.figure.dpi_scale_trans)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below, ncols=2, borderaxespad=0)


def _forest_title(pairs: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    known, same = judged(pairs), redundant_pairs(pairs)
    if known.empty:
        return _("There is nothing to compare: no pair has a correlation")
    if known["n"].max() < ENOUGH:
        text = _("At most {n} subjects have both: no conclusion is possible")
        return text.format(n=number(known["n"].max(), 0, names.lang))
    more = perhaps_same(pairs)
    text = _("No pair says the same: the strongest, '{a}' and '{b}', has ρ = {rho}")
    if len(same) == 1 and more.empty:
        text = _("'{a}' and '{b}' say the same (ρ = {rho}), and no other of {all} pairs does")
    elif len(same) == 1:
        text = _("'{a}' and '{b}' say the same (ρ = {rho}); by their intervals {more} more may")
    elif len(same):
        text = _("{same} of {all} pairs say the same, first of all '{a}' and '{b}' (ρ = {rho})")
    elif len(more):
        text = _("No pair says the same, but {more} may by their intervals: strongest '{a}' and '{b}', ρ = {rho}")
    row = same.iloc[0] if len(same) else known.iloc[0]
    return text.format(
        a=shorten(names.item(row["indicator_i"]), 30),
        b=shorten(names.item(row["indicator_j"]), 30),
        rho=number(row["spearman"], 2, names.lang),
        same=number(len(same), 0, names.lang),
        more=number(len(more), 0, names.lang),
        all=number(len(pairs), 0, names.lang),
    )


def _cells(square: np.ndarray, lang: str) -> list[list[str]]:
    """Write each coefficient once, below the diagonal."""
    return [[_cell(value, lang) if j < i else "" for j, value in enumerate(row)] for i, row in enumerate(square)]


def _cell(value: float, lang: str) -> str:
    return "" if np.isnan(value) else number(100 * value, 0, lang)


def _frame(start: int, size: int):  # type: ignore[no-untyped-def]  # matplotlib's own type
    from matplotlib.patches import Rectangle

    return Rectangle((start, start), size, size, fill=False, edgecolor=INK, linewidth=1.6)
