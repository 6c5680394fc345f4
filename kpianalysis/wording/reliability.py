"""Sentences about dimensions: whether their indicators measure one thing.

`table` is `reliability`, `items` is `item_reliability`.
"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.correlation.redundant import ENOUGH, UNLIKELY
from kpianalysis.analyses.redundancy.reliability import DIFFERENT, ONE, UNCLEAR
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_of

# From this α on, indicators ask the same thing more often than needed.
TOO_OFTEN = 0.9
# α has to rise by this much for an indicator to be named.
RISE = 0.05
MOST_NAMED = 3


def one_thing(table: pd.DataFrame, names: Names) -> str:
    """Name the dimensions whose indicators measure one thing, and those whose indicators measure different things."""
    _ = translator(names.lang)
    rows = table[table["level"] == "dimension"]
    if not rows["reading"].isin([ONE, DIFFERENT, UNCLEAR]).any():
        text = _(
            "No dimension has two indicators that {n} subjects or more have: no conclusion is possible about whether "
            "its indicators measure one thing."
        )
        return text.format(n=count(ENOUGH, names.lang))
    sentences = [_of_one(row, names) for _i, row in rows[rows["reading"] == ONE].head(MOST_NAMED).iterrows()]
    different = rows[rows["reading"] == DIFFERENT]
    if len(different):
        text = _("Different things are measured inside {named}.")
        sentences.append(text.format(named=_named(different, names)))
    unclear = rows[rows["reading"] == UNCLEAR]
    if len(unclear):
        text = _("Either may hold inside {named}.")
        sentences.append(text.format(named=_named(unclear, names)))
    return " ".join(sentences)


def _of_one(row: pd.Series, names: Names) -> str:
    _ = translator(names.lang)
    text = _("The {k} indicators of '{name}' measure largely one thing ({alpha}, n = {n}).")
    if row["alpha"] >= TOO_OFTEN:
        text = _(
            "The {k} indicators of '{name}' measure largely one thing, perhaps more often than is needed "
            "({alpha}, n = {n})."
        )
    return text.format(
        k=count(row["n_items"], names.lang),
        name=names.item(row["dimension_id"]),
        alpha=_alpha(row, names),
        n=count(row["n"], names.lang),
    )


def _alpha(row: pd.Series, names: Names) -> str:
    _ = translator(names.lang)
    text = _("alpha {alpha}, {confidence} interval {low} to {high}")
    ends = {key: number(row[f"alpha_{key}"], 2, names.lang) for key in ("low", "high")}
    confidence = number(100 * row["confidence"], 0, names.lang) + "%"
    return text.format(alpha=number(row["alpha"], 2, names.lang), confidence=confidence, **ends)


def _named(rows: pd.DataFrame, names: Names) -> str:
    """Name dimensions with their α; of many, how many more there are."""
    one = translator(names.lang)("'{name}' ({alpha})")
    dimensions = [
        one.format(name=names.item(row["dimension_id"]), alpha=_alpha(row, names)) for _i, row in rows.iterrows()
    ]
    return first_of(dimensions, MOST_NAMED, names.lang)


def misfits(items: pd.DataFrame, names: Names) -> str:
    """Name the indicators that go against the rest of their dimension, or without which it would measure one thing."""
    _ = translator(names.lang)
    known = items[items["n"] >= ENOUGH].dropna(subset=["item_rest"])
    if known.empty:
        return _("Too few subjects, or too few indicators in a dimension, to say whether one of them does not fit.")
    against, apart = against_the_rest(items), apart_from_the_rest(items)
    sentences = []
    for _i, row in against.head(MOST_NAMED).iterrows():
        text = _("'{item}' goes against the other indicators of '{name}' (correlation {r}).")
        sentences.append(text.format(r=number(row["item_rest"], 2, names.lang), **_item(row, names)))
    for _i, row in apart.head(MOST_NAMED).iterrows():
        text = _(
            "Without '{item}' the alpha of '{name}' rises from {alpha} to {without}: the others measure largely one "
            "thing, and it measures another."
        )
        ends = {"alpha": row["alpha"], "without": row["alpha_without"]}
        numbers = {key: number(value, 2, names.lang) for key, value in ends.items()}
        sentences.append(text.format(**numbers, **_item(row, names)))
    if not sentences:
        return _("No indicator stands out as not fitting the others of its dimension.")
    return " ".join(sentences)


def against_the_rest(items: pd.DataFrame) -> pd.DataFrame:
    """Rows of `item_reliability` that go against the rest of their dimension beyond chance, the strongest first."""
    p = adjust(items["item_rest_p"].to_numpy(dtype=float))
    rows = items[(items["item_rest"] < 0) & (p < UNLIKELY) & (items["n"] >= ENOUGH)]
    return rows.sort_values("item_rest", kind="stable")


def apart_from_the_rest(items: pd.DataFrame) -> pd.DataFrame:
    """Rows without which the others of their dimension surely measure one thing, while α is lower with them."""
    rise = items["alpha_without"] - items["alpha"]
    rows = items[(items["reading_without"] == ONE) & (rise >= RISE)]
    return rows.loc[rise[rows.index].sort_values(ascending=False, kind="stable").index]


def _item(row: pd.Series, names: Names) -> dict[str, str]:
    return {"item": names.item(row["indicator_id"]), "name": names.item(row["dimension_id"])}


def meaning(names: Names) -> str:
    """Say what a high or low α means for a scheme, and what it does not."""
    _ = translator(names.lang)
    return _(
        "A scheme need not have a high alpha. High: the indicators of a dimension tell much the same, so fewer might "
        "do. Low: they tell different things, which may be what is wanted, and the dimension's score is then no "
        "measure of one thing. Neither says that an indicator is good or bad."
    )
