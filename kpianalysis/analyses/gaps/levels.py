"""A group's own actual against its own target: parts of a ratio added first, everything else averaged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.dataset import Dataset
from kpianalysis.ids import places
from kpianalysis.schema import DIRECTIONS
from kpianalysis.scheme import actuals_of, plan_for, scheme_of
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring import attainment as reach
from kpianalysis.scoring.inputs import as_decimals, divide

ENDS = ("range_low", "range_high")


def group_levels(card: Scorecard, group: pd.Series, data: Dataset | None) -> pd.DataFrame:
    """Give each group's own actual, target, gap and attainment of every indicator.

    Parameters
    ----------
    card : Scorecard
    group : Series, index of `card.scores`
        Whose row it is; a missing group is left out.
    data : Dataset or None
        Where the card comes from; without it a ratio has no group value, nor an interval a group gap.

    Returns
    -------
    DataFrame, index (group_id, indicator_id)
        actual, target, gap, attainment: over the people with a score and a target, of an indicator without targets
        over those with a score.
    """
    rows = card.scores[["indicator_id", "direction", "actual", "target", "gap", "subject_id"]]
    rows = rows[card.scores["score"].notna() & group.notna()].assign(group_id=group)
    keys = ["group_id", "indicator_id"]
    targets = rows.groupby(keys, observed=True)["gap"].transform("count")
    rows = rows[rows["gap"].notna() | (targets == 0)]
    rows = rows.assign(weight=_weights(rows, card, data), **range_ends(rows, card, data))
    grouped = rows.groupby(keys, observed=True)
    total = grouped["weight"].sum(min_count=1).where(grouped["weight"].count() == grouped.size())
    means = {
        name: as_decimals(divide(_sum(rows[name] * rows["weight"], rows, keys).to_numpy(), total.to_numpy()))
        for name in ("actual", "target", *ENDS)
    }
    return _compared(pd.DataFrame(means, index=total.index), grouped["direction"].first())


def _sum(values: pd.Series, rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    return values.groupby([rows[key] for key in keys], observed=True).sum(min_count=1)


def _compared(means: pd.DataFrame, direction: pd.Series) -> pd.DataFrame:
    """Compare with the functions that compare each subject; changes nothing."""
    actual, target, low, high = (means[name].to_numpy() for name in ("actual", "target", *ENDS))
    gap, attainment = np.full(len(means), np.nan), np.full(len(means), np.nan)
    for way in DIRECTIONS:
        mine = (direction == way).to_numpy()
        gap = np.where(mine, reach.gap(actual, target, low, high, way), gap)
        attainment = np.where(mine, reach.attainment(actual, target, low, high, way), attainment)
    return means[["actual", "target"]].assign(gap=gap, attainment=attainment)


def _weights(rows: pd.DataFrame, card: Scorecard, data: Dataset | None) -> np.ndarray:
    """Weigh a ratio by its denominator, so that the mean is sum over sum; all others count one each."""
    ratios = card.indicators.loc[card.indicators["aggregation"] == "ratio", "indicator_id"]
    is_ratio = rows["indicator_id"].isin(ratios).to_numpy()
    if data is None or not is_ratio.any():
        return np.where(is_ratio, np.nan, 1.0)
    parts = actuals_of(data.tables, card.cycle)
    parts = parts[parts["missing_reason"].isna() & parts["indicator_id"].isin(ratios)]
    parts = parts.astype({"subject_id": "str", "indicator_id": "str"})
    sums = parts.groupby(["subject_id", "indicator_id"])["denominator"].sum(min_count=1)
    wanted = pd.MultiIndex.from_arrays([rows[name].astype("str") for name in ("subject_id", "indicator_id")])
    return np.where(is_ratio, sums.reindex(wanted).to_numpy(), 1.0)


def range_ends(rows: pd.DataFrame, card: Scorecard, data: Dataset | None) -> dict[str, np.ndarray]:
    """Give both ends of the best interval for each row of scores; missing unless the direction is "range".

    Parameters
    ----------
    rows : DataFrame
        subject_id, indicator_id, direction.
    card : Scorecard
    data : Dataset or None
        Without it every end is missing.
    """
    ends = {name: np.full(len(rows), np.nan) for name in ENDS}
    items = rows.loc[rows["direction"] == "range", "indicator_id"].astype("str").unique()
    if data is None or not len(items):
        return ends
    scheme = scheme_of(data.tables, card.cycle)
    subject = places(rows["subject_id"], scheme.subjects["subject_id"])
    for item in items:
        laid = plan_for(scheme, item)
        mine = (rows["indicator_id"] == item).to_numpy()
        for name, column in ends.items():
            column[mine] = laid[name].to_numpy()[subject[mine]]
    return ends
