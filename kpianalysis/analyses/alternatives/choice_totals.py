"""Totals for several kinds of mean, with every indicator and without each: the inner part of all combinations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kpianalysis.analyses.weights.weight_model import WeightModel
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import limit_totals

# A geometric or harmonic mean with a 0 in it is 0, whatever the rest: less than a point counts as a point there.
LEAST_POINTS = 1.0


def combined_totals(
    model: WeightModel, indicators: Floats, dimensions: Floats, means: tuple[str, ...], left_out: tuple[str, ...]
) -> Floats:
    """Weigh once with all indicators and once without each, and take each kind of mean of the dimensions.

    Parameters
    ----------
    model : WeightModel
        n subjects; each keeps some weight whichever indicator is left out.
    indicators, dimensions : array of float, shape (m,) and (d,)
        One set of multipliers of the weights.
    means : tuple of {"arithmetic", "geometric", "harmonic"}
        Of the dimension scores; within a dimension the mean is arithmetic.
    left_out : tuple of str
        Indicators.

    Returns
    -------
    array of float, shape (means × (1 + left out), n)
        Totals after bonus and veto; of each mean first with all indicators, then without each.

    Notes
    -----
    Source: docs/method.md, "Variance shares of choices".
    """
    n = len(model.subjects)
    above, below = np.zeros((len(means), 1 + len(left_out), n)), np.zeros((1 + len(left_out), n))
    for place in range(len(model.dimensions)):
        mine = [name for name, of in zip(model.indicators, model.dimension_of, strict=True) if of == place]
        score = _dimension_scores(model, place, indicators[model.dimension_of == place])
        there = ~np.isnan(score)
        share = dimensions[place] * model.dimension_weights[:, place] * there
        # The first row is the dimension with all its indicators; those after it lack one each.
        row = [0, *(1 + mine.index(name) if name in mine else 0 for name in left_out)]
        below += share[row]
        for part, how in zip(above, means, strict=True):
            part += (share * np.where(there, straighten(score, how), 0.0))[row]
    for part, how in zip(above, means, strict=True):
        part[:] = bend_back(part / below, how)
    return limit_totals(above.reshape(-1, n) + model.bonus, model.veto_cap)


def _dimension_scores(model: WeightModel, place: int, indicators: Floats) -> Floats:
    """Score of a dimension with all its m indicators and without each, shape (1 + m, n); missing without any."""
    mine = model.dimension_of == place
    m, n = len(indicators), len(model.subjects)
    alone = replace(
        model,
        indicators=[name for name, is_mine in zip(model.indicators, mine, strict=True) if is_mine],
        dimensions=[model.dimensions[place]],
        dimension_of=np.zeros(m, dtype=np.intp),
        points=model.points[:, mine],
        weights=model.weights[:, mine],
        dimension_weights=np.ones((n, 1)),
        bonus=np.zeros(n),
        veto_cap=np.full(n, np.nan),
    )
    within = np.tile(indicators, (1 + m, 1))
    within[1 + np.arange(m), np.arange(m)] = 0.0
    return alone.totals(within, np.ones((1 + m, 1)))


def straighten(score: Floats, how: str) -> Floats:
    """Turn scores so that their arithmetic mean, bent back, is the mean that is meant.

    Parameters
    ----------
    score : array of float
        Points; below `LEAST_POINTS` they count as that, except for the arithmetic mean.
    how : {"arithmetic", "geometric", "harmonic"}

    Examples
    --------
    >>> means = ("arithmetic", "geometric", "harmonic")
    >>> score = np.array([20.0, 80.0])
    >>> [round(float(bend_back(straighten(score, how).mean(), how)), 6) for how in means]
    [50.0, 40.0, 32.0]
    """
    if how == "arithmetic":
        return score
    held = np.maximum(score, LEAST_POINTS)
    turned: Floats = np.log(held) if how == "geometric" else 1 / held
    return turned


def bend_back(mean: Floats, how: str) -> Floats:
    """Turn the arithmetic mean of straightened scores into a mean of points."""
    turned: Floats = mean if how == "arithmetic" else np.exp(mean) if how == "geometric" else 1 / mean
    return turned
