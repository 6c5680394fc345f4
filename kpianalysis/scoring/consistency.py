"""Consistency: a dimension's worst position between floor and threshold."""

from __future__ import annotations

import numpy as np

from kpianalysis.scoring.inputs import Floats, divide, half_up


def position(actual: Floats, floor: Floats, threshold: Floats) -> Floats:
    """Place of an actual between floor (0) and threshold (1).

    Parameters
    ----------
    actual, floor, threshold : array of float, shape (n,)
        In the indicator's own unit; both directions work.

    Examples
    --------
    >>> position(np.array([60.0]), np.array([40.0]), np.array([80.0]))
    array([0.5])
    """
    return divide(actual - floor, threshold - floor)


def consistency_score(lowest: Floats) -> Floats:
    """Points for the lowest position within a dimension: 100 when every indicator reaches its threshold.

    Parameters
    ----------
    lowest : array of float, shape (n,)
        The lowest `position` of the dimension's indicators.

    Returns
    -------
    array of float, shape (n,)
        Five times 0 to 20 whole points: 20 if q ≥ 1, 0 if q ≤ 0, else half_up(20q − ½); missing where q is.

    Notes
    -----
    Source: 76 FR 26490; docs/method.md, "consistency".

    Examples
    --------
    >>> consistency_score(np.array([-0.1, 0.5, 1.2]))
    array([  0.,  50., 100.])
    """
    between = np.clip(half_up(20.0 * lowest - 0.5), 0.0, 20.0)
    points = np.where(lowest >= 1, 20.0, np.where(lowest <= 0, 0.0, between))
    return np.where(np.isnan(lowest), np.nan, 5.0 * points)
