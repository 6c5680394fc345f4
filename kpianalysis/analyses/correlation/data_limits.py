"""Whether the data allow an answer at all: how many, how varied, and whether gaps are an accident."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from kpianalysis.analyses.correlation.coefficients import spearman
from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.ids import places

Counts = NDArray[np.int64]

# From this share of subjects with the same lowest or highest score on, a scale is said to end too early.
END_SHARE = 0.15
# Cochran (1954): χ² has its distribution if four fifths of the expected counts are 5 or more, and none below 1.
COCHRAN_CELL, COCHRAN_SHARE = 5, 0.8


def indicator_limits(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Say of each scored indicator how many have it, how many values it takes, and how many stand at either end.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per scored indicator, in the order of the catalogue: indicator_id, n (subjects that have it), missing
        (share of those it applies to that have none), distinct (different values), lowest, highest (share of n with
        the lowest and with the highest value anyone has), is_constant. Shares are missing without a value.

    Notes
    -----
    Ends count as those reached, not as those that would be possible. Source: docs/method.md, "Limits of the data".
    """
    applies = scores[scores["kind"] == "scored"]
    wide = wide_values(scores, values)
    names = [name for name in scores["indicator_id"].cat.categories if (applies["indicator_id"] == name).any()]
    asked = applies["indicator_id"].value_counts()
    rows = [_limits_of(name, wide.get(name), int(asked[name])) for name in names]
    columns = ["indicator_id", "n", "missing", "distinct", "lowest", "highest", "is_constant"]
    return pd.DataFrame(rows, columns=columns)


def _limits_of(name: str, column: pd.Series | None, asked: int) -> tuple[object, ...]:
    there = np.array([]) if column is None else column.dropna().to_numpy()
    n = len(there)
    if n == 0:
        return name, 0, 1.0, 0, np.nan, np.nan, False
    ends = [float((there == end).mean()) for end in (there.min(), there.max())]
    distinct = len(np.unique(there))
    return name, n, 1 - n / asked, distinct, *ends, distinct == 1


def missing_patterns(scores: pd.DataFrame, values: str = "score", draws: int = 999, seed: int = 1) -> pd.DataFrame:
    """Test whether it is an accident who lacks an indicator: by unit, by role, and by the other indicators.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    draws : int
        Random assignments of the missing values to subjects behind the p of units and roles.
    seed : int

    Returns
    -------
    DataFrame
        One row per indicator with gaps and thing it may hang on, the surest first: indicator_id, related_to ("unit_id",
        "role_id", "indicator"), item_id (the unit or role with the most missing beyond its share, or the other
        indicator), n (subjects that could be compared), n_missing, strength (Cramér's V for units and roles; rank
        correlation of being missing with the other indicator's value, positive where those who lack it do better),
        p, p_adjusted (Benjamini and Hochberg, over all rows).

    Notes
    -----
    Units and roles: Pearson's χ², its p the share of random assignments with as large a one, or where expected counts
    are large that of the χ² distribution. Other indicators: the test
    of Spearman's correlation between missing (1) or not (0) and the value. What does not show here may hang on
    something that is not in the tables. Source: docs/method.md, "Limits of the data".
    """
    wide = wide_values(scores, values)
    applies = scores[scores["kind"] == "scored"]
    rows: list[tuple[object, ...]] = []
    for by in ("unit_id", "role_id"):
        rows += _by_group(applies, wide, by, draws, np.random.default_rng(seed))
    rows += _by_indicator(applies, wide)
    columns = ["indicator_id", "related_to", "item_id", "n", "n_missing", "strength", "p"]
    found = pd.DataFrame(rows, columns=columns).astype({"strength": float, "p": float})
    found["p_adjusted"] = adjust(found["p"].to_numpy())
    order = found.assign(size=-found["strength"].abs()).sort_values(["p_adjusted", "size"], kind="stable").index
    return found.loc[order].reset_index(drop=True)


def _by_group(
    applies: pd.DataFrame, wide: pd.DataFrame, by: str, draws: int, rng: np.random.Generator
) -> Iterator[tuple[object, ...]]:
    grouped = applies.dropna(subset=[by])
    for name in wide.columns:
        subjects = grouped.loc[grouped["indicator_id"] == name, ["subject_id", by]]
        gone = wide[name].reindex(subjects["subject_id"]).isna().to_numpy()
        sizes = subjects[by].astype("str").value_counts(sort=False)
        if len(sizes) < 2 or not gone.any() or gone.all():
            continue
        missing = subjects.loc[gone, by].astype("str").value_counts().reindex(sizes.index, fill_value=0)
        statistic, p = _chi_square(_counts(missing), _counts(sizes), draws, rng)
        most = (missing - sizes * gone.mean()).idxmax()
        yield name, by, most, len(gone), int(gone.sum()), float(np.sqrt(statistic / len(gone))), p


def _counts(column: pd.Series) -> Counts:
    return np.asarray(column, dtype=np.int64)


def _chi_square(missing: Counts, sizes: Counts, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Pearson's χ² of missing by group and its p: the share of random assignments with as large a one.

    Where all cells are large enough for χ² to have its own distribution, that gives p instead.
    """
    total, count = sizes.sum(), int(missing.sum())
    share = count / total
    expected, spread = sizes * share, sizes * share * (1 - share)
    cells = np.minimum(expected, sizes - expected)
    if cells.min() >= 1 and (cells >= COCHRAN_CELL).mean() >= COCHRAN_SHARE:
        statistic = float(((missing - expected) ** 2 / spread).sum())
        return statistic, float(chi2.sf(statistic, len(sizes) - 1))
    drawn = rng.multivariate_hypergeometric(sizes, count, size=draws, method="count")
    every = (np.vstack([missing, drawn]) - expected) ** 2 / spread
    statistics = every.sum(axis=1)
    # Equal tables must count as equal, whatever the last digit of their sums.
    return float(statistics[0]), float((statistics >= statistics[0] * (1 - 1e-9)).mean())


def _by_indicator(applies: pd.DataFrame, wide: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    if wide.empty:
        return
    rows, columns = (
        places(applies[name], pd.Series(axis))
        for name, axis in (("subject_id", wide.index), ("indicator_id", wide.columns))
    )
    known = (rows >= 0) & (columns >= 0)
    asked = np.zeros(wide.shape, dtype=bool)
    asked[rows[known], columns[known]] = True
    gone = wide.isna().to_numpy()
    with_gaps = np.flatnonzero((gone & asked).any(axis=0))
    if not len(with_gaps):
        return
    # 1 where missing, 0 where there, nan where the indicator does not apply: the pair is then left out.
    flags = np.where(asked, gone, np.nan)[:, with_gaps].astype(float)
    found = spearman(np.hstack([flags, wide.to_numpy(dtype=float)]))
    for row, column in enumerate(map(int, with_gaps)):
        for other in range(wide.shape[1]):
            place = len(with_gaps) + other
            if other != column and not np.isnan(found.coefficient[row, place]):
                common = ~np.isnan(flags[:, row]) & ~gone[:, other]
                yield (
                    wide.columns[column],
                    "indicator",
                    wide.columns[other],
                    int(common.sum()),
                    int((common & gone[:, column]).sum()),
                    float(found.coefficient[row, place]),
                    float(found.p[row, place]),
                )
