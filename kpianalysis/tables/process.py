"""Display table of real change and noise."""

from __future__ import annotations

from math import floor, log10

import pandas as pd

from kpianalysis.analyses.change.process_charts import TRIAL
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import between, fixed, make, measured, named, shares, text
from kpianalysis.wording.process import assurance, status, variation


def process(summary: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show of each indicator what its process did, what it does to its target, and its limits; None without limits.

    Parameters
    ----------
    summary : DataFrame
        `process_summary` of one group.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    write = measured(lang)
    if summary["low"].isna().all():
        return None
    rows = named(summary, names.measured_in, ["indicator_id"]).assign(
        variation=[
            variation(did, names) or status(why, names) or _("no value")
            for did, why in zip(summary["variation"], summary["status"], strict=True)
        ],
        assurance=[assurance(verdict, names) for verdict in summary["assurance"]],
        rules=[_rules(said, names) for said in summary["rules"]],
        limits=[_between(low, high, lang) for low, high in zip(summary["low"], summary["high"], strict=True)],
        points=[
            _points(n, bool(trial), clear == "", names)
            for n, trial, clear in zip(summary["n"], summary["trial"], summary["status"], strict=True)
        ],
    )
    columns = [
        ("indicator_id", _("indicator"), text),
        ("variation", _("change"), text),
        ("rules", _("signal"), text),
        ("assurance", _("target, if nothing changes"), text),
        ("last_value", _("last value"), write),
        ("target", _("target"), write),
        ("mean", _("mean"), write),
        ("limits", _("limits"), text),
        ("points", _("points"), text),
        ("false_alarm_rate", _("false alarms"), shares(0, lang)),
    ]
    note = _(
        "Limits: mean ± 2.66 mean moving ranges. False alarms: how often a steady process shows a signal in so many "
        "points. Limits are no targets. Trial: fewer than {trial} points."
    ).format(trial=fixed(0, lang)(TRIAL))
    return make(rows, columns, _("Real change, or noise?"), note=note, lang=lang)


def _rules(said: str, names: Names) -> str:
    _ = translator(names.lang)
    texts = {
        "outside": _("outside the limits"),
        "side": _("7 on one side"),
        "trend": _("7 rising or falling"),
        "near": _("2 of 3 near a limit"),
    }
    return ", ".join(texts[rule] for rule in said.split("; ") if rule)


def _between(low: float, high: float, lang: str) -> str:
    """Write limits with as many decimals as their distance needs: 0.9636 to 0.9650."""
    if not high > low:
        return ""
    decimals = min(max(1 - floor(log10(high - low)), 0), 6)
    return between(low, high, decimals, lang)


def _points(n: int, trial: bool, has_limits: bool, names: Names) -> str:
    _ = translator(names.lang)
    text = _("{n} (trial)") if trial and has_limits else "{n}"
    return text.format(n=number(n, 0, names.lang))
