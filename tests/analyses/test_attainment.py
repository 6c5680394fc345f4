"""Who and what missed: by indicator, gap by gap, by group and grade."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpianalysis as kpi
from tests.builders import actual_rows, make_card
from tests.cards import OPERATIONS, by_subject, given_card, hospitals, operations, random_card, wide

POLICIES = ("redistribute", "zero", "refuse")


def _assert_lost_points_are_what_the_mean_lacks(card):
    weighted = card.totals.loc[card.totals["total"].notna(), "weighted_total"]
    lost = kpi.indicator_summary(card)["lost_points"]
    assert lost.sum() == pytest.approx(100 - weighted.mean(), abs=1e-9)
    assert lost.is_monotonic_decreasing


@pytest.mark.parametrize(
    ("cycle", "missing"), [*((cycle, "redistribute") for cycle in OPERATIONS), ("2024Q3", "zero"), ("2024Q3", "refuse")]
)
def test_lost_points_add_up_to_what_the_mean_weighted_total_lacks(cycle, missing):
    _assert_lost_points_are_what_the_mean_lacks(operations(cycle, missing))


def test_lost_points_add_up_for_hospitals_and_for_a_part_of_them():
    _assert_lost_points_are_what_the_mean_lacks(hospitals())
    _assert_lost_points_are_what_the_mean_lacks(hospitals().for_unit("CA"))


@pytest.mark.parametrize("missing", POLICIES)
@pytest.mark.parametrize("seed", range(2))
def test_lost_points_add_up_in_any_scheme(seed, missing):
    _assert_lost_points_are_what_the_mean_lacks(random_card(seed, missing, gaps=0.04))


def test_summary_counts_what_is_there():
    card = make_card(actuals=actual_rows({"A": 100, "B": 90, "C": "on leave"}))
    row = kpi.indicator_summary(card).set_index("indicator_id").loc["I"]
    assert (row["n"], row["n_scored"], row["n_target"], row["n_met"]) == (3, 2, 2, 1)
    assert row["share_met"] == 0.5
    assert row["attainment"] == pytest.approx(0.95)
    assert row["score"] == pytest.approx(95)


def test_equal_to_the_target_is_met_in_either_direction():
    for direction, better in (("higher", 101), ("lower", 99)):
        card = make_card(
            indicators=[{"direction": direction}], actuals=actual_rows({"A": 100, "B": better, "C": 200 - better})
        )
        assert kpi.indicator_summary(card)["n_met"].tolist() == [2]


def test_without_a_target_nothing_is_met_or_missed():
    row = kpi.indicator_summary(given_card(pd.DataFrame({"i": [50.0, 100.0]}, index=["A", "B"]))).iloc[0]
    assert (row["n_target"], row["n_met"]) == (0, 0)
    assert np.isnan(row["share_met"])


def test_nominal_weights_of_the_summary_add_up_to_one():
    for card in (operations(), hospitals()):
        assert kpi.indicator_summary(card)["nominal_weight"].sum() == pytest.approx(1)


def _expected_gaps(card):
    """Missed targets that cost something, straight from the definition."""
    rows = card.scores[(card.scores["kind"] == "scored") & card.scores["score"].notna()]
    missed = np.where(rows["gap"].notna(), rows["gap"] < 0, rows["score"] < 100)
    lost = rows["applied_weight"] * (100 - rows["score"])
    rows = rows[missed & (lost > 0)]
    return set(zip(rows["subject_id"].astype(str), rows["indicator_id"].astype(str), strict=True))


@pytest.mark.parametrize("card", [operations("2024Q1"), hospitals()], ids=["operations", "hospitals"])
def test_gaps_are_every_miss_and_only_misses_the_costliest_first(card):
    gaps = kpi.gaps(card)
    assert not (gaps["gap"] >= 0).any()
    assert (gaps["lost_points"] > 0).all()
    assert gaps["lost_points"].is_monotonic_decreasing
    pairs = set(zip(gaps["subject_id"].astype(str), gaps["indicator_id"].astype(str), strict=True))
    assert len(pairs) == len(gaps)
    assert pairs == _expected_gaps(card)


def test_a_gap_is_in_the_indicators_unit_and_negative_whichever_way_is_better():
    for direction, actual in (("higher", 90), ("lower", 110)):
        card = make_card(indicators=[{"direction": direction}], actuals=actual_rows({"A": actual}))
        gap = kpi.gaps(card).iloc[0]
        assert (gap["actual"], gap["target"], gap["gap"]) == (actual, 100, -10)


def test_who_is_on_target_has_no_gap_however_few_points_that_pays():
    card = make_card(
        indicators=[{"method": "step"}],
        plan=[{"target": 100}],
        scales=[{"value": 0, "score": 10}, {"value": 100, "score": 90}],
        actuals=actual_rows({"A": 100, "B": 99}),
    )
    assert kpi.gaps(card)["subject_id"].tolist() == ["B"]


def test_lost_points_of_a_gap_are_the_points_its_subject_lacks():
    card = random_card(5)
    lost = kpi.gaps(card).groupby("subject_id", observed=True)["lost_points"].sum()
    beyond = (wide(card.scores, "applied_weight") * (wide(card.scores, "score") - 100).clip(lower=0)).sum(axis=1)
    lacks = 100 - by_subject(card.totals, "weighted_total") + beyond
    lost.index = lost.index.astype(str)
    assert lost.to_numpy() == pytest.approx(lacks.reindex(lost.index).to_numpy())


def test_a_veto_a_bonus_and_a_monitored_indicator_are_no_gaps():
    kinds = [{"indicator_id": i, "kind": i, "direction": "higher"} for i in ("bonus", "veto", "monitor")]
    kinds[1] |= {"method": "binary"}
    card = make_card(
        indicators=[{"indicator_id": "I"}, *kinds],
        plan=[{"indicator_id": i, "target": 100} for i in ("I", "bonus", "veto", "monitor")],
        actuals=[row for i in ("I", "bonus", "veto", "monitor") for row in actual_rows({"A": 50}, i)],
    )
    assert kpi.gaps(card)["indicator_id"].tolist() == ["I"]


def test_the_more_specific_plan_row_names_owner_and_due_date():
    card = make_card(
        subjects=[{"subject_id": s, "role_id": r} for s, r in (("A", "clerk"), ("B", "clerk"), ("C", "head"))],
        indicators=[{"indicator_id": "I", "owner_id": "C"}, {"indicator_id": "J", "owner_id": "C"}],
        plan=[
            {"subject_id": "A", "owner_id": "B", "due": "2024-06-01"},
            {"role_id": "clerk", "owner_id": "A", "due": "2024-05-01"},
            {"target": 100, "owner_id": None, "due": "2024-04-01"},
            {"indicator_id": "J", "target": 100},
        ],
        actuals=[*actual_rows({"A": 10, "B": 20, "C": 30}), *actual_rows({"A": 40}, "J")],
    )
    gaps = kpi.gaps(card).set_index(["indicator_id", "subject_id"])
    owners = {subject: gaps.loc[("I", subject), "owner_id"] for subject in "ABC"}
    assert owners == {"A": "B", "B": "A", "C": "C"}
    dues = {subject: f"{gaps.loc[('I', subject), 'due']:%m}" for subject in "ABC"}
    assert dues == {"A": "06", "B": "05", "C": "04"}
    assert gaps.loc[("J", "A"), "owner_id"] == "C"
    assert pd.isna(gaps.loc[("J", "A"), "due"])


def test_data_status_counts_each_reason_once():
    card = make_card(actuals=actual_rows({"A": 100, "B": "on leave", "C": "on leave"}))
    status = kpi.data_status(card).set_index("missing_reason")
    assert status["n"].to_dict() == {"on leave": 2, "": 1}
    assert status["share"].sum() == pytest.approx(1)
    assert status.index[0] == "on leave"


def test_data_status_of_hospitals_covers_every_pair_that_counts():
    status = kpi.data_status(hospitals())
    scores = hospitals().scores
    scored = scores[scores["kind"] == "scored"]
    assert status["n"].sum() == len(scored)
    assert status.set_index("missing_reason").loc["", "n"] == scored["score"].notna().sum()
    assert status["n"].is_monotonic_decreasing


def test_group_interval_is_that_of_students_t():
    card = operations("2024Q2")
    table = kpi.group_summary(card, "unit_id").set_index("unit_id")
    assert table["mean"].is_monotonic_decreasing
    for unit, row in table.iterrows():
        values = card.totals.loc[card.totals["unit_id"] == unit, "total"]
        low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high))
        assert (row["n"], row["lowest"], row["highest"]) == (len(values), values.min(), values.max())


def test_a_group_of_two_has_no_interval():
    card = make_card()
    table = kpi.group_summary(card, "unit_id").set_index("unit_id")
    assert table["n"].to_dict() == {"north": 2, "south": 1}
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)


def test_somebody_without_a_total_is_in_no_group():
    card = make_card(actuals=actual_rows({"A": 100, "B": "on leave", "C": "on leave"}))
    assert kpi.group_summary(card, "unit_id")["unit_id"].tolist() == ["north"]


def test_nobody_scored_gives_answers_without_rows_or_numbers():
    card = make_card(actuals=actual_rows(dict.fromkeys("ABC", "on leave")))
    assert kpi.gaps(card).empty
    assert kpi.group_summary(card, "unit_id").empty
    assert kpi.indicator_summary(card)["lost_points"].tolist() == [0]
    assert kpi.data_status(card)["share"].tolist() == [1]
