"""The unit that is judged leniently is found, and only on what is judged."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import kpianalysis as kpi
from tests.builders import ROOT, actual_rows, make_card


@pytest.mark.parametrize("cycle", ["2024Q1", "2024Q2", "2024Q3", "2024Q4", "2024"])
def test_the_lenient_unit_of_the_operations_example_is_found_on_both_ratings(cycle):
    card = kpi.score(kpi.load(ROOT / "data/operations", cycle))
    apart = kpi.unit_differences(card)
    apart = apart[(apart["p_adjusted"] < 0.05) & (apart["difference"] > 5)]
    found = set(zip(apart["unit_id"], apart["indicator_id"], strict=True))
    assert found == {("west", "teamwork_rating"), ("west", "innovation_rating")}
    names = kpi.names_of(card)
    assert "west" in kpi.wording.attainment.units_apart(kpi.unit_differences(card), names)
    assert "west" in kpi.tables.attainment.units_apart(kpi.unit_differences(card), names)._repr_html_()


def _card(north, south):
    values = {f"N{i}": value for i, value in enumerate(north)} | {f"S{i}": value for i, value in enumerate(south)}
    subjects = [{"subject_id": name, "unit_id": "north" if name[0] == "N" else "south"} for name in values]
    return make_card(subjects=subjects, indicators=[{"method": "given"}], plan=None, actuals=actual_rows(values))


def test_p_is_that_of_welch_and_the_same_from_both_sides():
    north, south = [50, 60, 55, 52, 58], [70, 90, 60, 80, 85, 75]
    answer = kpi.unit_differences(_card(north, south)).set_index("unit_id")
    expected = stats.ttest_ind(north, south, equal_var=False).pvalue
    assert answer["p_adjusted"].tolist() == pytest.approx([expected, expected])
    assert answer.loc["north", "difference"] == pytest.approx(-answer.loc["south", "difference"])


@pytest.mark.parametrize(("north", "south"), [([1, 2, 3, 4], [1, 2, 3, 4, 5]), ([5] * 5, [5] * 5)])
def test_too_few_scores_or_no_spread_are_not_compared(north, south):
    card = _card(north, south)
    assert kpi.unit_differences(card).empty
    assert "too few" in kpi.wording.attainment.units_apart(kpi.unit_differences(card), kpi.names_of(card))


def test_a_unit_at_the_ceiling_is_compared_without_a_warning():
    north, south = [100] * 5, [90, 80, 100, 70, 95]
    answer = kpi.unit_differences(_card(north, south)).set_index("unit_id")
    # Welch: one side has no spread, so the other's standard error alone.
    t = 13 / (np.std(south, ddof=1) / np.sqrt(5))
    assert answer.loc["north", "p_adjusted"] == pytest.approx(2 * stats.t.sf(t, 4), rel=1e-9)


def test_subjects_without_a_unit_are_others():
    values = {f"N{i}": i for i in range(6)} | {f"X{i}": 10 + i for i in range(6)}
    subjects = [{"subject_id": name, "unit_id": "north" if name[0] == "N" else ""} for name in values]
    card = make_card(subjects=subjects, indicators=[{"method": "given"}], plan=None, actuals=actual_rows(values))
    answer = kpi.unit_differences(card)
    assert answer[["unit_id", "n", "mean", "others"]].to_numpy().tolist() == [["north", 6, 2.5, 12.5]]
