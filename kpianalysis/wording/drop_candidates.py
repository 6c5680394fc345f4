"""Sentences about dropping: which indicator could go, why, and what would change.

`table` is `drop_candidates`. No sentence names a drop without its consequence.
"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH, SAY_SAME
from kpianalysis.analyses.redundancy import drop_candidates as why
from kpianalysis.analyses.redundancy import drop_twins
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, share

# As many candidates are named in a sentence.
MOST_NAMED = 3


def candidates_of(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the indicators that there is a reason to drop."""
    return table[table["place"].notna()]


def candidates(table: pd.DataFrame, names: Names) -> str:
    """Name the candidates to drop, each with its reason and what would change without it."""
    _ = translator(names.lang)
    found = candidates_of(table)
    if found.empty:
        return none(table, names)
    text = _("'{name}' ({reason}; without it {change})")
    shown = "; ".join(
        text.format(name=names.item(row["indicator_id"]), reason=reason(row, names), change=change(row, names.lang))
        for _i, row in found.head(MOST_NAMED).iterrows()
    )
    if len(found) > MOST_NAMED:
        text = _("There is a reason to drop {n} of {all} indicators, one at a time; first: {shown}.")
    else:
        text = _("There is a reason to drop {n} of {all} indicators, one at a time: {shown}.")
    return text.format(n=count(len(found), names.lang), all=count(len(table), names.lang), shown=shown)


def consequence(table: pd.DataFrame, names: Names) -> str:
    """Say what dropping the first candidate would change, and what would be lost."""
    _ = translator(names.lang)
    found = candidates_of(table)
    if found.empty:
        return none(table, names)
    row = found.iloc[0]
    sentences = [
        _("Without '{name}' {change}; places shift by {shift} on average and by up to {most}; {lost}.").format(
            name=names.item(row["indicator_id"]),
            change=change(row, names.lang),
            shift=number(row["mean_shift"], 1, names.lang),
            most=count(row["most_shift"], names.lang),
            lost=lost(row, names.lang),
        )
    ]
    if row["empties_dimension"]:
        text = _("It is alone in its dimension: without '{name}' the dimension is empty.")
        sentences.append(text.format(name=names.item(row["indicator_id"])))
    return " ".join(sentences)


def which_of_two(table: pd.DataFrame, names: Names) -> str:
    """Say which of the first two that say the same would be missed less, and by what; blank without such two."""
    _ = translator(names.lang)
    found = table[table["reason"] == why.SAME]
    if found.empty:
        return ""
    row = found.iloc[0]
    other = table[table["indicator_id"] == row["twin_id"]].iloc[0]
    texts = {
        drop_twins.KEEPS_DIMENSION: _("'{keep}' is alone in its dimension, so '{drop}' would be missed less."),
        drop_twins.WORSE_DATA: _(
            "'{drop}' has the worse data: {missing} of its scores are missing, not {missing_keep}."
        ),
        drop_twins.FEWER_GRADES: _("Without '{drop}' {grades} grades change, without '{keep}' {grades_keep}."),
        drop_twins.LESS_LOST: _("'{drop}' can be told from the rest to {told}, '{keep}' only to {told_keep}."),
        drop_twins.SAME_ORDER: _(
            "Little tells the two apart: without '{drop}' the order stays closer (ρ = {rho}) than without '{keep}' "
            "(ρ = {rho_keep})."
        ),
        drop_twins.LATER: _("Nothing tells '{drop}' and '{keep}' apart: the one that is listed later is named."),
        drop_twins.KEPT: _("'{keep}' is kept for a third one, so '{drop}' is named."),
    }
    return texts[row["twin_why"]].format(**_compared(row, other, names))


def none(table: pd.DataFrame, names: Names) -> str:
    """Say that no indicator is a candidate, and why none is."""
    _ = translator(names.lang)
    n = 0 if table.empty else int(table["n_subjects"].iloc[0])
    if n < ENOUGH:
        text = _(
            "Whether an indicator could be dropped cannot be concluded: subjects with a total, {n}; needed, {enough}."
        )
        return text.format(n=count(n, names.lang), enough=count(ENOUGH, names.lang))
    text = _(
        "No indicator gives a reason to drop it: none says the same as another, follows from the rest to {predicted}, "
        "fails to tell subjects apart, or is missing for most."
    )
    return text.format(predicted=percent(why.PREDICTED, 0, names.lang))


def caveat(table: pd.DataFrame, names: Names) -> str:
    """Say what no number here can tell; blank without a candidate."""
    _ = translator(names.lang)
    if candidates_of(table).empty:
        return ""
    sentence = _("A suggestion, a person decides: what is no longer measured may be neglected.")
    if candidates_of(table)["by_construction"].any():
        made = _("Two that are made from the same numbers move together in any case; that tells nothing of people.")
        return f"{sentence} {made}"
    return sentence


def drop_alt(table: pd.DataFrame, names: Names) -> str:
    """Describe the scatter."""
    _ = translator(names.lang)
    text = _("What would be lost with each indicator, and what would change without it; indicators: {n}.")
    return " ".join([text.format(n=count(len(table), names.lang)), candidates(table, names)])


def reason(row: pd.Series, names: Names) -> str:
    """Write the reason to drop one indicator; blank without one."""
    _ = translator(names.lang)
    texts = {
        why.SAME: _("says the same as '{twin}', ρ = {rho}"),
        why.PREDICTABLE: _("follows from the others to {told}"),
        why.CONSTANT: _("never varies"),
        why.TOP: _("{highest} have its best score"),
        why.BOTTOM: _("{lowest} have its worst score"),
        why.ALIKE: _("hardly tells subjects apart"),
        why.RARE: _("{n} of {all} subjects have it"),
    }
    if row["strongest_rho"] <= -SAY_SAME:
        texts[why.PREDICTABLE] = _("follows from the others to {told}, and pulls against '{strongest}'")
    return texts.get(row["reason"], "").format(
        strongest="" if pd.isna(row["strongest_id"]) else names.item(row["strongest_id"]),
        twin="" if pd.isna(row["twin_id"]) else names.item(row["twin_id"]),
        rho=number(row["twin_rho"], 2, names.lang),
        told=share(1 - row["information_lost"], names.lang),
        highest=share(row["highest"], names.lang),
        lowest=share(row["lowest"], names.lang),
        n=count(row["n"], names.lang),
        all=count(row["n_subjects"], names.lang),
    )


def change(row: pd.Series, lang: str) -> str:
    """Write what would change without one indicator: grades, or where there are none the order."""
    _ = translator(lang)
    text = _("the order is kept to ρ = {rho}")
    if pd.notna(row["n_grade_changes"]):
        text = _("{grades} of {of} grades change, the order is kept to ρ = {rho}")
    if row["n_without_total"] > 0:
        text = _("{without} of {all} subjects have no total")
    return text.format(
        grades=count(row["n_grade_changes"], lang),
        of=count(row["n_subjects"] - row["n_without_total"], lang),
        rho=number(row["spearman"], 3, lang),
        without=count(row["n_without_total"], lang),
        all=count(row["n_subjects"], lang),
    )


def lost(row: pd.Series, lang: str) -> str:
    """Write how much of what it tells could not be told from the others."""
    _ = translator(lang)
    if pd.isna(row["information_lost"]):
        return _("how much of it could be told from the others is not known")
    return _("{lost} of its spread cannot be told from the others").format(lost=share(row["information_lost"], lang))


def _compared(row: pd.Series, other: pd.Series, names: Names) -> dict[str, str]:
    written = {"drop": names.item(row["indicator_id"]), "keep": names.item(row["twin_id"])}
    for suffix, one in (("", row), ("_keep", other)):
        written |= {
            f"missing{suffix}": share(one["missing"], names.lang),
            f"grades{suffix}": count(one["n_grade_changes"], names.lang),
            f"told{suffix}": share(1 - one["information_lost"], names.lang),
            f"rho{suffix}": number(one["spearman"], 3, names.lang),
        }
    return written
