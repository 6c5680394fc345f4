"""Sentences about pairs inside groups: every branch is true, and its numbers are the computed ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.correlation.within_groups import within_groups
from kpianalysis.analyses.correlation.within_slopes import group_slopes, pair_points, pair_to_draw
from kpianalysis.figures.within_groups import plot_pair_by_group
from kpianalysis.names import Names
from kpianalysis.scoring import Scorecard
from kpianalysis.tables import within_groups as tables
from kpianalysis.wording import within_groups as words
from tests.cards import given_card, operations

NAMES = Names("en", {}, {}, {}, {})


def card_of(inside: float, shift: tuple[float, float], units: str = "abcd", *, n: int = 30, more: int = 0) -> Scorecard:
    """Two indicators x and y in units of n, shifted apart; `more` subjects belong to no unit."""
    rng = np.random.default_rng(41)
    size = n * len(units)
    of = np.append(np.repeat(np.linspace(-1.0, 1.0, len(units)), n), np.zeros(more))
    x = rng.normal(size=size + more)
    y = inside * x + np.sqrt(1 - inside**2) * rng.normal(size=size + more)
    ids = [f"S{i:03d}" for i in range(size + more)]
    table = pd.DataFrame({"x": 50 + 5 * (x + shift[0] * of), "y": 50 + 5 * (y + shift[1] * of)}, index=ids)
    of_unit = [*np.repeat(list(units), n), *[None] * more]
    return given_card(table, subjects=[{"subject_id": s, "unit_id": u} for s, u in zip(ids, of_unit, strict=True)])


@pytest.mark.parametrize(
    ("inside", "shift", "said", "also"),
    [
        (0.9, (0.0, 0.0), "move together inside units too", "No pair with"),
        (0.0, (2.0, 2.0), "move together only between units", "From differences between units"),
        (0.3, (3.0, 3.0), "move together much less inside units", "From differences between units"),
        (0.7, (1.2, -1.2), "move together only inside units", "No pair with"),
        (0.8, (3.0, -3.0), "go the other way inside units", "No pair with"),
        (0.0, (0.0, 0.0), "No pair is shown to move together, over all or inside units", "No pair with"),
    ],
)
def test_what_is_said_is_what_was_put_in(inside, shift, said, also):
    table = within_groups(card_of(inside, shift).scores)
    assert said in words.holds(table, NAMES)
    assert f"ρ = {kpi.i18n.number(table['pooled'].item(), 2)} over all" in words.holds(table, NAMES)
    assert words.only_between(table, NAMES).startswith(also)


def test_a_reversal_is_named_with_both_coefficients_in_sentence_table_and_chart():
    card = card_of(0.8, (3.0, -3.0))
    table = within_groups(card.scores)
    assert "inside units than over all: 1 of 1, 'x' – 'y' (ρ = -0.75 over all, 0.75 inside)" in words.reversals(
        table, NAMES
    )
    shown = tables.inside(table, NAMES)
    assert shown is not None
    assert shown.rows[0][-1] == "reverses inside units"
    pair = pair_to_draw(table)
    slopes = group_slopes(card.scores, pair)
    ax = plot_pair_by_group(pair_points(card.scores, pair), slopes, table, NAMES)
    assert "reverses inside units" in ax.get_title(loc="left").replace("\n", " ")
    # A line and a form for each of four units, and the line over all.
    assert [text.get_text().split(":")[0] for text in ax.get_legend().get_texts()] == ["a", "b", "c", "d", "over all"]
    assert len({line.get_marker() for line in ax.lines if line.get_marker() != "None"}) == 4


def test_without_a_reversal_the_sentence_says_how_hard_was_looked():
    said = words.reversals(within_groups(card_of(0.0, (0.0, 0.0)).scores), NAMES)
    assert said.startswith("No pair reverses inside units (pairs looked at: 1;")
    assert "at most 5%" in said


def test_more_groups_than_forms_are_grey_lines_with_the_common_one():
    card = card_of(0.5, (1.0, 1.0), "abcdefgh", n=12)
    table, pair = within_groups(card.scores), ("x", "y")
    ax = plot_pair_by_group(pair_points(card.scores, pair), group_slopes(card.scores, pair), table, NAMES)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["each of 8 units", "inside units, all together", "over all"]


def test_one_unit_alone_is_said_to_be_one_and_shows_no_table():
    table = within_groups(operations("2024Q4").for_unit("east").scores)
    assert words.holds(table, NAMES).startswith("There is just one unit here")
    assert tables.inside(table, NAMES) is None
    assert words.alike(table, NAMES) == ""


def test_few_subjects_get_intervals_and_no_conclusion():
    table = within_groups(operations("2024Q4").for_unit("east").scores, "role_id")
    said = words.holds(table, NAMES)
    assert said.startswith("There are too few subjects for a conclusion about the inside of roles")
    assert "95% interval" in said
    assert words.reversals(table, NAMES).startswith("Nothing can be said")


def test_subjects_without_a_unit_are_counted():
    assert "up to 7 subjects" in words.without_group(within_groups(card_of(0.5, (0.0, 0.0), more=7).scores), NAMES)
    assert words.without_group(within_groups(card_of(0.5, (0.0, 0.0)).scores), NAMES) == ""


def test_units_that_differ_in_the_coefficient_are_said_to_differ():
    table = within_groups(card_of(0.9, (0.0, 0.0)).scores)
    assert "do not show" in words.alike(table, NAMES)
    assert "more closely than in others" in words.alike(table.assign(heterogeneity_p_adjusted=0.01), NAMES)
