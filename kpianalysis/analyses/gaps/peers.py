"""What others of the same role reached on the same indicator in the same cycle, as far as it can be compared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.scoring.inputs import Floats, divide

# Fewer others than this say nothing about what is within reach.
ENOUGH_PEERS = 5
# The level that this share of the others reached or beat counts as within reach; of five others that is two people.
QUARTER = 0.25


def places_of(scores: pd.DataFrame) -> pd.Series:
    """Put actuals on a line that rises towards good.

    Parameters
    ----------
    scores : DataFrame
        direction, actual, gap; missing stays missing.

    Returns
    -------
    Series of float, index of `scores`
        The actual where more is better, minus the actual where less is, the gap where an interval is best.
    """
    sign = np.where(scores["direction"] == "lower", -1.0, 1.0)
    return pd.Series(np.where(scores["direction"] == "range", scores["gap"], sign * scores["actual"]), scores.index)


def peer_places(scores: pd.DataFrame) -> pd.DataFrame:
    """Find for every row the place that a quarter of the others of its role reached or beat on its indicator.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.

    Returns
    -------
    DataFrame, index of `scores`
        n_peers (others of the same role with a comparable score), n_peers_met (of them, at least on their target),
        needed (a quarter of them, rounded up), peer_place (on the line of `places_of`; missing below 5 peers). Rows
        without a score have no peers.

    Notes
    -----
    Where all of a role have the same target, or none, places are compared; where targets differ, attainments, given
    back as a share of the row's own target. Source: docs/method.md, "Within reach".
    """
    rows = _comparable(scores)
    group = rows.groupby(["role", "item"], sort=False)
    n_peers = group["better"].transform("count") - 1
    met = group["met"].transform("sum") - rows["met"]
    needed = np.ceil(QUARTER * n_peers).astype(int)
    best = _kth_best_of_others(rows, needed.to_numpy())
    answer = pd.DataFrame({"n_peers": n_peers, "n_peers_met": met, "needed": needed}, index=rows.index)
    answer = answer.reindex(scores.index).fillna(0).astype("int64")
    place = pd.Series(np.where(n_peers >= ENOUGH_PEERS, _in_own_unit(rows, best), np.nan), rows.index)
    return answer.assign(peer_place=place.reindex(scores.index))


def _comparable(scores: pd.DataFrame) -> pd.DataFrame:
    """Rows with a score and `better`, by which those of one role and indicator can be put in order."""
    rows = scores[scores["score"].notna()]
    rows = rows[["actual", "target", "attainment", "gap"]].assign(
        role=rows["role_id"].cat.codes,
        item=rows["indicator_id"].cat.codes,
        direction=rows["direction"].astype("str"),
        met=(rows["gap"] >= 0).astype(int),
    )
    targets = rows.groupby(["role", "item"])["target"]
    count = targets.transform("count")
    # One without a target among others with one can be compared with nobody.
    uniform = (targets.transform("max") == targets.transform("min")) & rows["target"].notna() | (count == 0)
    uniform |= rows["direction"] == "range"
    rows = rows.assign(uniform=uniform, better=places_of(rows).where(uniform, rows["attainment"]))
    return rows[rows["better"].notna()]


def _kth_best_of_others(rows: pd.DataFrame, k: np.ndarray) -> Floats:
    """Find the k-th best value among the others of each row's role and indicator; missing where k is 0."""
    better = rows["better"].to_numpy()
    code = rows.groupby(["role", "item"], sort=False).ngroup().to_numpy()
    order = np.lexsort((-better, code))
    ranked = np.append(better[order], np.nan)
    at = np.where(k > 0, np.searchsorted(code[order], code) + k - 1, len(better))
    # Who is among the first k leaves room for the next one; between equals it makes no difference.
    return np.where(better >= ranked[at], ranked[np.minimum(at + 1, len(better))], ranked[at])


def _in_own_unit(rows: pd.DataFrame, best: Floats) -> Floats:
    """Turn attainments back into places: a share of the row's own target."""
    target = rows["target"].to_numpy()
    is_lower = (rows["direction"] == "lower").to_numpy()
    of_target = np.where(is_lower, -divide(target, best), target * best)
    return np.where(rows["uniform"], best, of_target)
