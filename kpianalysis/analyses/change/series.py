"""The values of every period so far: of the whole, of units and roles, of subjects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.dataset import Dataset
from kpianalysis.errors import KpiError
from kpianalysis.scheme import cycles_measured
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import divide

BY = ("", "unit_id", "role_id", "subject_id")
COLUMNS = ["group_id", "indicator_id", "cycle_id", "period", "value", "numerator", "denominator", "n", "target"]


def period_values(data: Dataset, card: Scorecard, by: str = "") -> pd.DataFrame:
    """Lay out what was measured in each period so far, up to the end of the card's cycle.

    Parameters
    ----------
    data : Dataset
        Where the card comes from.
    card : Scorecard
        Says which cycle is the last, which indicators are in force and, if limited to a unit, whose values count.
    by : {"", "unit_id", "role_id", "subject_id"}
        Blank: one series per indicator over all subjects; else one for each unit, role or subject too.

    Returns
    -------
    DataFrame
        One row per group × indicator × period, in this order: group_id (blank: everybody), indicator_id, cycle_id,
        period (its first day; of a cycle without periods the first day of the cycle), value (in the indicator's unit),
        numerator, denominator (sums; missing unless the indicator is a ratio), n (subjects with a value), target (mean
        over the subjects in the card's cycle; of a sum divided by the periods of a cycle; missing without one).

    Raises
    ------
    KpiError
        If there is no such `by`.

    Notes
    -----
    A ratio adds numerators and denominators first and divides after; all others are the mean of the subjects that have
    a value, also where periods of one subject add up: so people who come or go do not move it by their number.
    Values with a reason are not used, as in a score; nor are values of cycles in which the indicator had another unit
    of measure. Source: docs/method.md, "Values by period".
    """
    if by not in BY:
        raise KpiError(f"by: {by!r} is no grouping. Use one of: {', '.join(repr(name) for name in BY)}.")
    rows = _rows_so_far(data, card)
    subjects = data.tables["subjects"].set_index("subject_id")
    if card.unit_id:
        rows = rows[rows["subject_id"].map(subjects["unit_id"]) == card.unit_id]
    if by == "subject_id":
        group = rows["subject_id"]
    else:
        group = rows["subject_id"].map(subjects[by]) if by else pd.Series("", index=rows.index)
    rows = rows.assign(group_id=group)[group.notna()]
    keys = ["group_id", "indicator_id", "cycle_id", "period"]
    grouped = rows.groupby(keys, sort=False)
    table = grouped[["numerator", "denominator"]].sum(min_count=1)
    table["mean"], table["n"] = grouped["value"].mean(), grouped["value"].count()
    answer = table.reset_index()
    answer["value"] = _values(answer, card)
    answer["target"] = answer["indicator_id"].map(_targets(data, card))
    order = answer["indicator_id"].map({str(name): i for i, name in enumerate(card.indicators["indicator_id"])})
    answer = answer.assign(order=order).sort_values(["group_id", "order", "period"], kind="stable")
    return answer[answer["value"].notna()][COLUMNS].reset_index(drop=True)


def _rows_so_far(data: Dataset, card: Scorecard) -> pd.DataFrame:
    """Rows of actuals in cycles of the kind that counts in this one, up to its end; ids as text."""
    cycles = data.tables["cycles"].set_index("cycle_id")
    parts = cycles_measured(data.tables, card.cycle)
    same = cycles[cycles["kind"].isin(cycles.loc[parts, "kind"]) & (cycles["end"] <= cycles.loc[parts, "end"].max())]
    actuals = data.tables["actuals"]
    actuals = actuals[
        actuals["cycle_id"].isin(same.index) & actuals["indicator_id"].isin(card.indicators["indicator_id"])
    ]
    rows = actuals.astype({"cycle_id": "str", "subject_id": "str", "indicator_id": "str"})
    rows = rows[_has_todays_unit(rows, data.tables["indicators"], card)]
    rows["period"] = rows["period"].fillna(rows["cycle_id"].map(cycles["start"]))
    made = divide(rows["numerator"].to_numpy(), rows["denominator"].to_numpy())
    rows["value"] = rows["value"].fillna(pd.Series(made, index=rows.index))
    # Half a ratio would enlarge or shrink the ratio of all.
    half = rows["numerator"].isna() | rows["denominator"].isna()
    rows[["numerator", "denominator"]] = rows[["numerator", "denominator"]].mask(half)
    # A value with a reason is shown and not scored; a period without cases adds its numerator all the same.
    return rows[rows["missing_reason"].isna() & (rows["value"].notna() | (rows["denominator"] == 0))]


def _has_todays_unit(rows: pd.DataFrame, indicators: pd.DataFrame, card: Scorecard) -> pd.Series:
    """Tell which rows are in the unit of measure that the indicator has in the card's cycle."""
    catalogue = indicators.astype({"indicator_id": "str"})
    always = catalogue[catalogue["cycle_id"].isna()].set_index("indicator_id")["unit"]
    once = catalogue.dropna(subset=["cycle_id"]).astype({"cycle_id": "str"}).set_index(["cycle_id", "indicator_id"])
    then = once["unit"].reindex(pd.MultiIndex.from_frame(rows[["cycle_id", "indicator_id"]]))
    unit = pd.Series(then.to_numpy(), index=rows.index).fillna(rows["indicator_id"].map(always))
    return unit == rows["indicator_id"].map(card.indicators.set_index("indicator_id")["unit"])


def _values(table: pd.DataFrame, card: Scorecard) -> np.ndarray:
    aggregation = table["indicator_id"].map(card.indicators.set_index("indicator_id")["aggregation"])
    is_ratio = (aggregation == "ratio").to_numpy() & table["denominator"].notna().to_numpy()
    ratio = divide(table["numerator"].to_numpy(), table["denominator"].to_numpy())
    return np.where(is_ratio, ratio, table["mean"].to_numpy())


def _targets(data: Dataset, card: Scorecard) -> pd.Series:
    """Mean target of each indicator in the card's cycle, of a sum for one of its periods."""
    scores = card.scores.astype({"indicator_id": "str"})
    targets = scores.groupby("indicator_id")["target"].mean()
    parts = cycles_measured(data.tables, card.cycle)
    actuals = data.tables["actuals"]
    mine = actuals[actuals["cycle_id"].isin(parts)]
    periods = mine.assign(indicator_id=mine["indicator_id"].astype("str")).groupby("indicator_id")["period"].nunique()
    is_sum = card.indicators.set_index("indicator_id")["aggregation"].reindex(targets.index) == "sum"
    return targets / periods.reindex(targets.index).clip(lower=1).where(is_sum, 1).fillna(1)
