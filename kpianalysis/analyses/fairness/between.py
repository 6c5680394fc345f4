"""How far groups really lie apart, beyond what chance inside them makes; and their means given that."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from kpianalysis.scoring.inputs import Floats

# Values of the spread between groups that draws are taken from.
GRID = 400


def paule_mandel(mean: Floats, variance: Floats) -> float:
    """Variance between groups at which their means scatter just as far as they should: 0 where they never do.

    Parameters
    ----------
    mean, variance : array of float, shape (k,)
        Of each group, and how far chance moves it: the square of its standard error, above 0.

    Notes
    -----
    τ² ≥ 0 with Σ (yᵢ − μ)²/(vᵢ + τ²) = k − 1, where μ is the mean with the weights 1/(vᵢ + τ²).
    Source: docs/method.md, "Shrunken means".

    Examples
    --------
    >>> round(paule_mandel(np.array([1.0, 2.0, 6.0]), np.array([1.0, 1.0, 1.0])), 6)
    6.0
    """
    free = len(mean) - 1

    def beyond(between: float) -> float:
        weight = 1.0 / (variance + between)
        away = mean - weight @ mean / weight.sum()
        return float(weight @ away**2) - free

    if free < 1 or beyond(0.0) <= 0:
        return 0.0
    # Never more than the plain variance of the means: with it every term is too small.
    most = float(np.var(mean, ddof=1))
    return float(optimize.brentq(beyond, 0.0, most * (1 + 1e-12), xtol=1e-14 * most, rtol=1e-14))


def pooled_mean(mean: Floats, variance: Floats, between: float) -> tuple[float, float]:
    """Grand mean with the weights 1/(v + τ²), and the variance of it."""
    weight = 1.0 / (variance + between)
    return float(weight @ mean / weight.sum()), float(1.0 / weight.sum())


def draw_means(mean: Floats, variance: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Draw what the true means may be, without taking one spread between the groups for granted.

    Parameters
    ----------
    mean, variance : array of float, shape (k,)
        At least three groups; variance above 0.
    draws : int
    rng : Generator

    Returns
    -------
    array of float, shape (draws, k)

    Notes
    -----
    The posterior of the normal-normal model with flat priors of μ and τ: τ from its marginal density on a grid that
    reaches far out, then μ, then the means. Source: docs/method.md, "Shrunken means".
    """
    # Even steps of u = τ/(τ + scale): dense where τ is likely, and far into the tail.
    u = (np.arange(GRID) + 0.5) / GRID
    scale = float(np.sqrt(variance.mean() + mean.var()))
    tau = scale * u / (1 - u)
    weight = 1.0 / (variance + tau[:, None] ** 2)
    total = weight.sum(axis=1)
    centre = weight @ (mean - mean.mean()) / total + mean.mean()
    log_density = 0.5 * (
        np.log(weight).sum(axis=1) - np.log(total) - (weight * (mean - centre[:, None]) ** 2).sum(axis=1)
    )
    density = np.exp(log_density - log_density.max()) / (1 - u) ** 2
    levels = (np.arange(draws) + rng.uniform(size=draws)) / draws
    at = np.minimum(np.searchsorted(np.cumsum(density) / density.sum(), levels), GRID - 1)
    grand = centre[at] + rng.standard_normal(draws) / np.sqrt(total[at])
    reliability = 1.0 - variance * weight[at]
    drawn: Floats = grand[:, None] + reliability * (mean - grand[:, None])
    drawn += np.sqrt(reliability * variance) * rng.standard_normal(drawn.shape)
    return drawn
