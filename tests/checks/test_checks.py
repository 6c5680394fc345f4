"""Bad input is a finding that says what, where and how to mend it; never a traceback, never a number."""

from __future__ import annotations

import pytest

import kpianalysis as kpi
from kpianalysis.findings import has_errors
from tests.builders import actual_rows, make_source

BROKEN = {
    "missing table": ({"actuals": None}, "actuals", "missing"),
    "text where a number belongs": ({"actuals": [{"subject_id": "A", "value": "95%"}]}, "actuals", "'95%'"),
    "thousands separator": ({"actuals": [{"subject_id": "A", "value": "1,234"}]}, "actuals", "not a number"),
    "infinite": ({"actuals": [{"subject_id": "A", "value": "inf"}]}, "actuals", "not a number"),
    "no value and no reason": ({"actuals": [{"subject_id": "A"}]}, "actuals", "neither a value nor a reason"),
    "unknown subject": ({"actuals": actual_rows({"Z": 1})}, "actuals", "'Z'"),
    "unknown indicator": ({"actuals": actual_rows({"A": 1}, "X")}, "actuals", "'X'"),
    "unknown dimension": ({"indicators": [{"dimension_id": "Q"}]}, "indicators", "'Q'"),
    "unknown role": ({"plan": [{"role_id": "boss", "target": 1}]}, "plan", "'boss'"),
    "duplicate key": ({"actuals": [*actual_rows({"A": 1}), *actual_rows({"A": 2})]}, "actuals", "same key"),
    "negative weight": ({"indicators": [{"weight": -1}]}, "indicators", "too small"),
    "all weights zero": ({"indicators": [{"weight": 0}]}, "indicators", "zero"),
    "target missing": ({"plan": [{"threshold": 1}]}, "plan", "no target"),
    "wrong order, higher": (
        {"indicators": [{"method": "anchors"}], "plan": [{"threshold": 9, "target": 5}]}, "plan", "wrong order",
    ),
    "wrong order, lower": (
        {"indicators": [{"method": "anchors", "direction": "lower"}], "plan": [{"threshold": 1, "target": 5}]},
        "plan", "wrong order",
    ),
    "a baseline better than its target": (
        {"indicators": [{"method": "baseline"}], "plan": [{"baseline": 9, "target": 5}]}, "plan", "wrong order",
    ),
    "unknown direction": ({"indicators": [{"direction": "down"}]}, "indicators", "'down'"),
    "direction does not fit": ({"indicators": [{"method": "deviation"}]}, "indicators", "does not go with"),
    "overlap": (
        {"cycles": [{}, {"cycle_id": "X", "start": "2024-02-01", "end": "2024-05-01"}]}, "cycles", "overlaps",
    ),
    "end before start": ({"cycles": [{"start": "2024-03-01", "end": "2024-01-01"}]}, "cycles", "ends before"),
    "own parent": ({"cycles": [{"parent_cycle_id": "2024Q1"}]}, "cycles", "leads back"),
    "period outside": ({"actuals": [{"subject_id": "A", "value": 1, "period": "2025-01-01"}]}, "actuals", "outside"),
    "bad date": ({"cycles": [{"start": "1.1.2024"}]}, "cycles", "not a date"),
    "bad id": ({"subjects": [{"subject_id": "a b", "name": "x"}]}, "subjects", "not an id"),
    "id of dots": ({"subjects": [{"subject_id": "..", "name": "x"}]}, "subjects", "not an id"),
    "no points": ({"indicators": [{"method": "scale"}]}, "indicators", "scales"),
    "half a ratio": ({"actuals": [{"subject_id": "A", "numerator": 1, "missing_reason": "x"}]}, "actuals", "both"),
    "veto that is not binary": ({"indicators": [{"kind": "veto"}]}, "indicators", "either met or not"),
    "two grades at one score": (
        {"grades": [{"grade": "A", "min_score": 1}, {"grade": "B", "min_score": 1}]}, "grades", "same total",
    ),
    "whole and parts": (
        {"actuals": [{"subject_id": "A", "value": 1}, {"subject_id": "A", "value": 1, "period": "2024-01-01"}]},
        "actuals", "would count twice",
    ),
    "braces in a name are text": ({"subjects": [{"subject_id": "{x}", "name": "{y}"}]}, "subjects", "'{x}'"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_broken_source(tmp_path, case):
    tables, table, says = BROKEN[case]
    findings = kpi.check(make_source(tmp_path, **tables))
    assert has_errors(findings)
    mine = [f for f in findings if f.table == table and f.severity == "error"]
    assert any(says in f"{f.message()} {f.remedy()}" and f.remedy() for f in mine), [f.message() for f in findings]
    with pytest.raises(kpi.KpiError):
        kpi.load(tmp_path)


def test_a_sound_source_has_nothing_to_say(tmp_path):
    assert kpi.check(make_source(tmp_path)) == ()


def test_all_problems_come_at_once_with_their_rows(tmp_path):
    actuals = [{"subject_id": "A", "value": "x"}, {"subject_id": "Q", "value": 1}, {"subject_id": "B"}]
    findings = kpi.check(make_source(tmp_path, actuals=actuals, indicators=[{"direction": "up"}]))
    where = {(f.table, f.column, f.row) for f in findings}
    expected = {("actuals", "value", "2"), ("actuals", "subject_id", "3"), ("indicators", "direction", "2")}
    assert expected <= where


def test_leading_zeros_and_na_stay_text(tmp_path):
    subjects = [{"subject_id": "007", "name": "NA"}]
    data = kpi.load(make_source(tmp_path, subjects=subjects, actuals=actual_rows({"007": 1})))
    assert data.tables["subjects"][["subject_id", "name"]].to_numpy().tolist() == [["007", "NA"]]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        ("grade,min_score\n优,1\n".encode("gbk"), "UTF-8"),
        (b"grade,min_score,grade\nA,1,B\n", "more than once"),
        (b"grade,min_score\nA\n", "fewer or more cells"),
        (b"grade,min_score\nA,1,2,3\n", "fewer or more cells"),
        (b"grade\nA\n", "min_score is missing"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path, content, says):
    (make_source(tmp_path) / "grades.csv").write_bytes(content)
    assert any(says in finding.message() for finding in kpi.check(tmp_path) if finding.severity == "error")


def test_damaged_parquet_and_two_kinds_of_one_table(tmp_path):
    make_source(tmp_path, grades=[{"grade": "A", "min_score": 1}])
    (tmp_path / "published.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "grades.parquet").write_bytes(b"PAR1 no")
    says = [finding.message() for finding in kpi.check(tmp_path)]
    assert any("both grades.csv and grades.parquet" in text for text in says)
    assert any("published.parquet is not a Parquet file" in text for text in says)


@pytest.mark.parametrize("name", ["nowhere", "file.txt"])
def test_a_source_that_is_no_folder(tmp_path, name):
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(kpi.KpiError, match="Give a folder"):
        kpi.load(tmp_path / name)


def test_unknown_columns_files_and_blank_rows_are_noted_and_nothing_is_lost(tmp_path):
    make_source(tmp_path, subjects=[{"subject_id": s, "name": s, "shoe": 42} for s in "ABC"])
    (tmp_path / "extra.csv").write_text("a\n1\n")
    with (tmp_path / "actuals.csv").open("a") as file:
        file.write("," * (tmp_path / "actuals.csv").read_text().splitlines()[0].count(",") + "\n")
    notes = [finding.message() for finding in kpi.load(tmp_path).notes]
    assert any("shoe" in text for text in notes)
    assert any("extra.csv" in text for text in notes)
    assert any("blank rows" in text for text in notes)


def test_an_unknown_cycle_names_the_known_ones(tmp_path):
    with pytest.raises(kpi.KpiError, match="2024Q1"):
        kpi.load(make_source(tmp_path), "2031")
