"""What the rest of a cycle will bring, by simple arithmetic: as its periods so far, or as the same time last year."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from kpianalysis.analyses.change.forecast_history import History

RUN_RATE, LAST_YEAR, SMOOTHED = "run rate", "like last year", "smoothed"
METHODS = (RUN_RATE, LAST_YEAR, SMOOTHED)
# Of a few periods a larger correlation of neighbours cannot be told from a trend.
MOST_CORRELATION = 0.8


@dataclass(frozen=True)
class Rest:
    """Forecast of the mean of the periods left: mean, standard error, degrees of freedom (below 1: no interval)."""

    mean: float
    se: float
    df: float
    season: bool = False
    converged: bool = True

    def interval(self, level: float) -> tuple[float, float]:
        """Ends between which the mean of the rest lies with this probability; missing without an interval."""
        if self.df < 1:
            return np.nan, np.nan
        half = float(stats.t.ppf((1 + level) / 2, self.df)) * self.se
        return self.mean - half, self.mean + half

    def reaching(self, half: float, level: float) -> Rest:
        """Widen the error so that the interval reaches at least this far to each side."""
        if self.df < 1 or not half > 0:
            return self
        return replace(self, se=max(self.se, half / float(stats.t.ppf((1 + level) / 2, self.df))))

    def chance(self, low: float, high: float) -> float:
        """Probability that the mean of the rest lies between two values; missing without an interval."""
        if self.df < 1 or np.isnan(low) or np.isnan(high):
            return np.nan
        near = 1e-9 * max(abs(self.mean), *(abs(end) for end in (low, high) if np.isfinite(end)), 0.0)
        if self.se <= near:
            return float(low - near <= self.mean <= high + near)
        z = (np.array([low, high]) - self.mean) / self.se
        return float(np.diff(stats.t.cdf(z, self.df))[0])


def run_rate(history: History, start: int, n: int, n_left: int) -> Rest | None:
    """Let the rest of a cycle go on as its periods so far; None before its first period.

    Parameters
    ----------
    history : History
    start, n : int
        First period of the cycle, and how many it has.
    n_left : int
        Periods still to come.

    Notes
    -----
    Mean of the periods so far (a ratio weighs them by denominator). Its error has the variance σ²·(f(n_left)/n_left +
    f(k)·Σw²/(Σw)²): σ² from the differences of all periods so far from the mean of their own cycle, with Student's t;
    f(k) = 1 + 2·Σ(1 − j/k)·rʲ for the correlation r between neighbours, 0 to 0.8; a cycle with k periods gives k − f(k)
    degrees of freedom. Of the last value: that value, with
    the variance n_left·(mean squared step from period to period). Source: docs/method.md, "Run rate".
    """
    mine = (history.period >= start) & (history.period < start + n)
    if not mine.any():
        return None
    value, weight = history.value[mine], history.weight[mine]
    if history.aggregation == "last":
        steps = np.diff(history.unbroken)
        error = float(np.sqrt(n_left * np.mean(steps**2))) if len(steps) else np.nan
        return Rest(float(value[-1]), error, len(steps))
    variance, r, df = _variation(history, start, n)
    mean = float((value * weight).sum() / weight.sum())
    spread = _dependence(r, n_left) / n_left
    spread += _dependence(r, len(value)) * float((weight**2).sum() / weight.sum() ** 2)
    return Rest(mean, float(np.sqrt(variance * spread)), df)


def _variation(history: History, start: int, n: int) -> tuple[float, float, float]:
    """Give variance of periods within a cycle, correlation of neighbours, degrees of freedom."""
    # Stretches of the same length, counted from this one.
    _first, place, count = np.unique((history.period - start) // n, return_inverse=True, return_counts=True)
    off = history.value - (np.bincount(place, history.value) / count)[place]
    squares, r = float((off**2).sum()), 0.0
    if squares <= len(place) * (1e-12 * float(np.abs(history.value).max())) ** 2:
        squares = 0.0
    else:
        neighbours = (np.diff(history.period) == 1) & (np.diff(place) == 0)
        r = float(np.clip((off[1:] * off[:-1])[neighbours].sum() / squares, 0.0, MOST_CORRELATION))
    # Neighbours that go together stay close to their own mean: the squares say less, and fewer things.
    df = float(sum(k - _dependence(r, int(k)) for k in count))
    return (squares / df if df > 0 else np.nan), r, df


def _dependence(r: float, n: int) -> float:
    """How many times the variance of a mean of n neighbours is what it would be if they were independent."""
    j = np.arange(1, n)
    return float(1 + 2 * ((1 - j / n) * r**j).sum())


def like_last_year(history: History, start: int, n: int, n_left: int) -> Rest | None:
    """Let the rest of a cycle differ from the same periods of the year before as its periods so far did.

    None where the year before is not known as far as that.

    Notes
    -----
    Of a sum with positive values the differences are ratios, else differences; these are carried on by `run_rate`, and
    the mean of the rest of the year before is multiplied by, or added to, what that gives.
    Source: docs/method.md, "Like last year".
    """
    year = 12 // history.months if 12 % history.months == 0 else 0
    earlier = dict(zip(history.period.tolist(), history.value.tolist(), strict=True))
    left = range(start + n - n_left, start + n)
    base = np.array([earlier.get(period - year, np.nan) for period in left])
    before = np.array([earlier.get(period - year, np.nan) for period in history.period.tolist()])
    known = ~np.isnan(before)
    if not year or history.aggregation == "last" or np.isnan(base).any() or not known.any():
        return None
    is_growth = history.aggregation == "sum" and bool((history.value > 0).all())
    value = history.value[known] / before[known] if is_growth else history.value[known] - before[known]
    changes = replace(history, period=history.period[known], value=value, weight=history.weight[known])
    change = run_rate(changes, start, n, n_left)
    if change is None:
        return None
    level = float(base.mean())
    if is_growth:
        return Rest(level * change.mean, level * change.se, change.df)
    return Rest(level + change.mean, change.se, change.df)
