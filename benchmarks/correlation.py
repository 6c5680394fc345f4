"""Coefficients of all pairs and their resamples: against pandas, scipy and pingouin, and how cost grows.

    KPI_PINGOUIN=/path/to/python python -m benchmarks.correlation          # all of it, about ten minutes
    KPI_PINGOUIN=/path/to/python python -m benchmarks.correlation small    # without the growth

KPI_PINGOUIN is a Python in which pingouin is installed; without it pingouin is left out, and said so. All are given the
same numbers and give the same coefficients, which is checked first. Every run is a process of its own, the contenders
take turns, and imports are not counted. Some peers would take minutes: these do a stated part of the pairs or draws,
and their time is multiplied.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import combinations, islice
from statistics import median

import numpy as np

from benchmarks.measure import ROOT, Cost, cost_of, exponent

ROWS, COLUMNS, GAPS = 100_000, 50, 0.1
DRAWS, FEW_ROWS, FEW_COLUMNS = 1_000, 3_000, 20
RUNS = 3
# Pairs that a peer does where all of them would take long; pandas takes columns: 8 of them make 28 pairs.
SOME_PAIRS, SOME_COLUMNS, SOME_DRAWS = 30, 8, 50
_SETUP = (
    "from benchmarks.correlation import *\nimport numpy as np, pandas as pd\nfrom scipy import stats\nvalues = {made}"
)
_OURS = "from kpianalysis.analyses.correlation.{module} import {name}"


@dataclass(frozen=True)
class Contender:
    """One way to do the work; `part` is the share of it that is done and measured."""

    name: str
    work: str
    setup: str = ""
    part: float = 1.0
    python: str = sys.executable


def made(rows: int, columns: int, gaps: float = 0.0, seed: int = 1) -> np.ndarray:
    """Make numbers that hang together, a share of them missing at random; shape (rows, columns)."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, columns)) + rng.normal(size=(rows, 1))
    values[rng.random(values.shape) < gaps] = np.nan
    return values


def by_pair(values: np.ndarray, name: str, some: int) -> list[tuple[float, float]]:
    """Coefficient and p by scipy for the first pairs, over the rows that have both."""
    from scipy import stats

    function = {"spearman": stats.spearmanr, "kendall": _kendalltau}[name]
    known = ~np.isnan(values)
    found = []
    for i, j in islice(combinations(range(values.shape[1]), 2), some):
        both = known[:, i] & known[:, j]
        found.append(tuple(function(values[both, i], values[both, j])))
    return found


def _kendalltau(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    from scipy import stats

    return stats.kendalltau(x, y, method="asymptotic")  # type: ignore[no-any-return]


def by_pingouin(values: np.ndarray, name: str) -> np.ndarray:
    """Coefficients by pingouin, of the columns given."""
    import pandas as pd
    import pingouin  # type: ignore[import-not-found]

    pairs = pingouin.pairwise_corr(pd.DataFrame(values).add_prefix("x"), method=name)
    return np.asarray(pairs["r"], dtype=float)


def ranked_and_multiplied(values: np.ndarray) -> np.ndarray:
    """Spearman's coefficients of complete columns, as short as numpy and scipy allow: no n, no p."""
    from scipy import stats

    ranks = stats.rankdata(values, axis=0)
    ranks -= ranks.mean(axis=0)
    ranks /= np.sqrt((ranks**2).sum(axis=0))
    return ranks.T @ ranks


def by_the_loop(values: np.ndarray, draws: int, seed: int = 1) -> np.ndarray:
    """Resample rows and let pandas correlate; shape (draws, k, k)."""
    import pandas as pd

    rows = np.random.default_rng(seed).integers(0, len(values), (DRAWS, len(values)))[:draws]
    table = pd.DataFrame(values)
    return np.stack([table.iloc[drawn].corr(method="spearman").to_numpy() for drawn in rows])


def main() -> None:
    """Print the ratios and how cost grows."""
    cost_of("from benchmarks.correlation import check", "check()")
    print("same coefficients and p as scipy, pandas and the loop: checked to 1e-9\n")
    gapped, whole = f"made({ROWS}, {COLUMNS}, {GAPS})", f"made({ROWS}, {COLUMNS})"
    size = f"{COLUMNS} indicators x {ROWS:,} rows, {GAPS:.0%} missing"
    for name in ("spearman", "kendall"):
        _compare(f"{name}, n and p, {size}", gapped, [_ours(name), *_peers(name)])
    plain = Contender("numpy rank + product (no n, no p)", "result = ranked_and_multiplied(values)")
    _compare(
        f"spearman, n and p, {COLUMNS} indicators x {ROWS:,} rows, none missing", whole, [_ours("spearman"), plain]
    )
    for gaps in (0.0, GAPS):
        _compare_resamples(gaps)
    if sys.argv[1:] != ["small"]:
        growth()


def check() -> None:
    """Stop if the contenders do not give the same answers."""
    import pandas as pd

    from kpianalysis.analyses.correlation.coefficients import kendall, spearman
    from kpianalysis.analyses.correlation.resampling import spearman_resamples

    values = made(20_000, 5, GAPS)
    values[:, 1] = values[:, 1].round(1)
    for function in (spearman, kendall):
        ours = function(values)
        name, (i, j) = function.__name__, np.triu_indices(5, 1)
        scipys = np.array(by_pair(values, name, 10))
        np.testing.assert_allclose(np.column_stack([ours.coefficient[i, j], ours.p[i, j]]), scipys, rtol=1e-9)
        np.testing.assert_allclose(ours.coefficient, pd.DataFrame(values).corr(method=name), rtol=1e-9)
    np.testing.assert_allclose(spearman(made(5_000, 4)).coefficient, ranked_and_multiplied(made(5_000, 4)), rtol=1e-9)
    for gaps in (0.0, GAPS):
        small = made(500, 4, gaps)
        np.testing.assert_allclose(
            spearman_resamples(small, DRAWS, 1)[:20], by_the_loop(small, 20), rtol=1e-9, err_msg=f"gaps {gaps}"
        )


def _ours(name: str) -> Contender:
    return Contender("ours", f"result = {name}(values)", _OURS.format(module="coefficients", name=name))


def _peers(name: str) -> list[Contender]:
    pairs = COLUMNS * (COLUMNS - 1) // 2
    some = SOME_COLUMNS * (SOME_COLUMNS - 1) // 2 / pairs
    in_pandas = f"corr(method={name!r})"
    pandas = (
        Contender("pandas .corr (no p)", f"result = pd.DataFrame(values).{in_pandas}")
        if name == "spearman"
        else Contender(
            "pandas .corr (no p)", f"result = pd.DataFrame(values[:, :{SOME_COLUMNS}]).{in_pandas}", part=some
        )
    )
    scipy = Contender("scipy by pair", f"result = by_pair(values, {name!r}, {SOME_PAIRS})", part=SOME_PAIRS / pairs)
    python = os.environ.get("KPI_PINGOUIN")
    if python is None:
        return [pandas, scipy]
    work = f"result = by_pingouin(values[:, :{SOME_COLUMNS}], {name!r})"
    return [pandas, scipy, Contender("pingouin pairwise_corr", work, "import pingouin", some, python)]


def _compare_resamples(gaps: float) -> None:
    part = 1.0 if gaps == 0 else SOME_DRAWS / DRAWS
    ours = Contender(
        "ours",
        f"result = spearman_resamples(values, {DRAWS}, 1)",
        _OURS.format(module="resampling", name="spearman_resamples"),
    )
    loop = Contender("loop over pandas .corr", f"result = by_the_loop(values, {round(part * DRAWS)})", part=part)
    _compare(
        f"spearman, {DRAWS:,} resamples, {FEW_COLUMNS} indicators x {FEW_ROWS:,} rows, {gaps:.0%} missing",
        f"made({FEW_ROWS}, {FEW_COLUMNS}, {gaps})",
        [ours, loop],
    )


def _compare(title: str, values: str, contenders: list[Contender]) -> None:
    """Let contenders take turns, the first being ours; one run of ours before is not counted."""
    print(f"{title}; {RUNS} runs in turn")
    _run(contenders[0], values)
    runs = [[_run(contender, values) for contender in contenders] for _ in range(RUNS)]
    for place, contender in enumerate(contenders):
        costs = [run[place] for run in runs]
        ratio = median(run[place].seconds / run[0].seconds for run in runs)
        part = "" if contender.part == 1 else f"  (from {contender.part:.1%} of the work)"
        against = f"  {ratio:5.1f} x ours" if place else " " * 13
        print(f"  {contender.name:34}{_line(costs)}{against}{part}")
    if len(contenders) == 3:
        print("  pingouin left out: KPI_PINGOUIN is not set")
    print(flush=True)


def _run(contender: Contender, values: str) -> Cost:
    setup = "\n".join([_SETUP.format(made=values), contender.setup])
    if contender.python == sys.executable:
        cost = cost_of(setup, contender.work)
    else:
        cost = _elsewhere(contender.python, setup, contender.work)
    return Cost(cost.seconds / contender.part, cost.gib)


def _elsewhere(python: str, setup: str, work: str) -> Cost:
    """Run in another interpreter, as `cost_of` does in this one."""
    code = (
        f"import resource, time\n{setup}\nsince = time.perf_counter()\n{work}\nseconds = time.perf_counter() - since\n"
        "print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2)"
    )
    done = subprocess.run([python, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, gib = done.stdout.split()[-2:]
    return Cost(float(seconds), float(gib))


def growth() -> None:
    """Print how time and peak memory grow with rows and with indicators, each tenfold."""
    works = [
        ("spearman", "coefficients", "spearman(values)", GAPS),
        ("spearman", "coefficients", "spearman(values)", 0.0),
        ("kendall", "coefficients", "kendall(values)", GAPS),
        ("spearman, 200 resamples", "resampling", "spearman_resamples(values, 200, 1)", GAPS),
        ("spearman, 200 resamples", "resampling", "spearman_resamples(values, 200, 1)", 0.0),
    ]
    for title, module, work, gaps in works:
        setup = _OURS.format(module=module, name=work.split("(")[0])
        scale = 5 if module == "resampling" else 1
        print(f"growth of {title}, {gaps:.0%} missing")
        for what, sizes in (
            ("rows", [(20_000 // scale, 10), (200_000 // scale, 10)]),
            ("indicators", [(10_000 // scale, 6), (10_000 // scale, 60)]),
        ):
            contender = Contender("ours", f"result = {work}", setup)
            costs = [_least(contender, f"made({n}, {k}, {gaps})") for n, k in sizes]
            _print_growth(what, sizes, costs)


def _print_growth(what: str, sizes: list[tuple[int, int]], costs: list[Cost]) -> None:
    for (n, k), cost in zip(sizes, costs, strict=True):
        print(f"  {n:>9,} rows x {k:>2} indicators  {cost.seconds:7.3f} s  peak {cost.gib:5.2f} GiB")
    ends = (1.0, 10.0)
    time, memory = (exponent(ends, tuple(getattr(cost, name) for cost in costs)) for name in ("seconds", "gib"))
    print(f"  tenfold {what}: time grows with the power {time:.2f}, memory with {memory:.2f}", flush=True)


def _least(contender: Contender, values: str) -> Cost:
    costs = [_run(contender, values) for _ in range(RUNS)]
    return Cost(min(cost.seconds for cost in costs), max(cost.gib for cost in costs))


def _line(costs: list[Cost]) -> str:
    seconds = sorted(cost.seconds for cost in costs)
    spread = f"({seconds[0]:.2f} to {seconds[-1]:.2f})"
    return f"{median(seconds):8.2f} s {spread:18} peak {max(c.gib for c in costs):.2f} GiB"


if __name__ == "__main__":
    main()
