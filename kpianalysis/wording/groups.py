"""Sentences about groups of indicators that move together."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.redundancy.group_stability import (
    DOUBTFUL,
    HIGHLY_STABLE,
    IS_PATTERN,
    IS_STABLE,
    GroupStability,
)
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_items, share

# As many indicators of a group are named in a sentence; of a group that is larger by one, all.
MOST_NAMED = 8
# In so many resamples an indicator must have company elsewhere to be named as standing at the border of a group.
AT_THE_BORDER = 0.25


def grouped(groups: pd.DataFrame, names: Names, stability: GroupStability | None = None) -> str:
    """Say how many groups move together, and name the largest.

    Parameters
    ----------
    groups : DataFrame
        `correlation_groups`.
    names : Names
    stability : GroupStability, optional
        `group_stability` of the same scores and cut: says how strong it is and how many subjects there are.
    """
    _ = translator(names.lang)
    if stability is not None and 0 < stability.n < ENOUGH:
        return _too_few(stability, names)
    if groups.empty or groups["group"].max() < 1:
        return _("No indicators move together closely enough to be called a group.")
    members = groups.loc[groups["group"] == 1, "indicator_id"]
    values = {"named": first_items(members, MOST_NAMED, names), "n": int(groups["group"].max())}
    if stability is None or stability.groups.empty:
        text = _("Groups that move together: {n}; the largest: {named}.")
        if values["n"] == 1:
            text = _("One group moves together: {named}.")
        return text.format(**values)
    first = stability.groups.iloc[0]
    values |= {"mean": number(first["mean_rho"], 2, names.lang), "size": count(first["size"], names.lang)}
    text = _("Groups that move together: {n}; the largest has {size} indicators (mean |ρ| {mean}): {named}.")
    if values["n"] == 1:
        text = _("One group of {size} indicators moves together (mean |ρ| {mean}): {named}.")
    return text.format(**values) + _opposite(stability, names)


def _opposite(stability: GroupStability, names: Names) -> str:
    """Say that what moves together moves in opposite directions; blank where nothing does."""
    _ = translator(names.lang)
    against = int(stability.groups["n_opposite"].sum())
    if not against:
        return ""
    text = _("Pairs inside groups where more of one goes with less of the other: {n}.")
    return " " + text.format(n=count(against, names.lang))


def _too_few(stability: GroupStability, names: Names) -> str:
    """Say that so few subjects allow no conclusion about groups."""
    _ = translator(names.lang)
    text = _("At most {n} subjects have both indicators of a pair: which indicators form a group cannot be concluded.")
    return text.format(n=count(stability.n, names.lang))


def stable(stability: GroupStability, names: Names) -> str:
    """Say how far the groups come back with other subjects, and who stands at the border of one.

    Parameters
    ----------
    stability : GroupStability
        `group_stability`.
    names : Names
    """
    _ = translator(names.lang)
    if 0 < stability.n < ENOUGH:
        return _too_few(stability, names)
    if stability.groups.empty:
        return " ".join([_("There is no group whose stability could be looked at."), _border(stability, names)]).strip()
    if not stability.draws or not stability.groups["verdict"].iloc[0]:
        return _("How stable the groups are cannot be said: too few subjects, or no resamples.")
    verdict = stability.groups["verdict"]
    values = {
        "n": count(len(verdict), names.lang),
        "sure": count(verdict.isin([HIGHLY_STABLE, IS_STABLE]).sum(), names.lang),
        "draws": count(stability.draws, names.lang),
        "how": said_of(verdict.iloc[0], names.lang),
        "jaccard": number(stability.groups["jaccard"].iloc[0], 2, names.lang),
        "together": share(stability.groups["all_together"].iloc[0], names.lang),
    }
    if len(verdict) == 1:
        text = _(
            "The group is {how}: in {draws} resamples of the subjects its likeness to itself is {jaccard} on average "
            "(1 is the same), and all its members stay together in {together} of them."
        )
    else:
        text = _(
            "Of {n} groups {sure} are stable; the largest is {how}: in {draws} resamples of the subjects its likeness "
            "to itself is {jaccard} on average (1 is the same), and all its members stay together in {together} of "
            "them."
        )
    return " ".join([text.format(**values), _border(stability, names)]).strip()


def _border(stability: GroupStability, names: Names) -> str:
    """Name the indicator that most often joins a group it does not belong to; blank where none does."""
    _ = translator(names.lang)
    members = stability.members
    near = members[(members["other_group"] > 0) & (members["other_share"] >= AT_THE_BORDER)]
    if near.empty or stability.n < ENOUGH:
        return ""
    row = near.iloc[int(near["other_share"].to_numpy().argmax())]
    text = _("At the border: '{name}' joins group {group} in {share} of the resamples.")
    return text.format(
        name=names.item(row["indicator_id"]),
        group=count(row["other_group"], names.lang),
        share=share(row["other_share"], names.lang),
    )


def said_of(verdict: str, lang: str) -> str:
    """Write a verdict of `group_stability` as a reader sees it; blank where there is none."""
    _ = translator(lang)
    texts = {
        HIGHLY_STABLE: _("highly stable"),
        IS_STABLE: _("stable"),
        IS_PATTERN: _("a pattern with doubtful borders"),
        DOUBTFUL: _("not to be trusted"),
    }
    return texts.get(verdict, "")


def dendrogram_alt(tree: pd.DataFrame, groups: pd.DataFrame, stability: GroupStability, names: Names) -> str:
    """Describe the tree: what it is, the first and the last merge, and the finding."""
    _ = translator(names.lang)
    if tree.empty:
        return _("No tree: fewer than two indicators can be compared.")
    text = _(
        "Tree of {n} indicators; the closest branches merge first: from mean |ρ| = {first} down to {last}, with a line "
        "at the cut, {cut}."
    )
    described = text.format(
        n=count(len(tree) + 1, names.lang),
        first=number(1 - tree["height"].iloc[0], 2, names.lang),
        last=number(1 - tree["height"].iloc[-1], 2, names.lang),
        cut=number(stability.cut, 2, names.lang),
    )
    said = [described, grouped(groups, names, stability)]
    if len(stability.groups) and stability.n >= ENOUGH:
        said.append(stable(stability, names))
    return " ".join(said)


def network_alt(pairs: pd.DataFrame, groups: pd.DataFrame, names: Names, threshold: float = 0.5) -> str:
    """Describe the network: how many pairs are joined, who has most, who has none."""
    _ = translator(names.lang)
    joined = strong_pairs(pairs, threshold)
    least = number(threshold, 2, names.lang)
    if joined.empty:
        return _("No network: no pair of indicators has |ρ| of {least} or more.").format(least=least)
    if joined["n"].max() < ENOUGH:
        text = _(
            "Network of {n} pairs with |ρ| of {least} or more on at most {most} subjects: no conclusion is possible."
        )
        most = count(joined["n"].max(), names.lang)
        return text.format(n=count(len(joined), names.lang), least=least, most=most)
    if len(joined) == 1:
        text = _("Network of a single line: only '{a}' and '{b}' have |ρ| of {least} or more, ρ = {rho}.")
        one = joined.iloc[0]
        a, b = names.item(one["indicator_i"]), names.item(one["indicator_j"])
        return text.format(a=a, b=b, least=least, rho=number(one["spearman"], 2, names.lang))
    ends = pd.concat([joined["indicator_i"], joined["indicator_j"]])
    lines = ends.value_counts()
    # Of several with as many lines, the first in the order of the tree.
    hub = next(item for item in groups["indicator_id"] if lines.get(item, 0) == lines.max())
    text = _(
        "Network of the pairs with |ρ| of {least} or more: {n} lines between {k} indicators, {against} of them "
        "negative; '{hub}' has most, {most}; without a line: {alone}."
    )
    return text.format(
        least=least,
        n=count(len(joined), names.lang),
        k=count(len(lines), names.lang),
        against=count((joined["spearman"] < 0).sum(), names.lang),
        hub=names.item(hub),
        most=count(lines.max(), names.lang),
        alone=count(len(groups) - len(lines), names.lang),
    )


def strong_pairs(pairs: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Keep the pairs with |ρ| of the threshold or more."""
    return pairs[pairs["spearman"].abs() >= threshold]
