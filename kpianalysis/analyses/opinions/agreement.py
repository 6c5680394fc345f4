"""How far stakeholders agree, each with themselves and all with each other, and where they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.opinions.consistency import consistency, triads
from kpianalysis.analyses.opinions.judgements import ITEM, WHO, Judged, answer_frame, answered_lists
from kpianalysis.analyses.weights.weight_model import weight_model
from kpianalysis.dataset import Dataset
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide


def judgement_consistency(judgements: Dataset | pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Measure how far each judge's pairwise comparisons contradict each other.

    Returns
    -------
    DataFrame
        One row per judge and list compared in pairs, the least consistent first: judge_id, group, level, dimension_id
        (both blank: the dimensions; level "indicator" and blank: all indicators), n_items, n_given, n_possible (pairs),
        lambda_max, consistency_index, random_index, consistency_ratio, geometric_index; the last four missing where no
        comparison can contradict another.

    Notes
    -----
    Source: docs/method.md, "Consistency".
    """
    rows = []
    for judged in _compared(judgements, card):
        found = consistency(judged.answers)
        measures = (found.lambda_max, found.index, found.random_index, found.ratio, found.geometric_index)
        rows.append((*judged.key, found.n_items, found.n_given, found.n_possible, *measures))
    counts = ["n_items", "n_given", "n_possible", "lambda_max"]
    indices = ["consistency_index", "random_index", "consistency_ratio", "geometric_index"]
    answer = answer_frame(rows, [*WHO, "level", "dimension_id", *counts, *indices]).drop(columns="method")
    return answer.sort_values("consistency_ratio", ascending=False, kind="stable").reset_index(drop=True)


def judgement_triads(judgements: Dataset | pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Name the pairwise comparisons that contradict each other, three at a time, and what would have to change.

    Returns
    -------
    DataFrame
        One row per judge and triad, the worst of each judge first: judge_id, group, level, dimension_id, item_i,
        item_j, item_k (by falling weight), value_ij, value_jk, value_ik (how many times more important the first is),
        factor (how many times value_ij·value_jk and value_ik lie apart), change_i, change_j (the comparison furthest
        from what all the others say), change_from, change_to (what these say).

    Notes
    -----
    Source: docs/method.md, "Consistency".
    """
    places = {"i": "item_i", "j": "item_j", "k": "item_k", "change_i": "change_i", "change_j": "change_j"}
    columns = [*WHO, "level", "dimension_id", "item_i", "item_j", "item_k", "value_ij", "value_jk", "value_ik"]
    columns += ["factor", "change_i", "change_j", "change_from", "change_to"]
    frames = []
    for judged in _compared(judgements, card):
        found = triads(judged.answers)
        named = {name: [judged.items[place] for place in found[column]] for column, name in places.items()}
        key = dict(zip([*WHO, "level", "dimension_id"], judged.key, strict=True))
        frames.append(found.drop(columns=["i", "j", "k"]).assign(**key, **named)[columns])
    frames = [frame for frame in frames if len(frame)]
    answer = pd.concat(frames, ignore_index=True) if frames else answer_frame([], columns)
    return answer.drop(columns="method")


def judges_agreement(weights: pd.DataFrame) -> pd.DataFrame:
    """Measure how far the judges of each list agree.

    Parameters
    ----------
    weights : DataFrame
        `judgement_weights`.

    Returns
    -------
    DataFrame
        One row per list that two or more judges weighed and that has two or more items: level, dimension_id,
        n_judges, n_items, kendall_w (1: all in the same order, 0: no common order; missing when every judge weighs
        all items alike), overlap (mean share of the weight that two judges place alike, 0 to 1).

    Notes
    -----
    Source: docs/method.md, "Agreement of stakeholders".
    """
    rows = []
    for (level, dimension_id), mine in weights.groupby(["level", "dimension_id"], sort=False):
        table = mine.pivot(index="judge_id", columns="item_id", values="weight").to_numpy()
        if min(table.shape) > 1:
            rows.append((level, dimension_id, *table.shape, _kendall_w(table), _overlap(table)))
    return answer_frame(rows, ["level", "dimension_id", "n_judges", "n_items", "kendall_w", "overlap"])


def weight_disagreement(weights: pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Show for each item how far the judges' weights lie apart, and who gives most and least.

    Parameters
    ----------
    weights : DataFrame
        `judgement_weights`.
    card : Scorecard

    Returns
    -------
    DataFrame
        One row per item of a list of two or more, the widest range first: level, dimension_id, item_id, stated (the
        scheme's own share of the list, mean over subjects; missing when nobody has a total), n_judges, lowest,
        lowest_judge, median, highest, highest_judge, spread (highest − lowest), deviation (standard deviation;
        missing for one judge).
    """
    lists = [weights["level"], weights["dimension_id"]]
    weights = weights[weights["item_id"].groupby(lists).transform("nunique") > 1]
    by = weights.groupby(ITEM, sort=False)["weight"]
    low, high = (weights.loc[place].set_index(ITEM)["judge_id"] for place in (by.idxmin(), by.idxmax()))
    answer = pd.DataFrame(
        {
            "n_judges": by.size(),
            "lowest": by.min(),
            "lowest_judge": low,
            "median": by.median(),
            "highest": by.max(),
            "highest_judge": high,
            "spread": by.max() - by.min(),
            "deviation": by.std(),
        }
    ).reset_index()
    answer = answer.merge(stated_shares(card).rename(columns={"weight": "stated"}), on=ITEM, how="left")
    answer = answer[[*ITEM, "stated", *answer.columns.drop([*ITEM, "stated"])]]
    return answer.sort_values("spread", ascending=False, kind="stable").reset_index(drop=True)


def stated_shares(card: Scorecard) -> pd.DataFrame:
    """Give the scheme's own weights in the form of `judgement_weights`: shares of the dimensions, and within each.

    Returns
    -------
    DataFrame
        One row per item: level, dimension_id, item_id, weight (mean over the subjects that have it; missing where no
        item of the list has any).
    """
    model = weight_model(card)
    indicators, dimensions = model.stated()
    of = [model.dimensions[place] for place in model.dimension_of]
    within = np.bincount(model.dimension_of, indicators, minlength=len(dimensions))[model.dimension_of]
    shares = [*divide(dimensions, np.full(len(dimensions), dimensions.sum())), *divide(indicators, within)]
    level = ["dimension"] * len(dimensions) + ["indicator"] * len(indicators)
    rows = zip(level, [""] * len(dimensions) + of, [*model.dimensions, *model.indicators], shares, strict=True)
    return answer_frame(list(rows), [*ITEM, "weight"])


def _kendall_w(weights: Floats) -> float:
    """Kendall's coefficient of concordance of the orders, corrected for ties; judges × items."""
    judges, n = weights.shape
    # Weights equal but for their last digits tie.
    ranks = pd.DataFrame(weights.round(9)).rank(axis=1).to_numpy()
    ties = sum(float((counts**3 - counts).sum()) for counts in (np.unique(r, return_counts=True)[1] for r in ranks))
    sums = ranks.sum(axis=0)
    below = judges**2 * (n**3 - n) - judges * ties
    return float(12 * ((sums - sums.mean()) ** 2).sum() / below) if below > 0 else np.nan


def _overlap(weights: Floats) -> float:
    """Mean over the pairs of judges of the sum of the smaller weights."""
    judges = len(weights)
    # In rising order a weight is the smaller one of as many pairs as there are judges after it.
    after = np.arange(judges - 1, -1, -1.0)
    return float((after @ np.sort(weights, axis=0)).sum() / (judges * (judges - 1) / 2))


def _compared(judgements: Dataset | pd.DataFrame, card: Scorecard) -> list[Judged]:
    return [judged for judged in answered_lists(judgements, card)[0] if judged.method == "pairwise"]
