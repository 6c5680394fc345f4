"""Display table of pairs with the others held fixed."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.partial import STRONG
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, p_value, text
from kpianalysis.wording.common import number_of
from kpianalysis.wording.direct import rows_used, verdict


def direct(table: pd.DataFrame, names: Names, most: int = 15) -> DisplayTable | None:
    """Show what is left of each strong pair when the others are held fixed; None without a strong pair.

    Parameters
    ----------
    table : DataFrame
        `partial_correlation`.
    names : Names
    most : int
        Pairs to show, the strongest.
    """
    _ = translator(names.lang)
    lang = names.lang
    strong = table[table["verdict"] != ""]
    rows = named(strong, names.item, ["indicator_i", "indicator_j"]).assign(
        verdict=[verdict(code, lang) for code in strong["verdict"]]
    )
    columns = [
        ("indicator_i", _("indicator"), text),
        ("indicator_j", _("and"), text),
        ("correlation", _("correlation"), fixed(2, lang)),
        ("partial", _("others held fixed"), fixed(2, lang)),
        ("partial_low", _("interval from"), fixed(2, lang)),
        ("partial_high", _("to"), fixed(2, lang)),
        ("p_adjusted", _("adjusted p"), p_value(lang)),
        ("verdict", _("the pair"), text),
    ]
    if strong["p"].isna().all():
        columns = [column for column in columns if column[0] not in ("partial_low", "partial_high", "p_adjusted")]
    caption = _("Pairs from {strong} on, with the others held fixed").format(strong=number_of(STRONG, lang))
    note = _("Where three or more say the same, each pair of them looks as if it were through the third.")
    return make(rows, columns, caption, note=" ".join([rows_used(table, names), note]).strip(), most=most, lang=lang)
