"""How far weights may move, exactly, against a grid by the loop: `python -m benchmarks.stability [LARGEST]`.

LARGEST: subjects of the last row of the table of growth (default 30,000).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from benchmarks.measure import ROOT, Cost, cost_of, exponent, in_turn
from kpianalysis.analyses.weights.stability import grades_on, results_on
from kpianalysis.analyses.weights.weight_model import rank_rows, weight_model
from kpianalysis.analyses.weights.weight_ranges import ground_of
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.totals import grade_places

SUBJECTS, INDICATORS, DIMENSIONS, STEPS, TOP = 3_000, 22, 5, 101, 10
_SETUP = """
import kpianalysis as kpi
from benchmarks.stability import by_the_loop, exactly
card = kpi.score(kpi.load({source!r}, {cycle!r}))
"""
_OURS, _THEIRS = "result = exactly(card)", "result = by_the_loop(card)"


def main() -> None:
    """Print the ratios and how cost grows."""
    with tempfile.TemporaryDirectory() as folder:
        write_given_scheme(Path(folder), SUBJECTS, INDICATORS)
        _compare("made-up scheme", folder, "C1")
    _compare("hospitals, FY2017 (no grades)", str(ROOT / "data/hospitals"), "FY2017")
    growth(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)


def exactly(card: Scorecard) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the intervals of every result and of every subject's grade, from one weight model as the loop does."""
    ground = ground_of(card)
    return results_on(ground, TOP), grades_on(ground)


def by_the_loop(card: Scorecard) -> dict[str, np.ndarray]:
    """Weigh anew at 101 steps of each weight, rank and grade, and see what stayed.

    Returns
    -------
    dict of array of bool
        By result: items × steps; for "grades" items × steps × subjects.
    """
    model = weight_model(card)
    m, d = len(model.indicators), len(model.dimensions)
    boundaries = np.sort(card.grades["min_score"].to_numpy(dtype=float))
    stated = model.totals(np.ones((1, m)), np.ones((1, d)))
    ranks, grades = rank_rows(stated)[0], grade_places(stated, boundaries)[0]
    shares = _shares(card)
    stayed = {name: np.zeros((m + d, STEPS), dtype=bool) for name in ("first", "top", "order")}
    stayed["grades"] = np.zeros((m + d, STEPS, len(ranks)), dtype=bool)
    for item in range(m + d):
        for step, multiplier in enumerate(_steps(shares[item])):
            weights = np.ones((1, m + d))
            weights[0, item] = multiplier
            totals = model.totals(weights[:, :m], weights[:, m:])
            now = rank_rows(totals)[0]
            stayed["first"][item, step] = np.array_equal(now == 1, ranks == 1)
            stayed["top"][item, step] = np.array_equal(now <= TOP, ranks <= TOP)
            stayed["order"][item, step] = np.array_equal(now, ranks)
            if len(boundaries):
                stayed["grades"][item, step] = grade_places(totals, boundaries)[0] == grades
    return stayed


def _steps(share: float) -> np.ndarray:
    """Multipliers of the middles of 101 equal parts of a weight's range within its group."""
    t = (np.arange(STEPS) + 0.5) / STEPS
    return t * (1 - share) / ((1 - t) * share) if 0 < share < 1 else np.ones(STEPS)


def _shares(card: Scorecard) -> np.ndarray:
    table = results_on(ground_of(card), TOP).drop_duplicates(["level", "item_id"])
    return (table["weight"] / table["group_weight"]).to_numpy()


def write_given_scheme(folder: Path, subjects: int, indicators: int, seed: int = 1) -> None:
    """Write a scheme whose actuals are the scores: 5 dimensions, unequal weights, a tenth missing, 5 grades."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"S{i:07d}" for i in range(subjects)]
    names, dimensions = [f"K{i:03d}" for i in range(indicators)], [f"D{d}" for d in range(DIMENSIONS)]
    values = rng.uniform(20, 120, (indicators, subjects))
    gone = rng.random(values.shape) < 0.1
    tables = {
        "cycles": {"cycle_id": ["C1"], "kind": "year", "start": "2024-01-01", "end": "2024-12-31"},
        "subjects": {"subject_id": ids, "name": ids},
        "dimensions": {"dimension_id": dimensions, "name": dimensions, "weight": rng.uniform(10, 30, DIMENSIONS)},
        "indicators": {
            "indicator_id": names,
            "name": names,
            "dimension_id": [dimensions[i % DIMENSIONS] for i in range(indicators)],
            "unit": "points",
            "direction": "higher",
            "method": "given",
            "weight": rng.uniform(1, 4, indicators),
        },
        "grades": {"grade": list("ABCDE"), "min_score": [80.0, 75.0, 70.0, 60.0, 0.0]},
        "actuals": {
            "cycle_id": "C1",
            "subject_id": np.tile(ids, indicators),
            "indicator_id": np.repeat(names, subjects),
            "value": np.where(gone, np.nan, values).ravel(),
            "missing_reason": np.where(gone, "absent", None).ravel(),
        },
    }
    for name, columns in tables.items():
        pd.DataFrame(columns).to_parquet(folder / f"{name}.parquet", index=False)


def _compare(name: str, source: str, cycle: str) -> None:
    setup = _SETUP.format(source=source, cycle=cycle)
    ours, theirs = in_turn(setup, _OURS, _THEIRS, runs=5)
    ratio = median(b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True))
    n, steps = _checked(setup)
    print(f"{name}: {n:,} subjects x {INDICATORS} indicators, from the scorecard, 5 runs in turn")
    print(f"  exactly                        {_line(ours)}")
    print(f"  grid of {STEPS} steps by the loop  {_line(theirs)}  (to a step only)")
    print(f"  ratio {ratio:.1f}; at all {steps:,} steps of the grid both say the same")


def _checked(setup: str) -> tuple[int, int]:
    """Compare every step of the grid, in a process of its own: the peaks measured here must not start from its memory.

    Returns the number of subjects and of steps.
    """
    code = f"{setup}\nfrom benchmarks.stability import disagreements\nprint(*disagreements(card))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    n, steps, wrong = (int(part) for part in done.stdout.split())
    if wrong:
        raise SystemExit(f"The grid sees {wrong} of {steps} steps otherwise: one of the two is wrong.")
    return n, steps


def disagreements(card: Scorecard) -> tuple[int, int, int]:
    """Count subjects, steps of the grid, and steps (up to the first change) at which the two say otherwise."""
    stayed, (results, grades) = by_the_loop(card), exactly(card)
    shares = _shares(card)
    steps = np.array([_steps(share) for share in shares])
    wrong = n = 0
    kinds = ["first", "top", "order"]
    ends = {kind: results[results["result"] == kind] for kind in kinds}
    pairs = [(stayed[kind][:, :, None], ends[kind][["low_multiplier", "high_multiplier"]]) for kind in kinds]
    if len(card.grades):
        pairs.append((stayed["grades"], grades[["low_multiplier", "high_multiplier"]]))
    for seen, table in pairs:
        low, high = (table[name].to_numpy().reshape(-1, len(steps)).T for name in table)
        for item in np.flatnonzero((shares > 0) & (shares < 1)):
            x = steps[item][:, None]
            inside = (x > low[item]) & (x < high[item])
            wrong += int((_until_first_change(seen[item], steps[item]) != inside).sum())
            n += inside.size
    return int(card.totals["total"].notna().sum()), n, wrong


def _until_first_change(stayed: np.ndarray, multipliers: np.ndarray) -> np.ndarray:
    """Keep what stayed from the stated weight on without a break; (steps, n)."""
    below = int((multipliers < 1).sum())
    down = np.logical_and.accumulate(stayed[:below][::-1], axis=0)[::-1]
    return np.vstack([down, np.logical_and.accumulate(stayed[below:], axis=0)])


def growth(largest: int) -> None:
    """Print time and peak memory as subjects and indicators grow."""
    print("\nmade-up scheme, all intervals of all weights and grades; time of the analysis, memory of the process")
    subjects = [n for n in (1_000, 3_000, 10_000, 30_000, 100_000) if n <= largest]
    _grow("subjects", [(n, INDICATORS) for n in subjects], 0)
    _grow("indicators", [(SUBJECTS, m) for m in (11, 22, 44, 88)], 1)


def _grow(what: str, sizes: list[tuple[int, int]], varied: int) -> None:
    costs: list[Cost] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_given_scheme(Path(folder), *size)
            costs.append(cost_of(_SETUP.format(source=folder, cycle="C1"), _OURS))
        cost = f"{costs[-1].seconds:6.2f} s  peak {costs[-1].gib:5.2f} GiB"
        print(f"  {size[0]:>7,} subjects x {size[1]:>2} indicators  {cost}")
    ends = (sizes[0][varied], sizes[-1][varied])
    time = exponent(ends, (costs[0].seconds, costs[-1].seconds))
    memory = exponent(ends, (costs[0].gib, costs[-1].gib))
    print(f"  {ends[0]:,} to {ends[1]:,} {what}: time grows with the power {time:.2f}, memory with {memory:.2f}")


def _line(costs: list[Cost]) -> str:
    seconds = sorted(cost.seconds for cost in costs)
    return f"{median(seconds):.3f} s ({seconds[0]:.3f} to {seconds[-1]:.3f}), peak {max(c.gib for c in costs):.2f} GiB"


if __name__ == "__main__":
    main()
