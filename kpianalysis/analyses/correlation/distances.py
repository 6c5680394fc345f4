"""Distance correlation of ranks from a table of counts, and how often chance alone would make one as large."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kpianalysis.scoring.inputs import Floats

Levels = NDArray[np.intp]

# A column of more different values is put into so many groups of equal size: see `levels_of`.
LEVELS = 64
# Fewer rows have no bias-corrected distance correlation.
LEAST_ROWS = 4
# What is left of a spread is nothing but rounding below this share of it.
ROUNDING = 1e-9


class Association(NamedTuple):
    """How far two columns go together, in any shape.

    Attributes
    ----------
    squared : float
        Bias-corrected squared distance correlation of the ranks: 0 on average where two have nothing to do with each
        other, so at times below 0; 1 where the order of one is that of the other.
    p : float
        Chance that shuffling one of the two gives as much.
    bend_p : float
        The same of what a straight line through the ranks leaves over; missing where nothing can be left.
    """

    squared: float
    p: float
    bend_p: float


class Margin(NamedTuple):
    """One column of a pair: its levels as ranks, and what the laws of chance need of these.

    Attributes
    ----------
    distance : array of float, shape (a, a)
        Between the ranks of the levels.
    share : array of float, shape (a,)
        Of the rows on each level.
    rank : array of float, shape (a,)
        Mean 0, variance 1 over the rows.
    powers : array of float, shape (3,)
        Traces of the first three powers of the centred distances.
    along : array of float, shape (3,)
        The same along the ranks: what a straight line has of them.
    """

    distance: Floats
    share: Floats
    rank: Floats
    powers: Floats
    along: Floats


def levels_of(column: Floats, most: int = LEVELS) -> Levels:
    """Number the different values of a column from 0 on, the lowest first; −1 where missing.

    Parameters
    ----------
    column : array of float, shape (n,)
        Missing as nan.
    most : int
        More different values than these are put into as many groups of equal size, equal values together.

    Examples
    --------
    >>> levels_of(np.array([2.5, np.nan, 1.0, 2.5])).tolist()
    [1, -1, 0, 1]
    >>> levels_of(np.arange(6.0), most=3).tolist()
    [0, 0, 1, 1, 2, 2]
    """
    known = ~np.isnan(column)
    levels = np.full(len(column), -1, dtype=np.intp)
    different, place = np.unique(column[known], return_inverse=True)
    if len(different) > most:
        middle = stats.rankdata(place) - 0.5
        place = np.unique((middle * most / len(place)).astype(int), return_inverse=True)[1]
    levels[known] = place
    return levels


def counts_of(first: Levels, second: Levels) -> Floats:
    """Count the rows on each pair of levels, shape (a, b), levels without a row left out.

    Parameters
    ----------
    first, second : array of int, shape (n,)
        `levels_of`; rows in which either is −1 do not count.
    """
    both = (first >= 0) & (second >= 0)
    if not both.any():
        return np.zeros((0, 0))
    width = int(second.max()) + 1
    flat = np.bincount(first[both] * width + second[both], minlength=(int(first.max()) + 1) * width)
    counts = flat.reshape(-1, width).astype(float)
    answer: Floats = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    return answer


def association(counts: Floats) -> Association:
    """Measure how far two columns go together in any shape, and how likely that is by chance.

    Parameters
    ----------
    counts : array of float, shape (a, b)
        `counts_of`.

    Returns
    -------
    Association
        All missing below 4 rows, or where one of the two never varies.

    Notes
    -----
    p is that of all ways to shuffle one column against the other, by a Pearson type III curve with their mean, their
    variance and, for many rows, their skewness. Source: docs/method.md, "Not only straight lines".

    Examples
    --------
    >>> valley = np.array([[0, 0, 9], [0, 9, 0], [9, 0, 0], [0, 9, 0], [0, 0, 9.0]])
    >>> found = association(valley)
    >>> round(found.squared, 3), found.p < 0.001, found.bend_p < 0.001
    (0.251, True, True)
    """
    n = float(counts.sum())
    if n < LEAST_ROWS or min(counts.shape) < 2:
        return Association(np.nan, np.nan, np.nan)
    x, y = margin_of(counts.sum(axis=1)), margin_of(counts.sum(axis=0))
    squared = squared_correlation(counts, x, y)
    if np.isnan(squared):
        return Association(np.nan, np.nan, np.nan)
    second, third = x.powers[1:] * y.powers[1:]
    skew = 8 * third / (2 * second) ** 1.5
    p = float(stats.pearson3.sf(squared * np.sqrt(n * (n - 3) / 2), skew))
    return Association(squared, p, _bend_p(counts, x, y))


def margin_of(counts: Floats) -> Margin:
    """Lay out one column of a pair from the number of rows on each level, shape (a,), none of them 0."""
    n = counts.sum()
    share = counts / n
    middle = np.cumsum(counts) - (counts - 1) / 2
    distance = np.abs(middle[:, None] - middle)
    rank = middle - (n + 1) / 2
    rank = rank / np.sqrt(share @ rank**2)
    mean = distance @ share
    root = np.sqrt(share)
    centred = root[:, None] * (mean[:, None] + mean - distance - mean @ share) * root
    square = centred @ centred
    powers = np.array([np.trace(centred), np.trace(square), (square * centred).sum()])
    line = root * rank
    once = centred @ line
    along = np.array([line @ once, once @ once, once @ centred @ once])
    return Margin(distance, share, rank, powers, along)


def squared_correlation(counts: Floats, x: Margin, y: Margin) -> float:
    """Bias-corrected squared distance correlation of Székely and Rizzo (2013) from a table of counts."""
    n, shared = counts.sum(), float(covariance(counts, x, y))
    own_x, own_y = (float(covariance(np.diag(n * margin.share), margin, margin)) for margin in (x, y))
    # With 4 rows the variance can be 0.
    least = ROUNDING * (x.share @ x.distance**2 @ x.share) * (y.share @ y.distance**2 @ y.share)
    return float(shared / np.sqrt(own_x * own_y)) if own_x * own_y > least else np.nan


def covariance(counts: Floats, x: Margin, y: Margin) -> Floats:
    """Bias-corrected squared distance covariance of one table or many: shape (…, a, b) to (…).

    Distances of pairs, triples and quadruples of different rows, so that a row's distance of 0 to itself plays no part.
    """
    n = counts.sum(axis=(-2, -1))
    mean_x, mean_y = x.distance @ x.share, y.distance @ y.share
    pairs = _cross(counts, x, y) / (n * (n - 3))
    triples = 2 * n**2 * ((counts @ mean_y) @ mean_x) / (n * (n - 2) * (n - 3))
    answer: Floats = (
        pairs - triples + n**4 * (mean_x @ x.share) * (mean_y @ y.share) / (n * (n - 1) * (n - 2) * (n - 3))
    )
    return answer


def _bend_p(counts: Floats, x: Margin, y: Margin) -> float:
    """Chance of as much distance covariance without the part that a straight line through the ranks has of it."""
    (first, second, third), (one, two, three) = x.powers * y.powers, x.along * y.along
    mean, spread = first - one, second - 2 * two + one**2
    if spread <= ROUNDING * second:
        return np.nan
    skew = 8 * (third - 3 * three + 3 * two * one - one**3) / (2 * spread) ** 1.5
    value = (counts.sum() - 1) * bend(counts, x, y)
    return float(stats.pearson3.sf((value - mean) / np.sqrt(2 * spread), skew))


def bend(counts: Floats, x: Margin, y: Margin) -> Floats:
    """Distance covariance of what the line leaves over, of one table or many: shape (…, a, b) to (…)."""
    n = counts.sum(axis=(-2, -1), keepdims=True)
    line = ((counts @ y.rank) @ x.rank)[..., None, None] / n
    left = counts / n - np.outer(x.share, y.share) - line * np.outer(x.share * x.rank, y.share * y.rank)
    return _cross(left, x, y)


def _cross(counts: Floats, x: Margin, y: Margin) -> Floats:
    answer: Floats = ((x.distance @ counts @ y.distance) * counts).sum(axis=(-2, -1))
    return answer
