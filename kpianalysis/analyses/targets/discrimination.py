"""Does an indicator tell people apart?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from kpianalysis.analyses.correlation.data_limits import indicator_limits
from kpianalysis.analyses.targets.target_history import CANNOT_TELL
from kpianalysis.analyses.targets.unit_share import intraclass_correlation
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats

APART, HARDLY = "tells people apart", "hardly any difference"
# Two scores closer than this are as good as the same, in points.
LIKE_NOTHING = 1.0
# A smaller share of pairs of people with different scores is hardly any difference.
LEAST_PAIRS = 1 / 3
# Fewer people are no basis for either verdict.
ENOUGH = 10
COLUMNS = [
    *("indicator_id", "n", "distinct", "share_lowest", "share_highest", "sd", "iqr"),
    *("pairs_apart", "pairs_low", "pairs_high", "n_units", "unit_share", "unit_low", "unit_high", "verdict"),
]


def discrimination(card: Scorecard, difference: float = LIKE_NOTHING, level: float = 0.95) -> pd.DataFrame:
    """Say of each indicator how far its scores tell people apart, and how much of that lies between units.

    Parameters
    ----------
    card : Scorecard
    difference : float
        Points by which two scores must differ to count as different.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        One row per scored indicator, those that tell fewest people apart first: indicator_id; n (scores); distinct
        (different ones); share_lowest, share_highest (of n, with the lowest and highest score anyone has); sd, iqr
        (standard deviation, range of the middle half; points); pairs_apart (share of pairs of people whose scores
        differ by `difference` or more), pairs_low, pairs_high (its interval); n_units; unit_share, unit_low, unit_high
        (share of the variance that lies between units, with its interval; missing with one unit); verdict ("tells
        people apart", "hardly any difference", "cannot tell").

    Raises
    ------
    KpiError
        If the difference is not above zero, or the level no share between 0 and 1.

    Notes
    -----
    Hardly any difference: the interval of the pairs that differ lies below a third. Cannot tell: the share does, but
    not all of its interval, or there are fewer than ten scores. Source: docs/method.md, "Telling people apart".
    """
    if not difference > 0:
        raise KpiError(f"difference: {difference} points tell everybody apart. Use a number above 0, such as 1.")
    if not 0 < level < 1:
        raise KpiError(f"level: {level} is no share between 0 and 1. Use 0.95 for 95 %.")
    limits = indicator_limits(card.scores)
    rows = card.scores[(card.scores["kind"] == "scored") & card.scores["score"].notna()]
    groups = {str(name): group for name, group in rows.groupby("indicator_id", observed=True)}
    empty = rows.iloc[:0]
    spread = [_spread(groups.get(str(name), empty), difference, level) for name in limits["indicator_id"]]
    answer = limits.rename(columns={"lowest": "share_lowest", "highest": "share_highest"}).reset_index(drop=True)
    answer["indicator_id"] = answer["indicator_id"].astype("str")
    answer = answer.join(pd.DataFrame(spread, columns=COLUMNS[5:14], index=answer.index))
    answer = answer.astype(dict.fromkeys(COLUMNS[5:10] + COLUMNS[11:14], float) | {"n_units": int})
    enough = answer["n"] >= ENOUGH
    is_apart, is_flat = enough & (answer["pairs_apart"] >= LEAST_PAIRS), enough & (answer["pairs_high"] < LEAST_PAIRS)
    answer["verdict"] = np.where(is_apart, APART, np.where(is_flat, HARDLY, CANNOT_TELL))
    return answer[COLUMNS].sort_values("pairs_apart", kind="stable").reset_index(drop=True)


def pairs_apart(values: Floats, difference: float = LIKE_NOTHING, level: float = 0.95) -> tuple[float, float, float]:
    """Share of pairs of values that differ by so much or more, with its interval.

    Parameters
    ----------
    values : array of float, shape (n,)
        None missing.
    difference, level : float

    Returns
    -------
    tuple of float
        Share and ends of its interval, within 0 and 1; missing with fewer than two values, the ends with fewer than
        three.

    Notes
    -----
    The interval is that of the mean over people of the share of others they differ from (a U-statistic), by the normal
    distribution: rough below thirty. Source: docs/method.md, "Telling people apart".

    Examples
    --------
    >>> [round(share, 3) for share in pairs_apart(np.repeat([80.0, 100.0], [6, 14]))]
    [0.442, 0.269, 0.616]
    """
    n = len(values)
    if n < 2:
        return np.nan, np.nan, np.nan
    ordered = np.sort(values)
    # A difference that is reached up to its last digit is reached.
    reach = difference * (1 - 1e-9)
    nearer = np.searchsorted(ordered, ordered + reach) - np.searchsorted(ordered, ordered - reach, side="right")
    others = 1 - (nearer - 1) / (n - 1)
    share = float(others.mean())
    if n < 3:
        return share, np.nan, np.nan
    half = float(ndtri((1 + level) / 2) * 2 * others.std(ddof=1) / np.sqrt(n))
    return share, max(share - half, 0.0), min(share + half, 1.0)


def _spread(rows: pd.DataFrame, difference: float, level: float) -> tuple[object, ...]:
    """Spread of one indicator's scores, and how much of it lies between units."""
    values = rows["score"].to_numpy(dtype=float)
    if not len(values):
        return *([np.nan] * 5), 0, np.nan, np.nan, np.nan
    sd = float(values.std(ddof=1)) if len(values) > 1 else np.nan
    low, high = np.quantile(values, [0.25, 0.75])
    has_unit = rows["unit_id"].notna().to_numpy()
    units = pd.factorize(rows["unit_id"].to_numpy()[has_unit])[0]
    between = intraclass_correlation(values[has_unit], units, level)
    return sd, float(high - low), *pairs_apart(values, difference, level), len(np.unique(units)), *between
