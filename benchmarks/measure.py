"""Run a piece of work in a process of its own, and read its time and peak memory."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
# The child prints the seconds its work took, without its imports, and its own peak memory.
_CHILD = """
import resource, time
{setup}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2)
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of the work alone, and the peak memory of its process in GiB."""

    seconds: float
    gib: float


def cost_of(setup: str, work: str) -> Cost:
    """Run `work` after `setup`, both Python source, in a fresh interpreter in the project folder."""
    code = _CHILD.format(setup=setup, work=work)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, gib = done.stdout.split()[-2:]
    return Cost(float(seconds), float(gib))


def in_turn(setup: str, ours: str, theirs: str, runs: int = 5) -> tuple[list[Cost], list[Cost]]:
    """Run two pieces of work in turn, so that both see the same machine; one pair first is not counted."""
    pairs = [(cost_of(setup, ours), cost_of(setup, theirs)) for _run in range(runs + 1)]
    return [pair[0] for pair in pairs[1:]], [pair[1] for pair in pairs[1:]]


def exponent(sizes: tuple[float, float], costs: tuple[float, float]) -> float:
    """Power with which a cost grows with the size: 1 is in proportion."""
    return math.log(costs[1] / costs[0]) / math.log(sizes[1] / sizes[0])
