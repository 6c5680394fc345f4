"""What the page says about targets, on the examples and where there is hardly anything to say."""

from __future__ import annotations

import re
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
import kpianalysis.figures.targets as figures
import kpianalysis.tables.targets as tables
import kpianalysis.wording.targets as wording
from kpianalysis.analyses.targets.bunching import bunching
from kpianalysis.analyses.targets.discrimination import discrimination
from kpianalysis.analyses.targets.histogram import attainment_histogram
from kpianalysis.analyses.targets.ratchet import FOLLOWS, ratchet
from kpianalysis.analyses.targets.target_history import target_difficulty
from kpianalysis.style import settings
from tests.builders import actual_rows, make_card
from tests.cards import given_card, hospitals, operations

CARDS = {
    "operations": lambda: [operations("2024Q3"), operations("2024Q4")],
    "one unit": lambda: [operations("2024Q3").for_unit("east"), operations("2024Q4").for_unit("east")],
    "benchmarks": lambda: [hospitals()],
    "nobody has a score": lambda: [make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill")))],
    "one subject": lambda: [make_card(actuals=actual_rows({"A": 80}))],
    "no target": lambda: [given_card(pd.DataFrame({"a": [50.0] * 12, "b": [70.0, 80, 90] * 4}))],
    "a name that is none": lambda: [make_card(indicators=[{"name": "<b>$x_{1$ %s {e} " + "very long " * 12}])],
}
every_card = pytest.mark.parametrize("name", CARDS)


@cache
def _answers(name):
    cards = CARDS[name]()
    card = cards[-1]
    bunched = bunching(card)
    followed, apart = ratchet(cards), discrimination(card)
    return target_difficulty(cards), bunched, followed, apart, attainment_histogram(card, bunched), kpi.names_of(card)


def _sentences(name):
    difficulty, bunched, followed, apart, _bins, names = _answers(name)
    return [
        wording.easy_or_hard(difficulty, names),
        wording.just_above(bunched, names),
        wording.follows_results(followed, names),
        wording.tells_apart(apart, names),
        wording.histogram_alt(bunched, names),
        wording.difficulty_alt(difficulty, names),
    ]


@every_card
def test_every_sentence_is_whole_and_has_no_gap(name):
    for text in _sentences(name):
        assert text[0] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" and text.endswith(".")
        assert not re.search(r"\{(n|all|name|share|slope)\}|nan|None|–", text)


def test_the_department_reads_as_it_was_made():
    easy, above, follows, apart, *_alts = _sentences("operations")
    assert "'On-time rate'" in easy and "'Complaint rate'" in easy
    assert above.startswith("Many results of 'On-time rate' lie just above the target: 46 of 48")
    assert "no sign" in follows or "Of no single indicator" in follows
    assert "hardly tell people apart: 1 of 10 ('On-time rate')" in apart


def test_benchmarks_read_as_meant_for_few():
    easy, above, follows, apart, *_alts = _sentences("benchmarks")
    assert "more than 90%" not in easy and "benchmarks, are meant for few" in easy
    assert above.startswith("Of no indicator do more results lie just above")
    assert "cannot be told" in follows and "tell people apart" in apart


def test_targets_that_follow_are_said_to_follow_and_nothing_worse():
    followed = _answers("operations")[2]
    found = followed.assign(verdict=FOLLOWS, reason="", slope=0.5, ci_low=0.3, ci_high=0.7, n=20)
    text = wording.follows_results(found, _answers("operations")[-1])
    assert text.startswith("Targets follow results:") and "50% (30% to 70%; 20 targets)" in text
    only_all = followed.copy()
    only_all.loc[only_all["indicator_id"] == "", ["verdict", "slope"]] = [FOLLOWS, 0.4]
    assert "Over all indicators targets follow results" in wording.follows_results(only_all, _answers("operations")[-1])


@every_card
def test_every_table_has_a_row_per_indicator_or_is_none(name):
    difficulty, bunched, followed, apart, _bins, names = _answers(name)
    for make, answer in (
        (tables.difficulty, difficulty),
        (tables.bunching, bunched),
        (tables.ratchet, followed),
        (tables.discrimination, apart),
    ):
        table = make(answer, names)
        assert (table is None) == answer.empty
        assert table is None or len(table.rows) == len(answer)
        # What is missing is a dash of its own, never part of a text.
        assert table is None or not [cell for row in table.rows for cell in row if re.search(r"nan|None|. –|– .", cell)]


@every_card
def test_every_chart_can_be_drawn_alone_and_into_axes(name):
    difficulty, bunched, _followed, _apart, bins, names = _answers(name)
    # Ticks are made with the axes, and a name with dollar signs is no formula.
    with mpl.rc_context(settings()):
        figure, axes = plt.subplots(2)
    assert figures.plot_attainment_histogram(bins, bunched, names, ax=axes[0]) is axes[0]
    assert figures.plot_difficulty(difficulty, names, ax=axes[1]) is axes[1]
    figure.canvas.draw()
    assert all(ax.get_title(loc="left") for ax in axes)
    plt.close("all")


def test_bars_next_to_the_line_are_told_apart_by_hatch_too():
    _difficulty, bunched, _followed, _apart, bins, names = _answers("operations")
    ax = figures.plot_attainment_histogram(bins, bunched, names)
    small = ax.child_axes
    assert len(small) == 6
    hatches = [bar.get_hatch() for bar in small[0].patches]
    assert [hatch for hatch in hatches if hatch] == ["\\\\\\\\", "////"]
    assert np.flatnonzero([bool(hatch) for hatch in hatches]).tolist() == [7, 8]
    plt.close("all")
