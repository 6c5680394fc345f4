"""Totals as a function of the weights: the scheme's own hierarchy, for many sets of weights at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide
from kpianalysis.scoring.totals import TIE, limit_totals


@dataclass(frozen=True)
class WeightModel:
    """What is needed to weigh the same scores again; n subjects, m scored indicators, d dimensions.

    Attributes
    ----------
    subjects, indicators, dimensions : list of str
    dimension_of : array of int, shape (m,)
        Place of each indicator's dimension.
    points, weights : array of float, shape (n, m)
        Scores (0 where none is used) and weights within the dimension (0 where the score is not used).
    dimension_weights : array of float, shape (n, d)
        0 where the dimension has no score.
    bonus, veto_cap : array of float, shape (n,)
    """

    subjects: list[str]
    indicators: list[str]
    dimensions: list[str]
    dimension_of: np.ndarray
    points: Floats
    weights: Floats
    dimension_weights: Floats
    bonus: Floats
    veto_cap: Floats

    def totals(self, indicators: Floats, dimensions: Floats) -> Floats:
        """Weigh again, each stated weight multiplied.

        Parameters
        ----------
        indicators : array of float, shape (k, m)
        dimensions : array of float, shape (k, d)
            Multipliers of the weights, one row a set; 1 leaves a weight as it is.

        Returns
        -------
        array of float, shape (k, n)
            Totals after bonus and veto; missing without any weight left.
        """
        above = np.zeros((len(indicators), len(self.subjects)))
        below = np.zeros_like(above)
        for place in range(len(self.dimensions)):
            mine = np.flatnonzero(self.dimension_of == place)
            score, there = self._dimension(indicators[:, mine], mine)
            share = dimensions[:, [place]] * self.dimension_weights[:, place]
            if not there.all():
                share *= there
            below += share
            share *= score
            above += share
        totals = divide(above, below)
        totals += self.bonus
        return limit_totals(totals, self.veto_cap)

    def _dimension(self, multipliers: Floats, mine: NDArray[np.intp]) -> tuple[Floats, NDArray[np.bool_]]:
        """Score one dimension under each set of weights, and say where it has any weight left."""
        weight = self.weights[:, mine]
        if len(mine) == 1:
            # One indicator is its dimension's score, whatever its weight.
            return self.points[:, mine].T, (multipliers > 0) & (weight.T > 0)
        sums = multipliers @ weight.T
        score = multipliers @ (weight * self.points[:, mine]).T
        there = sums > 0
        return np.divide(score, sums, out=score, where=there), there


def weight_model(card: Scorecard) -> WeightModel:
    """Take from a scorecard what is needed to weigh its scores again.

    Subjects without a total are left out: no weights give them one.
    """
    with_total = card.totals["total"].notna()
    totals = card.totals[with_total]
    subjects = list(totals["subject_id"].astype("str"))
    rows = card.scores[card.scores["kind"] == "scored"]
    used = rows["applied_weight"].to_numpy() > 0
    indicators = [str(name) for name in card.indicators["indicator_id"] if name in set(rows["indicator_id"].unique())]
    weight = rows["weight"].where(used, 0.0)
    points, weights = (_wide(rows, values, subjects, indicators) for values in (rows["score"].where(used), weight))
    dimension_ids = [str(name) for name in card.dimensions["dimension_id"]]
    of = card.indicators.set_index("indicator_id")["dimension_id"]
    dims = card.dimension_scores
    applied = dims["applied_weight"]
    wide = dims.assign(w=applied).pivot(index="subject_id", columns="dimension_id", values="w")
    wide = wide.reindex(index=subjects, columns=dimension_ids)
    return WeightModel(
        subjects,
        indicators,
        dimension_ids,
        np.array([dimension_ids.index(of[name]) for name in indicators]),
        points,
        weights,
        wide.fillna(0.0).to_numpy(),
        totals["bonus"].to_numpy(),
        totals["veto_cap"].to_numpy(),
    )


def _wide(rows: pd.DataFrame, values: pd.Series, subjects: list[str], indicators: list[str]) -> Floats:
    keys = {
        "subject_id": rows["subject_id"].astype("str"),
        "indicator_id": rows["indicator_id"].astype("str"),
    }
    table = pd.DataFrame({**keys, "v": values}).pivot(index="subject_id", columns="indicator_id", values="v")
    return table.reindex(index=subjects, columns=indicators).fillna(0.0).to_numpy(dtype=np.float64)


def draw_multipliers(model: WeightModel, draws: int, seed: int, spread: float) -> Iterator[tuple[Floats, Floats]]:
    """Draw sets of weights around the stated ones, a few hundred at a time.

    Parameters
    ----------
    model : WeightModel
    draws : int
        How many sets in all.
    seed : int
    spread : float
        Relative standard deviation of an average weight within its group: 0.25 means ± 25 %.

    Yields
    ------
    indicators : array of float, shape (k, m); dimensions : array of float, shape (k, d)
        Multipliers for `WeightModel.totals`.

    Notes
    -----
    Dirichlet around the weights (their mean over the subjects that have them), for the dimensions and within each
    dimension, with the concentration (k − 1)/spread² − 1 for a group of k: then a weight of 1/k has the relative
    standard deviation `spread`. A group of one keeps its weight. Source: docs/method.md, "Weight draws".
    """
    rng = np.random.default_rng(seed)
    step = max(1, min(draws, 600_000 // max(len(model.subjects), 1)))
    stated, stated_dimensions = _mean_where_used(model.weights), _mean_where_used(model.dimension_weights)
    for start in range(0, draws, step):
        k = min(step, draws - start)
        indicators = np.ones((k, len(model.indicators)))
        for place in range(len(model.dimensions)):
            mine = model.dimension_of == place
            indicators[:, mine] = _draw(stated[mine], k, spread, rng)
        yield indicators, _draw(stated_dimensions, k, spread, rng)


def _mean_where_used(weights: Floats) -> Floats:
    """Mean of each weight over the subjects that have it: a weight is no less sure because few have a score."""
    return np.nan_to_num(divide(weights.sum(axis=0), (weights > 0).sum(axis=0).astype(float)))


def _draw(weights: Floats, k: int, spread: float, rng: np.random.Generator) -> Floats:
    """Draw k multipliers for a group of weights; a weight of zero stays zero."""
    positive = weights > 0
    multipliers = np.ones((k, len(weights)))
    size = int(positive.sum())
    if size > 1 and spread > 0:
        shares = weights[positive] / weights[positive].sum()
        # Two weights with a spread of 1 are all or nothing: the concentration would be 0, which is no distribution.
        concentration = max((size - 1) / spread**2 - 1, 1e-6)
        multipliers[:, positive] = rng.dirichlet(concentration * shares, size=k) / shares
    return multipliers


def rank_rows(totals: Floats) -> np.ndarray:
    """Rank each row, 1 is best; totals closer than 1e-9 share the better rank.

    Parameters
    ----------
    totals : array of float, shape (k, n)

    Returns
    -------
    array of int, shape (k, n)

    Examples
    --------
    >>> rank_rows(np.array([[80.0, 90.0, 80.0]])).tolist()
    [[2, 1, 2]]
    """
    order = np.argsort(-totals, axis=1)
    ordered = np.take_along_axis(totals, order, axis=1)
    places = np.broadcast_to(np.arange(1, totals.shape[1] + 1, dtype=np.int32), totals.shape)
    tied = ordered[:, :-1] - ordered[:, 1:] <= TIE
    if tied.any():
        places = places.copy()
        places[:, 1:][tied] = 0
        places = np.maximum.accumulate(places, axis=1)
    ranks = np.empty(totals.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks
