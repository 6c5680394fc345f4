"""Do targets follow results: is the next target raised where this one was exceeded?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.targets.bunching import share_beyond
from kpianalysis.analyses.targets.target_history import CANNOT_TELL, with_target
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats

Places = NDArray[np.intp]
FOLLOWS, NO_SIGN = "targets follow results", "no sign"
ONE_CYCLE, SAME_TARGET, SAME_RESULT, FEW = (
    "fewer than two cycles with targets",
    "the targets never change, or always by as much",
    "the results do not differ",
    "too few targets that were set",
)
UNLIKELY = 0.05
# Fewer points than these, or as many clusters, give no line.
LEAST_POINTS = 8
# A target that takes over less than a tenth of what was exceeded does not follow.
LEAST_SLOPE = 0.1
# Changes of a target that differ by less than this share of it are the same change.
_SAME = 1e-6
COLUMNS = [
    *("indicator_id", "level", "steps", "n", "n_clusters", "slope", "ci_low", "ci_high", "correlation"),
    *("p", "p_adjusted", "verdict", "reason"),
]


def target_steps(cards: Sequence[Scorecard]) -> pd.DataFrame:
    """Lay each target beside the next one of the same subject and indicator, and beside what was reached.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first, as `score_history` gives them.

    Returns
    -------
    DataFrame
        One row per subject × indicator × step from one cycle to the next, with a score and a target above zero in the
        first and a target above zero in the second, in the same unit of measure and direction: cycle, next_cycle,
        subject_id, indicator_id, target, beyond (distance to the target as a share of it, positive on the good side),
        raised (change of the target as a share of it, positive where it gets harder).

    Notes
    -----
    Where the next target is what was reached, raised equals beyond. Source: docs/method.md, "Targets that follow".
    """
    columns = ["cycle", "next_cycle", "subject_id", "indicator_id", "target", "beyond", "raised"]
    made = [_step(card, following)[columns] for card, following in pairwise(cards)]
    filled = [step for step in made if len(step)]
    if not filled:
        return pd.DataFrame(columns=columns).astype({"target": float, "beyond": float, "raised": float})
    return pd.concat(filled, ignore_index=True)


def ratchet(cards: Sequence[Scorecard], level: float = 0.95) -> pd.DataFrame:
    """Ask of each indicator whether its next target takes over part of what this result lay beyond the target.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first, as `score_history` gives them.
    level : float
        Of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per scored indicator of the last card, in the order of its catalogue, and a last one of blank
        indicator_id for all together: indicator_id; level ("subjects": targets change differently from subject to
        subject; "cycles": alike for all, so that each step is one point; "indicators": the last row, each indicator
        and step a point); steps; n (points); n_clusters (points that are independent: subjects, steps, indicators);
        slope (share of the distance that the next target takes over: 1 is all of it), ci_low, ci_high; correlation;
        p, p_adjusted (Benjamini and Hochberg over the indicators); verdict ("targets follow results", "no sign",
        "cannot tell"); reason (why it cannot be told, or blank).

    Raises
    ------
    KpiError
        If the level is no share between 0 and 1.

    Notes
    -----
    Least squares of raised on beyond of `target_steps` at like targets (ln T beside it), over subjects within each
    step, so that a change for all is no sign. Standard errors by cluster (CR1) with t of one degree of freedom less
    than clusters. A finding needs an adjusted p below 0.05 and a slope of 0.1 or more.
    Source: docs/method.md, "Targets that follow".
    """
    if not 0 < level < 1:
        raise KpiError(f"level: {level} is no share between 0 and 1. Use 0.95 for 95 %.")
    catalogue = cards[-1].indicators if cards else pd.DataFrame(columns=["indicator_id", "kind"])
    return judge_steps(target_steps(cards), list(catalogue.loc[catalogue["kind"] == "scored", "indicator_id"]), level)


def judge_steps(steps: pd.DataFrame, indicators: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Answer as `ratchet` does, from `target_steps` and the indicators that are asked about."""
    groups = dict(iter(steps.groupby("indicator_id")))
    rows = [_of_indicator(name, groups.get(name, steps.iloc[:0]), level) for name in indicators]
    if rows:
        rows.append(_of_all(steps, level))
    answer = pd.DataFrame(rows, columns=[*COLUMNS[:10], "reason"])
    answer = answer.astype(dict.fromkeys(COLUMNS[5:10], float) | dict.fromkeys(COLUMNS[2:5], int))
    is_single = (answer["indicator_id"] != "").to_numpy()
    answer["p_adjusted"] = np.where(is_single, adjust(answer["p"].where(is_single).to_numpy()), answer["p"])
    follows = (answer["p_adjusted"] < UNLIKELY) & (answer["slope"] >= LEAST_SLOPE)
    answer["verdict"] = np.where(answer["reason"] != "", CANNOT_TELL, np.where(follows, FOLLOWS, NO_SIGN))
    return answer[COLUMNS]


def _step(card: Scorecard, following: Scorecard) -> pd.DataFrame:
    """Lay the targets of one cycle beside those of the next."""
    keys = ["subject_id", "indicator_id"]
    now = with_target(card)
    now = now[now["indicator_id"].isin(_comparable(card, following))]
    if now.empty:
        return pd.DataFrame(columns=["cycle", "next_cycle", *keys, "target", "beyond", "raised"])
    now = now.astype(dict.fromkeys(keys, "str"))
    then = following.scores[(following.scores["kind"] == "scored") & (following.scores["target"] > 0)]
    then = then.astype(dict.fromkeys(keys, "str"))[[*keys, "target"]].rename(columns={"target": "next_target"})
    now = now.assign(beyond=share_beyond(now)).dropna(subset=["beyond"])
    rows = now.merge(then, on=keys)
    sign = np.where(rows["direction"] == "lower", -1.0, 1.0)
    raised = sign * (rows["next_target"] - rows["target"]) / rows["target"]
    return rows.assign(cycle=card.cycle, next_cycle=following.cycle, raised=raised)


def _comparable(card: Scorecard, following: Scorecard) -> set[str]:
    """Indicators that have the same unit of measure and direction in both cycles."""
    columns = ["indicator_id", "unit", "direction"]
    both = card.indicators[columns].merge(following.indicators[columns], on=columns)
    return set(both["indicator_id"])


def _of_indicator(name: str, steps: pd.DataFrame, level: float) -> tuple[object, ...]:
    """Judge one indicator: over subjects where their targets change differently, else over cycles."""
    if steps.empty:
        return name, "cycles", 0, 0, 0, *([np.nan] * 5), ONE_CYCLE
    values = _values(steps)
    codes, n_steps = _codes(steps["cycle"])
    means = _means(values, codes)
    within = values - means[codes]
    if (np.abs(within[:, 2]) > _SAME).any():
        return name, "subjects", n_steps, *_line(within, _codes(steps["subject_id"])[0], n_steps, level)
    return name, "cycles", n_steps, *_line(means - means.mean(axis=0), np.arange(n_steps), 1, level)


def _of_all(steps: pd.DataFrame, level: float) -> tuple[object, ...]:
    """Judge all indicators together: a point is an indicator in a step, its subjects' mean."""
    by_point = steps.groupby(["indicator_id", "cycle"], sort=False)
    means = _means(_values(steps), np.asarray(by_point.ngroup(), dtype=np.intp))
    codes, _n = _codes(by_point["indicator_id"].first())
    if len(means):
        # Targets of two indicators are in two units: each is compared with its own.
        means[:, 0] -= _means(means[:, :1], codes)[codes, 0]
        means = means - means.mean(axis=0)
    return "", "indicators", steps["cycle"].nunique(), *_line(means, codes, 1, level)


def _values(steps: pd.DataFrame) -> Floats:
    """Size of the target (its logarithm), beyond and raised, a row per point."""
    values: Floats = np.column_stack([np.log(steps["target"]), steps["beyond"], steps["raised"]]).astype(float)
    return values


def _codes(labels: pd.Series) -> tuple[Places, int]:
    codes, found = pd.factorize(labels)
    return codes, len(found)


def _means(values: Floats, codes: Places) -> Floats:
    """Mean of each column by group."""
    sizes = np.bincount(codes)
    return np.column_stack([np.bincount(codes, weights=column) / sizes for column in values.T])


def _line(
    points: Floats, codes: Places, lost: int, level: float
) -> tuple[int, int, float, float, float, float, float, str]:
    """Slope of raised on beyond at like targets, with interval and p; `lost` parameters were spent on centring."""
    size, x, y = points.T
    n, g = len(x), len(np.unique(codes))
    reason = _reason(x, y, g)
    if not reason and np.ptp(size) > _SAME:
        # A target that happens to be high is missed by more, and comes down: that follows the target, not the result.
        x, y, lost = _without(size, x), _without(size, y), lost + 1
        reason = SAME_RESULT if np.ptp(x) <= _SAME else ""
    if reason:
        return n, g, np.nan, np.nan, np.nan, np.nan, np.nan, reason
    slope = float(x @ y / (x @ x))
    error, free = _standard_error(x, y - slope * x, codes, n - lost - 1)
    half = float(stdtrit(free, (1 + level) / 2)) * error
    # A line that leaves no rest is certain.
    p = float(2 * stdtr(free, -abs(slope) / error)) if error > 0 else float(slope == 0)
    along = float(np.sqrt((x @ x) * (y @ y)))
    return n, g, slope, slope - half, slope + half, float(x @ y) / along if along > 0 else np.nan, p, ""


def _without(size: Floats, values: Floats) -> Floats:
    """Take from centred values what goes with the size of the target."""
    rest: Floats = values - float(size @ values / (size @ size)) * size
    return rest


def _standard_error(x: Floats, rest: Floats, codes: Places, free: int) -> tuple[float, int]:
    """Standard error of a slope by cluster, and its degrees of freedom; the plain one where each point is one."""
    n, g, spread = len(x), len(np.unique(codes)), float(x @ x)
    if g == n:
        return float(np.sqrt(rest @ rest / free / spread)), free
    sums = np.bincount(codes, weights=x * rest)
    return float(np.sqrt(g / (g - 1) * (n - 1) / free * float(sums @ sums)) / spread), g - 1


def _reason(x: Floats, y: Floats, clusters: int) -> str:
    """Say why there is no line; blank if there is one."""
    if not len(x):
        return ONE_CYCLE
    if np.ptp(y) <= _SAME and clusters > 1:
        return SAME_TARGET
    if clusters < LEAST_POINTS:
        return FEW
    return SAME_RESULT if np.ptp(x) <= _SAME else ""
