"""What a unit's mean probably is: raw and shrunken means, so that a unit of three is not first by luck."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.fairness.between import draw_means, paule_mandel, pooled_mean
from kpianalysis.analyses.fairness.group_values import Groups, group_means, group_values
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import rank_totals

COLUMNS = [
    *("group_id", "n", "raw", "shrunken", "weight", "low", "high", "raw_rank", "rank", "rank_low", "rank_high"),
    *("p_first", "grand_mean", "within_sd", "between_sd", "draws", "confidence"),
]


def shrunken_means(
    card: Scorecard,
    by: str = "unit_id",
    indicator_id: str = "",
    draws: int = 4_000,
    seed: int = 1,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Put beside each raw mean what the group's mean probably is, given how few subjects it has.

    Parameters
    ----------
    card : Scorecard
        Of the whole: one unit alone says nothing about how far units lie apart.
    by : {"unit_id", "role_id"}
    indicator_id : str
        Blank: totals; else the scores of that indicator.
    draws, seed : int
        Of the intervals.
    confidence : float
        Share of the draws between the ends of an interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group, the highest shrunken mean first, equal ones by raw mean: group_id; n (subjects); raw,
        shrunken (means, points); weight (share of the raw mean in the shrunken one, its reliability, 0 to 1); low,
        high (interval of the true mean, points); raw_rank, rank (of raw and shrunken mean, 1 is best, equal ones
        share it); rank_low, rank_high (interval); p_first (chance of being the best); the same in every row:
        grand_mean, within_sd (of subjects inside a group), between_sd (of groups), points; draws, confidence. All
        after raw but raw_rank is missing with fewer than 3 groups, fewer than 5 subjects more than groups, or where
        subjects of the same group do not differ.

    Raises
    ------
    KpiError
        If by, indicator_id, draws or confidence is none.

    Notes
    -----
    shrunken = μ + weight·(raw − μ), weight = τ²/(τ² + σ²/n): the fewer subjects, the nearer to the grand mean. The
    intervals do not take τ for granted. Source: docs/method.md, "Shrunken means".
    """
    if draws < 1 or not 0 < confidence < 1:
        raise KpiError(f"draws: {draws}, confidence: {confidence}. Use at least 1 draw, and a share such as 0.95.")
    groups = group_means(group_values(card, by, indicator_id))
    answer = pd.DataFrame({"group_id": groups.group_id, "n": groups.n.astype(int), "raw": groups.mean})
    answer = answer.assign(raw_rank=rank_totals(answer["raw"]), **_estimates(groups, draws, seed, confidence))
    answer["rank"] = rank_totals(answer["shrunken"].astype(float))
    answer = answer.assign(draws=draws, confidence=confidence).astype({"group_id": "str"})
    order = ["rank", "raw", "group_id"]
    answer = answer.sort_values(order, ascending=[True, False, True], kind="stable")
    return answer[COLUMNS].reset_index(drop=True)


def shrink(mean: Floats, variance: Floats, between: float) -> tuple[Floats, Floats]:
    """Pull each mean towards the grand mean by as much as chance makes of its distance.

    Parameters
    ----------
    mean, variance : array of float, shape (k,)
        Of each group, and the square of its standard error.
    between : float
        τ², the variance of true means.

    Returns
    -------
    shrunken, weight : array of float, shape (k,)

    Examples
    --------
    >>> shrunken, weight = shrink(np.array([60.0, 80.0]), np.array([4.0, 4.0]), 12.0)
    >>> shrunken.tolist(), weight.tolist()
    ([62.5, 77.5], [0.75, 0.75])
    """
    grand = pooled_mean(mean, variance, between)[0]
    weight = between / (between + variance)
    return grand + weight * (mean - grand), weight


def _estimates(groups: Groups, draws: int, seed: int, confidence: float) -> dict[str, Floats | float]:
    names = [
        name for name in COLUMNS if name not in ("group_id", "n", "raw", "raw_rank", "rank", "draws", "confidence")
    ]
    if not groups.can_compare:
        return dict.fromkeys(names, np.nan)
    variance = groups.variance / groups.n
    between = paule_mandel(groups.mean, variance)
    shrunken, weight = shrink(groups.mean, variance, between)
    drawn = draw_means(groups.mean, variance, draws, np.random.default_rng(seed))
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, (tail, 1 - tail), axis=0)
    places = (-drawn).argsort(axis=1).argsort(axis=1) + 1.0
    rank_low, rank_high = np.quantile(places, (tail, 1 - tail), axis=0, method="inverted_cdf")
    return {
        "shrunken": shrunken,
        "weight": weight,
        "low": low,
        "high": high,
        "rank_low": rank_low,
        "rank_high": rank_high,
        "p_first": (places == 1).mean(axis=0),
        "grand_mean": pooled_mean(groups.mean, variance, between)[0],
        "within_sd": float(np.sqrt(groups.variance)),
        "between_sd": float(np.sqrt(between)),
    }
