"""Report pages and the index page: complete, readable, self-contained, and safe from what names look like."""

import base64
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from kpianalysis import i18n, pages
from kpianalysis.display import Column, DisplayTable, Sentences
from kpianalysis.markup import markdown_html, plain_html
from kpianalysis.pages import ReportRow, index_html, report_html

HOSTILE_PARAGRAPH = '<p style="position:fixed" onclick="alert(1)">'
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
    "-->",
    "</style></main><h1>gone</h1>",
    "<svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "![p](https://example.org/p.png) <https://example.org> [click](https://example.org)",
    '<a href="javascript:alert(1)">x</a><base href="https://example.org/"><meta http-equiv="refresh" content="0">',
    f"<iframe srcdoc='<script>alert(1)</script>'></iframe>{HOSTILE_PARAGRAPH}",
)
ALL_NAMES = " ".join(HOSTILE)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
CHROMIUM = shutil.which("chromium") or shutil.which("/usr/bin/chromium")


def shows(**data):
    """An executed cell with one output: `shows(html=..., plain=...)`."""
    kinds = {
        "html": "text/html",
        "plain": "text/plain",
        "markdown": "text/markdown",
        "svg": "image/svg+xml",
        "png": "image/png",
    }
    alt = data.pop("alt", None)
    bundle = {kinds[key]: value for key, value in data.items()}
    metadata = {mimetype: {"alt": alt} for mimetype in bundle if alt and mimetype.startswith("image/")}
    return v4.new_code_cell("secret_code()", outputs=[v4.new_output("display_data", bundle, metadata=metadata)])


def raises(name, value):
    error = v4.new_output(
        "error", ename=name, evalue=value, traceback=["Traceback: deep/inside.py", f"{name}: {value}"]
    )
    return v4.new_code_cell("1 / 0", outputs=[error])


def prints(text, name="stdout"):
    return v4.new_code_cell("print()", outputs=[v4.new_output("stream", name=name, text=text)])


def text(source):
    return v4.new_markdown_cell(source)


def page(*cells, title="Attainment", **options):
    return report_html(v4.new_notebook(cells=list(cells)), title=title, **options)


def soup_of(*cells, **options):
    return BeautifulSoup(page(*cells, **options), "html.parser")


def hostile_page():
    """Every way by which a name can come onto a report page."""
    table = DisplayTable(
        (Column(ALL_NAMES), Column(ALL_NAMES, "right")), ((ALL_NAMES, ALL_NAMES),), ALL_NAMES, ALL_NAMES
    )
    return page(
        text("# Own title\n\nThe question."),
        shows(html=Sentences(HOSTILE, "answer")._repr_html_()),
        shows(html=table._repr_html_()),
        shows(html=f"<p>{ALL_NAMES}</p>"),
        shows(markdown="\n\n".join(f"**{name}** {name}" for name in HOSTILE)),
        shows(plain=ALL_NAMES),
        shows(svg=SVG, alt=ALL_NAMES),
        prints(ALL_NAMES),
        prints(ALL_NAMES, "stderr"),
        raises("ValueError", ALL_NAMES),
        title=ALL_NAMES,
        notice=ALL_NAMES,
        nav={ALL_NAMES: "index.html"},
    )


def hostile_index():
    """Every place of the index page that shows a name."""
    row = {"title": ALL_NAMES, "href": "a.html", "notebook_href": "a.ipynb", "headline": ALL_NAMES}
    rows = [ReportRow("a", **row), ReportRow("a", unit=ALL_NAMES, **row)]
    rows += [ReportRow("b", ALL_NAMES, unit=unit, status="failed", error=ALL_NAMES) for unit in ("", ALL_NAMES)]
    return index_html(ALL_NAMES, rows, notice=ALL_NAMES, facts=[(ALL_NAMES, ALL_NAMES)])


def assert_nothing_injected(soup):
    """Whatever a page holds was put there by its template: no element, attribute or address came from a name."""
    allowed = {
        "a", "body", "br", "code", "dd", "details", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3",
        "head", "header", "html", "img", "li", "main", "meta", "nav", "ol", "p", "pre", "span", "strong", "style",
        "summary", "table", "tbody", "td", "th", "thead", "title", "tr", "ul", "caption",
    }  # fmt: skip
    elements = soup.find_all(True)
    assert {element.name for element in elements} <= allowed
    assert not [name for element in elements for name in element.attrs if name.startswith("on") or name == "srcdoc"]
    assert len(soup.find_all("h1")) == len(soup.find_all("main")) == len(soup.find_all("style")) == 1
    assert all(img["src"].startswith("data:image/") for img in soup.find_all("img"))
    assert all(re.match(r"[\w.#]", a["href"]) and ":" not in a["href"] for a in soup.find_all("a"))
    assert all(p.get("style") is None for p in soup.find_all("p"))
    [policy, _viewport, _referrer] = [m for m in soup.find_all("meta") if m.has_attr("content")]
    assert policy["content"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


def assert_fetches_nothing(soup):
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            assert name in ("alt", "aria-label") or "//" not in value or value.startswith("data:image/"), element
    assert not re.search(r"@import|url\(", soup.style.string)


@pytest.mark.parametrize("make", [hostile_page, hostile_index])
def test_names_come_out_as_text_wherever_they_appear(make):
    soup = BeautifulSoup(make(), "html.parser")
    assert_nothing_injected(soup)
    assert_fetches_nothing(soup)
    assert soup.title.get_text() == soup.h1.get_text()
    assert soup.h1.get_text().endswith(ALL_NAMES)
    assert all(name in soup.main.get_text() for name in HOSTILE)


@pytest.mark.parametrize("cell", ["answer", "table", "html", "plain", "stream", "error", "markdown"])
@pytest.mark.parametrize("name", HOSTILE)
def test_each_kind_of_output_shows_a_name_as_it_is_written(cell, name):
    cells = {
        "answer": shows(html=Sentences((name,), "answer")._repr_html_()),
        "table": shows(html=DisplayTable((Column("Subject"),), ((name,),), "c")._repr_html_()),
        "html": shows(html=f"<p>{name}</p>"),
        "plain": shows(plain=name),
        "stream": prints(name),
        "error": raises("KpiError", name),
        "markdown": shows(markdown=name),
    }
    soup = soup_of(cells[cell])
    assert_nothing_injected(soup)
    # A paragraph is a plain tag: unescaped, it stays one, without its attributes.
    written = name.replace(HOSTILE_PARAGRAPH, "") if cell == "html" else name
    assert written in soup.main.get_text()


def test_a_page_is_complete_and_says_its_language():
    html = page(text("# Own title\n\nWho missed?"), title="Attainment, 2024Q1", lang="zh", notice="Synthetic data")
    soup = BeautifulSoup(html, "html.parser")
    assert html.startswith("<!DOCTYPE html>\n<html")
    assert soup.html["lang"] == "zh-Hans"
    assert soup.title.get_text() == "Attainment, 2024Q1"
    assert soup.find(class_="notice").get_text() == "Synthetic data"
    assert [h.get_text() for h in soup.find_all("h1")] == ["Attainment, 2024Q1"]
    assert soup.main.get_text().strip() == "Who missed?"


def test_without_notice_and_links_there_is_no_empty_frame_for_them():
    soup = soup_of(text("Text."))
    assert soup.find(class_="notice") is None
    assert soup.nav is None


def test_the_answer_comes_first_under_the_title():
    soup = soup_of(
        text("# Own title"), shows(html=Sentences(("One.", "Two."), "answer")._repr_html_()), text("## More")
    )
    first = soup.main.find(True).find(True)
    assert first.name == "ol"
    assert [li.get_text() for li in first.find_all("li")] == ["One.", "Two."]


def test_contents_lead_to_the_second_level_headings():
    cells = [text("# Own title\n\n## Who *missed*?\n\n### Not this"), text("## 完成率 by unit"), text("# Late")]
    soup = soup_of(*cells)
    [side, top] = soup.find_all("nav", class_="toc")
    for toc in (side, top):
        assert [a.get_text() for a in toc.find_all("a")] == ["Who missed?", "完成率 by unit", "Late"]
        targets = [soup.find(id=a["href"].removeprefix("#")) for a in toc.find_all("a")]
        assert [(target.name, target.get_text()) for target in targets] == [
            ("h2", "Who missed?"),
            ("h2", "完成率 by unit"),
            ("h2", "Late"),
        ]
    assert top.details is not None


def test_code_is_left_out_and_the_notebook_is_not_changed():
    notebook = v4.new_notebook(cells=[text("# Own title\n\nText."), shows(plain="42")])
    before = str(notebook)
    html = report_html(notebook, title="T")
    assert "secret_code" not in html
    assert "42" in html
    assert str(notebook) == before


def test_markdown_is_translated_by_paragraph(monkeypatch):
    monkeypatch.setattr(i18n, "translator", lambda lang: str.upper)
    soup = soup_of(text("# Own\n\n## Who missed?\n\nBy how much?"), lang="zh")
    assert [tag.get_text() for tag in soup.main.find_all(["h2", "p"])] == ["WHO MISSED?", "BY HOW MUCH?"]


def test_a_figure_is_an_image_with_its_alt_text():
    [img] = soup_of(shows(svg=SVG, plain="not this", alt="One square.")).figure.find_all("img")
    assert img["alt"] == "One square."
    assert base64.b64decode(img["src"].removeprefix("data:image/svg+xml;base64,")).decode() == SVG


def test_a_png_keeps_its_bytes_and_takes_its_text_for_alt():
    img = soup_of(shows(png="iVBOR\nw0KG\n", plain="a plot")).img
    assert (img["alt"], img["src"]) == ("a plot", "data:image/png;base64,iVBORw0KG")


def test_the_best_representation_of_a_result_is_shown_once():
    result = v4.new_output("execute_result", {"text/html": "<p>rich</p>", "text/plain": "plain"})
    soup = soup_of(v4.new_code_cell("x", outputs=[result]))
    assert soup.main.get_text().strip() == "rich"
    assert (
        soup_of(shows(markdown="**strong** & <b>", plain="p")).main.p.decode_contents()
        == "<strong>strong</strong> &amp; &lt;b&gt;"
    )


def test_a_result_nobody_can_see_leaves_no_trace():
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    soup = soup_of(v4.new_code_cell("w", outputs=[v4.new_output("display_data", data)]))
    assert soup.main.get_text().strip() == ""


def test_tables_scroll_in_a_box_that_the_keyboard_reaches():
    table = DisplayTable((Column("Subject"), Column("Score", "right")), (("A", "1"),), "Scores")
    box = soup_of(shows(html=table._repr_html_())).find(class_="scroll")
    assert (box["role"], box["tabindex"], box["aria-label"]) == ("region", "0", "Scores")
    assert box.table.td["class"] == ["num"]


def test_a_data_frame_is_shown_without_its_style_sheet():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a<b": ["<b>x</b>"]})
    soup = soup_of(shows(html=frame._repr_html_()))
    assert [cell.get_text() for cell in soup.main.find_all(["th", "td"])] == ["", "a<b", "0", "<b>x</b>"]
    assert "scoped" not in soup.main.get_text()


def test_printed_text_is_small_and_without_terminal_colours():
    [out, err] = soup_of(prints("a\x1b[31m red\x1b[0m <b>\n"), prints("careful", "stderr")).find_all(
        "pre", class_="stream"
    )
    assert (out.get_text(), err.get_text()) == ("a red <b>\n", "careful")


def test_a_failed_part_is_marked_where_it_is_and_on_top():
    mark = text('<span id="papermill-error-cell">An Exception was encountered</span>')
    mark.metadata["tags"] = ["papermill-error-cell-tag"]
    soup = soup_of(
        mark, text("# Own title"), text("Before."), raises("SourceError", "first line\nlast line"), text("After.")
    )
    top, place = soup.find_all(class_="failed")
    assert top.get_text() == "This report is not complete: a part of it failed."
    assert soup.main.find(True) is top
    assert place.find_previous("p", string="Before.") is not None
    assert place.pre.get_text() == "last line"
    assert "Traceback" not in soup.get_text()
    assert "An Exception was encountered" not in soup.get_text()


def test_a_whole_report_is_not_marked():
    assert soup_of(text("Fine.")).find(class_="failed") is None


def test_links_on_top_lead_only_to_pages_beside_this_one():
    soup = soup_of(text("Text."), nav={"All reports": "../index.html", "Notebook": "attainment.ipynb"})
    assert [(a.get_text(), a["href"]) for a in soup.header.nav.find_all("a")] == [
        ("All reports", "../index.html"),
        ("Notebook", "attainment.ipynb"),
    ]
    for href in ("https://example.org/", "//example.org/", "javascript:alert(1)", "java\nscript:alert(1)"):
        with pytest.raises(ValueError, match="leads out of the reports"):
            page(nav={"x": href})
        with pytest.raises(ValueError, match="leads out of the reports"):
            ReportRow("a", "A", href=href)


@pytest.mark.parametrize("make", [page, lambda **options: index_html("2024Q1", [], **options)])
def test_an_unknown_language_is_refused(make):
    with pytest.raises(ValueError, match="'fr' is not a language of the reports"):
        make(lang="fr")


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](  javascript:alert(1))",
        "[x](java&Tab;script&colon;alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](https://[broken)",
        "<javascript:alert(1)>",
        "[x][1]\n\n[1]: javascript:alert(1)",
    ],
)
def test_a_dangerous_link_never_becomes_one(source):
    for a in BeautifulSoup(markdown_html(source, links=True), "html.parser").find_all("a"):
        assert re.match(r"(https?:|java%09script)", a["href"])
        assert not a["href"].lower().startswith("javascript")


def test_an_ordinary_link_of_a_notebook_works_and_one_made_of_a_name_does_not():
    source = "[method](docs/method.md#x), <https://example.org>"
    links = BeautifulSoup(markdown_html(source, links=True), "html.parser").find_all("a")
    assert [a["href"] for a in links] == ["docs/method.md#x", "https://example.org"]
    assert "<a" not in markdown_html(source, links=False)
    assert "<img" not in markdown_html("![p](p.png)", links=True)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ('<td class="num">1 &lt; 2</td>', '<td class="num">1 &lt; 2</td>'),
        ('<td STYLE="text-align: right;" style="position:fixed">', "<td>"),
        ('<tr style="text-align: right;">', '<tr style="text-align: right;">'),
        ('<div tabindex="0" tabindex="1" id="x" title="y">', '<div tabindex="0">'),
        ("<br/>", "<br>"),
        ("<p onclick=alert(1)>", "&lt;p onclick=alert(1)>"),
        ("<style>p{}</style>x", "x"),
        ("<scr<style></style>ipt>", "&lt;script>"),
        ("<style>", "&lt;style&gt;"),
        ("a < b", "a &lt; b"),
        ("<!-- x -->", "&lt;!-- x -->"),
        ('<p class="a"onclick="x">', '&lt;p class="a"onclick="x">'),
    ],
)
def test_only_plain_tags_and_attributes_pass(markup, shown):
    assert plain_html(markup) == shown


def rows():
    done = {"status": "done", "seconds": 2.345}
    return [
        ReportRow("attainment", "Attainment", href="a.html", notebook_href="a.ipynb", headline="90 points.", **done),
        ReportRow("pairs", "Pairs", status="failed", notebook_href="p.ipynb", error="ValueError: no data"),
        ReportRow("attainment", "Attainment", "运营一部", href="u/1/a.html", headline="91 points.", **done),
        ReportRow("pairs", "Pairs", "运营一部", href="u/1/p.html", headline="One pair.", **done),
        ReportRow("attainment", "Attainment", "运营二部", href="u/2/a.html", headline="89 points.", **done),
    ]


def test_the_index_lists_the_whole_with_headline_state_and_links():
    soup = BeautifulSoup(index_html("2024Q1", rows(), notice="Synthetic data"), "html.parser")
    assert soup.h1.get_text() == "Reports for 2024Q1"
    assert soup.find(class_="notice").get_text() == "Synthetic data"
    assert " ".join(soup.find(class_="summary").get_text().split()) == "4 of 5 reports are ready. 1 failed: Pairs"
    [attainment, pairs] = soup.find("ul", class_="reports").find_all("li")
    assert [a["href"] for a in attainment.find_all("a")] == ["a.html", "a.ipynb"]
    assert "90 points." in attainment.get_text()
    assert "2.3 s" in attainment.get_text()
    assert [a["href"] for a in pairs.find_all("a")] == ["p.ipynb"]
    assert pairs.find(class_="failed").get_text() == "Failed ValueError: no data"


def test_the_index_has_a_grid_of_units_and_reports():
    grid = BeautifulSoup(index_html("2024Q1", rows()), "html.parser").find("figure", class_="grid").table
    assert [th.get_text() for th in grid.thead.find_all("th")] == ["Unit", "Attainment", "Pairs"]
    assert [th.get_text() for th in grid.tbody.find_all("th")] == ["运营一部", "运营二部"]
    cells = [[a["href"] for a in td.find_all("a")] for td in grid.tbody.find_all("td")]
    assert cells == [["u/1/a.html"], ["u/1/p.html"], ["u/2/a.html"], []]
    assert grid.find_all("td")[-1].get_text() == "–"
    assert "91 points." in grid.get_text()


def test_the_index_without_units_failures_and_facts_has_no_place_for_them():
    soup = BeautifulSoup(index_html("FY2017", rows()[:1]), "html.parser")
    assert soup.table is None
    assert soup.dl is None
    assert soup.find(class_="failed") is None
    assert "failed" not in soup.find(class_="summary").get_text()


def test_the_index_shows_the_facts():
    soup = BeautifulSoup(index_html("2024Q1", rows(), facts=[("Subjects", "48"), ("Seed", "7")]), "html.parser")
    assert [(dt.get_text(), dt.find_next("dd").get_text()) for dt in soup.find_all("dt")] == [
        ("Subjects", "48"),
        ("Seed", "7"),
    ]


def test_a_state_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match=r"^report 'a': status 'ready' is not known\. Use 'done' or 'failed'\.$"):
        ReportRow("a", "A", status="ready")


def test_the_same_notebook_gives_the_same_page():
    assert hostile_page() == hostile_page()


def test_every_template_is_escaped():
    assert pages._exporter().environment.autoescape is True
    assert pages.environment().autoescape is True


def dumped(path: Path, folder: Path) -> BeautifulSoup:
    """Load a page in headless Chromium; give the document as it stands then."""
    options = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --virtual-time-budget=2000 --dump-dom"
    )
    command = [CHROMIUM, *options.split(), f"--user-data-dir={folder}", "file://" + quote(str(path))]
    run = subprocess.run(command, capture_output=True, timeout=60, check=True)
    return BeautifulSoup(run.stdout.decode(), "html.parser")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: the pages were not opened in a browser")
@pytest.mark.parametrize("make", [hostile_page, hostile_index])
def test_a_browser_finds_no_element_that_a_name_made(make, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(make(), encoding="utf-8")
    soup = dumped(path, tmp_path / "profile")
    assert_nothing_injected(soup)
    assert_fetches_nothing(soup)
    assert all(name in soup.main.get_text() for name in HOSTILE)
