"""What a subject would score with another actual: the scheme's own methods, called again."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kpianalysis.dataset import Dataset
from kpianalysis.ids import places
from kpianalysis.schema import PLAN_VALUES
from kpianalysis.scheme import Scheme, plan_for, scheme_of
from kpianalysis.scoring.inputs import Floats, Inputs
from kpianalysis.scoring.methods import METHODS

# Their points depend on what others do, or on other indicators: nobody can say what one actual alone would earn.
NOT_ALONE = ("rank_band", "consistency")


def scores_at(data: Dataset, cycle: str, rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Score other actuals by the plan in force for each subject.

    Parameters
    ----------
    data : Dataset
    cycle : str
    rows : DataFrame
        subject_id, indicator_id and the columns of other actuals, in the indicator's unit.
    columns : list of str

    Returns
    -------
    DataFrame, index of `rows`
        Points for each of the columns: the indicator's own method, floor and cap; missing where the actual is, where
        the method gives no number, and for rank_band and consistency.

    Notes
    -----
    Source: docs/method.md, "Within reach".
    """
    scheme = scheme_of(data.tables, cycle)
    place = places(rows["subject_id"], scheme.subjects["subject_id"])
    answer = np.full((len(rows), len(columns)), np.nan)
    records = {str(record["indicator_id"]): record for record in scheme.indicators.to_dict("records")}
    # Category by category: a comparison of texts for each indicator would take longer than the scoring.
    for item, at in rows.groupby("indicator_id", observed=True).indices.items():
        if records[str(item)]["method"] not in NOT_ALONE:
            actuals = rows[columns].to_numpy()[at]
            answer[at] = _scores_of_one(scheme, records[str(item)], place[at], actuals)
    return pd.DataFrame(answer, index=rows.index, columns=columns)


def _scores_of_one(scheme: Scheme, indicator: Mapping[Hashable, Any], place: np.ndarray, actuals: Floats) -> Floats:
    """Score one indicator, one row per subject and one column per set of actuals."""
    item = str(indicator["indicator_id"])
    laid = plan_for(scheme, item).iloc[place]
    points = scheme.points.get(item)
    empty = np.empty(0)
    method = METHODS[str(indicator["method"])]
    scores = np.full(actuals.shape, np.nan)
    for column in range(actuals.shape[1]):
        inputs = Inputs(
            actuals[:, column],
            {name: laid[name].to_numpy() for name in PLAN_VALUES},
            str(indicator["direction"]),
            float(indicator["floor"]),
            float(indicator["cap"]),
            empty if points is None else points["value"].to_numpy(),
            empty if points is None else points["score"].to_numpy(),
        )
        stopped = np.any([np.isnan(inputs.actual), *(mask for mask, _why in method.problems(inputs))], axis=0)
        scores[:, column] = np.where(stopped, np.nan, method.score(inputs))
    return scores
