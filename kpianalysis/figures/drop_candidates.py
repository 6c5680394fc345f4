"""Chart of what could be dropped: what would be lost against what would change."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.scoring.inputs import Floats
from kpianalysis.style import BAD, GREY, LIGHT, legend_below, new_axes, set_title, shorten, styled
from kpianalysis.wording.drop_candidates import candidates_of, none

# Where an indicator stands of which it is not known what would be lost, in per cent.
_UNKNOWN = 112.0


@styled
def plot_drop_candidates(table: pd.DataFrame, names: Names, *, most: int = 6, ax: Axes | None = None) -> Axes:
    """Draw each indicator by what would be lost with it and what would change without it, candidates named.

    Parameters
    ----------
    table : DataFrame
        `drop_candidates`.
    names : Names
    most : int
        Candidates to name.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    shown = table.dropna(subset=["spearman"])
    ax = new_axes(ax, 4.2 if len(shown) else 1.2)
    if shown.empty:
        ax.set_axis_off()
        set_title(ax, none(table, names))
        return ax
    has_grades = bool(shown["grades_changed"].notna().any())
    height = 100 * shown["grades_changed"] if has_grades else shown["mean_shift"]
    across = (100 * shown["information_lost"]).fillna(_UNKNOWN)
    chosen = shown["place"].notna().to_numpy()
    ax.plot(across[~chosen], height[~chosen], "o", color=GREY, markersize=6, label=_("not a candidate"))
    ax.plot(across[chosen], height[chosen], "D", color=BAD, markersize=7.5, label=_("candidate"))
    ticks = [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    labels = [number(tick, 0, names.lang) for tick in ticks]
    if shown["information_lost"].isna().any():
        ax.axvline(106, color=LIGHT, linewidth=0.8)
        ticks, labels = [*ticks, _UNKNOWN], [*labels, _("unknown")]
    ax.set_xticks(ticks, labels)
    ax.set_xlim(-3, ticks[-1] + 8)
    ax.set_ylim(-0.04 * max(height.max(), 1), 1.12 * max(height.max(), 1))
    _name(ax, shown[chosen].head(most), across, height, names)
    ax.set_xlabel(_("information lost: what the others cannot tell of it, %"))
    ax.set_ylabel(_("grades that change without it, %") if has_grades else _("mean shift of rank without it, places"))
    legend_below(ax, 2, "right")
    set_title(ax, _title(table, names), most=84)
    return ax


def _name(ax: Axes, rows: pd.DataFrame, across: pd.Series, height: pd.Series, names: Names) -> None:
    """Write the names of candidates, each on the side where it covers the fewest dots."""
    dots = ax.transData.transform(np.column_stack([across, height]))
    # Distance from the dot in points, and how the text stands there.
    sides = ((9, 0, "left"), (-9, 0, "right"), (0, 12, "left"), (0, 12, "right"), (0, -12, "left"), (0, -12, "right"))
    for place in rows.index:
        label = shorten(names.item(rows.loc[place, "indicator_id"]), 30)
        here = ax.transData.transform((across[place], height[place]))
        right, up, stands = min(sides, key=lambda side: _covered(ax, dots, here, side, len(label)))
        spot = (across[place], height[place])
        ax.annotate(label, spot, xytext=(right, up), textcoords="offset points", ha=stands, va="center")


def _covered(ax: Axes, dots: Floats, here: Floats, side: tuple[int, int, str], length: int) -> int:
    """Count the dots that a label on one side would cover, and far more where it would leave the axes."""
    right, up, stands = side
    scale = ax.figure.dpi / 72
    # About as wide as its letters at this size of font.
    width = 5.6 * length * scale
    left = here[0] + right * scale - (width if stands == "right" else 0.0)
    middle = here[1] + up * scale
    inside = (dots[:, 0] > left - 4) & (dots[:, 0] < left + width + 4) & (np.abs(dots[:, 1] - middle) < 10 * scale)
    box = ax.bbox
    outside = left < box.x0 or left + width > box.x1 or middle < box.y0 or middle > box.y1
    return int(inside.sum()) + 1_000 * int(outside)


def _title(table: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    found = candidates_of(table)
    if found.empty:
        return none(table, names)
    first = found.iloc[0]
    text = _("First to look at: '{name}'; without it places shift by {shift} on average (order kept: ρ = {rho})")
    if pd.notna(first["n_grade_changes"]):
        text = _("First to look at: '{name}'; without it {n} of {all} grades change")
    return text.format(
        name=shorten(names.item(first["indicator_id"]), 40),
        shift=number(first["mean_shift"], 1, names.lang),
        rho=number(first["spearman"], 3, names.lang),
        n=number(first["n_grade_changes"], 0, names.lang),
        all=number(first["n_subjects"] - first["n_without_total"], 0, names.lang),
    )
