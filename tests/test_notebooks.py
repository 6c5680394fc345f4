"""Every notebook found, so that a new one is covered at birth; nbval executes them all."""

from __future__ import annotations

import ast
import dataclasses

import nbformat
import pytest

from kpianalysis import CycleParams
from tests.builders import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def _cells(path, kind="code"):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def _tagged(path, tag):
    return [cell for cell in _cells(path) if tag in cell.metadata.get("tags", [])]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_thin_and_stripped(path):
    for cell in _cells(path):
        tree = ast.parse(cell.source)
        kinds = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While)
        assert not [node for node in ast.walk(tree) if isinstance(node, kinds)]
        assert cell.outputs == []
        assert cell.execution_count is None
        assert len(cell.source.splitlines()) <= 10
    assert _cells(path, "markdown")[0].source.startswith("# ")
    assert len(_tagged(path, "answer")) == 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_parameters_are_literals_with_a_comment_and_those_of_the_batch(path):
    (cell,) = _tagged(path, "parameters")
    names = set()
    for line, node in zip(cell.source.splitlines(), ast.parse(cell.source).body, strict=True):
        assert isinstance(node, ast.AnnAssign)
        ast.literal_eval(node.value)
        assert "  # " in line
        names.add(node.target.id)
    assert names == {field.name for field in dataclasses.fields(CycleParams)} | {"unit"}


def test_a_notebook_runs_under_plain_papermill(tmp_path, caplog):
    import papermill
    from ruamel.yaml import YAML

    parameters = YAML(typ="safe").load(ROOT / "params/2024Q2.yml")
    out = tmp_path / "out.ipynb"
    notebook = str(ROOT / "notebooks/indicator_correlation.ipynb")
    papermill.execute_notebook(notebook, str(out), parameters, cwd=str(ROOT), progress_bar=False, kernel_name="python3")
    assert "unknown parameter" not in caplog.text
    assert "2024Q2" in out.read_text()
