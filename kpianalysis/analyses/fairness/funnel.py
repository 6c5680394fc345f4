"""Which units lie outside of what their size allows: funnels of means and of proportions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpianalysis.analyses.fairness.funnel_limits import INNER, OUTER, Ground, distance_limits
from kpianalysis.analyses.fairness.group_values import (
    BY,
    LEAST_FREEDOM,
    LEAST_GROUPS,
    group_means,
    group_values,
    refuse_unknown_group,
    refuse_unknown_indicator,
)
from kpianalysis.analyses.fairness.overdispersion import LEAST_UNITS, between_variance
from kpianalysis.analyses.fairness.unit_counts import unit_counts
from kpianalysis.dataset import Dataset
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import TIE

INSIDE, WATCH, FAR = "inside", "outside 95%", "outside 99.8%"
COLUMNS = [
    *(
        "item_id",
        "group_id",
        "n",
        "n_subjects",
        "value",
        "centre",
        "low",
        "high",
        "far_low",
        "far_high",
        "z",
        "widened",
    ),
    *("verdict", "side", "kind", "variance", "freedom", "between_sd", "n_units"),
]


@dataclass(frozen=True)
class _Units:
    """What a funnel is drawn of: k units with their size, value, and how far chance moves one case."""

    group_id: np.ndarray
    n: Floats
    n_subjects: Floats
    value: Floats
    ground: Ground
    can_judge: bool


def funnel(card: Scorecard, indicator_id: str = "", data: Dataset | None = None, by: str = "unit_id") -> pd.DataFrame:
    """Compare each unit with the limits that its size allows, widened where units differ by more than chance anyway.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    indicator_id : str
        Blank: totals.
    data : Dataset, optional
        Where the card comes from. With it, an indicator that counts cases (numerator among denominator) is compared as
        a proportion; all others, and all without it, as mean scores.
    by : {"unit_id", "role_id", "subject_id"}
        The last for proportions only.

    Returns
    -------
    DataFrame
        One row per unit, those furthest outside first, then by distance: item_id (blank: totals); group_id; n (size:
        subjects, of a proportion the denominator); n_subjects; value (mean in points, or fraction); centre (over
        everybody); low, high (limits for 95%), far_low, far_high (99.8%); z (distance in standard errors of chance
        alone); widened (how many times wider the limits are than chance alone makes them); verdict ("inside",
        "outside 95%", "outside 99.8%"; blank: none is possible); side ("high" or "low"); kind ("mean",
        "proportion"); the same in every row: variance (of one case around its unit), freedom (of that),
        between_sd (τ; missing with fewer than 10 units), n_units.

    Raises
    ------
    KpiError
        If there is no such grouping or indicator, or single subjects are to be compared by their means.

    Notes
    -----
    No verdict with fewer than 3 units; of means, with fewer than 5 subjects more than units or no spread inside them;
    of proportions, where neither the subjects inside units nor 10 units tell how far more than chance is at work.
    Source: docs/method.md, "Funnel".
    """
    refuse_unknown_group(by, (*BY, "subject_id"))
    if indicator_id:
        refuse_unknown_indicator(card, indicator_id)
    counts = unit_counts(data, card, indicator_id, by) if data is not None and indicator_id else None
    if counts is None and by == "subject_id":
        raise KpiError(
            f"by: single subjects have no mean of {indicator_id or 'totals'!r} to compare. "
            "Use unit_id or role_id, or give data and an indicator that counts cases."
        )
    units = _of_means(card, by, indicator_id) if counts is None else _of_counts(counts)
    answer = _judged(units).assign(item_id=indicator_id).astype({"group_id": "str"})
    place = answer["verdict"].map({FAR: 0, WATCH: 1, INSIDE: 2, "": 3}).to_numpy()
    distance = (answer["z"] / answer["widened"]).abs().to_numpy()
    order = np.lexsort((answer["group_id"].to_numpy(dtype=object), -distance, place))
    return answer.iloc[order][COLUMNS].reset_index(drop=True)


def _of_means(card: Scorecard, by: str, indicator_id: str) -> _Units:
    values = group_values(card, by, indicator_id)
    groups = group_means(values)
    centre = float(values["value"].mean()) if len(values) else np.nan
    ground = Ground("mean", centre, groups.variance if groups.can_compare else np.nan, groups.freedom, np.nan)
    return _with_between(
        _Units(groups.group_id, groups.n, groups.n, groups.mean, ground, groups.can_compare), groups.can_compare
    )


def _of_counts(counts: pd.DataFrame) -> _Units:
    """Proportions; subjects inside a unit that differ by more than chance make one case move further."""
    groups = counts.groupby("group_id")[["numerator", "denominator"]]
    sums = groups.sum()
    n, value = sums["denominator"].to_numpy(), (sums["numerator"] / sums["denominator"]).to_numpy()
    centre = float(sums["numerator"].sum() / n.sum()) if len(sums) else np.nan
    chance = centre * (1 - centre)
    freedom = len(counts) - len(sums)
    spread, varies = 1.0, bool(chance > 0)
    if freedom >= LEAST_FREEDOM and varies:
        own = counts["group_id"].map(dict(zip(sums.index, value, strict=True)))
        away = counts["numerator"] - own * counts["denominator"]
        spread = max(1.0, float((away**2 / counts["denominator"]).sum()) / (chance * freedom))
    ground = Ground("proportion", centre, chance * spread, freedom, np.nan)
    knows_more = freedom >= LEAST_FREEDOM or len(sums) >= LEAST_UNITS
    can_judge = varies and knows_more and len(sums) >= LEAST_GROUPS
    return _with_between(
        _Units(sums.index.to_numpy(), n, groups.size().to_numpy().astype(np.float64), value, ground, can_judge), varies
    )


def _with_between(units: _Units, varies: bool) -> _Units:
    """Add how far units lie apart beyond chance, where there are enough of them to tell."""
    if len(units.n) < LEAST_UNITS or not varies:
        return units
    ground = units.ground
    between = between_variance(units.value, ground.centre, ground.variance / units.n)
    return _Units(
        units.group_id,
        units.n,
        units.n_subjects,
        units.value,
        ground.with_between(float(np.sqrt(between))),
        units.can_judge,
    )


def _judged(units: _Units) -> pd.DataFrame:
    ground = units.ground
    low, high = distance_limits(ground, units.n, INNER)
    far_low, far_high = distance_limits(ground, units.n, OUTER)
    away = units.value - ground.centre
    beyond = (units.value < low - TIE) | (units.value > high + TIE)
    far = (units.value < far_low - TIE) | (units.value > far_high + TIE)
    verdict = np.select([far, beyond], [FAR, WATCH], INSIDE) if units.can_judge else np.full(len(units.n), "")
    return pd.DataFrame(
        {
            "group_id": units.group_id,
            "n": units.n.astype(np.int64),
            "n_subjects": units.n_subjects.astype(np.int64),
            "value": units.value,
            "centre": ground.centre,
            "low": low,
            "high": high,
            "far_low": far_low,
            "far_high": far_high,
            "z": away / ground.chance_error(units.n),
            "widened": ground.widened(units.n),
            "verdict": verdict.astype(object),
            "side": np.where(away > 0, "high", np.where(away < 0, "low", "")).astype(object),
            "kind": ground.kind,
            "variance": ground.variance,
            "freedom": ground.freedom,
            "between_sd": ground.between_sd,
            "n_units": len(units.n),
        }
    )
