"""Whether the indicators of a dimension measure one thing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.analyses.correlation.kept import keep_together
from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.analyses.redundancy.alpha import alpha_interval, alpha_of, covariance_of, item_rest, p_of, standardise
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats

# α from which on indicators are said to measure one thing, and the mean correlation that takes: with many indicators
# α is large also where each two have little in common.
ONE_THING, TOGETHER = 0.7, 0.3
ONE, DIFFERENT, UNCLEAR = "one thing", "different things", "unclear"


def reliability(scores: pd.DataFrame, values: str = "score", confidence: float = 0.95) -> pd.DataFrame:
    """Say how far the indicators of each dimension, and of the whole, measure one thing (Cronbach's α).

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}
    confidence : float
        Of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per dimension with a score, then one for all indicators together: level ("dimension" or "all"),
        dimension_id (blank for all), n_items, n_left_out, n (subjects that have all of these), n_subjects (that have
        any indicator of the dimension), alpha, alpha_low, alpha_high, alpha_standardised, mean_correlation (of two
        indicators of the dimension, Pearson), reading ("one thing": the whole interval from 0.7 on, and a mean
        correlation from 0.3 on; "different things": the whole interval below 0.7; "unclear"; blank below 20 subjects
        and without an interval), confidence. Indicators that never vary, or that fewer than half of
        these subjects have, are left out. α is missing with fewer than two indicators or three subjects, and where
        the indicators cancel each other out; its interval below 5 subjects.

    Raises
    ------
    KpiError
        If there are no such values, or confidence is no share.

    Notes
    -----
    α = k/(k − 1)·(1 − sum of variances/variance of the sum), below 0 where indicators go against each other. The
    interval is that of the jackknife of ln(1 − α), with Student's t: it needs neither normal scores nor equal spreads.
    Source: docs/method.md, "Reliability".
    """
    if not 0 < confidence < 1:
        raise KpiError(f"confidence: {confidence} is no share between 0 and 1. Use 0.95 for 95 %.")
    wide = wide_values(scores, values)
    rows = [_reliability_of(wide[items], "dimension", name, confidence) for name, items in _dimensions(scores, wide)]
    if rows:
        rows.append(_reliability_of(wide, "all", "", confidence))
    columns = [
        *("level", "dimension_id", "n_items", "n_left_out", "n", "n_subjects"),
        *("alpha", "alpha_low", "alpha_high", "alpha_standardised", "mean_correlation"),
    ]
    answer = pd.DataFrame(rows, columns=columns)
    return answer.assign(reading=_reading(answer), confidence=confidence)


def _reading(answer: pd.DataFrame) -> NDArray[np.str_]:
    """Put each interval into words."""
    one = (answer["alpha_low"] >= ONE_THING) & (answer["mean_correlation"] >= TOGETHER)
    told = answer["alpha_low"].notna() & (answer["n"] >= ENOUGH)
    return np.select([~told, one, answer["alpha_high"] < ONE_THING], ["", ONE, DIFFERENT], UNCLEAR)


def item_reliability(scores: pd.DataFrame, values: str = "score") -> pd.DataFrame:
    """Say how each indicator goes with the others of its dimension, and with all others.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per indicator, by dimension: dimension_id, indicator_id, n (subjects with all of the dimension), alpha
        (of the dimension), alpha_without (of the dimension without this one) with its 95 % interval alpha_without_low
        and alpha_without_high, alpha_standardised_without, reading_without (as in `reliability`, of the others),
        item_rest (correlation with the sum of the others of the dimension), item_rest_p, n_all (subjects with all
        indicators), item_rest_all (with the sum of all others). Missing where an indicator takes no part, and α without
        one where fewer than two are left.

    Raises
    ------
    KpiError
        If there are no such values.

    Notes
    -----
    "Corrected": the indicator itself is not in the sum. Source: docs/method.md, "Reliability".
    """
    wide = wide_values(scores, values)
    together = keep_together(wide).table
    with_all = pd.Series(item_rest(covariance_of(together.to_numpy())), index=together.columns)
    parts = []
    for dimension, items in _dimensions(scores, wide):
        part = _items_of(wide[items])
        parts.append(part.assign(dimension_id=dimension, n_all=len(together), item_rest_all=with_all.reindex(items)))
    columns = [
        *("dimension_id", "indicator_id", "n", "alpha", "alpha_without", "alpha_without_low", "alpha_without_high"),
        *("alpha_standardised_without", "reading_without", "item_rest", "item_rest_p", "n_all", "item_rest_all"),
    ]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts).rename_axis("indicator_id").reset_index()[columns]


def _reliability_of(wide: pd.DataFrame, level: str, dimension: str, confidence: float) -> tuple[object, ...]:
    kept = keep_together(wide)
    n, k = kept.table.shape
    counts = (k, len(kept.left_out), n, kept.n_subjects)
    return level, dimension, *counts, *_alpha_of(kept.table.to_numpy(), confidence)


def _alpha_of(table: Floats, confidence: float) -> tuple[float, ...]:
    """α, both ends of its interval, α standardised, and the mean correlation."""
    k = table.shape[1]
    covariance = covariance_of(table)
    correlation = standardise(covariance)
    mean = float(correlation[~np.eye(k, dtype=bool)].mean()) if k > 1 else np.nan
    return alpha_of(covariance), *alpha_interval(table, confidence), alpha_of(correlation), mean


def _items_of(wide: pd.DataFrame) -> pd.DataFrame:
    """Columns of `item_reliability` of one dimension, by indicator."""
    table = keep_together(wide).table
    n, k = table.shape
    covariance = covariance_of(table.to_numpy())
    rest = item_rest(covariance)
    without = [_alpha_of(table.drop(columns=[name]).to_numpy(), 0.95) for name in table.columns] if k > 1 else []
    columns = ["alpha", "alpha_low", "alpha_high", "alpha_standardised", "mean_correlation"]
    left = pd.DataFrame(without, columns=columns, index=table.columns[: len(without)], dtype=float).assign(n=n)
    answer = left.rename(columns=lambda name: f"{name}_without" if name in ("alpha", "alpha_standardised") else name)
    answer = answer.rename(columns={"alpha_low": "alpha_without_low", "alpha_high": "alpha_without_high"})
    answer = answer.assign(reading_without=_reading(left)).reindex(wide.columns)
    own = pd.DataFrame({"item_rest": rest, "item_rest_p": p_of(rest, n)}, index=table.columns).reindex(wide.columns)
    return answer.assign(
        n=n,
        alpha=alpha_of(covariance),
        reading_without=answer["reading_without"].fillna(""),
        item_rest=own["item_rest"],
        item_rest_p=own["item_rest_p"],
    )


def _dimensions(scores: pd.DataFrame, wide: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Dimensions in their order, each with its indicators that have a score."""
    owner = scores.drop_duplicates("indicator_id").set_index("indicator_id")["dimension_id"].reindex(wide.columns)
    found = [(str(name), list(owner.index[owner == name])) for name in scores["dimension_id"].cat.categories]
    return [(name, items) for name, items in found if items]
