"""How results are shown: tables, sentences and figures that look the same in JupyterLab and on the pages.

Names come from the data and are text: everything here is escaped, whatever a name looks like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.axes import Axes

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Column:
    """The heading of one column; numbers are aligned right."""

    label: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class DisplayTable:
    """A finished table: every cell is text already, rounded and in the reader's language.

    Parameters
    ----------
    columns : tuple of Column
        The first one names the row.
    rows : tuple of tuple of str
        One text for each column.
    caption : str
        Says what the table shows.
    note : str
        Shown under the table; blank: none.
    highlight : frozenset of int
        Numbers of the rows, from 0, that are set in bold.
    collapsed : bool
        Show the caption alone until the reader opens it: for long lists.

    Examples
    --------
    >>> table = DisplayTable((Column("Indicator"), Column("Score", "right")), (("复购率", "97.5"),), "Scores")
    >>> print(table)
    Scores (1 x 2)
    >>> "复购率" in table._repr_html_()
    True
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    note: str = ""
    highlight: frozenset[int] = frozenset()
    collapsed: bool = False

    def __post_init__(self) -> None:
        for row_number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                cells = f"row {row_number} has {len(row)} cells for {len(self.columns)} columns"
                raise ValueError(f"table {self.caption!r}: {cells}. Give one text for each column.")
        if strange := sorted(self.highlight - set(range(len(self.rows)))):
            last = len(self.rows) - 1
            raise ValueError(f"table {self.caption!r}: highlight names rows {strange}, the last row is {last}.")

    def __str__(self) -> str:
        return f"{self.caption} ({len(self.rows)} x {len(self.columns)})"

    def _repr_html_(self) -> str:
        return environment().get_template("display/table.html.j2").render(table=self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


@dataclass(frozen=True)
class Sentences:
    """Sentences that say what a table or figure means.

    Parameters
    ----------
    texts : tuple of str
        Whole sentences, in the reader's language.
    kind : {"answer", "note", "warning"}
        "answer" is the box of numbered sentences a report begins with; the others are paragraphs.

    Examples
    --------
    >>> print(Sentences(("3 of 4 reached their target.", "Nobody missed by more than 2%."), "note"))
    3 of 4 reached their target.
    Nobody missed by more than 2%.
    """

    texts: tuple[str, ...]
    kind: Literal["answer", "note", "warning"] = "note"

    def __str__(self) -> str:
        return "\n".join(self.texts)

    def _repr_html_(self) -> str:
        return environment().get_template("display/sentences.html.j2").render(sentences=self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def show_figure(ax: Axes, alt: str) -> None:
    """Show the figure that `ax` belongs to, with a text for those who cannot see it, and close it.

    The figure is an SVG whose letters are shapes: it looks the same whatever fonts a machine has, and the
    same figure gives the same bytes on every run.

    Parameters
    ----------
    ax : Axes
        Any axes of the figure. A figure without a layout engine gets one, so that no label is cut off.
    alt : str
        What the figure shows, in a sentence or two, with the numbers that matter.

    Raises
    ------
    ValueError
        If `alt` is blank.
    """
    from IPython.display import display
    from matplotlib import pyplot as plt

    if not alt.strip():
        raise ValueError("show_figure: alt is blank. Say in a sentence what the figure shows.")
    svg = figure_svg(ax)
    plt.close(ax.get_figure(root=True))
    bundle = {"image/svg+xml": svg, "text/plain": alt}
    display(bundle, raw=True, metadata={"image/svg+xml": {"alt": alt}})  # type: ignore[no-untyped-call]


def figure_svg(ax: Axes) -> str:
    """Draw the figure that `ax` belongs to as SVG, without date, program name and comments."""
    from io import StringIO

    from matplotlib import rc_context

    from kpianalysis.style import settings

    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("figure_svg: these axes belong to no figure any more.")
    if figure.get_layout_engine() is None:
        # "constrained" cannot take over a colour bar that was placed without it.
        has_colorbar = any(axes.get_label() == "<colorbar>" for axes in figure.axes)
        figure.set_layout_engine("tight" if has_colorbar else "constrained")
    buffer = StringIO()
    look: dict[Any, Any] = {**settings(), "savefig.bbox": None}
    with rc_context(look):
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = buffer.getvalue()
    # Matplotlib repeats every label, so every name, in a comment; and a page needs no XML declaration.
    return re.sub(r"<!--.*?-->\s*", "", svg[svg.index("<svg") :], flags=re.DOTALL)


@cache
def environment() -> Environment:
    """Give the Jinja environment of the package's templates: escapes everything, knows every name it uses."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(TEMPLATES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
