"""What each weight really does: its item's share of the spread of totals, measured in four ways, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.importance.importance_measures import MEASURES, measure, resample, spread_of
from kpianalysis.analyses.weights.weight_model import WeightModel, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide
from kpianalysis.scoring.totals import TIE

# An effective weight outside these multiples of the nominal one does not do what it says.
LEAST, MOST = 0.5, 2.0
# With fewer subjects resamples are much the same, and would look more certain than they are.
LEAST_SUBJECTS = 5
COLUMNS = [
    *("item_id", "weight"),
    *(f"{name}{end}" for name in ("effective_weight", "ratio", *MEASURES[1:]) for end in ("", "_low", "_high")),
    *("shapley_se", "n_groups", "flag", "flag_sure", "n_subjects", "draws", "confidence"),
]
MORE, LESS, AGAINST = "more than it says", "less than it says", "against the others"


def effective_weights(card: Scorecard, level: str = "indicator") -> pd.DataFrame:
    """Compare what each weight says with the share of the spread of totals it really makes.

    Parameters
    ----------
    card : Scorecard
    level : {"indicator", "dimension"}

    Returns
    -------
    DataFrame
        One row per item, the largest ratio first: item_id, weight (nominal, mean over subjects, fraction),
        effective_weight (fraction; can be negative), ratio (effective over nominal).

    Notes
    -----
    The applied weights w of a subject sum to 1, so its weighted total lies Σ wᵢ·(sᵢ − m) from the mean total m. An
    item's share is the covariance of its part with the total, over the total's variance; the shares sum to 1, and a
    missing score pulls neither way. With the same weights for everybody and no missing score this is
    w·cov(s, total)/var(total). Missing when all totals are equal. Source: docs/method.md, "Effective weight".
    """
    rows = card.scores[card.scores["kind"] == "scored"]
    item = rows[f"{level}_id"]
    catalogue = card.indicators if level == "indicator" else card.dimensions
    total = card.totals.set_index("subject_id")["weighted_total"]
    deviation = (total - total.mean()).reindex(rows["subject_id"]).to_numpy()
    score = rows["score"].fillna(0.0) if card.missing == "zero" else rows["score"]
    part = (rows["applied_weight"] * (score - total.mean())).to_numpy()
    product = pd.Series(np.nan_to_num(part) * np.nan_to_num(deviation))
    n = int(total.notna().sum())
    covariance = product.groupby(item.to_numpy(), observed=True).sum() / max(n - 1, 1)
    nominal = rows.groupby(f"{level}_id", observed=True)["nominal_weight"].sum() / max(len(card.totals), 1)
    answer = pd.DataFrame({"weight": nominal, "effective_weight": covariance})
    answer = answer.reindex([name for name in catalogue[f"{level}_id"] if name in nominal.index])
    variance = total.var()
    answer["effective_weight"] = answer["effective_weight"] / variance if variance > TIE**2 else np.nan
    answer["ratio"] = divide(answer["effective_weight"].to_numpy(), answer["weight"].to_numpy())
    answer = answer.rename_axis("item_id").reset_index()
    return answer.sort_values("ratio", ascending=False, kind="stable").reset_index(drop=True)


def importance(
    card: Scorecard, level: str = "indicator", draws: int = 1_000, seed: int = 0, confidence: float = 0.95
) -> pd.DataFrame:
    """Measure what each weight really does in four ways, with the interval that chance in the subjects leaves.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    level : {"indicator", "dimension"}
    draws : int
        Resamples of the subjects; 0: no intervals.
    seed : int
        Of the resamples, and of the orders of the items where the Shapley share is sampled.
    confidence : float
        Share of the resamples between the ends of an interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per item, the largest ratio first: item_id; weight (nominal); effective_weight; ratio;
        squared_correlation, correlation_ratio and shapley (fractions), each with `_low` and `_high`; shapley_se
        (standard error from the drawn orders, 0 where exact); n_groups (of the correlation ratio); flag ("more than it
        says", "less than it says", "against the others" or blank) and flag_sure (its interval is beyond that line too);
        n_subjects, draws, confidence.

    Raises
    ------
    KpiError
        If there is no such level, or draws or confidence is out of range.

    Notes
    -----
    Effective weight and Shapley share split the spread of totals among the items' parts, applied weight times the
    distance of the score from the mean total: they sum to 1 also where weights differ between subjects or scores are
    missing, and a missing one pulls neither way. The other two ask how much of that spread the item's score tells, as
    a straight line and in any shape; who has no score tells nothing. An item that never varies has 0. Missing when all
    totals are equal; the correlation ratio with fewer than ten scores, intervals with fewer than five subjects.
    Source: docs/method.md, "Importance".
    """
    _refuse_unfit(level, draws, confidence)
    model = weight_model(card)
    items, share, scores = item_shares(model, level, applied_weights(model))
    points = share * np.nan_to_num(scores)
    # From one fixed point, the mean total, so that the parts add up to the distance from it.
    parts = points - share * (points.sum(axis=1).mean() if len(points) else 0.0)
    spread = spread_of(parts, scores)
    orders_rng, rows_rng = np.random.default_rng(seed).spawn(2)
    point, error, orders = measure(spread, orders_rng)
    drawn = resample(spread, point, orders, draws, rows_rng)
    columns: dict[str, Floats] = {}
    for name in MEASURES:
        low, high = _interval(drawn[name], confidence, len(parts))
        columns |= {name: point[name], f"{name}_low": low, f"{name}_high": high}
    columns |= {"shapley_se": error, "n_groups": np.diff(np.append(spread.first, spread.n_groups))}
    answer = effective_weights(card, level)[["item_id", "weight"]].merge(
        pd.DataFrame({"item_id": items, **columns}), on="item_id", validate="1:1"
    )
    answer = _with_flags(answer).assign(n_subjects=len(parts), draws=draws, confidence=confidence)[COLUMNS]
    return answer.sort_values("ratio", ascending=False, kind="stable").reset_index(drop=True)


def _interval(drawn: Floats, confidence: float, n: int) -> tuple[Floats, Floats]:
    """Ends between which the middle share of the resamples lies; missing with too few subjects to resample."""
    if not len(drawn) or n < LEAST_SUBJECTS:
        return np.full(drawn.shape[1], np.nan), np.full(drawn.shape[1], np.nan)
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, (tail, 1 - tail), axis=0)
    return low, high


def _with_flags(answer: pd.DataFrame) -> pd.DataFrame:
    """Add ratio and interval, the flag, and whether the interval bears it out."""
    for end in ("", "_low", "_high"):
        answer[f"ratio{end}"] = divide(answer[f"effective_weight{end}"].to_numpy(), answer["weight"].to_numpy())
    ratio, low, high = answer["ratio"], answer["ratio_low"], answer["ratio_high"]
    flag = np.select([ratio > MOST, ratio < 0, ratio < LEAST], [MORE, AGAINST, LESS], "")
    sure = np.select([ratio > MOST, ratio < 0, ratio < LEAST], [low > MOST, high < 0, high < LEAST], False)
    return answer.assign(flag=flag, flag_sure=sure)


def _refuse_unfit(level: str, draws: int, confidence: float) -> None:
    problems = []
    if level not in ("indicator", "dimension"):
        problems.append(f"level: {level!r} is not one. Use 'indicator' or 'dimension'.")
    if draws < 0:
        problems.append(f"draws: {draws} is negative. Use 0 for no intervals, or 1000.")
    if not 0 < confidence < 1:
        problems.append(f"confidence: {confidence} is no share between 0 and 1. Use 0.95 for 95 %.")
    if problems:
        raise KpiError("\n".join(problems))


def applied_weights(model: WeightModel, indicators: Floats | None = None, dimensions: Floats | None = None) -> Floats:
    """Share of each score in its subject's total, by the scheme's own policy for missing scores.

    Parameters
    ----------
    model : WeightModel
    indicators : array of float, shape (m,), optional
    dimensions : array of float, shape (d,), optional
        Multipliers of the stated weights; none: the stated ones.

    Returns
    -------
    array of float, shape (n, m)
        Each row sums to 1, or to 0 where no weight is left.
    """
    weight = model.weights if indicators is None else model.weights * indicators
    belongs = np.equal.outer(model.dimension_of, np.arange(len(model.dimensions))).astype(float)
    sums = weight @ belongs
    share = np.where(sums > 0, model.dimension_weights, 0.0) * (1.0 if dimensions is None else dimensions)
    share = np.nan_to_num(divide(share, share.sum(axis=1, keepdims=True)))
    applied: Floats = weight * np.nan_to_num(divide(share, sums))[:, model.dimension_of]
    return applied


def item_shares(model: WeightModel, level: str, applied: Floats) -> tuple[list[str], Floats, Floats]:
    """Gather applied weights and scores by item: the indicators themselves, or the dimensions.

    Returns
    -------
    items : list of str
        m indicators, or dimensions with a scored one, in the scheme's order.
    share : array of float, shape (n, m)
        Of the item in the subject's total.
    score : array of float, shape (n, m)
        Points; missing where the share is 0.
    """
    items, share, points = model.indicators, applied, applied * model.points
    if level == "dimension":
        used, place = np.unique(model.dimension_of, return_inverse=True)
        items = [model.dimensions[d] for d in used]
        belongs = np.equal.outer(place, np.arange(len(items))).astype(float)
        share, points = share @ belongs, points @ belongs
    return items, share, divide(points, share)
