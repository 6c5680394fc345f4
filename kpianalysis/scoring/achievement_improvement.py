"""Achievement or improvement, whichever earns more points."""

from __future__ import annotations

import numpy as np

from kpianalysis.scoring.inputs import Floats, Inputs, Method, clip, divide, half_up


def achievement_points(actual: Floats, threshold: Floats, target: Floats) -> Floats:
    """Points for the level reached: 0 below the threshold, 1 to 9 up to the target, 10 from there.

    Parameters
    ----------
    actual, threshold, target : array of float, shape (n,)
        Oriented so that more is better.

    Returns
    -------
    array of float, shape (n,)
        Whole points, 0 to 10; missing where the actual is.

    Notes
    -----
    half_up(9·(v − t)/(b − t) + ½) between threshold t and target b. Source: 42 CFR 412.165; docs/method.md,
    "achievement_improvement".

    Examples
    --------
    >>> achievement_points(np.array([0.4, 0.5, 0.8, 0.9]), np.full(4, 0.5), np.full(4, 0.9))
    array([ 0.,  1.,  7., 10.])
    """
    between = half_up(9.0 * divide(actual - threshold, target - threshold) + 0.5)
    points = np.where(actual >= target, 10.0, np.where(actual < threshold, 0.0, between))
    return np.where(np.isnan(actual), np.nan, points)


def improvement_points(actual: Floats, baseline: Floats, target: Floats) -> Floats:
    """Points for the way covered since the baseline: 0 without any, 0 to 9 up to the target.

    Parameters
    ----------
    actual, baseline, target : array of float, shape (n,)
        Oriented so that more is better; a missing baseline earns 0.

    Returns
    -------
    array of float, shape (n,)
        Whole points, 0 to 9; missing where the actual is.

    Notes
    -----
    half_up(10·(v − B)/(b − B) − ½) between baseline B and target b. Source: as `achievement_points`.

    Examples
    --------
    >>> improvement_points(np.array([0.5, 0.7, 0.9]), np.full(3, 0.5), np.full(3, 0.9))
    array([0., 5., 9.])
    """
    between = np.clip(half_up(10.0 * divide(actual - baseline, target - baseline) - 0.5), 0.0, 9.0)
    points = np.where(np.isnan(baseline) | (actual <= baseline), 0.0, np.where(actual >= target, 9.0, between))
    return np.where(np.isnan(actual), np.nan, points)


def _score(inputs: Inputs) -> Floats:
    """Ten times the better of the two, held between floor and cap where the indicator has them."""
    sign, plan = inputs.sign, inputs.plan
    actual, target = sign * inputs.actual, sign * plan["target"]
    achieved = achievement_points(actual, sign * plan["threshold"], target)
    points = np.maximum(achieved, improvement_points(actual, sign * plan["baseline"], target))
    return clip(10.0 * points, inputs.floor, inputs.cap)


METHOD = Method(_score)
