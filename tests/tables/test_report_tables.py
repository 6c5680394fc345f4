"""What the tables of each report show."""

from __future__ import annotations

import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.i18n import number, percent
from kpianalysis.tables import attainment, correlation, ranks
from tests.builders import make_card
from tests.shown import shown


@pytest.fixture(scope="module")
def ours():
    return shown("operations")


@pytest.fixture(scope="module")
def theirs():
    return shown("hospitals")


def _column(table, place):
    return [row[place] for row in table.rows]


def test_rank_intervals_are_written_like_ranks():
    answer = pd.DataFrame(
        {
            "subject_id": ["A", "B"],
            "unit_id": ["u", "u"],
            "total": [80.25, 70.0],
            "rank": [1.0, 1203.0],
            "rank_low": [0.5, 1198.5],
            "rank_high": [2.5, 1204.45],
            "grade": [None, None],
            "p_grade_changes": [float("nan")] * 2,
        }
    )
    names = kpi.names_of(make_card())
    assert attainment.totals(answer, names).rows == (
        ("1", "Ann", "u", "80.3", "1–3"),
        ("1,203", "Ben", "u", "70.0", "1,199–1,204"),
    )


def test_grades_are_shown_where_there_are_any(ours, theirs):
    assert len(attainment.totals(ours.ranks, ours.names).columns) == 7
    assert len(attainment.totals(theirs.ranks, theirs.names).columns) == 5
    assert len(ranks.fragile(ours.ranks, ours.names).columns) == 7
    assert len(ranks.fragile(theirs.ranks, theirs.names).columns) == 5


def test_of_a_long_list_both_ends_are_shown(theirs):
    highest, lowest = (
        attainment.totals(theirs.ranks, theirs.names),
        attainment.lowest_totals(theirs.ranks, theirs.names),
    )
    assert _column(highest, 0)[0] == "1"
    assert number(len(theirs.ranks)) in highest.note
    assert _column(lowest, 0)[-1] == number(theirs.ranks["rank"].iloc[-1])


def test_of_a_short_list_everybody_is_shown_once(ours):
    assert len(attainment.totals(ours.ranks, ours.names).rows) == len(ours.ranks)
    assert attainment.lowest_totals(ours.ranks, ours.names) is None


def test_reconciliation_shows_each_step(theirs):
    table = attainment.checks(theirs.checks, theirs.names)
    assert len(table.rows) == len(theirs.checks) == 10
    assert ["2,955", "2,902", "2.33"] in [list(row[3:]) for row in table.rows]


def test_every_disagreement_is_there_folded_up(theirs):
    table = attainment.disagreements(theirs.differing, theirs.names)
    assert len(table.rows) == len(theirs.differing) == 102
    assert table.collapsed
    assert "102" in table.caption


def test_pairs_name_their_indicators_and_adjusted_p(ours):
    table = correlation.pairs(ours.together.pairs, ours.names, most=3)
    first = ours.together.pairs.iloc[0]
    assert table.rows[0][:4] == (
        ours.names.item(first["indicator_i"]),
        ours.names.item(first["indicator_j"]),
        number(first["n"]),
        number(first["spearman"], 2),
    )
    assert table.rows[0][6] == "<0.001"
    assert len(correlation.all_pairs(ours.together.pairs, ours.names).rows) == len(ours.together.pairs)
    assert correlation.all_pairs(ours.together.pairs, ours.names).collapsed


def test_the_least_safe_grades_come_first(ours):
    table = ranks.fragile(ours.ranks, ours.names, most=10)
    top = ours.ranks["p_grade_changes"].nlargest(10)
    assert _column(table, 6) == [percent(p) for p in top]
    assert number(len(ours.ranks)) in table.note


def test_without_grades_the_widest_intervals_come_first(theirs):
    table = ranks.fragile(theirs.ranks, theirs.names, most=5)
    widest = (theirs.ranks["rank_high"] - theirs.ranks["rank_low"]).max()
    low, high = (float(table.rows[0][place].replace(",", "")) for place in (3, 4))
    assert high - low == pytest.approx(widest, abs=1)


def test_grades_under_other_weights_are_shares_of_the_draws(ours):
    table = ranks.grades(ours.chances, ours.names)
    assert [column.label for column in table.columns][:3] == ["subject", "S", "A"]
    assert len(table.rows) == 48
    best = ours.chances["subject_id"].iloc[0]
    mine = ours.chances[ours.chances["subject_id"] == best].set_index("grade")["probability"]
    assert table.rows[0][:3] == (ours.names.subject(best), percent(mine["S"]), percent(mine["A"]))


def test_central_weights_stand_below_the_stated_ones(ours):
    table = ranks.central(ours.central, ours.names)
    assert table.rows[0][0] == "stated weights"
    assert table.rows[1][0] == ours.names.subject(ours.central["subject_id"].iloc[0])
    assert [column.label for column in table.columns][2:] == [
        ours.names.item(d) for d in ours.card.dimensions["dimension_id"]
    ]


def test_each_subject_is_compared_with_the_next(ours):
    table = ranks.ahead(ours.winning, ours.names)
    first, second = ours.winning["subject_i"].drop_duplicates().head(2)
    pair = ours.winning[(ours.winning["subject_i"] == first) & (ours.winning["subject_j"] == second)].iloc[0]
    assert table.rows[0] == (ours.names.subject(first), ours.names.subject(second), percent(pair["share"]))


def test_groups_show_their_interval_and_a_dash_where_there_is_none():
    card = make_card()
    table = attainment.groups(kpi.group_summary(card, "unit_id"), "unit_id", kpi.names_of(card))
    assert table.rows == (
        ("north", "2", "95.0", "–", "–", "90.0", "100.0"),
        ("south", "1", "50.0", "–", "–", "50.0", "50.0"),
    )
