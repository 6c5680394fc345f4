"""What totals would do if two indicators that say the same counted once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.coefficients import spearman
from kpianalysis.analyses.importance.importance import applied_weights
from kpianalysis.analyses.redundancy.double_counting import pair_places
from kpianalysis.analyses.weights.weight_model import WeightModel, rank_rows, weight_model
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import TIE, grade_places

HALVED, WITHOUT_I, WITHOUT_J = "both halved", "without the first", "without the second"
COLUMNS = [
    *("indicator_i", "indicator_j", "way", "effective_i", "effective_j", "spearman", "mean_shift", "most_shift"),
    *("n_grade_changes", "n_subjects", "n_without_total"),
]


def counted_once(card: Scorecard, pairs: pd.DataFrame | None = None) -> pd.DataFrame:
    """Say what totals would do if a pair counted once: both weights halved, or one of the two left out.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    pairs : DataFrame, optional
        As in `double_counting`.

    Returns
    -------
    DataFrame
        Three rows per pair: indicator_i, indicator_j; way ("both halved", "without the first", "without the second");
        effective_i, effective_j (shares of the spread of the new totals, missing for the one left out); spearman (rank
        correlation of the new totals with the stated ones), mean_shift, most_shift (of ranks), n_grade_changes (missing
        without grades); n_subjects (with a total both ways), n_without_total (subjects that lose theirs).

    Raises
    ------
    KpiError
        If a pair names an indicator that is not scored, or the same one twice.

    Notes
    -----
    What is taken from a weight goes to the other indicators of the dimension; from one without others, to the other
    dimensions. Source: docs/method.md, "Double counting".
    """
    model = weight_model(card)
    chosen, places = pair_places(card, model, pairs)
    boundaries = np.sort(card.grades["min_score"].to_numpy(dtype=float))
    stated = model.totals(np.ones((1, len(model.indicators))), np.ones((1, len(model.dimensions))))[0]
    rows = []
    for name_i, name_j, (i, j) in zip(chosen["indicator_i"], chosen["indicator_j"], places, strict=True):
        for way, by_i, by_j in ((HALVED, 0.5, 0.5), (WITHOUT_I, 0.0, 1.0), (WITHOUT_J, 1.0, 0.0)):
            indicators, dimensions = _multipliers(model, {i: by_i, j: by_j})
            shares = _effective(model, indicators, dimensions)
            totals = model.totals(indicators[None], dimensions[None])[0]
            effect = (shares[i] if by_i else np.nan, shares[j] if by_j else np.nan)
            rows.append((name_i, name_j, way, *effect, *_consequence(stated, totals, boundaries)))
    return pd.DataFrame(rows, columns=COLUMNS).astype(
        {"indicator_i": "str", "indicator_j": "str", "way": "str", **dict.fromkeys(COLUMNS[3:-2], float)}
    )


def _multipliers(model: WeightModel, by: dict[int, float]) -> tuple[Floats, Floats]:
    """Multiply some indicators' weights; a dimension in which none keeps its weight passes on what it loses."""
    indicators, dimensions = np.ones(len(model.indicators)), np.ones(len(model.dimensions))
    indicators[list(by)] = list(by.values())
    weight = model.stated()[0]
    for place in range(len(dimensions)):
        mine = (model.dimension_of == place) & (weight > 0)
        if mine.any() and (indicators[mine] < 1).all():
            dimensions[place] = indicators[mine] @ weight[mine] / weight[mine].sum()
    return indicators, dimensions


def _effective(model: WeightModel, indicators: Floats, dimensions: Floats) -> Floats:
    """Share of the spread of totals that each indicator makes under other weights."""
    applied = applied_weights(model, indicators, dimensions)
    # Who has no weight left has no total.
    rows = applied.sum(axis=1) > 0
    applied, points = applied[rows], model.points[rows]
    total = (applied * points).sum(axis=1)
    gap = total - total.mean() if len(total) else total
    spread = float(gap @ gap)
    if not spread > max(len(gap) - 1, 1) * TIE**2:
        return np.full(len(model.indicators), np.nan)
    return np.asarray((applied * (points - total.mean())).T @ gap / spread)


def _consequence(stated: Floats, totals: Floats, boundaries: Floats) -> tuple[float, ...]:
    """Compare new totals with the stated ones: the columns from `spearman` on."""
    there = ~np.isnan(totals)
    lost = int((~there).sum())
    if not there.any():
        return np.nan, np.nan, np.nan, np.nan, 0, lost
    before, after = rank_rows(np.vstack([stated[there], totals[there]]))
    moved = np.abs(after - before)
    rho = float(spearman(-np.column_stack([before, after]).astype(float)).coefficient[0, 1])
    changes = grade_places(totals[there], boundaries) != grade_places(stated[there], boundaries)
    n_changes = float(changes.sum()) if len(boundaries) else np.nan
    return rho, float(moved.mean()), float(moved.max()), n_changes, int(there.sum()), lost
