"""Display tables of dimensions: whether their indicators measure one thing."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.redundancy.reliability import DIFFERENT, ONE, UNCLEAR
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, text


def dimensions(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show Cronbach's α of each dimension and of the whole, with its interval.

    Parameters
    ----------
    table : DataFrame
        `reliability`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    readings = {ONE: _("one thing"), DIFFERENT: _("different things"), UNCLEAR: _("either may hold")}
    level = percent(table["confidence"].iloc[0], 0, lang) if len(table) else ""
    rows = table.assign(
        dimension_id=[
            _("all together") if part == "all" else names.item(name)
            for part, name in zip(table["level"], table["dimension_id"], strict=True)
        ],
        reading=[readings.get(reading, "") for reading in table["reading"]],
    )
    columns = [
        ("dimension_id", _("dimension"), text),
        ("n_items", _("indicators"), fixed(0, lang)),
        ("n_left_out", _("left out"), fixed(0, lang)),
        ("n", _("n"), fixed(0, lang)),
        ("alpha", _("alpha"), fixed(2, lang)),
        ("alpha_low", _("{level} interval from").format(level=level), fixed(2, lang)),
        ("alpha_high", _("to"), fixed(2, lang)),
        ("alpha_standardised", _("alpha, equal spreads"), fixed(2, lang)),
        ("mean_correlation", _("mean correlation"), fixed(2, lang)),
        ("reading", _("measures"), text),
    ]
    note = _(
        "Cronbach's alpha: 1 where the indicators tell exactly the same, 0 where they have nothing in common, below 0 "
        "where they go against each other. n: subjects with all of them. Left out: fewer than half have it, or all "
        "score alike."
    )
    return make(rows, columns, _("Does a dimension measure one thing?"), note=note, lang=lang)


def items(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how each indicator goes with the rest of its dimension and of the scheme, and α without it.

    Parameters
    ----------
    table : DataFrame
        `item_reliability`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("dimension_id", _("dimension"), text),
        ("indicator_id", _("indicator"), text),
        ("n", _("n"), fixed(0, lang)),
        ("item_rest", _("with the rest of its dimension"), fixed(2, lang)),
        ("alpha", _("alpha"), fixed(2, lang)),
        ("alpha_without", _("alpha without it"), fixed(2, lang)),
        ("n_all", _("n, all indicators"), fixed(0, lang)),
        ("item_rest_all", _("with the rest of all"), fixed(2, lang)),
    ]
    note = _("With the rest: correlation with the sum of the others, without the indicator itself.")
    rows = named(table, names.item, ["dimension_id", "indicator_id"])
    return make(rows, columns, _("Each indicator against the rest"), note=note, lang=lang)
