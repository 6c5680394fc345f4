"""Sentences about what is left out: an indicator, a dimension, a subject."""

from __future__ import annotations

import pandas as pd

from kpianalysis.i18n import ntranslator, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, points

# As many indicators are named in a sentence.
MOST_NAMED = 3


def most_shifting(left_out: pd.DataFrame, names: Names) -> str:
    """Name the indicator whose absence would move ranks most.

    Parameters
    ----------
    left_out : DataFrame
        `leave_one_out`.
    names : Names
    """
    _ = translator(names.lang)
    known = left_out.dropna(subset=["mean_shift"])
    if known.empty and left_out["n_without_total"].any():
        return _("The only indicator cannot be left out: without it nobody would have a total.")
    if known.empty:
        return _("There is no indicator to leave out.")
    if not _matters(known):
        return _("Without any one of the indicators no rank would shift and no grade would change.")
    first = known.iloc[0]
    if pd.isna(first["n_grade_changes"]):
        text = _("Without '{name}' ranks would shift by {mean} places on average and by up to {most}.")
        return text.format(**_shift(first, names))
    text = _(
        "Without '{name}' ranks would shift by {mean} places on average and by up to {most}; grades that would change: "
        "{n} ({up} better, {down} worse)."
    )
    return text.format(**_shift(first, names), **_grades(first, names))


def most_shifting_dimension(dimensions: pd.DataFrame, names: Names) -> str:
    """Name the dimension whose absence would move ranks most.

    Parameters
    ----------
    dimensions : DataFrame
        `leave_one_out` by dimension.
    names : Names
    """
    _ = translator(names.lang)
    known = dimensions.dropna(subset=["mean_shift"])
    if known.empty and dimensions["n_without_total"].any():
        return _("The only dimension cannot be left out: without it nobody would have a total.")
    if known.empty:
        return _("There is no dimension to leave out.")
    if not _matters(known):
        return _("Without any one of the dimensions no rank would shift and no grade would change.")
    first = known.iloc[0]
    if pd.isna(first["n_grade_changes"]):
        text = _(
            "Of whole dimensions, ranks depend most on '{name}': without it they would shift by {mean} places on "
            "average and by up to {most}."
        )
        return text.format(**_shift(first, names))
    text = _(
        "Of whole dimensions, ranks depend most on '{name}': without it they would shift by {mean} places on average; "
        "grades that would change: {n} ({up} better, {down} worse)."
    )
    return text.format(**_shift(first, names), **_grades(first, names))


def furthest_mover(left_out: pd.DataFrame, names: Names) -> str:
    """Name the subject that would move furthest without one item; blank where nobody named here moves.

    Parameters
    ----------
    left_out : DataFrame
        `leave_one_out`, of either level.
    names : Names
        A page about one unit names nobody outside it.
    """
    _ = translator(names.lang)
    rows = left_out[left_out["mover_id"].isin(list(names.subjects))]
    if rows.empty:
        return ""
    row = rows.iloc[int(rows["most_shift"].to_numpy().argmax())]
    text = _("The furthest single move: without '{name}', '{subject}' would go from place {before} to {after}.")
    return text.format(
        name=names.item(row["item_id"]),
        subject=names.subject(row["mover_id"]),
        before=count(row["mover_from"], names.lang),
        after=count(row["mover_to"], names.lang),
    )


def least_missed(left_out: pd.DataFrame, names: Names) -> str:
    """Name the indicator that would be missed least, and say without how many no grade would change.

    Parameters
    ----------
    left_out : DataFrame
        `leave_one_out`.
    names : Names
    """
    _ = translator(names.lang)
    known = left_out.dropna(subset=["mean_shift"])
    if len(known) < 2 or not _matters(known):
        return ""
    last = known.iloc[-1]
    idle = int((known["n_grade_changes"] == 0).sum())
    if pd.isna(last["n_grade_changes"]):
        text = _(
            "Ranks depend least on '{name}': without it they would shift by {mean} places on average. Whether it is "
            "worth measuring, a person decides."
        )
    elif idle:
        text = _(
            "Ranks depend least on '{name}': without it they would shift by {mean} places on average; grades that "
            "would change: {n}. {idle} of the {all} indicators could go, one at a time, without changing a grade. "
            "Whether one is worth measuring, a person decides."
        )
    else:
        text = _(
            "Ranks depend least on '{name}': without it they would shift by {mean} places on average; grades that "
            "would change: {n}. Not one of the {all} indicators could go without changing a grade. Whether one is "
            "worth measuring, a person decides."
        )
    return text.format(
        **_shift(last, names, decimals=2),
        n=count(last["n_grade_changes"], names.lang),
        idle=count(idle, names.lang),
        all=count(len(known), names.lang),
    )


def reversals(table: pd.DataFrame, relative: pd.DataFrame, names: Names) -> str:
    """Say whether the order of two subjects can reverse because a third one leaves, and why.

    Parameters
    ----------
    table : DataFrame
        `rank_reversals`.
    relative : DataFrame
        `relative_indicators`.
    names : Names
        A page about one unit names nobody outside it.
    """
    _ = translator(names.lang)
    if relative.empty:
        return _(
            "No order of two subjects can reverse because a third one leaves: no score here depends on who else is "
            "measured."
        )
    if table.empty:
        return _("Nobody was taken out to see whether the order of others reverses.")
    first, some = table.iloc[0], table[table["n_reversals"] > 0]
    values = {
        "tried": count(first["n_tried"], names.lang),
        "all": count(first["n_all"], names.lang),
        "items": _named(relative, names),
    }
    if some.empty:
        text = _(
            "{tried} of {all} subjects were taken out, one at a time: the order of two others never reverses, although "
            "points depend on who else is measured ({items})."
        )
        return text.format(**values)
    text = _(
        "{tried} of {all} subjects were taken out, one at a time: for {k} of them the order of two others reverses, "
        "because points depend on who else is measured ({items})."
    )
    return text.format(k=count(len(some), names.lang), **values)


def worst_reversal(table: pd.DataFrame, names: Names) -> str:
    """Name the subject whose leaving reverses most pairs, and the pair that reverses furthest; blank without one.

    Parameters
    ----------
    table : DataFrame
        `rank_reversals`.
    names : Names
        A page about one unit names nobody outside it.
    """
    ngettext = ntranslator(names.lang)
    known = table[["subject_id", "ahead_id", "behind_id"]].isin(list(names.subjects)).all(axis="columns")
    rows = table[(table["n_reversals"] > 0) & known]
    if rows.empty:
        return ""
    first = rows.iloc[0]
    text = ngettext(
        "If '{subject}' left, {n} pair would reverse: '{ahead}' is ahead of '{behind}' by {gap} points and would be "
        "behind by {after}.",
        "If '{subject}' left, {n} pairs would reverse; furthest: '{ahead}' is ahead of '{behind}' by {gap} points and "
        "would be behind by {after}.",
        int(first["n_reversals"]),
    )
    return text.format(
        subject=names.subject(first["subject_id"]),
        n=count(first["n_reversals"], names.lang),
        ahead=names.subject(first["ahead_id"]),
        behind=names.subject(first["behind_id"]),
        gap=points(first["gap_with"], names.lang, 2),
        after=points(-first["gap_without"], names.lang, 2),
    )


def left_out_alt(left_out: pd.DataFrame, dimensions: pd.DataFrame, names: Names) -> str:
    """Describe the bars of what is left out."""
    _ = translator(names.lang)
    what = _("Mean shift of rank without each dimension and without each indicator.")
    known = left_out["mean_shift"].notna().any()
    said = [what, most_shifting(left_out, names)]
    if known and dimensions["mean_shift"].notna().any():
        said.append(most_shifting_dimension(dimensions, names))
    return " ".join([*said, least_missed(left_out, names)]).strip()


def _matters(known: pd.DataFrame) -> bool:
    return bool((known[["mean_shift", "n_grade_changes"]] > 0).any(axis=None))


def _shift(row: pd.Series, names: Names, decimals: int = 1) -> dict[str, str]:
    return {
        "name": names.item(row["item_id"]),
        "mean": points(row["mean_shift"], names.lang, decimals),
        "most": count(row["most_shift"], names.lang),
    }


def _grades(row: pd.Series, names: Names) -> dict[str, str]:
    return {
        "n": count(row["n_grade_changes"], names.lang),
        "up": count(row["n_grades_up"], names.lang),
        "down": count(row["n_grades_down"], names.lang),
    }


def _named(relative: pd.DataFrame, names: Names) -> str:
    shown = [f"'{names.item(item)}'" for item in relative["indicator_id"].drop_duplicates()]
    return ", ".join([*shown[:MOST_NAMED], *(["…"] if len(shown) > MOST_NAMED else [])])
