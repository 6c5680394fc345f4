"""Totals while one weight at a time is exchanged between two sets: what a Sobol design asks for, many times over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kpianalysis.analyses.weights.weight_model import WeightModel
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import limit_totals


def varying_weights(model: WeightModel) -> list[int]:
    """Places of the weights that have another one in their group to vary against: indicators, then m + dimension."""
    stated, stated_dimensions = model.stated()
    groups = [np.flatnonzero((model.dimension_of == place) & (stated > 0)) for place in range(len(model.dimensions))]
    groups.append(len(model.indicators) + np.flatnonzero(stated_dimensions > 0))
    return sorted(int(place) for group in groups if len(group) > 1 for place in group)


def exchange_weights(
    model: WeightModel, base: Floats, other: Floats, places: Sequence[int]
) -> Iterator[tuple[int, Floats]]:
    """Weigh again with one weight of each set taken from another set, the rest as they are.

    Parameters
    ----------
    model : WeightModel
        m indicators, d dimensions, n subjects.
    base, other : array of float, shape (k, m + d)
        Multipliers of the weights of indicators and dimensions, all above 0.
    places : sequence of int
        Columns to exchange, each by itself.

    Yields
    ------
    place : int
    totals : array of float, shape (k, n)
        `WeightModel.totals` of `base` with that column of `other`; of a place that is in no group of two or more,
        nothing.

    Notes
    -----
    Where subjects lack different scores, a total is a sum over dimensions of quotients, and one weight changes one
    term: the other terms are computed once for all its indicators.
    """
    m = len(model.indicators)
    if model.is_alike:
        for place in places:
            mixed = base.copy()
            mixed[:, place] = other[:, place]
            yield place, model.totals(mixed[:, :m], mixed[:, m:])
        return
    below = np.zeros((len(base), len(model.subjects)))
    above = np.zeros_like(below)
    for dimension in range(len(model.dimensions)):
        sums, points = _sums(model, base, dimension)
        share = _share(model, base, dimension) * (sums > 0)
        below += share
        above += share * _score(sums, points)
    for dimension in range(len(model.dimensions)):
        sums, points = _sums(model, base, dimension)
        share = _share(model, base, dimension) * (sums > 0)
        score = _score(sums, points)
        part = share / below
        rest = above / below - part * score
        for place in (place for place in places if place < m and model.dimension_of[place] == dimension):
            step = other[:, [place]] - base[:, [place]]
            weight = model.weights[:, place]
            changed = _score(sums + step * weight, points + step * (weight * model.points[:, place]))
            changed *= part
            changed += rest
            yield place, _finish(model, changed)
        if m + dimension in places:
            step = share * (other[:, [m + dimension]] / base[:, [m + dimension]] - 1)
            yield m + dimension, _finish(model, (above + step * score) / (below + step))


def _sums(model: WeightModel, base: Floats, dimension: int) -> tuple[Floats, Floats]:
    """Sums of weights and of weighted points within a dimension, shape (k, n) each."""
    mine = np.flatnonzero(model.dimension_of == dimension)
    weight = model.weights[:, mine]
    return base[:, mine] @ weight.T, base[:, mine] @ (weight * model.points[:, mine]).T


def _share(model: WeightModel, base: Floats, dimension: int) -> Floats:
    share: Floats = base[:, [len(model.indicators) + dimension]] * model.dimension_weights[:, dimension]
    return share


def _score(sums: Floats, points: Floats) -> Floats:
    """Score of a dimension; 0 where it has no weight, and so no part in a total."""
    score: Floats = np.divide(points, sums, out=np.zeros_like(points), where=sums > 0)
    return score


def _finish(model: WeightModel, totals: Floats) -> Floats:
    totals = totals + model.bonus
    return limit_totals(totals, model.veto_cap) if model.has_caps else totals
