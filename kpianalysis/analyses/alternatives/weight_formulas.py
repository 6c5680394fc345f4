"""Weights from a table of values alone: formulas on arrays, one column an indicator, more is better."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from kpianalysis.scoring.inputs import Floats, Mask, divide

# A component is kept for its own sake from this share of the variance on, and others until this share is explained.
OWN_SHARE, EXPLAINED = 0.10, 0.60
# Fewer rows with both values have no correlation.
LEAST_PAIRS = 3


def equal_weights(values: Floats) -> Floats:
    """Give every column the same weight, whatever its values.

    Examples
    --------
    >>> equal_weights(np.ones((3, 4)))
    array([0.25, 0.25, 0.25, 0.25])
    """
    return np.full(values.shape[1], 1 / values.shape[1])


def entropy_weights(values: Floats) -> Floats:
    """Weigh columns by how unevenly they are shared out: 1 less the entropy of each value's share of its column.

    Parameters
    ----------
    values : array of float, shape (n, m)
        0 or more; missing ones take no part.

    Returns
    -------
    array of float, shape (m,)
        Sum 1. A column without spread has 0. All missing where a value is negative, which has no share, and where no
        column has any spread.

    Notes
    -----
    d = 1 + Σ p·ln p / ln n with p = value / sum of its column and 0·ln 0 = 0; weight = d / Σ d.
    Source: docs/method.md, "Weights from the data".

    Examples
    --------
    >>> entropy_weights(np.array([[1.0, 2.0], [1.0, 2.0], [4.0, 2.0]]))
    array([1., 0.])
    """
    spread = has_spread(values)
    if (values < 0).any():
        return np.full(values.shape[1], np.nan)
    share = divide(values, np.nansum(values, axis=0))
    surprise = np.nansum(share * np.log(np.where(share > 0, share, 1.0)), axis=0)
    n = (~np.isnan(values)).sum(axis=0)
    return _shares(np.where(spread, 1 + divide(surprise, np.log(np.maximum(n, 1))), 0.0))


def standard_deviation_weights(values: Floats) -> Floats:
    """Weigh columns by their standard deviation, in the unit they have in common.

    Missing values, columns without spread and the answer are those of `critic_weights`.

    Notes
    -----
    Source: docs/method.md, "Weights from the data".

    Examples
    --------
    >>> standard_deviation_weights(np.array([[0.0, 0.0], [1.0, 3.0]]))
    array([0.25, 0.75])
    """
    return _shares(_deviation(values))


def critic_weights(values: Floats) -> Floats:
    """Weigh columns by contrast times conflict: standard deviation times how little they go with the others.

    Parameters
    ----------
    values : array of float, shape (n, m)
        Missing ones take no part; a correlation is that of the rows with both values.

    Returns
    -------
    array of float, shape (m,)
        Sum 1. A column without spread has 0. All missing where no column has spread, or all go together exactly.

    Notes
    -----
    c = s·Σ (1 − r) over the other columns with spread, of columns scaled from 0 to 1 by their smallest and largest
    value; weight = c / Σ c. A correlation that fewer than three rows have, or that does not exist, counts as 0.
    Source: docs/method.md, "Weights from the data".

    Examples
    --------
    >>> critic_weights(np.array([[0.0, 0.0, 1.0], [1.0, 2.0, 0.0], [1.0, 2.0, 3.0]])).round(3)
    array([0.266, 0.266, 0.469])
    """
    spread = has_spread(values)
    inside = values[:, spread]
    contrast = np.zeros(values.shape[1])
    if inside.shape[1]:
        low, high = np.nanmin(inside, axis=0), np.nanmax(inside, axis=0)
        apart = 1 - _correlation(inside)
        # Columns that are copies of each other differ in the last digits, and have no conflict.
        conflict = np.where(apart < 1e-12, 0.0, apart).sum(axis=0) if inside.shape[1] > 1 else 1.0
        contrast[spread] = _deviation((inside - low) / (high - low)) * conflict
    return _shares(contrast)


def pca_weights(values: Floats, *, rotated: bool = True) -> Floats:
    """Weigh columns by what they have in common with the main components of all.

    Parameters
    ----------
    values : array of float, shape (n, m)
        Missing ones take no part; a correlation is that of the rows with both values.
    rotated : bool
        True: the largest squared loading after varimax, as in the handbook. False: the sum of squared loadings, which
        no rotation changes.

    Returns
    -------
    array of float, shape (m,)
        Sum 1. A column without spread has 0. All missing where no column has any.

    Notes
    -----
    Components of the correlation matrix that explain more than 10 % of the variance each, and the next ones until 60 %
    are explained. Source: docs/method.md, "Weights from the data".
    """
    spread = has_spread(values)
    weights = np.zeros(values.shape[1])
    if spread.any():
        loadings = main_loadings(_correlation(values[:, spread]))
        squared = (varimax(loadings) if rotated else loadings) ** 2
        weights[spread] = squared.max(axis=1) if rotated else squared.sum(axis=1)
    return _shares(weights)


def main_loadings(correlation: Floats) -> Floats:
    """Loadings of the columns on the main components of their correlations, shape (m, k), the largest first.

    Examples
    --------
    >>> np.abs(main_loadings(np.array([[1.0, 0.5], [0.5, 1.0]]))).round(3)
    array([[0.866, 0.5  ],
           [0.866, 0.5  ]])
    """
    found, vectors = np.linalg.eigh(correlation)
    eigenvalues, vectors = np.maximum(found[::-1], 0.0), vectors[:, ::-1]
    share = eigenvalues / len(correlation)
    # Before rounding 60 % may be a little less than 60 %.
    enough = int(np.searchsorted(np.cumsum(share) + 1e-12, EXPLAINED)) + 1
    kept = max(int((share > OWN_SHARE).sum()), min(enough, len(share)))
    loadings: Floats = vectors[:, :kept] * np.sqrt(eigenvalues[:kept])
    return loadings


def varimax(loadings: Floats, tolerance: float = 1e-12, most: int = 1000) -> Floats:
    """Rotate components so that each column loads high on few of them (varimax with Kaiser's normalisation).

    Parameters
    ----------
    loadings : array of float, shape (m, k)
    tolerance : float
        Stops when the criterion grows by less than this fraction of itself.
    most : int
        Steps at most.

    Notes
    -----
    Source: docs/method.md, "Weights from the data".
    """
    size = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    scaled = np.nan_to_num(divide(loadings, size))
    rotation = np.eye(loadings.shape[1])
    before = 0.0
    for _step in range(most):
        turned = scaled @ rotation
        slope = scaled.T @ (turned**3 - turned * (turned**2).mean(axis=0))
        left, sizes, right = np.linalg.svd(slope)
        rotation = left @ right
        if sizes.sum() <= before * (1 + tolerance):
            break
        before = sizes.sum()
    answer: Floats = scaled @ rotation * size
    return answer


def has_spread(values: Floats) -> Mask:
    """Say which columns have two values that differ by more than rounding, shape (m,).

    Examples
    --------
    >>> has_spread(np.array([[0.1 + 0.2, 1.0], [0.3, 2.0]]))
    array([False,  True])
    """
    high = np.where(np.isnan(values), -np.inf, values).max(axis=0, initial=-np.inf)
    low = np.where(np.isnan(values), np.inf, values).min(axis=0, initial=np.inf)
    known = np.isfinite(high)
    size = np.where(known, np.maximum(np.abs(high), np.abs(low)), 1.0)
    answer: Mask = known & (np.where(known, high, 0.0) - np.where(known, low, 0.0) > 1e-12 * size)
    return answer


def _deviation(values: Floats) -> Floats:
    """Standard deviation of each column over the values it has; 0 without spread."""
    n = (~np.isnan(values)).sum(axis=0).astype(float)
    mean = np.nan_to_num(divide(np.nansum(values, axis=0), n))
    variance = divide(np.nansum((values - mean) ** 2, axis=0), n - 1)
    return np.where(has_spread(values), np.sqrt(np.where(n > 1, variance, 0.0)), 0.0)


def _correlation(values: Floats) -> Floats:
    found = pd.DataFrame(values).corr(min_periods=LEAST_PAIRS).fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(found, 1.0)
    answer: Floats = np.clip(found, -1.0, 1.0)
    return answer


def _shares(raw: Floats) -> Floats:
    """Scale to a sum of 1; all missing where there is nothing to share."""
    return divide(raw, raw.sum())


FORMULAS: dict[str, Callable[[Floats], Floats]] = {
    "equal": equal_weights,
    "entropy": entropy_weights,
    "critic": critic_weights,
    "standard_deviation": standard_deviation_weights,
    "pca": pca_weights,
}
