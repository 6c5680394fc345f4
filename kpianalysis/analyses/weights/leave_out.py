"""What if an indicator or a dimension goes: ranks that shift and grades that change."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.analyses.weights.weight_model import WeightModel, rank_rows, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import grade_places, grade_totals

SHIFTS = (
    "item_id",
    "mean_shift",
    "most_shift",
    "mover_id",
    "mover_from",
    "mover_to",
    "kendall",
    "n_grade_changes",
    "n_grades_up",
    "n_grades_down",
    "n_without_total",
)


def leave_one_out(card: Scorecard, level: str = "indicator") -> pd.DataFrame:
    """Take each indicator or dimension out in turn: how far ranks would shift and how many grades would change.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    level : {"indicator", "dimension"}
        The weight of an indicator goes to the others of its dimension, that of a dimension to the other dimensions.

    Returns
    -------
    DataFrame
        One row per scored item, the largest mean shift first: item_id; mean_shift, most_shift (mean and largest
        absolute change of rank); mover_id, mover_from, mover_to (the subject that moves most, its rank with and
        without the item; missing where nobody moves); kendall (rank correlation tau-b of the ranks with and without,
        1 is the same order; missing where all tie); n_grade_changes, n_grades_up, n_grades_down (better and worse
        without the item; missing where there are no grades); n_without_total (subjects left without any weight).

    Raises
    ------
    KpiError
        If there is no such level.

    Notes
    -----
    Both ranks are among the subjects that still have a total. Source: docs/method.md, "Leave one out".
    """
    model = weight_model(card)
    boundaries = np.sort(card.grades["min_score"].to_numpy(dtype=float))
    stated = model.totals(*_ones(model))[0]
    ranks = rank_rows(stated[None])[0]
    rows = [_shift(model, item, stated, ranks, totals, boundaries) for item, totals in _each_out(model, level)]
    answer = pd.DataFrame(rows, columns=list(SHIFTS)).astype({"item_id": "str", "mover_id": "str"})
    return answer.sort_values("mean_shift", ascending=False, kind="stable").reset_index(drop=True)


def left_out_ranks(card: Scorecard, level: str = "indicator") -> pd.DataFrame:
    """Give every subject's result without each indicator or dimension.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    level : {"indicator", "dimension"}

    Returns
    -------
    DataFrame
        One row per scored item and subject with a total: item_id, subject_id, total (points; missing where no weight
        is left), rank (1 is best, among those that still have a total; missing without one), stated_rank (with the
        item, among the same), grade.

    Raises
    ------
    KpiError
        If there is no such level.

    Notes
    -----
    Source: docs/method.md, "Leave one out".
    """
    model = weight_model(card)
    stated = model.totals(*_ones(model))[0]
    every = list(_each_out(model, level))
    n = len(model.subjects)
    totals = np.concatenate([np.empty(0), *(each for _item, each in every)])
    frame = pd.DataFrame(
        {
            "item_id": np.repeat(np.array([item for item, _ in every], dtype=object), n),
            "subject_id": model.subjects * len(every),
            "total": totals,
            "rank": np.concatenate([np.empty(0), *(_rank(each) for _item, each in every)]),
            "stated_rank": np.concatenate(
                [np.empty(0), *(_rank(np.where(np.isnan(each), np.nan, stated)) for _item, each in every)]
            ),
        }
    ).astype({"item_id": "str", "subject_id": "str"})
    return frame.assign(grade=grade_totals(frame["total"], card.grades)["grade"])


def _ones(model: WeightModel) -> tuple[Floats, Floats]:
    return np.ones((1, len(model.indicators))), np.ones((1, len(model.dimensions)))


def _each_out(model: WeightModel, level: str) -> Iterator[tuple[str, Floats]]:
    """Give each item with the totals without it, one at a time: memory grows with the subjects alone."""
    if level not in ("indicator", "dimension"):
        raise KpiError(f"level: {level!r} cannot be left out. Use 'indicator' or 'dimension'.")
    is_indicator = level == "indicator"
    places = range(len(model.indicators)) if is_indicator else np.unique(model.dimension_of)
    for place in places:
        indicators, dimensions = _ones(model)
        (indicators if is_indicator else dimensions)[0, place] = 0.0
        name = model.indicators[place] if is_indicator else model.dimensions[place]
        yield name, model.totals(indicators, dimensions)[0]


def _rank(totals: Floats) -> Floats:
    """Rank those with a total; the others have no rank."""
    ranks = np.full(len(totals), np.nan)
    there = ~np.isnan(totals)
    ranks[there] = rank_rows(totals[None, there])[0]
    return ranks


def _shift(
    model: WeightModel, item: str, stated: Floats, ranks: NDArray[np.int32], totals: Floats, boundaries: Floats
) -> tuple[object, ...]:
    """Compare the results without one item with the stated ones: a row of `SHIFTS`."""
    there = ~np.isnan(totals)
    lost = int((~there).sum())
    before = ranks if there.all() else rank_rows(stated[None, there])[0]
    after = rank_rows(totals[None, there])[0]
    moved = np.abs(after - before)
    steps = grade_places(totals[there], boundaries) - grade_places(stated[there], boundaries)
    ups, downs = int((steps > 0).sum()), int((steps < 0).sum())
    grades = (ups + downs, ups, downs) if len(boundaries) else (np.nan, np.nan, np.nan)
    if not there.any():
        return (item, np.nan, np.nan, None, np.nan, np.nan, np.nan, *grades, lost)
    mover: tuple[object, ...] = (None, np.nan, np.nan)
    if moved.any():
        ids = np.array(model.subjects, dtype=object)[there]
        first = min(np.flatnonzero(moved == moved.max()), key=lambda place: (before[place], ids[place]))
        mover = (ids[first], int(before[first]), int(after[first]))
    return (item, float(moved.mean()), int(moved.max()), *mover, _kendall(before, after), *grades, lost)


def _kendall(before: NDArray[np.int32], after: NDArray[np.int32]) -> float:
    from scipy.stats import kendalltau

    # Missing, without a warning, where one side is all ties.
    return float(kendalltau(before, after).statistic)
