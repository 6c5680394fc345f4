"""Display table of uncertain weights: the share of the spread of ranks that each makes."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import make, named, shares, text


def indices(table: pd.DataFrame, names: Names, most: int = 15) -> DisplayTable | None:
    """Show how much of the spread each uncertain weight makes, with the interval of the estimate."""
    _ = translator(names.lang)
    lang = names.lang
    rows = table.dropna(subset=["total"])
    kinds = {"indicator": _("indicator"), "dimension": _("dimension")}
    rows = rows.assign(
        level=[kinds[level] for level in rows["level"]],
        first_interval=_intervals(rows, "first", lang),
        total_interval=_intervals(rows, "total", lang),
    )
    columns = [
        ("item_id", _("weight of"), text),
        ("level", _("kind"), text),
        ("first", _("by itself"), shares(1, lang)),
        ("first_interval", _("interval"), text),
        ("total", _("with its part in the interplay"), shares(1, lang)),
        ("total_interval", _("interval"), text),
    ]
    note = _("Estimates: an interval that reaches below 0% or above 100% says how uncertain they are.")
    caption = _("Which uncertain weights make the ranks uncertain")
    return make(named(rows, names.item, ["item_id"]), columns, caption, note=note, most=most, lang=lang)


def _intervals(rows: pd.DataFrame, index: str, lang: str) -> list[str]:
    ends = zip(rows[f"{index}_low"], rows[f"{index}_high"], strict=True)
    text = translator(lang)("{low} to {high}")
    return [text.format(low=percent(low, 1, lang), high=percent(high, 1, lang)) for low, high in ends]
