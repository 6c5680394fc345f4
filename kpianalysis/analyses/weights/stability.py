"""How far one weight may move before the first place, the top, the order or a grade changes: exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.weights.crossings import Breaks, first_breaks, pairs_of_order, pairs_of_top
from kpianalysis.analyses.weights.weight_paths import Places
from kpianalysis.analyses.weights.weight_ranges import Ground, end_of, ground_of, mean_weights
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import grade_places

ENDS = ("low", "high")


def stability_intervals(card: Scorecard, top: int = 10) -> pd.DataFrame:
    """Say how far each weight may move before the first place, the top, the order or any grade changes.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    top : int
        How many subjects the top has.

    Returns
    -------
    DataFrame
        One row per weight and result, indicators first:

        - level ("indicator" or "dimension"), item_id
        - weight (share of the total, a fraction; mean over the subjects that have it), group_weight (the most it can
          be: the weight of its dimension; 1 for a dimension)
        - result ("first", "top", "order", and "grades" where there are any), places (1, `top`, number of subjects)
        - low, high (the weights between which the result stays), low_multiplier, high_multiplier (the same in times
          the stated weight, for everybody)
        - low_challenger, low_overtaken, high_challenger, high_overtaken: ids of the subject that gets ahead there and
          of the one it leaves behind; for grades the subject whose grade changes, and nobody overtaken

        An interval that runs to 0 or to group_weight (an infinite multiplier) has nobody at that end. One that is a
        single point: a tie parts, or a total that stands on a boundary leaves it. Missing for a weight that cannot
        move: 0, or all of its group.

    Raises
    ------
    KpiError
        If `top` is less than 1.

    Notes
    -----
    One weight moves, the others of its group share the rest in proportion; what a missing score does stays the rule of
    the scheme. A result stays while nobody strictly overtakes: totals closer than 1e-9 tie. The ends are roots of
    equations, not steps of a grid. Source: docs/method.md, "How far a weight may move".
    """
    if top < 1:
        raise KpiError(f"top: {top} is no number of subjects. Use 1 or more.")
    return results_on(ground_of(card), top)


def grade_intervals(card: Scorecard) -> pd.DataFrame:
    """Say for each subject and weight how far the weight may move before the grade changes.

    Parameters
    ----------
    card : Scorecard

    Returns
    -------
    DataFrame
        One row per subject with a total and weight: subject_id, level, item_id, weight (share of this subject's total
        if nothing is missing, a fraction), group_weight (the most it can be), grade, low, high (the weights between
        which the grade stays), low_multiplier, high_multiplier (the same in times the stated weight), low_grade,
        high_grade (the grade that follows; missing where none does, or where the total falls below all grades).

        Missing ends: the subject does not have the weight, or it is all of its group.

    Notes
    -----
    A boundary that is reached exactly counts as reached, so that the low or high end itself may have the next grade.
    Source: docs/method.md, "How far a weight may move".
    """
    return grades_on(ground_of(card))


def grade_stability(card: Scorecard) -> pd.DataFrame:
    """Say for each subject which weight changes the grade with the smallest move, and to which grade.

    Parameters
    ----------
    card : Scorecard

    Returns
    -------
    DataFrame
        One row per subject with a total, the smallest move first: subject_id, unit_id, total, grade; level and item_id
        of the weight; weight (share of this subject's total if nothing is missing, a fraction), flip_weight (where
        the grade changes), move (the difference: the share of the total that has to change hands), multiplier (of the
        stated weight), end ("low": a lower weight changes the grade, "high": a higher one), new_grade (missing: below
        all grades). All after `grade` is missing where no single weight changes it.

    Notes
    -----
    |move| is how safe the grade is against a change of one weight; it is 0 for a total that stands on a boundary.
    Source: docs/method.md, "How far a weight may move".
    """
    intervals = grade_intervals(card)
    flips = pd.concat([_flips(intervals, end) for end in ENDS])
    flips = flips.sort_values("size", kind="stable").drop_duplicates("subject_id").drop(columns="size")
    answer = card.totals.loc[card.totals["total"].notna(), ["subject_id", "unit_id", "total", "rank", "grade"]]
    answer = answer.sort_values("rank", kind="stable").drop(columns="rank").astype({"subject_id": "str"})
    answer = answer.merge(flips, on="subject_id", how="left", validate="one_to_one")
    smallest_first = np.argsort(answer["move"].abs().to_numpy(), kind="stable")
    return answer.take(smallest_first).reset_index(drop=True)


def results_on(ground: Ground, top: int) -> pd.DataFrame:
    """Find the intervals of `stability_intervals`."""
    n, totals = len(ground.totals), ground.totals
    pairs = {"first": pairs_of_top(totals, 1), "top": pairs_of_top(totals, top), "order": pairs_of_order(totals)}
    found = {name: [first_breaks(side, among) for side in ground.sides] for name, among in pairs.items()}
    if len(ground.grades):
        found["grades"] = [_first_grade(y) for y, _grade in ground.grade_breaks]
    places = {"first": 1, "top": top, "order": n, "grades": n}
    weight, group = mean_weights(ground)
    items = ground.items.assign(weight=weight, group_weight=group)
    answer = items.take(np.repeat(np.arange(len(items)), len(found))).reset_index(drop=True)
    answer["result"] = pd.Series([*found] * len(items), dtype="str")
    answer["places"] = [places[name] for name in found] * len(items)
    breaks = [_item_by_item([ends[side] for ends in found.values()]) for side in range(2)]
    return _with_ends(answer, breaks, ground.model.subjects).iloc[: None if n else 0]


def grades_on(ground: Ground) -> pd.DataFrame:
    """Find the intervals of `grade_intervals`."""
    q, n = ground.weight.shape
    stated = grade_places(ground.totals, ground.boundaries)
    columns: dict[str, Floats | pd.api.extensions.ExtensionArray] = {
        "subject_id": pd.Series(ground.model.subjects, dtype="str").repeat(q).array,
        **{name: ground.items[name].take(np.tile(np.arange(q), n)).array for name in ("level", "item_id")},
        "weight": ground.weight.T.ravel(),
        "group_weight": ground.group.T.ravel(),
        "grade": _as_grades(np.repeat(stated, q), ground.grades),
    }
    ends = [end_of(ground.weight, ground.group, y, end) for end, (y, _) in zip(ENDS, ground.grade_breaks, strict=True)]
    for kind, place in (("", 0), ("_multiplier", 1)):
        columns |= {end + kind: found[place].T.ravel() for end, found in zip(ENDS, ends, strict=True)}
    for end, (y, grade) in zip(ENDS, ground.grade_breaks, strict=True):
        columns[f"{end}_grade"] = _as_grades(np.where(y > 0, grade, -1).T.ravel(), ground.grades)
    return pd.DataFrame(columns)


def _flips(intervals: pd.DataFrame, end: str) -> pd.DataFrame:
    """Moves of a weight towards one end that change a grade: those that come before the end."""
    multiplier = intervals[f"{end}_multiplier"]
    rows = intervals[(multiplier > 0) & np.isfinite(multiplier)]
    flips: pd.DataFrame = rows[["subject_id", "level", "item_id", "weight"]].assign(flip_weight=rows[end])
    flips["move"] = flips["flip_weight"] - flips["weight"]
    flips = flips.assign(multiplier=rows[f"{end}_multiplier"], end=end, new_grade=rows[f"{end}_grade"])
    return flips.assign(size=flips["move"].abs())


def _with_ends(answer: pd.DataFrame, breaks: Sequence[Breaks], subjects: list[str]) -> pd.DataFrame:
    """Add the ends of each interval, and who gets ahead there of whom."""
    weight, group = answer["weight"].to_numpy(), answer["group_weight"].to_numpy()
    columns: dict[str, Floats | pd.Series] = {}
    for end, at in zip(ENDS, breaks, strict=True):
        columns[end], columns[f"{end}_multiplier"] = end_of(weight, group, at.y, end)
        columns[f"{end}_challenger"] = _ids(at.challenger, subjects)
        columns[f"{end}_overtaken"] = _ids(at.overtaken, subjects)
    names = [end + kind for kind in ("", "_multiplier") for end in ENDS]
    names += [end + kind for end in ENDS for kind in ("_challenger", "_overtaken")]
    return answer.assign(**{name: columns[name] for name in names})


def _item_by_item(breaks: Sequence[Breaks]) -> Breaks:
    """Lay the breaks of several results side by side, one item after the other."""
    columns = zip(*((b.y, b.challenger, b.overtaken) for b in breaks), strict=True)
    return Breaks(*(np.column_stack(column).ravel() for column in columns))


def _ids(places: Places, subjects: list[str]) -> pd.Series:
    return pd.Series([subjects[place] if place >= 0 else None for place in places], dtype="str")


def _first_grade(y: Floats) -> Breaks:
    """Where the first of all grades changes as a weight moves, and whose that is."""
    if not y.shape[1]:
        return Breaks(np.zeros(len(y)), *np.full((2, len(y)), -1))
    whose = y.argmax(axis=1)
    most = y[np.arange(len(y)), whose]
    return Breaks(most, np.where(most > 0, whose, -1), np.full(len(y), -1))


def _as_grades(places: Places, grades: pd.DataFrame) -> pd.Categorical:
    """Turn places among the boundaries into grades, best first; -1 is none."""
    best_first = grades.sort_values("min_score")["grade"][::-1]
    codes = np.where(places < 0, -1, len(best_first) - 1 - places)
    return pd.Categorical.from_codes(codes, pd.Index(best_first), ordered=True)
