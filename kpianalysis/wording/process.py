"""Sentences about real change and noise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.change.process_charts import LEAST_POINTS, TOO_COARSE, TOO_FEW, TRIAL
from kpianalysis.analyses.change.process_verdicts import (
    CONCERN,
    EITHER,
    HIGH,
    IMPROVEMENT,
    LOW,
    MEETS,
    MISSES,
    NO_CHANGE,
)
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_items, first_of, share

# So many names stand in a sentence; of more, the rest is counted.
MOST = 6


def signals(summary: pd.DataFrame, names: Names) -> str:
    """Say which indicators changed by more than they usually vary, and that the rest is noise.

    Parameters
    ----------
    summary : DataFrame
        `process_summary` of one group.
    names : Names
    """
    _ = translator(names.lang)
    if summary.empty:
        return _("There are no values by period.")
    charted = with_limits(summary)
    if charted.empty:
        return _nothing_charted(summary, names)
    recent, heard = summary["recent"].iloc[0], charted[charted["signal"]]
    if heard.empty:
        text = _("In {recent} no indicator moved by more than it usually varies: what went up or down is noise.")
        return text.format(recent=recent)
    text = _(
        "In {recent}, {n} of {all} indicators moved by more than they usually vary: {named}. "
        "What the others did is noise."
    )
    if len(heard) == len(charted):
        text = _("In {recent}, {n} of {all} indicators moved by more than they usually vary: {named}.")
    named = [f"'{names.item(i)}' ({variation(v, names)})" for i, v in _pairs(heard, "variation")]
    return text.format(
        recent=recent,
        n=count(len(heard), names.lang),
        all=count(len(charted), names.lang),
        named=first_of(named, MOST, names.lang),
    )


def on_target(summary: pd.DataFrame, names: Names) -> str:
    """Say which targets the process meets or misses as it is now, month after month; blank without any limits."""
    _ = translator(names.lang)
    parts = []
    texts = {
        MEETS: _("As things are, the value of all together meets its target in practically every period: {named}."),
        MISSES: _("As things are, it misses its target in practically every period: {named}."),
        EITHER: _("Whether the target is met is chance from period to period: {named}."),
    }
    for verdict, text in texts.items():
        rows = summary[summary["assurance"] == verdict]
        if len(rows):
            named = first_items(rows["indicator_id"], MOST, names)
            parts.append(text.format(named=named))
    return " ".join(parts)


def moving(summary: pd.DataFrame, names: Names) -> str:
    """Name what keeps moving, so that one pair of limits does not describe it; blank when nothing does."""
    _ = translator(names.lang)
    rows = summary[summary["moves"]]
    if rows.empty:
        return ""
    text = _(
        "More than half of the points are signals: {named}. Values that grow, fall or follow the seasons do this; "
        "compare them with the same period a year ago, or declare the date of a change as a step."
    )
    return text.format(named=first_items(rows["indicator_id"], MOST, names))


def how_sure(summary: pd.DataFrame, names: Names) -> str:
    """Say how often a steady process shows a signal in so many points, and how many of all charts would."""
    _ = translator(names.lang)
    charted = with_limits(summary)
    if charted.empty:
        return ""
    usual = charted.loc[charted["n"] == charted["n"].mode().iloc[0]].iloc[0]
    lately = charted["false_alarm_recent"].fillna(0.0)
    text = _(
        "By chance alone a steady process shows a signal somewhere in {n} points in {rate} of cases; over the charts "
        "together, so many are expected by chance in {recent}: {expected} (at least one: {any})."
    )
    return text.format(
        n=count(usual["n"], names.lang),
        rate=share(usual["false_alarm_rate"], names.lang),
        recent=usual["recent"],
        expected=number(lately.sum(), 1, names.lang),
        any=share(1.0 - float(np.prod(1.0 - lately.to_numpy())), names.lang),
    )


def trial(summary: pd.DataFrame, names: Names) -> str:
    """Say which limits are on trial, and what has no chart and why; blank when nothing is to be said."""
    _ = translator(names.lang)
    charted = with_limits(summary)
    rows = {
        _("Trial limits, from fewer than {trial} points: {named}."): charted[charted["trial"]],
        _("Too few points for limits (fewer than {least}, or too many gaps): {named}."): summary[
            summary["status"] == TOO_FEW
        ],
        _("No limits, because the value mostly stays the same (rare events, or rounded values): {named}."): summary[
            summary["status"] == TOO_COARSE
        ],
    }
    return " ".join(
        text.format(
            trial=count(TRIAL, names.lang),
            least=count(LEAST_POINTS, names.lang),
            named=first_items(part["indicator_id"], MOST, names),
        )
        for text, part in rows.items()
        if len(part) and len(charted)
    )


def process_title(summary: pd.DataFrame, names: Names) -> str:
    """State the finding of the charts in a line."""
    _ = translator(names.lang)
    charted = with_limits(summary)
    if charted.empty:
        return _("Too few points to tell a change from noise")
    heard, recent = int(charted["signal"].sum()), charted["recent"].iloc[0]
    if heard == 0:
        return _("No indicator shows a signal in {recent}").format(recent=recent)
    text = _("Signals in {recent}: {n} of {all} indicators")
    return text.format(recent=recent, n=count(heard, names.lang), all=count(len(charted), names.lang))


def process_alt(summary: pd.DataFrame, names: Names) -> str:
    """Describe the charts."""
    _ = translator(names.lang)
    text = _("Values by period with mean, limits and target, a small chart for each indicator.")
    return " ".join(filter(None, (text, signals(summary, names), on_target(summary, names))))


def with_limits(summary: pd.DataFrame) -> pd.DataFrame:
    """Keep what can be charted."""
    return summary[summary["low"].notna()]


def variation(verdict: str, names: Names) -> str:
    """Word of the first icon: what the process did lately; blank without a verdict."""
    _ = translator(names.lang)
    texts = {
        IMPROVEMENT: _("improving"),
        CONCERN: _("worsening"),
        HIGH: _("higher"),
        LOW: _("lower"),
        NO_CHANGE: _("no signal"),
    }
    return texts.get(verdict, "")


def assurance(verdict: str, names: Names) -> str:
    """Word of the second icon: what the process does to its target; blank without a verdict."""
    _ = translator(names.lang)
    return {MEETS: _("meets target always"), MISSES: _("misses always"), EITHER: _("hit and miss")}.get(verdict, "")


def status(verdict: str, names: Names) -> str:
    """Say why there are no limits; blank where there are."""
    _ = translator(names.lang)
    return {TOO_FEW: _("too few points"), TOO_COARSE: _("mostly the same value")}.get(verdict, "")


def _nothing_charted(summary: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if (summary["status"] == TOO_COARSE).any():
        return _("No indicator can be charted: too few points, or values that mostly stay the same.")
    text = _(
        "There are too few points to tell a change from noise: limits need {least} in a row, "
        "the longest series has {n}."
    )
    return text.format(least=count(LEAST_POINTS, names.lang), n=count(summary["n"].max(), names.lang))


def _pairs(rows: pd.DataFrame, column: str) -> list[tuple[str, str]]:
    return list(zip(rows["indicator_id"], rows[column], strict=True))
