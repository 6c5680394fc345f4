"""What would change without an indicator, and how good its data are: all of them at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.data_limits import indicator_limits
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.analyses.importance.importance import effective_weights
from kpianalysis.analyses.weights.leave_out import leave_one_out, left_out_ranks
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import divide


def drop_consequences(card: Scorecard, inflation: pd.DataFrame) -> pd.DataFrame:
    """What would change without each scored indicator, in the order of the catalogue.

    Parameters
    ----------
    card : Scorecard
    inflation : DataFrame
        `variance_inflation`.

    Returns
    -------
    DataFrame
        indicator_id, weight, mean_shift, most_shift, n_grade_changes, n_without_total, spearman, grades_changed,
        information_lost, empties_dimension, n_subjects: see `drop_candidates`.
    """
    nominal = effective_weights(card).astype({"item_id": "str"}).set_index("item_id")["weight"]
    shifts = leave_one_out(card).set_index("item_id").reindex(nominal.index)
    ranks = left_out_ranks(card)
    unexplained = 1 - inflation.astype({"indicator_id": "str"}).set_index("indicator_id")["r_squared"]
    n = len(ranks) // max(len(nominal), 1)
    of = (
        card.indicators.astype({"indicator_id": "str"}).set_index("indicator_id")["dimension_id"].reindex(nominal.index)
    )
    with_weight = (nominal > 0).groupby(of.to_numpy()).transform("sum") - (nominal > 0)
    table = pd.DataFrame({"indicator_id": nominal.index.astype("str"), "weight": nominal.to_numpy()})
    names = ["mean_shift", "most_shift", "n_grade_changes", "n_without_total"]
    return table.assign(
        **{name: shifts[name].to_numpy(dtype=float) for name in names},
        spearman=_order_kept(ranks).reindex(nominal.index).to_numpy(dtype=float),
        grades_changed=divide(shifts["n_grade_changes"].to_numpy(float), n - shifts["n_without_total"].to_numpy(float)),
        information_lost=unexplained.reindex(nominal.index).to_numpy(dtype=float),
        empties_dimension=(with_weight == 0).to_numpy(),
        n_subjects=n,
    )


def _order_kept(ranks: pd.DataFrame) -> pd.Series:
    """Rank correlation of the totals without each item with the full ones, ties at their mean rank."""
    items = ranks["item_id"].unique()
    shape = (len(items), len(ranks) // max(len(items), 1))
    before, after = (
        # One column an item; ranking places again gives ties their mean.
        pd.DataFrame(ranks[name].to_numpy().reshape(shape).T).rank()
        for name in ("stated_rank", "rank")
    )
    before, after = before - before.mean(), after - after.mean()
    length = ((before**2).sum() * (after**2).sum()).to_numpy() ** 0.5
    return pd.Series(divide((before * after).sum().to_numpy(), length), index=items, dtype=float)


def data_quality(card: Scorecard) -> pd.DataFrame:
    """How good the scores of each indicator are.

    Returns
    -------
    DataFrame
        `indicator_limits`, and width (of the middle nine tenths of the scores, over the median of all indicators).
    """
    limits = indicator_limits(card.scores).astype({"indicator_id": "str"})
    wide = wide_values(card.scores)
    low, high = wide.quantile([0.05, 0.95]).to_numpy()
    width = pd.Series(high - low, index=wide.columns.astype("str"))
    relative = width / width.median() if len(width) and width.median() > 0 else width * np.nan
    return limits.assign(width=limits["indicator_id"].map(relative).astype(float))
