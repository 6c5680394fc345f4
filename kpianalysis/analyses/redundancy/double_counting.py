"""What double counting does to the total: how much of its spread two indicators make by what they have in common."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.pairs import correlation
from kpianalysis.analyses.correlation.redundant import redundant_pairs
from kpianalysis.analyses.importance.importance import LEAST_SUBJECTS, applied_weights, effective_weights
from kpianalysis.analyses.weights.weight_model import WeightModel, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide
from kpianalysis.scoring.totals import TIE

PARTS = ("common", "own_i", "own_j")
COLUMNS = [
    *("indicator_i", "indicator_j", "n", "pearson", "weight_i", "weight_j", "weight", "effective_i", "effective_j"),
    *("effective", *(f"{part}_weight" for part in PARTS), *PARTS, "common_low", "common_high"),
    *("n_subjects", "draws", "confidence"),
]
# With fewer subjects that have both, no correlation is reckoned.
_LEAST = 4
# Numbers of 8 bytes in memory at once: resamples × subjects.
_BLOCK = 4_000_000


def double_counting(
    card: Scorecard, pairs: pd.DataFrame | None = None, draws: int = 200, seed: int = 0, confidence: float = 0.95
) -> pd.DataFrame:
    """Split the share of the spread of totals that two indicators make: what they have in common, what each has alone.

    Parameters
    ----------
    card : Scorecard
    pairs : DataFrame, optional
        indicator_i and indicator_j of the pairs to split; default: those that say the same (`redundant_pairs`).
    draws : int
        Resamples of the subjects; 0: no interval.
    seed : int
    confidence : float
        Share of the resamples between the ends of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per pair, in the order given: indicator_i, indicator_j; n (subjects in whose total both count), pearson
        (of their scores); weight_i, weight_j, weight (nominal, fractions); effective_i, effective_j, effective (shares
        of the spread of totals); common_weight, own_i_weight, own_j_weight (what the weights say of the parts, summing
        to weight); common, own_i, own_j (what the parts do, summing to effective; can be negative); common_low,
        common_high; n_subjects, draws, confidence.

    Raises
    ------
    KpiError
        If a pair names an indicator that is not scored, or the same one twice; if draws or confidence is out of range.

    Notes
    -----
    One factor, of which both scores hold the share |r|: its best linear estimate from the scores there are, weighted as
    in the total, is the common part, and what is left of each is its own. Missing below 4 subjects with both, where one
    of the two never varies, or where all totals are equal; the interval with fewer than five subjects.
    Source: docs/method.md, "Double counting".
    """
    _refuse_unfit(draws, confidence)
    model = weight_model(card)
    chosen, places = pair_places(card, model, pairs)
    nominal = effective_weights(card).astype({"item_id": "str"}).set_index("item_id")["weight"]
    n = len(model.subjects)
    sums = _resampled_sums(applied_weights(model), model.points, places, draws, seed)
    rows = [
        _row(nominal[i], nominal[j], _split(of_pair, n), confidence)
        for i, j, of_pair in zip(chosen["indicator_i"], chosen["indicator_j"], sums, strict=True)
    ]
    answer = pd.DataFrame(rows, columns=COLUMNS[2:-3]).astype(float)
    answer.insert(0, "indicator_j", chosen["indicator_j"])
    answer.insert(0, "indicator_i", chosen["indicator_i"])
    return answer.astype({"n": int}).assign(n_subjects=n, draws=draws, confidence=confidence)


def _refuse_unfit(draws: int, confidence: float) -> None:
    if draws < 0:
        raise KpiError(f"draws: {draws} is negative. Use 0 for no interval, or 200.")
    if not 0 < confidence < 1:
        raise KpiError(f"confidence: {confidence} is no share between 0 and 1. Use 0.95 for 95 %.")


def pair_places(
    card: Scorecard, model: WeightModel, pairs: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[tuple[int, int]]]:
    """Name the pairs, by default those that say the same, and give the places of their indicators in the model.

    Raises
    ------
    KpiError
        If a pair names an indicator that is not scored, or the same one twice.
    """
    chosen = redundant_pairs(correlation(card.scores)) if pairs is None else pairs
    chosen = chosen[["indicator_i", "indicator_j"]].astype("str").reset_index(drop=True)
    place = {name: number for number, name in enumerate(model.indicators)}
    unknown = sorted({str(name) for name in chosen.to_numpy().ravel()} - set(place))
    if unknown:
        raise KpiError(f"pairs: not scored here: {', '.join(unknown)}. Scored are: {', '.join(model.indicators)}.")
    twice = chosen.loc[chosen["indicator_i"] == chosen["indicator_j"], "indicator_i"]
    if len(twice):
        raise KpiError(f"pairs: {twice.iloc[0]} is paired with itself. Name two indicators.")
    return chosen, [(place[i], place[j]) for i, j in chosen.to_numpy()]


def _resampled_sums(
    applied: Floats, points: Floats, places: list[tuple[int, int]], draws: int, seed: int
) -> list[Floats]:
    """Sums of the columns of each pair, one row for all subjects and one for each resample."""
    sums = [[_columns(applied, points, i, j).sum(axis=0)[None]] for i, j in places]
    for counts in _counts(len(points), draws if places else 0, seed):
        for mine, (i, j) in zip(sums, places, strict=True):
            mine.append(counts @ _columns(applied, points, i, j))
    return [np.vstack(mine) for mine in sums]


def _columns(applied: Floats, points: Floats, i: int, j: int) -> Floats:
    """What is summed over subjects for one pair, read by `_split`; distances from means, so that digits are kept."""
    total = (applied * points).sum(axis=1)
    centre = total.mean() if len(total) else 0.0
    w_i, w_j, s_i, s_j = applied[:, i], applied[:, j], points[:, i], points[:, j]
    both = (w_i > 0) & (w_j > 0)
    u_i, u_j = (s - (s[both].mean() if both.any() else 0.0) for s in (s_i, s_j))
    # The parts; each weight with each distance and alone, where both count; the same of the one that counts alone.
    weighted = [w_i * (s_i - centre), w_j * (s_j - centre)]
    weighted += [both * column for column in (w_i * u_i, w_i * u_j, w_i, w_j * u_j, w_j * u_i, w_j)]
    weighted += [~both * column for column in (w_i * u_i, w_i, w_j * u_j, w_j)]
    table = np.column_stack(weighted)
    gap = (total - centre)[:, None]
    moments = [both * column for column in (np.ones(len(total)), u_i, u_j, u_i**2, u_j**2, u_i * u_j)]
    return np.hstack([table, table * gap, gap, gap**2, np.column_stack(moments)])


def _counts(n: int, draws: int, seed: int) -> Iterator[Floats]:
    """How often each subject is in each resample, some resamples at a time."""
    rng = np.random.default_rng(seed)
    step = max(1, _BLOCK // max(n, 1))
    for start in range(0, draws if n else 0, step):
        size = min(step, draws - start)
        drawn = rng.integers(0, n, (size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(float)


def _split(sums: Floats, n: int) -> dict[str, Floats]:
    """Effective weights of a pair and their common parts, one of each for every row of sums.

    Notes
    -----
    With x, y the standardised scores of those who have both, σ their standard deviations, w the weights, s the sign
    of r: the common part is |r|/(1 + |r|)·(wᵢσᵢ + s·wⱼσⱼ)·(x + s·y), where only one counts |r|·wσ·x.
    """
    covariance = (sums[:, 12:24] - sums[:, :12] * sums[:, 24:25] / max(n, 1)).T
    variance = sums[:, 25] - sums[:, 24] ** 2 / max(n, 1)
    variance = np.where(variance > max(n - 1, 1) * TIE**2, variance, np.nan)
    part_i, part_j, ii, ij, i_, jj, ji, j_, ii_alone, i_alone, jj_alone, j_alone = covariance / variance
    both, mean_i, mean_j, square_i, square_j, product = sums[:, 26:].T
    mean_i, mean_j, square_i, square_j, product = (
        divide(column, both) for column in (mean_i, mean_j, square_i, square_j, product)
    )
    own_i, own_j = (
        np.where((square - mean**2 > TIE**2) & (both >= _LEAST), square - mean**2, np.nan)
        for square, mean in ((square_i, mean_i), (square_j, mean_j))
    )
    r = np.clip((product - mean_i * mean_j) / np.sqrt(own_i * own_j), -1.0, 1.0)
    size, sign, ratio = np.abs(r), np.sign(r), np.sqrt(own_j / own_i)
    shared = size / (1 + size)
    # In the scale of the one, the other's distance is σ of the one over σ of the other.
    common_i = shared * (ii - mean_i * i_ + sign / ratio * (ij - mean_j * i_))
    common_j = shared * (jj - mean_j * j_ + sign * ratio * (ji - mean_i * j_))
    common_i += size * (ii_alone - mean_i * i_alone)
    common_j += size * (jj_alone - mean_j * j_alone)
    return {"n": both, "pearson": r, "part_i": part_i, "part_j": part_j, "common_i": common_i, "common_j": common_j}


def _row(weight_i: float, weight_j: float, split: dict[str, Floats], confidence: float) -> tuple[float, ...]:
    """Give the columns of the answer for one pair: all subjects come first, then the resamples."""
    n, r, part_i, part_j, common_i, common_j = (float(column[0]) for column in split.values())
    drawn = (split["common_i"] + split["common_j"])[1:]
    drawn = drawn[~np.isnan(drawn)]
    low = high = np.nan
    if len(drawn) and n >= LEAST_SUBJECTS:
        low, high = np.quantile(drawn, ((1 - confidence) / 2, (1 + confidence) / 2))
    size = abs(r)
    return (
        *(n, r, weight_i, weight_j, weight_i + weight_j, part_i, part_j, part_i + part_j),
        *(size * (weight_i + weight_j), (1 - size) * weight_i, (1 - size) * weight_j),
        *(common_i + common_j, part_i - common_i, part_j - common_j, low, high),
    )
