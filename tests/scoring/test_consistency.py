"""The worst position of a dimension between floor and threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kpianalysis.errors import SourceError
from kpianalysis.scoring.consistency import consistency_score, position
from tests.builders import actual_rows, make_card, scores_of


@pytest.mark.parametrize(
    ("lowest", "points"),
    # half_up(20q − ½): a point more at each twentieth.
    [(-1, 0), (0, 0), (0.049, 0), (0.05, 1), (0.5, 10), (0.999, 19), (1, 20), (7, 20)],
)
def test_points_by_lowest_position(lowest, points):
    assert consistency_score(np.array([float(lowest)])).item() == 5 * points


def test_missing_stays_missing():
    assert np.isnan(consistency_score(np.array([np.nan]))).all()


def test_position_works_in_both_directions():
    assert position(np.array([30.0]), np.array([40.0]), np.array([20.0])).item() == 0.5


PLAN = [
    {"indicator_id": "I", "floor": 0, "threshold": 10, "target": 20},
    {"indicator_id": "J", "floor": 10, "threshold": 5, "target": 1},
]


def scored(actuals, **more):
    indicators = [
        {"indicator_id": "K", "method": "consistency", **more.pop("consistency", {})},
        {"indicator_id": "I", "method": "achievement_improvement"},
        {"indicator_id": "J", "method": "achievement_improvement", "direction": "lower", **more.pop("other", {})},
    ]
    return make_card(**{"check": False, "indicators": indicators, "plan": PLAN, "actuals": actuals, **more})


def test_the_worst_indicator_decides_whatever_its_direction_and_place_in_the_table():
    card = scored([*actual_rows({"A": 9, "B": 2}), *actual_rows({"A": 8, "B": 6}, "J")])
    assert scores_of(card, "K") == {"A": 40, "B": 20}


def test_indicators_without_an_actual_take_no_part():
    card = scored([*actual_rows({"A": 8}), *actual_rows({"A": "too few cases"}, "J")])
    assert scores_of(card, "K") == {"A": 80}


def test_values_with_a_reason_take_no_part():
    rows = [*actual_rows({"A": 8}), *actual_rows({"A": 9.9}, "J", missing_reason="too few cases")]
    assert scores_of(scored(rows), "K") == {"A": 80}


def test_monitored_indicators_take_no_part():
    card = scored([*actual_rows({"A": 8}), *actual_rows({"A": 9.9}, "J")], other={"kind": "monitor"})
    assert scores_of(card, "K") == {"A": 80}


def test_other_dimensions_take_no_part():
    dimensions = [{"dimension_id": "D"}, {"dimension_id": "E"}]
    rows = [*actual_rows({"A": 8}), *actual_rows({"A": 9.9}, "J")]
    assert scores_of(scored(rows, dimensions=dimensions, other={"dimension_id": "E"}), "K") == {"A": 80}


def test_nobody_measured_is_a_reason_and_no_number():
    card = scored([*actual_rows({"A": "absent"}), *actual_rows({"A": "absent"}, "J")])
    row = card.scores[card.scores["indicator_id"] == "K"].iloc[0]
    assert math.isnan(row["score"])
    assert row["missing_reason"] == "no indicator of its dimension has a floor, a threshold and an actual"


def test_the_score_limits_of_the_indicator_hold():
    rows = [*actual_rows({"A": -3, "B": 11}), *actual_rows({"A": 5, "B": 5}, "J")]
    assert scores_of(scored(rows, consistency={"floor": 10, "cap": 90}), "K") == {"A": 10, "B": 90}


def test_a_floor_equal_to_the_threshold_is_refused_before_anything_divides_by_it():
    plan = [{**PLAN[0], "floor": 10}, PLAN[1]]
    with pytest.raises(SourceError, match="I has the same floor and threshold for A"):
        scored([*actual_rows({"A": 9}), *actual_rows({"A": 8}, "J")], plan=plan, check=True)
