"""How the publisher's tables become ours; README.md has the same in words.

Functions take tidy files and give a table, keys first. What is *given* comes in as published points.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import pandas as pd
from names_zh import DIMENSION_NAMES_ZH, INDICATOR_NAMES_ZH
from publisher import PATIENT_EXPERIENCE, SSI_COMBINED, TidyFiles

CONSISTENCY = "HCAHPS-Consistency"
MEASURE_FACTOR = 10  # a measure has 0-10 points, our scale is 0-100
CONSISTENCY_FACTOR = 5  # consistency has 0-20 points
CONSISTENCY_WEIGHT = "20"
DIRECTIONS = {"higher_is_better": "higher", "lower_is_better": "lower"}
NOT_AVAILABLE = "not available"
TOO_FEW_CASES = "too few cases"


@dataclass(frozen=True)
class FiscalYear:
    """One appraisal cycle: the fiscal year whose payments the scores move, and where its files are."""

    cycle_id: str
    start: str
    end: str
    previous_cycle_id: str
    folder: str
    data_source: str


def make_cycles(years: Iterable[FiscalYear]) -> pd.DataFrame:
    """One row per fiscal year."""
    columns = ["cycle_id", "start", "end", "previous_cycle_id"]
    cycles = pd.DataFrame([{name: getattr(year, name) for name in columns} for year in years])
    cycles.insert(1, "kind", "year")
    return cycles


def make_subjects(facilities: list[pd.DataFrame]) -> pd.DataFrame:
    """One row per hospital of any year; a hospital listed in several has its latest name."""
    every = pd.concat(facilities).rename_axis("subject_id").sort_index(kind="stable")
    latest = every[~every.index.duplicated(keep="last")]
    return latest.rename(columns={"facility_name": "name", "state": "unit_id"})[["name", "unit_id"]].reset_index()


def make_dimensions(year: FiscalYear, tidy: TidyFiles) -> pd.DataFrame:
    """One row per domain, with its published weight and the fewest scored measures it needs."""
    return pd.DataFrame(
        {
            "cycle_id": year.cycle_id,
            "dimension_id": tidy.domains["domain"],
            "name": tidy.domains["published_name"],
            "name_zh": tidy.domains["published_name"].map(DIMENSION_NAMES_ZH),
            "weight": tidy.domains["weight"],
            "min_indicators": tidy.domains["min_scored_measures_observed"],
        }
    )


def is_given(catalog: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a measure comes in as published points, having no threshold to score its rate with."""
    return catalog["achievement_threshold"].eq("")


def is_consistency_given(catalog: pd.DataFrame) -> bool:
    """Whether consistency comes in as published points, having no published floors to compute it with."""
    return bool(catalog["floor"].eq("").all())


def make_indicators(year: FiscalYear, tidy: TidyFiles) -> pd.DataFrame:
    """One row per measure, then one for the consistency of patient experience."""
    described = pd.concat([describe_measures(tidy.catalog), describe_consistency(tidy.catalog)])
    ids = described["indicator_id"]
    every = described.assign(
        cycle_id=year.cycle_id,
        name_zh=ids.map(INDICATOR_NAMES_ZH),
        definition=ids.map(partial(describe_periods, tidy.periods)),
        data_source=year.data_source,
    )
    identity = ["cycle_id", "indicator_id", "name", "name_zh", "dimension_id", "kind", "unit", "direction"]
    return every[[*identity, "method", "weight", "definition", "formula", "data_source"]]


def describe_measures(catalog: pd.DataFrame) -> pd.DataFrame:
    """The measures of the catalogue in our words; one that does not count in its domain is a monitor."""
    given, counts = is_given(catalog), catalog["counts_in_domain"].eq("1")
    return pd.DataFrame(
        {
            "indicator_id": catalog["measure_id"],
            "name": catalog["title"],
            "dimension_id": catalog["domain"],
            "kind": counts.map({True: "scored", False: "monitor"}),
            "unit": catalog["unit"].mask(given, "points"),
            "direction": catalog["direction"].map(DIRECTIONS).mask(given, "higher"),
            "method": given.map({True: "given", False: "achievement_improvement"}),
            "weight": catalog["max_points"].where(counts, ""),
            "formula": given.map({True: f"published measure score x {MEASURE_FACTOR}", False: ""}),
        }
    )


def describe_consistency(catalog: pd.DataFrame) -> pd.DataFrame:
    """The consistency score of patient experience as an indicator of its own."""
    given = is_consistency_given(catalog)
    indicator = {
        "indicator_id": CONSISTENCY,
        "name": "HCAHPS consistency score",
        "dimension_id": PATIENT_EXPERIENCE,
        "kind": "scored",
        "unit": "points",
        "direction": "higher",
        "method": "given" if given else "consistency",
        "weight": CONSISTENCY_WEIGHT,
        "formula": f"published consistency score x {CONSISTENCY_FACTOR}" if given else "",
    }
    return pd.DataFrame([indicator])


def describe_periods(periods: pd.DataFrame, indicator_id: str) -> str:
    """In words, from when to when an indicator was measured.

    Examples
    --------
    >>> period = {"measure_date_id": "PC_01_HVBP_Performance", "period": "performance"}
    >>> periods = pd.DataFrame([period | {"start_date": "2015-01-01", "end_date": "2015-12-31"}])
    >>> describe_periods(periods, "PC-01")
    'Performance period 2015-01-01 to 2015-12-31'
    """
    survey = "HCAHPS" if indicator_id.startswith("HCAHPS-") else indicator_id
    prefix = "Combined_SSI_Measure_Score" if survey == SSI_COMBINED else survey.replace("-", "_")
    rows = periods[periods["measure_date_id"].isin([f"{prefix}_HVBP_Performance", f"{prefix}_HVBP_Baseline"])]
    performance_first = rows.sort_values("period", ascending=False)
    texts = [
        f"{row['period']} period {row['start_date']} to {row['end_date']}" for _, row in performance_first.iterrows()
    ]
    return "; ".join(texts).capitalize()


def make_plan(year: FiscalYear, tidy: TidyFiles) -> pd.DataFrame:
    """Everybody's floor, threshold and target, then each hospital's own baseline.

    A baseline is left out where the publisher gave a score but no improvement points: too few cases.
    """
    measures = tidy.measures
    is_too_small = measures["measure_score"].ne("") & measures["improvement_points"].eq("")
    plan = pd.concat(
        [tidy.catalog[~is_given(tidy.catalog)], measures[measures["baseline_rate"].ne("") & ~is_too_small]]
    )
    names = {
        "facility_id": "subject_id",
        "measure_id": "indicator_id",
        "baseline_rate": "baseline",
        "achievement_threshold": "threshold",
        "benchmark": "target",
    }
    plan = plan.rename(columns=names).fillna("").assign(cycle_id=year.cycle_id, role_id="")
    columns = [
        "cycle_id",
        "subject_id",
        "role_id",
        "indicator_id",
        "baseline",
        "floor",
        "threshold",
        "target",
    ]
    return plan[columns].sort_values(["subject_id", "indicator_id"])


def make_actuals(year: FiscalYear, tidy: TidyFiles) -> pd.DataFrame:
    """One row per hospital and indicator: the rate, or the published points on our scale where given.

    A rate that the publisher shows but does not score keeps its value and has a reason as well.
    """
    measures = tidy.measures
    given = measures["measure_id"].isin(tidy.catalog.loc[is_given(tidy.catalog), "measure_id"])
    points = pd.to_numeric(measures["measure_score"]) * MEASURE_FACTOR
    reason = measures["performance_rate"].ne("").map({True: TOO_FEW_CASES, False: NOT_AVAILABLE})
    actuals = pd.DataFrame(
        {
            "cycle_id": year.cycle_id,
            "subject_id": measures["facility_id"],
            "indicator_id": measures["measure_id"],
            "period": "",
            "value": pd.to_numeric(measures["performance_rate"]).mask(given, points),
            "missing_reason": reason.mask(measures["measure_score"].ne(""), ""),
        }
    )
    if is_consistency_given(tidy.catalog):
        actuals = pd.concat([actuals, make_consistency_actuals(year, tidy.scores)])
    return actuals.sort_values(["subject_id", "indicator_id"])


def make_consistency_actuals(year: FiscalYear, scores: pd.DataFrame) -> pd.DataFrame:
    """One row per hospital: its published consistency score on our scale."""
    points = scores["hcahps_consistency_score"].rename_axis("subject_id").reset_index(name="points")
    return pd.DataFrame(
        {
            "cycle_id": year.cycle_id,
            "subject_id": points["subject_id"],
            "indicator_id": CONSISTENCY,
            "period": "",
            "value": pd.to_numeric(points["points"]) * CONSISTENCY_FACTOR,
            "missing_reason": points["points"].eq("").map({True: NOT_AVAILABLE, False: ""}),
        }
    )


def make_published(year: FiscalYear, tidy: TidyFiles) -> pd.DataFrame:
    """The publisher's totals, unweighted domain scores and measure scores, all on our scale of 0-100."""
    scores = tidy.scores.apply(pd.to_numeric)
    columns = {("total", ""): scores["total_performance_score"]}
    columns |= {("dimension", domain): scores[f"{domain}_unweighted"] for domain in tidy.domains["domain"]}
    for measure_id, rows in tidy.measures.set_index("facility_id").groupby("measure_id"):
        columns["indicator", str(measure_id)] = pd.to_numeric(rows["measure_score"]) * MEASURE_FACTOR
    columns["indicator", CONSISTENCY] = scores["hcahps_consistency_score"] * CONSISTENCY_FACTOR
    stacked = pd.concat(columns, names=["level", "item_id", "subject_id"]).dropna()
    published: pd.DataFrame = stacked.reset_index(name="score").assign(cycle_id=year.cycle_id)
    keys = ["cycle_id", "subject_id", "level", "item_id"]
    return published.sort_values(keys)[[*keys, "score"]]


TABLES_BY_YEAR: dict[str, Callable[[FiscalYear, TidyFiles], pd.DataFrame]] = {
    "dimensions": make_dimensions,
    "indicators": make_indicators,
    "plan": make_plan,
    "actuals": make_actuals,
    "published": make_published,
}
