"""Ranks and grades of every subject under many sets of weights: counted once, asked many questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpianalysis.analyses.weights.rank_counting import RankSorter, count_ranks, counted_quantiles, quantiles
from kpianalysis.analyses.weights.weight_draws import DrawRule, draw_multipliers
from kpianalysis.analyses.weights.weight_model import WeightModel, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import TIE

# Totals computed at once: small enough to stay in a processor's cache.
AT_ONCE = 40_000
QUANTILES = (0.05, 0.5, 0.95)
# Up to so many subjects a table of subjects x ranks is smaller than the ranks themselves.
MOST_COUNTED = 2_000


@dataclass(frozen=True)
class DrawnRanks:
    """What n subjects get under k sets of weights.

    Attributes
    ----------
    model : WeightModel
        Its subjects are the rows, in its order.
    indicators, dimensions : array of float, shape (k, m) and (k, d)
        The sets, as multipliers of the stated weights.
    totals : DataFrame
        The stated result, one row per subject: subject_id, unit_id, total, rank, grade.
    grades : DataFrame
        grade, min_score, by rising min_score.
    rank_quantiles : array of float, shape (3, n)
        5 %, 50 %, 95 % of the ranks of each subject.
    mean_rank : array of float, shape (n,)
    grade_counts : array of int, shape (n, g + 1)
        Sets in which a subject has each grade, the lowest first; the last column: none.
    ranks : array of int, shape (n, k), or None
        Rank of each subject in each set; None where it would take more memory than allowed.
    rank_counts : array of int, shape (n, n), or None
        Sets in which a subject has each rank; None for more than 2,000 subjects.
    width : int
        Subjects whose ranks are in memory at once.
    """

    model: WeightModel
    indicators: Floats
    dimensions: Floats
    totals: pd.DataFrame
    grades: pd.DataFrame
    rank_quantiles: Floats
    mean_rank: Floats
    grade_counts: np.ndarray
    ranks: np.ndarray | None
    rank_counts: np.ndarray | None
    width: int

    @property
    def draws(self) -> int:
        """How many sets of weights were drawn."""
        return len(self.indicators)

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Give the ranks of all subjects, as many at a time as memory was allowed for.

        Yields
        ------
        block : slice
            Of the subjects.
        ranks : array of int, shape (subjects, k)
            Those that were kept, or else counted again.
        """
        n, starts = len(self.model.subjects), np.empty(0)
        for start in range(0, n, self.width):
            block = slice(start, min(start + self.width, n))
            kept = self.ranks
            if kept is None:
                kept = _rank_block(self.model, self.indicators, self.dimensions, starts, block, _kind(n), None)
            yield block, kept


def draw_ranks(
    card: Scorecard,
    draws: int = 10_000,
    seed: int = 0,
    rule: DrawRule | float | None = None,
    most_bytes: int = 2**29,
) -> DrawnRanks:
    """Draw sets of weights and rank and grade everybody under each.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    draws : int
        Sets of weights.
    seed : int
    rule : DrawRule or float, optional
        How to draw; a number is the spread around the stated weights. Default: ± 25 %.
    most_bytes : int
        Memory for ranks. Beyond it they are counted for some subjects at a time, the sets weighed again for each such
        block, and not kept; every answer is the same and takes longer.

    Returns
    -------
    DrawnRanks

    Raises
    ------
    KpiError
        If the rule cannot be used.

    Notes
    -----
    This is uncertainty from the weights alone, not from chance in the actuals.
    Source: docs/method.md, "Rank and grade under other weights".
    """
    if draws < 1:
        raise KpiError(f"draws: {draws} is not a number of sets. Draw at least 1; 10,000 give steady intervals.")
    model = weight_model(card)
    chosen = DrawRule(spread=float(rule)) if isinstance(rule, int | float) else rule
    indicators, dimensions = draw_multipliers(model, draws, seed, chosen)
    return ranks_under(model, indicators, dimensions, _stated(card), card.grades, most_bytes)


def ranks_under(
    model: WeightModel,
    indicators: Floats,
    dimensions: Floats,
    totals: pd.DataFrame,
    grades: pd.DataFrame,
    most_bytes: int = 2**29,
) -> DrawnRanks:
    """Rank and grade everybody under given sets of weights.

    Parameters
    ----------
    model : WeightModel
    indicators, dimensions : array of float, shape (k, m) and (k, d)
        Multipliers of the stated weights, one set a row.
    totals : DataFrame
        The stated result of the subjects of `model`, see `DrawnRanks`.
    grades : DataFrame
        grade, min_score; may be empty.
    most_bytes : int
        Memory for ranks, see `draw_ranks`.
    """
    n, k = len(model.subjects), len(indicators)
    rising = grades.sort_values("min_score")[["grade", "min_score"]].reset_index(drop=True)
    kind = _kind(n)
    width = max(1, min(n, most_bytes // max(k * np.dtype(kind).itemsize, 1)))
    blocks = [slice(start, min(start + width, n)) for start in range(0, n, width)]
    grade_counts = np.zeros((n, len(rising) + 1), dtype=np.int64)
    rank_quantiles, mean_rank = np.full((len(QUANTILES), n), np.nan), np.full(n, np.nan)
    starts = rising["min_score"].to_numpy(dtype=float)
    ranks, counts = np.empty((0, k), dtype=kind), None
    for block in blocks:
        ranks = _rank_block(model, indicators, dimensions, starts, block, kind, None if block.start else grade_counts)
        if n <= MOST_COUNTED and len(blocks) == 1:
            counts = count_ranks(ranks, n)
            mean_rank[block] = counts @ np.arange(1.0, n + 1.0) / k
            rank_quantiles[:, block] = counted_quantiles(counts, QUANTILES)
        else:
            mean_rank[block] = ranks.mean(axis=1)
            rank_quantiles[:, block] = quantiles(ranks, QUANTILES)
    kept = ranks if len(blocks) <= 1 else None
    return DrawnRanks(
        model, indicators, dimensions, totals, rising, rank_quantiles, mean_rank, grade_counts, kept, counts, width
    )


def _kind(n: int) -> type[np.generic]:
    """The smallest kind of whole number that holds a rank."""
    return np.uint16 if n < 2**16 else np.int32


def _stated(card: Scorecard) -> pd.DataFrame:
    with_total = card.totals[card.totals["total"].notna()]
    return with_total[["subject_id", "unit_id", "total", "rank", "grade"]].reset_index(drop=True)


def _rank_block(
    model: WeightModel,
    indicators: Floats,
    dimensions: Floats,
    boundaries: Floats,
    block: slice,
    kind: type[np.generic],
    grade_counts: np.ndarray | None,
) -> np.ndarray:
    """Rank a block of subjects among all, shape (subjects, k), and count grades where a table for it is given."""
    n, k = len(model.subjects), len(indicators)
    step = max(1, AT_ONCE // max(n, 1))
    ranks = np.empty((block.stop - block.start, k), dtype=kind)
    sorter = RankSorter(min(step, k), n, kind)
    for start in range(0, k, step):
        totals = model.totals(indicators[start : start + step], dimensions[start : start + step])
        if grade_counts is not None:
            _count_grades(totals, boundaries, grade_counts)
        if len(ranks) == n:
            sorter.rank(totals, ranks, start)
        else:
            everybody = np.empty((n, len(totals)), dtype=kind)
            sorter.rank(totals, everybody, 0)
            ranks[:, start : start + step] = everybody[block]
    return ranks


def _count_grades(totals: Floats, boundaries: Floats, counts: np.ndarray) -> None:
    """Add to `counts` how often each subject has each grade."""
    # How many reach each boundary; a grade is what reaches its own and not the next.
    reached = np.zeros((len(boundaries) + 1, totals.shape[1]), dtype=np.int64)
    for place, boundary in enumerate(boundaries):
        is_reached = (totals >= boundary - TIE).view(np.uint8)
        for start in range(0, len(totals), 255):
            # A byte counts up to 255, and bytes are added several times quicker than whole numbers.
            reached[place] += is_reached[start : start + 255].sum(axis=0, dtype=np.uint8)
    counts[:, :-1] += (reached[:-1] - reached[1:]).T
    counts[:, -1] += len(totals) - reached[0]
