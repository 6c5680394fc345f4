"""Where totals meet, and where they reach a boundary, while one weight moves: closed forms, no grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpianalysis.analyses.weights.weight_model import rank_rows
from kpianalysis.analyses.weights.weight_paths import Curves, Places
from kpianalysis.scoring.inputs import Floats, Mask, divide
from kpianalysis.scoring.totals import TIE, grade_places

# Weights × pairs looked at in one go: bounds the memory, whatever the number of subjects, and stays in the cache.
MOST_PAIRS = 250_000
# Pairs looked at first, those with the nearest totals: where they break bounds the search for the others.
FIRST_PAIRS = 256
# Where a stretch without any crossing inside is probed, as shares of it; 1 is its start, 0 its end.
PROBES = (0.999, 0.75, 0.5, 0.25, 0.0)


@dataclass(frozen=True)
class Pairs:
    """Pairs of subjects whose order makes a result, each attribute of shape (p,).

    Attributes
    ----------
    above, below : array of int
        Places of the subjects; the one above has the better total, or the same.
    tied : array of bool
        Whether the two tie under the stated weights.
    """

    above: Places
    below: Places
    tied: Mask

    def part(self, start: int, stop: int) -> Pairs:
        """Those from `start` to before `stop`."""
        return Pairs(self.above[start:stop], self.below[start:stop], self.tied[start:stop])


@dataclass(frozen=True)
class Breaks:
    """Where a result first changes on the way, for each of q weights; each attribute of shape (q,).

    Attributes
    ----------
    y : array of float
        1 is at once, 0 is never.
    challenger, overtaken : array of int
        Places of the subject that gets ahead and of the one it leaves behind; -1 where nothing changes.
    """

    y: Floats
    challenger: Places
    overtaken: Places


def pairs_of_order(totals: Floats) -> Pairs:
    """Pairs that hold a whole order: only neighbours can be the first to part or to change places.

    Parameters
    ----------
    totals : array of float, shape (n,)
        Under the stated weights, without missing ones.

    Examples
    --------
    >>> pairs = pairs_of_order(np.array([70.0, 90.0, 70.0]))
    >>> pairs.above.tolist(), pairs.below.tolist(), pairs.tied.tolist()
    ([0, 1], [2, 0], [True, False])
    """
    order, _ranks = _in_order(totals)
    return _nearest_first(totals, order[:-1], order[1:])


def pairs_of_top(totals: Floats, top: int) -> Pairs:
    """Pairs that hold the set of subjects of rank `top` or better; 1 is the first place.

    Parameters
    ----------
    totals : array of float, shape (n,)
        Under the stated weights, without missing ones.
    top : int

    Notes
    -----
    Each one inside against each one outside. Where a tie on the border lets more than `top` in, the tie must hold and
    those above it stay there: otherwise somebody drops out.

    Examples
    --------
    >>> pairs = pairs_of_top(np.array([70.0, 90.0, 80.0]), 1)
    >>> pairs.above.tolist(), pairs.below.tolist()
    ([1, 1], [2, 0])
    """
    order, ranks = _in_order(totals)
    n_inside = int((ranks <= top).sum())
    inside, outside = order[:n_inside], order[n_inside:]
    if n_inside <= top:
        return _nearest_first(totals, *_each_with_each(inside, outside))
    border = inside[ranks[:n_inside] == ranks[n_inside - 1]]
    clear, one = inside[: n_inside - len(border)], border[:1]
    parts = [_each_with_each(clear, np.append(one, outside)), _each_with_each(one, outside), (border[:-1], border[1:])]
    return _nearest_first(totals, *(np.concatenate(side) for side in zip(*parts, strict=True)))


def _in_order(totals: Floats) -> tuple[Places, NDArray[np.int32]]:
    order = np.argsort(-totals, kind="stable")
    return order, rank_rows(totals[None, order])[0]


def _each_with_each(above: Places, below: Places) -> tuple[Places, Places]:
    return np.repeat(above, len(below)), np.tile(below, len(above))


def _nearest_first(totals: Floats, above: Places, below: Places) -> Pairs:
    """Put the pairs first that are likely to break first: what they show spares most of the others."""
    gap = totals[above] - totals[below]
    order = np.argsort(np.where(gap <= TIE, 0.0, gap), kind="stable")
    return Pairs(above[order], below[order], gap[order] <= TIE)


def first_breaks(curves: Curves, pairs: Pairs) -> Breaks:
    """Find where the first of some pairs changes: one strictly overtakes the other, or a tie parts.

    Parameters
    ----------
    curves : Curves, shape (q, n)
    pairs : Pairs

    Returns
    -------
    Breaks

    Notes
    -----
    Totals that differ by at most 1e-9 tie: to meet, or to tie for a while, is not to overtake.
    Source: docs/method.md, "How far a weight may move".
    """
    q, p = len(curves.far), len(pairs.above)
    y, challenger, overtaken = np.zeros(q), np.full(q, -1), np.full(q, -1)
    now = curves.at(1.0)
    start, step = 0, FIRST_PAIRS
    while start < p:
        chunk = pairs.part(start, start + step)
        row, pair = _may_break(now, curves.at(y[:, None]), chunk)
        where, swapped = _break_of(curves, chunk, row, pair)
        best = y.copy()
        np.maximum.at(best, row, where)
        hit = np.flatnonzero((where == best[row]) & (where > y[row]))
        rows, first = np.unique(row[hit], return_index=True)
        up, down, swap = chunk.above[pair[hit[first]]], chunk.below[pair[hit[first]]], swapped[hit[first]]
        challenger[rows], overtaken[rows] = np.where(swap, down, up), np.where(swap, up, down)
        start, step, y = start + step, max(1, MOST_PAIRS // max(q, 1)), best
    return Breaks(y, challenger, overtaken)


def _may_break(now: Floats, last: Floats, pairs: Pairs) -> tuple[Places, Places]:
    """Leave out what cannot break between `now` and `last`: totals only rise or only fall, so both bound them."""
    low, high = np.minimum(now, last), np.maximum(now, last)
    # First the pairs that no weight at all can break, most of them; then weight by weight.
    under_any = _can_part(low.min(axis=0, keepdims=True), high.max(axis=0, keepdims=True), pairs)[0]
    some = np.flatnonzero(under_any)
    row, pair = np.nonzero(_can_part(low, high, Pairs(pairs.above[some], pairs.below[some], pairs.tied[some])))
    return row, some[pair]


def _can_part(low: Floats, high: Floats, pairs: Pairs) -> Mask:
    can: Mask = high.take(pairs.below, axis=1) - low.take(pairs.above, axis=1) > TIE
    if pairs.tied.any():
        can |= pairs.tied & (high.take(pairs.above, axis=1) - low.take(pairs.below, axis=1) > TIE)
    return can


def _break_of(curves: Curves, pairs: Pairs, row: Places, pair: Places) -> tuple[Floats, Mask]:
    """Where each pair breaks, 0 for never, and whether it is the one below that gets ahead."""
    y, swapped = np.zeros(len(row)), np.ones(len(row), dtype=bool)
    tied = pairs.tied[pair]
    for which in (np.flatnonzero(~tied), np.flatnonzero(tied)):
        if len(which):
            above = curves.pick(row[which], pairs.above[pair[which]])
            below = curves.pick(row[which], pairs.below[pair[which]])
            parting = _parting_of_ties if tied[which[0]] else _overtaking
            y[which], swapped[which] = parting(above, below)
    return y, swapped


def _overtaking(above: Curves, below: Curves) -> tuple[Floats, Mask]:
    """Where the one below first gets strictly ahead: just after one of the places where they meet."""
    meets = [*_meetings(above, below)]
    if np.isfinite(above.cap).any() or np.isfinite(below.cap).any():
        meets += [above.reaching(below.cap), below.reaching(above.cap)]
    return _first_stretch(above, below, _falling(meets), False)


def _parting_of_ties(above: Curves, below: Curves) -> tuple[Floats, Mask]:
    """Where a tie first parts: at once, unless the two are the same until a cap begins or ends to bind."""
    at_once = np.ones(len(above.far))
    stretches = np.vstack([at_once[None], _falling([above.reaching(above.cap), below.reaching(below.cap)])])
    return _first_stretch(above, below, stretches, True)


def _meetings(a: Curves, b: Curves) -> tuple[Floats, Floats]:
    """Both places where two totals without their caps are equal: roots of a quadratic."""
    square = a.other - b.other
    linear = a.odds * (a.far - b.other) - b.odds * (b.far - a.other)
    constant = a.odds * b.odds * (a.far - b.far)
    discriminant = linear**2 - 4 * square * constant
    root = np.sqrt(np.where(discriminant < 0, np.nan, discriminant))
    # The sum of two numbers of the same sign: no digits are lost.
    half = -(linear + np.copysign(root, linear)) / 2
    return divide(half, square), divide(constant, half)


def _falling(places: list[Floats]) -> Floats:
    """Sort the places between 1 and 0, from 1 on; the others become 0. Shape (c, p)."""
    table = np.array(places)
    return -np.sort(-np.where((table > 0) & (table < 1), table, 0.0), axis=0)


def _first_stretch(above: Curves, below: Curves, starts: Floats, either: bool) -> tuple[Floats, Mask]:
    """Start of the first stretch in which the one below is ahead (`either`: in which the two differ); 0 for never.

    Within a stretch nothing changes sign, so that a few probes say who is ahead.
    """
    y, swapped = np.zeros(starts.shape[1]), np.ones(starts.shape[1], dtype=bool)
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else np.zeros_like(start)
        here = np.flatnonzero((start > 0) & (y == 0))
        a, b, start, end = above.only(here), below.only(here), start[here], end[here]
        found = np.zeros(len(here), dtype=bool)
        for share in PROBES:
            at = end + (start - end) * share
            lead = b.at(at) - a.at(at)
            new = ~found & ((lead > TIE) | (either & (lead < -TIE)))
            swapped[here[new]] = lead[new] > 0
            found |= new
        y[here[found]] = start[found]
    return y, swapped


def grade_breaks(curves: Curves, boundaries: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Find where each subject's grade changes, and to which.

    Parameters
    ----------
    curves : Curves, shape (q, n)
    boundaries : array of float, shape (g,)
        Lowest total of each grade, points, rising.

    Returns
    -------
    y : array of float, shape (q, n)
        1 is at once, 0 is never.
    grade : array of int, shape (q, n)
        Place of the new grade among the boundaries, -1 below all; the stated one where nothing changes.

    Notes
    -----
    A boundary that is reached exactly counts as reached, up to 1e-9 points. A boundary that is only reached where the
    weight is nothing, or all of its group, is not reached on the way.
    Source: docs/method.md, "How far a weight may move".
    """
    # Every weight's way starts from the same totals.
    place = grade_places(curves.at(1.0)[:1], boundaries)
    edges = np.concatenate([[-np.inf], boundaries, [np.inf]])
    own, following = edges[place + 1], edges[place + 2]
    lower, higher = np.searchsorted(boundaries, own - TIE) - 1, grade_places(following, boundaries)
    falls = curves.far < own - TIE
    rises = (curves.far > following + TIE) & (curves.cap >= following - TIE)
    where = np.clip(curves.reaching(np.where(falls, own, following)), 0.0, 1.0)
    return np.where(falls | rises, where, 0.0), np.where(falls, lower, np.where(rises, higher, place))
