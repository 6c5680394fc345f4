"""Sentences about ranks and grades under drawn weights."""

from __future__ import annotations

import pandas as pd

from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, points, share

# A grade is safe when it changes in fewer than this share of the draws.
SAFE = 0.05


def safe_ranks(ranks: pd.DataFrame, names: Names) -> str:
    """Say how wide rank intervals are and how many grades survive other weights."""
    _ = translator(names.lang)
    if ranks.empty:
        return _("Nobody has a rank.")
    draws, n = count(ranks["draws"].iloc[0], names.lang), count(len(ranks), names.lang)
    if ranks["p_grade_changes"].isna().all():
        width = float((ranks["rank_high"] - ranks["rank_low"]).median())
        text = _(
            "Under {draws} other sets of weights the middle rank interval spans {width} places; {fixed} of "
            "{n} subjects move by at most one place either way."
        )
        fixed = int(((ranks["rank_high"] - ranks["rank"] <= 1) & (ranks["rank"] - ranks["rank_low"] <= 1)).sum())
        return text.format(draws=draws, width=points(width, names.lang, 0), fixed=count(fixed, names.lang), n=n)
    safe = int((ranks["p_grade_changes"] < SAFE).sum())
    text = _(
        "Under {draws} other sets of weights {safe} of {n} grades are safe: they change in fewer than {limit} of "
        "the draws."
    )
    return text.format(draws=draws, safe=count(safe, names.lang), n=n, limit=share(SAFE, names.lang))


def least_safe(ranks: pd.DataFrame, names: Names) -> str:
    """Name the grade that changes most often, or without grades the rank that is least certain."""
    _ = translator(names.lang)
    if ranks.empty:
        return _("Nobody has a rank.")
    if ranks["p_grade_changes"].isna().all():
        row = ranks.iloc[int((ranks["rank_high"] - ranks["rank_low"]).to_numpy().argmax())]
        text = _("The least certain rank is that of '{subject}': {rank}, and {low} to {high} in 90% of the draws.")
        low, high = (points(row[name], names.lang, 0) for name in ("rank_low", "rank_high"))
        rank = points(row["rank"], names.lang, 0)
        return text.format(subject=names.subject(row["subject_id"]), rank=rank, low=low, high=high)
    row = ranks.iloc[int(ranks["p_grade_changes"].to_numpy().argmax())]
    if row["p_grade_changes"] == 0:
        return _("No grade changes in any of the draws.")
    text = _("The least safe is the {grade} of '{subject}', which changes in {p} of the draws.")
    grade = row["grade"] if pd.notna(row["grade"]) else _("missing grade")
    p = share(row["p_grade_changes"], names.lang)
    return text.format(grade=grade, subject=names.subject(row["subject_id"]), p=p)


def first_places(acceptability: pd.DataFrame, names: Names) -> str:
    """Say who comes first how often."""
    _ = translator(names.lang)
    first = acceptability[acceptability["rank"] == 1].sort_values("share", ascending=False, kind="stable")
    if first.empty:
        return _("Nobody has a rank.")
    text = _("'{name}' comes first in {share} of the draws; {n} subjects come first at least once.")
    if len(first) == 1:
        text = _("'{name}' comes first in every draw.")
    name, most = names.subject(first["subject_id"].iloc[0]), float(first["share"].iloc[0])
    # Almost always is not always.
    decimals = 1 if 0.995 <= most < 1 else 0
    return text.format(name=name, share=share(most, names.lang, decimals), n=count(len(first), names.lang))


def how_drawn(ranks: pd.DataFrame, spread: float, names: Names) -> str:
    """Say what the uncertainty of ranks is made of, and what it leaves out."""
    _ = translator(names.lang)
    text = _(
        "{draws} sets of weights were drawn around the stated ones (an average weight varies by ± {spread}). This is "
        "uncertainty of the weights alone; chance in the actuals comes on top."
    )
    made = int(ranks["draws"].iloc[0]) if len(ranks) else 0
    return text.format(draws=count(made, names.lang), spread=share(spread, names.lang))


def ranks_alt(ranks: pd.DataFrame, names: Names) -> str:
    """Describe the rank intervals."""
    text = translator(names.lang)("Rank and rank interval of each subject.")
    return f"{text} {safe_ranks(ranks, names)} {least_safe(ranks, names)}"


def acceptability_alt(acceptability: pd.DataFrame, names: Names) -> str:
    """Describe the heat map of rank shares."""
    text = translator(names.lang)("How often each of the first subjects takes each rank.")
    return f"{text} {first_places(acceptability, names)}"


def grades_alt(ranks: pd.DataFrame, names: Names) -> str:
    """Describe the bars of grade probabilities."""
    text = translator(names.lang)("How often each subject has each grade.")
    return f"{text} {safe_ranks(ranks, names)} {least_safe(ranks, names)}"
