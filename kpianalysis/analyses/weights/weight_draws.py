"""Sets of weights that could reasonably have been stated: around the stated ones, or anywhere within limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from kpianalysis.analyses.weights.weight_model import WeightModel, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, Mask

# Draws thrown away for each one kept, before limits are called too narrow.
MOST_TRIES = 2_000
# Gives k draws of a Dirichlet distribution with the given concentrations.
Dirichlet = Callable[[Floats, int], Floats]


@dataclass(frozen=True)
class DrawRule:
    """How sets of weights are drawn; a share is a weight's part of its group (its dimension, or the total).

    Attributes
    ----------
    how : {"around", "uniform"}
        Around the stated weights, or anywhere with equal chance.
    spread : float
        "around": relative standard deviation of an average weight, 0.25 means ± 25 %.
    floors, ceilings : mapping of item_id to share
        The least and the most a weight may be; an item not named has 0 and 1.
    order : tuple of (item_id, item_id)
        The first of a pair has at least the weight of the second; both of one group.
    quasi : bool
        Quasi-random (scrambled Sobol) instead of pseudo-random points: the same answer with fewer draws.

    Notes
    -----
    Source: docs/method.md, "Weight draws".
    """

    how: Literal["around", "uniform"] = "around"
    spread: float = 0.25
    floors: Mapping[str, float] = field(default_factory=dict)
    ceilings: Mapping[str, float] = field(default_factory=dict)
    order: tuple[tuple[str, str], ...] = ()
    quasi: bool = False


def draw_multipliers(model: WeightModel, draws: int, seed: int, rule: DrawRule | None = None) -> tuple[Floats, Floats]:
    """Draw sets of weights, for the dimensions and within each dimension, as multipliers of the stated ones.

    Parameters
    ----------
    model : WeightModel
    draws : int
        How many sets, k.
    seed : int
    rule : DrawRule, optional
        Default: around the stated weights, ± 25 %.

    Returns
    -------
    indicators : array of float, shape (k, m); dimensions : array of float, shape (k, d)
        For `WeightModel.totals`. A group of one, and a weight of 0, stay as they are.

    Raises
    ------
    KpiError
        If the rule names what is not there, or its limits leave hardly any weights; all problems at once.

    Notes
    -----
    Source: docs/method.md, "Weight draws".
    """
    rule = rule or DrawRule()
    stated, stated_dimensions = model.stated()
    members = [np.flatnonzero(model.dimension_of == place) for place in range(len(model.dimensions))]
    m = len(model.indicators)
    groups = [
        *(_group(stated[mine], [model.indicators[i] for i in mine], mine, rule) for mine in members),
        _group(stated_dimensions, model.dimensions, m + np.arange(len(model.dimensions)), rule),
    ]
    _refuse(rule, groups)
    table = np.ones((draws, m + len(model.dimensions)))
    # A group of one, or one whose weights are all 0, has nothing to vary.
    varying = [group for group in groups if len(group.base) > 1]
    drawn = _quasi(varying, draws, seed, rule) if rule.quasi else _pseudo(varying, draws, seed, rule)
    for group, share in zip(varying, drawn, strict=True):
        table[:, group.places] = share / group.base
    return table[:, :m], table[:, m:]


def draw_weights(card: Scorecard, draws: int = 1_000, seed: int = 0, rule: DrawRule | None = None) -> pd.DataFrame:
    """Draw sets of weights as a table, to look at or to weigh with (`totals_under`).

    Parameters
    ----------
    card : Scorecard
    draws : int
    seed : int
    rule : DrawRule, optional

    Returns
    -------
    DataFrame
        One row per set and item: set_id ("1" is the first), level ("dimension" or "indicator"), item_id, weight
        (share of its group; the shares of a group sum to 1).

    Raises
    ------
    KpiError
        If the rule cannot be used.
    """
    model = weight_model(card)
    indicators, dimensions = draw_multipliers(model, draws, seed, rule)
    within, top = shares(model, indicators, dimensions)
    items = [("dimension", name) for name in model.dimensions] + [("indicator", name) for name in model.indicators]
    table = np.hstack([top, within])
    return pd.DataFrame(
        {
            "set_id": np.repeat([str(number) for number in range(1, draws + 1)], len(items)),
            "level": [level for level, _item in items] * draws,
            "item_id": [item for _level, item in items] * draws,
            "weight": table.ravel(),
        }
    )


def shares(model: WeightModel, indicators: Floats, dimensions: Floats) -> tuple[Floats, Floats]:
    """Turn multipliers into shares: of the indicators within their dimension, of the dimensions in the total."""
    stated, stated_dimensions = model.stated()
    within = indicators * stated
    for place in range(len(model.dimensions)):
        mine = model.dimension_of == place
        within[:, mine] = _to_one(within[:, mine])
    return within, _to_one(dimensions * stated_dimensions)


def _to_one(weights: Floats) -> Floats:
    sums = weights.sum(axis=1, keepdims=True)
    answer: Floats = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return answer


@dataclass(frozen=True)
class _Group:
    """The weights above 0 of one group: their shares, their columns, and the limits that a rule sets them."""

    names: list[str]
    unweighted: list[str]
    places: np.ndarray
    base: Floats
    floors: Floats
    ceilings: Floats
    order: np.ndarray  # pairs of columns within the group, shape (p, 2)

    def fits(self, drawn: Floats) -> Mask:
        """Say which draws keep the limits."""
        boxed = ((drawn >= self.floors) & (drawn <= self.ceilings)).all(axis=1)
        ordered = (drawn[:, self.order[:, 0]] >= drawn[:, self.order[:, 1]]).all(axis=1)
        return np.asarray(boxed & ordered)

    @property
    def is_chain(self) -> bool:
        """Whether the order ranks every item and nothing else limits them."""
        chain = len(self.order) == len(self.base) - 1 and (self.order[1:, 0] == self.order[:-1, 1]).all()
        return bool(chain and len(set(self.order.ravel())) == len(self.base) and not self.is_boxed)

    @property
    def is_boxed(self) -> bool:
        """Whether any floor or ceiling limits the weights."""
        return bool((self.floors > 0).any() or (self.ceilings < 1).any())


def _group(stated: Floats, names: list[str], places: np.ndarray, rule: DrawRule) -> _Group:
    positive = stated > 0
    kept = [name for name, is_weighted in zip(names, positive, strict=True) if is_weighted]
    pairs = [(kept.index(a), kept.index(b)) for a, b in rule.order if a in kept and b in kept]
    return _Group(
        kept,
        [name for name in names if name not in kept],
        places[positive],
        stated[positive] / max(stated[positive].sum(), 1e-300),
        np.array([rule.floors.get(name, 0.0) for name in kept]),
        np.array([rule.ceilings.get(name, 1.0) for name in kept]),
        np.array(pairs, dtype=np.intp).reshape(-1, 2),
    )


def _refuse(rule: DrawRule, groups: list[_Group]) -> None:
    """Raise with everything that is wrong with a rule."""
    problems = []
    if rule.how not in ("around", "uniform"):
        problems.append(f"how: {rule.how!r} is not a way to draw. Use 'around' or 'uniform'.")
    if not 0 <= rule.spread <= 1:
        problems.append(f"spread: {rule.spread} is not a share. Give a number from 0 to 1; 0.25 means ± 25 %.")
    known = {item for group in groups for item in group.names}
    for what, limits in (("floors", rule.floors), ("ceilings", rule.ceilings)):
        for item, share in limits.items():
            if item not in known:
                problems.append(f"{what}: there is no item {item!r} with a weight. Known: {', '.join(sorted(known))}.")
            if not 0 <= share <= 1:
                problems.append(f"{what}: {item} has {share}. Give a share of its group from 0 to 1.")
    for first, second in rule.order:
        if first == second or not any(first in group.names and second in group.names for group in groups):
            problems.append(f"order: {first} and {second} are not two weighted items of one group. Compare such.")
    for group in groups:
        if len(group.base) and (group.floors.sum() > 1 + 1e-12 or group.ceilings.sum() < 1 - 1e-12):
            named = ", ".join(group.names)
            problems.append(f"limits: no shares of {named} keep their floors and ceilings and sum to 1. Widen them.")
    if problems:
        raise KpiError("No weights can be drawn by this rule:\n" + "\n".join(problems))


def _pseudo(groups: list[_Group], draws: int, seed: int, rule: DrawRule) -> list[Floats]:
    """Draw each group by itself, throwing away what breaks its limits."""
    rng = np.random.default_rng(seed)

    def dirichlet(concentration: Floats, k: int) -> Floats:
        return rng.dirichlet(concentration, size=k)

    drawn = []
    for group in groups:
        kept: list[Floats] = []
        missing, tried = draws, 0
        while missing > 0:
            share = _propose(group, draws, rule, dirichlet)
            share = share[group.fits(share)]
            kept.append(share[:missing])
            missing, tried = missing - len(kept[-1]), tried + draws
            _stop_if_hopeless(draws - missing, tried, group.names)
        drawn.append(np.concatenate(kept) if kept else np.empty((0, len(group.base))))
    return drawn


def _quasi(groups: list[_Group], draws: int, seed: int, rule: DrawRule) -> list[Floats]:
    """Draw all groups from one scrambled Sobol sequence, so that they fill their common space evenly."""
    from scipy.stats import qmc

    columns = np.cumsum([0, *(len(group.base) for group in groups)])
    kept: list[list[Floats]] = [[] for _group in groups]
    missing, tried = draws if groups else 0, 0
    engine = qmc.Sobol(max(int(columns[-1]), 1), scramble=True, rng=np.random.default_rng(seed))
    # Sobol points are even only in numbers that are powers of 2.
    step = int(np.ceil(np.log2(max(draws, 2))))
    while missing > 0:
        # A point of exactly 0 or 1 has no quantile.
        points = np.clip(engine.random_base2(step) if not tried else engine.random(2**step), 1e-12, 1 - 1e-12)
        shares = [
            _propose(group, len(points), rule, _by_quantile(points[:, start:end]))
            for group, start, end in zip(groups, columns, columns[1:], strict=False)
        ]
        fits = np.all([group.fits(share) for group, share in zip(groups, shares, strict=True)], axis=0)
        for rows, share in zip(kept, shares, strict=True):
            rows.append(share[fits][:missing])
        missing, tried = missing - len(kept[0][-1]), tried + len(points)
        _stop_if_hopeless(draws - missing, tried, [name for group in groups for name in group.names])
    return [np.concatenate(rows) for rows in kept]


def _by_quantile(points: Floats) -> Dirichlet:
    """Turn points of the unit cube into Dirichlet draws, by the quantiles of the gamma distribution."""
    from scipy.special import gammaincinv, gammaln

    def dirichlet(concentration: Floats, k: int) -> Floats:
        # Near 0 the gamma distribution is u = x^a/Γ(a + 1); a small concentration would underflow without logs.
        small = (np.log(points) + gammaln(concentration + 1)) / concentration
        value = gammaincinv(concentration, points)
        logs = np.where(value > 1e-12, np.log(np.maximum(value, 1e-300)), small)
        parts = np.exp(logs - logs.max(axis=1, keepdims=True))
        return np.asarray(parts / parts.sum(axis=1, keepdims=True))

    return dirichlet


def _propose(group: _Group, k: int, rule: DrawRule, dirichlet: Dirichlet) -> Floats:
    """Draw shares of a group that keep most of its limits by construction."""
    size = len(group.base)
    if rule.how == "around":
        if rule.spread == 0:
            return np.tile(group.base, (k, 1))
        # Two weights with a spread of 1 are all or nothing: the concentration would be 0, which is no distribution.
        concentration = max((size - 1) / rule.spread**2 - 1, 1e-6)
        return dirichlet(concentration * group.base, k)
    share = dirichlet(np.ones(size), k)
    if group.is_chain:
        # Every order of exchangeable shares is equally likely: sorting them is the same as waiting for the right one.
        order = np.append(group.order[:, 0], group.order[-1, 1])
        share[:, order] = -np.sort(-share, axis=1)
        return share
    # The simplex above the floors, or the one below the ceilings: the smaller one wastes fewer draws.
    above, below = 1 - group.floors.sum(), group.ceilings.sum() - 1
    return np.asarray(group.floors + above * share if above <= below else group.ceilings - below * share)


def _stop_if_hopeless(kept: int, tried: int, names: list[str]) -> None:
    if kept * MOST_TRIES < tried:
        raise KpiError(
            f"Of {tried:,} sets of weights for {', '.join(names)} only {kept:,} keep the limits. "
            "Widen the floors and ceilings, or compare fewer items."
        )
