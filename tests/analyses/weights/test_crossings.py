"""Where totals meet as one weight moves: 1,000 random schemes, looked at from both sides of every end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from kpianalysis.analyses.weights import crossings
from kpianalysis.analyses.weights.crossings import (
    Pairs,
    first_breaks,
    grade_breaks,
    pairs_of_order,
    pairs_of_top,
)
from kpianalysis.analyses.weights.weight_model import WeightModel, rank_rows
from kpianalysis.analyses.weights.weight_paths import Curves, curves_of
from kpianalysis.scoring.totals import grade_places

BOUNDARIES = np.array([0.0, 40.0, 50.0, 60.0])
PROBLEMS = 1_000
TOP = 3
# Ends are looked at from this far outside: the nearest that the tie rule of 1e-9 points can tell apart, and further.
OUTSIDE = 1 - np.array([1e-6, 1e-5, 1e-4, 1e-3])
INSIDE = np.array([0.02, 0.25, 0.5, 0.75, 0.95, 1.0])


def random_model(seed: int) -> WeightModel:
    """Draw two levels, gaps, two roles with weights of their own, bonus, veto caps; every third one is full of ties."""
    rng = np.random.default_rng(seed)
    n, m, d = int(rng.integers(2, 9)), int(rng.integers(2, 7)), int(rng.integers(1, 4))
    of = np.sort(np.append(np.arange(min(d, m)), rng.integers(0, d, max(m - d, 0))))
    has_ties = seed % 3 == 0
    points = rng.integers(2, 9, (n, m)) * 10.0 if has_ties else rng.uniform(0, 120, (n, m))
    role = rng.integers(0, 2, n)
    weights = rng.choice([1.0, 2.0, 0.5] if has_ties else rng.uniform(0.2, 3, 5), (2, m))[role]
    weights = weights * (rng.uniform(size=(n, m)) > rng.choice([0.0, 0.25]))
    weights[:, 0] = np.where(weights.sum(axis=1) > 0, weights[:, 0], 1.0)
    if has_ties and n > 3:
        points[1], weights[1], role[1] = points[0], weights[0], role[0]
    by = rng.choice([1.0, 2.0, 0.7], (2, d))[role]
    by = by * np.array([(weights[:, of == place] > 0).any(axis=1) for place in range(d)]).T
    return WeightModel(
        [f"S{i}" for i in range(n)],
        [f"i{i}" for i in range(m)],
        [f"D{i}" for i in range(d)],
        of,
        np.where(weights > 0, points, 0.0),
        weights,
        by / by.sum(axis=1, keepdims=True),
        rng.integers(-2, 3, n) * rng.choice([0.0, 1.0]),
        np.where(rng.uniform(size=n) < 0.25, rng.choice([45.0, 50.0, 55.0], n), np.nan),
    )


def totals_at(model: WeightModel, item: np.ndarray, multiplier: np.ndarray) -> np.ndarray:
    """Totals under one multiplied weight each, by the model's own rule."""
    m = len(model.indicators)
    table = np.ones((len(item), m + len(model.dimensions)))
    table[np.arange(len(item)), item] = multiplier
    return model.totals(table[:, :m], table[:, m:])


def order_stays(totals: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """Whether no two strictly change places and no tie parts, by looking at every pair of ranks."""
    before, now = rank_rows(stated[None])[0], rank_rows(totals)
    is_above, is_tied = before[:, None] < before, before[:, None] == before
    swapped, parted = now[:, :, None] > now[:, None, :], now[:, :, None] != now[:, None, :]
    return ~((is_above & swapped) | (is_tied & parted)).any(axis=(1, 2))


def top_stays(totals: np.ndarray, stated: np.ndarray, top: int = TOP) -> np.ndarray:
    """Whether nobody outside gets ahead of anybody inside, and a tie on the border holds if it lets more in."""
    before, now = rank_rows(stated[None])[0], rank_rows(totals)
    inside = before <= top
    swapped, parted = now[:, :, None] > now[:, None, :], now[:, :, None] != now[:, None, :]
    broken = inside[:, None] & ~inside & swapped
    if inside.sum() > top:
        border = before == before[inside].max()
        broken |= (border[:, None] & border & parted) | ((inside & ~border)[:, None] & border & swapped)
    return ~broken.any(axis=(1, 2))


def first_stays(totals: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """Whether the first place stays with those who have it."""
    return top_stays(totals, stated, 1)


@dataclass(frozen=True)
class Problem:
    """A scheme and every end: the weight, the side (1 down, -1 up: the power of y), the result, y.

    Results 0, 1, 2 are the first place, the top and the order; 3 is the grade of the first subject.
    """

    model: WeightModel
    stated: np.ndarray
    item: np.ndarray
    side: np.ndarray
    result: np.ndarray
    y: np.ndarray

    @property
    def grades(self) -> np.ndarray:
        """Stated grades, as places among the boundaries."""
        return grade_places(self.stated, BOUNDARIES)

    def stays(self, y: np.ndarray) -> np.ndarray:
        """Whether each end's own result stays where its weight is at y, (e,) or (e, k), by the scheme's rules."""
        y = y.reshape(len(self.item), -1)
        item, side = (np.repeat(column, y.shape[1]) for column in (self.item, self.side))
        totals = totals_at(self.model, item, y.ravel() ** side)
        result = np.repeat(self.result, y.shape[1])
        stays = np.empty(len(result), dtype=bool)
        for number, rule in enumerate((first_stays, top_stays, order_stays)):
            stays[result == number] = rule(totals[result == number], self.stated)
        graded = np.flatnonzero(result >= 3)
        subject = result[graded] - 3
        stays[graded] = grade_places(totals[graded, subject], BOUNDARIES) == self.grades[subject]
        return stays.reshape(y.shape)


def problem(seed: int) -> Problem:
    model = random_model(seed)
    q = len(model.indicators) + len(model.dimensions)
    stated = totals_at(model, np.zeros(1, dtype=int), np.ones(1))[0]
    pairs = [pairs_of_top(stated, 1), pairs_of_top(stated, TOP), pairs_of_order(stated)]
    ends = []
    for side, curves in zip((1, -1), curves_of(model), strict=True):
        found = [first_breaks(curves, among).y for among in pairs] + list(grade_breaks(curves, BOUNDARIES)[0].T)
        ends += [(np.arange(q), np.full(q, side), np.full(q, result), y) for result, y in enumerate(found)]
    return Problem(model, stated, *(np.concatenate(column) for column in zip(*ends, strict=True)))


def bisect(made: Problem, low: np.ndarray, high: np.ndarray, steps: int = 12) -> np.ndarray:
    """Halve until `low`, where the result has changed, and `high`, where it stays, are next to each other."""
    for _step in range(steps):
        middle = np.sqrt(low * high)
        stays = made.stays(middle)[:, 0]
        low, high = np.where(stays, low, middle), np.where(stays, middle, high)
    return np.sqrt(low * high)


@pytest.mark.parametrize("part", range(4))
def test_inside_every_interval_the_result_stays_and_just_outside_it_does_not(part):
    n_ends = 0
    for seed in range(part, PROBLEMS, 4):
        made = problem(seed)
        # Down to a ten-thousandth of the weight where nothing breaks; from 1 to the end itself otherwise.
        last = np.where(made.y > 0, made.y * (1 + 1e-6), 1e-4)[:, None]
        inside = np.where(made.y[:, None] == 1, 1.0, last**INSIDE)
        assert made.stays(np.minimum(inside, 1.0)).all(), seed
        ends = np.flatnonzero(made.y > 0)
        found = Problem(made.model, made.stated, *(c[ends] for c in (made.item, made.side, made.result, made.y)))
        if len(ends):
            broken = ~found.stays(found.y[:, None] * OUTSIDE)
            assert broken.any(axis=1).all(), seed
            outside = found.y * OUTSIDE[broken.argmax(axis=1)]
            by_halves = bisect(found, outside, np.minimum(found.y * 1.001, 1.0))
            assert by_halves == pytest.approx(found.y, rel=2e-6), seed
        n_ends += len(ends)
    assert n_ends > 3_000


def test_looking_at_the_nearest_pairs_first_and_in_parts_changes_nothing(monkeypatch):
    for seed in range(40):
        made = random_model(seed)
        stated = totals_at(made, np.zeros(1, dtype=int), np.ones(1))[0]
        for pairs in (pairs_of_top(stated, 2), pairs_of_order(stated)):
            for side in curves_of(made):
                whole = first_breaks(side, pairs)
                with monkeypatch.context() as few:
                    few.setattr(crossings, "FIRST_PAIRS", 1)
                    few.setattr(crossings, "MOST_PAIRS", 2 * len(side.far))
                    parts = first_breaks(side, pairs)
                assert parts.y.tolist() == whole.y.tolist()
                assert parts.challenger.tolist() == whole.challenger.tolist()
                assert parts.overtaken.tolist() == whole.overtaken.tolist()


def test_without_any_subject_nothing_breaks():
    nobody = Curves(*(np.zeros((2, 0)) for _part in range(3)), np.zeros(0))
    for pairs in (pairs_of_top(np.zeros(0), 1), pairs_of_order(np.zeros(0))):
        assert len(pairs.above) == 0
        assert first_breaks(nobody, pairs).y.tolist() == [0.0, 0.0]
    assert grade_breaks(nobody, BOUNDARIES)[0].shape == (2, 0)


def test_of_two_meetings_the_first_one_on_the_way_counts_however_they_end():
    """A: (73·0.1 + 45 y)/(0.1 + y), B: (59·0.5 + 41 y)/(0.5 + y). Level at 0.7 and at 1/4."""
    far, other, odds = np.array([[73.0, 59.0]]), np.array([[45.0, 41.0]]), np.array([[0.1, 0.5]])
    curves = Curves(far, other, odds, np.full(2, np.inf))
    assert np.diff(curves.at(0.25)).item() == pytest.approx(0)
    breaks = first_breaks(curves, Pairs(np.array([0]), np.array([1]), np.array([False])))
    assert breaks.y.item() == pytest.approx(0.7, rel=1e-12)
    assert (breaks.challenger.item(), breaks.overtaken.item()) == (1, 0)


def test_to_touch_is_not_to_cross():
    """A stays at 60; B has or reaches its cap of 60, and gets no further."""
    curves = Curves(np.array([[60.0, 90.0]]), np.array([[60.0, 30.0]]), np.ones((1, 2)), np.array([np.inf, 60.0]))
    assert curves.at(1.0).tolist() == [[60.0, 60.0]]
    tie = first_breaks(curves, Pairs(np.array([0]), np.array([1]), np.array([True])))
    assert tie.y.item() == 0
    strict = Curves(np.array([[60.0, 90.0]]), np.array([[60.0, 20.0]]), np.ones((1, 2)), np.array([np.inf, 60.0]))
    assert strict.at(1.0).tolist() == [[60.0, 55.0]]
    assert first_breaks(strict, Pairs(np.array([0]), np.array([1]), np.array([False]))).y.item() == 0
