"""What moved the mean total between two cycles: people, scores, weights, indicators that came and went, bonus, veto."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kpianalysis.analyses.bridge import Sides, both_sides
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard

# In the order of the bridge.
KINDS = ("start", "leavers", "scores", "weights", "came", "went", "bonus", "veto", "joiners", "end")
# What is about the people in both cycles, most of it about an indicator.
ITEM_KINDS = ("scores", "weights", "came", "went", "bonus", "veto")
# kind, indicator_id, cycle, n, points
Row = tuple[str, str, str, int, float]
COLUMNS = ["step", "kind", "dimension_id", "indicator_id", "cycle", "n", "points", "running"]


def total_bridge(now: Scorecard, before: Scorecard | None) -> pd.DataFrame:
    """Lead from the mean total of everybody before to the mean total of everybody now; the steps add up exactly.

    Parameters
    ----------
    now, before : Scorecard
        Two cycles of the same scheme, both of the whole or of the same unit.

    Returns
    -------
    DataFrame
        One row per step, in the order of `KINDS`, within a kind the largest first: step (from 0), kind, dimension_id
        (of this cycle, else of the one before), indicator_id (both blank where a step is about no indicator), cycle
        (of start and end), n (subjects behind the step: with a total in that cycle; who left; who joined; of those in
        both, for whom the indicator counted in both, came or went), points (start and end: the mean total; else what
        the step adds to it), running (the mean total after the step). Empty without an earlier cycle, or where nobody
        has a total in one of the two.

    Raises
    ------
    KpiError
        If the two are limited to different units.

    Notes
    -----
    Leavers: mean of those in both cycles minus mean of all, before. Joiners: mean of all minus mean of those in both,
    now. Between them, for those in both, with applied weights w, scores s and m the mean of a subject's two weighted
    totals: scores w̄·Δs, weights (s̄ − m)·Δw, came w₁(s₁ − m), went −w₀(s₀ − m), bars being midpoints. The weights of a
    subject sum to 1 in both cycles, so what is taken off for m adds up to nothing, and an indicator that gains weight
    lifts the total only if its score lies above it. Source: docs/method.md, "Bridge of the mean total".

    Examples
    --------
    >>> import kpianalysis as kpi
    >>> data = kpi.load("data/operations", cycle="2024Q4")
    >>> bridge = total_bridge(kpi.score(data), kpi.score_previous(data)).set_index("kind")
    >>> bridge.loc[["start", "end"], "points"].round(2).tolist()
    [89.95, 90.4]
    >>> bridge.loc[["bonus", "veto"], "points"].round(2).tolist()
    [0.12, 0.39]
    """
    if before is None:
        return _finished([])
    if now.unit_id != before.unit_id:
        names = " and ".join(repr(name) if name else "the whole" for name in (before.unit_id, now.unit_id))
        raise KpiError(f"total_bridge: the scorecards are of {names}. Limit both with for_unit to the same unit.")
    sides = both_sides(now, before)
    all_now, all_before = (_totals(card) for card in (now, before))
    if all_now.empty or all_before.empty:
        return _finished([])
    start, end, n = float(all_before.mean()), float(all_now.mean()), len(sides.subjects)
    rows: list[Row] = [("start", "", before.cycle, len(all_before), start)]
    if n:
        stay_before, stay_now = (float(totals[sides.subjects].mean()) for totals in (all_before, all_now))
        rows.append(("leavers", "", "", len(all_before) - n, stay_before - start))
        rows += _of_those_in_both(now, before, sides)
        rows.append(("joiners", "", "", len(all_now) - n, end - stay_now))
    else:
        # Nobody to compare with oneself: all of the difference is between different people.
        rows += [("leavers", "", "", len(all_before), 0.0), ("joiners", "", "", len(all_now), end - start)]
    rows.append(("end", "", now.cycle, len(all_now), end))
    return _finished(rows, now, before)


def _of_those_in_both(now: Scorecard, before: Scorecard, sides: Sides) -> Iterator[Row]:
    """Steps of the people in both cycles, the largest of each kind first."""
    for kind, (points, where) in sides.parts().items():
        means, n = points.mean(axis=0), where.sum(axis=0)
        order = np.argsort(-np.abs(means), kind="stable")
        yield from ((kind, sides.indicators[at], "", int(n[at]), float(means[at])) for at in order if n[at])
    for kind, name, mean in _bonus_and_veto(now, before, sides.subjects):
        yield kind, name, "", len(sides.subjects), mean


def _bonus_and_veto(now: Scorecard, before: Scorecard, subjects: pd.Index) -> Iterator[tuple[str, str, float]]:
    """Mean change of each bonus indicator's points, the largest first, and of what vetoes take."""
    vetoes: set[str] = set()
    change: dict[str, float] = {}
    taken = 0.0
    for card, sign in ((now, 1.0), (before, -1.0)):
        rows = card.scores[(card.scores["kind"] == "bonus") & card.scores["subject_id"].isin(subjects)]
        for name, points in rows.groupby("indicator_id", observed=True)["score"].sum().items():
            change[str(name)] = change.get(str(name), 0.0) + sign * float(points) / len(subjects)
        vetoes |= set(card.indicators.loc[card.indicators["kind"] == "veto", "indicator_id"])
        lowered = _totals(card) - _totals(card, "weighted_total") - _totals(card, "bonus")
        taken += sign * float(lowered[subjects].mean())
    yield from (("bonus", name, points) for name, points in sorted(change.items(), key=lambda item: -abs(item[1])))
    if vetoes:
        # Which of several vetoes holds a total down cannot be told apart.
        yield "veto", min(vetoes) if len(vetoes) == 1 else "", taken


def _totals(card: Scorecard, column: str = "total") -> pd.Series:
    """One column of the totals of those who have a total, by id as text."""
    rows = card.totals[card.totals["total"].notna()]
    return pd.Series(rows[column].to_numpy(), index=rows["subject_id"].astype("str"))


def _finished(rows: list[Row], *cards: Scorecard) -> pd.DataFrame:
    """Add step, dimension and running total to the rows of a bridge."""
    answer = pd.DataFrame(rows, columns=["kind", "indicator_id", "cycle", "n", "points"])
    answer = answer.astype({"n": "int64", "points": "float64"})
    dimensions: dict[str, str] = {}
    for card in reversed(cards):
        dimensions.update(zip(card.indicators["indicator_id"], card.indicators["dimension_id"], strict=True))
    answer["dimension_id"] = answer["indicator_id"].map(dimensions).fillna("").astype("object")
    answer["step"] = np.arange(len(answer))
    answer["running"] = answer["points"].where(answer["kind"] != "end", 0.0).cumsum()
    return answer[COLUMNS]
