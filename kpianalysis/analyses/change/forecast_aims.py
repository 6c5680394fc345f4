"""What a value at the end of a cycle is compared with: the mean target of a group in that cycle's plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.dataset import Dataset
from kpianalysis.scheme import Scheme, plan_for, scheme_of
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide


def aims(data: Dataset, card: Scorecard, cycle: str, by: str = "") -> dict[tuple[str, str], tuple[float, float]]:
    """Give the ends between which a value meets the target of a cycle, for each group and indicator.

    Parameters
    ----------
    data : Dataset
    card : Scorecard
        Whose subjects count.
    cycle : str
        Whose plan counts: the card's cycle, or the year it is part of.
    by : {"", "unit_id", "role_id", "subject_id"}

    Returns
    -------
    dict of (group_id, indicator_id) to (low, high)
        The target and infinity where higher is better, minus infinity and the target where lower is,
        both ends of a range; means over the subjects that have them, missing where nobody has.
    """
    scheme = scheme_of(data.tables, cycle)
    mine = scheme.subjects["subject_id"].isin(card.subjects["subject_id"]).to_numpy()
    people = scheme.subjects[mine]
    group = people[by].to_numpy(dtype=object) if by else np.full(len(people), "", dtype=object)
    known = ~pd.isna(group)
    names, place = np.unique(group[known].astype(str), return_inverse=True)
    found = {}
    for indicator, direction in zip(scheme.indicators["indicator_id"], scheme.indicators["direction"], strict=True):
        ends = _ends(scheme, str(indicator), str(direction))
        low, high = (_means(end[mine][known], place, len(names)) for end in ends)
        found.update({(str(name), str(indicator)): (low[k], high[k]) for k, name in enumerate(names)})
    return found


def _means(values: Floats, place: NDArray[np.intp], n: int) -> list[float]:
    """Mean of each group over those that have a value; missing without one."""
    has = ~np.isnan(values)
    sums, counts = (np.bincount(place[has], weights, n).astype(float) for weights in (values[has], None))
    means: list[float] = divide(sums, counts).tolist()
    return means


def _ends(scheme: Scheme, indicator: str, direction: str) -> tuple[Floats, Floats]:
    """Both ends for each subject of the scheme; missing where the indicator does not apply."""
    plan = plan_for(scheme, indicator)
    applies = plan["applies"].to_numpy()
    names = ("range_low", "range_high") if direction == "range" else ("target", "target")
    low, high = (np.where(applies, plan[name].to_numpy(), np.nan) for name in names)
    if direction == "higher":
        high = np.where(np.isnan(low), np.nan, np.inf)
    elif direction == "lower":
        low = np.where(np.isnan(high), np.nan, -np.inf)
    return low, high
