"""Totals while one weight moves and the others of its group share the rest: one closed form for each subject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpianalysis.analyses.weights.weight_model import WeightModel
from kpianalysis.scoring.inputs import Floats, Mask, divide

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Curves:
    """Totals on the way from the stated weights, y = 1, to one end of a weight's range, y = 0.

    The total is (far·odds + other·y) / (odds + y), held at the cap: it never turns back on its way.

    Attributes
    ----------
    far : array of float
        Total at the end of the way, before the cap, points.
    other : array of float
        Total at the other end of the weight's range.
    odds : array of float
        Above 0: how soon the total leaves its stated value.
    cap : array of float
        Infinite where there is none.
    """

    far: Floats
    other: Floats
    odds: Floats
    cap: Floats

    def at(self, y: Floats | float) -> Floats:
        """Totals at y, between 0 and 1."""
        totals: Floats = np.minimum(self.far + (self.other - self.far) * (y / (y + self.odds)), self.cap)
        return totals

    def reaching(self, level: Floats) -> Floats:
        """Where the total, without its cap, is at `level`; missing for nowhere, outside 0 to 1 for not on the way."""
        level = np.where(np.isfinite(level), level, np.nan)
        return divide(self.odds * (level - self.far), self.other - level)

    def pick(self, row: Places, subject: Places) -> Curves:
        """Curves of some weights and subjects, element by element; shape (p,)."""
        flat = row * self.far.shape[1] + subject
        return Curves(self.far.take(flat), self.other.take(flat), self.odds.take(flat), self.cap.take(subject))

    def only(self, places: Places) -> Curves:
        """Some of the curves of `pick`."""
        return Curves(*(part.take(places) for part in (self.far, self.other, self.odds, self.cap)))


def curves_of(model: WeightModel) -> tuple[Curves, Curves]:
    """Totals while one weight falls to 0, and while it grows until it is all of its group.

    Parameters
    ----------
    model : WeightModel
        n subjects, m indicators, d dimensions.

    Returns
    -------
    down, up : Curves, shape (m + d, n)
        One row per indicator, then per dimension. On the way down y is the multiplier of the weight, on the way up 1
        over the multiplier; the others of the group keep their proportions, because only proportions count.

    Notes
    -----
    A subject whose group rests on this one weight, or who does not have it, keeps its total.
    Source: docs/method.md, "How far a weight may move".
    """
    without, alone, odds = _ways(model)
    cap = np.where(np.isnan(model.veto_cap), np.inf, model.veto_cap)
    without, alone = without + model.bonus, alone + model.bonus
    return Curves(without, alone, 1 / odds, cap), Curves(alone, without, odds, cap)


def _ways(model: WeightModel) -> tuple[Floats, Floats, Floats]:
    """Weighted totals without each weight and with it alone in its group, and its odds there; shape (m + d, n)."""
    of, weights, by = model.dimension_of, model.weights.T, model.dimension_weights.T
    of_dimension = np.arange(len(by))[:, None] == of
    others, other_dimensions = (of[:, None] == of) & ~np.eye(len(of), dtype=bool), ~np.eye(len(by), dtype=bool)
    points = weights * model.points.T
    scores = _quotient(_sums(of_dimension, points), _sums(of_dimension, weights))
    part = by * scores
    beside, beside_part = _sums(other_dimensions, by), _sums(other_dimensions, part)
    rest, rest_points = _sums(others, weights), _sums(others, points)
    whole, mine, its = by.sum(axis=0), beside_part[of], by[of]
    alone = np.vstack([(mine + its * model.points.T) / whole, scores])
    without = np.vstack([(mine + its * _quotient(rest_points, rest)) / whole, _quotient(beside_part, beside)])
    own, rests = np.vstack([weights * (its > 0), by]), np.vstack([rest, beside])
    moves, stated = (own > 0) & (rests > 0), part.sum(axis=0) / whole
    odds = np.divide(own, rests, out=np.ones_like(own), where=moves)
    return np.where(moves, without, stated), np.where(moves, alone, stated), odds


def _sums(chosen: Mask, table: Floats) -> Floats:
    """Sum for each row of `chosen` the rows of `table` that it names.

    Summed, not taken off the whole, which would cost digits; and not by a threaded product of matrices: its threads
    cost far more time to wake than this small work takes.
    """
    return np.array([table[row].sum(axis=0) for row in chosen]).reshape(len(chosen), table.shape[1])


def _quotient(above: Floats, below: Floats) -> Floats:
    """Divide; 0 where there is nothing to divide by."""
    quotient: Floats = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return quotient
