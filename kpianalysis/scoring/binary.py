"""Pass/fail scoring (非此即彼法)."""

from __future__ import annotations

from kpianalysis.scoring.attainment import is_met
from kpianalysis.scoring.inputs import Floats, Inputs, Method, clip


def binary_score(met: Floats) -> Floats:
    """Full marks where the target was met, nothing elsewhere.

    Parameters
    ----------
    met : array of float, shape (n,)
        1 met, 0 not met, missing unknown.

    Notes
    -----
    Equal to the target counts as met. Source: docs/method.md, "binary".

    Examples
    --------
    >>> import numpy as np
    >>> binary_score(np.array([1.0, 0.0, np.nan]))
    array([100.,   0.,  nan])
    """
    return 100.0 * met


def _score(inputs: Inputs) -> Floats:
    plan = inputs.plan
    met = is_met(inputs.actual, plan["target"], plan["range_low"], plan["range_high"], inputs.direction)
    return clip(binary_score(met), inputs.floor, inputs.cap)


METHOD = Method(_score)
