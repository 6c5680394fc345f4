"""The limits of a funnel: how far from the centre a unit of a given size may lie."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.scoring.inputs import Floats, divide

# Shares of units that lie between the limits where all are alike.
INNER, OUTER = 0.95, 0.998


@dataclass(frozen=True)
class Ground:
    """What the limits of a funnel follow from.

    Attributes
    ----------
    kind : {"mean", "proportion"}
    centre : float
        Value over everybody; points or fraction.
    variance : float
        Of one case (a subject, or one of a denominator) around its unit; missing where nothing varies.
    freedom : int
        Of that variance.
    between_sd : float
        How far units lie apart beyond chance; missing where it is not known.
    """

    kind: str
    centre: float
    variance: float
    freedom: int
    between_sd: float

    def with_between(self, between_sd: float) -> Ground:
        """Return the same with another spread between units."""
        return replace(self, between_sd=between_sd)

    @property
    def case_variance(self) -> float:
        """Variance of one case by chance alone: of a proportion the binomial one."""
        return self.variance if self.kind == "mean" else self.centre * (1 - self.centre)

    def chance_error(self, n: Floats) -> Floats:
        """Standard error of a unit of n cases by chance alone; missing where nothing varies."""
        variance = self.case_variance if self.case_variance > 0 else np.nan
        error: Floats = np.sqrt(variance / n)
        return error

    def widened(self, n: Floats) -> Floats:
        """How many times further than chance alone a unit of n cases may move."""
        between = 0.0 if np.isnan(self.between_sd) else self.between_sd**2
        ratio = divide(self.variance / n + between, self.chance_error(n) ** 2)
        return np.sqrt(ratio)


def distance_limits(ground: Ground, n: Floats, share: float) -> tuple[Floats, Floats]:
    """Limits between which so many of the units of n cases lie where all are alike.

    Parameters
    ----------
    ground : Ground
    n : array of float
        Sizes.
    share : float
        0.95 or 0.998, say.

    Returns
    -------
    low, high : array of float, shape of `n`
        Points or fractions; of a proportion within 0 and 1. Missing where nothing varies.

    Notes
    -----
    Means: Student's t, with the freedom of the variance. Proportions: exact binomial limits, interpolated; both
    times `widened`. Source: docs/method.md, "Funnel".
    """
    tail, widened = (1 - share) / 2, ground.widened(n)
    if ground.kind == "mean" or np.isnan(widened).all():
        reach = stats.t.ppf(1 - tail, max(ground.freedom, 1)) * ground.chance_error(n) * widened
        return ground.centre - reach, ground.centre + reach
    low, high = (binomial_limit(ground.centre, n, p) for p in (tail, 1 - tail))
    low, high = (ground.centre + widened * (limit - ground.centre) for limit in (low, high))
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def binomial_limit(centre: float, n: Floats, p: float) -> Floats:
    """Proportion of n cases below which p of the units lie by chance, between the steps of the binomial.

    Parameters
    ----------
    centre : float
        The proportion expected, above 0 and below 1.
    n : array of float
        Whole numbers above 0.
    p : float

    Notes
    -----
    (r − α)/n with the smallest r for which P(R ≤ r) ≥ p and α = (P(R ≤ r) − p) / P(R = r).
    Source: docs/method.md, "Funnel".

    Examples
    --------
    >>> binomial_limit(0.5, np.array([1.0, 2.0]), 0.75)
    array([0.5, 0.5])
    """
    r = stats.binom.ppf(p, n, centre)
    over = (stats.binom.cdf(r, n, centre) - p) / stats.binom.pmf(r, n, centre)
    limit: Floats = (r - over) / n
    return limit


def funnel_lines(table: pd.DataFrame, points: int = 60) -> pd.DataFrame:
    """Compute the limits for sizes from the smallest unit to the largest, to be drawn as lines.

    Parameters
    ----------
    table : DataFrame
        `funnel`.
    points : int
        Sizes at most.

    Returns
    -------
    DataFrame
        n, low, high, far_low, far_high; empty where the table has no limits.
    """
    if table.empty or table["low"].isna().all():
        return pd.DataFrame(columns=["n", "low", "high", "far_low", "far_high"], dtype=float)
    row = table.iloc[0]
    ground = Ground(row["kind"], row["centre"], row["variance"], int(row["freedom"]), row["between_sd"])
    smallest, largest = float(table["n"].min()), float(table["n"].max())
    # Units of one size still need a funnel around them.
    n = np.unique(np.rint(np.geomspace(max(1.0, smallest / 1.6), largest * 1.2, points)))
    low, high = distance_limits(ground, n, INNER)
    far_low, far_high = distance_limits(ground, n, OUTER)
    return pd.DataFrame({"n": n, "low": low, "high": high, "far_low": far_low, "far_high": far_high})
