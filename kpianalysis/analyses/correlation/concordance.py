"""Pairs of rows in the same and in opposite order, for two columns with ties and gaps."""

from __future__ import annotations

from math import isqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kpianalysis.analyses.correlation.inversions import inversions
from kpianalysis.analyses.correlation.ranks import Column
from kpianalysis.scoring.inputs import Floats

Whole = NDArray[np.int64]
# Two columns with few values are counted from the table of these: with this many cells, or two a row.
TABLE, TABLE_A_ROW = 4_000, 2


class Ties(NamedTuple):
    """Groups of t rows with one value: pairs in them, and two more sums that the variance of τ takes.

    Attributes
    ----------
    pairs : float
        Σ t(t − 1)/2.
    triples : float
        Σ t(t − 1)(t − 2).
    spread : float
        Σ t(t − 1)(2t + 5).
    """

    pairs: float
    triples: float
    spread: float


class Concordance(NamedTuple):
    """What τ-b takes of two columns: pairs in opposite order, pairs tied in both, and ties of each."""

    discordant: int
    tied_in_both: float
    x: Ties
    y: Ties


NO_TIES = Ties(0.0, 0.0, 0.0)


def concordance(x: Column, y: Column) -> Concordance:
    """Count pairs of rows that have both columns."""
    values = len(x.firsts), len(y.firsts)
    if values[0] * values[1] <= max(TABLE, TABLE_A_ROW * x.n):
        cells = (x.level + 1) * (values[1] + 1) + (y.level + 1)
        table = np.bincount(cells, minlength=(values[0] + 1) * (values[1] + 1)).reshape(values[0] + 1, -1)[1:, 1:]
        margins = ties(table.sum(axis=1)), ties(table.sum(axis=0))
        return Concordance(discordant_in_table(table), ties(table.ravel()).pairs, *margins)
    if not x.is_tied:
        return _by_order(x, y)
    if not y.is_tied:
        turned = _by_order(y, x)
        return turned._replace(x=turned.y, y=turned.x)
    both = np.flatnonzero((x.level >= 0) & (y.level >= 0))
    level_x, level_y = x.level[both], y.level[both]
    pairs = (level_x.astype(np.int64) << 32) | level_y
    pairs.sort()
    alike = np.diff(np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])), append=len(pairs))
    # Rows tied in x stand in the order of y: these are no inversions.
    sequence = (pairs & 0xFFFFFFFF)[None]
    margins = ties(np.bincount(level_x)), ties(np.bincount(level_y))
    return Concordance(inversions(_narrow(sequence)), ties(alike).pairs, *margins)


def _by_order(x: Column, y: Column) -> Concordance:
    """Count in the order of a column without ties."""
    sequence = y.level.take(x.order)
    sequence = sequence.take(np.flatnonzero(sequence >= 0))
    tied = ties(np.bincount(sequence)) if y.is_tied else NO_TIES
    return Concordance(inversions(_narrow(sequence[None])), 0.0, NO_TIES, tied)


def _narrow(sequence: NDArray[np.integer]) -> NDArray[np.integer]:
    """Take the short kind of whole numbers where they leave `inversions` room for the numbers of blocks."""
    largest = (int(sequence.max(initial=0)) + 1) * 4 * (isqrt(sequence.size) + 1)
    return sequence.astype(np.int32 if largest < 2**31 else np.int64, copy=False)


def ties(sizes: Whole) -> Ties:
    """Sum over groups of tied rows.

    Examples
    --------
    >>> ties(np.array([1, 3, 2]))
    Ties(pairs=4.0, triples=6.0, spread=84.0)
    """
    t: Floats = sizes[sizes > 1].astype(float)
    both = t * (t - 1)
    return Ties(float(both.sum()) / 2, float(both @ (t - 2)), float(both @ (2 * t + 5)))


def discordant_in_table(table: Whole) -> int:
    """Count pairs of which one is higher in x and lower in y, from a table of counts: values of x × values of y.

    Examples
    --------
    >>> discordant_in_table(np.array([[0, 2], [3, 0]]))
    6
    """
    if min(table.shape) < 2:
        return 0
    # Of each cell: those before it in x and behind it in y.
    lower_x = table[:-1, :0:-1].cumsum(axis=0)
    return int(np.einsum("ab,ab->", table[1:, -2::-1], lower_x.cumsum(axis=1)))
