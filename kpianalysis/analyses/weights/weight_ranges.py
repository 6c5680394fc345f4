"""What the intervals of a scorecard's weights are found from, and how an end is put as a weight again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kpianalysis.analyses.weights.crossings import grade_breaks
from kpianalysis.analyses.weights.weight_model import WeightModel, subjects_by_items, weight_model
from kpianalysis.analyses.weights.weight_paths import Curves, Places, curves_of
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide

# A weight that is all of its group, up to the last digits, cannot move.
WHOLE = 1 - 1e-12


@dataclass(frozen=True)
class Ground:
    """What every interval of a scorecard is found from; n subjects, q weights.

    Attributes
    ----------
    model : WeightModel
    grades : DataFrame
        Of the scorecard.
    weight, group : array of float, shape (q, n)
        Each subject's weights as shares of its total, and the weights of their groups.
    sides : tuple of Curves
        Totals on the way down and on the way up.
    totals : array of float, shape (n,)
        Under the stated weights.
    """

    model: WeightModel
    grades: pd.DataFrame
    weight: Floats
    group: Floats
    sides: tuple[Curves, Curves]
    totals: Floats

    @cached_property
    def grade_breaks(self) -> list[tuple[Floats, Places]]:
        """Where each grade changes on either way, and to which, see `crossings.grade_breaks`."""
        return [grade_breaks(side, self.boundaries) for side in self.sides]

    @property
    def boundaries(self) -> Floats:
        """Lowest totals of the grades, rising."""
        return np.sort(self.grades["min_score"].to_numpy(dtype=np.float64))

    @property
    def items(self) -> pd.DataFrame:
        """Level and id of every weight, indicators first."""
        level = ["indicator"] * len(self.model.indicators) + ["dimension"] * len(self.model.dimensions)
        ids = [*self.model.indicators, *self.model.dimensions]
        return pd.DataFrame({"level": level, "item_id": ids}).astype("str")


def ground_of(card: Scorecard) -> Ground:
    """Take from a scorecard what every interval is found from."""
    model = weight_model(card)
    totals = card.totals["total"].dropna().to_numpy()
    return Ground(model, card.grades, *_own_weights(card, model), curves_of(model), totals)


def _own_weights(card: Scorecard, model: WeightModel) -> tuple[Floats, Floats]:
    """Each subject's weights as shares of its total, and the weights of their groups; shape (m + d, n).

    Those that hold if nothing is missing: what the scheme says, not what a missing score makes of it.
    """
    rows = card.scores.loc[card.scores["kind"] == "scored", ["subject_id", "indicator_id", "nominal_weight"]]
    dims, subjects = card.dimension_scores, model.subjects
    nominal, top = rows["nominal_weight"].to_numpy(), dims["weight"].to_numpy()
    within = subjects_by_items(rows, "indicator_id", nominal, subjects, model.indicators).T
    by = subjects_by_items(dims, "dimension_id", top, subjects, model.dimensions).T
    return np.vstack([within, by]), np.vstack([by[model.dimension_of], (by > 0).astype(float)])


def mean_weights(ground: Ground) -> tuple[Floats, Floats]:
    """Mean of each weight, and of the weight of its group, over the subjects that have it; shape (q,) each."""
    weight, group = ground.weight, ground.group
    has = weight > 0
    n = has.sum(axis=1).astype(float)
    return np.nan_to_num(divide(weight.sum(axis=1), n)), np.nan_to_num(divide((group * has).sum(axis=1), n))


def end_of(weight: Floats, group: Floats, y: Floats, end: str) -> tuple[Floats, Floats]:
    """Weight and multiplier at y on the way to one end; missing for a weight that cannot move.

    Parameters
    ----------
    weight, group : array of float
        Shares of the total.
    y : array of float, same shape
        See `Curves`.
    end : {"low", "high"}

    Notes
    -----
    A multiplier x makes the share v of a group x·v/(1 − v + x·v). Source: docs/method.md, "How far a weight may move".

    Examples
    --------
    >>> weight, multiplier = end_of(np.array([0.2]), np.array([0.5]), np.array([0.25]), "high")
    >>> round(weight.item(), 4), multiplier.item()
    (0.3636, 4.0)
    """
    rest = group - weight
    moves = (weight > 0) & (weight < WHOLE * group)
    if end == "low":
        share, multiplier = divide(y * weight, rest + y * weight), y
    else:
        share, multiplier = divide(weight, rest * y + weight), np.divide(1, y, out=np.full_like(y, np.inf), where=y > 0)
    return np.where(moves, group * share, np.nan), np.where(moves, multiplier, np.nan)
