"""Rules that join columns: weights, order of targets, values and reasons, methods and what they need."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import DIRECTIONS, METHODS
from kpianalysis.scheme import Tables


def check_rules(tables: Tables) -> list[Finding]:
    """Check what no single column can tell."""
    return [
        *_weights_all_zero(tables["indicators"], tables["plan"]),
        *_dimension_weights_all_zero(tables["dimensions"]),
        *_directions(tables["indicators"]),
        *_kinds(tables["indicators"]),
        *_limits(tables["indicators"]),
        *_missing_points(tables["indicators"], tables["scales"]),
        *_values_and_reasons(tables["actuals"]),
        *_ratio_parts(tables["actuals"], tables["indicators"]),
        *_whole_and_parts(tables["actuals"]),
        *_grades(tables["grades"]),
    ]


def _found(frame: pd.DataFrame, wrong: pd.Series, table: str, column: str, text: str, fix: str) -> Iterator[Finding]:
    wrong = wrong.fillna(False).astype(bool)
    if wrong.any():
        yield Finding("error", table, text, row=name_some(frame.index[wrong]), column=column, fix=fix)


def _weights_all_zero(indicators: pd.DataFrame, plan: pd.DataFrame) -> Iterator[Finding]:
    """Find dimensions without any weight; one that the plan gives to somebody counts."""
    scored = indicators[indicators["kind"].fillna("scored") == "scored"]
    planned = plan.groupby("indicator_id", observed=True)["weight"].max()
    weight = scored["weight"].fillna(1.0) + scored["indicator_id"].map(planned.to_dict()).astype("float64").fillna(0.0)
    sums = weight.groupby([scored["cycle_id"].fillna(""), scored["dimension_id"]]).transform("sum")
    yield from _found(
        scored,
        sums == 0,
        "indicators",
        "weight",
        N_("All weights of the dimension are zero."),
        N_("Give at least one a weight, or use kind monitor."),
    )


def _dimension_weights_all_zero(dimensions: pd.DataFrame) -> Iterator[Finding]:
    """Find cycles in which no dimension carries weight; rows for every cycle count where the cycle has none."""
    cycle = dimensions["cycle_id"].fillna("")
    wrong = pd.Series(False, index=dimensions.index)
    for name in cycle.unique():
        own = cycle == name
        common = (cycle == "") & ~dimensions["dimension_id"].isin(dimensions.loc[own, "dimension_id"])
        wrong |= own & (dimensions.loc[own | common, "weight"].fillna(1.0).sum() == 0)
    yield from _found(
        dimensions,
        wrong,
        "dimensions",
        "weight",
        N_("All weights are zero."),
        N_("Give at least one dimension a weight."),
    )


def _directions(indicators: pd.DataFrame) -> Iterator[Finding]:
    for method, rows in indicators.groupby("method"):
        if method not in METHODS:
            continue
        allowed = METHODS[str(method)].directions
        wrong = rows[rows["direction"].isin(DIRECTIONS) & ~rows["direction"].isin(allowed)]
        if len(wrong):
            yield Finding(
                "error",
                "indicators",
                N_("The method {method} does not go with this direction."),
                row=name_some(wrong.index),
                column="direction",
                fix=N_("Use {allowed}, or another method."),
                values={"method": method, "allowed": " / ".join(allowed)},
            )


def _kinds(indicators: pd.DataFrame) -> Iterator[Finding]:
    wrong = (indicators["kind"] == "veto") & (indicators["method"] != "binary")
    yield from _found(
        indicators, wrong, "indicators", "method", N_("A veto item is either met or not."), N_("Use the method binary.")
    )


def _limits(indicators: pd.DataFrame) -> Iterator[Finding]:
    yield from _found(
        indicators,
        indicators["floor"] > indicators["cap"],
        "indicators",
        "cap",
        N_("The cap is below the floor."),
        N_("Swap them; both are points."),
    )


def _missing_points(indicators: pd.DataFrame, scales: pd.DataFrame) -> Iterator[Finding]:
    needs = indicators["method"].isin([name for name, rule in METHODS.items() if rule.points == "required"])
    wrong = needs & ~indicators["indicator_id"].isin(scales["indicator_id"].dropna())
    yield from _found(
        indicators,
        wrong,
        "indicators",
        "method",
        N_("The method reads its points from scales, which has none for this indicator."),
        N_("Add rows value, score to scales."),
    )


def _values_and_reasons(actuals: pd.DataFrame) -> Iterator[Finding]:
    given = actuals["value"].notna() | (actuals["numerator"].notna() & actuals["denominator"].notna())
    yield from _found(
        actuals,
        ~given & actuals["missing_reason"].isna(),
        "actuals",
        "value",
        N_("There is neither a value nor a reason why there is none."),
        N_("Give the value, or say in missing_reason why there is none."),
    )


def _ratio_parts(actuals: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[Finding]:
    half = actuals["numerator"].notna() != actuals["denominator"].notna()
    yield from _found(
        actuals,
        half,
        "actuals",
        "denominator",
        N_("A ratio needs both numerator and denominator."),
        N_("Fill in the other one."),
    )
    ratios = indicators.loc[indicators["aggregation"] == "ratio", "indicator_id"]
    single = actuals["indicator_id"].isin(list(ratios)) & actuals["numerator"].isna() & actuals["period"].notna()
    yield from _found(
        actuals,
        single & actuals["value"].notna(),
        "actuals",
        "numerator",
        N_("Ratios of several periods cannot be averaged."),
        N_("Give numerator and denominator: they add up first and divide after."),
    )


def _whole_and_parts(actuals: pd.DataFrame) -> Iterator[Finding]:
    """Find pairs that have a value for the whole cycle and values for periods: they would count twice."""
    blank = actuals["period"].isna()
    if blank.all() or not blank.any():
        return
    key = ["cycle_id", "subject_id", "indicator_id"]
    share = blank.groupby([actuals[name] for name in key], observed=True).transform("mean")
    yield from _found(
        actuals,
        (share > 0) & (share < 1),
        "actuals",
        "period",
        N_("There is a row for the whole cycle and rows for periods."),
        N_("Keep one or the other: together they would count twice."),
    )


def _grades(grades: pd.DataFrame) -> Iterator[Finding]:
    repeated = grades["min_score"].duplicated(keep=False) & grades["min_score"].notna()
    yield from _found(
        grades,
        repeated,
        "grades",
        "min_score",
        N_("Two grades begin at the same total."),
        N_("Give each grade its own lowest total."),
    )
    yield from _found(
        grades,
        grades["quota_min"] > grades["quota_max"],
        "grades",
        "quota_max",
        N_("The smallest share is above the largest."),
        N_("Swap them."),
    )
