"""Bonus, veto, rank and grade."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from kpianalysis.scoring.totals import grade_places, grade_totals, limit_totals, rank_totals
from tests.builders import actual_rows, make_card, totals_of

NAN = math.nan


def test_ranks_begin_at_the_best_and_leave_out_missing_totals():
    ranks = rank_totals(pd.Series([70.0, NAN, 90.0, 80.0], index=["a", "b", "c", "d"]))
    assert ranks.to_dict() == pytest.approx({"a": 3, "b": NAN, "c": 1, "d": 2}, nan_ok=True)


def test_the_place_after_a_tie_is_left_open():
    assert rank_totals(pd.Series([80.0, 90.0, 80.0, 70.0, 90.0])).tolist() == [3, 1, 3, 5, 1]


@pytest.mark.parametrize("total", [80.0, 80.0000000005, 0.1 + 0.2, 33.333333333])
def test_totals_that_differ_in_their_last_digits_tie_wherever_they_lie(total):
    """Rounding both to a grid would part those on either side of a line of the grid."""
    assert rank_totals(pd.Series([total - 2e-13, total + 2e-13, total + 1e-6])).tolist() == [2, 2, 1]


def test_nobody_with_a_total_is_no_rank():
    assert rank_totals(pd.Series([NAN, NAN])).isna().all()


GRADES = pd.DataFrame({"grade": ["B", "S"], "min_score": [60.0, 90.0], "coefficient": [1.0, 1.5]})


@pytest.mark.parametrize(
    ("total", "grade", "coefficient"),
    [(90.0, "S", 1.5), (90.0 - 1e-12, "S", 1.5), (89.999, "B", 1.0), (60.0, "B", 1.0), (120.0, "S", 1.5)],
)
def test_a_grade_begins_exactly_at_its_boundary(total, grade, coefficient):
    assert grade_totals(pd.Series([total]), GRADES).iloc[0].tolist() == [grade, coefficient]


@pytest.mark.parametrize("total", [59.999, -5.0, NAN])
def test_below_every_grade_there_is_none(total):
    assert grade_totals(pd.Series([total]), GRADES).isna().all(axis=None)


def test_grades_are_ordered_from_the_best_whatever_the_order_of_the_table():
    for table in (GRADES, GRADES.iloc[::-1]):
        assert grade_totals(pd.Series([50.0]), table)["grade"].cat.categories.tolist() == ["S", "B"]


def test_without_grades_nobody_has_one():
    assert grade_totals(pd.Series([50.0]), GRADES.iloc[:0]).isna().all(axis=None)
    assert grade_places(np.array([50.0]), np.array([])).tolist() == [-1]


def test_a_veto_never_lifts_a_total_and_leaves_a_missing_one_missing():
    assert limit_totals(np.array([40.0, 80.0]), np.array([59.0, NAN])).tolist() == [40, 80]
    assert np.isnan(limit_totals(np.array([NAN]), np.array([59.0]))).all()


def extras(*indicators, **actuals):
    """Score subjects of 80 points each, with more indicators that don't count in the weights."""
    rows = [row for name, values in actuals.items() for row in actual_rows(values, name)]
    catalogue = [{}, *indicators]
    plan = [{"target": 100}, *({"indicator_id": i["indicator_id"], "target": 1} for i in indicators)]
    return make_card(
        check=False,
        indicators=catalogue,
        plan=plan,
        actuals=[*actual_rows({"A": 80, "B": 80, "C": 80}), *rows],
        grades=GRADES.to_dict("records"),
    )


def bonus(name, **more):
    return {"indicator_id": name, "kind": "bonus", "method": "given", **more}


def veto(name, cap):
    return {"indicator_id": name, "kind": "veto", "method": "binary", "cap": cap}


def test_bonus_and_penalty_each_have_their_own_limits():
    card = extras(
        bonus("X", cap=10), bonus("Y", floor=-5), X={"A": 25, "B": 10, "C": 1}, Y={"A": -2, "B": -20, "C": "no case"}
    )
    assert totals_of(card, "bonus") == {"A": 8, "B": 5, "C": 1}
    assert totals_of(card) == {"A": 88, "B": 85, "C": 81}
    assert totals_of(card, "weighted_total") == {"A": 80, "B": 80, "C": 80}
    assert totals_of(card, "coverage") == {"A": 1, "B": 1, "C": 1}


def test_a_bonus_can_lift_a_total_above_100_and_into_a_grade():
    card = extras(bonus("X"), X={"A": 25, "B": 10, "C": 9.99})
    assert totals_of(card) == {"A": 105, "B": 90, "C": 89.99}
    assert totals_of(card, "grade") == {"A": "S", "B": "S", "C": "B"}


def test_a_veto_comes_after_the_bonus_and_before_the_grade():
    card = extras(bonus("X"), veto("V", 65), X={"A": 15, "B": 15, "C": 0}, V={"A": 0, "B": 1, "C": 0.99})
    assert totals_of(card) == {"A": 65, "B": 95, "C": 65}
    assert totals_of(card, "veto") == {"A": "V", "B": "", "C": "V"}
    assert totals_of(card, "grade") == {"A": "B", "B": "S", "C": "B"}
    assert totals_of(card, "rank") == {"A": 2, "B": 1, "C": 2}
    assert totals_of(card, "coefficient") == {"A": 1.0, "B": 1.5, "C": 1.0}


def test_of_several_vetoes_the_lowest_cap_holds_and_all_are_named():
    card = extras(veto("V", 65), veto("W", 50), V={"A": 0, "B": 0, "C": 1}, W={"A": 0, "B": 1, "C": "not checked"})
    assert totals_of(card) == {"A": 50, "B": 65, "C": 80}
    assert totals_of(card, "veto") == {"A": "V, W", "B": "V", "C": ""}
    assert totals_of(card, "veto_cap") == pytest.approx({"A": 50, "B": 65, "C": NAN}, nan_ok=True)


def test_a_veto_without_a_cap_takes_everything():
    assert totals_of(extras(veto("V", None), V={"A": 0, "B": 1, "C": 1})) == {"A": 0, "B": 80, "C": 80}
