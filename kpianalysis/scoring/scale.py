"""Scale scoring: straight lines through the points of `scales`."""

from __future__ import annotations

import numpy as np

from kpianalysis.scoring.inputs import Floats, Inputs, Method, clip


def scale_score(actual: Floats, values: Floats, scores: Floats) -> Floats:
    """Points on straight lines through given points, level beyond the first and the last.

    Parameters
    ----------
    actual : array of float, shape (n,)
        In the indicator's own unit.
    values, scores : array of float, shape (k,), k ≥ 1
        The points by rising value.

    Returns
    -------
    array of float, shape (n,)
        Missing stays missing.

    Notes
    -----
    Source: docs/method.md, "scale".

    Examples
    --------
    >>> scale_score(np.array([5.0, 20.0]), np.array([0.0, 10.0]), np.array([60.0, 100.0]))
    array([ 80., 100.])
    """
    return np.interp(actual, values, scores)


def _score(inputs: Inputs) -> Floats:
    points = scale_score(inputs.actual, inputs.point_values, inputs.point_scores)
    return clip(points, inputs.floor, inputs.cap)


METHOD = Method(_score)
