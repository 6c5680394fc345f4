"""Could a group have these counts by chance? The exact test of one row of a table against the rest."""

from __future__ import annotations

import numpy as np
from scipy import special

from kpianalysis.scoring.inputs import Floats

# So many rows are listed one by one; of more, some are drawn.
MOST_ROWS = 50_000
# Probabilities that differ by less, relatively, are equal.
SAME = 1e-7


def row_test(row: np.ndarray, rest: np.ndarray, draws: int, rng: np.random.Generator) -> tuple[float, bool]:
    """Probability of a row at most as likely as this one, if its subjects were taken from all by lot.

    Parameters
    ----------
    row, rest : array of int, shape (g,)
        Counts of the group, and of everybody else.
    draws : int
        Rows to draw where they are too many to list.
    rng : Generator

    Returns
    -------
    float
        p, between 0 and 1.
    bool
        Whether every row was listed, so that p is exact.

    Notes
    -----
    Freeman and Halton's extension of Fisher's exact test to two rows, margins fixed; drawn, p = (1 + hits) / (1 +
    draws). Source: docs/method.md, "Grades by group".

    Examples
    --------
    >>> p, exact = row_test(np.array([3, 1]), np.array([1, 3]), 0, np.random.default_rng(1))
    >>> round(p, 4), exact
    (0.4857, True)
    """
    column = row + rest
    column, row = column[column > 0], row[column > 0]
    here = _log_ways(row, column)
    possible = float(np.prod(np.minimum(column[:-1], row.sum()) + 1.0))
    if possible > MOST_ROWS:
        drawn = _log_ways(rng.multivariate_hypergeometric(column, int(row.sum()), size=draws), column)
        return float((1 + (drawn <= here + SAME).sum()) / (1 + draws)), False
    ways = _log_ways(_every_row(column, int(row.sum())), column)
    likely = np.exp(ways - special.logsumexp(ways))
    return float(min(1.0, likely[ways <= here + SAME].sum())), True


def _every_row(column: np.ndarray, n: int) -> np.ndarray:
    """List every row of n subjects that the columns allow."""
    first = np.indices(np.minimum(column[:-1], n) + 1).reshape(len(column) - 1, -1).T
    last = n - first.sum(axis=1)
    fits = (last >= 0) & (last <= column[-1])
    rows: np.ndarray = np.column_stack([first, last])[fits]
    return rows


def _log_ways(rows: np.ndarray, column: np.ndarray) -> Floats:
    """Logarithm of the number of ways to take such rows from the columns."""
    ways: Floats = (
        special.gammaln(column + 1.0) - special.gammaln(rows + 1.0) - special.gammaln(column - rows + 1.0)
    ).sum(axis=-1)
    return ways
