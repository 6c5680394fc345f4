"""Display tables of how many different things are measured."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.redundancy.dimensionality import least_loading
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import Cell, fixed, make, named, shares, text

# Components to show, and themes that fit side by side.
MOST_ROWS, MOST_COLUMNS = 10, 6


def components(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how large each component is, and how large chance would make it.

    Parameters
    ----------
    table : DataFrame
        `parallel_analysis`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = table.assign(beyond=[_("yes") if keep else _("no") for keep in table["keep"]])
    level = percent(table["level"].iloc[0], 0, lang) if len(table) else ""
    columns = [
        ("component", _("component"), fixed(0, lang)),
        ("eigenvalue", _("size (eigenvalue)"), fixed(2, lang)),
        ("share", _("share of the spread"), shares(1, lang)),
        ("cumulative", _("so far"), shares(1, lang)),
        ("random_mean", _("by chance, on average"), fixed(2, lang)),
        ("random_high", _("by chance, {level} below").format(level=level), fixed(2, lang)),
        ("beyond", _("beyond chance"), text),
    ]
    note = _(
        "Size 1 is as much as one indicator. Chance: the values of each indicator shuffled among its subjects, "
        "{draws} times."
    ).format(draws=number(table["draws"].iloc[0], 0, lang) if len(table) else "")
    return make(rows, columns, _("Components, the largest first"), note=note, most=MOST_ROWS, lang=lang)


def loadings(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how closely each indicator goes with each theme, grouped by the theme it belongs to; none below 20 subjects.

    Parameters
    ----------
    table : DataFrame
        `component_loadings` of the components to keep.
    names : Names
    """
    if table.empty or table["n"].iloc[0] < ENOUGH:
        return None
    _ = translator(names.lang)
    lang = names.lang
    shown = list(table["component"].unique()[:MOST_COLUMNS])
    share = table.drop_duplicates("component").set_index("component")["share"]
    heading = _("theme {n} ({share})")
    columns: list[tuple[str, str, Cell]] = [("indicator_id", _("indicator"), text)]
    for place in shown:
        label = heading.format(n=number(place, 0, lang), share=percent(share[place], 0, lang))
        columns.append((str(place), label, fixed(2, lang)))
    columns.append(("theme", _("belongs to theme"), text))
    note = _(
        "Correlation of the indicator with the theme, turned so that each goes with few (varimax); beside a theme its "
        "share of the spread. An indicator belongs to a theme from {least} on with {n} subjects; blank: to none."
    ).format(least=number(least_loading(int(table["n"].iloc[0])), 2, lang), n=number(table["n"].iloc[0], 0, lang))
    rows = named(_by_theme(table, lang), names.item, ["indicator_id"])
    return make(rows, columns, _("What makes each theme"), note=note, lang=lang)


def _by_theme(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Give each indicator a row and each theme a column, the members of the first theme first, the closest before."""
    wide = table.pivot(index="indicator_id", columns="component", values="loading").rename(columns=str)
    theme = table[table["belongs"]].set_index("indicator_id")["component"].reindex(wide.index)
    order = pd.DataFrame({"theme": theme, "size": -wide.abs().max(axis=1)}).sort_values(["theme", "size"]).index
    return wide.assign(theme=["" if pd.isna(n) else number(n, 0, lang) for n in theme]).loc[order].reset_index()
