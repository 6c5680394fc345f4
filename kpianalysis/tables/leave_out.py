"""Display tables of what is left out: an indicator, a dimension, a subject."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import Cell, fixed, make, named, text


def left_out(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what ranks and grades would do without each indicator."""
    _ = translator(names.lang)
    note = _("The weight of the indicator goes to the others of its dimension.")
    return _left_out(table, names, _("One indicator left out"), note)


def left_out_dimensions(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what ranks and grades would do without each dimension."""
    _ = translator(names.lang)
    note = _("The weight of the dimension goes to the other dimensions.")
    return _left_out(table, names, _("One dimension left out"), note)


def _left_out(table: pd.DataFrame, names: Names, caption: str, note: str) -> DisplayTable | None:
    _ = translator(names.lang)
    lang = names.lang
    # A page about one unit names nobody outside it.
    is_known = table["mover_id"].isin(list(names.subjects))
    rows = table.assign(
        mover_id=[names.subject(name) if known else "" for name, known in zip(table["mover_id"], is_known, strict=True)]
    )
    columns: list[tuple[str, str, Cell]] = [
        ("item_id", _("without"), text),
        ("mean_shift", _("mean shift of rank"), fixed(1, lang)),
        ("most_shift", _("largest shift"), fixed(0, lang)),
    ]
    if is_known.any():
        rows.loc[~is_known, ["mover_from", "mover_to"]] = float("nan")
        columns += [
            ("mover_id", _("who moves most"), text),
            ("mover_from", _("from rank"), fixed(0, lang)),
            ("mover_to", _("to rank"), fixed(0, lang)),
        ]
    columns.append(("kendall", _("order kept (tau)"), fixed(2, lang)))
    if table["n_grade_changes"].notna().any():
        columns += [
            ("n_grades_up", _("grades up"), fixed(0, lang)),
            ("n_grades_down", _("grades down"), fixed(0, lang)),
        ]
    if table["n_without_total"].any():
        columns.append(("n_without_total", _("left without a total"), fixed(0, lang)))
    shown = named(rows[table["mean_shift"].notna() | (table["n_without_total"] > 0)], names.item, ["item_id"])
    tau = _("Order kept: Kendall's tau-b between the ranks with and without it; 1 is the same order.")
    return make(shown, columns, caption, note=" ".join([note, tau]), lang=lang)


def reversals(table: pd.DataFrame, names: Names, most: int = 10) -> DisplayTable | None:
    """Show the subjects whose leaving reverses the order of most others; None where none does."""
    _ = translator(names.lang)
    lang = names.lang
    ids = ["subject_id", "ahead_id", "behind_id"]
    # A page about one unit names nobody outside it.
    known = table[ids].isin(list(names.subjects)).all(axis="columns")
    rows = table[(table["n_reversals"] > 0) & known]
    columns: list[tuple[str, str, Cell]] = [
        ("subject_id", _("who leaves"), text),
        ("n_reversals", _("pairs that reverse"), fixed(0, lang)),
        ("ahead_id", _("who was ahead"), text),
        ("behind_id", _("of whom"), text),
        ("gap_with", _("by points"), fixed(2, lang)),
        ("gap_without", _("by points, afterwards"), fixed(2, lang)),
    ]
    if table["n_grade_changes"].notna().any():
        columns.append(("n_grade_changes", _("grades of others that change"), fixed(0, lang)))
    note = _("The pair shown is the one that reverses furthest; below zero the other one is ahead.")
    caption = _("One subject left out: whose order reverses")
    return make(named(rows, names.subject, ids), columns, caption, note=note, most=most, lang=lang)
