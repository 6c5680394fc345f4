"""Rules that join columns, one at a time: what is refused, and right beside it what is not."""

from __future__ import annotations

import pytest

from kpianalysis.checks.rules import check_rules
from kpianalysis.schema import DIRECTIONS, METHODS
from tests.builders import make_data


def said(**tables):
    """Table, row, column and sentence of each finding."""
    found = check_rules(make_data(check=False, **tables).tables)
    assert all(finding.severity == "error" and finding.remedy() for finding in found)
    return [(finding.table, finding.row, finding.column, finding.message()) for finding in found]


POINTS = [{"value": 1, "score": 50}]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_each_method_takes_its_own_directions(method, direction):
    says = ("indicators", "2", "direction", f"The method {method} does not go with this direction.")
    found = said(indicators=[{"method": method, "direction": direction}], scales=POINTS)
    assert found == [says] * (direction not in METHODS[method].directions)


@pytest.mark.parametrize("method", METHODS)
def test_methods_with_points_ask_for_them(method):
    found = said(indicators=[{"method": method, "direction": METHODS[method].directions[0]}])
    assert [row[2] for row in found] == ["method"] * (METHODS[method].points == "required")


@pytest.mark.parametrize("method", METHODS)
def test_a_veto_is_met_or_not(method):
    indicators = [
        {},
        {"indicator_id": "V", "kind": "veto", "method": method, "direction": METHODS[method].directions[0]},
    ]
    found = said(indicators=indicators, scales=[{**POINTS[0], "indicator_id": "V"}])
    assert found == [("indicators", "3", "method", "A veto item is either met or not.")] * (method != "binary")


def test_limits_of_a_score():
    says = [("indicators", "2", "cap", "The cap is below the floor.")]
    assert said(indicators=[{"floor": 60, "cap": 50}]) == says
    assert said(indicators=[{"floor": 50, "cap": 50}]) == []
    assert said(indicators=[{"floor": 50}]) == []


def test_weights_of_a_dimension_may_not_all_be_zero():
    zero = {"indicator_id": "J", "weight": 0}
    assert said(indicators=[{"weight": 0}, zero]) == [
        ("indicators", "2, 3", "weight", "All weights of the dimension are zero.")
    ]
    assert said(indicators=[{"weight": 1}, zero]) == []
    assert said(indicators=[{}, zero]) == []
    assert said(indicators=[{}, {**zero, "kind": "monitor"}, {**zero, "indicator_id": "B", "kind": "bonus"}]) == []


def test_weights_of_dimensions_may_not_all_be_zero():
    two = [{"dimension_id": "D", "weight": 0}, {"dimension_id": "E", "weight": 0}]
    assert said(dimensions=two) == [("dimensions", "2, 3", "weight", "All weights are zero.")]
    assert said(dimensions=[two[0], {"dimension_id": "E"}]) == []


@pytest.mark.parametrize(
    ("row", "is_refused"),
    [
        ({}, True),
        ({"missing_reason": " "}, True),
        ({"missing_reason": "no cases"}, False),
        ({"value": 0}, False),
        ({"value": 0, "missing_reason": "too few cases"}, False),
        ({"numerator": 1, "denominator": 2}, False),
        ({"numerator": 0, "denominator": 0}, False),
    ],
)
def test_an_actual_has_a_value_or_a_reason(row, is_refused):
    sentence = "There is neither a value nor a reason why there is none."
    sound = {"subject_id": "B", "value": 1}
    assert said(actuals=[sound, {"subject_id": "A", **row}]) == [("actuals", "3", "value", sentence)] * is_refused


@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_half_a_ratio_is_refused_with_a_reason_too(part):
    rows = [{"subject_id": "A", part: 1, "missing_reason": "x"}]
    assert said(actuals=rows) == [("actuals", "2", "denominator", "A ratio needs both numerator and denominator.")]


def test_a_ready_made_ratio_stands_for_a_whole_cycle_only():
    ratio = [{"aggregation": "ratio"}]
    row = {"subject_id": "A", "value": 0.5}
    assert said(indicators=ratio, actuals=[row]) == []
    assert said(indicators=ratio, actuals=[{**row, "period": "2024-01-01"}]) == [
        ("actuals", "2", "numerator", "Ratios of several periods cannot be averaged.")
    ]


def test_a_whole_cycle_and_its_parts_would_count_twice():
    whole, part = {"subject_id": "A", "value": 1}, {"subject_id": "A", "value": 1, "period": "2024-01-01"}
    assert said(actuals=[whole, part, {"subject_id": "B", "value": 1}]) == [
        ("actuals", "2, 3", "period", "There is a row for the whole cycle and rows for periods.")
    ]
    assert said(actuals=[whole, {**part, "subject_id": "B"}]) == []


def test_grades_begin_at_different_totals_and_their_shares_are_in_order():
    grades = [{"grade": "A", "min_score": 90, "quota_min": 0.5, "quota_max": 0.1}, {"grade": "B", "min_score": 90}]
    assert said(grades=grades) == [
        ("grades", "2, 3", "min_score", "Two grades begin at the same total."),
        ("grades", "2", "quota_max", "The smallest share is above the largest."),
    ]
    assert said(grades=[{"grade": "A", "min_score": 90, "quota_min": 0.1, "quota_max": 0.1}]) == []
