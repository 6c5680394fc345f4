"""What charts draw: bars, labels, axis labels and titles; never pixels."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

import kpianalysis as kpi
from kpianalysis.display import figure_svg
from kpianalysis.figures import attainment, correlation, ranks
from kpianalysis.i18n import number
from tests.cards import given_card
from tests.shown import answers, charts, public_functions, shown


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def ours():
    return shown("operations")


@pytest.fixture(scope="module")
def theirs():
    return shown("hospitals")


def _title(ax):
    return " ".join(ax.get_title(loc="left").split())


def _labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_every_chart_is_looked_at_here(ours):
    assert set(charts(ours)) == public_functions(kpi.figures)


# The large source is drawn by its notebook; names that are no names are drawn below.
@pytest.mark.parametrize(
    ("source", "lang"),
    [("operations", "zh"), ("nobody has a total", "en"), ("one indicator", "en"), ("all totals equal", "en")],
)
def test_every_chart_returns_its_axes_with_labels_and_a_title(source, lang):
    for name, plot in charts(shown(source, lang)).items():
        ax = plot()
        assert isinstance(ax, Axes), name
        assert _title(ax), name
        assert ax.get_xlabel() or ax.get_ylabel() or not ax.axison, name
        texts = [text.get_text() for text in ax.findobj(mpl.text.Text)]
        assert not [text for text in texts if "nan" in text.split() or "{" in text], name
        # With Chinese names: a missing glyph is a warning, and a warning is an error in every test.
        ax.get_figure(root=True).canvas.draw()
        plt.close("all")


def test_a_chart_draws_on_the_axes_it_is_given_and_makes_no_figure(ours):
    for name, plot in charts(ours).items():
        figure, (left, right) = plt.subplots(1, 2)
        assert plot(ax=right) is right, name
        assert not left.has_data(), name
        assert plt.get_fignums() == [figure.number], name
        plt.close(figure)


def test_settings_of_the_reader_stay_as_they_were(ours):
    with mpl.rc_context({"font.size": 17.0, "axes.titlelocation": "right", "font.family": ["serif"]}):
        kept = dict(mpl.rcParams)
        for name, plot in charts(ours).items():
            plt.close(plot().get_figure(root=True))
            assert dict(mpl.rcParams) == kept, name


def test_no_chart_changes_what_it_draws(ours):
    kept = {name: getattr(ours, name).copy() for name in ("units", "weights", "ranks", "left_out")}
    totals = ours.card.totals.copy()
    for plot in charts(ours).values():
        plt.close(plot().get_figure(root=True))
    assert [name for name in kept if not getattr(ours, name).equals(kept[name])] == []
    assert ours.card.totals.equals(totals)


@pytest.mark.parametrize("chart", ["gaps.plot_bullets", "correlation.plot_heatmap", "groups.plot_dendrogram"])
def test_chinese_names_have_every_glyph_as_shown(chart):
    figure_svg(charts(shown("operations", "zh"))[chart]())


def test_names_are_text_and_no_formula():
    for plot in charts(shown("names that are no names")).values():
        figure_svg(plot())
        plt.close("all")


def test_a_missing_glyph_would_be_noticed():
    _, ax = plt.subplots()
    ax.set_title("返工率", family="DejaVu Sans")
    with pytest.warns(UserWarning, match="Glyph"):
        ax.get_figure(root=True).canvas.draw()


# Attainment ------------------------------------------------------------------------------------------------------


def test_the_histogram_holds_everybody_with_a_total_and_the_grades_lines(ours):
    ax = attainment.plot_totals(ours.card.totals, ours.card.grades, ours.names)
    totals = ours.card.totals["total"].dropna()
    assert sum(bar.get_height() for bar in ax.patches) == len(totals)
    lines = {line.get_xdata()[0] for line in ax.lines}
    inside = ours.card.grades[ours.card.grades["min_score"].between(totals.min(), totals.max())]
    assert lines == {*inside["min_score"], totals.median()}
    assert {text.get_text() for text in ax.texts} == set(inside["grade"])
    assert number(totals.median(), 1) in _title(ax)


def test_a_total_nobody_has_is_no_median():
    of = shown("nobody has a total")
    ax = attainment.plot_totals(of.card.totals, of.card.grades, of.names)
    assert "–" not in _title(ax)
    assert len(ax.lines) == 0


# Sensitivity -----------------------------------------------------------------------------------------------------


def test_few_ranks_have_names_and_many_are_a_band(ours, theirs):
    few = ranks.plot_rank_intervals(ours.ranks, ours.names)
    (bars,) = (c for c in few.collections if isinstance(c, LineCollection))
    ends = [(segment[0, 0], segment[1, 0]) for segment in bars.get_segments()]
    assert ends == list(zip(ours.ranks["rank_low"], ours.ranks["rank_high"], strict=True))
    assert few.lines[0].get_xdata().tolist() == ours.ranks["rank"].tolist()
    assert _labels(few.yaxis) == [ours.names.subject(s) for s in ours.ranks["subject_id"]]
    assert few.yaxis_inverted()
    many = ranks.plot_rank_intervals(theirs.ranks, theirs.names)
    assert many.lines[0].get_ydata().tolist() == theirs.ranks["rank"].tolist()
    assert many.yaxis_inverted()
    assert many.get_ylabel()


def test_rank_shares_are_written_in_the_cells(ours):
    ax = ranks.plot_acceptability(ours.acceptability, ours.names)
    (image,) = ax.images
    shares = image.get_array()
    first = ours.acceptability[ours.acceptability["rank"] == 1].set_index("subject_id")["share"]
    leader = ours.acceptability["subject_id"].iloc[0]
    assert shares[0, 0] == pytest.approx(first[leader])
    assert ax.texts[0].get_text() == number(100 * first[leader])
    assert _labels(ax.yaxis)[0] == ours.names.subject(leader)
    assert len(ax.texts) == (shares >= 0.095).sum()


def test_grades_are_bars_that_fill_the_axis_with_their_letters(ours):
    ax = ranks.plot_grades(ours.chances, ours.names, most=40)
    right = {}
    for bar in ax.patches:
        right[bar.get_y()] = max(right.get(bar.get_y(), 0), bar.get_x() + bar.get_width())
    assert len(right) == 40
    assert list(right.values()) == pytest.approx([100] * 40)
    assert {text.get_text() for text in ax.texts} <= set(ours.card.grades["grade"])
    safe = (ours.chances.groupby("subject_id")["probability"].max() >= 0.95).sum()
    assert _title(ax).startswith(f"{safe} of 48")


# Correlation -----------------------------------------------------------------------------------------------------


def test_the_heat_map_is_ordered_written_and_framed(ours):
    square = kpi.correlation_matrix(ours.together.pairs)
    ax = correlation.plot_heatmap(square, ours.together.groups, ours.names)
    ids = ours.together.groups["indicator_id"]
    assert [label.rsplit(maxsplit=1)[0] for label in _labels(ax.yaxis)] == [ours.names.item(i) for i in ids]
    assert [label.rsplit(maxsplit=1)[1] for label in _labels(ax.yaxis)] == _labels(ax.xaxis)
    shown_square = square.loc[ids, ids].to_numpy()
    assert np.asarray(ax.collections[0].get_array()).ravel() == pytest.approx(shown_square.ravel())
    assert ax.collections[0].get_clim() == (-1, 1)
    written = [text.get_text() for text in ax.texts]
    # Each coefficient once, below the diagonal; seaborn makes no text of a blank one.
    below = shown_square[np.tril_indices(len(ids), -1)]
    assert [text for text in written if text] == [number(100 * value) for value in below]
    assert "-0" not in written
    (frame,) = ax.patches
    assert (frame.get_width(), frame.get_height()) == (2, 2)
    inside = ours.together.groups.loc[ours.together.groups["group"] == 1, "place"]
    assert (frame.get_x(), frame.get_y()) == (inside.min(), inside.min())


def test_an_unknown_correlation_is_an_empty_cell():
    table = pd.DataFrame({"a": [1.0, 2, 4, 8, 9], "b": [2.0, 1, 4, 7, 9], "c": [70.0] * 5}, index=list("VWXYZ"))
    of = answers(given_card(table))
    ax = correlation.plot_heatmap(kpi.correlation_matrix(of.together.pairs), of.together.groups, of.names)
    cells = [text.get_text() for text in ax.texts]
    # Seaborn writes no text where a value is missing.
    assert [cell for cell in cells if cell] == ["90"]
    assert not {"nan", "0"} & set(cells)


def test_the_colours_are_even_on_both_sides_of_zero(ours):
    ax = correlation.plot_heatmap(kpi.correlation_matrix(ours.together.pairs), ours.together.groups, ours.names)
    mesh = ax.collections[0]
    assert mesh.norm(0.0) == 0.5
    assert mesh.cmap(mesh.norm(0.8)) != mesh.cmap(mesh.norm(-0.8))


def test_nothing_to_correlate_is_said():
    of = shown("one indicator")
    ax = correlation.plot_heatmap(kpi.correlation_matrix(of.together.pairs), of.together.groups, of.names)
    assert len(ax.collections) == 0
    assert _title(ax)
