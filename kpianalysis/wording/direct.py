"""Sentences about pairs that go together directly, or through others."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.partial import PARTLY, STAYS, STRONG, THROUGH, UNKNOWN
from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import shorten
from kpianalysis.wording.common import count, number_of


def directly(table: pd.DataFrame, names: Names) -> str:
    """Say what is left of strong pairs when the others are held fixed.

    Parameters
    ----------
    table : DataFrame
        `partial_correlation`.
    names : Names
    """
    _ = translator(names.lang)
    nothing = _cannot_tell(table, names)
    if nothing:
        return nothing
    strong = table[table["verdict"] != ""]
    values = {"strong": number_of(STRONG, names.lang), "n": count(len(strong), names.lang)}
    if strong.empty:
        return _("No pair has a correlation of {strong} or more, so none needs to be explained by others.").format(
            **values
        )
    if len(strong) == 1:
        return _one(strong.iloc[0], names)
    text = _(
        "Of {n} pairs with a correlation of {strong} or more, those that keep at least half of it when the other "
        "indicators are held fixed: {stays}; that keep a part: {partly}; that are mostly through others: {through}; of "
        "which it cannot be told: {unknown}."
    )
    verdicts = {"stays": STAYS, "partly": PARTLY, "through": THROUGH, "unknown": UNKNOWN}
    counts = {key: count((strong["verdict"] == verdict).sum(), names.lang) for key, verdict in verdicts.items()}
    return text.format(**values, **counts)


def most_direct(table: pd.DataFrame, names: Names) -> str:
    """Name the strong pair of which most is left, and the one of which least is; blank with fewer than two."""
    strong = table[table["verdict"].isin([STAYS, PARTLY, THROUGH])]
    if _cannot_tell(table, names) or len(strong) < 2:
        return ""
    left = (strong["partial"] / strong["correlation"]).round(12)
    first, last = (strong.iloc[int(place)] for place in (left.argmax(), left.argmin()))
    _ = translator(names.lang)
    text = _(
        "Most direct: '{a}' and '{b}' ({correlation}, and {partial} with the others held fixed); least: '{c}' and "
        "'{d}' ({least}, and {least_partial})."
    )
    return text.format(
        **_values(first, names),
        c=names.item(last["indicator_i"]),
        d=names.item(last["indicator_j"]),
        least=number(last["correlation"], 2, names.lang),
        least_partial=number(last["partial"], 2, names.lang),
    )


def rows_used(table: pd.DataFrame, names: Names) -> str:
    """Say how many subjects and indicators the answer rests on, and whether it was drawn towards 0; blank if empty."""
    _ = translator(names.lang)
    if table.empty:
        return ""
    first = table.iloc[0]
    text = _("Others are held fixed over the {n} of {all} subjects that have every indicator that takes part.")
    if first["n_left_out"]:
        text = _(
            "Others are held fixed over the {n} of {all} subjects that have every indicator that takes part; "
            "indicators that take no part, because fewer than half of the subjects have them or all have the same: "
            "{left}."
        )
    values = {"n": first["n"], "all": first["n_subjects"], "left": first["n_left_out"]}
    said = [text.format(**{key: count(value, names.lang) for key, value in values.items()})]
    if first["shrinkage"] > 0:
        text = _(
            "Indicators held fixed: {fixed}, many for so few subjects; all correlations were therefore first drawn "
            "towards 0 by {share}, and no interval is given."
        )
        share = number(100 * first["shrinkage"], 0, names.lang) + "%"
        said.append(text.format(fixed=count(first["n_fixed"], names.lang), share=share))
    return " ".join(said)


def verdict(code: str, lang: str) -> str:
    """Write a verdict of `partial_correlation`; blank stays blank."""
    _ = translator(lang)
    return {
        STAYS: _("stays when the others are held fixed"),
        PARTLY: _("stays in part"),
        THROUGH: _("mostly through others"),
        UNKNOWN: _("cannot tell"),
    }.get(code, "")


def direct_title(table: pd.DataFrame, names: Names) -> str:
    """State the finding over the chart."""
    _ = translator(names.lang)
    known = table.dropna(subset=["partial"])
    if known.empty:
        return _("Nothing can be held fixed: too few subjects have every indicator")
    if known["n"].iloc[0] < ENOUGH or known["p"].isna().all():
        text = _("No conclusion: only {n} subjects have every indicator")
        return text.format(n=count(known["n"].iloc[0], names.lang))
    strong = known[known["verdict"] != ""]
    stays = strong[strong["verdict"] == STAYS]
    text = _("Pairs from {strong} on that keep half or more of it with the others held fixed: {stays} of {n}")
    if strong.empty:
        text = _("No pair reaches {strong}, with the others held fixed or not")
    elif len(strong) == 1:
        text = {
            STAYS: _("'{a}' and '{b}' go together directly, also with the others held fixed"),
            PARTLY: _("'{a}' and '{b}' go together directly in part"),
            THROUGH: _("'{a}' and '{b}' go together mostly through others"),
            UNKNOWN: _("Whether '{a}' and '{b}' go together directly cannot be told"),
        }[strong["verdict"].iloc[0]]
    row = strong.iloc[0] if len(strong) else known.iloc[0]
    return text.format(
        a=shorten(names.item(row["indicator_i"]), 40),
        b=shorten(names.item(row["indicator_j"]), 40),
        strong=number_of(STRONG, names.lang),
        stays=count(len(stays), names.lang),
        n=count(len(strong), names.lang),
    )


def direct_alt(table: pd.DataFrame, names: Names, most: int = 15) -> str:
    """Describe the chart: how many pairs, what is left of the strong ones, and what it rests on."""
    _ = translator(names.lang)
    text = _("Correlation of the strongest {n} of {all} pairs, and what is left of each with the others held fixed.")
    shown = len(table.dropna(subset=["partial"]).head(most))
    filled = text.format(n=count(shown, names.lang), all=count(len(table), names.lang))
    return " ".join(said for said in (filled, directly(table, names), most_direct(table, names)) if said)


def _cannot_tell(table: pd.DataFrame, names: Names) -> str:
    """Say why there is no answer at all; blank where there is one."""
    _ = translator(names.lang)
    if table["partial"].isna().all():
        return _("Nothing can be held fixed: too few subjects have every indicator, or too few indicators vary.")
    n = count(table["n"].iloc[0], names.lang)
    if table["n"].iloc[0] < ENOUGH:
        return _("Only {n} subjects have every indicator: whether a pair is one directly cannot be told.").format(n=n)
    if table["p"].isna().all():
        text = _("{n} subjects are too few for so many indicators: whether a pair is one directly cannot be told.")
        return text.format(n=n)
    return ""


def _one(row: pd.Series, names: Names) -> str:
    _ = translator(names.lang)
    text = {
        STAYS: _(
            "'{a}' and '{b}' go together directly: their correlation is {correlation}, and still {partial} when the "
            "other indicators are held fixed (interval {low} to {high}, n = {n})."
        ),
        PARTLY: _(
            "'{a}' and '{b}' go together directly in part: their correlation is {correlation}, and {partial} when the "
            "other indicators are held fixed (interval {low} to {high}, n = {n})."
        ),
        THROUGH: _(
            "'{a}' and '{b}' go together mostly through others: their correlation is {correlation}, but {partial} when "
            "the other indicators are held fixed (interval {low} to {high}, n = {n})."
        ),
        UNKNOWN: _(
            "Whether '{a}' and '{b}' go together directly cannot be told: their correlation is {correlation}, and "
            "{partial} when the other indicators are held fixed (interval {low} to {high}, n = {n})."
        ),
    }[row["verdict"]]
    if pd.isna(row["partial"]):
        text = _(
            "Whether '{a}' and '{b}' (correlation {correlation}) go together directly cannot be told: the other "
            "indicators tell one of the two exactly."
        )
    return text.format(**_values(row, names))


def _values(row: pd.Series, names: Names) -> dict[str, str]:
    return {
        "a": names.item(row["indicator_i"]),
        "b": names.item(row["indicator_j"]),
        "correlation": number(row["correlation"], 2, names.lang),
        "partial": number(row["partial"], 2, names.lang),
        "low": number(row["partial_low"], 2, names.lang),
        "high": number(row["partial_high"], 2, names.lang),
        "n": count(row["n"], names.lang),
    }
