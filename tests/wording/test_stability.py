"""What is said of how far a weight may move, and the five sentences of the report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.i18n import number, percent
from kpianalysis.wording import sensitivity, stability, stakeholders
from tests.cards import OPERATIONS, dataset, given_card, hospitals, operations
from tests.shown import shown


def _said(card, data):
    """The report's five sentences of a scorecard."""
    names, judged = kpi.names_of(card), kpi.judgement_weights(data, card)
    disputed = kpi.disputed_subjects(kpi.stakeholder_results(card, judged))
    agree = stakeholders.would_agree(judged, disputed, kpi.weight_disagreement(judged, card), names)
    ranks = kpi.rank_intervals(kpi.draw_ranks(card, 200, 1))
    weights, dimensions = kpi.importance(card, draws=100), kpi.importance(card, "dimension", draws=100)
    intervals, flips = kpi.stability_intervals(card), kpi.grade_stability(card)
    return names, sensitivity.answer(weights, dimensions, ranks, intervals, flips, agree, names)


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_the_planted_weight_is_named_in_the_first_sentence_and_no_other(cycle):
    card = operations(cycle)
    names, said = _said(card, dataset("operations"))
    assert f"'{names.item('rework_rate')}' does more than it says" in said.texts[0]
    others = [i for i in card.indicators["indicator_id"] if i != "rework_rate"]
    assert [i for i in others if f"'{names.item(i)}'" in said.texts[0]] == []
    assert "6 stakeholders" in said.texts[3]
    assert names.item("rework_rate") in said.texts[4]


def test_the_dimension_furthest_from_its_quarter_is_named_for_the_hospitals():
    names, said = _said(hospitals(), dataset("hospitals"))
    dimensions = kpi.effective_weights(hospitals(), "dimension")
    row = dimensions.loc[(dimensions["effective_weight"] - dimensions["weight"]).abs().idxmax()]
    assert row["weight"] == pytest.approx(0.25, abs=0.01)
    assert f"'{names.item(row['item_id'])}': {percent(row['weight'], 1)} nominal" in said.texts[0]
    assert percent(row["effective_weight"], 1) in said.texts[0]
    assert "not known" in said.texts[3]


def test_the_most_fragile_grade_is_named_with_what_flips_it():
    of = shown("operations")
    row = of.flips.iloc[0]
    text = stability.most_fragile(of.flips, of.intervals, of.names)
    assert of.flips["move"].abs().min() == abs(row["move"])
    assert f"the {row['grade']} of '{of.names.subject(row['subject_id'])}'" in text
    assert f"becomes {row['new_grade']}" in text
    assert of.names.item(row["item_id"]) in text
    assert percent(row["weight"], 1) in text


def test_weighing_that_much_differently_does_change_the_grade():
    """The sentence is true: beyond the weight it names, the grade is another one, and just before it is not."""
    card = operations("2024Q4")
    row = kpi.grade_stability(card).iloc[0]
    model = kpi.draw_ranks(card, 1).model
    place = model.subjects.index(row["subject_id"])
    starts = np.sort(card.grades["min_score"].to_numpy())
    grades = []
    for beyond in (-1e-6, 1e-6):
        indicators, dimensions = np.ones((1, len(model.indicators))), np.ones((1, len(model.dimensions)))
        table, names = (indicators, model.indicators) if row["level"] == "indicator" else (dimensions, model.dimensions)
        table[0, names.index(row["item_id"])] = row["multiplier"] + beyond * np.sign(row["multiplier"] - 1)
        grades.append(int(np.searchsorted(starts, model.totals(indicators, dimensions)[0, place] + 1e-9, side="right")))
    assert grades[0] != grades[1]


def test_two_percentages_that_differ_are_written_with_digits_that_do():
    flips = shown("operations").flips.head(1).assign(weight=0.1, flip_weight=0.10004)
    text = stability.most_fragile(flips, shown("operations").intervals, shown("operations").names)
    assert "from 10.0% to 10.004%" in text


def test_without_grades_the_first_place_is_looked_at():
    of = shown("hospitals")
    text = stability.most_fragile(of.flips, of.intervals, of.names)
    assert text == stability.first_place(of.intervals, of.names)
    move = stability.smallest_moves(of.intervals, "first").iloc[0]
    assert of.names.item(move["item_id"]) in text
    assert of.names.subject(move["challenger"]) in text


def test_a_challenger_of_another_unit_is_not_named():
    card = operations("2024Q4")
    intervals = kpi.stability_intervals(card)
    challenger = stability.smallest_moves(intervals, "first")["challenger"].iloc[0]
    for of in card.totals["unit_id"].unique():
        text = stability.first_place(intervals, kpi.names_of(card.for_unit(of)))
        mine = card.totals.loc[card.totals["subject_id"] == challenger, "unit_id"].iloc[0] == of
        assert ("another unit" not in text) == mine
        assert challenger not in text


@pytest.mark.parametrize("result", ["first", "top", "order", "grades"])
def test_the_smallest_move_is_that_to_the_nearer_end_where_somebody_takes_over(result):
    intervals = shown("operations").intervals
    mine = intervals[intervals["result"] == result]
    down = (mine["weight"] - mine["low"]).where(mine["low_challenger"].notna())
    up = (mine["high"] - mine["weight"]).where(mine["high_challenger"].notna())
    moves = stability.smallest_moves(intervals, result)
    nearer = np.fmin(down, up).dropna().sort_values()
    assert moves["move"].tolist() == pytest.approx(nearer.tolist())


def test_what_no_weight_can_change_is_said_so():
    scores = pd.DataFrame({"a": [90.0, 20.0], "b": [80.0, 10.0]}, index=["A", "B"])
    card = given_card(scores, grades=[{"grade": "X", "min_score": 0}])
    intervals, flips, names = kpi.stability_intervals(card), kpi.grade_stability(card), kpi.names_of(card)
    assert stability.most_fragile(flips, intervals, names) == "No single weight changes any grade."
    assert stability.first_place(intervals, names) == "No single weight changes the first place."
    assert stability.whole_order(intervals, names) == "No single weight changes the order of all."
    assert "first 10" in stability.top_places(intervals, names)


def test_how_little_changes_some_place_is_the_middle_of_all_weights():
    of = shown("operations")
    moves = stability.smallest_moves(of.intervals, "order")
    text = stability.whole_order(of.intervals, of.names)
    assert number(len(moves)) in text
    wide = of.intervals.assign(low=of.intervals["weight"] - 0.05, high=of.intervals["weight"] + 0.05)
    assert "by 5.0% of the total" in stability.whole_order(wide, of.names)
