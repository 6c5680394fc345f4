"""How much more units differ than chance inside them makes: what widens the limits of a funnel."""

from __future__ import annotations

import numpy as np
from scipy import stats

from kpianalysis.scoring.inputs import Floats

# Share of the units at each end whose distance is held to that of the next one.
WINSORISED = 0.10
# With fewer units nobody is held back, and an outlier could hide itself.
LEAST_UNITS = 10


def winsorise(z: Floats, share: float = WINSORISED) -> tuple[Floats, int]:
    """Hold the lowest and highest values to the next ones.

    Parameters
    ----------
    z : array of float, shape (k,)
    share : float
        Of the values, at each end.

    Returns
    -------
    array of float, shape (k,)
    int
        How many values were held at each end: the share, rounded down.

    Examples
    --------
    >>> winsorise(np.array([-9.0, 0.0, 1.0, 2.0]), 0.25)
    (array([0., 0., 1., 1.]), 1)
    """
    held = int(share * len(z) + 1e-9)
    ordered = np.sort(z)
    return np.clip(z, ordered[held], ordered[-1 - held]), held


def mean_square_when_winsorised(share: float) -> float:
    """Mean square of standard normal values whose ends are held: 1 without, 0.679 with a tenth at each end.

    Examples
    --------
    >>> round(mean_square_when_winsorised(0.1), 3)
    0.679
    """
    if share == 0:
        return 1.0
    cut = float(stats.norm.ppf(1 - share))
    return float(1 - 2 * share - 2 * cut * stats.norm.pdf(cut) + 2 * share * cut**2)


def dispersion(z: Floats) -> float:
    """Mean square of the z-scores of units, the far ones held back: 1 where chance alone moves them.

    Parameters
    ----------
    z : array of float, shape (k,)
        Distance of each unit from the centre in standard errors.

    Notes
    -----
    Held back, even normal values have a smaller mean square; it is divided by what they would have.
    Source: docs/method.md, "Funnel".

    Examples
    --------
    >>> round(dispersion(2 * stats.norm.ppf((np.arange(200) + 0.5) / 200)), 1)
    4.0
    """
    held_back, held = winsorise(z)
    return float(np.mean(held_back**2)) / mean_square_when_winsorised(held / len(z))


def between_variance(value: Floats, centre: float, variance: Floats) -> float:
    """Variance between units beyond chance, from their z-scores with the far ones held back; never below 0.

    Parameters
    ----------
    value : array of float, shape (k,)
        Of each unit.
    centre : float
    variance : array of float, shape (k,)
        How far chance moves each unit: the square of its standard error, above 0.

    Notes
    -----
    τ² = (k·φ − (k − 1)) / (Σw − Σw²/Σw), w = 1/variance. Source: docs/method.md, "Funnel".
    """
    k, weight = len(value), 1.0 / variance
    excess = k * dispersion((value - centre) / np.sqrt(variance)) - (k - 1)
    return float(max(0.0, excess / (weight.sum() - (weight**2).sum() / weight.sum())))
