"""What the rest of a cycle will bring, by damped exponential smoothing, and how far that can be off."""

from __future__ import annotations

import warnings

import numpy as np

from kpianalysis.analyses.change.forecast_history import History
from kpianalysis.analyses.change.forecast_methods import Rest
from kpianalysis.scoring.inputs import Floats

# Fewer periods in a row say too little about level and trend; statsmodels begins with the first ten of them.
LEAST_PERIODS = 12


def smoothed(history: History, n_left: int) -> Rest | None:
    """Carry level, damped trend and season on; None with fewer than 12 periods in a row, missing if the search failed.

    Notes
    -----
    ETS(A,Ad,N), and ETS(A,Ad,A) from two whole seasons on, fitted by statsmodels to the standardised values. The error
    of the mean of the rest has two parts: the shocks still to come, and what the first level, trend and season were
    estimated to be. σ² is the sum of squared residuals over the periods less the estimated numbers (smoothing
    parameters and first states but for φ and the season's parameter). Source: docs/method.md, "Damped smoothing".
    """
    value = history.unbroken
    if len(value) < LEAST_PERIODS:
        return None
    season = season_of(history)
    centre, scale = float(value.mean()), float(value.std())
    last = np.zeros(n_left)
    last[-1] = 1.0
    weights = last if history.aggregation == "last" else np.full(n_left, 1 / n_left)
    df = len(value) - (season + 1 if season else 2) - 2
    if scale <= 1e-12 * abs(centre):
        return Rest(centre, 0.0, df, season > 0)
    ahead, squares, parameters, converged = _fit((value - centre) / scale, season, n_left)
    if not converged:
        return Rest(np.nan, np.nan, 0.0, season > 0, converged=False)
    factor = error_factor(parameters, season, len(value), weights)
    error = scale * float(np.sqrt(factor * squares / df))
    return Rest(centre + scale * float(weights @ ahead), error, df, season > 0)


def season_of(history: History) -> int:
    """Periods of a year where there are two years of them in a row, else 0."""
    season, n = 12 // history.months if 12 % history.months == 0 else 0, len(history.unbroken)
    # So many are needed to begin with, see statsmodels.
    return season if season > 1 and n >= max(2 * season, 10 + 2 * (season // 2)) else 0


def _fit(values: Floats, season: int, steps: int) -> tuple[Floats, float, tuple[float, float, float, float], bool]:
    """Fit by statsmodels: forecasts, sum of squared residuals, (α, β, φ, γ), and whether the search ended well."""
    # Slow to import, and not wanted where there are no months.
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = ETSModel(
        values,
        error="add",
        trend="add",
        damped_trend=True,
        seasonal="add" if season else None,
        seasonal_periods=season or None,
        initialization_method="heuristic",
    )
    # The search may not end well, and where nothing is left to explain it takes the logarithm of 0.
    with warnings.catch_warnings(record=True, action="always") as caught:
        fit = model.fit(disp=False)
        ahead = np.asarray(fit.forecast(steps))
    told = (ConvergenceWarning, RuntimeWarning)
    for other in (warning for warning in caught if not issubclass(warning.category, told)):
        warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
    failed = any(issubclass(warning.category, told) for warning in caught)
    found = dict(zip(fit.model.param_names, map(float, fit.params), strict=True))
    names = ("smoothing_level", "smoothing_trend", "damping_trend", "smoothing_seasonal")
    alpha, beta, phi, gamma = (found.get(name, 0.0) for name in names)
    converged = not failed and bool(fit.mle_retvals["converged"]) and bool(np.isfinite(ahead).all())
    return ahead, float(fit.sse), (alpha, beta, phi, gamma), converged


def error_factor(parameters: tuple[float, float, float, float], season: int, n: int, weights: Floats) -> float:
    """Variance of the error of a weighted sum of the next values, in units of σ².

    Parameters
    ----------
    parameters : tuple of float
        α, β, φ, γ as statsmodels has them.
    season : int
        Periods of a season; 0: none.
    n : int
        Values the model was fitted to.
    weights : array of float
        Of the next values.

    Notes
    -----
    y = w·x + ε and x' = F·x + g·ε. Without shocks to come: the weights times what a unit shock still does after j
    steps, 1 for j = 0 and w·Fʲ⁻¹·g after. From the first states: with D = F − g·w the residuals are a straight-line
    function of them with rows w·Dᵗ, so least squares gives their variance.
    Source: docs/method.md, "Damped smoothing".
    """
    move, seen, shock = _state_space(parameters, season)
    steps = len(weights)
    effects, ahead, carried = np.ones(steps), np.zeros(len(seen)), shock
    power = np.eye(len(seen))
    for j in range(steps):
        ahead, power = ahead + weights[j] * (seen @ power), move @ power
        if j + 1 < steps:
            effects[j + 1], carried = seen @ carried, move @ carried
    shocks = np.array([weights[j:] @ effects[: steps - j] for j in range(steps)])
    corrected = move - np.outer(shock, seen)
    rows, begun = np.empty((n, len(seen))), np.eye(len(seen))
    for t in range(n):
        rows[t], begun = seen @ begun, corrected @ begun
    free = _free_states(season)
    rows, slope = rows @ free, ahead @ begun @ free
    return float(shocks @ shocks + slope @ np.linalg.pinv(rows.T @ rows) @ slope)


def _state_space(parameters: tuple[float, float, float, float], season: int) -> tuple[Floats, Floats, Floats]:
    """Give F, w and g for the states level, trend and the last season's parts, the newest first."""
    alpha, beta, phi, gamma = parameters
    size = 2 + season
    move, seen, shock = np.zeros((size, size)), np.zeros(size), np.zeros(size)
    move[:2, :2] = [[1.0, phi], [0.0, phi]]
    seen[:2], shock[:2] = (1.0, phi), (alpha, beta)
    if season:
        seen[-1], shock[2], move[2, -1] = 1.0, gamma, 1.0
        move[np.arange(3, size), np.arange(2, size - 1)] = 1.0
    return move, seen, shock


def _free_states(season: int) -> Floats:
    """First states that can be told apart: the parts of a season add up to nothing, else they would be the level."""
    if not season:
        return np.eye(2)
    free = np.zeros((2 + season, 1 + season))
    free[:-1, :] = np.eye(1 + season)
    free[-1, 2:] = -1.0
    return free
