"""Display tables of the indicator correlation report."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, p_value, shares, text


def pairs(table: pd.DataFrame, names: Names, most: int | None = None, caption: str = "") -> DisplayTable | None:
    """Show pairs of indicators with n, both coefficients, adjusted p and interval."""
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("indicator_i", _("indicator"), text),
        ("indicator_j", _("and"), text),
        ("n", _("n"), fixed(0, lang)),
        ("spearman", _("Spearman ρ"), fixed(2, lang)),
        ("ci_low", _("95% interval from"), fixed(2, lang)),
        ("ci_high", _("to"), fixed(2, lang)),
        ("spearman_p_adjusted", _("adjusted p"), p_value(lang)),
        ("pearson", _("Pearson r"), fixed(2, lang)),
        ("pearson_p", _("p of r"), p_value(lang)),
    ]
    rows = named(table, names.item, ["indicator_i", "indicator_j"])
    note = _("p of ρ is adjusted for the number of pairs after Benjamini and Hochberg.")
    return make(rows, columns, caption or _("Pairs, the strongest first"), note=note, most=most, lang=lang)


def all_pairs(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show every pair, folded up."""
    _ = translator(names.lang)
    shown = pairs(table, names, caption=_("All {n} pairs").format(n=number(len(table), 0, names.lang)))
    return shown and replace(shown, collapsed=True)


def groups(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the groups with more than one member."""
    _ = translator(names.lang)
    together = table[table["group"] > 0].sort_values(["group", "place"])
    columns = [("group", _("group"), fixed(0, names.lang)), ("indicator_id", _("indicator"), text)]
    note = _("Grouped where the mean |ρ| reaches 0.5; indicators on their own are not listed.")
    return make(
        named(together, names.item, ["indicator_id"]),
        columns,
        _("Groups that move together"),
        note=note,
        lang=names.lang,
    )


def inflation(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how well each indicator is predicted by the others."""
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("indicator_id", _("indicator"), text),
        ("vif", _("variance inflation"), fixed(2, lang)),
        ("r_squared", _("share explained by the others"), shares(0, lang)),
        ("n", _("n"), fixed(0, lang)),
    ]
    note = _("Only subjects with every indicator; indicators that fewer than half of the subjects have are left out.")
    return make(named(table, names.item, ["indicator_id"]), columns, _("Variance inflation"), note=note, lang=lang)
