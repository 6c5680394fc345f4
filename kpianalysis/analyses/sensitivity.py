"""What the weights really do, and how far ranks and grades depend on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.weight_model import WeightModel, draw_multipliers, rank_rows, weight_model
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, divide
from kpianalysis.scoring.totals import grade_places

# Ranks kept in memory at once: subjects × draws. Beyond it fewer draws are made, and the answer says how many.
MOST_RANKS = 200_000_000


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
    answer["effective_weight"] = answer["effective_weight"] / variance if variance > 0 else np.nan
    answer["ratio"] = divide(answer["effective_weight"].to_numpy(), answer["weight"].to_numpy())
    answer = answer.rename_axis("item_id").reset_index()
    return answer.sort_values("ratio", ascending=False, kind="stable").reset_index(drop=True)


def rank_intervals(card: Scorecard, draws: int = 10_000, seed: int = 0, spread: float = 0.25) -> pd.DataFrame:
    """Draw weights around the stated ones and see how far ranks move and grades change.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    draws : int
        Sets of weights.
    seed : int
    spread : float
        Relative standard deviation of an average weight: 0.25 means ± 25 %.

    Returns
    -------
    DataFrame
        One row per subject with a total, best rank first: subject_id, unit_id, total, rank, rank_low, rank_median,
        rank_high (5 %, 50 %, 95 % of the draws), grade, p_grade_changes (share of draws with another grade; missing
        without grades), draws (made).

    Notes
    -----
    This is uncertainty from the weights alone, not from chance in the actuals. Source: docs/method.md, "Weight draws".
    """
    model = weight_model(card)
    made = min(draws, max(1, MOST_RANKS // max(len(model.subjects), 1)))
    ranks = np.empty((made, len(model.subjects)), dtype=np.int32)
    boundaries = np.sort(card.grades["min_score"].to_numpy(dtype=float))
    nominal = card.totals[card.totals["total"].notna()]
    stated_grade = grade_places(nominal["total"].to_numpy(), boundaries)
    changed = np.zeros(len(model.subjects))
    start = 0
    for indicators, dimensions in draw_multipliers(model, made, seed, spread):
        drawn = model.totals(indicators, dimensions)
        end = start + len(drawn)
        ranks[start:end] = rank_rows(drawn)
        if len(boundaries):
            changed += (grade_places(drawn, boundaries) != stated_grade).sum(axis=0)
        start = end
    return _describe(nominal, ranks, changed / made if len(boundaries) else np.full(len(nominal), np.nan))


def _describe(nominal: pd.DataFrame, ranks: np.ndarray, changed: Floats) -> pd.DataFrame:
    low, median, high = quantiles(ranks, (0.05, 0.5, 0.95))
    answer = nominal[["subject_id", "unit_id", "total", "rank"]].assign(
        rank_low=low,
        rank_median=median,
        rank_high=high,
        grade=nominal["grade"],
        p_grade_changes=changed,
        draws=len(ranks),
    )
    return answer.sort_values("rank", kind="stable").reset_index(drop=True)


def quantiles(values: np.ndarray, shares: Sequence[float]) -> Floats:
    """Quantiles of each column, by linear interpolation between order statistics (R type 7, numpy's default).

    Parameters
    ----------
    values : array, shape (k, n)
        Without missing values.
    shares : sequence of float
        0 to 1.

    Returns
    -------
    array of float, shape (len(shares), n)

    Examples
    --------
    >>> quantiles(np.array([[1], [2], [3], [4]]), [0.5])
    array([[2.5]])
    """
    # One partition of a contiguous copy is several times quicker than numpy.quantile along the first axis.
    places = np.asarray(shares) * (len(values) - 1)
    low, high = np.floor(places).astype(int), np.ceil(places).astype(int)
    ordered = np.partition(np.ascontiguousarray(values.T), np.unique(np.append(low, high)), axis=1)
    answer: Floats = ordered[:, low] + (places - low) * (ordered[:, high] - ordered[:, low])
    return answer.T


def leave_one_out(card: Scorecard) -> pd.DataFrame:
    """Take each indicator out in turn, its weight going to the others of its dimension.

    Parameters
    ----------
    card : Scorecard
        Of the whole.

    Returns
    -------
    DataFrame
        One row per scored indicator, the largest shift first: indicator_id, mean_shift, most_shift (mean and largest
        absolute change of rank; missing when nobody has a total without it), n_grade_changes, n_without_total
        (subjects left without any weight).
    """
    model = weight_model(card)
    boundaries = np.sort(card.grades["min_score"].to_numpy(dtype=float))
    stated = model.totals(*_ones(model))
    rows = []
    for place, indicator_id in enumerate(model.indicators):
        indicators, dimensions = _ones(model)
        indicators[0, place] = 0.0
        totals = model.totals(indicators, dimensions)
        there = ~np.isnan(totals[0])
        shift = np.abs(rank_rows(totals[:, there])[0] - rank_rows(stated[:, there])[0])
        grades = grade_places(totals[0, there], boundaries) != grade_places(stated[0, there], boundaries)
        mean, most = (shift.mean(), shift.max()) if there.any() else (np.nan, np.nan)
        rows.append((indicator_id, mean, most, int(grades.sum()), int((~there).sum())))
    columns = ["indicator_id", "mean_shift", "most_shift", "n_grade_changes", "n_without_total"]
    answer = pd.DataFrame(rows, columns=columns)
    return answer.sort_values("mean_shift", ascending=False, kind="stable").reset_index(drop=True)


def _ones(model: WeightModel) -> tuple[Floats, Floats]:
    return np.ones((1, len(model.indicators))), np.ones((1, len(model.dimensions)))
