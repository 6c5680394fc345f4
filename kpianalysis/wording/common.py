"""What every report says: points and shares in words, data status, who decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from kpianalysis.display import Sentences
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.scoring import Scorecard


def points(value: float, lang: str, decimals: int = 1) -> str:
    """Points with one decimal: 12.3."""
    return number(value, decimals, lang)


def count(value: float, lang: str) -> str:
    """A number of things: 2,955."""
    return number(value, 0, lang)


def signed(value: float, lang: str, decimals: int = 1) -> str:
    """A change with its sign: +1.2, -0.4."""
    return number(value, decimals, lang, signed=True)


def share(value: float, lang: str, decimals: int = 0) -> str:
    """A share in per cent: 12%."""
    return percent(value, decimals, lang)


def trust(card: Scorecard, lang: str = "en") -> str:
    """Say how much of the weight the totals rest on, and who has less than four fifths of it."""
    _ = translator(lang)
    totals = card.totals[card.totals["total"].notna()]
    if totals.empty:
        return _("Nobody has a total.")
    thin = int((totals["coverage"] < 0.8).sum())
    text = _("On average a total rests on {mean} of the weight; {thin} of {n} totals rest on less than 80%.")
    return text.format(mean=share(totals["coverage"].mean(), lang), thin=count(thin, lang), n=count(len(totals), lang))


def data_status(status: pd.DataFrame, card: Scorecard, names: Names) -> Sentences:
    """Say how complete the scores are, why some are missing, and what was done about them."""
    _ = translator(names.lang)
    scored = status.loc[status["missing_reason"] == "", "share"].sum()
    missing = status[status["missing_reason"] != ""]
    sentences = [_("{share} of the scores are there.").format(share=share(scored, names.lang, 1))]
    if len(missing):
        first = missing.iloc[0]
        text = _("The most frequent reason for a missing score is '{reason}' ({n} times).")
        sentences.append(text.format(reason=_(first["missing_reason"]), n=count(first["n"], names.lang)))
        sentences.append(_policy(card.missing, names.lang))
    sentences.append(trust(card, names.lang))
    return Sentences(tuple(sentences), "note")


def _policy(missing: str, lang: str) -> str:
    _ = translator(lang)
    return {
        "redistribute": _("The weight of a missing score goes to the subject's other indicators."),
        "zero": _("A missing score counts as 0."),
        "refuse": _("A subject with a missing score has no total."),
    }[missing]


def small_group(n: int, lang: str, least: int = 5) -> Sentences:
    """Warn that a handful of subjects supports no conclusion; empty when there are enough."""
    _ = translator(lang)
    if n >= least:
        return Sentences((), "note")
    text = _("Only {n} subjects: differences between them may be chance, and no conclusion is drawn.")
    return Sentences((text.format(n=n),), "warning")


def decides(lang: str = "en") -> Sentences:
    """Say that the report suggests and a person decides."""
    _ = translator(lang)
    return Sentences((_("These numbers are a suggestion; a person decides."),), "note")


def number_of(value: float, lang: str) -> str:
    """Write a short number without needless zeros: 2, 0.5."""
    text = number(value, 2, lang)
    return text.rstrip("0").rstrip(".") if "." in text else text


def note(*texts: str) -> Sentences:
    """Show sentences as a paragraph each, blank ones left out."""
    return Sentences(tuple(text for text in texts if text), "note")


def first_of(texts: Sequence[str], most: int, lang: str, mark: str = ", ") -> str:
    """Join the first few texts, and say how many more there are: 'a', 'b' and 2 more."""
    _ = translator(lang)
    if len(texts) <= most:
        return mark.join(texts)
    return _("{named} and {n} more").format(named=mark.join(texts[:most]), n=count(len(texts) - most, lang))


def first_items(items: Iterable[object], most: int, names: Names) -> str:
    """Name the first few indicators or dimensions in quotation marks, and say how many more there are."""
    return first_of([f"'{names.item(item)}'" for item in items], most, names.lang)
