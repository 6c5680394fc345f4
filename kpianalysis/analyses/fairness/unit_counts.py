"""Cases of a proportion by subject and unit: numerator among denominator in one cycle."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.change.series import period_values
from kpianalysis.dataset import Dataset
from kpianalysis.scheme import cycles_measured
from kpianalysis.scoring import Scorecard


def unit_counts(data: Dataset, card: Scorecard, indicator_id: str, by: str = "unit_id") -> pd.DataFrame | None:
    """Add up the numerators and denominators of each subject in the card's cycle; None where they count no cases.

    Parameters
    ----------
    data : Dataset
        Where the card comes from.
    card : Scorecard
    indicator_id : str
    by : {"unit_id", "role_id", "subject_id"}

    Returns
    -------
    DataFrame or None
        subject_id, group_id (text), numerator, denominator; subjects without a group or a denominator left out. None
        unless the indicator is a ratio of whole numbers whose numerators lie between 0 and the denominator.
    """
    indicators = card.indicators.set_index("indicator_id")
    if indicators.loc[indicator_id, "aggregation"] != "ratio":
        return None
    rows = period_values(data, card, "subject_id")
    here = rows["cycle_id"].isin(cycles_measured(data.tables, card.cycle)) & (rows["indicator_id"] == indicator_id)
    sums = rows[here].groupby("group_id")[["numerator", "denominator"]].sum(min_count=1)
    sums = sums[sums["denominator"] > 0].rename_axis("subject_id").reset_index()
    numerator, denominator = sums["numerator"].to_numpy(), sums["denominator"].to_numpy()
    whole = np.isclose(numerator, np.rint(numerator)) & np.isclose(denominator, np.rint(denominator))
    if not len(sums) or not (whole & (numerator >= 0) & (numerator <= denominator)).all():
        return None
    group = sums["subject_id"]
    if by != "subject_id":
        group = group.map(card.subjects.set_index("subject_id")[by])
    sums = sums.assign(group_id=group)[group.notna()].astype({"subject_id": "str", "group_id": "str"})
    return sums[["subject_id", "group_id", "numerator", "denominator"]].reset_index(drop=True)
