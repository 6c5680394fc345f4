"""The public names: one list, importable, documented, and the same for readers, type checkers and `dir`."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys

import pytest

import kpianalysis as kpi
from tests.builders import ROOT

TREE = ast.parse((ROOT / "kpianalysis/__init__.py").read_text(encoding="utf-8"))
FUNCTIONS = [name for name in kpi.__all__ if callable(getattr(kpi, name))]


def _typed_imports():
    """What a type checker sees: public name → module it is imported from."""
    (block,) = (node for node in TREE.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    return {
        alias.asname: (node.module, alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_list_is_sorted_and_every_name_stands_in_it_once():
    assert kpi.__all__ == sorted(set(kpi.__all__))


def test_every_public_name_has_a_home_and_every_home_a_public_name():
    assert set(kpi._HOME) == set(kpi.__all__)


def test_a_type_checker_sees_the_same_names_from_the_same_modules():
    homes = {name: (f"kpianalysis.{home}" if home else "kpianalysis", name) for name, home in sorted(kpi._HOME.items())}
    assert _typed_imports() == homes


def test_dir_and_star_give_the_public_names():
    assert dir(kpi) == kpi.__all__
    seen: dict[str, object] = {}
    exec("from kpianalysis import *", seen)  # a star import is what is tested
    assert set(kpi.__all__) == set(seen) - {"__builtins__"}


@pytest.mark.parametrize("name", kpi.__all__)
def test_a_public_name_is_what_its_module_holds(name):
    thing = getattr(kpi, name)
    assert thing is not None
    if not inspect.ismodule(thing):
        assert thing.__name__ == name
        assert thing.__module__.startswith("kpianalysis.")


@pytest.mark.parametrize("name", kpi.__all__)
def test_a_public_name_says_in_its_first_line_what_it_means(name):
    first = (inspect.getdoc(getattr(kpi, name)) or "").split("\n")[0]
    assert first.endswith((".", ":"))
    assert not first.startswith(f"{name}(")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_has_types_on_everything(name):
    thing = getattr(kpi, name)
    if inspect.isfunction(thing):
        hints = inspect.get_annotations(thing)
        assert set(hints) == {*inspect.signature(thing).parameters, "return"}


def test_the_modules_of_figures_tables_and_wording_list_themselves():
    for package in (kpi.figures, kpi.tables, kpi.wording):
        assert package.__all__ == sorted(package.__all__)
        files = {path.stem for path in (ROOT / package.__name__.replace(".", "/")).glob("*.py")} - {"__init__"}
        assert set(package.__all__) == files


def test_a_name_that_is_not_public_is_refused():
    with pytest.raises(AttributeError, match="'kpianalysis' has no attribute 'nothing_here'"):
        _ = kpi.nothing_here


def test_the_package_file_holds_names_and_nothing_else():
    functions = {node.name for node in TREE.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert functions == {"__getattr__", "__dir__"}


def test_importing_the_package_imports_nothing_heavy():
    heavy = "{'numpy', 'pandas', 'scipy', 'matplotlib', 'seaborn', 'papermill', 'nbconvert', 'typer', 'rich'}"
    code = f"import sys, kpianalysis; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
