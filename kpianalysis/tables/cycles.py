"""Display tables of cycles side by side: scores in each, the year against its parts, whose total moved most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import Cell, fixed, make, measured, named, shares, signed, text

# Subjects to show at either end of the list of changes.
ENDS = 8


def side_by_side(table: pd.DataFrame, names: Names, measure: str = "score") -> DisplayTable | None:
    """Show cycles side by side: the total, each dimension (bold) and its indicators.

    Parameters
    ----------
    table : DataFrame
        `cycle_table`.
    names : Names
    measure : {"score", "attainment", "share_met", "lost_points"}
    """
    _ = translator(names.lang)
    captions = {
        "score": _("Mean score, cycle by cycle"),
        "attainment": _("Median attainment, cycle by cycle"),
        "share_met": _("Share that met the target, cycle by cycle"),
        "lost_points": _("Points that the mean total lacks of 100, cycle by cycle"),
    }
    wide = _side_by_side(table, measure)
    if measure in ("attainment", "share_met"):
        wide = wide[wide["level"] == "indicator"]
    rows = wide.assign(item=[names.item(item) if item else _("total") for item in wide["item_id"]])
    write: Cell = fixed(1, names.lang)
    if measure in ("attainment", "share_met"):
        write = shares(0 if measure == "share_met" else 1, names.lang)
    shown = [name for name in rows.columns if name not in ("level", "item_id", "item")]
    columns = [("item", _("item"), text), *((name, str(name), write) for name in shown)]
    made = make(rows, columns, captions[measure], note=_note(table, names), lang=names.lang)
    bold = frozenset(np.flatnonzero(rows["level"] != "indicator").tolist())
    return made and replace(made, highlight=bold)


def year(check: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show whether the year's actuals are what its parts give, by indicator.

    Parameters
    ----------
    check : DataFrame
        `year_from_parts`.
    names : Names
    """
    _ = translator(names.lang)
    rules = {
        "sum": _("added"),
        "mean": _("mean of all periods"),
        "ratio": _("numerators and denominators added, then divided"),
        "last": _("the last value"),
        "max": _("the largest value"),
        "min": _("the smallest value"),
    }
    # What differs by rounding in the last of 15 digits is shown as no difference.
    differs = check["largest_difference"].where(check["n_equal"] < check["n"], 0.0)
    rows = check.assign(rule=[rules[rule] for rule in check["aggregation"]], differs=differs)
    columns = [
        ("indicator_id", _("indicator"), text),
        ("rule", _("year from its parts"), text),
        ("n", _("actuals"), fixed(0, names.lang)),
        ("n_equal", _("equal"), fixed(0, names.lang)),
        ("differs", _("largest difference"), measured(names.lang)),
    ]
    note = _("Equal: to nine digits. The year's scores come from these actuals and its own targets.")
    caption = _("The year against its parts")
    return make(
        named(rows, names.measured_in, ["indicator_id"]), columns, caption, note=note, lang=names.lang, collapsed=True
    )


def movers(changes: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show whose total rose and whose fell most since the cycle before.

    Parameters
    ----------
    changes : DataFrame
        `total_changes`.
    names : Names
    """
    _ = translator(names.lang)
    ends = changes if len(changes) <= 2 * ENDS else pd.concat([changes.head(ENDS), changes.tail(ENDS)])
    columns = [
        ("subject_id", _("subject"), text),
        ("before", _("before"), fixed(1, names.lang)),
        ("now", _("now"), fixed(1, names.lang)),
        ("change", _("change"), signed(1, names.lang)),
        ("change_all", _("since the first cycle shown"), signed(1, names.lang)),
        ("n", _("cycles"), fixed(0, names.lang)),
    ]
    note = _("Total in points. The largest changes are partly chance; a suggestion to look, not a verdict.")
    if len(ends) < len(changes):
        part = _("The largest rises and falls, {n} each, of {all} subjects.")
        note = part.format(n=ENDS, all=len(changes)) + " " + note
    caption = _("Largest rises and falls of the total")
    return make(named(ends, names.subject, ["subject_id"]), columns, caption, note=note, lang=names.lang)


def _side_by_side(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row per item, one column per cycle, each dimension followed by its indicators of today."""
    if table.empty:
        return pd.DataFrame(columns=["level", "item_id"])
    order = list(dict.fromkeys(table["cycle"]))
    latest = table.groupby(["level", "item_id"], sort=False)["dimension_id"].last()
    wide = table.pivot(index=["level", "item_id"], columns="cycle", values=measure).reindex(latest.index)[order]
    dimensions = [item for level, item in latest.index if level == "dimension"]
    place = {"": -1} | {name: at for at, name in enumerate(dimensions)}
    is_item = (latest.index.get_level_values("level") == "indicator").astype(int)
    within = latest.map(place).fillna(len(place)).to_numpy()
    wide = wide.iloc[np.lexsort((is_item, within))]
    return wide.rename_axis(columns=None).reset_index()


def _note(table: pd.DataFrame, names: Names) -> str:
    """Say what the cycles do not share."""
    _ = translator(names.lang)
    changed = table.loc[~table["same_rule"].astype(bool), "item_id"].nunique()
    whole = table.loc[table["is_whole"].astype(bool), "cycle"].unique()
    notes = []
    if len(whole):
        notes.append(
            _("{cycle} is scored from the periods of its parts against its own targets; it is not their mean.").format(
                cycle=whole[0]
            )
        )
    if changed:
        text = _("Indicators with another method, unit or direction in an earlier cycle: {n}; not like with like.")
        notes.append(text.format(n=changed))
    return " ".join(notes)
