"""The batch: whole reports under their names, failures shown, nothing left of former runs, no names of other units."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest

from kpianalysis.batch import VERSIONS, run
from kpianalysis.dataset import load
from kpianalysis.errors import ParamsError, ReportError, SourceError
from kpianalysis.sources.folder import sha256_of
from tests.builders import CYCLE, ROOT, make_source
from tests.projects import PARAMS_FILE, error_outputs, files_below, make_project, write_notebook, write_params

SNAPSHOT = {f"data/{name}.parquet" for name in ("cycles", "subjects", "dimensions", "indicators", "plan", "actuals")}
HOSTILE = "<script>alert(1)</script> {x} [red]张[/red] $a$ *b* `c` [d](javascript:e)"
ANSWER = ["import kpianalysis as kpi\nlen(kpi.load(source, cycle).tables['actuals'])", "f'{cycle} {unit!r} {draws}'"]
DIES = ["'before'", "import os\nos._exit(3)", "'after'"]
RAISES = ["'before'", "raise ValueError('first\\nlast <b>{x}</b> [red]')", "'after'"]


def run_in(project: Path) -> SimpleNamespace:
    """Run the project's parameter file and gather what came of it."""
    steps: list[tuple[int, int, int, int]] = []
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        result = run(
            PARAMS_FILE,
            lambda _job, place, jobs, done, total: steps.append((place, jobs, done, total)),
            lambda row: told.append(row.report),
        )
    index = (result.folder / "index.html").read_text(encoding="utf-8")
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    return SimpleNamespace(
        folder=result.folder,
        rows=result.rows,
        failed=result.failed,
        steps=steps,
        told=told,
        index=index,
        manifest=manifest,
    )


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A run in which one notebook raises, one kernel dies, and one report is made."""
    project = make_project(
        tmp_path_factory.mktemp("mixed"), weight_sensitivity=RAISES, indicator_correlation=DIES, attainment=ANSWER
    )
    (project / "data/NOTICE.txt").write_text("Made up <i>.\n", encoding="utf-8")
    return run_in(project)


def test_the_others_still_run_when_a_notebook_fails(mixed):
    assert [(row.report, row.status) for row in mixed.rows] == [
        ("weight_sensitivity", "failed"),
        ("indicator_correlation", "failed"),
        ("attainment", "done"),
    ]
    assert mixed.failed == mixed.rows[:2]
    assert mixed.told == [row.report for row in mixed.rows]


def test_a_report_is_there_whole_and_a_failed_one_only_as_its_notebook(mixed):
    assert files_below(mixed.folder) == SNAPSHOT | {
        "data/NOTICE.txt",
        "index.html",
        "manifest.json",
        "attainment.html",
        "attainment.ipynb",
        "weight_sensitivity.failed.ipynb",
        "indicator_correlation.failed.ipynb",
    }


def test_the_failing_cell_is_marked_and_no_other(mixed):
    # Before the notebook's own cells: its parameters, and those of the batch.
    assert error_outputs(mixed.folder / "weight_sensitivity.failed.ipynb") == {3: "ValueError"}
    assert error_outputs(mixed.folder / "indicator_correlation.failed.ipynb") == {3: "DeadKernelError"}
    assert error_outputs(mixed.folder / "attainment.ipynb") == {}


def test_the_index_shows_what_failed_with_the_last_line_of_its_error(mixed):
    assert mixed.rows[0].error == "ValueError: last <b>{x}</b> [red]"
    assert mixed.rows[1].error == "DeadKernelError: Kernel died"
    for row in mixed.failed:
        assert html.escape(row.error) in mixed.index
        assert f'href="{row.notebook_href}"' in mixed.index
    assert "<b>{x}" not in mixed.index
    assert 'href="attainment.html"' in mixed.index
    assert "1 of 3 reports are ready." in mixed.index


def test_the_index_shows_headline_and_notice(mixed):
    assert mixed.rows[2].headline == f"\"{CYCLE} '' 10000\""
    assert html.escape(mixed.rows[2].headline, quote=False) in html.unescape(mixed.index)
    for page in (mixed.index, (mixed.folder / "attainment.html").read_text(encoding="utf-8")):
        assert "Made up &lt;i&gt;." in page


def test_every_link_of_the_index_leads_to_a_file(mixed):
    links = [link for link in re.findall(r'href="([^"#]+)"', mixed.index) if link]
    assert links
    assert all((mixed.folder / link).is_file() for link in links)


def test_the_manifest_says_what_was_made_from_what(mixed):
    manifest, folder = mixed.manifest, mixed.folder
    assert manifest["cycle"] == manifest["parameters"]["cycle"] == CYCLE
    assert manifest["parameters"]["reports"] == mixed.told
    assert [(row["report"], row["status"], row["error"]) for row in manifest["reports"]] == [
        (row.report, row.status, row.error) for row in mixed.rows
    ]
    assert set(manifest["files"]) == {name for name in files_below(folder) if name.startswith(tuple(mixed.told))}
    assert manifest["files"] == {name: sha256_of(folder / name) for name in manifest["files"]}
    assert manifest["snapshot"] == {name.removeprefix("data/"): sha256_of(folder / name) for name in SNAPSHOT}
    source = folder.parent.parent / "data"
    assert manifest["source"]["name"] == "data"
    assert manifest["source"]["files"] == {file.name: sha256_of(file) for file in source.glob("*.csv")}
    assert manifest["findings"] == []
    assert set(manifest["versions"]) == {"python", *VERSIONS}


def test_progress_goes_from_nothing_to_the_end(mixed):
    shares = [(place - 1 + done / total) / jobs for place, jobs, done, total in mixed.steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert {jobs for _, jobs, _, _ in mixed.steps} == {3}
    # Each of its four code cells is a step: parameters, those of the batch, and two of its own.
    assert [done for place, _, done, _ in mixed.steps if place == 3] == [0, 1, 2, 3, 4]


def test_reports_read_the_snapshot_and_not_the_source(mixed):
    executed = nbformat.read(mixed.folder / "attainment.ipynb", as_version=4)
    assert executed.metadata.papermill.parameters.source == f"outputs/{CYCLE}/data"
    assert executed.cells[3].outputs[0].data["text/plain"] == "3"


def test_a_second_run_gives_the_same_and_leaves_nothing_of_the_former_one(mixed, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(mixed.folder.parent.parent, project)
    write_notebook(project / "notebooks/weight_sensitivity.ipynb", "'mended'")
    write_params(project, reports="[weight_sensitivity]")
    first = run_in(project)
    second = run_in(project)
    assert first.failed == second.failed == ()
    left = SNAPSHOT | {"data/NOTICE.txt", "index.html", "manifest.json"}
    assert files_below(first.folder) == left | {"weight_sensitivity.html", "weight_sensitivity.ipynb"}
    assert first.manifest["snapshot"] == second.manifest["snapshot"] == mixed.manifest["snapshot"]
    page = "weight_sensitivity.html"
    assert first.manifest["files"][page] == second.manifest["files"][page]


# Nothing is written when the input is wrong ------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(make_project(tmp_path, attainment=["1"]))
    return tmp_path


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"cycle": "2031"}, SourceError),
        ({"cycle": "../.."}, SourceError),
        ({"source": "nowhere"}, SourceError),
        ({"seed": "x"}, ParamsError),
        ({"reports": "[attainment, weight_sensitivity]"}, ReportError),
    ],
    ids=str,
)
def test_nothing_is_written_when_the_parameters_do_not_fit(project, values, error):
    before = files_below(project)
    write_params(project, **values)
    with pytest.raises(error):
        run(PARAMS_FILE)
    assert files_below(project) == before


def test_nothing_is_touched_when_the_source_is_broken_since_the_last_run(project):
    folder = project / "outputs" / CYCLE
    folder.mkdir(parents=True)
    for name in ("index.html", "attainment.html", "manifest.json"):
        (folder / name).write_text('{"files": {"attainment.html": "x"}}')
    make_source(project / "data", actuals=[{"subject_id": "A"}])
    before = files_below(project)
    with pytest.raises(SourceError):
        run(PARAMS_FILE)
    assert files_below(project) == before


def test_parameters_are_found_from_the_working_folder_and_from_the_project(project, monkeypatch):
    write_params(project, seed="x")
    monkeypatch.chdir(project / "notebooks")
    for name in (PARAMS_FILE, "../params/x.yml"):
        with pytest.raises(ParamsError, match="seed: 'x'"):
            run(name)
    with pytest.raises(ParamsError, match=r"params/none\.yml: there is no such file"):
        run("params/none.yml")


# The real notebook, for the whole and for each unit ----------------------------------------------------------------


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """The report `attainment` on two units of the operations example; one person has a name that is all markup."""
    project = make_project(tmp_path_factory.mktemp("units"), attainment=["1"])
    shutil.rmtree(project / "data")
    source = project / "data/operations"
    shutil.copytree(ROOT / "data/operations", source, ignore=shutil.ignore_patterns("*.py", "README.md"))
    shutil.copy(ROOT / "notebooks/attainment.ipynb", project / "notebooks")
    subjects = pd.read_csv(source / "subjects.csv", dtype=str)
    kept = subjects[subjects["unit_id"].isin(["east", "west"])]
    gone = subjects.loc[~subjects["unit_id"].isin(["east", "west"]), "subject_id"]
    names = kept["name"].mask(kept["subject_id"] == kept.loc[kept["unit_id"] == "east", "subject_id"].iloc[0], HOSTILE)
    kept.assign(name=names).to_csv(source / "subjects.csv", index=False)
    for table in ("actuals", "plan"):
        rows = pd.read_csv(source / f"{table}.csv", dtype=str)
        rows[~rows["subject_id"].isin(gone)].to_csv(source / f"{table}.csv", index=False)
    write_params(project, cycle="2024Q3", source="data/operations", by="unit_id", draws="100", reports="[attainment]")
    return run_in(project)


def texts_of(units: SimpleNamespace, unit: str) -> list[str]:
    """The page and the executed notebook of a unit, without the pictures they carry."""
    files = [units.folder / f"unit-{unit}/attainment{ending}" for ending in (".html", ".ipynb")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return [re.sub(r'data:image/[^"]*|"image/svg\+xml": \[.*?\]', "", text, flags=re.DOTALL) for text in texts]


def test_there_is_one_set_of_reports_for_the_whole_and_for_each_unit(units):
    assert [(row.unit, row.status) for row in units.rows] == [("", "done"), ("east", "done"), ("west", "done")]
    assert [row.href for row in units.rows] == [
        "attainment.html",
        "unit-east/attainment.html",
        "unit-west/attainment.html",
    ]
    assert all(f'href="{row.href}"' in units.index for row in units.rows)


@pytest.mark.parametrize(("unit", "other"), [("east", "west"), ("west", "east")])
def test_a_unit_reads_no_name_and_no_id_of_another_unit(units, unit, other):
    data = load(units.folder / "data", "2024Q3")
    owners = set(data.tables["indicators"]["owner_id"]) | set(data.tables["plan"]["owner_id"].dropna())
    subjects = data.tables["subjects"][lambda frame: ~frame["subject_id"].isin(owners)]
    mine, theirs = (subjects[subjects["unit_id"] == name] for name in (unit, other))
    for text in texts_of(units, unit):
        assert any(name in text for name in mine["name"])
        assert [name for name in theirs["name"] if name in text or html.escape(name) in text] == []
        assert [one for one in theirs["subject_id"] if re.search(rf"\b{one}\b", text)] == []


def test_names_are_text_on_every_page(units):
    for name in ("index.html", "attainment.html", "unit-east/attainment.html"):
        page = (units.folder / name).read_text(encoding="utf-8")
        assert "<script" not in page
        assert "javascript:" not in re.sub(r">[^<]*<", "><", page)
        if name != "index.html":
            assert html.unescape(page).count("<script>alert(1)</script> {x} [red]张[/red] $a$") >= 1


def test_pages_load_nothing(units):
    pages = list(units.folder.rglob("*.html"))
    assert len(pages) == 4
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"""(?:src|href|srcset|action)\s*=\s*["']?\s*(?:\w+:)?//[^"'> ]*""", text) == []
        assert re.findall(r"""url\(\s*["']?(?!data:)[^)]*\)|@import""", text) == []
        assert re.findall(r"<(?:script|iframe|link|object|embed)\b", text) == []


def test_nothing_made_names_a_path_of_this_machine(units):
    places = [str(units.folder.parent.parent), str(ROOT), str(Path.home()) + "/", "/ipykernel_"]
    for name in files_below(units.folder):
        if name.endswith((".html", ".ipynb", ".json")):
            text = (units.folder / name).read_text(encoding="utf-8")
            assert [place for place in places if place in text] == [], name


def test_the_notice_of_the_source_is_on_every_page(units):
    for page in units.folder.rglob("*.html"):
        assert "Synthetic data" in page.read_text(encoding="utf-8")
