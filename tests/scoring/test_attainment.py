"""Attainment, gap and whether a target was met, for every direction."""

from __future__ import annotations

import numpy as np
import pytest

from kpianalysis.scoring.attainment import attainment, gap, is_met

NO = np.nan


def ends(actual, target=NO, low=NO, high=NO):
    return [np.array([float(value)]) for value in (actual, target, low, high)]


@pytest.mark.parametrize(
    ("values", "direction", "share", "distance", "met"),
    [
        (ends(45, 50), "higher", 0.9, -5, 0),
        (ends(50, 50), "higher", 1, 0, 1),
        (ends(60, 50), "higher", 1.2, 10, 1),
        (ends(0, 50), "higher", 0, -50, 0),
        (ends(12.5, 10), "lower", 0.8, -2.5, 0),
        (ends(10, 10), "lower", 1, 0, 1),
        (ends(5, 10), "lower", 2, 5, 1),
        (ends(5, low=4, high=6), "range", 1, 0, 1),
        (ends(4, low=4, high=6), "range", 1, 0, 1),
        (ends(6, low=4, high=6), "range", 1, 0, 1),
        (ends(3, low=4, high=6), "range", 0.75, -1, 0),
        (ends(8, low=4, high=6), "range", 0.75, -2, 0),
        # No share means anything here; the distance and the verdict still do.
        (ends(-1, 50), "higher", NO, -51, 0),
        (ends(5, 0), "higher", NO, 5, 1),
        (ends(-1, -2), "higher", NO, 1, 1),
        (ends(0, 10), "lower", NO, 10, 1),
        (ends(0, 0), "lower", NO, 0, 1),
        (ends(5, 0), "lower", NO, -5, 0),
        (ends(-1, low=0, high=6), "range", NO, -1, 0),
        # Unknown stays unknown.
        (ends(NO, 50), "higher", NO, NO, NO),
        (ends(5), "lower", NO, NO, NO),
        (ends(5, low=4), "range", NO, NO, NO),
    ],
)
def test_share_distance_and_verdict(values, direction, share, distance, met):
    assert attainment(*values, direction).item() == pytest.approx(share, nan_ok=True)
    assert gap(*values, direction).item() == pytest.approx(distance, nan_ok=True)
    assert is_met(*values, direction).item() == pytest.approx(met, nan_ok=True)
