"""Every column of every table by itself: what is required, ids, choices, smallest values, and each table's key."""

from __future__ import annotations

import pandas as pd
import pytest

from kpianalysis.cells import type_table
from kpianalysis.checks import check_columns, check_keys
from kpianalysis.findings import Finding
from kpianalysis.schema import TABLES, Column, Table

COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
# A cell that any column of the kind takes.
SOUND = {"id": "x", "text": "x", "number": "1", "count": "1", "date": "2024-01-01"}


def every_column(chosen: list[tuple[Table, Column]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("table", "column"), chosen, ids=[f"{table.name}.{column.name}" for table, column in chosen]
    )


def tables_with(table: Table, *changes: dict[str, str]) -> dict[str, pd.DataFrame]:
    """One table of sound rows, one for each dict of changes."""
    sound = {column.name: column.choices[0] if column.choices else SOUND[column.kind] for column in table.columns}
    raw = pd.DataFrame([{**sound, **change} for change in changes], dtype="str")
    typed, findings = type_table(raw.set_axis(pd.RangeIndex(2, len(raw) + 2)), table)
    assert findings == []
    return {table.name: typed}


def said(findings: list[Finding]) -> list[tuple[str, str, str]]:
    """Column, row and sentence of each finding."""
    return [(finding.column, finding.row, finding.message()) for finding in findings]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_sound_row_passes(table):
    tables = tables_with(table, {})
    assert [*check_columns(tables), *check_keys(tables)] == []


@every_column([pair for pair in COLUMNS if pair[1].required])
def test_a_required_cell_may_not_be_blank(table, column):
    (finding,) = check_columns(tables_with(table, {}, {column.name: " "}))
    assert said([finding]) == [(column.name, "3", "A value is required here.")]
    assert finding.remedy() == f"Fill in: {column.meaning}."


@every_column([pair for pair in COLUMNS if not pair[1].required])
def test_every_other_cell_may_be_blank(table, column):
    assert check_columns(tables_with(table, {}, {column.name: ""})) == []


@every_column([pair for pair in COLUMNS if pair[1].kind == "id"])
def test_an_id_is_made_of_few_signs(table, column):
    (finding,) = check_columns(tables_with(table, {}, {column.name: "a b"}, {column.name: "../x"}))
    assert said([finding]) == [(column.name, "3, 4", "'a b', '../x' is not an id.")]


@pytest.mark.parametrize(
    "cell",
    [" A", "A ", "a/b", "a\\b", "A\n", "x" * 65, ".", "..", "...", "张", "<b>", "{0}", "[red]", "a,b", "a:b", "é"],
)
def test_what_could_not_be_a_file_name_is_no_id(cell):
    (finding,) = check_columns(tables_with(TABLES["subjects"], {"unit_id": cell}))
    assert finding.message() == f"{cell!r} is not an id."


@pytest.mark.parametrize("cell", ["007", "x" * 64, "-", "_", "a..b", ".hidden", "A.b-c_9"])
def test_ids_keep_leading_zeros_and_dots_between(cell):
    assert check_columns(tables_with(TABLES["subjects"], {"subject_id": cell})) == []


@every_column([pair for pair in COLUMNS if pair[1].choices])
def test_a_choice_is_one_of_those_named(table, column):
    cell = column.choices[0].upper()
    (finding,) = check_columns(tables_with(table, {}, {column.name: cell}))
    assert said([finding]) == [(column.name, "3", f"{cell!r} is not one of the choices.")]
    assert finding.remedy() == f"Use one of: {', '.join(column.choices)}."


@every_column([pair for pair in COLUMNS if pair[1].minimum is not None])
def test_a_number_below_the_smallest_is_refused(table, column):
    (finding,) = check_columns(tables_with(table, {}, {column.name: "-1"}))
    assert said([finding]) == [(column.name, "3", "'-1' is too small.")]
    assert finding.remedy() == f"Use {column.minimum:g} or more."


def test_all_failures_of_all_columns_come_at_once():
    broken = {"cycle_id": "", "dimension_id": "a b", "name": "", "weight": "-0.5", "min_indicators": "0"}
    found = check_columns(tables_with(TABLES["dimensions"], broken))
    assert {column for column, _, _ in said(found)} == set(broken) - {"cycle_id"}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_two_rows_of_one_key_are_both_named(table):
    (finding,) = check_keys(tables_with(table, {table.key[0]: "other"}, {}, {}))
    assert (finding.severity, finding.row, finding.column) == ("error", "3, 4", ", ".join(table.key))
    assert all(f"{name}=" in finding.message() for name in table.key)


def test_blank_parts_of_a_key_are_the_same_blank():
    everybody = {"cycle_id": "", "subject_id": "", "role_id": ""}
    (finding,) = check_keys(tables_with(TABLES["plan"], everybody, everybody))
    assert finding.message() == "These rows have the same key, the first of them indicator_id=x."


def test_a_row_without_a_required_part_of_its_key_is_named_for_that_alone():
    assert check_keys(tables_with(TABLES["actuals"], {"subject_id": ""}, {"subject_id": ""})) == []


def test_rows_that_differ_in_one_part_of_their_key_are_different():
    table = TABLES["actuals"]
    other = [{name: "2025-01-01" if name == "period" else "other"} for name in table.key]
    assert check_keys(tables_with(table, {}, *other)) == []
