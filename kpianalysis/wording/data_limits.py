"""Sentences about what the data allow."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.data_limits import END_SHARE
from kpianalysis.analyses.correlation.redundant import UNLIKELY
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_items, share

# Named in a sentence; of more their number is given.
MOST_NAMED = 3


def varied(limits: pd.DataFrame, names: Names) -> str:
    """Name the indicators that never vary, and the one with most subjects at one end."""
    _ = translator(names.lang)
    known = limits[limits["n"] > 0]
    if known.empty:
        return _("No indicator has a value.")
    still = known[known["is_constant"]]
    if len(still):
        text = _("Indicators that never vary, and so correlate with nothing: {n} of {all} ({named}).")
        return text.format(
            n=len(still),
            all=count(len(limits), names.lang),
            named=first_items(still["indicator_id"], MOST_NAMED, names),
        )
    text = _("Indicators whose values differ between subjects: {n} of {all}.")
    return text.format(n=count(len(known), names.lang), all=count(len(limits), names.lang))


def at_an_end(limits: pd.DataFrame, names: Names) -> str:
    """Say where many subjects share the lowest or the highest value, which hides correlation."""
    _ = translator(names.lang)
    varying = limits[(limits["n"] > 0) & ~limits["is_constant"]]
    ends = varying.melt(["indicator_id", "n"], ["lowest", "highest"], "end", "share")
    # One subject at an end is no crowd, however few there are.
    crowded = (ends["share"] >= END_SHARE) & (ends["share"] * ends["n"] > 1.5)
    many = ends[crowded].sort_values("share", ascending=False, kind="stable")
    if many.empty:
        text = _("No indicator has {least} or more of its subjects at its lowest or highest value.")
        return text.format(least=share(END_SHARE, names.lang))
    first = many.iloc[0]
    values = {
        "name": names.item(first["indicator_id"]),
        "share": share(first["share"], names.lang),
        "n": count(many["indicator_id"].nunique(), names.lang),
        "least": share(END_SHARE, names.lang),
    }
    if first["end"] == "highest":
        text = _(
            "Indicators with {least} or more of their subjects at one end, which hides differences between these: {n}; "
            "most: '{name}', {share} at its highest value."
        )
    else:
        text = _(
            "Indicators with {least} or more of their subjects at one end, which hides differences between these: {n}; "
            "most: '{name}', {share} at its lowest value."
        )
    return text.format(**values)


def missing(patterns: pd.DataFrame, limits: pd.DataFrame, names: Names) -> str:
    """Say whether it is an accident who lacks an indicator."""
    _ = translator(names.lang)
    gaps = int((limits["missing"] > 0).sum())
    if gaps == 0:
        return _("Nobody lacks an indicator that applies to them.")
    sure = patterns[patterns["p_adjusted"] < UNLIKELY]
    if sure.empty:
        text = _("Indicators with gaps: {n}; nothing in the tables goes with who is missing.")
        return text.format(n=count(gaps, names.lang))
    first = sure.iloc[0]
    values = {
        "n": count(gaps, names.lang),
        "sure": count(sure["indicator_id"].nunique(), names.lang),
        "name": names.item(first["indicator_id"]),
        "missing": count(first["n_missing"], names.lang),
        "of": count(first["n"], names.lang),
        "item": names.item(first["item_id"]) if first["related_to"] == "indicator" else str(first["item_id"]),
    }
    return _missing_text(first["related_to"], bool(first["strength"] > 0), names.lang).format(**values)


def _missing_text(related_to: str, is_better: bool, lang: str) -> str:
    _ = translator(lang)
    if related_to == "unit_id":
        return _(
            "Indicators with gaps: {n}, of these {sure} not by accident: '{name}' is missing to {missing} of {of} "
            "subjects, most in the unit {item}; pairs with it speak for the others alone."
        )
    if related_to == "role_id":
        return _(
            "Indicators with gaps: {n}, of these {sure} not by accident: '{name}' is missing to {missing} of {of} "
            "subjects, most in the role {item}; pairs with it speak for the others alone."
        )
    if is_better:
        return _(
            "Indicators with gaps: {n}, of these {sure} not by accident: the {missing} of {of} subjects without "
            "'{name}' do better in '{item}'; pairs with it speak for the others alone."
        )
    return _(
        "Indicators with gaps: {n}, of these {sure} not by accident: the {missing} of {of} subjects without '{name}' "
        "do worse in '{item}'; pairs with it speak for the others alone."
    )


def built_alike(construction: pd.DataFrame, names: Names) -> str:
    """Say which pairs are linked by construction, and that silence proves nothing."""
    _ = translator(names.lang)
    if construction.empty:
        return _(
            "Neither the catalogue nor the numbers say that one indicator is built from another; where one is all the "
            "same, these pages cannot tell."
        )
    pairs = construction.drop_duplicates(["indicator_i", "indicator_j"])
    text = _(
        "Pairs linked by construction: {n}, such as '{a}' and '{b}' ({how}): what they have in common says nothing; of "
        "other pairs these pages cannot tell."
    )
    first = construction.iloc[0]
    return text.format(
        n=count(len(pairs), names.lang),
        a=names.item(first["indicator_i"]),
        b=names.item(first["indicator_j"]),
        how=construction_reason(first["reason"], names.lang),
    )


def construction_reason(reason: str, lang: str) -> str:
    """Say how two indicators are linked by construction."""
    _ = translator(lang)
    return {
        "computed_from": _("one is computed from the other"),
        "same_formula": _("the same formula"),
        "same_numerator": _("the same numerator"),
        "same_denominator": _("the same denominator"),
        "part_of": _("one is a part of the other's ratio"),
    }[reason]


def values_matter(values: str, lang: str) -> str:
    """Say what is correlated, and why that matters."""
    _ = translator(lang)
    return {
        "score": _(
            "Scores are compared, as they are paid for: limits of points and steps can hide that two results move "
            "together."
        ),
        "attainment": _(
            "Attainment is compared, before any cap: it shows more than scores, where these stop at full marks; "
            "indicators without a target have none."
        ),
        "actual": _(
            "Actual results are compared, turned so that more is better: nothing is hidden by caps, but targets that "
            "differ between roles count as differences between people."
        ),
    }[values]


def limits_alt(limits: pd.DataFrame, names: Names) -> str:
    """Describe the chart of what the data allow."""
    _ = translator(names.lang)
    return " ".join([_("Missing, lowest, between and highest, by indicator."), at_an_end(limits, names)])
