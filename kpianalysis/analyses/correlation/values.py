"""What is correlated: one row per subject, one column per indicator, more always being better."""

from __future__ import annotations

import pandas as pd

from kpianalysis.errors import KpiError
from kpianalysis.schema import COMPARED_VALUES

VALUES = COMPARED_VALUES


def wide_values(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Lay scores out with one row per subject and one column per scored indicator, more always being better.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
        Actuals of indicators where less is better change sign; those of "range" become their gap. Only what was
        scored counts.

    Returns
    -------
    DataFrame
        Indicators in the order of the catalogue; missing where there is no score.

    Raises
    ------
    KpiError
        If there are no such values.
    """
    if values not in VALUES:
        raise KpiError(f"values: {values!r} cannot be correlated. Use one of: {', '.join(VALUES)}.")
    rows = scores[(scores["kind"] == "scored") & scores["score"].notna()]
    number = rows[values]
    if values == "actual":
        number = number.mask(rows["direction"] == "lower", -number).mask(rows["direction"] == "range", rows["gap"])
    table = rows.assign(number=number).pivot(index="subject_id", columns="indicator_id", values="number")
    order = [name for name in scores["indicator_id"].cat.categories if name in table.columns]
    return table.reindex(columns=order).astype("float64")
