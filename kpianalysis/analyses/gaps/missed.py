"""Who and what missed, by how much, for the whole, units, roles and subjects: ranked by lost points."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from kpianalysis.analyses.gaps.levels import group_levels
from kpianalysis.analyses.gaps.percentages import with_gap_units
from kpianalysis.dataset import Dataset
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard

BY = ("", "unit_id", "role_id", "subject_id")
COLUMNS = [
    *("group_id", "indicator_id", "dimension_id", "kind", "n", "n_scored", "n_target", "n_missed"),
    *("actual", "target", "gap", "gap_unit", "gap_pp", "attainment", "score", "lost_points", "lost_sum"),
]
# A map of more rows is too long to read.
MOST_ROWS = 60


def missed(card: Scorecard, by: str = "", data: Dataset | None = None) -> pd.DataFrame:
    """Say who and what missed the target, by how much, and what that costs; the costliest first.

    Parameters
    ----------
    card : Scorecard
    by : {"", "unit_id", "role_id", "subject_id"}
        Blank: the whole, one row per indicator; else one row per group × indicator.
    data : Dataset, optional
        Where the card comes from. Without it groups have no own value of a ratio and no own gap to an interval;
        everything else is the same.

    Returns
    -------
    DataFrame
        One row per group × indicator, by falling lost_points: group_id (blank: the whole), indicator_id, dimension_id,
        kind, n (subjects it applies to), n_scored, n_target (with a score and a target), n_missed (of n_target, worse
        than the target; equal is met), actual and target (the group's own), gap (indicator's unit, negative is
        unfavourable, whichever way is better), gap_unit ("pp" or the indicator's unit), gap_pp (the gap in percentage
        points; missing unless the unit is a percentage), attainment (1 is on target), score (mean, points), lost_points
        (of the group's mean total), lost_sum (over its people). Subjects without unit or role are in no such group.

    Raises
    ------
    KpiError
        If there is no such `by`.

    Notes
    -----
    Lost points: applied weight × (100 − score). Source: docs/method.md, "Gaps".
    """
    if by not in BY:
        raise KpiError(f"by: {by!r} is no grouping. Use one of: {', '.join(repr(name) for name in BY)}.")
    scores = card.scores
    group = scores[by] if by else pd.Series("", index=scores.index).astype("category")
    answer = _each_row(scores, group) if by == "subject_id" else _each_group(card, group, by, data)
    answer = with_gap_units(answer, card).astype({"group_id": "str", "indicator_id": "str"})
    return answer.sort_values("lost_points", ascending=False, kind="stable")[COLUMNS].reset_index(drop=True)


def missed_summary(table: pd.DataFrame, kinds: Collection[str] = ("scored",)) -> pd.DataFrame:
    """Sum up `missed` by group: how many targets were met and missed, what that costs, and where most of it lies.

    Parameters
    ----------
    table : DataFrame
        `missed`, all rows or some of its indicators.
    kinds : collection of {"scored", "bonus", "veto", "monitor"}
        Kinds of indicators to count.

    Returns
    -------
    DataFrame
        One row per group, most lost points first: group_id, n (subject × indicator pairs), n_target, n_met, n_missed,
        n_without (pairs without a verdict: no target or no score), share_met (of n_target), lost_points (of the mean
        total), lost_sum, worst_indicator_id (blank if nothing is lost), worst_points.

    Notes
    -----
    Source: docs/method.md, "Gaps".
    """
    rows = table[table["kind"].isin(list(kinds))]
    sums = rows.groupby("group_id", sort=False)[["n", "n_target", "n_missed", "lost_points", "lost_sum"]].sum()
    answer = sums.assign(
        n_met=sums["n_target"] - sums["n_missed"],
        n_without=sums["n"] - sums["n_target"],
        share_met=1.0 - sums["n_missed"] / sums["n_target"].where(sums["n_target"] > 0),
    )
    worst = rows.sort_values("lost_points", ascending=False, kind="stable").drop_duplicates("group_id")
    worst = worst.set_index("group_id")[["indicator_id", "lost_points"]].reindex(answer.index)
    answer["worst_indicator_id"] = worst["indicator_id"].where(worst["lost_points"] > 0, "").astype("object")
    answer["worst_points"] = worst["lost_points"]
    columns = ["n", "n_target", "n_met", "n_missed", "n_without", "share_met", "lost_points", "lost_sum"]
    answer = answer.sort_values("lost_points", ascending=False, kind="stable")
    return answer[[*columns, "worst_indicator_id", "worst_points"]].reset_index()


def map_level(card: Scorecard, most: int = MOST_ROWS) -> str:
    """Choose what the rows of a map are: subjects if they are at most `most` or have no units, else units."""
    many = len(card.subjects) > most
    return "unit_id" if many and card.subjects["unit_id"].notna().any() else "subject_id"


def lost_points(scores: pd.DataFrame) -> pd.Series:
    """Points of the total that each row lacks of full marks: applied weight × (100 − score)."""
    # Under the policy "zero" a missing score counts as 0.
    return scores["applied_weight"] * (100.0 - scores["score"].fillna(0.0))


def costly_gaps(card: Scorecard) -> pd.DataFrame:
    """Keep the rows of scores that miss their target, or full marks where there is none, and cost points of a total.

    Returns
    -------
    DataFrame
        The columns of `Scorecard.scores`, and lost_points.
    """
    scores = card.scores
    missed = (scores["gap"] < 0) | (scores["gap"].isna() & (scores["score"] < 100.0))
    lost = lost_points(scores)
    kept = (scores["kind"] == "scored") & scores["score"].notna() & missed & (lost > 0)
    return scores[kept].assign(lost_points=lost[kept])


def _each_row(scores: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    has_score = scores["score"].notna()
    has_target = has_score & scores["gap"].notna()
    lost = lost_points(scores)
    return scores.assign(
        group_id=group,
        n=1,
        n_scored=has_score.astype(int),
        n_target=has_target.astype(int),
        n_missed=(has_target & (scores["gap"] < 0)).astype(int),
        lost_points=lost,
        lost_sum=lost,
    )


def _each_group(card: Scorecard, group: pd.Series, by: str, data: Dataset | None) -> pd.DataFrame:
    rows = _each_row(card.scores, group)[group.notna()]
    grouped = rows.groupby(["group_id", "indicator_id"], sort=False, observed=True)
    answer = grouped[["n", "n_scored", "n_target", "n_missed", "lost_sum"]].sum()
    answer = answer.join(grouped.agg(dimension_id=("dimension_id", "first"), kind=("kind", "first")))
    answer["score"] = grouped["score"].mean()
    answer = answer.join(group_levels(card, group, data)).reset_index()
    there = card.totals[card.totals["total"].notna()]
    people = there.groupby(by, observed=True).size() if by else pd.Series({"": len(there)})
    n = answer["group_id"].map(people).fillna(0).to_numpy(dtype=float)
    return answer.assign(lost_points=answer["lost_sum"] / np.maximum(n, 1.0))
