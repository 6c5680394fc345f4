"""Display tables of the indicator correlation report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH, SAY_SAME, UNLIKELY, redundant_pairs
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, intervals, make, named, p_value, shares, signed, text
from kpianalysis.wording.common import number_of
from kpianalysis.wording.correlation import level_of


def pairs(table: pd.DataFrame, names: Names, most: int | None = None, caption: str = "") -> DisplayTable | None:
    """Show pairs of indicators with n, Spearman's ρ and what it says, Pearson's r and Kendall's τ, each with interval.

    Parameters
    ----------
    table : DataFrame
        `correlation`.
    names : Names
    most : int, optional
        Rows to show.
    caption : str
        Blank: the strongest first.
    """
    _ = translator(names.lang)
    lang = names.lang
    same = redundant_pairs(table).index
    enough = table["n"] >= ENOUGH
    # Chance makes the strongest correlations of the fewest subjects: these stand last, and no p vouches for them.
    table = pd.concat([table[enough], table[~enough]])
    p_values = ["spearman_p_adjusted", "pearson_p_adjusted", "kendall_p_adjusted"]
    table = table.assign(**{name: table[name].where(enough) for name in p_values})
    rows = named(table, names.item, ["indicator_i", "indicator_j"]).assign(
        says=[_says(row, row.Index in same, lang) for row in table.itertuples()],
        interval=intervals(table["ci_low"], table["ci_high"], 2, lang),
        pearson_interval=intervals(table["pearson_low"], table["pearson_high"], 2, lang),
        kendall_interval=intervals(table["kendall_low"], table["kendall_high"], 2, lang),
    )
    interval = _("{level} interval").format(level=level_of(table, lang))
    columns = [
        ("indicator_i", _("indicator"), text),
        ("indicator_j", _("and"), text),
        ("n", _("n"), fixed(0, lang)),
        ("spearman", _("Spearman ρ"), fixed(2, lang)),
        ("interval", interval, text),
        ("says", _("what that says"), text),
        ("spearman_p_adjusted", _("adjusted p"), p_value(lang)),
        ("pearson", _("Pearson r"), fixed(2, lang)),
        ("pearson_interval", interval, text),
        ("pearson_p_adjusted", _("adjusted p"), p_value(lang)),
        ("kendall", _("Kendall τ"), fixed(2, lang)),
        ("kendall_interval", interval, text),
        ("kendall_p_adjusted", _("adjusted p"), p_value(lang)),
    ]
    return make(
        rows, columns, caption or _("Pairs, the strongest first"), note=_how_to_read(table, lang), most=most, lang=lang
    )


def all_pairs(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show every pair, folded up."""
    _ = translator(names.lang)
    shown = pairs(table, names, caption=_("All {n} pairs").format(n=number(len(table), 0, names.lang)))
    return shown and replace(shown, collapsed=True)


def by_values(table: pd.DataFrame, names: Names, most: int | None = None) -> DisplayTable | None:
    """Show ρ of scores, attainments and actuals beside each other, and how many are at cap and floor.

    Parameters
    ----------
    table : DataFrame
        `correlations_by_values`.
    names : Names
    most : int, optional
        Rows to show.
    """
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("indicator_i", _("indicator"), text),
        ("indicator_j", _("and"), text),
        ("n", _("n"), fixed(0, lang)),
        ("score", _("ρ of scores"), fixed(2, lang)),
        ("attainment", _("of attainments"), fixed(2, lang)),
        ("actual", _("of actuals"), fixed(2, lang)),
        ("hidden", _("hidden by scores"), signed(2, lang)),
        ("top", _("at the highest score"), text),
        ("bottom", _("at the lowest score"), text),
    ]
    note = _(
        "Hidden: how much stronger ρ is on actuals than on scores. Where many share the highest score (a cap) or the "
        "lowest (a floor), ρ of scores cannot see what sets them apart. The last columns: of the first indicator, of "
        "the second."
    )
    caption = _("What scores hide, the most first")
    rows = named(table, names.item, ["indicator_i", "indicator_j"]).assign(
        top=_both(table["share_top_i"], table["share_top_j"], lang),
        bottom=_both(table["share_bottom_i"], table["share_bottom_j"], lang),
    )
    return make(rows, columns, caption, note=note, most=most, lang=lang)


def _both(first: pd.Series, second: pd.Series, lang: str) -> list[str]:
    """Write the shares of two indicators beside each other: 4%, 12%."""
    write, both = shares(0, lang), translator(lang)("{first}, {second}")
    return [both.format(first=write(a), second=write(b)) for a, b in zip(first, second, strict=True)]


# Any: a row of itertuples has no type of its own.
def _says(row: Any, same: bool, lang: str) -> str:
    """Say in words what ρ of one pair says."""
    _ = translator(lang)
    if pd.isna(row.spearman):
        return _("cannot be compared")
    if row.n < ENOUGH:
        return _("too few subjects")
    if same:
        return _("say the same") if row.spearman > 0 else _("say the opposite")
    if row.spearman_p_adjusted < UNLIKELY:
        return _("move together") if row.spearman > 0 else _("move against each other")
    return _("nothing sure")


def _how_to_read(table: pd.DataFrame, lang: str) -> str:
    """Say what the columns mean, and where the intervals come from."""
    _ = translator(lang)
    texts = [
        _(
            "Say the same: |ρ| at least {same}, adjusted p below {unlikely}, at least {enough} subjects. p is adjusted "
            "for the number of pairs after Benjamini and Hochberg; with fewer than {enough} subjects there is none, "
            "and the pair stands last. τ is τ-b."
        ).format(same=number_of(SAY_SAME, lang), unlikely=number_of(UNLIKELY, lang), enough=number_of(ENOUGH, lang))
    ]
    if len(table) and table["draws"].iloc[0]:
        text = _("Intervals of ρ and r from {draws} resamples of the subjects.")
        texts.append(text.format(draws=number(table["draws"].iloc[0], 0, lang)))
    return " ".join(texts)
