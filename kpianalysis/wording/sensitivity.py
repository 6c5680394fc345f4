"""Sentences of the weight sensitivity report."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import Sentences
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, number_of, points, share

# An effective weight outside these multiples of the nominal one does not do what it says.
LEAST, MOST = 0.5, 2.0
# A grade is safe when it changes in fewer than this share of the draws.
SAFE = 0.05


def answer(
    weights: pd.DataFrame, dimensions: pd.DataFrame, ranks: pd.DataFrame, left_out: pd.DataFrame, names: Names
) -> Sentences:
    """Say in five sentences which weight does not do what it says, whose rank and grade are safe, and what to do.

    Parameters
    ----------
    weights, dimensions : DataFrame
        `effective_weights` by indicator and by dimension.
    ranks : DataFrame
        `rank_intervals`.
    left_out : DataFrame
        `leave_one_out`.
    names : Names
    """
    return Sentences(
        (
            loudest(weights, names),
            furthest_dimension(dimensions, names),
            safe_ranks(ranks, names),
            most_shifting(left_out, names, bool(ranks["p_grade_changes"].notna().any())),
            advice(weights, ranks, names),
        ),
        "answer",
    )


def loudest(weights: pd.DataFrame, names: Names) -> str:
    """Name the indicator whose effective weight exceeds its nominal one most."""
    _ = translator(names.lang)
    known = weights.dropna(subset=["ratio"])
    if known.empty:
        return _("All totals are equal: no weight has any effect.")
    first = known.iloc[0]
    text = _(
        "'{name}' does more than it says: its weight is {weight}, but {effective} of the spread of totals "
        "comes from it."
    )
    if first["ratio"] <= MOST:
        text = _(
            "No indicator does more than {most} times what its weight says; closest is '{name}' ({weight} "
            "nominal, {effective} effective)."
        )
    return text.format(
        name=names.item(first["item_id"]),
        weight=share(first["weight"], names.lang, 1),
        effective=share(first["effective_weight"], names.lang, 1),
        most=number_of(MOST, names.lang),
    )


def furthest_dimension(dimensions: pd.DataFrame, names: Names) -> str:
    """Name the dimension whose effective weight is furthest from its nominal one."""
    _ = translator(names.lang)
    known = dimensions.dropna(subset=["effective_weight"])
    if len(known) < 2:
        return _("There is only one dimension to compare.")
    row = known.iloc[int((known["effective_weight"] - known["weight"]).abs().to_numpy().argmax())]
    text = _("The dimension furthest from its weight is '{name}': {weight} nominal, {effective} effective.")
    return text.format(
        name=names.item(row["item_id"]),
        weight=share(row["weight"], names.lang, 1),
        effective=share(row["effective_weight"], names.lang, 1),
    )


def safe_ranks(ranks: pd.DataFrame, names: Names) -> str:
    """Say how wide rank intervals are and how many grades survive other weights."""
    _ = translator(names.lang)
    if ranks.empty:
        return _("Nobody has a rank.")
    width = float((ranks["rank_high"] - ranks["rank_low"]).median())
    draws, n = count(ranks["draws"].iloc[0], names.lang), count(len(ranks), names.lang)
    if ranks["p_grade_changes"].isna().all():
        text = _(
            "Under {draws} other sets of weights the middle rank interval spans {width} places; {fixed} of "
            "{n} subjects move by at most one place either way."
        )
        fixed = int(((ranks["rank_high"] - ranks["rank"] <= 1) & (ranks["rank"] - ranks["rank_low"] <= 1)).sum())
        return text.format(draws=draws, width=points(width, names.lang, 0), fixed=count(fixed, names.lang), n=n)
    safe = int((ranks["p_grade_changes"] < SAFE).sum())
    fragile = ranks.iloc[int(ranks["p_grade_changes"].to_numpy().argmax())]
    text = _(
        "Under {draws} other sets of weights {safe} of {n} grades are safe (they change in fewer than "
        "{limit} of the draws); the most fragile is the {grade} of '{subject}', which changes in {p}."
    )
    return text.format(
        draws=draws,
        safe=count(safe, names.lang),
        n=n,
        limit=share(SAFE, names.lang),
        grade=fragile["grade"] if pd.notna(fragile["grade"]) else _("missing grade"),
        subject=names.subject(fragile["subject_id"]),
        p=share(fragile["p_grade_changes"], names.lang),
    )


def most_shifting(left_out: pd.DataFrame, names: Names, has_grades: bool = True) -> str:
    """Name the indicator whose absence would move ranks most."""
    _ = translator(names.lang)
    known = left_out.dropna(subset=["mean_shift"])
    if known.empty:
        return _("There is no indicator to leave out.")
    first = known.iloc[0]
    text = _("Without '{name}' ranks would shift by {mean} places on average and by up to {most}.")
    if has_grades:
        text = _("Without '{name}' ranks would shift by {mean} places on average, and {n} grades would change.")
    return text.format(
        name=names.item(first["indicator_id"]),
        mean=points(first["mean_shift"], names.lang),
        most=points(first["most_shift"], names.lang, 0),
        n=count(first["n_grade_changes"], names.lang),
    )


def advice(weights: pd.DataFrame, ranks: pd.DataFrame, names: Names) -> str:
    """Suggest what to look at; a person decides."""
    _ = translator(names.lang)
    off = weights[(weights["ratio"] > MOST) | (weights["ratio"] < LEAST)]
    if off.empty:
        return _(
            "Suggestion, a person decides: the weights do about what they say; keep them, and show ranks "
            "with their intervals."
        )
    named = ", ".join(f"'{names.item(item)}'" for item in off["item_id"].head(4))
    text = _(
        "Suggestion, a person decides: look at targets and scoring of the {n} indicators outside {least} to "
        "{most} times their weight ({named}) before touching the weights, and show ranks with their intervals."
    )
    return text.format(n=len(off), named=named, least=number_of(LEAST, names.lang), most=number_of(MOST, names.lang))


def how_drawn(ranks: pd.DataFrame, spread: float, names: Names) -> str:
    """Say what the uncertainty of ranks is made of, and what it leaves out."""
    _ = translator(names.lang)
    text = _(
        "{draws} sets of weights were drawn around the stated ones (an average weight varies by ± {spread}). This is "
        "uncertainty of the weights alone; chance in the actuals comes on top."
    )
    made = int(ranks["draws"].iloc[0]) if len(ranks) else 0
    return text.format(draws=count(made, names.lang), spread=share(spread, names.lang))


def weights_alt(weights: pd.DataFrame, names: Names) -> str:
    """Describe the dumbbells of weights."""
    return translator(names.lang)("Nominal and effective weight of each indicator.") + " " + loudest(weights, names)


def ranks_alt(ranks: pd.DataFrame, names: Names) -> str:
    """Describe the rank intervals."""
    return translator(names.lang)("Rank and rank interval of each subject.") + " " + safe_ranks(ranks, names)


def left_out_alt(left_out: pd.DataFrame, names: Names, has_grades: bool = True) -> str:
    """Describe the bars of rank shifts."""
    return (
        translator(names.lang)("Mean rank shift without each indicator.")
        + " "
        + most_shifting(left_out, names, has_grades)
    )
