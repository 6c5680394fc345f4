"""What moved the totals since the cycle before: scores, weights, or indicators that came and went."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.scoring import Scorecard

PARTS = ("from_scores", "from_weights", "from_items", "from_bonus_veto")


def bridge_subjects(now: Scorecard, before: Scorecard | None) -> pd.DataFrame:
    """Split each subject's change of total into its causes; the parts add up exactly.

    Parameters
    ----------
    now, before : Scorecard
        Two cycles of the same scheme; without an earlier one the answer is empty.

    Returns
    -------
    DataFrame
        One row per subject with a total in both cycles, points: subject_id, total_before, from_scores, from_weights,
        from_items, from_bonus_veto, total_now.

    Notes
    -----
    With the applied weights w and scores s of an indicator scored in both cycles, its change is w̄·Δs (scores) plus
    s̄·Δw (weights), bars being midpoints. An indicator scored in one cycle only gives or takes w·s (items). The rest
    is bonus and veto. Source: docs/method.md, "Bridge".
    """
    if before is None:
        return pd.DataFrame(columns=["subject_id", "total_before", *PARTS, "total_now"])
    parts = _indicator_parts(now, before).groupby("subject_id", sort=False)[list(PARTS[:3])].sum()
    totals = _both_totals(now, before)
    joined = totals.join(parts)
    extra = joined["extra_now"] - joined["extra_before"]
    answer = joined.assign(from_bonus_veto=extra).reset_index()
    return answer[["subject_id", "total_before", *PARTS, "total_now"]]


def bridge_indicators(now: Scorecard, before: Scorecard | None) -> pd.DataFrame:
    """Mean contribution of each indicator to the change, over the subjects of `bridge_subjects`.

    Returns
    -------
    DataFrame
        One row per indicator, points of the mean total: indicator_id, from_scores, from_weights, from_items, change;
        the largest change of either sign first.
    """
    if before is None:
        return pd.DataFrame(columns=["indicator_id", *PARTS[:3], "change"])
    parts = _indicator_parts(now, before)
    n = parts["subject_id"].nunique()
    answer = parts.groupby("indicator_id", sort=False)[list(PARTS[:3])].sum() / max(n, 1)
    answer["change"] = answer.sum(axis=1)
    order = answer["change"].abs().sort_values(ascending=False, kind="stable").index
    return answer.loc[order].reset_index()


def joiners_and_leavers(now: Scorecard, before: Scorecard | None) -> dict[str, int]:
    """Count subjects with a total in one cycle only; they are not in the bridge.

    Returns
    -------
    dict with the keys both, joined, left
    """
    cards = (now, before)
    here, there = (set(_with_total(card)["subject_id"].astype("str")) if card else set() for card in cards)
    return {"both": len(here & there), "joined": len(here - there), "left": len(there - here)}


def _with_total(card: Scorecard) -> pd.DataFrame:
    return card.totals[card.totals["total"].notna()]


def _both_totals(now: Scorecard, before: Scorecard) -> pd.DataFrame:
    sides = []
    for card, name in ((now, "now"), (before, "before")):
        totals = _with_total(card)
        extra = totals["total"] - totals["weighted_total"]
        sides.append(
            pd.DataFrame(
                {f"total_{name}": totals["total"].to_numpy(), f"extra_{name}": extra.to_numpy()},
                index=totals["subject_id"].astype("str"),
            )
        )
    return sides[0].join(sides[1], how="inner").rename_axis("subject_id")


def _indicator_parts(now: Scorecard, before: Scorecard) -> pd.DataFrame:
    """One row per subject × indicator that counted in either cycle, for subjects with a total in both."""
    both = _both_totals(now, before).index
    sides = []
    for card in (now, before):
        rows = card.scores[card.scores["applied_weight"] > 0]
        keys = {
            "subject_id": rows["subject_id"].astype("str"),
            "indicator_id": rows["indicator_id"].astype("str"),
        }
        # Under the policy "zero" a missing score counts as 0.
        side = pd.DataFrame({**keys, "s": rows["score"].fillna(0.0), "w": rows["applied_weight"]})
        sides.append(side[side["subject_id"].isin(both)])
    joined = sides[0].merge(sides[1], on=["subject_id", "indicator_id"], how="outer", suffixes=("1", "0"))
    common = joined["s1"].notna() & joined["s0"].notna()
    scores = (joined["w1"] + joined["w0"]) / 2 * (joined["s1"] - joined["s0"])
    weights = (joined["s1"] + joined["s0"]) / 2 * (joined["w1"] - joined["w0"])
    items = (joined["s1"] * joined["w1"]).fillna(0.0) - (joined["s0"] * joined["w0"]).fillna(0.0)
    return joined[["subject_id", "indicator_id"]].assign(
        from_scores=np.where(common, scores, 0.0),
        from_weights=np.where(common, weights, 0.0),
        from_items=np.where(common, 0.0, items),
    )
