"""Totals or scores by unit or role, and how far subjects of the same group lie apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats
from kpianalysis.scoring.totals import TIE

BY = ("unit_id", "role_id")
# With fewer degrees of freedom the spread inside the groups is itself a guess.
LEAST_FREEDOM = 5
# Two groups do not tell how far groups in general lie apart.
LEAST_GROUPS = 3


@dataclass(frozen=True)
class Groups:
    """Means of k groups, and the variance of subjects inside them.

    Attributes
    ----------
    group_id : array of str, shape (k,)
        Sorted.
    n, mean : array of float, shape (k,)
        Subjects with a value, and their mean.
    variance : float
        Of subjects around the mean of their group, pooled over the groups; missing without freedom.
    freedom : int
        Subjects less groups.
    """

    group_id: np.ndarray
    n: Floats
    mean: Floats
    variance: float
    freedom: int

    @property
    def can_compare(self) -> bool:
        """Whether there are enough groups, enough subjects inside them and any spread there."""
        return len(self.n) >= LEAST_GROUPS and self.freedom >= LEAST_FREEDOM and self.variance > TIE**2


def group_values(card: Scorecard, by: str, indicator_id: str = "") -> pd.DataFrame:
    """Lay out what is compared between groups: the total of each subject, or its score on one indicator.

    Parameters
    ----------
    card : Scorecard
    by : {"unit_id", "role_id"}
    indicator_id : str
        Blank: totals.

    Returns
    -------
    DataFrame
        subject_id, group_id (text), value (points); subjects without a value or a group left out.

    Raises
    ------
    KpiError
        If there is no such grouping or indicator.
    """
    refuse_unknown_group(by)
    rows = card.totals.rename(columns={"total": "value"})
    if indicator_id:
        refuse_unknown_indicator(card, indicator_id)
        rows = card.scores[card.scores["indicator_id"] == indicator_id].rename(columns={"score": "value"})
    rows = rows[["subject_id", by, "value"]].dropna()
    rows = rows.rename(columns={by: "group_id"}).astype({"subject_id": "str", "group_id": "str"})
    return rows.reset_index(drop=True)


def refuse_unknown_group(by: str, known: tuple[str, ...] = BY) -> None:
    """Raise KpiError, naming the groupings there are, if `by` is none of them."""
    if by not in known:
        raise KpiError(f"by: {by!r} is no grouping here. Use one of: {', '.join(map(repr, known))}.")


def refuse_unknown_indicator(card: Scorecard, indicator_id: str) -> None:
    """Raise KpiError if the indicator is not in force in the card's cycle."""
    if indicator_id not in set(card.indicators["indicator_id"]):
        raise KpiError(
            f"indicator_id: {indicator_id!r} is not in force in {card.cycle}. "
            "Use an id of Scorecard.indicators, or a blank for totals."
        )


def group_means(values: pd.DataFrame) -> Groups:
    """Average the values of each group, and pool how far its subjects lie from that.

    Parameters
    ----------
    values : DataFrame
        `group_values`.
    """
    groups = values.groupby("group_id")["value"]
    n, mean = groups.size().to_numpy().astype(np.float64), groups.mean().to_numpy()
    away = (values["value"] - groups.transform("mean")).to_numpy()
    freedom = len(values) - len(n)
    variance = float(away @ away) / freedom if freedom > 0 else np.nan
    return Groups(np.array(sorted(values["group_id"].unique()), dtype=object), n, mean, variance, freedom)
