"""Full marks inside an interval."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import actual_rows, make_card, messages_of, scores_of

PLAN = {"range_low": 40, "range_high": 60}


def banded(ends, actuals, **indicator):
    """Score through the whole way: the plan's floor and cap are values, those of the indicator are points."""
    rows = actual_rows(dict(zip("ABC", actuals, strict=False)))
    indicators = [{"method": "band", "direction": "range", **indicator}]
    return make_card(indicators=indicators, plan=[{**PLAN, "floor": ends[0], "cap": ends[1]}], actuals=rows)


@pytest.mark.parametrize("values", [(40, 60, 50), (30, 65, 20), (70, 10, 100)])
def test_points_fall_in_straight_lines_to_zero_and_stay_there(values):
    expected = {40: 100, 60: 100, 50: 100, 30: 50, 65: 50, 20: 0, 70: 0, 10: 0, 100: 0}
    card = banded((20, 70), values)
    assert list(scores_of(card).values()) == pytest.approx([expected[value] for value in values])


def test_an_end_of_zero_and_negative_values_are_values_like_others():
    plan = [{"range_low": -2, "range_high": 2, "floor": -4, "cap": 4}]
    indicators = [{"method": "band", "direction": "range"}]
    rows = [{"subject_id": "A", "value": -3}, {"subject_id": "B", "value": 0}, {"subject_id": "C", "value": 3.5}]
    assert list(scores_of(make_card(indicators=indicators, plan=plan, actuals=rows)).values()) == [50, 100, 25]


def test_the_limits_of_the_indicator_are_points_not_values():
    card = banded((20, 70), (50, 10, 30), floor=30, cap=90)
    assert list(scores_of(card).values()) == [90, 30, 50]


def test_an_indicator_with_score_limits_still_needs_the_values_where_its_points_end():
    card = banded((None, None), (50, 30, 65), floor=0, cap=100)
    assert np.array(list(scores_of(card).values())) == pytest.approx([100, np.nan, np.nan], nan_ok=True)
    assert messages_of(card, "warning") == [
        "I has no score for 1 subjects (B): below the interval, and the plan has no floor.",
        "I has no score for 1 subjects (C): above the interval, and the plan has no cap.",
    ]


def test_an_interval_that_ends_where_its_points_end_is_a_finding_outside_it():
    card = banded((40, 70), (50, 39, 65))
    assert np.isnan(scores_of(card)["B"])
    assert messages_of(card, "warning") == [
        "I has no score for 1 subjects (B): the interval ends where its points reach zero."
    ]
