"""Correlations of columns with others held fixed, and how far few rows make them shrink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kpianalysis.scoring.inputs import Floats, divide

Places = NDArray[np.intp]

# What others leave of a column is nothing but rounding below this share of its variance.
NOTHING_LEFT = 1e-10


def given_others(square: Floats) -> Floats:
    """Correlate each pair of columns with all the others held fixed.

    Parameters
    ----------
    square : array of float, shape (k, k)
        Correlations.

    Returns
    -------
    array of float, shape (k, k)
        1 on the diagonal. Missing where one of the two is an exact sum that others take part in.

    Notes
    -----
    −Ωᵢⱼ/√(Ωᵢᵢ·Ωⱼⱼ) of the inverse Ω of the correlations. Source: docs/method.md, "Directly, or through a third".

    Examples
    --------
    >>> given_others(np.array([[1.0, 0.3, 0.6], [0.3, 1.0, 0.0], [0.6, 0.0, 1.0]]))[0, 1].round(12).item()
    0.375
    """
    k = len(square)
    if np.isnan(square).any():
        return np.full((k, k), np.nan)
    if k and np.linalg.eigvalsh(square)[0] > NOTHING_LEFT:
        inverse = np.linalg.inv(square)
        size = np.sqrt(np.diag(inverse))
        partial = -inverse / np.outer(size, size)
    else:
        # Somewhere a column is a sum of others: each pair on its own, so that the rest keep their answer.
        partial = np.full((k, k), np.nan)
        for i, j in zip(*np.triu_indices(k, 1), strict=True):
            others = np.setdiff1d(np.arange(k), [i, j])
            partial[i, j] = partial[j, i] = given(square, np.array([i, j], dtype=np.intp), others)[0, 1]
        # Two parts of a sum go against each other exactly once the sum is fixed: no finding. Twins are one.
        exact = 1 - NOTHING_LEFT**0.5
        partial[(np.abs(partial) > exact) & (np.abs(square) < exact)] = np.nan
    np.fill_diagonal(partial, 1.0)
    answer: Floats = np.clip(partial, -1.0, 1.0)
    return answer


def given(square: Floats, free: Places, fixed: Places) -> Floats:
    """Correlate some columns with others held fixed.

    Parameters
    ----------
    square : array of float, shape (k, k)
        Correlations.
    free, fixed : array of int
        Places of those to correlate, m of them, and of those to hold fixed.

    Returns
    -------
    array of float, shape (m, m)
        1 on the diagonal. Missing where those held fixed tell one of the two exactly.

    Notes
    -----
    Of what the best sum of those held fixed leaves over. Source: docs/method.md, "Directly, or through a third".

    Examples
    --------
    >>> square = np.array([[1.0, 0.3, 0.6], [0.3, 1.0, 0.0], [0.6, 0.0, 1.0]])
    >>> given(square, np.array([0, 1]), np.array([2])).round(12).tolist()
    [[1.0, 0.375], [0.375, 1.0]]
    """
    if np.isnan(square).any():
        return np.full((len(free), len(free)), np.nan)
    own, cross, between = square[np.ix_(free, free)], square[np.ix_(free, fixed)], square[np.ix_(fixed, fixed)]
    left = own - cross @ np.linalg.pinv(between, rcond=NOTHING_LEFT, hermitian=True) @ cross.T
    size = np.sqrt(np.where(np.diag(left) > NOTHING_LEFT, np.diag(left), 0.0))
    partial = divide(left, np.outer(size, size))
    np.fill_diagonal(partial, 1.0)
    return np.clip(partial, -1.0, 1.0)


def shrinkage_intensity(table: Floats) -> float:
    """Say how far correlations from few rows are best drawn towards 0, all by the same share.

    Parameters
    ----------
    table : array of float, shape (n, k)
        None missing, every column varies.

    Returns
    -------
    float
        0 (as they are) to 1 (all 0). Missing below 4 rows.

    Notes
    -----
    λ = Σ var(rᵢⱼ)/Σ rᵢⱼ² of Schäfer and Strimmer (2005): the least expected squared error.
    Source: docs/method.md, "Directly, or through a third".

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> few, many = rng.normal(size=(12, 10)), rng.normal(size=(2000, 1)) + rng.normal(size=(2000, 3))
    >>> round(shrinkage_intensity(few), 2), round(shrinkage_intensity(many), 3)
    (0.82, 0.003)
    """
    n, k = table.shape
    if n < 4:
        return np.nan
    standard = (table - table.mean(axis=0)) / table.std(axis=0, ddof=1)
    apart = ~np.eye(k, dtype=bool)
    mean = standard.T @ standard / n
    # Σ over rows of (product − mean product)², without laying out all products.
    spread = (standard**2).T @ standard**2 - n * mean**2
    variance = n / (n - 1) ** 3 * spread[apart].sum()
    size = ((n / (n - 1) * mean[apart]) ** 2).sum()
    return float(np.clip(variance / size, 0.0, 1.0)) if size > 0 else 1.0


def shrink(square: Floats, intensity: float) -> Floats:
    """Draw correlations towards 0, the diagonal apart: array of float, shape (k, k).

    Examples
    --------
    >>> shrink(np.array([[1.0, 0.5], [0.5, 1.0]]), 0.2).tolist()
    [[1.0, 0.4], [0.4, 1.0]]
    """
    answer: Floats = (1 - intensity) * square
    np.fill_diagonal(answer, np.diag(square))
    return answer
