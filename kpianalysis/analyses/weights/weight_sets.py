"""Results under weights that somebody else states, or that data give."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.weights.weight_model import WeightModel, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, Mask, divide
from kpianalysis.scoring.totals import grade_totals, rank_totals


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
