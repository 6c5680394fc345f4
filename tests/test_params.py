"""Parameter files: every problem at once, with file, key and allowed values."""

from __future__ import annotations

import pytest

import kpianalysis as kpi
from tests.builders import ROOT


@pytest.mark.parametrize("file", sorted((ROOT / "params").glob("*.yml")), ids=lambda file: file.stem)
def test_every_parameter_file_of_the_project_is_sound(file):
    assert kpi.read_params(file).cycle == file.stem


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cycle: a\nsource: b\nsede: 1\n", "Did you mean 'seed'"),
        ("cycle: a\nsource: b\ncolour: 1\n", "Known keys"),
        ("source: b\n", "cycle: is missing"),
        ("cycle: a\nsource: b\nseed: x\n", "whole number"),
        ("cycle: a\nsource: b\ndraws: 1\n", "from 100"),
        ("cycle: a\nsource: b\nspread: 7\n", "from 0.01 to 1"),
        ("cycle: a\nsource: b\nlang: no\n", "'no' is not allowed. Use 'en' or 'zh'"),
        ("cycle: a\nsource: b\nmissing: guess\n", "'redistribute' or 'zero' or 'refuse'"),
        ("cycle: a\nsource: b\nreports: [x]\n", "no report 'x'"),
        ("cycle: a\nsource: b\nreports: attainment\n", "list of reports"),
        ("cycle: a\nsource: b\nreports: [attainment, attainment]\n", "twice"),
        ("cycle: a\ncycle: b\nsource: b\n", "duplicate key"),
        ("cycle: [a\n", "key: value"),
        ("", "holds no"),
        ("cycle:\nsource: 3\n", "is not text"),
    ],
)
def test_bad_parameters(tmp_path, text, says):
    file = tmp_path / "x.yml"
    file.write_text(text)
    with pytest.raises(kpi.KpiError) as caught:
        kpi.read_params(file)
    assert says in str(caught.value)
    assert "x.yml" in str(caught.value)


def test_all_problems_come_at_once(tmp_path):
    file = tmp_path / "x.yml"
    file.write_text("cycle: a\nseed: -1\nlang: fr\n")
    with pytest.raises(kpi.KpiError) as caught:
        kpi.read_params(file)
    assert len(str(caught.value).splitlines()) == 3


def test_a_year_may_be_written_without_quotation_marks(tmp_path):
    file = tmp_path / "x.yml"
    file.write_text("cycle: 2024\nsource: b\n")
    assert kpi.read_params(file).cycle == "2024"


def test_a_missing_file_names_those_there_are(tmp_path):
    (tmp_path / "here.yml").write_text("")
    with pytest.raises(kpi.KpiError, match=r"here\.yml"):
        kpi.read_params(tmp_path / "gone.yml")
