"""Coefficients of every pair of columns at once, each over the rows that have both."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy import special

from kpianalysis.analyses.correlation.concordance import Concordance, concordance
from kpianalysis.analyses.correlation.moments import line_correlations
from kpianalysis.analyses.correlation.rank_products import HEAVY, rank_correlations
from kpianalysis.analyses.correlation.ranks import Column
from kpianalysis.analyses.correlation.threads import in_threads
from kpianalysis.scoring.inputs import Floats

# Below this many rows that have both there is no coefficient.
FEWEST = 4


class Coefficients(NamedTuple):
    """Coefficients of k columns with each other.

    Attributes
    ----------
    coefficient : array of float, shape (k, k)
        Symmetric; missing below 4 rows that have both, or where one of the two never varies in these.
    p : array of float, shape (k, k)
        Two-sided; missing where the coefficient is, and on the diagonal.
    n : array of int, shape (k, k)
        Rows that have both.
    """

    coefficient: Floats
    p: Floats
    n: Floats


def pearson(values: Floats) -> Coefficients:
    """Correlate columns on a straight line: array of float, shape (n, k), missing as nan."""
    square = line_correlations(values, np.ones((1, len(values))))[0]
    return _by_student(square, shared_rows(values))


def spearman(values: Floats) -> Coefficients:
    """Correlate the ranks of columns: array of float, shape (n, k), missing as nan."""
    columns = sorted_columns(values)
    given = ~np.isnan(values)
    n = shared_rows(values)
    return _by_student(rank_correlations(columns, given, n), n)


def kendall(values: Floats) -> Coefficients:
    """Count pairs of rows in the same order against those in opposite order (τ-b); shape (n, k), missing as nan."""
    columns = sorted_columns(values)
    n = shared_rows(values)
    k = len(columns)
    pairs = list(combinations(range(k), 2))
    heavy = len(pairs) * len(values) > HEAVY
    found = in_threads(lambda pair: concordance(columns[pair[0]], columns[pair[1]]), pairs, heavy=heavy)
    coefficient = np.diag([1.0 if len(column.firsts) > 1 else np.nan for column in columns])
    p = np.full((k, k), np.nan)
    i, j = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    coefficient[i, j], p[i, j] = _tau(found, n[i, j])
    coefficient[j, i], p[j, i] = coefficient[i, j], p[i, j]
    return Coefficients(np.where(n < FEWEST, np.nan, coefficient), np.where(n < FEWEST, np.nan, p), n)


def _tau(found: list[Concordance], n: Floats) -> tuple[Floats, Floats]:
    """Give τ-b and its p by the normal distribution, with the variance corrected for ties."""
    discordant, tied = np.array([(pair.discordant, pair.tied_in_both) for pair in found]).reshape(-1, 2).T
    x, y = (np.array([pair[place] for pair in found]).reshape(-1, 3).T for place in (2, 3))
    m = n * (n - 1.0)
    untied_x, untied_y = m / 2 - x[0], m / 2 - y[0]
    known = (n >= FEWEST) & (untied_x > 0) & (untied_y > 0)
    surplus = m / 2 - x[0] - y[0] + tied - 2 * discordant
    m, untied_x, untied_y = (np.where(known, part, np.nan) for part in (m, untied_x, untied_y))
    variance = (m * (2 * n + 5) - x[2] - y[2]) / 18 + 2 * x[0] * y[0] / m + x[1] * y[1] / (9 * m * (n - 2))
    tau = surplus / np.sqrt(untied_x) / np.sqrt(untied_y)
    return tau.clip(-1.0, 1.0), special.erfc(np.abs(surplus) / np.sqrt(2 * variance))


def sorted_columns(values: Floats) -> list[Column]:
    """Sort each column once."""
    by_column = np.ascontiguousarray(values.T)
    return in_threads(Column, list(by_column), heavy=values.size > 200_000)


def shared_rows(values: Floats) -> Floats:
    """Count the rows that have both, for each pair of columns; shape (k, k)."""
    given = (~np.isnan(values)).astype(float)
    n: Floats = (given.T @ given).astype(int)
    return n


def _by_student(square: Floats, n: Floats) -> Coefficients:
    """Give p by Student's t with n − 2 degrees of freedom; the diagonal is 1 where there is anything."""
    coefficient = np.where(n < FEWEST, np.nan, np.clip(square, -1.0, 1.0))
    np.fill_diagonal(coefficient, np.where(np.isnan(np.diag(coefficient)), np.nan, 1.0))
    # t² = (n − 2) r²/(1 − r²): the tails beyond are the incomplete beta function at 1 − r².
    p = special.betainc(np.maximum(n - 2, 1) / 2, 0.5, (1 - coefficient) * (1 + coefficient))
    np.fill_diagonal(p, np.nan)
    return Coefficients(coefficient, p, n)
