"""Sentences of the attainment report."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.bridge import joiners_and_leavers
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.scoring import Scorecard
from kpianalysis.wording.common import count, points, signed


def what_happened(card: Scorecard, names: Names) -> str:
    """Say how many were scored and where their totals lie."""
    _ = translator(names.lang)
    totals = card.totals["total"].dropna()
    if totals.empty:
        return _("Nobody has a total in {cycle}.").format(cycle=card.cycle)
    text = _(
        "In {cycle}, {n} subjects have a total: {mean} points on average, half of them between {low} and {high}, "
        "the lowest {least}, the highest {most}."
    )
    low, high = totals.quantile([0.25, 0.75])
    values = {"mean": totals.mean(), "low": low, "high": high, "least": totals.min(), "most": totals.max()}
    return text.format(
        cycle=card.cycle, n=count(len(totals), names.lang), **{k: points(v, names.lang) for k, v in values.items()}
    )


def reconciled(checks: pd.DataFrame, names: Names) -> str:
    """Say how many totals equal the published ones; blank without published totals."""
    _ = translator(names.lang)
    rows = checks[(checks["level"] == "total") & (checks["start"] == "actuals")]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    text = _(
        "{equal} of {n} totals computed from the actuals equal the published ones; the largest difference is "
        "{most} points."
    )
    return text.format(
        equal=count(row["n_equal"], names.lang),
        n=count(row["n"], names.lang),
        most=points(row["largest_difference"], names.lang, 2),
    )


def groups(table: pd.DataFrame, column: str, names: Names) -> str:
    """Say whether any group's mean stands apart from the others, given how few subjects each has."""
    _ = translator(names.lang)
    known = table.dropna(subset=["ci_low", "ci_high"])
    if len(known) < 2:
        return _("There are too few groups with three or more subjects to compare.")
    first, last = known.iloc[0], known.iloc[-1]
    values = {
        "first": first[column],
        "high": points(first["mean"], names.lang),
        "last": last[column],
        "low": points(last["mean"], names.lang),
    }
    if first["ci_low"] > last["ci_high"]:
        text = _("'{first}' ({high}) lies above '{last}' ({low}) by more than the 95% intervals allow for.")
    else:
        text = _("The 95% intervals of '{first}' ({high}) and '{last}' ({low}) overlap: the order may be chance.")
    return text.format(**values)


# A unit stands apart where chance alone would hardly do it.
UNLIKELY = 0.05


def units_apart(differences: pd.DataFrame, names: Names) -> str:
    """Say which unit lies furthest from the others on one indicator, if that is hardly chance."""
    _ = translator(names.lang)
    apart = differences[differences["p_adjusted"] < UNLIKELY]
    if differences.empty:
        return _("There are too few scores to compare units indicator by indicator.")
    if apart.empty:
        return _("On no indicator does a unit lie further from the others than chance allows for.")
    first = apart.iloc[0]
    text = _(
        "On '{name}' unit '{unit}' lies {points} points from the others; targets or judging may differ, or the work."
    )
    return text.format(
        name=names.item(first["indicator_id"]),
        unit=first["unit_id"],
        points=signed(first["difference"], names.lang),
    )


def movers(card: Scorecard, before: Scorecard | None, names: Names) -> str:
    """Say who is in one cycle only and therefore not compared; blank when nobody is."""
    _ = translator(names.lang)
    counts = joiners_and_leavers(card, before)
    if before is None or counts["joined"] + counts["left"] == 0:
        return ""
    text = _("Not compared: {joined} subjects with a total in this cycle only, {left} in {before} only.")
    return text.format(
        joined=count(counts["joined"], names.lang), left=count(counts["left"], names.lang), before=before.cycle
    )


def nothing_published(names: Names) -> str:
    """Say that there is nothing to reconcile with."""
    return translator(names.lang)("The source has no published scores to compare with.")


def totals_alt(card: Scorecard, names: Names) -> str:
    """Describe the histogram of totals."""
    return translator(names.lang)("Histogram of the totals.") + " " + what_happened(card, names)
