"""Sentences about uncertain weights: which of them make ranks uncertain, and which hardly matter."""

from __future__ import annotations

import pandas as pd

from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import first_items, share

# A weight that makes less than this share of the spread of ranks hardly matters.
IDLE = 0.05
# As many items are named in a sentence.
MOST_NAMED = 3


def largest(indices: pd.DataFrame, half_width: float, names: Names) -> str:
    """Name the weight whose uncertainty makes most of the uncertainty of the ranks.

    Parameters
    ----------
    indices : DataFrame
        `sobol_indices` of the ranks.
    half_width : float
        As given to it.
    names : Names
    """
    _ = translator(names.lang)
    known = indices.dropna(subset=["total"])
    if known.empty:
        return _("No weight that could vary moves any rank.")
    first = known.iloc[0]
    text = _(
        "If every weight may be off by ± {width}, {first} of the spread of ranks comes from the weight of '{name}' by "
        "itself ({low} to {high}), and {total} with its part in the interplay."
    )
    return text.format(
        width=share(half_width, names.lang),
        name=names.item(first["item_id"]),
        first=share(first["first"], names.lang),
        low=share(first["first_low"], names.lang),
        high=share(first["first_high"], names.lang),
        total=share(first["total"], names.lang),
    )


def idle(indices: pd.DataFrame, names: Names) -> str:
    """Say which weights could be anything within their range without anybody noticing; blank where there are none.

    Parameters
    ----------
    indices : DataFrame
        `sobol_indices` of the ranks.
    names : Names
    """
    _ = translator(names.lang)
    quiet = indices[indices["total_high"] < IDLE]
    if quiet.empty:
        return ""
    text = _("Within that range the weights of {named} hardly matter: each makes less than {limit} of the spread.")
    return text.format(named=first_items(quiet["item_id"], MOST_NAMED, names), limit=share(IDLE, names.lang))


def indices_alt(indices: pd.DataFrame, half_width: float, names: Names) -> str:
    """Describe the points and intervals of uncertain weights."""
    _ = translator(names.lang)
    return (
        _("Share of the spread of ranks that each uncertain weight makes, with its interval.")
        + " "
        + largest(indices, half_width, names)
    )
