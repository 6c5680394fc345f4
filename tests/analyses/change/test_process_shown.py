"""What a reader sees of real change and noise: sentences, table and charts, on sources with hardly anything too."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import kpianalysis as kpi
from kpianalysis.analyses.change.process_charts import process_points
from kpianalysis.analyses.change.process_false_alarms import false_alarm_rate
from kpianalysis.analyses.change.process_verdicts import process_summary
from kpianalysis.analyses.change.series import period_values
from kpianalysis.figures.process import plot_process
from kpianalysis.i18n import number, percent
from kpianalysis.tables import process as tables
from kpianalysis.wording import process as wording
from tests.analyses.change.test_process_charts import drawn, table
from tests.builders import make_card
from tests.cards import dataset, hospitals, operations

SENTENCES = ("signals", "on_target", "moving", "how_sure", "trial", "process_alt")
LONG = "An indicator with a name so long that nobody would ever read it to its end, & <b>markup</b>, $a_1$ {n}"


@pytest.fixture(scope="module")
def chart(ours):
    ax = plot_process(*ours)
    yield ax
    plt.close(ax.get_figure(root=True))


def _shown(card, series):
    points = process_points(series)
    return points, process_summary(points, card.indicators), kpi.names_of(card)


@pytest.fixture(scope="module")
def ours():
    card = operations("2024Q4")
    return _shown(card, period_values(dataset("operations"), card))


@pytest.fixture(scope="module")
def yearly():
    card = hospitals()
    return _shown(card, period_values(dataset("hospitals"), card))


def _small(kind):
    values = {
        "nothing": [],
        "one point": [50.0],
        "steady": drawn(24),
        "trial": drawn(8),
        "never varies": [50.0] * 24,
        "a signal": [*drawn(23), 90.0],
        "huge": drawn(24) * 1e9,
    }[kind]
    card = make_card(indicators=[{"name": LONG, "unit": LONG}])
    return _shown(card, table(values, target=49.0))


@pytest.mark.parametrize("kind", ["nothing", "one point", "steady", "trial", "never varies", "a signal", "huge"])
def test_hardly_anything_has_its_sentences_and_its_chart(kind):
    points, summary, names = _small(kind)
    for name in SENTENCES:
        text = getattr(wording, name)(summary, names).replace(LONG, "")
        assert "{" not in text, name
        assert not {"nan", "None", "NaT"} & set(text.replace("(", " ").replace("%", " ").split()), name
        assert not text or text[-1] == ".", name
    shown = tables.process(summary, names)
    assert (shown is None) == (kind in ("nothing", "one point", "never varies"))
    ax = plot_process(points, summary, names)
    assert ax.get_title(loc="left")
    if kind in ("one point", "huge"):
        ax.get_figure(root=True).canvas.draw()
    plt.close(ax.get_figure(root=True))


def test_the_sentence_names_every_signal_and_calls_the_rest_noise(ours):
    _points, summary, names = ours
    text = wording.signals(summary, names)
    for row in summary[summary["signal"]].to_dict("records"):
        assert f"'{names.item(row['indicator_id'])}' (improving)" in text
    assert "4 of 11 indicators" in text
    assert text.endswith("What the others did is noise.")
    assert "2024Q4" in text


def test_the_sentence_of_a_steady_process_says_noise():
    _points, summary, names = _small("steady")
    assert "no indicator moved by more than it usually varies" in wording.signals(summary, names)


def test_the_sentence_about_targets_names_those_always_and_never_met(ours):
    _points, summary, names = ours
    always, never, _either = wording.on_target(summary, names).split(". ")
    assert always.endswith(f": '{names.item('on_time_rate')}'")
    assert f"'{names.item('complaint_rate')}'" in never


def test_the_false_alarm_rate_stands_on_the_page(ours):
    _points, summary, names = ours
    text = wording.how_sure(summary, names)
    assert f"in 24 points in {percent(false_alarm_rate(24))} of cases" in text
    lately = false_alarm_rate(24, 3)
    assert number(11 * lately, 1) in text
    assert percent(1 - (1 - lately) ** 11) in text


def test_what_moves_and_what_has_no_limits_is_named(ours):
    _points, summary, names = ours
    assert f"'{names.item('orders_handled')}'" in wording.moving(summary, names)
    assert f"'{names.item('safety_incident')}'" in wording.trial(summary, names)
    assert "fewer than 12 points" in wording.trial(*_small("trial")[1:])


def test_a_value_a_year_is_said_to_be_too_little_and_nothing_is_shown(yearly):
    _points, summary, names = yearly
    assert wording.signals(summary, names).startswith("There are too few points to tell a change from noise")
    assert [getattr(wording, name)(summary, names) for name in SENTENCES[1:5]] == ["", "", "", ""]
    assert tables.process(summary, names) is None


def test_of_many_indicators_some_are_named_and_the_rest_counted():
    indicators = pd.DataFrame({"indicator_id": [f"K{i}" for i in range(9)], "direction": "higher"})
    series = pd.concat([table([*drawn(23, i), 90.0], f"K{i}") for i in range(9)], ignore_index=True)
    text = wording.signals(process_summary(process_points(series), indicators), kpi.names_of(make_card()))
    assert "'K5' (improving) and 3 more." in text
    assert "'K6'" not in text


def test_the_table_shows_verdicts_in_words(ours):
    _points, summary, names = ours
    shown = tables.process(summary, names)
    rows = {row[0]: row for row in shown.rows}
    assert rows[names.measured_in("on_time_rate")][1:4] == ("no signal", "", "meets target always")
    assert rows[names.measured_in("complaint_rate")][3] == "misses always"
    assert rows[names.measured_in("orders_handled")][1:3] == ("improving", "outside the limits, 7 on one side")
    assert rows[names.measured_in("safety_incident")][1] == "mostly the same value"
    assert rows[names.measured_in("csat")][7:] == ("85.62 to 86.24", "24", "19%")


def _tiles(ax):
    return ax.child_axes


def test_there_is_a_chart_for_each_indicator_with_limits(ours, chart):
    points, ax = ours[0], chart
    assert isinstance(ax, Axes)
    assert ax.get_title(loc="left") == "Signals in 2024Q4: 4 of 11 indicators"
    assert len(_tiles(ax)) == 11
    first = _tiles(ax)[0]
    mine = points[points["indicator_id"] == "orders_handled"]
    line, worse_or_better = first.lines[0], first.lines[1:3]
    np.testing.assert_allclose(line.get_ydata(), mine["value"], rtol=1e-12)
    drawn_signals = np.concatenate([part.get_ydata() for part in worse_or_better])
    assert sorted(drawn_signals) == sorted(mine.loc[mine["rules"] != "", "value"])
    # Neither colour nor place alone tells better from worse.
    assert len({part.get_marker() for part in worse_or_better}) == 2
    levels = {y for path in first.collections[0].get_segments() for y in path[:, 1]}
    assert levels == set(mine[["mean", "low", "high"]].iloc[0])


def test_the_two_icons_stand_in_words_on_each_chart(ours, chart):
    _points, summary, names = ours
    for tile, row in zip(_tiles(chart), wording.with_limits(summary).to_dict("records"), strict=True):
        said = [text.get_text() for text in tile.texts]
        assert any(wording.variation(row["variation"], names) in text for text in said)
        assert not row["assurance"] or any(wording.assurance(row["assurance"], names) in text for text in said)


def test_a_target_far_off_is_named_and_flattens_nothing(chart):
    tile = _tiles(chart)[4]
    low, high = tile.get_ylim()
    assert low > 0.95
    assert high - low < 0.005
    assert any(text.get_text() == "target 0.95 ↓" for text in tile.texts)


def test_of_many_indicators_those_with_a_signal_are_drawn():
    indicators = pd.DataFrame({"indicator_id": [f"K{i}" for i in range(14)], "direction": "lower"})
    series = pd.concat([table([*drawn(23, 7), 50.0 + 40 * (i == 13)], f"K{i}") for i in range(14)], ignore_index=True)
    points = process_points(series)
    ax = plot_process(points, process_summary(points, indicators), kpi.names_of(make_card()))
    assert len(_tiles(ax)) == 12
    assert _tiles(ax)[-1].texts[0].get_text() == "K13"
    assert "drawn: 12" in " ".join(ax.get_title(loc="left").split())
    plt.close(ax.get_figure(root=True))


def test_charts_draw_on_the_axes_they_are_given_and_change_nothing(ours):
    points, summary, names = ours
    kept = points.copy(), summary.copy()
    figure, (left, right) = plt.subplots(1, 2)
    assert plot_process(points, summary, names, ax=right) is right
    assert not left.has_data()
    assert max(plt.get_fignums()) == figure.number
    plt.close(figure)
    pd.testing.assert_frame_equal(points, kept[0])
    pd.testing.assert_frame_equal(summary, kept[1])
