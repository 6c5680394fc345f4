"""Display tables of what stakeholders say the weights should be."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.opinions.consistency import MOST_INCONSISTENT
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, shares, text
from kpianalysis.wording.stakeholders import contradiction, list_of, mend

# With more judges than this a table shows groups instead.
MOST_JUDGES = 8


def weights(sets: pd.DataFrame, disagreement: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the weights that each stakeholder gives, beside the scheme's.

    Parameters
    ----------
    sets, disagreement : DataFrame
        `stakeholder_weights`, `weight_disagreement`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    shown = sets[sets["who"].isin(["judge", "all"])]
    if sets.loc[sets["who"] == "judge", "judge_id"].nunique() > MOST_JUDGES:
        shown = sets[sets["who"] != "judge"]
    label = shown["judge_id"].where(shown["who"] == "judge", shown["group"]).where(shown["who"] != "all", _("all"))
    wide = shown.assign(label=label).pivot_table(index="item_id", columns="label", values="weight", sort=False)
    order = sets.drop_duplicates(["level", "dimension_id", "item_id"])[["level", "dimension_id", "item_id"]]
    rows = order.merge(disagreement.drop(columns=["level", "dimension_id"]), on="item_id").join(wide, on="item_id")
    rows["list"] = [list_of(level, of, names) for level, of in zip(rows["level"], rows["dimension_id"], strict=True)]
    columns = [("item_id", _("item"), text), ("stated", _("the scheme"), shares(0, lang))]
    columns += [(name, name, shares(0, lang)) for name in wide.columns]
    columns += [("lowest", _("lowest"), shares(0, lang)), ("highest", _("highest"), shares(0, lang))]
    if (order["level"] == "indicator").any():
        columns.insert(1, ("list", _("share of"), text))
    note = _("Each column sums to 100% over the items of one list; 'all' is the mean of all stakeholders.")
    return make(named(rows, names.item, ["item_id"]), columns, _("Weights by stakeholder"), note=note, lang=lang)


def consistency(table: pd.DataFrame, triads: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how consistent each judge's comparisons are, and the worst contradiction in words.

    Parameters
    ----------
    table, triads : DataFrame
        `judgement_consistency`, `judgement_triads`.
    names : Names
    """
    _ = translator(names.lang)
    lang, key = names.lang, ["judge_id", "level", "dimension_id"]
    first = triads.drop_duplicates(key).set_index(key)
    rows = []
    for row in table.to_dict("records"):
        ratio, mine = row["consistency_ratio"], tuple(row[name] for name in key)
        look = _("yes")
        if pd.isna(ratio):
            look = _("cannot be checked")
        elif ratio > MOST_INCONSISTENT:
            look = _("look again")
        triad = first.loc[mine] if mine in first.index else None
        says = "" if triad is None else f"{contradiction(triad, names)} {mend(triad, names)}"
        pairs = _("{n} of {all}").format(n=number(row["n_given"], 0, lang), all=number(row["n_possible"], 0, lang))
        about = list_of(row["level"], row["dimension_id"], names)
        rows.append({**row, "about": about, "pairs": pairs, "look": look, "says": says})
    columns = [
        ("judge_id", _("stakeholder"), text),
        ("about", _("asked about"), text),
        ("pairs", _("pairs compared"), text),
        ("consistency_ratio", _("consistency ratio"), fixed(2, lang)),
        ("look", _("consistent?"), text),
        ("says", _("what fits least"), text),
    ]
    note = _("0 is free of contradiction, 1 is like random answers; above {limit} the answers deserve another look.")
    note = note.format(limit=number(MOST_INCONSISTENT, 2, lang))
    return make(pd.DataFrame(rows), columns, _("Consistency of the pairwise comparisons"), note=note, lang=lang)


def disputed(table: pd.DataFrame, names: Names, most: int = 10) -> DisplayTable | None:
    """Show the subjects whose rank depends most on who sets the weights.

    Parameters
    ----------
    table : DataFrame
        `disputed_subjects`.
    names : Names
    most : int
        Rows to show.
    """
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("subject_id", _("subject"), text),
        ("stated_rank", _("rank by the scheme"), fixed(0, lang)),
        ("best_rank", _("best rank"), fixed(0, lang)),
        ("best_judge", _("under"), text),
        ("worst_rank", _("worst rank"), fixed(0, lang)),
        ("worst_judge", _("under"), text),
        ("stated_grade", _("grade by the scheme"), text),
        ("best_grade", _("best grade"), text),
        ("worst_grade", _("worst grade"), text),
    ]
    if table["keeps_grade"].isna().all():
        columns = columns[:6]
    rows = named(table, names.subject, ["subject_id"])
    return make(rows, columns, _("Where stakeholders disagree most"), most=most, lang=lang)


def results(summary: pd.DataFrame, names: Names, most: int = 20) -> DisplayTable | None:
    """Show how far the results under each set of weights lie from those of the scheme.

    Parameters
    ----------
    summary : DataFrame
        `stakeholder_summary`.
    names : Names
    most : int
        Rows to show; where there are more, all together come first, then groups, then the judges furthest away.
    """
    _ = translator(names.lang)
    lang = names.lang
    if len(summary) > most:
        first = summary["who"].map({"all": 0, "group": 1, "judge": 2})
        summary = summary.assign(first=first).sort_values(["first", "rank_correlation"], kind="stable")
    whose = {"judge": _("stakeholder"), "group": _("group, together"), "all": _("all together")}
    rows = summary.assign(
        label=summary["judge_id"].where(summary["who"] == "judge", summary["group"]),
        kind=[whose[who] for who in summary["who"]],
    )
    columns = [
        ("label", _("weights of"), text),
        ("kind", _("kind"), text),
        ("rank_correlation", _("rank correlation with the scheme's result"), fixed(2, lang)),
        ("mean_shift", _("mean shift of rank"), fixed(1, lang)),
        ("most_shift", _("largest shift"), fixed(0, lang)),
        ("n_grade_changes", _("grades that change"), fixed(0, lang)),
        ("n_without_total", _("left without a total"), fixed(0, lang)),
    ]
    if not summary["n_without_total"].any():
        columns = columns[:-1]
    if summary["n_grade_changes"].isna().all():
        columns = [column for column in columns if column[0] != "n_grade_changes"]
    return make(rows, columns, _("Results under the weights of each stakeholder"), most=most, lang=lang)
