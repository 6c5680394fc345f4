"""Pairs of places in the wrong order, by cutting a sequence up."""

from __future__ import annotations

from math import ceil, isqrt

import numpy as np
from numpy.typing import NDArray

Sequences = NDArray[np.integer]
# Sequences as short as this are compared place by place.
SHORT = 64
# Numbers that are worked on at once.
NEAR = 60_000


def inversions(sequences: Sequences) -> int:
    """Count pairs of places of which the first has the greater number, in each sequence.

    Parameters
    ----------
    sequences : array of int, shape (m, s)
        Whole numbers from 0 up. Numbers times 4√s must stay within their type.

    Notes
    -----
    Places are cut into blocks and, by size, numbers into as many ranges, so that a range has about √(2s) numbers.
    Pairs that differ in both are counted from how many numbers each block has in each range. Those within a block, and
    those within a range but not a block, are sequences of about √(2s) places again. Time and memory grow a little
    faster than s. Source: docs/method.md, "Correlation".

    Examples
    --------
    >>> inversions(np.array([[0, 1, 2, 3], [3, 2, 1, 0], [0, 2, 2, 1]]))
    8
    """
    m, s = sequences.shape
    if s <= SHORT:
        return _by_lag(sequences)
    blocks = isqrt(s // 2)
    size = ceil(s / blocks)
    sequences = _filled(sequences, blocks * size)
    # Blocks in the order of the numbers, equal ones as they stand: each `size` of them are a range.
    by_range = _sorted_places(sequences, np.repeat(np.arange(0, blocks * m, m), size))
    first_cell = np.arange(m)[:, None] + np.arange(blocks) * (blocks * m)
    cells = by_range.reshape(m, blocks, size) + first_cell[:, :, None]
    counts = np.bincount(cells.ravel(), minlength=blocks * blocks * m).reshape(blocks, blocks, m)
    parts = np.concatenate([sequences.reshape(m * blocks, size), by_range.reshape(m * blocks, size)])
    return _between(counts) + sum(inversions(_ranked(some)) for some in _pieces(parts))


def _pieces(sequences: Sequences) -> list[Sequences]:
    """Take some sequences at a time, so that what is computed of them stays near the processor."""
    step = max(1, NEAR // sequences.shape[1])
    return [sequences[at : at + step] for at in range(0, len(sequences), step)]


def _ranked(sequences: Sequences) -> Sequences:
    """Make long sequences orders of their own places, so that numbers are below their length."""
    size = sequences.shape[1]
    return _sorted_places(sequences, np.arange(size)) if size > SHORT else sequences


def _filled(sequences: Sequences, length: int) -> Sequences:
    """Lengthen sequences by their greatest number, which adds no inversion."""
    m, s = sequences.shape
    if length == s:
        return sequences
    more = np.full((m, length - s), sequences.max(), dtype=sequences.dtype)
    return np.concatenate([sequences, more], axis=1)


def _sorted_places(sequences: Sequences, places: Sequences) -> Sequences:
    """Give the names of places in the order of the numbers that stand there, equal ones by name."""
    bits = int(places[-1]).bit_length()
    packed = sequences << bits
    packed |= places.astype(sequences.dtype)
    packed.sort(axis=1)
    packed &= (1 << bits) - 1
    return packed


def _by_lag(sequences: Sequences) -> int:
    """Compare each place with those a given number of places on, in all sequences at once."""
    kind = np.min_scalar_type(int(sequences.max(initial=0)))
    places = np.ascontiguousarray(sequences.T.astype(kind))
    size, m = places.shape
    greater, filled = np.empty(size * (size - 1) // 2 * m, dtype=bool), 0
    for lag in range(1, size):
        part = greater[filled : (filled := filled + (size - lag) * m)].reshape(size - lag, m)
        np.greater(places[:-lag], places[lag:], out=part)
    return int(np.count_nonzero(greater))


def _between(counts: NDArray[np.int64]) -> int:
    """Count pairs of a higher range and an earlier block; counts of shape (ranges, blocks, sequences)."""
    summed = counts[1:, :-1].astype(np.int32)
    for place in range(len(summed) - 2, -1, -1):
        summed[place] += summed[place + 1]
    if counts.shape[2] == 1:
        summed = summed.cumsum(axis=1)
    else:
        for block in range(1, summed.shape[1]):
            summed[:, block] += summed[:, block - 1]
    return int(np.einsum("abm,abm->", counts[:-1, 1:], summed))
