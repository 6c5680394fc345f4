"""The scorecard as a whole: from a folder to totals, for the whole and for one unit."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest

import kpianalysis as kpi
from tests.builders import actual_rows, make_card, make_data, make_source, messages_of, totals_of

TABLES = ("scores", "dimension_scores", "totals", "subjects", "published", "plan", "grades", "indicators", "dimensions")


def test_the_smallest_source_is_scored(tmp_path):
    expected = {"A": 100.0, "B": 90.0, "C": 50.0}
    assert totals_of(kpi.score(kpi.load(make_source(tmp_path)))) == expected
    assert totals_of(make_card()) == expected


def texts_of(table: pd.DataFrame) -> set[str]:
    """Every text a table holds anywhere, categories that no row has included."""
    found = {str(cell) for name in table for cell in table[name].dropna()}
    for name, dtype in table.dtypes.items():
        if isinstance(dtype, pd.CategoricalDtype):
            found |= {str(category) for category in table[name].cat.categories}
    return found


def test_a_unit_holds_no_id_and_no_name_of_another_subject_anywhere():
    plan = [
        {"target": 100, "owner_id": "A"},
        {"subject_id": "A", "target": 90, "owner_id": "A", "due": "2024-03-01"},
        {"subject_id": "C", "target": 40, "owner_id": "C", "due": "2024-03-01"},
        {"subject_id": "B", "target": 0, "owner_id": "B"},
    ]
    published = [{"subject_id": subject, "score": 1} for subject in "ABC"]
    rows = actual_rows({"A": 80, "B": 1, "C": "Cy is ill, Ben stands in"})
    card = make_card(plan=plan, actuals=rows, published=published, grades=[{"grade": "S", "min_score": 90}])
    assert messages_of(card) == ["I has no score for 1 subjects (B): the divisor of the ratio is zero."]
    whole = {text for name in TABLES for text in texts_of(getattr(card, name))}
    assert {"A", "Ann", "B", "Ben", "C", "Cy", "Cy is ill, Ben stands in"} <= whole

    unit = card.for_unit("south")
    shown = {text for name in TABLES for text in texts_of(getattr(unit, name))} | set(messages_of(unit))
    # Who answers for the common target is no secret: the owner of a row that is for everybody.
    assert unit.plan["owner_id"].tolist() == ["A", "C"]
    assert shown & {"Ann", "B", "Ben"} == set()
    assert {name for name in TABLES if "A" in texts_of(getattr(unit, name))} == {"plan"}
    assert unit.subjects["name"].tolist() == ["Cy"]
    assert messages_of(unit) == []

    other = card.for_unit("north")
    shown = {text for name in TABLES for text in texts_of(getattr(other, name))}
    assert [text for text in shown if "Cy" in text or text == "C"] == []


def test_a_unit_keeps_scores_ranks_and_grades_of_the_whole():
    grades = [{"grade": "S", "min_score": 90}, {"grade": "C", "min_score": 0}]
    unit = make_card(grades=grades).for_unit("south")
    assert totals_of(unit, "rank") == {"C": 3}
    assert totals_of(unit, "grade") == {"C": "C"}
    assert unit.totals["grade"].cat.categories.tolist() == ["S", "C"]
    assert unit.unit_id == "south"


def test_a_unit_limits_answers_about_the_whole_to_its_subjects():
    card = make_card()
    answer = card.for_unit("north").keep(card.totals)
    assert totals_of(card) == {"A": 100, "B": 90, "C": 50}
    assert answer["subject_id"].cat.categories.tolist() == ["A", "B"]


def test_no_unit_is_the_whole():
    card = make_card()
    assert card.for_unit("") is card


def test_scoring_changes_no_table_of_the_dataset():
    data = make_data(published=[{"subject_id": "A", "score": 1}], grades=[{"grade": "S", "min_score": 90}])
    before = {name: table.copy() for name, table in data.tables.items()}
    kpi.reconcile(kpi.score(data).for_unit("north"))
    for name, table in before.items():
        pd.testing.assert_frame_equal(data.tables[name], table)


def test_a_scorecard_cannot_be_changed_by_name():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_card().totals = None  # type: ignore[misc]


CYCLES = [
    {"cycle_id": "2023Q4", "start": "2023-10-01", "end": "2023-12-31"},
    {"cycle_id": "2024Q1", "previous_cycle_id": "2023Q4"},
]


def test_the_cycle_before_is_scored_under_the_same_policy_and_limited_to_the_same_unit():
    rows = [*actual_rows({"A": 70, "C": 60}, cycle_id="2023Q4"), *actual_rows({"A": 80, "B": 80, "C": 80})]
    data = make_data(cycles=CYCLES, actuals=rows)
    before = kpi.score_previous(data, missing="refuse", unit_id="south")
    assert (before.cycle, before.missing, totals_of(before)) == ("2023Q4", "refuse", {"C": 60})
    assert kpi.score_previous(data, unit_id="west") is None


def test_without_actuals_in_the_cycle_before_there_is_nothing_to_compare_with():
    assert kpi.score_previous(make_data(cycles=CYCLES)) is None
    assert kpi.score_previous(make_data()) is None


def test_history_goes_back_as_far_as_cycles_name_the_one_before():
    rows = [*actual_rows({"A": 70, "C": 60}, cycle_id="2023Q4"), *actual_rows({"A": 80, "B": 80, "C": 80})]
    data = make_data(cycles=CYCLES, actuals=rows)
    cards = kpi.score_history(data, missing="refuse")
    assert [(card.cycle, card.missing) for card in cards] == [("2023Q4", "refuse"), ("2024Q1", "refuse")]
    assert totals_of(cards[0]) == {"A": 70, "C": 60}
    assert [card.cycle for card in kpi.score_history(data, unit_id="north", most=1)] == ["2024Q1"]
    assert [card.cycle for card in kpi.score_history(make_data(cycles=CYCLES))] == ["2024Q1"]


def test_cycles_already_scored_are_taken_as_they_are():
    rows = [*actual_rows({"A": 70, "C": 60}, cycle_id="2023Q4"), *actual_rows({"A": 80, "B": 80, "C": 80})]
    data = make_data(cycles=CYCLES, actuals=rows)
    known = kpi.score_history(data)
    again = kpi.score_history(data, known=known)
    assert all(ours is theirs for ours, theirs in zip(again, known, strict=True))
    assert kpi.score_previous(data, known=known) is known[0]
    # Under another policy, or of a unit, they are other cards.
    assert kpi.score_previous(data, "refuse", known=known) is not known[0]
    assert totals_of(kpi.score_previous(data, unit_id="south", known=known)) == {"C": 60}


def test_publishing_only_some_totals_leaves_no_part_to_disagree_about():
    card = make_card(published=[{"subject_id": "A", "score": 100}, {"subject_id": "B", "score": 91}])
    answer = kpi.reconcile(card)
    assert answer[["level", "start", "n", "n_equal"]].to_numpy().tolist() == [["total", "actuals", 2, 1]]
    differs = kpi.disagreements(card).set_index("subject_id")
    assert differs["level"].tolist() == ["total", "total"]
    assert differs["difference"].to_dict() == pytest.approx({"B": -1, "C": math.nan}, nan_ok=True)


def test_reconciliation_tells_an_error_in_the_parts_from_one_in_their_combination():
    published = [
        {"subject_id": "A", "score": 90},
        {"subject_id": "A", "level": "dimension", "item_id": "D", "score": 90},
        {"subject_id": "A", "level": "indicator", "item_id": "I", "score": 100},
    ]
    answer = kpi.reconcile(make_card(published=published)).set_index(["level", "start"])["n_equal"]
    assert answer.to_dict() == {
        ("indicator", "actuals"): 1,
        ("dimension", "actuals"): 0,
        ("total", "published dimension scores"): 1,
        ("total", "published indicator scores"): 0,
        ("total", "actuals"): 0,
    }


def test_a_published_total_that_we_have_not_is_a_disagreement():
    card = make_card(actuals=actual_rows({"A": "absent"}), published=[{"subject_id": "A", "score": 100}])
    assert kpi.reconcile(card)["n_equal"].tolist() == [0]
    assert kpi.disagreements(card)["ours"].isna().tolist() == [True]


def test_reconciliation_counts_bonus_and_veto_in_totals_from_published_parts():
    indicators = [
        {},
        {"indicator_id": "X", "kind": "bonus", "method": "given"},
        {"indicator_id": "V", "kind": "veto", "method": "binary", "cap": 60},
    ]
    plan = [{"target": 100}, {"indicator_id": "V", "target": 1}]
    rows = [*actual_rows({"A": 80, "B": 80}), *actual_rows({"A": 5, "B": 5}, "X"), *actual_rows({"A": 1, "B": 0}, "V")]
    published = [
        {"subject_id": subject, "level": level, "item_id": item, "score": score}
        for subject, total in (("A", 85), ("B", 60))
        for level, item, score in (("total", None, total), ("dimension", "D", 80), ("indicator", "I", 80))
    ]
    answer = kpi.reconcile(make_card(indicators=indicators, plan=plan, actuals=rows, published=published))
    assert (answer["n"] == 2).all()
    assert (answer["n_equal"] == 2).all()
