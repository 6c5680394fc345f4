"""Display tables of how far weights may move."""

from __future__ import annotations

import math

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, shares, text


def intervals(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show between which weights the first place, the top, the order and the grades stay, a row for each weight."""
    _ = translator(names.lang)
    if table.empty:
        return None
    top = number(table.loc[table["result"] == "top", "places"].max(), 0, names.lang)
    labels = {
        "first": _("the first place stays"),
        "top": _("the first {n} stay").format(n=top),
        "order": _("the whole order stays"),
        "grades": _("every grade stays"),
    }
    shown = [name for name in labels if (table["result"] == name).any()]
    ends = zip(table["low"], table["high"], strict=True)
    written = table.assign(between=[_between(low, high, names.lang) for low, high in ends])
    keys = ["level", "item_id"]
    wide = written.pivot(index=keys, columns="result", values="between").reset_index()
    order = table.drop_duplicates(keys)[[*keys, "weight"]]
    rows = order.merge(wide, on=keys, validate="one_to_one")
    columns = [("item_id", _("weight of"), text), ("weight", _("stated"), shares(1, names.lang))]
    columns += [(name, labels[name], text) for name in shown]
    note = _(
        "Shares of the total. One weight moves, the others of its group share the rest in proportion; – : it cannot."
    )
    caption = _("How far each weight may move")
    return make(named(rows, names.item, ["item_id"]), columns, caption, note=note, lang=names.lang, collapsed=True)


def _between(low: float, high: float, lang: str) -> str:
    if math.isnan(low + high):
        return "–"
    ends = {"low": percent(low, 1, lang), "high": percent(high, 1, lang)}
    return translator(lang)("{low} to {high}").format(**ends)


def flips(table: pd.DataFrame, names: Names, most: int = 10) -> DisplayTable | None:
    """Show the grades that the smallest move of a single weight changes, and which weight that is."""
    _ = translator(names.lang)
    lang = names.lang
    rows = table.dropna(subset=["move"]).assign(move=lambda found: 100 * found["move"])
    rows = rows.assign(new_grade=rows["new_grade"].astype("object").where(rows["new_grade"].notna(), _("none")))
    rows = named(named(rows, names.subject, ["subject_id"]), names.item, ["item_id"])
    columns = [
        ("subject_id", _("subject"), text),
        ("total", _("total, points"), fixed(1, lang)),
        ("grade", _("grade"), text),
        ("item_id", _("the weight of"), text),
        ("weight", _("from"), shares(1, lang)),
        ("flip_weight", _("to"), shares(2, lang)),
        ("move", _("move, percentage points"), fixed(2, lang)),
        ("new_grade", _("gives grade"), text),
    ]
    note = _("Each subject's own weights; the smallest move of one weight, the others of its group in proportion.")
    caption = _("What changes a grade with the least move")
    return make(rows, columns, caption, note=note, most=most, lang=lang)
