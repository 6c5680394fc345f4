"""May a strength make up for a weakness? The stated mean against means that allow less of it, and against votes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.alternatives.data_weights import rank_agreement
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide
from kpianalysis.scoring.totals import TIE, limit_totals, rank_totals

METHODS = ("arithmetic", "geometric", "harmonic", "copeland")
LEVELS = ("dimension", "indicator")
# Pairs of subjects compared at once.
PAIRS = 400_000


def compensation(card: Scorecard, level: str = "dimension") -> pd.DataFrame:
    """Combine the same scores with the same weights in four ways, from fully compensating to not at all.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    level : {"dimension", "indicator"}
        What is combined: the dimension scores as they stand, or the indicator scores, within dimensions and above.

    Returns
    -------
    DataFrame
        One row per subject with a total and method ("arithmetic", as stated; "geometric"; "harmonic"; "copeland"), by
        stated rank: subject_id, method, total (points after bonus and veto; "copeland": subjects beaten less subjects
        beaten by), rank, shift (places up from the stated rank; below zero: down), lowest_id, lowest, highest_id,
        highest (the lowest and the highest score that counts, points). A geometric or harmonic total is missing where
        a score is negative, and shifts are those among the subjects that have one.

    Raises
    ------
    KpiError
        If there is no such level.

    Notes
    -----
    Each subject's applied weights are used, so a missing score is what the scheme's policy makes of it. Pairs compare
    scores alone: the shift of "copeland" is from the stated rank before bonus and veto.
    Source: docs/method.md, "Compensation".
    """
    if level not in LEVELS:
        raise KpiError(f"level: {level!r} is no level of the scheme. Use one of: {', '.join(LEVELS)}.")
    totals = card.totals[card.totals["total"].notna()].sort_values("rank", kind="stable").reset_index(drop=True)
    subjects = totals["subject_id"].astype("str")
    items, scores, weights = _applied(card, level, list(subjects))
    bonus, caps = totals["bonus"].to_numpy(), totals["veto_cap"].to_numpy()
    by_method = {
        "arithmetic": totals["total"].to_numpy(dtype=np.float64),
        "geometric": limit_totals(geometric_means(scores, weights) + bonus, caps),
        "harmonic": limit_totals(harmonic_means(scores, weights) + bonus, caps),
        "copeland": copeland_scores(scores, weights),
    }
    extremes = _extremes(items, scores, weights)
    tables = []
    for method, values in by_method.items():
        table = pd.DataFrame({"subject_id": subjects, "method": method, "total": values})
        stated = totals["weighted_total" if method == "copeland" else "total"].where(table["total"].notna())
        table["rank"] = rank_totals(table["total"])
        table["shift"] = rank_totals(stated) - table["rank"]
        tables.append(table.join(extremes))
    return pd.concat(tables, ignore_index=True)


def _applied(card: Scorecard, level: str, subjects: list[str]) -> tuple[list[str], Floats, Floats]:
    """Items, scores (n, k; missing where none counts) and applied weights (n, k; 0 there)."""
    rows = card.dimension_scores if level == "dimension" else card.scores[card.scores["kind"] == "scored"]
    key = f"{level}_id"
    catalogue = (card.dimensions if level == "dimension" else card.indicators)[key]
    long = pd.DataFrame({"subject_id": rows["subject_id"].astype("str"), "item_id": rows[key].astype("str")})
    long["weight"] = rows["applied_weight"]
    # A weight without a score is that of a missing score which the policy counts as 0.
    long["score"] = rows["score"].fillna(0.0)
    long = long[long["weight"] > 0]
    items = [str(name) for name in catalogue if str(name) in set(long["item_id"])]
    scores, weights = (
        long.pivot(index="subject_id", columns="item_id", values=column)
        .reindex(index=subjects, columns=items)
        .to_numpy(dtype=np.float64)
        for column in ("score", "weight")
    )
    return items, scores, np.nan_to_num(weights)


def geometric_means(scores: Floats, weights: Floats) -> Floats:
    """Weighted geometric mean of each row: a score of 0 makes it 0, whatever the others are.

    Parameters
    ----------
    scores : array of float, shape (n, k)
        Missing where the weight is 0.
    weights : array of float, shape (n, k)

    Returns
    -------
    array of float, shape (n,)
        exp(Σ w·ln s / Σ w); missing with a negative score, and without any weight.

    Notes
    -----
    Source: docs/method.md, "Compensation".

    Examples
    --------
    >>> geometric_means(np.array([[40.0, 90.0], [0.0, 100.0], [-1.0, 100.0]]), np.ones((3, 2))).round(6)
    array([60.,  0., nan])
    """
    positive, shares, fate = _prepared(scores, weights)
    means: Floats = np.exp((shares * np.log(positive)).sum(axis=1)) * fate
    return means


def harmonic_means(scores: Floats, weights: Floats) -> Floats:
    """Weighted harmonic mean of each row: the lowest scores count most, and a score of 0 makes it 0.

    Parameters and missing values as in `geometric_means`; Σ w / Σ (w / s).

    Notes
    -----
    Source: docs/method.md, "Compensation".

    Examples
    --------
    >>> harmonic_means(np.array([[40.0, 60.0], [0.0, 100.0], [-1.0, 100.0]]), np.ones((3, 2))).round(6)
    array([48.,  0., nan])
    """
    positive, shares, fate = _prepared(scores, weights)
    return divide(np.ones(len(scores)), (shares / positive).sum(axis=1)) * fate


def _prepared(scores: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Scores above 0 (1 elsewhere), weights that sum to 1, and what becomes of the mean: times 1, 0, or missing."""
    used = weights > 0
    is_positive = used & (scores > TIE)
    fate = np.where((used & ~is_positive).any(axis=1), 0.0, 1.0)
    fate[(used & (scores < -TIE)).any(axis=1) | ~used.any(axis=1)] = np.nan
    shares = np.nan_to_num(divide(weights, weights.sum(axis=1, keepdims=True)))
    return np.where(is_positive, scores, 1.0), np.where(is_positive, shares, 0.0), fate


def copeland_scores(scores: Floats, weights: Floats) -> Floats:
    """Let each two rows meet: the one ahead in the greater weight of columns wins; wins less losses.

    Parameters
    ----------
    scores : array of float, shape (n, k)
        Missing where the weight is 0. Scores closer than 1e-9 are equal.
    weights : array of float, shape (n, k)
        Weights that sum to 1 in a row.

    Returns
    -------
    array of float, shape (n,)
        From −(n − 1) to n − 1, whole numbers.

    Notes
    -----
    Two rows meet in the columns both have, with the mean of their two weights; the same weight on both sides (within
    1e-9) is a draw. Source: docs/method.md, "Compensation".

    Examples
    --------
    >>> copeland_scores(np.array([[9.0, 1.0, 1.0], [5.0, 5.0, 5.0], [1.0, 4.0, 9.0]]), np.full((3, 3), 1 / 3))
    array([-2.,  2.,  0.])
    """
    n, k = scores.shape
    places = np.stack([_places(column) for column in scores.T]) if k else np.zeros((0, n), dtype=np.int16)
    there = (weights > 0).T
    won = np.zeros(n)
    step = max(1, PAIRS // max(n, 1))
    for start in range(0, n, step):
        end = min(start + step, n)
        # Each pair once: the rows of this block against those from its first one on.
        ahead = np.zeros((end - start, n - start))
        for column in range(k):
            here, others = slice(start, end), slice(start, n)
            mine, theirs = places[column, here, None], places[column, others]
            sign = (mine > theirs).astype(np.int8) - (mine < theirs).astype(np.int8)
            sign *= there[column, here, None] & there[column, others]
            ahead += sign * (weights[here, column][:, None] + weights[others, column])
        result = (ahead > TIE).astype(np.int8) - (ahead < -TIE).astype(np.int8)
        won[start:end] += result.sum(axis=1)
        won[end:] -= result[:, end - start :].sum(axis=0)
    return won


def _places(values: Floats) -> np.ndarray:
    """Order of the values of a column as whole numbers, ties sharing one; missing ones come last and are not used."""
    order = np.argsort(values, kind="stable")
    steps = np.diff(values[order], prepend=np.nan) > TIE
    places = np.empty(len(values), dtype=np.int32)
    places[order] = np.cumsum(steps)
    return places


def _extremes(items: list[str], scores: Floats, weights: Floats) -> pd.DataFrame:
    """Lowest and highest score that counts, and where."""
    names = np.array([*items, ""], dtype=object)
    found = {}
    for which, fill, pick in (("lowest", np.inf, np.argmin), ("highest", -np.inf, np.argmax)):
        known = np.where(weights > 0, scores, fill)
        place = pick(known, axis=1) if known.shape[1] else np.full(len(known), -1)
        found[f"{which}_id"] = names[place]
        found[which] = known[np.arange(len(known)), place] if known.shape[1] else np.full(len(known), np.nan)
    return pd.DataFrame(found).astype({"lowest_id": "str", "highest_id": "str"})


def compensation_results(compensated: pd.DataFrame) -> pd.DataFrame:
    """Compare the ranks by each method with the stated ones.

    Parameters
    ----------
    compensated : DataFrame
        `compensation`.

    Returns
    -------
    DataFrame
        One row per method but the stated one: method, rank_correlation (Spearman; missing when all share one rank),
        mean_shift, most_shift (mean and largest absolute change of rank, places), n_zero (subjects whose mean is 0
        because one score is), n_without_total (subjects without one because a score is negative).

    Notes
    -----
    Source: docs/method.md, "Compensation".
    """
    rows = []
    for method in METHODS[1:]:
        mine = compensated[compensated["method"] == method]
        is_mean = method != "copeland"
        n_zero = int((is_mean & mine["total"].notna() & (mine["lowest"] <= TIE)).sum())
        # The rank that a shift starts from, turned over so that more is better.
        stated = -(mine["rank"] + mine["shift"])
        agreement = rank_agreement(stated, -mine["rank"])
        agreement["n_without_total"] = float(mine["total"].isna().sum())
        rows.append({"method": method, **agreement, "n_zero": n_zero})
    columns = ["method", "rank_correlation", "mean_shift", "most_shift", "n_zero", "n_without_total"]
    return pd.DataFrame(rows, columns=columns).astype({"n_without_total": int})
