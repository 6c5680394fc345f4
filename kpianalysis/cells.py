"""From cells to typed columns: numbers, dates, ids; a cell that does not fit is a finding, never a guess."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import Column, Table

# Tables that can have millions of rows: their text is kept as categories.
_LARGE = ("plan", "scales", "actuals", "published")


def type_table(raw: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Turn the cells of one table into typed columns.

    Parameters
    ----------
    raw : DataFrame
        Text cells, or the types of a Parquet file; the index is the row shown to the reader.
    table : Table
        The columns to find.

    Returns
    -------
    frame : DataFrame
        Every column of `table`, absent ones blank; rows that are wholly blank are left out.
    findings : list of Finding
        One for each missing or unknown column, and one for each kind of cell that does not fit.
    """
    findings = _check_header(raw, table)
    raw = raw[[name for name in raw.columns if name in {c.name for c in table.columns}]]
    blank_rows = _is_blank_row(raw)
    if blank_rows.any():
        findings.append(_blank_rows(table, raw.index[blank_rows]))
        raw = raw[~blank_rows]
    typed: dict[str, pd.Series] = {}
    for column in table.columns:
        if column.name in raw:
            typed[column.name], problems = _type_column(raw[column.name], column, table.name)
            findings.extend(problems)
        else:
            typed[column.name] = _blank_column(column, raw.index, table.name)
    return pd.DataFrame(typed, index=raw.index, copy=False), findings


def unreadable_rows(raw: pd.DataFrame, typed: pd.DataFrame) -> pd.Index:
    """Find the rows with a cell that did not fit its column and is blank since it was typed."""
    raw = raw.loc[typed.index]
    lost = [typed[name].isna() & ~_is_blank(raw[name]) for name in typed if name in raw]
    return typed.index[np.logical_or.reduce(lost)] if lost else typed.index[:0]


def _check_header(raw: pd.DataFrame, table: Table) -> list[Finding]:
    known = [column.name for column in table.columns]
    findings = [
        Finding(
            "error",
            table.name,
            N_("The column {name} is missing: {meaning}."),
            row="1",
            column=column.name,
            fix=N_("Add it; the columns of this table are {known}."),
            values={"name": column.name, "meaning": column.meaning, "known": ", ".join(known)},
        )
        for column in table.columns
        if column.required and column.name not in raw.columns
    ]
    if strange := [str(name) for name in raw.columns if name not in known]:
        text = N_("These columns are not known and are ignored: {names}.")
        findings.append(Finding("note", table.name, text, row="1", values={"names": name_some(map(repr, strange))}))
    return findings


def _is_blank_row(raw: pd.DataFrame) -> pd.Series:
    blank = pd.Series(True, index=raw.index)
    for name in raw.columns:
        if not blank.any():
            break
        blank &= _is_blank(raw[name])
    return blank


def _is_blank(cells: pd.Series) -> pd.Series:
    if isinstance(cells.dtype, pd.CategoricalDtype):
        empty = np.append(_is_blank(pd.Series(cells.cat.categories)).to_numpy(), True)
        return pd.Series(empty[cells.cat.codes], index=cells.index)
    if pd.api.types.is_string_dtype(cells.dtype):
        return cells.isna() | (cells.str.strip() == "")
    return cells.isna()


def _blank_column(column: Column, index: pd.Index, table: str) -> pd.Series:
    """Make the column that an absent one stands for: blank in every row."""
    if column.kind in ("number", "count"):
        return pd.Series(np.nan, index=index, dtype="float64")
    if column.kind == "date":
        return pd.Series(pd.NaT, index=index, dtype="datetime64[s]")
    if table in _LARGE:
        nothing = pd.Categorical.from_codes(np.full(len(index), -1, np.int8), pd.Index([], dtype="str"))
        return pd.Series(nothing, index=index)
    return pd.Series(np.nan, index=index, dtype="str")


def _type_column(cells: pd.Series, column: Column, table: str) -> tuple[pd.Series, list[Finding]]:
    if column.kind in ("number", "count"):
        return _to_number(cells, column, table)
    if column.kind == "date":
        return _to_date(cells, column, table)
    return _to_text(cells, column, table)


def _to_number(cells: pd.Series, column: Column, table: str) -> tuple[pd.Series, list[Finding]]:
    if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype):
        numbers = cells.astype("float64")
        bad = numbers.isin([np.inf, -np.inf])
    else:
        text = cells.astype("str").str.strip()
        given = ~_is_blank(cells)
        numbers = pd.to_numeric(text.where(given), errors="coerce").astype("float64")
        bad = given & ~np.isfinite(numbers)
    findings = _bad_cells(
        cells,
        bad,
        column,
        table,
        N_("{cells} is not a number."),
        N_(
            "Write digits with a point, such as 0.95: no thousands separators, no % sign, no words; blank if not given."
        ),
    )
    numbers = numbers.mask(bad) if bad.any() else numbers
    if column.kind == "count":
        broken = numbers.notna() & (numbers % 1 != 0)
        findings += _bad_cells(
            cells, broken, column, table, N_("{cells} is not a whole number."), N_("Write 1, 2, 3 …")
        )
        numbers = numbers.mask(broken)
    return numbers, findings


def _to_date(cells: pd.Series, column: Column, table: str) -> tuple[pd.Series, list[Finding]]:
    wrong, fix = N_("{cells} is not a date."), N_("Write dates as 2024-03-31.")
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        bad = cells.notna() & (cells != cells.dt.normalize())
        return cells.mask(bad).astype("datetime64[s]"), _bad_cells(cells, bad, column, table, wrong, fix)
    given = ~_is_blank(cells)
    if not given.any():
        return pd.Series(pd.NaT, index=cells.index, dtype="datetime64[s]"), []
    text = cells.astype("str").str.strip().where(given)
    dates = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    bad = given & dates.isna()
    return dates, _bad_cells(cells, bad, column, table, wrong, fix)


def _to_text(cells: pd.Series, column: Column, table: str) -> tuple[pd.Series, list[Finding]]:
    findings: list[Finding] = []
    if pd.api.types.is_numeric_dtype(cells.dtype):
        bad = cells.notna()
        text = N_("Text is stored as numbers ({cells}): leading zeros may be lost.")
        findings = _bad_cells(cells, bad, column, table, text, N_("Store the column as text."))
    blank = _is_blank(cells)
    if isinstance(cells.dtype, pd.CategoricalDtype) and table in _LARGE and not (blank & cells.notna()).any():
        return cells.cat.remove_unused_categories(), findings
    text_cells = cells.astype("str")
    if column.kind != "id":
        text_cells = text_cells.str.strip()
    text_cells = text_cells.mask(blank)
    return (text_cells.astype("category") if table in _LARGE else text_cells), findings


def _bad_cells(cells: pd.Series, bad: pd.Series, column: Column, table: str, text: str, fix: str) -> list[Finding]:
    if not bad.any():
        return []
    rows = name_some(cells.index[bad])
    values = {"cells": name_some([repr(str(cell)) for cell in cells[bad].unique()], most=3)}
    return [Finding("error", table, text, row=rows, column=column.name, fix=fix, values=values)]


def _blank_rows(table: Table, rows: pd.Index) -> Finding:
    text = N_("{n} blank rows are left out.")
    return Finding("note", table.name, text, row=name_some(rows), values={"n": len(rows)})
