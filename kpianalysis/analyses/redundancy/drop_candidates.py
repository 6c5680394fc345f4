"""What if an indicator were dropped: which could go, why, and what would change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.pairs import correlation
from kpianalysis.analyses.correlation.redundant import ENOUGH, redundant_pairs
from kpianalysis.analyses.redundancy.drop_consequences import data_quality, drop_consequences
from kpianalysis.analyses.redundancy.drop_twins import drop_twins
from kpianalysis.analyses.redundancy.predictability import variance_inflation
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard

# Reasons, in the order in which candidates are listed.
SAME, PREDICTABLE, CONSTANT, TOP, BOTTOM, ALIKE, RARE = (
    *("says the same as another", "predictable from the others", "never varies", "nearly all have the best score"),
    *("nearly all have the worst score", "hardly tells subjects apart", "few have it"),
)
REASONS = (SAME, PREDICTABLE, CONSTANT, TOP, BOTTOM, ALIKE, RARE)
# R² on the others from which on an indicator is predictable: a variance inflation of 10.
PREDICTED = 0.9
# This share of subjects on one score is nearly all; with less than this share having it, it is rare.
NEARLY_ALL, HALF = 0.9, 0.5
# Scores that lie within this share of the usual width hardly tell subjects apart.
NARROW = 0.1
COLUMNS = [
    *("indicator_id", "place", "reason", "twin_id", "twin_rho", "twin_why", "by_construction", "weight", "spearman"),
    *("mean_shift", "most_shift", "n_grade_changes", "grades_changed", "information_lost", "strongest_id"),
    *("strongest_rho", "in_pair", "n", "missing", "lowest", "highest", "width", "empties_dimension"),
    *("n_without_total", "n_subjects"),
]


def drop_candidates(
    card: Scorecard,
    pairs: pd.DataFrame | None = None,
    inflation: pd.DataFrame | None = None,
    construction: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Say of each scored indicator what its absence would change, and rank those there is a reason to drop.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    pairs : DataFrame, optional
        `correlation` of every pair; default: of the card's scores.
    inflation : DataFrame, optional
        `variance_inflation`; default: of the card's scores.
    construction : DataFrame, optional
        `by_construction`: pairs whose correlation says nothing.

    Returns
    -------
    DataFrame
        One row per scored indicator, candidates first: indicator_id; place (1, 2, … of candidates, missing without a
        reason); reason (one of `REASONS` or blank); twin_id, twin_rho, twin_why (of one that says the same: the one to
        keep, the rank correlation with it, why it is the one to keep); by_construction (the two are made from the same
        numbers); weight (nominal). Without it, its weight spread over its dimension: spearman (rank correlation of
        totals with the full ones), mean_shift and most_shift (of ranks), n_grade_changes and grades_changed (share of
        those with a total; missing without grades), information_lost (1 − R² on the others, missing where unknown).
        strongest_id, strongest_rho (the other it goes with most); in_pair (in a pair that says the same); n (subjects
        that have it), missing (share of those it applies to), lowest, highest (share of n on the worst and on the best
        score anyone has); width (of the middle nine tenths of its scores, over the median of all indicators);
        empties_dimension; n_without_total (subjects that would lose theirs); n_subjects (with a total).

    Raises
    ------
    KpiError
        If pairs name an indicator that is not scored.

    Notes
    -----
    Candidates are ordered by reason, then by fewest grades changed, then by the order kept. Every consequence is that
    of dropping this one alone. With fewer than 20 subjects nobody is a candidate.
    Source: docs/method.md, "What if one were dropped".
    """
    pairs = correlation(card.scores) if pairs is None else pairs
    inflation = variance_inflation(card.scores) if inflation is None else inflation
    table = drop_consequences(card, inflation).merge(data_quality(card), on="indicator_id", how="left", validate="1:1")
    _refuse_unknown(pairs, table)
    table = table.merge(_strongest(pairs, table["indicator_id"]), on="indicator_id", how="left", validate="1:1")
    twins = drop_twins(redundant_pairs(pairs), table)
    table = table.merge(twins, on="indicator_id", how="left", validate="1:1")
    table["reason"] = _reasons(table, card, inflation, set(twins["twin_id"]))
    table["by_construction"] = _are_made_alike(table, construction)
    rank = table["reason"].map({reason: place for place, reason in enumerate(REASONS)})
    keys = table.assign(rank=rank, order=-table["spearman"])
    order = keys.sort_values(["rank", "n_grade_changes", "order"], kind="stable", na_position="last").index
    table = table.loc[order].reset_index(drop=True)
    table["place"] = np.where(table["reason"] != "", np.arange(1, len(table) + 1, dtype=float), np.nan)
    return table[COLUMNS]


def _refuse_unknown(pairs: pd.DataFrame, table: pd.DataFrame) -> None:
    unknown = sorted(
        set(pairs[["indicator_i", "indicator_j"]].astype("str").to_numpy().ravel()) - set(table["indicator_id"])
    )
    if unknown:
        raise KpiError(f"pairs: not scored here: {', '.join(unknown)}. Give `correlation` of the same scorecard.")


def _strongest(pairs: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """The other indicator each goes with most, and whether the two say the same."""
    redundant = redundant_pairs(pairs)
    members = set(redundant[["indicator_i", "indicator_j"]].astype("str").to_numpy().ravel())
    ends = ["indicator_i", "indicator_j"]
    sides = [
        pairs[[*order, "spearman"]].set_axis(["indicator_id", "strongest_id", "strongest_rho"], axis=1)
        for order in (ends, ends[::-1])
    ]
    both = pd.concat(sides).astype({"indicator_id": "str", "strongest_id": "str"}).dropna(subset=["strongest_rho"])
    both = both.loc[both.assign(size=-both["strongest_rho"].abs()).sort_values("size", kind="stable").index]
    first = both.drop_duplicates("indicator_id").set_index("indicator_id").reindex(names)
    return first.assign(in_pair=[name in members for name in names]).reset_index()


def _reasons(table: pd.DataFrame, card: Scorecard, inflation: pd.DataFrame, keepers: set[str]) -> np.ndarray:
    """Give each indicator the first reason to drop it, blank without one."""
    enough = table["n_subjects"] >= ENOUGH
    # Of these few, nothing can be said but that they are few.
    known = enough & (table["n"] >= ENOUGH)
    twins = set(table.loc[table["twin_id"].notna(), "indicator_id"])
    predictable = _predictable(card.scores, inflation, twins, keepers) if enough.any() else set()
    conditions = {
        SAME: known & table["indicator_id"].isin(twins),
        PREDICTABLE: known & table["indicator_id"].isin(predictable),
        CONSTANT: known & table["is_constant"],
        TOP: known & (table["highest"] >= NEARLY_ALL),
        BOTTOM: known & (table["lowest"] >= NEARLY_ALL),
        ALIKE: known & (table["width"] <= NARROW),
        RARE: enough & (table["missing"] > 1 - HALF),
    }
    return np.asarray(np.select([asked.to_numpy(dtype=bool) for asked in conditions.values()], list(conditions), ""))


def _predictable(scores: pd.DataFrame, inflation: pd.DataFrame, gone: set[str], keepers: set[str]) -> set[str]:
    """Name those that the rest predict, one after the other: without the first the second may be predictable no more.

    Without the twins that could go already; those that are kept for them stay.
    """
    found: set[str] = set()
    while (inflation["r_squared"] >= PREDICTED).any():
        out = gone | found
        left = variance_inflation(scores[~scores["indicator_id"].isin(out)]) if out else inflation
        known = left[(left["r_squared"] >= PREDICTED) & ~left["indicator_id"].isin(keepers)]
        if known.empty:
            break
        found.add(str(known["indicator_id"].iloc[0]))
    return found


def _are_made_alike(table: pd.DataFrame, construction: pd.DataFrame | None) -> pd.Series:
    """Whether each one's twin is made from the same numbers."""
    made = (
        set()
        if construction is None
        else {
            frozenset(pair) for pair in construction[["indicator_i", "indicator_j"]].astype("str").to_numpy().tolist()
        }
    )
    pairs = zip(table["indicator_id"], table["twin_id"], strict=True)
    return pd.Series([frozenset(pair) in made for pair in pairs], index=table.index, dtype=bool)
