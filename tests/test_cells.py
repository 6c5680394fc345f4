"""From cells to typed columns: a cell either means what it says or is named; nothing is guessed, nothing is lost."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpianalysis.cells import type_table, unreadable_rows
from kpianalysis.findings import Finding
from kpianalysis.schema import TABLES

KEY = {"cycle_id": "Q1", "subject_id": "A", "indicator_id": "I"}


def cells(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows as reading gives them: text, the first one in row 2."""
    return pd.DataFrame(rows, index=pd.RangeIndex(2, len(rows) + 2), dtype="str").fillna("")


def type_column(table: str, column: str, values: list[str]) -> tuple[list[object], list[Finding]]:
    """Type one column; the rest of the table is not looked at."""
    frame, findings = type_table(cells([{**KEY, column: value} for value in values]), TABLES[table])
    return frame[column].tolist(), [finding for finding in findings if finding.column == column]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("5", 5), ("+5", 5), ("-0.5", -0.5), (".5", 0.5), ("5.", 5), ("1e5", 1e5), ("1E-3", 0.001), ("  7\t", 7),
        ("007", 7), ("12345678901234567890123456789", 1.2345678901234568e28),
    ],
)  # fmt: skip
def test_a_number_is_read(cell, number):
    assert type_column("actuals", "value", [cell]) == ([number], [])


@pytest.mark.parametrize(
    "cell",
    [
        "1,234", "95%", "n/a", "NA", "nan", "None", "inf", "-inf", "1e400", "0x10", "1_000", "１２", "−5", "TRUE",
        "1+2j", "1 000", "1.2.3", "￥5", "'5", "=1+1", "#DIV/0!", "-", "{x}", "[red]",
    ],
)  # fmt: skip
def test_what_is_no_number_is_named_with_its_row_and_blank_from_then_on(cell):
    values, (finding,) = type_column("actuals", "value", ["1", cell, "2"])
    assert np.array_equal(values, [1.0, math.nan, 2.0], equal_nan=True)
    assert finding.message() == f"{cell!r} is not a number."
    assert (finding.severity, finding.table, finding.row) == ("error", "actuals", "3")
    assert "digits with a point" in finding.remedy()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6), min_size=1, max_size=8))
def test_any_text_is_blank_or_the_number_it_says_or_named(texts):
    values, findings = type_column("actuals", "value", texts)
    named = {int(row) for finding in findings for row in finding.row.split(", ")}
    for row, (text, value) in enumerate(zip(texts, values, strict=True), start=2):
        if math.isnan(value):
            assert (row in named) == bool(text.strip())
        else:
            assert value == float(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_a_number_written_in_full_comes_back_as_the_same_number(numbers):
    assert type_column("actuals", "value", [repr(number) for number in numbers]) == (numbers, [])


@pytest.mark.parametrize(
    "cell",
    ["2024-02-30", "2024/01/01", "01.01.2024", "20240101", "2024-01-01T00:00:00", "2024", "45292", "soon", "{0}"],
)
def test_what_is_no_day_is_named(cell):
    values, (finding,) = type_column("actuals", "period", ["2024-01-01", cell])
    assert values[0] == pd.Timestamp("2024-01-01")
    assert values[1] is pd.NaT
    assert finding.message() == f"{cell!r} is not a date."
    assert (finding.row, finding.remedy()) == ("3", "Write dates as 2024-03-31.")


@pytest.mark.parametrize("cell", ["0001-01-01", "9999-12-31", " 2024-02-29 "])
def test_days_far_away_are_days(cell):
    values, findings = type_column("actuals", "period", [cell])
    assert (values[0].strftime("%Y-%m-%d").zfill(10), findings) == (cell.strip(), [])


@pytest.mark.parametrize(("cell", "says"), [("1.5", "not a whole number"), ("few", "not a number"), ("2", "")])
def test_a_count_is_a_whole_number(cell, says):
    _, findings = type_column("dimensions", "min_indicators", [cell])
    assert says in "".join(finding.message() for finding in findings)
    assert bool(findings) == bool(says)


def test_text_loses_its_outer_spaces_and_an_id_keeps_them_to_be_seen():
    assert type_column("subjects", "name", [" Ann "]) == (["Ann"], [])
    assert type_column("subjects", "subject_id", [" A", "007"]) == ([" A", "007"], [])


@pytest.mark.parametrize("cell", ["NA", "null", "nan", "None", "0"])
def test_words_that_other_programs_take_for_blank_stay_text(cell):
    assert type_column("subjects", "name", [cell]) == ([cell], [])


def test_a_cell_of_spaces_is_blank():
    for column, table in (
        ("name", "subjects"),
        ("value", "actuals"),
        ("period", "actuals"),
        ("missing_reason", "actuals"),
    ):
        values, findings = type_column(table, column, [" \t"])
        assert pd.isna(values[0])
        assert findings == []


def test_of_many_bad_cells_ten_rows_and_three_cells_are_named():
    _, (finding,) = type_column("actuals", "value", [f"{n}%" for n in range(13)])
    assert finding.row == "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more"
    assert finding.message() == "'0%', '1%', '2%' and 10 more is not a number."


def test_each_missing_column_is_named_and_each_unknown_one_is_noted():
    findings = type_table(cells([{"subject_id": "A", "shoe {size}": "42", "[red]": "1"}]), TABLES["subjects"])[1]
    assert [(finding.severity, finding.column, finding.message()) for finding in findings] == [
        ("error", "name", "The column name is missing: name shown in reports."),
        ("note", "", "These columns are not known and are ignored: 'shoe {size}', '[red]'."),
    ]
    assert "subject_id, name, unit_id, role_id, manager_id" in findings[0].remedy()


def test_absent_columns_are_there_and_blank_in_the_type_of_the_column():
    for table in TABLES.values():
        needed = {column.name: "1" for column in table.columns if column.required}
        frame, _ = type_table(cells([needed]), table)
        assert list(frame) == [column.name for column in table.columns]
        for column in table.columns:
            if column.name not in needed:
                assert frame[column.name].isna().all()
        kinds = {
            column.kind: frame[column.name].dtype.kind for column in table.columns if column.kind in ("number", "date")
        }
        assert kinds.items() <= {"number": "f", "date": "M"}.items()


def test_blank_rows_are_left_out_and_noted_and_the_others_keep_their_row():
    blank = {"subject_id": "", "name": " "}
    frame, (note,) = type_table(cells([blank, {"subject_id": "A", "name": "a"}, blank]), TABLES["subjects"])
    assert frame.index.tolist() == [3]
    assert (note.severity, note.row, note.message()) == ("note", "2, 4", "2 blank rows are left out.")


def test_ids_of_large_tables_are_categories():
    frame, _ = type_table(cells([{**KEY, "value": "1"}]), TABLES["actuals"])
    assert {frame[name].dtype.name for name in KEY} == {"category"}


def test_typing_changes_nothing_in_its_input():
    raw = cells([{**KEY, "value": " 95%", "missing_reason": " x "}])
    before = raw.copy(deep=True)
    type_table(raw, TABLES["actuals"])
    pd.testing.assert_frame_equal(raw, before)


def test_rows_with_a_cell_that_did_not_fit_are_found_again():
    rows = [{"value": "1"}, {"value": "x"}, {"value": ""}, {"value": "2", "period": "soon"}]
    raw = cells([{**KEY, **row} for row in rows])
    typed = type_table(raw, TABLES["actuals"])[0]
    assert unreadable_rows(raw, typed).tolist() == [3, 5]
    assert unreadable_rows(raw[["cycle_id"]], typed[["value"]]).tolist() == []
