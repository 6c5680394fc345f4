"""Sentences about change: what moved the mean total, who joined and left, what changed in the scheme."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.change.bridge_items import LEAST, main_steps, nobody_in_both
from kpianalysis.analyses.change.cycle_table import ENOUGH
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.style import shorten
from kpianalysis.wording.common import count, first_items, points, signed

# So many parts or names are told in a sentence.
TOLD = 3


def moved(bridge: pd.DataFrame, names: Names) -> str:
    """Say how the mean total of everybody changed since the cycle before, and the three largest parts of it.

    Parameters
    ----------
    bridge : DataFrame
        `total_bridge`; empty without an earlier cycle.
    names : Names
    """
    _ = translator(names.lang)
    if bridge.empty:
        return _("There is no earlier cycle with totals to compare with.")
    start, end = bridge.iloc[0], bridge.iloc[-1]
    change = end["points"] - start["points"]
    # Two decimals where one would show no change, or a change between equal numbers.
    decimals = 1 if abs(change) >= LEAST else 2
    text = _("From {since} to {cycle} the mean total went from {before} to {now} points ({change}).")
    told = text.format(
        since=start["cycle"],
        cycle=end["cycle"],
        before=points(start["points"], names.lang, decimals),
        now=points(end["points"], names.lang, decimals),
        change=signed(change, names.lang, decimals),
    )
    if nobody_in_both(bridge):
        return told + " " + _("Nobody has a total in both: the two means are of different people.")
    told += " " + _largest_parts(bridge, names)
    both = int(start["n"] - bridge.loc[bridge["kind"] == "leavers", "n"].sum())
    if both >= ENOUGH:
        return told
    return told + " " + _("In both cycles: {n}, too few for any conclusion.").format(n=both)


def moved_in_a_year(year: pd.DataFrame, bridge: pd.DataFrame, names: Names) -> str:
    """Say the same against the same cycle a year ago; blank without one, or where that is the cycle before.

    Parameters
    ----------
    year, bridge : DataFrame
        `total_bridge` with the same cycle a year ago, and with the cycle before.
    names : Names
    """
    if year.empty or (len(bridge) and bridge["cycle"].iloc[0] == year["cycle"].iloc[0]):
        return ""
    return translator(names.lang)("Against the same cycle a year ago:") + " " + moved(year, names)


def joined_and_left(bridge: pd.DataFrame, names: Names) -> str:
    """Say who is in one of the two cycles only and what that did to the mean; blank where nobody is."""
    _ = translator(names.lang)
    people = bridge.drop_duplicates("kind").set_index("kind")
    n, moved_by = people["n"], people["points"]
    if bridge.empty or nobody_in_both(bridge) or n["leavers"] + n["joiners"] == 0:
        return ""
    text = _(
        "With a total in {since} only: {left}; in {cycle} only: {joined}. That the first are gone moved the mean by "
        "{from_left} points, that the others came by {from_joined}; the rest is about the {both} in both cycles."
    )
    return text.format(
        since=bridge["cycle"].iloc[0],
        cycle=bridge["cycle"].iloc[-1],
        left=count(n["leavers"], names.lang),
        joined=count(n["joiners"], names.lang),
        from_left=signed(moved_by["leavers"], names.lang),
        from_joined=signed(moved_by["joiners"], names.lang),
        both=count(n["start"] - n["leavers"], names.lang),
    )


def scheme_changed(changes: pd.DataFrame, names: Names) -> str:
    """Say which indicators came, which went and how many follow another rule; blank where the scheme stayed.

    Parameters
    ----------
    changes : DataFrame
        `scheme_changes`.
    names : Names
    """
    _ = translator(names.lang)
    sentences = []
    for change, text in (("came", _("New indicators: {n} ({named}).")), ("went", _("Indicators gone: {n} ({named})."))):
        rows = changes[changes["change"] == change].sort_values(
            ["weight_now", "weight_before"], ascending=False, kind="stable"
        )
        if len(rows):
            sentences.append(
                text.format(n=count(len(rows), names.lang), named=first_items(rows["indicator_id"], TOLD, names))
            )
    others = changes[~changes["change"].isin(["came", "went"])]["indicator_id"].drop_duplicates()
    if len(others):
        text = _(
            "Measured or scored by another rule than before: {n} ({named}); what their scores moved may be the rule "
            "and not the work."
        )
        sentences.append(text.format(n=count(len(others), names.lang), named=first_items(others, TOLD, names)))
    return " ".join(sentences)


def waterfall_title(bridge: pd.DataFrame, names: Names) -> str:
    """Say as a heading how far the mean total moved, and by what most."""
    _ = translator(names.lang)
    if bridge.empty:
        return _("There is no earlier cycle with totals to compare with.")
    start, end = bridge.iloc[0], bridge.iloc[-1]
    change = end["points"] - start["points"]
    text = _("The mean total rose by {points} points since {since}")
    if change < 0:
        text = _("The mean total fell by {points} points since {since}")
    told = text.format(points=points(abs(change), names.lang), since=start["cycle"])
    if abs(change) < LEAST:
        told = _("The mean total has hardly moved since {since}").format(since=start["cycle"])
    parts = _told(bridge)
    if parts.empty or nobody_in_both(bridge):
        return told
    size = signed(parts["points"].iloc[0], names.lang)
    text = _("{told}; largest part: {part} ({size})")
    return text.format(told=told, part=step_labels(parts, names, 45)[0], size=size)


def step_labels(steps: pd.DataFrame, names: Names, most: int = 200, *, quote: bool = False) -> list[str]:
    """Name steps of a bridge: what each is about, and which part of it.

    Parameters
    ----------
    steps : DataFrame
        `total_bridge` or `main_steps`.
    names : Names
    most : int
        Characters of a name.
    quote : bool
        Set names in quotes, as in a sentence.
    """
    items = [row.indicator_id or row.dimension_id for row in steps.itertuples()]
    shown = [shorten(names.item(item), most) if item else "" for item in items]
    shown = [f"'{name}'" if quote and name else name for name in shown]
    return [_step(step, name, names.lang) for (_i, step), name in zip(steps.iterrows(), shown, strict=True)]


def waterfall_alt(bridge: pd.DataFrame, names: Names) -> str:
    """Describe the waterfall: what it is, its ends and its largest steps."""
    return translator(names.lang)("Waterfall of the mean total.") + " " + moved(bridge, names)


def _step(step: pd.Series, name: str, lang: str) -> str:
    _ = translator(lang)
    texts = {
        "start": _("mean total of {cycle}"),
        "end": _("mean total of {cycle}"),
        "leavers": _("who left ({n})"),
        "joiners": _("who joined ({n})"),
        "scores": _("{name}: scores"),
        "weights": _("{name}: weight"),
        "came": _("{name}: now counts"),
        "went": _("{name}: no longer counts"),
        "bonus": _("{name}: bonus"),
        "veto": _("{name}: veto") if name else _("vetoes"),
        "rest": _("all other steps ({n})"),
    }
    return texts[step["kind"]].format(cycle=step["cycle"], n=count(step["n"], lang), name=name)


def _told(bridge: pd.DataFrame) -> pd.DataFrame:
    """The largest steps worth a word, the largest first."""
    steps = main_steps(bridge)
    steps = steps[~steps["kind"].isin(["start", "end", "rest"]) & (steps["points"].abs() >= LEAST)]
    return steps.loc[steps["points"].abs().sort_values(ascending=False, kind="stable").index].head(TOLD)


def _largest_parts(bridge: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    parts = _told(bridge)
    if parts.empty:
        return _("No single part moved it by 0.1 points or more.")
    labels = step_labels(parts, names, quote=True)
    told = ", ".join(f"{label} {signed(at, names.lang)}" for label, at in zip(labels, parts["points"], strict=True))
    return _("Largest parts: {told}.").format(told=told)
