"""Display tables about what the data allow: how many, how varied, who is missing, what is built from what."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import UNLIKELY
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, p_value, shares, text
from kpianalysis.wording.data_limits import construction_reason


def limits(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show of each indicator how many have it, how varied it is, and how many stand at either end."""
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("indicator_id", _("indicator"), text),
        ("n", _("n"), fixed(0, lang)),
        ("missing", _("missing"), shares(0, lang)),
        ("distinct", _("different values"), fixed(0, lang)),
        ("lowest", _("at the lowest"), shares(0, lang)),
        ("highest", _("at the highest"), shares(0, lang)),
    ]
    note = _("At the lowest, at the highest: share of those with a value who share the lowest or highest anyone has.")
    rows = named(table, names.item, ["indicator_id"])
    return make(rows, columns, _("How many, and how varied"), note=note, lang=lang, collapsed=True)


def patterns(table: pd.DataFrame, names: Names, most: int = 8) -> DisplayTable | None:
    """Show what being missing goes with most surely, indicator by indicator, as far as it is no accident."""
    _ = translator(names.lang)
    lang = names.lang
    # The surest thing it goes with is enough for each.
    sure = table[table["p_adjusted"] < UNLIKELY].drop_duplicates("indicator_id").reset_index(drop=True)
    kinds = {"unit_id": _("unit"), "role_id": _("role"), "indicator": _("other indicator")}
    is_item = sure["related_to"] == "indicator"
    with_what = [names.item(item) if other else str(item) for item, other in zip(sure["item_id"], is_item, strict=True)]
    rows = named(sure, names.item, ["indicator_id"]).assign(
        related_to=[kinds[kind] for kind in sure["related_to"]], item_id=with_what
    )
    columns = [
        ("indicator_id", _("missing indicator"), text),
        ("related_to", _("goes with"), text),
        ("item_id", _("which"), text),
        ("n_missing", _("missing"), fixed(0, lang)),
        ("n", _("of"), fixed(0, lang)),
        ("strength", _("strength"), fixed(2, lang)),
        ("p_adjusted", _("adjusted p"), p_value(lang)),
    ]
    note = _(
        "Strength: of a unit or role Cramér's V, with the one where most are missing; of an indicator the rank "
        "correlation, positive where those who lack the first do better in the second."
    )
    return make(rows, columns, _("Missing, and no accident"), note=note, most=most, lang=lang)


def construction(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the pairs that are built from each other or from the same numbers."""
    _ = translator(names.lang)
    columns = [("indicator_i", _("indicator"), text), ("indicator_j", _("and"), text), ("reason", _("how"), text)]
    rows = named(table, names.item, ["indicator_i", "indicator_j"])
    rows = rows.assign(reason=[construction_reason(reason, names.lang) for reason in table["reason"]])
    note = _("A correlation of these says nothing about what they measure.")
    return make(rows, columns, _("Linked by construction"), note=note, lang=names.lang)
