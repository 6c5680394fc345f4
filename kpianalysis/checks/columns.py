"""Each column by itself: blank where required, ids, choices, ranges; and each table's key."""

from __future__ import annotations

import pandas as pd

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import ID_PATTERN, TABLES, Column, Table
from kpianalysis.scheme import Tables

# What a failed check means to the reader: the sentence, and how to mend it.
_SAY = {
    "not_nullable": (N_("A value is required here."), N_("Fill in: {meaning}.")),
    "id": (N_("{cells} is not an id."), N_("Use 1 to 64 letters, digits, points, hyphens or underscores.")),
    "choice": (N_("{cells} is not one of the choices."), N_("Use one of: {choices}.")),
    "minimum": (N_("{cells} is too small."), N_("Use {minimum} or more.")),
}


def check_columns(tables: Tables) -> list[Finding]:
    """Check every column of every table against the schema, all failures at once."""
    return [finding for name, frame in tables.items() if len(frame) for finding in _check_table(frame, TABLES[name])]


def check_keys(tables: Tables) -> list[Finding]:
    """Find rows that say the same thing twice: nobody could tell which one counts."""
    findings = []
    for name, frame in tables.items():
        key = TABLES[name].key
        repeated = frame.duplicated(key, keep=False)
        if repeated.any():
            # A row that lacks a part of its key is named for that.
            repeated &= frame[[c.name for c in TABLES[name].columns if c.key and c.required]].notna().all(axis=1)
        if repeated.any():
            first = frame.loc[repeated, key].iloc[0]
            what = ", ".join(f"{column}={value}" for column, value in first.items() if not pd.isna(value))
            findings.append(
                Finding(
                    "error",
                    name,
                    N_("These rows have the same key, the first of them {what}."),
                    row=name_some(frame.index[repeated]),
                    column=", ".join(key),
                    values={"what": what},
                    fix=N_("Keep one of them: nobody could tell which one counts."),
                )
            )
    return findings


def _check_table(frame: pd.DataFrame, table: Table) -> list[Finding]:
    import pandera.errors
    import pandera.pandas as pa

    schema = pa.DataFrameSchema({c.name: _pandera_column(c) for c in table.columns if c.name in frame})
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        failures = errors.failure_cases
        return [
            _say(table, table.column(str(column)), str(check), cases)
            for (column, check), cases in failures.groupby(["column", "check"], sort=False)
        ]
    return []


def _pandera_column(column: Column):  # type: ignore[no-untyped-def]  # pandera is imported where used
    import pandera.pandas as pa

    checks = []
    if column.kind == "id":
        checks.append(pa.Check.str_matches(rf"^{ID_PATTERN}\Z", error="id"))
    if column.choices:
        checks.append(pa.Check.isin(column.choices, error="choice"))
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum, error="minimum"))
    return pa.Column(checks=checks, nullable=not column.required)


def _say(table: Table, column: Column, check: str, cases: pd.DataFrame) -> Finding:
    text, fix = _SAY[check]
    values = {
        "cells": name_some([repr(_written(cell)) for cell in cases["failure_case"].unique()], most=3),
        "meaning": column.meaning,
        "choices": ", ".join(column.choices),
        "minimum": _written(column.minimum),
    }
    rows = sorted(int(row) for row in cases["index"])
    return Finding("error", table.name, text, row=name_some(rows), column=column.name, fix=fix, values=values)


def _written(cell: object) -> str:
    """Write a cell as a table does: a whole number has no point."""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
