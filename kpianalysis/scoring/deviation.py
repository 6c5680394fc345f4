"""Deviation scoring: as many percent points lost as the actual exceeds the target by."""

from __future__ import annotations

from kpianalysis.i18n import N_
from kpianalysis.scoring.inputs import Floats, Inputs, Method, Problem, clip, divide


def deviation_score(actual: Floats, target: Floats) -> Floats:
    """Points for an indicator where less is better, falling in a straight line with the overrun.

    Parameters
    ----------
    actual, target : array of float, shape (n,)
        In the indicator's own unit.

    Returns
    -------
    array of float, shape (n,)
        100·(2 − A/T); missing where the target is zero.

    Notes
    -----
    Source: docs/method.md, "deviation".

    Examples
    --------
    >>> import numpy as np
    >>> deviation_score(np.array([11.0]), np.array([10.0]))
    array([90.])
    """
    return 100.0 * (2.0 - divide(actual, target))


def _score(inputs: Inputs) -> Floats:
    return clip(deviation_score(inputs.actual, inputs.plan["target"]), inputs.floor, inputs.cap)


def _problems(inputs: Inputs) -> list[Problem]:
    target = inputs.plan["target"]
    return [
        (target == 0, N_("the target is zero: no deviation in percent exists")),
        (target < 0, N_("a deviation in percent means nothing for a negative target")),
    ]


METHOD = Method(_score, _problems)
