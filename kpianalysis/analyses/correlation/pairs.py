"""Which indicators move together, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.correlation.coefficients import Coefficients, kendall, pearson, spearman
from kpianalysis.analyses.correlation.influence import spearman_influences
from kpianalysis.analyses.correlation.intervals import (
    Interval,
    Places,
    accelerations,
    kendall_interval,
    pearson_influences,
    pearson_interval,
    resampled_interval,
    spearman_interval,
)
from kpianalysis.analyses.correlation.resampling import pearson_resamples, spearman_resamples
from kpianalysis.analyses.correlation.values import VALUES, wide_values
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats

INTERVALS = ("formula", "bootstrap")


def correlation(
    scores: pd.DataFrame,
    values: str = "score",
    level: float = 0.95,
    intervals: str = "formula",
    draws: int = 1000,
    seed: int = 1,
) -> pd.DataFrame:
    """Correlate each pair of indicators over the subjects that have both.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    level : float
        Share of intervals that hold the true value, 0 to 1.
    intervals : {"formula", "bootstrap"}
        Of Pearson and Spearman: by Fisher's z, or from resamples of the subjects. Kendall's is by Fisher's z.
    draws, seed : int
        Resamples of the bootstrap, and the start of their random numbers.

    Returns
    -------
    DataFrame
        One row per pair, the strongest Spearman correlation first, equal ones in the order of the catalogue:
        indicator_i, indicator_j, n (subjects with both); pearson, pearson_p, pearson_p_adjusted, pearson_low,
        pearson_high; the same of spearman (interval: ci_low, ci_high) and kendall (τ-b); level, draws (0: by
        formula). p is adjusted after Benjamini and Hochberg over all pairs that have one. Missing below 4 subjects
        or where one of the two never varies.

    Raises
    ------
    KpiError
        If values, level, intervals or draws are none.

    Notes
    -----
    Source: docs/method.md, "Correlation".
    """
    _refuse_unfit(level, intervals, draws)
    wide = wide_values(scores, values)
    table, drawn = wide.to_numpy(), draws if intervals == "bootstrap" else 0
    i, j = _every_pair(table.shape[1])
    squares = {"pearson": pearson(table), "spearman": spearman(table), "kendall": kendall(table)}
    ends = _by_formula(squares, i, j, level)
    if drawn and len(i):
        ends |= _by_bootstrap(table, squares, i, j, level, draws, seed)
    names = wide.columns.to_numpy()
    columns: dict[str, object] = {"indicator_i": names[i], "indicator_j": names[j], "n": squares["spearman"].n[i, j]}
    for name, found in squares.items():
        low, high = ("ci_low", "ci_high") if name == "spearman" else (f"{name}_low", f"{name}_high")
        columns |= {name: found.coefficient[i, j], f"{name}_p": found.p[i, j]}
        columns |= {f"{name}_p_adjusted": adjust(found.p[i, j]), low: ends[name][0], high: ends[name][1]}
    pairs = pd.DataFrame(columns).assign(level=float(level), draws=drawn)
    return _largest_first(pairs, pairs["spearman"].abs())


def _every_pair(k: int) -> tuple[Places, Places]:
    """Columns of each pair of k, in order."""
    i, j = np.triu_indices(k, 1)
    return i.astype(np.intp), j.astype(np.intp)


def _refuse_unfit(level: float, intervals: str, draws: int) -> None:
    problems = []
    if not 0 < level < 1:
        problems.append(f"level: {level} is no share between 0 and 1. Use 0.95 for 95 %.")
    if intervals not in INTERVALS:
        problems.append(f"intervals: {intervals!r} are not known. Use one of: {', '.join(INTERVALS)}.")
    if draws < 1:
        problems.append(f"draws: {draws} is not a number of resamples. Draw at least 1; 1,000 give steady intervals.")
    if problems:
        raise KpiError("\n".join(problems))


def _by_formula(squares: dict[str, Coefficients], i: Places, j: Places, level: float) -> dict[str, Interval]:
    of = {"pearson": pearson_interval, "spearman": spearman_interval, "kendall": kendall_interval}
    return {name: of[name](found.coefficient[i, j], found.n[i, j], level) for name, found in squares.items()}


def _by_bootstrap(
    table: Floats, squares: dict[str, Coefficients], i: Places, j: Places, level: float, draws: int, seed: int
) -> dict[str, Interval]:
    of = {
        "pearson": (pearson_resamples, pearson_influences),
        "spearman": (spearman_resamples, spearman_influences),
    }
    ends = {}
    for name, (resamples, influences) in of.items():
        drawn = resamples(table, draws, seed)[:, i, j]
        skew = accelerations(table, i, j, influences)
        found = squares[name]
        ends[name] = resampled_interval(found.coefficient[i, j], drawn, skew, found.n[i, j], level)
    return ends


def _largest_first(pairs: pd.DataFrame, by: pd.Series) -> pd.DataFrame:
    # Rounded for the order alone: equal numbers may differ in their last digit.
    order = by.round(12).sort_values(ascending=False, kind="stable", na_position="last").index
    return pairs.loc[order].reset_index(drop=True).astype({"indicator_i": "str", "indicator_j": "str"})


def correlations_by_values(scores: pd.DataFrame) -> pd.DataFrame:
    """Lay the Spearman correlation of scores, attainments and actuals beside each other, and who is at cap or floor.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.

    Returns
    -------
    DataFrame
        One row per pair, what scores hide most first: indicator_i, indicator_j, n (subjects with both scores), score,
        attainment, actual (Spearman correlation of each), actual_p_adjusted (Benjamini and Hochberg over all pairs),
        hidden (|ρ| of actuals less |ρ| of scores; all of it where the scores never vary), share_top_i, share_top_j,
        share_bottom_i, share_bottom_j (of the indicator's scored subjects, those at its highest and at its lowest
        score; 1/n where nobody shares it).

    Notes
    -----
    Source: docs/method.md, "Scores, attainments or actuals".
    """
    wide = {values: wide_values(scores, values) for values in VALUES}
    names = wide["score"].columns
    i, j = _every_pair(len(names))
    found = {values: spearman(table[names].to_numpy()) for values, table in wide.items()}
    # Scores that differ by rounding in the computer alone are equal.
    rounded = wide["score"].round(9)
    given = rounded.notna().sum().to_numpy()
    top = (rounded == rounded.max()).sum().to_numpy() / given
    bottom = (rounded == rounded.min()).sum().to_numpy() / given
    pairs = pd.DataFrame(
        {
            "indicator_i": names.to_numpy()[i],
            "indicator_j": names.to_numpy()[j],
            "n": found["score"].n[i, j],
            **{values: square.coefficient[i, j] for values, square in found.items()},
        }
    )
    pairs["actual_p_adjusted"] = adjust(found["actual"].p[i, j])
    # With a correlation of actuals and none of scores, these are all the same: nothing is left of it.
    pairs["hidden"] = pairs["actual"].abs() - pairs["score"].abs().fillna(0.0)
    pairs = pairs.assign(share_top_i=top[i], share_top_j=top[j], share_bottom_i=bottom[i], share_bottom_j=bottom[j])
    return _largest_first(pairs, pairs["hidden"])


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
    """Turn a table of pairs into a square, symmetric.

    Parameters
    ----------
    pairs : DataFrame
        indicator_i, indicator_j and `column`, one row per pair.
    column : str
        What fills the square: a coefficient, or "n" or a p.

    Returns
    -------
    DataFrame of float
        Indicators in the order in which the pairs name them. On the diagonal 1; missing for n and p, which an
        indicator does not have with itself.

    Examples
    --------
    >>> pairs = pd.DataFrame({"indicator_i": ["a"], "indicator_j": ["b"], "spearman": [0.5]})
    >>> correlation_matrix(pairs).to_numpy().tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    place, names = pd.factorize(pairs[["indicator_i", "indicator_j"]].to_numpy().ravel())
    square = np.full((len(names), len(names)), np.nan)
    i, j = place[::2], place[1::2]
    square[i, j] = square[j, i] = pairs[column].to_numpy(dtype=float)
    np.fill_diagonal(square, np.nan if column == "n" or column.endswith(("_p", "_p_adjusted")) else 1.0)
    return pd.DataFrame(square, index=names, columns=names)
