"""Attainment, gap and whether a target was met: what every method shares, whatever it pays for it."""

from __future__ import annotations

import numpy as np

from kpianalysis.scoring.inputs import Floats, divide


def attainment(actual: Floats, target: Floats, low: Floats, high: Floats, direction: str) -> Floats:
    """Share of the target that was reached: 1.0 is exactly on target.

    Parameters
    ----------
    actual, target, low, high : array of float, shape (n,)
        In the indicator's own unit; `low` and `high` are the best interval of the direction "range".
    direction : {"higher", "lower", "range"}

    Returns
    -------
    array of float, shape (n,)
        A/T for higher, T/A for lower; for range 1 inside, A/low below and high/A above. Neither rounded nor
        capped; missing where a value is negative, or target or divisor zero, because no ratio means anything there.

    Notes
    -----
    Source: docs/method.md, "Attainment".

    Examples
    --------
    >>> no = np.array([np.nan])
    >>> attainment(np.array([45.0]), np.array([50.0]), no, no, "higher")
    array([0.9])
    """
    if direction == "range":
        shares = np.where(actual < low, divide(actual, low), np.where(actual > high, divide(high, actual), 1.0))
        negative = (actual < 0) | (low < 0) | (high < 0)
    else:
        shares = divide(target, actual) if direction == "lower" else divide(actual, target)
        # A target of zero leaves no share to reach: every miss would be 0 %, however near.
        negative = (actual < 0) | (target <= 0)
    return np.where(negative | np.isnan(is_met(actual, target, low, high, direction)), np.nan, shares)


def gap(actual: Floats, target: Floats, low: Floats, high: Floats, direction: str) -> Floats:
    """Distance to the target in the indicator's own unit; negative is unfavourable.

    Parameters
    ----------
    actual, target, low, high : array of float, shape (n,)
    direction : {"higher", "lower", "range"}

    Returns
    -------
    array of float, shape (n,)
        A − T for higher, T − A for lower, for range 0 inside and the negative distance outside.

    Examples
    --------
    >>> no = np.array([np.nan])
    >>> gap(np.array([12.0]), np.array([10.0]), no, no, "lower")
    array([-2.])
    """
    if direction == "range":
        return np.where(np.isnan(actual + low + high), np.nan, np.minimum(np.minimum(actual - low, high - actual), 0.0))
    return target - actual if direction == "lower" else actual - target


def is_met(actual: Floats, target: Floats, low: Floats, high: Floats, direction: str) -> Floats:
    """Tell whether the target was met: 1 yes, 0 no, missing where actual or target is. Equal counts as met.

    Parameters
    ----------
    actual, target, low, high : array of float, shape (n,)
    direction : {"higher", "lower", "range"}

    Examples
    --------
    >>> no = np.array([np.nan, np.nan])
    >>> is_met(np.array([10.0, 9.0]), np.array([10.0, 10.0]), no, no, "higher")
    array([1., 0.])
    """
    distance = gap(actual, target, low, high, direction)
    return np.where(np.isnan(distance), np.nan, (distance >= 0).astype(float))
