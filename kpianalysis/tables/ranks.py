"""Display tables of ranks and grades under drawn weights."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, shares, text


def fragile(ranks: pd.DataFrame, names: Names, most: int = 10) -> DisplayTable | None:
    """Show the grades that change most often under other weights; without grades the widest rank intervals."""
    _ = translator(names.lang)
    lang = names.lang
    width = ranks["rank_high"] - ranks["rank_low"]
    key = width if ranks["p_grade_changes"].isna().all() else ranks["p_grade_changes"]
    rows = ranks.assign(width=width, key=key).sort_values("key", ascending=False, kind="stable")
    columns = [
        ("subject_id", _("subject"), text),
        ("total", _("total, points"), fixed(1, lang)),
        ("rank", _("rank"), fixed(0, lang)),
        ("rank_low", _("rank interval from"), fixed(0, lang)),
        ("rank_high", _("to"), fixed(0, lang)),
        ("grade", _("grade"), text),
        ("p_grade_changes", _("chance that the grade changes"), shares(0, lang)),
    ]
    if ranks["p_grade_changes"].isna().all():
        columns = columns[:5]
    return make(named(rows, names.subject, ["subject_id"]), columns, _("The least safe results"), most=most, lang=lang)


def grades(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how often each subject has each grade, the best total first."""
    _ = translator(names.lang)
    lang = names.lang
    if table.empty:
        return None
    none = _("none")
    labels = [*map(str, table["grade"].cat.categories)]
    grade = table["grade"].astype("object").where(table["grade"].notna(), none).astype("str")
    wide = table.assign(grade=grade).pivot(index="subject_id", columns="grade", values="probability").fillna(0.0)
    wide = wide.reindex(index=table["subject_id"].drop_duplicates())
    shown = [label for label in [*labels, none] if label in wide and bool((wide[label] > 0).any())]
    columns = [("subject_id", _("subject"), text), *((label, label, shares(0, lang)) for label in shown)]
    return make(
        named(wide.reset_index(), names.subject, ["subject_id"]),
        columns,
        _("Grades under other weights"),
        note=_("Share of the draws in which a subject has each grade."),
        lang=lang,
        collapsed=True,
    )


def central(table: pd.DataFrame, names: Names, most: int = 8) -> DisplayTable | None:
    """Show for which weights each of the subjects that can come first does: the mean of the draws that put it there."""
    _ = translator(names.lang)
    lang = names.lang
    # A scheme with a single dimension has no weights to compare there: then its indicators'.
    dimensions = table.loc[table["level"] == "dimension", "item_id"].drop_duplicates()
    level = "dimension" if len(dimensions) > 1 else "indicator"
    mine = table[table["level"] == level]
    if mine.empty:
        return None
    items = list(mine["item_id"].drop_duplicates())
    wide = mine.pivot(index="subject_id", columns="item_id", values="weight")[items]
    first = mine.drop_duplicates("subject_id").set_index("subject_id")["first"]
    stated = mine.drop_duplicates("item_id").set_index("item_id")["stated"]
    rows = wide.loc[list(first.index)].assign(first=first).reset_index()
    rows = named(rows, names.subject, ["subject_id"]).head(most)
    rows = pd.concat([pd.DataFrame([{"subject_id": _("stated weights"), **stated.to_dict()}]), rows])
    columns = [
        ("subject_id", _("comes first"), text),
        ("first", _("share of the draws"), shares(1, lang)),
        *((item, names.item(item), shares(1, lang)) for item in items),
    ]
    note = _("Mean weights of the draws in which a subject comes first (central weights).")
    caption = _("For which weights does a subject come first?")
    return make(rows, columns, caption, note=note, lang=lang)


def ahead(pairs: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how often each of the first subjects is ahead of the one that follows it."""
    _ = translator(names.lang)
    lang = names.lang
    order = list(pairs["subject_i"].drop_duplicates())
    follows = dict(pairwise(order))
    rows = pairs[pairs["subject_j"] == pairs["subject_i"].map(follows)]
    columns = [
        ("subject_i", _("subject"), text),
        ("subject_j", _("next by the stated weights"), text),
        ("share", _("ahead of the next"), shares(0, lang)),
        ("tied", _("tied with it"), shares(0, lang)),
    ]
    if (rows["tied"] == 0).all():
        columns = columns[:3]
    caption = _("How often is a subject ahead of the next?")
    return make(named(rows, names.subject, ["subject_i", "subject_j"]), columns, caption, lang=lang, collapsed=True)
