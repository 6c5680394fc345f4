"""Charts of what stakeholders say the weights should be, and of the results that would follow."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GOOD, GREY, LIGHT, MAIN, new_axes, set_title, shorten, styled

# Of more judges than this those are drawn under whom the named subjects rank best and worst.
MOST_JUDGES = 8
# More subjects than this are not drawn behind the named ones.
MOST_BEHIND = 100
_LINES = [(color, style) for style in ("-", "--", ":", "-.") for color in (MAIN, BAD, GOOD)]


@styled
def plot_ranks(
    results: pd.DataFrame, disputed: pd.DataFrame, names: Names, *, most: int = 8, ax: Axes | None = None
) -> Axes:
    """Draw a line per subject through its ranks under the scheme's and each stakeholder's weights.

    Parameters
    ----------
    results, disputed : DataFrame
        `stakeholder_results`, `disputed_subjects`.
    names : Names
    most : int
        Subjects to name, those that move most first; the others stay grey, and are not drawn where there are more
        than a hundred.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    judges = list(results.loc[results["who"] == "judge", "judge_id"].unique())
    whose = _("whose weights")
    if len(judges) > MOST_JUDGES:
        judges = list(pd.unique(disputed[["best_judge", "worst_judge"]].to_numpy().ravel())[:MOST_JUDGES])
        whose = _("whose weights; of the stakeholders those who differ most")
    wide = _ranks(results, judges, _("the scheme"), _("all together"))
    ax = new_axes(ax, 5.6)
    place = np.arange(wide.shape[1])
    for ranks in wide.to_numpy() if len(wide) <= MOST_BEHIND else ():
        ax.plot(place, ranks, color=LIGHT, linewidth=1, zorder=1)
    moved = disputed[disputed["rank_range"] > 0].head(most)["subject_id"]
    for subject, (color, style) in zip(moved, _LINES * most, strict=False):
        ax.plot(place, wide.loc[subject], style, marker="o", markersize=3.5, color=color, linewidth=1.6, zorder=2)
    _label_ends(ax, wide.loc[moved], names)
    labels = [shorten(str(name), 16) for name in wide.columns]
    ax.set_xticks(place, labels, rotation=0 if len(labels) * max(map(len, labels)) < 100 else 30)
    ax.set_xlabel(whose)
    ax.set_ylabel(_("rank, 1 is best"))
    ax.set_ylim(np.nanmax(wide.to_numpy(), initial=1.0) + 0.5, 0.5)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    set_title(ax, _ranks_title(disputed, names))
    return ax


def _ranks(results: pd.DataFrame, judges: list[str], scheme: str, together: str) -> pd.DataFrame:
    """Ranks by subject: first the scheme's, then each judge's, then those by the weights of all together."""
    shown = results[(results["who"] == "all") | ((results["who"] == "judge") & results["judge_id"].isin(judges))]
    label = shown["judge_id"].where(shown["who"] == "judge", together)
    wide = shown.assign(label=label).pivot_table(index="subject_id", columns="label", values="rank", sort=False)
    stated = results.drop_duplicates("subject_id").set_index("subject_id")["stated_rank"]
    wide.insert(0, scheme, stated, allow_duplicates=True)
    return wide


def _label_ends(ax: Axes, wide: pd.DataFrame, names: Names) -> None:
    """Write the subjects at the right ends of their lines, pushed apart where they would overlap."""
    if wide.empty:
        return
    ends = wide.iloc[:, -1].fillna(wide.max(axis=1)).sort_values(kind="stable")
    last = wide.shape[1] - 1
    gap = 0.042 * max(ax.dataLim.height, 1.0)
    at = np.array(ends, dtype=float)
    for _pass in range(200):
        close = np.diff(at) < gap - 1e-9
        if not close.any():
            break
        shift = np.where(close, (gap - np.diff(at)) / 2, 0.0)
        at += np.append(0.0, shift) - np.append(shift, 0.0)
    for subject, end, y in zip(ends.index, ends, at, strict=True):
        ax.annotate(
            shorten(names.subject(subject), 26),
            (last, end),
            (last + 0.04 * max(last, 1) + 0.05, y),
            va="center",
            fontsize=8.5,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 2},
            annotation_clip=False,
        )


def _ranks_title(disputed: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if disputed.empty:
        return _("Nobody has a rank under stakeholders' weights.")
    row = disputed.iloc[0]
    if not row["rank_range"]:
        return _("Under every stakeholder's weights the ranks are the same")
    text = _("'{subject}': rank {best} under {best_judge}, {worst} under {worst_judge}")
    return text.format(
        subject=shorten(names.subject(row["subject_id"]), 40),
        best=number(row["best_rank"], 0, names.lang),
        worst=number(row["worst_rank"], 0, names.lang),
        best_judge=shorten(row["best_judge"], 16),
        worst_judge=shorten(row["worst_judge"], 16),
    )


@styled
def plot_weights(
    weights: pd.DataFrame, disagreement: pd.DataFrame, names: Names, *, most: int = 20, ax: Axes | None = None
) -> Axes:
    """Draw for each item a dot per stakeholder at the weight given, and a bar at the scheme's.

    Parameters
    ----------
    weights, disagreement : DataFrame
        `judgement_weights`, `weight_disagreement`.
    names : Names
    most : int
        Items to draw, the widest range first.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = disagreement.head(most)[::-1].reset_index(drop=True)
    ax = new_axes(ax, 1.2 + 0.45 * len(rows))
    place = dict(zip(rows["item_id"], range(len(rows)), strict=True))
    shown = weights[weights["item_id"].isin(place)]
    y = np.arange(len(rows))
    ax.hlines(y, 100 * rows["lowest"], 100 * rows["highest"], color=LIGHT, linewidth=6)
    ax.plot(100 * shown["weight"], shown["item_id"].map(place).astype(float), "o", color=MAIN, markersize=6)
    ax.plot(100 * rows["stated"], y, "|", color=BAD, markersize=20, markeredgewidth=2.5)
    apart = (rows["spread"] > 0).to_numpy()
    _name_ends(ax, rows[apart], y[apart])
    ax.set_yticks(y, [_item(row, names) for _place, row in rows.iterrows()])
    ax.margins(x=0.12, y=0.12)
    ax.set_xlabel(_("weight, % (dots: stakeholders; upright line: the scheme)"))
    set_title(ax, _weights_title(disagreement, names))
    return ax


def _name_ends(ax: Axes, rows: pd.DataFrame, y: NDArray[np.intp]) -> None:
    """Name the judge at either end of each range."""
    for column, side, align in (("lowest", -1, "right"), ("highest", 1, "left")):
        for value, judge, height in zip(rows[column], rows[f"{column}_judge"], y, strict=True):
            ax.annotate(
                shorten(judge, 16),
                (100 * value, height),
                (-3 * side, 5),
                textcoords="offset points",
                ha=align,
                va="bottom",
                fontsize=8,
            )


def _item(row: pd.Series, names: Names) -> str:
    if row["level"] == "dimension":
        return shorten(names.item(row["item_id"]))
    return f"{shorten(names.item(row['item_id']), 26)} ({shorten(names.item(row['dimension_id']), 16)})"


def _weights_title(disagreement: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if disagreement.empty:
        return _("No judgements were collected")
    row = disagreement.iloc[0]
    if row["n_judges"] < 2:
        return _("One stakeholder's weights beside the scheme's")
    text = _("Stakeholders give '{item}' between {low} and {high}")
    return text.format(
        item=shorten(names.item(row["item_id"]), 40),
        low=percent(row["lowest"], 0, names.lang),
        high=percent(row["highest"], 0, names.lang),
    )
