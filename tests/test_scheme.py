"""What is in force in a cycle, whom an indicator reaches, and what the plan says for each subject."""

from __future__ import annotations

import math

import pytest

from kpianalysis.schema import METHODS
from kpianalysis.scheme import actuals_of, cycles_measured, plan_for, scheme_of
from tests.builders import CYCLE, actual_rows, make_data

NAN = math.nan
OTHER = "2023Q4"
CYCLES = [
    {"cycle_id": "2024", "kind": "year", "end": "2024-12-31"},
    {"cycle_id": OTHER, "start": "2023-10-01", "end": "2023-12-31"},
    {"cycle_id": CYCLE, "parent_cycle_id": "2024"},
]
SUBJECTS = [
    {"subject_id": "A", "role_id": "manager"},
    {"subject_id": "B", "role_id": "manager"},
    {"subject_id": "C", "role_id": "clerk"},
    {"subject_id": "D"},
]


def scheme(cycle=CYCLE, **tables):
    sources = {"cycles": CYCLES, "subjects": SUBJECTS, "actuals": actual_rows(dict.fromkeys("ABCD", 1)), **tables}
    return scheme_of(make_data(check=False, **sources).tables, cycle)


def laid(column, plan, **tables):
    """One column of the plan of indicator I for A, B, C, D."""
    return plan_for(scheme(plan=plan, **tables), "I")[column].tolist()


def test_everybody_then_role_then_subject():
    plan = [{"subject_id": "A", "target": 3}, {"role_id": "manager", "target": 2}, {"target": 1}]
    assert laid("target", plan) == laid("target", plan[::-1]) == [3, 2, 1, 1]


def test_each_column_is_laid_by_itself_and_a_blank_leaves_what_lies_below():
    plan = [
        {"target": 1, "stretch": 10, "threshold": 0.5},
        {"role_id": "manager", "stretch": 20, "weight": 7},
        {"subject_id": "A", "threshold": 0.9},
    ]
    assert laid("target", plan) == [1, 1, 1, 1]
    assert laid("stretch", plan) == [20, 20, 10, 10]
    assert laid("threshold", plan) == [0.9, 0.5, 0.5, 0.5]
    assert laid("weight", plan, indicators=[{"weight": 5}]) == [7, 7, 5, 5]


def test_zero_is_a_value_not_a_blank():
    assert laid("target", [{"target": 1}, {"subject_id": "A", "target": 0}]) == [0, 1, 1, 1]


def test_the_cycles_own_row_wins_over_one_for_every_cycle():
    plan = [{"cycle_id": CYCLE, "target": 2}, {"target": 1, "stretch": 9}, {"cycle_id": OTHER, "target": 3}]
    assert laid("target", plan) == [2] * 4
    assert laid("stretch", plan) == [9] * 4


def test_a_subjects_row_for_every_cycle_wins_over_everybodys_row_of_the_cycle():
    assert laid("target", [{"subject_id": "A", "target": 1}, {"cycle_id": CYCLE, "target": 2}]) == [1, 2, 2, 2]


def test_a_roles_row_for_every_cycle_wins_over_everybodys_row_of_the_cycle():
    plan = [{"role_id": "manager", "target": 1}, {"cycle_id": CYCLE, "target": 2}]
    assert laid("target", plan) == [1, 1, 2, 2]


def test_a_row_of_subject_and_role_wins_over_one_of_the_subject_alone():
    plan = [{"subject_id": "A", "role_id": "manager", "target": 1}, {"cycle_id": CYCLE, "subject_id": "A", "target": 2}]
    assert laid("target", plan)[0] == 1


def test_a_row_of_subject_and_role_holds_only_while_the_subject_has_that_role():
    plan = [
        {"target": 1},
        {"subject_id": "A", "target": 2},
        {"subject_id": "A", "role_id": "manager", "target": 3},
        {"subject_id": "C", "role_id": "manager", "target": 4},
        {"subject_id": "D", "role_id": "manager", "target": 5},
    ]
    assert laid("target", plan) == [3, 1, 1, 1]


def test_an_indicator_without_any_plan_row_reaches_everybody():
    assert laid("applies", None) == [True] * 4
    assert laid("applies", [{"cycle_id": OTHER, "role_id": "clerk", "target": 1}]) == [True] * 4


@pytest.mark.parametrize(
    ("row", "reached"),
    [
        ({}, [True, True, True, True]),
        ({"role_id": "manager"}, [True, True, False, False]),
        ({"subject_id": "C"}, [False, False, True, False]),
        ({"subject_id": "C", "role_id": "manager"}, [False, False, False, False]),
    ],
)
def test_an_indicator_reaches_whom_its_plan_rows_reach(row, reached):
    plan = [{"target": 1, **row}]
    assert laid("applies", plan) == reached
    assert [not math.isnan(target) for target in laid("target", plan)] == reached


def test_plan_rows_of_subjects_who_are_not_measured_change_nothing():
    rows = actual_rows({"A": 1, "B": 1})
    plan = [{"target": 1}, {"subject_id": "C", "target": 5}]
    assert laid("target", plan, actuals=rows) == [1, 1]


def test_indicators_and_dimensions_of_the_cycle_replace_those_for_every_cycle_one_by_one():
    dimensions = [{"weight": 1}, {"dimension_id": "E"}, {"cycle_id": CYCLE, "weight": 2, "min_indicators": 3}]
    indicators = [{"weight": 1}, {"cycle_id": CYCLE, "weight": 2}, {"cycle_id": OTHER, "indicator_id": "J"}]
    here = scheme(dimensions=dimensions, indicators=indicators)
    assert here.indicators[["indicator_id", "weight"]].to_numpy().tolist() == [["I", 2]]
    assert here.dimensions.set_index("dimension_id")["min_indicators"].to_dict() == {"E": 1, "D": 3}
    assert here.dimensions.set_index("dimension_id")["weight"].to_dict() == pytest.approx(
        {"E": NAN, "D": 2}, nan_ok=True
    )
    there = scheme(OTHER, dimensions=dimensions, indicators=indicators)
    assert sorted(there.indicators["indicator_id"]) == ["I", "J"]


def test_points_of_the_cycle_replace_all_points_for_every_cycle_and_are_in_order():
    scales = [
        {"value": 5, "score": 50},
        {"cycle_id": CYCLE, "value": 9, "score": 90},
        {"cycle_id": CYCLE, "value": 1, "score": 10},
    ]
    indicators = [{"method": "scale"}]
    assert scheme(indicators=indicators, scales=scales).points["I"].to_numpy().tolist() == [[1, 10], [9, 90]]
    assert scheme(OTHER, indicators=indicators, scales=scales).points["I"].to_numpy().tolist() == [[5, 50]]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_blank_cells_of_the_library_mean_the_defaults(method):
    row = scheme(indicators=[{"method": method}]).indicators.iloc[0]
    rule = METHODS[method]
    assert row[["kind", "weight", "aggregation"]].tolist() == ["scored", 1, "last"]
    limits = [NAN if limit is None else limit for limit in (rule.floor, rule.cap)]
    assert row[["floor", "cap"]].tolist() == pytest.approx(limits, nan_ok=True)


def test_a_blank_cap_of_a_veto_takes_everything_and_a_stated_one_holds():
    assert scheme(indicators=[{"kind": "veto", "method": "binary"}]).indicators["cap"].tolist() == [0]
    assert scheme(indicators=[{"kind": "veto", "method": "binary", "cap": 59}]).indicators["cap"].tolist() == [59]


def test_subjects_are_those_with_a_row_of_actuals_in_the_order_of_the_source():
    rows = [*actual_rows({"C": "absent", "A": 1}), *actual_rows({"B": 1}, cycle_id=OTHER)]
    assert scheme(actuals=rows).subjects["subject_id"].tolist() == ["A", "C"]
    assert scheme(OTHER, actuals=rows).subjects["subject_id"].tolist() == ["B"]
    assert scheme("2024", actuals=rows).subjects["subject_id"].tolist() == ["A", "C"]


def test_a_year_without_actuals_is_measured_by_its_parts_and_theirs():
    cycles = [
        {"cycle_id": "2024", "kind": "year", "end": "2024-12-31"},
        {"cycle_id": "H1", "kind": "half", "end": "2024-06-30", "parent_cycle_id": "2024"},
        {"cycle_id": "Q1", "parent_cycle_id": "H1"},
        {"cycle_id": "Q2", "start": "2024-04-01", "end": "2024-06-30", "parent_cycle_id": "H1"},
        {"cycle_id": "H2", "kind": "half", "start": "2024-07-01", "end": "2024-12-31", "parent_cycle_id": "2024"},
    ]
    rows = [
        *actual_rows({"A": 1}, cycle_id="Q1"),
        *actual_rows({"A": 2}, cycle_id="Q2", period="2024-05-01"),
        *actual_rows({"A": 3}, cycle_id="H2"),
    ]
    tables = make_data(cycles=cycles, actuals=rows).tables
    assert cycles_measured(tables, "2024") == ["Q1", "Q2", "H2"]
    assert cycles_measured(tables, "H1") == ["Q1", "Q2"]
    # A row for a whole part stands at its beginning, so that the last one is the last in time.
    periods = actuals_of(tables, "2024")["period"].dt.strftime("%Y-%m-%d").tolist()
    assert periods == ["2024-01-01", "2024-05-01", "2024-07-01"]
    assert actuals_of(tables, "H2")["period"].isna().all()


def test_a_cycle_without_actuals_or_parts_is_not_measured():
    assert cycles_measured(make_data(cycles=CYCLES, check=False).tables, OTHER) == []
