"""The command as a user meets it: bad input is a table or a sentence and exit code 1, never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from kpianalysis.cli import app
from tests.builders import CYCLE, ROOT, actual_rows, make_source
from tests.projects import PARAMS_FILE, files_below, make_project, write_params

HOSTILE = "[red]{0}[/red] <script> \\ {"
BROKEN_TABLES = {
    "cells that are no numbers": {
        "actuals": [{"subject_id": "A", "value": "95%"}, {"subject_id": "B", "value": "1,234"}]
    },
    "nothing measured": {"actuals": []},
    "braces and brackets everywhere": {
        "subjects": [{"subject_id": HOSTILE, "name": HOSTILE, "unit_id": HOSTILE, HOSTILE: "x"}],
        "actuals": [{"subject_id": HOSTILE, "value": HOSTILE, "period": HOSTILE}],
        "indicators": [{"direction": HOSTILE, "method": HOSTILE, "kind": HOSTILE}],
    },
    "unit ids that lead out of the folder": {
        "subjects": [
            {"subject_id": one, "unit_id": two} for one, two in zip("ABC", ("../../x", "..", "/etc"), strict=True)
        ]
    },
    "duplicate keys": {
        "cycles": [{}, {}],
        "actuals": [*actual_rows({"A": 1}), *actual_rows({"A": 1}, period="2024-01-01")],
    },
    "cycles that lead back": {"cycles": [{"parent_cycle_id": CYCLE, "previous_cycle_id": CYCLE}]},
    "no target": {"plan": [{"threshold": 1}]},
    "many problems": {"actuals": actual_rows({f"S{n}": 1 for n in range(40)}, "X", "Y")},
}
BROKEN_FILES = {
    "GBK": ("subjects.csv", "subject_id,name\nA,李\n".encode("gbk")),
    "semicolons": ("actuals.csv", b"cycle_id;subject_id;indicator_id;value\n2024Q1;A;I;0,95\n"),
    "an empty file": ("actuals.csv", b""),
    "a damaged file": ("grades.parquet", b"PAR1"),
    "an unreadable notice": ("NOTICE.txt", "合".encode("gbk")),
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose source a test breaks; its notebook fails with an error that looks like markup."""
    make_project(tmp_path, attainment=[f"raise ValueError({HOSTILE!r})"])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: str) -> tuple[int, str]:
    """Exit code and everything shown; an exception that is no exit fails the test."""
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def assert_refused(project) -> str:
    """Both commands show the same findings and exit with 1; nothing is written. Returns what `run` shows."""
    before = files_below(project)
    code, checked = call("check", "data")
    assert code == 1
    code, ran = call("run", PARAMS_FILE)
    assert code == 1
    assert ran.lstrip().startswith(checked)
    assert ran.endswith("data cannot be reported until the errors are mended. No report was written.\n")
    assert files_below(project) == before
    return ran


@pytest.mark.parametrize("case", BROKEN_TABLES)
def test_broken_tables_are_refused_by_both_commands(project, case):
    make_source(project / "data", **BROKEN_TABLES[case])
    assert "error" in assert_refused(project)


@pytest.mark.parametrize("case", BROKEN_FILES)
def test_broken_files_are_refused_by_both_commands(project, case):
    name, content = BROKEN_FILES[case]
    (project / "data" / name).write_bytes(content)
    assert name in assert_refused(project)


def test_findings_say_where_what_and_how_to_mend_it(project):
    make_source(project / "data", **BROKEN_TABLES["cells that are no numbers"])
    _, shown = call("check", "data")
    for words in (
        "severity",
        "where",
        "what",
        "how to mend it",
        "actuals, row 2, 3, column value",
        "'95%', '1,234' is not a",
        "0.95",
    ):
        assert words in shown


def test_markup_in_the_data_is_shown_as_it_stands(project):
    make_source(project / "data", actuals=[{"subject_id": "A", "value": "[red]{0}[/red]"}])
    assert "'[red]{0}[/red]'" in call("check", "data")[1]


def test_a_source_without_problems(project):
    assert call("check", "data") == (0, "data: nothing to say.\n")


def test_notes_alone_are_shown_and_are_no_error(project):
    (project / "data/extra.csv").write_text("x\n")
    code, shown = call("check", "data")
    assert (code, "extra.csv" in shown) == (0, True)


@pytest.mark.parametrize(("source", "says"), [("nowhere", "There is no nowhere."), (PARAMS_FILE, "is not a folder.")])
def test_a_source_that_is_no_folder(project, source, says):
    code, shown = call("check", source)
    assert (code, says in shown, "Give a folder" in " ".join(shown.split())) == (1, True, True)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"cycle": "2031"}, f"The cycles with actuals are: {CYCLE}."),
        ({"source": "nowhere"}, "There is no nowhere."),
        ({"sede": "1", "lang": "fr"}, "sede: this key is not known. Did you mean 'seed'?"),
        ({"'[red]'": "1"}, "[red]: this key is not known."),
        ({"seed": "[1"}, "Write one 'key: value' a line"),
        ({"reports": "[weight_sensitivity]"}, "There is no notebook notebooks/weight_sensitivity.ipynb"),
    ],
    ids=str,
)
def test_parameters_that_do_not_fit(project, values, says):
    write_params(project, **values)
    code, shown = call("run", PARAMS_FILE)
    assert (code, says in shown) == (1, True)
    assert not (project / "outputs").exists()


def test_a_parameter_file_that_is_not_there_names_those_that_are(project):
    assert call("run", "params/none.yml")[1].lstrip() == (
        "params/none.yml: there is no such file. Parameter files beside it: params/x.yml.\n"
    )


def test_a_failed_report_is_shown_with_its_error_as_text_and_exits_with_1(project):
    code, shown = call("run", PARAMS_FILE)
    assert code == 1
    assert f"s  attainment: ValueError: {HOSTILE}" in shown
    assert f"Reports: outputs/{CYCLE}/index.html" in shown
    assert "1 of 1 reports failed; the index says why." in shown


@pytest.mark.parametrize("arguments", [[], ["--help"], ["run", "--help"], ["check", "--help"]])
def test_help_names_the_commands_and_their_arguments(arguments):
    code, shown = call(*arguments)
    assert code in (0, 2)
    assert "Traceback" not in shown
    words = {"run": "such as params/2024Q1.yml", "check": "such as data/operations"}
    assert words.get(arguments[0] if arguments else "", "Check, score and report KPI schemes.") in " ".join(
        shown.split()
    )


@pytest.mark.parametrize("arguments", [["run"], ["check"], ["report"], ["run", "a", "b"], ["check", "--all"]])
def test_a_command_that_is_none_says_how_to_use_it(arguments):
    code, shown = call(*arguments)
    assert (code, "Usage: " in shown) == (2, True)


def test_the_package_is_a_command_too():
    done = subprocess.run(
        [sys.executable, "-m", "kpianalysis", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "Check, score and report KPI schemes." in done.stdout
