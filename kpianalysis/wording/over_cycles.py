"""Sentences about cycles: whether a pair says the same in each, and whether the two change together.

`pairs` is `correlation` of the last cycle, `by_cycle` is `correlation_by_cycle`, `homogeneity` is
`correlation_homogeneity`, `changes` is `pooled_change_correlation`.
"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.over_cycles import pairs_to_follow
from kpianalysis.analyses.correlation.redundant import ENOUGH, SAY_SAME, UNLIKELY, redundant_pairs
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, number_of

# As many pairs get a sentence of their own.
MOST_NAMED = 3
_PAIR = ["indicator_i", "indicator_j"]


def pairs_in_question(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs that say the same now; where there is none, the strongest one."""
    found = redundant_pairs(pairs)
    return pairs_to_follow(pairs, most=1) if found.empty else found


def beside(pairs: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table about cycles for some pairs, in their order; missing where it has none."""
    return pairs[_PAIR].merge(table, how="left", on=_PAIR)


def holds_over_time(pairs: pd.DataFrame, by_cycle: pd.DataFrame, homogeneity: pd.DataFrame, names: Names) -> str:
    """Say of each pair that says the same whether it did in every cycle; there is none: of the strongest pair."""
    _ = translator(names.lang)
    rows = beside(pairs_in_question(pairs), homogeneity)
    if rows.empty or by_cycle.empty:
        return _("No pair of indicators can be followed over cycles.")
    if by_cycle["cycle"].nunique() < 2:
        return _("There is one cycle only: whether correlations hold over time cannot be told.")
    none_now = redundant_pairs(pairs).empty
    shown = rows.head(MOST_NAMED)
    sentences = [_held(row, by_cycle, names, none_now) for _at, row in shown.iterrows()]
    if len(rows) > len(shown):
        text = _("Further pairs that say the same are in the table: {n}.")
        sentences.append(text.format(n=count(len(rows) - len(shown), names.lang)))
    return " ".join(sentences)


def _held(row: pd.Series, by_cycle: pd.DataFrame, names: Names, none_now: bool) -> str:
    _ = translator(names.lang)
    if not row["cycles"] >= 2:
        text = _("'{a}' and '{b}' can be compared in one cycle only: whether that holds over time cannot be told.")
    elif row["n"] < ENOUGH:
        text = _(
            "'{a}' and '{b}': ρ {low} to {high} in {cycles} cycles; with {n} subjects in the smallest of them no "
            "conclusion is possible."
        )
    elif none_now:
        text = _(
            "No pair says the same now; the strongest, '{a}' and '{b}', had ρ {low} to {high} in {cycles} cycles, a "
            "difference that chance can explain."
        )
        if has_changed(row):
            text = _(
                "No pair says the same now; the strongest, '{a}' and '{b}', has changed: ρ {low} in {lowest_in}, "
                "{high} in {highest_in}, more than chance explains."
            )
    elif same_in_each(row):
        text = _("'{a}' and '{b}' said the same in each of {cycles} cycles (ρ {low} to {high}).")
        if has_changed(row):
            text = _(
                "'{a}' and '{b}' said the same in each of {cycles} cycles, though not always as closely: ρ {low} in "
                "{lowest_in}, {high} in {highest_in}, more than chance explains."
            )
    elif has_changed(row):
        text = _(
            "'{a}' and '{b}' did not say the same in every cycle: ρ {low} in {lowest_in}, {high} in {highest_in}, more "
            "than chance explains."
        )
    else:
        text = _(
            "'{a}' and '{b}' say the same now; ρ was {low} to {high} in {cycles} cycles, a difference that chance can "
            "explain."
        )
    return text.format(**_values(row, by_cycle, names))


def same_in_each(row: pd.Series) -> bool:
    """Whether a row of `correlation_homogeneity` is at or beyond ±0.7 in each cycle, on the same side."""
    return bool(row["lowest"] >= SAY_SAME or row["highest"] <= -SAY_SAME)


def has_changed(row: pd.Series) -> bool:
    """Whether the coefficients of a row of `correlation_homogeneity` differ more than chance explains."""
    return bool(row["p_adjusted"] < UNLIKELY and row["n"] >= ENOUGH)


def trend(row: pd.Series, lang: str) -> str:
    """Say in a few words what the coefficient of a row of `correlation_homogeneity` did over cycles."""
    _ = translator(lang)
    if not row["cycles"] >= 2:
        return _("one cycle only")
    if row["n"] < ENOUGH:
        return _("too few subjects to tell")
    if pd.isna(row["p"]):
        return _("cannot be tested")
    if not has_changed(row):
        return _("no change beyond chance")
    if row["slope_p"] < UNLIKELY:
        return _("rising") if row["slope"] > 0 else _("falling")
    return _("up and down")


def changed(by_cycle: pd.DataFrame, homogeneity: pd.DataFrame, names: Names) -> str:
    """Say how many of all pairs have changed over cycles, and name the one that changed most."""
    _ = translator(names.lang)
    if len(by_cycle["cycle"].unique()) == 1:
        return _("There is one cycle only: nothing can have changed.")
    tested = homogeneity[(homogeneity["n"] >= ENOUGH) & homogeneity["p"].notna()]
    if tested.empty:
        return _("No pair has enough subjects in two cycles to say whether its correlation has changed.")
    rows = tested[tested["p_adjusted"] < UNLIKELY]
    if rows.empty:
        text = _("Not one of {all} pairs has changed over cycles more than chance explains.")
        return text.format(all=count(len(tested), names.lang))
    most = rows.iloc[int((rows["highest"] - rows["lowest"]).to_numpy().argmax())]
    text = _(
        "Pairs whose correlation has changed over cycles more than chance explains: {changed} of {all}, most of all "
        "'{a}' and '{b}': ρ {low} in {lowest_in}, {high} in {highest_in}."
    )
    numbers = {"all": count(len(tested), names.lang), "changed": count(len(rows), names.lang)}
    return text.format(**_values(most, by_cycle, names), **numbers)


def changes_together(pairs: pd.DataFrame, changes: pd.DataFrame, names: Names) -> str:
    """Say whether the indicators of a pair also rise and fall together; of the pairs of `holds_over_time`."""
    _ = translator(names.lang)
    rows = beside(pairs_in_question(pairs), changes)
    if changes.empty or not changes["steps"].max() >= 1 or rows.empty:
        return _("No subjects have both indicators of a pair in two cycles in a row: changes cannot be compared.")
    return " ".join(_moved(row, names) for _at, row in rows.head(MOST_NAMED).iterrows())


def _moved(row: pd.Series, names: Names) -> str:
    _ = translator(names.lang)
    if not row["steps"] >= 1:
        text = _("How '{a}' and '{b}' change from one cycle to the next cannot be compared.")
    elif row["n"] < ENOUGH:
        text = _(
            "Changes of '{a}' and '{b}' from one cycle to the next: ρ = {rho} ({low} to {high}); with {n} subjects no "
            "conclusion is possible."
        )
    elif not row["p_adjusted"] < UNLIKELY:
        text = _(
            "Changes of '{a}' and '{b}' from one cycle to the next are not related beyond chance (ρ = {rho}, 95% "
            "interval {low} to {high}): what they share is who stands high, not who gains."
        )
    elif row["spearman"] < 0:
        text = _(
            "Who gains in '{a}' from one cycle to the next loses in '{b}': changes go against each other (ρ = {rho}, "
            "95% interval {low} to {high})."
        )
    elif row["spearman"] >= SAY_SAME:
        text = _(
            "'{a}' and '{b}' also rise and fall together: changes from one cycle to the next say the same (ρ = {rho}, "
            "95% interval {low} to {high})."
        )
    else:
        text = _(
            "Changes of '{a}' and '{b}' from one cycle to the next are related, and do not say the same (ρ = {rho}, "
            "95% interval {low} to {high})."
        )
    return text.format(
        a=names.item(row["indicator_i"]),
        b=names.item(row["indicator_j"]),
        rho=number(row["spearman"], 2, names.lang),
        low=number(row["ci_low"], 2, names.lang),
        high=number(row["ci_high"], 2, names.lang),
        n=count(row["n"], names.lang),
    )


def how_tested(names: Names) -> str:
    """Say how it was decided that a correlation has changed."""
    _ = translator(names.lang)
    text = _(
        "The same subjects come back each cycle, so their coefficients are compared by a test that allows for this; "
        "'more than chance explains' means that its p, adjusted for the number of pairs, is below {p}. Each cycle is "
        "taken as it was scored: a new target or method may change a correlation too."
    )
    return text.format(p=number_of(UNLIKELY, names.lang))


def over_cycles_alt(
    pairs: pd.DataFrame, by_cycle: pd.DataFrame, homogeneity: pd.DataFrame, names: Names, most: int = 4
) -> str:
    """Describe the lines: what they are, each from its first to its last cycle, and the finding."""
    _ = translator(names.lang)
    finding = holds_over_time(pairs, by_cycle, homogeneity, names)
    followed, cycles = pairs_to_follow(pairs, most), by_cycle["cycle"].nunique()
    if followed.empty or cycles < 2:
        return finding
    text = _("Spearman coefficients in {cycles} cycles, with 95% intervals; the strongest pairs: {n}.")
    sentences = [text.format(n=count(len(followed), names.lang), cycles=count(cycles, names.lang))]
    for row in followed.itertuples():
        of_pair = (by_cycle["indicator_i"] == row.indicator_i) & (by_cycle["indicator_j"] == row.indicator_j)
        known = by_cycle[of_pair].dropna(subset=["spearman"])
        if len(known) < 2:
            continue
        first, last = known.iloc[0], known.iloc[-1]
        text = _("'{a}' and '{b}': {first} in {first_cycle}, {last} in {last_cycle}.")
        ends = {"first": number(first["spearman"], 2, names.lang), "last": number(last["spearman"], 2, names.lang)}
        ends |= {"first_cycle": str(first["cycle"]), "last_cycle": str(last["cycle"])}
        sentences.append(text.format(a=names.item(row.indicator_i), b=names.item(row.indicator_j), **ends))
    return " ".join([*sentences, finding])


def _values(row: pd.Series, by_cycle: pd.DataFrame, names: Names) -> dict[str, str]:
    """Names of the pair, its lowest and highest coefficient, and in which cycles these were."""
    of_pair = (by_cycle["indicator_i"] == row["indicator_i"]) & (by_cycle["indicator_j"] == row["indicator_j"])
    known = by_cycle[of_pair].dropna(subset=["spearman"]).sort_values("spearman", kind="stable")
    ends = [str(cycle) for cycle in known["cycle"].iloc[[0, -1]]] if len(known) else ["", ""]
    return {
        "a": names.item(row["indicator_i"]),
        "b": names.item(row["indicator_j"]),
        "low": number(row["lowest"], 2, names.lang),
        "high": number(row["highest"], 2, names.lang),
        "lowest_in": ends[0],
        "highest_in": ends[1],
        "cycles": count(row["cycles"], names.lang),
        "n": count(row["n"], names.lang),
    }
