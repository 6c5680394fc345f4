"""What now: the gaps put together for those who act, the points that most can be won with first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.gaps.reach import BEFORE, BY_FEW, BY_PEERS, NO_TARGET, NOBODY
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard

BY = ("", "unit_id", "role_id")
COUNTS = {"n_by_peers": BY_PEERS, "n_before": BEFORE, "n_by_few": BY_FEW, "n_nobody": NOBODY, "n_no_target": NO_TARGET}
COLUMNS = [
    *("group_id", "indicator_id", "owner_id", "n_owners", "due", "n", "n_scored", "lost_points", "closing_points"),
    *("n_priced", "reach_points", *COUNTS),
]


def action_list(reach: pd.DataFrame, card: Scorecard, by: str = "") -> pd.DataFrame:
    """Put the gaps of each indicator together: who answers, by when, what closing them would bring; the biggest first.

    Parameters
    ----------
    reach : DataFrame
        `within_reach`, for a unit's page kept to it.
    card : Scorecard
        Whose mean total the points belong to.
    by : {"", "unit_id", "role_id"}
        Blank: one row per indicator; else one per group × indicator.

    Returns
    -------
    DataFrame
        group_id (blank: all), indicator_id, owner_id (the one who answers for most of the gaps; missing: nobody),
        n_owners, due (the earliest; missing without one), n (gaps), n_scored (scores of the group), lost_points,
        closing_points, reach_points (all of the group's mean total; missing where none is known), n_priced (gaps whose
        reach is known in points), and how many targets were reached by whom: n_by_peers, n_before, n_by_few, n_nobody,
        n_no_target. By falling closing_points. Gaps of subjects without the group are left out.

    Raises
    ------
    KpiError
        If there is no such `by`.

    Notes
    -----
    Source: docs/method.md, "Action list".
    """
    if by not in BY:
        raise KpiError(f"by: {by!r} is no grouping. Use one of: {', '.join(repr(name) for name in BY)}.")
    rows = reach.assign(group_id=reach[by].astype("object") if by else "")
    rows = rows[rows["group_id"].notna()]
    grouped = rows.groupby(["group_id", "indicator_id"], sort=False)
    answer = grouped[["lost_points", "closing_points", "reach_points"]].sum(min_count=1)
    answer = answer.join(_named(rows)).assign(n=grouped.size(), n_priced=grouped["reach_points"].count())
    for name, verdict in COUNTS.items():
        answer[name] = (rows["verdict"] == verdict).groupby([rows["group_id"], rows["indicator_id"]]).sum()
    answer = answer.reset_index()
    answer["n_scored"] = _scored(answer, card, by)
    n = _with_total(answer, card, by)
    for name in ("lost_points", "closing_points", "reach_points"):
        answer[name] = answer[name] / n
    first = answer["closing_points"].fillna(answer["lost_points"]).sort_values(ascending=False, kind="stable").index
    return answer.loc[first, COLUMNS].reset_index(drop=True)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Owner of most of the gaps, how many owners there are, and the earliest date due."""
    grouped = rows.groupby(["group_id", "indicator_id"], sort=False)
    counted = rows.groupby(["group_id", "indicator_id", "owner_id"], sort=False).size().rename("times").reset_index()
    counted = counted.sort_values(["times", "owner_id"], ascending=[False, True], kind="stable")
    most = counted.drop_duplicates(["group_id", "indicator_id"]).set_index(["group_id", "indicator_id"])["owner_id"]
    n_owners = grouped["owner_id"].nunique()
    return pd.DataFrame({"owner_id": most.reindex(n_owners.index), "n_owners": n_owners, "due": grouped["due"].min()})


def _scored(answer: pd.DataFrame, card: Scorecard, by: str) -> np.ndarray:
    scores = card.scores[card.scores["score"].notna()]
    group = scores[by].astype("object") if by else pd.Series("", scores.index, dtype="object")
    counts = scores.groupby([group.rename("group_id"), scores["indicator_id"].astype("str")]).size()
    wanted = pd.MultiIndex.from_frame(answer[["group_id", "indicator_id"]])
    return counts.reindex(wanted).fillna(0).astype(int).to_numpy()


def _with_total(answer: pd.DataFrame, card: Scorecard, by: str) -> np.ndarray:
    there = card.totals[card.totals["total"].notna()]
    if not by:
        return np.full(len(answer), max(len(there), 1))
    people = there.groupby(by, observed=True).size()
    return answer["group_id"].map(people).fillna(0).clip(lower=1).to_numpy(dtype=float)
