"""Display tables of small units: shrunken means and funnels."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.fairness.funnel import FAR, INSIDE, WATCH
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, intervals, make, shares, text

# Longer lists are folded up.
MOST_OPEN = 20


def group_label(by: str, lang: str) -> str:
    """What a group is called in a heading: unit, role, or subject."""
    _ = translator(lang)
    return {"unit_id": _("unit"), "role_id": _("role"), "subject_id": _("subject")}[by]


def shrunken(table: pd.DataFrame, names: Names, by: str = "unit_id", unit: str = "") -> DisplayTable | None:
    """Show raw means beside what they probably are, with place and its interval.

    Parameters
    ----------
    table : DataFrame
        `shrunken_means`, of the whole.
    names : Names
    by : {"unit_id", "role_id"}
    unit : str
        The only group to show; blank: all of them.
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = table[table["group_id"] == unit] if unit else table
    if rows["shrunken"].isna().all():
        return None
    rows = rows.assign(
        interval=intervals(rows["low"], rows["high"], 1, lang),
        places=intervals(rows["rank_low"], rows["rank_high"], 0, lang),
    )
    columns = [
        ("group_id", group_label(by, lang), text),
        ("n", _("subjects"), fixed(0, lang)),
        ("raw", _("raw mean"), fixed(1, lang)),
        ("raw_rank", _("place by it"), fixed(0, lang)),
        ("shrunken", _("probable mean"), fixed(1, lang)),
        ("interval", _("its interval"), text),
        ("rank", _("place by it"), fixed(0, lang)),
        ("places", _("place between"), text),
        ("weight", _("weight of the raw mean"), shares(0, lang)),
    ]
    text_ = _(
        "Probable mean: the raw one pulled towards the mean of the units, {mean}, the more the fewer subjects. "
        "Intervals for {confidence}; equal means share a place."
    )
    note = text_.format(
        confidence=percent(rows["confidence"].iloc[0], 0, lang), mean=number(rows["grand_mean"].iloc[0], 1, lang)
    )
    return make(rows, columns, _("Means, allowing for size"), note=note, lang=lang, collapsed=len(rows) > MOST_OPEN)


def funnel(table: pd.DataFrame, names: Names, by: str = "unit_id", unit: str = "") -> DisplayTable | None:
    """Show where each unit lies and the limits that its size allows, those outside first.

    Parameters
    ----------
    table : DataFrame
        `funnel`, of the whole.
    names : Names
    by : {"unit_id", "role_id", "subject_id"}
    unit : str
        The only group to show; blank: all of them.
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = table[table["group_id"] == unit] if unit else table
    rows = rows[rows["verdict"] != ""]
    if rows.empty:
        return None
    is_share = rows["kind"].iloc[0] == "proportion"
    write = shares(1, lang) if is_share else fixed(1, lang)
    said = {INSIDE: _("inside"), WATCH: _("outside the 95% limits"), FAR: _("outside the 99.8% limits")}
    rows = rows.assign(
        group_id=[names.subject(group) if by == "subject_id" else group for group in rows["group_id"]],
        verdict=[said[verdict] for verdict in rows["verdict"]],
    )
    columns = [
        ("group_id", group_label(by, lang), text),
        ("n", _("cases") if is_share else _("subjects"), fixed(0, lang)),
        ("value", _("share") if is_share else _("mean"), write),
        ("low", _("95% limits from"), write),
        ("high", _("to"), write),
        ("far_low", _("99.8% limits from"), write),
        ("far_high", _("to"), write),
        ("verdict", _("where it lies"), text),
    ]
    caption = _("Limits for totals, by size")
    if item := str(rows["item_id"].iloc[0]):
        caption = _("Limits for '{name}', by size").format(name=names.item(item))
    note = _("The mean of all is {centre}. Outside is a reason to look, not a verdict.").format(
        centre=write(rows["centre"].iloc[0])
    )
    return make(rows, columns, caption, note=note, lang=lang, collapsed=len(rows) > MOST_OPEN)
