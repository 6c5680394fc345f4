"""Which indicators say the same: the tree of their correlations, and the groups that a cut makes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from kpianalysis.analyses.correlation.pairs import correlation_matrix
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats

Whole = NDArray[np.intp]

# Correlations nearer to each other than this count as equal, so that rounding in the computer never decides.
DIGITS = 12
# Stands before the number of a step; no id can begin with it.
BRANCH = "#"


def group_tree(pairs: pd.DataFrame) -> pd.DataFrame:
    """Say step by step which indicators, then which branches, are the closest and merge: average linkage on 1 − |ρ|.

    Parameters
    ----------
    pairs : DataFrame
        indicator_i, indicator_j and spearman, one row per pair, such as `correlation`. A missing correlation counts as
        none.

    Returns
    -------
    DataFrame
        One row per merge, the closest first: step (1, 2, …), left and right (an indicator, or "#3" for the branch made
        in step 3), height (1 − mean |ρ| between the two branches, fraction), size (indicators in the new branch). Read
        from the last merge down, left before right, the indicators stand in the order of `correlation_groups`. Empty
        with fewer than two indicators.

    Notes
    -----
    Where two merges are equally close, the ids decide. Source: docs/method.md, "Groups of indicators".

    Examples
    --------
    >>> pairs = pd.DataFrame({"indicator_i": ["a", "a", "b"], "indicator_j": ["b", "c", "c"]})
    >>> group_tree(pairs.assign(spearman=[0.9, 0.2, -0.4]))[["left", "right", "size"]].to_numpy().tolist()
    [['b', 'a', 2], ['c', '#1', 3]]
    """
    square = square_of(pairs)
    merges = merge_branches(square.to_numpy(), ordered=True)
    names = [*square.index, *(f"{BRANCH}{step}" for step in range(1, len(square)))]
    return pd.DataFrame(
        {
            "step": np.arange(1, len(merges) + 1),
            "left": pd.Series([names[int(place)] for place in merges[:, 0]], dtype="str"),
            "right": pd.Series([names[int(place)] for place in merges[:, 1]], dtype="str"),
            "height": merges[:, 2],
            "size": merges[:, 3].astype(int),
        }
    )


def correlation_groups(pairs: pd.DataFrame, cut: float = 0.5) -> pd.DataFrame:
    """Group indicators that say the same: average linkage on 1 − |ρ|, cut where the mean |ρ| falls below `cut`.

    Parameters
    ----------
    pairs : DataFrame
        indicator_i, indicator_j and spearman, one row per pair, such as `correlation`. A missing correlation counts as
        none.
    cut : float
        Mean |ρ| that holds a group together, 0 to 1.

    Returns
    -------
    DataFrame
        indicator_id, group (1, 2, … for those with company, the largest first, of equal ones the closest; 0 alone),
        place (0, 1, …: order for a heat map, that of the leaves of `group_tree`).

    Raises
    ------
    KpiError
        If cut is no share.

    Notes
    -----
    Source: docs/method.md, "Groups of indicators".
    """
    refuse_cut(cut)
    square = square_of(pairs)
    order = np.arange(len(square))
    if len(square) > 1:
        order = hierarchy.leaves_list(merge_branches(square.to_numpy(), ordered=True))
    group = group_numbers(square, cut)
    return pd.DataFrame(
        {"indicator_id": square.index[order].astype("str"), "group": group[order], "place": np.arange(len(order))}
    )


def square_of(pairs: pd.DataFrame) -> pd.DataFrame:
    """Lay |ρ| of pairs out as a square by the order of the ids; a missing one is 0."""
    square = correlation_matrix(pairs).sort_index(axis=0).sort_index(axis=1)
    return pd.DataFrame(strengths(square.to_numpy()), index=square.index, columns=square.columns)


def strengths(coefficients: Floats) -> Floats:
    """Turn coefficients of any sign into |ρ|, shape kept: 0 where missing, equal where they differ by rounding alone.

    Examples
    --------
    >>> strengths(np.array([-0.5, np.nan, 0.30000000000000004]))
    array([0.5, 0. , 0.3])
    """
    strength: Floats = np.nan_to_num(np.abs(coefficients)).round(DIGITS).clip(0.0, 1.0)
    return strength


def merge_branches(strength: Floats, *, ordered: bool = False) -> Floats:
    """Merge the closest again and again.

    Parameters
    ----------
    strength : array of float, shape (k, k)
        |ρ| of each pair.
    ordered : bool
        Whether neighbours among the leaves shall be alike, as a chart wants it: takes longer.

    Returns
    -------
    array of float, shape (k − 1, 4)
        Left, right, height and size of each merge, in the form of `scipy.cluster.hierarchy.linkage`.
    """
    if len(strength) < 2:
        return np.empty((0, 4))
    distance = 1.0 - strength
    np.fill_diagonal(distance, 0.0)
    merges: Floats = hierarchy.linkage(
        squareform(distance, checks=False), method="average", optimal_ordering=ordered and bool(distance.any())
    )
    return merges


def label_branches(strength: Floats, cut: float) -> Whole:
    """Label each of k indicators by the branch it is in below the cut, from 1 up, in no order; shape (k,)."""
    if len(strength) < 2:
        return np.ones(len(strength), dtype=np.intp)
    # A mean that is the cut but for rounding holds the group together.
    height = 1.0 - cut + 10.0**-DIGITS
    return np.asarray(hierarchy.fcluster(merge_branches(strength), height, criterion="distance"), dtype=np.intp)


def group_numbers(square: pd.DataFrame, cut: float) -> Whole:
    """Number the groups of a square of |ρ|: the largest first, of equal ones the closest; 0 for those alone.

    Parameters
    ----------
    square : DataFrame
        `square_of`.
    cut : float

    Returns
    -------
    array of int, shape (k,)
    """
    strength = square.to_numpy()
    label = label_branches(strength, cut)
    places = [np.flatnonzero(label == name) for name in np.unique(label)]
    known = [members for members in places if len(members) > 1]
    known.sort(key=lambda members: (-len(members), -within(strength, members).mean(), members[0]))
    group = np.zeros(len(label), dtype=np.intp)
    for number, members in enumerate(known, start=1):
        group[members] = number
    return group


def within(square: Floats, members: Whole) -> Floats:
    """Pick what a square says of each pair of some of its members, shape (pairs,).

    Examples
    --------
    >>> within(np.array([[1.0, 0.8, 0.1], [0.8, 1.0, 0.2], [0.1, 0.2, 1.0]]), np.array([0, 2]))
    array([0.1])
    """
    i, j = np.triu_indices(len(members), 1)
    picked: Floats = square[members[i], members[j]]
    return picked


def refuse_cut(cut: float) -> None:
    """Raise KpiError unless a cut is a share."""
    if not 0 <= cut <= 1:
        raise KpiError(f"cut: {cut} is no mean |ρ|. Use a number between 0 and 1, such as 0.5.")
