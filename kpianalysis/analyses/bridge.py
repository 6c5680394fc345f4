"""What moved the totals since the cycle before: scores, weights, or indicators that came and went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, Mask

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
    (s̄ − m)·Δw (weights), bars being midpoints and m the mean of the subject's two weighted totals. An indicator scored
    in one cycle only gives or takes w·(s − m) (items). The rest is bonus and veto. Source: docs/method.md, "Bridge".
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
    sides = both_sides(now, before)
    rows, columns = np.nonzero(sides.counted_now | sides.counted_before)
    points = {kind: found[rows, columns] for kind, (found, _where) in sides.parts().items()}
    return pd.DataFrame(
        {
            "subject_id": sides.subjects[rows],
            "indicator_id": sides.indicators[columns],
            "from_scores": points["scores"],
            "from_weights": points["weights"],
            "from_items": points["came"] + points["went"],
        }
    )


@dataclass(frozen=True)
class Sides:
    """What counted in the totals of two cycles, for the n subjects with a total in both, by m indicators.

    Attributes
    ----------
    subjects, indicators : Index of str
        Sorted ids.
    score_now, score_before : array of float, shape (n, m)
        Points; 0 where the indicator did not count, and under the policy "zero" where it was missing.
    weight_now, weight_before : array of float, shape (n, m)
        Applied weights, fractions that sum to 1 for each subject; 0 where the indicator did not count.
    middle : array of float, shape (n, 1)
        Mean of a subject's two totals before bonus and veto.
    """

    subjects: pd.Index
    indicators: pd.Index
    score_now: Floats
    weight_now: Floats
    score_before: Floats
    weight_before: Floats
    middle: Floats

    @property
    def counted_now(self) -> Mask:
        """Where an indicator counted in this cycle."""
        return self.weight_now > 0

    @property
    def counted_before(self) -> Mask:
        """Where it counted in the cycle before."""
        return self.weight_before > 0

    def parts(self) -> dict[str, tuple[Floats, Mask]]:
        """Split the change of each weighted total by indicator: scores, weights, came, went.

        Returns
        -------
        dict of kind to (points, where there are any), arrays of shape (n, m)
            The points are 0 elsewhere; all of a subject's add up to the change of its weighted total.
        """
        both = self.counted_now & self.counted_before
        mean_score = (self.score_now + self.score_before) / 2
        mean_weight = (self.weight_now + self.weight_before) / 2
        parts = {
            "scores": (mean_weight * (self.score_now - self.score_before), both),
            "weights": ((mean_score - self.middle) * (self.weight_now - self.weight_before), both),
            "came": (self.weight_now * (self.score_now - self.middle), self.counted_now & ~both),
            "went": (-self.weight_before * (self.score_before - self.middle), self.counted_before & ~both),
        }
        return {kind: (np.where(where, points, 0.0), where) for kind, (points, where) in parts.items()}


def both_sides(now: Scorecard, before: Scorecard) -> Sides:
    """Lay out scores and applied weights of two cycles beside each other.

    Parameters
    ----------
    now, before : Scorecard
        Subjects with a total in one of them only are left out.
    """
    totals = _both_totals(now, before).sort_index()
    subjects = totals.index
    weighted = [totals[f"total_{side}"] - totals[f"extra_{side}"] for side in ("now", "before")]
    counted = [card.scores[card.scores["applied_weight"] > 0] for card in (now, before)]
    indicators = pd.Index(sorted({str(name) for rows in counted for name in rows["indicator_id"].unique()}))
    arrays = []
    for rows in counted:
        at = (_places(rows["subject_id"], subjects), _places(rows["indicator_id"], indicators))
        # Under the policy "zero" a missing score counts as 0.
        for values in (rows["score"].fillna(0.0), rows["applied_weight"]):
            table = np.zeros((len(subjects) + 1, len(indicators)))
            # Place -1, somebody without a total in both, is the last row and is dropped.
            table[at] = values.to_numpy()
            arrays.append(table[:-1])
    middle = (weighted[0] + weighted[1]).to_numpy()[:, None] / 2
    score_now, weight_now, score_before, weight_before = arrays
    return Sides(subjects, indicators, score_now, weight_now, score_before, weight_before, middle)


def _places(ids: pd.Series, known: pd.Index) -> np.ndarray:
    """Place of each id among those known, -1 for others."""
    found: np.ndarray = known.get_indexer(ids.cat.categories.astype("str"))[ids.cat.codes.to_numpy()]
    return found
