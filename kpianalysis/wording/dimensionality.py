"""Sentences about how many different things the indicators measure.

`components` is `parallel_analysis`, `loadings` is `component_loadings` of those to keep, `adequacy` is
`sampling_adequacy`.
"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.i18n import ntranslator, number, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, share

# As many indicators of a theme, and as many themes, are named in a sentence.
MOST_NAMED, MOST_THEMES = 3, 4
# Fewer things than this are one, in whole numbers.
NEXT_TO_ONE = 1.5
# Kaiser's words: unacceptable below the first, meritorious from the second on.
TOO_LITTLE, PLENTY = 0.5, 0.8


def can_tell(components: pd.DataFrame) -> bool:
    """Whether there are two indicators or more, and enough subjects that have them all."""
    known = len(components) > 1 and bool(components["eigenvalue"].notna().all())
    return known and bool(components["n"].iloc[0] >= ENOUGH)


def how_many(components: pd.DataFrame, names: Names) -> str:
    """Say how many different things are measured, and on whom that was seen."""
    _ = translator(names.lang)
    if len(components) < 2:
        return _("Fewer than two indicators can be compared: too few subjects have them, or all score alike.")
    first = components.iloc[0]
    text = _(
        "{k} indicators are spread as widely as {effective} unrelated ones would be: about as many different things "
        "are measured (seen in the {n} of {all} subjects that have them all)."
    )
    if first["effective"] < NEXT_TO_ONE:
        text = _(
            "{k} indicators are hardly spread more widely than a single one would be: about one thing is measured "
            "(seen in the {n} of {all} subjects that have them all)."
        )
    if not can_tell(components):
        text = _(
            "{n} of {all} subjects have all {k} indicators: too few to say how many different things these measure."
        )
    sentences = [
        text.format(
            k=count(first["n_indicators"], names.lang),
            effective=count(first["effective"], names.lang),
            n=count(first["n"], names.lang),
            all=count(first["n_subjects"], names.lang),
        )
    ]
    if left_out := int(first["n_left_out"]):
        text = ntranslator(names.lang)(
            "{n} indicator is left out: too few subjects have it, or all score alike.",
            "{n} indicators are left out: too few subjects have them, or all score alike.",
            left_out,
        )
        sentences.append(text.format(n=count(left_out, names.lang)))
    return " ".join(sentences)


def themes(components: pd.DataFrame, loadings: pd.DataFrame, names: Names) -> str:
    """Say how many themes the indicators share beyond chance, and which ones carry each."""
    _ = translator(names.lang)
    if not can_tell(components):
        return _("No conclusion is possible about what indicators have in common.")
    kept = int(components["keep"].sum())
    if not kept:
        return _("The indicators share no theme beyond chance: each measures a thing of its own.")
    text = ntranslator(names.lang)(
        "The indicators share {n} theme beyond chance, which makes {share} of their spread: {themes}.",
        "The indicators share {n} themes beyond chance, which make {share} of their spread: {themes}.",
        kept,
    )
    found = [_theme(rows, names) for _number, rows in loadings.groupby("component")]
    shown = "; ".join(found[:MOST_THEMES])
    if len(found) > MOST_THEMES:
        shown = _("{themes}; and {n} more").format(themes=shown, n=count(len(found) - MOST_THEMES, names.lang))
    made = components["cumulative"].iloc[kept - 1]
    return text.format(n=count(kept, names.lang), share=share(made, names.lang), themes=shown)


def _theme(rows: pd.DataFrame, names: Names) -> str:
    """Name the indicators that belong to a theme, the closest first: (1) 'a', 'b' and 2 more."""
    _ = translator(names.lang)
    order = rows["loading"].abs().sort_values(ascending=False, kind="stable").index
    closest = rows.loc[order]
    members = closest[closest["belongs"]]
    text = _("({place}) {named}")
    if len(members) > MOST_NAMED:
        text = _("({place}) {named} and {n} more")
    if len(members) < 2:
        # A theme of many, or from too few subjects to say whose it is.
        text, members = _("({place}) most of all {named}"), closest.head(2)
    return text.format(
        place=count(rows["component"].iloc[0], names.lang),
        named=", ".join(_member(row, names) for row in members.head(MOST_NAMED).itertuples()),
        n=count(len(members) - MOST_NAMED, names.lang),
    )


def _member(row, names: Names) -> str:  # type: ignore[no-untyped-def]  # a row of itertuples has no type of its own
    _ = translator(names.lang)
    text = _("'{name}'") if row.loading > 0 else _("against '{name}'")
    return text.format(name=names.item(row.indicator_id))


def enough_in_common(adequacy: pd.DataFrame, names: Names) -> str:
    """Say whether what the indicators have in common can be read as themes at all."""
    _ = translator(names.lang)
    kmo = adequacy["kmo_all"].iloc[0] if len(adequacy) else float("nan")
    if pd.isna(kmo) or adequacy["n"].iloc[0] < ENOUGH:
        return _("Whether indicators have enough in common for themes cannot be said from these subjects.")
    text = _("The indicators have enough in common to look for themes, though not much (KMO {kmo}).")
    if kmo < TOO_LITTLE:
        text = _("The indicators have too little in common: read no meaning into the themes (KMO {kmo}).")
    elif kmo >= PLENTY:
        text = _("The indicators have much in common, so themes can be read (KMO {kmo}).")
    return text.format(kmo=number(kmo, 2, names.lang))


def scree_title(components: pd.DataFrame, names: Names) -> str:
    """State the finding of the scree plot."""
    _ = translator(names.lang)
    if not can_tell(components):
        return _("Too few subjects or indicators to say how many things are measured")
    first = components.iloc[0]
    kept = int(components["keep"].sum())
    text = ntranslator(names.lang)(
        "{k} indicators measure about {effective} different things and share {n} theme beyond chance",
        "{k} indicators measure about {effective} different things and share {n} themes beyond chance",
        kept,
    )
    if not kept:
        text = _("{k} indicators measure about {effective} different things and share no theme beyond chance")
    elif first["effective"] < NEXT_TO_ONE:
        text = _("{k} indicators measure about one thing")
    return text.format(
        k=count(len(components), names.lang),
        effective=count(first["effective"], names.lang),
        n=count(kept, names.lang),
    )


def scree_alt(components: pd.DataFrame, names: Names) -> str:
    """Describe the scree plot: the largest components, and what chance would make of them."""
    _ = translator(names.lang)
    known = components.dropna(subset=["eigenvalue"])
    if known.empty:
        return _("An empty scree plot: there are no components.")
    kept = int(known["keep"].sum())
    shown = known.head(kept + 1)
    pair = _("{place}: {size} against {chance}")
    listed = ", ".join(
        pair.format(
            place=count(row["component"], names.lang),
            size=number(row["eigenvalue"], 2, names.lang),
            chance=number(row["random_high"], 2, names.lang),
        )
        for _i, row in shown.iterrows()
    )
    text = _(
        "Size of {k} components as a falling line, with the band that chance makes ({level} of shuffled tables lie "
        "below its upper end). Component {listed}. {title}."
    )
    return text.format(
        k=count(len(known), names.lang),
        level=share(known["level"].iloc[0], names.lang),
        listed=listed,
        title=scree_title(components, names),
    )
