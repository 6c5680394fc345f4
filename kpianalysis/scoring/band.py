"""Band scoring for indicators that are best inside an interval (适度指标)."""

from __future__ import annotations

import numpy as np

from kpianalysis.i18n import N_
from kpianalysis.scoring.inputs import Floats, Inputs, Method, Problem, clip, divide


def band_score(actual: Floats, low: Floats, high: Floats, floor: Floats, cap: Floats) -> Floats:
    """Full marks inside an interval, falling in a straight line to nothing at floor and cap.

    Parameters
    ----------
    actual : array of float, shape (n,)
    low, high : array of float, shape (n,)
        Ends of the best interval.
    floor, cap : array of float, shape (n,)
        Where the points reach 0 on either side.
        All in the indicator's own unit.

    Returns
    -------
    array of float, shape (n,)
        0 to 100; missing where a side that is needed has no end.

    Notes
    -----
    Source: docs/method.md, "band".

    Examples
    --------
    >>> ends = [np.full(3, x) for x in (40.0, 60.0, 20.0, 70.0)]
    >>> band_score(np.array([50.0, 30.0, 70.0]), *ends)
    array([100.,  50.,   0.])
    """
    below = 100.0 * divide(actual - floor, low - floor)
    above = 100.0 * divide(cap - actual, cap - high)
    points = np.where(actual < low, below, np.where(actual > high, above, 100.0))
    return np.where(np.isnan(actual), np.nan, np.clip(points, 0.0, 100.0))


def _score(inputs: Inputs) -> Floats:
    plan = inputs.plan
    points = band_score(inputs.actual, plan["range_low"], plan["range_high"], plan["floor"], plan["cap"])
    return clip(points, inputs.floor, inputs.cap)


def _problems(inputs: Inputs) -> list[Problem]:
    floor, cap = inputs.plan["floor"], inputs.plan["cap"]
    low, high = inputs.plan["range_low"], inputs.plan["range_high"]
    return [
        ((inputs.actual < low) & np.isnan(floor), N_("below the interval, and the plan has no floor")),
        ((inputs.actual > high) & np.isnan(cap), N_("above the interval, and the plan has no cap")),
        (
            ((inputs.actual < low) & (floor == low)) | ((inputs.actual > high) & (cap == high)),
            N_("the interval ends where its points reach zero"),
        ),
    ]


METHOD = Method(_score, _problems)
