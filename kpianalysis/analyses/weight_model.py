"""Totals as a function of the weights: the scheme's own hierarchy, for many sets of weights at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, Mask, divide
from kpianalysis.scoring.totals import TIE, grade_totals, limit_totals, rank_totals


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
        _wide(rows, "indicator_id", np.where(used, rows[name], 0.0), subjects, indicators)
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
        _wide(dims, "dimension_id", stated, subjects, dimension_ids),
        totals["bonus"].to_numpy(),
        totals["veto_cap"].to_numpy(),
    )


def _wide(rows: pd.DataFrame, key: str, values: Floats, subjects: list[str], items: list[str]) -> Floats:
    """Turn long values into a table of subjects x items; 0 where there is no row or no value."""
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


def as_multipliers(model: WeightModel, weights: pd.DataFrame) -> tuple[list[str], Floats, Floats]:
    """Turn sets of weights, as people or data give them, into multipliers of the stated ones.

    Parameters
    ----------
    model : WeightModel
    weights : DataFrame
        One row per set and item: set_id, item_id (an indicator or a dimension), weight (0 or more; only proportions
        within a group count). A set may name the dimensions; all indicators of one or more dimensions; or both. A
        set that names every indicator and no dimension gives each dimension the sum of its indicators' weights.

    Returns
    -------
    set_ids : list of str
        In order of appearance.
    indicators : array of float, shape (k, m); dimensions : array of float, shape (k, d)
        Multipliers for `WeightModel.totals`; 1 where a set does not name a group. Roles keep their differences.

    Raises
    ------
    KpiError
        Naming every set and item at once: an unknown item, a part of a group, a group that sums to 0, a weight that
        is missing or negative, or one for an item whose stated weight is 0.

    Notes
    -----
    Source: docs/method.md, "Other weights".
    """
    set_ids = [str(name) for name in weights["set_id"].drop_duplicates()]
    items = [*model.indicators, *model.dimensions]
    problems = _unfit_weights(weights, set(items))
    if not problems:
        wide = weights.astype({"set_id": "str", "item_id": "str"}).pivot(
            index="set_id", columns="item_id", values="weight"
        )
        table = wide.reindex(index=set_ids, columns=items).to_numpy(dtype=np.float64)
        m = len(model.indicators)
        rows = [_multipliers(model, row[:m], row[m:]) for row in table]
        problems = [f"{name}: {why}" for name, (_i, _d, whys) in zip(set_ids, rows, strict=True) for why in whys]
    if problems:
        raise KpiError("These weights cannot be used:\n" + "\n".join(problems))
    k = len(set_ids)
    indicators = np.array([row[0] for row in rows]).reshape(k, len(model.indicators))
    return set_ids, indicators, np.array([row[1] for row in rows]).reshape(k, len(model.dimensions))


def _unfit_weights(weights: pd.DataFrame, known: set[str]) -> list[str]:
    problems = [
        f"{set_id}: there is no indicator or dimension {item!r}. Known: {', '.join(sorted(known))}."
        for set_id, item in zip(weights["set_id"], weights["item_id"], strict=True)
        if str(item) not in known
    ]
    problems += [
        f"{row.set_id}: the weight of {row.item_id} is {row.weight}. Give a number of 0 or more."
        for row in weights[~(weights["weight"] >= 0)].itertuples()
    ]
    twice = weights[weights.duplicated(["set_id", "item_id"])]
    problems += [f"{row.set_id}: {row.item_id} has two weights. Give one." for row in twice.itertuples()]
    return problems


def _multipliers(model: WeightModel, indicators: Floats, dimensions: Floats) -> tuple[Floats, Floats, list[str]]:
    """Multipliers of one set, from its weights (missing where it names none), and why it cannot be used."""
    stated, stated_dimensions = model.stated()
    # An item without a stated weight has no part in any total: a set need not name it.
    counts, dimensions_count = stated > 0, stated_dimensions > 0
    problems: list[str] = []
    if np.isnan(dimensions).all() and not np.isnan(indicators[counts]).any():
        dimensions = np.array([np.nansum(indicators[model.dimension_of == d]) for d in range(len(dimensions))])
    by, why = _group_multipliers(dimensions, stated_dimensions, dimensions_count, model.dimensions)
    problems += why
    within = np.ones(len(indicators))
    for place in range(len(model.dimensions)):
        mine = np.flatnonzero(model.dimension_of == place)
        names = [model.indicators[i] for i in mine]
        # A dimension of weight 0 may leave its indicators without any.
        if dimensions[place] == 0 and np.nansum(indicators[mine]) == 0:
            continue
        within[mine], why = _group_multipliers(indicators[mine], stated[mine], counts[mine], names)
        problems += why
    return within, by, problems


def _group_multipliers(given: Floats, stated: Floats, counts: Mask, names: list[str]) -> tuple[Floats, list[str]]:
    named = ~np.isnan(given)
    if not named.any() or not counts.any():
        return np.ones(len(given)), []
    problems = []
    if (counts & ~named).any():
        left_out = ", ".join(name for name, gone in zip(names, counts & ~named, strict=True) if gone)
        problems.append(f"it names a part of a group and leaves out {left_out}. Name all, with 0 where meant.")
    if ((given > 0) & ~counts).any():
        unweighted = ", ".join(name for name, no in zip(names, (given > 0) & ~counts, strict=True) if no)
        problems.append(f"{unweighted} has no weight in the scheme, so none to change. Leave it out.")
    used = np.where(counts & named, given, 0.0)
    if not problems and used.sum() == 0:
        problems.append(f"the weights of {', '.join(names)} are all 0. Give one of them a weight.")
    if problems:
        return np.ones(len(given)), problems
    return np.where(counts, divide(used / used.sum(), np.where(counts, stated / stated[counts].sum(), 1.0)), 1.0), []


def totals_under(card: Scorecard, weights: pd.DataFrame) -> pd.DataFrame:
    """Weigh the same scores with other weights: one result per set and subject.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    weights : DataFrame
        One row per set and item: set_id, item_id, weight; see `as_multipliers`.

    Returns
    -------
    DataFrame
        One row per set and subject with a total: set_id, subject_id, total (points; missing without any weight left),
        rank (1 is best, totals closer than 1e-9 share the better one; missing without a total), grade.

    Raises
    ------
    KpiError
        If a set cannot be used, naming all that is wrong.

    Notes
    -----
    Source: docs/method.md, "Other weights".
    """
    model = weight_model(card)
    set_ids, indicators, dimensions = as_multipliers(model, weights)
    totals = model.totals(indicators, dimensions).ravel()
    n = len(model.subjects)
    frame = pd.DataFrame(
        {"set_id": np.repeat(np.array(set_ids, dtype=object), n), "subject_id": model.subjects * len(set_ids)}
    )
    frame["total"] = totals
    frame["rank"] = frame.groupby("set_id", sort=False)["total"].transform(rank_totals) if n else np.nan
    frame["grade"] = grade_totals(frame["total"], card.grades)["grade"]
    return frame


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
