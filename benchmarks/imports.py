"""How long a start takes beyond bare Python: `python -m benchmarks.imports`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median

from benchmarks.measure import ROOT

RUNS = 11
COMMANDS = {
    "bare Python": ["-c", ""],
    "import kpianalysis": ["-c", "import kpianalysis"],
    "kpianalysis --help": ["-m", "kpianalysis", "--help"],
}


def main() -> None:
    """Print the middle of several starts, taken in turn; bytecode must be compiled, as `make setup` does."""
    environment = {**os.environ, "COLUMNS": "100"}
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _run in range(RUNS + 1):
        for name, arguments in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
            )
            seconds[name].append(time.perf_counter() - start)
    bare = median(seconds["bare Python"][1:])
    for name, times in seconds.items():
        print(f"{name:20} {median(times[1:]):.3f} s, {median(times[1:]) - bare:.3f} s beyond bare Python")


if __name__ == "__main__":
    main()
