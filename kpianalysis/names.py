"""What things are called in a report, in its language; ids stay the keys everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kpianalysis.scoring import Scorecard


@dataclass(frozen=True)
class Names:
    """Display names by id, and the language they are in; an unknown id is its own name."""

    lang: str
    subjects: Mapping[str, str]
    indicators: Mapping[str, str]
    dimensions: Mapping[str, str]
    units: Mapping[str, str]

    def subject(self, subject_id: object) -> str:
        """Name of a person or unit; the id goes with it where two share a name."""
        return self.subjects.get(str(subject_id), str(subject_id))

    def item(self, item_id: object) -> str:
        """Name of an indicator or dimension."""
        key = str(item_id)
        return self.indicators.get(key) or self.dimensions.get(key) or key

    def measured_in(self, indicator_id: object) -> str:
        """Name of an indicator with its unit of measure."""
        unit = self.units.get(str(indicator_id), "")
        return f"{self.item(indicator_id)} ({unit})" if unit else self.item(indicator_id)


def names_of(*cards: Scorecard | None, lang: str = "en") -> Names:
    """Gather the display names of one or more scorecards; the first one wins.

    Parameters
    ----------
    *cards : Scorecard
        This cycle's, and the one it is compared with; None is passed over.
    lang : {"en", "zh"}
        Chinese names where the source has them.
    """
    subjects: dict[str, str] = {}
    indicators: dict[str, str] = {}
    dimensions: dict[str, str] = {}
    units: dict[str, str] = {}
    for card in (card for card in reversed(cards) if card is not None):
        subjects.update(_subject_names(card.subjects))
        indicators.update(_item_names(card.indicators, "indicator_id", lang))
        dimensions.update(_item_names(card.dimensions, "dimension_id", lang))
        units.update(zip(card.indicators["indicator_id"], card.indicators["unit"].fillna(""), strict=True))
    return Names(lang, subjects, indicators, dimensions, units)


def _subject_names(subjects: pd.DataFrame) -> dict[str, str]:
    shared = subjects["name"].duplicated(keep=False)
    name = subjects["name"].mask(shared, subjects["name"] + " (" + subjects["subject_id"] + ")")
    return dict(zip(subjects["subject_id"], name, strict=True))


def _item_names(items: pd.DataFrame, key: str, lang: str) -> dict[str, str]:
    name = items["name_zh"].fillna(items["name"]) if lang == "zh" else items["name"]
    return dict(zip(items[key], name, strict=True))
