"""Sentences about grades: beside the guide, by group, and near a boundary."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.fairness.grade_spread import BEYOND, CHANCE, DIFFERS, LEAST
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, number_of, points, share
from kpianalysis.wording.fairness import name_some


def spread(table: pd.DataFrame, differences: pd.DataFrame, names: Names, unit: str = "") -> str:
    """Say how grades lie beside the guide, and whether any group has other grades than the rest.

    Parameters
    ----------
    table, differences : DataFrame
        `grade_spread` and `grade_differences`, of the whole.
    names : Names
    unit : str
        The group the page is about; blank: the whole.
    """
    _ = translator(names.lang)
    if table.empty:
        return _("The scheme has no grades, or nobody has a total.")
    return " ".join(filter(None, (_beside_guide(table, names, unit), differ(differences, names, unit))))


def _beside_guide(table: pd.DataFrame, names: Names, unit: str) -> str:
    _ = translator(names.lang)
    rows = table[table["group_id"] == unit]
    if rows.empty or rows[["quota_min", "quota_max"]].isna().all(axis=None):
        return _("The scheme gives no guide to how grades should be spread.") if len(rows) else ""
    n = int(rows["n_group"].iloc[0])
    if n < LEAST:
        text = _("Subjects with a grade here: {n}, too few to hold against the guide.")
        return text.format(n=count(n, names.lang))
    beyond, chance = rows[rows["verdict"] == BEYOND], rows[rows["verdict"] == CHANCE]
    if len(beyond):
        text = _("Outside the guide by more than chance allows for: {named}. The guide is not enforced.")
    elif len(chance) and unit:
        text = _("No grade lies outside the guide by more than chance allows for.")
    elif len(chance):
        text = _("Outside the guide, though it may be chance: {named}. The guide is not enforced.")
    else:
        text = _("Every grade lies within the guide.")
    return text.format(
        named=", ".join(_grade(row, names) for _i, row in (beyond if len(beyond) else chance).iterrows())
    )


def _grade(row: pd.Series, names: Names) -> str:
    _ = translator(names.lang)
    text = _("{grade} with {n} of {all} subjects, above the {most} of the guide")
    if row["side"] == "low":
        text = _("{grade} with {n} of {all} subjects, below the {least} of the guide")
    return text.format(
        grade=row["grade"],
        n=count(row["n"], names.lang),
        all=count(row["n_group"], names.lang),
        least=share(row["quota_min"], names.lang),
        most=share(row["quota_max"], names.lang),
    )


def differ(differences: pd.DataFrame, names: Names, unit: str = "") -> str:
    """Say whether groups have other grades than the rest; blank with a single group."""
    _ = translator(names.lang)
    rows = differences[differences["group_id"] == unit] if unit else differences
    judged = rows[rows["verdict"] != ""]
    if judged.empty:
        return _("Groups are too small to compare their grades.") if len(rows) else ""
    apart = judged[judged["verdict"] == DIFFERS]
    if apart.empty and unit:
        return _("The grades of '{unit}' differ from those of all others by no more than chance allows for.").format(
            unit=unit
        )
    if apart.empty:
        text = _("Of {n} groups none has grades that differ from those of all others by more than chance allows for.")
        return text.format(n=count(len(judged), names.lang))
    text = _(
        "The grades of '{group}' differ from those of all others by more than chance allows for: {share} have {grade}, "
        "of the others {others}. That says nothing about why."
    )
    first = apart.iloc[0]
    filled = text.format(
        group=first["group_id"],
        share=share(first["share"], names.lang),
        grade=first["grade"] or _("no grade"),
        others=share(first["share_others"], names.lang),
    )
    if len(apart) == 1:
        return filled
    rest = _("The same holds of {named}.").format(named=name_some(apart["group_id"].iloc[1:], names))
    return f"{filled} {rest}"


def near(table: pd.DataFrame, counts: pd.DataFrame, n: int, margin: float, names: Names) -> str:
    """Say how many totals lie close to a grade boundary, and at which most.

    Parameters
    ----------
    table, counts : DataFrame
        `near_boundary` and `boundary_counts`.
    n : int
        Subjects with a total.
    margin : float
        Points.
    names : Names
    """
    _ = translator(names.lang)
    if counts.empty:
        return _("The scheme has no grades.")
    values = {"n": count(len(table), names.lang), "all": count(n, names.lang), "margin": points(margin, names.lang)}
    if table.empty:
        return _("No total lies within {margin} points of a grade boundary.").format(**values)
    row = counts.iloc[int((counts["n_reached"] + counts["n_missed"]).to_numpy().argmax())]
    text = _(
        "Totals within {margin} points of a grade boundary: {n} of {all}, most at {boundary} points, where '{upper}' "
        "begins: just missed {missed}, just reached {reached}. Look at these before grades are final; a person decides."
    )
    return text.format(
        **values,
        boundary=number_of(row["boundary"], names.lang),
        upper=row["upper"],
        missed=count(row["n_missed"], names.lang),
        reached=count(row["n_reached"], names.lang),
    )


def grades_alt(table: pd.DataFrame, differences: pd.DataFrame, names: Names, unit: str = "") -> str:
    """Describe the stacked bars: the counts of everybody and the finding."""
    _ = translator(names.lang)
    if table.empty:
        return spread(table, differences, names, unit)
    rows = table[table["group_id"] == ""]
    counts = ", ".join(
        _("{grade}: {n}").format(grade=row["grade"] or _("none"), n=count(row["n"], names.lang))
        for _i, row in rows.iterrows()
    )
    text = _("Stacked bars of grades by group. All together: {counts}.").format(counts=counts)
    return f"{text} {spread(table, differences, names, unit)}"
