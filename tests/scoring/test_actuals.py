"""Periods of an indicator become one actual, or a reason why there is none."""

from __future__ import annotations

import math

import pytest

from tests.builders import make_card, messages_of

MONTHS = ("2024-01-01", "2024-02-01", "2024-03-01")
YEAR = [
    {"cycle_id": "2024", "kind": "year", "end": "2024-12-31"},
    {"cycle_id": "2024Q1", "parent_cycle_id": "2024"},
    {"cycle_id": "2024Q2", "start": "2024-04-01", "end": "2024-06-30", "parent_cycle_id": "2024"},
]
NO_PARTS = "a period has a ratio without its numerator and denominator"


def monthly(subject, *cells):
    """Write the rows of one subject: a number, (numerator, denominator), a reason, or None for no row."""
    rows = []
    for month, cell in zip(MONTHS, cells, strict=False):
        row = {"subject_id": subject, "period": month}
        if isinstance(cell, tuple):
            rows.append({**row, "numerator": cell[0], "denominator": cell[1]})
        elif cell is not None:
            rows.append({**row, "missing_reason" if isinstance(cell, str) else "value": cell})
    return rows


def combined(aggregation, rows, cycle="2024Q1", **tables):
    """Say what each subject's actual is: a number, or the reason why it is not scored."""
    card = make_card(
        cycle, indicators=[{"method": "given", "aggregation": aggregation}], actuals=rows, plan=None, **tables
    )
    scores = card.scores.set_index(card.scores["subject_id"].astype("str"))
    # Never a score beside a reason, never neither.
    assert (scores["score"].isna() == scores["missing_reason"].notna()).all()
    return card, {
        subject: row["actual"] if isinstance(row["missing_reason"], float) else row["missing_reason"]
        for subject, row in scores.iterrows()
    }


@pytest.mark.parametrize(
    ("aggregation", "actual"), [("sum", 12), ("mean", 4), ("last", 3), ("max", 7), ("min", 2), (None, 3)]
)
def test_every_way_to_combine_and_last_without_any(aggregation, actual):
    assert combined(aggregation, monthly("A", 2, 7, 3))[1] == {"A": actual}


def test_the_last_period_is_last_in_time_not_in_the_table():
    assert combined("last", monthly("A", 2, 7, 3)[::-1])[1] == {"A": 3}


@pytest.mark.parametrize(("aggregation", "actual"), [("mean", 4.5), ("last", 7), ("max", 7), ("min", 2)])
def test_periods_without_a_value_take_no_part(aggregation, actual):
    assert combined(aggregation, monthly("A", 2, 7, "strike"))[1] == {"A": actual}


@pytest.mark.parametrize("aggregation", ["sum", "mean", "last", "max", "min", "ratio"])
def test_no_period_with_a_value_is_missing_with_the_first_reason(aggregation):
    assert combined(aggregation, monthly("A", "strike", "flood"))[1] == {"A": "strike"}


def test_a_value_with_a_reason_is_never_added():
    rows = monthly("A", 2, 7, 3)
    rows[1]["missing_reason"] = "too few cases"
    assert combined("sum", rows)[1] == {"A": "too few cases"}
    assert combined("mean", rows)[1] == {"A": 2.5}


def test_a_sum_without_every_period_is_a_finding_and_no_number():
    card, actuals = combined("sum", [*monthly("A", 2, 7, 3), *monthly("B", 2, None, 3)])
    assert actuals == {"A": 12, "B": "a period has no value"}
    assert messages_of(card, "warning") == ["I has no score for 1 subjects (B): a period has no value."]


def test_a_row_for_the_whole_cycle_is_complete_beside_others_months():
    rows = [*monthly("A", 2, 7, 3), {"subject_id": "B", "value": 12}, {"subject_id": "C", "missing_reason": "new"}]
    assert combined("sum", rows)[1] == {"A": 12, "B": 12, "C": "new"}


def test_ratios_add_up_first_and_divide_after():
    rows = [*monthly("A", (1, 10), (9, 90), (0, 100)), *monthly("B", (1, 2))]
    assert combined("ratio", rows)[1] == {"A": 0.05, "B": 0.5}


def test_a_period_without_cases_does_not_lose_its_numerator():
    assert combined("ratio", monthly("A", (2, 0), (3, 10)))[1] == {"A": 0.5}


def test_ratio_parts_that_add_up_to_no_cases_are_a_finding():
    card, actuals = combined("ratio", [*monthly("A", (1, 0), (2, 0)), *monthly("B", (1, 2))])
    assert actuals == {"A": "the denominator is zero", "B": 0.5}
    assert messages_of(card, "warning") == ["I has no score for 1 subjects (A): the denominator is zero."]


def test_a_zero_denominator_of_the_whole_cycle_is_a_finding_that_names_the_subject():
    card, actuals = combined("ratio", [{"subject_id": "B", "numerator": 1, "denominator": 0}])
    assert actuals == {"B": "the denominator is zero"}
    assert messages_of(card, "warning") == ["I has no score for 1 subjects (B): the denominator is zero."]


def test_negative_numerators_are_added_like_others():
    assert combined("ratio", monthly("A", (-3, 10), (1, 10)))[1] == {"A": -0.1}


def test_ratios_of_quarters_without_their_parts_cannot_make_a_year():
    rows = [
        {"subject_id": "A", "value": 0.5},
        {"subject_id": "A", "cycle_id": "2024Q2", "value": 0.7},
        {"subject_id": "B", "numerator": 1, "denominator": 2},
        {"subject_id": "B", "cycle_id": "2024Q2", "value": 0.7},
        {"subject_id": "C", "value": 0.5},
    ]
    card, actuals = combined("ratio", rows, "2024", cycles=YEAR)
    assert actuals == {"A": NO_PARTS, "B": NO_PARTS, "C": 0.5}
    assert messages_of(card, "warning") == [f"I has no score for 2 subjects (A, B): {NO_PARTS}."]


def test_the_months_of_a_year_add_up_over_its_quarters():
    second = [
        {"subject_id": "A", "cycle_id": "2024Q2", "period": day, "value": value}
        for day, value in (("2024-04-01", 4), ("2024-05-01", 5), ("2024-06-01", 6))
    ]
    rows = [*monthly("A", 1, 2, 3), *second, *monthly("B", 1, 2, 3)]
    assert combined("sum", rows, "2024", cycles=YEAR)[1] == {"A": 21, "B": "a period has no value"}
    assert combined("last", rows, "2024", cycles=YEAR)[1] == {"A": 6, "B": 3}


def test_whole_quarters_are_the_periods_of_their_year():
    rows = [
        {"subject_id": "A", "cycle_id": quarter, "value": value} for quarter, value in (("2024Q2", 6), ("2024Q1", 2))
    ]
    expected = {"sum": 8, "mean": 4, "last": 6, "max": 6, "min": 2}
    assert {name: combined(name, rows, "2024", cycles=YEAR)[1]["A"] for name in expected} == expected


def test_a_year_with_actuals_of_its_own_is_not_built_from_its_quarters():
    rows = [{"subject_id": "A", "cycle_id": name, "value": value} for name, value in (("2024", 50), ("2024Q1", 2))]
    assert combined("sum", rows, "2024", cycles=YEAR)[1] == {"A": 50}


def test_a_value_with_a_reason_is_shown_and_not_scored():
    card, actuals = combined("last", [{"subject_id": "A", "value": 7, "missing_reason": "too few cases"}])
    assert actuals == {"A": "too few cases"}
    assert card.scores["actual"].tolist() == [7]
    assert math.isnan(card.scores["score"].item())
