"""Rank-band scoring: points by the quantile of all subjects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.scoring.inputs import Floats, Inputs, Method, clip

# Without points of its own: the best tenth 100, the next 90, … the last 10.
DECILES = np.arange(1, 11) / 10.0
DECILE_POINTS = np.arange(100.0, 0.0, -10.0)


def rank_band_score(better: Floats, shares: Floats, scores: Floats) -> Floats:
    """Points of the band that a subject's place among all subjects falls in.

    Parameters
    ----------
    better : array of float, shape (n,)
        Actuals, oriented so that more is better.
    shares, scores : array of float, shape (k,)
        For each band the cumulative share of subjects from the best (0.1, 0.2, …, 1) and its points.

    Returns
    -------
    array of float, shape (n,)
        Missing stays missing and takes no place. Ties share the better place.

    Notes
    -----
    Place r of n subjects (1 is best) falls in the first band whose share exceeds (r − 1)/n.
    Source: docs/method.md, "rank_band".

    Examples
    --------
    >>> rank_band_score(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.25, 1.0]), np.array([100.0, 50.0]))
    array([ 50.,  50.,  50., 100.])
    """
    rank = pd.Series(better).rank(ascending=False, method="min").to_numpy(dtype=np.float64)
    n = int(np.count_nonzero(~np.isnan(better)))
    # The tiny step keeps a place that lies exactly on a band's end out of it, whatever the binary fraction.
    band = np.searchsorted(shares, (rank - 1) / max(n, 1) + 1e-12, side="left")
    return np.where(np.isnan(better), np.nan, scores[np.minimum(band, len(scores) - 1)])


def _score(inputs: Inputs) -> Floats:
    shares, scores = inputs.point_values, inputs.point_scores
    if len(shares) == 0:
        shares, scores = DECILES, DECILE_POINTS
    return clip(rank_band_score(inputs.sign * inputs.actual, shares, scores), inputs.floor, inputs.cap)


METHOD = Method(_score)
