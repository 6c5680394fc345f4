"""Time of XmR limits and rules for many series: `python -m benchmarks.process [LARGEST]`.

Opponent: numpy's mean of the same array that passes over missing values. LARGEST: series of the growth, default
200,000.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import median

from benchmarks.measure import Cost, cost_of, exponent, in_turn

SERIES, PERIODS, GAPS = 20_000, 36, 0.1
_SETUP = """
import numpy as np
from kpianalysis.analyses.change.process_rules import process_of
rng = np.random.default_rng(0)
def made_up(series, periods, gaps):
    values = rng.normal(size=(series, periods))
    values[rng.random(values.shape) < gaps] = np.nan
    return values
# Once each, so that neither pays for what happens the first time only.
process_of(made_up(10, 10, 0.1)); np.nanmean(made_up(10, 10, 0.0), axis=1)
"""
# Five times in a row: one time alone is a few milliseconds.
_OURS, _THEIRS = "for _ in range(5): process_of(values)", "for _ in range(5): np.nanmean(values, axis=1)"


def main() -> None:
    """Print the ratio without gaps and with them, and how time and memory grow."""
    for gaps in (0.0, GAPS):
        setup = _SETUP + f"values = made_up({SERIES}, {PERIODS}, {gaps})\n"
        ours, theirs = in_turn(setup, _OURS, _THEIRS, runs=7)
        print(f"{SERIES:,} series x {PERIODS} months, {gaps:.0%} missing, 5 times, 7 runs in turn")
        print(f"  limits and rules  {_line(ours)}")
        print(f"  nanmean           {_line(theirs)}")
        ratios = [a.seconds / b.seconds for a, b in zip(ours, theirs, strict=True)]
        print(f"  {median(ratios):.1f} times as long ({min(ratios):.1f} to {max(ratios):.1f})")
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    for gaps in (0.0, GAPS):
        sizes = [n for n in (2_000, 20_000, 200_000) if n <= largest]
        _grow(f"series, 36 months, {gaps:.0%} missing", sizes, "{}, 36", gaps)
        _grow(f"months, 20,000 series, {gaps:.0%} missing", (12, 36, 108, 324), "20_000, {}", gaps)


def _grow(what: str, sizes: Sequence[int], shape: str, gaps: float) -> None:
    print(f"\n{what}")
    costs: list[Cost] = []
    for size in sizes:
        setup = _SETUP + f"values = made_up({shape.format(size)}, {gaps})\n"
        costs.append(min((cost_of(setup, "process_of(values)") for _run in range(3)), key=lambda cost: cost.seconds))
        print(f"  {size:>9,}  {costs[-1].seconds:7.3f} s  peak {costs[-1].gib:5.2f} GiB")
    pair = (sizes[0], sizes[-1])
    time = exponent(pair, (costs[0].seconds, costs[-1].seconds))
    memory = exponent(pair, (costs[0].gib, costs[-1].gib))
    print(f"  {pair[0]:,} to {pair[1]:,}: time grows with the power {time:.2f}, memory with {memory:.2f}")


def _line(costs: list[Cost]) -> str:
    seconds = sorted(cost.seconds for cost in costs)
    return f"{median(seconds):.3f} s ({seconds[0]:.3f} to {seconds[-1]:.3f}), peak {max(c.gib for c in costs):.2f} GiB"


if __name__ == "__main__":
    main()
