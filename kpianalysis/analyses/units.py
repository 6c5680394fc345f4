"""Does a unit stand apart on one indicator? Strict or lenient judging would look like that; so would real work."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide

# Fewer scores than this on either side are not compared.
ENOUGH = 5
COLUMNS = ["unit_id", "indicator_id", "n", "mean", "others", "difference", "p_adjusted"]


def unit_differences(card: Scorecard) -> pd.DataFrame:
    """Compare each unit with all others on each scored indicator.

    Parameters
    ----------
    card : Scorecard

    Returns
    -------
    DataFrame
        One row per unit × indicator with at least 5 scores on both sides and any spread, the largest difference first:
        unit_id, indicator_id, n, mean, others (means, points), difference (points), p_adjusted (Welch's t, adjusted
        after Benjamini and Hochberg over all rows).

    Notes
    -----
    A difference says that a unit's scores lie apart, never why. Source: docs/method.md, "Units apart".
    """
    groups = _groups(card.scores[(card.scores["kind"] == "scored") & card.scores["score"].notna()])
    parts = [_compare(part) for _name, part in groups.groupby("indicator_id", sort=False)]
    answer = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    answer["p_adjusted"] = adjust(answer["p_adjusted"].to_numpy(dtype=float))
    order = answer["difference"].abs().sort_values(ascending=False, kind="stable").index
    return answer.loc[order, COLUMNS].reset_index(drop=True)


def _groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up each unit on each indicator; subjects without a unit are a group of their own, of others only."""
    keys = ["indicator_id", "unit_id"]
    grouped = rows.groupby(keys, observed=True, dropna=False)["score"]
    table = grouped.agg(n="size", mean="mean", low="min", high="max")
    # Squares about the group's own mean: nothing cancels.
    table["squares"] = (
        (rows["score"] - grouped.transform("mean"))
        .pow(2)
        .groupby([rows[k] for k in keys], observed=True, dropna=False)
        .sum()
    )
    return table.reset_index().astype(dict.fromkeys(keys, "str"))


def _compare(part: pd.DataFrame) -> pd.DataFrame:
    """Compare the groups of one indicator, each with all others together, by Welch's t."""
    n, mean, low, high, squares = (part[k].to_numpy(dtype=float) for k in ("n", "mean", "low", "high", "squares"))
    rest = ~np.eye(len(part), dtype=bool)
    m = rest @ n
    others = divide(rest @ (n * mean), m)
    squares_others = rest @ squares + (rest * n * (mean - others[:, None]) ** 2).sum(axis=1)
    lowest, highest = np.where(rest, low, np.inf).min(axis=1), np.where(rest, high, -np.inf).max(axis=1)
    varies = (high > low) | (highest > lowest)
    kept = part["unit_id"].notna().to_numpy() & (n >= ENOUGH) & (m >= ENOUGH) & varies
    p = _welch(mean - others, (squares, n), (squares_others, m), kept)
    made: pd.DataFrame = part.assign(others=others, difference=mean - others, p_adjusted=p)[kept]
    return made


def _welch(difference: Floats, one: tuple[Floats, Floats], two: tuple[Floats, Floats], kept: np.ndarray) -> Floats:
    """Two-sided p of a difference of means from the squares and numbers of both sides, where `kept`."""
    p = np.full(len(kept), np.nan)
    a, b = (squares[kept] / (n[kept] - 1) / n[kept] for squares, n in (one, two))
    freedom = (a + b) ** 2 / (a**2 / (one[1][kept] - 1) + b**2 / (two[1][kept] - 1))
    p[kept] = 2 * stats.t.sf(np.abs(difference[kept]) / np.sqrt(a + b), freedom)
    return p
