"""Weights from pairwise comparisons (AHP), on matrices alone.

A matrix holds at [i, j] how many times more important i is than j: any positive number, 1 on the diagonal, reciprocal
(a_ji = 1/a_ij), missing where nobody compared the two. Every item must be linked to every other by comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kpianalysis.checks.judgements import linked_parts
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats, Mask, divide

# Logarithms of judgements that differ by less agree.
AGREES = 1e-9


def comparison_matrix(n: int, i: Sequence[int], j: Sequence[int], values: Sequence[float]) -> Floats:
    """Lay out comparisons as a matrix, reciprocals filled in; of two answers about one pair the geometric mean.

    Parameters
    ----------
    n : int
        Items.
    i, j : sequence of int
        Places of the items compared.
    values : sequence of float
        How many times more important i is than j; above 0.

    Returns
    -------
    array of float, shape (n, n)

    Examples
    --------
    >>> comparison_matrix(3, [0, 1], [1, 2], [2, 4]).tolist()
    [[1.0, 2.0, nan], [0.5, 1.0, 4.0], [nan, 0.25, 1.0]]
    """
    total, count = np.zeros((n, n)), np.zeros((n, n))
    logs = np.log(np.asarray(values, dtype=float))
    np.add.at(total, (i, j), logs)
    np.add.at(total, (j, i), -logs)
    np.add.at(count, (i, j), 1)
    np.add.at(count, (j, i), 1)
    matrix: Floats = np.exp(divide(total, count))
    np.fill_diagonal(matrix, 1.0)
    return matrix


def geometric_priorities(matrix: Floats) -> Floats:
    """Weights whose ratios are closest to the comparisons, in squares of logarithms.

    Parameters
    ----------
    matrix : array of float, shape (n, n)

    Returns
    -------
    array of float, shape (n,)
        Sums to 1.

    Raises
    ------
    KpiError
        If it is no matrix of comparisons, or falls into parts that nobody compared.

    Notes
    -----
    Of a complete matrix these are the geometric means of its rows. Source: docs/method.md, "Pairwise comparison".

    Examples
    --------
    >>> geometric_priorities(np.array([[1, 2, np.nan], [0.5, 1, 4], [np.nan, 0.25, 1]])).round(4).tolist()
    [0.6154, 0.3077, 0.0769]
    """
    return _normalised(log_weights(*checked_comparisons(matrix)))


def eigenvector_priorities(matrix: Floats) -> tuple[Floats, float]:
    """Weights by the principal eigenvector, and the largest eigenvalue.

    Parameters
    ----------
    matrix : array of float, shape (n, n)

    Returns
    -------
    weights : array of float, shape (n,)
        Sums to 1.
    lambda_max : float

    Raises
    ------
    KpiError
        If it is no matrix of comparisons, or falls into parts that nobody compared.

    Notes
    -----
    Of an incomplete matrix: those of the completion with the smallest largest eigenvalue. Source: docs/method.md,
    "Pairwise comparison".

    Examples
    --------
    >>> weights, lambda_max = eigenvector_priorities(np.array([[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]]))
    >>> weights.round(4).tolist(), round(lambda_max, 4)
    ([0.6483, 0.2297, 0.122], 3.0037)
    """
    logs, known = checked_comparisons(matrix)
    scale = log_weights(logs, known)
    # Divided by the ratio of the weights, all entries are near 1: no digits are lost to small weights.
    balanced = np.where(known, logs - scale[:, None] + scale, 0.0)
    i, j = np.nonzero(np.triu(~known))
    if len(i):
        balanced = _complete(balanced, i, j)
    lambda_max, right, _left = _principal(np.exp(balanced))
    return _normalised(np.log(right) + scale), lambda_max


def aggregate_judgements(matrices: Sequence[Floats], influence: Sequence[float] | None = None) -> Floats:
    """Make one matrix of several judges' (AIJ): the weighted geometric mean of each comparison.

    Parameters
    ----------
    matrices : sequence of array of float, shape (n, n)
        Each comparison is the mean over the judges who made it.
    influence : sequence of float, optional
        Above 0; default: all the same.

    Notes
    -----
    Source: docs/method.md, "Stakeholders together".

    Examples
    --------
    >>> aggregate_judgements([np.array([[1, 2], [0.5, 1]]), np.array([[1, 8], [0.125, 1]])]).tolist()
    [[1.0, 4.0], [0.25, 1.0]]
    """
    logs = np.log(np.array(matrices, dtype=float))
    counts = np.reshape(np.ones(len(logs)) if influence is None else influence, (-1, 1, 1)) * ~np.isnan(logs)
    mean: Floats = np.exp(divide((counts * np.nan_to_num(logs)).sum(axis=0), counts.sum(axis=0)))
    return mean


def aggregate_priorities(priorities: Floats, influence: Sequence[float] | None = None) -> Floats:
    """Make one set of weights of several judges' (AIP): their weighted geometric mean, scaled to sum to 1.

    Parameters
    ----------
    priorities : array of float, shape (judges, n)
        Above 0.
    influence : sequence of float, optional
        Above 0; default: all the same.

    Notes
    -----
    Source: docs/method.md, "Stakeholders together".

    Examples
    --------
    >>> aggregate_priorities(np.array([[0.5, 0.5], [0.8, 0.2]])).round(4).tolist()
    [0.6667, 0.3333]
    """
    return _normalised(np.average(np.log(priorities), axis=0, weights=influence))


def checked_comparisons(matrix: Floats) -> tuple[Floats, Mask]:
    """Take the logarithms of a matrix of comparisons, 0 where missing, and say where it has any.

    Raises
    ------
    KpiError
        If it is no matrix of comparisons, or falls into parts that nobody compared.

    Examples
    --------
    >>> logs, known = checked_comparisons(np.array([[1, 1], [1, 1]]))
    >>> logs.tolist(), bool(known.all())
    ([[0.0, 0.0], [0.0, 0.0]], True)
    """
    matrix = np.asarray(matrix, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not len(matrix):
        raise KpiError(f"A matrix of comparisons is square; this one has the shape {matrix.shape}.")
    known = ~np.isnan(matrix)
    if not (np.where(known, matrix, 1.0) > 0).all() or np.isinf(matrix).any():
        raise KpiError("Comparisons are positive numbers: how many times more important one item is than the other.")
    logs = np.log(np.where(known, matrix, 1.0))
    if (known != known.T).any() or np.abs(logs + logs.T).max() > AGREES or not known.diagonal().all():
        raise KpiError(
            "The comparisons are not reciprocal: with 3 in row i and column j goes 1/3 in row j and column i."
        )
    parts = linked_parts(range(len(known)), zip(*np.nonzero(known), strict=True))
    if len(parts) > 1:
        named = "; ".join(", ".join(str(place) for place in part) for part in parts)
        raise KpiError(f"Nobody compared these groups of items with each other: {named}. Compare one of each.")
    return logs, known


def log_weights(logs: Floats, known: Mask) -> Floats:
    """Logarithms of the weights closest to the comparisons; they sum to 0.

    Parameters
    ----------
    logs : array of float, shape (n, n)
    known : array of bool, shape (n, n)
        As `checked_comparisons` gives them.

    Notes
    -----
    The normal equations L·x = Σ_j log a_ij, L the Laplacian of the comparisons.
    Source: docs/method.md, "Pairwise comparison".
    """
    weights: Floats = inverse_laplacian(known) @ logs.sum(axis=1)
    return weights


def inverse_laplacian(known: Mask) -> Floats:
    """Inverse of the Laplacian of the comparisons, up to a constant: right for all that sums to 0.

    Parameters
    ----------
    known : array of bool, shape (n, n)
        Where there is a comparison; every item is linked to every other.
    """
    laplacian = np.diag(known.sum(axis=1)) - known.astype(float)
    return np.linalg.inv(laplacian + 1 / len(known))


def _normalised(logs: Floats) -> Floats:
    weights = np.exp(logs - logs.max())
    scaled: Floats = weights / weights.sum()
    return scaled


def _principal(matrix: Floats) -> tuple[float, Floats, Floats]:
    """Largest eigenvalue of a positive matrix, its right and its left eigenvector."""
    values, right = np.linalg.eig(matrix)
    values_left, left = np.linalg.eig(matrix.T)
    place, place_left = values.real.argmax(), values_left.real.argmax()
    return float(values[place].real), np.abs(right[:, place].real), np.abs(left[:, place_left].real)


def _complete(logs: Floats, i: NDArray[np.intp], j: NDArray[np.intp]) -> Floats:
    """Fill in the missing pairs so that the largest eigenvalue is as small as it can be: a convex problem."""
    from scipy.optimize import minimize, root

    def filled(missing: Floats) -> Floats:
        whole = logs.copy()
        whole[i, j], whole[j, i] = missing, -missing
        return whole

    def largest(missing: Floats) -> tuple[float, Floats]:
        matrix = np.exp(filled(missing))
        value, right, left = _principal(matrix)
        slope = left[i] * matrix[i, j] * right[j] - left[j] * matrix[j, i] * right[i]
        return float(np.log(value)), slope / (left @ right) / value

    found = minimize(largest, np.zeros(len(i)), jac=True, method="BFGS", options={"gtol": 1e-6})
    # Where the slope is 0 is known to more digits than where the value is least.
    polished = root(lambda missing: largest(missing)[1], found.x, tol=1e-14)
    return filled(polished.x)
