"""Which gaps come first, who answers for them, and what is within reach: reached by peers, or by oneself before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.gaps.levels import range_ends
from kpianalysis.analyses.gaps.missed import costly_gaps
from kpianalysis.analyses.gaps.owners import with_owner
from kpianalysis.analyses.gaps.peers import ENOUGH_PEERS, peer_places, places_of
from kpianalysis.analyses.gaps.percentages import with_gap_units
from kpianalysis.analyses.gaps.rescoring import scores_at
from kpianalysis.dataset import Dataset
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.attainment import gap

BY_PEERS, BEFORE, BY_FEW = "achieved by peers", "achieved before", "achieved by few peers"
NOBODY, UNKNOWN, NO_TARGET = "nobody yet", "cannot tell", "no target"
VERDICTS = (BY_PEERS, BEFORE, BY_FEW, NOBODY, UNKNOWN, NO_TARGET)
COLUMNS = [
    *("subject_id", "unit_id", "role_id", "indicator_id", "actual", "target", "gap", "gap_unit", "gap_pp"),
    *("attainment", "score", "lost_points", "closing_points", "n_peers", "n_peers_met", "peer_level", "own_best"),
    *("own_best_cycle", "level", "reach_points", "verdict", "owner_id", "due"),
]


def within_reach(card: Scorecard, history: Sequence[Scorecard] = (), data: Dataset | None = None) -> pd.DataFrame:
    """List every gap that costs points with what closing it would bring and what is within reach; the biggest first.

    Parameters
    ----------
    card : Scorecard
        The whole, also for a unit's page: peers are those of the whole; show `whole.for_unit(unit).keep(answer)`.
    history : sequence of Scorecard
        Earlier cycles, `score_history`; the card's own cycle among them is passed over.
    data : Dataset, optional
        Where the card comes from. Without it no other actual can be scored, and what is within reach has no points.

    Returns
    -------
    DataFrame
        One row per subject × scored indicator worse than its target or, without a target, below 100 points, that costs
        points: subject_id, unit_id, role_id, indicator_id, actual, target, gap (negative), gap_unit, gap_pp,
        attainment, score, lost_points (applied weight × (100 − score)), closing_points (of the total, what the target
        would bring; without a target, full marks), n_peers (others of the role), n_peers_met, peer_level (reached or
        beaten by a quarter of them), own_best and own_best_cycle (the best of earlier cycles), level (within reach: the
        better of the two, neither below today's nor beyond the target), reach_points (what it would bring), verdict,
        owner_id, due. Values in the indicator's unit; missing where nobody can tell. By falling closing_points.

    Notes
    -----
    The verdict is about the target: `VERDICTS`. Source: docs/method.md, "Within reach".
    """
    rows = costly_gaps(card)
    rows = rows.assign(**range_ends(rows, card, data))
    rows = rows.assign(place=places_of(rows), towards=_towards(rows)).join(peer_places(card.scores))
    rows = rows.join(_own_best(rows, card, history))
    goal = _goal(rows)
    rows = rows.assign(goal=goal, goal_place=places_of(rows.assign(actual=goal, gap=rows["gap"] * 0.0)))
    rows = rows.assign(best_place=_best_place(rows), peer_level=_in_unit(rows, rows["peer_place"]))
    rows = rows.assign(level=_in_unit(rows, rows["best_place"]), verdict=_verdicts(rows))
    # The very number, not one that differs in its last digit.
    rows = rows.assign(level=rows["level"].mask(rows["best_place"] == rows["goal_place"], rows["goal"]))
    rows = with_gap_units(with_owner(rows.assign(**_points(rows, card, data)), card), card)
    rows = rows.astype(dict.fromkeys(("subject_id", "indicator_id"), "str"))
    first = rows["closing_points"].fillna(rows["lost_points"])
    order = np.lexsort((-rows["lost_points"].to_numpy(), -first.to_numpy()))
    return rows[COLUMNS].iloc[order].reset_index(drop=True)


def _towards(rows: pd.DataFrame) -> np.ndarray:
    """Which way is better for this row: 1 up, -1 down; missing outside of which end of an interval it is not known."""
    below, above = rows["actual"] < rows["range_low"], rows["actual"] > rows["range_high"]
    inwards = np.select([below, above], [1.0, -1.0], np.nan)
    plain = np.where(rows["direction"] == "lower", -1.0, 1.0)
    return np.where(rows["direction"] == "range", inwards, plain)


def _own_best(rows: pd.DataFrame, card: Scorecard, history: Sequence[Scorecard]) -> pd.DataFrame:
    """Find the best that each row's subject reached in earlier cycles, measured and scored the same way."""
    best = pd.DataFrame({"own_best": np.nan, "own_best_cycle": "", "own_place": np.nan}, index=rows.index)
    best = best.astype({"own_best_cycle": "object"})
    keys = pd.MultiIndex.from_arrays([rows["subject_id"].astype("str"), rows["indicator_id"].astype("str")])
    for then in history:
        earlier = _comparable(then, card) if then.cycle != card.cycle else rows.iloc[:0]
        if earlier.empty:
            continue
        index = pd.MultiIndex.from_arrays([earlier["subject_id"].astype("str"), earlier["indicator_id"].astype("str")])
        actual = pd.Series(earlier["actual"].to_numpy(), index).reindex(keys).to_numpy()
        distance = gap(actual, actual, rows["range_low"].to_numpy(), rows["range_high"].to_numpy(), "range")
        place = places_of(rows.assign(actual=actual, gap=distance))
        better = place.notna() & ~(place <= best["own_place"])
        best.loc[better, "own_best"] = actual[better.to_numpy()]
        best.loc[better, "own_best_cycle"] = then.cycle
        best.loc[better, "own_place"] = place[better]
    return best


def _comparable(then: Scorecard, card: Scorecard) -> pd.DataFrame:
    """Scored rows of an earlier cycle whose indicators had the same unit of measure, direction and method."""
    same = ["indicator_id", "unit", "direction", "method"]
    kept = then.indicators[same].merge(card.indicators[same])["indicator_id"]
    return then.scores[then.scores["indicator_id"].isin(kept) & then.scores["score"].notna()]


def _goal(rows: pd.DataFrame) -> pd.Series:
    """The target in the indicator's unit, of an interval its nearer end; missing without one."""
    end = np.where(rows["actual"] < rows["range_low"], rows["range_low"], rows["range_high"])
    return rows["target"].where(rows["direction"] != "range", pd.Series(end, rows.index))


def _best_place(rows: pd.DataFrame) -> pd.Series:
    """The better of what peers and oneself reached, neither below today's nor beyond the target."""
    reached = rows[["peer_place", "own_place"]].max(axis=1)
    held = reached.clip(lower=rows["place"])
    return held.mask(reached >= rows["goal_place"], rows["goal_place"])


def _in_unit(rows: pd.DataFrame, place: pd.Series) -> pd.Series:
    """Turn places back into the indicator's unit: on an interval, from today's actual towards its nearer end."""
    from_today = rows["actual"] + rows["towards"] * (place - rows["place"])
    return (rows["towards"] * place).where(rows["direction"] != "range", from_today)


def _verdicts(rows: pd.DataFrame) -> np.ndarray:
    """Say of every target who has reached it: the first answer that holds."""
    enough = rows["n_peers"] >= ENOUGH_PEERS
    answers = {
        NO_TARGET: rows["gap"].isna(),
        BY_PEERS: enough & (rows["n_peers_met"] >= rows["needed"]),
        BEFORE: rows["own_place"] >= rows["goal_place"],
        BY_FEW: enough & (rows["n_peers_met"] > 0),
        NOBODY: enough,
    }
    return np.select(list(answers.values()), list(answers), UNKNOWN)


def _points(rows: pd.DataFrame, card: Scorecard, data: Dataset | None) -> dict[str, pd.Series]:
    """Points of the total that the target and the level within reach would bring."""
    columns = ["goal", "level"]
    if data is None:
        scores = pd.DataFrame(np.nan, index=rows.index, columns=columns)
    else:
        scores = scores_at(data, card.cycle, rows, columns)
    has_target = rows["gap"].notna()
    # Without a target the gap ends at full marks, and so does what is within reach.
    scores["goal"] = scores["goal"].where(has_target, 100.0)
    scores["level"] = scores["level"].where(has_target, scores["level"].clip(upper=100.0))
    gained = scores.sub(rows["score"], axis=0).mul(rows["applied_weight"], axis=0)
    return {"closing_points": gained["goal"], "reach_points": gained["level"]}
