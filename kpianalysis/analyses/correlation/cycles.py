"""Values of several cycles side by side, and how answers about them are laid out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.intervals import spearman_interval
from kpianalysis.analyses.correlation.joint import Joint, Together
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats


class SideBySide(NamedTuple):
    """Values of several cycles, every cycle with the same subjects and indicators.

    Attributes
    ----------
    cycles : list of str
        Oldest first.
    indicators : ndarray of str
        Those of the last cycle, in the order of its catalogue.
    values : array of float, shape (cycles, subjects, indicators)
        Missing as nan: also where a subject or an indicator does not exist in a cycle.
    """

    cycles: list[str]
    indicators: np.ndarray
    values: Floats


def side_by_side(cards: Sequence[Scorecard], values: str = "score") -> SideBySide:
    """Lay the values of each cycle on the subjects of all cycles and the indicators of the last one.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first.
    values : {"score", "attainment", "actual"}
    """
    wide = [wide_values(card.scores, values) for card in cards]
    wide = [table.set_axis(table.index.astype("str")).set_axis(table.columns.astype("str"), axis=1) for table in wide]
    indicators = wide[-1].columns if wide else pd.Index([], dtype="str")
    subjects = pd.Index(sorted(set().union(*(table.index for table in wide))), dtype="str")
    tables = [table.reindex(index=subjects, columns=indicators).to_numpy(dtype=float) for table in wide]
    cube = np.stack(tables) if tables else np.empty((0, len(subjects), len(indicators)))
    return SideBySide([card.cycle for card in cards], indicators.to_numpy(dtype=object), cube)


def changes(values: Floats) -> Floats:
    """Subtract from each cycle the one before."""
    if not len(values):
        return values
    changes = values[1:] - values[:-1]
    # Equal changes must be equal, whatever the last digit of the difference.
    size = np.fmax.reduce(np.abs(values), axis=(0, 1), initial=0.0)
    size = np.where(size > 0, size, 1.0)
    return np.round(changes / size, 12) * size


def by_table(cycles: list[str], beside: SideBySide, joint: Joint) -> pd.DataFrame:
    """Lay coefficients out with one row per pair and table."""
    rho, n = joint.rho.T.ravel(), joint.n.T.ravel()
    low, high = spearman_interval(rho, n)
    return pd.DataFrame(
        {
            "cycle": np.tile(np.array(cycles, dtype=object), len(joint.i)),
            "indicator_i": np.repeat(beside.indicators[joint.i], len(cycles)),
            "indicator_j": np.repeat(beside.indicators[joint.j], len(cycles)),
            "n": n.astype(int),
            "spearman": rho,
            "ci_low": low,
            "ci_high": high,
            "p": joint.p.T.ravel(),
        }
    )


def by_pair(beside: SideBySide, joint: Joint, together: list[Together], columns: list[str]) -> pd.DataFrame:
    """Lay what tables say together out with one row per pair."""
    names = {"indicator_i": beside.indicators[joint.i], "indicator_j": beside.indicators[joint.j]}
    counts = {name: np.array([getattr(row, name) for row in together], dtype=int) for name in ("tables", "n")}
    found = {name: np.array([getattr(row, name) for row in together], dtype=float) for name in columns}
    return pd.DataFrame({**names, **counts, **found})
