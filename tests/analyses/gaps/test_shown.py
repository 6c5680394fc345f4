"""What a page shows of gaps: tables, sentences and charts of every kind of card, and what they say of known ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis import Dataset, Scorecard
from kpianalysis.analyses.change.series import period_values
from kpianalysis.analyses.gaps.actions import BY as ACTION_BY
from kpianalysis.analyses.gaps.actions import action_list
from kpianalysis.analyses.gaps.missed import BY, map_level, missed, missed_summary
from kpianalysis.analyses.gaps.reach import within_reach
from kpianalysis.display import DisplayTable
from kpianalysis.figures import gaps as charts
from kpianalysis.names import Names
from kpianalysis.tables import gaps as tables
from kpianalysis.wording import gaps as texts
from tests.builders import Row, actual_rows, make_card
from tests.cards import dataset, operations
from tests.shown import SOURCES


@cache
def _answers(source: str) -> tuple[Scorecard, Dataset | None, pd.DataFrame, pd.DataFrame, pd.DataFrame, Names]:
    card, before = SOURCES[source]()
    data = replace(dataset(source), cycle=card.cycle) if source in ("operations", "hospitals") else None
    rows = within_reach(card, [before] if before else [], data)
    return card, data, missed(card, "", data), rows, action_list(rows, card), kpi.names_of(card, before)


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("source", SOURCES)
def test_every_card_has_its_sentences(source):
    card, data, table, rows, actions, names = _answers(source)
    said = {
        "worst_three": texts.worst_three(actions, names),
        "costliest": texts.costliest(rows, names),
        "reach": texts.reach(actions, names),
        "missed": texts.missed(table, names),
        "bullets_alt": texts.bullets_alt(table, names),
        "heatmap_alt": texts.heatmap_alt(missed(card, "subject_id", data), names),
        "costs_most": texts.costs_most(table, names) + ".",
    }
    for name, text in said.items():
        assert text.endswith("."), name
        assert "nan" not in text.replace("names that are no names", ""), name


@pytest.mark.parametrize("source", SOURCES)
def test_every_card_has_its_tables(source):
    card, data, table, rows, actions, names = _answers(source)
    shown = [tables.worst(rows, names), tables.levels(table, names), tables.actions(actions, names)]
    shown += [tables.actions(action_list(rows, card, by), names, by, 20) for by in ACTION_BY[1:]]
    shown += [tables.groups(missed_summary(missed(card, by, data)), names, by) for by in BY[1:]]
    assert all(isinstance(one, DisplayTable) for one in shown if one is not None)
    assert (shown[0] is None) == rows.empty


@pytest.mark.parametrize("source", SOURCES)
def test_every_card_has_its_charts(source):
    card, data, table, _rows, _actions, names = _answers(source)
    series = None if data is None else period_values(data, card)
    by = map_level(card)
    made = [
        charts.plot_bullets(table, names, before=table, series=series),
        charts.plot_heatmap(missed(card, by, data), by, names),
        charts.plot_bullets(table, names, ax=plt.subplots()[1]),
        charts.plot_heatmap(missed(card, by), by, names, ax=plt.subplots()[1]),
    ]
    for ax in made:
        assert ax.get_title("left")
    assert made[0].get_xlabel()


def test_worst_three_name_owner_and_due_date():
    plan: list[Row] = [{"target": 100, "owner_id": "B", "due": "2024-06-30"}]
    card = make_card(plan=plan)
    names = kpi.names_of(card)
    text = texts.worst_three(action_list(within_reach(card), card), names)
    assert text == "The biggest gap: 'I', 20.0 points, 2 of 3 short, owner 'Ben', due 2024-06-30."


def test_the_sentence_about_operations_says_what_its_readme_says():
    """Fault 4: nobody reaches complaint_rate. Rates are compared in percentage points."""
    _card, _data, table, _rows, actions, names = _answers("operations")
    assert "'Complaint rate' (1 in all)" in texts.nobody_yet(table, actions, names)
    assert "'Complaint rate' costs most" in texts.missed(table, names)
    assert " pp), missed by 48 of 48" in texts.missed(table, names)
    assert "are within reach" in texts.reach(actions, names)


def test_no_such_target_stands_in_the_hospitals():
    _card, _data, table, _rows, actions, names = _answers("hospitals")
    assert texts.nobody_yet(table, actions, names) == ""


@pytest.mark.parametrize(
    ("gap", "points", "text"),
    [(-0.0024, -0.24, "-0.240 pp"), (-81.5, float("nan"), "-81.50"), (0.0, 0.0, "0 pp"), (float("nan"),) * 2 + ("–",)],
)
def test_a_gap_is_written_in_its_own_unit(gap, points, text):
    assert texts.written_gap(gap, points, "en") == text


def test_a_unit_page_names_nobody_of_another_unit():
    whole, data = operations("2024Q4"), replace(dataset("operations"), cycle="2024Q4")
    east = whole.for_unit("east")
    rows = east.keep(within_reach(whole, (), data))
    names = kpi.names_of(east)
    others = set(whole.subjects["name"]) - set(east.subjects["name"])
    shown = [
        tables.worst(rows, names, 200),
        tables.groups(missed_summary(missed(east, "subject_id")), names, "subject_id"),
    ]
    cells = {cell for table in shown if table for row in table.rows for cell in row}
    assert not others & cells


def test_the_map_marks_what_was_missed_and_not_what_has_no_score():
    actuals = [*actual_rows({"A": 120, "B": 50}), {"subject_id": "C", "value": 40, "missing_reason": "too few cases"}]
    card = make_card(actuals=actuals)
    ax = charts.plot_heatmap(missed(card, "subject_id"), "subject_id", kpi.names_of(card))
    assert ax.get_title("left") == "'I' is missed most often: by 1 of 2 subjects"
    assert len(ax.collections[0].get_offsets()) == 1
    assert len(ax.patches) == 1


def test_bullets_are_on_the_scale_of_their_own_target():
    card = make_card()
    ax = charts.plot_bullets(missed(card), kpi.names_of(card))
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([80.0])
    assert "▼ 80.00 / 100.0 points" in [text.get_text() for text in ax.texts]
    assert ax.get_title("left") == "On the whole 1 of 1 targets were missed; 'I' costs most"
