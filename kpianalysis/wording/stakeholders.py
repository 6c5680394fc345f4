"""Sentences about what stakeholders say the weights should be."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.opinions.consistency import MOST_INCONSISTENT
from kpianalysis.display import Sentences
from kpianalysis.i18n import N_, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, number_of, points, share

# Weights that differ by less are the same to a reader.
ALIKE = 0.005
_METHODS = {
    "budget": N_("budget allocation"),
    "pairwise": N_("pairwise comparison"),
    "swing": N_("swing weighting"),
    "rank": N_("rank order"),
}
_REASONS = {
    "unknown": N_("Judgements of {judge} about what is not in force in this cycle were passed over: {items}."),
    "incomplete": N_("What {judge} says about {list} is not used: nothing is said about {items}."),
    "not linked": N_("What {judge} says about {list} is not used: no comparison links {items} to the others."),
    "no points": N_("What {judge} says about {list} is not used: there are no points at all."),
    "two ways": N_("What {judge} says about {list} is not used: it was asked in two ways."),
    "no weight": N_("No total rests on {items}: the weight that {judge} gives there goes to the others."),
}


def nobody_asked(names: Names) -> str:
    """Say that there are no judgements."""
    return translator(names.lang)("No judgements were collected: whether stakeholders would agree is not known.")


def would_agree(weights: pd.DataFrame, disputed: pd.DataFrame, disagreement: pd.DataFrame, names: Names) -> str:
    """Say how many grades stay the same whoever sets the weights, and on what stakeholders disagree most.

    Parameters
    ----------
    weights, disputed, disagreement : DataFrame
        `judgement_weights`, `disputed_subjects`, `weight_disagreement`.
    names : Names
    """
    _ = translator(names.lang)
    if weights.empty:
        return nobody_asked(names)
    if disputed.empty:
        return _("Stakeholders were asked, and no total rests on what they judged.")
    judges = weights["judge_id"].nunique()
    stays = _unmoved(disputed, judges, names)
    item = _most_disputed(disagreement)
    if item is None:
        return stays
    return stays + " " + _("They disagree most on {item} ({low} to {high}).").format(**_range(item, names))


def asked(weights: pd.DataFrame, names: Names) -> str:
    """Say who was asked, and how."""
    _ = translator(names.lang)
    if weights.empty:
        return nobody_asked(names)
    judges = weights.drop_duplicates(["judge_id", "method"])
    counts = judges["method"].value_counts()
    how = ", ".join(f"{_(_METHODS[str(name)])} ({count(n, names.lang)})" for name, n in counts.items())
    groups = [group for group in judges["group"].unique() if group]
    text = _("Stakeholders asked: {n}, by {how}.")
    if groups:
        text = _("Stakeholders asked: {n}, of these groups: {groups}; by {how}.")
    n = count(judges["judge_id"].nunique(), names.lang)
    return text.format(n=n, groups=", ".join(f"'{group}'" for group in groups), how=how)


def alike(agreement: pd.DataFrame, names: Names) -> str:
    """Say how much of the weight two stakeholders place alike, and how far their orders agree."""
    _ = translator(names.lang)
    if agreement.empty:
        return ""
    first = agreement.iloc[0]
    text = _(
        "Two stakeholders place on average {overlap} of the weight of {list} alike; Kendall's W of their orders is "
        "{w} (1: all the same order, 0: no common order)."
    )
    if pd.isna(first["kendall_w"]):
        text = _("Two stakeholders place on average {overlap} of the weight of {list} alike.")
    asked_about = list_of(first["level"], first["dimension_id"], names)
    w = points(first["kendall_w"], names.lang, 2)
    return text.format(overlap=share(first["overlap"], names.lang), list=asked_about, w=w)


def apart(disagreement: pd.DataFrame, names: Names) -> str:
    """Say on which item stakeholders lie furthest apart, and who gives it most and least."""
    _ = translator(names.lang)
    item = _most_disputed(disagreement)
    if item is None:
        return ""
    text = _("{item} gets {low} from {lowest} and {high} from {highest}.")
    if pd.notna(item["stated"]):
        text = _("{item} gets {low} from {lowest} and {high} from {highest}; the scheme gives it {stated}.")
    who = {"lowest": item["lowest_judge"], "highest": item["highest_judge"]}
    return text.format(**who, stated=share(item["stated"], names.lang), **_range(item, names))


def consistent(consistency: pd.DataFrame, triads: pd.DataFrame, names: Names) -> str:
    """Say whether pairwise comparisons contradict each other, and where most; blank without any."""
    _ = translator(names.lang)
    known = consistency.dropna(subset=["consistency_ratio"])
    limit = points(MOST_INCONSISTENT, names.lang, 2)
    if consistency.empty:
        return ""
    if known.empty:
        return _("No pairwise comparison can contradict another: too few were made to check them.")
    worst = known.iloc[0]
    ratio = points(worst["consistency_ratio"], names.lang, 2)
    if worst["consistency_ratio"] <= MOST_INCONSISTENT:
        text = _(
            "The pairwise comparisons are consistent enough: no consistency ratio is above {ratio} (limit {limit})."
        )
        return text.format(ratio=ratio, limit=limit)
    text = _("The comparisons of {judge} contradict each other: consistency ratio {ratio}, above {limit}.")
    said = text.format(judge=worst["judge_id"], ratio=ratio, limit=limit)
    mine = triads[
        (triads[["judge_id", "level", "dimension_id"]] == worst[["judge_id", "level", "dimension_id"]]).all(axis=1)
    ]
    return said if mine.empty else f"{said} {contradiction(mine.iloc[0], names)} {mend(mine.iloc[0], names)}"


def together(summary: pd.DataFrame, names: Names) -> str:
    """Say what the results would be under the weights of all stakeholders together."""
    _ = translator(names.lang)
    rows = summary[(summary["who"] == "all") & (summary["n"] > 0)]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    text = _("Under the mean of all their weights ranks would shift by {mean} places on average and by up to {most}.")
    if pd.notna(row["n_grade_changes"]):
        text = _(
            "Under the mean of all their weights ranks would shift by {mean} places on average; grades that would "
            "change: {changes}."
        )
    return text.format(
        changes=count(row["n_grade_changes"], names.lang),
        mean=points(row["mean_shift"], names.lang),
        most=count(row["most_shift"], names.lang),
    )


def left_out(rows: pd.DataFrame, names: Names) -> Sentences:
    """Say which judgements could not be used, and why."""
    _ = translator(names.lang)
    return Sentences(
        tuple(
            _(_REASONS[row["reason"]]).format(
                judge=row["judge_id"],
                list=list_of(row["level"], row["dimension_id"], names),
                items=", ".join(f"'{names.item(item)}'" for item in row["items"].split(", ")),
            )
            for row in rows.to_dict("records")
        ),
        "warning",
    )


def advice(disagreement: pd.DataFrame, consistency: pd.DataFrame, names: Names) -> str:
    """Suggest what to talk about; a person decides. Blank when nobody was asked."""
    _ = translator(names.lang)
    item = _most_disputed(disagreement)
    ask = consistency.loc[consistency["consistency_ratio"] > MOST_INCONSISTENT, "judge_id"].unique()
    if item is None and not len(ask):
        return ""
    if item is None:
        text = _("Suggestion, a person decides: ask {judges} again where the answers contradict each other.")
    elif not len(ask):
        text = _(
            "Suggestion, a person decides: let stakeholders give their reasons on {item} before any weight changes."
        )
    else:
        text = _(
            "Suggestion, a person decides: let stakeholders give their reasons on {item} before any weight changes, "
            "and ask {judges} again where the answers contradict each other."
        )
    return text.format(judges=", ".join(ask), **_range(item, names))


def ranks_alt(disputed: pd.DataFrame, names: Names) -> str:
    """Describe the chart of ranks under each stakeholder's weights."""
    _ = translator(names.lang)
    text = _("Rank of each subject under the scheme's and each stakeholder's weights.")
    if disputed.empty:
        return text + " " + _("Nobody has a rank under stakeholders' weights.")
    row = disputed.iloc[0]
    more = _("'{subject}' moves most: rank {best} under {best_judge}, {worst} under {worst_judge}.")
    more = more.format(
        subject=names.subject(row["subject_id"]),
        best=count(row["best_rank"], names.lang),
        worst=count(row["worst_rank"], names.lang),
        best_judge=row["best_judge"],
        worst_judge=row["worst_judge"],
    )
    return f"{text} {more}" if row["rank_range"] else text + " " + _("No rank changes.")


def weights_alt(disagreement: pd.DataFrame, names: Names) -> str:
    """Describe the chart of weights by stakeholder."""
    text = translator(names.lang)("Weight that each stakeholder gives each item, beside the scheme's.")
    return f"{text} {nobody_asked(names) if disagreement.empty else apart(disagreement, names)}".rstrip()


def list_of(level: str, dimension_id: str, names: Names) -> str:
    """Name what was weighed against each other: the dimensions, or indicators."""
    _ = translator(names.lang)
    if level == "dimension":
        return _("the dimensions")
    if not dimension_id:
        return _("all indicators")
    return _("the indicators of '{name}'").format(name=names.item(dimension_id))


def contradiction(triad: pd.Series, names: Names) -> str:
    """Say in words how three comparisons contradict each other."""
    _ = translator(names.lang)
    text = _("'{i}' counts {ij} times '{j}', and '{j}' {jk} times '{k}': that makes {ik} times, and {said} was said.")
    items = {place: names.item(triad[f"item_{place}"]) for place in "ijk"}
    follows = triad["value_ij"] * triad["value_jk"]
    values = {"ij": triad["value_ij"], "jk": triad["value_jk"], "ik": follows, "said": triad["value_ik"]}
    return text.format(**items, **{name: times(value, names.lang) for name, value in values.items()})


def mend(triad: pd.Series, names: Names) -> str:
    """Say which comparison to look at again, and what the others suggest for it."""
    _ = translator(names.lang)
    text = _("The other answers suggest {to} instead of {said} for '{i}' over '{j}'.")
    items = {"i": names.item(triad["change_i"]), "j": names.item(triad["change_j"])}
    return text.format(**items, to=times(triad["change_to"], names.lang), said=times(triad["change_from"], names.lang))


def times(value: float, lang: str) -> str:
    """Write how many times more important one is than another: 3, 1.5, 1/6.

    Examples
    --------
    >>> times(3.0, "en"), times(1 / 6, "en")
    ('3', '1/6')
    """
    return number_of(value, lang) if value >= 1 else f"1/{number_of(1 / value, lang)}"


def _unmoved(disputed: pd.DataFrame, judges: int, names: Names) -> str:
    """Say how many keep their grade whoever sets the weights; without grades, their rank."""
    _ = translator(names.lang)
    if disputed["keeps_grade"].notna().any():
        text = _("Under the weights of {judges} stakeholders {same} of {n} grades stay the same for all.")
        if judges == 1:
            text = _("Under the weights of the one stakeholder who was asked {same} of {n} grades stay the same.")
        same = int(disputed["keeps_grade"].sum())
    else:
        text = _("Under the weights of {judges} stakeholders {same} of {n} keep their rank for all, give or take one.")
        if judges == 1:
            text = _("Under the weights of the one stakeholder asked {same} of {n} keep their rank, give or take one.")
        up, down = disputed["stated_rank"] - disputed["best_rank"], disputed["worst_rank"] - disputed["stated_rank"]
        same = int(((up <= 1) & (down <= 1)).sum())
    lang = names.lang
    return text.format(judges=count(judges, lang), same=count(same, lang), n=count(len(disputed), lang))


def _most_disputed(disagreement: pd.DataFrame) -> pd.Series | None:
    """Find the item with the widest range of weights, a dimension where dimensions were weighed; None if all agree."""
    rows = disagreement[(disagreement["n_judges"] > 1) & (disagreement["spread"] >= ALIKE)]
    dimensions = rows[rows["level"] == "dimension"]
    rows = dimensions if len(dimensions) else rows
    return rows.iloc[0] if len(rows) else None


def _range(item: pd.Series | None, names: Names) -> dict[str, str]:
    if item is None:
        return {}
    _ = translator(names.lang)
    text = "'{name}'" if item["level"] == "dimension" else _("'{name}' within '{dimension}'")
    name = text.format(name=names.item(item["item_id"]), dimension=names.item(item["dimension_id"]))
    return {"item": name, "low": share(item["lowest"], names.lang), "high": share(item["highest"], names.lang)}
