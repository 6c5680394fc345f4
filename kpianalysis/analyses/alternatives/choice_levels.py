"""The choices behind a result and their alternatives, as far as a scorecard alone says what they would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from kpianalysis.analyses.alternatives.choice_scores import scores_by_method
from kpianalysis.analyses.weights.weight_draws import DrawRule, draw_multipliers, shares
from kpianalysis.analyses.weights.weight_model import WeightModel, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.combine import combine_dimensions, combine_scores
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import totals_of

# The levels a choice can have. What the scheme does comes first; its own policy for missing scores goes before these.
LEVELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "missing": ("redistribute", "zero"),
        "scoring": ("stated", "proportion", "met"),
        "normalisation": ("stated", "min_max", "standardised", "percentile"),
        "aggregation": ("arithmetic", "geometric", "harmonic"),
    }
)
# Those compared unless others are asked for: what a scheme could as well have been.
USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {**LEVELS, "scoring": ("stated", "proportion"), "aggregation": ("arithmetic", "geometric")}
)
# An indicator that a larger share of the subjects could not do without is not left out.
MOST_WITHOUT_TOTAL = 0.1


@dataclass(frozen=True)
class Inputs:
    """What every combination is made of; n subjects, m indicators, d dimensions, w sets of weights.

    Attributes
    ----------
    levels : mapping of choice to tuple of str
        The levels compared, the stated one first; in the order of the axes of a complete table.
    models : mapping of missing policy to WeightModel
        Of the same subjects; each has a total in every combination.
    scores : mapping of scoring level to array of float, shape (n, m)
        Missing where there is no score.
    indicators, dimensions : array of float, shape (w, m) and (w, d)
        Multipliers of the stated weights.
    n_set_aside : int
        Subjects with a total in the stated result that lack one in some combination.
    kept_in : tuple of str
        Indicators that cannot be left out: too few subjects would keep a total.
    """

    levels: Mapping[str, tuple[str, ...]]
    models: Mapping[str, WeightModel]
    scores: Mapping[str, Floats]
    indicators: Floats
    dimensions: Floats
    n_set_aside: int
    kept_in: tuple[str, ...]


def inputs_of(
    card: Scorecard, levels: Mapping[str, Sequence[str]] | None, draws: int, spread: float, seed: int
) -> Inputs:
    """Lay out what each level of each choice means, for the subjects that have a total in every combination.

    Parameters
    ----------
    card : Scorecard
    levels : mapping of choice to sequence of str, optional
        Other levels than the usual ones.
    draws, spread, seed
        Of the sets of weights drawn around the stated ones.

    Raises
    ------
    KpiError
        If there is no such choice or level.
    """
    chosen = _choose(levels or {})
    stated = weight_model(card)
    weights, indicators, dimensions = _weights(stated, draws, spread, seed)
    policies = [card.missing, *(name for name in chosen["missing"] if name != card.missing)]
    models = {name: weight_model(under_policy(card, name)) for name in policies}
    left_out, kept_in = _left_out(stated, models)
    models = _of_everybody(models, indicators, dimensions, left_out)
    mine = models[card.missing]
    scores = scores_by_method(card, mine, chosen["scoring"])
    if "scoring" not in (levels or {}) and len(scores) == 1:
        # A scheme that scores in proportion already has pass or fail as its other plain method.
        scores = scores_by_method(card, mine, ("stated", "met"))
    several = int((stated.stated()[1] > 0).sum()) > 1
    found = {
        "missing": tuple(models),
        "scoring": tuple(scores),
        "normalisation": chosen["normalisation"],
        "weights": tuple(weights),
        "aggregation": chosen["aggregation"] if several else ("arithmetic",),
        "left_out": ("", *left_out),
    }
    set_aside = len(stated.subjects) - len(mine.subjects)
    return Inputs(found, models, scores, indicators, dimensions, set_aside, tuple(kept_in))


def _choose(asked: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Put what is asked for in the place of what is usual; what the scheme does is always compared, and first."""
    problems = [
        f"levels: there is no choice {name!r}. Use: {', '.join(LEVELS)}." for name in asked if name not in LEVELS
    ]
    problems += [
        f"levels: {name} cannot be {level!r}. Use: {', '.join(LEVELS[name])}."
        for name, wanted in asked.items()
        if name in LEVELS
        for level in wanted
        if level not in LEVELS[name]
    ]
    if problems:
        raise KpiError("These choices cannot be compared:\n" + "\n".join(problems))
    wanted = {**USUAL, **asked}
    return {
        name: tuple(level for level in known if level in wanted[name] or (level == known[0] and name != "missing"))
        for name, known in LEVELS.items()
    }


def under_policy(card: Scorecard, missing: str) -> Scorecard:
    """Combine the same indicator scores under another policy for missing ones: what scoring anew would give.

    Parameters
    ----------
    card : Scorecard
    missing : {"redistribute", "zero", "refuse"}
    """
    scores, dimension_scores = combine_scores(card.scores, card.dimensions, missing)
    vetoes = card.indicators[card.indicators["kind"] == "veto"]
    totals = totals_of(scores, combine_dimensions(dimension_scores, missing), vetoes, card.grades)
    return replace(card, missing=missing, scores=scores, dimension_scores=dimension_scores, totals=totals)


def _of_everybody(
    models: Mapping[str, WeightModel], indicators: Floats, dimensions: Floats, left_out: list[str]
) -> dict[str, WeightModel]:
    """Limit the models to the subjects with a total in every combination, and drop a policy that changes nothing."""
    names = list(models)
    first = models[names[0]]
    everywhere = set(first.subjects)
    for model in models.values():
        there = np.ones(len(model.subjects), dtype=bool)
        for name in ["", *left_out]:
            within = np.where(np.array(model.indicators) == name, 0.0, indicators)
            there &= ~np.isnan(model.totals(within, dimensions)).any(axis=0)
        everywhere &= {name for name, is_there in zip(model.subjects, there, strict=True) if is_there}
    subjects = [name for name in first.subjects if name in everywhere]
    limited = {name: model.for_subjects(subjects) for name, model in models.items()}
    first = limited[names[0]]
    return {name: model for name, model in limited.items() if name == names[0] or not _same_weights(model, first)}


def _same_weights(one: WeightModel, other: WeightModel) -> bool:
    pairs = ((one.weights, other.weights), (one.dimension_weights, other.dimension_weights))
    return all(np.array_equal(a > 0, b > 0) for a, b in pairs)


def _weights(model: WeightModel, draws: int, spread: float, seed: int) -> tuple[list[str], Floats, Floats]:
    """Multipliers of the stated, equal and drawn weights, without those that are the stated ones again."""
    stated, stated_dimensions = model.stated()
    equal = (1 / np.where(stated > 0, stated, 1.0), 1 / np.where(stated_dimensions > 0, stated_dimensions, 1.0))
    drawn = draw_multipliers(model, draws, seed, DrawRule(spread=spread))
    names = ["stated", "equal", *(f"draw {number}" for number in range(1, draws + 1))]
    indicators = np.vstack([np.ones(len(stated)), equal[0], drawn[0]])
    dimensions = np.vstack([np.ones(len(stated_dimensions)), equal[1], drawn[1]])
    within, top = shares(model, indicators, dimensions)
    table = np.hstack([within, top])
    kept = [0, *(row for row in range(1, len(table)) if not np.allclose(table[row], table[0], rtol=0, atol=1e-12))]
    return [names[row] for row in kept], indicators[kept], dimensions[kept]


def _left_out(stated: WeightModel, models: Mapping[str, WeightModel]) -> tuple[list[str], list[str]]:
    """Indicators that can be left out in turn, and those with a weight that too many could not do without."""
    weighted = np.flatnonzero(stated.stated()[0] > 0)
    without = np.ones((len(weighted), len(stated.indicators)))
    without[np.arange(len(weighted)), weighted] = 0.0
    lost = np.zeros(len(weighted))
    for model in models.values():
        totals = model.totals(without, np.ones((len(weighted), len(model.dimensions))))
        lost = np.maximum(lost, np.isnan(totals).sum(axis=1))
    can = lost <= MOST_WITHOUT_TOTAL * len(stated.subjects)
    return [stated.indicators[i] for i in weighted[can]], [stated.indicators[i] for i in weighted[~can]]
