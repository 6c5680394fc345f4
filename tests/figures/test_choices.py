"""Charts of choices and uncertain weights: bars, dots, labels and titles."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.alternatives.choices import Choices, result_choices
from kpianalysis.analyses.alternatives.sobol_weights import sobol_indices
from kpianalysis.display import figure_svg
from kpianalysis.figures import choices, uncertain_weights
from kpianalysis.i18n import percent
from kpianalysis.names import Names
from tests.cards import operations
from tests.shown import SOURCES


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def ours() -> tuple[Choices, Names]:
    card = operations("2024Q4")
    return result_choices(card), kpi.names_of(card)


def title(ax) -> str:
    return " ".join(ax.get_title(loc="left").split())


def test_a_bar_per_choice_has_its_own_part_and_the_interplay_the_largest_on_top(ours):
    found, names = ours
    ax = choices.plot_choices(found, names)
    shares = found.rank_shares[::-1]
    own, together = ax.containers
    assert [bar.get_width() for bar in own] == pytest.approx(list(100 * shares["first"]))
    assert [bar.get_x() + bar.get_width() for bar in together] == pytest.approx(list(100 * shares["total"]))
    # Told apart without colour.
    assert all(bar.get_hatch() for bar in together)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["by itself", "in interplay with others"]
    first = found.rank_shares.iloc[0]
    assert title(ax).startswith(f"{percent(first['first'])} of the spread of ranks comes from")
    assert ax.get_xlabel().endswith("%")


def test_a_choice_without_an_alternative_is_not_drawn():
    card, _before = SOURCES["below every grade"]()
    found = result_choices(card)
    ax = choices.plot_choices(found, kpi.names_of(card))
    assert len(ax.get_yticks()) == (found.rank_shares["n_levels"] > 1).sum() == 3


def test_each_weight_has_two_marks_with_intervals(ours):
    _found, names = ours
    indices = sobol_indices(operations("2024Q4"), n=64)
    ax = uncertain_weights.plot_indices(indices, names, most=5)
    assert len(ax.get_yticks()) == 5
    by_itself, with_interplay = (line for line in ax.lines if line.get_marker() in ("o", "D"))
    assert list(by_itself.get_xdata()) == pytest.approx(list(100 * indices["first"].head(5)[::-1]))
    assert list(with_interplay.get_xdata()) == pytest.approx(list(100 * indices["total"].head(5)[::-1]))
    assert f"(first 5 of {len(indices)} weights)" in title(ax)
    assert names.item(indices["item_id"].iloc[0]) in title(ax)


@pytest.mark.parametrize("source", [name for name in SOURCES if name != "hospitals"])
def test_every_scheme_has_its_charts(source):
    card, _before = SOURCES[source]()
    names = kpi.names_of(card)
    for ax in (
        choices.plot_choices(result_choices(card), names),
        uncertain_weights.plot_indices(sobol_indices(card, n=4), names),
    ):
        assert title(ax)
        assert "<svg" in figure_svg(ax)
