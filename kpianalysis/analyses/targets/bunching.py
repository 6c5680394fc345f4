"""Do results lie just above the target more often than chance allows for?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.targets.target_history import CANNOT_TELL, with_target
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide

JUST_ABOVE, NO_SIGN = "just above the target", "no sign"
# Why there is no answer.
NO_SHARE, RANGE, STEPS, NOBODY_BEYOND, FEW_NEAR = (
    "the target is zero or below",
    "the best is a range",
    "values come in steps wider than the window",
    "nobody lies beyond the target",
    "too few near the target",
)
# Half the results near the target lie above it, and at most a third of those in four windows in the third of them.
FAIR, STEEPEST = 1 / 2, 1 / 3
UNLIKELY = 0.05
# With fewer results within one window of the target even all of them above it would be no sign.
LEAST_NEAR = 5
# Values are in steps if they are whole multiples of one up to this share of it.
_WHOLE = 1e-6
COLUMNS = [
    *("indicator_id", "n", "n_exact", "further_below", "just_below", "just_above", "further_above"),
    *("window", "step", "p", "p_adjusted", "verdict", "reason"),
]


def bunching(card: Scorecard, window: float = 0.025) -> pd.DataFrame:
    """Count results just above and just below each target, and test whether too many lie just above.

    Parameters
    ----------
    card : Scorecard
    window : float
        Width of "just above" and "just below", as a share of the target.

    Returns
    -------
    DataFrame
        One row per scored indicator with a target and an actual, findings first: indicator_id; n; n_exact (equal to
        the target, counted as above); further_below, just_below, just_above, further_above (results in the four
        windows around the target, from left to right); window; step (of the actuals, in their unit; missing if they
        come in none); p; p_adjusted (Benjamini and Hochberg over the indicators tested); verdict ("just above the
        target", "no sign", "cannot tell"); reason (why it cannot be told, or blank).

    Raises
    ------
    KpiError
        If the window is not between 0 and 0.5.

    Notes
    -----
    Direction-aware: above is the good side. p is the larger of two exact binomial tests, each one-sided: just above
    among just above and just below, against 1/2; and among all four windows, against 1/3, the most that a density
    which rises or falls along a straight line can have there. So a smooth slope is no finding. A window holds as many
    steps on either side; no range, no target of zero, and nothing where nobody lies beyond the target, because the
    scale may end there. Source: docs/method.md, "Just above the target".
    """
    if not 0 < window < 0.5:
        raise KpiError(f"window: {window} is no share of the target. Use a share between 0 and 0.5, such as 0.025.")
    rows = with_target(card)
    found = [_judge(str(name), group, window) for name, group in rows.groupby("indicator_id", observed=True)]
    answer = pd.DataFrame(found, columns=[*COLUMNS[:7], "step", "p", "reason"])
    answer = answer.astype(dict.fromkeys(COLUMNS[1:7], int) | {"step": float, "p": float, "reason": object})
    answer = answer.assign(window=window, p_adjusted=adjust(answer["p"].to_numpy()))
    is_found = answer["p_adjusted"] < UNLIKELY
    answer["verdict"] = np.where(answer["reason"] != "", CANNOT_TELL, np.where(is_found, JUST_ABOVE, NO_SIGN))
    return answer[COLUMNS].sort_values("p", kind="stable").reset_index(drop=True)


def share_beyond(rows: pd.DataFrame) -> pd.Series:
    """Distance to the target as a share of it, positive on the good side; missing where the target gives no share.

    Parameters
    ----------
    rows : DataFrame
        gap, target, attainment of `Scorecard.scores`.
    """
    has_share = rows["attainment"].notna() & (rows["target"] > 0)
    share: pd.Series = rows["gap"].where(has_share) / rows["target"].where(has_share)
    return share


def bunching_p(counts: Floats) -> Floats:
    """Chance of so many just above the target if results thin out or grow evenly around it.

    Parameters
    ----------
    counts : array of int, shape (..., 4)
        Results further below, just below, just above and further above, in windows of one width.

    Returns
    -------
    array of float, shape (...)
        The larger p of the two tests.

    Notes
    -----
    Source: docs/method.md, "Just above the target".

    Examples
    --------
    >>> bunching_p(np.array([6, 1, 13, 4])).round(4).item()
    0.0284
    """
    above, near, around = counts[..., 2], counts[..., 1:3].sum(axis=-1), counts.sum(axis=-1)
    larger: Floats = np.maximum(stats.binom.sf(above - 1, near, FAIR), stats.binom.sf(above - 1, around, STEEPEST))
    return larger


def step_of(values: Floats) -> float:
    """Step of which all distances between values are whole multiples; missing if there is none.

    Examples
    --------
    >>> step_of(np.array([3.0, 5.0, 9.0])), bool(np.isnan(step_of(np.array([3.0, 5.0, 9.3]))))
    (2.0, True)
    """
    distances = np.diff(np.unique(values))
    # The last digits of one value are no step.
    distances = distances[distances > np.abs(values).max() * 1e-9] if len(distances) else distances
    if not len(distances):
        return np.nan
    step = float(distances.min())
    steps = distances / step
    return step if (np.abs(steps - np.rint(steps)) <= _WHOLE * np.maximum(steps, 1)).all() else np.nan


def windows_of(rows: pd.DataFrame, window: float) -> tuple[Floats, Floats, float]:
    """Say in which window around the target each result lies: 0 is just above, -1 just below, 1 the next above.

    Parameters
    ----------
    rows : DataFrame
        Rows of one indicator of `Scorecard.scores`.
    window : float
        Width as a share of the target.

    Returns
    -------
    tuple of array of float, shape (n,), twice, and float
        Number of the window; its width, the most that holds whole steps; the step of the actuals. The number is missing
        where there is no share of the target or no whole step in a window, the step where there is none.
    """
    share, target = share_beyond(rows).to_numpy(), rows["target"].to_numpy()
    step = step_of(rows["actual"].to_numpy())
    wide = np.full(len(share), window)
    if not np.isnan(step):
        # As many whole steps on either side, so that neither holds more values than the other.
        wide = divide(np.floor(window * target / step + _WHOLE) * step, target)
    # A window's edge that is met up to the last digit is met.
    return np.floor(divide(share, wide) + 1e-9), wide, step


def _judge(name: str, rows: pd.DataFrame, window: float) -> tuple[object, ...]:
    """Count one indicator's results in the four windows, and test them where that can be done."""
    place, wide, step = windows_of(rows, window)
    counts = np.array([(place == at).sum() for at in (-2, -1, 0, 1)])
    direction, gap = rows["direction"].iloc[0], rows["gap"].to_numpy()
    reason = _reason(direction, share_beyond(rows).to_numpy(), gap, wide, counts)
    exact = 0 if direction == "range" else int((gap == 0).sum())
    return name, len(rows), exact, *counts, step, np.nan if reason else float(bunching_p(counts)), reason


def _reason(direction: str, share: Floats, gap: Floats, wide: Floats, counts: Floats) -> str:
    """Say why nothing can be told; blank if it can."""
    if direction == "range":
        return RANGE
    if np.isnan(share).all():
        return NO_SHARE
    if not (wide[~np.isnan(share)] > 0).any():
        return STEPS
    if gap.max() <= 0 and (gap == 0).any():
        return NOBODY_BEYOND
    return FEW_NEAR if counts[1] + counts[2] < LEAST_NEAR else ""
