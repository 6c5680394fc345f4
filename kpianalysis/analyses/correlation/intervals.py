"""Between which values a correlation lies: by formula, and from resamples of the subjects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtr, ndtri

from kpianalysis.scoring.inputs import Floats, Mask

Interval = tuple[Floats, Floats]
Places = NDArray[np.intp]
# Fewer subjects than these say nothing when they are drawn again.
LEAST_SUBJECTS = 10
# A coefficient this close to ±1 is ±1.
PERFECT = 1 - 1e-12
# Numbers held in one array, so that memory does not grow with the number of pairs.
AT_ONCE = 2_000_000


def pearson_interval(r: Floats | float, n: Floats | float, level: float = 0.95) -> Interval:
    """Say between which values the Pearson correlation lies that chance blurs.

    Parameters
    ----------
    r, n : array of float or float
        Coefficients, and the subjects behind each.
    level : float
        Share of such intervals that hold the true value, 0 to 1.

    Returns
    -------
    tuple of array of float
        Lower and upper ends, shape of `r`; missing below 4 subjects.

    Notes
    -----
    Fisher's z with the variance 1/(n − 3). Source: docs/method.md, "Intervals of a correlation".

    Examples
    --------
    >>> [round(float(end), 3) for end in pearson_interval(0.5, 50)]
    [0.257, 0.683]
    """
    return _fisher(r, n, level, 1.0, 3)


def spearman_interval(rho: Floats | float, n: Floats | float, level: float = 0.95) -> Interval:
    """Say between which values the Spearman correlation lies that chance blurs; parameters of `pearson_interval`.

    Notes
    -----
    Fisher's z with the variance (1 + ρ²/2)/(n − 3). Source: docs/method.md, "Intervals of a correlation".

    Examples
    --------
    >>> [round(float(end), 3) for end in spearman_interval(0.5, 50)]
    [0.241, 0.692]
    """
    return _fisher(rho, n, level, 1 + np.square(rho) / 2, 3)


def kendall_interval(tau: Floats | float, n: Floats | float, level: float = 0.95) -> Interval:
    """Say between which values Kendall's τ lies that chance blurs; parameters of `pearson_interval`, n at least 5.

    Notes
    -----
    Fisher's z with the variance 0.437/(n − 4). Source: docs/method.md, "Intervals of a correlation".

    Examples
    --------
    >>> [round(float(end), 3) for end in kendall_interval(0.5, 50)]
    [0.344, 0.629]
    """
    return _fisher(tau, n, level, 0.437, 4)


def _fisher(
    coefficient: Floats | float, n: Floats | float, level: float, spread: Floats | float, lost: int
) -> Interval:
    """Ends of tanh(artanh c ± z·√(spread/(n − lost)))."""
    c, size = np.asarray(coefficient, dtype=float), np.asarray(n, dtype=float)
    known = ~np.isnan(c) & (size > lost)
    size = np.where(known, size, lost + 1)
    # At ±1 the formula has no width, however few the subjects: half the step to the next order of these is taken back.
    inside = np.where(np.abs(c) < PERFECT, c, np.sign(c) * (1 - 6 / (size * (size**2 - 1))))
    half = ndtri(0.5 + level / 2) * np.sqrt(spread / (size - lost))
    z = np.arctanh(inside)
    low, high = np.minimum(np.tanh(z - half), c), np.maximum(np.tanh(z + half), c)
    return np.where(known, low, np.nan)[()], np.where(known, high, np.nan)[()]


def resampled_interval(
    estimate: Floats, drawn: Floats, acceleration: Floats, n: Floats, level: float = 0.95
) -> Interval:
    """Take the ends of an interval from resamples, corrected for their bias and for the skew of the estimate.

    Parameters
    ----------
    estimate : array of float, shape (m,)
    drawn : array of float, shape (draws, m)
        The same of resamples of the subjects; missing where a resample has none.
    acceleration : array of float, shape (m,)
        `accelerations`.
    n : array of float, shape (m,)
        Subjects.
    level : float
        Share of such intervals that hold the true value, 0 to 1.

    Returns
    -------
    tuple of array of float, shape (m,)
        Missing below 10 subjects, where all resamples agree, and where half of them have no coefficient.

    Notes
    -----
    BCa with ends as wide as Student's t. Source: docs/method.md, "Intervals from resamples".
    """
    if not len(drawn):
        return np.full(len(estimate), np.nan), np.full(len(estimate), np.nan)
    draws = np.sort(drawn, axis=0)  # missing ones last
    there = (~np.isnan(draws)).sum(axis=0)
    m, size = np.maximum(there, 1), np.maximum(n, LEAST_SUBJECTS)
    below = ((draws < estimate).sum(axis=0) + 0.5 * (draws == estimate).sum(axis=0)) / m
    bias = ndtri(np.clip(below, 0.5 / m, 1 - 0.5 / m))
    wide = np.sqrt(size / (size - 1)) * stats.t.ppf(0.5 + level / 2, size - 1)
    last = np.take_along_axis(draws, m[None] - 1, axis=0)[0]
    known = (n >= LEAST_SUBJECTS) & (2 * there > len(draws)) & (last > draws[0])
    ends = []
    for side in (bias - wide, bias + wide):
        # The divisor falls to 0 only where the end is beyond every resample.
        share = ndtr(bias + side / np.maximum(1 - acceleration * side, 1e-9))
        ends.append(np.where(known, _quantile(draws, m, share), np.nan))
    return ends[0], ends[1]


def _quantile(draws: Floats, m: Floats, share: Floats) -> Floats:
    """Quantile of each sorted column, every column at its own share, between the two draws next to it."""
    place = share * (m - 1)
    under = np.floor(place).astype(int)
    over = np.minimum(under + 1, m - 1)
    low, high = (np.take_along_axis(draws, at[None], axis=0)[0] for at in (under, over))
    return np.asarray(low + (place - under) * (high - low))


def accelerations(
    values: Floats, i: Places, j: Places, influences: Callable[[Floats, Places, Places], Floats]
) -> Floats:
    """Say how skewed the estimate of each pair is: a sixth of the skewness of what single subjects do to it.

    Parameters
    ----------
    values : array of float, shape (n, k)
        Missing as nan.
    i, j : array of int, shape (m,)
        Columns of each pair.
    influences : function
        `pearson_influences`, or `spearman_influences` of ranks.

    Returns
    -------
    array of float, shape (m,)
        0 where nothing varies.

    Notes
    -----
    Source: docs/method.md, "Intervals from resamples".
    """
    skew = np.zeros(len(i))
    step = max(1, AT_ONCE // max(len(values), 1))
    for at in range(0, len(i), step):
        pulls = np.nan_to_num(influences(values, i[at : at + step], j[at : at + step]))
        square = np.square(pulls).sum(axis=1)
        square[square == 0] = np.inf
        skew[at : at + step] = np.power(pulls, 3).sum(axis=1) / (6 * square**1.5)
    return skew


def pearson_influences(values: Floats, i: Places, j: Places) -> Floats:
    """Say how fast Pearson's correlation of two columns changes when a row counts for more.

    Parameters
    ----------
    values : array of float, shape (n, k)
        Missing as nan: each pair over the rows that have both.
    i, j : array of int, shape (m,)
        Columns of each pair.

    Returns
    -------
    array of float, shape (m, n)
        0 for rows that lack one of the two; the others sum to 0. Missing where a column never varies in these rows.

    Examples
    --------
    >>> values = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 4.0]])
    >>> pearson_influences(values, np.array([0]), np.array([1])).round(3).tolist()
    [[0.012, -0.035, 0.023]]
    """
    x, y = values.T[i], values.T[j]
    both = ~(np.isnan(x) | np.isnan(y))
    weight = both / np.maximum(both.sum(axis=1, keepdims=True), 1)
    x, y = _standardised(x, both, weight), _standardised(y, both, weight)
    r = (weight * x * y).sum(axis=1, keepdims=True)
    return np.asarray(np.where(both, x * y - r / 2 * (x**2 + y**2), 0.0 * r))


def _standardised(x: Floats, both: Mask, weight: Floats) -> Floats:
    """Give the rows that count mean 0 and variance 1; missing where they are all equal, 0 for the others."""
    x = np.where(both, x, 0.0)
    x = np.where(both, x - (weight * x).sum(axis=1, keepdims=True), 0.0)
    # Equal values differ from their mean by no more than the computer rounds.
    varies = (np.where(both, x, -np.inf).max(axis=1) - np.where(both, x, np.inf).min(axis=1)) > 0
    spread = np.sqrt((weight * x**2).sum(axis=1))
    return np.asarray(x / np.where(varies, spread, np.nan)[:, None])
