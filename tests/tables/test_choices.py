"""Tables of choices and uncertain weights: order, what is shown, and whom a unit's page may name."""

from __future__ import annotations

import pytest

import kpianalysis as kpi
from kpianalysis.analyses.alternatives.choices import Choices, result_choices
from kpianalysis.analyses.alternatives.sobol_weights import sobol_indices
from kpianalysis.i18n import percent
from kpianalysis.names import Names
from kpianalysis.tables import choices, uncertain_weights
from tests.cards import operations
from tests.shown import SOURCES


@pytest.fixture(scope="module")
def ours() -> tuple[Choices, Names]:
    card = operations("2024Q4")
    return result_choices(card), kpi.names_of(card)


def test_choices_come_by_what_they_make_with_both_shares(ours):
    found, names = ours
    rows = choices.choice_shares(found, names).rows
    expected = found.rank_shares
    assert [row[2] for row in rows] == [percent(share, 1) for share in expected["first"]]
    assert [row[3] for row in rows] == [percent(share, 1) for share in expected["total"]]
    assert len(rows) == 6


def test_single_changes_come_by_size_and_leave_out_what_the_scheme_does(ours):
    found, names = ours
    rows = choices.single_changes(found, names, most=100).rows
    assert len(rows) == len(found.levels) - 6
    shifts = [float(row[2]) for row in rows]
    assert shifts == sorted(shifts, reverse=True)
    assert len(choices.single_changes(found, names).rows) == 12


def test_a_unit_sees_its_own_subjects_only(ours):
    found, names = ours
    north = kpi.names_of(operations("2024Q4").for_unit("north"))
    shown = {row[0] for row in choices.dependent_ranks(found, north, most=100).rows}
    assert shown == set(north.subjects.values())
    assert len(choices.dependent_ranks(found, names, most=100).rows) == 48


def test_uncertain_weights_come_with_intervals(ours):
    _found, names = ours
    indices = sobol_indices(operations("2024Q4"), n=64)
    rows = uncertain_weights.indices(indices, names).rows
    first = indices.iloc[0]
    assert rows[0][0] == names.item(first["item_id"])
    assert rows[0][3] == f"{percent(first['first_low'], 1)} to {percent(first['first_high'], 1)}"


@pytest.mark.parametrize("source", ["nobody has a total", "one subject", "all totals equal", "one indicator"])
def test_nothing_to_show_shows_nothing(source):
    card, _before = SOURCES[source]()
    found, names = result_choices(card), kpi.names_of(card)
    assert uncertain_weights.indices(sobol_indices(card, n=4), names) is None
    if source != "one indicator":
        assert choices.choice_shares(found, names) is None
        assert choices.dependent_ranks(found, names) is None
