"""Coefficients of the same subjects in several tables, and what these say together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from kpianalysis.analyses.correlation.coefficients import spearman
from kpianalysis.analyses.correlation.influence import spearman_influences
from kpianalysis.analyses.correlation.intervals import PERFECT, spearman_interval
from kpianalysis.analyses.correlation.ranks import Places
from kpianalysis.scoring.inputs import Floats

# What is smaller than this share of the largest spread is no spread.
_NO_SPREAD = 1e-9


class Joint(NamedTuple):
    """Spearman coefficients of every pair of columns in several tables.

    Attributes
    ----------
    i, j : array of int, shape (pairs,)
        Columns of each pair.
    rho, p, n : array of float, shape (tables, pairs)
        Coefficient, its p and the rows that have both, as `coefficients.spearman` gives them.
    """

    i: Places
    j: Places
    rho: Floats
    p: Floats
    n: Floats


def joint_coefficients(tables: Floats) -> Joint:
    """Correlate each pair of columns in each table: array of float, shape (tables, rows, columns), missing as nan."""
    i, j = (side.astype(np.intp) for side in np.triu_indices(tables.shape[2], 1))
    shape = (len(tables), len(i))
    rho, p, n = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape)
    for at, table in enumerate(tables):
        rho[at], p[at], n[at] = (square[i, j] for square in spearman(table))
    return Joint(i, j, rho, p, n)


def joint_chance(joint: Joint, tables: Floats) -> tuple[Floats, Floats]:
    """Put coefficients on Fisher's scale, and estimate how they vary together.

    Parameters
    ----------
    joint : Joint
    tables : array of float, shape (tables, rows, columns)
        A row is the same subject in each table, all missing where it is not there.

    Returns
    -------
    tuple of array of float
        z = artanh ρ, shape (tables, pairs), and its covariance, shape (pairs, tables, tables).

    Notes
    -----
    Source: docs/method.md, "Coefficients from the same subjects".
    """
    perfect = np.abs(joint.rho) >= PERFECT
    n = np.maximum(joint.n, 4)
    # At ±1 nothing pulls: half the step to the next order is taken back, with the variance of the formula.
    inside = np.where(perfect, np.sign(joint.rho) * (1 - 6 / (n * (n**2 - 1))), joint.rho)
    pulls = np.zeros((len(joint.i), *tables.shape[:2]))
    for at, table in enumerate(tables):
        known = np.flatnonzero(~np.isnan(joint.rho[at]) & ~perfect[at])
        steep = 1 / ((1 - joint.rho[at, known] ** 2) * n[at, known])
        pulls[known, at] = spearman_influences(table, joint.i[known], joint.j[known]) * steep[:, None]
    alone = np.where(perfect, 1.5 / (n - 3), 0.0).T
    covariance = pulls @ pulls.transpose(0, 2, 1) + alone[:, :, None] * np.eye(len(tables))
    return np.arctanh(inside), covariance


class Together(NamedTuple):
    """What several coefficients of one pair say together; missing where there are none, tests also with one.

    Attributes
    ----------
    tables, n : int
        Coefficients, and the subjects of the smallest table that has one.
    pooled, ci_low, ci_high, p : float
        Their mean on the scale of z, its 95 % interval, and the test of 0.
    chi_square, df, homogeneity_p : float
        Wald test of their being equal.
    slope, slope_p : float
        Change of z from one table to the next, on a straight line, and the test of 0.
    """

    tables: int
    n: int
    pooled: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    p: float = np.nan
    chi_square: float = np.nan
    df: float = np.nan
    homogeneity_p: float = np.nan
    slope: float = np.nan
    slope_p: float = np.nan


def taken_together(joint: Joint, tables: Floats) -> list[Together]:
    """Pool the coefficients of each pair and test whether they are equal.

    Parameters
    ----------
    joint : Joint
        `joint_coefficients` of `tables`.
    tables : array of float, shape (tables, rows, columns)

    Notes
    -----
    Source: docs/method.md, "Coefficients from the same subjects".
    """
    z, covariance = joint_chance(joint, tables)
    return [_of_pair(joint, pair, z[:, pair], covariance[pair]) for pair in range(len(joint.i))]


def _of_pair(joint: Joint, pair: int, z: Floats, covariance: Floats) -> Together:
    used = np.flatnonzero(~np.isnan(joint.rho[:, pair]))
    if not len(used):
        return Together(0, 0)
    n = joint.n[used, pair]
    least = int(n.min())
    if len(used) == 1:
        rho = float(joint.rho[used[0], pair])
        low, high = spearman_interval(rho, n[0])
        return Together(1, least, rho, float(low), float(high), float(joint.p[used[0], pair]))
    z, covariance = z[used], covariance[np.ix_(used, used)] * least / (least - 1)
    weight = (n - 3) / (n - 3).sum()
    mean, error, p = _tested(weight, z, covariance, least)
    half = float(special.stdtrit(least - 1, 0.975)) * error
    away = used - used.mean()
    slope, _error, slope_p = _tested(away / (away**2).sum(), z, covariance, least)
    low, middle, high = np.tanh(np.array([mean - half, mean, mean + half])).tolist()
    chi_square, df, homogeneity_p = _wald(z, covariance, least)
    return Together(len(used), least, middle, low, high, p, chi_square, df, homogeneity_p, slope, slope_p)


def _tested(weight: Floats, z: Floats, covariance: Floats, n: int) -> tuple[float, float, float]:
    """Weighted sum of z, its standard error, and p of its being 0."""
    total, error = float(weight @ z), float(np.sqrt(np.maximum(weight @ covariance @ weight, 0)))
    if error == 0:
        return total, error, float(total == 0)
    return total, error, float(2 * special.stdtr(n - 1, -abs(total) / error))


def _wald(z: Floats, covariance: Floats, n: int) -> tuple[float, float, float]:
    """χ², degrees of freedom and p of all z being equal; p by Hotelling's F, for the covariance is an estimate."""
    between = np.diff(np.eye(len(z)), axis=0)
    values, vectors = np.linalg.eigh(between @ covariance @ between.T)
    # Tables that are copies of each other differ by nothing and count as one.
    none = _NO_SPREAD * covariance.trace()
    kept = values > none
    df = int(kept.sum())
    along = vectors.T @ (between @ z)
    chi_square = float((along[kept] ** 2 / values[kept]).sum())
    differs_without_spread = np.abs(along[~kept]).max(initial=0) > 10 * np.sqrt(none)
    if n <= df or differs_without_spread:
        return chi_square, float(df), np.nan
    f = chi_square * (n - df) / (max(df, 1) * (n - 1))
    return chi_square, float(df), float(special.fdtrc(df, n - df, f)) if df else 1.0
