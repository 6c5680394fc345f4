"""The direction of imports, what is public, and what may not stand anywhere."""

from __future__ import annotations

import ast
import re

import pytest

import kpianalysis as kpi
from tests.builders import ROOT

PACKAGE = ROOT / "kpianalysis"
# From first to last: a room may import from its own place and from those before it, never from those after.
ROOMS = [
    {"i18n", "schema", "project"}, {"findings"}, {"errors"}, {"params", "ids"}, {"sources", "cells"}, {"scheme"},
    {"checks"}, {"dataset"}, {"snapshot", "scoring"}, {"analyses"}, {"names"}, {"style", "markup"}, {"display"},
    {"wording", "tables", "figures"}, {"pages"}, {"reports"}, {"batch"}, {"cli"}, {"__main__", "__init__"},
]  # fmt: skip
PLACE = {room: place for place, rooms in enumerate(ROOMS) for room in rooms}
FILES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def _room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported_rooms(path):
    # What is imported inside a function is a matter of time, not of direction, in errors (findings) alone.
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kpianalysis."):
            yield node.module.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_never_point_back(path):
    assert not [room for room in _imported_rooms(path) if PLACE[room] > PLACE[_room(path)]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_pure_rooms_touch_no_disk_and_nothing_is_about_hospitals(path):
    text = path.read_text(encoding="utf-8")
    if _room(path) in {"schema", "scoring", "analyses", "tables", "wording", "figures", "checks", "scheme", "names"}:
        assert not re.search(r"\bopen\(|Path\(|read_csv|read_parquet|to_csv|to_parquet|print\(", text)
    # Doctests may name the example folder.
    code = re.sub(r"data/hospitals", "", text)
    assert not re.search(r"hospital|\bCMS\b|HCAHPS", code, re.IGNORECASE)
    assert path.name != "utils.py"
    assert not re.search(r"\d", path.name.replace("i18n", ""))


def test_public_names_are_one_list_and_documented():
    assert sorted(kpi._HOME) == kpi.__all__ == sorted(kpi.__all__)
    for name in kpi.__all__:
        assert (getattr(kpi, name).__doc__ or "").strip()
    assert dir(kpi) == kpi.__all__
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = kpi.nothing_here


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_public_functions_are_documented_and_their_sources_exist(path):
    method = (ROOT / "docs/method.md").read_text(encoding="utf-8")
    for node in TREES[path].body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name
    for heading in re.findall(r'docs/method\.md,\s+"([^"]+)"', path.read_text(encoding="utf-8")):
        assert re.search(rf"^#+ {re.escape(heading)}$", method, re.MULTILINE), heading


def test_readme_commands_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    used = set(re.findall(r"^ {4}make ([a-z]+)", readme, re.MULTILINE))
    assert {"report", "test"} <= used <= targets
    for link in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / link).exists(), link
