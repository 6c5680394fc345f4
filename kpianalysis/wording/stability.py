"""Sentences about how far a weight may move before a result changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, points, share


def most_fragile(flips: pd.DataFrame, intervals: pd.DataFrame, names: Names) -> str:
    """Name the grade that the smallest move of one weight changes; without grades, what changes the first place.

    Parameters
    ----------
    flips, intervals : DataFrame
        `grade_stability`, limited to the page's subjects; `stability_intervals`.
    names : Names
    """
    _ = translator(names.lang)
    if not (intervals["result"] == "grades").any():
        return first_place(intervals, names)
    known = flips.dropna(subset=["move"])
    if known.empty:
        return _("No single weight changes any grade.")
    row = known.iloc[0]
    text = _(
        "The most fragile grade is the {grade} of '{subject}' ({points} points): it becomes {new} if the weight of "
        "'{item}' goes from {old} to {to}."
    )
    return text.format(
        grade=_grade(row["grade"], names.lang),
        subject=names.subject(row["subject_id"]),
        points=points(row["total"], names.lang),
        new=_grade(row["new_grade"], names.lang),
        item=names.item(row["item_id"]),
        old=share(row["weight"], names.lang, 1),
        to=share(row["flip_weight"], names.lang, _decimals(row["weight"], row["flip_weight"])),
    )


def _grade(grade: Any, lang: str) -> str:
    return translator(lang)("missing grade") if pd.isna(grade) else str(grade)


def _decimals(old: float, new: float) -> int:
    """As many decimals of a percentage as it takes to see that two differ, one to three."""
    return next((digits for digits in (1, 2) if round(100 * old, digits) != round(100 * new, digits)), 3)


def first_place(intervals: pd.DataFrame, names: Names) -> str:
    """Say which move of one weight changes the first place, and who takes over."""
    _ = translator(names.lang)
    moves = smallest_moves(intervals, "first")
    if moves.empty:
        return _("No single weight changes the first place.")
    row = moves.iloc[0]
    text = _(
        "The first place changes first if the weight of '{item}' goes from {old} to {to}: {challenger} takes over."
    )
    return text.format(
        item=names.item(row["item_id"]),
        old=share(row["weight"], names.lang, 1),
        to=share(row["to"], names.lang, _decimals(row["weight"], row["to"])),
        challenger=_subject(row["challenger"], names),
    )


def _subject(subject_id: object, names: Names) -> str:
    """Name a subject, unless it is of another unit than the page's."""
    if str(subject_id) in names.subjects:
        return f"'{names.subject(subject_id)}'"
    return translator(names.lang)("a subject of another unit")


def smallest_moves(intervals: pd.DataFrame, result: str) -> pd.DataFrame:
    """For each weight the smallest move that changes a result, the smallest of all first.

    Parameters
    ----------
    intervals : DataFrame
        `stability_intervals`.
    result : {"first", "top", "order", "grades"}

    Returns
    -------
    DataFrame
        One row per weight that can change it: level, item_id, weight, to (where it changes), move (the absolute
        difference), challenger (subject_id).
    """
    mine = intervals[intervals["result"] == result]
    ends = [
        mine[["level", "item_id", "weight"]].assign(to=mine[end], challenger=mine[f"{end}_challenger"])
        for end in ("low", "high")
    ]
    both = pd.concat(ends).dropna(subset=["to", "challenger"])
    both = both.assign(move=(both["to"] - both["weight"]).abs())
    both = both.sort_values("move", kind="stable").drop_duplicates(["level", "item_id"])
    return both.reset_index(drop=True)


def top_places(intervals: pd.DataFrame, names: Names) -> str:
    """Say which weight may move least before the top changes."""
    _ = translator(names.lang)
    moves = smallest_moves(intervals, "top")
    top = count(intervals.loc[intervals["result"] == "top", "places"].max(), names.lang) if len(intervals) else ""
    if moves.empty:
        return _("No single weight changes who is among the first {n}.").format(n=top) if top else ""
    row = moves.iloc[0]
    text = _("Who is among the first {n} changes first if the weight of '{item}' goes from {old} to {to}.")
    to = share(row["to"], names.lang, _decimals(row["weight"], row["to"]))
    return text.format(n=top, item=names.item(row["item_id"]), old=share(row["weight"], names.lang, 1), to=to)


def whole_order(intervals: pd.DataFrame, names: Names) -> str:
    """Say how little it takes to change some place in the order of all."""
    _ = translator(names.lang)
    moves = smallest_moves(intervals, "order")
    if moves.empty:
        return _("No single weight changes the order of all.")
    n = count(intervals.loc[intervals["result"] == "order", "places"].max(), names.lang)
    middle = float(np.median(moves["move"]))
    text = _(
        "Moving one weight by {middle} of the total changes some place in the order of all {n} (the middle of "
        "{weights} weights): a single place means little."
    )
    if middle < 0.001:
        text = _(
            "Moving one weight by less than {middle} of the total changes some place in the order of all {n} (the "
            "middle of {weights} weights): a single place means little."
        )
    size = share(max(middle, 0.001), names.lang, 1)
    return text.format(n=n, weights=count(len(moves), names.lang), middle=size)


def stability_alt(intervals: pd.DataFrame, flips: pd.DataFrame, names: Names) -> str:
    """Describe the bars of stability intervals."""
    text = translator(names.lang)("How far each weight may move before the first place, the top or a grade changes.")
    return " ".join([text, most_fragile(flips, intervals, names), top_places(intervals, names)]).strip()
