"""The chart of how many different things are measured."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.style import GREY, LIGHT, MAIN, new_axes, set_title, styled
from kpianalysis.wording.dimensionality import can_tell, scree_title


@styled
def plot_scree(components: pd.DataFrame, names: Names, *, most: int = 30, ax: Axes | None = None) -> Axes:
    """Draw the size of each component and the band that chance makes: filled dots lie beyond it.

    Parameters
    ----------
    components : DataFrame
        `parallel_analysis`.
    names : Names
    most : int
        Components to draw; of more, the largest.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ax = new_axes(ax, 3.6)
    set_title(ax, scree_title(components, names))
    rows = components.dropna(subset=["eigenvalue"]).head(most)
    if rows.empty:
        ax.set_axis_off()
        return ax
    place, size = rows["component"], rows["eigenvalue"]
    label = _("by chance: from the mean to where {level} of shuffled tables stay below").format(
        level=percent(rows["level"].iloc[0], 0, names.lang)
    )
    ax.fill_between(place, rows["random_mean"], rows["random_high"], color=LIGHT, label=label)
    ax.plot(place, rows["random_mean"], "--", color=GREY, linewidth=1)
    ax.plot(place, size, color=MAIN, linewidth=1.2)
    kept = rows["keep"] & can_tell(components)
    for inside, which, fill in ((_("component beyond chance"), kept, MAIN), (_("component"), ~kept, "white")):
        if which.any():
            ax.scatter(
                place[which], size[which], s=34, facecolor=fill, edgecolor=MAIN, clip_on=False, zorder=3, label=inside
            )
    ax.set_ylim(bottom=min(0.0, float(size.min())))
    ax.set_xlim(0.5, len(rows) + 0.5)
    ax.set_xlabel(_("component, the largest first"))
    ax.set_ylabel(_("size (1 = as much as one indicator)"))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False)
    return ax
