"""Share the variance of a sum fairly among its parts, exactly or by drawing the order in which they come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kpianalysis.scoring.inputs import Floats, divide

# Up to here every subset of the parts is looked at; beyond it, orders are drawn.
MOST_EXACT = 12
# A part whose spread is, but for this share of it, that of parts already there adds nothing.
COLLINEAR = 1e-12
# Numbers in memory at once: enough to keep numpy busy, few enough to stay near the processor (measured).
_BLOCK = 100_000


def exact_shares(covariances: Floats) -> Floats:
    """Shapley share of each part in the variance of the sum, from all subsets.

    Parameters
    ----------
    covariances : array of float, shape (k, m, m)
        Of the m parts; their sum is the total. One matrix or many.

    Returns
    -------
    array of float, shape (k, m)
        Shares, summing to 1; missing where the total has no variance.

    Notes
    -----
    The value of a set of parts is the share of the total's variance they explain by least squares; a part's share is
    the mean of what it adds, over all orders in which the parts can come. Parts that are sums of others or never vary
    break nothing. Source: docs/method.md, "Shapley share".

    Examples
    --------
    Two parts with the variances 4 and 1 that go their own ways, and one that never varies:

    >>> exact_shares(np.diag([4.0, 1.0, 0.0])[None])
    array([[0.8, 0.2, 0. ]])
    """
    k, m, _m = covariances.shape
    weights = _subset_weights(m)
    step = max(1, _BLOCK // 2**m)
    shares = np.empty((k, m))
    for start in range(0, k, step):
        here = covariances[start : start + step]
        shares[start : start + step] = (weights @ explained(here)).T
    return shares


def explained(covariances: Floats) -> Floats:
    """Share of the variance of the sum that each subset of the parts explains by least squares (R²).

    Parameters
    ----------
    covariances : array of float, shape (k, m, m)

    Returns
    -------
    array of float, shape (2**m, k)
        Part j belongs to subset number s where bit j of s is set; missing where the total has no variance.

    Examples
    --------
    >>> explained(np.diag([4.0, 1.0])[None]).ravel().tolist()
    [0.0, 0.8, 0.2, 1.0]
    """
    m = covariances.shape[1]
    left = _with_total(covariances)[None]
    floors = COLLINEAR * np.einsum("kii->ik", covariances)
    variance = left[0, m, m].copy()
    for part in range(m):
        # Each subset so far branches: without the part, and with it swept out of everything that is left.
        pivot = left[:, 0, 0]
        inverse = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=pivot > floors[part])
        rest, column = left[:, 1:, 1:], left[:, 1:, 0]
        left = np.concatenate([rest, rest - (column * inverse[:, None])[:, :, None] * column[:, None]])
    return divide(variance - left[:, 0, 0], variance)


def shares_in_orders(covariances: Floats, orders: NDArray[np.intp]) -> Floats:
    """What each part adds to the explained variance of the sum when the parts come in given orders.

    Parameters
    ----------
    covariances : array of float, shape (k, m, m)
    orders : array of int, shape (k, m)
        Which part comes first, second, …: one order a matrix.

    Returns
    -------
    array of float, shape (k, m)
        Shares by part, not by place, summing to 1; missing where the total has no variance. Their mean over random
        orders estimates the Shapley share.

    Examples
    --------
    Two parts that are the same: who comes first takes all.

    >>> shares_in_orders(np.ones((2, 2, 2)), np.array([[0, 1], [1, 0]]))
    array([[1., 0.],
           [0., 1.]])
    """
    k, m, _m = covariances.shape
    shares = np.empty((k, m))
    step = max(1, 2 * _BLOCK // max(m * m, 1))
    for start in range(0, k, step):
        order, here = orders[start : start + step], covariances[start : start + step]
        rows = np.arange(len(here))[:, None, None]
        added = _added(np.ascontiguousarray(here[rows, order[:, :, None], order[:, None, :]].transpose(1, 2, 0)))
        np.put_along_axis(shares[start : start + step], order, added.T, axis=1)
    return shares


def antithetic_orders(pairs: int, m: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw orders of m parts, each followed by its reverse: what came first comes last, which steadies their mean.

    Returns
    -------
    array of int, shape (2 * pairs, m)
    """
    drawn = rng.permuted(np.tile(np.arange(m), (pairs, 1)), axis=1)
    return np.stack([drawn, drawn[:, ::-1]], axis=1).reshape(2 * pairs, m)


def _added(left: Floats) -> Floats:
    """Sweep parts out one after the other, batch last; what each explains of the total's variance, in that order."""
    m = len(left)
    floors = COLLINEAR * np.einsum("iik->ik", left)
    variance = left.sum(axis=(0, 1))
    added = np.empty((m, left.shape[2]))
    for part in range(m):
        pivot, row = left[part, part], left[part, part:]
        inverse = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=pivot > floors[part])
        # The total is the sum of its parts, and those swept out have nothing left: this is its covariance.
        added[part] = row.sum(axis=0) ** 2 * inverse
        rest = row[1:]
        left[part + 1 :, part + 1 :] -= (rest * inverse)[:, None] * rest
    return divide(added, variance)


def _with_total(covariances: Floats) -> Floats:
    """Append the total's covariances as last row and column, and put the batch last: (m + 1, m + 1, k)."""
    k, m, _m = covariances.shape
    both = np.empty((m + 1, m + 1, k))
    both[:m, :m] = covariances.transpose(1, 2, 0)
    both[m, :m] = both[:m, m] = both[:m, :m].sum(axis=0)
    both[m, m] = both[m, :m].sum(axis=0)
    return both


def _subset_weights(m: int) -> Floats:
    """Weight of each subset's value in each part's share: |S|! (m − |S| − 1)! / m!, minus without the part."""
    sets = np.arange(2**m)
    member = (sets >> np.arange(m)[:, None]) & 1 == 1
    size = member.sum(axis=0)
    # A weight for a set of s others, s = 0 … m − 1: one over m times the number of such sets.
    others = np.ones(m + 1)
    for s in range(1, m):
        others[s] = others[s - 1] * s / (m - s)
    others /= max(m, 1)
    weights: Floats = np.where(member, others[np.maximum(size - 1, 0)], -others[np.minimum(size, m - 1)])
    return weights
