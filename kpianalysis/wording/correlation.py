"""Sentences of the indicator correlation report."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH, SAY_SAME, UNLIKELY, redundant_pairs
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, number_of, share
from kpianalysis.wording.groups import grouped

# Scores hide something from this difference of |ρ| on; a cap or floor is the reason where so many are at it.
HIDES, CAPPED = 0.1, 0.2


def allows(pairs: pd.DataFrame, names: Names) -> str:
    """Say whether the data allow an answer at all."""
    _ = translator(names.lang)
    known = pairs.dropna(subset=["spearman"])
    if known.empty:
        return _("No pair of indicators can be compared: too few subjects have both, or one of the two never varies.")
    if known["n"].max() < ENOUGH:
        text = _(
            "At most {n} subjects have both indicators of a pair: intervals are shown, and no conclusion is possible."
        )
        return text.format(n=count(known["n"].max(), names.lang))
    text = _(
        "{known} of {all} pairs of indicators can be compared, on {low} to {high} subjects each; pairs that say the "
        "same: {found}."
    )
    return text.format(
        known=count(len(known), names.lang),
        all=count(len(pairs), names.lang),
        low=count(known["n"].min(), names.lang),
        high=count(known["n"].max(), names.lang),
        found=count(len(redundant_pairs(pairs)), names.lang),
    )


def judged(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs with a correlation and enough subjects for a conclusion; where no pair has, those with the most."""
    known = pairs.dropna(subset=["spearman"])
    if known.empty:
        return known
    most = known["n"].max()
    return known[known["n"] >= (ENOUGH if most >= ENOUGH else most / 2)]


def perhaps_same(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs that do not say the same, and whose interval reaches as far; with enough subjects only."""
    known = pairs[pairs["n"] >= ENOUGH].dropna(subset=["ci_low"])
    reach = (known["ci_high"] >= SAY_SAME) | (known["ci_low"] <= -SAY_SAME)
    return known[reach & ~known.index.isin(redundant_pairs(pairs).index)]


def level_of(pairs: pd.DataFrame, lang: str) -> str:
    """Write the level of the intervals: 95%; blank without pairs."""
    return _percent(float(pairs["level"].iloc[0]), lang) if len(pairs) else ""


def _percent(level: float, lang: str) -> str:
    return percent(level, 0 if round(100 * level, 9) % 1 == 0 else 1, lang)


def pair_values(row: pd.Series, names: Names) -> dict[str, str]:
    """Values of one pair for a sentence: a, b, rho, low, high, n, level."""
    return {
        "a": names.item(row["indicator_i"]),
        "b": names.item(row["indicator_j"]),
        "rho": number(row["spearman"], 2, names.lang),
        "low": number(row["ci_low"], 2, names.lang),
        "high": number(row["ci_high"], 2, names.lang),
        "n": count(row["n"], names.lang),
        "level": _percent(float(row["level"]), names.lang),
    }


def strongest(pairs: pd.DataFrame, names: Names) -> str:
    """Name the pair with the strongest correlation and its interval."""
    _ = translator(names.lang)
    known = judged(pairs)
    if known.empty:
        return _("There is no strongest pair.")
    text = _("Strongest: '{a}' and '{b}', ρ = {rho} ({level} interval {low} to {high}, n = {n}).")
    return text.format(**pair_values(known.iloc[0], names))


def sure(pairs: pd.DataFrame, names: Names) -> str:
    """Say how many pairs are surely related at all, and how many surely say the same."""
    _ = translator(names.lang)
    known = pairs[pairs["n"] >= ENOUGH].dropna(subset=["ci_low"])
    if known.empty:
        text = _("No pair rests on at least {enough} subjects: which correlations are chance cannot be said.")
        return text.format(enough=count(ENOUGH, names.lang))
    low, high = known["ci_low"], known["ci_high"]
    beyond = (low >= SAY_SAME) | (high <= -SAY_SAME)
    perhaps = ~beyond & ((high >= SAY_SAME) | (low <= -SAY_SAME))
    text = _(
        "Of {all} pairs with at least {enough} subjects, {apart} have a {level} interval that excludes 0; if nothing "
        "were related, about {chance} would by chance. {unlikely} hold when the number of pairs is allowed for "
        "(adjusted p below {p}). Pairs beyond {same} with their whole interval: {beyond}; with {same} inside it: "
        "{perhaps}."
    )
    return text.format(
        all=count(len(known), names.lang),
        enough=count(ENOUGH, names.lang),
        apart=count(((low > 0) | (high < 0)).sum(), names.lang),
        level=level_of(known, names.lang),
        chance=count(max(1, (1 - float(known["level"].iloc[0])) * len(known)), names.lang),
        unlikely=count((known["spearman_p_adjusted"] < UNLIKELY).sum(), names.lang),
        p=number_of(UNLIKELY, names.lang),
        same=number_of(SAY_SAME, names.lang),
        beyond=count(beyond.sum(), names.lang),
        perhaps=count(perhaps.sum(), names.lang),
    )


def small(pairs: pd.DataFrame, names: Names) -> str:
    """Say which pairs rest on too few subjects for a conclusion; blank: none does."""
    _ = translator(names.lang)
    known = pairs.dropna(subset=["spearman"])
    few = known[known["n"] < ENOUGH]
    if few.empty:
        return ""
    text = _(
        "{few} of {all} pairs rest on fewer than {enough} subjects, the fewest '{a}' and '{b}' ({n}): their intervals "
        "are shown, and no conclusion is drawn from them."
    )
    if len(few) == len(known):
        text = _(
            "Every pair rests on fewer than {enough} subjects ({n} at the fewest): the intervals are shown, and no "
            "conclusion is possible."
        )
    values = pair_values(few.iloc[int(few["n"].to_numpy().argmin())], names)
    return text.format(
        **values,
        few=count(len(few), names.lang),
        all=count(len(known), names.lang),
        enough=count(ENOUGH, names.lang),
    )


def hidden(table: pd.DataFrame, names: Names) -> str:
    """Say where scores hide a correlation that actuals show, and whether a cap does it.

    Parameters
    ----------
    table : DataFrame
        `correlations_by_values`.
    names : Names
    """
    _ = translator(names.lang)
    known = table[table["n"] >= ENOUGH].dropna(subset=["hidden"])
    if known.empty:
        return _("Scores and actuals cannot be compared: no pair has a correlation of both on enough subjects.")
    sure_of = known[(known["hidden"] >= HIDES) & (known["actual_p_adjusted"] < UNLIKELY)]
    if sure_of.empty:
        text = _(
            "Scores hide no correlation: where actuals are surely related, ρ is nowhere stronger by {hides} or more "
            "than on scores."
        )
        said = text.format(hides=number_of(HIDES, names.lang))
        return " ".join(filter(None, [said, _reaching(known, names)]))
    return " ".join(filter(None, [_hidden_most(sure_of.iloc[0], names), _reaching(known, names)]))


def _hidden_most(row: pd.Series, names: Names) -> str:
    """Say of one pair what scores hide, and whether a cap or a floor does it."""
    _ = translator(names.lang)
    at = row[["share_top_i", "share_top_j", "share_bottom_i", "share_bottom_j"]].to_numpy(dtype=float)
    most = int(at.argmax())
    if pd.isna(row["score"]):
        text = _(
            "Scores hide correlation, most of all between '{a}' and '{b}': ρ is {actual} on actuals, and scores of one "
            "of the two never vary."
        )
    elif at[most] < CAPPED:
        text = _(
            "Scores hide correlation, most of all between '{a}' and '{b}': ρ is {score} on scores and {actual} on "
            "actuals. At most {share} share a highest or lowest score, so it is neither cap nor floor that does it."
        )
    elif most < 2:
        text = _(
            "Capped scores hide correlation, most of all between '{a}' and '{b}': ρ is {score} on scores and {actual} "
            "on actuals; {share} share the highest score of '{shared}'."
        )
    else:
        text = _(
            "Scores with a floor hide correlation, most of all between '{a}' and '{b}': ρ is {score} on scores and "
            "{actual} on actuals; {share} share the lowest score of '{shared}'."
        )
    return text.format(
        a=names.item(row["indicator_i"]),
        b=names.item(row["indicator_j"]),
        score=number(row["score"], 2, names.lang),
        actual=number(row["actual"], 2, names.lang),
        share=share(at[most], names.lang),
        shared=names.item(row["indicator_j"] if most % 2 else row["indicator_i"]),
    )


def _reaching(known: pd.DataFrame, names: Names) -> str:
    """Name the pairs that are beyond the line on actuals alone; blank: none."""
    _ = translator(names.lang)
    more = known[(known["actual"].abs() >= SAY_SAME) & ~(known["score"].abs() >= SAY_SAME)]
    if more.empty:
        return ""
    row = more.iloc[int(more["actual"].abs().to_numpy().argmax())]
    text = _("Pairs that reach {same} on actuals and not on scores: {n}, the strongest '{a}' and '{b}' ({actual}).")
    return text.format(
        same=number_of(SAY_SAME, names.lang),
        n=count(len(more), names.lang),
        a=names.item(row["indicator_i"]),
        b=names.item(row["indicator_j"]),
        actual=number(row["actual"], 2, names.lang),
    )


def heatmap_alt(pairs: pd.DataFrame, groups: pd.DataFrame, names: Names) -> str:
    """Describe the heat map: what it is, the largest group, the strongest pair, and what rests on too few."""
    _ = translator(names.lang)
    if len(groups) < 2:
        return " ".join([_("A heat map without cells: fewer than two indicators."), strongest(pairs, names)])
    text = _("Heat map of the Spearman correlations of {n} indicators.").format(n=count(len(groups), names.lang))
    sentences = [text, grouped(groups, names), strongest(pairs, names), small(pairs, names)]
    return " ".join(sentence for sentence in sentences if sentence)


def forest_alt(pairs: pd.DataFrame, names: Names, most: int = 15) -> str:
    """Describe the intervals of the strongest pairs: the first, the last that is shown, and how many say the same."""
    _ = translator(names.lang)
    shown = judged(pairs).head(most)
    text = _(
        "Spearman correlations with their intervals, the strongest {n} of {all} pairs; pairs that say the same: {same}."
    )
    filled = text.format(
        n=count(len(shown), names.lang),
        all=count(len(pairs), names.lang),
        same=count(len(redundant_pairs(pairs)), names.lang),
    )
    sentences = [filled, strongest(pairs, names)]
    if len(shown) > 1:
        text = _("Last shown: '{a}' and '{b}', ρ = {rho} ({low} to {high}, n = {n}).")
        sentences.append(text.format(**pair_values(shown.iloc[-1], names)))
    return " ".join(sentences)
