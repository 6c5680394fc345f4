"""Findings say what, where and how to mend it, whatever stands in the data."""

from __future__ import annotations

import ast
import string

import pytest

from kpianalysis.findings import FINDING_COLUMNS, Finding, as_table, as_text, has_errors, in_order, name_some
from kpianalysis.i18n import LANGUAGES
from tests.builders import ROOT

HOSTILE = ["{x}", "{0}", "{", "}", "{{}}", "%s", "[red]x[/red]", "<script>", "\\", "\x1b[31m", "张", "\u202e"]


def finding(severity: str = "error", **more: object) -> Finding:
    return Finding(severity, "actuals", "{cells} is not a number.", values={"cells": "'x'"}, **more)


@pytest.mark.parametrize("cell", HOSTILE)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_stands_in_the_data_is_text_in_a_message(cell, lang):
    said = Finding("error", "t", "{cells} is not a number.", fix="Mend {cells}.", values={"cells": cell})
    assert cell in said.message(lang)
    assert cell in said.remedy(lang)
    assert cell in as_text([said], "source", lang)
    assert cell in as_table([said], lang)["message"].item()


def test_a_finding_without_a_remedy_has_a_blank_one():
    assert finding().remedy() == ""


def test_errors_come_first_and_otherwise_the_order_stays():
    found = [
        finding(severity, row=row)
        for severity, row in [("note", "1"), ("error", "2"), ("warning", "3"), ("error", "4")]
    ]
    assert [one.row for one in in_order(found)] == ["2", "4", "3", "1"]


@pytest.mark.parametrize(
    ("severities", "expected"), [([], False), (["note", "warning"], False), (["note", "error"], True)]
)
def test_only_errors_keep_a_source_from_being_scored(severities, expected):
    assert has_errors(finding(severity) for severity in severities) is expected


def test_a_table_of_findings_is_text_and_has_its_columns_when_empty_too():
    table = as_table([finding(row="2", column="value")])
    assert table.to_numpy().tolist() == [["error", "actuals", "2", "value", "'x' is not a number.", ""]]
    assert list(as_table([])) == list(table) == list(FINDING_COLUMNS)


def test_words_say_where_as_far_as_it_is_known():
    said = as_text([finding(row="2", column="value", fix="Mend it."), finding()], "data/x")
    assert said.splitlines() == [
        "data/x: error: actuals, row 2, column value: 'x' is not a number. Mend it.",
        "data/x: error: actuals: 'x' is not a number.",
    ]


@pytest.mark.parametrize(
    ("n", "most", "text"),
    [(0, 3, ""), (3, 3, "0, 1, 2"), (4, 3, "0, 1, 2 and 1 more"), (12, 10, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more")],
)
def test_some_are_named_and_the_rest_counted(n, most, text):
    assert name_some(range(n), most) == text


def _templates() -> list[tuple[str, ast.Call]]:
    """Every call of `Finding` in the package, with its file."""
    files = sorted((ROOT / "kpianalysis").rglob("*.py"))
    trees = [(file.name, ast.parse(file.read_text(encoding="utf-8"))) for file in files]
    return [
        (name, node)
        for name, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding"
    ]


def test_every_error_of_the_package_says_how_to_mend_it():
    calls = _templates()
    assert len(calls) > 25
    for file, call in calls:
        if ast.unparse(call.args[0]) == "'error'":
            assert "fix" in {keyword.arg for keyword in call.keywords}, (file, call.lineno)


def test_every_template_of_the_package_is_a_template():
    files = sorted((ROOT / "kpianalysis").rglob("*.py"))
    messages = [
        node.args[0].value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "N_"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(messages) > 60
    for message in messages:
        fields = [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]
        assert all(field.isidentifier() for field in fields), message
