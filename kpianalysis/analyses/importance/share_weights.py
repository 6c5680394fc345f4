"""Weights that bring shares closest to given ones, where the shares follow from one matrix."""

from __future__ import annotations

import numpy as np

from kpianalysis.scoring.inputs import Floats, divide

# Steps of Newton's method; the gap at which it has arrived, and the one that says it has not.
_STEPS, _SOLVED, _NOT_SOLVED = 500, 1e-15, 1e-9


def nearest_shares(matrix: Floats, targets: Floats) -> Floats:
    """Non-negative x, summing to 1, for which the shares matrix·x / Σ(matrix·x) come closest to targets.

    Parameters
    ----------
    matrix : array of float, shape (m, f)
    targets : array of float, shape (m,)

    Returns
    -------
    array of float, shape (f,)
        Missing where no x makes the sum positive.

    Notes
    -----
    Exact. Shares do not depend on the length of x, so let Σ(matrix·x) be 1; the least |matrix·x − targets| under that
    and x ≥ 0 points the same way as the x ≥ 0 with the least |matrix·x − targets·s|² + (s − 1)², s = Σ(matrix·x): on
    each ray the best s leaves a²/(1 + a²), which rises with the gap a. That is one non-negative least-squares problem.
    Source: docs/method.md, "Weights for a wanted importance".

    Examples
    --------
    Two items that go their own ways, the first with twice the spread:

    >>> nearest_shares(np.diag([2.0, 1.0]), np.array([0.5, 0.5])).round(6).tolist()
    [0.333333, 0.666667]
    """
    from scipy.optimize import nnls

    sums = matrix.sum(axis=0)
    rows = np.vstack([matrix - np.outer(targets, sums), sums])
    # Columns of one length are easier on the arithmetic.
    length = np.maximum(np.sqrt((rows**2).sum(axis=0)), np.finfo(float).tiny)
    x = nnls(rows / length, np.append(np.zeros(len(targets)), 1.0))[0] / length
    return divide(x, x.sum())


def weights_of_shares(covariance: Floats, shares: Floats) -> Floats:
    """Positive weights under which the parts of a weighted sum make these shares of its variance.

    Parameters
    ----------
    covariance : array of float, shape (m, m)
    shares : array of float, shape (m,)
        0 or more, summing to 1; 0 gives the weight 0.

    Returns
    -------
    array of float, shape (m,)
        Summing to 1; missing where there are none, because some weighted sum never varies.

    Notes
    -----
    The minimum of ½·w′Cw − Σ sharesᵢ·log wᵢ, where wᵢ·(Cw)ᵢ = sharesᵢ: one at most, and one unless parts cancel each
    other out. By Newton's method, steps shortened while far. Source: docs/method.md, "Weights for a wanted importance".

    Examples
    --------
    >>> weights_of_shares(np.diag([4.0, 1.0]), np.array([0.5, 0.5])).round(6).tolist()
    [0.333333, 0.666667]
    """
    some = shares > 0
    spread = np.sqrt(np.diag(covariance)[some])
    if not (spread > 0).all():
        return np.full(len(shares), np.nan)
    correlation, share = covariance[np.ix_(some, some)] / np.outer(spread, spread), shares[some]
    weight = _minimum(correlation, share)
    if np.abs(weight * (correlation @ weight) - share).max() > _NOT_SOLVED:
        return np.full(len(shares), np.nan)
    answer = np.zeros(len(shares))
    answer[some] = weight / spread
    return np.asarray(answer / answer.sum())


def _minimum(correlation: Floats, share: Floats) -> Floats:
    weight: Floats = np.sqrt(share)
    weight = weight / np.sqrt(max(float(weight @ correlation @ weight), 1e-6))
    for _step in range(_STEPS):
        slope = correlation @ weight - share / weight
        # Weights run away where parts cancel each other out.
        if np.abs(slope * weight).max() < _SOLVED or weight.max() > 1e6:
            break
        step = np.linalg.solve(correlation + np.diag(share / weight**2), -slope)
        decrement = float(np.sqrt(np.maximum(-slope @ step / share.min(), 0.0)))
        weight = weight + (step if decrement < 0.25 else step / (1 + decrement))
    return weight
