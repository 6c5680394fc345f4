"""A source that is a folder: one CSV or Parquet file for each table."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import TABLES
from kpianalysis.sources.files import UnreadableError, read_file, read_text
from kpianalysis.sources.raw import RawSource, RawTable

NOTICE_FILE = "NOTICE.txt"


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
                tables[table] = RawTable(read_file(found[0], table), found[0].name, sha256_of(found[0]))
            except UnreadableError as error:
                findings.append(error.finding)
    findings.extend(_unknown_files(path))
    notice = ""
    try:
        notice = _read_notice(path)
    except UnreadableError as error:
        findings.append(error.finding)
    hashes = {raw.file: raw.sha256 for raw in tables.values()}
    return RawSource(name, tables, tuple(findings), notice, hashes)


def sha256_of(file: Path) -> str:
    """Fingerprint of a file's bytes, as 64 hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_notice(path: Path) -> str:
    file = path / NOTICE_FILE
    return read_text(file, "source").strip().partition("\n")[0].strip() if file.is_file() else ""


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
