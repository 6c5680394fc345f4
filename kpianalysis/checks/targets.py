"""What the plan says for each subject: missing targets, thresholds and targets in the wrong order, weights."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import METHODS
from kpianalysis.scheme import Scheme, Tables, cycles_measured, plan_for, scheme_of

# Which of two plan columns may not be beyond the other, going from bad to good, and which methods use the order.
_ORDERS = (
    ("floor", "threshold", ("consistency", "achievement_improvement", "anchors")),
    ("threshold", "target", ("anchors", "achievement_improvement")),
    ("target", "stretch", ("anchors",)),
    ("baseline", "target", ("baseline",)),
)


def check_targets(tables: Tables) -> list[Finding]:
    """Check, for every cycle with actuals, what the overlaid plan gives each subject."""
    findings: list[Finding] = []
    for cycle in tables["cycles"]["cycle_id"]:
        if cycles_measured(tables, cycle):
            findings.extend(_check_cycle(scheme_of(tables, cycle)))
    return findings


def _check_cycle(scheme: Scheme) -> Iterator[Finding]:
    sums = np.zeros(len(scheme.subjects))
    worst_counts = scheme.indicators.loc[scheme.indicators["method"] == "consistency", "dimension_id"]
    for indicator in scheme.indicators.to_dict("records"):
        plan = plan_for(scheme, indicator["indicator_id"])
        reached = plan[plan["applies"]]
        yield from _missing_targets(scheme, indicator, reached)
        yield from _missing_points(scheme, indicator)
        yield from _wrong_order(scheme, indicator, reached)
        if indicator["kind"] == "scored" and indicator["dimension_id"] in set(worst_counts):
            yield from _equal_ends(scheme, indicator, reached)
        if indicator["kind"] == "scored":
            sums += np.where(plan["applies"], plan["weight"], 0.0)
    if (idle := sums == 0).any():
        text = N_("In {cycle} no indicator carries weight for {subjects}.")
        names = name_some(scheme.subjects.loc[idle, "subject_id"])
        yield Finding(
            "error",
            "plan",
            text,
            column="weight",
            fix=N_("Give at least one indicator a weight."),
            values={"cycle": scheme.cycle, "subjects": names},
        )


def _missing_targets(scheme: Scheme, indicator: Mapping[Hashable, Any], reached: pd.DataFrame) -> Iterator[Finding]:
    # A monitored item is shown, with a score where there can be one.
    if indicator["kind"] == "monitor":
        return
    is_interval = indicator["method"] == "binary" and indicator["direction"] == "range"
    for need in ("range_low", "range_high") if is_interval else METHODS[str(indicator["method"])].needs:
        given = reached[need].notna()
        # Without a baseline there is no change to score, for one subject perhaps, never for all.
        if not given.all():
            names = scheme.subjects.loc[reached.index[~given], "subject_id"]
            text = N_("In {cycle}, {indicator} has no {need} for {subjects}.")
            fix = N_("Add it to plan; the method {method} cannot score without it.")
            values = {
                "cycle": scheme.cycle,
                "indicator": indicator["indicator_id"],
                "need": need,
                "subjects": name_some(names),
                "method": indicator["method"],
            }
            yield Finding("error", "plan", text, column=need, fix=fix, values=values)


def _missing_points(scheme: Scheme, indicator: Mapping[Hashable, Any]) -> Iterator[Finding]:
    """Find a method that reads its points from `scales` in a cycle for which there are none."""
    if METHODS[str(indicator["method"])].points == "required" and indicator["indicator_id"] not in scheme.points:
        text = N_("In {cycle}, {indicator} has no points in scales.")
        fix = N_("Add rows value, score for this cycle; the method {method} cannot score without them.")
        values = {"cycle": scheme.cycle, "indicator": indicator["indicator_id"], "method": indicator["method"]}
        yield Finding("error", "scales", text, column="value", fix=fix, values=values)


def _equal_ends(scheme: Scheme, indicator: Mapping[Hashable, Any], reached: pd.DataFrame) -> Iterator[Finding]:
    """Find indicators that consistency cannot place: it divides by the way from floor to threshold."""
    wrong = reached["floor"] == reached["threshold"]
    if wrong.any():
        text = N_("In {cycle}, {indicator} has the same floor and threshold for {subjects}.")
        fix = N_("Give its dimension's consistency a way between them.")
        names = name_some(scheme.subjects.loc[reached.index[wrong], "subject_id"])
        values = {"cycle": scheme.cycle, "indicator": indicator["indicator_id"], "subjects": names}
        yield Finding("error", "plan", text, column="floor", fix=fix, values=values)


def _wrong_order(scheme: Scheme, indicator: Mapping[Hashable, Any], reached: pd.DataFrame) -> Iterator[Finding]:
    sign = -1.0 if indicator["direction"] == "lower" else 1.0
    pairs = [(a, b, sign) for a, b, methods in _ORDERS if indicator["method"] in methods]
    if indicator["direction"] == "range":
        pairs = [("floor", "range_low", 1.0), ("range_low", "range_high", 1.0), ("range_high", "cap", 1.0)]
    for worse, better, way in pairs:
        wrong = way * reached[worse] > way * reached[better]
        if wrong.any():
            names = scheme.subjects.loc[reached.index[wrong], "subject_id"]
            text = N_("In {cycle}, {indicator} has {worse} and {better} in the wrong order for {subjects}.")
            fix = N_("For the direction '{direction}' {better} must not be {beyond} {worse}.")
            values = {
                "cycle": scheme.cycle,
                "indicator": indicator["indicator_id"],
                "worse": worse,
                "better": better,
                "subjects": name_some(names),
                "direction": indicator["direction"],
                "beyond": N_("below") if way > 0 else N_("above"),
            }
            yield Finding("error", "plan", text, column=better, fix=fix, values=values)
