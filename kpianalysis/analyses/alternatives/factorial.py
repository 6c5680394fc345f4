"""How much of the spread of an outcome each choice makes, when every combination of choices was run: exact."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.errors import KpiError
from kpianalysis.findings import name_some
from kpianalysis.scoring.inputs import Floats, divide

# More are not worth looking for what is missing.
MOST_COMBINATIONS = 50_000_000
# Outcomes that differ by less than this share of their size differ by rounding alone.
ROUNDING = 1e-12


def variance_shares(outcomes: pd.DataFrame, factors: Sequence[str], value: str) -> pd.DataFrame:
    """Split the variance of an outcome among the choices that made it, without any error.

    Parameters
    ----------
    outcomes : DataFrame
        One row per combination of levels, each combination once: a column per factor (any type), and the outcome.
    factors : sequence of str
        Columns that hold the level of each choice; all levels count alike.
    value : str
        Column that holds the outcome, a number in every row.

    Returns
    -------
    DataFrame
        One row per factor, in the order given: factor, n_levels, first (share of the variance that the factor makes
        by itself), total (share that is gone once it is fixed), interaction (total less first), variance (of the
        outcome, in its unit squared). Shares are fractions; missing when the outcome never varies.

    Raises
    ------
    KpiError
        If a combination is missing or there twice, naming it, or an outcome is missing.

    Notes
    -----
    Population variance; first = Var(E[Y|factor])/Var(Y), total = 1 − Var(E[Y|all others])/Var(Y).
    Source: docs/method.md, "Variance shares of choices".

    Examples
    --------
    Two choices that only matter together, and one that does not matter:

    >>> rows = [(a, b, c, float(a == b)) for a in "xy" for b in "xy" for c in "xy"]
    >>> runs = pd.DataFrame(rows, columns=["one", "two", "three", "outcome"])
    >>> shares = variance_shares(runs, ["one", "two", "three"], "outcome")
    >>> shares[["factor", "first", "total"]].to_numpy().tolist()
    [['one', 0.0, 1.0], ['two', 0.0, 1.0], ['three', 0.0, 0.0]]
    """
    cube = _cube(outcomes, list(factors), value)
    variance, first, total = cube_shares(cube[..., None])
    return pd.DataFrame(
        {
            "factor": list(factors),
            "n_levels": list(cube.shape),
            "first": first[:, 0],
            "total": total[:, 0],
            "interaction": total[:, 0] - first[:, 0],
            "variance": variance[0],
        }
    )


def cube_shares(cube: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """Split the variance of many outcomes at once, from their complete table of combinations.

    Parameters
    ----------
    cube : array, shape (levels of the first factor, …, levels of the last factor, n)
        n outcomes of each combination, none missing.

    Returns
    -------
    variance : array of float, shape (n,)
    first, total : array of float, shape (number of factors, n)
        Missing where an outcome never varies.

    Notes
    -----
    Source: docs/method.md, "Variance shares of choices".

    Examples
    --------
    >>> variance, first, total = cube_shares(np.array([[[0.0], [1.0]], [[2.0], [3.0]]]))
    >>> variance.tolist(), first.ravel().tolist(), total.ravel().tolist()
    ([1.25], [0.8, 0.2], [0.8, 0.2])
    """
    factors = range(cube.ndim - 1)
    n = cube.shape[-1]
    first, rest, variance = np.empty((len(factors), n)), np.empty((len(factors), n)), np.empty(n)
    # A few outcomes at a time stay near the processor.
    step = max(1, 200_000 // max(math.prod(cube.shape[:-1]), 1))
    for start in range(0, n, step):
        part = slice(start, start + step)
        values = cube[..., part].astype(np.float64)
        # Around their mean, so that no digits are lost to a large one.
        values -= values.mean(axis=tuple(factors))
        variance[part] = np.square(values).mean(axis=tuple(factors))
        for factor in factors:
            others = tuple(other for other in factors if other != factor)
            first[factor, part] = np.square(values.mean(axis=others)).mean(axis=0)
            rest[factor, part] = np.square(values.mean(axis=factor)).mean(axis=tuple(range(len(factors) - 1)))
    # What differs by rounding alone does not differ.
    outcomes = cube.reshape(math.prod(cube.shape[:-1]), n)
    variance[np.ptp(outcomes, axis=0) <= ROUNDING * np.abs(outcomes).max(axis=0)] = 0.0
    return variance, divide(first, variance), divide(variance - rest, variance)


def _cube(outcomes: pd.DataFrame, factors: list[str], value: str) -> Floats:
    """Lay the outcomes out with one axis per factor, after looking for holes."""
    if absent := [name for name in [*factors, value] if name not in outcomes]:
        raise KpiError(f"outcomes: there is no column {name_some(absent)}. It has: {name_some(list(outcomes))}.")
    if not factors or outcomes.empty:
        raise KpiError("outcomes: without a factor and a row there is nothing to split. Give both.")
    coded = [pd.factorize(outcomes[name], use_na_sentinel=False) for name in factors]
    shape = tuple(len(levels) for _codes, levels in coded)
    if math.prod(shape) > max(MOST_COMBINATIONS, len(outcomes)):
        raise KpiError(
            f"There are {math.prod(shape):,} combinations of {' × '.join(factors)}, of which the table has "
            f"{len(outcomes):,}. A factor needs few levels; is one of these columns an outcome?"
        )
    place = np.ravel_multi_index(tuple(codes for codes, _levels in coded), shape)
    runs = np.bincount(place, minlength=math.prod(shape))
    values = outcomes[value].to_numpy(dtype=np.float64)
    problems = [
        (np.flatnonzero(runs == 0), "missing", "Run every combination of levels."),
        (np.flatnonzero(runs > 1), "there more than once", "Give each one row."),
        (np.unique(place[np.isnan(values)]), f"without a number in {value!r}", "Leave out the levels that cause it."),
    ]
    named = [f"{_name(where, shape, coded, factors)} {what}. {fix}" for where, what, fix in problems if len(where)]
    if named:
        raise KpiError("The table of combinations is not complete:\n" + "\n".join(named))
    cube = np.empty(len(runs))
    cube[place] = values
    return cube.reshape(shape)


def _name(
    where: np.ndarray, shape: tuple[int, ...], coded: list[tuple[np.ndarray, pd.Index]], factors: list[str]
) -> str:
    """Name the combinations at some places of the cube, at most ten."""
    levels = [
        [str(known[code]) for code in codes]
        for codes, (_codes, known) in zip(np.unravel_index(where, shape), coded, strict=True)
    ]
    names = [" × ".join(row) for row in zip(*levels, strict=True)]
    kind = "combination" if len(names) == 1 else "combinations"
    is_are = "is" if len(names) == 1 else "are"
    return f"{len(names)} {kind} of {' × '.join(factors)} ({name_some(names)}) {is_are}"
