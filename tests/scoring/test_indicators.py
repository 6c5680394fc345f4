"""One row for each subject and indicator that the plan reaches, and a finding for whatever is not scored."""

from __future__ import annotations

import pytest

from tests.builders import actual_rows, make_card, messages_of, scores_of

TWO = [{}, {"indicator_id": "J", "method": "given"}]
PLAN = [{"target": 100}, {"indicator_id": "J", "subject_id": "B"}]
CYCLES = [
    {"cycle_id": "2023Q4", "start": "2023-10-01", "end": "2023-12-31"},
    {"cycle_id": "2024Q1"},
]


def test_rows_say_actual_target_attainment_gap_and_score():
    card = make_card(indicators=[{"cap": 120}], actuals=actual_rows({"A": 110}))
    row = card.scores.iloc[0]
    assert row[["actual", "target", "gap", "score", "weight"]].tolist() == pytest.approx([110, 100, 10, 110, 1])
    assert row["attainment"] == pytest.approx(1.1)
    assert row[["subject_id", "unit_id", "dimension_id", "indicator_id", "kind"]].tolist() == [
        "A", "north", "D", "I", "scored",
    ]  # fmt: skip


def test_a_pair_without_a_row_of_actuals_is_named_and_counts_as_missing():
    card = make_card(indicators=TWO, actuals=[*actual_rows({"A": 1, "B": 1}), *actual_rows({"A": 1}, "J")])
    assert messages_of(card) == ["J has no row of actuals for 1 subjects it applies to: B. They count as missing."]
    reasons = card.scores.loc[card.scores["subject_id"] == "B", "missing_reason"]
    assert reasons.tolist()[1] == "no actual given"


def test_actuals_the_plan_does_not_reach_are_named_not_dropped_in_silence():
    rows = [*actual_rows({"A": 1, "B": 1}), *actual_rows({"A": 5, "B": 6}, "J")]
    card = make_card(indicators=TWO, plan=PLAN, actuals=rows)
    assert scores_of(card, "J") == {"B": 6}
    assert messages_of(card) == ["J has actuals for 1 subjects its plan does not reach: A. They are not scored."]


def test_actuals_of_an_indicator_that_is_not_in_force_are_named_not_dropped_in_silence():
    indicators = [{}, {"cycle_id": "2023Q4", "indicator_id": "J", "method": "given"}]
    rows = [*actual_rows({"A": 1}), *actual_rows({"A": 5}, "J")]
    card = make_card(cycles=CYCLES, indicators=indicators, actuals=rows)
    assert messages_of(card) == [
        "There are actuals of indicators that are not in force in 2024Q1: J. They are not scored."
    ]


def test_a_sound_source_leaves_no_finding():
    assert messages_of(make_card()) == []


def test_a_finding_names_ten_subjects_and_counts_the_rest():
    ids = [f"S{number:02d}" for number in range(13)]
    subjects = [{"subject_id": name} for name in ids]
    card = make_card(subjects=subjects, plan=[{"target": 0}], actuals=actual_rows(dict.fromkeys(ids, 1)))
    names = ", ".join(ids[:10])
    assert messages_of(card) == [
        f"I has no score for 13 subjects ({names} and 3 more): the divisor of the ratio is zero."
    ]


def test_the_reason_of_the_source_is_kept_where_no_score_would_be_possible_either():
    card = make_card(plan=[{"target": 0}], actuals=actual_rows({"A": 1}, missing_reason="on trial"))
    assert card.scores["missing_reason"].tolist() == ["on trial"]
    assert messages_of(card) == []


def test_ids_with_leading_zeros_and_points_stay_as_they_are():
    ids = ["007", "7", "1.0", "1e3"]
    rows = actual_rows(dict(zip(ids, (10, 20, 30, 40), strict=True)))
    card = make_card(subjects=[{"subject_id": name} for name in ids], actuals=rows)
    assert scores_of(card) == {"007": 10, "7": 20, "1.0": 30, "1e3": 40}
