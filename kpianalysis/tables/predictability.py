"""Display tables about which indicators could be predicted from the rest."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.redundancy.predictability import EXACT_SUM
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, intervals, make, named, shares, text
from kpianalysis.wording.predictability import percent_from_zero, why_left_out


def inflation(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how well each indicator is predicted by the others, and mostly by which two; None where none can be.

    Parameters
    ----------
    table : DataFrame
        `variance_inflation`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    if table["r_squared"].isna().all():
        return None
    exact = _("an exact sum of others, or the same as another")
    rows = named(table, names.item, ["indicator_id"]).assign(
        explained=[percent_from_zero(value, lang) for value in table["adjusted_r_squared"]],
        interval=intervals(table["adjusted_low"], table["adjusted_high"], 0, lang, as_share=True),
        by=[_predictors(row, names) for _i, row in table.iterrows()],
        why=[exact if reason == EXACT_SUM else "" for reason in table["reason"]],
    )
    columns = [
        ("indicator_id", _("indicator"), text),
        ("explained", _("explained by the others"), _right),
        ("interval", _("its interval"), _right),
        ("by", _("mostly by"), text),
        ("r_squared_of_two", _("by these alone"), shares(0, lang)),
        ("vif", _("variance inflation"), fixed(2, lang)),
        ("r_squared", _("explained, chance included"), shares(0, lang)),
        ("why", _("remark"), text),
    ]
    if (table["reason"] == "").all():
        columns = columns[:-1]
    return make(
        rows, columns, _("How well each could be predicted from the rest"), note=_how_to_read(table, lang), lang=lang
    )


def not_predicted(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show which indicators take no part, and why.

    Parameters
    ----------
    table : DataFrame
        `not_predicted`.
    names : Names
    """
    _ = translator(names.lang)
    rows = named(table, names.item, ["indicator_id"])
    rows = rows.assign(reason=[why_left_out(reason, names.lang) for reason in table["reason"]])
    columns = [
        ("indicator_id", _("indicator"), text),
        ("reason", _("left out because it"), text),
        ("n", _("subjects that have it"), fixed(0, names.lang)),
        ("n_subjects", _("of"), fixed(0, names.lang)),
    ]
    return make(rows, columns, _("Left out where all are looked at together"), lang=names.lang, collapsed=True)


def _right(value: object) -> str:
    """Write text that is a number, so that it stands right."""
    return str(value)


def _predictors(row: pd.Series, names: Names) -> str:
    """Name the best two with their coefficients; blank where what the others explain may be chance."""
    is_real = row["reason"] == EXACT_SUM or row["adjusted_low"] > 0
    if not is_real or not row["first"]:
        return ""
    one = translator(names.lang)("{name} ({coefficient})")
    found = [(row["first"], row["first_coefficient"]), (row["second"], row["second_coefficient"])]
    return "; ".join(
        one.format(name=names.item(item), coefficient=number(coefficient, 2, names.lang, signed=True))
        for item, coefficient in found
        if item
    )


def _how_to_read(table: pd.DataFrame, lang: str) -> str:
    """Say what the columns mean, and on how many subjects they rest."""
    _ = translator(lang)
    first = table.iloc[0]
    note = _(
        "From the {n} of {all} subjects with every indicator shown. Explained: share of the indicator's spread, what "
        "as many unrelated indicators would explain by chance ({chance}) taken off. Mostly by: the two that explain "
        "most between them, with standardised coefficients; blank where it may be chance. Variance inflation: "
        "1/(1 − share explained, chance included); 5 and 10 are common limits."
    )
    note = note.format(
        n=number(first["n"], 0, lang),
        all=number(first["n_subjects"], 0, lang),
        chance=percent(first["by_chance"], 0, lang),
    )
    if first["n"] < ENOUGH:
        note += " " + _("Fewer than {n} subjects: no conclusion.").format(n=ENOUGH)
    return note
