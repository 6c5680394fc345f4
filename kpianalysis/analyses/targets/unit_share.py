"""How much of the differences between people are differences between their units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from kpianalysis.scoring.inputs import Floats

Places = NDArray[np.intp]


def intraclass_correlation(values: Floats, groups: Floats | Places, level: float = 0.95) -> tuple[float, float, float]:
    """Share of the variance of values that lies between groups, with its interval.

    Parameters
    ----------
    values : array of float, shape (n,)
        None missing.
    groups : array, shape (n,)
        The group of each.
    level : float
        Of the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        Share and ends of its interval; below 0 where groups differ less than chance makes them. Missing with one group,
        one value in each, or no variance.

    Notes
    -----
    ICC(1) of the one-way analysis of variance, (MSB − MSW)/(MSB + (m − 1)·MSW) with m = (n − Σn²/n)/(k − 1); the
    interval from F is exact where groups are equally large. Source: docs/method.md, "Telling people apart".

    Examples
    --------
    >>> values = np.array([9.0, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7])
    >>> [round(share, 2) for share in intraclass_correlation(values, np.repeat(np.arange(6), 4))]
    [0.17, -0.13, 0.72]
    """
    codes = np.unique(groups, return_inverse=True)[1].ravel()
    sizes = np.bincount(codes)
    n, k = len(values), len(sizes)
    if k < 2 or n == k or np.ptp(values) == 0:
        return np.nan, np.nan, np.nan
    means = np.bincount(codes, weights=values) / sizes
    between = float(sizes @ (means - values.mean()) ** 2) / (k - 1)
    within = float(((values - means[codes]) ** 2).sum()) / (n - k)
    each = float(n - (sizes**2).sum() / n) / (k - 1)
    if within <= 0:
        return 1.0, 1.0, 1.0
    ratio = between / within
    ends = [float(fdtri(k - 1, n - k, tail)) for tail in ((1 + level) / 2, (1 - level) / 2)]
    share, low, high = ((f - 1) / (f + each - 1) for f in (ratio, *(ratio / end for end in ends)))
    return share, low, high
