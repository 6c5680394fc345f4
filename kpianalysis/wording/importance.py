"""Sentences about importance: which weight does not do what it says, and which weights would.

`table` is `importance`, `dimensions` the same by dimension, `weights` is `weights_for_importance`.
"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.importance import target_weights
from kpianalysis.analyses.importance.importance import AGAINST, LEAST, LESS, MORE, MOST
from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_items, number_of, share

# As many items are named in a sentence.
MOST_NAMED = 3
# A weight that must grow by this much to do what is wanted is not the thing to change.
FAR_TOO_MUCH = 3.0
# A difference of shares that no reader sees at one decimal.
LIKE_NOTHING = 0.0005


def flagged(table: pd.DataFrame, *flags: str) -> pd.DataFrame:
    """Rows of `importance` with one of these flags, if the interval bears it out or there are no intervals."""
    return table[table["flag"].isin(flags) & (table["flag_sure"] | table["effective_weight_low"].isna())]


def between(low: float, high: float, lang: str) -> str:
    """Write an interval of fractions in per cent: 30.5% to 50.8%."""
    return translator(lang)("{low} to {high}").format(low=percent(low, 1, lang), high=percent(high, 1, lang))


def loudest(table: pd.DataFrame, names: Names) -> str:
    """Name the item that does more than its weight says, and how sure that is; none: the one that does most."""
    _ = translator(names.lang)
    known = table.dropna(subset=["ratio"])
    if known.empty:
        return _("All totals are equal: no weight has any effect.")
    more = flagged(known, MORE)
    row = known.iloc[0] if more.empty else more.iloc[0]
    unsure = pd.isna(row["effective_weight_low"])
    if len(more) and unsure:
        text = _(
            "'{name}' does more than it says: its weight is {weight}, but {effective} of the spread of totals comes "
            "from it."
        )
    elif len(more):
        text = _(
            "'{name}' does more than it says: its weight is {weight}, but {effective} of the spread of totals comes "
            "from it ({interval})."
        )
    elif unsure:
        text = _(
            "No item does more than {most} times what its weight says; closest is '{name}' ({weight} nominal, "
            "{effective} effective)."
        )
    else:
        text = _(
            "No item surely does more than {most} times what its weight says; closest is '{name}' ({weight} nominal, "
            "{effective} effective, {interval})."
        )
    return text.format(**_row(row, names), most=number_of(MOST, names.lang))


def quietest(table: pd.DataFrame, names: Names) -> str:
    """Name the items that surely do less than half of what their weight says, those that lose most first."""
    _ = translator(names.lang)
    known = table.dropna(subset=["ratio"])
    less = flagged(known, LESS, AGAINST)
    if known.empty:
        return _("All totals are equal: there is nothing to compare weights with.")
    if less.empty:
        return _("No item surely does less than {least} times what its weight says.").format(
            least=number_of(LEAST, names.lang)
        )
    lost = less.assign(lost=less["weight"] - less["effective_weight"]).sort_values("lost", ascending=False)
    pair = _("'{name}' ({weight} nominal, {effective} effective)")
    shown = ", ".join(pair.format(**_row(row, names)) for _i, row in lost.head(MOST_NAMED).iterrows())
    text = _("Less than {least} times what their weight says: {n} of {all}, most of all {shown}.")
    return text.format(
        least=number_of(LEAST, names.lang),
        n=count(len(less), names.lang),
        all=count(len(table), names.lang),
        shown=shown,
    )


def furthest_dimension(dimensions: pd.DataFrame, names: Names) -> str:
    """Name the dimension whose effective weight is furthest from its nominal one."""
    _ = translator(names.lang)
    known = dimensions.dropna(subset=["effective_weight"])
    if len(known) < 2:
        return _("There is only one dimension to compare.") if len(dimensions) < 2 else _("All totals are equal.")
    row = known.iloc[int((known["effective_weight"] - known["weight"]).abs().to_numpy().argmax())]
    text = _(
        "The dimension furthest from its weight is '{name}': {weight} nominal, {effective} effective ({interval})."
    )
    if pd.isna(row["effective_weight_low"]):
        text = _("The dimension furthest from its weight is '{name}': {weight} nominal, {effective} effective.")
    return text.format(**_row(row, names))


def measured_otherwise(table: pd.DataFrame, names: Names) -> str:
    """Say what the other measures make of the item that does most for its weight."""
    _ = translator(names.lang)
    known = table.dropna(subset=["ratio"])
    if known.empty:
        return _("All totals are equal: there is no spread to explain.")
    row = known.iloc[0]
    told = row["squared_correlation"] if pd.isna(row["correlation_ratio"]) else row["correlation_ratio"]
    text = _(
        "Measured otherwise: with what items have in common shared evenly, '{name}' makes {shapley} of the spread of "
        "totals (Shapley share), and knowing its score alone would tell {told} of it."
    )
    return text.format(
        name=names.item(row["item_id"]), shapley=share(row["shapley"], names.lang, 1), told=share(told, names.lang)
    )


def how_measured(table: pd.DataFrame, names: Names) -> str:
    """Say what the intervals contain, and whether Shapley shares are exact."""
    _ = translator(names.lang)
    if table["effective_weight_low"].isna().all():
        return _("There are too few subjects, or no spread, for intervals.")
    text = _(
        "Intervals hold {confidence} of {draws} resamples of the {n} subjects: the chance of who was measured, not of "
        "the actuals."
    )
    error = float(table["shapley_se"].max())
    exact = _("Shapley shares are exact.")
    if error > 0:
        exact = _("Shapley shares are sampled, with a standard error of at most {error}.")
    filled = text.format(
        confidence=share(table["confidence"].iloc[0], names.lang),
        draws=count(table["draws"].iloc[0], names.lang),
        n=count(table["n_subjects"].iloc[0], names.lang),
    )
    return filled + " " + exact.format(error=share(error, names.lang, 1))


def needed(weights: pd.DataFrame, names: Names) -> str:
    """Say which weights would give the importance wanted, or how far off the closest ones stay."""
    _ = translator(names.lang)
    known = weights.dropna(subset=["gap"])
    if known.empty:
        return _("Nothing varies: no weights would give importance to anything.")
    if (weights["status"] == "reached").all():
        text = _("The importance wanted could be had with other weights, above all {changes}.")
        if (weights["suggested_weight"] - weights["weight"]).abs().max() < LIKE_NOTHING:
            text = _("The weights give the importance wanted as they are.")
        return text.format(changes=_changes(weights, names))
    row = known.iloc[int(known["gap"].abs().to_numpy().argmax())]
    text = _(
        "No weights give the importance wanted: the closest leave '{name}' at {reached} instead of {target}. They are "
        "above all {changes}."
    )
    if (weights["suggested_weight"] - weights["weight"]).abs().max() < LIKE_NOTHING:
        text = _("No weights come closer to the importance wanted: '{name}' stays at {reached} instead of {target}.")
    elif row["largest_gap"] < LIKE_NOTHING:
        text = _("Other weights give the importance wanted to within {gap}, above all {changes}.")
    return text.format(
        name=names.item(row["item_id"]),
        reached=share(row["reached"], names.lang, 1),
        target=share(row["target"], names.lang, 1),
        gap=share(row["largest_gap"], names.lang, 2),
        changes=_changes(weights, names),
    )


def obstacle(weights: pd.DataFrame, names: Names) -> str:
    """Say what is in the way of the importance wanted, or of weights that are worth having; blank: nothing."""
    _ = translator(names.lang)
    texts = {
        target_weights.NEVER_VARIES: _("No weight gives importance where all score alike: {named}."),
        target_weights.WITHOUT_WEIGHT: _(
            "Even without any weight these would count for more than wanted, because they go with the others, and only "
            "a negative weight would give less: {named}."
        ),
        target_weights.AGAINST: _("What these add to the spread of totals others take away: {named}."),
        target_weights.TIED: _("These move together, so that their shares cannot be set apart: {named}."),
        target_weights.REDISTRIBUTED: _(
            "The weight of missing scores goes to others, so that not every importance can be had: {named}."
        ),
    }
    sentences = []
    for reason, text in texts.items():
        rows = weights[weights["reason"] == reason]
        if len(rows):
            sentences.append(text.format(named=first_items(rows["item_id"], MOST_NAMED, names)))
    grown = weights[weights["suggested_weight"] > FAR_TOO_MUCH * weights["weight"].where(weights["weight"] > 0)]
    if len(grown):
        text = _(
            "A weight that would have to grow more than {times} times is not the thing to change: where scores hardly "
            "differ or go against the others, look at targets and scoring first ({named})."
        )
        sentences.append(
            text.format(
                times=number_of(FAR_TOO_MUCH, names.lang), named=first_items(grown["item_id"], MOST_NAMED, names)
            )
        )
    return " ".join(sentences)


def advice(table: pd.DataFrame, names: Names) -> str:
    """Suggest what to look at; a person decides."""
    _ = translator(names.lang)
    off = flagged(table, MORE, LESS, AGAINST)
    if table["ratio"].isna().all():
        return _("Suggestion, a person decides: the weights cannot be judged while all totals are equal.")
    if off.empty:
        return _("Suggestion, a person decides: the weights do about what they say; keep them.")
    text = _(
        "Suggestion, a person decides: look at targets and scoring where a weight does not do what it says ({n} of "
        "{all}, first {named}) before touching the weights."
    )
    # The furthest from their weight, whichever way.
    order = (off["effective_weight"] - off["weight"]).abs().sort_values(ascending=False).index
    return text.format(
        n=count(len(off), names.lang),
        all=count(len(table), names.lang),
        named=first_items(off.loc[order, "item_id"], MOST_NAMED, names),
    )


def importance_alt(table: pd.DataFrame, names: Names) -> str:
    """Describe the dumbbells: what they are, the first and the last of them, and the finding."""
    _ = translator(names.lang)
    known = table.dropna(subset=["ratio"])
    text = _("Nominal and effective weight of {n} items, with the interval of the effective one.")
    sentences = [text.format(n=count(len(table), names.lang)), loudest(table, names)]
    if len(known) > 1:
        text = _("At the other end '{name}' has {weight} nominal and {effective} effective.")
        sentences.append(text.format(**_row(known.iloc[-1], names)))
    return " ".join(sentences)


def _row(row: pd.Series, names: Names) -> dict[str, str]:
    return {
        "name": names.item(row["item_id"]),
        "weight": share(row["weight"], names.lang, 1),
        "effective": share(row["effective_weight"], names.lang, 1),
        "interval": between(row["effective_weight_low"], row["effective_weight_high"], names.lang),
    }


def _changes(weights: pd.DataFrame, names: Names) -> str:
    """Name the weights that would change most."""
    _ = translator(names.lang)
    change = (weights["suggested_weight"] - weights["weight"]).abs().sort_values(ascending=False, kind="stable")
    pair = _("'{name}' {suggested} instead of {weight}")
    rows = weights.loc[change.index[:MOST_NAMED]]
    return ", ".join(
        pair.format(
            name=names.item(row["item_id"]),
            suggested=share(row["suggested_weight"], names.lang, 1),
            weight=share(row["weight"], names.lang, 1),
        )
        for _i, row in rows.iterrows()
    )
