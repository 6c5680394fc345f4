"""How many different things the indicators measure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.alternatives.weight_formulas import varimax
from kpianalysis.analyses.correlation.kept import Kept, keep_together
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.analyses.redundancy.components import (
    correlation_of,
    effective_number,
    eigen,
    shuffled_eigenvalues,
    towards_plus,
)
from kpianalysis.errors import KpiError

GAPS = ("complete", "pairwise")
# An indicator belongs to a component from this loading on, or from twice the correlation that chance exceeds once in a
# hundred times, whichever is more: a loading from few subjects is uncertain.
LEAST_LOADING, CHANCE = 0.4, 0.01


def principal_components(scores: pd.DataFrame, values: str = "score", gaps: str = "complete") -> pd.DataFrame:
    """Split what the indicators show into unrelated components, the largest first.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    gaps : {"complete", "pairwise"}
        Correlations of the subjects that have every indicator, or each of those that have both.

    Returns
    -------
    DataFrame
        One row per component, as many as indicators: component (1, 2, …), eigenvalue, share (of the spread of all
        indicators, fraction), cumulative, effective (number of unrelated indicators that would be spread as widely,
        the same in each row), n (subjects used), n_subjects (that have any), n_indicators, n_left_out. Indicators that
        never vary, or that fewer than half of the subjects have, are left out. Missing below 4 subjects, and where two
        indicators cannot be correlated.

    Raises
    ------
    KpiError
        If there are no such values, or no such way with gaps.

    Notes
    -----
    Eigenvalues of the matrix of Pearson correlations. From different rows for each pair ("pairwise") small ones can
    fall below 0. Source: docs/method.md, "How many things are measured".
    """
    kept = _kept(scores, values, gaps)
    square = correlation_of(kept.table.to_numpy())
    eigenvalues = eigen(square)[0]
    k, n = len(eigenvalues), len(kept.table)
    return pd.DataFrame(
        {
            "component": np.arange(1, k + 1),
            "eigenvalue": eigenvalues,
            "share": eigenvalues / max(k, 1),
            "cumulative": np.cumsum(eigenvalues) / max(k, 1),
            "effective": effective_number(square, n),
            "n": n,
            "n_subjects": kept.n_subjects,
            "n_indicators": k,
            "n_left_out": len(kept.left_out),
        }
    )


def parallel_analysis(
    scores: pd.DataFrame,
    values: str = "score",
    draws: int = 200,
    seed: int = 0,
    level: float = 0.95,
    gaps: str = "complete",
) -> pd.DataFrame:
    """Say how many components are larger than chance alone would make them.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    draws : int
        Tables with shuffled columns.
    seed : int
    level : float
        Share of these that a component has to exceed, between 0 and 1.
    gaps : {"complete", "pairwise"}

    Returns
    -------
    DataFrame
        `principal_components`, and random_mean, random_high (mean and quantile `level` of that component in shuffled
        tables), keep (larger than random_high, and so are all before it), draws, level.

    Raises
    ------
    KpiError
        If an argument is out of range.

    Notes
    -----
    Each column is shuffled among the subjects that have it, so that n, gaps, ties, caps and floors are those of the
    data and only the correlations are chance. Source: docs/method.md, "Parallel analysis".
    """
    _refuse_unfit(draws, level)
    answer = principal_components(scores, values, gaps)
    random_mean, random_high = np.full(len(answer), np.nan), np.full(len(answer), np.nan)
    if answer["eigenvalue"].notna().any():
        found = shuffled_eigenvalues(_kept(scores, values, gaps).table.to_numpy(), draws, seed)
        random_mean, random_high = found.mean(axis=0), np.quantile(found, level, axis=0)
    # A single indicator is its own component whatever is shuffled: rounding must not make it a finding.
    larger = (answer["eigenvalue"] > random_high * (1 + 1e-9)).astype(int)
    return answer.assign(
        random_mean=random_mean, random_high=random_high, keep=larger.cumprod().astype(bool), draws=draws, level=level
    )


def component_loadings(
    scores: pd.DataFrame,
    values: str = "score",
    components: int | None = None,
    *,
    rotated: bool = False,
    gaps: str = "complete",
) -> pd.DataFrame:
    """Say how closely each indicator goes with each component.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    components : int, optional
        The largest ones, as many; none: all.
    rotated : bool
        Turn these so that each indicator goes with few of them (varimax): easier to name, the same spread in all.
    gaps : {"complete", "pairwise"}

    Returns
    -------
    DataFrame
        One row per component and indicator: component, indicator_id, loading (correlation of the indicator with the
        component, −1 to 1; their sum over a component is positive), belongs (to this component: its largest loading,
        and from `least_loading` on), share (of the spread of all indicators that the component makes, fraction), n
        (subjects used). Components by falling share, indicators in the order of the catalogue.

    Raises
    ------
    KpiError
        If an argument is out of range.

    Notes
    -----
    Eigenvectors times the root of their eigenvalue. Source: docs/method.md, "How many things are measured".
    """
    kept = _kept(scores, values, gaps)
    k = kept.table.shape[1]
    count = k if components is None else min(int(components), k)
    if count < 0:
        raise KpiError(f"components: {components} is negative. Use the number to show, or none for all.")
    loadings = eigen(correlation_of(kept.table.to_numpy()))[1][:, :count]
    if rotated and count > 1 and not np.isnan(loadings).any():
        loadings = towards_plus(varimax(loadings))
    share = (loadings**2).sum(axis=0) / max(k, 1)
    order = np.argsort(-share, kind="stable")
    size = np.abs(loadings[:, order])
    largest = size == size.max(axis=1, initial=0.0, keepdims=True)
    n = len(kept.table)
    return pd.DataFrame(
        {
            "component": np.repeat(np.arange(1, count + 1), k),
            "indicator_id": np.tile(kept.table.columns.astype("str").to_numpy(dtype=object), count),
            "loading": loadings[:, order].T.ravel(),
            "belongs": (largest & (size >= least_loading(n))).T.ravel(),
            "share": np.repeat(share[order], k),
            "n": n,
        }
    )


def least_loading(n: int) -> float:
    """Loading from which on an indicator is said to belong to a component: 0.4, or more with fewer than 160 subjects.

    Parameters
    ----------
    n : int
        Subjects; missing below 4.

    Notes
    -----
    Twice the correlation that has p = 0.01 between unrelated indicators.
    Source: docs/method.md, "How many things are measured".

    Examples
    --------
    >>> [round(least_loading(n), 3) for n in (50, 100, 1000)]
    [0.722, 0.513, 0.4]
    """
    if n < 4:
        return np.nan
    t = stats.t.ppf(1 - CHANCE / 2, n - 2)
    return max(LEAST_LOADING, float(2 * t / np.sqrt(n - 2 + t**2)))


def _kept(scores: pd.DataFrame, values: str, gaps: str) -> Kept:
    if gaps not in GAPS:
        raise KpiError(f"gaps: {gaps!r} is no way to deal with gaps. Use one of: {', '.join(GAPS)}.")
    return keep_together(wide_values(scores, values), gaps)


def _refuse_unfit(draws: int, level: float) -> None:
    problems = []
    if draws < 1:
        problems.append(f"draws: {draws} is too few. Use 1 or more, 200 for instance.")
    if not 0 < level < 1:
        problems.append(f"level: {level} is no share between 0 and 1. Use 0.95 for 95 %.")
    if problems:
        raise KpiError("\n".join(problems))
