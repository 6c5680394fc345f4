"""How often a column that is shuffled goes together with another as much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kpianalysis.analyses.correlation.distances import (
    ROUNDING,
    Levels,
    association,
    bend,
    counts_of,
    covariance,
    margin_of,
)
from kpianalysis.scoring.inputs import Floats

# Cells of drawn tables laid out at once: 16 MB.
AT_ONCE = 2_000_000


def drawn_p(first: Levels, second: Levels, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Share of shuffles of one column that go together as much, the unshuffled one counted: p and bend_p.

    Parameters
    ----------
    first, second : array of int, shape (n,)
        `levels_of`; rows in which either is −1 do not count.
    draws : int
        1 or more. No answer can be below 1/(draws + 1).
    rng : Generator

    Returns
    -------
    tuple of float
        Missing where those of `association` are.
    """
    counts = counts_of(first, second)
    curve = association(counts)
    if np.isnan(curve.squared):
        return np.nan, np.nan
    x, y = margin_of(counts.sum(axis=1)), margin_of(counts.sum(axis=0))
    found = np.array([measure(counts, x, y) for measure in (covariance, bend)])
    # Equal but for rounding is as much.
    reached, least = np.zeros(2), found - ROUNDING * np.abs(found)
    for tables in shuffled_counts(counts, draws, rng):
        drawn = np.array([measure(tables, x, y) for measure in (covariance, bend)])
        reached += (drawn >= least[:, None]).sum(axis=1)
    p, bend_p = (1 + reached) / (1 + draws)
    return float(p), np.nan if np.isnan(curve.bend_p) else float(bend_p)


def shuffled_counts(counts: Floats, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Draw tables with the same margins, in stacks of shape (draws at once, a, b)."""
    a, b = counts.shape
    # From the margins alone, so that the order of the rows does not decide what is drawn.
    rows = np.repeat(np.arange(a), counts.sum(axis=1).astype(int))
    columns = np.repeat(np.arange(b), counts.sum(axis=0).astype(int))
    for start in range(0, draws, step := max(1, AT_ONCE // max(len(rows), counts.size))):
        size = min(step, draws - start)
        shuffled = rng.permuted(np.tile(columns, (size, 1)), axis=1)
        place = np.arange(size)[:, None] * counts.size + rows * b + shuffled
        yield np.bincount(place.ravel(), minlength=size * counts.size).reshape(size, a, b).astype(float)
