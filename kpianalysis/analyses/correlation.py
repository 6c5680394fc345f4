"""Which indicators move together, which say the same, and what could be predicted from the rest."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats

VALUES = ("score", "attainment", "actual")


def wide_values(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Lay scores out with one row per subject and one column per scored indicator, more always being better.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
        Actuals of indicators where less is better change sign; those of "range" become their gap. Only what was
        scored counts.

    Returns
    -------
    DataFrame
        Indicators in the order of the catalogue; missing where there is no score.

    Raises
    ------
    KpiError
        If there are no such values.
    """
    if values not in VALUES:
        raise KpiError(f"values: {values!r} cannot be correlated. Use one of: {', '.join(VALUES)}.")
    rows = scores[(scores["kind"] == "scored") & scores["score"].notna()]
    number = rows[values]
    if values == "actual":
        number = number.mask(rows["direction"] == "lower", -number).mask(rows["direction"] == "range", rows["gap"])
    table = rows.assign(number=number).pivot(index="subject_id", columns="indicator_id", values="number")
    order = [name for name in scores["indicator_id"].cat.categories if name in table.columns]
    return table.reindex(columns=order).astype("float64")


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


def correlation_groups(pairs: pd.DataFrame, cut: float = 0.5) -> pd.DataFrame:
    """Group indicators that say the same: average linkage on 1 − |ρ|, cut where the mean |ρ| falls below `cut`.

    Parameters
    ----------
    pairs : DataFrame
        Answer of `correlation`; a missing correlation counts as none.
    cut : float
        Mean |ρ| that holds a group together, 0 to 1.

    Returns
    -------
    DataFrame
        indicator_id, group (1, 2, … for those with company, the largest first; 0 alone), place (order for a heat map).
    """
    square = correlation_matrix(pairs).abs().fillna(0.0)
    if len(square) < 2:
        return pd.DataFrame({"indicator_id": square.index, "group": 0, "place": range(len(square))})
    distance = (1.0 - square.to_numpy()).clip(min=0.0)
    np.fill_diagonal(distance, 0.0)
    tree = hierarchy.linkage(squareform(distance, checks=False), method="average", optimal_ordering=True)
    order = hierarchy.leaves_list(tree)
    label = hierarchy.fcluster(tree, 1.0 - cut, criterion="distance")[order]
    sizes = pd.Series(label).value_counts()
    number = {name: place for place, name in enumerate(sizes[sizes > 1].index, start=1)}
    return pd.DataFrame(
        {
            "indicator_id": square.index[order],
            "group": [number.get(name, 0) for name in label],
            "place": range(len(order)),
        }
    )


def variance_inflation(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Say how well each indicator could be predicted from all others.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per indicator, the most predictable first: indicator_id, vif (variance inflation factor), r_squared
        (of the indicator on the others), n (subjects with every indicator used). Indicators that never vary, or that
        fewer than half of the subjects have, are left out; missing where n does not exceed their number by 2, or one
        is an exact sum of others.

    Notes
    -----
    VIF is the diagonal of the inverse correlation matrix of the complete rows. Source: docs/method.md, "Correlation".
    """
    wide = wide_values(scores, values)
    wide = wide.loc[:, (wide.notna().mean() >= 0.5)].dropna()
    wide = wide.loc[:, wide.max() > wide.min()]
    n, k = wide.shape
    factor = np.full(k, np.nan)
    if k > 1 and n > k + 2:
        square = np.corrcoef(wide.to_numpy(), rowvar=False)
        if np.linalg.matrix_rank(square) == k:
            factor = np.diag(np.linalg.inv(square))
    answer = pd.DataFrame(
        {"indicator_id": wide.columns.astype("str"), "vif": factor, "r_squared": 1 - 1 / factor, "n": n}
    )
    return answer.sort_values("vif", ascending=False, kind="stable").reset_index(drop=True)
