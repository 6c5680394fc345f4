"""How much each item moves the totals: four measures from sums over subjects, for all of them and for resamples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpianalysis.analyses.importance.shapley import MOST_EXACT, antithetic_orders, exact_shares, shares_in_orders
from kpianalysis.scoring.inputs import Floats, divide
from kpianalysis.scoring.totals import TIE

MEASURES = ("effective_weight", "squared_correlation", "correlation_ratio", "shapley")
# Groups of the correlation ratio: at most so many, of at least so many subjects.
MOST_GROUPS, LEAST_IN_GROUP = 20, 5
# Pairs of orders that a Shapley share rests on where there are too many subsets, and the first of them in each draw.
PAIRS, PAIRS_OF_DRAWS = 1_000, 16
# A spread below this share of the total's is none: what rounding leaves when all are alike.
NO_SPREAD = 1e-12
# Numbers of 8 bytes in memory at once, draws × subjects or subjects × columns.
_BLOCK = 4_000_000


@dataclass(frozen=True)
class Spread:
    """Totals of n subjects as sums of the parts of m items, with the items' scores and the groups these make.

    Attributes
    ----------
    parts : array of float, shape (n, m)
        Points; each row sums to the subject's distance from the mean total. 0 without a score.
    scores : array of float, shape (n, m)
        Points from the item's mean, over its standard deviation. 0 without a score.
    groups : array of int, shape (n, m)
        Place of each score's group, counted through all items; `n_groups` without a score.
    first : array of int, shape (m,)
        Place of each item's first group.
    n_groups : int
        Of all items.
    """

    parts: Floats
    scores: Floats
    groups: NDArray[np.intp]
    first: NDArray[np.intp]
    n_groups: int

    def columns(self, rows: slice) -> Floats:
        """What is summed over subjects, named in `split`."""
        parts, scores, groups = self.parts[rows], self.scores[rows], self.groups[rows]
        i, j = np.triu_indices(parts.shape[1])
        total = parts.sum(axis=1)[:, None]
        # Whoever has no score falls into one more group, which is left out.
        member = np.zeros((len(parts), self.n_groups + 1))
        member[np.arange(len(parts))[:, None], groups] = 1.0
        member = member[:, :-1]
        squares = (groups < self.n_groups) * total**2
        products = parts[:, i] * parts[:, j]
        return np.hstack([parts, products, scores, scores**2, scores * total, squares, member, member * total])

    def split(self, sums: Floats) -> dict[str, Floats]:
        """Name the columns of k sets of sums, each of shape (k, columns)."""
        m, g = self.parts.shape[1], self.n_groups
        widths = {"parts": m, "products": m * (m + 1) // 2, "scores": m, "score_squares": m, "score_totals": m}
        widths |= {"total_squares": m, "members": g, "totals": g}
        ends = np.cumsum(list(widths.values()))
        return dict(zip(widths, np.split(sums, ends[:-1], axis=1), strict=True))

    @property
    def width(self) -> int:
        """How many columns there are."""
        m = int(self.parts.shape[1])
        return m * (m + 1) // 2 + 5 * m + 2 * self.n_groups


def spread_of(parts: Floats, scores: Floats) -> Spread:
    """Group the subjects by each item's score: a group for each value where few differ, else by quantile.

    Parameters
    ----------
    parts : array of float, shape (n, m)
        Points from the mean total.
    scores : array of float, shape (n, m)
        Points, missing where there is none.
    """
    there = ~np.isnan(scores)
    standard = np.zeros(scores.shape)
    groups = np.zeros(scores.shape, dtype=np.intp)
    first, here = [], 0
    for item in range(scores.shape[1]):
        first.append(here)
        mine = there[:, item]
        # Equal scores of a dimension differ in the last digits where weights do.
        values, value, count = np.unique(np.round(scores[mine, item], 9), return_inverse=True, return_counts=True)
        if len(values) > 1:
            standard[mine, item] = (scores[mine, item] - scores[mine, item].mean()) / scores[mine, item].std()
        groups[mine, item] = here + _quantile_groups(count)[value]
        # An item that nobody has keeps a group without members.
        here = int(groups[mine, item].max(initial=here)) + 1
    groups[~there] = here
    return Spread(parts, standard, groups, np.array(first, dtype=np.intp), here)


def _quantile_groups(count: NDArray[np.intp]) -> NDArray[np.intp]:
    """Group rising values, each met `count` times, into as many alike ones as there may be; ties stay together."""
    most = min(MOST_GROUPS, max(1, int(count.sum()) // LEAST_IN_GROUP))
    if len(count) <= most:
        return np.arange(len(count))
    middle = np.cumsum(count) - (count + 1) / 2
    return np.unique(np.floor(most * middle / count.sum()), return_inverse=True)[1]


def covariances(spread: Spread, sums: Floats) -> Floats:
    """Covariances of the parts, shape (k, m, m), from k sets of sums; dividing by n, as only ratios matter."""
    n, m = spread.parts.shape
    i, j = np.triu_indices(m)
    named = spread.split(sums)
    mean = named["parts"] / max(n, 1)
    matrices = np.empty((len(sums), m, m))
    matrices[:, i, j] = matrices[:, j, i] = named["products"] / max(n, 1) - mean[:, i] * mean[:, j]
    variance = matrices.sum(axis=(1, 2))
    # Totals that tie have no spread to share, and what rounding leaves of parts that cancel each other out is none.
    matrices[variance <= TIE**2 + NO_SPREAD * np.abs(matrices).sum(axis=(1, 2))] = 0.0
    none = np.einsum("kii->ki", matrices) <= NO_SPREAD * variance[:, None]
    matrices[none[:, :, None] | none[:, None, :]] = 0.0
    return matrices


def measures(spread: Spread, sums: Floats, matrices: Floats, corrections: int = 1) -> dict[str, Floats]:
    """Measure from k sets of sums and their covariances, each answer of shape (k, m): all but the Shapley share.

    Parameters
    ----------
    corrections : int
        How often the correlation ratio is corrected for the number of groups: the means of groups differ by chance
        alone, and resamples add the same chance again.

    Notes
    -----
    Missing where the totals have no spread. Source: docs/method.md, "Importance".
    """
    with_total = matrices.sum(axis=2)
    variance = with_total.sum(axis=1, keepdims=True)
    everything = len(spread.parts) * variance
    named = spread.split(sums)
    # Sums over those who have the score, and how far they go beyond what their means explain.
    count = np.maximum(np.add.reduceat(named["members"], spread.first, axis=1), 1.0)
    total = np.add.reduceat(named["totals"], spread.first, axis=1)
    own = named["score_squares"] - named["scores"] ** 2 / count
    joint = named["score_totals"] - named["scores"] * total / count
    line = np.divide(joint**2, own, out=np.zeros_like(own), where=own > NO_SPREAD * count)
    return {
        "effective_weight": divide(with_total, variance),
        "squared_correlation": divide(line, everything),
        "correlation_ratio": divide(_between(spread, named, count, total, corrections), everything),
    }


def _between(spread: Spread, named: dict[str, Floats], count: Floats, total: Floats, corrections: int) -> Floats:
    """Sum of squares of totals between an item's groups, without what chance adds; missing with too few scores."""
    members = named["members"]
    between = np.add.reduceat(named["totals"] ** 2 / np.maximum(members, 1.0), spread.first, axis=1) - total**2 / count
    everything = np.maximum(named["total_squares"] - total**2 / count, 0.0)
    n_groups = np.add.reduceat((members > 0).astype(float), spread.first, axis=1)
    within = np.maximum(everything - between, 0.0)
    within *= np.divide(count - 1, count - n_groups, out=np.ones_like(count), where=count > n_groups) ** corrections
    have = (spread.groups < spread.n_groups).sum(axis=0)
    return np.where(have >= 2 * LEAST_IN_GROUP, np.maximum(everything - within, 0.0), np.nan)


def measure(spread: Spread, rng: np.random.Generator) -> tuple[dict[str, Floats], Floats, NDArray[np.intp]]:
    """Measure all subjects once.

    Returns
    -------
    dict of array of float, shape (m,)
        By name of the measure.
    array of float, shape (m,)
        Standard error of the Shapley shares, 0 where they are exact.
    array of int, shape (p, m)
        Orders of the items that they were sampled from; none where they are exact.
    """
    n, m = spread.parts.shape
    sums = np.zeros((1, spread.width))
    step = max(1, _BLOCK // max(spread.width, 1))
    for start in range(0, n, step):
        sums += spread.columns(slice(start, start + step)).sum(axis=0)
    matrix = covariances(spread, sums)
    point = {name: values[0] for name, values in measures(spread, sums, matrix).items()}
    if m <= MOST_EXACT:
        return {**point, "shapley": exact_shares(matrix)[0]}, np.zeros(m), np.empty((0, m), dtype=np.intp)
    orders = antithetic_orders(PAIRS, m, rng)
    pairs = shares_in_orders(np.broadcast_to(matrix[0], (len(orders), m, m)), orders).reshape(PAIRS, 2, m).mean(axis=1)
    return {**point, "shapley": pairs.mean(axis=0)}, pairs.std(axis=0, ddof=1) / np.sqrt(PAIRS), orders


def resample(
    spread: Spread, point: dict[str, Floats], orders: NDArray[np.intp], draws: int, rng: np.random.Generator
) -> dict[str, Floats]:
    """Measure resamples of the subjects, each answer of shape (resamples whose totals have any spread, m).

    Notes
    -----
    The parts stay those from the mean total of all subjects. Where Shapley shares are sampled, a resample's differs
    from that of all subjects by as much as under the first few orders: the chance in the orders cancels out.
    """
    sums = _resampled_sums(spread, draws, rng)
    matrices = covariances(spread, sums)
    ours = spread.parts.sum(axis=1)
    alive = matrices.sum(axis=(1, 2)) > NO_SPREAD * (ours.var() if len(ours) else 0.0)
    sums, matrices = sums[alive], matrices[alive]
    drawn = measures(spread, sums, matrices, corrections=2)
    if not len(orders):
        return {**drawn, "shapley": exact_shares(matrices)}
    few = orders[: 2 * PAIRS_OF_DRAWS]
    together = np.concatenate([np.cov(spread.parts.T, ddof=0)[None], matrices])
    shares = np.zeros(together.shape[:2])
    for order in few:
        shares += shares_in_orders(together, np.broadcast_to(order, shares.shape)) / len(few)
    return {**drawn, "shapley": point["shapley"] + shares[1:] - shares[0]}


def _resampled_sums(spread: Spread, draws: int, rng: np.random.Generator) -> Floats:
    """Sum the columns over resamples of the subjects, shape (draws, width), in one pass over blocks of subjects."""
    sums = np.zeros((draws, spread.width))
    n = len(spread.parts)
    step = max(1, _BLOCK // max(draws, spread.width, 1))
    # How many of each resample are still to come: a block of subjects gets its share of them by chance.
    left = np.full(draws, n)
    for start in range(0, n, step):
        size = min(step, n - start)
        here = rng.binomial(left, size / (n - start))
        left -= here
        who = np.repeat(np.arange(draws) * size, here) + rng.integers(0, size, int(here.sum()))
        times = np.bincount(who, minlength=draws * size).reshape(draws, size)
        sums += times.astype(float) @ spread.columns(slice(start, start + size))
    return sums
