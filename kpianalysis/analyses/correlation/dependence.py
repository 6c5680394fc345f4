"""Which indicators go together in a way that no rank correlation sees: a hump, a valley, a ring."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.coefficients import spearman
from kpianalysis.analyses.correlation.distances import association, counts_of, levels_of
from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.correlation.redundant import ENOUGH, UNLIKELY
from kpianalysis.analyses.correlation.shuffles import drawn_p
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.errors import KpiError


def dependence(
    scores: pd.DataFrame, values: str = "score", permutations: int = 199, draw: str = "flagged", seed: int = 1
) -> pd.DataFrame:
    """Find pairs that depend on each other in any shape, and those of them that Spearman's correlation misses.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    permutations : int
        Shuffles of one indicator of a pair against the other, to check p; 0: none.
    draw : {"flagged", "all"}
        Pairs for which they are drawn: those that would be flagged, or every pair.
    seed : int
        Of the shuffles.

    Returns
    -------
    DataFrame
        One row per pair, the flagged first, then those that depend most on each other: indicator_i, indicator_j, n
        (subjects with both); spearman, spearman_p, spearman_p_adjusted; distance_correlation (of the ranks, 0 none to
        1 the same order, bias-corrected), p (chance that shuffling gives as much), p_adjusted; bend_p (the same of
        what a straight line through the ranks leaves over), bend_p_adjusted (over the pairs that Spearman misses,
        missing for others); p_drawn, bend_p_drawn (shares of the shuffles drawn, missing where none were), draws;
        beyond_rank (at least 20 subjects, Spearman's adjusted p is 0.05 or more, bend_p_adjusted and, where drawn,
        bend_p_drawn are below). p is adjusted after Benjamini and Hochberg. Missing below 4 subjects or where one of
        the two never varies.

    Raises
    ------
    KpiError
        If there are no such values, or permutations or draw is none.

    Notes
    -----
    p and bend_p follow a curve with the moments of all possible shuffles: a drawn p cannot be below 1/(draws + 1),
    too coarse to be adjusted for many pairs. Source: docs/method.md, "Not only straight lines".
    """
    _refuse_unfit(permutations, draw)
    wide = wide_values(scores, values)
    levels = [levels_of(column) for column in wide.to_numpy().T]
    ranks = spearman(wide.to_numpy())
    i, j = np.triu_indices(len(levels), 1)
    n, names = ranks.n[i, j], wide.columns.to_numpy()
    found = [association(counts_of(levels[a], levels[b])) for a, b in zip(i, j, strict=True)]
    squared, p, bend = np.array(found, dtype=float).reshape(-1, 3).T
    by_rank = adjust(ranks.p[i, j])
    bend_adjusted = adjust(np.where(by_rank >= UNLIKELY, bend, np.nan))
    flagged = (bend_adjusted < UNLIKELY) & (n >= ENOUGH)
    drawn = np.full((len(i), 2), np.nan)
    if permutations:
        streams = np.random.default_rng(seed).spawn(len(i))
        for row in np.flatnonzero(~np.isnan(p) & (flagged | (draw == "all"))):
            drawn[row] = drawn_p(levels[i[row]], levels[j[row]], permutations, streams[row])
    answer = pd.DataFrame({"indicator_i": names[i], "indicator_j": names[j], "n": n})
    answer = answer.assign(spearman=ranks.coefficient[i, j], spearman_p=ranks.p[i, j], spearman_p_adjusted=by_rank)
    answer = answer.assign(distance_correlation=np.sqrt(np.maximum(squared, 0.0)), p=p, p_adjusted=adjust(p))
    answer = answer.assign(bend_p=bend, bend_p_adjusted=bend_adjusted, p_drawn=drawn[:, 0], bend_p_drawn=drawn[:, 1])
    answer["draws"] = np.where(np.isnan(drawn[:, 0]), 0, permutations)
    return _flagged_first(answer.assign(beyond_rank=flagged & ~(drawn[:, 1] >= UNLIKELY)))


def _refuse_unfit(permutations: int, draw: str) -> None:
    problems = []
    if permutations < 0:
        problems.append(f"permutations: {permutations} is negative. Use 0 for none, or 199.")
    if draw not in ("flagged", "all"):
        problems.append(f"draw: {draw!r} is not known. Use 'flagged' or 'all'.")
    if problems:
        raise KpiError("\n".join(problems))


def _flagged_first(answer: pd.DataFrame) -> pd.DataFrame:
    # Rounded for the order alone: equal numbers may differ in their last digit.
    order = answer[["beyond_rank", "distance_correlation"]].round(12)
    order = order.sort_values(["beyond_rank", "distance_correlation"], ascending=False, kind="stable")
    return answer.loc[order.index].reset_index(drop=True)
