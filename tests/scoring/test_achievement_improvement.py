"""Achievement and improvement points, at the edges of every rule of 42 CFR 412.165."""

from __future__ import annotations

import numpy as np
import pytest

from kpianalysis.scoring.achievement_improvement import achievement_points, improvement_points
from kpianalysis.scoring.methods import METHODS
from tests.builders import make_inputs


def scored(actual, **plan):
    return METHODS["achievement_improvement"].score(make_inputs(actual, **plan)).tolist()


@pytest.mark.parametrize(
    ("actual", "points"),
    # Threshold 0, target 9: half_up(v + ½), so a point more at each whole value.
    [(-0.001, 0), (0, 1), (0.999, 1), (1, 2), (4.5, 5), (8.999, 9), (9, 10), (50, 10)],
)
def test_achievement(actual, points):
    assert achievement_points(np.array([actual]), np.array([0.0]), np.array([9.0])).item() == points


@pytest.mark.parametrize(
    ("actual", "points"),
    # Baseline 0, target 10: half_up(v − ½), so a point more at each whole value from 1, and 9 at most.
    [(-1, 0), (0, 0), (0.5, 0), (0.999, 0), (1, 1), (5.5, 5), (9.999, 9), (10, 9), (11, 9)],
)
def test_improvement(actual, points):
    assert improvement_points(np.array([actual]), np.array([0.0]), np.array([10.0])).item() == points


def test_the_better_of_the_two_counts_times_ten():
    assert scored([1.0], threshold=0, target=9, baseline=-9) == [50.0]
    assert scored([1.0], threshold=0, target=9, baseline=0.9) == [20.0]


def test_without_a_baseline_only_achievement_counts():
    assert scored([-1.0, 1.0], threshold=0, target=9) == [0.0, 20.0]


def test_no_improvement_is_paid_for_standing_still_or_falling_back():
    assert scored([-2.0, -3.0], threshold=0, target=9, baseline=-2) == [0.0, 0.0]


def test_lower_is_better_is_the_mirror_image():
    values = np.array([0.1, 0.4, 0.45, 0.5, 0.9])
    more = scored(values, threshold=0.4, target=0.6, baseline=0.2)
    less = scored(-values, direction="lower", threshold=-0.4, target=-0.6, baseline=-0.2)
    assert more == less


def test_a_baseline_already_at_the_target_does_not_divide_by_zero():
    assert scored([9.0, 8.0], threshold=0, target=9, baseline=9) == [100.0, 90.0]
    assert improvement_points(np.array([9.0]), np.array([9.0]), np.array([9.0])).item() == 0


def test_a_threshold_equal_to_the_target_leaves_nothing_between():
    assert scored([4.9, 5.0], threshold=5, target=5) == [0.0, 100.0]


def test_missing_stays_missing():
    assert np.isnan(scored([np.nan], threshold=0, target=9, baseline=1)).all()


def test_the_score_limits_of_the_indicator_hold():
    assert scored([-1.0, 9.0], threshold=0, target=9, limits=(20, 80)) == [20.0, 80.0]
