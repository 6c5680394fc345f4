"""Benefit of the doubt: each subject under the weights that suit it best."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kpianalysis.analyses.weights.weight_model import weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, Mask, divide
from kpianalysis.scoring.totals import rank_totals

# Linear programmes solved at once, and peers each one gets to begin with and after each round.
AT_ONCE, FIRST, MORE = 100, 8, 4
# Scores closer to 1 than a linear programme is exact are 1.
EXACT = 1e-7


def benefit_of_the_doubt(card: Scorecard, share_low: float = 0.0, share_high: float = 1.0) -> pd.DataFrame:
    """Score each subject with the weights under which it compares best with the best of all.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    share_low, share_high : float
        Least and largest share of weight that an indicator may have, fractions; 0 and 1 leave the choice free.

    Returns
    -------
    DataFrame
        One row per subject with a total, the best first: subject_id, score (0 to 1; 1: under some weights nobody has a
        better total; missing for all where a score is negative, and for a subject that has only indicators on which
        nobody has more than 0), rank (ties share the better one), shift (places up from the rank that the same
        subjects have by their stated totals before bonus and veto), n_indicators (scores it is judged by), share_low,
        share_high (as asked).

    Raises
    ------
    KpiError
        If no weights keep to these shares.

    Notes
    -----
    One linear programme per subject; bonus and veto take no part. Source: docs/method.md, "Benefit of the doubt".
    """
    subjects, scores, _items = _scores(card)
    answer = pd.DataFrame({"subject_id": subjects, "score": best_scores(scores, share_low, share_high)[0]})
    answer["subject_id"] = answer["subject_id"].astype("str")
    stated = card.totals.set_index(card.totals["subject_id"].astype("str"))["weighted_total"].reindex(subjects)
    answer["rank"] = rank_totals(answer["score"])
    answer["shift"] = rank_totals(stated.reset_index(drop=True).where(answer["score"].notna())) - answer["rank"]
    answer["n_indicators"] = (~np.isnan(scores)).sum(axis=1)
    answer = answer.assign(share_low=share_low, share_high=share_high)
    return answer.sort_values("score", ascending=False, kind="stable").reset_index(drop=True)


def benefit_of_the_doubt_weights(card: Scorecard, share_low: float = 0.0, share_high: float = 1.0) -> pd.DataFrame:
    """Show which weights suit each subject best; often others would do as well.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    share_low, share_high : float
        As in `benefit_of_the_doubt`.

    Returns
    -------
    DataFrame
        One row per subject with a score and indicator it is judged by: subject_id, item_id, weight (fraction; over a
        subject they sum to 1).

    Notes
    -----
    Source: docs/method.md, "Benefit of the doubt".
    """
    subjects, scores, items = _scores(card)
    weights = best_scores(scores, share_low, share_high)[1]
    known = ~np.isnan(weights)
    subject, item = np.nonzero(known)
    columns = {"subject_id": np.array(subjects, dtype=object)[subject], "item_id": np.array(items, dtype=object)[item]}
    return pd.DataFrame(columns, dtype="str").assign(weight=weights[known])


def _scores(card: Scorecard) -> tuple[list[str], Floats, list[str]]:
    """Subjects with a total, their scores as far as they count there, and the indicators."""
    model = weight_model(card)
    counts = np.flatnonzero((model.weights > 0).any(axis=0))
    scores = np.where(model.weights > 0, model.points, np.nan)[:, counts]
    return model.subjects, scores, [model.indicators[place] for place in counts]


def best_scores(values: Floats, share_low: float = 0.0, share_high: float = 1.0) -> tuple[Floats, Floats]:
    """Divide each row's weighted mean by the best row's, under the weights for which that is largest.

    Parameters
    ----------
    values : array of float, shape (n, m)
        0 or more, in any unit; missing where a row has no value.
    share_low, share_high : float
        Least and largest weight of a column, of 1 in all.

    Returns
    -------
    scores : array of float, shape (n,)
        0 to 1; missing for a row without any column in which somebody has more than 0, and for all rows if a value is
        negative.
    weights : array of float, shape (n, m)
        Weights that give them; missing where the row has no value or no score.

    Raises
    ------
    KpiError
        If m weights within these shares cannot sum to 1.

    Notes
    -----
    A row is judged by the columns it has, with the shares multiplied by m over their number; a value that another row
    lacks is 0 there. Source: docs/method.md, "Benefit of the doubt".

    Examples
    --------
    >>> values = np.array([[4.0, 1.0], [1.0, 2.0], [2.0, 1.0]])
    >>> best_scores(values)[0].round(3)
    array([1.   , 1.   , 0.714])
    >>> best_scores(values, share_low=0.5)[0].round(3)
    array([1. , 0.6, 0.6])
    """
    n, m = values.shape
    _check_shares(m, share_low, share_high)
    scores, weights = np.full(n, np.nan), np.full((n, m), np.nan)
    if n == 0 or m == 0 or (values < 0).any():
        return scores, weights
    there = ~np.isnan(values)
    # One unit for all columns keeps the shares what they are.
    filled = np.nan_to_num(values) / (np.nanmax(values, initial=0.0) or 1.0)
    open_rows = (there & (filled.max(axis=0) > 0)).any(axis=1)
    if share_low == 0 and share_high >= 1:
        alone, best = _best_alone(filled, there)
        scores[alone] = 1.0
        weights[alone] = np.where(there, best, np.nan)[alone]
        open_rows &= ~alone
    places = np.flatnonzero(open_rows)
    peers = undominated(filled)
    for start in range(0, len(places), AT_ONCE):
        some = places[start : start + AT_ONCE]
        found = _solve(filled[some], there[some], peers, _bounds(there[some], share_low, share_high))
        ratio = (found * filled[some]).sum(axis=1) / (found @ peers.T).max(axis=1)
        scores[some] = np.where(ratio > 1 - EXACT, 1.0, ratio)
        weights[some] = np.where(there[some], found / found.sum(axis=1, keepdims=True), np.nan)
    return scores, weights


def undominated(values: Floats) -> Floats:
    """Keep the rows that no other row reaches or exceeds in every column, each once: only they limit others.

    Examples
    --------
    >>> undominated(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0], [2.0, 1.0]]))
    array([[1., 2.],
           [2., 1.]])
    """
    rows = np.unique(values, axis=0)
    # The largest sums first: most rows fall to one of them, and none to a row after it.
    rows = rows[np.argsort(-rows.sum(axis=1), kind="stable")]
    kept = np.ones(len(rows), dtype=bool)
    for place in range(len(rows)):
        if kept[place]:
            kept[place + 1 :] &= ~(rows[place + 1 :] <= rows[place]).all(axis=1)
    return np.unique(rows[kept], axis=0)


def _check_shares(m: int, low: float, high: float) -> None:
    # A little more than 1 over the number may be the same number written as a decimal.
    if m and not (0 <= low <= 1 / m + 1e-12 and high >= 1 / m - 1e-12):
        raise KpiError(
            f"share_low, share_high: {m} weights between {low} and {high} cannot sum to 1. "
            f"Use a share_low from 0 to {1 / m:.4g} and a share_high of at least that."
        )


def _bounds(there: Mask, low: float, high: float) -> tuple[Floats, Floats]:
    """Least and largest share of each row's columns: with fewer columns each has more."""
    n = there.sum(axis=1)
    more = there.shape[1] / n
    return np.minimum(low * more, 1 / n), np.clip(high * more, 1 / n, 1.0)


def _best_alone(values: Floats, there: Mask) -> tuple[Mask, Mask]:
    """Say which rows are best in some column, and in which first: with all weight there they need no programme."""
    best = there & (values >= values.max(axis=0)) & (values > 0)
    first = np.zeros_like(best)
    first[np.arange(len(best)), best.argmax(axis=1)] = True
    return best.any(axis=1), first


def _solve(values: Floats, there: Mask, peers: Floats, bounds: tuple[Floats, Floats]) -> Floats:
    """Find the best weights of each row, shape (c, m), in rounds: peers in the way are added until none is.

    Few peers limit a row: with all of them in every programme the same answer takes many times as long.
    """
    even = (there / there.sum(axis=1, keepdims=True)) @ peers.T
    against = _largest(even, FIRST)
    found = np.zeros(values.shape)
    open_rows = np.arange(len(values))
    while len(open_rows):
        low, high = (bound[open_rows] for bound in bounds)
        found[open_rows] = _programme(values[open_rows], there[open_rows], peers[against], low, high, peers.max(axis=0))
        reached = found[open_rows] @ peers.T
        worst = _largest(reached, MORE)
        # A peer that is in already is passed by the tolerance of the solver alone, and would be added for ever.
        np.put_along_axis(reached, against, 0.0, axis=1)
        still = reached.max(axis=1) > 1 + EXACT / 10
        against, open_rows = np.hstack([against, worst])[still], open_rows[still]
    return found


def _largest(values: Floats, count: int) -> np.ndarray:
    """Places of the largest values of each row, in no order."""
    count = min(count, values.shape[1])
    return np.argpartition(-values, count - 1, axis=1)[:, :count]


def _programme(values: Floats, there: Mask, peers: Floats, low: Floats, high: Floats, best: Floats) -> Floats:
    """Solve max Σ w·value with Σ w·peer ≤ 1 for each row against its peers, all rows in one sparse programme.

    The variables of a row are the sum S of its weights and what each has above the least, e = w − low·S. Then the
    limits of the shares have few entries a line: Σ e = (1 − m·low)·S and e ≤ (high − low)·S.
    """
    from scipy.optimize import linprog
    from scipy.sparse import block_diag, vstack

    rows, m = values.shape
    least = low[:, None] * there
    held = np.concatenate([(peers @ least[:, :, None]), peers * there[:, None]], axis=2)
    caps = _share_caps(there, high - low, high < 1)
    sums = np.concatenate([-(1 - least.sum(axis=1))[:, None], there.astype(float)], axis=1)
    gain = np.concatenate([(values * least).sum(axis=1, keepdims=True), values * there], axis=1)
    # With more weight than this the best row of a column alone would be past 1, whatever the other weights.
    most = np.where(there, np.where(best > 0, divide(np.ones(m), best), np.inf), 0.0)
    solved = linprog(
        -gain.ravel(),
        A_ub=vstack([block_diag(list(held)), caps], format="csc"),
        b_ub=np.append(np.ones(held.shape[0] * held.shape[1]), np.zeros(caps.shape[0])),
        A_eq=block_diag(list(sums[:, None]), format="csc"),
        b_eq=np.zeros(rows),
        bounds=np.stack([np.zeros(gain.size), np.insert(most, 0, np.inf, axis=1).ravel()], axis=1),
        method="highs-ds",
        # Presolving takes longer than solving programmes of this kind.
        options={"presolve": False},
    )
    if not solved.success:
        raise KpiError(f"The linear programme of the benefit of the doubt has no solution: {solved.message}")
    parts = solved.x.reshape(rows, m + 1)
    weights: Floats = parts[:, 1:] + least * parts[:, :1]
    return weights


def _share_caps(there: Mask, room: Floats, is_capped: Mask) -> Any:
    """Lines e − (high − low)·S ≤ 0 of a programme, for every column of the rows whose shares are capped."""
    # Any: a sparse array, whose types scipy does not give.
    from scipy.sparse import coo_array

    rows, m = there.shape
    row, column = np.nonzero(there & is_capped[:, None])
    line = np.arange(len(row))
    entries = np.append(np.ones(len(row)), -room[row])
    where = np.append(row * (m + 1) + 1 + column, row * (m + 1))
    return coo_array((entries, (np.tile(line, 2), where)), shape=(len(line), rows * (m + 1)))
