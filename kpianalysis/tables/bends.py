"""Display table of pairs that go together along a bend."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, p_value, text


def beyond(table: pd.DataFrame, names: Names, most: int = 10) -> DisplayTable | None:
    """Show the pairs that rank correlation misses; None where there is none.

    Parameters
    ----------
    table : DataFrame
        `dependence`.
    names : Names
    most : int
        Pairs to show, those that depend most on each other.
    """
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("indicator_i", _("indicator"), text),
        ("indicator_j", _("and"), text),
        ("n", _("n"), fixed(0, lang)),
        ("spearman", _("Spearman ρ"), fixed(2, lang)),
        ("spearman_p_adjusted", _("adjusted p of ρ"), p_value(lang)),
        ("distance_correlation", _("distance correlation"), fixed(2, lang)),
        ("p_adjusted", _("its adjusted p"), p_value(lang)),
        ("bend_p_adjusted", _("adjusted p of the bend"), p_value(lang)),
    ]
    note = _(
        "Distance correlation of the ranks: 0 nothing in common, 1 the same order; the bend is what a straight line "
        "through the ranks leaves over."
    )
    rows = named(table[table["beyond_rank"]], names.item, ["indicator_i", "indicator_j"])
    return make(rows, columns, _("Related along a bend, and not by rank"), note=note, most=most, lang=lang)
