"""A source that is a folder: one CSV or Parquet file for each table."""

from __future__ import annotations

import csv
import hashlib
import io
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
    notice = ""
    try:
        notice = _read_notice(path)
    except _UnreadableError as error:
        findings.append(error.finding)
    hashes = {raw.file: raw.sha256 for raw in tables.values()}
    return RawSource(name, tables, tuple(findings), notice, hashes)


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
    text = _decode(file, table)
    try:
        _check_widths(text, file, table)
        cells = pd.read_csv(io.StringIO(text), header=None, dtype=str, na_filter=False, skip_blank_lines=False)
    except pd.errors.EmptyDataError as error:
        raise _UnreadableError(_empty(file, table)) from error
    except (csv.Error, pd.errors.ParserError) as error:
        raise _UnreadableError(_broken(file, table, str(error))) from error
    # A column without a name is an unknown one; a spreadsheet leaves such columns behind.
    header = pd.Series([name.strip() or f"column {place}" for place, name in enumerate(cells.iloc[0], start=1)])
    if repeated := sorted(set(header[header.duplicated()])):
        raise _UnreadableError(_repeated_columns(file, table, repeated))
    frame = cells.iloc[1:].set_axis(list(header), axis="columns")
    return frame.reset_index(drop=True)


def _decode(file: Path, table: str) -> str:
    content = _read_bytes(file, table)
    try:
        text = content.decode("utf-8-sig")
        place = content.find(b"\0")
    except UnicodeDecodeError as error:
        place = error.start
    if place < 0:
        return text
    raise _UnreadableError(_not_utf8(file, table, 1 + content[:place].count(b"\n")))


def _read_bytes(file: Path, table: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _UnreadableError(_broken(file, table, error.strerror or "")) from error


def _check_widths(text: str, file: Path, table: str) -> None:
    """Find rows that do not fit their header: in such a row nobody could tell which cell is which."""
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, [])
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise _UnreadableError(_other_separator(file, table, name))
    width = len(header)
    # A row that is wholly blank is no row, however many commas it has.
    wrong = [n for n, row in enumerate(rows, 2) if len(row) > width or (len(row) < width and any(map(str.strip, row)))]
    if wrong and width:
        raise _UnreadableError(_other_width(file, table, wrong))


def _read_parquet(file: Path, table: str) -> pd.DataFrame:
    """Read a Parquet file; repeated text stays dictionary-encoded, which keeps millions of rows small."""
    text = [c.name for c in TABLES[table].columns if c.kind in ("id", "choice", "text")]
    try:
        names = pd.Series(pq.read_schema(file).names)
        if repeated := sorted(set(names[names.duplicated()])):
            raise _UnreadableError(_repeated_columns(file, table, repeated))
        cells = pq.read_table(file, read_dictionary=text)
        columns = {name: _plain(cells.column(name)) for name in cells.column_names}
        frame: pd.DataFrame = pa.table(columns).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError) as error:
        raise _UnreadableError(_damaged(file, table)) from error
    return frame


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn what is neither text, a number nor a day into text, so that the checks can name it."""
    kind = column.type
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("s"))
    if pa.types.is_dictionary(kind) and not _is_text(kind.value_type):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return column.cast(pa.large_string())
    is_day = pa.types.is_timestamp(kind) and kind.tz is None
    is_plain = pa.types.is_dictionary(kind) or pa.types.is_null(kind) or _is_text(kind) or is_day
    if is_plain or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column
    return pa.chunked_array([[None if cell is None else str(cell) for cell in column.to_pylist()]], pa.string())


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _read_notice(path: Path) -> str:
    file = path / NOTICE_FILE
    return _decode(file, "source").strip().partition("\n")[0].strip() if file.is_file() else ""


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


def _not_utf8(file: Path, table: str, row: int) -> Finding:
    text = N_("{file} is not UTF-8 text.")
    fix = N_("Save it as 'CSV UTF-8', or as plain text in UTF-8.")
    return Finding("error", table, text, row=str(row), fix=fix, values={"file": file.name})


def _other_separator(file: Path, table: str, signs: str) -> Finding:
    text = N_("The cells of {file} are separated by {signs}.")
    fix = N_("Separate them by commas, and write numbers with a point.")
    return Finding("error", table, text, row="1", fix=fix, values={"file": file.name, "signs": signs})


def _other_width(file: Path, table: str, rows: list[int]) -> Finding:
    text = N_("{file} has rows with fewer or more cells than the header.")
    fix = N_(
        "Give each row as many cells as the header; a cell that holds a comma needs quotation marks on both sides."
    )
    return Finding("error", table, text, row=name_some(rows), fix=fix, values={"file": file.name})


def _damaged(file: Path, table: str) -> Finding:
    text = N_("{file} is not a Parquet file, or a damaged one.")
    fix = N_("Export it again, or give {table}.csv instead.")
    return Finding("error", table, text, fix=fix, values={"file": file.name, "table": table})


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
