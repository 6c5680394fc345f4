"""The chart of pairs over cycles."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.correlation.over_cycles import pairs_to_follow
from kpianalysis.analyses.correlation.redundant import ENOUGH, SAY_SAME, redundant_pairs
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.scoring.inputs import Floats
from kpianalysis.style import BAD, GOOD, GREY, INK, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.common import number_of
from kpianalysis.wording.over_cycles import beside, has_changed, same_in_each

# Each line has a colour, a marker and a name at its end.
_LINES = ((MAIN, "o"), (BAD, "s"), (GOOD, "^"), (GREY, "D"), (INK, "v"), (MAIN, "P"))
# As narrow as this an axis of ρ is not made, so that small changes look small.
_LEAST_SPAN = 0.4


@styled
def plot_over_cycles(
    pairs: pd.DataFrame,
    by_cycle: pd.DataFrame,
    homogeneity: pd.DataFrame,
    names: Names,
    *,
    most: int = 4,
    ax: Axes | None = None,
) -> Axes:
    """Draw a line per pair, the strongest ones: coefficient in each cycle, with its interval as whiskers.

    Parameters
    ----------
    pairs : DataFrame
        `correlation` of the last cycle.
    by_cycle, homogeneity : DataFrame
        `correlation_by_cycle`, `correlation_homogeneity`.
    names : Names
    most : int
        Pairs to draw, at most 6.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    followed = pairs_to_follow(pairs, min(most, len(_LINES)))
    cycles = list(by_cycle["cycle"].unique())
    ax = new_axes(ax, 3.9)
    set_title(ax, _title(pairs, beside(followed, homogeneity), len(cycles), names))
    if followed.empty or len(cycles) < 2:
        ax.set_axis_off()
        return ax
    lines = [beside(followed.iloc[[at]], by_cycle) for at in range(len(followed))]
    _draw_lines(ax, lines, names)
    low, high = ax.get_ylim()
    for height, style in ((SAY_SAME, (0, (4, 3))), (-SAY_SAME, (0, (4, 3))), (0.0, "solid")):
        if low < height < high:
            ax.axhline(height, color=LIGHT if height == 0 else GREY, linewidth=0.9, linestyle=style, zorder=0)
    ax.set_xticks(range(len(cycles)), [shorten(str(cycle), 12) for cycle in cycles])
    ax.set_xlim(-0.4, len(cycles) - 0.6)
    ax.set_xlabel(_("cycle"))
    text = _("Spearman ρ, 95% interval; dashes: ±{rho}")
    ax.set_ylabel(text.format(rho=number_of(SAY_SAME, names.lang)))
    return ax


def _draw_lines(ax: Axes, lines: list[pd.DataFrame], names: Names) -> None:
    known = [line for line in lines if line["spearman"].notna().any()]
    if not known:
        return
    low, high = _limits(pd.concat(known))
    ax.set_ylim(low, high)
    ends = np.array([line["spearman"].dropna().iloc[-1] for line in known])
    # Names that would lie on each other are moved apart.
    places = _apart(ends, 0.115 * (high - low), low, high)
    for at, (line, place, (colour, marker)) in enumerate(zip(known, places, _LINES, strict=False)):
        # Side by side within a cycle, so that whiskers can be told apart.
        x = np.arange(len(line)) + (0.02 + 0.005 * len(line)) * (at - (len(known) - 1) / 2)
        ax.vlines(x, line["ci_low"], line["ci_high"], color=colour, linewidth=1.6, alpha=0.4)
        ax.plot(x, line["spearman"], color=colour, marker=marker, markersize=5, linewidth=1.2)
        a, b = (shorten(names.item(line[side].iloc[0]), 26) for side in ("indicator_i", "indicator_j"))
        last = int(np.flatnonzero(line["spearman"].notna())[-1])
        ax.annotate(
            f"{a} –\n{b}",
            (x[last], ends[at]),
            xytext=(1.02, place),
            textcoords=ax.get_yaxis_transform(),
            color=colour,
            fontsize=8,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6, "shrinkB": 5},
        )


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis: all intervals, and not so narrow that small changes look large."""
    low, high = float(table["ci_low"].min()), float(table["ci_high"].max())
    more = max(_LEAST_SPAN - (high - low), 0) / 2 + 0.03
    return max(low - more, -1.04), min(high + more, 1.04)


def _apart(places: Floats, gap: float, low: float, high: float) -> Floats:
    """Move places apart to at least `gap`, in their order, as little as possible and within the axis.

    Examples
    --------
    >>> _apart(np.array([0.5, 0.5]), 0.2, 0.0, 1.0).tolist()
    [0.4, 0.6]
    """
    order = np.argsort(places, kind="stable")
    moved = places[order].astype(float)
    for _round in range(100):
        overlap = gap - np.diff(moved)
        if not (overlap > 1e-9).any():
            break
        push = np.maximum(overlap, 0) / 2
        moved[:-1] -= push
        moved[1:] += push
        moved = np.clip(moved, low + gap / 2, high - gap / 2)
    answer = np.empty_like(moved)
    answer[order] = moved
    return answer


def _title(pairs: pd.DataFrame, rows: pd.DataFrame, cycles: int, names: Names) -> str:
    _ = translator(names.lang)
    if rows.empty:
        return _("There is no pair of indicators to follow over cycles")
    if cycles < 2:
        return _("One cycle only: whether correlations hold over time cannot be told")
    row, same = rows.iloc[0], redundant_pairs(pairs)
    if not row["cycles"] >= 2:
        text = _("The strongest pair can be compared in one cycle only")
    elif row["n"] < ENOUGH:
        text = _("Too few subjects to say whether correlations hold over time")
    elif same.empty:
        text = _("No pair says the same now; the strongest had ρ {low} to {high} in {cycles} cycles")
    elif same_in_each(row):
        text = _("'{a}' and '{b}' said the same in each of {cycles} cycles")
    elif has_changed(row):
        text = _("'{a}' and '{b}' did not say the same in every cycle")
    else:
        text = _("'{a}' and '{b}' say the same now; ρ was {low} to {high} in {cycles} cycles")
    return text.format(
        a=shorten(names.item(row["indicator_i"]), 40),
        b=shorten(names.item(row["indicator_j"]), 40),
        low=number(row["lowest"], 2, names.lang),
        high=number(row["highest"], 2, names.lang),
        cycles=number(row["cycles"], 0, names.lang),
    )
