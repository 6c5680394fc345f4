"""Display tables of the weight sensitivity report."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, shares, text


def weights(table: pd.DataFrame, names: Names, caption: str = "") -> DisplayTable | None:
    """Show nominal against effective weights."""
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("item_id", _("item"), text),
        ("weight", _("nominal weight"), shares(1, lang)),
        ("effective_weight", _("effective weight"), shares(1, lang)),
        ("ratio", _("ratio"), fixed(2, lang)),
    ]
    note = _("Effective weight: share of the spread of totals. Below zero the indicator works against the others.")
    return make(
        named(table, names.item, ["item_id"]),
        columns,
        caption or _("Nominal and effective weights"),
        note=note,
        lang=lang,
    )


def left_out(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what ranks and grades would do without each indicator."""
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("indicator_id", _("without"), text),
        ("mean_shift", _("mean shift of rank"), fixed(1, lang)),
        ("most_shift", _("largest shift"), fixed(0, lang)),
        ("n_grade_changes", _("grades that change"), fixed(0, lang)),
        ("n_without_total", _("left without a total"), fixed(0, lang)),
    ]
    note = _("The weight of the indicator goes to the others of its dimension.")
    return make(named(table, names.item, ["indicator_id"]), columns, _("One indicator left out"), note=note, lang=lang)


def dimension_weights(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show nominal against effective weights of the dimensions."""
    return weights(table, names, translator(names.lang)("The same for dimensions"))


def fragile(ranks: pd.DataFrame, names: Names, most: int = 10) -> DisplayTable | None:
    """Show the grades that change most often under other weights; without grades the widest rank intervals."""
    _ = translator(names.lang)
    lang = names.lang
    width = ranks["rank_high"] - ranks["rank_low"]
    key = width if ranks["p_grade_changes"].isna().all() else ranks["p_grade_changes"]
    rows = ranks.assign(width=width, key=key).sort_values("key", ascending=False, kind="stable")
    columns = [
        ("subject_id", _("subject"), text),
        ("total", _("total, points"), fixed(1, lang)),
        ("rank", _("rank"), fixed(0, lang)),
        ("rank_low", _("rank interval from"), fixed(0, lang)),
        ("rank_high", _("to"), fixed(0, lang)),
        ("grade", _("grade"), text),
        ("p_grade_changes", _("chance that the grade changes"), shares(0, lang)),
    ]
    if ranks["p_grade_changes"].isna().all():
        columns = columns[:5]
    return make(named(rows, names.subject, ["subject_id"]), columns, _("The least safe results"), most=most, lang=lang)
