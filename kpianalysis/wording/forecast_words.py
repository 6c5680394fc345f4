"""The words that sentences, tables and the chart of the forecast share."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from kpianalysis.analyses.change.forecast import LIKELY, MET, MISSED, OPEN, UNLIKELY
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, share


def cycle_name(rows: pd.DataFrame, names: Names) -> str:
    """Name of the cycle that the rows are about."""
    return str(rows["cycle_id"].iloc[0]) if len(rows) else translator(names.lang)("the cycle")


def series_name(row: Mapping[Hashable, Any], names: Names) -> str:
    """Indicator with its unit of measure, and the group if it is not everybody."""
    item = names.measured_in(row["indicator_id"])
    return f"{names.subject(row['group_id'])}: {item}" if row["group_id"] else item


def outlook(word: str, lang: str) -> str:
    """Write the outlook in words."""
    _ = translator(lang)
    texts = {
        LIKELY: _("probably on target"),
        UNLIKELY: _("probably not"),
        OPEN: _("open"),
        MET: _("met"),
        MISSED: _("missed"),
    }
    return texts.get(word, "")


def small_share(value: float, lang: str) -> str:
    """Write a share with one decimal, a tiny one as below 0.1%."""
    return "<" + share(0.001, lang, 1) if 0 < value < 0.0005 else share(value, lang, 1)


def aim(low: float, high: float, lang: str) -> str:
    """Write a target: at least, at most, or both ends of a range; blank without one."""
    if math.isnan(low) or math.isnan(high):
        return ""
    if math.isinf(high):
        return "≥ " + short_value(low, lang)
    if math.isinf(low):
        return "≤ " + short_value(high, lang)
    return between(low, high, lang)


def is_reached(row: Mapping[Hashable, Any]) -> bool:
    """Tell whether a sum has reached its target before the end."""
    return bool(row["is_sum"] and row["needed_low"] <= 0 and math.isinf(row["needed_high"]))


def chance(value: float, lang: str) -> str:
    """Write a probability no surer than a forecast can be, <1% or >99% at the ends; blank when missing."""
    if math.isnan(value):
        return ""
    if value < 0.01 or value > 0.99:
        sign, end = ("<", 0.01) if value < 0.5 else (">", 0.99)
        return sign + share(end, lang)
    return share(value, lang)


def needed(row: Mapping[Hashable, Any], lang: str, *, plain: bool = False) -> str:
    """Write what each period left must bring, and that no period so far did; `plain`: the number alone."""
    _ = translator(lang)
    text = aim(row["needed_low"], row["needed_high"], lang)
    if not row["possible"]:
        bound = 0 if math.isinf(row["needed_low"]) else 1
        return _("not even {bound} would do").format(bound=count(bound, lang))
    if is_reached(row):
        return _("reached already")
    if plain or not text or not row["beyond"]:
        return text
    if math.isinf(row["needed_low"]):
        return _("{needed}, lower than any so far").format(needed=text)
    if math.isinf(row["needed_high"]):
        return _("{needed}, higher than any so far").format(needed=text)
    return _("{needed}, unlike any so far").format(needed=text)


def between(low: float, high: float, lang: str) -> str:
    """Write an interval in the indicator's unit, its ends with as many decimals as tell them apart; blank: none."""
    if math.isnan(low) or math.isnan(high):
        return ""
    decimals = _decimals(max(abs(low), abs(high)), high - low)
    text = translator(lang)("{low} to {high}")
    return text.format(low=number(low, decimals, lang), high=number(high, decimals, lang))


def short_value(value: float, lang: str) -> str:
    """Write a value in its own unit with four significant digits."""
    return number(value, _decimals(abs(value), abs(value)), lang)


def _decimals(size: float, width: float) -> int:
    """Decimals for four significant digits, or two digits of the width where that is narrow."""
    if not size > 0:
        return 0
    digits = 3 - math.floor(math.log10(size))
    if width > 0:
        digits = max(digits, 1 - math.floor(math.log10(width)))
    return min(max(digits, 0), 6)
