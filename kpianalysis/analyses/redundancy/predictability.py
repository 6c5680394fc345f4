"""Which indicators could be predicted from the rest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.alternatives.weight_formulas import has_spread
from kpianalysis.analyses.correlation.kept import LEAST_SHARE, keep_together
from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats, Mask, divide

# Why there is no answer, or no finite one.
EXACT_SUM, TOO_FEW, ALONE = "sum of others", "too few subjects", "no other indicator"
# Why an indicator takes no part.
NEVER_VARIES, HARDLY_KNOWN, VARIES_NOT_HERE = "never varies", "too few have it", "never varies where all are known"
# An eigenvalue of the correlations below this is 0: what is left unexplained is rounding.
NOTHING_LEFT = 1e-10
# An indicator could be predicted from this variance inflation on, if more than half of its spread is surely explained.
PREDICTABLE, SURELY = 5.0, 0.5
COLUMNS = [
    *("indicator_id", "vif", "r_squared", "adjusted_r_squared", "adjusted_low", "adjusted_high"),
    *("first", "first_coefficient", "second", "second_coefficient", "r_squared_of_two"),
    *("by_chance", "reason", "n", "n_subjects", "confidence"),
]


class Fit(NamedTuple):
    """How well each of k indicators is predicted by the others.

    Attributes
    ----------
    left : array of float, shape (k,)
        Share of its variance that the others leave unexplained, 1 − R²; 0 for exact sums.
    error : array of float, shape (k,)
        Standard error of ln(1 − R²), from the jackknife; missing for exact sums, and where R² hangs on one subject.
    """

    left: Floats
    error: Floats


def variance_inflation(scores: pd.DataFrame, values: str = "score", confidence: float = 0.95) -> pd.DataFrame:
    """Say how well each indicator could be predicted from all others, and mostly from which two.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    confidence : float
        Of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per indicator that takes part, the most predictable first: indicator_id; vif (variance inflation
        factor, from 1); r_squared (share of its variance that all others explain, fraction); adjusted_r_squared
        (without what as many others would explain by chance; can be below 0), adjusted_low, adjusted_high (its
        interval, from 0); first, second (the two others that explain most between them, the stronger first, or blank),
        first_coefficient, second_coefficient (standardised, in the fit on these two), r_squared_of_two; by_chance
        (R² to expect where nothing is related); reason (blank, or why there is no number: "sum of others", "too few
        subjects", "no other indicator"); n (subjects with every indicator that takes part), n_subjects (with any);
        confidence. A sum of others has R² 1 and no vif. Numbers are missing unless n exceeds the number of indicators
        by more than 2. Who takes no part: `not_predicted`.

    Raises
    ------
    KpiError
        If there are no such values, or confidence is no share.

    Notes
    -----
    VIF is the diagonal of the inverse correlation matrix of the complete rows. The interval is that of the jackknife
    of ln(1 − R²), around the adjusted value, with Student's t. Source: docs/method.md, "Variance inflation".
    """
    if not 0 < confidence < 1:
        raise KpiError(f"confidence: {confidence} is no share between 0 and 1. Use 0.95 for 95 %.")
    kept = keep_together(wide_values(scores, values))
    n, k = kept.table.shape
    answer = pd.DataFrame({"indicator_id": kept.table.columns.astype("str")}).reindex(columns=COLUMNS)
    answer = answer.assign(first="", second="", reason=ALONE if k < 2 else TOO_FEW, by_chance=np.nan)
    if k > 1 and n > k + 2:
        unit = _to_unit_length(kept.table.to_numpy())
        answer = _with_fit(answer, fit_on_others(unit), n, confidence)
        answer = _with_best_two(answer, unit.T @ unit, answer["indicator_id"].to_numpy())
    answer = answer.assign(n=n, n_subjects=kept.n_subjects, confidence=float(confidence))
    numbers = [name for name in COLUMNS if name not in ("indicator_id", "first", "second", "reason", "n", "n_subjects")]
    answer = answer.astype(dict.fromkeys(numbers, float) | dict.fromkeys(("first", "second", "reason"), "str"))
    return answer.sort_values("r_squared", ascending=False, kind="stable").reset_index(drop=True)


def predictable_indicators(inflation: pd.DataFrame) -> pd.DataFrame:
    """Keep the indicators that could be predicted: a sum of others, or VIF ≥ 5 and an interval above one half.

    Parameters
    ----------
    inflation : DataFrame
        `variance_inflation`.

    Notes
    -----
    Below 20 subjects none, but for sums. Source: docs/method.md, "Variance inflation".
    """
    strong = (inflation["vif"] >= PREDICTABLE) & (inflation["adjusted_low"] > SURELY) & (inflation["n"] >= ENOUGH)
    return inflation[strong | (inflation["reason"] == EXACT_SUM)]


def not_predicted(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Say which indicators take no part where all are looked at together, and why.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per indicator left out, in the order of the catalogue: indicator_id, reason ("never varies", "too few
        have it": fewer than half of the subjects that have any, "never varies where all are known"), n (subjects that
        have it), n_subjects (that have any).

    Notes
    -----
    Source: docs/method.md, "Variance inflation".
    """
    wide = wide_values(scores, values)
    kept = keep_together(wide)
    out = wide[list(kept.left_out)]
    varies, known = has_spread(out.to_numpy()), out.notna().sum().to_numpy()
    reason = np.select([known < LEAST_SHARE * kept.n_subjects, ~varies], [HARDLY_KNOWN, NEVER_VARIES], VARIES_NOT_HERE)
    return pd.DataFrame(
        {
            "indicator_id": out.columns.astype("str"),
            "reason": pd.Series(reason, dtype="str"),
            "n": known,
            "n_subjects": kept.n_subjects,
        }
    )


def fit_on_others(unit: Floats) -> Fit:
    """Predict each column from all others, and again without each row.

    Parameters
    ----------
    unit : array of float, shape (n, k)
        Columns of mean 0 and length 1, n > k.
    """
    size, direction = np.linalg.eigh(unit.T @ unit)
    is_null = size < NOTHING_LEFT
    exact: Mask = (direction[:, is_null] ** 2).sum(axis=1) > NOTHING_LEFT
    # With exact sums the inverse is that of the directions in which anything varies.
    inverse = (direction[:, ~is_null] / size[~is_null]) @ direction[:, ~is_null].T
    inflation = np.diag(inverse)
    left = np.where(exact, 0.0, 1.0 / inflation)
    return Fit(left, np.where(exact, np.nan, _jackknife(unit, inverse)))


def _jackknife(unit: Floats, inverse: Floats) -> Floats:
    """Standard error of the logarithm of each inflation factor, each row left out in turn without a new inverse."""
    n = len(unit)
    weight = n / (n - 1)
    pull = unit @ inverse
    stays = 1 - weight * (pull * unit).sum(axis=1, keepdims=True)
    # The inverse (Sherman and Morrison) and the sum of squares of a column, both without the row.
    gain = weight * pull**2
    # Without the only row in which a column differs, that column is gone; the others had left the row to it.
    gain = np.where(stays > NOTHING_LEFT, divide(gain, stays), np.where(gain > NOTHING_LEFT, np.nan, 0.0))
    logarithm = np.log((np.diag(inverse) + gain) * (1 - weight * unit**2))
    error: Floats = np.sqrt((n - 1) / n * ((logarithm - logarithm.mean(axis=0)) ** 2).sum(axis=0))
    return error


def _to_unit_length(table: Floats) -> Floats:
    centred = table - table.mean(axis=0)
    unit: Floats = centred / np.sqrt((centred**2).sum(axis=0))
    return unit


def _with_fit(answer: pd.DataFrame, fit: Fit, n: int, confidence: float) -> pd.DataFrame:
    k = len(answer)
    exact = fit.left == 0
    adjusted_left = fit.left * (n - 1) / (n - k)
    # Less than nothing cannot be explained: no interval lies below 0.
    centre = np.minimum(adjusted_left, 1.0)
    reach = np.exp(stats.t.ppf((1 + confidence) / 2, n - 1) * fit.error)
    return answer.assign(
        vif=divide(np.ones(k), fit.left),
        r_squared=1 - fit.left,
        adjusted_r_squared=1 - adjusted_left,
        adjusted_low=np.maximum(1 - centre * reach, 0.0),
        adjusted_high=1 - centre / reach,
        by_chance=(k - 1) / (n - 1),
        reason=np.where(exact, EXACT_SUM, ""),
    )


def _with_best_two(answer: pd.DataFrame, square: Floats, names: Floats) -> pd.DataFrame:
    """Name the two others that explain most of each indicator between them; a single one where two add nothing."""
    rows = [_best_two(square, j) for j in range(len(square))]
    first, second, one, two, share = zip(*rows, strict=True)
    return answer.assign(
        first=["" if place < 0 else names[place] for place in first],
        second=["" if place < 0 else names[place] for place in second],
        first_coefficient=one,
        second_coefficient=two,
        r_squared_of_two=share,
    )


def _best_two(square: Floats, target: int) -> tuple[int, int, float, float, float]:
    """Find the best two predictors of a column: places (−1: none), coefficients, R² on both."""
    others = np.delete(np.arange(len(square)), target)
    if len(others) == 1:
        r = float(square[target, others[0]])
        return int(others[0]), -1, r, np.nan, r * r
    i, j = (others[places] for places in np.triu_indices(len(others), 1))
    a, b, between = square[target, i], square[target, j], square[i, j]
    # Two that are the same but for scale are one.
    apart = np.where(1 - between**2 > NOTHING_LEFT, 1 - between**2, np.inf)
    single = np.isinf(apart)
    one = np.where(single, a, (a - b * between) / apart)
    two = np.where(single, 0.0, (b - a * between) / apart)
    share = one * a + two * b
    # Equal but for rounding: the first in the catalogue.
    best = int(np.flatnonzero(share >= share.max() - NOTHING_LEFT)[0])
    pair = [(int(i[best]), float(one[best])), (int(j[best]), float(two[best]))]
    pair.sort(key=lambda found: -abs(found[1]))
    (first, strong), (second, weak) = pair
    if abs(weak) < NOTHING_LEFT:
        return first, -1, strong, np.nan, float(share[best])
    return first, second, strong, weak, float(share[best])
