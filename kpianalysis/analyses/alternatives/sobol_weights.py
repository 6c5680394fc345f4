"""Which weights make a result uncertain while all of them are uncertain at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kpianalysis.analyses.alternatives.sobol import (
    INDICES,
    Exchanged,
    Outcome,
    check_design,
    sobol_estimates,
    sobol_points,
)
from kpianalysis.analyses.alternatives.weight_exchange import exchange_weights, varying_weights
from kpianalysis.analyses.weights.weight_model import WeightModel, rank_rows, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats

OUTCOMES = ("ranks", "mean_rank_shift", "total", "rank")
COLUMNS = ["item_id", "level", *INDICES, "mean", "variance", "evaluations"]
# Totals computed at once, sets of weights × subjects: small enough to stay near the processor.
AT_ONCE = 50_000
# Ranks kept, base points × subjects; beyond it those of every second, third, … subject stand for all.
MOST_RANKS = 10_000_000


def sobol_indices(
    card: Scorecard,
    outcome: str = "ranks",
    subject_id: str = "",
    half_width: float = 0.25,
    n: int = 1024,
    seed: int = 0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Estimate which uncertain weights make a result uncertain, by themselves and together with the others.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    outcome : {"ranks", "mean_rank_shift", "total", "rank"}
        Ranks of all subjects, their variances added; mean absolute difference from the stated ranks (places); total
        (points) or rank of one subject.
    subject_id : str
        Whose total or rank.
    half_width : float
        Each weight is uniform and independent between (1 − half_width) and (1 + half_width) times the stated one;
        then the weights of a group are scaled to their sum, the dimensions' as well as those within a dimension.
    n : int
        Base points, a power of 2.
    seed : int
    confidence : float
        Of the intervals.

    Returns
    -------
    DataFrame
        One row per weight that can vary, the largest total index first: item_id, level ("indicator" or "dimension"),
        then as `sobol_of`. A weight of 0, or one alone in its group, is not there: it cannot vary.

    Raises
    ------
    KpiError
        If there is no such outcome or subject, or an argument is out of range.

    Notes
    -----
    Missing scores, bonus and veto are handled as the scheme does. Source: docs/method.md, "Sobol indices of weights".
    """
    model = _model_for(card, outcome, subject_id)
    check_design(n, confidence)
    if not 0 < half_width < 1:
        raise KpiError(f"half_width: {half_width} is not between 0 and 1. Use 0.25 for weights of ± 25 %.")
    places = varying_weights(model) if model.subjects else []
    if not places:
        return pd.DataFrame({name: [] for name in COLUMNS}).astype({"item_id": "object", "level": "object"})
    base, other = (_multipliers(model, points, places, half_width) for points in sobol_points(n, len(places), seed))
    outcome_of = _outcome(model, outcome, subject_id, n)
    m = len(model.indicators)
    rows = _some(n, len(model.subjects))

    def exchanged() -> Iterator[Exchanged]:
        for some in rows:
            for place, totals in exchange_weights(model, base[some], other[some], places):
                yield some, places.index(place), outcome_of(totals)

    plain, swapped = (
        np.concatenate([outcome_of(model.totals(sets[some, :m], sets[some, m:])) for some in rows])
        for sets in (base, other)
    )
    found = sobol_estimates(plain, swapped, exchanged(), len(places), confidence)
    items = [*model.indicators, *model.dimensions]
    found.insert(0, "item_id", [items[place] for place in places])
    found.insert(1, "level", ["indicator" if place < m else "dimension" for place in places])
    return found.sort_values("total", ascending=False, kind="stable").reset_index(drop=True)


def _model_for(card: Scorecard, outcome: str, subject_id: str) -> WeightModel:
    """Take what the outcome needs from a scorecard, and refuse what it cannot give."""
    if outcome not in OUTCOMES:
        raise KpiError(f"outcome: {outcome!r} cannot be explained. Use one of: {', '.join(OUTCOMES)}.")
    model = weight_model(card)
    if outcome in ("ranks", "mean_rank_shift"):
        return model
    if subject_id not in model.subjects:
        raise KpiError(f"subject_id: {subject_id!r} has no total in {card.cycle}. Name a subject that has one.")
    # Nobody else has a part in a total, and everybody in a rank.
    return model.for_subjects([subject_id]) if outcome == "total" else model


def _multipliers(model: WeightModel, points: Floats, places: list[int], half_width: float) -> Floats:
    """Turn points of the unit cube into multipliers of all weights; those that cannot vary stay as they are."""
    table = np.ones((len(points), len(model.indicators) + len(model.dimensions)))
    table[:, places] = 1 + half_width * (2 * points - 1)
    return table


def _outcome(model: WeightModel, outcome: str, subject_id: str, n: int) -> Outcome:
    """Say what is made of totals, shape (k, subjects) to (k, q)."""
    if outcome in ("total", "rank"):
        place = model.subjects.index(subject_id)
        if outcome == "total":
            return lambda totals: totals[:, [place]]
        return lambda totals: rank_rows(totals)[:, [place]].astype(np.float64)
    ones = np.ones((1, len(model.indicators))), np.ones((1, len(model.dimensions)))
    stated = rank_rows(model.totals(*ones))[0]
    if outcome == "mean_rank_shift":
        return lambda totals: np.abs(rank_rows(totals) - stated).mean(axis=1, keepdims=True)
    every = max(1, -(-n * len(stated) // MOST_RANKS))
    kept = np.argsort(stated, kind="stable")[::every]
    return lambda totals: rank_rows(totals)[:, kept].astype(np.float64)


def _some(n: int, subjects: int) -> list[slice]:
    step = max(1, AT_ONCE // max(subjects, 1))
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]
