"""Who and what missed, by how much: by indicator, by group, and gap by gap."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.gaps.missed import costly_gaps
from kpianalysis.analyses.gaps.owners import with_owner
from kpianalysis.scoring import Scorecard


def indicator_summary(card: Scorecard) -> pd.DataFrame:
    """Sum up each indicator over the subjects it applies to.

    Returns
    -------
    DataFrame
        One row per indicator, the most lost points first: indicator_id, dimension_id, kind, n (subjects it applies
        to), n_scored, n_target (with actual and target), n_met, share_met (of n_target), attainment (median, 1 is on
        target), score (mean, points), lost_points (mean over all subjects with a total of applied weight × (100 −
        score): what the indicator costs the mean total), nominal_weight (mean share of the total).
    """
    rows = _with_met(card.scores)
    lost = rows["applied_weight"] * (100.0 - rows["score"].fillna(0.0))
    groups = rows.assign(lost=lost).groupby("indicator_id", observed=True)
    n_totals = max(int(card.totals["total"].notna().sum()), 1)
    answer = groups.agg(
        dimension_id=("dimension_id", "first"),
        kind=("kind", "first"),
        n=("score", "size"),
        n_scored=("score", "count"),
        n_target=("met", "count"),
        n_met=("met", "sum"),
        share_met=("met", "mean"),
        attainment=("attainment", "median"),
        score=("score", "mean"),
    )
    answer["lost_points"] = groups["lost"].sum() / n_totals
    answer["nominal_weight"] = groups["nominal_weight"].sum() / card.totals.shape[0]
    answer["n_met"] = answer["n_met"].astype(int)
    return answer.sort_values("lost_points", ascending=False, kind="stable").reset_index()


def group_summary(card: Scorecard, column: str) -> pd.DataFrame:
    """Compare units or roles by their mean total, with the interval that so few subjects allow.

    Parameters
    ----------
    card : Scorecard
    column : {"unit_id", "role_id"}

    Returns
    -------
    DataFrame
        One row per group, the highest mean first: the group, n (with a total), mean, ci_low, ci_high (95 % interval of
        the mean by Student's t; missing below 3 subjects), lowest, highest; points.

    Notes
    -----
    The interval treats the subjects as a sample of what the group could have been. Source: docs/method.md, "Groups".
    """
    totals = card.totals[card.totals["total"].notna()]
    groups = totals.groupby(column, observed=True)["total"]
    answer = groups.agg(n="size", mean="mean", lowest="min", highest="max", sd="std")
    enough = answer["n"] >= 3
    half = stats.t.ppf(0.975, (answer["n"] - 1).where(enough)) * answer["sd"] / np.sqrt(answer["n"])
    answer = answer.assign(ci_low=answer["mean"] - half, ci_high=answer["mean"] + half)
    ordered: pd.DataFrame = answer.sort_values("mean", ascending=False, kind="stable")
    return ordered[["n", "mean", "ci_low", "ci_high", "lowest", "highest"]].reset_index()


def gaps(card: Scorecard) -> pd.DataFrame:
    """List every target that was missed, the costliest for its subject's total first.

    Returns
    -------
    DataFrame
        subject_id, indicator_id, actual, target, gap (indicator's unit, negative), attainment (1 is on target), score,
        lost_points (applied weight × (100 − score)), owner_id, due. Missed: the gap is negative; without a target,
        the score is below 100.
    """
    columns = ["subject_id", "indicator_id", "actual", "target", "gap", "attainment", "score", "lost_points"]
    rows = costly_gaps(card)[["role_id", *columns]]
    rows = rows.sort_values("lost_points", ascending=False, kind="stable")
    return with_owner(rows, card)[[*columns, "owner_id", "due"]].reset_index(drop=True)


def data_status(card: Scorecard) -> pd.DataFrame:
    """Say how complete the data is: scores there and missing, by reason.

    Returns
    -------
    DataFrame
        One row per reason, the most frequent first (blank reason: scored): missing_reason, n (subject × indicator
        pairs), share. Only indicators that count: kind scored.
    """
    rows = card.scores[card.scores["kind"] == "scored"]
    missing = rows.loc[rows["score"].isna(), "missing_reason"].value_counts()
    counts = pd.Series({"": len(rows) - int(missing.sum()), **missing}, dtype="int64")
    counts = counts[counts > 0].sort_values(ascending=False, kind="stable")
    answer = pd.DataFrame({"n": counts, "share": counts / max(len(rows), 1)})
    return answer.rename_axis("missing_reason").reset_index()


def _with_met(scores: pd.DataFrame) -> pd.DataFrame:
    """Add `met`: 1.0 or 0.0, missing where there is no score or no target."""
    met = (scores["gap"] >= 0).astype("float64").where(scores["gap"].notna() & scores["score"].notna())
    return scores.assign(met=met)
