"""Sentences of the attainment report."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.bridge import PARTS, joiners_and_leavers
from kpianalysis.display import Sentences
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.scoring import Scorecard
from kpianalysis.wording.common import count, points, share, signed, trust


def answer(
    card: Scorecard, summary: pd.DataFrame, bridge: pd.DataFrame, checks: pd.DataFrame, names: Names
) -> Sentences:
    """Say in five sentences what happened, what costs most, what was met, what moved, and how far to trust it.

    Parameters
    ----------
    card : Scorecard
    summary : DataFrame
        `indicator_summary`.
    bridge : DataFrame
        `bridge_subjects`; empty without an earlier cycle.
    checks : DataFrame
        `reconcile`; empty without published scores.
    names : Names
    """
    return Sentences(
        (
            what_happened(card, names),
            costliest(summary, names),
            targets_met(summary, names),
            change(bridge, names),
            " ".join(filter(None, (reconciled(checks, names), trust(card, names.lang)))),
        ),
        "answer",
    )


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


def costliest(summary: pd.DataFrame, names: Names) -> str:
    """Name the indicator that takes most points from the mean total."""
    _ = translator(names.lang)
    scored = summary[summary["kind"] == "scored"]
    lost = scored["lost_points"]
    if lost.empty or lost.max() <= 0:
        return _("No indicator costs the mean total any points.")
    first = scored.iloc[int(lost.to_numpy().argmax())]
    text = _(
        "'{name}' costs most: it takes {lost} of the {all} points that the mean total, before bonus and veto, "
        "lacks of 100, at a weight of {weight}."
    )
    return text.format(
        name=names.item(first["indicator_id"]),
        lost=points(first["lost_points"], names.lang),
        all=points(lost.sum(), names.lang),
        weight=share(first["nominal_weight"], names.lang, 1),
    )


def targets_met(summary: pd.DataFrame, names: Names) -> str:
    """Say what share of the targets was met, and which indicator least and most often."""
    _ = translator(names.lang)
    rows = summary[(summary["kind"] == "scored") & (summary["n_target"] > 0)]
    if rows.empty:
        return _("No indicator has both a target and an actual.")
    met = rows["n_met"].sum() / rows["n_target"].sum()
    # An indicator that hardly anybody has would otherwise often be the extreme one.
    rows = rows[rows["n_target"] >= 0.05 * rows["n_target"].max()]
    least, most = rows.loc[rows["share_met"].idxmin()], rows.loc[rows["share_met"].idxmax()]
    text = _("{share} of all targets were met: least often '{least}' ({low}), most often '{most}' ({high}).")
    return text.format(
        share=share(met, names.lang),
        least=names.item(least["indicator_id"]),
        low=share(least["share_met"], names.lang),
        most=names.item(most["indicator_id"]),
        high=share(most["share_met"], names.lang),
    )


def change(bridge: pd.DataFrame, names: Names) -> str:
    """Say how the mean total changed and what moved it."""
    _ = translator(names.lang)
    if bridge.empty:
        return _("Nobody has a total in an earlier cycle to compare with.")
    means = bridge.drop(columns="subject_id").mean()
    text = _(
        "For the {n} subjects in both cycles the mean total went from {before} to {now} ({change}): {scores} "
        "from scores, "
        "{weights} from weights, {items} from indicators scored in one cycle only, {extra} from bonus and veto."
    )
    return text.format(
        n=count(len(bridge), names.lang),
        before=points(means["total_before"], names.lang),
        now=points(means["total_now"], names.lang),
        change=signed(means["total_now"] - means["total_before"], names.lang),
        scores=signed(means["from_scores"], names.lang),
        weights=signed(means["from_weights"], names.lang),
        items=signed(means["from_items"], names.lang),
        extra=signed(means["from_bonus_veto"], names.lang),
    )


def biggest_part(bridge: pd.DataFrame) -> str:
    """Name the part of the bridge that moved the mean total most."""
    return str(bridge[list(PARTS)].mean().abs().idxmax())


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


def gaps(table: pd.DataFrame, names: Names) -> str:
    """Say how many scores fall short of target or full marks and which one costs its subject most."""
    _ = translator(names.lang)
    if table.empty:
        return _("No target was missed.")
    first = table.iloc[0]
    text = _("{n} scores fall short. The costliest: '{subject}' on '{name}', {lost} points of the total.")
    return text.format(
        n=count(len(table), names.lang),
        subject=names.subject(first["subject_id"]),
        name=names.item(first["indicator_id"]),
        lost=points(first["lost_points"], names.lang),
    )


def grades(table: pd.DataFrame, names: Names) -> str:
    """Say which grades lie outside the guide."""
    _ = translator(names.lang)
    if table.empty:
        return _("The scheme has no grades.")
    outside = table[(table["share"] < table["quota_min"]) | (table["share"] > table["quota_max"])]
    if outside.empty:
        return _("Every grade lies within the guide, or there is none.")
    cells = zip(outside["grade"], outside["share"], strict=True)
    named = ", ".join(f"{grade} ({share(part, names.lang)})" for grade, part in cells)
    return _("Outside the guide: {named}. The guide is not enforced.").format(named=named)


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


def lost_points_alt(summary: pd.DataFrame, names: Names) -> str:
    """Describe the bars of lost points."""
    return translator(names.lang)("Bars of lost points by indicator.") + " " + costliest(summary, names)


def groups_alt(table: pd.DataFrame, column: str, names: Names) -> str:
    """Describe the dots and intervals of groups."""
    return translator(names.lang)("Mean totals with 95% intervals.") + " " + groups(table, column, names)


def bridge_alt(bridge: pd.DataFrame, names: Names) -> str:
    """Describe the waterfall."""
    return translator(names.lang)("Waterfall of the mean total.") + " " + change(bridge, names)
