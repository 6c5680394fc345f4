"""From indicator scores to dimension scores to totals, and the share of weight each rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.scoring.inputs import Floats, divide


def combine_scores(scores: pd.DataFrame, dimensions: pd.DataFrame, missing: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Combine indicator scores into dimension scores, and weigh each row.

    Parameters
    ----------
    scores : DataFrame
        One row per subject × indicator: subject_id, dimension_id (categories), kind, score (points, may be missing),
        weight (within its dimension).
    dimensions : DataFrame
        One row per dimension: dimension_id, weight (blank: the sum of its indicators' weights), min_indicators.
    missing : {"redistribute", "zero", "refuse"}
        What a missing score does: its weight goes to the others, it counts as 0, or the subject has no total.

    Returns
    -------
    scores : DataFrame
        The rows with two columns more, both fractions of 1: `nominal_weight`, the share of the total the row has if
        nothing is missing, and `applied_weight`, the share it has as things are; Σ applied_weight·score is the total.
    dimension_scores : DataFrame
        One row per subject × dimension it has indicators in: score (points), weight (nominal share of the total),
        applied_weight, n_scored, n_indicators.

    Notes
    -----
    D = Σ wᵢ·sᵢ / Σ wᵢ over the scored indicators of a dimension, if at least `min_indicators` have a score; no
    minimum holds where a missing score counts as 0. Source: docs/method.md, "From scores to total".
    """
    subject, dimension = (
        scores["subject_id"].cat.codes.to_numpy(),
        scores["dimension_id"].cat.codes.to_numpy(),
    )
    n_dimensions = len(scores["dimension_id"].cat.categories)
    cell = subject.astype(np.int64) * n_dimensions + dimension
    counts = (scores["kind"] == "scored").to_numpy()
    raw = scores["score"].to_numpy()
    scored = counts & ~np.isnan(raw)
    weight = np.where(counts, scores["weight"].to_numpy(), 0.0)
    used = counts if missing == "zero" else scored
    size = len(scores["subject_id"].cat.categories) * n_dimensions

    def per_cell(values: Floats) -> Floats:
        return np.bincount(cell, values, minlength=size).astype(float)

    weight_all, weight_used = per_cell(weight), per_cell(weight * used)
    points = per_cell(weight * used * np.nan_to_num(raw))
    rules = dimensions.set_index("dimension_id").loc[list(scores["dimension_id"].cat.categories)]
    n_scored, n_all = per_cell(scored.astype(float)), per_cell(counts.astype(float))
    enough = (n_scored >= np.tile(rules["min_indicators"].to_numpy(), size // n_dimensions)) | (missing == "zero")
    valid = enough & (weight_used > 0)
    if missing == "refuse":
        valid &= per_cell((weight > 0) & ~scored) == 0
    stated = np.tile(rules["weight"].to_numpy(), size // n_dimensions)
    dimension_weight = np.where(n_all > 0, np.where(np.isnan(stated), weight_all, stated), 0.0)
    dimension_weight = np.where(weight_all > 0, dimension_weight, 0.0)

    nominal = _shares(dimension_weight, n_dimensions)
    applied = _shares(np.where(valid, dimension_weight, 0.0), n_dimensions)
    if missing == "refuse":
        # Without a total nothing carries weight in it.
        lacking = (~valid & (dimension_weight > 0)).reshape(-1, n_dimensions).any(axis=1)
        applied = np.where(np.repeat(lacking, n_dimensions), 0.0, applied)
    weighed = scores.assign(
        nominal_weight=nominal[cell] * divide(weight, weight_all[cell]),
        applied_weight=applied[cell] * divide(weight * used, weight_used[cell]),
    ).fillna({"nominal_weight": 0.0, "applied_weight": 0.0})
    there = n_all > 0
    return weighed, pd.DataFrame(
        {
            "subject_id": _from_codes(scores["subject_id"], np.arange(size) // n_dimensions)[there],
            "dimension_id": _from_codes(scores["dimension_id"], np.arange(size) % n_dimensions)[there],
            "score": np.where(valid, divide(points, weight_used), np.nan)[there],
            "weight": nominal[there],
            "applied_weight": applied[there],
            "n_scored": n_scored[there].astype(int),
            "n_indicators": n_all[there].astype(int),
        }
    )


def combine_dimensions(dimension_scores: pd.DataFrame, missing: str) -> pd.DataFrame:
    """Combine dimension scores into one weighted total for each subject.

    Parameters
    ----------
    dimension_scores : DataFrame
        One row per subject × dimension: subject_id (category), score (points, may be missing), weight.
    missing : {"redistribute", "zero", "refuse"}

    Returns
    -------
    DataFrame
        One row per subject: subject_id, weighted_total (points; missing where nothing or, under "refuse", not
        everything is scored).

    Notes
    -----
    Σ W_d·D_d / Σ W_d over the dimensions with a score. Source: docs/method.md, "From scores to total".
    """
    subject = dimension_scores["subject_id"].cat.codes.to_numpy()
    score, weight = dimension_scores["score"].to_numpy(), dimension_scores["weight"].to_numpy()
    n = len(dimension_scores["subject_id"].cat.categories)
    there = ~np.isnan(score)
    used = there | (missing == "zero")
    points = np.bincount(subject, weight * used * np.nan_to_num(score), minlength=n).astype(float)
    total = divide(points, np.bincount(subject, weight * used, minlength=n).astype(float))
    if missing == "refuse":
        total = np.where(np.bincount(subject, (~there & (weight > 0)).astype(float), minlength=n) > 0, np.nan, total)
    return pd.DataFrame(
        {"subject_id": _from_codes(dimension_scores["subject_id"], np.arange(n)), "weighted_total": total}
    )


def _shares(weights: Floats, n_dimensions: int) -> Floats:
    """Scale the weights of each subject's dimensions to sum to 1; all zero stays zero."""
    table = weights.reshape(-1, n_dimensions)
    return np.nan_to_num(divide(table, table.sum(axis=1, keepdims=True))).ravel()


def _from_codes(like: pd.Series, codes: np.ndarray) -> pd.Categorical:
    categories: pd.Index = like.cat.categories
    return pd.Categorical.from_codes(codes, categories)
