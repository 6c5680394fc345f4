"""Sentences about pairs of indicators inside groups of subjects: do they hold there, or only between the groups?

`table` is `within_groups`, `slopes` is `group_slopes`.
"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH, SAY_SAME, UNLIKELY
from kpianalysis.analyses.correlation.within_groups import (
    BETWEEN,
    CONSTANT,
    FEW,
    FEWEST_IN_GROUP,
    HOLDS,
    INSIDE,
    ONE_GROUP,
    REVERSES,
    UNRELATED,
    UNSURE,
    WEAKER,
)
from kpianalysis.i18n import N_, number, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_of, share

# As many pairs are named in a sentence.
MOST_NAMED = 3
# Weaker pairs are of no matter for double counting, however sure their sign is.
NOTABLE = 0.3

VERDICTS = {
    HOLDS: N_("holds inside {groups}"),
    WEAKER: N_("much weaker inside {groups}"),
    BETWEEN: N_("shown only between {groups}"),
    INSIDE: N_("shown only inside {groups}"),
    REVERSES: N_("reverses inside {groups}"),
    UNRELATED: N_("no relation shown"),
    UNSURE: N_("cannot tell"),
    FEW: N_("cannot tell: few subjects"),
    ONE_GROUP: N_("only one group"),
    CONSTANT: N_("one of the two never varies"),
}
_FOUND = {
    HOLDS: N_(
        "'{a}' and '{b}' move together inside {groups} too: ρ = {pooled} over all, {within} inside (95% interval {low} "
        "to {high}, n = {n} in {k} {groups})."
    ),
    WEAKER: N_(
        "'{a}' and '{b}' move together much less inside {groups}: ρ = {pooled} over all, {within} inside (95% interval "
        "{low} to {high}, n = {n} in {k} {groups})."
    ),
    BETWEEN: N_(
        "'{a}' and '{b}' are shown to move together only between {groups}: ρ = {pooled} over all, {within} inside (95% "
        "interval {low} to {high}, n = {n} in {k} {groups})."
    ),
    INSIDE: N_(
        "'{a}' and '{b}' are shown to move together only inside {groups}: ρ = {pooled} over all, {within} inside (95% "
        "interval {low} to {high}, n = {n} in {k} {groups})."
    ),
    REVERSES: N_(
        "'{a}' and '{b}' go the other way inside {groups}: ρ = {pooled} over all, {within} inside (95% interval {low} "
        "to {high}, n = {n} in {k} {groups})."
    ),
    UNRELATED: N_(
        "No pair is shown to move together, over all or inside {groups}; the strongest is '{a}' and '{b}': ρ = "
        "{pooled} over all, {within} inside (95% interval {low} to {high}, n = {n} in {k} {groups})."
    ),
    UNSURE: N_(
        "Whether '{a}' and '{b}' move together inside {groups} cannot be told: ρ = {pooled} over all, {within} inside "
        "(95% interval {low} to {high}, n = {n} in {k} {groups})."
    ),
    FEW: N_(
        "There are too few subjects for a conclusion about the inside of {groups}; the strongest pair is '{a}' and "
        "'{b}': ρ = {pooled} over all, {within} inside (95% interval {low} to {high}, n = {n} in {k} {groups})."
    ),
    CONSTANT: N_(
        "Inside {groups} '{a}' or '{b}' never varies: their correlation (ρ = {pooled}) comes from the differences "
        "between {groups} alone."
    ),
}


def grouped_by(table: pd.DataFrame, lang: str) -> str:
    """Name the groups of a table of pairs or of slopes: units, roles, or groups."""
    _ = translator(lang)
    known = {"unit_id": _("units"), "role_id": _("roles")}
    return known.get(table["by"].iloc[0] if len(table) else "", _("groups"))


def holds(table: pd.DataFrame, names: Names) -> str:
    """Say whether the pairs that say the same do so inside groups too; without such, of the strongest pair."""
    _ = translator(names.lang)
    known = _comparable(table)
    if known.empty or known["groups"].max() < 2:
        return _nothing_to_compare(table, names)
    same = _same(known)
    first = (same if len(same) else known).iloc[0]
    text = _(_FOUND[first["verdict"]]).format(**_values(first, table, names))
    if len(same) < 2:
        return text
    before = _("Of {n} pairs that say the same over all, {held} move together inside {groups} too.").format(
        n=count(len(same), names.lang),
        held=count((same["verdict"] == HOLDS).sum(), names.lang),
        groups=grouped_by(table, names.lang),
    )
    return before + " " + text


def alike(table: pd.DataFrame, names: Names) -> str:
    """Say whether the pair of `holds` is as strong in one group as in another; blank where that cannot be compared."""
    _ = translator(names.lang)
    known = _comparable(table)
    same = _same(known)
    first = (same if len(same) else known).head(1)
    if first.empty or first["heterogeneity_p"].isna().all() or first["verdict"].iloc[0] == FEW:
        return ""
    row = first.iloc[0]
    text = _(
        "The {k} {groups} with {least} subjects or more do not show that '{a}' and '{b}' go together more closely in "
        "one than in another."
    )
    if row["heterogeneity_p_adjusted"] < UNLIKELY:
        text = _(
            "In some of the {k} {groups} with {least} subjects or more, '{a}' and '{b}' go together more closely than "
            "in others, by more than chance allows for."
        )
    values = {**_values(row, table, names), "k": count(row["groups_compared"], names.lang)}
    return text.format(**values, least=FEWEST_IN_GROUP)


def only_between(table: pd.DataFrame, names: Names) -> str:
    """Name pairs that are shown only, or for the most part, between groups; blank where nothing can be told."""
    _ = translator(names.lang)
    told = table[~table["verdict"].isin([FEW, ONE_GROUP, CONSTANT])]
    found = told[told["verdict"].isin([BETWEEN, WEAKER]) & (told["pooled"].abs() >= NOTABLE)]
    if told.empty:
        return ""
    text = _("No pair with |ρ| of {least} or more comes only from differences between {groups}.")
    if len(found):
        text = _(
            "From differences between {groups} rather than between the subjects inside them, which may work or be "
            "judged differently from one to the other: {named}."
        )
    return text.format(
        least=number(NOTABLE, 1, names.lang), groups=grouped_by(table, names.lang), named=_named(found, names)
    )


def reversals(table: pd.DataFrame, names: Names) -> str:
    """Name the pairs that go one way over all and the other way inside groups; none: how hard that was looked for."""
    _ = translator(names.lang)
    told = table[~table["verdict"].isin([FEW, ONE_GROUP, CONSTANT])]
    found = told[told["verdict"] == REVERSES]
    if told.empty:
        return _("Nothing can be said about pairs that reverse inside {groups}.").format(
            groups=grouped_by(table, names.lang)
        )
    text = _(
        "No pair reverses inside {groups} (pairs looked at: {n}; chance that any would be called so by mistake: at "
        "most {rate})."
    )
    if len(found):
        text = _(
            "Pairs that go the other way inside {groups} than over all: {k} of {n}, {named}. There, judge by what "
            "holds inside: the correlation over all only says which {groups} are high on both."
        )
    return text.format(
        groups=grouped_by(table, names.lang),
        k=count(len(found), names.lang),
        n=count(len(told), names.lang),
        rate=share(UNLIKELY, names.lang),
        named=_named(found, names),
    )


def without_group(table: pd.DataFrame, names: Names) -> str:
    """Say how many subjects are left out because they have no group; blank where all have one, or none."""
    most = int(table["n_without_group"].max()) if len(table) else 0
    if not most or not table["n"].any():
        return ""
    text = translator(names.lang)("Left out here, because they belong to none of the {groups}: up to {n} subjects.")
    return text.format(groups=grouped_by(table, names.lang), n=count(most, names.lang))


def pair_title(slopes: pd.DataFrame, table: pd.DataFrame, names: Names) -> str:
    """State what the scatter of one pair by group shows."""
    _ = translator(names.lang)
    row = row_of(slopes, table)
    if row is None:
        return _("There is no pair to draw")
    values = _values(row, table, names)
    if row["groups"] < 2 or pd.isna(row["within"]):
        return _("Over all: ρ = {pooled} (n = {n})").format(**values)
    verdict = _(VERDICTS[row["verdict"]]).format(groups=values["groups"])
    text = _("ρ = {within} inside {groups}, {pooled} over all: {verdict}")
    return text.format(**values, verdict=verdict)


def pair_by_group_alt(slopes: pd.DataFrame, table: pd.DataFrame, names: Names) -> str:
    """Describe the scatter of one pair by group: what is drawn, the finding, the lowest and highest group."""
    _ = translator(names.lang)
    row = row_of(slopes, table)
    if row is None:
        return _("No chart: no pair of indicators has a correlation.")
    values = _values(row, table, names)
    text = _("Scatter of '{a}' and '{b}' with the line of each of {k} {groups}.")
    if row["groups"] < 2:
        text = _("Scatter of '{a}' and '{b}' with its line.")
    texts = [text.format(**values), pair_title(slopes, table, names) + "."]
    own = slopes[(slopes["level"] == "group") & (slopes["n"] >= FEWEST_IN_GROUP)].dropna(subset=["coefficient"])
    own = own.sort_values("coefficient", kind="stable")
    if len(own) > 1:
        text = _(
            "Of those with {least} subjects or more: lowest in '{low}' (ρ = {from_}, n = {m}), highest in '{high}' "
            "(ρ = {to}, n = {n})."
        )
        low, high = own.iloc[0], own.iloc[-1]
        numbers = {
            "from_": number(low["coefficient"], 2, names.lang),
            "to": number(high["coefficient"], 2, names.lang),
            "m": count(low["n"], names.lang),
            "n": count(high["n"], names.lang),
        }
        texts.append(text.format(low=low["group"], high=high["group"], least=FEWEST_IN_GROUP, **numbers))
    return " ".join(texts)


def row_of(slopes: pd.DataFrame, table: pd.DataFrame) -> pd.Series | None:
    """Row of `within_groups` about the pair of `group_slopes`; None where there is no pair."""
    if slopes.empty:
        return None
    pair = slopes.iloc[0]
    found = table[(table["indicator_i"] == pair["indicator_i"]) & (table["indicator_j"] == pair["indicator_j"])]
    return found.iloc[0] if len(found) else None


def _comparable(table: pd.DataFrame) -> pd.DataFrame:
    """Pairs with a coefficient, of those with enough subjects where there are such."""
    known = table[table["pooled"].notna()]
    enough = known[~known["verdict"].isin([FEW, ONE_GROUP])]
    return enough if len(enough) else known


def _same(known: pd.DataFrame) -> pd.DataFrame:
    strong = (known["pooled"].abs() >= SAY_SAME) & (known["pooled_p_adjusted"] < UNLIKELY)
    return known[strong & (known["n"] >= ENOUGH)]


def _nothing_to_compare(table: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    by = table["by"].iloc[0] if len(table) else ""
    most = table["groups"].max() if len(table) else 0
    texts = {
        ("unit_id", 0): _(
            "No subject with two scores belongs to a unit, so that pairs cannot be looked at inside units."
        ),
        ("role_id", 0): _("No subject with two scores has a role, so that pairs cannot be looked at inside roles."),
        ("unit_id", 1): _("There is just one unit here, so that units cannot be compared; roles are looked at next."),
        ("role_id", 1): _("There is just one role here, so that nothing can be said about differences between roles."),
    }
    if most >= 2 or by not in ("unit_id", "role_id"):
        text = _(
            "No pair can be looked at inside {groups}: too few subjects have both, or one of the two never varies."
        )
        return text.format(groups=grouped_by(table, names.lang))
    return texts[by, int(most)]


def _values(row: pd.Series, table: pd.DataFrame, names: Names) -> dict[str, str]:
    numbers = {"pooled": "pooled", "within": "within", "low": "within_low", "high": "within_high"}
    return {
        "a": names.item(row["indicator_i"]),
        "b": names.item(row["indicator_j"]),
        "groups": grouped_by(table, names.lang),
        "n": count(row["n"], names.lang),
        "k": count(row["groups"], names.lang),
        **{key: number(row[column], 2, names.lang) for key, column in numbers.items()},
    }


def _named(rows: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    pair = _("'{a}' – '{b}' (ρ = {pooled} over all, {within} inside)")
    pairs = [pair.format(**_values(row, rows, names)) for _i, row in rows.iterrows()]
    return first_of(pairs, MOST_NAMED, names.lang, "; ")
