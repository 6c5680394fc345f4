"""How charts look, and that it stays with our charts."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from kpianalysis.style import WIDTH, legend_below, new_axes, set_title, settings, shorten, styled


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def test_settings_are_matplotlibs_own():
    assert set(settings()) <= set(mpl.rcParams)
    with mpl.rc_context(settings()):
        assert mpl.rcParams["svg.fonttype"] == "path"


def test_the_font_has_chinese_and_latin():
    assert len(settings()["font.family"]) == 2
    with mpl.rc_context(settings()):
        _, ax = plt.subplots()
        ax.set_title("Rework 返工率 ρ ≥ − ± × 镕")
        # A missing glyph is a warning, and a warning is an error in every test.
        ax.get_figure(root=True).canvas.draw()


def test_dollar_signs_are_no_formula():
    with mpl.rc_context(settings()):
        _, ax = plt.subplots()
        ax.set_title("$\\frac $")
        ax.get_figure(root=True).canvas.draw()


def test_a_styled_function_draws_with_our_settings_and_leaves_the_readers():
    kept = dict(mpl.rcParams)
    seen = styled(lambda: dict(mpl.rcParams))()
    assert {name: seen[name] for name in ("font.size", "axes.titlelocation")} == {
        "font.size": 9.5,
        "axes.titlelocation": "left",
    }
    assert dict(mpl.rcParams) == kept


def test_a_styled_function_that_fails_leaves_them_too():
    kept = dict(mpl.rcParams)

    @styled
    def fails() -> None:
        """Say what is drawn."""
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    assert dict(mpl.rcParams) == kept
    assert (fails.__name__, fails.__doc__) == ("fails", "Say what is drawn.")


def test_new_axes_are_made_only_where_none_are_given():
    ax = new_axes(None, 3.0)
    assert ax.get_figure(root=True).get_size_inches().tolist() == [WIDTH, 3.0]
    assert ax.get_figure(root=True).get_layout_engine() is not None
    assert new_axes(ax, 9.0) is ax
    assert len(plt.get_fignums()) == 1


def test_a_long_title_takes_several_lines():
    ax = new_axes(None, 3.0)
    words = " ".join(["indicator"] * 20)
    set_title(ax, words)
    lines = ax.get_title(loc=mpl.rcParams["axes.titlelocation"]).split("\n")
    assert len(lines) > 1
    assert max(len(line) for line in lines) <= 66
    assert " ".join(lines) == words


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("a b cdef", 4, "a b…"),
        ("", 5, ""),
        ("客户满意度评分", 4, "客户满…"),
    ],
)
def test_a_long_name_is_cut_with_a_sign_that_it_was(text, most, short):
    assert shorten(text, most) == short
    assert len(shorten(text, most)) <= max(most, 1)


def test_a_legend_stands_below_the_axes_on_the_side_asked_for():
    for side in ("left", "right"):
        _, ax = plt.subplots()
        legend_below(ax, 2, side)
        assert ax.get_legend() is None
        ax.plot([0, 1], label="line")
        legend_below(ax, 2, side)
        ax.get_figure(root=True).canvas.draw()
        box, axes = ax.get_legend().get_window_extent(), ax.get_window_extent()
        assert box.y1 < axes.y0
        assert abs(getattr(box, "x0" if side == "left" else "x1") - getattr(axes, "x0" if side == "left" else "x1")) < 2
