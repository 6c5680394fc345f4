"""Ids that point to nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.ids import places
from kpianalysis.schema import TABLES
from kpianalysis.scheme import Tables

_TEXT = N_("{ids} is not in the table {other}.")
_FIX = N_("Correct the spelling, or add it to {other}.")


def check_references(tables: Tables) -> list[Finding]:
    """Find ids that no row of the table they refer to has."""
    return [
        *_unknown_ids(tables),
        *_unknown_in_cycle(tables),
        *_unknown_roles(tables["plan"], tables["subjects"]),
        *_unknown_items(tables),
        *_unknown_sources(tables["indicators"]),
    ]


def _unknown_ids(tables: Tables) -> Iterator[Finding]:
    for name, frame in tables.items():
        for column in TABLES[name].columns:
            if column.refers_to and column.name in frame:
                known = tables[column.refers_to][_key_of(column.refers_to)]
                # A table that is missing, empty or without its key is named for that.
                if known.notna().any():
                    yield from _report(frame[column.name], known, name, column.name, column.refers_to)


def _key_of(table: str) -> str:
    return {"cycles": "cycle_id", "subjects": "subject_id"}.get(table, table.removesuffix("s") + "_id")


def _report(ids: pd.Series, known: pd.Series, table: str, column: str, other: str) -> Iterator[Finding]:
    if not ids.notna().any():
        return
    strange = ids[(places(ids, known.dropna().drop_duplicates()) < 0) & ids.notna().to_numpy()]
    if len(strange):
        named = name_some(map(repr, sorted(strange.astype("str").unique())), most=5)
        values = {"ids": named, "other": other}
        yield Finding("error", table, _TEXT, row=name_some(strange.index), column=column, fix=_FIX, values=values)


def _unknown_in_cycle(tables: Tables) -> Iterator[Finding]:
    """Find indicators of one cycle whose dimension is only in force in another."""
    dimensions, indicators = tables["dimensions"], tables["indicators"]
    everywhere = set(dimensions.loc[dimensions["cycle_id"].isna(), "dimension_id"])
    of_cycle = dimensions.dropna(subset=["cycle_id"]).groupby("cycle_id")["dimension_id"].agg(set)
    for cycle, rows in indicators.dropna(subset=["cycle_id"]).groupby("cycle_id"):
        here = everywhere | of_cycle.get(cycle, set())
        somewhere = rows[rows["dimension_id"].isin(dimensions["dimension_id"])]
        strange = somewhere[~somewhere["dimension_id"].isin(list(here))]
        if len(strange):
            text = N_("{ids} is not in force in the cycle {cycle}.")
            values = {"ids": name_some(strange["dimension_id"].unique(), most=5), "cycle": cycle}
            fix = N_("Add its row for that cycle to dimensions.")
            yield Finding(
                "error", "indicators", text, row=name_some(strange.index), column="dimension_id", fix=fix, values=values
            )


def _unknown_roles(plan: pd.DataFrame, subjects: pd.DataFrame) -> Iterator[Finding]:
    if len(subjects):
        yield from _report(plan["role_id"], subjects["role_id"], "plan", "role_id", "subjects")


def _unknown_sources(indicators: pd.DataFrame) -> Iterator[Finding]:
    """Find indicators said to be computed from something that is no indicator, or from themselves."""
    made_of = indicators["computed_from"].dropna().str.split().explode().dropna()
    yield from _report(made_of, indicators["indicator_id"], "indicators", "computed_from", "indicators")
    itself = made_of.index[(made_of == indicators["indicator_id"].reindex(made_of.index)).to_numpy()]
    if len(itself):
        text = N_("An indicator is said to be computed from itself.")
        fix = N_("Name the other indicators it is computed from, or leave it blank.")
        yield Finding("error", "indicators", text, row=name_some(itself), column="computed_from", fix=fix)


def _unknown_items(tables: Tables) -> Iterator[Finding]:
    """Find published scores of a dimension or indicator that does not exist, or a total that names one."""
    published = tables["published"]
    for level, table in (("dimension", "dimensions"), ("indicator", "indicators")):
        rows = published.loc[published["level"] == level, "item_id"]
        known = tables[table][f"{level}_id"]
        if known.notna().any():
            yield from _report(rows, known, "published", "item_id", table)
        if rows.isna().any():
            yield _blank_item(rows.index[rows.isna()])


def _blank_item(rows: pd.Index) -> Finding:
    text = N_("A score of a dimension or indicator must say which.")
    return Finding("error", "published", text, row=name_some(rows), column="item_id", fix=N_("Fill in item_id."))
