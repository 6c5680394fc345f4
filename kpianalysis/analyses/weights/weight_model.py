"""Totals as a function of the weights: the scheme's own hierarchy, for many sets of weights at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

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
        totals = (
            self._weighted_alike(indicators, dimensions) if self.is_alike else self._weighted(indicators, dimensions)
        )
        if self.bonus.any():
            totals += self.bonus
        return limit_totals(totals, self.veto_cap) if self.has_caps else totals

    @cached_property
    def is_alike(self) -> bool:
        """Whether every subject has the same weights and nothing is missing: then a total is one sum of products."""
        alike = [bool((table == table[:1]).all()) for table in (self.weights, self.dimension_weights)]
        # An indicator or a dimension that nobody has is as good as not there, but a sum of 0 cannot be divided by.
        return all(alike) and bool((self.weights > 0).all() and (self.dimension_weights > 0).all())

    @cached_property
    def has_caps(self) -> bool:
        """Whether a veto limits any total."""
        return not bool(np.isnan(self.veto_cap).all())

    def _weighted_alike(self, indicators: Floats, dimensions: Floats) -> Floats:
        shares = indicators * self.weights[:1].sum(axis=0)
        top = dimensions * self.dimension_weights[:1].sum(axis=0)
        sums = np.zeros_like(top)
        for place in range(len(self.dimensions)):
            sums[:, place] = shares[:, self.dimension_of == place].sum(axis=1)
        # A dimension that a set leaves without any weight is left out.
        top = np.where(sums > 0, top, 0.0)
        top = divide(top, top.sum(axis=1, keepdims=True))
        shares *= np.divide(top, sums, out=np.zeros_like(top), where=sums > 0)[:, self.dimension_of]
        shares[np.isnan(top).any(axis=1)] = np.nan
        return np.asarray(shares @ self.points.T)

    def _weighted(self, indicators: Floats, dimensions: Floats) -> Floats:
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
        return divide(above, below)

    def for_subjects(self, subjects: list[str]) -> WeightModel:
        """Keep some subjects, in the order given."""
        place = {name: row for row, name in enumerate(self.subjects)}
        rows = np.array([place[name] for name in subjects], dtype=np.intp)
        parts = ("points", "weights", "dimension_weights", "bonus", "veto_cap")
        return replace(self, subjects=subjects, **{part: getattr(self, part)[rows] for part in parts})

    def stated(self) -> tuple[Floats, Floats]:
        """Stated weights of the indicators, shape (m,), and of the dimensions, shape (d,).

        Each is the mean over the subjects that have it: a weight is no less sure because few have a score.
        """
        return _mean_where_used(self.weights), _mean_where_used(self.dimension_weights)

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
    scored = (card.scores["kind"] == "scored").to_numpy()
    rows = card.scores.loc[scored, ["subject_id", "indicator_id", "score", "weight", "applied_weight"]]
    used = rows["applied_weight"].to_numpy() > 0
    scored_ids = set(rows["indicator_id"].unique())
    indicators = [str(name) for name in card.indicators["indicator_id"] if name in scored_ids]
    points, weights = (
        subjects_by_items(rows, "indicator_id", np.where(used, rows[name], 0.0), subjects, indicators)
        for name in ("score", "weight")
    )
    dimension_ids = [str(name) for name in card.dimensions["dimension_id"]]
    of = card.indicators.set_index("indicator_id")["dimension_id"]
    dims = card.dimension_scores
    # Nominal shares, so that a weight is the same number for all who have it, whatever else is missing to them.
    stated = np.where(dims["applied_weight"] > 0, dims["weight"], 0.0)
    return WeightModel(
        subjects,
        indicators,
        dimension_ids,
        np.array([dimension_ids.index(of[name]) for name in indicators], dtype=np.intp),
        points,
        weights,
        subjects_by_items(dims, "dimension_id", stated, subjects, dimension_ids),
        totals["bonus"].to_numpy(),
        totals["veto_cap"].to_numpy(),
    )


def subjects_by_items(rows: pd.DataFrame, key: str, values: Floats, subjects: list[str], items: list[str]) -> Floats:
    """Turn a value for each row into a table of subjects × items; 0 where there is no row or no value.

    Parameters
    ----------
    rows : DataFrame
        subject_id, and the item's id in the column `key`.
    key : str
    values : array of float, shape of the rows
    subjects, items : list of str
        Rows and columns of the answer, in this order; others are left out.
    """
    row, column = _places(rows["subject_id"], subjects), _places(rows[key], items)
    known = (row >= 0) & (column >= 0)
    table = np.zeros((len(subjects), len(items)))
    table[row[known], column[known]] = np.nan_to_num(values)[known]
    return table


def _places(ids: pd.Series, known: list[str]) -> NDArray[np.intp]:
    """Place of each row's id among the known ones, -1 for others; a category is looked up once."""
    coded = ids.astype("category").cat
    # A missing id has the code -1, which takes the last place.
    places = np.append(pd.Index(known, dtype="str").get_indexer(coded.categories.astype("str")), -1)
    return places[coded.codes.to_numpy()]


def _mean_where_used(weights: Floats) -> Floats:
    return np.nan_to_num(divide(weights.sum(axis=0), (weights > 0).sum(axis=0).astype(float)))


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
