"""Time and memory of importance with 1,000 resamples: `python -m benchmarks.importance [LARGEST]`.

Opponent: a loop over resamples with pandas and numpy that measures the same. LARGEST: subjects of the growth, default
100,000.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import median

import numpy as np
import pandas as pd

from benchmarks.measure import ROOT, Cost, cost_of, exponent, in_turn

DRAWS, ORDERS = 1_000, 32
_SETUP = """
import numpy as np
import kpianalysis as kpi
from kpianalysis.analyses.importance.importance import importance
from kpianalysis.analyses.importance.importance_measures import measure, resample, spread_of
from benchmarks.importance import loop, made_up, same_answer
"""
_CARD = _SETUP + 'card = kpi.score(kpi.load("data/hospitals", "FY2017"))\n'


def main() -> None:
    """Print the ratio and how cost grows."""
    # In a process of its own: what this one has held in memory, its children seem to hold too.
    cost_of(_SETUP, "same_answer()")
    ours, theirs = in_turn(_CARD, f"result = importance(card, draws={DRAWS})", f"result = loop(card, {DRAWS})", runs=3)
    print(f"hospitals, FY2017: four measures of 22 indicators over 2,955 subjects, {DRAWS:,} resamples, 3 runs in turn")
    print(f"  kpianalysis  {_line(ours)}")
    print(f"  pandas loop  {_line(theirs)}")
    ratio = median(b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True))
    print(f"  {ratio:.0f} times as fast")
    growth(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)


def growth(largest: int) -> None:
    """Print time and peak memory as subjects, indicators and draws grow, from made-up scores."""
    _grow(
        "subjects, 22 indicators, 1,000 draws", [n for n in (1_000, 10_000, 100_000) if n <= largest], "{}, 22", "1000"
    )
    _grow("indicators, 3,000 subjects, 1,000 draws", (10, 20, 40, 80), "3000, {}", "1000")
    _grow("draws, 3,000 subjects, 22 indicators", (1_000, 4_000, 16_000), "3000, 22", "{}")


def _grow(what: str, sizes: Sequence[int], shape: str, draws: str) -> None:
    print(f"\n{what}")
    costs: list[Cost] = []
    for size in sizes:
        work = (
            f"spread = spread_of(*made_up({shape.format(size)})); rng = np.random.default_rng(0); "
            f"point, error, orders = measure(spread, rng); resample(spread, point, orders, {draws.format(size)}, rng)"
        )
        costs.append(cost_of(_SETUP, work))
        print(f"  {size:>9,}  {costs[-1].seconds:7.2f} s  peak {costs[-1].gib:5.2f} GiB")
    pair = (sizes[0], sizes[-1])
    time = exponent(pair, (costs[0].seconds, costs[-1].seconds))
    memory = exponent(pair, (costs[0].gib, costs[-1].gib))
    print(f"  {pair[0]:,} to {pair[1]:,}: time grows with the power {time:.2f}, memory with {memory:.2f}")


def made_up(subjects: int, indicators: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw the parts and scores of a scheme with equal weights, a tenth of the scores missing."""
    rng = np.random.default_rng(1)
    scores = rng.normal(70, 15, (subjects, indicators)) + rng.normal(0, 8, (subjects, 1))
    scores[rng.random(scores.shape) < 0.1] = np.nan
    share = ~np.isnan(scores) / (~np.isnan(scores)).sum(axis=1, keepdims=True)
    points = share * np.nan_to_num(scores)
    return points - share * points.sum(axis=1).mean(), scores


def taken_apart(card: object) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give the loop what it resamples: parts, scores, and the group of each score."""
    from kpianalysis.analyses.importance.importance import applied_weights, item_shares
    from kpianalysis.analyses.importance.importance_measures import spread_of
    from kpianalysis.analyses.weights.weight_model import weight_model

    model = weight_model(card)
    items, share, scores = item_shares(model, "indicator", applied_weights(model))
    points = share * np.nan_to_num(scores)
    spread = spread_of(points - share * points.sum(axis=1).mean(), scores)
    groups = pd.DataFrame(spread.groups, columns=items).mask(spread.groups == spread.n_groups)
    return pd.DataFrame(spread.parts, columns=items), pd.DataFrame(scores, columns=items), groups


def loop(card: object, draws: int, seed: int = 0) -> pd.DataFrame:
    """Measure resample by resample, as one would write it with pandas and numpy; ends of 95 % of them."""
    parts, scores, groups = taken_apart(card)
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(parts.shape[1]) for _order in range(ORDERS)]
    drawn = []
    for _draw in range(draws):
        rows = rng.integers(0, len(parts), len(parts))
        drawn.append(_measured(parts.iloc[rows], scores.iloc[rows], groups.iloc[rows], orders))
    return pd.concat(drawn).groupby(level=0, sort=False).quantile([0.025, 0.975]).unstack()


def _measured(
    parts: pd.DataFrame, scores: pd.DataFrame, groups: pd.DataFrame, orders: list[np.ndarray]
) -> pd.DataFrame:
    values = parts.to_numpy()
    total = pd.Series(values.sum(axis=1), index=parts.index)
    covariance = np.cov(values.T)
    whole, everything = covariance.sum(), ((total - total.mean()) ** 2).sum()
    answer = pd.DataFrame({"effective_weight": covariance.sum(axis=0) / whole}, index=parts.columns)
    answer["squared_correlation"] = [_line_explains(scores[name], total) / everything for name in scores]
    answer["correlation_ratio"] = [_groups_explain(groups[name], total) / everything for name in groups]
    answer["shapley"] = _shapley(covariance, orders)
    return answer


def _line_explains(score: pd.Series, total: pd.Series) -> float:
    there = score.notna().to_numpy()
    if not there.any():
        return 0.0
    x, y = score.to_numpy()[there], total.to_numpy()[there]
    x, y = x - x.mean(), y - y.mean()
    return (x @ y) ** 2 / (x @ x) if x @ x > 0 else 0.0


def _groups_explain(group: pd.Series, total: pd.Series) -> float:
    there = group.notna().to_numpy()
    if there.sum() < 10:
        return np.nan
    y = total[there].reset_index(drop=True)
    by = y.groupby(group[there].to_numpy()).agg(["size", "mean"])
    everything = ((y - y.mean()) ** 2).sum()
    between = (by["size"] * (by["mean"] - y.mean()) ** 2).sum()
    factor = ((len(y) - 1) / (len(y) - len(by))) ** 2
    return max(everything - max(everything - between, 0.0) * factor, 0.0)


def _shapley(covariance: np.ndarray, orders: list[np.ndarray]) -> np.ndarray:
    """Mean over the orders; a Cholesky factor has what each part adds in its column sums."""
    shares = np.zeros(len(covariance))
    varies = np.flatnonzero(np.diag(covariance) > 1e-12 * covariance.sum())
    for order in orders:
        mine = order[np.isin(order, varies)]
        matrix = covariance[np.ix_(mine, mine)]
        added = np.linalg.cholesky(matrix + 1e-12 * np.diag(np.diag(matrix))).sum(axis=0) ** 2
        shares[mine] += added / added.sum() / len(orders)
    return shares


def same_answer() -> None:
    """Stop if the loop does not give our intervals: then the comparison would mean nothing."""
    import kpianalysis as kpi
    from kpianalysis.analyses.importance.importance import importance

    card = kpi.score(kpi.load(ROOT / "data/hospitals", "FY2017"))
    theirs, ours = loop(card, 200), importance(card, draws=DRAWS).set_index("item_id")
    for name in ("effective_weight", "squared_correlation", "correlation_ratio"):
        for end, tail in (("low", 0.025), ("high", 0.975)):
            width = (ours[f"{name}_high"] - ours[f"{name}_low"]).abs()
            # An end from 200 resamples lies within about an eighth of the width (standard error), here five of them.
            off = (ours[f"{name}_{end}"] - theirs[name, tail].loc[ours.index]).abs()
            if (off > 0.6 * width + 1e-9).any():
                raise SystemExit(f"the loop gives other intervals of {name}: {off.max()}")


def _line(costs: list[Cost]) -> str:
    seconds = sorted(cost.seconds for cost in costs)
    return f"{median(seconds):.2f} s ({seconds[0]:.2f} to {seconds[-1]:.2f}), peak {max(c.gib for c in costs):.2f} GiB"


if __name__ == "__main__":
    main()
