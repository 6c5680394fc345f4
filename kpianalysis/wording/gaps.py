"""Sentences about gaps: what missed most, who answers for it, and what is within reach.

`actions` is `action_list` of the whole, `reach` is `within_reach`, `table` is `missed`.
"""

from __future__ import annotations

import math

import pandas as pd

from kpianalysis.analyses.gaps.missed import MOST_ROWS
from kpianalysis.analyses.gaps.percentages import is_share
from kpianalysis.analyses.gaps.reach import BEFORE, BY_FEW, BY_PEERS, NO_TARGET, NOBODY, UNKNOWN
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import shorten
from kpianalysis.wording.common import count, points, share

# The first gaps are named; three can be kept in mind.
FIRST = 3


def written_gap(gap: float, gap_pp: float, lang: str) -> str:
    """Write a gap with its sign: percentages in percentage points, all else with four significant digits."""
    _ = translator(lang)
    if not math.isnan(gap_pp):
        return _("{gap} pp").format(gap=_significant(gap_pp, lang, 3))
    return _significant(gap, lang, 4)


def written_value(value: float, as_share: bool, lang: str) -> str:
    """Write a value of an indicator: a share of 1 as a percentage, all else with four significant digits."""
    if math.isnan(value):
        return number(value, 0, lang)
    if as_share:
        return _significant(100 * value, lang, 3, signed=False) + "%"
    return _significant(value, lang, 4, signed=False)


def verdict_text(verdict: str, lang: str) -> str:
    """Say who has reached a target."""
    _ = translator(lang)
    return {
        BY_PEERS: _("by peers"),
        BEFORE: _("by oneself before"),
        BY_FEW: _("by few peers"),
        NOBODY: _("by nobody yet"),
        UNKNOWN: _("cannot tell"),
        NO_TARGET: _("there is no target"),
    }[verdict]


def worst_three(actions: pd.DataFrame, names: Names) -> str:
    """Name the three indicators whose gaps cost most, with owner and due date."""
    _ = translator(names.lang)
    first = actions[actions["lost_points"] > 0].head(FIRST)
    if first.empty:
        return _("No gap costs any points.")
    named = "; ".join(_action(row, names) for _i, row in first.iterrows())
    text = _("The biggest gap: {named}.") if len(first) == 1 else _("The {n} biggest gaps: {named}.")
    text = text.format(n=count(len(first), names.lang), named=named)
    return text + " " + _("Nobody is named as owner.") if first["owner_id"].isna().all() else text


def costliest(reach: pd.DataFrame, names: Names) -> str:
    """Name the subject whose gap on one indicator is the biggest of all, and how many gaps there are."""
    _ = translator(names.lang)
    if reach.empty:
        return _("No gap costs any points.")
    row = reach.iloc[0]
    text = _("Gaps that cost points: {n}. The biggest: '{subject}' on '{name}', {points} points of the total.")
    worth = row["lost_points"] if pd.isna(row["closing_points"]) else row["closing_points"]
    return text.format(
        n=count(len(reach), names.lang),
        subject=names.subject(row["subject_id"]),
        name=names.item(row["indicator_id"]),
        points=points(worth, names.lang),
    )


def reach(actions: pd.DataFrame, names: Names) -> str:
    """Say what part of the points lost by gaps is within reach, and where most of it lies."""
    _ = translator(names.lang)
    known = actions[actions["reach_points"].notna()]
    if actions.empty:
        return _("No gap costs any points.")
    if known.empty or known["reach_points"].max() <= 0:
        return _("How many points are within reach, nobody can tell from this data.")
    best = known.iloc[int(known["reach_points"].to_numpy().argmax())]
    text = _(
        "Closing every gap would bring the mean total {all} points. Of these, {near} are within reach: a quarter of "
        "the peers, or the subject before, has shown the level; most of them, {most}, lie in '{name}'."
    )
    worth = actions["closing_points"].fillna(actions["lost_points"]).sum()
    text = text.format(
        all=points(worth, names.lang),
        near=points(known["reach_points"].sum(), names.lang),
        most=points(best["reach_points"], names.lang),
        name=names.item(best["indicator_id"]),
    )
    unknown = int((actions["n"] - actions["n_priced"]).sum())
    if not unknown:
        return text
    rest = _("For {n} of {all} gaps nobody can tell.")
    return text + " " + rest.format(n=count(unknown, names.lang), all=count(actions["n"].sum(), names.lang))


def nobody_yet(table: pd.DataFrame, actions: pd.DataFrame, names: Names) -> str:
    """Name the indicators whose target nobody has met, now or before; blank when there is none."""
    _ = translator(names.lang)
    scored = table[(table["kind"] == "scored") & (table["n_target"] > 0)]
    none_met = scored[scored["n_missed"] == scored["n_target"]]["indicator_id"]
    rows = actions[actions["indicator_id"].isin(none_met) & (actions["n_nobody"] > 0)]
    rows = rows[(rows["n_before"] == 0)]
    if rows.empty:
        return ""
    named = ", ".join("'" + names.item(item) + "'" for item in rows["indicator_id"].head(FIRST))
    text = _(
        "Targets that nobody has met, now or in the earlier cycles at hand: {named} ({n} in all). Look at the target "
        "first."
    )
    return text.format(named=named, n=count(len(rows), names.lang))


def missed(table: pd.DataFrame, names: Names) -> str:
    """Say how many targets were missed and which indicator costs most."""
    _ = translator(names.lang)
    rows = table[(table["kind"] == "scored") & (table["n_target"] > 0)]
    if rows.empty:
        return _("No indicator has both a target and an actual.")
    row = rows.iloc[0]
    if row["lost_points"] <= 0 or rows["n_missed"].sum() == 0:
        return _("No target was missed that costs points.")
    text = _(
        "Targets missed: {n} of {all}. '{name}' costs most, {points} points of the mean total: {actual} against a "
        "target of {target} ({gap}), missed by {missed} of {targets}."
    )
    if pd.isna(row["target"]) or pd.isna(row["actual"]):
        text = _(
            "Targets missed: {n} of {all}. '{name}' costs most, {points} points of the mean total, missed by "
            "{missed} of {targets}."
        )
    as_share = bool(row["gap_unit"] == "pp") and is_share(names.units.get(str(row["indicator_id"]), ""))
    return text.format(
        n=count(rows["n_missed"].sum(), names.lang),
        all=count(rows["n_target"].sum(), names.lang),
        name=names.item(row["indicator_id"]),
        points=points(row["lost_points"], names.lang),
        actual=written_value(row["actual"], as_share, names.lang),
        target=written_value(row["target"], as_share, names.lang),
        gap=written_gap(row["gap"], row["gap_pp"], names.lang),
        missed=count(row["n_missed"], names.lang),
        targets=count(row["n_target"], names.lang),
    )


def costs_most(table: pd.DataFrame, names: Names, most: int = 60) -> str:
    """Say in a title how many indicators miss their target on the whole, and which costs most."""
    _ = translator(names.lang)
    rows = table[(table["kind"] == "scored") & table["gap"].notna()]
    short = rows[rows["gap"] < 0]
    if rows.empty:
        return _("No indicator has both a target and an actual")
    if short.empty:
        return _("On the whole every target was met")
    text = _("On the whole {n} of {all} targets were missed; '{name}' costs most")
    name = shorten(names.item(short["indicator_id"].iloc[0]), most)
    return text.format(n=count(len(short), names.lang), all=count(len(rows), names.lang), name=name)


def bullets_alt(table: pd.DataFrame, names: Names) -> str:
    """Describe the bullet graphs."""
    text = translator(names.lang)("Bullet graphs of attainment by indicator, with small lines of the last periods.")
    return text + " " + missed(table, names)


def heatmap_alt(table: pd.DataFrame, names: Names) -> str:
    """Describe the map of rows × indicators."""
    _ = translator(names.lang)
    rows = table[table["kind"] == "scored"]
    text = _("Map of attainment: {groups} rows, {items} indicators; {share} of the targets in it were missed.")
    targets = rows["n_target"].sum()
    return text.format(
        groups=count(min(rows["group_id"].nunique(), MOST_ROWS), names.lang),
        items=count(rows["indicator_id"].nunique(), names.lang),
        share=share(rows["n_missed"].sum() / targets if targets else float("nan"), names.lang),
    )


def _action(row: pd.Series, names: Names) -> str:
    """Name one gap with its points, people, owner and due date."""
    _ = translator(names.lang)
    text = {
        (False, False): _("'{name}', {points} points, {n} of {all} short"),
        (False, True): _("'{name}', {points} points, {n} of {all} short, due {due}"),
        (True, False): _("'{name}', {points} points, {n} of {all} short, owner '{owner}'"),
        (True, True): _("'{name}', {points} points, {n} of {all} short, owner '{owner}', due {due}"),
    }[(pd.notna(row["owner_id"]), pd.notna(row["due"]))]
    return text.format(
        name=names.item(row["indicator_id"]),
        points=points(row["lost_points"] if pd.isna(row["closing_points"]) else row["closing_points"], names.lang),
        n=count(row["n"], names.lang),
        all=count(row["n_scored"], names.lang),
        owner=names.subject(row["owner_id"]),
        due="" if pd.isna(row["due"]) else f"{row['due']:%Y-%m-%d}",
    )


def _significant(value: float, lang: str, digits: int, *, signed: bool = True) -> str:
    if math.isnan(value) or value == 0 or math.isinf(value):
        return number(value, 0, lang)
    decimals = min(max(digits - 1 - math.floor(math.log10(abs(value))), 0), 6)
    return number(value, decimals, lang, signed=signed)
