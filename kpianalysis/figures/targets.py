"""Charts about targets: how results lie around them, and who meets them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.targets.bunching import JUST_ABOVE
from kpianalysis.analyses.targets.histogram import EACH_SIDE
from kpianalysis.analyses.targets.target_history import CANNOT_TELL, EASY, HARDLY_ANY, NEARLY_ALL, OUT_OF_REACH
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, INK, LIGHT, MAIN, legend_below, new_axes, set_title, shorten, styled

_ACROSS = 3


@styled
def plot_attainment_histogram(
    histogram: pd.DataFrame, bunched: pd.DataFrame, names: Names, *, ax: Axes | None = None
) -> Axes:
    """Draw how results lie around the target, a small chart per indicator, those with a finding first.

    Parameters
    ----------
    histogram : DataFrame
        `attainment_histogram`.
    bunched : DataFrame
        `bunching` of the same card.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    items = list(dict.fromkeys(histogram["indicator_id"]))
    down = -(-len(items) // _ACROSS)
    ax = new_axes(ax, 0.9 + 1.55 * max(down, 1))
    ax.set_axis_off()
    set_title(ax, _histogram_title(bunched, names), 78)
    found = set(bunched.loc[bunched["verdict"] == JUST_ABOVE, "indicator_id"])
    low = 0.16 / max(down, 1)
    for at, item in enumerate(items):
        row, column = divmod(at, _ACROSS)
        # Shares of the axes: each its place in a grid, with room for its title and its ticks.
        width, height = 1 / _ACROSS, (1 - low) / down
        room = (column * width + 0.045, 1 - (row + 0.85) * height, width - 0.06, 0.6 * height)
        small = ax.inset_axes(room)
        _draw_bins(small, histogram[histogram["indicator_id"] == item], item in found)
        small.set_title(shorten(names.item(item), 34), fontsize=9, pad=9)
    ax.text(0.5, 0, _histogram_label(histogram, bunched, names), ha="center", va="bottom", transform=ax.transAxes)
    return ax


def _draw_bins(ax: Axes, bins: pd.DataFrame, is_found: bool) -> None:
    """Draw one indicator: light bars, just below hatched one way, just above the other, the target a dark line."""
    from matplotlib.ticker import MaxNLocator

    place, n = bins["place"].to_numpy(), bins["n"].to_numpy()
    above = BAD if is_found else MAIN
    bars = ax.bar(place + 0.5, n, 0.94, color=LIGHT, edgecolor="white", linewidth=0)
    for at, colour, hatch in ((EACH_SIDE - 1, GREY, "\\\\\\\\"), (EACH_SIDE, above, "////")):
        bars[at].set(facecolor=colour, hatch=hatch)
    ax.axvline(0, color=INK, linewidth=1.3)
    # The outermost bars hold all that lies beyond; where they are much higher they are cut, and say how many they hold.
    top = 1.2 * max(n[1:-1].max(), 1)
    for at, side in ((0, "left"), (-1, "right")):
        if n[at] > top:
            ax.annotate(f"{n[at]:,}", (place[at] + (at == -1), top), ha=side, va="bottom", fontsize=7.5, color=GREY)
    ax.set_ylim(0, top)
    window = float(bins.loc[bins["place"] == 0, "high"].iloc[0])
    ticks = np.array([-EACH_SIDE, -EACH_SIDE / 2, 0, EACH_SIDE / 2, EACH_SIDE])
    labels = [number(100 * (1 + tick * window), 0) for tick in ticks]
    labels[0], labels[-1] = f"≤{labels[0]}", f"≥{labels[-1]}"
    ax.set_xticks(ticks, labels, fontsize=8)
    ax.set_xlim(-EACH_SIDE, EACH_SIDE)
    ax.tick_params(axis="y", labelsize=8)
    ax.yaxis.set_major_locator(MaxNLocator(3, integer=True))


def _histogram_title(bunched: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    found = bunched[bunched["verdict"] == JUST_ABOVE]
    if bunched.empty:
        return _("No indicator has both a target and an actual")
    if found.empty:
        if (bunched["verdict"] == CANNOT_TELL).all():
            return _("Whether many results lie just above a target cannot be told")
        return _("Nowhere do more results lie just above the target than chance allows for")
    first = found.iloc[0]
    text = _("'{name}': {above} of {n} results lie just above the target, {below} just below")
    return text.format(
        name=shorten(names.item(first["indicator_id"]), 45),
        above=number(first["just_above"], 0, names.lang),
        below=number(first["just_below"], 0, names.lang),
        n=number(first["n"], 0, names.lang),
    )


def _histogram_label(histogram: pd.DataFrame, bunched: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if histogram.empty:
        return ""
    text = _("result, % of the target (where less is better, mirrored); bars: subjects, hatched: within {window} of it")
    return text.format(window=percent(bunched["window"].iloc[0], 1, names.lang))


@styled
def plot_difficulty(table: pd.DataFrame, names: Names, *, most: int = 25, ax: Axes | None = None) -> Axes:
    """Draw the share of subjects that meet each target, now and before, with intervals.

    Parameters
    ----------
    table : DataFrame
        `target_difficulty`.
    names : Names
    most : int
        Indicators to draw; of more, those nearest to all or none.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    extreme = (table["share_met"] - 0.5).abs().nlargest(most).index
    rows = table[table.index.isin(extreme)][::-1]
    ax = new_axes(ax, 1.7 + 0.26 * len(rows))
    place = np.arange(len(rows))
    for line in (HARDLY_ANY, NEARLY_ALL):
        ax.axvline(100 * line, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    if rows["past_n"].any():
        ax.hlines(place - 0.22, 100 * rows["past_low"], 100 * rows["past_high"], color=GREY, linewidth=1.2)
        label = _("earlier cycles together")
        before = ax.plot(100 * rows["past_share"], place - 0.22, "D", color=GREY, markersize=5, label=label)
        before[0].set_markerfacecolor("white")
    ax.hlines(place, 100 * rows["low"], 100 * rows["high"], color=MAIN, linewidth=2.2, alpha=0.55)
    ax.plot(100 * rows["share_met"], place, "o", color=MAIN, markersize=6.5, label=_("now"))
    beyond = rows["verdict"].isin([EASY, OUT_OF_REACH]).to_numpy()
    if beyond.any():
        label = _("now: surely beyond a dashed line")
        ax.plot(100 * rows["share_met"][beyond], place[beyond], "s", color=BAD, markersize=7.5, label=label)
    ax.set_yticks(place, [shorten(names.item(item)) for item in rows["indicator_id"]])
    ax.set_xlim(-2, 102)
    ax.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    set_title(ax, _difficulty_title(table, names), 60)
    ax.set_xlabel(_("subjects that meet the target, %; bars: 95% interval"))
    if len(rows):
        legend_below(ax, 3)
    return ax


def _difficulty_title(table: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if table.empty:
        return _("No indicator has both a target and an actual")
    easy, hard = ((table["verdict"] == verdict).sum() for verdict in (EASY, OUT_OF_REACH))
    if not easy and not hard:
        if (table["verdict"] == CANNOT_TELL).all():
            return _("Too few subjects to tell which targets are easy or out of reach")
        return _("No target is met by surely nearly all or hardly any")
    text = _("Targets that nearly everybody meets: {easy}; that hardly anybody meets: {hard} (of {n})")
    values = {"easy": int(easy), "hard": int(hard), "n": len(table)}
    return text.format(**{name: number(value, 0, names.lang) for name, value in values.items()})
