"""Which indicators say the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from kpianalysis.analyses.correlation.pairs import correlation_matrix


def correlation_groups(pairs: pd.DataFrame, cut: float = 0.5) -> pd.DataFrame:
    """Group indicators that say the same: average linkage on 1 − |ρ|, cut where the mean |ρ| falls below `cut`.

    Parameters
    ----------
    pairs : DataFrame
        Answer of `correlation`; a missing correlation counts as none.
    cut : float
        Mean |ρ| that holds a group together, 0 to 1.

    Returns
    -------
    DataFrame
        indicator_id, group (1, 2, … for those with company, the largest first; 0 alone), place (order for a heat map).
    """
    square = correlation_matrix(pairs).abs().fillna(0.0)
    if len(square) < 2:
        return pd.DataFrame({"indicator_id": square.index, "group": 0, "place": range(len(square))})
    distance = (1.0 - square.to_numpy()).clip(min=0.0)
    np.fill_diagonal(distance, 0.0)
    tree = hierarchy.linkage(squareform(distance, checks=False), method="average", optimal_ordering=True)
    order = hierarchy.leaves_list(tree)
    label = hierarchy.fcluster(tree, 1.0 - cut, criterion="distance")[order]
    sizes = pd.Series(label).value_counts()
    number = {name: place for place, name in enumerate(sizes[sizes > 1].index, start=1)}
    return pd.DataFrame(
        {
            "indicator_id": square.index[order],
            "group": [number.get(name, 0) for name in label],
            "place": range(len(order)),
        }
    )
