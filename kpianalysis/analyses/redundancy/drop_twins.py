"""Which of two indicators that say the same would be missed less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

# Why this one of two that say the same.
KEEPS_DIMENSION, WORSE_DATA, FEWER_GRADES, LESS_LOST, SAME_ORDER, LATER, KEPT = (
    *("the other is alone in its dimension", "more of its scores are missing", "fewer grades change"),
    *("less is lost", "the order stays closer", "the later one in the catalogue", "the other is kept for a third"),
)
# Differences of shares missing, and of shares of spread lost, below which two indicators are taken as alike.
MISSING_APART, LOST_APART = 0.05, 0.02
COLUMNS = ["indicator_id", "twin_id", "twin_rho", "twin_why"]


def drop_twins(redundant: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Of each pair that says the same, name the one to drop, the one to keep, and why; the strongest pair first.

    Parameters
    ----------
    redundant : DataFrame
        `redundant_pairs`; those that pull against each other are passed over.
    table : DataFrame
        indicator_id, empties_dimension, missing, n_grade_changes, information_lost, spearman: a row per indicator, in
        the order of the catalogue.

    Returns
    -------
    DataFrame
        indicator_id (to drop), twin_id (to keep), twin_rho, twin_why. One that is kept stays, and a pair of which one
        goes is settled: else all of a group might go.

    Notes
    -----
    The first difference decides: being alone in a dimension, the share missing (5 points), grades changed, information
    lost (2 points), order kept, the catalogue. Source: docs/method.md, "What if one were dropped".
    """
    by_name = {row.indicator_id: row for row in table.itertuples()}
    kept: set[str] = set()
    rows: dict[str, tuple[object, ...]] = {}
    # Two that pull against each other are not counted twice.
    same = redundant[redundant["spearman"] > 0].sort_values("spearman", ascending=False, kind="stable")
    place = {name: number for number, name in enumerate(by_name)}
    for first, second, rho in zip(same["indicator_i"], same["indicator_j"], same["spearman"], strict=True):
        names = sorted((str(first), str(second)), key=place.__getitem__)
        free = [name for name in names if name not in kept]
        if any(name in rows for name in names) or not free:
            continue
        drop, why = _which(by_name[names[0]], by_name[names[1]])
        if drop in kept:
            drop, why = free[0], KEPT
        keep = names[1 - names.index(drop)]
        kept.add(keep)
        rows[drop] = (drop, keep, float(rho), why)
    return pd.DataFrame(list(rows.values()), columns=COLUMNS).astype(
        {"indicator_id": "str", "twin_id": "str", "twin_rho": float, "twin_why": "str"}
    )


def _which(first: Any, second: Any) -> tuple[str, str]:
    """Name the one that would be missed less, and the first difference that says so."""
    for why, differs, less in _differences(first, second):
        # A missing number is no difference.
        if differs:
            return (first if less else second).indicator_id, why
    return second.indicator_id, LATER


def _differences(first: Any, second: Any) -> Iterator[tuple[str, bool, bool]]:
    """Each criterion: whether the two differ in it, and whether the first one would be missed less."""
    yield KEEPS_DIMENSION, first.empties_dimension != second.empties_dimension, second.empties_dimension
    gap = first.missing - second.missing
    yield WORSE_DATA, abs(gap) >= MISSING_APART, gap > 0
    gap = first.n_grade_changes - second.n_grade_changes
    yield FEWER_GRADES, abs(gap) >= 1, gap < 0
    gap = first.information_lost - second.information_lost
    yield LESS_LOST, abs(gap) >= LOST_APART, gap < 0
    gap = first.spearman - second.spearman
    yield SAME_ORDER, abs(gap) > 1e-9, gap > 0
