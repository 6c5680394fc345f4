"""Coefficients of every pair of columns at once, each over the rows that have both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.scoring.inputs import Floats


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
    return _by_pair(values, stats.pearsonr)


def spearman(values: Floats) -> Coefficients:
    """Correlate the ranks of columns: array of float, shape (n, k), missing as nan."""
    return _by_pair(values, stats.spearmanr)


def kendall(values: Floats) -> Coefficients:
    """Count pairs of rows in the same order against those in opposite order (τ-b); shape (n, k), missing as nan."""
    return _by_pair(values, lambda x, y: stats.kendalltau(x, y, method="asymptotic"))


def _by_pair(values: Floats, of_pair) -> Coefficients:  # type: ignore[no-untyped-def]
    k = values.shape[1]
    table = pd.DataFrame(values)
    coefficient, p, n = np.full((k, k), np.nan), np.full((k, k), np.nan), np.zeros((k, k), dtype=int)
    for i in range(k):
        for j in range(i, k):
            x, y = table[[i, j]].dropna().to_numpy().T if i != j else (table[i].dropna().to_numpy(),) * 2
            n[i, j] = n[j, i] = len(x)
            if len(x) < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
                continue
            if i == j:
                coefficient[i, i] = 1.0
                continue
            found = of_pair(x, y)
            coefficient[i, j] = coefficient[j, i] = found.statistic
            p[i, j] = p[j, i] = found.pvalue
    return Coefficients(coefficient, p, n)
