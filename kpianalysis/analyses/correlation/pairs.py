"""Which indicators move together."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.scoring.inputs import Floats


def correlation(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Correlate each pair of indicators over the subjects that have both.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per pair, the strongest Spearman correlation first: indicator_i, indicator_j, n, pearson, pearson_p,
        spearman, spearman_p, spearman_p_adjusted (Benjamini and Hochberg over all pairs), ci_low, ci_high (95 %
        interval of Spearman's). Missing below 4 subjects or where one of the two never varies.

    Notes
    -----
    p from Student's t with n − 2 degrees of freedom; the interval by Fisher's z with the variance
    (1 + ρ²/2)/(n − 3) of Bonett and Wright (2000). Source: docs/method.md, "Correlation".
    """
    wide = wide_values(scores, values)
    rows = [_correlate(wide, a, b) for a, b in combinations(wide.columns, 2)]
    columns = [
        "indicator_i",
        "indicator_j",
        "n",
        "pearson",
        "pearson_p",
        "spearman",
        "spearman_p",
        "ci_low",
        "ci_high",
    ]
    pairs = pd.DataFrame(rows, columns=columns)
    pairs.insert(7, "spearman_p_adjusted", adjust(pairs["spearman_p"].to_numpy(dtype=float)))
    order = pairs["spearman"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return pairs.loc[order].reset_index(drop=True)


def _correlate(wide: pd.DataFrame, a: str, b: str) -> tuple[object, ...]:
    x, y = wide[a].to_numpy(), wide[b].to_numpy()
    both = ~(np.isnan(x) | np.isnan(y))
    x, y, n = x[both], y[both], int(both.sum())
    if n < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return (a, b, n, *[np.nan] * 6)
    linear, monotone = stats.pearsonr(x, y), stats.spearmanr(x, y)
    rho = float(monotone.statistic)
    low, high = spearman_interval(rho, n)
    return a, b, n, float(linear.statistic), float(linear.pvalue), rho, float(monotone.pvalue), low, high


def spearman_interval(rho: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Confidence interval of a Spearman correlation.

    Parameters
    ----------
    rho : float
    n : int
        Subjects; missing below 4.
    level : float

    Notes
    -----
    Fisher's z with the variance (1 + ρ²/2)/(n − 3). Source: Bonett and Wright (2000), Psychometrika 65, 23–28.

    Examples
    --------
    >>> [round(end, 3) for end in spearman_interval(0.5, 50)]
    [0.241, 0.692]
    """
    if n < 4:
        return np.nan, np.nan
    half = stats.norm.ppf(0.5 + level / 2) * np.sqrt((1 + rho**2 / 2) / (n - 3))
    z = np.arctanh(np.clip(rho, -1 + 1e-15, 1 - 1e-15))
    return float(np.tanh(z - half)), float(np.tanh(z + half))


def adjust(p: Floats) -> Floats:
    """Adjust p-values for their number after Benjamini and Hochberg; missing ones are not counted.

    Examples
    --------
    >>> adjust(np.array([0.01, np.nan, 0.04]))
    array([0.02,  nan, 0.04])
    """
    adjusted = np.full(len(p), np.nan)
    given = ~np.isnan(p)
    if given.any():
        adjusted[given] = stats.false_discovery_control(p[given], method="bh")
    return adjusted


def correlation_matrix(pairs: pd.DataFrame, column: str = "spearman") -> pd.DataFrame:
    """Turn a table of pairs into a square, with 1 on the diagonal.

    Parameters
    ----------
    pairs : DataFrame
        indicator_i, indicator_j and `column`.
    """
    names = pd.unique(pairs[["indicator_i", "indicator_j"]].to_numpy().ravel())
    square = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for a, b, value in zip(pairs["indicator_i"], pairs["indicator_j"], pairs[column], strict=True):
        square.loc[a, b] = square.loc[b, a] = value
    return square
