"""From rows of actuals to one actual for each subject and indicator: periods add up first and divide after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.i18n import N_
from kpianalysis.ids import places
from kpianalysis.scheme import Scheme
from kpianalysis.scoring.inputs import Floats, as_decimals, divide

NOT_GIVEN = N_("no actual given")
PERIOD_MISSING = N_("a period has no value")
DENOMINATOR_ZERO = N_("the denominator is zero")
PARTS_MISSING = N_("a period has a ratio without its numerator and denominator")


@dataclass(frozen=True)
class Actuals:
    """One actual for each subject and indicator, as arrays by indicator.

    Attributes
    ----------
    reasons : tuple of str
        Every reason why an actual is missing or not scored.
    rows : mapping of indicator_id to (subject places, actuals, reason codes)
        Reason code -1: none. A subject without a row is absent.
    """

    reasons: tuple[str, ...]
    rows: dict[str, tuple[NDArray[np.intp], Floats, NDArray[np.int16]]]

    def of(self, indicator_id: str, n: int) -> tuple[Floats, NDArray[np.int16]]:
        """Lay the actuals of one indicator out over all `n` subjects; absent ones are `NOT_GIVEN`."""
        actual = np.full(n, np.nan)
        reason = np.full(n, self.reasons.index(NOT_GIVEN), dtype=np.int16)
        if indicator_id in self.rows:
            place, values, codes = self.rows[indicator_id]
            actual[place], reason[place] = values, codes
        return actual, reason


def combine_periods(rows: pd.DataFrame, scheme: Scheme) -> Actuals:
    """Combine the rows of one cycle into one actual for each subject and indicator.

    Parameters
    ----------
    rows : DataFrame
        Rows of the table `actuals` that count in the cycle.
    scheme : Scheme

    Returns
    -------
    Actuals

    Notes
    -----
    An indicator's periods are those that any subject has a row for. mean, last, max, min and ratio use the periods
    with a value; sum needs all of them, because a part of a sum is not a smaller truth but a wrong number. A row for
    the whole cycle is complete by itself. A value with a reason is never used in a sum or a mean. In a ratio a period
    without cases (denominator 0) adds its numerator all the same: only the sums are divided. Source: docs/method.md,
    "Periods".
    """
    reasons = (*rows["missing_reason"].cat.categories, NOT_GIVEN, PERIOD_MISSING, DENOMINATOR_ZERO, PARTS_MISSING)
    reasons = tuple(dict.fromkeys(reasons))
    flat = _flatten(rows, scheme, reasons)
    aggregation = scheme.indicators["aggregation"].to_numpy()
    result = {}
    for code, indicator_id in enumerate(scheme.indicators["indicator_id"]):
        mine = flat["indicator"].searchsorted([code, code + 1])
        part = {name: values[mine[0] : mine[1]] for name, values in flat.items()}
        if len(part["subject"]):
            result[indicator_id] = _one_indicator(part, aggregation[code], reasons)
    return Actuals(reasons, result)


def _flatten(rows: pd.DataFrame, scheme: Scheme, reasons: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Turn rows into arrays sorted by indicator, ids into places."""
    indicator = places(rows["indicator_id"], scheme.indicators["indicator_id"])
    order = np.argsort(indicator, kind="stable")
    order = order[indicator[order] >= 0]
    above = rows["numerator"].to_numpy()[order]
    below = rows["denominator"].to_numpy()[order]
    value = rows["value"].to_numpy()[order]
    reason = _reason_codes(rows["missing_reason"], reasons)[order]
    parts = ~np.isnan(above) & ~np.isnan(below)
    reason[parts & (below == 0) & (reason < 0)] = reasons.index(DENOMINATOR_ZERO)
    value = np.where(np.isnan(value) & parts, divide(above, below), value) if parts.any() else value
    return {
        "indicator": indicator[order],
        "subject": places(rows["subject_id"], scheme.subjects["subject_id"])[order],
        "period": rows["period"].to_numpy()[order],
        "value": value,
        "numerator": above,
        "denominator": below,
        "reason": reason,
    }


def _reason_codes(column: pd.Series, reasons: tuple[str, ...]) -> NDArray[np.int16]:
    lookup = [reasons.index(text) for text in column.cat.categories]
    return np.array([*lookup, -1], dtype=np.int16)[column.cat.codes]


def _one_indicator(
    part: dict[str, np.ndarray], aggregation: str, reasons: tuple[str, ...]
) -> tuple[NDArray[np.intp], Floats, NDArray[np.int16]]:
    if np.isnat(part["period"]).all():
        return part["subject"], part["value"], part["reason"]
    frame = pd.DataFrame(part).sort_values(["subject", "period"], kind="stable")
    usable = frame["value"].notna() & (frame["reason"] < 0)
    otherwise = PERIOD_MISSING
    if aggregation == "ratio":
        usable |= frame["reason"] == reasons.index(DENOMINATOR_ZERO)
        otherwise = PARTS_MISSING
    by = frame["subject"]
    combined = _combine(frame[usable], aggregation)
    everyone = by.drop_duplicates().to_numpy()
    actual = combined.reindex(everyone).to_numpy()
    n_usable = usable.groupby(by).sum().reindex(everyone).to_numpy()
    first = frame.loc[frame["reason"] >= 0].groupby("subject")["reason"].first().reindex(everyone)
    why = first.fillna(reasons.index(otherwise)).to_numpy(dtype=np.int16)
    is_whole = frame["period"].isna().groupby(by).any().reindex(everyone).to_numpy()
    needed = np.where(is_whole, 1, frame["period"].nunique())
    incomplete = n_usable < needed if aggregation == "sum" else np.isnan(actual)
    return everyone, np.where(incomplete, np.nan, actual), np.where(incomplete, why, -1).astype(np.int16)


def _combine(frame: pd.DataFrame, aggregation: str) -> pd.Series:
    groups = frame.groupby("subject")
    if aggregation == "ratio":
        sums = groups[["numerator", "denominator"]].sum(min_count=1)
        above, below = (as_decimals(sums[name].to_numpy()) for name in ("numerator", "denominator"))
        ratio = pd.Series(divide(above, below), index=sums.index)
        n_parts, n = groups["numerator"].count(), groups.size()
        # A single period may come with its ratio already made; among several it cannot be added.
        return ratio.where(n_parts == n, groups["value"].first().where((n == 1) & (n_parts == 0)))
    combined: pd.Series = groups["value"].agg(aggregation)
    return pd.Series(as_decimals(combined.to_numpy()), index=combined.index)
