"""Time and memory of scoring: `python -m benchmarks.scoring [LARGEST]`, LARGEST subjects (default 1,000,000)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.made_up import INDICATORS, write_scheme
from benchmarks.measure import ROOT, Cost, cost_of, exponent, in_turn

_SETUP = """
from pathlib import Path
import pandera.pandas
import kpianalysis as kpi
from kpianalysis import dataset, scoring
from benchmarks.plain_pandas import totals
"""
_OURS = 'result = kpi.score(kpi.load("data/hospitals", "FY2017")).totals'
_THEIRS = 'result = totals(Path("data/hospitals"))'


def main() -> None:
    """Print the ratios and how cost grows."""
    _same_answer()
    ours, theirs = in_turn(_SETUP, _OURS, _THEIRS)
    ratio = median(a.seconds / b.seconds for a, b in zip(ours, theirs, strict=True))
    print("hospitals, FY2017: load, check and score 2,955 subjects x 22 indicators, 5 runs in turn")
    print(f"  kpianalysis   {_line(ours)}")
    print(f"  plain pandas  {_line(theirs)}  (this scheme only, nothing checked)")
    print(f"  ratio {ratio:.2f}")
    growth(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)


def growth(largest: int) -> None:
    """Print time and peak memory at ten times the size, and again."""
    print(f"\nmade-up scheme x {INDICATORS} indicators, from Parquet: load, check and score")
    sizes = [size for size in (10_000, 100_000, 1_000_000) if size <= largest]
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            source = Path(folder) / str(size)
            write_scheme(source, size)
            costs.append(cost_of(_SETUP, f"result = kpi.score(kpi.load({str(source)!r}, 'C1'))"))
            cost = costs[-1]
            print(f"  {size:>9,} subjects  {cost.seconds:7.2f} s  peak {cost.gib:5.2f} GiB")
    for at in range(1, len(sizes)):
        pair = (sizes[at - 1], sizes[at])
        time = exponent(pair, (costs[at - 1].seconds, costs[at].seconds))
        memory = exponent(pair, (costs[at - 1].gib, costs[at].gib))
        print(f"  {pair[0]:,} to {pair[1]:,}: time grows with the power {time:.2f}, memory with {memory:.2f}")


def _same_answer() -> None:
    """Stop if the opponent does not give our totals: then the comparison would mean nothing."""
    import kpianalysis as kpi
    from benchmarks.plain_pandas import totals

    card = kpi.score(kpi.load(ROOT / "data/hospitals", "FY2017"))
    ours = card.totals.assign(subject_id=card.totals["subject_id"].astype("str"))
    both = ours.merge(totals(ROOT / "data/hospitals"), on="subject_id", suffixes=("", "_plain"))
    difference = (both["total"] - both["total_plain"]).abs().max()
    if len(both) != len(ours) or not difference < 1e-9:
        raise SystemExit(f"plain pandas gives other totals: {len(both)} subjects, largest difference {difference}")


def _line(costs: list[Cost]) -> str:
    seconds = sorted(cost.seconds for cost in costs)
    return f"{median(seconds):.2f} s ({seconds[0]:.2f} to {seconds[-1]:.2f}), peak {max(c.gib for c in costs):.2f} GiB"


if __name__ == "__main__":
    main()
