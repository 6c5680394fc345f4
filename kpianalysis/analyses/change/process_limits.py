"""How far a steady process varies by itself: mean and natural limits of an XmR chart, for many series at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats, divide

# Three standard deviations are 3 / 1.128 mean moving ranges; a range above 3.267 mean ones is itself a signal.
WIDTH, SCREEN = 2.66, 3.267
LIMITS = ["n", "mean", "low", "high", "moving_range", "n_ranges", "n_screened"]


class Limits(NamedTuple):
    """Mean and limits of each series, arrays of shape (series,)."""

    n: NDArray[np.int64]
    mean: Floats
    low: Floats
    high: Floats
    moving_range: Floats
    n_ranges: NDArray[np.int64]
    n_screened: NDArray[np.int64]


def process_limits(values: ArrayLike, screen: bool = True) -> pd.DataFrame:
    """Say between which limits a steady process would stay: mean ± 2.66 × mean moving range.

    Parameters
    ----------
    values : array of float, shape (periods,) or (series, periods)
        In order of time, missing where nothing was measured.
    screen : bool
        Leave out moving ranges above 3.267 times their mean, once, and take the mean of the rest.

    Returns
    -------
    DataFrame
        One row per series: n (values), mean, low, high (in the unit of the values), moving_range (mean, of those kept),
        n_ranges, n_screened (ranges left out). No limits without two successive values.

    Raises
    ------
    KpiError
        If values has more than two dimensions or is infinite somewhere.

    Notes
    -----
    A missing value breaks the chain: no moving range is taken across it. Source: docs/method.md, "Process limits".

    Examples
    --------
    >>> process_limits([1, 2, 1, 2, 1, 2])[["low", "high"]].round(2).values.tolist()
    [[-1.16, 4.16]]
    """
    laid = np.atleast_2d(np.asarray(values, dtype=float))
    if laid.ndim > 2 or np.isinf(laid).any():
        raise KpiError("values: not a table of finite numbers. Use one row per series, one column per period.")
    return pd.DataFrame(limits_of(laid.T, screen)._asdict())[LIMITS]


def limits_of(values: Floats, screen: bool = True) -> Limits:
    """Compute mean and limits of series side by side.

    Parameters
    ----------
    values : array of float, shape (periods, series)
        Time runs down: so each step of time is one stretch of memory.
    screen : bool
    """
    there = ~np.isnan(values)
    known = there[1:] & there[:-1]
    n, n_ranges = (np.add.reduce(flags, axis=0, dtype=np.int64) for flags in (there, known))
    ranges = values[1:] - values[:-1]
    np.abs(ranges, out=ranges)
    np.copyto(ranges, 0.0, where=~known)
    mean = divide(np.where(there, values, 0.0).sum(axis=0), n)
    average = divide(ranges.sum(axis=0), n_ranges)
    n_screened = np.zeros_like(n)
    if screen:
        large = ranges > SCREEN * average
        np.copyto(ranges, 0.0, where=large)
        n_screened = np.add.reduce(large, axis=0, dtype=np.int64)
        average = divide(ranges.sum(axis=0), n_ranges - n_screened)
    half = WIDTH * average
    return Limits(n, mean, mean - half, mean + half, average, n_ranges, n_screened)
