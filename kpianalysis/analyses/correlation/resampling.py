"""Coefficients in resamples of the subjects."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

import numpy as np

from kpianalysis.analyses.correlation.coefficients import sorted_columns
from kpianalysis.analyses.correlation.moments import line_correlations, shared_sums
from kpianalysis.analyses.correlation.ranks import Counts
from kpianalysis.analyses.correlation.resampled_ranks import FEWEST, CompleteColumns, PairWithGaps
from kpianalysis.analyses.correlation.threads import Scratch, in_threads
from kpianalysis.scoring.inputs import Floats, Mask

# Counts of drawn rows that are held at once, and from how many on threads gain more than they cost.
AT_ONCE, HEAVY = 4_000_000, 2_000_000
# Draws side by side, where each step is the same for all of them: for all complete columns, and for a pair with gaps;
# fewer of long columns, so that a piece of NEAR counts stays near the processor.
TOGETHER, APART, NEAR = 32, 48, 240_000


def spearman_resamples(values: Floats, draws: int, seed: int) -> Floats:
    """Correlate the ranks of columns in resamples of the rows.

    Parameters
    ----------
    values : array of float, shape (n, k)
        Missing as nan: each pair over the drawn rows that have both.
    draws : int
    seed : int

    Returns
    -------
    array of float, shape (draws, k, k)
        Missing below 4 drawn rows that have both, or where one of the two never varies in these.

    Notes
    -----
    A row drawn w times counts w times: rows are sorted once, not once a resample.
    Source: docs/method.md, "Correlation".
    """
    n, k = values.shape
    squares = np.full((draws, k, k), np.nan)
    given = ~np.isnan(values)
    columns = sorted_columns(values)
    whole = np.flatnonzero(given.all(axis=0) & (n >= FEWEST))
    together = CompleteColumns([columns[j] for j in whole]) if len(whole) else None
    pairs = [(i, j) for i, j in combinations_with_replacement(range(k), 2) if not given[:, [i, j]].all()]
    scratch = Scratch()
    with_gaps = [(i, j, PairWithGaps(columns[i], columns[j], scratch)) for i, j in pairs]
    for at, counts in _drawn(n, draws, seed):
        found = squares[at : at + len(counts)]
        if together:
            pieces = _side_by_side(counts, max(1, min(TOGETHER, NEAR // (n * together.k))))
            heavy = counts.size * together.k > HEAVY
            found[:, whole[:, None], whole] = np.concatenate(in_threads(together.correlate, pieces, heavy=heavy))
        if with_gaps:
            _fill(found, with_gaps, counts, given)
    return squares


def _fill(squares: Floats, pairs: list[tuple[int, int, PairWithGaps]], counts: Counts, given: Mask) -> None:
    """Fill in the pairs that have gaps; squares of shape (draws, k, k)."""
    width = max(4, min(APART, NEAR // len(given)))
    pieces = _side_by_side(counts, width)
    weights = counts.astype(float)
    n, cubes = shared_sums(weights, given, given), shared_sums(weights * weights * weights, given, given)

    def fill(pair: tuple[int, int, PairWithGaps]) -> None:
        i, j, both = pair
        for at, piece in zip(range(0, len(counts), width), pieces, strict=True):
            these = slice(at, at + width)
            squares[these, i, j] = both.correlate(piece, n[these, i, j], cubes[these, i, j])
        squares[:, j, i] = squares[:, i, j]

    in_threads(fill, pairs, heavy=counts.size * len(pairs) > HEAVY)


def pearson_resamples(values: Floats, draws: int, seed: int) -> Floats:
    """Correlate columns on a straight line in resamples of the rows; as `spearman_resamples`."""
    squares = np.full((draws, *values.shape[1:] * 2), np.nan)
    given = ~np.isnan(values)
    for at, counts in _drawn(len(values), draws, seed):
        weights = counts.astype(float)
        enough = shared_sums(weights, given, given) >= FEWEST
        squares[at : at + len(counts)] = np.where(enough, line_correlations(values, weights), np.nan)
    return squares


def _drawn(n: int, draws: int, seed: int) -> Iterator[tuple[int, Counts]]:
    """Draw n rows of n with replacement and count how often each was drawn: some draws at a time, shape (some, n).

    Yields the number of draws before, too.
    """
    rng = np.random.default_rng(seed)
    step = max(APART, AT_ONCE // max(n, 1))
    for at in range(0, draws if n else 0, step):
        rows = rng.integers(0, n, (min(step, draws - at), n))
        counts = np.empty(rows.shape, dtype=np.int32)
        for drawn, count in zip(rows, counts, strict=True):
            count[:] = np.bincount(drawn, minlength=n)
        yield at, counts


def _side_by_side(counts: Counts, width: int) -> list[Counts]:
    """Lay counts out in pieces of some draws side by side, with a row of zeros at the end: shape (n + 1, width)."""
    draws, n = counts.shape
    # Sums of two running counts reach 2n.
    kind = np.int16 if n < 2**14 else np.int32
    pieces: list[Counts] = []
    for at in range(0, draws, width):
        piece = np.zeros((n + 1, min(width, draws - at)), dtype=kind)
        piece[:-1] = counts[at : at + width].T
        pieces.append(piece)
    return pieces
