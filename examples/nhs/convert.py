"""Turn the monthly accident and emergency figures of NHS England into the tables this package reads.

    python examples/nhs/convert.py [FILE] [--into FOLDER]

FILE is `ae_attendances.csv` with the columns period, org_code, type, attendances, breaches (more are ignored);
without it, the copy in `../shared/data/nhs_ae_waits` beside the checkout. Running twice gives the same bytes.
README.md says what maps onto what.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
DEFAULT_FILE = HERE.parents[2] / "shared" / "data" / "nhs_ae_waits" / "ae_attendances.csv"
COLUMNS = ["period", "org_code", "type", "attendances", "breaches"]
TYPES = ("1", "2", "other")
TARGET = 0.95  # share of patients seen, treated, admitted or discharged within four hours
NOTICE = (
    "Source: NHS England, A&E Attendances and Emergency Admissions; contains public sector information licensed under "
    "the Open Government Licence v3.0."
)


class AttendancesError(Exception):
    """The file is not what it should be: what, where, how to mend it."""


def read_attendances(file: Path) -> pd.DataFrame:
    """Read the publisher's figures: one row per month × provider × type of department, `month` as a monthly period."""
    try:
        rows = pd.read_csv(file, dtype={"org_code": str, "type": str}, keep_default_na=False)
    except FileNotFoundError as error:
        raise AttendancesError(f"{file}: there is no such file. README.md says where to get it.") from error
    absent = [name for name in COLUMNS if name not in rows]
    if absent:
        raise AttendancesError(f"{file}: has no column {', '.join(absent)}. It needs {', '.join(COLUMNS)}.")
    rows = rows[COLUMNS]
    for problem, wrong in _problems(rows):
        if wrong.any():
            # The header is row 1 for whoever opens the file.
            raise AttendancesError(f"{file}: row {wrong.idxmax() + 2}: {problem} ({wrong.sum()} rows in all).")
    return rows.assign(month=pd.PeriodIndex(rows["period"], freq="M"))


def _problems(rows: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    days = pd.to_datetime(rows["period"].astype("str"), format="%Y-%m-%d", errors="coerce")
    counts = rows[["attendances", "breaches"]].apply(pd.to_numeric, errors="coerce")
    return [
        ("the period is not the first day of a month", days.dt.day != 1),
        (f"the type is none of {', '.join(TYPES)}", ~rows["type"].isin(TYPES)),
        ("a count is missing, no number or below 0", ~(counts >= 0).all(axis=1)),
        ("more breaches than attendances", counts["breaches"] > counts["attendances"]),
        ("month, provider and type are there twice", rows.duplicated(["period", "org_code", "type"])),
    ]


def quarter_names(months: pd.Series) -> pd.Series:
    """Name the quarter of the financial year, April to March, that each month is in: 2016-17-Q1."""
    quarter = months.dt.asfreq("Q-MAR")
    # The financial year of Q-MAR bears the name of the year it ends in.
    return quarter.map(lambda q: f"{q.qyear - 1}-{q.qyear % 100:02d}-Q{q.quarter}")


def make_cycles(rows: pd.DataFrame) -> pd.DataFrame:
    """Quarters and financial years, each pointing to the one before; a year is built from its quarters."""
    months = rows["month"].drop_duplicates().sort_values()
    quarters = pd.DataFrame({"cycle_id": quarter_names(months), "span": months.dt.asfreq("Q-MAR"), "kind": "quarter"})
    years = pd.DataFrame({"cycle_id": quarters["cycle_id"].str[:7], "span": months.dt.asfreq("Y-MAR"), "kind": "year"})
    parts = []
    for cycles in (years, quarters):
        one_each = cycles.drop_duplicates("cycle_id").sort_values("span")
        parts.append(one_each.assign(previous_cycle_id=one_each["cycle_id"].shift(fill_value="")))
    table = pd.concat(parts)
    table["start"] = [f"{span.start_time:%Y-%m-%d}" for span in table["span"]]
    table["end"] = [f"{span.end_time:%Y-%m-%d}" for span in table["span"]]
    table["parent_cycle_id"] = table["cycle_id"].str[:7].where(table["kind"] == "quarter", "")
    return table[["cycle_id", "kind", "start", "end", "parent_cycle_id", "previous_cycle_id"]]


def make_subjects(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per provider; unit and role are the largest kind of department it reported in any month.

    The figures hold codes alone, so a provider's name is its code.
    """
    types = rows.groupby("org_code")["type"].agg(set)
    kind = types.map(lambda found: "major" if "1" in found else "single_specialty" if "2" in found else "minor")
    columns = {"subject_id": types.index, "name": types.index, "unit_id": kind.to_numpy(), "role_id": kind.to_numpy()}
    return pd.DataFrame(columns)


def make_dimensions() -> pd.DataFrame:
    """One dimension: there is one thing to judge."""
    return pd.DataFrame({"dimension_id": ["waiting"], "name": ["Waiting time"], "name_zh": ["等候时间"]})


def make_indicators() -> pd.DataFrame:
    """The indicator that counts, and the same of major departments alone to look at.

    Patients of major departments are part of all patients: scored twice they would count twice.
    """
    return pd.DataFrame(
        {
            "indicator_id": ["four_hour", "four_hour_major"],
            "name": ["Within four hours", "Major departments within four hours"],
            "name_zh": ["四小时内", "大型急诊科四小时内"],
            "dimension_id": "waiting",
            "kind": ["scored", "monitor"],
            "unit": "share of attendances",
            "direction": "higher",
            "method": "ratio",
            "aggregation": "ratio",
            "definition": [
                "Attendances of all departments admitted, transferred or discharged within four hours of arrival.",
                "The same of major (type 1) departments only: consultant-led, open day and night, with resuscitation.",
            ],
            "formula": "(attendances - breaches) / attendances",
            "data_source": "NHS England, A&E Attendances and Emergency Admissions, monthly",
        }
    )


def make_plan() -> pd.DataFrame:
    """The national target: for everybody; for major departments where a provider has any."""
    items = ["four_hour", "four_hour_major"]
    return pd.DataFrame({"role_id": ["", "major"], "indicator_id": items, "target": TARGET})


def make_actuals(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts of each provider and month, added over its departments; nothing is divided here."""
    parts = [
        part.groupby(["month", "org_code"], as_index=False)[["attendances", "breaches"]].sum().assign(indicator_id=name)
        for name, part in (("four_hour", rows), ("four_hour_major", rows[rows["type"] == "1"]))
    ]
    counts = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(
        {
            "cycle_id": quarter_names(counts["month"]),
            "subject_id": counts["org_code"],
            "indicator_id": counts["indicator_id"],
            "period": counts["month"].dt.strftime("%Y-%m-01"),
            "numerator": counts["attendances"] - counts["breaches"],
            "denominator": counts["attendances"],
        }
    )


def make_tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Every table of the source, by name."""
    return {
        "cycles": make_cycles(rows),
        "subjects": make_subjects(rows),
        "dimensions": make_dimensions(),
        "indicators": make_indicators(),
        "plan": make_plan(),
        "actuals": make_actuals(rows),
    }


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """The command line as an object; explains itself with `--help`."""
    parser = argparse.ArgumentParser(description="Make tables of KPI actuals from NHS England's A&E figures.")
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=DEFAULT_FILE,
        help="the publisher's figures (default: ../shared/data/nhs_ae_waits/ae_attendances.csv beside the checkout)",
    )
    parser.add_argument("--into", type=Path, default=HERE / "data", help="where the tables go (default: data/ here)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Make and write the tables; 1 if the figures are absent or cannot be right."""
    options = read_arguments(arguments)
    try:
        tables = make_tables(read_attendances(options.file))
    except AttendancesError as error:
        print(error, file=sys.stderr)
        return 1
    options.into.mkdir(parents=True, exist_ok=True)
    (options.into / "NOTICE.txt").write_text(f"{NOTICE}\n", encoding="utf-8")
    for name, table in tables.items():
        table.to_csv(options.into / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
        print(f"{name}.csv: {len(table):,} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
