"""The shape in which two indicators go together: the mean of one along the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.correlation.distances import levels_of
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.errors import KpiError

# A group of the curve has about so many subjects or more.
LEAST_GROUP = 6
COLUMNS = ["indicator_x", "indicator_y", "values", "group", "n", "x", "y", "y_low", "y_high"]


def bend_curve(
    scores: pd.DataFrame, first: str, second: str, values: str = "score", groups: int = 8, level: float = 0.95
) -> pd.DataFrame:
    """Give the mean of one indicator in groups of subjects along the other.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    first, second : str
        The indicators; along which of them the other changes more is found out.
    values : {"score", "attainment", "actual"}
    groups : int
        At most, of equal size but for equal values; fewer with fewer than 6 subjects for each.
    level : float
        Share of intervals that hold the true mean, 0 to 1.

    Returns
    -------
    DataFrame
        One row per group, from the lowest: indicator_x (along which), indicator_y (whose mean), values, group (from
        1), n, x, y (means), y_low, y_high (interval of the mean by Student's t; missing for one subject). Empty where
        nobody has both.

    Raises
    ------
    KpiError
        If there are no such values, or groups or level is out of range.

    Notes
    -----
    Source: docs/method.md, "Not only straight lines".
    """
    problems = []
    if groups < 2:
        problems.append(f"groups: {groups} shows no shape. Use 2 or more; 8 show a hump.")
    if not 0 < level < 1:
        problems.append(f"level: {level} is no share between 0 and 1. Use 0.95 for 95 %.")
    if problems:
        raise KpiError("\n".join(problems))
    both = wide_values(scores, values).reindex(columns=[first, second]).dropna()
    if both.empty:
        return pd.DataFrame(columns=COLUMNS)
    most = min(groups, max(len(both) // LEAST_GROUP, 2))
    sides = [(first, second), (second, first)]
    x, y = max(sides, key=lambda side: round(_told(both[side[0]], both[side[1]], most), 12))
    group = levels_of(both[x].to_numpy(), most) + 1
    found = both.groupby(group)
    n, mean, spread = found.size().to_numpy(), found[y].mean().to_numpy(), found[y].std().to_numpy()
    reach = stats.t.ppf(0.5 + level / 2, np.maximum(n - 1, 1)) * spread / np.sqrt(n)
    columns = {"indicator_x": x, "indicator_y": y, "values": values, "group": np.arange(1, len(n) + 1), "n": n}
    return pd.DataFrame(
        {**columns, "x": found[x].mean().to_numpy(), "y": mean, "y_low": mean - reach, "y_high": mean + reach}
    )


def _told(along: pd.Series, other: pd.Series, most: int) -> float:
    """Share of the spread of the ranks of one that its mean along the other makes up."""
    ranks = other.rank()
    variance = float(ranks.var(ddof=0))
    if not variance:
        return 0.0
    means = ranks.groupby(levels_of(along.to_numpy(), most)).transform("mean")
    return float(means.var(ddof=0)) / variance
