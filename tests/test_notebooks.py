"""Every notebook found, so that a new one is covered at birth: thin, stripped, with parameters that explain themselves.

nbval executes all of them; the batch tests make pages of them.
"""

from __future__ import annotations

import ast
import html
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.iorw import load_notebook_node, read_yaml_file
from papermill.parameterize import parameterize_notebook
from papermill.translators import PythonTranslator

from kpianalysis.dataset import load
from kpianalysis.params import CycleParams, read_params
from tests.builders import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
KEYS = set(CycleParams("", "").for_notebook(""))
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells_of(path: Path, kind: str = "code") -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def tagged(path: Path, tag: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in cells_of(path) if tag in cell.metadata.get("tags", [])]


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 3


@every_notebook
def test_a_notebook_is_a_valid_one_of_the_current_format_with_ids(path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebook.metadata.kernelspec.name == "python3"


@every_notebook
def test_nothing_of_a_run_is_committed(path):
    for cell in cells_of(path):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}
    assert set(nbformat.read(path, as_version=4).metadata) <= {"kernelspec", "language_info"}


@every_notebook
def test_a_notebook_is_thin(path):
    for cell in cells_of(path):
        # A magic or a shell line would not parse.
        tree = ast.parse(cell.source)
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.Try)
        assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, kinds)] == []
        if "parameters" not in cell.metadata.get("tags", []):
            assert len(cell.source.splitlines()) <= 10


@every_notebook
def test_a_notebook_begins_with_its_title_and_its_question(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    title, question = first.source.split("\n\n", 1)
    assert re.fullmatch(r"# \S.*", title)
    assert "?" in question


@every_notebook
def test_the_answer_comes_first_in_one_tagged_cell_that_ends_in_its_sentences(path):
    (answer,) = tagged(path, "answer")
    code = cells_of(path)
    # Before it: the parameters, and reading the data.
    assert code.index(answer) <= 2
    assert isinstance(ast.parse(answer.source).body[-1], ast.Expr)


@every_notebook
def test_markdown_types_no_number_that_could_be_computed(path):
    for cell in cells_of(path, "markdown"):
        assert re.findall(r"\d+(?:[.,]\d+)?\s*%?", cell.source) == []


@every_notebook
def test_parameters_are_literals_with_a_comment_and_those_of_the_batch(path):
    (cell,) = tagged(path, "parameters")
    names = set()
    for line, node in zip(cell.source.splitlines(), ast.parse(cell.source).body, strict=True):
        assert isinstance(node, ast.AnnAssign)
        assert isinstance(node.target, ast.Name)
        assert type(ast.literal_eval(node.value)).__name__ == ast.unparse(node.annotation)
        assert re.search(r"  # \S", line)
        names.add(node.target.id)
    assert names == KEYS


@every_notebook
def test_papermill_explains_each_parameter(path):
    explained = papermill.inspect_notebook(str(path))
    assert set(explained) == KEYS
    for name, parameter in explained.items():
        assert parameter["help"].strip(), name
        assert parameter["inferred_type_name"] != "None", name


@every_notebook
def test_defaults_are_sound_parameters(path, tmp_path):
    (cell,) = tagged(path, "parameters")
    values = {node.target.id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body}
    assert values.pop("unit") == values["by"] == ""
    values.pop("reports")
    (tmp_path / "x.yml").write_text(json.dumps(values))
    params = read_params(tmp_path / "x.yml")
    assert load(ROOT / params.source, params.cycle).cycle == params.cycle


def test_a_notebook_runs_under_plain_papermill_as_in_the_batch(tmp_path, caplog):
    """`papermill notebooks/indicator_correlation.ipynb out.ipynb -f params/FY2017.yml`, from the project folder."""
    # What `-f` reads is YAML 1.1.
    parameters = read_yaml_file(str(ROOT / "params/FY2017.yml"))
    out = tmp_path / "out.ipynb"
    with caplog.at_level(logging.WARNING):
        papermill.execute_notebook(
            str(ROOT / "notebooks/indicator_correlation.ipynb"),
            str(out),
            parameters,
            cwd=str(ROOT),
            progress_bar=False,
            kernel_name="python3",
        )
    assert "unknown parameter" not in caplog.text
    (answer,) = tagged(out, "answer")
    assert answer.outputs[0].data["text/plain"].startswith("210 of 231 pairs")


@pytest.mark.parametrize("file", sorted((ROOT / "params").glob("*.yml")), ids=lambda file: file.stem)
def test_every_parameter_file_means_the_same_to_papermill(file):
    """papermill reads YAML 1.1 and the batch 1.2: the same file must mean the same."""
    ours = read_params(file).for_notebook(read_params(file).source)
    theirs = read_yaml_file(str(file))
    assert theirs == {name: ours[name] for name in theirs}


def test_parameters_reach_the_notebook_as_they_are():
    """Names of cycles and units stay text in the code that papermill writes."""
    values = CycleParams("'; import os #", 'a"b\\').for_notebook('a"b\\', "{x}")
    assert ast.literal_eval(PythonTranslator.translate(values)) == values
    notebook = parameterize_notebook(load_notebook_node(str(NOTEBOOKS[0])), values)
    injected = next(cell.source for cell in notebook.cells if "injected-parameters" in cell.metadata.tags)
    assert {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(injected).body} == values


# One unit's report, run in this process ----------------------------------------------------------------------------


def shown_by(path: Path, monkeypatch: pytest.MonkeyPatch, **parameters: object) -> Iterator[str]:
    """Run a notebook's cells here and give the text of everything it shows, figures by their alternative text."""
    figures: list[str] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_options: figures.append(bundle["text/plain"]))
    space: dict[str, object] = {}
    for cell in cells_of(path):
        *body, last = ast.parse(cell.source).body
        exec(compile(ast.Module(body, []), path.stem, "exec"), space)
        if isinstance(last, ast.Expr):
            result = eval(compile(ast.Expression(last.value), path.stem, "eval"), space)
            if result is not None:
                yield str(result) + html.unescape(result._repr_html_())
        else:
            exec(compile(ast.Module([last], []), path.stem, "exec"), space)
        if "parameters" in cell.metadata.get("tags", []):
            space.update(parameters)
    yield from figures


@every_notebook
def test_the_report_of_a_unit_names_nobody_of_another(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    shown = "\n".join(shown_by(path, monkeypatch, cycle="2024Q1", source="data/operations", unit="south", draws=100))
    tables = load("data/operations", "2024Q1").tables
    owners = set(tables["indicators"]["owner_id"]) | set(tables["plan"]["owner_id"].dropna())
    others = tables["subjects"][lambda frame: (frame["unit_id"] != "south") & ~frame["subject_id"].isin(owners)]
    assert [name for name in others["name"] if name in shown] == []
    assert [one for one in others["subject_id"] if re.search(rf"\b{one}\b", shown)] == []
    assert "south" in shown
