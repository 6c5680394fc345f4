"""The scoring methods by name; one file each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kpianalysis.scoring import (
    achievement_improvement,
    anchors,
    band,
    baseline,
    binary,
    deviation,
    given,
    rank_band,
    ratio,
    scale,
    step,
)
from kpianalysis.scoring.inputs import Method

# `consistency` reads the other indicators of its dimension, so it is scored after them (indicators.py).
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "ratio": ratio.METHOD,
        "deviation": deviation.METHOD,
        "baseline": baseline.METHOD,
        "anchors": anchors.METHOD,
        "scale": scale.METHOD,
        "step": step.METHOD,
        "band": band.METHOD,
        "binary": binary.METHOD,
        "given": given.METHOD,
        "achievement_improvement": achievement_improvement.METHOD,
        "rank_band": rank_band.METHOD,
    }
)
