"""Cycles in time: order, overlap, loops, and periods inside their cycle."""

from __future__ import annotations

import pytest

from kpianalysis.checks import check_cycles
from tests.builders import make_data


def cycle(cycle_id: str, start: str, end: str, kind: str = "quarter", **more: str) -> dict[str, str]:
    return {"cycle_id": cycle_id, "start": f"2024-{start}", "end": f"2024-{end}", "kind": kind, **more}


def said(*cycles, **tables):
    """Row, column and sentence of each finding."""
    data = make_data(check=False, cycles=list(cycles), **tables)
    return [(finding.row, finding.column, finding.message()) for finding in check_cycles(data.tables)]


Q1, Q2 = cycle("Q1", "01-01", "03-31"), cycle("Q2", "04-01", "06-30")


def test_cycles_one_after_the_other_and_in_one_another_are_sound():
    assert (
        said(cycle("Y", "01-01", "12-31", "year"), {**Q1, "parent_cycle_id": "Y"}, {**Q2, "previous_cycle_id": "Q1"})
        == []
    )


def test_a_cycle_that_ends_before_it_starts():
    assert said(Q1, cycle("Q2", "06-30", "04-01")) == [("3", "end", "The cycle ends before it starts.")]


def test_a_cycle_of_one_day_is_a_cycle():
    assert said(cycle("D", "01-01", "01-01")) == []


@pytest.mark.parametrize("start", ["03-31", "02-01", "01-01"])
def test_cycles_of_a_kind_that_share_a_day_overlap(start):
    assert said(Q1, cycle("X", start, "06-30")) == [("3", "start", "X overlaps Q1, another quarter.")]


def test_the_order_of_rows_does_not_matter_for_overlaps():
    assert said(cycle("X", "03-01", "06-30"), Q1) == [("2", "start", "X overlaps Q1, another quarter.")]


def test_a_long_cycle_overlaps_everything_within_it():
    long = cycle("Z", "01-01", "12-31")
    assert said(long, Q1, Q2) == [
        ("3", "start", "Q1 overlaps Z, another quarter."),
        ("4", "start", "Q2 overlaps Z, another quarter."),
    ]


@pytest.mark.parametrize("column", ["parent_cycle_id", "previous_cycle_id"])
def test_a_way_that_leads_back_is_named_at_each_step(column):
    first, second = {**Q1, column: "Q2"}, {**Q2, column: "Q1"}
    assert said(first, second) == [
        ("2", column, "Q1 leads back to itself."),
        ("3", column, "Q2 leads back to itself."),
    ]
    assert said({**Q1, column: "Q1"}) == [("2", column, "Q1 leads back to itself.")]


def test_a_way_into_a_loop_is_not_the_loop():
    third = cycle("Q3", "07-01", "09-30", previous_cycle_id="Q2")
    rows = said({**Q1, "previous_cycle_id": "Q1"}, {**Q2, "previous_cycle_id": "Q1"}, third)
    assert [row for row, _, _ in rows] == ["2"]


@pytest.mark.parametrize(
    ("period", "is_outside"), [("2023-12-31", 1), ("2024-01-01", 0), ("2024-03-31", 0), ("2024-04-01", 1)]
)
def test_a_period_lies_within_its_cycle(period, is_outside):
    actuals = [{"cycle_id": "Q1", "subject_id": "A", "value": 1, "period": period}]
    assert said(Q1, Q2, actuals=actuals) == [("2", "period", "The period is outside its cycle.")] * is_outside


def test_a_cycle_named_twice_is_looked_at_once():
    actuals = [{"cycle_id": "Q1", "subject_id": "A", "value": 1, "period": "2024-02-01"}]
    assert said(Q1, Q1, actuals=actuals) == []


def test_the_period_of_an_unknown_cycle_is_no_second_problem():
    assert said(Q1, actuals=[{"cycle_id": "Q9", "subject_id": "A", "value": 1, "period": "2031-01-01"}]) == []
