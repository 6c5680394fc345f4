"""Dividing, holding between limits and rounding."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kpianalysis.scoring.inputs import clip, divide, half_up


def test_nothing_divided_by_zero_is_a_number():
    quotient = divide(np.array([1.0, 0.0, -1.0, np.nan]), np.array([0.0, -0.0, 0.0, 0.0]))
    assert np.isnan(quotient).all()


def test_a_divisor_stretches_to_the_shape_of_the_dividend():
    assert divide(np.ones((2, 2)), np.array([[2.0], [4.0]])).tolist() == [[0.5, 0.5], [0.25, 0.25]]


def test_a_missing_limit_is_no_limit_and_a_missing_score_stays_missing():
    assert clip(np.array([-9.0, 900.0]), math.nan, math.nan).tolist() == [-9.0, 900.0]
    assert np.isnan(clip(np.array([np.nan]), 0.0, 100.0)).all()


@pytest.mark.parametrize(("value", "whole"), [(0.5, 1), (1.5, 2), (2.5, 3), (2.4999, 2), (-0.5, 0), (-1.5, -1)])
def test_halves_go_up_never_to_even(value, whole):
    assert half_up(np.array([value])).item() == whole


def test_the_last_digit_of_a_binary_fraction_does_not_lose_a_point():
    just_below = 9 * (0.8 - 0.1) / (0.9 - 0.1) + 0.5 - 1e-13
    assert half_up(np.array([0.5 - 1e-12, just_below])).tolist() == [1, 8]
