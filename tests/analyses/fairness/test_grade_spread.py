"""Grades beside the guide and by group: exact tests, and no verdict about a handful."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpianalysis.analyses.fairness import exact_rows
from kpianalysis.analyses.fairness.exact_rows import row_test
from kpianalysis.analyses.fairness.grade_spread import (
    ALIKE,
    BEYOND,
    CHANCE,
    COLUMNS,
    DIFFERENCES,
    DIFFERS,
    WITHIN,
    grade_differences,
    grade_spread,
)
from kpianalysis.errors import KpiError
from tests.builders import make_card
from tests.cards import OPERATIONS, given_card, hospitals, operations

GUIDE = [
    {"grade": "A", "min_score": 70, "quota_min": 0.1, "quota_max": 0.2},
    {"grade": "B", "min_score": 50, "quota_min": 0.5, "quota_max": 0.9},
    {"grade": "C", "min_score": 0},
]
POINTS = {"A": 80.0, "B": 60.0, "C": 40.0}
RNG = np.random.default_rng


def graded(units: dict[str, str], grades=GUIDE):
    """A card whose subjects have the grades given, by unit: {"u": "AAB"}."""
    rows = [(f"{unit}{k:03d}", unit, POINTS[grade]) for unit, named in units.items() for k, grade in enumerate(named)]
    scores = pd.DataFrame({"I": [points for _s, _u, points in rows]}, index=[s for s, _u, _p in rows])
    return given_card(scores, subjects=[{"subject_id": s, "unit_id": u} for s, u, _p in rows], grades=grades)


def test_the_lady_tasting_tea_has_the_p_that_fisher_printed():
    """Fisher (1935), The Design of Experiments: 3 of 4 right, two-sided p 34/70."""
    p, exact = row_test(np.array([3, 1]), np.array([1, 3]), 1, RNG(1))
    assert p == pytest.approx(34 / 70, rel=1e-9)
    assert exact


@pytest.mark.parametrize("seed", range(8))
def test_two_grades_have_the_p_of_scipys_fisher_test(seed):
    rng = RNG(seed)
    row, rest = rng.integers(1, 12, 2), rng.integers(1, 30, 2)
    expected = stats.fisher_exact([row, rest]).pvalue
    assert row_test(row, rest, 1, rng)[0] == pytest.approx(expected, rel=1e-7)


def test_five_grades_have_the_p_that_listing_every_row_by_hand_gives():
    row, rest = np.array([0, 4, 5, 1, 2]), np.array([2, 3, 20, 10, 1])
    column = row + rest
    law = stats.multivariate_hypergeom(column, row.sum())
    rows = [r for r in product(*(range(c + 1) for c in column)) if sum(r) == row.sum()]
    likely = law.pmf(np.array(rows))
    assert likely.sum() == pytest.approx(1.0)
    expected = likely[likely <= law.pmf(row) * (1 + 1e-7)].sum()
    assert row_test(row, rest, 1, RNG(1))[0] == pytest.approx(expected, rel=1e-7)


def test_drawn_rows_have_the_p_of_listed_ones(monkeypatch):
    """40,000 draws: standard error at most 0.0025."""
    row, rest = np.array([1, 6, 4, 1]), np.array([3, 5, 20, 8])
    exact = row_test(row, rest, 1, RNG(1))[0]
    monkeypatch.setattr(exact_rows, "MOST_ROWS", 0)
    drawn, is_exact = row_test(row, rest, 40_000, RNG(2))
    assert not is_exact
    assert drawn == pytest.approx(exact, abs=0.01)


def test_groups_drawn_by_lot_are_called_different_no_more_often_than_stated():
    """1,000 lots: p ≤ 0.05 in at most 5 %, standard error 0.7 points."""
    rng, column = RNG(4), np.array([3, 9, 30, 12, 4])
    rows = rng.multivariate_hypergeometric(column, 12, size=1_000)
    unique, times = np.unique(rows, axis=0, return_counts=True)
    p = np.array([row_test(row, column - row, 1, rng)[0] for row in unique])
    assert (times * (p <= 0.05)).sum() / 1_000 < 0.065


def test_counts_and_shares_stand_beside_the_guide():
    table = grade_spread(graded({"u": "A" * 2 + "B" * 8, "v": "B" * 9 + "C"}))
    whole = table[table["group_id"] == ""].set_index("grade")
    assert whole["n"].tolist() == [2, 17, 1]
    assert whole["share"].tolist() == [0.1, 0.85, 0.05]
    assert whole.loc["A", ["guide_low", "guide_high"]].tolist() == [2.0, 4.0]
    assert whole["verdict"].tolist() == [WITHIN, WITHIN, ""]
    assert table["group_id"].tolist() == [""] * 3 + ["u"] * 3 + ["v"] * 3


def test_the_chance_beside_the_guide_is_binomial_at_its_near_end():
    table = grade_spread(graded({"u": "A" * 20 + "B" * 20})).set_index(["group_id", "grade"])
    assert table.loc[("", "A"), "p"] == pytest.approx(stats.binomtest(20, 40, 0.2, "greater").pvalue, rel=1e-9)
    assert table.loc[("", "A"), ["side", "verdict"]].tolist() == ["high", BEYOND]
    assert table.loc[("", "B"), ["side", "verdict"]].tolist() == ["", WITHIN]
    low = grade_spread(graded({"u": "B" * 12})).set_index(["group_id", "grade"]).loc[("", "A")]
    assert low["p"] == pytest.approx(0.9**12, rel=1e-9)
    assert low[["side", "verdict"]].tolist() == ["low", CHANCE]


def test_a_share_on_the_end_of_the_guide_is_inside_it():
    grades = [{"grade": "A", "min_score": 70, "quota_min": 0.15, "quota_max": 0.15}, {"grade": "C", "min_score": 0}]
    table = grade_spread(graded({"u": "A" * 3 + "C" * 17}, grades))
    assert table["verdict"].iloc[0] == WITHIN


def test_a_group_with_other_grades_is_found_and_the_grade_named():
    table = grade_differences(graded({"u": "A" * 12 + "B" * 2, "v": "B" * 14, "w": "B" * 13 + "C"}))
    first = table.iloc[0]
    assert first[["group_id", "verdict", "grade"]].tolist() == ["u", DIFFERS, "A"]
    assert first["share"] == pytest.approx(12 / 14)
    assert first["share_others"] == 0


def test_no_verdict_about_a_handful():
    card = graded({"u": "A" * 9, "v": "B" * 30})
    differences = grade_differences(card).set_index("group_id")
    assert differences["verdict"].tolist() == ["", ""]
    assert differences["p"].isna().all()
    spread = grade_spread(card)
    assert (spread.loc[spread["group_id"] == "u", "verdict"] == "").all()


@pytest.mark.parametrize("cycle", OPERATIONS)
@pytest.mark.parametrize("by", ["unit_id", "role_id"])
def test_the_operations_department_raises_no_alarm(cycle, by):
    card = operations(cycle)
    assert set(grade_differences(card, by)["verdict"]) <= {ALIKE, ""}
    assert set(grade_spread(card, by)["verdict"]) <= {WITHIN, CHANCE, ""}


def test_counts_of_the_department_are_those_of_its_readme():
    table = grade_spread(operations("2024Q4"))
    assert table.loc[table["group_id"] == "", "n"].tolist() == [1, 8, 31, 8, 0]
    groups = table[table["group_id"] != ""].groupby("grade", sort=False)["n"].sum()
    assert groups.tolist() == [1, 8, 31, 8, 0]


def test_those_below_every_grade_are_a_column_of_their_own():
    card = graded({"u": "A" * 5 + "C" * 7}, GUIDE[:2])
    table = grade_spread(card)
    assert table["grade"].tolist() == ["A", "B", ""] * 2
    assert table["n"].tolist() == [5, 0, 7] * 2
    assert (table.loc[table["grade"] == "", "verdict"] == "").all()


def test_without_grades_or_totals_there_is_nothing():
    for card in (hospitals(), make_card(), make_card(actuals=[{"subject_id": "A", "missing_reason": "ill"}])):
        assert list(grade_spread(card)) == COLUMNS
        assert list(grade_differences(card)) == DIFFERENCES
        assert len(grade_spread(card)) == len(grade_differences(card)) == 0


def test_order_of_subjects_is_irrelevant():
    units = {"u": "AAAABBBBBBBB", "v": "BBBBBBBBBBBBCC", "w": "ABBBBBBBBBC"}
    back = {unit: units[unit][::-1] for unit in reversed(units)}
    for question in (grade_spread, grade_differences):
        pd.testing.assert_frame_equal(question(graded(units)), question(graded(back)), rtol=1e-9)


def test_arguments_that_are_none_are_refused():
    with pytest.raises(KpiError, match="Use one of: 'unit_id', 'role_id'"):
        grade_spread(make_card(), "subject_id")
    with pytest.raises(KpiError, match="draws: 0 is too few"):
        grade_differences(make_card(), draws=0)
