"""Straight lines through threshold, target and stretch."""

from __future__ import annotations

import numpy as np
import pytest

from kpianalysis.scoring.methods import METHODS
from tests.builders import make_inputs


def scored(actual, **plan):
    return METHODS["anchors"].score(make_inputs(actual, **plan)).tolist()


@pytest.mark.parametrize(
    ("actual", "points"),
    [(79.999, 0), (80, 60), (90, 80), (100, 100), (105, 110), (110, 120), (1000, 120), (-5, 0)],
)
def test_higher_and_its_mirror_image(actual, points):
    assert scored([actual], threshold=80, target=100, stretch=110) == pytest.approx([points])
    mirror = scored([-actual], direction="lower", threshold=-80, target=-100, stretch=-110)
    assert mirror == pytest.approx([points])


def test_without_a_stretch_nothing_goes_above_the_target():
    assert scored([99.0, 100.0, 500.0], threshold=80, target=100) == pytest.approx([98, 100, 100])


def test_a_stretch_equal_to_the_target_pays_nothing_more():
    assert scored([100.0, 101.0], threshold=80, target=100, stretch=100) == [100, 100]


def test_a_threshold_equal_to_the_target_is_all_or_nothing():
    assert scored([99.0, 100.0], threshold=100, target=100) == [0, 100]


def test_a_cap_cuts_the_stretch_and_a_floor_lifts_the_rest():
    assert scored([0.0, 110.0], threshold=80, target=100, stretch=110, limits=(30, 115)) == [30, 115]


def test_missing_stays_missing():
    assert np.isnan(scored([np.nan], threshold=80, target=100, stretch=110)).all()
    assert np.isnan(scored([90.0], target=100)).all()
