"""Every scoring method through the whole way, and what cannot be scored is a finding, never a number."""

from __future__ import annotations

import math

import pytest

from kpianalysis.schema import METHODS as RULES
from kpianalysis.scoring.methods import METHODS
from tests.builders import actual_rows, make_card, messages_of, scores_of


def test_every_method_of_the_schema_has_a_file():
    assert set(RULES) == {*METHODS, "consistency"}


@pytest.mark.parametrize(
    ("method", "direction", "plan", "actuals", "expected"),
    [
        ("ratio", "higher", {"target": 50}, [45, 50, 60], [90, 100, 100]),
        ("ratio", "lower", {"target": 10}, [20, 10, 5], [50, 100, 100]),
        ("deviation", "lower", {"target": 10}, [11, 10, 30], [90, 100, 0]),
        ("baseline", "higher", {"baseline": -4, "target": 2}, [-1, 2, -10], [50, 100, 0]),
        ("baseline", "lower", {"baseline": 20, "target": 10}, [15, 10, 25], [50, 100, 0]),
        ("anchors", "higher", {"threshold": 80, "target": 100, "stretch": 110}, [79, 80, 105], [0, 60, 110]),
        ("anchors", "lower", {"threshold": 10, "target": 5, "stretch": 1}, [11, 5, 0], [0, 100, 120]),
        ("anchors", "higher", {"threshold": 80, "target": 100}, [90, 100, 500], [80, 100, 100]),
        ("band", "range", {"range_low": 40, "range_high": 60, "floor": 20, "cap": 70}, [50, 30, 65], [100, 50, 50]),
        ("binary", "higher", {"target": 10}, [10, 9.99, 11], [100, 0, 100]),
        ("binary", "lower", {"target": 0}, [0, 1, 2], [100, 0, 0]),
        ("given", "higher", {}, [12, 88, 103], [12, 88, 103]),
        ("achievement_improvement", "higher", {"threshold": 0.5, "target": 0.9}, [0.4, 0.8, 0.9], [0, 70, 100]),
        ("achievement_improvement", "lower", {"threshold": 5, "target": 0, "baseline": 10}, [6, 5, 0], [40, 50, 100]),
    ],
)
def test_method(method, direction, plan, actuals, expected):
    values = dict(zip("ABC", actuals, strict=True))
    indicator = {"method": method, "direction": direction}
    card = make_card(indicators=[indicator], plan=[plan] if plan else None, actuals=actual_rows(values))
    assert list(scores_of(card).values()) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("method", "direction", "points", "actuals", "expected"),
    [
        ("scale", "higher", {0: 60, 10: 100}, [5, 10, 20], [80, 100, 100]),
        ("step", "higher", {90: 80, 95: 100}, [94, 95, 10], [80, 100, 0]),
        ("step", "lower", {0: 100, 2: 80}, [0, 1, 9], [100, 80, 0]),
        ("rank_band", "higher", {0.3: 100, 1: 50}, [1, 2, 3], [50, 50, 100]),
        ("rank_band", "lower", {}, [1, 2, 3], [100, 70, 40]),
    ],
)
def test_method_with_points(method, direction, points, actuals, expected):
    scales = [{"value": value, "score": score} for value, score in points.items()] or None
    indicator = {"method": method, "direction": direction}
    rows = actual_rows(dict(zip("ABC", actuals, strict=True)))
    card = make_card(indicators=[indicator], plan=None, scales=scales, actuals=rows)
    assert list(scores_of(card).values()) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("method", "direction", "plan", "actual"),
    [
        ("ratio", "higher", {"target": 0}, 5),
        ("ratio", "lower", {"target": 5}, 0),
        ("ratio", "higher", {"target": 5}, -1),
        ("deviation", "lower", {"target": 0}, 1),
        ("deviation", "lower", {"target": -2}, 1),
        ("baseline", "higher", {"baseline": 3, "target": 3}, 4),
        ("band", "range", {"range_low": 4, "range_high": 6}, 3),
        ("band", "range", {"range_low": 4, "range_high": 6}, 7),
    ],
)
def test_what_has_no_score_is_a_finding_that_names_subject_and_indicator(method, direction, plan, actual):
    rows = actual_rows({"A": actual, "B": 5})
    card = make_card(indicators=[{"method": method, "direction": direction}], plan=[plan], actuals=rows)
    assert math.isnan(scores_of(card)["A"])
    assert any("I has no score" in text and "A" in text for text in messages_of(card, "warning"))


def test_missing_actual_stays_missing_not_zero():
    card = make_card(actuals=actual_rows({"A": 100, "B": "on leave"}))
    assert math.isnan(scores_of(card)["B"])
    assert math.isnan(card.totals.set_index("subject_id").loc["B", "total"])


def test_value_with_a_reason_is_shown_and_not_scored():
    card = make_card(actuals=actual_rows({"A": 50}, missing_reason="too few cases"))
    row = card.scores.iloc[0]
    assert (row["actual"], row["missing_reason"]) == (50, "too few cases")
    assert math.isnan(row["score"])


def test_score_limits_of_the_indicator_hold():
    card = make_card(indicators=[{"floor": 20, "cap": 110}], actuals=actual_rows({"A": 500, "B": 1, "C": 105}))
    assert list(scores_of(card).values()) == pytest.approx([110, 20, 105])


def test_consistency_is_the_worst_position_of_its_dimension():
    indicators = [
        {"indicator_id": "I", "method": "achievement_improvement"},
        {"indicator_id": "J", "method": "achievement_improvement"},
        {"indicator_id": "K", "method": "consistency"},
    ]
    plan = [{"indicator_id": name, "floor": 0, "threshold": 10, "target": 20} for name in "IJ"]
    actuals = [*actual_rows({"A": 12, "B": 12}), *actual_rows({"A": 5, "B": 11}, "J")]
    card = make_card(indicators=indicators, plan=plan, actuals=actuals)
    assert scores_of(card, "K") == {"A": 50, "B": 100}


def test_attainment_and_gap_know_the_direction():
    card = make_card(indicators=[{"direction": "lower"}], plan=[{"target": 10}], actuals=actual_rows({"A": 12.5}))
    assert card.scores[["attainment", "gap"]].iloc[0].tolist() == [0.8, -2.5]
