"""Cronbach's α of a table of numbers: the coefficient, its interval, and each column against the others."""

from __future__ import annotations

import numpy as np
from scipy import stats

from kpianalysis.scoring.inputs import Floats, divide

# With fewer subjects there is no interval.
LEAST_SUBJECTS = 5
# α this near to 1, or a variance this near to nothing, is that but for rounding.
ROUNDING = 1e-12


def alpha_of(covariance: Floats) -> float:
    """Cronbach's α from the covariances of k indicators, or from their correlations (standardised α).

    Parameters
    ----------
    covariance : array of float, shape (k, k)

    Returns
    -------
    float
        At most 1; below 0 where indicators go against each other. Missing with fewer than two indicators, or where
        their sum never varies.

    Notes
    -----
    Source: docs/method.md, "Reliability".

    Examples
    --------
    >>> round(alpha_of(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    k, own, total = len(covariance), float(np.trace(covariance)), float(covariance.sum())
    # Not above 0: also where it is missing.
    if k < 2 or not total > ROUNDING * own:
        return np.nan
    return k / (k - 1) * (1 - own / total)


def alpha_interval(table: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of Cronbach's α over subjects, from what α becomes without each of them.

    Parameters
    ----------
    table : array of float, shape (n, k)
        None missing.
    confidence : float

    Returns
    -------
    tuple of float
        Missing below 5 subjects, with fewer than two indicators, or where the sum never varies without some subject.

    Notes
    -----
    Jackknife of ln(1 − α). Source: docs/method.md, "Reliability".
    """
    n, k = table.shape
    alpha = alpha_of(covariance_of(table))
    if n < LEAST_SUBJECTS or np.isnan(alpha):
        return np.nan, np.nan
    if 1 - alpha < ROUNDING:
        return alpha, alpha
    centred = table - table.mean(axis=0)
    total = centred.sum(axis=1)
    # Sums of squares without each row in turn: around the mean of all, and then moved to the mean of the rest.
    own = (centred**2).sum() - (centred**2).sum(axis=1) * n / (n - 1)
    whole = (total**2).sum() - total**2 * n / (n - 1)
    if (whole <= ROUNDING * own).any() or (own <= 0).any():
        return np.nan, np.nan
    without = 1 - k / (k - 1) * (1 - own / whole)
    if (without <= ROUNDING).any():
        return np.nan, np.nan
    spread = np.log(without)
    error = np.sqrt((n - 1) / n * ((spread - spread.mean()) ** 2).sum())
    reach = np.exp(stats.t.ppf(0.5 + confidence / 2, n - 1) * error)
    return float(1 - (1 - alpha) * reach), float(1 - (1 - alpha) / reach)


def covariance_of(table: Floats) -> Floats:
    """Covariances of columns, shape (k, k); all missing below three rows."""
    n, k = table.shape
    if n < 3:
        return np.full((k, k), np.nan)
    centred = table - table.mean(axis=0)
    answer: Floats = centred.T @ centred / (n - 1)
    return answer


def standardise(covariance: Floats) -> Floats:
    """Correlations from covariances, shape (k, k)."""
    size = np.sqrt(np.diag(covariance))
    return divide(covariance, np.outer(size, size))


def item_rest(covariance: Floats) -> Floats:
    """Correlation of each column with the sum of the others, shape (k,); missing where that never varies."""
    own, with_total = np.diag(covariance), covariance.sum(axis=1)
    rest = covariance.sum() - 2 * with_total + own
    rest = np.where(rest > ROUNDING * own.sum(), rest, 0.0)
    return np.clip(divide(with_total - own, np.sqrt(own * rest)), -1.0, 1.0)


def p_of(r: Floats, n: int) -> Floats:
    """Two-sided p of correlations from n rows, as in `pearson`; missing below 4."""
    if n < 4:
        return np.full(len(r), np.nan)
    with np.errstate(divide="ignore"):
        t = np.abs(r) * np.sqrt((n - 2) / (1 - r**2))
    answer: Floats = 2 * stats.t.sf(t, n - 2)
    return answer
