"""Pages people read: an executed notebook → one self-contained HTML file, and the index page of a cycle.

Nothing on a page is fetched from anywhere, no script runs, and whatever comes from the data is text.
"""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from kpianalysis.display import TEMPLATES, environment
from kpianalysis.i18n import number, translate_markdown, translator
from kpianalysis.markup import headings, markdown_html, plain_html

if TYPE_CHECKING:
    from nbconvert.exporters import TemplateExporter
    from nbformat import NotebookNode

# The first representation of an output that is there is the one shown.
_SHOWN = ("image/svg+xml", "image/png", "image/jpeg", "text/html", "text/markdown", "text/plain")
# Papermill writes this cell on top of a notebook that failed; the page marks the failed part itself.
_PAPERMILL_MARK = "papermill-error-cell-tag"


@dataclass(frozen=True)
class ReportRow:
    """One report of a cycle, as its index page lists it.

    Parameters
    ----------
    report : str
        Name of the notebook: `attainment`.
    title : str
        What the reader calls it.
    unit : str
        The unit it is about; blank: the whole.
    status : {"done", "failed"}
    href, notebook_href : str
        Where page and executed notebook are, relative to the index page; blank: there is none.
    headline : str
        The first sentence of its answer.
    error : str
        The last line of the error, when it failed.
    seconds : float
        How long it took.
    """

    report: str
    title: str
    unit: str = ""
    status: Literal["done", "failed"] = "done"
    href: str = ""
    notebook_href: str = ""
    headline: str = ""
    error: str = ""
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.status not in ("done", "failed"):
            raise ValueError(f"report {self.report!r}: status {self.status!r} is not known. Use 'done' or 'failed'.")
        for href in (self.href, self.notebook_href):
            _check_local(href)


def report_html(
    nb: NotebookNode, *, title: str, lang: str = "en", nav: Mapping[str, str] | None = None, notice: str = ""
) -> str:
    """Make one self-contained page of an executed notebook.

    Code is left out; Markdown is translated paragraph by paragraph and may hold no HTML; of each output the best
    representation is shown: figures as images with their text alternative, tables, text. An error is a box with
    its last line.

    Parameters
    ----------
    nb : NotebookNode
        Executed; not changed.
    title : str
        Heading of the page, in place of the notebook's own first one.
    lang : {"en", "zh"}
    nav : mapping of str to str, optional
        Links on top: text → address, relative to the page.
    notice : str
        Shown above everything; blank: none.

    Returns
    -------
    str
        A whole HTML document.

    Raises
    ------
    ValueError
        If `lang` is not known or a link of `nav` leads elsewhere.
    """
    readable = _for_readers(nb, lang)
    resources = _frame(title, lang, nav or {}, notice) | {
        "headings": [heading for cell in _texts(readable) for heading in headings(cell.source)],
        "failed": any(output.output_type == "error" for cell in readable.cells for output in cell.get("outputs", ())),
    }
    page, _resources = _exporter().from_notebook_node(readable, resources)
    return page


def index_html(
    cycle: str,
    rows: Sequence[ReportRow],
    *,
    lang: str = "en",
    notice: str = "",
    facts: Sequence[tuple[str, str]] = (),
) -> str:
    """Make the page that lists the reports of a cycle: those for the whole, and a grid of units and reports.

    Parameters
    ----------
    cycle : str
    rows : sequence of ReportRow
        Reports and units are shown in the order in which they first appear.
    lang : {"en", "zh"}
    notice : str
        Shown above everything; blank: none.
    facts : sequence of (name, value)
        What the reports were made from.

    Returns
    -------
    str
        A whole HTML document.
    """
    _ = translator(lang)
    units = list(dict.fromkeys(row.unit for row in rows if row.unit))
    titles = {row.report: row.title for row in rows}
    context = _frame(_("Reports for {cycle}").format(cycle=cycle), lang, {}, notice) | {
        "whole": [row for row in rows if not row.unit],
        "units": units,
        "titles": titles,
        "cells": {(row.unit, row.report): row for row in rows},
        "failed": [row for row in rows if row.status == "failed"],
        "rows": rows,
        "facts": facts,
        "headings": [],
    }
    return environment().get_template("report/cycle.html.j2").render(resources=context)


def _frame(title: str, lang: str, nav: Mapping[str, str], notice: str) -> dict[str, object]:
    """Gather what every page shows around its content."""
    for href in nav.values():
        _check_local(href)
    write = {"title": title, "lang": {"zh": "zh-Hans"}.get(lang, lang), "nav": dict(nav), "notice": notice}
    return write | {"_": translator(lang), "seconds": lambda x: number(x, 1, lang)}


def _check_local(href: str) -> None:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        raise ValueError(f"link {href!r} leads out of the reports. Give an address relative to the page.")


def _for_readers(nb: NotebookNode, lang: str) -> NotebookNode:
    """Copy a notebook: text translated, without its own title and without papermill's mark."""
    readable = copy.deepcopy(nb)
    readable.cells = [cell for cell in readable.cells if _PAPERMILL_MARK not in cell.metadata.get("tags", ())]
    for cell in _texts(readable):
        cell.source = translate_markdown(cell.source, lang)
    for first in list(_texts(readable))[:1]:
        first.source = re.sub(r"\A\s*#[ \t].*\n?", "", first.source)
    return readable


def _texts(nb: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in nb.cells if cell.cell_type == "markdown")


def _best(output: NotebookNode) -> str:
    return next((mimetype for mimetype in _SHOWN if output.data.get(mimetype)), "")


def _data_url(content: str, mimetype: str) -> str:
    # A notebook holds PNG and JPEG as base64 already.
    encoded = base64.b64encode(content.encode()).decode() if mimetype == "image/svg+xml" else content
    return f"data:{mimetype};base64,{''.join(encoded.split())}"


def _alt(output: NotebookNode, mimetype: str) -> str:
    return str(output.metadata.get(mimetype, {}).get("alt") or output.data.get("text/plain", ""))


def _last_line(error: NotebookNode) -> str:
    return f"{error.ename}: {error.evalue}".strip().splitlines()[-1]


@cache
def _exporter() -> TemplateExporter:
    """Give the exporter of `templates/report`; nbconvert is imported here because it is slow to import."""
    from jinja2 import FileSystemLoader
    from markupsafe import Markup
    from nbconvert.exporters import TemplateExporter

    exporter = TemplateExporter(  # type: ignore[no-untyped-call]
        template_name="report",
        file_extension=".html",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_loaders=[FileSystemLoader(TEMPLATES)],
        filters={
            "markdown": lambda source: Markup(markdown_html(source, links=True)),
            "markdown_of_names": lambda source: Markup(markdown_html(source, links=False)),
            "plain_html": lambda markup: Markup(plain_html(markup)),
            "best": _best,
            "data_url": _data_url,
            "alt": _alt,
            "last_line": _last_line,
        },
    )
    # nbconvert escapes nothing by itself; templates are compiled later, so this holds for all of them.
    exporter.environment.autoescape = True
    exporter.environment.trim_blocks = exporter.environment.lstrip_blocks = True
    return exporter
