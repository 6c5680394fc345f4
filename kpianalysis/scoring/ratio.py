"""Ratio scoring (比率法): points in proportion to attainment."""

from __future__ import annotations

from kpianalysis.i18n import N_
from kpianalysis.scoring.inputs import Floats, Inputs, Method, Problem, clip, divide


def ratio_score(actual: Floats, target: Floats, direction: str) -> Floats:
    """Points in proportion to the share of the target reached: 100 is exactly on target.

    Parameters
    ----------
    actual, target : array of float, shape (n,)
        In the indicator's own unit, not negative.
    direction : {"higher", "lower"}

    Returns
    -------
    array of float, shape (n,)
        100·A/T for higher, 100·T/A for lower; missing where the divisor is zero.

    Notes
    -----
    Source: docs/method.md, "ratio".

    Examples
    --------
    >>> import numpy as np
    >>> ratio_score(np.array([45.0]), np.array([50.0]), "higher")
    array([90.])
    """
    return 100.0 * (divide(target, actual) if direction == "lower" else divide(actual, target))


def _score(inputs: Inputs) -> Floats:
    points = ratio_score(inputs.actual, inputs.plan["target"], inputs.direction)
    return clip(points, inputs.floor, inputs.cap)


def _problems(inputs: Inputs) -> list[Problem]:
    actual, target = inputs.actual, inputs.plan["target"]
    divisor = actual if inputs.direction == "lower" else target
    return [
        (divisor == 0, N_("the divisor of the ratio is zero")),
        ((actual < 0) | (target < 0), N_("a ratio means nothing for a negative value")),
    ]


METHOD = Method(_score, _problems)
