"""Which inputs make an outcome vary while all of them vary at once: Sobol indices, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from statistics import NormalDist

import numpy as np
import pandas as pd

from kpianalysis.analyses.alternatives.factorial import ROUNDING
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats, divide

INDICES = ["first", "first_low", "first_high", "total", "total_low", "total_high"]
# Gives an outcome for each point of the unit cube, (k, inputs) to (k,), or several, (k, q).
Outcome = Callable[[Floats], Floats]
# Some base points, the input that was exchanged in them, and what came out, shape (points, q).
Exchanged = tuple[slice, int, Floats]


def sobol_of(function: Outcome, n_factors: int, n: int = 1024, seed: int = 0, confidence: float = 0.95) -> pd.DataFrame:
    """Estimate which inputs make the variance of a function, while all of them vary independently.

    Parameters
    ----------
    function : callable
        Takes points of the unit cube, shape (k, n_factors), and gives outcomes, shape (k,) or (k, q), none missing.
        The variances of several outcomes are added.
    n_factors : int
    n : int
        Base points, a power of 2; the function is evaluated for n·(n_factors + 2) points.
    seed : int
    confidence : float
        Of the intervals, 0 to 1.

    Returns
    -------
    DataFrame
        One row per input: factor (from 0), first (share of the variance that it makes by itself), first_low,
        first_high, total (share that is gone once it is fixed), total_low, total_high, mean and variance of the
        outcome, evaluations. Nothing is held between 0 and 1: what lies outside is error, as the interval says.
        Missing when the outcome never varies.

    Raises
    ------
    KpiError
        If n is no power of 2, or the confidence is out of range.

    Notes
    -----
    Scrambled Sobol points; first order after Saltelli et al. (2010), total after Jansen (1999); intervals ± z standard
    errors. Source: docs/method.md, "Sobol indices of weights".

    Examples
    --------
    >>> indices = sobol_of(lambda u: 3 * u[:, 0] + u[:, 1], 2)
    >>> indices[["first", "total"]].round(2).to_numpy().tolist()
    [[0.9, 0.9], [0.1, 0.1]]
    """
    check_design(n, confidence)
    base, other = sobol_points(n, n_factors, seed)

    def exchanged() -> Iterator[Exchanged]:
        for factor in range(n_factors):
            mixed = base.copy()
            mixed[:, factor] = other[:, factor]
            yield slice(0, n), factor, function(mixed).reshape(n, -1)

    plain, swapped = (function(points).reshape(n, -1) for points in (base, other))
    found = sobol_estimates(plain, swapped, exchanged(), n_factors, confidence)
    found.insert(0, "factor", np.arange(n_factors))
    return found


def check_design(n: int, confidence: float) -> None:
    """Raise KpiError if a design or its intervals cannot be made."""
    problems = []
    if n < 2 or n & (n - 1):
        problems.append(f"n: {n} is no power of 2, and Sobol points are even only then. Use 256, 1024, 4096, ...")
    if not 0 < confidence < 1:
        problems.append(f"confidence: {confidence} is not between 0 and 1. Use 0.95 for 95 %.")
    if problems:
        raise KpiError("\n".join(problems))


def sobol_points(n: int, n_factors: int, seed: int) -> tuple[Floats, Floats]:
    """Two sets of n points of the unit cube, independent of each other, from one scrambled Sobol sequence.

    Returns
    -------
    base, other : array of float, shape (n, n_factors)
    """
    if not n_factors:
        return np.empty((n, 0)), np.empty((n, 0))
    from scipy.stats import qmc

    points = qmc.Sobol(2 * n_factors, scramble=True, rng=np.random.default_rng(seed)).random(n)
    return points[:, :n_factors], points[:, n_factors:]


def sobol_estimates(
    plain: Floats, swapped: Floats, exchanged: Iterable[Exchanged], n_factors: int, confidence: float
) -> pd.DataFrame:
    """Estimate first and total indices from the outcomes of a design.

    Parameters
    ----------
    plain, swapped : array of float, shape (n, q)
        Outcomes of the base points and of the other points; the variances of several outcomes are added.
    exchanged : iterable of Exchanged
        Outcomes of base points with one input taken from the other point, for every point and input.
    n_factors : int
    confidence : float

    Returns
    -------
    DataFrame
        One row per input, the columns of `sobol_of` after `factor`.

    Notes
    -----
    The standard error is that of a bootstrap of the base points with infinitely many samples, which has a formula for
    a quotient of means (the infinitesimal jackknife). Source: docs/method.md, "Sobol indices of weights".
    """
    n, f = len(plain), n_factors
    middle = (plain.mean(axis=0) + swapped.mean(axis=0)) / 2
    away = swapped - middle
    parts = np.empty((n, 2 * f))
    for rows, factor, mixed in exchanged:
        step = mixed - plain[rows]
        parts[rows, factor] = np.einsum("kq,kq->k", away[rows], step)
        parts[rows, f + factor] = np.einsum("kq,kq->k", step, step) / 2
    divisor = (np.square(plain - middle).sum(axis=1) + np.square(away).sum(axis=1)) / 2
    variance = 0.0 if _is_constant(plain, swapped) else divisor.mean()
    estimate = divide(parts.mean(axis=0), np.full(2 * f, variance))
    # How far each base point pulls an estimate; the pulls sum to 0.
    pull = divide(parts - estimate * divisor[:, np.newaxis], np.full((n, 2 * f), variance))
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * np.sqrt(np.square(pull).sum(axis=0)) / n
    table = np.stack([estimate, estimate - half, estimate + half], axis=1)
    found = pd.DataFrame(np.hstack([table[:f], table[f:]]), columns=INDICES)
    return found.assign(mean=middle.mean(), variance=variance / len(middle), evaluations=n * (f + 2))


def _is_constant(plain: Floats, swapped: Floats) -> bool:
    """Whether outcomes differ by rounding at most."""
    low = np.minimum(plain.min(axis=0), swapped.min(axis=0))
    high = np.maximum(plain.max(axis=0), swapped.max(axis=0))
    return bool((high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))).all())
