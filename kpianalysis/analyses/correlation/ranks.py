"""Ranks of columns, each sorted once: ranks among any rows then follow by counting along that order."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kpianalysis.analyses.correlation.threads import Scratch
from kpianalysis.scoring.inputs import Floats

Places = NDArray[np.intp]
Counts = NDArray[np.integer]
# A running sum waits for its last term at each step; so many sums side by side keep the processor busy.
LANES = 16


class Column:
    """One column of n rows, sorted once: shape (n,), missing as nan.

    Attributes
    ----------
    n : int
        Rows.
    order : array of int, shape (m,)
        The m rows that have a value, from the lowest to the highest.
    firsts, ends : array of int
        By distinct value, ascending: the place of its first row in `order`, and the place after its last row.
    is_tied : bool
        Whether several rows have one value.
    """

    def __init__(self, column: Floats) -> None:
        self.n = len(column)
        known = np.flatnonzero(~np.isnan(column))
        # Without missing values numpy sorts several times as fast.
        self.order: Places = known[np.argsort(column[known])]
        ascending = column[self.order]
        self.firsts: Places = np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1])[: len(known)])
        self.ends: Places = np.append(self.firsts[1:], len(known))[: len(self.firsts)]
        self.is_tied = len(self.firsts) < len(known)

    @property
    def is_complete(self) -> bool:
        """Whether every row has a value."""
        return len(self.order) == self.n

    @cached_property
    def level(self) -> Counts:
        """Number of each row's value among the distinct ones, from 0 up; -1 without a value."""
        return self._by_row(np.arange(len(self.firsts), dtype=np.int32), np.full(self.n, -1, dtype=np.int32))

    def centred_ranks(self) -> Floats:
        """Twice the average rank less the mean of that; 0 without a value: whole numbers, exact in products."""
        return self._by_row((self.firsts + self.ends - len(self.order)).astype(float), np.zeros(self.n))

    def _by_row(self, by_value: NDArray[np.generic], rows: NDArray[np.generic]) -> NDArray:  # type: ignore[type-arg]
        rows[self.order] = np.repeat(by_value, self.ends - self.firsts) if self.is_tied else by_value
        return rows

    @cached_property
    def lanes(self) -> Places:
        """`order` in lanes: place t at [t % LANES, t // LANES]; n beyond the last row. Shape (LANES, width)."""
        rows = np.full((self.width, LANES), self.n, dtype=np.intp)
        rows.ravel()[: len(self.order)] = self.order
        return np.ascontiguousarray(rows.T)

    @property
    def width(self) -> int:
        """Places of a lane."""
        return -(-len(self.order) // LANES)

    @cached_property
    def last(self) -> Places:
        """Where `running_counts` stands at the last place of each row's value; 0 without a value. Shape (n,)."""
        return self._by_row(self.group_last, np.zeros(self.n, dtype=np.intp))

    @cached_property
    def before(self) -> Places:
        """Where `running_counts` stands before the first place of each row's value; 0 without a value. Shape (n,)."""
        return self._by_row(self.group_before, np.zeros(self.n, dtype=np.intp))

    @cached_property
    def group_last(self) -> Places:
        """As `last`, once for each distinct value."""
        return self._kept(self.ends)

    @cached_property
    def group_before(self) -> Places:
        """As `before`, once for each distinct value."""
        return self._kept(self.firsts)

    def _kept(self, ends: Places) -> Places:
        """Where `running_counts` keeps the count of the places before `ends`."""
        t = ends - 1
        return np.where(ends > 0, 1 + (t % LANES) * self.width + t // LANES, 0)


class Layout(NamedTuple):
    """As in `Column`, of several columns beside each other: shapes (LANES, k, width), (k, n), (k, n)."""

    lanes: Places
    last: Places
    before: Places


def beside(columns: list[Column]) -> Layout:
    """Lay columns without gaps out beside each other."""
    k, width = len(columns), columns[0].width

    def moved(kept: Places, place: int) -> Places:
        lane, at = np.divmod(kept - 1, width)
        return np.where(kept > 0, 1 + (lane * k + place) * width + at, 0)

    return Layout(
        np.stack([column.lanes for column in columns], axis=1),
        np.stack([moved(column.last, place) for place, column in enumerate(columns)]),
        np.stack([moved(column.before, place) for place, column in enumerate(columns)]),
    )


def running_counts(layout: Layout | Column, counts: Counts, scratch: Scratch) -> Counts:
    """Count rows from the lowest value up to each place, for several sets of counts side by side.

    Parameters
    ----------
    layout : Layout or Column
    counts : array of int, shape (n + 1, sets)
        How often each row counts; 0 at the end.
    scratch : Scratch
        The answer is its array "running".

    Returns
    -------
    array of int, shape (1 + places, sets)
        0, then the count up to each place, in the order of `lanes`.
    """
    sets = counts.shape[1]
    running: Counts = scratch.array("running", (1 + layout.lanes.size, sets), counts.dtype)
    running[0] = 0
    lanes = running[1:].reshape(*layout.lanes.shape, sets)
    counts.take(layout.lanes, axis=0, out=lanes, mode="clip")
    for lane in range(1, LANES):
        lanes[lane] += lanes[lane - 1]
    ends = lanes[-1, ..., :-1, :]
    # Counts are not negative and leave their highest bit free: some short ones side by side add up as one long number.
    kind = np.int64 if sets * ends.itemsize % 8 == 0 else ends.dtype
    lanes[..., 1:, :] += ends.view(kind).cumsum(axis=-2, dtype=kind).view(ends.dtype)
    return running


def summed_ranks(layout: Layout | Column, running: Counts, scratch: Scratch) -> Counts:
    """Give before + last of each row: twice the average rank less 1, 0 without a value; shape (..., n, sets).

    The answer is the array "ranks" of `scratch`.
    """
    shape = (*layout.last.shape, running.shape[1])
    ranks, before = (scratch.array(name, shape, running.dtype) for name in ("ranks", "before"))
    running.take(layout.last, axis=0, out=ranks, mode="clip")
    running.take(layout.before, axis=0, out=before, mode="clip")
    ranks += before
    return ranks


def tied_cubes(column: Column, running: Counts) -> Floats:
    """Sum t³ over groups of rows with one value, t being their count; shape (sets,)."""
    sizes = (running[column.group_last] - running[column.group_before]).astype(float)
    cubes: Floats = np.einsum("gs,gs,gs->s", sizes, sizes, sizes)
    return cubes
