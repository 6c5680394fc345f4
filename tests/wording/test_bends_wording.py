"""What is said of pairs that go together along a bend: every branch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.correlation.bend_curve import bend_curve
from kpianalysis.analyses.correlation.dependence import dependence
from kpianalysis.figures.bends import plot_bend
from kpianalysis.tables.bends import beyond as table_of
from kpianalysis.wording.bends import bend_alt, bend_title, beyond, how_tested
from tests.cards import given_card, hospitals, operations


def _hill(n=80):
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, n)
    table = pd.DataFrame({"x": x, "hill": 1 - x**2 + 0.1 * rng.normal(size=n)})
    return given_card(50 + 20 * table.set_axis([f"S{i:03d}" for i in range(n)]))


def test_no_bend_is_said_with_what_was_tested():
    card = operations("2024Q4")
    answer, names = dependence(card.scores), kpi.names_of(card)
    assert beyond(answer, names).startswith("No pair of 45 goes together along a bend that rank correlation misses")
    assert "48 subjects" in beyond(answer, names)
    text = how_tested(answer, names)
    assert text.startswith("Pairs of 45 that depend on each other in any shape: ")
    assert "shuffles" not in text
    assert table_of(answer, names) is None
    assert bend_title(answer.iloc[0], names).endswith("are related by rank: ρ = 0.87")


def test_a_bend_is_named_and_drawn():
    card = _hill()
    answer, names = dependence(card.scores), kpi.names_of(card)
    text = beyond(answer, names)
    assert text.startswith(
        "Pairs of 1 that go together along a bend which rank correlation misses: 1; the clearest: 'x'"
    )
    assert text.endswith("Look at the chart before one of the two is called unrelated.")
    assert "checked with 199 shuffles" in how_tested(answer, names)
    assert len(table_of(answer, names).rows) == 1
    first = answer.iloc[0]
    curve = bend_curve(card.scores, "hill", "x")
    assert bend_title(first, names).startswith("'x' and 'hill' bend: no rank correlation (ρ = ")
    assert "in 8 groups along 'x'" in bend_alt(curve, first, names)
    ax = plot_bend(kpi.wide_values(card.scores), curve, first, names)
    assert ax.get_xlabel() == "x, points"
    assert ax.lines[0].get_ydata().tolist() == curve["y"].tolist()
    assert len(ax.collections[0].get_offsets()) == 80


def test_slight_bends_are_called_slight():
    card = hospitals()
    answer, names = dependence(card.scores, permutations=0), kpi.names_of(card)
    assert beyond(answer, names).endswith("nobody's place in one tells much about the other.")
    assert "bend, but slightly: ρ = 0.04, distance correlation 0.06" in bend_title(answer.iloc[0], names)


def test_few_subjects_allow_no_conclusion():
    card = operations("2024Q4").for_unit("east")
    answer, names = dependence(card.scores), kpi.names_of(card)
    assert beyond(answer, names) == (
        "At most 12 subjects have both indicators of a pair: nothing can be said about bends."
    )
    assert how_tested(answer, names) == ""
    assert bend_title(answer.iloc[0], names).endswith("no conclusion about a bend, only 12 subjects have both")


def test_nothing_to_look_at():
    card = given_card(pd.DataFrame({"a": [50.0] * 3, "b": [70.0] * 3}, index=list("XYZ")))
    answer, names = dependence(card.scores), kpi.names_of(card)
    assert beyond(answer, names).startswith("No pair can be looked at for bends")
    assert how_tested(answer, names) == ""
    never = bend_curve(card.scores, "a", "b").iloc[:0]
    first = answer.iloc[0].copy()
    assert bend_alt(never, first, names) == "'a' and 'b': no conclusion about a bend, only 3 subjects have both."
    assert not plot_bend(kpi.wide_values(card.scores), never, first, names).axison


@pytest.mark.parametrize(
    ("values", "unit"), [("score", "points"), ("attainment", "attainment"), ("actual", "own unit, more is better")]
)
def test_axes_say_what_is_compared(values, unit):
    card = operations("2024Q4")
    answer, names = dependence(card.scores, values, permutations=0), kpi.names_of(card)
    first = answer.iloc[0]
    curve = bend_curve(card.scores, first["indicator_i"], first["indicator_j"], values)
    ax = plot_bend(kpi.wide_values(card.scores, values), curve, first, names)
    assert ax.get_xlabel().endswith(f", {unit}")
    assert ax.get_ylabel().endswith(f", {unit}")


def test_unrelated_pairs_are_not_said_to_bend():
    rng = np.random.default_rng(5)
    table = pd.DataFrame(50 + 10 * rng.normal(size=(60, 2)), columns=list("ab"))
    card = given_card(table.set_axis([f"S{i:03d}" for i in range(60)]))
    answer, names = dependence(card.scores), kpi.names_of(card)
    assert bend_title(answer.iloc[0], names) == "'a' and 'b': neither a rank correlation nor a bend is sure"
