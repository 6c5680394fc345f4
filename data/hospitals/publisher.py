"""Read the publisher's files of one fiscal year, and compare the tidy ones with those in `raw/`.

Every cell is text here, so that digits and leading zeros stay as published; "" means that nothing was given.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

PATIENT_EXPERIENCE = "patient_experience"
SSI_COMBINED = "SSI-COMBINED"
N_ADDRESS_COLUMNS = 6  # name and address stand before the numbers in each of the publisher's own files
MAX_NAMED = 10

# tidy column -> the words that end the publisher's headers
MEASURE_FIELDS = {
    "baseline_rate": "Baseline Rate",
    "performance_rate": "Performance Rate",
    "achievement_points": "Achievement Points",
    "improvement_points": "Improvement Points",
}
PLAN_FIELDS = {
    "floor": "Floor",
    "achievement_threshold": "Achievement Threshold",
    "benchmark": "Benchmark",
}
SCORE_FIELDS = {
    "total_performance_score": "Total Performance Score",
    "hcahps_base_score": "HCAHPS Base Score",
    "hcahps_consistency_score": "HCAHPS Consistency Score",
}


class PublisherError(Exception):
    """A publisher's file is absent, or a tidy file says something else than the publisher's own."""


@dataclass(frozen=True)
class TidyFiles:
    """The tidy files of one fiscal year.

    `measures` has one row per hospital and measure, `scores` and `facilities` one per hospital,
    `catalog` one per measure, `domains` one per domain, `periods` one per measure and period.
    """

    measures: pd.DataFrame
    scores: pd.DataFrame
    facilities: pd.DataFrame
    catalog: pd.DataFrame
    domains: pd.DataFrame
    periods: pd.DataFrame


def read_text(path: Path) -> pd.DataFrame:
    """Read a CSV file with every cell as text."""
    if not path.is_file():
        raise PublisherError(f"{path}: no such file; is this the publisher's folder?")
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def read_tidy(folder: Path) -> TidyFiles:
    """Read the tidy files of one fiscal year, hospitals in the order of their ids."""
    return TidyFiles(
        measures=read_text(folder / "measures_long.csv"),
        scores=read_text(folder / "scores.csv").set_index("facility_id").sort_index(),
        facilities=read_text(folder / "facilities.csv").set_index("facility_id").sort_index(),
        catalog=read_text(folder / "indicator_catalog.csv"),
        domains=read_text(folder / "domain_weights.csv"),
        periods=read_text(folder / "measure_periods.csv"),
    )


def read_raw(folder: Path) -> pd.DataFrame:
    """The publisher's own files side by side, one row per hospital.

    "3 out of 10" becomes "3", and "Not Available" (also with a footnote number) becomes "".
    """
    paths = sorted((folder / "raw").glob("*.csv"))
    if not paths:
        raise PublisherError("raw/ holds no CSV files, so nothing can be compared with the publisher's own.")
    return pd.concat([_read_raw_file(path) for path in paths], axis="columns").sort_index()


def _read_raw_file(path: Path) -> pd.DataFrame:
    raw = read_text(path)
    # the files spell their headers differently
    raw.columns = raw.columns.str.replace("_", " ").str.replace("Normalized ", "")
    cells = raw.set_index("Provider Number").iloc[:, N_ADDRESS_COLUMNS:]
    not_a_number = r"^Not Available.*$| out of \d+$"
    return pd.DataFrame(
        {header: cell.str.strip().str.replace(not_a_number, "", regex=True) for header, cell in cells.items()}
    )


def check_against_raw(tidy: TidyFiles, raw: pd.DataFrame) -> None:
    """Compare every rate, point, score, threshold and total with the publisher's own files.

    Raises
    ------
    PublisherError
        If a hospital is on one side only or any number differs; names at most ten of the headers.
    """
    for name, table in {"scores": tidy.scores, "facilities": tidy.facilities}.items():
        if not table.index.equals(raw.index):
            raise PublisherError(f"{name}.csv and raw/ do not list the same hospitals.")
    blank = pd.Series("", index=raw.index)
    n_differing = {
        header: int(column.ne(raw.get(header, blank)).sum()) for header, column in tidy_by_header(tidy).items()
    }
    differing = [f"{header} (in {n} of {len(raw)} rows)" for header, n in n_differing.items() if n]
    if differing:
        more = f" and {len(differing) - MAX_NAMED} more" if len(differing) > MAX_NAMED else ""
        raise PublisherError(f"the tidy files differ from raw/ in {', '.join(differing[:MAX_NAMED])}{more}.")


def tidy_by_header(tidy: TidyFiles) -> dict[str, "pd.Series[str]"]:
    """What the tidy files say under each header of the publisher's own files: one text per hospital."""
    columns = {header: tidy.scores[name] for name, header in SCORE_FIELDS.items()}
    for domain in tidy.domains.itertuples():
        for kind in ("Unweighted", "Weighted"):
            header = f"{kind} {domain.published_name} Domain Score"
            columns[header] = tidy.scores[f"{domain.domain}_{kind.lower()}"]
    rows_of = dict(iter(tidy.measures.set_index("facility_id").groupby("measure_id")))
    for _, measure in tidy.catalog.iterrows():
        prefix, score = _header_words(measure)
        rows = rows_of[measure["measure_id"]].reindex(tidy.scores.index)
        columns[f"{prefix} {score}"] = rows["measure_score"]
        columns |= {f"{prefix} {words}": rows[name] for name, words in MEASURE_FIELDS.items()}
        columns |= {
            f"{prefix} {words}": pd.Series(measure[name], index=rows.index) for name, words in PLAN_FIELDS.items()
        }
    return columns


def _header_words(measure: "pd.Series[str]") -> tuple[str, str]:
    """The words that begin the headers of a measure, and those that end the header of its score."""
    if measure["domain"] == PATIENT_EXPERIENCE:
        return measure["title"], "Dimension Score"
    is_combined = measure["measure_id"] == SSI_COMBINED
    return "Combined SSI" if is_combined else measure["measure_id"], "Measure Score"
