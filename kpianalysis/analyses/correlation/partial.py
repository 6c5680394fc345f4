"""Whether two indicators go together directly, or through others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.alternatives.weight_formulas import has_spread
from kpianalysis.analyses.correlation.coefficients import pearson
from kpianalysis.analyses.correlation.held_fixed import given, given_others, shrink, shrinkage_intensity
from kpianalysis.analyses.correlation.intervals import pearson_interval, spearman_interval
from kpianalysis.analyses.correlation.kept import keep_together
from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.correlation.redundant import ENOUGH, UNLIKELY
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats

METHODS = ("spearman", "pearson")
# From this |correlation| on, as in groups of indicators, it is asked whether a pair is one directly.
STRONG = 0.5
# With fewer subjects for each indicator of a partial correlation it is drawn towards 0.
ROWS_EACH = 3
STAYS, PARTLY, THROUGH, UNKNOWN = "stays", "partly", "through others", "cannot tell"
COLUMNS = [
    *("indicator_i", "indicator_j", "n", "n_subjects", "n_left_out", "n_fixed", "correlation", "partial"),
    *("p", "p_adjusted", "partial_low", "partial_high", "shrinkage", "verdict"),
]


class Rows(NamedTuple):
    """Subjects and indicators that take part.

    Attributes
    ----------
    table : DataFrame
        One row per subject, none missing; first the indicators to correlate, then the controls.
    free : int
        Indicators to correlate.
    n_subjects, n_left_out : int
        Subjects with any indicator; indicators left out.
    """

    table: pd.DataFrame
    free: int
    n_subjects: int
    n_left_out: int


def partial_correlation(
    scores: pd.DataFrame,
    values: str = "score",
    controls: Sequence[str] | None = None,
    method: str = "spearman",
    shrinkage: str | float = "auto",
    level: float = 0.95,
) -> pd.DataFrame:
    """Correlate each pair of indicators with others held fixed.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    controls : sequence of str, optional
        Indicators to hold fixed; none: for each pair all the others.
    method : {"spearman", "pearson"}
    shrinkage : {"auto", "none"} or float
        How far correlations are first drawn towards 0, a share. "auto": by Schäfer and Strimmer (2005) where there
        are fewer than 3 subjects for each indicator of the partial correlation, else not.
    level : float
        Share of intervals that hold the true value, 0 to 1.

    Returns
    -------
    DataFrame
        One row per pair, the strongest correlation first: indicator_i, indicator_j, n (subjects with all that take
        part), n_subjects (with any indicator), n_left_out (indicators that take no part: fewer than half of the
        subjects have them, or they never vary), n_fixed (indicators held fixed), correlation (over the same n),
        partial, p, p_adjusted (after Benjamini and Hochberg), partial_low, partial_high, shrinkage (share used),
        verdict. Of pairs from |correlation| 0.5 on the verdict is "stays" (p_adjusted below 0.05 and at least half of
        the correlation is left), "through others" (the interval ends below half of it), "partly" (p_adjusted below
        0.05, neither of these) or "cannot tell" (also with fewer than 20 subjects); else blank.
        partial is missing below 4 subjects and where one of the two is an exact sum of others; p and interval
        also where shrinkage was used, because their formulas do not hold then.

    Raises
    ------
    KpiError
        If values, controls, method, shrinkage or level is none.

    Notes
    -----
    Only subjects with every indicator that takes part, so that the two numbers of a pair, and those of two pairs,
    speak of the same subjects. Source: docs/method.md, "Directly, or through a third".
    """
    _refuse_unfit(scores, controls, method, shrinkage, level)
    rows = _rows_of(wide_values(scores, values), controls)
    table = (rows.table.rank() if method == "spearman" else rows.table).to_numpy()
    (n, k), free = table.shape, rows.free
    square = pearson(table).coefficient
    fixed = k - free if controls is not None else max(k - 2, 0)
    share = _share(shrinkage, table, fixed)
    shrunk = shrink(square, share)
    places = np.arange(k, dtype=np.intp)
    partial = given_others(shrunk) if controls is None else given(shrunk, places[:free], places[free:])
    i, j = np.triu_indices(free, 1)
    p, low, high = _certainty(partial[i, j], n, fixed, method, level) if share == 0 else np.full((3, len(i)), np.nan)
    names = rows.table.columns.to_numpy()
    answer = pd.DataFrame(
        {"indicator_i": names[i], "indicator_j": names[j], "correlation": square[i, j], "partial": partial[i, j]}
    ).assign(p=p, p_adjusted=adjust(p), partial_low=low, partial_high=high, shrinkage=share)
    answer = answer.assign(n=n, n_subjects=rows.n_subjects, n_left_out=rows.n_left_out, n_fixed=fixed)
    answer["verdict"] = _verdicts(answer)
    # Rounded for the order alone: equal coefficients may differ in their last digit.
    strength = answer["correlation"].abs().round(12)
    order = strength.sort_values(ascending=False, kind="stable", na_position="last").index
    return answer.loc[order, COLUMNS].reset_index(drop=True)


def _refuse_unfit(
    scores: pd.DataFrame, controls: Sequence[str] | None, method: str, shrinkage: str | float, level: float
) -> None:
    problems = []
    if isinstance(controls, str):
        problems.append(f"controls: {controls!r} is a text. Use a list: [{controls!r}].")
    elif controls is not None:
        scored = set(scores.loc[scores["kind"] == "scored", "indicator_id"].astype("str"))
        unknown = [str(name) for name in controls if name not in scored]
        if unknown:
            problems.append(f"controls: no scored indicators: {', '.join(unknown)}. Use ids of the catalogue.")
    if method not in METHODS:
        problems.append(f"method: {method!r} is not known. Use one of: {', '.join(METHODS)}.")
    if isinstance(shrinkage, str) and shrinkage not in ("auto", "none"):
        problems.append(f"shrinkage: {shrinkage!r} is not known. Use 'auto', 'none' or a share from 0 to 1.")
    elif not isinstance(shrinkage, str) and not 0 <= shrinkage <= 1:
        problems.append(f"shrinkage: {shrinkage} is no share from 0 to 1. Use 'auto', 'none' or such a share.")
    if not 0 < level < 1:
        problems.append(f"level: {level} is no share between 0 and 1. Use 0.95 for 95 %.")
    if problems:
        raise KpiError("\n".join(problems))


def _rows_of(wide: pd.DataFrame, controls: Sequence[str] | None) -> Rows:
    """Keep indicators that many have and that vary; those asked for as controls also where few have them."""
    asked = [name for name in dict.fromkeys(controls or ()) if name in wide.columns]
    kept = keep_together(wide.drop(columns=asked)) if asked else keep_together(wide)
    free = list(kept.table.columns)
    table = wide[free + asked].dropna()
    # A control that never varies is fixed already, and another that no longer varies has nothing to correlate.
    varies = dict(zip(table.columns, has_spread(table.to_numpy()), strict=True))
    free = [name for name in free if varies[name]]
    held = [name for name in asked if varies[name]]
    left_out = wide.shape[1] - len(asked) - len(free)
    return Rows(table[free + held], len(free), len(wide.dropna(how="all")), left_out)


def _share(shrinkage: str | float, table: Floats, fixed: int) -> float:
    if shrinkage == "none" or table.shape[1] < 2:
        return 0.0
    if shrinkage != "auto":
        return float(shrinkage)
    few = len(table) < ROWS_EACH * (fixed + 2)
    return float(np.nan_to_num(shrinkage_intensity(table))) if few else 0.0


def _certainty(partial: Floats, n: int, fixed: int, method: str, level: float) -> Floats:
    """P and the ends of the interval, shape (3, pairs): those of a correlation from as many subjects fewer as fixed."""
    freedom = n - 2 - fixed
    if freedom < 1:
        return np.full((3, len(partial)), np.nan)
    with np.errstate(divide="ignore"):
        t = np.abs(partial) * np.sqrt(freedom / (1 - partial**2))
    interval = spearman_interval if method == "spearman" else pearson_interval
    low, high = interval(partial, np.full(len(partial), n - fixed), level)
    return np.array([2 * stats.t.sf(t, freedom), low, high])


def _verdicts(answer: pd.DataFrame) -> np.ndarray:
    """Say of each strong pair what is left of it."""
    side = np.sign(answer["correlation"])
    half = answer["correlation"].abs() / 2
    left = side * answer["partial"]
    most = np.where(side > 0, answer["partial_high"], -answer["partial_low"])
    known = answer["p"].notna() & (answer["n"] >= ENOUGH)
    some = known & (answer["p_adjusted"] < UNLIKELY) & (left > 0)
    verdict = np.select([some & (left >= half), known & (most < half), some], [STAYS, THROUGH, PARTLY], UNKNOWN)
    strong = answer["correlation"].abs() >= STRONG
    return np.where(strong, verdict, "")
