"""What a scoring method is given: one indicator, one row per subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Inputs:
    """One indicator of one cycle, shape (n,) each: the actuals of n subjects and what the plan says for them.

    Attributes
    ----------
    actual : array of float
        In the indicator's own unit; missing where there is none to score.
    plan : mapping of plan column to array of float
        baseline, floor, cap, threshold, target, stretch, range_low, range_high, in the indicator's own unit.
    direction : {"higher", "lower", "range"}
    floor, cap : float
        Lowest and highest score in points; missing: no limit.
    point_values, point_scores : array of float
        The points of `scales`, by rising value; empty without any.
    """

    actual: Floats
    plan: Mapping[str, Floats]
    direction: str
    floor: float
    cap: float
    point_values: Floats
    point_scores: Floats

    @property
    def sign(self) -> float:
        """1 where more is better, -1 where less is better: `sign * value` always rises towards good."""
        return -1.0 if self.direction == "lower" else 1.0


# Why a subject with an actual cannot be scored: the subjects concerned, and the sentence that says so.
Problem = tuple[Mask, str]


@dataclass(frozen=True)
class Method:
    """One way from an actual to a score: `score` gives points, `problems` says where there is no number and why."""

    score: Callable[[Inputs], Floats]
    problems: Callable[[Inputs], list[Problem]] = lambda inputs: []


def divide(above: Floats, below: Floats) -> Floats:
    """Divide; where the divisor is zero there is no number.

    Examples
    --------
    >>> divide(np.array([1.0, 1.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    above, below = np.broadcast_arrays(above, below)
    quotient: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
    return quotient


def clip(points: Floats, floor: float, cap: float) -> Floats:
    """Hold scores between floor and cap; a missing limit is no limit, a missing score stays missing.

    Examples
    --------
    >>> clip(np.array([-5.0, 50.0, 130.0]), 0.0, float("nan"))
    array([  0.,  50., 130.])
    """
    low = -np.inf if np.isnan(floor) else floor
    high = np.inf if np.isnan(cap) else cap
    return np.clip(points, low, high)


def as_decimals(values: Floats) -> Floats:
    """Keep 15 significant digits, so that a sum of decimals is a decimal again and can equal a target.

    Source: docs/method.md, "Tolerances".

    Examples
    --------
    >>> bool(0.1 + 0.1 + 0.1 <= 0.3), bool(as_decimals(np.array([0.1 + 0.1 + 0.1]))[0] <= 0.3)
    (False, True)
    """
    size = np.abs(np.where((values == 0) | ~np.isfinite(values), 1.0, values))
    # Beyond these powers of ten a scale would not be a number of its own.
    power = np.clip(14 - np.floor(np.log10(size)), -280, 280)
    scale = 10.0**power
    decimals: Floats = np.rint(values * scale) / scale
    return decimals


def half_up(values: Floats) -> Floats:
    """Round to whole points, halves upwards; 1e-9 forgives the last digits of a binary fraction.

    Source: docs/method.md, "Rounding".

    Examples
    --------
    >>> half_up(np.array([0.5, 1.49, 2.5 - 1e-12]))
    array([1., 1., 3.])
    """
    return np.floor(values + 0.5 + 1e-9)
