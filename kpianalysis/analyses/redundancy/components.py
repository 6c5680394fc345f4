"""Components of correlations: how large they are, and how large chance alone would make them."""

from __future__ import annotations

import numpy as np

from kpianalysis.analyses.correlation.coefficients import pearson
from kpianalysis.scoring.inputs import Floats, divide

# Numbers laid out at once when columns are shuffled: 32 MB.
AT_ONCE = 4_000_000


def correlation_of(values: Floats) -> Floats:
    """Pearson correlations of columns with 1 on the diagonal, shape (k, k).

    Parameters
    ----------
    values : array of float, shape (n, k)
        Missing as nan: each pair over the rows that have both. Missing below 4 such rows.
    """
    return pearson(values).coefficient


def eigen(square: Floats) -> tuple[Floats, Floats]:
    """Sizes of the components of a correlation matrix, the largest first, and its loadings.

    Parameters
    ----------
    square : array of float, shape (k, k)

    Returns
    -------
    eigenvalues : array of float, shape (k,)
        Their sum is k. Below 0 only where pairs come from different rows. All missing where a correlation is.
    loadings : array of float, shape (k, k)
        One column per component: the correlations of the indicators with it. Their sum is positive, or where it is 0
        the largest of them is.

    Examples
    --------
    >>> eigenvalues, loadings = eigen(np.array([[1.0, 0.5], [0.5, 1.0]]))
    >>> eigenvalues.round(3).tolist(), loadings.round(3).tolist()
    ([1.5, 0.5], [[0.866, 0.5], [0.866, -0.5]])
    """
    if not len(square) or np.isnan(square).any():
        return np.full(len(square), np.nan), np.full(square.shape, np.nan)
    found, vectors = np.linalg.eigh(square)
    eigenvalues = found[::-1].copy()
    return eigenvalues, towards_plus(vectors[:, ::-1] * np.sqrt(np.maximum(eigenvalues, 0.0)))


def towards_plus(loadings: Floats) -> Floats:
    """Turn each column so that its sum is positive, or where it is 0 its largest element, shape unchanged.

    Examples
    --------
    >>> towards_plus(np.array([[-0.9, 0.5], [0.2, -0.5]])).tolist()
    [[0.9, 0.5], [-0.2, -0.5]]
    """
    total = loadings.sum(axis=0)
    # The first of those that are equally large but for rounding, so that the sign is no matter of the last digit.
    largest = (np.abs(loadings) >= np.abs(loadings).max(axis=0, initial=0.0) * (1 - 1e-9)).argmax(axis=0)
    deciding = np.where(np.abs(total) > 1e-9, total, loadings[largest, np.arange(loadings.shape[1])])
    answer: Floats = loadings * np.where(deciding < 0, -1.0, 1.0)
    return answer


def effective_number(square: Floats, n: float) -> float:
    """Number of unrelated indicators that would be spread over as many directions.

    Parameters
    ----------
    square : array of float, shape (k, k)
        Correlations.
    n : float
        Rows behind them.

    Returns
    -------
    float
        1 (all the same) to k (all unrelated); missing where a correlation is.

    Notes
    -----
    (Σλ)²/Σλ² of the eigenvalues, which is k/(1 + (k − 1)·mean r²), with the part of each r² that chance makes taken
    off: r² − (1 − r²)/(n − 2). Source: docs/method.md, "How many things are measured".

    Examples
    --------
    >>> effective_number(np.eye(4), 1e9), effective_number(np.ones((4, 4)), 1e9)
    (4.0, 1.0)
    """
    k = len(square)
    if not k or n < 4 or np.isnan(square).any():
        return np.nan
    if k == 1:
        return 1.0
    squared = square[~np.eye(k, dtype=bool)] ** 2
    common = float((squared - (1 - squared) / (n - 2)).mean())
    return k / (1 + (k - 1) * min(max(common, 0.0), 1.0))


def shuffled_eigenvalues(values: Floats, draws: int, seed: int) -> Floats:
    """Sizes of the components once the values of each column are shuffled, so that only chance correlates them.

    Parameters
    ----------
    values : array of float, shape (n, k)
        A column is shuffled among the rows that have it: gaps and ties stay.
    draws : int
    seed : int

    Returns
    -------
    array of float, shape (draws, k)
        The largest first in each row.
    """
    rng = np.random.default_rng(seed)
    present = ~np.isnan(values).T
    # Sorted, so that the order of the rows does not decide what is drawn.
    columns = [np.sort(column[here]) for column, here in zip(values.T, present, strict=True)]
    columns = [(column - column.mean()) / column.std() for column in columns]
    found = []
    for start in range(0, draws, step := max(1, AT_ONCE // max(values.size, 1))):
        size = min(step, draws - start)
        laid = np.zeros((size, *present.shape))
        for j, column in enumerate(columns):
            laid[:, j, present[j]] = rng.permuted(np.tile(column, (size, 1)), axis=1)
        found.append(np.linalg.eigvalsh(correlations_of_many(laid, present.astype(float)))[:, ::-1])
    return np.concatenate(found)


def correlations_of_many(laid: Floats, present: Floats) -> Floats:
    """Correlate columns of many tables, shape (draws, k, n), 0 where missing, each pair over the rows with both."""
    products = laid @ laid.swapaxes(1, 2)
    if present.all():
        return np.asarray(products / laid.shape[2])
    n = present @ present.T
    # Of column i over the rows that have column j.
    mean = laid @ present.T / n
    variance = laid**2 @ present.T / n - mean**2
    answer: Floats = divide(products / n - mean * mean.swapaxes(1, 2), np.sqrt(variance * variance.swapaxes(1, 2)))
    return answer
