"""Chart of choices: the share of the spread of ranks that each makes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.alternatives.choices import Choices
from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.style import GREY, LIGHT, MAIN, new_axes, set_title, styled
from kpianalysis.wording.choices import factor_name


@styled
def plot_choices(found: Choices, names: Names, *, ax: Axes | None = None) -> Axes:
    """Draw a bar per choice: what it makes of the spread of ranks by itself, and together with the others.

    Parameters
    ----------
    found : Choices
        `result_choices`.
    names : Names
    ax : Axes, optional
    """
    _ = translator(names.lang)
    shares = found.rank_shares
    # Where a choice has no alternative there is nothing to draw.
    rows = shares[(shares["n_levels"] > 1) | (shares["factor"] == "weights")][::-1]
    ax = new_axes(ax, 1.8 + 0.4 * len(rows))
    place = np.arange(len(rows))
    first, total = 100 * rows["first"], 100 * rows["total"]
    ax.barh(place, first, color=MAIN, label=_("by itself"))
    bars = ax.barh(
        place,
        (total - first).clip(lower=0),
        left=first,
        color=LIGHT,
        edgecolor=GREY,
        hatch="///",
        linewidth=0.8,
        label=_("in interplay with others"),
    )
    labels = [
        _("{first}, with interplay {total}").format(
            first=percent(row["first"], 0, names.lang), total=percent(row["total"], 0, names.lang)
        )
        for _place, row in rows.iterrows()
    ]
    ax.bar_label(bars, labels, padding=4)
    ax.set_yticks(place, [factor_name(factor, names.lang) for factor in rows["factor"]])
    ax.set_xlabel(_("share of the variance of ranks over all combinations, %"))
    if len(rows):
        ax.legend(frameon=False, loc="lower right")
        ax.set_xlim(0, max(float(total.max()) * 1.45, 1.0))
    set_title(ax, _title(rows[::-1], names))
    return ax


def _title(rows: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if rows.empty:
        return _("No choice that was compared moves any rank")
    first = rows.iloc[0]
    weights = rows.loc[rows["factor"] == "weights", "first"].iloc[0]
    text = _("{other} of the spread of ranks comes from {factor}, {share} from the weights")
    if first["factor"] == "weights":
        first = rows.iloc[1]
        text = _("{share} of the spread of ranks comes from the weights; next is {factor}, with {other}")
    return text.format(
        share=percent(weights, 0, names.lang),
        other=percent(first["first"], 0, names.lang),
        factor=factor_name(first["factor"], names.lang),
    )
