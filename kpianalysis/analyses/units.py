"""Does a unit stand apart on one indicator? Strict or lenient judging would look like that; so would real work."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.scoring import Scorecard

# Fewer scores than this on either side are not compared.
ENOUGH = 5


def unit_differences(card: Scorecard) -> pd.DataFrame:
    """Compare each unit with all others on each scored indicator.

    Parameters
    ----------
    card : Scorecard

    Returns
    -------
    DataFrame
        One row per unit × indicator with at least 5 scores on both sides and any spread, the largest difference first:
        unit_id, indicator_id, n, mean, others (means, points), difference (points), p_adjusted (Welch's t, adjusted
        after Benjamini and Hochberg over all rows).

    Notes
    -----
    A difference says that a unit's scores lie apart, never why. Source: docs/method.md, "Units apart".
    """
    rows = card.scores[(card.scores["kind"] == "scored") & card.scores["score"].notna()]
    found = [
        (unit, indicator, *_compare(scores[mine], scores[~mine]))
        for indicator, group in rows.groupby("indicator_id", observed=True)
        for unit in group["unit_id"].dropna().unique()
        for scores, mine in [(group["score"].to_numpy(), (group["unit_id"] == unit).to_numpy())]
        if min(mine.sum(), (~mine).sum()) >= ENOUGH and np.ptp(scores[mine]) + np.ptp(scores[~mine]) > 0
    ]
    columns = ["unit_id", "indicator_id", "n", "mean", "others", "difference", "p_adjusted"]
    answer = pd.DataFrame(found, columns=columns)
    answer["p_adjusted"] = adjust(answer["p_adjusted"].to_numpy(dtype=float))
    order = answer["difference"].abs().sort_values(ascending=False, kind="stable").index
    return answer.loc[order].reset_index(drop=True)


def _compare(mine: np.ndarray, others: np.ndarray) -> tuple[int, float, float, float, float]:
    p = float(stats.ttest_ind(mine, others, equal_var=False).pvalue)
    return len(mine), mine.mean(), others.mean(), mine.mean() - others.mean(), p
