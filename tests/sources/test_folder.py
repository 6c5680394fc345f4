"""A folder of files: text stays as it stands, and what cannot be read says which file, which row and how to mend it."""

from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpianalysis.cells import type_table
from kpianalysis.dataset import check
from kpianalysis.findings import Finding
from kpianalysis.schema import TABLES
from kpianalysis.sources import RawSource, read_source
from kpianalysis.sources.folder import sha256_of
from tests.builders import CYCLE, make_source

SUBJECTS = ["A", "B", "C"]
ACTUALS = {"cycle_id": [CYCLE] * 3, "subject_id": SUBJECTS, "indicator_id": ["I"] * 3, "value": [1.0, 2.0, 3.0]}


def read(folder: Path) -> RawSource:
    return read_source(folder, "some source")


def only_finding(folder: Path) -> Finding:
    """The one thing reading says."""
    (finding,) = read(folder).findings
    return finding


def errors(folder: Path) -> list[Finding]:
    return [finding for finding in check(folder) if finding.severity == "error"]


def typed(folder: Path, table: str) -> tuple[pd.DataFrame, list[Finding]]:
    """One table with its columns as they are checked, and what was said on the way."""
    raw = read(folder)
    assert raw.findings == ()
    return type_table(raw.tables[table].frame, TABLES[table])


def with_subjects(folder: Path, content: bytes | str) -> Path:
    content = content.encode() if isinstance(content, str) else content
    (make_source(folder) / "subjects.csv").write_bytes(content)
    return folder


def with_parquet(folder: Path, table: str, columns: dict[str, object] | pa.Table) -> Path:
    """A sound source in which one table is a Parquet file."""
    (make_source(folder) / f"{table}.csv").unlink()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), folder / f"{table}.parquet")
    return folder


# Text files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ("subject_id,name\nA,a\nB,李\n".encode("gbk"), "3"),
        ("subject_id,name\nA,a\n".encode("utf-16"), "1"),
        ("subject_id,name\nA,a\n".encode("utf-16-le"), "1"),
        (b"subject_id,name\nA,a\x00\n", "2"),
        (b"PK\x03\x04\x14\x00\x06\x00", "1"),
    ],
    ids=["GBK", "UTF-16", "UTF-16 without mark", "NUL", "a workbook"],
)
def test_another_encoding_names_the_file_and_its_first_row_that_cannot_be_read(tmp_path, content, row):
    finding = only_finding(with_subjects(tmp_path, content))
    assert finding.message() == "subjects.csv is not UTF-8 text."
    assert (finding.severity, finding.table, finding.row) == ("error", "subjects", row)
    assert "CSV UTF-8" in finding.remedy()


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_another_separator_is_one_finding_and_not_one_for_each_column(tmp_path, sign, name):
    text = f"subject_id{sign}name\nA{sign}1,5\n"
    (finding,) = errors(with_subjects(tmp_path, text))
    assert finding.message() == f"The cells of subjects.csv are separated by {name}."
    assert finding.row == "1"


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(tmp_path, content):
    assert only_finding(with_subjects(tmp_path, content)).message() == "subjects.csv is empty."


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("subject_id,name,unit_id\nA,a\nB,b,x\nC,c\n", "2, 4"),
        ("subject_id,name\nA,a\nB,b,x,y\nC,c,z\n", "3, 4"),
        ("subject_id,name\nA,a\nB,b,\n", "3"),
        ('subject_id,name\nA,"a\na",x\nB\n', "2, 3"),
        ('subject_id,name,unit_id\nA,"a,x\nB,b,x\n', "2"),
    ],
    ids=["short", "long", "long but blank", "rows are not lines", "open quotation mark"],
)
def test_rows_of_another_width_than_the_header_are_all_named(tmp_path, text, rows):
    finding = only_finding(with_subjects(tmp_path, text))
    assert finding.message() == "subjects.csv has rows with fewer or more cells than the header."
    assert finding.row == rows


def test_a_file_that_stops_within_quotation_marks_says_where_to_look(tmp_path):
    finding = only_finding(with_subjects(tmp_path, 'subject_id\n"A\n'))
    assert "EOF inside string" in finding.message()
    assert "quotation marks" in finding.remedy()


def test_a_column_named_twice_is_refused(tmp_path):
    finding = only_finding(with_subjects(tmp_path, "subject_id,name, name\nA,a,b\n"))
    assert finding.message() == "subjects.csv names these columns more than once: name."


def test_columns_without_a_name_are_unknown_columns(tmp_path):
    frame, (note,) = typed(with_subjects(tmp_path, "subject_id,name,,\nA,a,,\nB,b,,\nC,c,,\n"), "subjects")
    assert frame["name"].tolist() == ["a", "b", "c"]
    assert note.severity == "note"
    assert note.message() == "These columns are not known and are ignored: 'column 3', 'column 4'."


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_the_mark_of_utf8_change_nothing(tmp_path, end, mark):
    content = mark + "subject_id,name\nA,张\nB,b\nC,c\n".replace("\n", end).encode()
    frame = read(with_subjects(tmp_path, content)).tables["subjects"].frame
    assert frame.to_dict("list") == {"subject_id": SUBJECTS, "name": ["张", "b", "c"]}


def test_cells_stay_the_text_they_are(tmp_path):
    text = 'subject_id,name,unit_id\n007,NA,\n1.50, null ,"a ""b"", c"\n'
    frame = read(with_subjects(tmp_path, text)).tables["subjects"].frame
    assert frame.to_numpy().tolist() == [["007", "NA", ""], ["1.50", " null ", 'a "b", c']]


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path):
    text = 'subject_id,name\nA,"two\nlines"\n\nB,b\n'
    frame = read(with_subjects(tmp_path, text)).tables["subjects"].frame
    assert frame.index.tolist() == [2, 3, 4]
    assert frame.loc[4, "subject_id"] == "B"


# Parquet files ---------------------------------------------------------------------------------------------------


def test_a_damaged_parquet_file_is_named_without_the_place_where_it_lies(tmp_path):
    with_parquet(tmp_path, "subjects", {"subject_id": SUBJECTS, "name": SUBJECTS})
    file = tmp_path / "subjects.parquet"
    whole = file.read_bytes()
    for content in (b"", b"PAR1 no", whole[: len(whole) // 2], whole[:4] + b"\xff" * 40 + whole[44:]):
        file.write_bytes(content)
        finding = only_finding(tmp_path)
        assert finding.message() == "subjects.parquet is not a Parquet file, or a damaged one."
        assert str(tmp_path) not in finding.message() + finding.remedy()


def test_a_parquet_column_named_twice_is_refused(tmp_path):
    twice = pa.Table.from_arrays([pa.array(SUBJECTS)] * 3, names=["subject_id", "name", "name"])
    finding = only_finding(with_parquet(tmp_path, "subjects", twice))
    assert finding.message() == "subjects.parquet names these columns more than once: name."


@pytest.mark.parametrize(
    "ids",
    [
        pa.array(SUBJECTS),
        pa.array(SUBJECTS, pa.large_string()),
        pa.array(SUBJECTS, pa.string_view()),
        pa.array([b"A", b"B", b"C"]),
        pa.array(SUBJECTS).dictionary_encode(),
        pa.array([b"A", b"B", b"C"]).dictionary_encode(),
    ],
    ids=lambda ids: str(ids.type),
)
def test_every_way_parquet_keeps_text_gives_the_same_ids(tmp_path, ids):
    frame, findings = typed(with_parquet(tmp_path, "actuals", {**ACTUALS, "subject_id": ids}), "actuals")
    assert (frame["subject_id"].tolist(), findings) == (SUBJECTS, [])


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2, 3], pa.int8()),
        pa.array([1, 2, 3], pa.uint64()),
        pa.array([1, 2, 3], pa.float32()),
        pa.array([decimal.Decimal("1.00"), decimal.Decimal("2.00"), decimal.Decimal("3.00")]),
        pa.array(["1", "2.0", " 3 "]),
        pa.array([1.0, 2.0, 3.0]).dictionary_encode(),
    ],
    ids=lambda values: str(values.type),
)
def test_every_way_parquet_keeps_numbers_gives_the_same_numbers(tmp_path, values):
    frame, findings = typed(with_parquet(tmp_path, "actuals", {**ACTUALS, "value": values}), "actuals")
    assert (frame["value"].tolist(), findings) == ([1.0, 2.0, 3.0], [])


@pytest.mark.parametrize(
    "periods",
    [
        pa.array([dt.date(2024, 1, 1)] * 3),
        pa.array([dt.date(2024, 1, 1)] * 3, pa.date64()),
        pa.array([dt.datetime(2024, 1, 1)] * 3, pa.timestamp("ns")),
        pa.array(["2024-01-01"] * 3).dictionary_encode(),
    ],
    ids=lambda periods: str(periods.type),
)
def test_every_way_parquet_keeps_days_gives_the_same_days(tmp_path, periods):
    frame, findings = typed(with_parquet(tmp_path, "actuals", {**ACTUALS, "period": periods}), "actuals")
    assert (frame["period"] == pd.Timestamp("2024-01-01")).all()
    assert findings == []


@pytest.mark.parametrize(
    ("column", "cells", "says"),
    [
        ("value", pa.array([True, False, None]), "'True', 'False' is not a number"),
        ("value", pa.array([[1.0], [2.0], []]), "is not a number"),
        ("value", pa.array([{"a": 1}] * 3), "is not a number"),
        ("value", pa.array([dt.timedelta(1)] * 3), "is not a number"),
        ("value", pa.array([dt.datetime(2024, 1, 1)] * 3), "is not a number"),
        ("value", pa.array([1.0, float("inf"), 2.0]), "'inf' is not a number"),
        ("period", pa.array([dt.datetime(2024, 1, 1, 12)] * 3), "'2024-01-01 12:00:00' is not a date"),
        ("period", pa.array([dt.datetime(2024, 1, 1)] * 3, pa.timestamp("us", tz="UTC")), "is not a date"),
        ("period", pa.array([dt.time(1)] * 3), "is not a date"),
        ("period", pa.array([20240101] * 3), "'20240101' is not a date"),
        ("subject_id", pa.array([1, 2, 3]), "Text is stored as numbers ('1', '2', '3')"),
        ("subject_id", pa.array([1.0, 2.0, None]), "Text is stored as numbers ('1.0', '2.0')"),
    ],
    ids=lambda case: str(case.type) if isinstance(case, pa.Array) else None,
)
def test_parquet_types_that_do_not_fit_are_findings(tmp_path, column, cells, says):
    _, (finding,) = typed(with_parquet(tmp_path, "actuals", {**ACTUALS, column: cells}), "actuals")
    assert (finding.severity, finding.column) == ("error", column)
    assert says in finding.message()


def test_a_column_that_was_the_index_of_a_table_is_found(tmp_path):
    (make_source(tmp_path) / "subjects.csv").unlink()
    pd.DataFrame({"subject_id": SUBJECTS, "name": SUBJECTS}).set_index("subject_id").to_parquet(
        tmp_path / "subjects.parquet"
    )
    assert typed(tmp_path, "subjects")[0]["subject_id"].tolist() == SUBJECTS


def test_text_of_a_large_table_stays_encoded(tmp_path):
    frame = read(with_parquet(tmp_path, "actuals", ACTUALS)).tables["actuals"].frame
    assert isinstance(frame["subject_id"].dtype, pd.CategoricalDtype)


# The folder ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says"),
    [("nowhere", "There is no some source."), ("subjects.csv", "some source is not a folder.")],
)
def test_a_path_that_is_no_folder_says_so(tmp_path, name, says):
    raw = read_source(make_source(tmp_path) / name, "some source")
    assert raw.tables == {}
    assert [finding.message() for finding in raw.findings] == [says]
    assert "Give a folder" in raw.findings[0].remedy()


def test_both_kinds_of_one_table_are_refused(tmp_path):
    with_parquet(tmp_path, "subjects", {"subject_id": SUBJECTS, "name": SUBJECTS})
    (tmp_path / "subjects.csv").write_text("subject_id,name\n")
    assert only_finding(tmp_path).message() == "There is both subjects.csv and subjects.parquet."


def test_files_that_are_no_table_are_noted(tmp_path):
    make_source(tmp_path)
    for name in ("targets.csv", "Actuals.parquet", "notes.txt"):
        (tmp_path / name).write_text("x")
    note = only_finding(tmp_path)
    assert note.severity == "note"
    assert note.message() == "These files bear the name of no table and are ignored: Actuals.parquet, targets.csv."


def test_a_folder_that_bears_the_name_of_a_file_is_no_file(tmp_path):
    (make_source(tmp_path) / "subjects.csv").unlink()
    (tmp_path / "subjects.csv").mkdir()
    assert [finding.message() for finding in errors(tmp_path)] == [
        "The table subjects is missing: persons or units that receive a score."
    ]


def test_a_file_that_the_machine_refuses_says_why(tmp_path, monkeypatch):
    make_source(tmp_path)
    as_it_is = Path.read_bytes

    def refuse(file: Path) -> bytes:
        if file.name == "subjects.csv":
            raise PermissionError(13, "Permission denied", str(file))
        return as_it_is(file)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert only_finding(tmp_path).message() == "subjects.csv cannot be read: Permission denied."


def test_each_file_is_fingerprinted(tmp_path):
    raw = read(make_source(tmp_path))
    assert raw.files == {f"{name}.csv": sha256_of(tmp_path / f"{name}.csv") for name in raw.tables}
    assert list(raw.tables) == [name for name in TABLES if name in raw.tables]


@pytest.mark.parametrize(
    ("content", "notice"),
    [("", ""), ("\n\n", ""), ("Synthetic data\n", "Synthetic data"), ("\ufeff\n  合成数据 \r\nmore\n", "合成数据")],
)
def test_the_notice_is_the_first_line_with_text(tmp_path, content, notice):
    (make_source(tmp_path) / "NOTICE.txt").write_text(content, encoding="utf-8")
    assert read(tmp_path).notice == notice


def test_a_notice_that_cannot_be_read_is_refused(tmp_path):
    (make_source(tmp_path) / "NOTICE.txt").write_bytes("合成数据".encode("gbk"))
    finding = only_finding(tmp_path)
    assert (finding.severity, finding.message()) == ("error", "NOTICE.txt is not UTF-8 text.")
