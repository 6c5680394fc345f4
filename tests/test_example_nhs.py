"""examples/nhs: figures of NHS England converted, and the national figures that were published come out again.

Oracle: ../shared/data/nhs_ae_waits/README.md, "Published answers", to the digits published.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis import Dataset
from kpianalysis.analyses.change.series import period_values
from kpianalysis.params import read_params
from tests.builders import ROOT
from tests.test_notebooks import shown_by

FOLDER = ROOT / "examples/nhs"
ALL, MAJOR = "four_hour", "four_hour_major"
HEADER = "period,org_code,type,attendances,breaches"


def convert(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the script as a user would."""
    command = [sys.executable, str(FOLDER / "convert.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def figures(shared) -> Path:
    """The publisher's file."""
    return shared / "data/nhs_ae_waits/ae_attendances.csv"


@pytest.fixture(scope="module")
def source(figures, tmp_path_factory) -> Path:
    """The converted tables."""
    folder = tmp_path_factory.mktemp("nhs")
    done = convert(figures, "--into", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def data(source) -> Dataset:
    return kpi.load(source, "2018-19-Q4")


@pytest.fixture(scope="module")
def months(data) -> pd.DataFrame:
    """The country's figures in each month, by indicator and first day."""
    values = period_values(data, kpi.score(data))
    return values.assign(period=values["period"].dt.strftime("%Y-%m")).set_index(["indicator_id", "period"])


@pytest.fixture(scope="module")
def providers(data) -> pd.DataFrame:
    """Each provider's major departments in each month."""
    values = period_values(data, kpi.score(data), by="subject_id")
    return values[values["indicator_id"] == MAJOR]


def per_cent(value: float, digits: int = 1) -> str:
    """Write a share as it was published."""
    return f"{100 * value:.{digits}f}"


def of_cycle(months: pd.DataFrame, cycle: str, indicator: str = ALL) -> float:
    """Add up the counts of a quarter, or of a year's quarters, and divide after."""
    rows = months.loc[indicator]
    sums = rows.loc[rows["cycle_id"].str.startswith(cycle), ["numerator", "denominator"]].sum()
    return float(sums["numerator"] / sums["denominator"])


# Published figures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "published"),
    [
        ("2017-03", "90.0"),
        ("2018-02", "85.0"),
        ("2018-03", "84.6"),
        ("2018-08", "89.7"),
        ("2018-09", "88.9"),
        ("2019-01", "84.4"),
    ],
)
def test_a_months_national_figure_is_the_published_one(months, month, published):
    assert per_cent(months.loc[(ALL, month), "value"]) == published


def test_who_waited_longer_in_january_2018_is_the_published_share(months):
    assert per_cent(1 - months.loc[(ALL, "2018-01"), "value"]) == "14.7"


@pytest.mark.parametrize(
    ("cycle", "published"),
    [("2016-17-Q4", "87.6"), ("2017-18-Q4", "85.0"), ("2017-18-Q2", "90.1"), ("2018-19-Q2", "89.3")],
)
def test_a_quarters_national_figure_is_the_published_one(months, cycle, published):
    assert per_cent(of_cycle(months, cycle)) == published


def test_major_departments_of_a_quarter_are_the_published_ones(months):
    assert per_cent(of_cycle(months, "2017-18-Q2", MAJOR)) == "85.2"
    # The first release said 83.4; the counts were revised since.
    assert per_cent(of_cycle(months, "2018-19-Q2", MAJOR), 2) == "83.46"


def test_three_of_137_major_departments_reached_the_target_in_january_2018(providers):
    january = providers[providers["period"] == "2018-01-01"]
    assert (int((january["value"] >= 0.95).sum()), len(january)) == (3, 137)


def test_two_major_departments_were_below_half_in_march_2018(providers):
    march = providers[(providers["period"] == "2018-03-01") & (providers["value"] < 0.5)]
    # Blackpool Teaching Hospitals and The Hillingdon Hospitals.
    found = {one: per_cent(value) for one, value in zip(march["group_id"], march["value"], strict=True)}
    assert found == {"RXL": "48.3", "RAS": "48.7"}


@pytest.mark.parametrize(("year", "figure"), [("2016-17", "89.13"), ("2017-18", "88.34"), ("2018-19", "88.01")])
def test_a_financial_year_is_built_from_its_quarters(data, year, figure):
    of_year = replace(data, cycle=year)
    values = period_values(of_year, kpi.score(of_year))
    months = values[values["cycle_id"].str.startswith(year)].set_index(["indicator_id", "period"])
    assert len(months.loc[ALL]) == 12
    assert per_cent(of_cycle(months, year), 2) == figure


# Nothing lost, counts first ----------------------------------------------------------------------------------------


def test_every_attendance_of_the_file_is_counted_once(figures, data):
    raw = pd.read_csv(figures, dtype={"type": str}).assign(within=lambda rows: rows["attendances"] - rows["breaches"])
    actuals = data.tables["actuals"].astype({"indicator_id": "str"})
    for indicator, rows in ((ALL, raw), (MAJOR, raw[raw["type"] == "1"])):
        mine = actuals[actuals["indicator_id"] == indicator]
        theirs = rows.groupby("period")[["within", "attendances"]].sum()
        ours = mine.groupby("period")[["numerator", "denominator"]].sum()
        assert len(ours) == 36
        assert (ours.to_numpy() == theirs.to_numpy()).all()


def test_a_providers_actual_is_its_counts_added_first_and_divided_after(figures, data):
    raw = pd.read_csv(figures)
    mine = raw[raw["period"].between("2019-01-01", "2019-03-31")].groupby("org_code")[["attendances", "breaches"]].sum()
    scores = kpi.score(data).scores.astype({"subject_id": "str", "indicator_id": "str"})
    actual = scores[scores["indicator_id"] == ALL].set_index("subject_id")["actual"]
    expected = 1 - mine["breaches"] / mine["attendances"]
    pd.testing.assert_series_equal(actual, expected.loc[actual.index], check_names=False, rtol=1e-12)
    assert len(actual) == len(mine) == 227


def test_a_mean_of_providers_would_be_another_figure(data, months):
    """The trap: in the last quarter the mean of the providers lies 4.6 points above the country's figure."""
    scores = kpi.score(data).scores.query("indicator_id == @ALL")
    assert per_cent(scores["actual"].mean()) == "89.7"
    assert per_cent(of_cycle(months, "2018-19-Q4")) == "85.1"


def test_the_units_counts_add_up_to_the_countrys(data, months):
    units = period_values(data, kpi.score(data), by="unit_id")
    sums = units[units["indicator_id"] == ALL].groupby("period")[["numerator", "denominator"]].sum()
    assert set(units["group_id"]) == {"major", "single_specialty", "minor"}
    assert (sums.to_numpy() == months.loc[ALL][["numerator", "denominator"]].to_numpy()).all()


# Providers come, merge and go; few cases; none too late ------------------------------------------------------------


def test_a_merger_is_leavers_and_a_joiner_and_the_year_has_all_of_them(data):
    """Central Manchester and South Manchester (RW3, RM2) became Manchester (R0A) on 1 October 2017."""
    cards = {cycle: kpi.score(data, cycle) for cycle in ("2017-18-Q2", "2017-18-Q3", "2017-18")}
    there = {cycle: set(card.totals["subject_id"]) & {"RW3", "RM2", "R0A"} for cycle, card in cards.items()}
    assert there == {"2017-18-Q2": {"RW3", "RM2"}, "2017-18-Q3": {"R0A"}, "2017-18": {"RW3", "RM2", "R0A"}}
    now, before = cards["2017-18-Q3"], cards["2017-18-Q2"]
    counts = kpi.joiners_and_leavers(now, before)
    assert counts["both"] + counts["joined"] == len(now.totals)
    assert counts["both"] + counts["left"] == len(before.totals)
    assert not {"RW3", "RM2", "R0A"} & set(kpi.bridge_subjects(now, before)["subject_id"])


def test_every_provider_with_figures_has_a_score_however_few_its_cases(data):
    card = kpi.score(data, "2018-19-Q1")
    scores = card.scores.query("indicator_id == @ALL").set_index("subject_id")["score"]
    assert scores.notna().all()
    # 17, 17 and 25 attendances, nobody too late.
    assert scores[["NNF18", "NNF70", "NNF99"]].tolist() == [100.0, 100.0, 100.0]


def test_no_breach_is_exactly_one_and_full_marks(figures, data):
    raw = pd.read_csv(figures)
    breaches = raw[raw["period"].between("2019-01-01", "2019-03-31")].groupby("org_code")["breaches"].sum()
    rows = kpi.score(data).scores.query("indicator_id == @ALL")
    without = rows[rows["actual"] == 1.0]
    assert set(without["subject_id"]) == set(breaches.index[breaches == 0])
    assert (without["score"] == 100.0).all()


def test_major_departments_are_shown_and_never_scored(data):
    card = kpi.score(data)
    summary = kpi.indicator_summary(card).astype({"indicator_id": "str"}).set_index("indicator_id")
    assert summary.loc[MAJOR, ["kind", "n", "lost_points"]].tolist() == ["monitor", 134, 0.0]
    # Only for whoever has one: nobody else's is missing.
    assert summary.loc[MAJOR, "n_scored"] == 134
    assert card.totals["coverage"].eq(1.0).all()


# The script, the parameter files, the report -----------------------------------------------------------------------


def test_the_check_has_nothing_to_say_and_the_licence_stands_on_every_page(source, data):
    assert kpi.check(source) == ()
    assert "Open Government Licence v3.0" in data.notice
    assert "NHS England" in data.notice


def test_running_twice_gives_the_same_bytes(figures, source, tmp_path):
    convert(figures, "--into", tmp_path)
    first, second = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in (source, tmp_path))
    assert first == second


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2016-04-01,A,1,10,11", "row 2: more breaches than attendances"),
        ("2016-04-01,A,1,10,1\n2016-04-01,A,1,10,1", "row 3: month, provider and type are there twice"),
        ("2016-04-02,A,1,10,1", "row 2: the period is not the first day of a month"),
        ("April,A,1,10,1", "row 2: the period is not the first day of a month"),
        ("2016-04-01,A,3,10,1", "row 2: the type is none of 1, 2, other"),
        ("2016-04-01,A,1,,1", "row 2: a count is missing"),
        ("2016-04-01,A,1,*,1", "row 2: a count is missing"),
        ("2016-04-01,A,1,-2,-3", "row 2: a count is missing, no number or below 0"),
    ],
)
def test_figures_that_cannot_be_right_are_named_and_nothing_is_written(tmp_path, capsys, script, rows, said):
    file = tmp_path / "figures.csv"
    file.write_text(f"{HEADER}\n{rows}\n")
    assert script.main([str(file), "--into", str(tmp_path / "out")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_absent_file_or_column_is_named(tmp_path, capsys, script):
    assert script.main([str(tmp_path / "nowhere.csv")]) == 1
    assert "there is no such file" in capsys.readouterr().err
    (tmp_path / "short.csv").write_text("period,org_code,type\n")
    assert script.main([str(tmp_path / "short.csv")]) == 1
    assert "has no column attendances, breaches" in capsys.readouterr().err


def test_a_quarter_bears_the_name_of_its_financial_year(script):
    months = pd.Series(pd.PeriodIndex(["2016-04", "2016-12", "2017-01", "2017-03", "1999-12", "2000-01"], freq="M"))
    names = ["2016-17-Q1", "2016-17-Q3", "2016-17-Q4", "2016-17-Q4", "1999-00-Q3", "1999-00-Q4"]
    assert script.quarter_names(months).tolist() == names


@pytest.fixture
def script(monkeypatch):
    """convert.py as a module."""
    monkeypatch.syspath_prepend(str(FOLDER))
    import convert as module

    return module


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yml")), ids=lambda file: file.stem)
def test_every_parameter_file_names_a_cycle_with_actuals(file, data):
    params = read_params(file)
    assert params.cycle == file.stem
    assert params.source == "examples/nhs/data"
    assert len(kpi.score(data, params.cycle).totals) > 200


def test_every_cycle_is_compared_with_the_one_before(data):
    previous = {cycle: replace(data, cycle=cycle).previous_cycle for cycle in data.tables["cycles"]["cycle_id"]}
    assert {cycle for cycle, before in previous.items() if not before} == {"2016-17", "2016-17-Q1"}
    assert (previous["2018-19"], previous["2018-19-Q1"]) == ("2017-18", "2017-18-Q4")


@pytest.mark.parametrize("cycle", ["2018-19-Q4", "2018-19"])
def test_the_attainment_report_runs_on_one_indicator_and_providers_that_come_and_go(source, monkeypatch, cycle):
    monkeypatch.chdir(ROOT)
    notebook = ROOT / "notebooks/attainment.ipynb"
    given = {"cycle": cycle, "source": str(source), "draws": 100}
    shown = "\n".join(shown_by(notebook, monkeypatch, **given))
    assert cycle in shown
    assert "Within four hours" in shown
