"""Who answers for a result, and by when it is due."""

from __future__ import annotations

import pandas as pd

from kpianalysis.scoring import Scorecard

# From the least to the most specific, as everywhere in a plan.
CLASSES: tuple[tuple[str, ...], ...] = ((), ("role_id",), ("subject_id",), ("subject_id", "role_id"))


def with_owner(rows: pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Add owner_id and due: the plan's, the more specific first; else the indicator's owner and no date.

    Parameters
    ----------
    rows : DataFrame
        subject_id, role_id, indicator_id.
    card : Scorecard

    Returns
    -------
    DataFrame
        The rows with owner_id (text, missing: nobody is named) and due (date).
    """
    # Ids in bulk are mapped by their categories.
    owner = rows["indicator_id"].map(card.indicators.set_index("indicator_id")["owner_id"].to_dict()).astype("object")
    due = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
    if card.plan.empty:
        return rows.assign(owner_id=owner.astype("str"), due=due)
    keys = {name: rows[name].astype("object") for name in ("subject_id", "role_id", "indicator_id")}
    plan = card.plan.astype(dict.fromkeys(("subject_id", "role_id", "indicator_id", "owner_id"), "object"))
    named = plan[["subject_id", "role_id"]].notna()
    for given in CLASSES:
        mine = plan[(named["subject_id"] == ("subject_id" in given)) & (named["role_id"] == ("role_id" in given))]
        if mine.empty:
            continue
        names = ["indicator_id", *given]
        stated = mine.groupby(names)[["owner_id", "due"]].last()
        found = stated.reindex(_index([keys[name] for name in names], names))
        owner = owner.mask(found["owner_id"].notna().to_numpy(), found["owner_id"].to_numpy())
        due = due.mask(found["due"].notna().to_numpy(), found["due"].to_numpy())
    return rows.assign(owner_id=owner.astype("str"), due=due)


def _index(keys: list[pd.Series], names: list[str]) -> pd.Index:
    return pd.Index(keys[0], name=names[0]) if len(keys) == 1 else pd.MultiIndex.from_arrays(keys, names=names)
