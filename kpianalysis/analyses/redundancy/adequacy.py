"""Whether the indicators have enough in common for common components to mean anything."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.correlation.kept import keep_together
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.analyses.redundancy.components import correlation_of
from kpianalysis.scoring.inputs import Floats, divide


def sampling_adequacy(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Say whether the indicators have enough in common for common components to mean anything.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per indicator: indicator_id, kmo (Kaiser, Meyer and Olkin: 0 to 1, share of its squared correlations
        that does not vanish once all others are held fixed), and the same in each row kmo_all, bartlett (χ² against no
        correlation at all), bartlett_df, bartlett_p, n. Missing where n does not exceed the number of indicators by 2,
        or one is an exact sum of others.

    Notes
    -----
    Source: docs/method.md, "Enough in common".
    """
    table = keep_together(wide_values(scores, values)).table
    square = correlation_of(table.to_numpy())
    n, k = table.shape
    kmo, overall, statistic, p = np.full(k, np.nan), np.nan, np.nan, np.nan
    if k > 1 and n > k + 2 and np.linalg.matrix_rank(square) == k:
        kmo, overall = _kmo(square)
        statistic = -(n - 1 - (2 * k + 5) / 6) * float(np.linalg.slogdet(square)[1])
        p = float(stats.chi2.sf(statistic, k * (k - 1) / 2))
    ids = table.columns.astype("str")
    return pd.DataFrame({"indicator_id": ids, "kmo": kmo}).assign(
        kmo_all=overall, bartlett=statistic, bartlett_df=k * (k - 1) // 2, bartlett_p=p, n=n
    )


def _kmo(square: Floats) -> tuple[Floats, float]:
    """Compare squared correlations with squared partial ones: of each column, and of all together."""
    inverse = np.linalg.inv(square)
    size = np.sqrt(np.diag(inverse))
    off = ~np.eye(len(square), dtype=bool)
    squared, partial = square**2 * off, (inverse / np.outer(size, size)) ** 2 * off
    each, partial_each = squared.sum(axis=0), partial.sum(axis=0)
    return divide(each, each + partial_each), float(each.sum() / (each.sum() + partial_each.sum()))
