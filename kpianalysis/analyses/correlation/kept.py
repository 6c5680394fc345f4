"""Which indicators and subjects take part where many indicators are looked at together."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from kpianalysis.analyses.alternatives.weight_formulas import has_spread

# An indicator that a smaller share of the subjects has is left out: it would cost the others too many rows.
LEAST_SHARE = 0.5


class Kept(NamedTuple):
    """What is looked at together.

    Attributes
    ----------
    table : DataFrame
        One row per subject, one column per indicator that takes part.
    n_subjects : int
        Subjects that have any of the indicators.
    left_out : tuple of str
        Indicators that take no part, in their order.
    """

    table: pd.DataFrame
    n_subjects: int
    left_out: tuple[str, ...]


def keep_together(wide: pd.DataFrame, gaps: str = "complete") -> Kept:
    """Leave out indicators that few have or that never vary, then subjects without all of the others.

    Parameters
    ----------
    wide : DataFrame
        `wide_values`.
    gaps : {"complete", "pairwise"}
        "pairwise" keeps subjects with gaps.

    Notes
    -----
    Few: fewer than half of the subjects that have any. What no longer varies once subjects are gone leaves too.

    Examples
    --------
    >>> nan = float("nan")
    >>> wide = pd.DataFrame({"a": [1.0, 2.0, nan, 4.0], "b": [2.0, 1.0, 3.0, 5.0], "rare": [nan, nan, nan, 1.0]})
    >>> kept = keep_together(wide)
    >>> list(kept.table), len(kept.table), kept.n_subjects, kept.left_out
    (['a', 'b'], 3, 4, ('rare',))
    """
    known = wide.dropna(how="all")
    table = known.loc[:, known.notna().mean() >= LEAST_SHARE]
    table = table.loc[:, has_spread(table.to_numpy())]
    table = table.dropna(how="any" if gaps == "complete" else "all")
    table = table.loc[:, has_spread(table.to_numpy())]
    return Kept(table, len(known), tuple(str(name) for name in wide.columns if name not in table.columns))
