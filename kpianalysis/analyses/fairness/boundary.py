"""Who is close to the line between two grades."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.totals import TIE

COLUMNS = ["subject_id", "unit_id", "total", "grade", "boundary", "upper", "lower", "distance", "side", "veto"]
REACHED, MISSED = "just reached", "just missed"


def near_boundary(card: Scorecard, margin: float = 1.0) -> pd.DataFrame:
    """List whose total lies within a margin of the line between two grades.

    Parameters
    ----------
    card : Scorecard
    margin : float
        Points, above 0.

    Returns
    -------
    DataFrame
        One row per subject, the closest first: subject_id; unit_id; total; grade (blank below every grade); boundary
        (the nearest one, points); upper, lower (grades on both sides of it; lower is blank under the lowest); distance
        (total − boundary, points); side ("just reached", "just missed"); veto (ids of the items that limit the total,
        blank for none). Empty without grades.

    Raises
    ------
    KpiError
        If the margin is not above 0.

    Notes
    -----
    The distance alone; how far a total is uncertain is another question. Source: docs/method.md, "Near a boundary".
    """
    refuse_margin(margin)
    totals = card.totals[card.totals["total"].notna()]
    if card.grades.empty or totals.empty:
        return pd.DataFrame(columns=COLUMNS)
    ordered = card.grades.sort_values("min_score")
    boundaries, names = ordered["min_score"].to_numpy(dtype=float), [str(name) for name in ordered["grade"]]
    away = totals["total"].to_numpy()[:, None] - boundaries
    nearest = np.abs(away).argmin(axis=1)
    distance = away[np.arange(len(away)), nearest]
    distance = np.where(np.abs(distance) < TIE, 0.0, distance)
    answer = totals[["subject_id", "unit_id", "total", "grade", "veto"]].assign(
        subject_id=totals["subject_id"].astype("str"),
        unit_id=totals["unit_id"].astype("object"),
        grade=totals["grade"].astype("object").fillna("").astype("str"),
        boundary=boundaries[nearest],
        upper=[names[k] for k in nearest],
        lower=[names[k - 1] if k else "" for k in nearest],
        distance=distance,
        side=np.where(distance >= 0, REACHED, MISSED).astype(object),
    )
    answer = answer[answer["distance"].abs() <= margin + TIE]
    order = np.lexsort((answer["subject_id"], answer["distance"].abs()))
    return answer.iloc[order][COLUMNS].reset_index(drop=True)


def boundary_counts(card: Scorecard, margin: float = 1.0) -> pd.DataFrame:
    """Count at each line between two grades who has just reached it and who has just missed it.

    Parameters
    ----------
    card : Scorecard
    margin : float
        Points, above 0.

    Returns
    -------
    DataFrame
        One row per boundary, the highest first: boundary (points), upper, lower (grades on both sides), n_reached,
        n_missed (subjects within the margin, each counted at its nearest boundary), share (of subjects with a total).
        Empty without grades.

    Raises
    ------
    KpiError
        If the margin is not above 0.
    """
    near = near_boundary(card, margin)
    columns = ["boundary", "upper", "lower", "n_reached", "n_missed", "share"]
    if card.grades.empty:
        return pd.DataFrame(columns=columns)
    ordered = card.grades.sort_values("min_score", ascending=False)
    answer = pd.DataFrame(
        {"boundary": ordered["min_score"].to_numpy(dtype=float), "upper": ordered["grade"].to_numpy()}
    )
    answer["lower"] = [*answer["upper"].iloc[1:], ""]
    for name, side in (("n_reached", REACHED), ("n_missed", MISSED)):
        counts = near.loc[near["side"] == side, "boundary"].value_counts()
        answer[name] = answer["boundary"].map(counts).fillna(0).astype(int)
    n = int(card.totals["total"].notna().sum())
    answer["share"] = (answer["n_reached"] + answer["n_missed"]) / max(n, 1)
    return answer[columns]


def refuse_margin(margin: float) -> None:
    """Raise KpiError unless the margin is above 0."""
    if not margin > 0:
        raise KpiError(f"margin: {margin} is not above 0. Use points, such as 1.0.")
