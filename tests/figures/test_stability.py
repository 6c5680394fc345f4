"""The chart of how far weights may move."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
from matplotlib.collections import LineCollection

from kpianalysis.figures.stability import plot_stability
from kpianalysis.wording.stability import smallest_moves
from tests.shown import shown


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def _title(ax):
    return " ".join(ax.get_title(loc="left").split())


def test_each_result_is_a_bar_from_one_end_to_the_other():
    of = shown("operations")
    ax = plot_stability(of.intervals, of.names)
    drawn = of.intervals.dropna(subset=["low", "high"])
    bars = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert len(bars) == 3
    for result, collection in zip(("first", "top", "grades"), bars, strict=True):
        mine = drawn[drawn["result"] == result]
        left, right = zip(*((segment[0, 0], segment[1, 0]) for segment in collection.get_segments()), strict=True)
        assert left == pytest.approx((100 * mine["low"]).to_numpy())
        assert right == pytest.approx((100 * mine["high"]).to_numpy())
    widths = [collection.get_linewidth()[0] for collection in bars]
    assert widths == sorted(set(widths), reverse=True), "bars are told apart by their width, not by colour alone"
    assert len(ax.get_legend().get_texts()) == 4


def test_the_weight_with_the_least_room_is_on_top_and_in_the_title():
    of = shown("operations")
    ax = plot_stability(of.intervals, of.names)
    first = smallest_moves(of.intervals, "grades").iloc[0]
    top = ax.get_yticklabels()[ax.get_yticks().argmax()].get_text()
    assert top.removesuffix(" (dimension)") == of.names.item(first["item_id"])
    assert of.names.item(first["item_id"]) in _title(ax)


def test_without_grades_the_title_is_about_the_first_place():
    of = shown("hospitals")
    ax = plot_stability(of.intervals, of.names, most=8)
    assert len(ax.get_yticks()) == 8
    assert _title(ax).startswith("The first place changes first with")


@pytest.mark.parametrize("source", ["above every target", "all totals equal"])
def test_where_nothing_can_change_the_title_says_so(source):
    of = shown(source)
    assert "No single weight changes" in _title(plot_stability(of.intervals, of.names))
