"""How much each subject moves a rank correlation: what the chance of several together is estimated from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kpianalysis.analyses.correlation.ranks import Column, Places
from kpianalysis.scoring.inputs import Floats

# Numbers held in one array, so that memory does not grow with the number of pairs.
_AT_ONCE = 1_000_000


def spearman_influences(values: Floats, i: Places, j: Places) -> Floats:
    """Say how fast Spearman's correlation of two columns changes when a row counts for more.

    Parameters
    ----------
    values : array of float, shape (n, k)
        Missing as nan: each pair over the rows that have both.
    i, j : array of int, shape (pairs,)
        The columns of each pair.

    Returns
    -------
    array of float, shape (pairs, n)
        0 for rows that lack one of the two; the others sum to 0. Missing where a column never varies in these rows.

    Notes
    -----
    n times the derivative of ρ by the weight of the row, ranks being weighted too, ties included (infinitesimal
    jackknife). Squares over n² sum to the variance of ρ, products with the influences on another coefficient to the
    covariance of the two. Source: docs/method.md, "Coefficients from the same subjects".

    Examples
    --------
    >>> values = np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]])
    >>> spearman_influences(values, np.array([0]), np.array([1])).round(2).tolist()
    [[0.6, -0.6, -0.6, 0.6]]
    """
    columns = [Column(column) for column in values.T]
    there = ~np.isnan(values).T
    step = max(1, _AT_ONCE // max(len(values), 1))
    blocks = [_of_pairs(there, columns, i[at : at + step], j[at : at + step]) for at in range(0, len(i), step)]
    return np.vstack(blocks) if blocks else np.empty((0, len(values)))


def _of_pairs(there: NDArray[np.bool_], columns: list[Column], i: Places, j: Places) -> Floats:
    both = there[i] & there[j]
    weight = both / np.maximum(both.sum(axis=1, keepdims=True), 1)
    by_i, by_j = _balance_by(columns, i), _balance_by(columns, j)
    # Mid-ranks about their mean, as shares: what lies below a row less what lies above it.
    a, b = by_i(weight) * both, by_j(weight) * both
    wa, wb = weight * a, weight * b
    aa, bb, ab = ((x * y).sum(axis=1, keepdims=True) for x, y in ((wa, a), (wb, b), (wa, b)))
    varies = (aa > 0) & (bb > 0)
    aa, bb = np.where(varies, aa, np.nan), np.where(varies, bb, np.nan)
    # A row that counts for more has its own product, and moves the ranks of all others.
    by_ab = a * b - by_i(wb) - by_j(wa)
    by_aa, by_bb = a * a - 2 * by_i(wa), b * b - 2 * by_j(wb)
    influence = (by_ab - ab / 2 * (by_aa / aa + by_bb / bb)) / np.sqrt(aa * bb)
    return np.where(both | ~varies, influence, 0.0)


def _balance_by(columns: list[Column], of_pair: Places) -> Callable[[Floats], Floats]:
    """Give what sums, by each pair's own column, the weights of the rows below a row less those above it."""
    groups = [(columns[at], np.flatnonzero(of_pair == at)) for at in np.unique(of_pair)]

    def balance(weight: Floats) -> Floats:
        answer = np.zeros_like(weight)
        for column, pairs in groups:
            if len(column.order):
                sums = np.add.reduceat(weight[pairs][:, column.order], column.firsts, axis=1)
                upto = np.cumsum(sums, axis=1)
                # Rows without a value get the last one's: they are no row of the pair.
                answer[pairs] = (2 * upto - sums - upto[:, -1:])[:, column.level]
        return answer

    return balance
