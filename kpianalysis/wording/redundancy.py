"""The five sentences that the indicator correlation report begins with."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH, redundant_pairs
from kpianalysis.analyses.redundancy.group_stability import GroupStability
from kpianalysis.display import Sentences
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording import correlation, dimensionality, double_counting, drop_candidates, groups


def answer(
    pairs: pd.DataFrame,
    together: pd.DataFrame,
    stability: GroupStability,
    components: pd.DataFrame,
    doubled: pd.DataFrame,
    droppable: pd.DataFrame,
    names: Names,
) -> Sentences:
    """Say whether the data allow an answer, what says the same, what that does to the total, and what could go.

    Parameters
    ----------
    pairs : DataFrame
        `correlation`.
    together : DataFrame
        `correlation_groups`.
    stability : GroupStability
        `group_stability`.
    components : DataFrame
        `parallel_analysis`.
    doubled : DataFrame
        `double_counting` of the redundant pairs.
    droppable : DataFrame
        `drop_candidates`.
    names : Names
    """
    twice = double_counting.common_part(doubled, pairs, names) if len(redundant_pairs(pairs)) else ""
    return Sentences(
        (
            correlation.allows(pairs, names),
            correlation.strongest(pairs, names),
            groups.grouped(together, names, stability),
            twice or dimensionality.how_many(components, names),
            advice(pairs, droppable, names),
        ),
        "answer",
    )


def advice(pairs: pd.DataFrame, droppable: pd.DataFrame, names: Names) -> str:
    """Suggest what could be dropped, with the consequence; a person decides."""
    _ = translator(names.lang)
    known = pairs.dropna(subset=["spearman"])
    if known.empty or known["n"].max() < ENOUGH:
        return _("Suggestion, a person decides: look at the report of the whole, which has more subjects.")
    first = drop_candidates.candidates_of(droppable)
    if first.empty:
        return _("Suggestion, a person decides: nothing here needs to be dropped for double counting.")
    text = _("Suggestion, a person decides: if one is to go, look at '{name}' first. {consequence}")
    return text.format(
        name=names.item(first.iloc[0]["indicator_id"]), consequence=drop_candidates.consequence(droppable, names)
    )
