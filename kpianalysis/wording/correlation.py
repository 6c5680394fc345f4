"""Sentences of the indicator correlation report."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH, redundant_pairs
from kpianalysis.display import Sentences
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count


def answer(pairs: pd.DataFrame, groups: pd.DataFrame, inflation: pd.DataFrame, names: Names) -> Sentences:
    """Say in five sentences which pairs say the same, how sure that is, and what could go.

    Parameters
    ----------
    pairs : DataFrame
        `correlation`.
    groups : DataFrame
        `correlation_groups`.
    inflation : DataFrame
        `variance_inflation`.
    names : Names
    """
    sentences = (
        allows(pairs, names),
        strongest(pairs, names),
        grouped(groups, names),
        predictable(inflation, names),
    )
    return Sentences((*sentences, advice(pairs, names)), "answer")


def allows(pairs: pd.DataFrame, names: Names) -> str:
    """Say whether the data allow an answer at all."""
    _ = translator(names.lang)
    known = pairs.dropna(subset=["spearman"])
    if known.empty:
        return _("No pair of indicators can be compared: too few subjects have both, or one of the two never varies.")
    if known["n"].max() < ENOUGH:
        text = _(
            "At most {n} subjects have both indicators of a pair: intervals are shown, and no conclusion is possible."
        )
        return text.format(n=count(known["n"].max(), names.lang))
    text = _(
        "{known} of {all} pairs of indicators can be compared, on {low} to {high} subjects each; {found} of "
        "them say the same."
    )
    return text.format(
        known=count(len(known), names.lang),
        all=count(len(pairs), names.lang),
        low=count(known["n"].min(), names.lang),
        high=count(known["n"].max(), names.lang),
        found=count(len(redundant_pairs(pairs)), names.lang),
    )


def strongest(pairs: pd.DataFrame, names: Names) -> str:
    """Name the pair with the strongest correlation and its interval."""
    _ = translator(names.lang)
    known = pairs[(pairs["n"] >= min(ENOUGH, pairs["n"].max() if len(pairs) else 0))].dropna(subset=["spearman"])
    if known.empty:
        return _("There is no strongest pair.")
    first = known.iloc[0]
    text = _("Strongest: '{a}' and '{b}', ρ = {rho} (95% interval {low} to {high}, n = {n}).")
    values = {
        key: number(first[column], 2, names.lang)
        for key, column in (("rho", "spearman"), ("low", "ci_low"), ("high", "ci_high"))
    }
    return text.format(
        a=names.item(first["indicator_i"]),
        b=names.item(first["indicator_j"]),
        n=count(first["n"], names.lang),
        **values,
    )


def grouped(groups: pd.DataFrame, names: Names) -> str:
    """Name the largest group of indicators that move together."""
    _ = translator(names.lang)
    if groups.empty or groups["group"].max() < 1:
        return _("No indicators move together closely enough to be called a group.")
    members = groups.loc[groups["group"] == 1, "indicator_id"]
    text = _("Groups that move together: {n}; the largest: {named}.")
    return text.format(n=int(groups["group"].max()), named=", ".join(f"'{names.item(item)}'" for item in members))


def predictable(inflation: pd.DataFrame, names: Names) -> str:
    """Name the indicator that the others predict best."""
    _ = translator(names.lang)
    known = inflation.dropna(subset=["vif"])
    if known.empty:
        return _("Too few subjects have every indicator to say which could be predicted from the rest.")
    first = known.iloc[0]
    text = _(
        "The others predict '{name}' best: they explain {share} of its spread (variance inflation {vif}, n = {n})."
    )
    return text.format(
        name=names.item(first["indicator_id"]),
        share=number(100 * first["r_squared"], 0, names.lang) + "%",
        vif=number(first["vif"], 1, names.lang),
        n=count(first["n"], names.lang),
    )


def advice(pairs: pd.DataFrame, names: Names) -> str:
    """Suggest what to look at; a person decides."""
    _ = translator(names.lang)
    found = redundant_pairs(pairs)
    if len(found):
        named = "; ".join(
            f"'{names.item(row.indicator_i)}' – '{names.item(row.indicator_j)}'" for row in found.head(3).itertuples()
        )
        return _(
            "Suggestion, a person decides: check whether these reward the same thing twice before the next "
            "cycle: {named}."
        ).format(named=named)
    known = pairs.dropna(subset=["spearman"])
    if known.empty or known["n"].max() < ENOUGH:
        return _("Suggestion, a person decides: look at the report of the whole, which has more subjects.")
    return _("Suggestion, a person decides: nothing here needs to be dropped for double counting.")


def heatmap_alt(pairs: pd.DataFrame, groups: pd.DataFrame, names: Names) -> str:
    """Describe the heat map."""
    _ = translator(names.lang)
    return " ".join([_("Heat map of Spearman correlations."), grouped(groups, names), strongest(pairs, names)])
