"""What weights the spread of the scores alone would suggest, and what the result would be under them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.alternatives.weight_formulas import FORMULAS
from kpianalysis.analyses.weights.weight_model import WeightModel, weight_model
from kpianalysis.analyses.weights.weight_sets import totals_under
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide
from kpianalysis.scoring.totals import rank_totals


def data_weights(card: Scorecard, methods: Sequence[str] | None = None) -> pd.DataFrame:
    """Ask the scores for weights: spread and correlation of the indicators, which are not their importance.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    methods : sequence of str, optional
        Of "equal", "entropy", "critic", "standard_deviation", "pca"; all of them by default.

    Returns
    -------
    DataFrame
        One row per method and indicator, ready for `totals_under`: set_id (the method), item_id, weight, stated_weight
        (both fractions of the total that sum to 1 over a method). A method that has no answer for these scores has no
        rows: all of them score alike, say.

    Raises
    ------
    KpiError
        If there is no such method.

    Notes
    -----
    Made of the scores that count in the totals: in points, and more is better for every indicator, so directions are
    aligned. Where a score is missing, the statistics of an indicator are those of the subjects that have one, those of
    a pair of subjects that have both; under the policy "zero" a missing score is a 0 like any other. An indicator that
    the scheme gives no weight keeps none. Source: docs/method.md, "Weights from the data".
    """
    asked = list(FORMULAS) if methods is None else list(methods)
    if unknown := [name for name in asked if name not in FORMULAS]:
        raise KpiError(f"methods: {', '.join(unknown)}: no such way to get weights. Use: {', '.join(FORMULAS)}.")
    model = weight_model(card)
    stated = stated_shares(model)
    counts = stated > 0
    values = np.where(model.weights > 0, model.points, np.nan)[:, counts]
    tables = []
    for name in asked:
        weights = np.zeros(len(stated))
        weights[counts] = FORMULAS[name](values) if counts.any() else np.nan
        if counts.any() and not np.isnan(weights).any():
            rows = {"set_id": name, "item_id": model.indicators, "weight": weights, "stated_weight": stated}
            tables.append(pd.DataFrame(rows))
    nothing = pd.DataFrame({"set_id": [], "item_id": []}, dtype="str").assign(weight=0.0, stated_weight=0.0)
    return pd.concat(tables, ignore_index=True) if tables else nothing


def stated_shares(model: WeightModel) -> Floats:
    """Share of the total that the scheme gives each indicator, shape (m,): its dimension's times its own in there.

    As a set of weights they leave every total as it is.
    """
    within, dimensions = model.stated()
    sums = np.bincount(model.dimension_of, within, minlength=len(dimensions))[model.dimension_of]
    shares = np.nan_to_num(divide(within, sums) * dimensions[model.dimension_of])
    return np.nan_to_num(divide(shares, shares.sum()))


def data_weight_results(card: Scorecard, weights: pd.DataFrame, doubt: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compare the stated result with that under each set of weights.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    weights : DataFrame
        `data_weights`, or other sets as for `totals_under`: set_id, item_id, weight.
    doubt : DataFrame, optional
        `benefit_of_the_doubt`, which has weights of its own for each subject.

    Returns
    -------
    DataFrame
        One row per set: set_id, moved (share of the weight that would go to other indicators, 0 to 1; missing for a set
        that does not name every indicator), rank_correlation (Spearman, with the stated ranks; missing when all share
        one), mean_shift, most_shift (mean and largest absolute change of rank, places), n_grade_changes (missing
        without grades, and for the benefit of the doubt, which gives no points and is compared with the result before
        bonus and veto), n_without_total (subjects left without any weight). Ranks are compared among the subjects with
        a total.

    Notes
    -----
    Source: docs/method.md, "Weights from the data".
    """
    results = totals_under(card, weights)
    stated = card.totals.set_index(card.totals["subject_id"].astype("str"))
    rows: list[dict[str, object]] = []
    for set_id, result in results.groupby("set_id", sort=False):
        mine = result.set_index("subject_id")
        theirs = stated.loc[mine.index]
        changed = (mine["grade"].astype("str") != theirs["grade"].astype("str")) & mine["total"].notna()
        agreement = rank_agreement(theirs["total"], mine["total"])
        n_changes = float(changed.sum()) if len(card.grades) else np.nan
        rows.append(
            {"set_id": set_id, "moved": _moved(card, weights, set_id), **agreement, "n_grade_changes": n_changes}
        )
    if doubt is not None and len(doubt):
        theirs = stated.loc[list(doubt["subject_id"].astype("str"))].reset_index(drop=True)
        agreement = rank_agreement(theirs["weighted_total"], doubt["score"].reset_index(drop=True))
        rows.append({"set_id": "benefit_of_doubt", **agreement})
    numbers = ["moved", "rank_correlation", "mean_shift", "most_shift", "n_grade_changes", "n_without_total"]
    return pd.DataFrame(rows, columns=["set_id", *numbers]).astype({"set_id": "str", **dict.fromkeys(numbers, float)})


def _moved(card: Scorecard, weights: pd.DataFrame, set_id: object) -> float:
    """Share of the weight that a set gives to other indicators; missing if it does not name them all."""
    model = weight_model(card)
    mine = weights[weights["set_id"] == set_id].set_index("item_id")["weight"].reindex(model.indicators)
    stated = stated_shares(model)
    if mine[stated > 0].isna().any():
        return np.nan
    given = mine.fillna(0.0).to_numpy(dtype=np.float64)
    return float(np.abs(given / given.sum() - stated).sum() / 2)


def rank_agreement(stated: pd.Series, other: pd.Series) -> dict[str, float]:
    """Compare the ranks two results give the subjects that have both: how far they agree, and how far they shift.

    Parameters
    ----------
    stated, other : Series of float, same index
        Totals, or anything of which more is better.

    Returns
    -------
    dict
        rank_correlation (Spearman; missing where all share one rank), mean_shift, most_shift (places),
        n_without_total (subjects without the other).

    Examples
    --------
    >>> rank_agreement(pd.Series([90.0, 80.0, 70.0]), pd.Series([1.0, 3.0, 2.0]))["most_shift"]
    2.0
    """
    both = stated.notna() & other.notna()
    ranks = [rank_totals(totals[both]) for totals in (stated, other)]
    shift = (ranks[0] - ranks[1]).abs()
    # Shared ranks are replaced by their mean: that is Spearman's coefficient with ties.
    centred = [places - places.sum() / max(len(places), 1) for places in (rank.rank().to_numpy() for rank in ranks)]
    size = np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum())
    return {
        "rank_correlation": float((centred[0] * centred[1]).sum() / size) if size > 0 else np.nan,
        "mean_shift": float(shift.mean()),
        "most_shift": float(shift.max()),
        "n_without_total": float((stated.notna() & other.isna()).sum()),
    }
