"""Ranks and grades under drawn weights: against the bare floor in numpy, and how cost grows.

    python -m benchmarks.drawn_ranks              # all of it, about two minutes
    python -m benchmarks.drawn_ranks 1000         # nothing larger than 1,000 subjects

The floor multiplies, sorts and counts, and does nothing else: no hierarchy, no missing scores, no ties, no quantiles,
no grades. Both are given the same scores and the same sets of weights.
"""

from __future__ import annotations

import sys
from statistics import median

from benchmarks.measure import Cost, cost_of, exponent, in_turn

INDICATORS = 20
_SETUP = """
import numpy as np
import pandas as pd
from kpianalysis.analyses.weights.drawn_ranks import ranks_under
from kpianalysis.analyses.weights.rank_acceptability import grade_probabilities, rank_acceptability, rank_intervals
from kpianalysis.analyses.weights.weight_model import WeightModel
from kpianalysis.scoring.totals import rank_totals
n, k, m = {n}, {k}, {m}
rng = np.random.default_rng(1)
scores = rng.uniform(0, 100, (n, m))
weights = rng.dirichlet(np.ones(m), size=k)
names = [str(number) for number in range(n)]
blank = np.full(n, np.nan)
model = WeightModel(
    names, [f"i{{j}}" for j in range(m)], ["D"], np.zeros(m, int), scores, np.ones((n, m)), np.ones((n, 1)),
    np.zeros(n), blank,
)
totals = pd.DataFrame({{"subject_id": names, "unit_id": None, "total": scores.mean(axis=1), "grade": None}})
totals["rank"] = rank_totals(totals["total"])
grades = pd.DataFrame({{"grade": ["A", "B", "C", "D"], "min_score": [60.0, 50.0, 40.0, 0.0]}})
dimensions = np.ones((k, 1))
model.is_alike
"""
# Rank acceptability of thousands of subjects is a table of millions of rows: there the first hundred ranks.
_OURS = """
drawn = ranks_under(model, weights, dimensions, totals, grades)
result = rank_intervals(drawn), grade_probabilities(drawn), rank_acceptability(drawn, {most})
"""
_FLOOR = """
step = max(1, 200_000 // n)
counts = np.zeros(n * n, dtype=np.int64)
for at in range(0, k, step):
    order = np.argsort(-(weights[at : at + step] @ scores.T), axis=1)
    counts += np.bincount((order * n + np.arange(n)).ravel(), minlength=n * n)
"""
# Adding up a table of 100 million cells a thousand times would measure just that: here it is counted at once.
_FLOOR_LARGE = """
order = np.empty((k, n), dtype=np.int16)
for at in range(0, k, 20):
    order[at : at + 20] = np.argsort(-(weights[at : at + 20] @ scores.T), axis=1)
counts = np.zeros((n, n), dtype=np.int32)
for at in range(0, n, 500):
    block = order[:, at : at + 500].astype(np.int64) * 500 + np.arange(500)
    counts[:, at : at + 500] = np.bincount(block.ravel(), minlength=n * 500).reshape(n, 500)
"""
_RANKS_ALONE = """
from scipy.stats import rankdata
result = rankdata(-(weights @ scores.T), axis=1, method="min")
"""
_LARGE = """
drawn = ranks_under(model, weights, dimensions, totals, grades, most_bytes={most_bytes})
result = rank_intervals(drawn), grade_probabilities(drawn)
"""


def main() -> None:
    """Print ratios to the floor at three sizes, the largest case, and how cost grows."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{INDICATORS} indicators, 10,000 sets of weights: rank quantiles, rank acceptability, grade probabilities")
    for n in (size for size in (100, 1_000, 10_000) if size <= largest):
        _against_floor(n)
    if largest >= 100_000:
        _in_blocks()
    _growth(min(largest, 4_000))


def _against_floor(n: int) -> None:
    setup = _SETUP.format(n=n, k=10_000, m=INDICATORS)
    ours = _OURS.format(most=None if n <= 1_000 else 100)
    floor = _FLOOR if n <= 1_000 else _FLOOR_LARGE
    pairs = in_turn(setup, ours, floor, runs=5 if n <= 1_000 else 3)
    ratio = median(a.seconds / b.seconds for a, b in zip(*pairs, strict=True))
    print(f"  {n:>7,} subjects  kpianalysis {_line(pairs[0])}  floor {_line(pairs[1])}  ratio {ratio:.2f}")
    if n <= 1_000:
        ranks = cost_of(setup, _RANKS_ALONE)
        print(f"                    scipy rankdata, ranks alone: {ranks.seconds:.2f} s, peak {ranks.gib:.2f} GiB")


def _in_blocks() -> None:
    setup = _SETUP.format(n=100_000, k=1_000, m=INDICATORS)
    print("100,000 subjects, 1,000 sets: rank quantiles and grade probabilities, by memory allowed for ranks")
    for mib in (512, 128):
        cost = cost_of(setup, _LARGE.format(most_bytes=mib * 2**20))
        print(f"  {mib:>4} MiB  {cost.seconds:6.1f} s  peak {cost.gib:.2f} GiB")


def _growth(n: int) -> None:
    print("how cost grows, each tenfold")
    base = {"n": n // 10, "k": 2_000, "m": 10}
    small = cost_of(_SETUP.format(**base), _OURS.format(most=100))
    for what, letter in (("subjects", "n"), ("sets", "k"), ("indicators", "m")):
        more = {**base, letter: 10 * base[letter]}
        cost = cost_of(_SETUP.format(**more), _OURS.format(most=100))
        time = exponent((1, 10), (small.seconds, cost.seconds))
        memory = exponent((1, 10), (small.gib, cost.gib))
        print(
            f"  {what:<10} {base[letter]:>6,} to {more[letter]:>6,}: time power {time:.2f}, memory power {memory:.2f}"
        )


def _line(costs: list[Cost]) -> str:
    return f"{median(cost.seconds for cost in costs):.3f} s, peak {max(cost.gib for cost in costs):.2f} GiB;"


if __name__ == "__main__":
    main()
