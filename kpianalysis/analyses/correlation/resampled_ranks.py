"""Rank correlations where each row counts a whole number of times, from columns that were sorted once."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from kpianalysis.analyses.correlation.ranks import Column, Counts, beside, running_counts, summed_ranks, tied_cubes
from kpianalysis.analyses.correlation.threads import Scratch
from kpianalysis.scoring.inputs import Floats

# Products of matrices this small run in one thread, so that threads of ours do not wait for theirs.
SMALL = 200_000
# Numbers that are worked on at once, so that they stay near the processor.
NEAR = 60_000
# Below this weight of rows that have both there is no coefficient.
FEWEST = 4


class CompleteColumns:
    """Columns of n rows without gaps."""

    def __init__(self, columns: list[Column]) -> None:
        self.k, self.n = len(columns), columns[0].n
        self.step = max(1, NEAR // self.n)
        self.scratch = Scratch()
        self.layouts = [beside(columns[at : at + self.step]) for at in range(0, self.k, self.step)]

    def correlate(self, counts: Counts) -> Floats:
        """Correlate ranks in several draws.

        Parameters
        ----------
        counts : array of int, shape (n + 1, draws)

        Returns
        -------
        array of float, shape (draws, k, k)
            Missing where one of the two never varies.
        """
        # With roots of the counts in both factors each product of matrices is that of one with itself, half the work.
        roots = np.sqrt(counts[:-1].T.astype(float))[:, None]
        ranks = self.scratch.array("all ranks", (counts.shape[1], self.k, self.n), float)
        for place, layout in enumerate(self.layouts):
            running = running_counts(layout, counts, self.scratch)
            centred = summed_ranks(layout, running, self.scratch)
            centred -= counts.dtype.type(self.n)
            part = ranks[:, place * self.step : (place + 1) * self.step]
            np.copyto(part, centred.transpose(2, 0, 1))
            part *= roots
        products = _products(ranks)
        squares = np.diagonal(products, axis1=1, axis2=2)
        # Sums of squares are whole numbers but for rounding: below a half they are 0.
        over = np.sqrt(np.where(squares > 0.5, squares, np.nan))
        quotient: Floats = products / (over[:, :, None] * over[:, None, :])
        return quotient


def _products(ranks: Floats) -> Floats:
    """Multiply each column with each in small pieces; shapes (draws, k, n), (draws, k, k)."""
    draws, k, n = ranks.shape
    step = max(16, SMALL // k**2)
    whole = n // step * step
    pieces = ranks[:, :, :whole].reshape(draws, k, -1, step).transpose(0, 2, 1, 3)
    rest = ranks[:, :, whole:]
    products: Floats = (pieces @ pieces.transpose(0, 1, 3, 2)).sum(axis=1) + rest @ rest.transpose(0, 2, 1)
    return products


class PairWithGaps:
    """Two columns, for the rows that have both; rows that are alike in both are one cell."""

    def __init__(self, x: Column, y: Column, scratch: Scratch) -> None:
        self.scratch = scratch
        both = np.flatnonzero((x.level >= 0) & (y.level >= 0))
        cell = x.level[both] * np.int64(len(y.firsts)) + y.level[both]
        by_x = np.argsort(cell, kind="stable")
        self.rows, cell = both[by_x], cell[by_x]
        is_first = np.append(True, cell[1:] != cell[:-1])[: len(cell)]
        firsts = np.flatnonzero(is_first)
        self.collect = None
        if len(firsts) < len(cell):
            ones, stops = np.ones(len(cell), dtype=np.int32), np.append(firsts, len(cell))
            self.collect = sparse.csr_array((ones, self.rows, stops), shape=(len(firsts), x.n + 1))
        cell_x, cell_y = np.divmod(cell[is_first].astype(float), max(len(y.firsts), 1))
        self.x, self.y = Column(cell_x), Column(cell_y)

    def correlate(self, counts: Counts, n: Floats, cubes: Floats) -> Floats:
        """Correlate ranks in several draws.

        Parameters
        ----------
        counts : array of int, shape (rows + 1, draws)
        n, cubes : array of float, shape (draws,)
            Sum of the counts, and of their cubes, over the rows that have both.

        Returns
        -------
        array of float, shape (draws,)
            Missing below 4 rows, or where one of the two never varies.
        """
        shape = (self.x.n + 1, counts.shape[1])
        cells = self.scratch.array("cells", shape, counts.dtype)
        cells[-1] = 0
        if self.collect is None:
            counts.take(self.rows, axis=0, out=cells[:-1], mode="clip")
        else:
            cells[:-1] = self.collect @ counts
        if self.collect is not None:
            sizes = cells[:-1].astype(float)
            cubes = np.einsum("us,us,us->s", sizes, sizes, sizes)
        # Below 2¹⁴ rows, where counts are short, products of two ranks of up to 2¹⁵ are whole numbers of 32 bits.
        kind = np.int32 if counts.dtype == np.int16 else np.float64
        product = self.scratch.array("product", (self.x.n, shape[1]), kind)
        ranks, cubes_x = self._ranks(self.x, cells, cubes)
        np.copyto(product, ranks)
        ranks, cubes_y = self._ranks(self.y, cells, cubes)
        product *= ranks
        covariance = np.einsum("us,us->s", product, cells[:-1], dtype=float) - n**3
        squares = (n**3 - cubes_x) * (n**3 - cubes_y) / 9
        rho = np.full(len(n), np.nan)
        np.divide(covariance, np.sqrt(squares), out=rho, where=(n >= FEWEST) & (squares > 0))
        return rho

    def _ranks(self, column: Column, cells: Counts, cubes: Floats) -> tuple[Counts, Floats]:
        """Give before + last of each cell, and Σ t³ over groups of tied rows, `cubes` if each cell is a group."""
        running = running_counts(column, cells, self.scratch)
        return summed_ranks(column, running, self.scratch), tied_cubes(column, running) if column.is_tied else cubes
