"""Step-table scoring (层差法): one score for each interval."""

from __future__ import annotations

import numpy as np

from kpianalysis.scoring.inputs import Floats, Inputs, Method, clip


def step_score(actual: Floats, values: Floats, scores: Floats, direction: str, worst: float = 0.0) -> Floats:
    """Points of the best step that the actual reaches.

    Parameters
    ----------
    actual : array of float, shape (n,)
        In the indicator's own unit.
    values, scores : array of float, shape (k,), k ≥ 1
        The steps by rising value.
    direction : {"higher", "lower"}
        higher: the step of the largest value ≤ actual; lower: of the smallest value ≥ actual.
    worst : float
        Points where no step is reached.

    Returns
    -------
    array of float, shape (n,)
        Missing stays missing.

    Notes
    -----
    Source: docs/method.md, "step".

    Examples
    --------
    >>> step_score(np.array([0.0, 1.0, 9.0]), np.array([0.0, 2.0]), np.array([100.0, 80.0]), "lower")
    array([100.,  80.,   0.])
    """
    if direction == "lower":
        padded, place = np.append(scores, worst), np.searchsorted(values, actual, side="left")
    else:
        padded, place = np.append(worst, scores), np.searchsorted(values, actual, side="right")
    return np.where(np.isnan(actual), np.nan, padded[place])


def _score(inputs: Inputs) -> Floats:
    worst = 0.0 if np.isnan(inputs.floor) else inputs.floor
    points = step_score(inputs.actual, inputs.point_values, inputs.point_scores, inputs.direction, worst)
    return clip(points, inputs.floor, inputs.cap)


METHOD = Method(_score)
