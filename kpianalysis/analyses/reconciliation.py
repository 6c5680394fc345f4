"""Do our numbers equal the published ones? How many agree, and which do not."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.combine import combine_dimensions, combine_scores

FROM_ACTUALS, FROM_INDICATORS, FROM_DIMENSIONS = (
    "actuals",
    "published indicator scores",
    "published dimension scores",
)


def reconcile(card: Scorecard, tolerance: float = 1e-6) -> pd.DataFrame:
    """Count how many of our scores equal the published ones, step by step from actual to total.

    Parameters
    ----------
    card : Scorecard
        With a `published` table; without one the answer is empty.
    tolerance : float
        Largest difference, in points, that still counts as equal.

    Returns
    -------
    DataFrame
        One row per check: level (indicator, dimension, total), item (scoring method or dimension_id), start (what we
        computed from), n (compared), n_equal, largest_difference (points).

    Notes
    -----
    Computing a total from published parts tells an error in the parts from one in their combination. Indicators
    with the method `given` are left out: they agree by construction. Source: docs/method.md, "Reconciliation".
    """
    pairs = [
        compared.assign(start=start)
        for start, compared in (
            (FROM_ACTUALS, _compare_indicators(card)),
            (FROM_ACTUALS, _compare_dimensions(card)),
            (FROM_DIMENSIONS, _totals_from_dimensions(card)),
            (FROM_INDICATORS, _totals_from_indicators(card)),
            (
                FROM_ACTUALS,
                _compare(card.totals.rename(columns={"total": "ours"}), _published(card, "total"), ""),
            ),
        )
    ]
    every = pd.concat(pairs, ignore_index=True)
    difference = (every["ours"] - every["published"]).abs()
    every = every.assign(difference=difference, equal=difference <= tolerance)
    groups = every.groupby(["level", "item", "start"], sort=False)
    answer = groups.agg(n=("equal", "size"), n_equal=("equal", "sum"), largest_difference=("difference", "max"))
    return answer.reset_index()


def disagreements(card: Scorecard, tolerance: float = 1e-6) -> pd.DataFrame:
    """List every score and total that differs from the published one, or that only one side has.

    Parameters
    ----------
    card : Scorecard
    tolerance : float
        Largest difference, in points, that still counts as equal.

    Returns
    -------
    DataFrame
        subject_id, level, item_id (blank for totals), ours, published, difference (ours − published); points.
    """
    every = pd.concat([_every_total(card), _compare_indicators(card)], ignore_index=True)
    every = every.assign(difference=every["ours"] - every["published"])
    differs = ~(every["difference"].abs() <= tolerance)
    columns = ["subject_id", "level", "item_id", "ours", "published", "difference"]
    return every.loc[differs, columns].reset_index(drop=True)


def _published(card: Scorecard, level: str) -> pd.DataFrame:
    rows = card.published[card.published["level"] == level]
    text = {"subject_id": rows["subject_id"].astype("str"), "item_id": rows["item_id"].astype("str")}
    return rows.assign(**text)[["subject_id", "item_id", "score"]].rename(columns={"score": "published"})


def _compare(ours: pd.DataFrame, published: pd.DataFrame, item: str, level: str = "total") -> pd.DataFrame:
    left = ours.assign(subject_id=ours["subject_id"].astype("str"))[["subject_id", "ours"]]
    joined = published.merge(left, on="subject_id", how="left")
    return joined.assign(level=level, item=item)


def _every_total(card: Scorecard) -> pd.DataFrame:
    """Our totals beside the published ones, where either side has one; nothing if no total was published."""
    published = _published(card, "total").assign(item_id="")
    ours = card.totals[["subject_id", "total"]].dropna().rename(columns={"total": "ours"})
    how: Literal["outer", "left"] = "outer" if len(published) else "left"
    joined = published.merge(ours.assign(subject_id=ours["subject_id"].astype("str")), on="subject_id", how=how)
    return joined.assign(level="total", item_id="")


def _indicator_pairs(card: Scorecard) -> pd.DataFrame:
    """Every score beside the published one, in the order of `card.scores`."""
    keys = pd.DataFrame(
        {"subject_id": card.scores["subject_id"].astype("str"), "item_id": card.scores["indicator_id"].astype("str")}
    )
    return keys.merge(_published(card, "indicator"), on=["subject_id", "item_id"], how="left")


def _compare_indicators(card: Scorecard) -> pd.DataFrame:
    pairs = _indicator_pairs(card).assign(ours=card.scores["score"].to_numpy())
    method = pairs["item_id"].map(card.indicators.set_index("indicator_id")["method"])
    either = pairs["ours"].notna() | pairs["published"].notna()
    compared = either & (method != "given") & pairs["item_id"].isin(_items(card, "indicator"))
    return pairs.assign(level="indicator", item=method)[compared]


def _compare_dimensions(card: Scorecard) -> pd.DataFrame:
    ours = card.dimension_scores
    left = pd.DataFrame(
        {
            "subject_id": ours["subject_id"].astype("str"),
            "item_id": ours["dimension_id"].astype("str"),
            "ours": ours["score"],
        }
    )
    joined = left.merge(_published(card, "dimension"), on=["subject_id", "item_id"], how="left")
    either = joined["ours"].notna() | joined["published"].notna()
    return joined.assign(level="dimension", item=joined["item_id"])[
        either & joined["item_id"].isin(_items(card, "dimension"))
    ]


def _items(card: Scorecard, level: str) -> list[str]:
    """Name the items that were published at all: the others have nothing to be compared with."""
    return list(_published(card, level)["item_id"].unique())


def _totals_from_dimensions(card: Scorecard) -> pd.DataFrame:
    """Totals made from published dimension scores with our weights."""
    ours = card.dimension_scores
    keys = pd.DataFrame({"subject_id": ours["subject_id"].astype("str"), "item_id": ours["dimension_id"].astype("str")})
    published = keys.merge(_published(card, "dimension"), on=["subject_id", "item_id"], how="left")["published"]
    return _finish(card, ours.assign(score=published.to_numpy()), bool(published.notna().any()))


def _totals_from_indicators(card: Scorecard) -> pd.DataFrame:
    """Totals made from published indicator scores with our weights."""
    published = _indicator_pairs(card)["published"].to_numpy()
    rows = card.scores.drop(columns=["nominal_weight", "applied_weight"]).assign(score=published)
    return _finish(card, combine_scores(rows, card.dimensions, card.missing)[1], bool((~np.isnan(published)).any()))


def _finish(card: Scorecard, dimension_scores: pd.DataFrame, available: bool) -> pd.DataFrame:
    totals = combine_dimensions(dimension_scores, card.missing).rename(columns={"weighted_total": "ours"})
    extra = card.totals.set_index("subject_id")
    ours = totals.set_index("subject_id")["ours"] + extra["bonus"]
    ours = ours.where(~(ours > extra["veto_cap"]), extra["veto_cap"])
    published = _published(card, "total")
    return _compare(ours.rename("ours").reset_index(), published if available else published.iloc[:0], "")
