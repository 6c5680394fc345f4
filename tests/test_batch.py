"""The batch: whole reports under their names, failures shown, nothing written for bad input, no name leaks."""

from __future__ import annotations

import json
import re
import shutil

import nbformat
import pytest
from typer.testing import CliRunner

import kpianalysis as kpi
from kpianalysis.cli import app
from kpianalysis.sources.folder import sha256_of
from tests.builders import ROOT, make_source

NAMES = ["cycle", "source", "lang", "seed", "missing", "reports", "by", "draws", "spread", "unit"]
PARAMETERS = "\n".join(f"{name} = None" for name in NAMES)


def _notebook(file, *cells):
    first = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    answer = [nbformat.v4.new_code_cell(cell, metadata={"tags": ["answer"]}) for cell in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[first, *answer], metadata=kernel), file)


@pytest.fixture
def project(tmp_path, monkeypatch):
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir()
    make_source(tmp_path / "data")
    (tmp_path / "data/NOTICE.txt").write_text("Made up.\n")
    (tmp_path / "params/x.yml").write_text("cycle: 2024Q1\nsource: data\nreports: [attainment, weight_sensitivity]\n")
    _notebook(tmp_path / "notebooks/attainment.ipynb", 'print("ok")\n"the answer"')
    _notebook(tmp_path / "notebooks/weight_sensitivity.ipynb", 'raise ValueError("no luck <b>today</b>")')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_failed_notebook_leaves_the_others_and_exit_code_1(project):
    result = CliRunner().invoke(app, ["run", "params/x.yml"])
    out = project / "outputs/2024Q1"
    assert result.exit_code == 1
    assert (out / "attainment.html").is_file()
    assert not (out / "weight_sensitivity.html").exists()
    kept = nbformat.read(out / "weight_sensitivity.failed.ipynb", as_version=4)
    assert any(output.output_type == "error" for cell in kept.cells for output in cell.get("outputs", []))
    index = (out / "index.html").read_text()
    assert "no luck &lt;b&gt;today" in index
    assert "Made up." in index
    manifest = json.loads((out / "manifest.json").read_text())
    assert [row["status"] for row in manifest["reports"]] == ["done", "failed"]
    assert all(sha256_of(out / name) == digest for name, digest in manifest["files"].items())
    assert str(project) not in (out / "manifest.json").read_text() + index


def test_a_later_run_removes_what_the_former_one_left(project):
    kpi.run("params/x.yml")
    (project / "params/x.yml").write_text("cycle: 2024Q1\nsource: data\nreports: [attainment]\n")
    seen = []
    result = kpi.run("params/x.yml", on_progress=lambda _job, _place, _jobs, done, total: seen.append(done / total))
    assert not (project / "outputs/2024Q1/weight_sensitivity.failed.ipynb").exists()
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    assert result.failed == ()
    assert result.rows[0].headline == "'the answer'"


def test_a_dead_kernel_is_a_failed_report(project):
    _notebook(project / "notebooks/attainment.ipynb", "import os\nos._exit(1)")
    assert [row.status for row in kpi.run("params/x.yml").rows] == ["failed", "failed"]


def test_bad_input_writes_nothing_and_shows_no_traceback(project):
    make_source(project / "data", actuals=[{"subject_id": "A"}])
    for arguments in (["run", "params/x.yml"], ["check", "data"], ["run", "params/none.yml"]):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
    assert not (project / "outputs").exists()


def test_check_of_a_sound_source(project):
    result = CliRunner().invoke(app, ["check", "data"])
    assert (result.exit_code, result.output) == (0, "data: nothing to say.\n")


def test_the_snapshot_reads_back_equal(project):
    kpi.run("params/x.yml")
    ours, frozen = kpi.load("data"), kpi.load("outputs/2024Q1/data")
    assert kpi.score(frozen).totals["total"].tolist() == kpi.score(ours).totals["total"].tolist()


def test_units_of_the_operations_example(tmp_path, monkeypatch):
    """The real notebooks, the whole and each unit: no page of a unit names a member of another."""
    for folder in ("notebooks", "data/operations"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "params").mkdir()
    text = "cycle: 2024Q3\nsource: data/operations\nby: unit_id\ndraws: 100\nreports: [attainment]\n"
    (tmp_path / "params/x.yml").write_text(text)
    monkeypatch.chdir(tmp_path)
    result = kpi.run("params/x.yml")
    assert [row.unit for row in result.rows] == ["", "east", "north", "south", "west"]
    assert result.failed == ()
    subjects = kpi.load("data/operations", "2024Q3").tables["subjects"]
    owners = set(kpi.load("data/operations").tables["indicators"]["owner_id"].dropna())
    owners |= set(kpi.load("data/operations").tables["plan"]["owner_id"].dropna())
    page = (result.folder / "unit-east/attainment.html").read_text()
    notebook = (result.folder / "unit-east/attainment.ipynb").read_text()
    others = subjects[(subjects["unit_id"] != "east") & ~subjects["subject_id"].isin(owners)]
    mine = subjects[subjects["unit_id"] == "east"]
    assert mine["name"].map(page.__contains__).any()
    assert not others["name"].map(page.__contains__).any()
    assert not others["name"].map(notebook.__contains__).any()
    assert "Synthetic data" in page
    assert str(tmp_path) not in page + notebook
    assert not re.search(r"""(src|href)=["']?(https?:)?//|url\(\s*["']?https?:""", page)
