"""One report: what a page is called, where it stands, and that it appears only when it is whole."""

from __future__ import annotations

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillException

from kpianalysis.errors import ReportError
from kpianalysis.params import REPORTS
from kpianalysis.reports import TITLES, Job, headline, make_report, notebook_of
from tests.builders import ROOT
from tests.projects import PARAMETERS, files_below, make_project

JOB = Job("attainment", "", {**PARAMETERS, "cycle": "2024Q1"}, "Made up.")
LEFT_BEHIND = ("attainment.html", "attainment.ipynb", "attainment.failed.ipynb", ".attainment.partial.ipynb")


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path, attainment=["1"])


@pytest.fixture
def folder(tmp_path):
    """The folder of a cycle in which a former run left its files."""
    folder = tmp_path / "outputs"
    folder.mkdir()
    for name in LEFT_BEHIND:
        (folder / name).write_text("old")
    return folder


def test_every_report_has_a_title_and_a_notebook():
    assert set(TITLES) == set(REPORTS) == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert [notebook_of(report, ROOT).stem for report in REPORTS] == list(REPORTS)


@pytest.mark.parametrize(
    ("unit", "folder", "title"), [("", "", "Attainment · 2024Q1"), ("east", "unit-east", "Attainment · 2024Q1 · east")]
)
def test_a_unit_has_a_folder_of_its_own_and_stands_in_the_title(unit, folder, title):
    job = Job("attainment", unit, {"cycle": "2024Q1", "lang": "en"})
    assert (job.folder, job.title) == (folder, title)


def test_a_notebook_that_is_not_there_is_named(project, tmp_path):
    with pytest.raises(
        ReportError, match=r"There is no notebook notebooks/weight_sensitivity\.ipynb in the project folder"
    ):
        make_report(Job("weight_sensitivity", "", JOB.parameters), project, tmp_path / "outputs")
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize(
    ("raised", "says"),
    [
        (RuntimeError("Kernel didn't respond in 60 seconds"), "RuntimeError: Kernel didn't respond in 60 seconds"),
        (RuntimeError(""), "RuntimeError: "),
        (PapermillException("first\nlast\n\n"), "PapermillException: last"),
    ],
)  # fmt: skip
def test_a_kernel_that_does_not_start_is_a_failed_report(project, folder, monkeypatch, raised, says):
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise raised

    monkeypatch.setattr(papermill, "execute_notebook", refuse)
    row = make_report(JOB, project, folder)
    assert (row.status, row.error, row.href, row.notebook_href) == ("failed", says, "", "")
    assert files_below(folder) == set()


@pytest.mark.parametrize(
    "content", ["{broken", "{}", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"x": 1}]}']
)
def test_a_file_that_is_no_notebook_is_a_failed_report(project, folder, content):
    (project / "notebooks/attainment.ipynb").write_text(content)
    row = make_report(JOB, project, folder)
    assert row.status == "failed"
    assert row.error
    assert files_below(folder) == set()


def test_our_own_bug_is_no_failed_report(project, folder, monkeypatch):
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise TypeError("ours")

    monkeypatch.setattr(papermill, "execute_notebook", refuse)
    with pytest.raises(TypeError):
        make_report(JOB, project, folder)


def _cell(tags: list[str], *texts: str) -> nbformat.NotebookNode:
    outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": text}) for text in texts]
    return nbformat.v4.new_code_cell("x", metadata={"tags": tags}, outputs=outputs)


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        ([], ""),
        ([_cell([], "no answer")], ""),
        ([_cell(["answer"])], ""),
        ([_cell([], "before"), _cell(["answer"], "first\nsecond", "third")], "first"),
        ([_cell(["answer"], "", "later")], "later"),
    ],
)
def test_the_headline_is_the_first_sentence_of_the_answer(cells, first):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), *cells])
    assert headline(notebook) == first


def test_outputs_that_are_no_result_are_no_headline():
    stream = nbformat.v4.new_output("stream", text="printed")
    cell = nbformat.v4.new_code_cell("x", metadata={"tags": ["answer"]}, outputs=[stream])
    assert headline(nbformat.v4.new_notebook(cells=[cell])) == ""
