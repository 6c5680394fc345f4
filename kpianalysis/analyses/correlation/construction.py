"""Which indicators must move together, because one is computed from the other or from the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from kpianalysis.dataset import Dataset
from kpianalysis.scheme import actuals_of
from kpianalysis.scoring import Scorecard

COLUMNS = ["indicator_i", "indicator_j", "reason"]
# Fewer common rows than this may be equal by accident.
_LEAST = 4


def by_construction(card: Scorecard, data: Dataset | None = None) -> pd.DataFrame:
    """Find pairs of scored indicators whose correlation says nothing, because of how they are made.

    Parameters
    ----------
    card : Scorecard
    data : Dataset, optional
        Where the card comes from; with it, numerators and denominators are compared too.

    Returns
    -------
    DataFrame
        One row per pair and reason, in the order of the catalogue: indicator_i, indicator_j, reason. Reasons:
        "computed_from" (the catalogue says that one is computed from the other, in the column computed_from or by the
        method `consistency`), "same_formula" (the catalogue gives both the same formula), "same_numerator",
        "same_denominator", "part_of" (the value of one is numerator or denominator of the other).

    Notes
    -----
    Numbers count as the same when they are equal for every subject and period that has both, four or more, and vary.
    A pair that is not named here may be made from each other all the same: only the catalogue knows.
    Source: docs/method.md, "Correlation by construction".
    """
    scored = card.indicators[card.indicators["kind"] == "scored"]
    rows = [*_computed_from(scored), *_same_formula(scored)]
    if data is not None:
        measured = actuals_of(data.tables, card.cycle)
        members = measured["subject_id"].isin(card.subjects["subject_id"])
        rows += _same_numbers(measured[members], list(scored["indicator_id"].astype("str")))
    place = {str(name): row for row, name in enumerate(scored["indicator_id"])}
    ordered = [(*sorted((a, b), key=place.__getitem__), reason) for a, b, reason in rows]
    found = pd.DataFrame(ordered, columns=COLUMNS).drop_duplicates(ignore_index=True)
    order = found["indicator_i"].map(place) * len(place) + found["indicator_j"].map(place)
    return found.loc[order.sort_values(kind="stable").index].reset_index(drop=True).astype("str")


def _computed_from(scored: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    known = set(scored["indicator_id"].astype("str"))
    ids, dimension = scored["indicator_id"].astype("str"), scored["dimension_id"].astype("str")
    for name, sources, method, mine in zip(ids, scored["computed_from"], scored["method"], dimension, strict=True):
        made_of = sources.split() if isinstance(sources, str) else []
        if method == "consistency":
            made_of += [other for other in ids[dimension == mine] if other != name]
        yield from ((name, other, "computed_from") for other in made_of if other in known)


def _same_formula(scored: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Compare formulas as text that names two quantities: a formula such as "mean" is shared by many."""
    known = scored.dropna(subset=["formula"])
    words = [str(text).casefold().split() for text in known["formula"]]
    for (a, one), (b, other) in combinations(zip(known["indicator_id"].astype("str"), words, strict=True), 2):
        if one == other and "/" in one:
            yield a, b, "same_formula"


def _same_numbers(measured: pd.DataFrame, scored: list[str]) -> Iterator[tuple[str, str, str]]:
    """Compare value, numerator and denominator of each indicator with those of every other."""
    parts = [(part, _wide(measured, part, scored)) for part in ("value", "numerator", "denominator")]
    columns = [(part, str(name)) for part, table in parts for name in table.columns]
    if not columns:
        return
    values = pd.concat([table for _part, table in parts], axis=1).to_numpy(dtype=float)
    for i, j in combinations(range(len(columns)), 2):
        (part, a), (other, b) = columns[i], columns[j]
        reason = _REASONS.get((part, other))
        if reason and a != b and _are_same(values[:, i], values[:, j]):
            yield a, b, reason


_REASONS = {
    ("numerator", "numerator"): "same_numerator",
    ("denominator", "denominator"): "same_denominator",
    ("value", "numerator"): "part_of",
    ("value", "denominator"): "part_of",
}


def _wide(measured: pd.DataFrame, part: str, scored: list[str]) -> pd.DataFrame:
    rows = measured[measured["indicator_id"].isin(scored) & measured[part].notna()]
    keys = rows["subject_id"].astype("str") + " " + rows["period"].astype("str").fillna("")
    plain = pd.DataFrame({"key": keys, "name": rows["indicator_id"].astype("str"), "number": rows[part]})
    return plain.drop_duplicates(["key", "name"]).pivot(index="key", columns="name", values="number")


def _are_same(x: np.ndarray, y: np.ndarray) -> bool:
    both = ~(np.isnan(x) | np.isnan(y))
    first = x[both]
    return len(first) >= _LEAST and bool((first == y[both]).all()) and bool(np.ptp(first) > 0)
