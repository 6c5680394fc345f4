"""Baseline scoring: how much of the way from baseline to target was covered."""

from __future__ import annotations

from kpianalysis.i18n import N_
from kpianalysis.scoring.inputs import Floats, Inputs, Method, Problem, clip, divide


def baseline_score(actual: Floats, baseline: Floats, target: Floats) -> Floats:
    """Share of the way from baseline to target, in points; works for both directions and negative values.

    Parameters
    ----------
    actual, baseline, target : array of float, shape (n,)
        In the indicator's own unit.

    Returns
    -------
    array of float, shape (n,)
        100·(A − B)/(T − B); missing where target and baseline are equal.

    Notes
    -----
    Source: docs/method.md, "baseline".

    Examples
    --------
    >>> import numpy as np
    >>> baseline_score(np.array([-1.0]), np.array([-4.0]), np.array([2.0]))
    array([50.])
    """
    return 100.0 * divide(actual - baseline, target - baseline)


def _score(inputs: Inputs) -> Floats:
    points = baseline_score(inputs.actual, inputs.plan["baseline"], inputs.plan["target"])
    return clip(points, inputs.floor, inputs.cap)


def _problems(inputs: Inputs) -> list[Problem]:
    same = inputs.plan["target"] == inputs.plan["baseline"]
    return [(same, N_("target and baseline are equal: there is no way between them"))]


METHOD = Method(_score, _problems)
