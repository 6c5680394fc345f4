"""A source becomes a dataset, or every problem of it at once."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import pytest

from kpianalysis.dataset import Dataset, check, load
from kpianalysis.errors import SourceError
from kpianalysis.findings import Finding, has_errors
from kpianalysis.schema import TABLES
from tests.builders import CYCLE, actual_rows, make_data, make_source

YEAR = {"cycle_id": "2024", "kind": "year", "start": "2024-01-01", "end": "2024-12-31"}
QUARTERS = [
    {"parent_cycle_id": "2024"},
    {
        "cycle_id": "2024Q2",
        "start": "2024-04-01",
        "end": "2024-06-30",
        "parent_cycle_id": "2024",
        "previous_cycle_id": CYCLE,
    },
]


def sentences(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    """Table, row and sentence of each error."""
    return [(found.table, found.row, found.message()) for found in findings if found.severity == "error"]


@pytest.fixture(scope="module")
def two_quarters(tmp_path_factory):
    """A year of which two quarters exist; only the first has actuals."""
    folder = tmp_path_factory.mktemp("quarters")
    return make_source(folder, cycles=[YEAR, *QUARTERS], subjects=[{"subject_id": "A", "name": "a", "shoe": 42}],
                       actuals=actual_rows({"A": 80}))  # fmt: skip


def test_a_dataset_holds_every_table_of_the_schema(two_quarters):
    data = load(two_quarters, CYCLE)
    assert list(data.tables) == list(TABLES)
    assert {name for name, table in data.tables.items() if len(table)} == {
        "cycles", "subjects", "dimensions", "indicators", "plan", "actuals",
    }  # fmt: skip
    assert set(data.files) == {f"{name}.csv" for name, table in data.tables.items() if len(table)}


def test_a_dataset_cannot_be_changed(two_quarters):
    data = load(two_quarters, CYCLE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.cycle = "2024"
    assert isinstance(data.tables, MappingProxyType)


def test_what_is_noticed_goes_with_the_dataset(two_quarters):
    data = load(two_quarters, CYCLE)
    assert data.findings[["severity", "table", "message"]].to_numpy().tolist() == [
        ["note", "subjects", "These columns are not known and are ignored: 'shoe'."]
    ]


def test_without_a_cycle_the_last_one_measured_is_taken(two_quarters):
    # The year ends last and is measured through its quarter.
    assert load(two_quarters).cycle == "2024"


def test_a_cycle_without_actuals_and_one_that_is_not_there_name_those_that_are(two_quarters):
    for cycle, says in (("2024Q2", "The cycle '2024Q2' has no actuals."), ("{x}", "There is no cycle '{x}'.")):
        with pytest.raises(SourceError) as error:
            load(two_quarters, cycle)
        (finding,) = [found for found in error.value.findings if found.severity == "error"]
        assert finding.message() == says
        assert finding.remedy() == f"The cycles with actuals are: {CYCLE}, 2024."


@pytest.mark.parametrize(("measured", "previous"), [([CYCLE, "2024Q2"], CYCLE), (["2024Q2"], "")])
def test_the_cycle_to_compare_with_is_one_with_actuals(measured, previous):
    actuals = [row for cycle in measured for row in actual_rows({"A": 1}, cycle_id=cycle)]
    assert make_data("2024Q2", cycles=[YEAR, *QUARTERS], actuals=actuals).previous_cycle == previous


def test_the_first_cycle_and_an_unknown_one_have_nothing_to_compare_with():
    data = make_data(cycles=[YEAR, *QUARTERS])
    assert data.previous_cycle == ""
    assert Dataset("x", "nowhere", data.tables).previous_cycle == ""


def test_every_problem_of_every_table_comes_at_once(tmp_path):
    make_source(
        tmp_path,
        cycles=[{"end": "soon"}, {"cycle_id": "X", "kind": "decade", "start": "2025-01-01", "end": "2024-01-01"}],
        subjects=[{"subject_id": "A", "name": ""}, {"subject_id": "a b", "name": "{x}"}],
        dimensions=[{"weight": -1}],
        indicators=[{"direction": "up", "method": "linear", "weight": "1,5"}],
        plan=[{"subject_id": "Z", "target": "95%"}, {"role_id": "boss", "target": 1}],
        actuals=[{"subject_id": "A", "value": "n/a"}, {"subject_id": "A", "period": "2024-01-01"}],
        grades=[{"grade": "优", "min_score": "inf"}],
    )
    (tmp_path / "scales.csv").write_bytes("indicator_id,value,score\n优,1,2\n".encode("gbk"))
    assert set(sentences(check(tmp_path))) == {
        ("cycles", "2", "'soon' is not a date."),
        ("cycles", "3", "'decade' is not one of the choices."),
        ("cycles", "3", "The cycle ends before it starts."),
        ("subjects", "2", "A value is required here."),
        ("subjects", "3", "'a b' is not an id."),
        ("dimensions", "2", "'-1' is too small."),
        ("indicators", "2", "'1,5' is not a number."),
        ("indicators", "2", "'up' is not one of the choices."),
        ("indicators", "2", "'linear' is not one of the choices."),
        ("plan", "2", "'95%' is not a number."),
        ("plan", "2", "'Z' is not in the table subjects."),
        ("plan", "3", "'boss' is not in the table subjects."),
        ("scales", "2", "scales.csv is not UTF-8 text."),
        ("actuals", "2", "'n/a' is not a number."),
        ("actuals", "3", "There is neither a value nor a reason why there is none."),
        ("actuals", "2, 3", "There is a row for the whole cycle and rows for periods."),
        ("grades", "2", "'优' is not an id."),
        ("grades", "2", "'inf' is not a number."),
    }
    with pytest.raises(SourceError) as error:
        load(tmp_path)
    assert error.value.findings == check(tmp_path)


@pytest.mark.parametrize("table", [name for name, table in TABLES.items() if table.required])
def test_a_table_that_is_missing_or_empty_is_the_only_problem(tmp_path, table):
    file = make_source(tmp_path) / f"{table}.csv"
    file.write_text(file.read_text().splitlines()[0] + "\n")
    assert sentences(check(tmp_path)) == [(table, "", f"The table {table} has no rows.")]
    file.unlink()
    (problem,) = sentences(check(tmp_path))
    assert problem[2].startswith(f"The table {table} is missing: ")


def test_a_missing_table_hides_no_problem_of_another(tmp_path):
    make_source(tmp_path, subjects=None, actuals=[{"subject_id": "A", "value": "x"}, {"subject_id": "B"}])
    assert [row for table, row, _ in sentences(check(tmp_path)) if table == "actuals"] == ["2", "3"]


@pytest.mark.parametrize("table", [name for name, table in TABLES.items() if not table.required])
def test_other_tables_may_be_missing_or_empty(tmp_path, table):
    file = make_source(tmp_path, indicators=[{"method": "given"}], plan=None) / f"{table}.csv"
    file.write_text(",".join(column.name for column in TABLES[table].columns) + "\n")
    assert check(tmp_path) == ()


def test_a_missing_key_column_is_no_chain_of_unknown_ids(tmp_path):
    file = make_source(tmp_path) / "subjects.csv"
    file.write_text(file.read_text().replace("subject_id", "Subject"))
    assert sentences(check(tmp_path)) == [("subjects", "1", "The column subject_id is missing: person or unit.")]


def test_an_unreadable_cell_hides_no_problem_of_its_column(tmp_path):
    actuals = [
        {"subject_id": "A", "value": "95%", "period": "1.1.2024"},
        {"subject_id": "A", "value": "1", "period": "1.2.2024"},
        {"subject_id": "B"},
        {"subject_id": "C", "value": 1},
        {"subject_id": "C", "value": 2},
    ]
    key = f"cycle_id={CYCLE}, subject_id=C, indicator_id=I"
    assert sentences(check(make_source(tmp_path, actuals=actuals))) == [
        ("actuals", "2, 3", "'1.1.2024', '1.2.2024' is not a date."),
        ("actuals", "2", "'95%' is not a number."),
        ("actuals", "5, 6", f"These rows have the same key, the first of them {key}."),
        ("actuals", "4", "There is neither a value nor a reason why there is none."),
    ]  # fmt: skip


def test_an_unreadable_target_is_no_missing_target(tmp_path):
    findings = check(make_source(tmp_path, plan=[{"target": "100 %"}]))
    assert sentences(findings) == [("plan", "2", "'100 %' is not a number.")]


def test_the_error_is_its_findings_in_words_errors_first(tmp_path):
    make_source(
        tmp_path, subjects=[{"subject_id": "A", "name": "a", "shoe": 1}], actuals=[{"subject_id": "A", "value": "[x]"}]
    )
    with pytest.raises(SourceError) as error:
        load(tmp_path)
    first, second = str(error.value).splitlines()
    assert first.startswith(
        f"{tmp_path.as_posix()}: error: actuals, row 2, column value: '[x]' is not a number. Write "
    )
    assert ": note: subjects, row 1: " in second
    # What a notebook shows: the message alone.
    assert error.value._render_traceback_() == [f"SourceError: {error.value}"]


def test_a_source_is_named_as_it_was_given_and_found_from_the_project(tmp_path, monkeypatch):
    make_source(tmp_path / "data")
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert load("data").source == "data"
    assert not has_errors(check("data"))
