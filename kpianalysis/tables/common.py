"""How cells are written, and the tables every report has: findings and provenance."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

import pandas as pd

from kpianalysis.dataset import Dataset
from kpianalysis.display import Column, DisplayTable
from kpianalysis.findings import as_table
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.scoring import Scorecard

# A cell of a DataFrame can be anything; how to write it is said column by column.
Cell = Callable[[Any], str]


def text(value: Any) -> str:
    """Write text; missing is blank."""
    return "" if pd.isna(value) else str(value)


def fixed(decimals: int, lang: str) -> Cell:
    """Write numbers with so many decimals."""
    return lambda value: number(value, decimals, lang)


def shares(decimals: int, lang: str) -> Cell:
    """Write fractions in per cent."""
    return lambda value: percent(value, decimals, lang)


def signed(decimals: int, lang: str) -> Cell:
    """Write numbers with their sign, so that a change is seen as one."""
    return lambda value: number(value, decimals, lang, signed=True)


def measured(lang: str) -> Cell:
    """Write a value in its own unit with four significant digits: 12,340, 95.13, 0.8295."""

    def write(value: Any) -> str:
        if pd.isna(value) or value == 0:
            return number(value, 0, lang)
        return number(value, min(max(3 - math.floor(math.log10(abs(value))), 0), 6), lang)

    return write


def p_value(lang: str) -> Cell:
    """Write a probability; below 0.001 only that."""

    def write(value: Any) -> str:
        return "<" + number(0.001, 3, lang) if value < 0.001 else number(value, 3, lang)

    return write


def between(low: float, high: float, decimals: int, lang: str, *, as_share: bool = False) -> str:
    """Write an interval: 0.24 to 0.69, or fractions in per cent, 31 to 51%; blank where there is none."""
    if math.isnan(low + high):
        return ""
    ends = (number(100 * low, decimals, lang), percent(high, decimals, lang))
    least, most = ends if as_share else (number(low, decimals, lang), number(high, decimals, lang))
    return translator(lang)("{low} to {high}").format(low=least, high=most)


def intervals(
    low: Iterable[float], high: Iterable[float], decimals: int, lang: str, *, as_share: bool = False
) -> list[str]:
    """Write an interval for each row, see `between`."""
    return [between(a, b, decimals, lang, as_share=as_share) for a, b in zip(low, high, strict=True)]


def make(
    answer: pd.DataFrame,
    columns: Sequence[tuple[str, str, Cell]],
    caption: str,
    *,
    note: str = "",
    most: int | None = None,
    lang: str = "en",
    collapsed: bool = False,
) -> DisplayTable | None:
    """Turn an answer table into a display table; None without rows, so that a notebook shows nothing.

    Parameters
    ----------
    answer : DataFrame
    columns : sequence of (column of the answer, label, how to write a cell)
        Cells written by `text` stand left, numbers right.
    caption, note : str
    most : int, optional
        Rows to show; the note says how many there are in all.
    lang : str
    collapsed : bool
        Show the caption only, until it is opened.
    """
    if answer.empty:
        return None
    _ = translator(lang)
    shown = answer if most is None else answer.head(most)
    if len(shown) < len(answer):
        note = (
            _("The first {n} of {all} rows.").format(n=number(len(shown), 0, lang), all=number(len(answer), 0, lang))
            + " "
            + note
        ).strip()
    cells = [[write(value) for value in shown[name]] for name, _label, write in columns]
    heads = tuple(Column(label, "left" if write is text else "right") for _name, label, write in columns)
    return DisplayTable(heads, tuple(zip(*cells, strict=True)), caption, note=note, collapsed=collapsed)


def named(answer: pd.DataFrame, write: Callable[[object], str], columns: Iterable[str]) -> pd.DataFrame:
    """Replace ids by names."""
    return answer.assign(**{name: [write(value) for value in answer[name]] for name in columns})


def findings(card: Scorecard, names: Names) -> DisplayTable | None:
    """Show what a reader must know of source and scores; None when there is nothing."""
    _ = translator(names.lang)
    columns = [
        ("severity", _("kind"), text),
        ("table", _("table"), text),
        ("row", _("row"), text),
        ("column", _("column"), text),
        ("message", _("what"), text),
        ("fix", _("how to mend"), text),
    ]
    return make(as_table(card.notes, names.lang), columns, _("Findings"), lang=names.lang)


def provenance(data: Dataset, parameters: Mapping[str, object], lang: str = "en") -> DisplayTable:
    """Show what the report was made from: parameters, input files with their SHA-256, versions."""
    _ = translator(lang)
    rows = [(_("parameter"), name, str(value)) for name, value in parameters.items()]
    rows += [(_("input file"), name, sha256) for name, sha256 in sorted(data.files.items())]
    rows += [(_("version"), name, metadata.version(name)) for name in ("kpianalysis", "pandas", "numpy", "scipy")]
    rows += [(_("version"), "python", platform.python_version())]
    heads = (Column(_("kind"), "left"), Column(_("name"), "left"), Column(_("value"), "left"))
    return DisplayTable(heads, tuple(rows), _("Provenance"), note=_("Formulas and their sources: docs/method.md."))
