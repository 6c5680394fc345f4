"""Ids that point to nothing are named, in every column that points somewhere; nobody is blamed twice."""

from __future__ import annotations

import pytest

from kpianalysis.checks import check_references
from kpianalysis.schema import TABLES
from tests.builders import CYCLE, make_data

POINTERS = [(table.name, column) for table in TABLES.values() for column in table.columns if column.refers_to]
# A sound row of each table.
ROWS = {
    "cycles": {},
    "subjects": {"subject_id": "A"},
    "dimensions": {},
    "indicators": {},
    "plan": {"target": 1},
    "scales": {"value": 1, "score": 1},
    "actuals": {"subject_id": "A", "value": 1},
    "published": {"subject_id": "A", "score": 1},
}


def references(**tables):
    """Column, row and sentence of each finding."""
    found = check_references(make_data(check=False, **tables).tables)
    assert {finding.severity for finding in found} <= {"error"}
    return [(finding.table, finding.column, finding.row, finding.message()) for finding in found]


@pytest.mark.parametrize(("table", "column"), POINTERS, ids=[f"{table}.{column.name}" for table, column in POINTERS])
def test_an_unknown_id_is_named_wherever_it_stands(table, column):
    # A key that is unknown once is unknown in its own row, so the sound row comes first.
    found = references(**{table: [ROWS[table], {**ROWS[table], column.name: "nowhere"}]})
    assert (table, column.name, "3", f"'nowhere' is not in the table {column.refers_to}.") in found


def test_the_smallest_source_points_nowhere_wrong():
    assert references(**{table: [row] for table, row in ROWS.items() if table != "subjects"}) == []


def test_of_many_unknown_ids_five_are_named_in_order():
    actuals = [{"subject_id": f"S{n}", "value": 1} for n in range(7)]
    assert references(actuals=actuals) == [
        (
            "actuals",
            "subject_id",
            "2, 3, 4, 5, 6, 7, 8",
            "'S0', 'S1', 'S2', 'S3', 'S4' and 2 more is not in the table subjects.",
        )
    ]


def test_ids_differ_by_capitals_and_leading_zeros():
    subjects, actuals = (
        [{"subject_id": "a"}, {"subject_id": "7"}],
        [{"subject_id": "A", "value": 1}, {"subject_id": "07", "value": 1}],
    )
    assert references(subjects=subjects, actuals=actuals)[0][3] == "'07', 'A' is not in the table subjects."


@pytest.mark.parametrize("missing", ["subjects", "dimensions", "indicators"])
def test_nobody_is_blamed_for_a_table_that_is_not_there(missing):
    published = [{"subject_id": "A", "level": "dimension", "item_id": "D", "score": 1}]
    assert references(**{missing: None, "published": published, "plan": [{"role_id": "", "target": 1}]}) == []


def test_a_role_that_nobody_has_is_named_even_if_nobody_has_any():
    assert references(plan=[{"role_id": "boss", "target": 1}]) == [
        ("plan", "role_id", "2", "'boss' is not in the table subjects.")
    ]


@pytest.mark.parametrize("level", ["dimension", "indicator"])
def test_a_published_score_says_of_what(level):
    rows = [
        {"subject_id": subject, "level": level, "item_id": item, "score": 1}
        for subject, item in [("A", "X"), ("B", "")]
    ]
    assert references(published=rows) == [
        ("published", "item_id", "2", f"'X' is not in the table {level}s."),
        ("published", "item_id", "3", "A score of a dimension or indicator must say which."),
    ]


def test_a_dimension_of_another_cycle_is_not_in_force():
    cycles = [{}, {"cycle_id": "Q2", "start": "2024-04-01", "end": "2024-06-30"}]
    assert references(cycles=cycles, dimensions=[{"cycle_id": "Q2"}], indicators=[{"cycle_id": CYCLE}]) == [
        ("indicators", "dimension_id", "2", f"D is not in force in the cycle {CYCLE}.")
    ]
