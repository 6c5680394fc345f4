"""Relative paths start at the folder that holds params/, wherever inside it one works."""

from __future__ import annotations

import pytest

from kpianalysis.project import in_project, project_folder


@pytest.fixture
def project(tmp_path):
    for folder in ("params", "notebooks/drafts", "data"):
        (tmp_path / "p" / folder).mkdir(parents=True)
    return tmp_path / "p"


@pytest.mark.parametrize("inside", [".", "params", "notebooks", "notebooks/drafts"])
def test_the_project_is_found_from_every_folder_in_it(project, inside, monkeypatch):
    monkeypatch.chdir(project / inside)
    assert project_folder() == project
    assert in_project("data/x") == project / "data/x"
    assert project_folder(project / inside) == project


def test_the_nearest_project_counts(project):
    (project / "notebooks/params").mkdir()
    assert project_folder(project / "notebooks/drafts") == project / "notebooks"


def test_a_file_called_params_makes_no_project(tmp_path):
    (tmp_path / "params").write_text("")
    assert project_folder(tmp_path) == tmp_path


def test_outside_any_project_the_folder_itself_counts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert in_project("data") == tmp_path / "data"


def test_an_absolute_path_stays(project, tmp_path):
    assert in_project(tmp_path / "elsewhere", project) == tmp_path / "elsewhere"
