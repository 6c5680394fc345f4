"""Ranks of many rows of totals at once, how often each occurs, and their quantiles: arrays alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kpianalysis.analyses.weights.weight_model import rank_rows
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import TIE


class RankSorter:
    """Ranks totals as `rank_rows` does, several times quicker, in memory it has once.

    A total becomes a whole number with the subject's place in its last bits; sorting such numbers sorts subjects with
    their totals, and needs no second look-up. Where the numbers would be too coarse for the tie rule, or a total is
    missing, `rank_rows` does it.
    """

    def __init__(self, rows: int, n: int, kind: type[np.generic]) -> None:
        self.coded, self.subject = np.empty((rows, n), dtype=np.int64), np.empty((rows, n), dtype=np.int64)
        self.n, self.bits, self.kind = n, max(n - 1, 1).bit_length(), kind

    def rank(self, totals: Floats, ranks: np.ndarray, start: int) -> None:
        """Write the ranks of each row of totals, which are used up, into the columns of `ranks` from `start` on."""
        k, n = totals.shape
        best, worst = (totals.max(), totals.min()) if totals.size else (0.0, 0.0)
        span = max(best - worst, 1e-9)
        unit = 2.0 ** (np.ceil(np.log2(span)) - (61 - self.bits)) if span < np.inf else np.nan
        if not unit <= TIE / 16:
            ranks[:, start : start + k] = rank_rows(totals).T
            return
        np.subtract(best, totals, out=totals)
        totals *= 1.0 / unit
        coded, subject = self.coded[:k], self.subject[:k]
        np.copyto(coded, totals, casting="unsafe")
        coded <<= self.bits
        coded |= np.arange(n)
        coded.sort(axis=1)
        np.bitwise_and(coded, (1 << self.bits) - 1, out=subject)
        coded >>= self.bits
        # Place of each in the transposed table: a row for a subject, a column for a set of weights.
        subject *= ranks.shape[1]
        subject += np.arange(start, start + k)[:, np.newaxis]
        ranks.reshape(-1)[subject] = self._places(coded, round(TIE / unit))

    def _places(self, coded: np.ndarray, tie: int) -> np.ndarray:
        """Places from first to last; who is no further than `tie` behind the one before shares its place."""
        places = np.arange(1, self.n + 1, dtype=self.kind)
        tied = coded[:, 1:] - coded[:, :-1] <= tie
        if not tied.any():
            return places
        shared = np.tile(places, (len(coded), 1))
        shared[:, 1:][tied] = 0
        return np.asarray(np.maximum.accumulate(shared, axis=1))


def quantiles(values: np.ndarray, shares: Sequence[float]) -> Floats:
    """Quantiles of each row, by linear interpolation between order statistics (R type 7, numpy's default).

    Parameters
    ----------
    values : array, shape (n, k)
        Without missing values.
    shares : sequence of float
        0 to 1.

    Returns
    -------
    array of float, shape (len(shares), n)

    Examples
    --------
    >>> quantiles(np.array([[1, 2, 3, 4]]), [0.5])
    array([[2.5]])
    """
    places = np.asarray(shares) * (values.shape[1] - 1)
    low, high = np.floor(places).astype(int), np.ceil(places).astype(int)
    answer = np.empty((len(places), len(values)))
    for rows in _some_rows(values):
        ordered = np.sort(values[rows], axis=1)
        below, above = ordered[:, low].astype(np.float64), ordered[:, high].astype(np.float64)
        answer[:, rows] = (below + (places - low) * (above - below)).T
    return answer


def _some_rows(values: np.ndarray, most: int = 4_000_000) -> Iterator[slice]:
    """Give the rows of a table a few at a time, so that a sorted copy stays small."""
    step = max(1, most // max(values.shape[1], 1))
    return (slice(start, start + step) for start in range(0, len(values), step))


def count_ranks(ranks: np.ndarray, most: int) -> np.ndarray:
    """Count how often each row has each of the ranks 1 to `most`.

    Parameters
    ----------
    ranks : array of int, shape (n, k)
    most : int

    Returns
    -------
    array of int, shape (n, most)

    Examples
    --------
    >>> count_ranks(np.array([[1, 2, 1], [2, 1, 3]]), 2).tolist()
    [[2, 1], [1, 1]]
    """
    counts = np.empty((len(ranks), most), dtype=np.int64)
    for rows in _some_rows(ranks, 1_000_000):
        mine = ranks[rows]
        # Beyond `most` everything is counted in one column more, which is cut off; column 0 has nothing.
        cell = np.minimum(mine, most + 1, dtype=np.int64)
        cell += (most + 2) * np.arange(len(mine))[:, np.newaxis]
        table = np.bincount(cell.ravel(), minlength=len(mine) * (most + 2)).reshape(len(mine), most + 2)
        counts[rows] = table[:, 1 : most + 1]
    return counts


def counted_quantiles(counts: np.ndarray, shares: Sequence[float]) -> Floats:
    """Quantiles as `quantiles` gives them, of values 1, 2, … that each row has so many times.

    Parameters
    ----------
    counts : array of int, shape (n, m)
        How often a row has the value 1, 2, … m; the rows have the same sum, above 0.
    shares : sequence of float
        0 to 1.

    Returns
    -------
    array of float, shape (len(shares), n)

    Examples
    --------
    >>> counted_quantiles(np.array([[1, 1, 1, 1]]), [0.5])
    array([[2.5]])
    """
    up_to = counts.cumsum(axis=1)
    answer = np.empty((len(shares), len(counts)))
    for number, share in enumerate(shares):
        place = share * (int(counts[0].sum()) - 1) if len(counts) else 0.0
        low, high = ((up_to <= at).sum(axis=1) + 1.0 for at in (np.floor(place), np.ceil(place)))
        answer[number] = low + (place - np.floor(place)) * (high - low)
    return answer
