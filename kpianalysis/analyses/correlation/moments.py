"""Correlation on a straight line from sums of products, for rows that count a whole number of times."""

from __future__ import annotations

import numpy as np

from kpianalysis.scoring.inputs import Floats, Mask

# A variance below this share of the mean square has lost too many digits to the difference of two sums.
LOST = 1e-5


def line_correlations(values: Floats, weights: Floats) -> Floats:
    """Correlate each pair of columns over the rows that have both, for several sets of weights at once.

    Parameters
    ----------
    values : array of float, shape (n, k)
        Missing as nan.
    weights : array of float, shape (sets, n)
        How often each row counts.

    Returns
    -------
    array of float, shape (sets, k, k)
        Missing where one of the two never varies; symmetric.
    """
    sets, k = len(weights), values.shape[1]
    given = ~np.isnan(values)
    filled = np.where(given, values, 0.0)
    standard = _about_zero(filled, given)
    upper = np.triu_indices(k)
    n = shared_sums(weights, given, given)
    total = shared_sums(weights, standard, given)
    squares = shared_sums(weights, standard**2, given)
    products = shared_sums(weights, standard, standard)
    variance = n * squares - total**2
    spread = np.sqrt(np.maximum(variance * variance.transpose(0, 2, 1), 0))
    covariance = n * products - total * total.transpose(0, 2, 1)
    square = np.full((sets, k, k), np.nan)
    np.divide(covariance, spread, out=square, where=spread > 0)
    # Where digits were lost, or nothing varies, take these rows again about their own mean.
    lost = (variance <= LOST * n * squares) & (squares > 0)
    lost |= lost.transpose(0, 2, 1)
    for i, j in zip(*upper, strict=True):
        again = lost[:, i, j]
        if again.any():
            pair = about_own_mean(filled[:, i], filled[:, j], weights[again] * (given[:, i] & given[:, j]))
            square[again, i, j] = square[again, j, i] = pair
    return square.clip(-1.0, 1.0)


def shared_sums(weights: Floats, left: Floats | Mask, right: Floats | Mask) -> Floats:
    """Sum products of each two columns, for several sets of weights.

    Parameters
    ----------
    weights : array of float, shape (sets, n)
    left, right : array of float or bool, shape (n, k)

    Returns
    -------
    array of float, shape (sets, k, k)

    Examples
    --------
    >>> shared_sums(np.array([[1.0, 2.0]]), np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]]))
    array([[[19.]]])
    """
    sums: Floats
    if len(weights) == 1:
        sums = ((left * weights.T).T @ right.astype(float))[None]
        return sums
    sums = np.empty((len(weights), left.shape[1], right.shape[1]))
    for place in range(left.shape[1]):
        sums[:, place] = weights @ (left[:, place, None] * right.astype(float))
    return sums


def _about_zero(filled: Floats, given: Mask) -> Floats:
    """Shift and scale columns to about 0 and 1, so that sums of squares keep their digits; 0 where missing or equal."""
    lowest = filled.min(axis=0, where=given, initial=np.inf)
    varies = filled.max(axis=0, where=given, initial=-np.inf) > lowest
    mean = filled.sum(axis=0) / np.maximum(given.sum(axis=0), 1)
    shifted = np.where(given & varies, filled - mean, 0.0)
    size = np.abs(shifted).max(axis=0, initial=0.0)
    scaled: Floats = shifted / np.where(size > 0, size, 1.0)
    return scaled


def about_own_mean(x: Floats, y: Floats, weights: Floats) -> Floats:
    """Correlate two columns for each set of weights, about the means of the rows that count.

    Parameters
    ----------
    x, y : array of float, shape (n,)
    weights : array of float, shape (sets, n)

    Returns
    -------
    array of float, shape (sets,)
        Missing where one of the two never varies among the rows that count.
    """
    n = np.maximum(weights.sum(axis=1), 1.0)
    away_x, away_y = (column - (weights @ column / n)[:, None] for column in (x, y))
    squares = np.sum(weights * away_x**2, axis=1) * np.sum(weights * away_y**2, axis=1)
    varies = _varies(x, weights) & _varies(y, weights) & (squares > 0)
    found = np.full(len(weights), np.nan)
    np.divide(np.sum(weights * away_x * away_y, axis=1), np.sqrt(squares), out=found, where=varies)
    return found


def _varies(column: Floats, weights: Floats) -> Mask:
    counts = weights > 0
    lowest = np.where(counts, column, np.inf).min(axis=1, initial=np.inf)
    highest = np.where(counts, column, -np.inf).max(axis=1, initial=-np.inf)
    varies: Mask = highest > lowest
    return varies
