"""What is within reach: levels peers and oneself have shown, and points by the scheme's own methods."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis import Scorecard
from kpianalysis.analyses.gaps import reach as verdicts
from kpianalysis.analyses.gaps.actions import COLUMNS as ACTION_COLUMNS
from kpianalysis.analyses.gaps.actions import action_list
from kpianalysis.analyses.gaps.owners import with_owner
from kpianalysis.analyses.gaps.peers import peer_places
from kpianalysis.analyses.gaps.reach import COLUMNS, within_reach
from kpianalysis.errors import KpiError
from tests.builders import Row, actual_rows, make_card, make_data
from tests.cards import QUARTERS, dataset, operations, random_card

SUBJECTS = [{"subject_id": f"S{i}", "unit_id": "north" if i < 4 else "south", "role_id": "r"} for i in range(8)]
SCALES = [
    {"indicator_id": i, "value": v, "score": s} for i in ("scale", "step") for v, s in ((0, 0), (50, 60), (100, 110))
]
# One indicator for each method whose points hang on its own actual alone.
LEVELS: dict[str, Row] = {
    "ratio": {"target": 100},
    "deviation": {"target": 40, "direction": "lower"},
    "baseline": {"baseline": 20, "target": 90},
    "anchors": {"threshold": 40, "target": 80, "stretch": 100},
    "scale": {"target": 90},
    "step": {"target": 50},
    "band": {"range_low": 45, "range_high": 55, "floor": 0, "cap": 120, "direction": "range"},
    "binary": {"target": 70},
    "given": {},
    "achievement_improvement": {"threshold": 30, "target": 95, "baseline": 35},
}


def _values(place: int) -> dict[str, float]:
    return {f"S{k}": 12.0 + (37 * (k + 1) * (place + 2)) % 97 for k in range(8)}


def _every_method(replaced: dict[tuple[str, str], float]) -> dict[str, list[Row]]:
    """The tables of a scheme with all these methods; some actuals replaced, by subject and indicator."""
    plan, indicators, actuals = [], [], []
    for place, (method, levels) in enumerate(LEVELS.items()):
        more = {"cap": 130} if method in ("ratio", "baseline") else {}
        direction = levels.get("direction", "higher")
        indicators.append(
            {"indicator_id": method, "method": method, "direction": direction, "weight": 1 + place, **more}
        )
        plan.append({"indicator_id": method, **{k: v for k, v in levels.items() if k != "direction"}})
        actuals += actual_rows({s: replaced.get((s, method), v) for s, v in _values(place).items()}, method)
    return {"subjects": SUBJECTS, "indicators": indicators, "plan": plan, "actuals": actuals, "scales": SCALES}


def _goal(row: pd.Series) -> float:
    if row["indicator_id"] == "band":
        return 45.0 if row["actual"] < 45 else 55.0
    return 100.0 if row["indicator_id"] == "given" else float(row["target"])


@pytest.mark.parametrize("column", ["closing_points", "reach_points"])
def test_points_are_those_a_rescored_card_would_give(column):
    """Every gap of ten methods replaced at once: cell by cell and in the total."""
    data = make_data(check=False, **_every_method({}))
    card = kpi.score(data)
    rows = within_reach(card, data=data)
    assert set(rows["indicator_id"]) == set(LEVELS)
    assert (rows["reach_points"] > 0).groupby(rows["indicator_id"]).any().all()
    keys = list(zip(rows["subject_id"], rows["indicator_id"], strict=True))
    other = rows["level"] if column == "reach_points" else rows.apply(_goal, axis=1)
    then = make_card(check=False, **_every_method(dict(zip(keys, other, strict=True))))
    scored = then.scores.set_index(["subject_id", "indicator_id"])
    gained = scored["applied_weight"] * (scored["score"] - card.scores["score"].to_numpy())
    np.testing.assert_allclose(rows[column], gained.loc[keys], atol=1e-9)
    totals = [made.totals.set_index("subject_id")["weighted_total"] for made in (card, then)]
    sums = rows.groupby("subject_id")[column].sum()
    np.testing.assert_allclose(sums, (totals[1] - totals[0]).loc[sums.index], atol=1e-9)
    assert (rows["reach_points"] <= rows["closing_points"] + 1e-9).all()


def test_where_points_hang_on_others_nobody_can_tell():
    indicators = [{"indicator_id": "I", "method": "rank_band"}]
    actuals = actual_rows({f"S{k}": 10.0 + k for k in range(8)})
    data = make_data(subjects=SUBJECTS, indicators=indicators, plan=None, actuals=actuals)
    rows = within_reach(kpi.score(data), data=data)
    assert rows["reach_points"].isna().all()
    assert (rows["closing_points"] == rows["lost_points"]).all()


def test_a_level_is_within_reach_once_a_quarter_of_the_others_have_it():
    """Eight others: two are a quarter, so the second best of them counts, not the best."""
    subjects = [{"subject_id": f"S{k}", "role_id": "r"} for k in range(9)]
    actuals = actual_rows({f"S{k}": value for k, value in enumerate((99, 95, 90, 80, 70, 60, 50, 40, 30))})
    data = make_data(subjects=subjects, actuals=actuals)
    rows = within_reach(kpi.score(data), data=data).set_index("subject_id")
    assert rows.loc["S8", ["n_peers", "n_peers_met", "peer_level", "level"]].tolist() == [8, 0, 95.0, 95.0]
    assert rows.loc["S8", "reach_points"] == pytest.approx(65.0)
    # The two best have others before them of whom the second best is worse: nothing beyond today's.
    assert rows.loc["S0", ["peer_level", "level", "reach_points"]].tolist() == [90.0, 99.0, 0.0]
    assert rows.loc["S1", ["peer_level", "level", "reach_points"]].tolist() == [90.0, 95.0, 0.0]
    assert (rows["verdict"] == verdicts.NOBODY).all()


def _brute_force(scores: pd.DataFrame, at: int) -> tuple[int, float]:
    """The same by its words: sort the others of the role, take the one a quarter down."""
    row = scores.iloc[at]
    sign = -1.0 if row["direction"] == "lower" else 1.0
    role = scores["role_id"].isna() if pd.isna(row["role_id"]) else scores["role_id"] == row["role_id"]
    others = scores[role & (scores["indicator_id"] == row["indicator_id"]) & scores["score"].notna()]
    places = sorted((sign * others.drop(scores.index[at])["actual"]).tolist(), reverse=True)
    needed = int(np.ceil(len(places) / 4))
    return len(places), places[needed - 1] if len(places) >= 5 else np.nan


def test_peers_are_counted_as_the_words_say():
    rng = np.random.default_rng(5)
    subjects = [{"subject_id": f"S{k:02d}", "role_id": ("a", "b", None)[k % 3]} for k in range(25)]
    indicators = [{"indicator_id": "I"}, {"indicator_id": "J", "direction": "lower"}]
    # Few values, so that there are ties on every boundary.
    actuals = [
        row for i in ("I", "J") for row in actual_rows({f"S{k:02d}": float(rng.integers(80, 99)) for k in range(25)}, i)
    ]
    plan = [{"indicator_id": "I", "target": 100}, {"indicator_id": "J", "target": 70}]
    card = make_card(subjects=subjects, indicators=indicators, plan=plan, actuals=actuals)
    answer = peer_places(card.scores)
    expected = [_brute_force(card.scores, at) for at in range(len(card.scores))]
    assert answer["n_peers"].tolist() == [n for n, _place in expected]
    np.testing.assert_allclose(answer["peer_place"], [place for _n, place in expected])


def test_where_targets_differ_attainment_is_compared():
    """Part-timers with half the target have half the level within reach."""
    subjects = [{"subject_id": f"S{k}", "role_id": "r"} for k in range(6)]
    plan = [{"target": 100}, {"subject_id": "S0", "target": 50}]
    actuals = actual_rows({"S0": 30, "S1": 90, "S2": 80, "S3": 70, "S4": 60, "S5": 50})
    data = make_data(subjects=subjects, plan=plan, actuals=actuals)
    rows = within_reach(kpi.score(data), data=data).set_index("subject_id")
    assert rows.loc["S0", "level"] == pytest.approx(0.8 * 50)
    assert rows.loc["S5", "level"] == pytest.approx(80)


def test_four_others_are_too_few_to_tell():
    subjects = [{"subject_id": f"S{k}", "role_id": "r"} for k in range(5)]
    data = make_data(subjects=subjects, actuals=actual_rows({f"S{k}": 90.0 - k for k in range(5)}))
    rows = within_reach(kpi.score(data), data=data)
    assert (rows["verdict"] == verdicts.UNKNOWN).all()
    assert rows[["peer_level", "level", "reach_points"]].isna().all(axis=None)


CYCLES = [
    {"cycle_id": "2023Q4", "start": "2023-10-01", "end": "2023-12-31"},
    {"cycle_id": "2024Q1", "previous_cycle_id": "2023Q4"},
]


@pytest.mark.parametrize(
    ("then", "changed", "verdict", "level"),
    [
        (70.0, {}, verdicts.UNKNOWN, 70.0),
        (100.0, {}, verdicts.BEFORE, 100.0),
        (120.0, {}, verdicts.BEFORE, 100.0),
        (40.0, {}, verdicts.UNKNOWN, 50.0),
        (120.0, {"unit": "thousands"}, verdicts.UNKNOWN, np.nan),
        (120.0, {"method": "binary"}, verdicts.UNKNOWN, np.nan),
        (120.0, {"direction": "lower"}, verdicts.UNKNOWN, np.nan),
    ],
)
def test_what_oneself_reached_before_counts_if_it_was_measured_the_same_way(then, changed, verdict, level):
    indicators = [{"cycle_id": "2023Q4", **changed}, {"cycle_id": "2024Q1"}]
    actuals = [*actual_rows({"A": 50}), *actual_rows({"A": then}, cycle_id="2023Q4")]
    data = make_data(cycles=CYCLES, indicators=indicators, actuals=actuals)
    row = within_reach(kpi.score(data), kpi.score_history(data), data).iloc[0]
    assert row["verdict"] == verdict
    assert row["level"] == pytest.approx(level, nan_ok=True)
    assert row["own_best_cycle"] == ("" if changed else "2023Q4")


@pytest.mark.parametrize(("then", "level"), [(8.0, 10.0), (11.0, 11.0), (15.0, 14.0)])
def test_less_is_better_the_other_way_round(then, level):
    indicators = [{"direction": "lower"}]
    actuals = [*actual_rows({"A": 14}), *actual_rows({"A": then}, cycle_id="2023Q4")]
    data = make_data(cycles=CYCLES, indicators=indicators, plan=[{"target": 10}], actuals=actuals)
    assert within_reach(kpi.score(data), kpi.score_history(data), data).iloc[0]["level"] == level


@pytest.mark.parametrize(("now", "then", "level"), [(4, 8, 8), (4, 11, 10), (18, 14, 14), (18, 7, 15), (18, 19, 18)])
def test_on_an_interval_its_nearer_end_is_the_goal(now, then, level):
    indicators = [{"direction": "range", "method": "band"}]
    plan = [{"range_low": 10, "range_high": 12, "floor": 0, "cap": 20}]
    actuals = [*actual_rows({"A": now}), *actual_rows({"A": then}, cycle_id="2023Q4")]
    data = make_data(cycles=CYCLES, indicators=indicators, plan=plan, actuals=actuals)
    assert within_reach(kpi.score(data), kpi.score_history(data), data).iloc[0]["level"] == pytest.approx(level)


def test_in_other_units_the_points_are_the_same():
    rows = []
    for f in (1.0, 1024.0):
        actuals = actual_rows({f"S{k}": f * (60.0 + 4 * k) for k in range(8)})
        data = make_data(subjects=SUBJECTS, plan=[{"target": 90 * f}], actuals=actuals)
        rows.append(within_reach(kpi.score(data), data=data))
    same = ["subject_id", "lost_points", "closing_points", "reach_points", "verdict", "n_peers", "n_peers_met"]
    pd.testing.assert_frame_equal(rows[0][same], rows[1][same], rtol=1e-9)


def test_gaps_and_lost_points_are_those_of_the_list_of_gaps():
    keys = ["subject_id", "indicator_id"]
    for card in (operations("2024Q4"), random_card(2, "zero")):
        ours, listed = within_reach(card), kpi.gaps(card)
        listed = listed.astype(dict.fromkeys(keys, "str")).sort_values(keys).reset_index(drop=True)
        ours = ours.sort_values(keys).reset_index(drop=True)
        pd.testing.assert_frame_equal(ours[[*keys, "lost_points"]], listed[[*keys, "lost_points"]], check_dtype=False)


@cache
def _reached(cycle: str) -> tuple[Scorecard, pd.DataFrame]:
    """A quarter of data/operations and what is within reach there, with every quarter before it."""
    history = [operations(name) for name in (*(f"2023Q{k}" for k in range(1, 5)), *QUARTERS) if name <= cycle]
    data = replace(dataset("operations"), cycle=cycle)
    return history[-1], within_reach(history[-1], history, data)


@pytest.mark.parametrize("cycle", QUARTERS)
def test_only_the_planted_target_is_one_that_nobody_reaches(cycle):
    """Fault 4 of data/operations: nobody can reach the target of complaint_rate. No other indicator looks like that."""
    card, rows = _reached(cycle)
    actions = action_list(rows, card)
    nobody = actions[
        (actions["n_nobody"] > 0) & (actions["n_by_peers"] + actions["n_by_few"] + actions["n_before"] == 0)
    ]
    assert nobody["indicator_id"].tolist() == ["complaint_rate"]
    assert int(nobody["n"].iloc[0]) == 48
    assert rows["reach_points"].sum() < rows["closing_points"].sum()


def test_actions_add_up_to_the_gaps():
    card, rows = _reached("2024Q4")
    n = card.totals["total"].notna().sum()
    for by in ("", "unit_id", "role_id"):
        actions = action_list(rows, card, by)
        assert actions["n"].sum() == len(rows)
        counts = ["n_by_peers", "n_before", "n_by_few", "n_nobody", "n_no_target"]
        assert actions[counts].sum().sum() == (rows["verdict"] != verdicts.UNKNOWN).sum()
    whole = action_list(rows, card)
    assert (whole["lost_points"] * n).sum() == pytest.approx(rows["lost_points"].sum())
    assert whole["closing_points"].is_monotonic_decreasing
    assert set(whole["owner_id"]) == {"E01", "E13", "E25", "E37"}


def test_the_owner_is_the_one_the_most_specific_plan_row_names():
    plan: list[Row] = [
        {"target": 100, "owner_id": "A", "due": "2024-04-01"},
        {"role_id": "r", "owner_id": "B"},
        {"subject_id": "C", "owner_id": "C", "due": "2024-05-01"},
        {"subject_id": "C", "role_id": "r", "due": "2024-06-01"},
    ]
    subjects = [{"subject_id": "A"}, {"subject_id": "B", "role_id": "r"}, {"subject_id": "C", "role_id": "r"}]
    indicators: list[Row] = [{"owner_id": "B"}, {"indicator_id": "J", "method": "given", "owner_id": "B"}]
    actuals = [*actual_rows(dict.fromkeys("ABC", 50.0)), *actual_rows({"A": 50.0}, "J")]
    card = make_card(subjects=subjects, indicators=indicators, plan=plan, actuals=actuals)
    rows = within_reach(card).set_index(["subject_id", "indicator_id"]).sort_index()
    assert rows.loc["A", "owner_id"].to_dict() == {"I": "A", "J": "B"}
    assert rows["owner_id"].drop(("A", "J")).tolist() == ["A", "B", "C"]
    due = rows["due"].dt.strftime("%Y-%m-%d").fillna("")
    assert due.drop(("A", "J")).tolist() == ["2024-04-01", "2024-04-01", "2024-06-01"]
    assert due[("A", "J")] == ""
    actions = action_list(rows.reset_index(), card).set_index("indicator_id")
    assert actions.loc["I", ["owner_id", "n_owners"]].tolist() == ["A", 3]
    assert actions.loc["I", "due"] == pd.Timestamp("2024-04-01")


def test_the_owner_is_that_of_the_list_of_gaps():
    card = operations("2024Q4")
    again = with_owner(card.scores, card)
    assert again["owner_id"].notna().all()


def test_columns_are_the_same_when_there_is_nothing_to_say():
    card = make_card(actuals=actual_rows({"A": 120}))
    rows = within_reach(card)
    assert rows.columns.tolist() == COLUMNS
    assert rows.empty
    actions = action_list(rows, card)
    assert actions.columns.tolist() == ACTION_COLUMNS
    assert actions.empty


def test_a_page_of_a_unit_shows_its_own_people_and_peers_of_the_whole():
    whole = operations("2024Q4")
    east = whole.for_unit("east")
    rows = within_reach(whole)
    kept = east.keep(rows)
    assert set(kept["subject_id"]) <= set(east.subjects["subject_id"])
    assert kept["n_peers"].max() == 33
    assert within_reach(east)["n_peers"].max() < 12
    assert action_list(kept, east)["n"].sum() == len(kept)


def test_inputs_are_left_as_they_were():
    data = replace(dataset("operations"), cycle="2024Q1")
    card, history = operations("2024Q1"), (operations("2023Q4"),)
    scores, earlier, plan = card.scores.copy(), history[0].scores.copy(), data.tables["plan"].copy()
    rows = within_reach(card, history, data)
    before = rows.copy()
    action_list(rows, card, "unit_id")
    pd.testing.assert_frame_equal(card.scores, scores)
    pd.testing.assert_frame_equal(history[0].scores, earlier)
    pd.testing.assert_frame_equal(data.tables["plan"], plan)
    pd.testing.assert_frame_equal(rows, before)


def test_an_unknown_grouping_is_refused_by_name():
    with pytest.raises(KpiError, match=r"'subject_id'.*'unit_id'"):
        action_list(within_reach(operations()), operations(), "subject_id")


def test_without_a_target_nothing_beyond_full_marks_counts():
    indicators = [{"method": "given"}]
    actuals = [*actual_rows({"A": 80}), *actual_rows({"A": 120}, cycle_id="2023Q4")]
    data = make_data(cycles=CYCLES, indicators=indicators, plan=None, actuals=actuals)
    row = within_reach(kpi.score(data), kpi.score_history(data), data).iloc[0]
    assert (row["verdict"], row["level"]) == (verdicts.NO_TARGET, 120.0)
    assert (row["closing_points"], row["reach_points"]) == (20.0, 20.0)


def test_todays_own_cycle_is_no_history():
    card = make_card()
    assert within_reach(card, (card,))["own_best"].isna().all()
