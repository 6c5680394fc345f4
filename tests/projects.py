"""Small projects for tests: a source, a parameter file and notebooks of three cells, so that a run takes seconds."""

from __future__ import annotations

from pathlib import Path

import nbformat

from kpianalysis.params import CycleParams
from tests.builders import CYCLE, make_source

PARAMETERS = {**CycleParams("", "").for_notebook(""), "missing": ""}
PARAMS_FILE = "params/x.yml"


def write_notebook(file: Path, *sources: str) -> None:
    """Write a notebook: title, parameters, one cell for each source; the last one is tagged as the answer."""
    parameters = "\n".join(f"{name} = {value!r}" for name, value in PARAMETERS.items())
    cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell(parameters), *map(_code, sources)]
    cells[1].metadata["tags"] = ["parameters"]
    cells[-1].metadata["tags"] = ["answer"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), file)


def _code(source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source)


def make_project(folder: Path, **notebooks: list[str]) -> Path:
    """Make a project whose reports are the notebooks given, each a list of cells; returns its folder."""
    for name in ("params", "notebooks"):
        (folder / name).mkdir(parents=True)
    make_source(folder / "data")
    for name, sources in notebooks.items():
        write_notebook(folder / f"notebooks/{name}.ipynb", *sources)
    write_params(folder, reports=f"[{', '.join(notebooks)}]")
    return folder


def write_params(project: Path, **values: str) -> None:
    """Write the project's parameter file; a value is YAML as it stands."""
    lines = {"cycle": CYCLE, "source": "data", **values}
    (project / PARAMS_FILE).write_text("".join(f"{key}: {value}\n" for key, value in lines.items()), encoding="utf-8")


def error_outputs(file: Path) -> dict[int, str]:
    """Errors that a notebook shows: the code cell's place among them, and the error's name."""
    cells = [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]
    return {
        place: output.ename
        for place, cell in enumerate(cells)
        for output in cell.outputs
        if output.output_type == "error"
    }


def files_below(folder: Path) -> set[str]:
    """Every file below a folder, as paths from it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
