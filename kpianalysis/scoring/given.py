"""Given scores: the actual is the score."""

from __future__ import annotations

from kpianalysis.scoring.inputs import Floats, Inputs, Method, clip


def _score(inputs: Inputs) -> Floats:
    """Take the actual as it is, held between floor and cap where the indicator has them."""
    return clip(inputs.actual, inputs.floor, inputs.cap)


METHOD = Method(_score)
