"""Sentences about which indicators could be predicted from the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.redundancy.predictability import (
    EXACT_SUM,
    HARDLY_KNOWN,
    NEVER_VARIES,
    PREDICTABLE,
    predictable_indicators,
)
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_items, number_of, share

# A second predictor with a smaller standardised coefficient is not worth naming.
SLIGHT = 0.2
# As many indicators are named in a sentence.
MOST_NAMED = 3


def predictable(inflation: pd.DataFrame, names: Names) -> str:
    """Say how many indicators could be predicted from the rest, and name the one that is predicted best.

    Parameters
    ----------
    inflation : DataFrame
        `variance_inflation`.
    names : Names
    """
    _ = translator(names.lang)
    known = inflation.dropna(subset=["r_squared"])
    if len(inflation) == 1:
        return _("There is no other indicator to predict one from.")
    if known.empty:
        return _("Too few subjects have every indicator to say which could be predicted from the rest.")
    exact = known[known["reason"] == EXACT_SUM]
    if len(exact):
        text = _("An exact sum of others, or the same as another, and so nothing new: {named}.")
        return text.format(named=first_items(exact["indicator_id"], MOST_NAMED, names))
    first = known.iloc[0]
    if first["n"] < ENOUGH:
        text = _("Only {n} subjects have every indicator: which could be predicted from the rest cannot be concluded.")
        return text.format(n=count(first["n"], names.lang))
    return _best(known, names)


def _best(known: pd.DataFrame, names: Names) -> str:
    """Say of the best predicted indicator what the others explain, and mostly which."""
    _ = translator(names.lang)
    first = known.iloc[0]
    found = len(predictable_indicators(known))
    if found:
        text = _(
            "Indicators that could be predicted from the rest: {found} of {all}; best: '{name}', whose spread the "
            "others explain to {share}{interval} (variance inflation {vif}, n = {n}), mostly {by}."
        )
    elif first["adjusted_low"] > 0:
        text = _(
            "No indicator could be predicted from the rest (variance inflation of {least} or more, and surely "
            "more than half of its spread); best: '{name}', whose spread the others explain to {share}{interval} "
            "(variance inflation {vif}, n = {n}), mostly {by}."
        )
    else:
        text = _(
            "No indicator could be predicted from the rest: what the others explain may be chance, even of '{name}' "
            "({share}{interval}, n = {n})."
        )
    return text.format(
        found=count(found, names.lang),
        least=number_of(PREDICTABLE, names.lang),
        all=count(len(known), names.lang),
        name=names.item(first["indicator_id"]),
        share=percent_from_zero(first["adjusted_r_squared"], names.lang),
        interval=_interval(first, names.lang),
        vif=number(first["vif"], 1, names.lang),
        n=count(first["n"], names.lang),
        by=_mostly(first, names),
    )


def based_on(inflation: pd.DataFrame, left_out: pd.DataFrame, names: Names) -> str:
    """Say on how many subjects that rests, and who takes no part.

    Parameters
    ----------
    inflation : DataFrame
        `variance_inflation`.
    left_out : DataFrame
        `not_predicted`.
    names : Names
    """
    _ = translator(names.lang)
    if inflation.empty:
        return _("No indicator takes part: none varies among enough subjects.")
    first = inflation.iloc[0]
    text = _("This rests on the {n} of {all} subjects that have every one of the {k} indicators that take part.")
    if inflation["r_squared"].isna().all():
        text = _("Only {n} of {all} subjects have every one of the {k} indicators; at least {least} would have to.")
    if len(inflation) < 2:
        text = _("There is no other indicator to predict one from.")
    said = text.format(
        least=count(len(inflation) + 3, names.lang),
        n=count(first["n"], names.lang),
        all=count(first["n_subjects"], names.lang),
        k=count(len(inflation), names.lang),
    )
    if left_out.empty:
        return said
    shown = [
        f"'{names.item(row['indicator_id'])}' ({why_left_out(row['reason'], names.lang)})"
        for _i, row in left_out.head(MOST_NAMED).iterrows()
    ]
    text = _("Left out: {named}.")
    if len(left_out) > MOST_NAMED:
        text = _("Left out: {named} and {n} more.")
    return said + " " + text.format(named=", ".join(shown), n=count(max(len(left_out) - MOST_NAMED, 0), names.lang))


def why_left_out(reason: str, lang: str) -> str:
    """Write why an indicator takes no part."""
    _ = translator(lang)
    return {
        NEVER_VARIES: _("never varies"),
        HARDLY_KNOWN: _("fewer than half of the subjects have it"),
    }.get(reason, _("does not vary among those who have all others"))


def _mostly(row: pd.Series, names: Names) -> str:
    """Name the one or two indicators that predict another best."""
    _ = translator(names.lang)
    if not row["second"] or abs(row["second_coefficient"]) < SLIGHT:
        return _("'{first}'").format(first=names.item(row["first"]))
    return _("'{first}' and '{second}'").format(first=names.item(row["first"]), second=names.item(row["second"]))


def predictability_alt(inflation: pd.DataFrame, names: Names) -> str:
    """Describe the bars: what they are, the first and the last of them, and the finding."""
    _ = translator(names.lang)
    known = inflation.dropna(subset=["r_squared"])
    if known.empty:
        return predictable(inflation, names)
    text = _(
        "Share of the spread of {n} indicators that all others explain, chance taken off: from {most} ('{first}') down "
        "to {least} ('{last}')."
    )
    filled = text.format(
        n=count(len(known), names.lang),
        most=percent_from_zero(known["adjusted_r_squared"].iloc[0], names.lang),
        first=names.item(known["indicator_id"].iloc[0]),
        least=percent_from_zero(known["adjusted_r_squared"].iloc[-1], names.lang),
        last=names.item(known["indicator_id"].iloc[-1]),
    )
    return filled + " " + predictable(inflation, names)


def percent_from_zero(value: float, lang: str) -> str:
    """Write a share in per cent; one below 0, which only chance makes, as 0%.

    Examples
    --------
    >>> percent_from_zero(-0.04, "en")
    '0%'
    """
    return percent(float(np.maximum(value, 0.0)), 0, lang)


def _interval(row: pd.Series, lang: str) -> str:
    """Write the interval of the share explained, in brackets; blank where there is none."""
    if pd.isna(row["adjusted_low"]):
        return ""
    text = translator(lang)(" [{confidence} interval {low} to {high}]")
    return text.format(
        confidence=share(row["confidence"], lang),
        low=share(row["adjusted_low"], lang),
        high=share(row["adjusted_high"], lang),
    )
