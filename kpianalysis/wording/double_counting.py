"""Sentences about double counting: what two indicators have in common does to the total.

`table` is `double_counting`, `once` is `counted_once` of the same pairs, `pairs` is `correlation` of all of them.
"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH, SAY_SAME
from kpianalysis.analyses.redundancy.counted_once import HALVED, WITHOUT_I
from kpianalysis.display import Sentences
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, number_of, share


def most_common(table: pd.DataFrame) -> pd.DataFrame:
    """Pairs whose common part is known: those counted twice first, by what it carries; then those that pull apart."""
    known = table.dropna(subset=["common"])
    order = known.assign(apart=known["pearson"] < 0, size=-known["common"]).sort_values(
        ["apart", "size"], kind="stable"
    )
    return known.loc[order.index]


def common_part(table: pd.DataFrame, pairs: pd.DataFrame, names: Names) -> str:
    """Say how much of the spread of totals the pair's common part carries, and what each adds alone."""
    _ = translator(names.lang)
    known = most_common(table)
    if known.empty:
        return none(table, pairs, names)
    first = known.iloc[0]
    values = {**_values(first, names), "interval": _interval(first, names.lang)}
    if first["n"] < ENOUGH:
        text = _(
            "'{a}' and '{b}' together weigh {weight}, and what they have in common carries {common} of the spread of "
            "totals; only {n} subjects have both: no conclusion is possible."
        )
    elif first["pearson"] < 0:
        text = _(
            "'{a}' and '{b}' pull against each other: together they weigh {weight}; what they have in common cancels "
            "out in part and carries {common} of the spread of totals{interval}."
        )
    elif pd.isna(first["common_low"]):
        text = _(
            "'{a}' and '{b}' together weigh {weight}; what they have in common carries {common} of the spread of "
            "totals, what only the first says {own_i}, what only the second says {own_j}."
        )
    else:
        text = _(
            "'{a}' and '{b}' together weigh {weight}; what they have in common carries {common} of the spread of "
            "totals{interval}, what only the first says {own_i}, what only the second says {own_j}."
        )
    return text.format(**values)


def others(table: pd.DataFrame, names: Names, most: int = 3) -> str:
    """Name the other pairs and what they have in common; blank without any."""
    _ = translator(names.lang)
    rest = most_common(table).iloc[1:]
    if rest.empty:
        return ""
    same = _("'{a}' – '{b}' ({common} in common, weight {weight})")
    apart = _("'{a}' – '{b}' (pull against each other, {common} in common, weight {weight})")
    shown = "; ".join(
        (apart if row["pearson"] < 0 else same).format(**_values(row, names)) for _i, row in rest.head(most).iterrows()
    )
    text = _("Other such pairs: {n}, above all {shown}.") if len(rest) > most else _("Other such pairs: {n}, {shown}.")
    return text.format(n=count(len(rest), names.lang), shown=shown)


def counted_once(once: pd.DataFrame, table: pd.DataFrame, names: Names) -> str:
    """Say what totals would do if the first pair counted once; blank without one."""
    _ = translator(names.lang)
    known = most_common(table)
    if known.empty or known["n"].iloc[0] < ENOUGH:
        return ""
    first = known.iloc[0]
    mine = once[(once["indicator_i"] == first["indicator_i"]) & (once["indicator_j"] == first["indicator_j"])]
    row = mine[mine["way"] == HALVED].iloc[0]
    values = {
        **_values(first, names),
        "halved": share(row["effective_i"] + row["effective_j"], names.lang, 1),
        "rho": number(row["spearman"], 3, names.lang),
        "shift": number(row["mean_shift"], 1, names.lang),
        "grades": count(row["n_grade_changes"], names.lang),
        "of": count(row["n_subjects"], names.lang),
    }
    text = _(
        "If both weights were halved, '{a}' and '{b}' would carry {halved} of the spread instead of {effective}; "
        "places would shift by {shift} on average (order kept: ρ = {rho})."
    )
    if pd.notna(row["n_grade_changes"]):
        text = _(
            "If both weights were halved, '{a}' and '{b}' would carry {halved} of the spread instead of {effective}; "
            "places would shift by {shift} on average (order kept: ρ = {rho}), and {grades} of {of} grades would "
            "change."
        )
    return text.format(**values)


def alone(once: pd.DataFrame, table: pd.DataFrame, names: Names) -> str:
    """Say what each of the first pair would carry without the other; blank without one."""
    _ = translator(names.lang)
    known = most_common(table)
    if known.empty or known["n"].iloc[0] < ENOUGH:
        return ""
    first = known.iloc[0]
    mine = once[(once["indicator_i"] == first["indicator_i"]) & (once["indicator_j"] == first["indicator_j"])]
    without = mine[mine["way"] == WITHOUT_I].iloc[0], mine[~mine["way"].isin([HALVED, WITHOUT_I])].iloc[0]
    text = _(
        "'{b}' would carry {b_alone} of the spread without '{a}', and '{a}' {a_alone} without '{b}'; places would "
        "shift by {shift_a} and by {shift_b} on average."
    )
    return text.format(
        **_values(first, names),
        b_alone=share(without[0]["effective_j"], names.lang, 1),
        a_alone=share(without[1]["effective_i"], names.lang, 1),
        shift_a=number(without[0]["mean_shift"], 1, names.lang),
        shift_b=number(without[1]["mean_shift"], 1, names.lang),
    )


def none(table: pd.DataFrame, pairs: pd.DataFrame, names: Names) -> str:
    """Say that there is no pair whose common part could be reckoned, and whether that means anything."""
    _ = translator(names.lang)
    if len(table):
        return _("What the pairs have in common cannot be told: too few subjects have both, or one never varies.")
    known = pairs.dropna(subset=["spearman"])
    if known.empty or known["n"].max() < ENOUGH:
        text = _("Whether something is counted twice cannot be concluded: no two indicators have {enough} subjects.")
        return text.format(enough=count(ENOUGH, names.lang))
    text = _("No two indicators say the same (ρ of {least} or more): nothing is surely counted twice.")
    return text.format(least=number_of(SAY_SAME, names.lang))


def limits(names: Names) -> Sentences:
    """Say what the split assumes and cannot tell."""
    _ = translator(names.lang)
    return Sentences(
        (
            _("What two have in common is reckoned as if both rested on it alike."),
            _("Why they have it in common cannot be told: a third thing may move both."),
        ),
        "note",
    )


def double_counting_alt(table: pd.DataFrame, pairs: pd.DataFrame, names: Names) -> str:
    """Describe the bars."""
    _ = translator(names.lang)
    if most_common(table).empty:
        return none(table, pairs, names)
    text = _("Weight and effect of what two indicators have in common, and of what each says alone; pairs: {n}.")
    return " ".join([text.format(n=count(len(most_common(table)), names.lang)), common_part(table, pairs, names)])


def _values(row: pd.Series, names: Names) -> dict[str, str]:
    shares = {name: share(row[name], names.lang, 1) for name in ("weight", "effective", "common", "own_i", "own_j")}
    return {
        "a": names.item(row["indicator_i"]),
        "b": names.item(row["indicator_j"]),
        "n": count(row["n"], names.lang),
        **shares,
    }


def _interval(row: pd.Series, lang: str) -> str:
    """Write the interval of the common part in brackets; blank without one."""
    if pd.isna(row["common_low"]):
        return ""
    text = translator(lang)("{low} to {high}")
    return f" ({text.format(low=percent(row['common_low'], 1, lang), high=percent(row['common_high'], 1, lang))})"
