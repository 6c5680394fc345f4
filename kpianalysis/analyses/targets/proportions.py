"""Between which values a share lies that was counted on few."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats, divide

Numbers = Floats | float


def wilson_interval(count: Numbers, n: Numbers, level: float = 0.95) -> tuple[Floats, Floats]:
    """Say between which values a share lies that chance blurs.

    Parameters
    ----------
    count, n : array of float or float
        How many of how many.
    level : float
        Share of such intervals that hold the true share, on average; between 0 and 1.

    Returns
    -------
    tuple of array of float
        Lower and upper end, fractions within 0 and 1; missing where n is 0.

    Raises
    ------
    KpiError
        If the level is no share between 0 and 1, or a count is negative or larger than its n.

    Notes
    -----
    (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n), p = count/n: the shares that a test would not refuse. Never
    empty and never beyond 0 or 1, also where all or none count. Source: docs/method.md, "Share that meets a target".

    Examples
    --------
    >>> [round(float(end), 4) for end in wilson_interval(81, 263)]
    [0.2553, 0.3662]
    """
    count, n = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(n, dtype=float))
    if not 0 < level < 1:
        raise KpiError(f"level: {level} is no share between 0 and 1. Use 0.95 for 95 %.")
    if ((count < 0) | (count > n)).any():
        raise KpiError("count: a count is negative or larger than its n. Give how many of how many.")
    z = float(ndtri((1 + level) / 2))
    share = divide(count, n)
    middle = share + divide(np.full(n.shape, z**2 / 2), n)
    half = z * np.sqrt(divide(share * (1 - share), n) + divide(np.full(n.shape, z**2 / 4), n**2))
    scale = 1 + divide(np.full(n.shape, z**2), n)
    # None is exactly 0 and all exactly 1; the last digit of a square root must not say otherwise.
    low = np.where(count == 0, np.where(n > 0, 0.0, np.nan), (middle - half) / scale)
    high = np.where(count == n, np.where(n > 0, 1.0, np.nan), (middle + half) / scale)
    return low, high
