"""One CSV or Parquet file → its cells as they stand; what cannot be read is a finding that says how to mend it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import TABLES


class UnreadableError(Exception):
    """One file could not be read; carries the finding that says so."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message())
        self.finding = finding


def read_file(file: Path, table: str) -> pd.DataFrame:
    """Read the file of one table; the index is the row as a spreadsheet shows it.

    Raises
    ------
    UnreadableError
        With the finding that says what, where and how to mend it.
    """
    frame = _read_parquet(file, table) if file.suffix == ".parquet" else _read_csv(file, table)
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame


def _read_csv(file: Path, table: str) -> pd.DataFrame:
    """Read a CSV file as text cells: blank stays blank, `NA` stays the text NA, leading zeros stay."""
    text = read_text(file, table)
    try:
        _check_widths(text, file, table)
        cells = pd.read_csv(io.StringIO(text), header=None, dtype=str, na_filter=False, skip_blank_lines=False)
    except pd.errors.EmptyDataError as error:
        raise UnreadableError(_empty(file, table)) from error
    except (csv.Error, pd.errors.ParserError) as error:
        raise UnreadableError(_broken(file, table, str(error))) from error
    # A column without a name is an unknown one; a spreadsheet leaves such columns behind.
    header = pd.Series([name.strip() or f"column {place}" for place, name in enumerate(cells.iloc[0], start=1)])
    if repeated := sorted(set(header[header.duplicated()])):
        raise UnreadableError(_repeated_columns(file, table, repeated))
    frame = cells.iloc[1:].set_axis(list(header), axis="columns")
    return frame.reset_index(drop=True)


def read_text(file: Path, table: str) -> str:
    """Read a file of UTF-8 text; UnreadableError, naming the row, if it holds anything else."""
    content = _read_bytes(file, table)
    try:
        text = content.decode("utf-8-sig")
        place = content.find(b"\0")
    except UnicodeDecodeError as error:
        place = error.start
    if place < 0:
        return text
    raise UnreadableError(_not_utf8(file, table, 1 + content[:place].count(b"\n")))


def _read_bytes(file: Path, table: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableError(_broken(file, table, error.strerror or "")) from error


def _check_widths(text: str, file: Path, table: str) -> None:
    """Find rows that do not fit their header: in such a row nobody could tell which cell is which."""
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, [])
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise UnreadableError(_other_separator(file, table, name))
    width = len(header)
    # A row that is wholly blank is no row, however many commas it has.
    wrong = [n for n, row in enumerate(rows, 2) if len(row) > width or (len(row) < width and any(map(str.strip, row)))]
    if wrong and width:
        raise UnreadableError(_other_width(file, table, wrong))


def _read_parquet(file: Path, table: str) -> pd.DataFrame:
    """Read a Parquet file; repeated text stays dictionary-encoded, which keeps millions of rows small."""
    text = [c.name for c in TABLES[table].columns if c.kind in ("id", "choice", "text")]
    try:
        names = pd.Series(pq.read_schema(file).names)
        if repeated := sorted(set(names[names.duplicated()])):
            raise UnreadableError(_repeated_columns(file, table, repeated))
        cells = pq.read_table(file, read_dictionary=text)
        columns = {name: _plain(cells.column(name)) for name in cells.column_names}
        frame: pd.DataFrame = pa.table(columns).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError(_damaged(file, table)) from error
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
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


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
