"""The same actuals scored otherwise, and the same scores on another scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.weights.weight_model import WeightModel
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, clip


def normalise(scores: Floats, how: str) -> Floats:
    """Bring the scores of every indicator to one scale, over the subjects that have one.

    Parameters
    ----------
    scores : array of float, shape (n, m)
        Points; missing stays missing.
    how : {"stated", "min_max", "standardised", "percentile"}
        As they are; from 0, the lowest there is, to 100, the highest; every indicator with the same mean and standard
        deviation, the average ones; the share of subjects below, in per cent, ties at their middle.

    Returns
    -------
    array of float, shape (n, m)
        An indicator on which all score alike is in the middle of its scale.

    Notes
    -----
    Source: docs/method.md, "Variance shares of choices".

    Examples
    --------
    >>> scores = np.array([[60.0], [70.0], [70.0], [100.0]])
    >>> [normalise(scores, how).ravel().tolist() for how in ("min_max", "percentile")]
    [[0.0, 25.0, 25.0, 100.0], [12.5, 50.0, 50.0, 87.5]]
    """
    if how == "stated":
        return scores
    used = np.flatnonzero(~np.isnan(scores).all(axis=0))
    answer, there = np.full(scores.shape, np.nan), scores[:, used]
    if how == "min_max":
        low, width = np.nanmin(there, axis=0), np.nanmax(there, axis=0) - np.nanmin(there, axis=0)
        scaled = 100 * (there - low) / np.where(width > 0, width, 1.0)
        answer[:, used] = np.where(width > 0, scaled, np.where(np.isnan(there), np.nan, 50.0))
    elif how == "standardised":
        mean, spread = np.nanmean(there, axis=0), np.nanstd(there, axis=0)
        # The average scale of the scheme, so that points of a bonus and the cap of a veto keep their meaning.
        answer[:, used] = (
            mean.mean() + (there - mean) / np.where(spread > 0, spread, 1.0) * spread.mean() if len(used) else there
        )
    else:
        ranks = pd.DataFrame(there).rank(method="average").to_numpy()
        answer[:, used] = 100 * (ranks - 0.5) / (~np.isnan(there)).sum(axis=0)
    return answer


def scores_by_method(card: Scorecard, model: WeightModel, wanted: tuple[str, ...]) -> dict[str, Floats]:
    """Score every indicator that has a target by other methods, as far as the scorecard says what they give.

    Parameters
    ----------
    card : Scorecard
    model : WeightModel
        Of the subjects and indicators to lay out.
    wanted : tuple of {"stated", "proportion", "met"}

    Returns
    -------
    dict of level to array of float, shape (n, m)
        "stated" first; "proportion": 100 · attainment, "met": 100 or 0, both held between the indicator's floor and cap
        (blank: 0 and 100). An indicator for which a subject with a score lacks the attainment, or the gap, keeps its
        stated scores. A level that gives the stated scores again is left out.

    Notes
    -----
    Source: docs/method.md, "Variance shares of choices".
    """
    stated = _wide(card, model, "score")
    found = {"stated": stated}
    limits = card.indicators.set_index("indicator_id").loc[model.indicators, ["floor", "cap"]]
    for level in wanted[1:]:
        points = 100 * (_wide(card, model, "attainment") if level == "proportion" else _wide(card, model, "gap") >= 0)
        known = ~np.isnan(_wide(card, model, "attainment" if level == "proportion" else "gap"))
        other = stated.copy()
        for place, (floor, cap) in enumerate(limits.fillna({"floor": 0.0, "cap": 100.0}).itertuples(index=False)):
            there = ~np.isnan(stated[:, place])
            # An indicator is scored one way for everybody.
            if known[there, place].all():
                other[there, place] = clip(points[there, place], floor, cap)
        if not np.array_equal(other, stated, equal_nan=True):
            found[level] = other
    return found


def _wide(card: Scorecard, model: WeightModel, column: str) -> Floats:
    rows = card.scores[card.scores["kind"] == "scored"]
    keys = {"subject_id": rows["subject_id"].astype("str"), "indicator_id": rows["indicator_id"].astype("str")}
    table = pd.DataFrame({**keys, "value": rows[column]})
    wide = table.pivot(index="subject_id", columns="indicator_id", values="value")
    return wide.reindex(index=model.subjects, columns=model.indicators).to_numpy(dtype=np.float64)
