"""docs/method.md is true: its examples run, its table is the schema's, and what docstrings name is in it."""

from __future__ import annotations

import ast
import doctest
import re

import pytest

from kpianalysis.schema import METHODS
from tests.builders import ROOT

METHOD = ROOT / "docs/method.md"
TEXT = METHOD.read_text(encoding="utf-8")
HEADINGS = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
SOURCES = sorted((ROOT / "kpianalysis").rglob("*.py"))


def _section(heading: str) -> str:
    """Text from a heading to the next one of any depth."""
    return re.split(rf"^#+ {re.escape(heading)}$", TEXT, flags=re.MULTILINE)[1].split("\n#")[0]


def _named_in_docstrings() -> dict[str, str]:
    """Each heading of docs/method.md that a docstring names, and the file that names it."""
    named = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                docstring = " ".join((ast.get_docstring(node) or "").split())
                named |= dict.fromkeys(re.findall(r'docs/method\.md, "([^"]+)"', docstring), path.name)
    return named


def _limit(cell: str) -> float | None:
    return None if cell == "–" else float(cell)


def test_every_example_gives_what_the_document_says():
    failed, attempted = doctest.testfile(str(METHOD), module_relative=False, encoding="utf-8")
    assert (failed, attempted > 0) == (0, True)


def test_every_heading_that_a_docstring_names_exists():
    named = _named_in_docstrings()
    assert {"ratio", "Periods", "Correlation"} <= set(named)
    assert {heading: file for heading, file in named.items() if heading not in HEADINGS} == {}


def test_every_heading_is_there_once():
    assert sorted(set(HEADINGS)) == sorted(HEADINGS)


@pytest.mark.parametrize("method", METHODS)
def test_every_scoring_method_has_a_section_with_an_example(method):
    assert ">>> " in _section(method)


def test_the_table_of_methods_is_that_of_the_schema():
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \| (.+) \|$", _section("Scoring methods"), re.MULTILINE)
    stated = {
        name: (set(needs.split(", ")) - {"–"}, tuple(ways.split(", ")), _limit(floor), _limit(cap))
        for name, needs, ways, floor, cap in rows
    }
    assert stated == {
        name: (
            {*rule.needs, *(["points"] if rule.points == "required" else [])},
            rule.directions,
            rule.floor,
            rule.cap,
        )
        for name, rule in METHODS.items()
    }


def test_links_within_the_document_lead_somewhere():
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in HEADINGS}
    links = set(re.findall(r"\]\(#([^)]+)\)", TEXT))
    assert links
    assert links <= anchors
