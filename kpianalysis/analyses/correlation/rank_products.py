"""Products of the ranks of two columns with gaps, among the rows that have both."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from kpianalysis.analyses.correlation.ranks import Column, Counts, running_counts, summed_ranks, tied_cubes
from kpianalysis.analyses.correlation.threads import Scratch, in_threads
from kpianalysis.scoring.inputs import Floats, Mask

# From about this many ranks on, threads gain more than they cost.
HEAVY = 1_000_000


def rank_correlations(columns: list[Column], given: Mask, n: Floats) -> Floats:
    """Correlate average ranks for each pair of columns among the rows that have both.

    Parameters
    ----------
    columns : list of Column
    given : array of bool, shape (n, k)
        Whether a row has a value.
    n : array of int, shape (k, k)
        Rows that have both.

    Returns
    -------
    array of float, shape (k, k)
        Missing where one of the two never varies; 1 on the diagonal otherwise.

    Notes
    -----
    Twice the average rank is before + last + 1, with the rows counted before the first and up to the last that have
    the value. With a = before + last, 0 for a row that lacks one of the two, the centred products sum to
    Σ a_x a_y − n³, and the centred squares to (n³ − n − Σ(t³ − t))/3 over groups of t tied rows: whole numbers all.
    """
    k = len(columns)
    square = np.diag([1.0 if len(column.firsts) > 1 else np.nan for column in columns])
    complete = [j for j in range(k) if columns[j].is_complete]
    if complete:
        ranks = np.column_stack([columns[j].centred_ranks() for j in complete])
        products = ranks.T @ ranks
        square[np.ix_(complete, complete)] = _over_roots(products, np.diag(products))
    whole = set(complete)
    gapped = [pair for pair in combinations(range(k), 2) if not whole.issuperset(pair)]
    weights = np.zeros((k, len(given) + 1, 1), dtype=np.int32)
    weights[:, :-1, 0] = given.T
    scratch = Scratch()

    def correlate(pair: tuple[int, int]) -> float:
        i, j = pair
        return _correlate(columns[i], columns[j], weights[i], weights[j], float(n[i, j]), scratch)

    heavy = len(gapped) * len(given) > HEAVY
    if gapped:
        # Each thread reads the layouts of any column: they are made before, one thread a column.
        in_threads(_lay_out, columns, heavy=heavy)
    for (i, j), rho in zip(gapped, in_threads(correlate, gapped, heavy=heavy), strict=True):
        square[i, j] = square[j, i] = rho
    return square


def _lay_out(column: Column) -> None:
    _ = column.lanes, column.last, column.before


def _correlate(x: Column, y: Column, in_x: Counts, in_y: Counts, n: float, scratch: Scratch) -> float:
    ranks_x, ranks_y = (scratch.array(name, (x.n,), float) for name in "xy")
    square_x, square_y = _summed(x, in_y, n, scratch, ranks_x), _summed(y, in_x, n, scratch, ranks_y)
    product = np.einsum("i,i->", ranks_x, ranks_y) - n**3
    return float(product / np.sqrt(square_x * square_y)) if square_x * square_y > 0 else np.nan


def _summed(column: Column, counts: Counts, n: float, scratch: Scratch, out: Floats) -> float:
    """Fill `out` with before + last of each row; give the sum of the centred squares."""
    running = running_counts(column, counts, scratch)
    np.copyto(out, summed_ranks(column, running, scratch)[:, 0])
    return float(n**3 - (tied_cubes(column, running).item() if column.is_tied else n)) / 3


def _over_roots(products: Floats, squares: Floats) -> Floats:
    """Divide products of centred ranks by the roots of the squares; missing where a column never varies."""
    roots = np.sqrt(np.where(squares > 0, squares, np.nan))
    quotient: Floats = products / (roots[:, None] * roots)
    return quotient
