"""Display tables of grades: by unit or role beside the guide, and near a boundary."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from kpianalysis.analyses.fairness.boundary import MISSED, REACHED
from kpianalysis.analyses.fairness.grade_spread import BEYOND
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import Cell, fixed, make, p_value, shares, signed, text
from kpianalysis.tables.fairness import group_label


def grades(
    spread: pd.DataFrame, differences: pd.DataFrame, names: Names, by: str = "unit_id", unit: str = ""
) -> DisplayTable | None:
    """Show the grades of everybody and of each group, the guide, and whether a group differs from the others.

    Parameters
    ----------
    spread, differences : DataFrame
        `grade_spread` and `grade_differences`, of the whole.
    names : Names
    by : {"unit_id", "role_id"}
    unit : str
        The only group to show beside everybody; blank: all of them.
    """
    if spread.empty:
        return None
    _ = translator(names.lang)
    lang = names.lang
    shown = spread[spread["group_id"].isin(["", unit])] if unit else spread
    order = list(spread["grade"].drop_duplicates())
    rows = pd.DataFrame(_grade_rows(shown, order, lang)).merge(
        differences[["group_id", "p_adjusted"]], on="group_id", how="left"
    )
    rows["group_id"] = rows["group_id"].where(rows["group_id"] != "", _("all"))
    guide: dict[str, object] = {"group_id": _("guide"), "n": float("nan"), "p_adjusted": float("nan")}
    first = spread[spread["group_id"] == ""]
    ends = zip(first["quota_min"].astype(float), first["quota_max"].astype(float), strict=True)
    guide |= {f"grade_{k}": _range(low, high, lang) for k, (low, high) in enumerate(ends)}
    has_guide = bool(first[["quota_min", "quota_max"]].notna().any().any())
    rows = pd.concat([rows, pd.DataFrame([guide])]) if has_guide else rows
    columns: list[tuple[str, str, Cell]] = [
        ("group_id", group_label(by, lang), text),
        ("n", _("subjects"), _count(lang)),
    ]
    columns += [(f"grade_{k}", grade or _("none"), text) for k, grade in enumerate(order)]
    if rows["p_adjusted"].notna().any():
        columns.append(("p_adjusted", _("against all others: adjusted p"), _p(lang)))
    return make(
        rows,
        columns,
        _("Grades by {group}").format(group=group_label(by, lang)),
        note=_grades_note(shown, lang),
        lang=lang,
    )


def _grade_rows(spread: pd.DataFrame, order: list[str], lang: str) -> list[dict[str, object]]:
    """One row per group, a cell per grade: subjects, their share, and a mark beyond the guide."""
    rows = []
    for group, cells in spread.groupby("group_id", sort=False):
        row: dict[str, object] = {"group_id": group, "n": cells["n_group"].iloc[0]}
        by_grade = cells.set_index("grade").reindex(order)
        for k, (n, share, verdict) in enumerate(
            zip(by_grade["n"], by_grade["share"], by_grade["verdict"], strict=True)
        ):
            mark = " *" if verdict == BEYOND else ""
            row[f"grade_{k}"] = f"{number(n, 0, lang)} ({percent(share, 0, lang)}){mark}"
        rows.append(row)
    return rows


def _grades_note(spread: pd.DataFrame, lang: str) -> str:
    _ = translator(lang)
    note = _(
        "The guide is meant for the whole and is not enforced. With fewer than 10 subjects no verdict is possible."
    )
    if (spread["verdict"] == BEYOND).any():
        note += " " + _("*: outside the guide by more than chance allows for.")
    return note


def _range(low: float, high: float, lang: str) -> str:
    if math.isnan(low) and math.isnan(high):
        return ""
    low, high = (0.0 if math.isnan(low) else low), (1.0 if math.isnan(high) else high)
    return translator(lang)("{low} to {high}").format(low=number(100 * low, 0, lang), high=percent(high, 0, lang))


def _count(lang: str) -> Cell:
    def write(value: Any) -> str:
        return "" if pd.isna(value) else number(value, 0, lang)

    return write


def _p(lang: str) -> Cell:
    known = p_value(lang)

    def write(value: Any) -> str:
        return "" if pd.isna(value) else known(value)

    return write


def near(table: pd.DataFrame, names: Names, most: int = 20) -> DisplayTable | None:
    """Show whose total lies close to the line between two grades.

    Parameters
    ----------
    table : DataFrame
        `near_boundary`, limited to whom the page is about.
    names : Names
    most : int
    """
    _ = translator(names.lang)
    lang = names.lang
    sides = {REACHED: _("just reached"), MISSED: _("just missed")}
    rows = table.assign(
        subject_id=[names.subject(subject) for subject in table["subject_id"]],
        grade=[grade or _("none") for grade in table["grade"]],
        line=[
            f"{upper} / {lower}" if lower else str(upper)
            for upper, lower in zip(table["upper"], table["lower"], strict=True)
        ],
        side=[sides[side] for side in table["side"]],
    )
    columns = [
        ("subject_id", _("subject"), text),
        ("unit_id", _("unit"), text),
        ("total", _("total, points"), fixed(2, lang)),
        ("grade", _("grade"), text),
        ("line", _("nearest boundary"), text),
        ("boundary", _("from, points"), fixed(1, lang)),
        ("distance", _("distance, points"), signed(2, lang)),
        ("side", _("which side"), text),
    ]
    if table["unit_id"].isna().all():
        columns.pop(1)
    note = _("So close, a small change in one actual or weight would give another grade; a person decides.")
    return make(rows, columns, _("Totals near a grade boundary"), note=note, most=most, lang=lang)


def boundaries(counts: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how many lie close to each line between two grades.

    Parameters
    ----------
    counts : DataFrame
        `boundary_counts`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = counts[(counts["lower"] != "") | (counts["n_reached"] + counts["n_missed"] > 0)]
    rows = rows.assign(lower=[grade or _("none") for grade in rows["lower"]])
    columns = [
        ("upper", _("grade"), text),
        ("lower", _("below it"), text),
        ("boundary", _("from, points"), fixed(1, lang)),
        ("n_missed", _("just missed"), fixed(0, lang)),
        ("n_reached", _("just reached"), fixed(0, lang)),
        ("share", _("share of all"), shares(0, lang)),
    ]
    return make(rows, columns, _("How many are near each boundary"), lang=lang)
