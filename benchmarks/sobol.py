"""Sobol indices of uncertain weights: against SALib and scipy, and how cost grows.

    KPI_SALIB=/path/to/python python -m benchmarks.sobol          # all of it, about two minutes
    KPI_SALIB=/path/to/python python -m benchmarks.sobol small    # without the growth

KPI_SALIB is a Python in which SALib and what this package needs are installed; without it SALib is left out, and said
so. All three estimate first and total indices with 95 % intervals from 1,024 base points, and all are given the same
function from points to outcomes: `composite`, vectorised, with totals and ranks as the package makes them. scipy and
SALib resample for their intervals (999 and 100 times, their defaults); ours has a formula for what they approach.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.made_up import write_scheme
from benchmarks.measure import ROOT, exponent

N = 1024
RUNS = 5
Outcomes = Callable[[np.ndarray], np.ndarray]
_SETUP = """
import json, resource, sys, time
import numpy as np
from benchmarks.sobol import by_salib, by_scipy, by_us, by_us_from_the_card, composite, scored
card = scored({source!r}, {cycle!r})
function, k = composite(card, {outcome!r})
{name}(card, function, k, {outcome!r}, 64)
start = time.perf_counter()
found = {name}(card, function, k, {outcome!r}, {n})
seconds = time.perf_counter() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, *found]))
"""


@dataclass(frozen=True)
class Run:
    """One run: seconds, peak memory of its process in GiB, indices and half-widths of the intervals."""

    seconds: float
    gib: float
    first: np.ndarray
    total: np.ndarray
    first_half: np.ndarray
    total_half: np.ndarray


def scored(source: str, cycle: str) -> object:
    """Score a source; any interpreter that has what the package needs can do it."""
    import kpianalysis as kpi

    return kpi.score(kpi.load(source, cycle))


def composite(card: object, outcome: str) -> tuple[Outcomes, int]:
    """Make the outcome a function of points of the unit cube, a coordinate for each weight, ± 25 %."""
    from kpianalysis.analyses.alternatives.weight_exchange import varying_weights
    from kpianalysis.analyses.weights.weight_model import rank_rows, weight_model

    model = weight_model(card)  # type: ignore[arg-type]
    m, places = len(model.indicators), varying_weights(model)
    stated = rank_rows(model.totals(np.ones((1, m)), np.ones((1, len(model.dimensions)))))[0]
    # In pieces that stay near the processor: given all points at once, a plain function would be slower.
    step = max(1, 50_000 // len(model.subjects))

    def piece(points: np.ndarray) -> np.ndarray:
        sets = np.ones((len(points), m + len(model.dimensions)))
        sets[:, places] = 0.75 + 0.5 * points
        totals = model.totals(sets[:, :m], sets[:, m:])
        if outcome == "total":
            return totals[:, 0]
        return np.abs(rank_rows(totals) - stated).mean(axis=1)

    return lambda points: np.concatenate([piece(points[at : at + step]) for at in range(0, len(points), step)]), len(
        places
    )


def by_us(card: object, function: Outcomes, k: int, outcome: str, n: int) -> list[list[float]]:
    """Our estimate for any function."""
    from kpianalysis.analyses.alternatives.sobol import sobol_of

    return _ours(sobol_of(function, k, n, seed=1))


def by_us_from_the_card(card: object, function: Outcomes, k: int, outcome: str, n: int) -> list[list[float]]:
    """Our estimate for a scorecard, which knows that one weight at a time is exchanged."""
    from kpianalysis.analyses.alternatives.sobol_weights import sobol_indices
    from kpianalysis.analyses.alternatives.weight_exchange import varying_weights
    from kpianalysis.analyses.weights.weight_model import weight_model

    model = weight_model(card)  # type: ignore[arg-type]
    items = [*model.indicators, *model.dimensions]
    subject = model.subjects[0] if outcome == "total" else ""
    found = sobol_indices(card, outcome, subject, n=n, seed=1)  # type: ignore[arg-type]
    return _ours(found.set_index("item_id").loc[[items[place] for place in varying_weights(model)]])


def _ours(found: object) -> list[list[float]]:
    names = ("first", "total")
    return [
        *(found[name].tolist() for name in names),  # type: ignore[index]
        *((found[f"{name}_high"] - found[name]).tolist() for name in names),  # type: ignore[index]
    ]


def by_scipy(card: object, function: Outcomes, k: int, outcome: str, n: int) -> list[list[float]]:
    """scipy.stats.sobol_indices, intervals by its own bootstrap."""
    from scipy import stats

    found = stats.sobol_indices(
        func=lambda points: function(points.T), n=n, dists=[stats.uniform()] * k, rng=np.random.default_rng(1)
    )
    drawn = found.bootstrap(confidence_level=0.95)
    halves = [
        (interval.confidence_interval.high - interval.confidence_interval.low) / 2
        for interval in (drawn.first_order, drawn.total_order)
    ]
    return [np.asarray(part).tolist() for part in (found.first_order, found.total_order, *halves)]


def by_salib(card: object, function: Outcomes, k: int, outcome: str, n: int) -> list[list[float]]:
    """SALib, intervals by its own bootstrap."""
    from SALib.analyze import sobol as analyze  # type: ignore[import-not-found]
    from SALib.sample import sobol as sample  # type: ignore[import-not-found]

    problem = {"num_vars": k, "names": [str(place) for place in range(k)], "bounds": [[0.0, 1.0]] * k}
    points = sample.sample(problem, n, calc_second_order=False, seed=1)
    found = analyze.analyze(problem, function(points), calc_second_order=False, num_resamples=100, seed=1)
    return [found[name].tolist() for name in ("S1", "ST", "S1_conf", "ST_conf")]


def run(python: str, name: str, source: str, cycle: str, outcome: str, n: int = N) -> Run:
    """Estimate once in a process of its own."""
    code = _SETUP.format(name=name, source=source, cycle=cycle, outcome=outcome, n=n)
    done = subprocess.run([python, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, gib, *arrays = json.loads(done.stdout.splitlines()[-1])
    return Run(seconds, gib, *(np.array(part) for part in arrays))


def main() -> None:
    """Print the ratios and how cost grows."""
    salib = os.environ.get("KPI_SALIB", "")
    if not salib:
        print("KPI_SALIB is not set: SALib is left out.\n")
    with tempfile.TemporaryDirectory() as folder:
        for size in (1_000, 4_000):
            write_scheme(Path(folder) / str(size), size)
        thousand = str(Path(folder) / "1000")
        compare("48 subjects x 10 indicators", ("data/operations", "2024Q4", "mean_rank_shift"), salib)
        compare("48 subjects x 10 indicators", ("data/operations", "2024Q4", "total"), salib)
        compare("1,000 subjects x 20 indicators, a tenth missing", (thousand, "C1", "mean_rank_shift"), salib)
        if "small" not in sys.argv[1:]:
            growth(thousand, str(Path(folder) / "4000"))


def compare(what: str, problem: tuple[str, str, str], salib: str) -> None:
    """Run all in turn, so that they see the same machine, and print times, ratios and differences."""
    names = {"kpianalysis, of the scorecard": ("by_us_from_the_card", sys.executable)}
    names |= {"kpianalysis, of the same function": ("by_us", sys.executable), "scipy": ("by_scipy", sys.executable)}
    names |= {"SALib": ("by_salib", salib)} if salib else {}
    rounds = [{label: run(python, name, *problem) for label, (name, python) in names.items()} for _ in range(RUNS)]
    k = len(rounds[0]["scipy"].first)
    print(f"{what}, {k} uncertain weights, {problem[2]}, N = {N:,} ({N * (k + 2):,} evaluations), {RUNS} runs in turn")
    ours = rounds[0]["kpianalysis, of the scorecard"]
    for label in names:
        runs = [every[label] for every in rounds]
        seconds = sorted(one.seconds for one in runs)
        line = f"  {label:<34} {median(seconds):7.3f} s ({seconds[0]:.3f} to {seconds[-1]:.3f})"
        line += f", peak {runs[0].gib:.2f} GiB"
        if label in ("scipy", "SALib"):
            ratios = [
                median(every[label].seconds / every[mine].seconds for every in rounds) for mine in list(names)[:2]
            ]
            line += f"; takes {ratios[0]:.1f} and {ratios[1]:.1f} times as long; {_agreement(ours, runs[0])}"
        print(line)


def _agreement(ours: Run, theirs: Run) -> str:
    """Largest difference of the indices, and the largest in units of the two errors taken together."""
    parts = []
    for name in ("first", "total"):
        difference = np.abs(getattr(ours, name) - getattr(theirs, name))
        error = np.hypot(getattr(ours, f"{name}_half"), getattr(theirs, f"{name}_half")) / 1.96
        parts.append(
            f"{name} differs by at most {difference.max():.3f} ({(difference / error).max():.1f} standard errors)"
        )
    return ", ".join(parts)


def growth(small: str, large: str) -> None:
    """Print time and peak memory with four times the base points, and with four times the subjects."""
    print("\nhow it grows: mean_rank_shift of the scorecard, 24 uncertain weights")
    base = run(sys.executable, "by_us_from_the_card", small, "C1", "mean_rank_shift")
    more = run(sys.executable, "by_us_from_the_card", small, "C1", "mean_rank_shift", 4 * N)
    wide = run(sys.executable, "by_us_from_the_card", large, "C1", "mean_rank_shift")
    for what, one in (
        ("1,000 subjects, N = 1,024", base),
        ("1,000 subjects, N = 4,096", more),
        ("4,000 subjects, N = 1,024", wide),
    ):
        print(f"  {what:<28} {one.seconds:7.2f} s  peak {one.gib:.2f} GiB")
    for what, one in (("base points", more), ("subjects", wide)):
        time, memory = (exponent((1.0, 4.0), pair) for pair in ((base.seconds, one.seconds), (base.gib, one.gib)))
        print(f"  with the {what}: time grows with the power {time:.2f}, memory with {memory:.2f}")


if __name__ == "__main__":
    main()
