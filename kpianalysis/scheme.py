"""The scheme of one cycle: which indicators are in force, whom they reach, and what the plan says for each subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpianalysis.ids import places
from kpianalysis.schema import METHODS, PLAN_VALUES

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Scheme:
    """What is in force in one cycle.

    Attributes
    ----------
    cycle : str
    dimensions, indicators : DataFrame
        One row each, in the order of the source, defaults filled in.
    plan : mapping of indicator_id to DataFrame
        Its plan rows, the least specific first, with the `place` of the subject each names (-1: not measured); an
        indicator without plan rows is absent.
    points : mapping of indicator_id to DataFrame with the columns value, score
    subjects : DataFrame
        The subjects with actuals in the cycle: subject_id, name, unit_id, role_id.
    """

    cycle: str
    dimensions: pd.DataFrame
    indicators: pd.DataFrame
    plan: Mapping[str, pd.DataFrame]
    points: Mapping[str, pd.DataFrame]
    subjects: pd.DataFrame


def scheme_of(tables: Tables, cycle: str) -> Scheme:
    """Gather what is in force in a cycle; a row of the cycle itself wins over one for every cycle."""
    dimensions = _in_force(tables["dimensions"], cycle, "dimension_id")
    indicators = _in_force(tables["indicators"], cycle, "indicator_id")
    subjects = subjects_measured(tables, cycle)
    return Scheme(
        cycle,
        dimensions.fillna({"min_indicators": 1.0}),
        _with_defaults(indicators),
        _plan_rows(tables["plan"], cycle, subjects),
        {
            str(indicator): rows.sort_values("value")[["value", "score"]]
            for indicator, rows in _in_force(tables["scales"], cycle, "indicator_id").groupby(
                "indicator_id", observed=True
            )
        },
        subjects,
    )


def cycles_measured(tables: Tables, cycle: str) -> list[str]:
    """Name the cycles whose actuals count in this one: its own, or those of its parts when it has none.

    A year without actuals of its own is built from its quarters, never re-typed.
    """
    if (tables["actuals"]["cycle_id"] == cycle).any():
        return [cycle]
    cycles = tables["cycles"]
    parts = cycles.loc[cycles["parent_cycle_id"] == cycle, "cycle_id"]
    return [name for part in parts for name in cycles_measured(tables, part)]


def actuals_of(tables: Tables, cycle: str) -> pd.DataFrame:
    """Return the rows of `actuals` that count in a cycle; a blank period becomes the start of its own part."""
    actuals = tables["actuals"]
    names = cycles_measured(tables, cycle)
    rows = actuals[actuals["cycle_id"].isin(names)]
    if names == [cycle]:
        return rows
    starts = tables["cycles"].set_index("cycle_id")["start"]
    start = rows["cycle_id"].astype("str").map(starts)
    return rows.assign(period=rows["period"].fillna(start))


def subjects_measured(tables: Tables, cycle: str) -> pd.DataFrame:
    """Return the subjects with at least one row of actuals in the cycle, in the order of the source."""
    subjects = tables["subjects"]
    rows = tables["actuals"]["cycle_id"].isin(cycles_measured(tables, cycle))
    found = np.zeros(len(subjects) + 1, dtype=bool)
    # Place -1, an unknown id, is the last one and is dropped.
    found[places(tables["actuals"]["subject_id"], subjects["subject_id"])[rows.to_numpy()]] = True
    return subjects[found[:-1]].reset_index(drop=True)


def plan_for(scheme: Scheme, indicator_id: str) -> pd.DataFrame:
    """Lay the plan rows of one indicator over each other for each subject of the cycle.

    Column by column the more specific value wins: subject over role over everybody.

    Parameters
    ----------
    scheme : Scheme
    indicator_id : str

    Returns
    -------
    DataFrame, index of `scheme.subjects`
        `applies` (bool), `weight`, and the plan values in the indicator's unit; missing where the plan says nothing.
    """
    subjects = scheme.subjects
    mine = (scheme.indicators["indicator_id"] == indicator_id).to_numpy()
    laid = {name: np.full(len(subjects), np.nan) for name in ("weight", *PLAN_VALUES)}
    laid["weight"][:] = scheme.indicators["weight"].to_numpy()[mine][0]
    rows = scheme.plan.get(indicator_id)
    applies = np.full(len(subjects), rows is None)
    if rows is not None:
        by_subject = rows["subject_id"].notna()
        for row in rows[~by_subject].to_dict("records"):
            reached = _reached(row["role_id"], subjects["role_id"])
            applies |= reached
            for name, column in laid.items():
                if not np.isnan(row[name]):
                    column[reached] = row[name]
        _lay_subject_rows(rows[by_subject], subjects, applies, laid)
    return pd.DataFrame({"applies": applies, **laid}, index=subjects.index, copy=False)


def _reached(role: object, roles: pd.Series) -> np.ndarray:
    if not isinstance(role, str):
        return np.ones(len(roles), dtype=bool)
    return (roles == role).fillna(False).to_numpy(dtype=bool)


def _lay_subject_rows(
    rows: pd.DataFrame, subjects: pd.DataFrame, applies: np.ndarray, laid: dict[str, np.ndarray]
) -> None:
    """Lay the rows that name a subject; changes the two arrays it is given."""
    place = rows["place"].to_numpy()
    known = place >= 0
    if rows["role_id"].notna().any():
        roles = subjects["role_id"].astype("object").to_numpy()[np.where(known, place, 0)]
        wanted = rows["role_id"].astype("object")
        known &= (wanted.isna() | (wanted == roles)).to_numpy()
    applies[place[known]] = True
    for name, column in laid.items():
        values = rows[name].to_numpy()
        given = known & ~np.isnan(values)
        column[place[given]] = values[given]


def _in_force(table: pd.DataFrame, cycle: str, item: str) -> pd.DataFrame:
    """Keep the rows of a cycle, and those for every cycle of the items that have none of their own."""
    own = table["cycle_id"] == cycle
    common = table["cycle_id"].isna() & ~table[item].isin(table.loc[own, item])
    return table[own | common].drop(columns="cycle_id").reset_index(drop=True)


def _plan_rows(plan: pd.DataFrame, cycle: str, subjects: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Group the plan rows in force by indicator, least specific first, each with the place of its subject."""
    own = plan["cycle_id"] == cycle
    rows = plan[own | plan["cycle_id"].isna()]
    rank = 4 * rows["subject_id"].notna() + 2 * rows["role_id"].notna() + 1 * rows["cycle_id"].notna()
    rows = rows.assign(place=places(rows["subject_id"], subjects["subject_id"]))
    rows = rows.iloc[np.argsort(rank.to_numpy(), kind="stable")]
    return {str(name): group for name, group in rows.groupby("indicator_id", observed=True, sort=False)}


def _with_defaults(indicators: pd.DataFrame) -> pd.DataFrame:
    """Fill in what a blank cell of the indicator library means."""
    filled = indicators.fillna({"kind": "scored", "weight": 1.0, "aggregation": "last"})
    rules = filled["method"].map(METHODS)
    floor = rules.map(lambda rule: rule.floor).astype("float64")
    cap = rules.map(lambda rule: rule.cap).astype("float64")
    is_veto = filled["kind"] == "veto"
    return filled.assign(
        floor=filled["floor"].fillna(floor),
        cap=filled["cap"].fillna(cap.mask(is_veto, 0.0)),
    )
