"""Display tables of gaps: who and what missed, what is within reach, and who acts."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import Cell, fixed, make, measured, named, shares, text
from kpianalysis.wording.gaps import verdict_text, written_gap

# So many gaps of single subjects are shown; the others are in the lists by indicator.
MOST = 15


def worst(reach: pd.DataFrame, names: Names, most: int = MOST) -> DisplayTable | None:
    """Show the gaps that cost most, with owner, due date and what is within reach.

    Parameters
    ----------
    reach : DataFrame
        `within_reach`.
    names : Names
    most : int
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = named(reach.head(most), names.measured_in, ["indicator_id"])
    rows = named(_with_owners(rows, names), names.subject, ["subject_id"])
    rows = rows.assign(
        gap=_written_gaps(rows, lang), verdict=[verdict_text(verdict, lang) for verdict in rows["verdict"]]
    )
    columns = [
        ("subject_id", _("subject"), text),
        ("indicator_id", _("indicator"), text),
        ("actual", _("actual"), measured(lang)),
        ("target", _("target"), measured(lang)),
        ("gap", _("gap"), _as_it_is),
        ("closing_points", _("points if closed"), fixed(1, lang)),
        ("level", _("within reach"), measured(lang)),
        ("reach_points", _("points within reach"), fixed(1, lang)),
        ("verdict", _("the target was reached"), text),
        ("owner_id", _("owner"), text),
        ("due", _("due"), text),
    ]
    note = _(
        "A negative gap is unfavourable, whichever way is better; pp: percentage points. Points are those of the "
        "subject's total. Within reach: what a quarter of the others in the role reached, or the subject before."
    )
    return make(rows, _filled(rows, columns), _("Gaps, the biggest first"), note=_some(rows, reach, note, lang))


def actions(table: pd.DataFrame, names: Names, by: str = "", most: int | None = None) -> DisplayTable | None:
    """Show the gaps of each indicator together, with owner, due date and what is within reach.

    Parameters
    ----------
    table : DataFrame
        `action_list`.
    names : Names
    by : {"", "unit_id", "role_id"}
        As for `action_list`.
    most : int, optional
        Rows to show.
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = named(_with_owners(table, names), names.item, ["indicator_id"])
    columns = [
        ("group_id", {"unit_id": _("unit"), "role_id": _("role")}.get(by, ""), text),
        ("indicator_id", _("indicator"), text),
        ("owner_id", _("owner"), text),
        ("due", _("due"), text),
        ("n", _("gaps"), fixed(0, lang)),
        ("n_scored", _("of scores"), fixed(0, lang)),
        ("closing_points", _("points if closed"), fixed(2, lang)),
        ("reach_points", _("points within reach"), fixed(2, lang)),
        ("n_by_peers", _("targets reached by peers"), fixed(0, lang)),
        ("n_before", _("by oneself before"), fixed(0, lang)),
        ("n_by_few", _("by few peers"), fixed(0, lang)),
        ("n_nobody", _("by nobody yet"), fixed(0, lang)),
    ]
    note = _(
        "Points of the mean total. The last columns count gaps by who has reached the target; where nobody has, look "
        "at the target first. A suggestion; a person decides."
    )
    caption = _("What to do first, by indicator")
    if by:
        caption = {"unit_id": _("What to do first, by unit"), "role_id": _("What to do first, by role")}[by]
    return make(rows, _filled(rows, columns), caption, note=note, most=most, lang=lang)


def levels(table: pd.DataFrame, names: Names, most: int | None = None) -> DisplayTable | None:
    """Show actual, target, gap and lost points of each indicator of the whole, the costliest first.

    Parameters
    ----------
    table : DataFrame
        `missed` of the whole.
    names : Names
    most : int, optional
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = named(table[table["kind"] == "scored"], names.measured_in, ["indicator_id"])
    rows = rows.assign(gap=_written_gaps(rows, lang))
    columns = [
        ("indicator_id", _("indicator"), text),
        ("n_target", _("targets"), fixed(0, lang)),
        ("n_missed", _("missed"), fixed(0, lang)),
        ("actual", _("actual"), measured(lang)),
        ("target", _("target"), measured(lang)),
        ("gap", _("gap"), _as_it_is),
        ("attainment", _("attainment"), shares(1, lang)),
        ("lost_points", _("lost points"), fixed(2, lang)),
    ]
    note = _(
        "The actual of all together: a ratio adds numerators and denominators first, all others are means. A negative "
        "gap is unfavourable; pp: percentage points. Lost points are those of the mean total."
    )
    return make(rows, columns, _("What was missed, the costliest first"), note=note, most=most, lang=lang)


def groups(summary: pd.DataFrame, names: Names, by: str) -> DisplayTable | None:
    """Show for each unit, role or subject how many targets were missed and what costs it most.

    Parameters
    ----------
    summary : DataFrame
        `missed_summary`.
    names : Names
    by : {"unit_id", "role_id", "subject_id"}
    """
    _ = translator(names.lang)
    lang = names.lang
    label, caption = {
        "unit_id": (_("unit"), _("Missed targets by unit")),
        "role_id": (_("role"), _("Missed targets by role")),
        "subject_id": (_("subject"), _("Missed targets by subject")),
    }[by]
    rows = named(summary, names.item, ["worst_indicator_id"])
    rows = named(rows, names.subject, ["group_id"]) if by == "subject_id" else rows
    columns = [
        ("group_id", label, text),
        ("n_target", _("targets"), fixed(0, lang)),
        ("n_missed", _("missed"), fixed(0, lang)),
        ("share_met", _("met"), shares(0, lang)),
        ("lost_points", _("lost points"), fixed(1, lang)),
        ("worst_indicator_id", _("costs most"), text),
        ("worst_points", _("its lost points"), fixed(1, lang)),
    ]
    note = _("Lost points are those of the mean total. Few targets in a small group may be missed by chance.")
    return make(rows, columns, caption, note=note, lang=lang, collapsed=len(rows) > 20)


def _as_it_is(value: object) -> str:
    """Write a number that is text already; unlike text it stands right."""
    return str(value)


def _written_gaps(rows: pd.DataFrame, lang: str) -> list[str]:
    return [written_gap(gap, points, lang) for gap, points in zip(rows["gap"], rows["gap_pp"], strict=True)]


def _with_owners(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Write owners and dates; nobody and no date are blank."""
    return rows.assign(
        owner_id=["" if pd.isna(owner) else names.subject(owner) for owner in rows["owner_id"]],
        due=["" if pd.isna(due) else f"{due:%Y-%m-%d}" for due in rows["due"]],
    )


def _filled(rows: pd.DataFrame, columns: list[tuple[str, str, Cell]]) -> list[tuple[str, str, Cell]]:
    """Leave out columns without anything in them."""
    kept = [column for column in columns if column[2] is not text or (rows[column[0]] != "").any()]
    counts = [name for name in ("n_by_peers", "n_before", "n_by_few", "n_nobody") if name in rows]
    return [
        column
        for column in kept
        if not (column[0] in counts and (rows[column[0]] == 0).all())
        and not (column[0] in ("level", "reach_points") and rows[column[0]].isna().all())
    ]


def _some(rows: pd.DataFrame, all_rows: pd.DataFrame, note: str, lang: str) -> str:
    if len(rows) == len(all_rows):
        return note
    text = translator(lang)("The first {n} of {all} rows.")
    return text.format(n=number(len(rows), 0, lang), all=number(len(all_rows), 0, lang)) + " " + note
