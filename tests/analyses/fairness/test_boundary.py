"""Who is near a grade boundary: the distance to the nearest one, on both sides."""

from __future__ import annotations

import pandas as pd
import pytest

from kpianalysis.analyses.fairness.boundary import COLUMNS, MISSED, REACHED, boundary_counts, near_boundary
from kpianalysis.errors import KpiError
from tests.builders import make_card
from tests.cards import GRADES, given_card, hospitals, operations


def totals(*values: float, grades=GRADES):
    """A card with these totals, subjects S0, S1, … in one unit."""
    scores = pd.DataFrame({"I": list(values)}, index=[f"S{k}" for k in range(len(values))])
    return given_card(scores, subjects=[{"subject_id": s, "unit_id": "u"} for s in scores.index], grades=grades)


def test_the_nearest_boundary_counts_with_the_grades_on_both_sides():
    table = near_boundary(totals(70.4, 69.2, 60.0, 50.0)).set_index("subject_id")
    assert table.index.tolist() == ["S3", "S0", "S1"]
    assert table.loc["S0", ["boundary", "upper", "lower", "side"]].tolist() == [70.0, "A", "B", REACHED]
    assert table.loc["S1", "distance"] == pytest.approx(-0.8)
    assert table.loc["S1", ["grade", "side"]].tolist() == ["B", MISSED]


def test_a_total_on_the_boundary_has_reached_it():
    row = near_boundary(totals(70.0 - 1e-12)).iloc[0]
    assert row["distance"] == 0.0
    assert row[["grade", "side"]].tolist() == ["A", REACHED]


def test_the_margin_itself_is_inside():
    assert len(near_boundary(totals(71.0, 69.0, 71.1, 68.9), margin=1.0)) == 2
    assert len(near_boundary(totals(71.0, 69.0, 71.1, 68.9), margin=1.2)) == 4


def test_below_every_grade_is_a_side_of_the_lowest_boundary():
    row = near_boundary(totals(59.5, grades=[{"grade": "A", "min_score": 60}])).iloc[0]
    assert row[["grade", "upper", "lower", "side"]].tolist() == ["", "A", "", MISSED]


def test_counts_add_up_to_those_listed():
    card = operations("2024Q4")
    table, counts = near_boundary(card), boundary_counts(card)
    assert counts["upper"].tolist() == ["S", "A", "B", "C", "D"]
    assert counts[["n_reached", "n_missed"]].to_numpy().sum() == len(table) == 10
    assert counts.loc[counts["upper"] == "A", ["n_missed", "n_reached"]].to_numpy().tolist() == [[6, 2]]
    assert counts["share"].sum() == pytest.approx(10 / 48)


def test_side_and_grade_agree_for_everybody():
    card = operations("2024")
    table = near_boundary(card, margin=100.0)
    assert len(table) == 48
    assert (table["grade"] == table["upper"].where(table["side"] == REACHED, table["lower"])).all()


def test_a_units_page_lists_its_own_people_only():
    whole = operations("2024Q4")
    card = whole.for_unit("west")
    kept = card.keep(near_boundary(whole))
    pd.testing.assert_frame_equal(kept, near_boundary(card), check_dtype=False)
    assert set(kept["unit_id"]) == {"west"}


def test_without_grades_or_totals_there_is_nothing():
    nobody = make_card(actuals=[{"subject_id": "A", "missing_reason": "ill"}], grades=GRADES)
    for card in (hospitals(), nobody):
        assert list(near_boundary(card)) == COLUMNS
        assert len(near_boundary(card)) == 0
    assert boundary_counts(nobody)["share"].tolist() == [0.0] * 4
    assert len(boundary_counts(hospitals())) == 0


def test_a_margin_that_is_none_is_refused():
    for question in (near_boundary, boundary_counts):
        for margin in (0.0, -1.0, float("nan")):
            with pytest.raises(KpiError, match="not above 0"):
                question(make_card(), margin)
