"""Charts of other weights and other means."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GOOD, GREY, INK, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.alternatives import mean_name, method_name

# Each way has a sign of its own, so that none hangs on its colour; equal weights are a line.
SIGNS = {
    "entropy": ("s", MAIN),
    "critic": ("^", GOOD),
    "standard_deviation": ("D", BAD),
    "pca": ("v", "#6b4c9a"),
}

# With more subjects than this marks are small and drawn as an image.
MANY = 200


@styled
def plot_data_weights(weights: pd.DataFrame, names: Names, *, most: int = 25, ax: Axes | None = None) -> Axes:
    """Draw a strip per indicator: its stated weight (ring) and those from the data, furthest apart on top.

    Parameters
    ----------
    weights : DataFrame
        `data_weights`.
    names : Names
    most : int
        Indicators to draw.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    away = (weights["weight"] - weights["stated_weight"]).abs()
    order = away.groupby(weights["item_id"], sort=False).max().sort_values(ascending=False, kind="stable")
    items = list(order.index[:most])[::-1]
    ax = new_axes(ax, 1.9 + 0.28 * len(items))
    place = np.arange(len(items))
    wide = 100 * weights.pivot(index="item_id", columns="set_id", values="weight").reindex(items)
    stated = 100 * weights.drop_duplicates("item_id").set_index("item_id")["stated_weight"].reindex(items)
    every = wide.assign(stated=stated)
    ax.hlines(place, every.min(axis=1), every.max(axis=1), color=LIGHT, linewidth=2, zorder=1)
    for method in weights["set_id"].drop_duplicates():
        if method == "equal":
            ends = -0.5, len(items) - 0.5
            ax.vlines(
                wide[method].max(), *ends, color=GREY, linewidth=1, linestyle="--", label=method_name(method, names)
            )
        else:
            sign, colour = SIGNS.get(method, ("P", GREY))
            ax.plot(wide[method], place, sign, color=colour, markersize=5.5, label=method_name(method, names))
    ax.plot(stated, place, "o", mfc="none", mec=INK, ms=10, mew=1.6, zorder=3, label=_("stated"))
    ax.set_yticks(place, [shorten(names.item(item)) for item in items])
    ax.margins(x=0.05)
    # Room for the legend under the last strip.
    ax.set_ylim(-2.4, len(items) - 0.4)
    if items:
        ax.legend(frameon=False, loc="lower right", ncols=3)
    title = _("There are no scores to ask for weights.")
    if items:
        title = _("The scores would give every indicator the weight it has")
    if len(away) and away.max() >= 1e-9:
        row = weights.iloc[int(away.to_numpy().argmax())]
        title = _("'{name}' has {stated} of the weight; by {method} it would have {other}").format(
            name=shorten(names.item(row["item_id"]), 45),
            stated=percent(row["stated_weight"], 0, names.lang),
            other=percent(row["weight"], 0, names.lang),
            method=method_name(row["set_id"], names),
        )
    set_title(ax, title)
    ax.set_xlabel(_("weight, % of the total"))
    return ax


@styled
def plot_compensation(
    compensated: pd.DataFrame, names: Names, *, method: str = "geometric", ax: Axes | None = None
) -> Axes:
    """Draw each subject's rank by the stated mean against that by a method that compensates less.

    Who gains most and who loses most is named; a mean of 0, and the last rank that all who have it share, is a sign of
    its own.

    Parameters
    ----------
    compensated : DataFrame
        `compensation`.
    names : Names
    method : {"geometric", "harmonic", "copeland"}
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = compensated[(compensated["method"] == method) & compensated["shift"].notna()]
    rows = rows.assign(stated=rows["rank"] + rows["shift"])
    ax = new_axes(ax, 5.0)
    many = len(rows) > MANY
    is_zero = (rows["lowest"] <= 0) & (method != "copeland")
    last = max(float(rows[["stated", "rank"]].max().max()), 2.0) if len(rows) else 2.0
    ax.plot([1, last], [1, last], color=LIGHT, linewidth=1, zorder=0)
    for sign, colour, which, text in (
        ("o", GREY, ~is_zero & (rows["shift"] == 0), _("same rank: {n}")),
        ("^", GOOD, ~is_zero & (rows["shift"] > 0), _("gains: {n}")),
        ("v", BAD, ~is_zero & (rows["shift"] < 0), _("loses: {n}")),
        ("s", INK, is_zero, _("mean of 0: {n}")),
    ):
        if which.any():
            ax.plot(
                rows["stated"][which],
                rows["rank"][which],
                sign,
                color=colour,
                markersize=2.5 if many else 6,
                alpha=0.5 if many else 1.0,
                rasterized=many,
                label=text.format(n=number(which.sum(), 0, names.lang)),
            )
    gains = rows[~is_zero & (rows["shift"] > 0)]
    _name_one(ax, gains, 1, last, names)
    _name_one(ax, rows[rows["shift"] < 0], -1, last, names)
    _rank_axes(ax, last)
    if len(rows):
        ax.legend(frameon=False, loc="lower right", markerscale=2.5 if many else 1)
    set_title(ax, _compensation_title(rows, method, names))
    ax.set_xlabel(_("stated rank"))
    ax.set_ylabel(_("rank by the {method}").format(method=mean_name(method, names)))
    return ax


def _name_one(ax: Axes, rows: pd.DataFrame, side: int, last: float, names: Names) -> None:
    """Name the subject with the largest shift, above its mark or below it, where nobody with a larger one is."""
    if rows.empty:
        return
    row = rows.iloc[int(rows["shift"].abs().to_numpy().argmax())]
    # The axis runs from the last rank on the left to the first; beside the mark unless that would leave the axes.
    place = row["stated"] / last
    is_edge = place > 0.75 if side > 0 else place < 0.3
    beside = {1: "right", -1: "left"}
    ax.annotate(
        shorten(names.subject(row["subject_id"]), 30),
        (row["stated"], row["rank"]),
        xytext=(0, 9 * side) if is_edge else (-7 * side, 5 * side),
        textcoords="offset points",
        ha=beside[-side if is_edge else side],
        va="bottom" if side > 0 else "top",
        fontsize=8.5,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.0},
    )


def _rank_axes(ax: Axes, last: float) -> None:
    """Let both axes run from the last rank to 1, the best, on the upper right."""
    ticks = [1.0, *(tick for tick in ax.get_xticks() if 1 < tick <= last and tick == round(tick))]
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks(ticks)
        axis.set_inverted(True)


def _compensation_title(rows: pd.DataFrame, method: str, names: Names) -> str:
    _ = translator(names.lang)
    if rows.empty:
        return _("Nobody has a rank.")
    zero = int((rows["lowest"] <= 0).sum()) if method != "copeland" else 0
    if zero:
        text = _("By the {method} {zero} of {n} subjects would have 0: one score of 0 is enough")
        n = number(len(rows), 0, names.lang)
        return text.format(method=mean_name(method, names), zero=number(zero, 0, names.lang), n=n)
    far = rows.iloc[int(rows["shift"].abs().to_numpy().argmax())]
    if far["shift"] == 0:
        return _("By the {method} everybody keeps the rank").format(method=mean_name(method, names))
    text = _("By the {method} ranks shift by {mean} places on average; '{name}' falls {places}")
    if far["shift"] > 0:
        text = _("By the {method} ranks shift by {mean} places on average; '{name}' rises {places}")
    return text.format(
        method=mean_name(method, names),
        mean=number(rows["shift"].abs().mean(), 1, names.lang),
        name=shorten(names.subject(far["subject_id"]), 40),
        places=number(abs(far["shift"]), 0, names.lang),
    )
