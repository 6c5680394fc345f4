"""Does a pair of indicators move together inside units and roles, or only between them?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kpianalysis.analyses.correlation.intervals import pearson_interval, spearman_interval
from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.correlation.redundant import ENOUGH, UNLIKELY
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.analyses.correlation.within_parts import Parts, Places, split_pairs
from kpianalysis.errors import KpiError
from kpianalysis.findings import name_some
from kpianalysis.scoring.inputs import Floats, divide

METHODS = ("spearman", "pearson")
# Fewer subjects have no coefficient; a group takes part in the comparison of groups from the second number on.
FEWEST, FEWEST_IN_GROUP = 4, 10
# A coefficient inside groups below this share of the pooled one is weaker there.
WEAKER_SHARE = 0.5
REVERSES, HOLDS, WEAKER, BETWEEN = "reverses inside", "holds inside", "weaker inside", "only between"
INSIDE, UNRELATED, UNSURE = "only inside", "no relation", "cannot tell"
FEW, ONE_GROUP, CONSTANT = "few subjects", "one group", "never varies"
COLUMNS = [
    *("indicator_i", "indicator_j", "by", "n", "n_without_group", "groups", "alone"),
    *("pooled", "pooled_p", "pooled_p_adjusted"),
    *("within", "within_low", "within_high", "within_p", "within_p_adjusted"),
    *("between", "share_between", "spread_between_i", "spread_between_j"),
    *("difference_p", "difference_p_adjusted", "groups_compared", "heterogeneity_p", "heterogeneity_p_adjusted"),
    *("reversal_p", "reversal", "verdict"),
]


def within_groups(
    scores: pd.DataFrame,
    by: str = "unit_id",
    values: str = "score",
    pairs: pd.DataFrame | None = None,
    method: str = "spearman",
) -> pd.DataFrame:
    """Say whether each pair of indicators moves together inside groups of subjects, or only between the groups.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    by : str
        The groups: "unit_id", "role_id" or another column of `scores` with one value per subject.
    values : {"score", "attainment", "actual"}
    pairs : DataFrame, optional
        indicator_i and indicator_j: only these. p-values are adjusted for the pairs that are looked at.
    method : {"spearman", "pearson"}
        Spearman: of the ranks among all subjects with both.

    Returns
    -------
    DataFrame
        One row per pair, the strongest pooled coefficient first, equal ones in the order of the catalogue:

        - indicator_i, indicator_j, by; n (subjects with both and a group), n_without_group (with both, left out),
          groups, alone (groups of one subject: they say nothing about the inside);
        - pooled (over all n), pooled_p; within (about the means of the groups) with its 95 % interval, within_p;
          between (of these means, weighted by their subjects; missing below three groups);
        - share_between: share of the pooled covariance that lies between groups, below 0 or above 1 where the two
          parts go against each other; spread_between_i, _j: share of the spread of each that lies between groups;
        - difference_p: could within be as large as pooled? heterogeneity_p: could the coefficient be the same in each
          of the groups_compared (with 10 subjects or more)? Each p also as `_adjusted` (Benjamini and Hochberg), that
          of the difference over the pairs where pooled or within is no accident, and missing for the others;
        - reversal_p, reversal: pooled and within have opposite signs, each significantly so; in at most 5 of 100
          tables is any pair called so by chance (Holm). verdict: one of the words of this module.

        Coefficients are missing below 4 subjects, and where one of the two never varies.

    Raises
    ------
    KpiError
        If there is no such column, value, method or indicator, or a subject is in two groups.

    Notes
    -----
    Source: docs/method.md, "Within and between groups".
    """
    if method not in METHODS:
        raise KpiError(f"method: {method!r} is not known. Use one of: {', '.join(METHODS)}.")
    wide = wide_values(scores, values)
    of = group_of(scores, by).reindex(wide.index.astype("str"))
    i, j = _places(wide, pairs)
    # In order of group and subject: the last digits of sums do not hang on the order of the rows.
    ordered = of.reset_index(drop=True).sort_values(kind="stable").dropna()
    table = wide.to_numpy()
    sizes = ordered.value_counts(sort=False).to_numpy().astype(np.intp)
    parts = split_pairs(table[ordered.index], sizes, i, j, ranked=method == "spearman")
    there = ~np.isnan(table[of.isna().to_numpy()])
    names = wide.columns.to_numpy()
    answer = pd.DataFrame({"indicator_i": names[i], "indicator_j": names[j], "by": by}).assign(
        n=parts.n, n_without_group=(there[:, i] & there[:, j]).sum(axis=0), groups=parts.groups, alone=parts.alone
    )
    answer = answer.assign(**_coefficients(parts, method), **_tests(parts, method))
    answer["verdict"] = _verdicts(answer)
    order = answer["pooled"].abs().round(12).sort_values(ascending=False, kind="stable", na_position="last").index
    return answer.loc[order, COLUMNS].reset_index(drop=True)


def group_of(scores: pd.DataFrame, by: str) -> pd.Series:
    """Group of each subject, by its id; missing where it has none.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    by : str

    Raises
    ------
    KpiError
        If there is no such column, or a subject has two groups.
    """
    if by not in scores.columns:
        known = [name for name in ("unit_id", "role_id") if name in scores.columns]
        raise KpiError(f"by: scores has no column {by!r}. Use {' or '.join(known) or 'a column with groups'}.")
    rows = scores[["subject_id", by]].astype("object").drop_duplicates()
    twice = rows["subject_id"].duplicated()
    if twice.any():
        named = name_some(sorted(set(rows.loc[twice, "subject_id"].astype("str"))))
        raise KpiError(f"by: {by!r} has more than one value for {named}. Use a column with one group per subject.")
    label = rows[by].where(rows[by].notna() & (rows[by] != ""))
    return pd.Series(label.array, index=rows["subject_id"].astype("str"), name=by, dtype="object").map(
        str, na_action="ignore"
    )


def _places(wide: pd.DataFrame, pairs: pd.DataFrame | None) -> tuple[Places, Places]:
    """Columns of each pair that is looked at."""
    if pairs is None:
        i, j = np.triu_indices(wide.shape[1], 1)
        return i.astype(np.intp), j.astype(np.intp)
    place = {str(name): at for at, name in enumerate(wide.columns)}
    wanted = [pairs[column].astype("str") for column in ("indicator_i", "indicator_j")]
    unknown = sorted({name for column in wanted for name in column if name not in place})
    if unknown:
        raise KpiError(f"pairs: without a score: {name_some(unknown)}. Use pairs of `correlation` of the same scores.")
    i, j = (np.array([place[name] for name in column], dtype=np.intp) for column in wanted)
    return i, j


def _coefficients(parts: Parts, method: str) -> dict[str, Floats]:
    known = parts.n >= FEWEST
    found = {
        "pooled": parts.pooled,
        "within": np.where(_free(parts) > 0, parts.within, np.nan),
        "between": np.where(parts.groups >= 3, parts.between, np.nan),
        "share_between": parts.share_between,
        "spread_between_i": parts.between_i,
        "spread_between_j": parts.between_j,
    }
    found = {name: np.where(known, column, np.nan) for name, column in found.items()}
    # An interval over n subjects has n − 3 in it; here each group beyond the first costs one, and chance may be wider.
    size = 3 + np.maximum(_free(parts) - 1, 0) / np.where(parts.chance > 0, parts.chance, 1.0)
    interval = spearman_interval if method == "spearman" else pearson_interval
    low, high = interval(found["within"], size)
    return {**found, "within_low": low, "within_high": high}


def _free(parts: Parts) -> Floats:
    """Degrees of freedom of the within coefficient: subjects less groups less one."""
    return parts.n - parts.groups - 1


def _tests(parts: Parts, method: str) -> dict[str, NDArray[Any]]:
    """Every p, each for itself and adjusted for the number of pairs."""
    plain = {
        "pooled_p": _pooled_p(parts),
        "within_p": _within_p(parts),
        "difference_p": _p_of_t(parts.pooled - parts.within, parts.difference_error, np.maximum(_free(parts), 0)),
    }
    compared, plain["heterogeneity_p"] = _heterogeneity(parts, method)
    found = {**plain, **{f"{name}_adjusted": adjust(p) for name, p in plain.items()}}
    # Only where there is anything to come from inside or from between is it asked which.
    asked = (found["pooled_p_adjusted"] < UNLIKELY) | (found["within_p_adjusted"] < UNLIKELY)
    found["difference_p_adjusted"] = adjust(np.where(asked, plain["difference_p"], np.nan))
    reversal_p = holm(reversal_chance(parts))
    return {**found, "groups_compared": compared, "reversal_p": reversal_p, "reversal": reversal_p < UNLIKELY}


def reversal_chance(parts: Parts) -> Floats:
    """Chance of so clear a reversal where there is none: p of the less sure of pooled and within, 1 with one sign.

    Parameters
    ----------
    parts : Parts

    Returns
    -------
    array of float, shape (pairs,)
        Of each pair by itself; missing where a coefficient is.

    Notes
    -----
    Pooled must also be sure where subjects differ in spread, for which the usual p does not allow.
    Source: docs/method.md, "Within and between groups".
    """
    pooled_p, within_p = _pooled_p(parts), _within_p(parts)
    robust = _p_of_t(parts.pooled, parts.pooled_error, np.maximum(parts.n - 2, 0))
    less_sure = np.maximum(np.maximum(pooled_p, within_p), np.nan_to_num(robust))
    return np.where((parts.pooled * parts.within < 0) | np.isnan(less_sure), less_sure, 1.0)


def _pooled_p(parts: Parts) -> Floats:
    return _p_of_correlation(np.where(parts.n >= FEWEST, parts.pooled, np.nan), parts.n - 2)


def _within_p(parts: Parts) -> Floats:
    known = np.where(parts.n >= FEWEST, parts.within, np.nan)
    return _p_of_correlation(np.clip(divide(known, np.sqrt(parts.chance)), -1.0, 1.0), _free(parts))


def _p_of_correlation(coefficient: Floats, free: Floats) -> Floats:
    """Two-sided, by Student's t; missing without degrees of freedom."""
    usable = (free > 0) & ~np.isnan(coefficient)
    r, df = np.where(usable, coefficient, 0.0), np.where(usable, free, 1)
    t = np.abs(r) * np.sqrt(df / np.maximum(1 - r**2, 1e-290))
    return np.where(usable, 2 * stats.t.sf(t, df), np.nan)


def _p_of_t(estimate: Floats, error: Floats, free: Floats) -> Floats:
    """Two-sided; missing without degrees of freedom or error."""
    usable = (free > 0) & (error > 1e-12)
    t = np.abs(np.where(usable, estimate, 0.0)) / np.where(usable, error, 1.0)
    return np.where(usable, 2 * stats.t.sf(t, np.where(usable, free, 1)), np.nan)


def _heterogeneity(parts: Parts, method: str) -> tuple[Floats, Floats]:
    """Groups with enough subjects, and whether all could have one coefficient (Fisher's z, χ²)."""
    takes_part = (parts.group_n >= FEWEST_IN_GROUP) & ~np.isnan(parts.group_coefficient)
    compared = takes_part.sum(axis=1)
    weight = np.where(takes_part, parts.group_n - 3.0, 0.0)
    least = np.where(takes_part, parts.group_n, np.inf).min(axis=1, initial=np.inf, keepdims=True)
    # ±1 has no z: all are held within what the smallest group can show, so that groups that all have it are alike.
    most = 1 - 6 / (least * (least**2 - 1))
    z = np.arctanh(
        np.clip(np.where(takes_part, parts.group_coefficient, 0.0), -most, most), where=takes_part, out=0 * weight
    )
    mean = (weight * z).sum(axis=1) / np.maximum(weight.sum(axis=1), 1)
    spread = 1 + np.tanh(mean) ** 2 / 2 if method == "spearman" else 1.0
    statistic = (weight * (z - mean[:, None]) ** 2).sum(axis=1) / spread
    return compared, np.where(compared > 1, stats.chi2.sf(statistic, np.maximum(compared - 1, 1)), np.nan)


def holm(p: Floats) -> Floats:
    """Adjust p-values so that among all of them the chance of any false alarm is held; missing ones are not counted.

    Examples
    --------
    >>> holm(np.array([0.01, np.nan, 0.04, 0.03])).round(3).tolist()
    [0.03, nan, 0.06, 0.06]
    """
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(p)[: int((~np.isnan(p)).sum())]
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return adjusted


def _verdicts(table: pd.DataFrame) -> NDArray[np.str_]:
    """Say in a word what each row shows; the first that applies."""
    pooled, within, differs = (table[f"{name}_p_adjusted"] < UNLIKELY for name in ("pooled", "within", "difference"))
    same = table["pooled"] * table["within"] > 0
    weak = table["within"].abs() < WEAKER_SHARE * table["pooled"].abs()
    reasons = [
        (table["n"] - table["alone"] < ENOUGH, FEW),
        (table["groups"] < 2, ONE_GROUP),
        (table["pooled"].isna() | table["within"].isna(), CONSTANT),
        (table["reversal"], REVERSES),
        (pooled & within & same & differs & weak, WEAKER),
        (pooled & within & same, HOLDS),
        (pooled & ~within & differs, BETWEEN),
        (~pooled & within & differs, INSIDE),
        (~pooled & ~within, UNRELATED),
    ]
    return np.select([rows for rows, _word in reasons], [word for _rows, word in reasons], UNSURE)
