"""Charts of ranks and grades under drawn weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, INK, LIGHT, MAIN, new_axes, set_title, shorten, styled


@styled
def plot_rank_intervals(ranks: pd.DataFrame, names: Names, *, most: int = 60, ax: Axes | None = None) -> Axes:
    """Draw each subject's rank and its interval (a caterpillar); many subjects become a band without names.

    Parameters
    ----------
    ranks : DataFrame
        `rank_intervals`.
    names : Names
    most : int
        More subjects than this are drawn as a band.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    many = len(ranks) > most
    ax = new_axes(ax, 4.2 if many else 1.3 + 0.2 * len(ranks))
    place = np.arange(len(ranks))
    if many:
        ax.fill_between(
            place + 1, ranks["rank_low"], ranks["rank_high"], color=MAIN, alpha=0.3, linewidth=0, rasterized=True
        )
        ax.plot(place + 1, ranks["rank"], color=BAD, linewidth=1.2)
        ax.set_xlabel(_("subjects, by rank"))
        ax.set_ylabel(_("rank (line) and 90% of the draws (band)"))
        ax.invert_yaxis()
    else:
        ax.hlines(place, ranks["rank_low"], ranks["rank_high"], color=LIGHT, linewidth=5)
        ax.plot(ranks["rank"], place, "o", color=MAIN, markersize=4)
        ax.set_yticks(place, [shorten(names.subject(subject), 30) for subject in ranks["subject_id"]])
        ax.invert_yaxis()
        ax.set_xlabel(_("rank (dot) and 90% of the draws (bar)"))
    title = _("Nobody has a rank.")
    if len(ranks):
        width = number(float((ranks["rank_high"] - ranks["rank_low"]).median()), 0, names.lang)
        title = _("The middle rank interval spans {width} places").format(width=width)
    set_title(ax, title)
    return ax


@styled
def plot_acceptability(table: pd.DataFrame, names: Names, *, most: int = 20, ax: Axes | None = None) -> Axes:
    """Draw a heat map: how often each of the first subjects takes each rank; shares of 10 % and more are written.

    Parameters
    ----------
    table : DataFrame
        `rank_acceptability`, subjects by stated rank.
    names : Names
    most : int
        Subjects to draw; ranks go as far as one of them comes in 5 % of the draws, to half as many more at most.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    subjects = list(table["subject_id"].astype("str").drop_duplicates().head(most))
    mine = table[table["subject_id"].isin(subjects)]
    often = mine[mine["share"] >= 0.05]
    last = int(min(often["rank"].max(), 1.5 * most)) if len(often) else 1
    wide = mine.assign(subject_id=mine["subject_id"].astype("str")).pivot(
        index="subject_id", columns="rank", values="share"
    )
    shares = wide.reindex(index=subjects, columns=range(1, last + 1)).fillna(0.0).to_numpy()
    ax = new_axes(ax, 1.4 + 0.27 * max(len(subjects), 1))
    if subjects:
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    for row, column in np.argwhere(shares >= 0.095).tolist():
        colour = "white" if shares[row, column] > 0.6 else INK
        text = number(100 * shares[row, column], 0, names.lang)
        ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=6.5 if last > 22 else 8)
    ax.set_yticks(range(len(subjects)), [shorten(names.subject(subject), 30) for subject in subjects])
    ticks = [rank for rank in range(1, last + 1) if rank == 1 or rank % (1 if last <= 20 else 5) == 0]
    ax.set_xticks([rank - 1 for rank in ticks], [str(rank) for rank in ticks])
    ax.set_xlabel(_("rank; in the cells: share of the draws, %"))
    set_title(ax, _first_title(mine, names))
    return ax


def _first_title(table: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    first = table[table["rank"] == 1].sort_values("share", ascending=False, kind="stable")
    if first.empty:
        return _("Nobody has a rank.")
    text = _("'{name}' comes first in {share} of the draws")
    other = first.iloc[min(1, len(first) - 1)]
    if len(first) > 1 and other["share"] >= 0.005:
        text = _("'{name}' comes first in {share} of the draws, '{other}' in {other_share}")
    return text.format(
        name=shorten(names.subject(first["subject_id"].iloc[0]), 24),
        share=percent(first["share"].iloc[0], 1 if 0.995 <= first["share"].iloc[0] < 1 else 0, names.lang),
        other=shorten(names.subject(other["subject_id"]), 24),
        other_share=percent(other["share"], 0, names.lang),
    )


@styled
def plot_grades(table: pd.DataFrame, names: Names, *, most: int = 40, ax: Axes | None = None) -> Axes:
    """Draw a bar per subject, cut by how often it has each grade; the least safe ones where there are too many.

    Parameters
    ----------
    table : DataFrame
        `grade_probabilities`, at least one row.
    names : Names
    most : int
        Subjects to draw.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    labels = [*map(str, table["grade"].cat.categories), _("none")]
    text = table["grade"].astype("object").where(table["grade"].notna(), labels[-1]).astype("str")
    wide = table.assign(grade=text).pivot(index="subject_id", columns="grade", values="probability").fillna(0.0)
    wide = wide.reindex(index=table["subject_id"].drop_duplicates(), columns=labels, fill_value=0.0)
    safest = wide.max(axis=1)
    rows = wide.loc[safest.sort_values(kind="stable").index[:most]] if len(wide) > most else wide
    ax = new_axes(ax, 1.5 + 0.2 * len(rows))
    place, left = np.arange(len(rows)), np.zeros(len(rows))
    given = [label for label in labels if rows[label].any()]
    for shade, label in enumerate(given):
        share = rows[label].to_numpy()
        colour, ink = _shade(shade, len(given))
        ax.barh(place, 100 * share, left=100 * left, color=colour, edgecolor="white", linewidth=0.6, label=label)
        for row in np.flatnonzero(share >= 0.08).tolist():
            ax.text(100 * (left[row] + share[row] / 2), row, label, ha="center", va="center", color=ink, fontsize=8)
        left += share
    ax.set_yticks(place, [shorten(names.subject(subject), 30) for subject in rows.index])
    ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    ax.set_xlim(0, 100)
    ax.set_xlabel(_("share of the draws with each grade, %"))
    ax.legend(title=_("grade"), frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    sure = int((safest >= 0.95).sum())
    title = _("{safe} of {n} grades come out the same in at least 95% of the draws")
    if len(rows) < len(wide):
        title = _("{safe} of {n} grades come out the same in at least 95% of the draws; shown: the {m} least safe")
    set_title(ax, title.format(safe=sure, n=number(len(wide), 0, names.lang), m=len(rows)))
    return ax


def _shade(place: int, n: int) -> tuple[tuple[float, float, float], str]:
    """Give one of n shades from dark to light and the colour of letters on it: the order is seen without colours."""
    import matplotlib as mpl

    depth = 0.95 - 0.75 * place / max(n - 1, 1)
    red, green, blue, _alpha = mpl.colormaps["Blues"](depth)
    return (red, green, blue), "white" if depth > 0.5 else INK
