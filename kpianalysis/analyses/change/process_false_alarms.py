"""How often the rules of an XmR chart sound where nothing has changed."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kpianalysis.analyses.change.process_rules import process_of
from kpianalysis.errors import KpiError

# Values in one go, so that long series need no more memory.
AT_ONCE = 1_000_000


def false_alarm_rate(n: int, recent: int | None = None, draws: int = 100_000, seed: int = 0) -> float:
    """Say how likely a steady process shows a signal in n points, by chance alone.

    Parameters
    ----------
    n : int
        Points from which the limits are made, all measured, none apart.
    recent : int, optional
        Only signals that one of so many last points is part of; none: a signal anywhere.
    draws : int
        Simulated processes: normal, independent values with limits estimated from themselves.
    seed : int

    Returns
    -------
    float
        Share of the processes with at least one signal by any of the four rules; its standard error is at most
        0.5 / √draws.

    Raises
    ------
    KpiError
        If n is below 2, recent below 1 or draws below 1.

    Notes
    -----
    Values that follow each other closely, as with a season or a trend, sound far more often. Source: docs/method.md,
    "False alarms".

    Examples
    --------
    >>> [round(false_alarm_rate(n), 2) for n in (12, 24, 36)]
    [0.07, 0.19, 0.29]
    """
    if n < 2 or draws < 1 or (recent is not None and recent < 1):
        raise KpiError(
            f"false_alarm_rate: n = {n}, recent = {recent}, draws = {draws} cannot be simulated. "
            "Use n of 2 or more, and recent and draws of 1 or more."
        )
    heard = _last_signals(int(n), int(draws), int(seed))
    return float(heard[: n if recent is None else recent].sum() / draws)


@cache
def _last_signals(n: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Count the processes whose last point with a signal is the last one, the one before, and so on."""
    rng = np.random.default_rng(seed)
    step = max(AT_ONCE // n, 1)
    heard = np.zeros(n, np.int64)
    for start in range(0, draws, step):
        signals = process_of(rng.standard_normal((min(step, draws - start), n))).rules > 0
        backwards = np.argmax(signals[:, ::-1], axis=1)[signals.any(axis=1)]
        heard += np.bincount(backwards, minlength=n)
    return heard
