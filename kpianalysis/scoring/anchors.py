"""Linear interpolation (线性插值法) between threshold, target and stretch."""

from __future__ import annotations

import numpy as np

from kpianalysis.scoring.inputs import Floats, Inputs, Method, clip, divide

AT_THRESHOLD, AT_TARGET, AT_STRETCH = 60.0, 100.0, 120.0


def anchors_score(actual: Floats, threshold: Floats, target: Floats, stretch: Floats, direction: str) -> Floats:
    """Points on straight lines through (threshold, 60), (target, 100) and (stretch, 120).

    Parameters
    ----------
    actual, threshold, target, stretch : array of float, shape (n,)
        In the indicator's own unit. A missing stretch: nothing above 100.
    direction : {"higher", "lower"}

    Returns
    -------
    array of float, shape (n,)
        0 worse than the threshold, 60 to 120 from there; missing where actual, threshold or target is.

    Notes
    -----
    Source: docs/method.md, "anchors".

    Examples
    --------
    >>> a = np.array([79.0, 80.0, 95.0, 110.0])
    >>> anchors_score(a, np.full(4, 80.0), np.full(4, 100.0), np.full(4, 110.0), "higher")
    array([  0.,  60.,  90., 120.])
    """
    sign = -1.0 if direction == "lower" else 1.0
    a, low, full, most = (sign * np.asarray(values, dtype=float) for values in (actual, threshold, target, stretch))
    below = AT_THRESHOLD + (AT_TARGET - AT_THRESHOLD) * divide(a - low, full - low)
    above = AT_TARGET + (AT_STRETCH - AT_TARGET) * divide(np.minimum(a, most) - full, most - full)
    above = np.where(np.isnan(above), AT_TARGET, above)
    points = np.where(a >= full, above, np.where(a < low, 0.0, below))
    return np.where(np.isnan(a) | np.isnan(low) | np.isnan(full), np.nan, points)


def _score(inputs: Inputs) -> Floats:
    plan = inputs.plan
    points = anchors_score(inputs.actual, plan["threshold"], plan["target"], plan["stretch"], inputs.direction)
    return clip(points, inputs.floor, inputs.cap)


METHOD = Method(_score)
