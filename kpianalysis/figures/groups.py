"""Charts of groups of indicators: the tree they are cut from, and the network of strong pairs."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.redundancy.group_stability import GroupStability
from kpianalysis.analyses.redundancy.groups import BRANCH
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, INK, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.common import number_of
from kpianalysis.wording.groups import said_of, strong_pairs

# Height of a line of text in the list beside the network, in inches.
LINE = 0.175


@styled
def plot_dendrogram(
    tree: pd.DataFrame, groups: pd.DataFrame, stability: GroupStability, names: Names, *, ax: Axes | None = None
) -> Axes:
    """Draw the tree of indicators: the further left two branches meet, the more alike they are; groups shaded.

    Parameters
    ----------
    tree : DataFrame
        `group_tree`.
    groups : DataFrame
        `correlation_groups` of the same pairs.
    stability : GroupStability
        `group_stability` of the same scores and cut.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ids = list(groups["indicator_id"])
    ax = new_axes(ax, 1.9 + 0.22 * len(ids))
    if tree.empty:
        ax.set_axis_off()
        set_title(ax, _("There is nothing to compare: fewer than two indicators have a score"))
        return ax
    _draw_branches(ax, tree, ids, 1 - stability.cut)
    for _i, row in stability.groups.iterrows():
        places = groups.loc[groups["group"] == row["group"], "place"]
        ax.axhspan(places.min() - 0.42, places.max() + 0.42, color=LIGHT, alpha=0.45, linewidth=0, zorder=0)
        ax.annotate(
            _label_of(row, names),
            (1.0, float(places.mean())),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    ax.axvline(1 - stability.cut, color=BAD, linestyle="--", linewidth=1.1)
    ax.set_ylim(len(ids) - 0.4, -0.6)
    ax.set_yticks(range(len(ids)), [f"{shorten(names.item(item))}  {place}" for place, item in enumerate(ids, start=1)])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 1.02)
    ax.set_xlabel(
        _("distance 1 − mean |ρ| of the two branches; cut (dashed) at |ρ| = {cut}").format(
            cut=number(stability.cut, 2, names.lang)
        )
    )
    above = ax.secondary_xaxis("top", functions=(_complement, _complement))
    above.set_xlabel(_("mean |ρ| of the two branches"))
    set_title(ax, _dendrogram_title(stability, names), most=58)
    return ax


def _complement(value: Any) -> Any:
    """Turn a distance into |ρ|, and back; any number or array matplotlib asks about."""
    return 1 - np.asarray(value)


def _draw_branches(ax: Axes, tree: pd.DataFrame, ids: list[str], cut: float) -> None:
    """Draw each merge as a bracket; inside a group thicker than above the cut."""
    where = {item: (0.0, float(place)) for place, item in enumerate(ids)}
    for _i, row in tree.iterrows():
        (x1, y1), (x2, y2) = where.pop(row["left"]), where.pop(row["right"])
        height = float(row["height"])
        color, width = (MAIN, 2.2) if height <= cut + 1e-9 else (GREY, 1.0)
        ax.plot([x1, height, height, x2], [y1, y1, y2, y2], color=color, linewidth=width, solid_capstyle="butt")
        where[f"{BRANCH}{row['step']}"] = (height, (y1 + y2) / 2)


def _label_of(row: pd.Series, names: Names) -> str:
    """Write beside a group its number and how stable it is."""
    _ = translator(names.lang)
    said = said_of(row["verdict"], names.lang)
    values = {
        "n": number(row["group"], 0, names.lang),
        "said": "\n".join(wrap(said, 16)),
        "jaccard": number(row["jaccard"], 2, names.lang),
    }
    return (_("group {n}\n{said}, {jaccard}") if said else _("group {n}")).format(**values)


def _dendrogram_title(stability: GroupStability, names: Names) -> str:
    _ = translator(names.lang)
    known = stability.groups
    if stability.n < ENOUGH:
        text = _("No conclusion about groups: at most {n} subjects have both indicators of a pair")
        return text.format(n=number(stability.n, 0, names.lang))
    if known.empty:
        return _("No group: nowhere does the mean |ρ| reach {cut}").format(cut=number(stability.cut, 2, names.lang))
    first = known.iloc[0]
    text = _("{grouped} of {all} indicators move together, in {n} groups; the largest has {size}")
    if len(known) == 1:
        text = _("{grouped} of {all} indicators move together (mean |ρ| {mean})")
    pair = stability.members.loc[stability.members["group"] == 1, "indicator_id"]
    if len(known) == 1 and len(pair) == 2:
        text = _("'{a}' and '{b}' move together (|ρ| {mean}), no others")
    return text.format(
        a=shorten(names.item(pair.iloc[0]), 30),
        b=shorten(names.item(pair.iloc[1]), 30),
        grouped=number(known["size"].sum(), 0, names.lang),
        all=number(len(stability.members), 0, names.lang),
        n=number(len(known), 0, names.lang),
        size=number(first["size"], 0, names.lang),
        mean=number(first["mean_rho"], 2, names.lang),
    )


@styled
def plot_network(
    pairs: pd.DataFrame, groups: pd.DataFrame, names: Names, *, threshold: float = 0.5, ax: Axes | None = None
) -> Axes:
    """Draw strong pairs as lines between numbered indicators on a circle, their names beside it.

    Parameters
    ----------
    pairs : DataFrame
        `correlation`.
    groups : DataFrame
        `correlation_groups`: the order around the circle, and the numbers, as in heat map and tree.
    names : Names
    threshold : float
        |ρ| from which on a pair is joined.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    joined = strong_pairs(pairs, threshold)
    linked = groups["indicator_id"].isin(set(joined["indicator_i"]) | set(joined["indicator_j"]))
    drawn, alone = groups[linked], groups[~linked]
    ax = new_axes(ax, max(4.4, 1.3 + LINE * (len(groups) + 2)))
    ax.set_axis_off()
    set_title(ax, _network_title(pairs, joined, len(drawn), threshold, names))
    ax.set_xlim(-1.2, 3.3)
    ax.set_ylim(-1.25, 1.25)
    if joined.empty:
        return ax
    where = _on_circle(drawn)
    for _i, row in joined[::-1].iterrows():
        (x1, y1), (x2, y2) = where[row["indicator_i"]], where[row["indicator_j"]]
        ax.plot([x1, x2], [y1, y2], zorder=1, **_look_of(row["spearman"], threshold))
    for _i, row in drawn.iterrows():
        x, y = where[row["indicator_id"]]
        fill = MAIN if row["group"] else "white"
        ax.plot([x], [y], "o", color=fill, markeredgecolor=MAIN, markersize=17, zorder=2)
        ink = "white" if row["group"] else INK
        ax.text(x, y, str(row["place"] + 1), ha="center", va="center", color=ink, fontsize=8.5, zorder=3)
    _list_names(ax, drawn, alone, names)
    _explain_lines(ax, joined, drawn, threshold, names)
    return ax


def _on_circle(drawn: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Place indicators clockwise from the top in the order of the tree, with a gap between groups."""
    group = drawn["group"].to_numpy()
    steps = 1.0 + 0.6 * ((group != np.roll(group, -1)) & (len(set(group)) > 1))
    angle = np.pi / 2 - 2 * np.pi * np.append(0.0, np.cumsum(steps)[:-1]) / steps.sum()
    places = zip(np.cos(angle), np.sin(angle), strict=True)
    return dict(zip(drawn["indicator_id"], ((float(x), float(y)) for x, y in places), strict=True))


def _look_of(rho: float, threshold: float) -> dict[str, Any]:
    """Width by |ρ|; dashed and in another colour where more of one goes with less of the other.

    Any: matplotlib types each of these by itself.
    """
    width = 0.8 + 5.2 * (abs(rho) - threshold) / max(1 - threshold, 1e-9)
    look: dict[str, Any] = {"linewidth": width, "color": GREY if rho > 0 else BAD, "alpha": 0.75}
    return look if rho > 0 else look | {"linestyle": (0, (2.5, 1.5))}


def _list_names(ax: Axes, drawn: pd.DataFrame, alone: pd.DataFrame, names: Names) -> None:
    """Write the names by their numbers beside the circle, those without a line below and in grey."""
    _ = translator(names.lang)
    text = _("{place}  {name}")
    lines = [
        (text.format(place=_padded(row["place"] + 1), name=shorten(names.item(row["indicator_id"]), 44)), ink)
        for rows, ink in ((drawn, INK), (alone, GREY))
        for _i, row in rows.iterrows()
    ]
    if len(alone):
        lines.insert(len(drawn), (_("Without a line:"), GREY))
    for place, (said, ink) in enumerate(lines):
        ax.annotate(
            said,
            (0.56, 1.0),
            xycoords="axes fraction",
            xytext=(0, -72 * LINE * (place + 0.5)),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=ink,
        )


def _padded(place: int) -> str:
    """Write a number as wide as one of two digits, so that the names beside stand in line."""
    return str(place).rjust(2, "\u2007")


def _explain_lines(ax: Axes, joined: pd.DataFrame, drawn: pd.DataFrame, threshold: float, names: Names) -> None:
    """Show below what widths and dashes mean."""
    _ = translator(names.lang)
    text = _("|ρ| = {rho}")
    for rho in sorted({threshold, (threshold + 1) / 2, 1.0}):
        ax.plot([], [], label=text.format(rho=number_of(rho, names.lang)), **_look_of(rho, threshold))
    if (joined["spearman"] < 0).any():
        middle = -(threshold + 1) / 2
        ax.plot([], [], label=_("ρ below 0"), **_look_of(middle, threshold))
    if (drawn["group"] == 0).any():
        ax.plot([], [], "o", color=MAIN, markersize=8, label=_("in a group"))
        ax.plot([], [], "o", color="white", markeredgecolor=MAIN, markersize=8, label=_("in none"))
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 0), ncols=6, fontsize=8.5, borderaxespad=0)


def _network_title(pairs: pd.DataFrame, joined: pd.DataFrame, linked: int, threshold: float, names: Names) -> str:
    _ = translator(names.lang)
    known = pairs.dropna(subset=["spearman"])
    if known.empty:
        return _("There is nothing to join: no pair of indicators has a correlation")
    values = {
        "least": number_of(threshold, names.lang),
        "n": number(len(joined), 0, names.lang),
        "all": number(len(known), 0, names.lang),
        "linked": number(linked, 0, names.lang),
        "subjects": number(known["n"].max(), 0, names.lang),
    }
    if known["n"].max() < ENOUGH:
        text = _("No conclusion: at most {subjects} subjects have both indicators of a pair, so lines may be chance")
    elif joined.empty:
        text = _("No line: no pair of indicators reaches |ρ| = {least}")
    elif len(joined) == 1:
        text = _("A single pair of {all} reaches |ρ| = {least}: '{a}' and '{b}'")
        values |= {
            key: shorten(names.item(joined[column].iloc[0]), 30)
            for key, column in (("a", "indicator_i"), ("b", "indicator_j"))
        }
    else:
        text = _("{n} of {all} pairs reach |ρ| = {least}; they join {linked} indicators")
    return text.format(**values)
