"""Tables of how far weights may move."""

from __future__ import annotations

import pytest

import kpianalysis as kpi
from kpianalysis.i18n import number, percent
from kpianalysis.tables import stability
from tests.builders import make_card
from tests.shown import shown


@pytest.fixture(scope="module")
def ours():
    return shown("operations")


def test_each_weight_has_a_row_with_the_range_of_every_result(ours):
    table = stability.intervals(ours.intervals, ours.names)
    keys = ours.intervals.drop_duplicates(["level", "item_id"])
    assert [row[0] for row in table.rows] == [ours.names.item(item) for item in keys["item_id"]]
    assert len(table.columns) == 6
    first = ours.intervals[ours.intervals["result"] == "first"].iloc[0]
    assert table.rows[0][1] == percent(first["weight"], 1)
    assert table.rows[0][2] == f"{percent(first['low'], 1)} to {percent(first['high'], 1)}"


def test_a_weight_that_cannot_move_has_a_dash(ours):
    table = stability.intervals(ours.intervals, ours.names)
    row = next(row for row in table.rows if row[0] == ours.names.item("teamwork_rating"))
    assert set(row[2:]) == {"–"}


def test_without_grades_there_is_no_column_of_grades():
    of = shown("hospitals")
    assert len(stability.intervals(of.intervals, of.names).columns) == 5
    assert stability.flips(of.flips, of.names) is None


def test_the_smallest_moves_come_first_in_percentage_points(ours):
    table = stability.flips(ours.flips, ours.names, most=5)
    known = ours.flips.dropna(subset=["move"])
    assert [row[6] for row in table.rows] == [number(100 * move, 2) for move in known["move"].head(5)]
    assert [row[0] for row in table.rows] == [ours.names.subject(s) for s in known["subject_id"].head(5)]
    assert number(len(known)) in table.note


def test_falling_below_every_grade_is_none():
    of = shown("below every grade")
    (row,) = stability.flips(of.flips, of.names).rows
    assert (row[0], row[2], row[7]) == ("B", "", "A")
    back = of.flips.assign(new_grade=None)
    assert stability.flips(back, of.names).rows[0][7] == "none"


def test_nothing_to_show_is_no_table():
    card = make_card()
    empty = kpi.stability_intervals(card).head(0)
    assert stability.intervals(empty, kpi.names_of(card)) is None
