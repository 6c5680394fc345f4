"""What moved the totals since the cycle before: the parts add up, and each cause has its own."""

from __future__ import annotations

import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.bridge import PARTS
from tests.builders import make_card
from tests.cards import OPERATIONS, before, by_subject, given_card, hospitals, operations, random_card, random_scheme

SCORES = pd.DataFrame({"i": [80.0, 60.0, 40.0], "j": [50.0, 70.0, 90.0]}, index=["A", "B", "C"])


def _two_cycles(name):
    if name == "hospitals":
        return hospitals("FY2017"), before("hospitals", "FY2017")
    cycle, missing = name.split()
    return operations(cycle, missing), before("operations", cycle, missing)


def _assert_adds_up(now, then):
    bridge = kpi.bridge_subjects(now, then)
    rows = bridge.set_index("subject_id")
    assert (rows["total_before"] + rows[list(PARTS)].sum(axis=1) - rows["total_now"]).abs().max() < 1e-9
    assert by_subject(now.totals).reindex(rows.index).equals(rows["total_now"].rename("total"))
    assert by_subject(then.totals).reindex(rows.index).equals(rows["total_before"].rename("total"))
    return rows


@pytest.mark.parametrize(
    "name",
    ["hospitals", *(f"{cycle} redistribute" for cycle in OPERATIONS), "2024Q4 zero", "2024Q4 refuse"],
)
def test_parts_add_up_to_the_change_of_each_subject_in_both_sources(name):
    now, then = _two_cycles(name)
    assert len(_assert_adds_up(now, then)) >= 40


@pytest.mark.parametrize("missing", ["redistribute", "zero", "refuse"])
@pytest.mark.parametrize("seed", range(2))
def test_parts_add_up_in_any_two_schemes(seed, missing):
    now, then = random_card(seed, missing, gaps=0.05), random_card(seed + 100, missing, gaps=0.05)
    rows = _assert_adds_up(now, then)
    assert 0 < len(rows) < 14


@pytest.mark.parametrize("name", ["hospitals", "2024 redistribute"])
def test_indicators_add_up_to_the_mean_of_the_subjects(name):
    now, then = _two_cycles(name)
    items, people = kpi.bridge_indicators(now, then), kpi.bridge_subjects(now, then)
    for part in PARTS[:3]:
        assert items[part].sum() == pytest.approx(people[part].mean(), abs=1e-9)
    assert items["change"].to_numpy() == pytest.approx(items[list(PARTS[:3])].sum(axis=1).to_numpy(), abs=1e-12)
    assert items["change"].abs().is_monotonic_decreasing


def test_people_in_one_cycle_only_are_counted_and_not_compared():
    now = given_card(SCORES.loc[["A", "B"]])
    then = given_card(SCORES.loc[["B", "C"]])
    assert kpi.joiners_and_leavers(now, then) == {"both": 1, "joined": 1, "left": 1}
    assert kpi.bridge_subjects(now, then)["subject_id"].tolist() == ["B"]


def test_somebody_without_a_total_is_no_member_of_a_cycle():
    scores = SCORES.copy()
    scores.loc["A"] = float("nan")
    now, then = given_card(scores), given_card(SCORES)
    assert kpi.joiners_and_leavers(now, then) == {"both": 2, "joined": 0, "left": 1}
    assert set(kpi.bridge_subjects(now, then)["subject_id"]) == {"B", "C"}


def test_joiners_and_leavers_of_the_hospitals_are_those_of_the_published_lists():
    now, then = hospitals("FY2017"), before("hospitals", "FY2017")
    here, there = set(by_subject(now.totals).dropna().index), set(by_subject(then.totals).dropna().index)
    counts = kpi.joiners_and_leavers(now, then)
    assert counts == {"both": len(here & there), "joined": len(here - there), "left": len(there - here)}
    assert min(counts.values()) > 0
    assert set(kpi.bridge_subjects(now, then)["subject_id"]) == here & there


@pytest.mark.parametrize(
    ("now", "cause", "change_of_a"),
    [
        (given_card(SCORES + 4.0), "from_scores", 4.0),
        (given_card(SCORES, weights={"i": 3.0}), "from_weights", 7.5),
        (given_card(SCORES[["i"]]), "from_items", 15.0),
    ],
    ids=["scores", "weights", "items"],
)
def test_a_cause_alone_is_the_whole_change(now, cause, change_of_a):
    bridge = kpi.bridge_subjects(now, given_card(SCORES)).set_index("subject_id")
    change = bridge["total_now"] - bridge["total_before"]
    assert change["A"] == pytest.approx(change_of_a)
    if cause == "from_items":
        # The weight of an indicator that went is the others' from then on.
        assert (bridge["from_items"] + bridge["from_weights"]).to_numpy() == pytest.approx(change.to_numpy())
        # Then the mean of both, now the other alone: points count from the mean of the two totals.
        middle = (SCORES.mean(axis=1) + SCORES["i"]) / 2
        assert bridge["from_items"].to_numpy() == pytest.approx((-(SCORES["j"] - middle) / 2).to_numpy())
    else:
        assert bridge[cause].to_numpy() == pytest.approx(change.to_numpy())
    others = [part for part in PARTS if part not in {cause, "from_weights"}]
    assert bridge[others].abs().to_numpy().max() < 1e-12


def test_bonus_and_veto_are_a_part_of_their_own():
    tables = random_scheme(3, gaps=0.0)
    tables["actuals"] = [row for row in tables["actuals"] if row["indicator_id"] not in {"bonus", "veto"}]
    tables["indicators"] = [row for row in tables["indicators"] if row["indicator_id"] not in {"bonus", "veto"}]
    plain = make_card(check=False, **{**tables, "plan": None})
    bridge = kpi.bridge_subjects(random_card(3, gaps=0.0), plain).set_index("subject_id")
    change = bridge["total_now"] - bridge["total_before"]
    assert bridge["from_bonus_veto"].to_numpy() == pytest.approx(change.to_numpy())
    assert bridge[list(PARTS[:3])].abs().to_numpy().max() < 1e-9
    assert (change < 0).any()
    assert (change > 0).any()


def test_turning_time_round_turns_every_sign_round():
    now, then = random_card(1), random_card(2)
    forth = kpi.bridge_subjects(now, then).set_index("subject_id").sort_index()
    back = kpi.bridge_subjects(then, now).set_index("subject_id").sort_index()
    assert forth[list(PARTS)].to_numpy() == pytest.approx(-back[list(PARTS)].to_numpy(), abs=1e-9)


def test_without_a_cycle_before_there_is_no_bridge_but_its_columns():
    card = given_card(SCORES)
    assert kpi.bridge_subjects(card, None).columns.tolist() == ["subject_id", "total_before", *PARTS, "total_now"]
    assert kpi.bridge_subjects(card, None).empty
    assert kpi.bridge_indicators(card, None).empty
    assert kpi.joiners_and_leavers(card, None) == {"both": 0, "joined": 3, "left": 0}


def test_nobody_in_both_cycles_is_an_empty_bridge():
    now, then = given_card(SCORES.loc[["A"]]), given_card(SCORES.loc[["B"]])
    assert kpi.bridge_subjects(now, then).empty
    assert kpi.bridge_indicators(now, then).empty
