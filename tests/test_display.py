"""Tables, sentences and figures: right, and text wherever a name stands."""

from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from kpianalysis.display import Column, DisplayTable, Sentences, figure_svg, show_figure

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
    "-->",
    "]]><!--",
    "{{ 7 * 7 }}",
    "O'Brien & <b>运营一部</b>",
)
TABLE_TAGS = {
    "details",
    "summary",
    "figure",
    "div",
    "table",
    "caption",
    "span",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figcaption",
}
COLUMNS = (Column("Subject"), Column("Score", "right"))


def parsed(shown):
    return BeautifulSoup(shown._repr_html_(), "html.parser")


def tags(soup):
    return {tag.name for tag in soup.find_all(True)}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("collapsed", [False, True])
def test_names_are_text_in_every_place_of_a_table(name, collapsed):
    columns = (Column(name), Column(name, "right"), Column("c"))
    soup = parsed(DisplayTable(columns, ((name, name, name),), name, note=name, collapsed=collapsed))
    assert [cell.get_text() for cell in soup.find_all(["th", "td"])] == [name, name, "c", name, name, name]
    assert soup.find("summary" if collapsed else "caption").get_text() == name
    assert soup.figcaption.get_text() == name
    assert tags(soup) <= TABLE_TAGS
    assert {attribute for tag in soup.find_all(True) for attribute in tag.attrs} <= {
        "class", "role", "aria-label", "tabindex", "scope", "style"}  # fmt: skip


@pytest.mark.parametrize("kind", ["answer", "note", "warning"])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_in_sentences(name, kind):
    soup = parsed(Sentences((name, "Second."), kind))
    assert [tag.get_text() for tag in soup.find_all("li" if kind == "answer" else "p")] == [name, "Second."]
    assert tags(soup) <= {"ol", "li", "p"}


def test_a_table_says_what_is_heading_row_name_and_number():
    soup = parsed(DisplayTable(COLUMNS, (("A", "97.5"), ("B", "–")), "Scores", highlight=frozenset({1})))
    assert [th.get_text() for th in soup.thead.find_all("th", scope="col")] == ["Subject", "Score"]
    assert [th.get_text() for th in soup.tbody.find_all("th", scope="row")] == ["A", "B"]
    assert [cell.get_text() for cell in soup.find_all(class_="num")] == ["Score", "97.5", "–"]
    assert [tr.th.get_text() for tr in soup.find_all("tr", class_="highlight")] == ["B"]
    assert soup.figure["class"] == ["table"]
    assert soup.figcaption is None


def test_a_collapsed_table_shows_its_caption_once():
    soup = parsed(DisplayTable(COLUMNS, (("A", "1"),), "All scores", collapsed=True))
    assert soup.details.summary.get_text() == "All scores"
    assert soup.caption is None
    assert not soup.details.has_attr("open")


def test_only_long_text_may_be_broken():
    soup = parsed(DisplayTable((*COLUMNS, Column("Why")), (("A", "1" * 30, "long " * 9), ("B", "2", "short")), "c"))
    assert [cell.get_text() for cell in soup.find_all(class_="long")] == ["long " * 9]


def test_an_empty_table_shows_that_there_is_nothing():
    assert [td.get_text() for td in parsed(DisplayTable(COLUMNS, (), "None")).find_all("td")] == ["–"]


def test_a_row_that_does_not_fit_the_columns_is_refused():
    message = "table 'Scores': row 1 has 1 cells for 2 columns. Give one text for each column."
    with pytest.raises(ValueError, match=message):
        DisplayTable(COLUMNS, (("A", "1"), ("B",)), "Scores")


def test_a_highlighted_row_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"highlight names rows \[3\], the last row is 0"):
        DisplayTable(COLUMNS, (("A", "1"),), "Scores", highlight=frozenset({0, 3}))


def test_the_answer_is_a_numbered_list_and_the_rest_paragraphs():
    assert [li.get_text() for li in parsed(Sentences(("One.", "Two."), "answer")).ol.find_all("li")] == ["One.", "Two."]
    assert parsed(Sentences(("Careful.",), "warning")).p["class"] == ["warning"]
    assert Sentences((), "note")._repr_html_().strip() == ""
    assert str(Sentences(("One.", "Two."), "answer")) == "One.\nTwo."


def test_plain_text_in_a_notebook_is_short():
    shown: list[str] = []
    table = DisplayTable(COLUMNS, tuple((str(i), "1") for i in range(500)), "Scores")
    table._repr_pretty_(SimpleNamespace(text=shown.append), False)
    Sentences(("One.",))._repr_pretty_(SimpleNamespace(text=shown.append), False)
    assert shown == ["Scores (500 x 2)", "One."]


def bars(labels):
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    ax.barh(list(labels), range(1, len(labels) + 1))
    ax.set_xlabel("points")
    return ax


@pytest.fixture
def published(monkeypatch):
    import IPython.display

    calls: list[tuple] = []
    monkeypatch.setattr(IPython.display, "display", lambda *args, **kwargs: calls.append((args, kwargs)))
    return calls


def test_a_figure_is_published_once_as_svg_with_its_alt_text_and_closed(published):
    import matplotlib.pyplot as plt

    show_figure(bars(["A", "B"]), "Two bars: A 1, B 2.")
    [((bundle,), options)] = published
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["text/plain"] == "Two bars: A 1, B 2."
    assert options == {"raw": True, "metadata": {"image/svg+xml": {"alt": "Two bars: A 1, B 2."}}}
    assert plt.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_without_alt_text_is_refused(published, alt):
    import matplotlib.pyplot as plt

    ax = bars(["A"])
    with pytest.raises(ValueError, match=r"^show_figure: alt is blank\."):
        show_figure(ax, alt)
    plt.close(ax.figure)
    assert published == []


def test_the_same_figure_gives_the_same_bytes(published):
    for _ in range(2):
        show_figure(bars(["A", "B"]), "Two bars.")
    first, second = (args[0]["image/svg+xml"] for args, _options in published)
    assert first == second
    assert "matplotlib.org" not in first


def test_names_in_a_figure_are_shapes_and_stand_nowhere_as_text(published):
    show_figure(bars([name for name in HOSTILE if "运" not in name]), "Bars.")
    svg = published[0][0][0]["image/svg+xml"]
    assert "<!--" not in svg
    assert "alert" not in svg
    assert all(
        element.tag.endswith("}style") or not (element.text or "").strip()
        for element in ElementTree.fromstring(svg).iter()
    )


def test_nothing_of_a_figure_lies_outside_its_frame_even_without_a_layout_engine():
    import matplotlib.pyplot as plt

    ax = bars(["a very long name of an indicator that needs a lot of room"])
    ax.figure.set_layout_engine("none")
    figure_svg(ax)
    # A few pixels of rounding; without a layout engine it is hundreds.
    assert ax.get_tightbbox().x0 > -5
    plt.close(ax.figure)


def test_a_colour_bar_placed_without_layout_engine_is_drawn():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2)
    figure.colorbar(axes[0].imshow([[0.0, 1.0]]), ax=axes[0])
    assert figure_svg(axes[1]).endswith("</svg>\n")
    plt.close(figure)


def test_axes_without_figure_are_refused():
    ax = bars(["A"])
    ax.remove()
    with pytest.raises(ValueError, match="belong to no figure"):
        figure_svg(ax)
