"""Sentences about the forecast: what will probably end on target, what the rest must bring, how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kpianalysis.analyses.change.forecast import (
    FINISHED,
    LIKELY,
    MET,
    MISSED,
    NO_PERIODS,
    NOT_BEGUN,
    NOT_FORECAST,
    OPEN,
    RUNNING,
    UNLIKELY,
    current_forecast,
)
from kpianalysis.analyses.change.forecast_methods import LAST_YEAR, RUN_RATE, SMOOTHED
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count
from kpianalysis.wording.forecast_words import aim, chance, cycle_name, needed, short_value, small_share

# So many names stand in a sentence; of more, the rest is counted.
MOST_NAMED = 4


def on_course(table: pd.DataFrame, names: Names) -> str:
    """Say which indicators will probably end on target and which not; of a finished cycle that it is over.

    Parameters
    ----------
    table : DataFrame
        `forecast_end`; the shortest cycle that still runs is told of.
    names : Names
    """
    _ = translator(names.lang)
    shown = current_forecast(table)
    rows = shown[shown["status"] == RUNNING]
    if rows.empty:
        return nothing_to_forecast(table, names)
    likely = rows[rows["outlook"] == LIKELY]
    text = _("After {known} of {months} months, these will probably end {cycle} on target: {n} of {all}{named}.")
    if not (rows["months"] == 1).all():
        text = _("After {known} of {months} periods, these will probably end {cycle} on target: {n} of {all}{named}.")
    longest = rows.iloc[int(rows["n_periods"].to_numpy().argmax())]
    first = text.format(
        cycle=cycle_name(rows, names),
        known=count(longest["n_periods"] - longest["n_left"], names.lang),
        months=count(longest["n_periods"], names.lang),
        n=count(len(likely), names.lang),
        all=count(len(rows), names.lang),
        named=_named(likely, names),
    )
    others = {
        UNLIKELY: _("Probably not: {n}{named}."),
        OPEN: _("Open: {n}{named}."),
        "": _("Without a target, or with too few periods to say: {n}{named}."),
    }
    parts = [(rows[rows["outlook"] == word], text) for word, text in others.items()]
    more = [text.format(n=count(len(mine), names.lang), named=_named(mine, names)) for mine, text in parts if len(mine)]
    return " ".join([first, *more])


def nothing_to_forecast(table: pd.DataFrame, names: Names) -> str:
    """Say why there is nothing to forecast: all is over, or there is only one value a cycle."""
    _ = translator(names.lang)
    if (table["status"] == FINISHED).any():
        over = table[table["status"] == FINISHED]
        cycles = list(dict.fromkeys(over["cycle_id"]))
        met, missed = (int((over["outlook"] == word).sum()) for word in (MET, MISSED))
        if len(cycles) > 1:
            text = _("All periods of {cycle} are known, and with it {longer} is over: nothing is left to forecast.")
            return text.format(cycle=cycles[0], longer=cycles[-1])
        text = _("All periods of {cycle} are known: nothing is left to forecast. Targets met: {met} of {all}.")
        return text.format(cycle=cycles[0], met=count(met, names.lang), all=count(met + missed, names.lang))
    statuses = set(table["status"])
    if NOT_BEGUN in statuses:
        return _("There is no period of the cycle yet: nothing can be forecast.")
    if NOT_FORECAST in statuses and NO_PERIODS not in statuses:
        return _("No forecast is made of the largest or smallest of the periods.")
    return _("There is one value for each cycle and no months: where a cycle will end cannot be forecast.")


def what_is_needed(table: pd.DataFrame, names: Names) -> str:
    """Say what the rest must bring where the target is in doubt, and where no period so far was as good."""
    _ = translator(names.lang)
    shown = current_forecast(table)
    rows = shown[(shown["status"] == RUNNING) & shown["outlook"].isin([UNLIKELY, OPEN])]
    if rows.empty:
        return ""
    beyond = rows[rows["beyond"].astype(bool) & rows["possible"].astype(bool)]
    if beyond.empty:
        row = rows.iloc[int((rows["chance"] - 0.5).abs().to_numpy().argmin())]
        text = _("To end on target '{name}' needs {needed} in each period left; forecast is {rest}.")
        return text.format(
            name=_name(row.to_dict(), names),
            needed=needed(row.to_dict(), names.lang, plain=True),
            rest=short_value(row["rest"], names.lang),
        )
    row = beyond.iloc[int(beyond["chance"].to_numpy().argmax())]
    text = _(
        "To end on target, {n} of the {all} indicators in doubt need better periods than any so far; closest is "
        "'{name}', which needs {needed} in each period left (forecast: {rest})."
    )
    return text.format(
        n=count(rows["beyond"].sum(), names.lang),
        all=count(len(rows), names.lang),
        name=_name(row.to_dict(), names),
        needed=needed(row.to_dict(), names.lang, plain=True),
        rest=short_value(row["rest"], names.lang),
    )


def error(table: pd.DataFrame, names: Names) -> str:
    """Say how good such forecasts were in earlier cycles, or that nobody knows.

    Parameters
    ----------
    table : DataFrame
        `forecast_end`.
    names : Names
    """
    _ = translator(names.lang)
    shown = current_forecast(table)
    rows = shown[shown["status"] == RUNNING]
    if rows.empty:
        return ""
    tested = rows[rows["n_cases"] > 0]
    untested = int((~rows["is_tested"].astype(bool)).sum())
    said = []
    if len(tested):
        text = _(
            "Such forecasts, made in earlier cycles with about as many periods known, missed the outcome by {error} of "
            "the target (median of {n} indicators); {held} of {all} intervals held it."
        )
        if tested["error_share"].isna().all():
            text = _("Such forecasts were made in earlier cycles for {n} indicators; {held} of {all} intervals held.")
        values = {"n": len(tested), "held": tested["n_held"].sum(), "all": tested["n_intervals"].sum()}
        numbers = {name: count(value, names.lang) for name, value in values.items()}
        said.append(text.format(error=small_share(tested["error_share"].median(), names.lang), **numbers))
    if untested:
        text = _(
            "For {n} of {all} indicators too few earlier cycles are known to put the forecast to the test: it is a "
            "first guess, and its interval is drawn twice as wide."
        )
        said.append(text.format(n=count(untested, names.lang), all=count(len(rows), names.lang)))
    return " ".join(said)


def how_made(table: pd.DataFrame, names: Names) -> str:
    """Say by which method the forecasts were made, and what they assume."""
    _ = translator(names.lang)
    shown = current_forecast(table)
    rows = shown[shown["status"] == RUNNING]
    texts = {
        RUN_RATE: _("Run rate, for {n} of {all}: the rest goes on as the periods so far."),
        LAST_YEAR: _(
            "Like last year, for {n} of {all}: the rest differs from the same time a year ago as the periods so far "
            "did."
        ),
        SMOOTHED: _("Smoothed, for {n} of {all}: level, a fading trend and the season go on."),
    }
    said = []
    for method, text in texts.items():
        n = int((rows["method"] == method).sum())
        if n:
            said.append(text.format(n=count(n, names.lang), all=count(len(rows), names.lang)))
    if said:
        said.append(_("No forecast knows of what is planned or changed."))
    return " ".join(said)


def forecast_alt(table: pd.DataFrame, names: Names) -> str:
    """Describe the chart: what it shows, and the numbers of the indicators most in doubt."""
    _ = translator(names.lang)
    shown = current_forecast(table)
    rows = shown[(shown["status"] == RUNNING) & shown["chance"].notna()]
    if rows.empty:
        return on_course(table, names)
    order = (rows["chance"] - 0.5).abs().sort_values(kind="stable").index[:MOST_NAMED]
    text = _("'{name}': forecast {end}, target {aim}, chance {chance}")
    parts = [
        text.format(
            name=_name(row, names),
            end=short_value(row["end"], names.lang),
            aim=aim(row["aim_low"], row["aim_high"], names.lang),
            chance=chance(row["chance"], names.lang),
        )
        for row in rows.loc[order].to_dict("records")
    ]
    head = _(
        "Values so far, the forecast of the rest with its interval, target, and what the rest needs; for each of {n}."
    )
    return " ".join([head.format(n=count(len(rows), names.lang)), on_course(table, names), "; ".join(parts) + "."])


def forecast_title(table: pd.DataFrame, names: Names) -> str:
    """State the finding of the chart in a line."""
    _ = translator(names.lang)
    shown = current_forecast(table)
    rows = shown[shown["status"] == RUNNING]
    if rows.empty:
        return nothing_to_forecast(table, names)
    judged = rows[rows["outlook"] != ""]
    likely, unlikely, undecided = (int((judged["outlook"] == word).sum()) for word in (LIKELY, UNLIKELY, OPEN))
    text = _("{cycle}: of {all} indicators {likely} will probably end on target, {unlikely} probably not; open: {open}")
    if judged.empty:
        text = _("{cycle}: the periods so far are too few to say where it will end")
    return text.format(
        cycle=cycle_name(rows, names),
        likely=count(likely, names.lang),
        unlikely=count(unlikely, names.lang),
        open=count(undecided, names.lang),
        all=count(len(judged), names.lang),
    )


def _name(row: Mapping[Any, Any], names: Names) -> str:
    item = names.item(row["indicator_id"])
    return f"{names.subject(row['group_id'])}: {item}" if row["group_id"] else item


def _named(rows: pd.DataFrame, names: Names) -> str:
    """Name the first few in brackets, and say how many more there are; blank without any."""
    _ = translator(names.lang)
    if rows.empty:
        return ""
    # The surest first.
    order = (rows["chance"] - 0.5).abs().fillna(0.0).sort_values(ascending=False, kind="stable").index
    listed: Sequence[str] = [f"'{_name(row, names)}'" for row in rows.loc[order].to_dict("records")]
    text = _(" ({named})") if len(listed) <= MOST_NAMED else _(" ({named} and {n} more)")
    return text.format(named=", ".join(listed[:MOST_NAMED]), n=count(len(listed) - MOST_NAMED, names.lang))
