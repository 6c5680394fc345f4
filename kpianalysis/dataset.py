"""The tables of one source, checked, as one immutable object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from kpianalysis.cells import type_table, unreadable_rows
from kpianalysis.checks import check_source
from kpianalysis.errors import SourceError
from kpianalysis.findings import Finding, as_table, has_errors, in_order, name_some
from kpianalysis.i18n import N_
from kpianalysis.project import in_project
from kpianalysis.schema import TABLES
from kpianalysis.scheme import cycles_measured
from kpianalysis.sources import RawSource, read_source


@dataclass(frozen=True)
class Dataset:
    """The checked tables of one source, seen from one cycle.

    Attributes
    ----------
    source : str
        The source as it was named.
    cycle : str
        The cycle to score.
    tables : mapping of str to DataFrame
        Every table of the schema; a table the source does not have is empty.
    notes : tuple of Finding
        What was noticed and does not keep the source from being scored.
    files : mapping of file name to its SHA-256
    notice : str
        A line the source wants shown on every report ("Synthetic data …"), or empty.
    """

    source: str
    cycle: str
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Finding, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""

    @property
    def previous_cycle(self) -> str:
        """The cycle to compare with, or empty when there is none with actuals."""
        cycles = self.tables["cycles"].set_index("cycle_id")["previous_cycle_id"]
        previous = cycles.get(self.cycle)
        return previous if isinstance(previous, str) and cycles_measured(self.tables, previous) else ""

    @property
    def findings(self) -> pd.DataFrame:
        """What a reader must know of the source: severity, table, row, column, message, fix."""
        return as_table(self.notes)


def load(source: str | Path, cycle: str = "") -> Dataset:
    """Read and check the tables of a source.

    Parameters
    ----------
    source : str or Path
        A folder of CSV or Parquet files; relative to the project folder.
    cycle : str
        The cycle to score; blank: the last one with actuals.

    Returns
    -------
    Dataset

    Raises
    ------
    SourceError
        With every problem at once, if the source cannot be scored or has no such cycle.

    Examples
    --------
    >>> data = load("data/operations", cycle="2024Q1")
    >>> data.previous_cycle
    '2023Q4'
    """
    raw, tables, findings = _read_and_check(source)
    if not has_errors(findings):
        cycle, problems = _choose_cycle(tables, str(cycle))
        findings = [*findings, *problems]
    if has_errors(findings):
        raise SourceError(raw.name, in_order(findings))
    return Dataset(raw.name, cycle, MappingProxyType(tables), in_order(findings), raw.files, raw.notice)


def check(source: str | Path) -> tuple[Finding, ...]:
    """Find every problem of a source, errors first; empty when there is nothing to say.

    Parameters
    ----------
    source : str or Path
        A folder of CSV or Parquet files; relative to the project folder.
    """
    return in_order(_read_and_check(source)[2])


def _read_and_check(source: str | Path) -> tuple[RawSource, dict[str, pd.DataFrame], list[Finding]]:
    raw = read_source(in_project(source), Path(source).as_posix())
    findings = list(raw.findings)
    if not raw.tables and has_errors(findings):
        return raw, {}, findings
    tables: dict[str, pd.DataFrame] = {}
    for name, table in TABLES.items():
        if name in raw.tables:
            tables[name], problems = type_table(raw.tables[name].frame, table)
            findings.extend(problems)
        else:
            columns = pd.DataFrame(columns=[column.name for column in table.columns], dtype="str")
            tables[name] = type_table(columns, table)[0]
        if table.required and tables[name].empty and name not in {f.table for f in findings if f.severity == "error"}:
            findings.append(_missing_table(name, table.meaning) if name not in raw.tables else _no_rows(name))
    return raw, tables, [*findings, *_check_further(raw, tables, findings)]


def _check_further(raw: RawSource, tables: dict[str, pd.DataFrame], known: list[Finding]) -> list[Finding]:
    """Check what could be read, without what only follows from a cell or column already named.

    A cell that does not fit is blank from then on. What a column with such cells seems to lack is looked for once
    more in the rows without any.
    """
    errors = [finding for finding in known if finding.severity == "error"]
    in_cells = {(f.table, f.column) for f in errors if f.column and f.row != "1"}
    named = {(f.table, f.column) for f in errors}
    more = check_source(tables, is_whole=len(in_cells) == len(named))
    found = [finding for finding in more if not _concerns(finding, named)]
    if len(found) < len(more) and in_cells:
        sound = {
            name: frame.drop(index=unreadable_rows(raw.tables[name].frame, frame)) if name in raw.tables else frame
            for name, frame in tables.items()
        }
        found += [f for f in check_source(sound, is_whole=False) if _concerns(f, in_cells)]
    return found


def _concerns(finding: Finding, columns: set[tuple[str, str]]) -> bool:
    return any((finding.table, column) in columns for column in finding.column.split(", "))


def _no_rows(name: str) -> Finding:
    text = N_("The table {name} has no rows.")
    return Finding("error", name, text, fix=N_("Add them below the header."), values={"name": name})


def _missing_table(name: str, meaning: str) -> Finding:
    text = N_("The table {name} is missing: {meaning}.")
    fix = N_("Add {name}.csv or {name}.parquet to the folder.")
    return Finding("error", name, text, fix=fix, values={"name": name, "meaning": meaning})


def _choose_cycle(tables: Mapping[str, pd.DataFrame], cycle: str) -> tuple[str, list[Finding]]:
    cycles = tables["cycles"].sort_values("end", kind="stable")["cycle_id"]
    measured = [name for name in cycles if cycles_measured(tables, name)]
    if not cycle and measured:
        return measured[-1], []
    if cycle in measured:
        return cycle, []
    text = N_("The cycle {cycle!r} has no actuals.") if cycle in set(cycles) else N_("There is no cycle {cycle!r}.")
    fix = N_("The cycles with actuals are: {measured}.")
    values = {"cycle": cycle, "measured": name_some(measured, most=20)}
    return cycle, [Finding("error", "cycles", text, column="cycle_id", fix=fix, values=values)]
