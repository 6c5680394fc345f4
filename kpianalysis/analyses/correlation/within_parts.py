"""Correlations taken apart, many pairs of columns at once: what lies within groups of rows and what between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kpianalysis.scoring.inputs import Floats, divide

Places = NDArray[np.intp]
# Numbers held in one array, so that memory does not grow with the number of pairs.
_AT_ONCE = 1_000_000
# Of the whole spread, less than this is rounding.
ROUNDING = 1e-12


class Parts(NamedTuple):
    """What each pair is made of: arrays of shape (pairs,), the last two of shape (pairs, groups).

    Attributes
    ----------
    n, groups, alone
        Rows with both, groups that have such rows, groups that have only one.
    pooled, within, between
        Coefficients over all rows, about the means of the groups, and of these means weighted by their rows.
    share_between
        Of the pooled covariance, what lies between groups: below 0 or above 1 where the two go against each other.
    between_i, between_j
        Of the spread of each column, what lies between groups.
    chance
        Variance that mere chance gives the within coefficient, over that of groups alike in spread: 1 for one group.
    pooled_error, difference_error
        Standard errors of pooled, and of pooled − within, from what each row does to them.
    group_n, group_coefficient
        Rows with both in each group, and their coefficient among themselves.
    """

    n: Floats
    groups: Floats
    alone: Floats
    pooled: Floats
    within: Floats
    between: Floats
    share_between: Floats
    between_i: Floats
    between_j: Floats
    chance: Floats
    pooled_error: Floats
    difference_error: Floats
    group_n: Floats
    group_coefficient: Floats


def split_pairs(values: Floats, sizes: Places, i: Places, j: Places, *, ranked: bool) -> Parts:
    """Split the correlation of each pair of columns into a part within groups of rows and one between them.

    Parameters
    ----------
    values : array of float, shape (n, k)
        The rows of a group side by side. Missing as nan: each pair over the rows that have both.
    sizes : array of int, shape (groups,)
        Rows of each group, at least 1; their sum is n.
    i, j : array of int, shape (pairs,)
        The columns of each pair.
    ranked : bool
        Spearman: ranks among all rows with both, for `group_coefficient` among those of the group. Else Pearson.

    Notes
    -----
    The covariances within and between add up to the pooled one. A coefficient is missing where one side never varies.
    Source: docs/method.md, "Within and between groups".

    Examples
    --------
    >>> values = np.array([[1.0, 3.0], [2.0, 2.0], [4.0, 6.0], [5.0, 5.0]])
    >>> parts = split_pairs(values, np.array([2, 2]), np.array([0]), np.array([1]), ranked=False)
    >>> parts.pooled.round(2).tolist(), parts.within.tolist(), parts.between.tolist(), parts.share_between.tolist()
    ([0.8], [-1.0], [1.0], [1.125])
    """
    table = _Table(values, sizes, ranked)
    step = max(1, _AT_ONCE // max(len(values), 1))
    starts = range(0, max(len(i), 1), step)
    blocks = [_Pairs(table, i[at : at + step], j[at : at + step]).parts() for at in starts]
    return Parts(*(np.concatenate(column) for column in zip(*blocks, strict=True)))


class _Spread(NamedTuple):
    """Mean squares of the one and of the other column, and their mean product."""

    i: Floats
    j: Floats
    both: Floats

    def coefficient(self) -> Floats:
        found: Floats = np.clip(divide(self.both, np.sqrt(self.i * self.j)), -1.0, 1.0)
        return found

    def without_rounding(self, whole: _Spread) -> _Spread:
        """Take for nothing what is but the rounding of the whole."""
        i, j = (
            np.where(part > ROUNDING * whole_, part, 0.0) for part, whole_ in ((self.i, whole.i), (self.j, whole.j))
        )
        return _Spread(i, j, np.where((i > 0) & (j > 0), self.both, 0.0))


class _Levels(NamedTuple):
    """A column as its different values: the order of its rows, where each value starts in it, which each row has."""

    order: Places
    starts: Places
    code: Places


class _Table:
    """Columns over rows that stand side by side by group; sorted once over all rows, and once within each group."""

    def __init__(self, values: Floats, sizes: Places, ranked: bool) -> None:
        self.columns = np.ascontiguousarray(values.T)
        self.there = ~np.isnan(self.columns)
        self.sizes, self.firsts, self.ranked = sizes, np.cumsum(sizes) - sizes, ranked
        one, own = np.zeros(len(values), dtype=np.intp), np.repeat(np.arange(len(sizes)), sizes)
        self.over_all = [_levels(column, one) for column in self.columns if ranked]
        self.by_group = [_levels(column, own) for column in self.columns if ranked]

    def sums(self, rows: Floats) -> Floats:
        """Sum over the rows of each group: (pairs, n) to (pairs, groups)."""
        if not len(self.sizes):
            return np.zeros((len(rows), 0))
        summed: Floats = np.add.reduceat(rows, self.firsts, axis=1)
        return summed

    def rows(self, groups: Floats) -> Floats:
        """Give each row what its group has: (pairs, groups) to (pairs, n)."""
        laid: Floats = np.repeat(groups, self.sizes, axis=1)
        return laid


class _Pairs:
    """One block of pairs: the rows that have both, and the two columns there, about their mean."""

    def __init__(self, table: _Table, i: Places, j: Places) -> None:
        self.table, self.i, self.j = table, i, j
        self.both = (table.there[i] & table.there[j]).astype(float)
        self.group_n = table.sums(self.both)
        self.n = self.group_n.sum(axis=1)
        self.weight = self.both / np.maximum(self.n, 1.0)[:, None]
        self.balance = [_balance_by(table.over_all, side) if table.ranked else _no_balance for side in (i, j)]
        self.a, self.b = (self._centred(side, balance) for side, balance in zip((i, j), self.balance, strict=True))

    def parts(self) -> Parts:
        inner_a, mean_a = self._about_groups(self.a)
        inner_b, mean_b = self._about_groups(self.b)
        whole, inside = self._spread(self.a, self.b), self._spread(inner_a, inner_b)
        share = self.group_n / np.maximum(self.n, 1.0)[:, None]
        outside = _Spread(*((share * x * y).sum(axis=1) for x, y in _squares_and_product(mean_a, mean_b)))
        inside, outside = inside.without_rounding(whole), outside.without_rounding(whole)
        by_pooled = self._influence(self.a, self.b, whole)
        by_within = self._influence(inner_a, inner_b, inside)
        chance, among = self._by_group(inner_a, inner_b, whole)
        return Parts(
            n=self.n.astype(int),
            groups=(self.group_n > 0).sum(axis=1),
            alone=(self.group_n == 1).sum(axis=1),
            pooled=whole.coefficient(),
            within=inside.coefficient(),
            between=outside.coefficient(),
            share_between=divide(outside.both, whole.both),
            between_i=divide(outside.i, whole.i),
            between_j=divide(outside.j, whole.j),
            chance=chance,
            pooled_error=_error(by_pooled, self.n),
            difference_error=_error(by_pooled - by_within, self.n),
            group_n=self.group_n.astype(int),
            group_coefficient=among,
        )

    def _centred(self, side: Places, balance: Callable[[Floats], Floats]) -> Floats:
        """Ranks about their mean, twice over and as shares of the rows; or values about theirs."""
        if self.table.ranked:
            ranks: Floats = balance(self.both) * self.weight
            return ranks
        x = np.where(self.both > 0, self.table.columns[side], 0.0)
        values: Floats = (x - (self.weight * x).sum(axis=1, keepdims=True)) * self.both
        return values

    def _about_groups(self, rows: Floats) -> tuple[Floats, Floats]:
        """Rows less the mean of their group, and these means."""
        means = np.nan_to_num(divide(self.table.sums(rows), self.group_n))
        return (rows - self.table.rows(means)) * self.both, means

    def _spread(self, a: Floats, b: Floats) -> _Spread:
        return _Spread(*((self.weight * x * y).sum(axis=1) for x, y in _squares_and_product(a, b)))

    def _influence(self, a: Floats, b: Floats, spread: _Spread) -> Floats:
        """Say how fast the coefficient of a and b changes when a row counts for more, shape (pairs, n)."""
        ii, jj, ij = (part[:, None] for part in spread)
        by_i, by_j = self.balance
        wa, wb = self.weight * a, self.weight * b
        # A row that counts for more has its own product, and moves the ranks of all others.
        by_ij = a * b - by_i(wb) - by_j(wa)
        by_ii, by_jj = a * a - 2 * by_i(wa), b * b - 2 * by_j(wb)
        pulls = by_ij - ij / 2 * (divide(by_ii, ii) + divide(by_jj, jj))
        influence: Floats = divide(pulls, np.sqrt(ii * jj)) * self.both
        return influence

    def _by_group(self, inner_a: Floats, inner_b: Floats, whole: _Spread) -> tuple[Floats, Floats]:
        """Variance by chance over that of groups alike in spread, and the coefficient of each group by itself."""
        ii, jj, ij = self._group_sums(inner_a, inner_b, whole)
        # Variance of the sum of products when, in each group, the values of the one are shuffled against the other's.
        shuffled = np.nansum(divide(ii * jj, np.maximum(self.group_n - 1, 0.0)), axis=1)
        free = np.maximum(self.n - (self.group_n > 0).sum(axis=1), 0.0)
        chance = divide(shuffled * free, ii.sum(axis=1) * jj.sum(axis=1))
        if self.table.ranked:
            a, b = (_balance_by(self.table.by_group, side)(self.both) * self.both for side in (self.i, self.j))
            own = self._spread(a, b)
            ii, jj, ij = self._group_sums(self._about_groups(a)[0], self._about_groups(b)[0], own)
        return chance, _Spread(ii, jj, ij).coefficient()

    def _group_sums(self, inner_a: Floats, inner_b: Floats, whole: _Spread) -> _Spread:
        sums = _Spread(*(self.table.sums(x * y) for x, y in _squares_and_product(inner_a, inner_b)))
        return sums.without_rounding(_Spread(*((part * self.n)[:, None] for part in whole)))


def _squares_and_product(a: Floats, b: Floats) -> tuple[tuple[Floats, Floats], ...]:
    return (a, a), (b, b), (a, b)


def _error(influence: Floats, n: Floats) -> Floats:
    return np.asarray(np.sqrt(np.square(influence).sum(axis=1)) / np.maximum(n, 1.0))


def _levels(column: Floats, of: Places) -> _Levels:
    order = np.lexsort((column, of))
    ordered, group = column[order], of[order]
    is_first = np.ones(len(column), dtype=bool)
    is_first[1:] = (ordered[1:] != ordered[:-1]) | (group[1:] != group[:-1])
    code = np.empty(len(column), dtype=np.intp)
    code[order] = np.cumsum(is_first) - 1
    return _Levels(order, np.flatnonzero(is_first), code)


def _no_balance(weight: Floats) -> Floats:
    """Values, unlike ranks, do not hang on other rows."""
    return np.zeros_like(weight)


def _balance_by(columns: list[_Levels], anchors: Places) -> Callable[[Floats], Floats]:
    """Give what sums, in each pair's own column, the weights of the rows below a row less those above it."""
    of = [(columns[anchor], np.flatnonzero(anchors == anchor)) for anchor in np.unique(anchors)]

    def balance(weight: Floats) -> Floats:
        answer = np.empty_like(weight)
        for column, pairs in of:
            sums = np.add.reduceat(weight[pairs][:, column.order], column.starts, axis=1)
            upto = np.cumsum(sums, axis=1)
            answer[pairs] = (2 * upto - sums - upto[:, -1:])[:, column.code]
        return answer

    return balance
