"""Score every indicator of a cycle: one row for each subject and indicator that the plan reaches."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import PLAN_VALUES
from kpianalysis.scheme import Scheme, plan_for
from kpianalysis.scoring import attainment as reach
from kpianalysis.scoring.actuals import DENOMINATOR_ZERO, NOT_GIVEN, PARTS_MISSING, PERIOD_MISSING, Actuals
from kpianalysis.scoring.consistency import consistency_score, position
from kpianalysis.scoring.inputs import Floats, Inputs, clip
from kpianalysis.scoring.methods import METHODS

Chunk = dict[str, np.ndarray]
OUTSIDE_FLOOR = N_("no indicator of its dimension has a floor, a threshold and an actual")


def score_indicators(scheme: Scheme, actuals: Actuals) -> tuple[pd.DataFrame, list[Finding]]:
    """Score each indicator for each subject its plan reaches.

    Parameters
    ----------
    scheme : Scheme
    actuals : Actuals

    Returns
    -------
    scores : DataFrame
        One row per subject × indicator, by indicator: subject_id, unit_id, role_id, dimension_id, indicator_id, kind,
        direction, actual, target, attainment, gap, score, weight (within its dimension), missing_reason.
    findings : list of Finding
        What could not be scored although there are rows of actuals, pairs without any, and rows the plan does not
        reach.
    """
    findings: list[Finding] = []
    reasons = list(actuals.reasons)
    chunks: dict[str, Chunk] = {}
    lowest: dict[str, Floats] = {}
    records = scheme.indicators.to_dict("records")
    for code, indicator in enumerate(records):
        if indicator["method"] != "consistency":
            chunk, problems = _score_one(scheme, actuals, indicator, reasons, lowest)
            chunks[indicator["indicator_id"]] = {
                "code": np.full(len(chunk["subject"]), code, np.int32),
                **chunk,
            }
            findings.extend(problems)
    for code, indicator in enumerate(records):
        if indicator["method"] == "consistency":
            chunk = _score_consistency(scheme, indicator, reasons, lowest)
            chunks[indicator["indicator_id"]] = {
                "code": np.full(len(chunk["subject"]), code, np.int32),
                **chunk,
            }
    return _to_frame(scheme, [chunks[record["indicator_id"]] for record in records], reasons), findings


def _score_one(
    scheme: Scheme,
    actuals: Actuals,
    indicator: Mapping[Hashable, Any],
    reasons: list[str],
    lowest: dict[str, Floats],
) -> tuple[Chunk, list[Finding]]:
    name, direction = str(indicator["indicator_id"]), str(indicator["direction"])
    actual, reason = actuals.of(name, len(scheme.subjects))
    laid = plan_for(scheme, name)
    plan: dict[str, Floats] = {column: laid[column].to_numpy() for column in PLAN_VALUES}
    applies = laid["applies"].to_numpy()
    usable = applies & (reason < 0)
    inputs = _inputs(scheme, indicator, np.where(usable, actual, np.nan), plan)
    method = METHODS[str(indicator["method"])]
    score = method.score(inputs)
    has_rows = reason != reasons.index(NOT_GIVEN)
    findings = [*_absent(scheme, name, applies & ~has_rows), *_unreached(scheme, name, ~applies & has_rows)]
    for why in (PERIOD_MISSING, DENOMINATOR_ZERO, PARTS_MISSING):
        if (lost := applies & (reason == reasons.index(why))).any():
            findings.append(_impossible(scheme, name, lost, why))
    for mask, why in method.problems(inputs):
        stopped = usable & mask & (reason < 0)
        if stopped.any():
            reason[stopped] = _code_of(why, reasons)
            findings.append(_impossible(scheme, name, stopped, why))
    score = np.where(reason < 0, score, np.nan)
    _keep_lowest(lowest, str(indicator["dimension_id"]), inputs, applies & (indicator["kind"] == "scored"))
    ends = (actual, plan["target"], plan["range_low"], plan["range_high"], direction)
    columns = {
        "actual": actual,
        "target": plan["target"],
        "attainment": reach.attainment(*ends),
        "gap": reach.gap(*ends),
        "score": score,
        "weight": laid["weight"].to_numpy(),
        "reason": reason,
    }
    return {
        "subject": np.flatnonzero(applies),
        **{key: values[applies] for key, values in columns.items()},
    }, findings


def _inputs(scheme: Scheme, indicator: Mapping[Hashable, Any], actual: Floats, plan: Mapping[str, Floats]) -> Inputs:
    points = scheme.points.get(str(indicator["indicator_id"]))
    empty = np.empty(0)
    # The cap of a veto limits the total, not its own score.
    is_veto = indicator["kind"] == "veto"
    return Inputs(
        actual,
        plan,
        str(indicator["direction"]),
        np.nan if is_veto else float(indicator["floor"]),
        np.nan if is_veto else float(indicator["cap"]),
        empty if points is None else points["value"].to_numpy(),
        empty if points is None else points["score"].to_numpy(),
    )


def _keep_lowest(lowest: dict[str, Floats], dimension: str, inputs: Inputs, counts: NDArray[np.bool_]) -> None:
    """Remember the lowest position between floor and threshold in each dimension; changes `lowest`."""
    floor, threshold = inputs.plan["floor"], inputs.plan["threshold"]
    if np.isnan(floor).all():
        return
    place = np.where(counts, position(inputs.actual, floor, threshold), np.nan)
    lowest[dimension] = np.fmin(lowest.get(dimension, np.full(len(place), np.nan)), place)


def _score_consistency(
    scheme: Scheme, indicator: Mapping[Hashable, Any], reasons: list[str], lowest: dict[str, Floats]
) -> Chunk:
    n = len(scheme.subjects)
    laid = plan_for(scheme, str(indicator["indicator_id"]))
    applies = laid["applies"].to_numpy()
    blank = np.full(n, np.nan)
    score = consistency_score(lowest.get(str(indicator["dimension_id"]), blank))
    score = clip(score, float(indicator["floor"]), float(indicator["cap"]))
    reason = np.where(np.isnan(score), _code_of(OUTSIDE_FLOOR, reasons), -1).astype(np.int16)
    columns = {
        "actual": blank,
        "target": blank,
        "attainment": blank,
        "gap": blank,
        "score": score,
        "weight": laid["weight"].to_numpy(),
        "reason": reason,
    }
    return {"subject": np.flatnonzero(applies), **{key: values[applies] for key, values in columns.items()}}


def _to_frame(scheme: Scheme, chunks: list[Chunk], reasons: list[str]) -> pd.DataFrame:
    """Join the chunks column by column, ids as categories."""
    joined = {name: np.concatenate([chunk.pop(name) for chunk in chunks]) for name in list(chunks[0])}
    who, what = joined.pop("subject"), joined.pop("code")
    catalogue, subjects = scheme.indicators, scheme.subjects
    ids = {name: _category(subjects[name], who) for name in ("subject_id", "unit_id", "role_id")}
    items = {name: _category(catalogue[name], what) for name in ("dimension_id", "indicator_id", "kind", "direction")}
    reason = pd.Categorical.from_codes(joined.pop("reason"), pd.Index(reasons))
    return pd.DataFrame({**ids, **items, **joined, "missing_reason": reason.remove_unused_categories()}, copy=False)


def _category(values: pd.Series, places: np.ndarray) -> pd.Categorical:
    coded = pd.Categorical(values, categories=values.dropna().unique())
    return pd.Categorical.from_codes(coded.codes[places], coded.categories)


def _code_of(reason: str, reasons: list[str]) -> int:
    if reason not in reasons:
        reasons.append(reason)
    return reasons.index(reason)


def _absent(scheme: Scheme, indicator: str, absent: NDArray[np.bool_]) -> list[Finding]:
    if not absent.any():
        return []
    text = N_("{indicator} has no row of actuals for {n} subjects it applies to: {subjects}. They count as missing.")
    fix = N_("Add the rows, with a missing_reason where there is no value.")
    names = scheme.subjects.loc[absent, "subject_id"]
    values = {"indicator": indicator, "n": len(names), "subjects": name_some(names)}
    return [Finding("warning", "actuals", text, column="value", fix=fix, values=values)]


def _unreached(scheme: Scheme, indicator: str, idle: NDArray[np.bool_]) -> list[Finding]:
    if not idle.any():
        return []
    text = N_("{indicator} has actuals for {n} subjects its plan does not reach: {subjects}. They are not scored.")
    fix = N_("Add a plan row for them or their role, or leave the rows out.")
    names = scheme.subjects.loc[idle, "subject_id"]
    values = {"indicator": indicator, "n": len(names), "subjects": name_some(names)}
    return [Finding("warning", "actuals", text, column="indicator_id", fix=fix, values=values)]


def _impossible(scheme: Scheme, indicator: str, stopped: NDArray[np.bool_], why: str) -> Finding:
    text = N_("{indicator} has no score for {n} subjects ({subjects}): {why}.")
    names = scheme.subjects.loc[stopped, "subject_id"]
    values = {"indicator": indicator, "n": len(names), "subjects": name_some(names), "why": why}
    fix = N_("Check actual and target, or use another method.")
    return Finding("warning", "actuals", text, column="value", fix=fix, values=values)
