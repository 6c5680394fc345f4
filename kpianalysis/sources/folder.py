"""A source that is a folder: one CSV or Parquet file for each table."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import TABLES
from kpianalysis.sources.raw import RawSource, RawTable

NOTICE_FILE = "NOTICE.txt"


class _UnreadableError(Exception):
    """One file could not be read; carries the finding that says so."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message())
        self.finding = finding


def read_folder(path: Path, name: str) -> RawSource:
    """Read the CSV and Parquet files of a folder that bear the name of a table."""
    tables: dict[str, RawTable] = {}
    findings: list[Finding] = []
    for table in TABLES:
        files = [path / f"{table}{ending}" for ending in (".csv", ".parquet")]
        found = [file for file in files if file.is_file()]
        if len(found) > 1:
            findings.append(_both_kinds(table))
        elif found:
            try:
                tables[table] = RawTable(_read_file(found[0], table), found[0].name, sha256_of(found[0]))
            except _UnreadableError as error:
                findings.append(error.finding)
    findings.extend(_unknown_files(path))
    hashes = {raw.file: raw.sha256 for raw in tables.values()}
    return RawSource(name, tables, tuple(findings), _read_notice(path), hashes)


def sha256_of(file: Path) -> str:
    """Fingerprint of a file's bytes, as 64 hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_file(file: Path, table: str) -> pd.DataFrame:
    frame = _read_parquet(file, table) if file.suffix == ".parquet" else _read_csv(file, table)
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame


def _read_csv(file: Path, table: str) -> pd.DataFrame:
    """Read a CSV file as text cells: blank stays blank, `NA` stays the text NA, leading zeros stay."""
    try:
        cells = pd.read_csv(file, header=None, dtype=str, na_filter=False, encoding="utf-8-sig", skip_blank_lines=False)
    except UnicodeDecodeError as error:
        raise _UnreadableError(_not_utf8(file, table, error)) from error
    except pd.errors.EmptyDataError as error:
        raise _UnreadableError(_empty(file, table)) from error
    except pd.errors.ParserError as error:
        raise _UnreadableError(_broken(file, table, str(error))) from error
    header = cells.iloc[0].fillna("").str.strip()
    if repeated := sorted(set(header[header.duplicated()])):
        raise _UnreadableError(_repeated_columns(file, table, repeated))
    frame = cells.iloc[1:].set_axis(list(header), axis="columns")
    return frame.reset_index(drop=True)


def _read_parquet(file: Path, table: str) -> pd.DataFrame:
    """Read a Parquet file; repeated text stays dictionary-encoded, which keeps millions of rows small."""
    text = [c.name for c in TABLES[table].columns if c.kind in ("id", "choice", "text")]
    try:
        frame: pd.DataFrame = pq.read_table(file, read_dictionary=text).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise _UnreadableError(_broken(file, table, str(error).splitlines()[0])) from error
    return frame


def _read_notice(path: Path) -> str:
    file = path / NOTICE_FILE
    return file.read_text(encoding="utf-8").splitlines()[0].strip() if file.is_file() else ""


def _unknown_files(path: Path) -> list[Finding]:
    strange = sorted(
        file.name for file in path.iterdir() if file.suffix in (".csv", ".parquet") and file.stem not in TABLES
    )
    if not strange:
        return []
    text = N_("These files bear the name of no table and are ignored: {files}.")
    return [Finding("note", "source", text, values={"files": name_some(strange)})]


def _both_kinds(table: str) -> Finding:
    text = N_("There is both {table}.csv and {table}.parquet.")
    fix = N_("Keep one of them: nobody could tell which one counts.")
    return Finding("error", table, text, fix=fix, values={"table": table})


def _not_utf8(file: Path, table: str, error: UnicodeDecodeError) -> Finding:
    text = N_("{file} is not UTF-8: byte {byte} cannot be read.")
    fix = N_("Save it as 'CSV UTF-8'.")
    return Finding("error", table, text, fix=fix, values={"file": file.name, "byte": error.start})


def _empty(file: Path, table: str) -> Finding:
    return Finding(
        "error",
        table,
        N_("{file} is empty."),
        fix=N_("Give it at least a header row."),
        values={"file": file.name},
    )


def _broken(file: Path, table: str, reason: str) -> Finding:
    text = N_("{file} cannot be read: {reason}.")
    fix = N_("Open and save it again; a cell that holds a comma needs quotation marks.")
    return Finding("error", table, text, fix=fix, values={"file": file.name, "reason": reason.strip().rstrip(".")})


def _repeated_columns(file: Path, table: str, names: list[str]) -> Finding:
    text = N_("{file} names these columns more than once: {names}.")
    fix = N_("Keep each column once.")
    return Finding("error", table, text, row="1", fix=fix, values={"file": file.name, "names": name_some(names)})
