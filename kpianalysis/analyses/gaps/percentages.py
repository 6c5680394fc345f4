"""Which indicators are percentages: their gaps are percentage points, never a percent of a percent."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from kpianalysis.scoring import Scorecard

PERCENT = re.compile(r"(%|％|pct|percent(age)?|per cent|百分比)(\W.*)?", re.IGNORECASE)
SHARE = re.compile(r"(share|proportion|fraction)(\W.*)?", re.IGNORECASE)
POINTS = "pp"


def is_share(unit: str) -> bool:
    """Tell from its name whether a unit of measure is a share of 1.

    Examples
    --------
    >>> is_share("share of orders"), is_share("percent"), is_share("shares traded")
    (True, False, False)
    """
    return SHARE.fullmatch(unit.strip()) is not None


def percentage_factors(card: Scorecard) -> pd.Series:
    """Give what a difference of two values is multiplied by to be in percentage points.

    Parameters
    ----------
    card : Scorecard

    Returns
    -------
    Series of float, index indicator_id
        1 for a unit such as "%" or "percent", 100 for one such as "share of orders" or "proportion" whose actuals and
        targets all lie from 0 to 1; missing for every other unit.

    Notes
    -----
    Only the name of the unit of measure tells. Source: docs/method.md, "Gaps".
    """
    values = card.scores[["actual", "target"]]
    outside = ((values < 0) | (values > 1)).any(axis=1)
    too_wide = set(card.scores.loc[outside, "indicator_id"].unique())
    unit = card.indicators.set_index("indicator_id")["unit"].fillna("").str.strip()
    is_share = unit.str.fullmatch(SHARE) & ~unit.index.isin(too_wide)
    factors = np.where(unit.str.fullmatch(PERCENT), 1.0, np.where(is_share, 100.0, np.nan))
    return pd.Series(factors, index=unit.index.astype("str"))


def with_gap_units(rows: pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Add gap_pp (percentage points; missing unless the unit is a percentage) and gap_unit ("pp" or the unit)."""
    # Ids that are categories are looked up once each.
    factor = rows["indicator_id"].map(percentage_factors(card)).astype("float64")
    unit = rows["indicator_id"].map(card.indicators.set_index("indicator_id")["unit"]).astype("object").fillna("")
    return rows.assign(gap_pp=rows["gap"] * factor, gap_unit=unit.mask(factor.notna(), POINTS))
