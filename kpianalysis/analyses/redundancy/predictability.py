"""Which indicators could be predicted from the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.values import wide_values


def variance_inflation(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Say how well each indicator could be predicted from all others.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per indicator, the most predictable first: indicator_id, vif (variance inflation factor), r_squared
        (of the indicator on the others), n (subjects with every indicator used). Indicators that never vary, or that
        fewer than half of the subjects have, are left out; missing where n does not exceed their number by 2, or one
        is an exact sum of others.

    Notes
    -----
    VIF is the diagonal of the inverse correlation matrix of the complete rows. Source: docs/method.md, "Correlation".
    """
    wide = wide_values(scores, values)
    wide = wide.loc[:, (wide.notna().mean() >= 0.5)].dropna()
    wide = wide.loc[:, wide.max() > wide.min()]
    n, k = wide.shape
    factor = np.full(k, np.nan)
    if k > 1 and n > k + 2:
        square = np.corrcoef(wide.to_numpy(), rowvar=False)
        if np.linalg.matrix_rank(square) == k:
            factor = np.diag(np.linalg.inv(square))
    answer = pd.DataFrame(
        {"indicator_id": wide.columns.astype("str"), "vif": factor, "r_squared": 1 - 1 / factor, "n": n}
    )
    return answer.sort_values("vif", ascending=False, kind="stable").reset_index(drop=True)
