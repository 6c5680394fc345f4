"""Coefficients in resamples of the subjects."""

from __future__ import annotations

import numpy as np

from kpianalysis.analyses.correlation.coefficients import spearman
from kpianalysis.scoring.inputs import Floats


def spearman_resamples(values: Floats, draws: int, seed: int) -> Floats:
    """Correlate the ranks of columns in resamples of the rows.

    Parameters
    ----------
    values : array of float, shape (n, k)
        Missing as nan: each pair over the drawn rows that have both.
    draws : int
    seed : int

    Returns
    -------
    array of float, shape (draws, k, k)
    """
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(values), (draws, len(values)))
    return np.stack([spearman(values[drawn]).coefficient for drawn in rows])
