"""The five sentences that the weight sensitivity report begins with."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import Sentences
from kpianalysis.names import Names
from kpianalysis.wording import importance, ranks, stability


def answer(
    weights: pd.DataFrame,
    dimensions: pd.DataFrame,
    safety: pd.DataFrame,
    intervals: pd.DataFrame,
    flips: pd.DataFrame,
    agree: str,
    names: Names,
) -> Sentences:
    """Say which weight does not do what it says, what is safe, what is most fragile, who would agree, what to do.

    Parameters
    ----------
    weights, dimensions : DataFrame
        `importance` by indicator and by dimension.
    safety : DataFrame
        `rank_intervals`.
    intervals, flips : DataFrame
        `stability_intervals`, `grade_stability`.
    agree : str
        `stakeholders.would_agree`.
    names : Names
    """
    loud = importance.loudest(weights, names)
    if len(dimensions) > 1:
        loud += " " + importance.furthest_dimension(dimensions, names)
    return Sentences(
        (
            loud,
            ranks.safe_ranks(safety, names),
            stability.most_fragile(flips, intervals, names),
            agree,
            importance.advice(weights, names),
        ),
        "answer",
    )
