"""Sentences about targets: easy or hard, results just above, next targets, and whether scores tell people apart.

`difficulty` is `target_difficulty`, `bunched` is `bunching`, `followed` is `ratchet`, `apart` is `discrimination`. The
words say what was counted, never why: a benchmark is meant for few.
"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.targets.bunching import FEW_NEAR, JUST_ABOVE, NO_SHARE, NOBODY_BEYOND, RANGE, STEPS
from kpianalysis.analyses.targets.discrimination import APART, ENOUGH, HARDLY, LIKE_NOTHING
from kpianalysis.analyses.targets.ratchet import FEW, FOLLOWS, ONE_CYCLE, SAME_RESULT, SAME_TARGET
from kpianalysis.analyses.targets.target_history import BETWEEN, CANNOT_TELL, EASY, HARDLY_ANY, NEARLY_ALL, OUT_OF_REACH
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_items, number_of, share

# As many indicators are named in a sentence.
MOST_NAMED = 3


def easy_or_hard(difficulty: pd.DataFrame, names: Names) -> str:
    """Name the targets that nearly everybody meets and those that hardly anybody does."""
    _ = translator(names.lang)
    if difficulty.empty:
        return _("No indicator has both a target and an actual.")
    sentences = []
    easy, hard = (difficulty[difficulty["verdict"] == verdict] for verdict in (EASY, OUT_OF_REACH))
    if len(easy):
        text = _("Targets that more than {share} of the subjects meet: {n} of {all} ({named}).")
        sentences.append(text.format(share=share(NEARLY_ALL, names.lang), **_numbered(easy, difficulty, names)))
    if len(hard):
        text = _("Targets that fewer than {share} of the subjects meet: {n} of {all} ({named}).")
        sentences.append(text.format(share=share(HARDLY_ANY, names.lang), **_numbered(hard[::-1], difficulty, names)))
        # A benchmark is the mean of the best, say: that few meet it is how it was made.
        sentences.append(_("Some targets, such as benchmarks, are meant for few."))
    unsure = difficulty[difficulty["verdict"] == CANNOT_TELL]
    if not sentences and len(unsure) < len(difficulty):
        text = _("No target is met by surely more than {most} or fewer than {least} of the subjects.")
        sentences.append(text.format(most=share(NEARLY_ALL, names.lang), least=share(HARDLY_ANY, names.lang)))
    if len(unsure):
        text = _("Targets with too few subjects to tell: {n} of {all}.")
        sentences.append(text.format(**_numbered(unsure, difficulty, names)))
    return " ".join(sentences)


def just_above(bunched: pd.DataFrame, names: Names) -> str:
    """Name the indicator of which most results lie just above the target, if that is hardly chance."""
    _ = translator(names.lang)
    tested = bunched[bunched["verdict"] != CANNOT_TELL]
    found = bunched[bunched["verdict"] == JUST_ABOVE]
    if bunched.empty:
        return _("No indicator has both a target and an actual.")
    if tested.empty:
        return _(
            "Of no indicator do enough results lie close enough to the target to tell whether many lie just above."
        )
    if found.empty:
        text = _("Of no indicator do more results lie just above the target than chance allows for (looked at: {n}).")
        return text.format(n=count(len(tested), names.lang))
    first = found.iloc[0]
    values = {
        "name": names.item(first["indicator_id"]),
        "above": count(first["just_above"], names.lang),
        "below": count(first["just_below"], names.lang),
        "n": count(first["n"], names.lang),
        "window": share(first["window"], names.lang, 1),
    }
    text = _(
        "Many results of '{name}' lie just above the target: {above} of {n} by less than {window} of it, and {below} "
        "as close below."
    )
    sentences = [text.format(**values)]
    if len(found) > 1:
        text = _("The same is seen in: {named}.")
        sentences.append(text.format(named=first_items(found[1:]["indicator_id"], MOST_NAMED, names)))
    return " ".join(sentences)


def follows_results(followed: pd.DataFrame, names: Names) -> str:
    """Say whether the next targets follow the results, or why that cannot be told."""
    _ = translator(names.lang)
    single = followed[followed["indicator_id"] != ""]
    found = single[single["verdict"] == FOLLOWS]
    if len(found):
        first = found.sort_values("slope", ascending=False).iloc[0]
        text = _(
            "Targets follow results: of what a result of '{name}' lies beyond its target, the next target takes over "
            "{slope} ({low} to {high}; {n} targets)."
        )
        sentences = [text.format(name=names.item(first["indicator_id"]), **_slope(first, names.lang))]
        if len(found) > 1:
            sentences.append(_("Indicators of which this holds: {n}.").format(n=count(len(found), names.lang)))
        return " ".join(sentences)
    judged = single[single["verdict"] != CANNOT_TELL]
    together = followed[(followed["indicator_id"] == "") & (followed["verdict"] != CANNOT_TELL)]
    if judged.empty and together.empty:
        return _cannot_follow(single, names.lang)
    text = _("There is no sign that targets follow results (indicators with enough targets set anew: {n}).")
    if judged.empty:
        text = _("Of no single indicator were enough targets set anew to tell whether targets follow results.")
    sentences = [text.format(n=count(len(judged), names.lang))]
    if len(together):
        row = together.iloc[0]
        text = _("Over all indicators there is no sign of it: the next target takes over {slope} ({low} to {high}).")
        if row["verdict"] == FOLLOWS:
            text = _("Over all indicators targets follow results: the next takes over {slope} ({low} to {high}).")
        sentences.append(text.format(**_slope(row, names.lang)))
    return " ".join(sentences)


def _cannot_follow(single: pd.DataFrame, lang: str) -> str:
    """Say why nothing can be told of targets over cycles."""
    _ = translator(lang)
    if single.empty or (single["reason"] == ONE_CYCLE).all():
        return _("Whether targets follow results cannot be told: that needs two or more cycles with targets.")
    text = _(
        "Whether targets follow results cannot be told yet: too few targets were set anew (cycles to the next: {n})."
    )
    return text.format(n=count(single["steps"].max(), lang))


def tells_apart(apart: pd.DataFrame, names: Names) -> str:
    """Name the indicators whose scores hardly differ, and the one that differs most between units."""
    _ = translator(names.lang)
    judged = apart[apart["verdict"] != CANNOT_TELL]
    if judged.empty:
        text = _("Whether scores tell people apart cannot be told: no indicator has {least} scores.")
        return text.format(least=count(ENOUGH, names.lang))
    flat = judged[judged["verdict"] == HARDLY]
    text = _(
        "Every indicator tells people apart; least of all '{first}', where {pairs} of all pairs of people differ by "
        "{points} point or more."
    )
    if len(flat):
        text = _(
            "Indicators that hardly tell people apart: {n} of {all} ({named}). Of '{first}', {pairs} of all pairs of "
            "people differ by {points} point or more."
        )
    elif len(judged) < len(apart):
        text = _(
            "Indicators that tell people apart: {all}, the others have too few to tell; least of all '{first}', where "
            "{pairs} of all pairs of people differ by {points} point or more."
        )
    first = judged.iloc[0]
    values = {"pairs": share(first["pairs_apart"], names.lang), "points": number_of(LIKE_NOTHING, names.lang)}
    told = text.format(**_numbered(flat, judged, names), first=names.item(first["indicator_id"]), **values)
    return " ".join(filter(None, (told, _units_differ(judged, names))))


def _units_differ(judged: pd.DataFrame, names: Names) -> str:
    """Name the indicator on which units differ most, if they surely do; blank: on none."""
    _ = translator(names.lang)
    between = judged[judged["unit_low"] > 0].sort_values("unit_share", ascending=False, kind="stable")
    if between.empty:
        return ""
    row = between.iloc[0]
    text = _("Units differ most on '{name}': {share} of its variance lies between units ({low} to {high}).")
    ends = {name: share(row[f"unit_{name}"], names.lang) for name in ("share", "low", "high")}
    return text.format(name=names.item(row["indicator_id"]), **ends)


def histogram_alt(bunched: pd.DataFrame, names: Names) -> str:
    """Describe the histograms of results around their targets."""
    _ = translator(names.lang)
    return " ".join([_("Histograms of results around the target, by indicator."), just_above(bunched, names)])


def difficulty_alt(difficulty: pd.DataFrame, names: Names) -> str:
    """Describe the chart of who meets each target."""
    _ = translator(names.lang)
    sentences = [_("Share of subjects that meet each target, now and before, with intervals.")]
    if len(difficulty) > 1:
        text = _("Most often '{first}' ({high}), least often '{last}' ({low}).")
        first, last = difficulty.iloc[0], difficulty.iloc[-1]
        sentences.append(
            text.format(
                first=names.item(first["indicator_id"]),
                high=share(first["share_met"], names.lang),
                last=names.item(last["indicator_id"]),
                low=share(last["share_met"], names.lang),
            )
        )
    return " ".join([*sentences, easy_or_hard(difficulty, names)])


def difficulty_text(verdict: str, lang: str) -> str:
    """Say in a few words how many meet a target."""
    _ = translator(lang)
    return {
        EASY: _("nearly everybody meets it"),
        OUT_OF_REACH: _("hardly anybody meets it"),
        BETWEEN: _("some do, some do not"),
        CANNOT_TELL: _("too few to tell"),
    }[verdict]


def bunching_text(verdict: str, reason: str, lang: str) -> str:
    """Say in a few words whether many results lie just above the target, or why that cannot be told."""
    _ = translator(lang)
    if not reason:
        return _("many lie just above the target") if verdict == JUST_ABOVE else _("no sign")
    return {
        NO_SHARE: _("cannot tell: the target is zero or below"),
        RANGE: _("cannot tell: the best is a range"),
        STEPS: _("cannot tell: values come in steps too wide"),
        NOBODY_BEYOND: _("cannot tell: nobody lies beyond the target"),
        FEW_NEAR: _("cannot tell: few lie near the target"),
    }[reason]


def ratchet_text(verdict: str, reason: str, lang: str) -> str:
    """Say in a few words whether targets follow results, or why that cannot be told."""
    _ = translator(lang)
    if not reason:
        return _("targets follow results") if verdict == FOLLOWS else _("no sign")
    return {
        ONE_CYCLE: _("cannot tell: no two cycles with targets"),
        SAME_TARGET: _("cannot tell: targets never change, or always by as much"),
        SAME_RESULT: _("cannot tell: results do not differ"),
        FEW: _("cannot tell: too few targets were set anew"),
    }[reason]


def discrimination_text(verdict: str, lang: str) -> str:
    """Say in a few words whether scores tell people apart."""
    _ = translator(lang)
    return {
        APART: _("tells people apart"),
        HARDLY: _("hardly any difference"),
        CANNOT_TELL: _("too few to tell"),
    }[verdict]


def _numbered(rows: pd.DataFrame, table: pd.DataFrame, names: Names) -> dict[str, str]:
    return {
        "n": count(len(rows), names.lang),
        "all": count(len(table), names.lang),
        "named": first_items(rows["indicator_id"], MOST_NAMED, names),
    }


def _slope(row: pd.Series, lang: str) -> dict[str, str]:
    return {
        "slope": share(row["slope"], lang),
        "low": share(row["ci_low"], lang),
        "high": share(row["ci_high"], lang),
        "n": count(row["n"], lang),
    }
