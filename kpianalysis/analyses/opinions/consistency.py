"""How far pairwise comparisons contradict each other, and which of them to look at again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from kpianalysis.analyses.opinions.pairwise import (
    AGREES,
    checked_comparisons,
    eigenvector_priorities,
    inverse_laplacian,
    log_weights,
)
from kpianalysis.scoring.inputs import Floats

# Mean consistency index of random matrices of 3 to 15 items (Alonso and Lamata 2006), and λ beyond: slope, intercept.
RANDOM_INDEX = (0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854, 1.5141, 1.5365, 1.5551, 1.5713, 1.5838)
RANDOM_LAMBDA = (2.7699, -4.3513)
# A ratio above this asks for another look at the judgements (Saaty 1980).
MOST_INCONSISTENT = 0.1


@dataclass(frozen=True)
class Consistency:
    """How far comparisons contradict each other; missing where no comparison can contradict another.

    Attributes
    ----------
    n_items, n_given, n_possible : int
        Items, pairs compared, pairs there are.
    lambda_max : float
        Largest eigenvalue; the number of items when nothing is contradicted. Of an incomplete matrix: the smallest
        one that any completion has.
    index, random_index, ratio : float
        (λ − n)/(n − 1), its mean over random judgements, and the one over the other.
    geometric_index : float
        Variance of the logarithms of the judgements around what the weights say.
    """

    n_items: int
    n_given: int
    n_possible: int
    lambda_max: float
    index: float
    random_index: float
    ratio: float
    geometric_index: float


def random_index(n: int, n_missing: int = 0) -> float:
    """Mean consistency index of random judgements on n items of which some pairs are not compared.

    Notes
    -----
    Source: docs/method.md, "Consistency".

    Examples
    --------
    >>> random_index(4), round(random_index(4, 1), 4), random_index(4, 3)
    (0.8815, 0.5877, 0.0)
    """
    if n < 3:
        return 0.0
    beyond = (RANDOM_LAMBDA[0] * n + RANDOM_LAMBDA[1] - n) / (n - 1)
    whole = RANDOM_INDEX[n - 3] if n - 3 < len(RANDOM_INDEX) else beyond
    return whole * (1 - 2 * n_missing / ((n - 1) * (n - 2)))


def consistency(matrix: Floats) -> Consistency:
    """Measure how far comparisons contradict each other.

    Parameters
    ----------
    matrix : array of float, shape (n, n)

    Raises
    ------
    KpiError
        If it is no matrix of comparisons, or falls into parts that nobody compared.

    Notes
    -----
    Source: docs/method.md, "Consistency".

    Examples
    --------
    >>> round(consistency(np.array([[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]])).ratio, 5)
    0.00352
    """
    logs, known = checked_comparisons(matrix)
    n = len(logs)
    given, possible = int(np.triu(known, 1).sum()), n * (n - 1) // 2
    # A tree of comparisons has none to spare: whatever they are, some weights agree with all of them.
    spare = given - (n - 1)
    if spare == 0:
        return Consistency(n, given, possible, float(n), np.nan, np.nan, np.nan, np.nan)
    lambda_max = max(eigenvector_priorities(matrix)[1], float(n))
    index, random = (lambda_max - n) / (n - 1), random_index(n, possible - given)
    weights = log_weights(logs, known)
    residual = np.where(known, logs - weights[:, None] + weights, 0.0)
    geometric = float((np.triu(residual) ** 2).sum() / spare)
    return Consistency(n, given, possible, lambda_max, index, random, index / random, geometric)


def implied_values(matrix: Floats) -> Floats:
    """What each comparison would be if all the others were right; missing where no others speak to it.

    Parameters
    ----------
    matrix : array of float, shape (n, n)

    Returns
    -------
    array of float, shape (n, n)
        From weights fitted as by `geometric_priorities`, each time without the pair itself.

    Notes
    -----
    Source: docs/method.md, "Consistency".

    Examples
    --------
    >>> implied_values(np.array([[1, 3, 2], [1 / 3, 1, 2], [1 / 2, 1 / 2, 1]]))[0].round(6).tolist()
    [1.0, 1.0, 6.0]
    """
    logs, known = checked_comparisons(matrix)
    inverse = inverse_laplacian(known)
    fitted = log_weights(logs, known)
    fitted = fitted[:, None] - fitted
    spread = np.diag(inverse)
    # The share of its own fit that a comparison decides; 1 when it alone links two parts.
    leverage = np.where(known, spread[:, None] + spread - 2 * inverse, 0.0)
    leverage = np.where(leverage > 1 - 1e-9, np.nan, leverage)
    own = np.where(known, logs - fitted, 0.0)
    implied: Floats = np.exp(fitted - own * leverage / (1 - leverage))
    return implied


def triads(matrix: Floats) -> pd.DataFrame:
    """Find the threes that contradict themselves, the worst first, and the comparison that would have to change.

    Parameters
    ----------
    matrix : array of float, shape (n, n)

    Returns
    -------
    DataFrame
        One row per three items all compared with each other and in contradiction: i, j, k (places, by falling
        weight), value_ij, value_jk, value_ik, factor (how many times value_ij·value_jk and value_ik lie apart, above
        1), change_i, change_j (the comparison furthest from what all the others say), change_from, change_to.

    Notes
    -----
    Source: docs/method.md, "Consistency".

    Examples
    --------
    >>> triads(np.array([[1, 3, 2], [1 / 3, 1, 2], [1 / 2, 1 / 2, 1]])).round(6).iloc[0].tolist()
    [0.0, 1.0, 2.0, 3.0, 2.0, 2.0, 3.0, 0.0, 2.0, 2.0, 6.0]
    """
    logs, known = checked_comparisons(matrix)
    order = np.argsort(-log_weights(logs, known), kind="stable")
    implied = np.log(implied_values(matrix))
    rows = []
    for i, j, k in combinations(order.tolist(), 3):
        error = abs(logs[i, j] + logs[j, k] - logs[i, k]) if known[i, j] and known[j, k] and known[i, k] else 0.0
        if error > AGREES:
            # Of equals the first: it is what follows from the other two.
            pairs = [(i, k), (i, j), (j, k)]
            off = [round(abs(float(logs[pair] - implied[pair])), 9) for pair in pairs]
            change = pairs[int(np.argmax(off))]
            values = np.exp([logs[i, j], logs[j, k], logs[i, k], min(error, 700.0)])
            rows.append((i, j, k, *values, *change, np.exp(logs[change]), np.exp(implied[change])))
    columns = ["i", "j", "k", "value_ij", "value_jk", "value_ik", "factor"]
    found = pd.DataFrame(rows, columns=[*columns, "change_i", "change_j", "change_from", "change_to"])
    return found.sort_values("factor", ascending=False, kind="stable").reset_index(drop=True)
