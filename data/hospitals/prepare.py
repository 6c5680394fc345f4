"""Make this folder's tables from the publisher's files of two fiscal years.

    python data/hospitals/prepare.py [PUBLISHER_FOLDER] [--into FOLDER]

PUBLISHER_FOLDER holds `cms_hvbp_fy2016` and `cms_hvbp_fy2017`; without it, `../shared/data` beside the
checkout. Before anything is written, every rate, point, score, threshold and total is compared with the
publisher's own files in `raw/`. Running twice gives the same bytes. README.md says what maps onto what.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from mapping import TABLES_BY_YEAR, FiscalYear, make_cycles, make_subjects
from publisher import PublisherError, TidyFiles, check_against_raw, read_raw, read_tidy

HERE = Path(__file__).resolve().parent
DEFAULT_PUBLISHER_FOLDER = HERE.parents[2] / "shared" / "data"
PARQUET_TABLES = ("actuals", "published")  # as CSV each would pass 5 MB
NUMBER_COLUMNS = ("value", "score")  # of the Parquet tables; the rest are strings

FISCAL_YEARS = (
    FiscalYear(
        cycle_id="FY2016",
        start="2015-10-01",
        end="2016-09-30",
        previous_cycle_id="",
        folder="cms_hvbp_fy2016",
        data_source="CMS Hospital Compare, HVBP files of August 2016",
    ),
    FiscalYear(
        cycle_id="FY2017",
        start="2016-10-01",
        end="2017-09-30",
        previous_cycle_id="FY2016",
        folder="cms_hvbp_fy2017",
        data_source="CMS Hospital Compare, HVBP files of November 2016",
    ),
)


def read_fiscal_year(folder: Path) -> TidyFiles:
    """Read one fiscal year's tidy files, once they agree with the publisher's own."""
    tidy = read_tidy(folder)
    try:
        check_against_raw(tidy, read_raw(folder))
    except PublisherError as error:
        raise PublisherError(f"{folder}: {error}") from error
    return tidy


def make_tables(publisher_folder: Path) -> dict[str, pd.DataFrame]:
    """Every table of this folder, by name."""
    years = {year: read_fiscal_year(publisher_folder / year.folder) for year in FISCAL_YEARS}
    tables = {
        "cycles": make_cycles(FISCAL_YEARS),
        "subjects": make_subjects([tidy.facilities for tidy in years.values()]),
    }
    for name, make in TABLES_BY_YEAR.items():
        tables[name] = pd.concat([make(year, tidy) for year, tidy in years.items()])
    return tables


def write_table(name: str, table: pd.DataFrame, folder: Path) -> Path:
    """Write one table; in Parquet, ids and texts are strings, numbers are float64 and "" is null."""
    if name not in PARQUET_TABLES:
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
        return path
    path = folder / f"{name}.parquet"
    fields = [(column, pa.float64() if column in NUMBER_COLUMNS else pa.string()) for column in table]
    blank_as_null = table.replace({"": None})
    rows = pa.Table.from_pandas(blank_as_null, pa.schema(fields), preserve_index=False)
    # pandas' own metadata names its version, and the bytes should not depend on that
    pq.write_table(rows.replace_schema_metadata(None), path, compression="zstd")
    return path


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """The command line as an object; explains itself with `--help`."""
    parser = argparse.ArgumentParser(description="Make the tables of data/hospitals from the publisher's files.")
    parser.add_argument(
        "publisher_folder",
        nargs="?",
        type=Path,
        default=DEFAULT_PUBLISHER_FOLDER,
        help="folder of the publisher's folders (default: ../shared/data beside the checkout)",
    )
    parser.add_argument("--into", type=Path, default=HERE, help="where the tables go (default: beside this script)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Make and write the tables; 1 if the publisher's files are absent or disagree with each other."""
    options = read_arguments(arguments)
    needed = [year.folder for year in FISCAL_YEARS]
    absent = [folder for folder in needed if not (options.publisher_folder / folder).is_dir()]
    if absent:
        print(f"{options.publisher_folder}: holds no folder {' and no '.join(absent)}.", file=sys.stderr)
        print(f"Give the folder that holds {' and '.join(needed)} as the argument.", file=sys.stderr)
        return 1
    try:
        tables = make_tables(options.publisher_folder)
    except PublisherError as error:
        print(error, file=sys.stderr)
        return 1
    options.into.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        path = write_table(name, table, options.into)
        print(f"{path.name}: {len(table):,} rows, {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
