"""The direction of imports, what each room may touch, and what may not stand anywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import ROOT

PACKAGE = ROOT / "kpianalysis"
# From first to last: a room may import from its own place and from those before it, never from those after.
ROOMS = [
    {"i18n", "schema", "project"},
    {"findings"},
    {"errors"},
    {"params", "ids"},
    {"sources", "cells"},
    {"scheme"},
    {"checks"},
    {"dataset"},
    {"snapshot", "scoring"},
    {"analyses"},
    {"names"},
    {"style", "markup"},
    {"display"},
    {"wording", "tables", "figures"},
    {"pages"},
    {"reports"},
    {"batch"},
    {"cli"},
    {"__main__", "__init__"},
]
PLACE = {room: place for place, rooms in enumerate(ROOMS) for room in rooms}
# These take tables and plain values and give tables and text; figures may draw besides.
PURE = {"schema", "scheme", "ids", "checks", "scoring", "analyses", "names", "wording", "tables", "figures", "findings"}
DISK = re.compile(r"(read|write)_\w+|to_(csv|parquet|excel|json|pickle|sql|feather|hdf|html|latex|markdown|stata|xml)")
FILE_MODULES = {"os", "io", "pathlib", "shutil", "tempfile", "subprocess", "glob", "pyarrow", "sqlite3", "urllib"}
DRAWING = {"matplotlib", "seaborn", "IPython"}
FILES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported(tree: ast.AST) -> Iterator[str]:
    """Every module imported anywhere in a file, inside functions too: direction is no matter of time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield node.module or ""
            if node.module == "kpianalysis":
                yield from (f"kpianalysis.{alias.name}" for alias in node.names)


def _points_back(room: str, tree: ast.AST) -> list[str]:
    modules = (module.split(".") for module in _imported(tree) if module.startswith("kpianalysis."))
    return sorted({module[1] for module in modules if PLACE[module[1]] > PLACE[room]})


def _touches_disk(tree: ast.AST) -> list[str]:
    modules = {module.split(".")[0] for module in _imported(tree)} & FILE_MODULES
    called = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"open", "Path", "savefig", "mkdir", "unlink"} or DISK.fullmatch(name):
                called.add(name)
    return sorted(modules | called)


def _calls(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_every_room_has_its_place_once():
    assert sum(len(rooms) for rooms in ROOMS) == len(PLACE)
    assert {_room(path) for path in FILES} == set(PLACE)


@every_file
def test_imports_never_point_back(path):
    assert _points_back(_room(path), TREES[path]) == []


@every_file
def test_pure_rooms_touch_no_disk_and_draw_nothing(path):
    room = _room(path)
    if room in PURE:
        assert _touches_disk(TREES[path]) == []
        # i18n writes text and errors say no; parameters of a run never reach the pure rooms.
        assert "kpianalysis.params" not in set(_imported(TREES[path]))
        if room != "figures":
            assert {module.split(".")[0] for module in _imported(TREES[path])} & DRAWING == set()


@every_file
def test_nothing_prints_or_silences_warnings_or_catches_everything(path):
    calls = _calls(TREES[path])
    printing = {"print"} & calls if _room(path) != "cli" else set()
    assert not printing
    assert not {"warnings.filterwarnings", "warnings.simplefilter", "filterwarnings", "simplefilter"} & calls
    assert not {"np.random.seed", "random.seed"} & calls
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None
            assert [ast.unparse(line) for line in node.body] != ["pass"]


@every_file
def test_nothing_is_about_hospitals(path):
    # Doctests may name the example folder, and a formula its source in the regulation.
    text = path.read_text(encoding="utf-8").replace("data/hospitals", "").replace("42 CFR 412.165", "")
    assert re.findall(r"hospital\w*|\bCMS\b|HCAHPS|\b42 CFR\b", text, re.IGNORECASE) == []


@every_file
def test_a_module_is_named_by_what_it_does(path):
    assert path.stem not in {"utils", "util", "helpers", "misc", "tools"}
    assert not re.search(r"\d", path.stem.replace("i18n", ""))


@every_file
def test_public_functions_are_documented_and_typed_and_their_sources_exist(path):
    method = (ROOT / "docs/method.md").read_text(encoding="utf-8")
    for node in TREES[path].body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            assert node.returns is not None, node.name
            assert [a.arg for a in arguments if a.annotation is None] == [], node.name
    for heading in re.findall(r'docs/method\.md,\s+"([^"]+)"', path.read_text(encoding="utf-8")):
        assert re.search(rf"^#+ {re.escape(heading)}$", method, re.MULTILINE), heading


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("scoring", "from kpianalysis.analyses.bridge import PARTS"),
        ("errors", "def f():\n    from kpianalysis.dataset import load"),
        ("analyses", "from kpianalysis import tables"),
        ("tables", "import kpianalysis.pages"),
    ],
)
def test_an_import_that_points_back_would_be_found(room, code):
    assert _points_back(room, ast.parse(code)) != []


@pytest.mark.parametrize(
    "code",
    ["open(name)", "Path('x')", "pd.read_csv(name)", "table.to_parquet(name)", "import os", "from pathlib import Path"],
)
def test_a_file_touched_would_be_found(code):
    assert _touches_disk(ast.parse(code)) != []


def test_turning_a_table_into_numbers_touches_no_file():
    assert _touches_disk(ast.parse("table['x'].to_numpy(); table.to_dict('records'); pd.to_numeric(x)")) == []


def test_readme_commands_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    used = set(re.findall(r"^ {4}make ([a-z]+)", readme, re.MULTILINE))
    assert {"report", "test"} <= used <= targets
    for link in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / link).exists(), link


def test_what_pairs_do_is_found_without_what_they_mean():
    for path in FILES:
        if path.parent.name == "correlation":
            assert not [name for name in _imported(TREES[path]) if ".analyses.redundancy" in name], path.name
