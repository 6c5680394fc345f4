"""Display tables of what could be dropped, each with its consequence."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import Cell, fixed, make, named, shares, text
from kpianalysis.wording.drop_candidates import candidates_of, reason


def candidates(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the indicators there is a reason to drop, and what would change without each.

    Parameters
    ----------
    table : DataFrame
        `drop_candidates`.
    names : Names
    """
    _ = translator(names.lang)
    return _table(candidates_of(table), names, _("What could be dropped, and what would change"), with_reason=True)


def consequences(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the same of every other indicator: what would change without it."""
    _ = translator(names.lang)
    # Where nothing changes because nobody has a total, there is nothing to show.
    some = table["spearman"].notna() | (table["n_without_total"] > 0)
    rest = table[table["place"].isna() & some].sort_values("spearman", ascending=False, kind="stable")
    caption = _("What would change without each of the other indicators")
    if table["place"].isna().all():
        caption = _("What would change without each indicator")
    return _table(rest, names, caption, with_reason=False)


def _table(table: pd.DataFrame, names: Names, caption: str, *, with_reason: bool) -> DisplayTable | None:
    _ = translator(names.lang)
    lang = names.lang
    rows = named(table, names.item, ["indicator_id"]).assign(
        why=[_reason(row, names) for _i, row in table.iterrows()],
        grades=[_grades(row, lang) for _i, row in table.iterrows()],
        with_whom=[_strongest(row, names) for _i, row in table.iterrows()],
    )
    columns: list[tuple[str, str, Cell]] = [("indicator_id", _("without"), text)]
    if with_reason:
        columns.append(("why", _("reason"), text))
    columns.append(("weight", _("weight"), shares(1, lang)))
    if table["n_grade_changes"].notna().any():
        columns.append(("grades", _("grades that change"), text))
    columns += [
        ("spearman", _("order kept (ρ)"), fixed(3, lang)),
        ("mean_shift", _("mean shift of rank"), fixed(1, lang)),
        ("most_shift", _("largest shift"), fixed(0, lang)),
        ("information_lost", _("information lost"), shares(0, lang)),
        ("with_whom", _("goes most with (ρ)"), text),
        ("missing", _("missing"), shares(1, lang)),
    ]
    if (table["n_without_total"] > 0).any():
        columns.append(("n_without_total", _("left without a total"), fixed(0, lang)))
    note = _(
        "Each one alone: its weight goes to the others of its dimension. Order kept: rank correlation of the totals "
        "without it with the full ones; 1 is the same order. Information lost: what the others cannot tell of it."
    )
    return make(rows, columns, caption, note=note, lang=lang, collapsed=not with_reason)


def _reason(row: pd.Series, names: Names) -> str:
    """Write the reason, and what goes with it."""
    _ = translator(names.lang)
    texts = [reason(row, names)]
    if row["empties_dimension"]:
        texts.append(_("its dimension would be empty"))
    if row["by_construction"]:
        texts.append(_("made from the same numbers"))
    return "; ".join(text for text in texts if text)


def _grades(row: pd.Series, lang: str) -> str:
    if pd.isna(row["n_grade_changes"]):
        return ""
    text = translator(lang)("{n} ({share})")
    return text.format(n=number(row["n_grade_changes"], 0, lang), share=percent(row["grades_changed"], 0, lang))


def _strongest(row: pd.Series, names: Names) -> str:
    if pd.isna(row["strongest_rho"]):
        return ""
    text = translator(names.lang)("{name} ({rho})")
    return text.format(name=names.item(row["strongest_id"]), rho=number(row["strongest_rho"], 2, names.lang))
