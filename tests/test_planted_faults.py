"""The faults that data/operations/README.md states are found in every cycle of 2024, and no others."""

from __future__ import annotations

import re

import pytest

import kpianalysis as kpi
from tests.builders import ROOT
from tests.cards import OPERATIONS, operations

UNITS = ("north", "south", "east", "west")
pytestmark = pytest.mark.parametrize("cycle", OPERATIONS)


def _stated(cycle, line):
    """A number of the README's table of what was measured."""
    text = (ROOT / "data/operations/README.md").read_text(encoding="utf-8")
    cells = [
        [cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]
    head = next(row for row in cells if "2024Q1" in row)
    row = next(row for row in cells if row[0].startswith(line))
    return row[head.index(cycle)].replace("−", "-")


def _scored(card):
    return card.scores[card.scores["kind"] == "scored"]


def _attainment(card):
    reach = _scored(card).groupby("indicator_id", observed=True)["attainment"].agg(["min", "max"])
    reach.index = reach.index.astype(str)
    return reach


@pytest.mark.parametrize("values", ["score", "actual"])
def test_one_pair_says_the_same(cycle, values):
    pairs = kpi.correlation(operations(cycle).scores, values)
    same = kpi.redundant_pairs(pairs)
    assert [set(pair) for pair in same[["indicator_i", "indicator_j"]].to_numpy()] == [
        {"orders_handled", "order_value"}
    ]
    assert pairs["spearman"].abs()[1:].max() < 0.6
    stated = float(_stated(cycle, f"1: ρ of the pair, {values}"))
    assert pairs.loc[0, "spearman"] == pytest.approx(stated, abs=0.0015)


def test_the_pair_is_the_only_group(cycle):
    groups = kpi.correlation_groups(kpi.correlation(operations(cycle).scores))
    assert set(groups.loc[groups["group"] > 0, "indicator_id"]) == {"orders_handled", "order_value"}


def test_one_indicator_does_more_than_twice_what_its_weight_says(cycle):
    table = kpi.effective_weights(operations(cycle)).set_index("item_id")
    assert table.index[table["ratio"] > 2].tolist() == ["rework_rate"]
    assert table.loc["rework_rate", "weight"] == pytest.approx(0.10)
    stated = float(_stated(cycle, "2: effective weight, total before bonus and veto"))
    assert 100 * table.loc["rework_rate", "effective_weight"] == pytest.approx(stated, abs=0.05)
    # The README multiplies mean weights, which differ by role; ours are each person's own.
    assert table["ratio"].iloc[1] == pytest.approx(float(_stated(cycle, "2: next largest")), abs=0.04)


def test_everybody_reaches_one_target_by_a_hair(cycle):
    reach = _attainment(operations(cycle))
    assert reach.index[(reach["min"] >= 1) & (reach["max"] <= 1.03)].tolist() == ["on_time_rate"]
    summary = kpi.indicator_summary(operations(cycle)).set_index("indicator_id")
    scored = summary[summary["kind"] == "scored"]
    assert scored.index[scored["share_met"] == 1].tolist() == ["on_time_rate"]


def test_nobody_reaches_one_target(cycle):
    reach = _attainment(operations(cycle))
    assert reach.index[reach["max"] < 1].tolist() == ["complaint_rate"]
    assert reach.loc["complaint_rate", "max"] < 0.85
    summary = kpi.indicator_summary(operations(cycle)).set_index("indicator_id")
    scored = summary[summary["kind"] == "scored"]
    assert scored.index[scored["share_met"] == 0].tolist() == ["complaint_rate"]


def test_actuals_are_missing_of_one_indicator_in_one_unit(cycle):
    missing = _scored(operations(cycle)).query("score.isna()")
    assert set(missing["indicator_id"]) == {"csat"}
    assert sorted(missing["subject_id"]) == [f"E{number}" for number in range(29, 37)]
    for unit in UNITS:
        status = kpi.data_status(operations(cycle).for_unit(unit))
        assert status.loc[status["missing_reason"] != "", "n"].sum() == (8 if unit == "east" else 0)


def test_one_unit_is_judged_leniently_and_not_better(cycle):
    scores = _scored(operations(cycle))
    spread = scores.groupby("indicator_id", observed=True)["score"].std()
    apart = []
    for unit in UNITS:
        mine = scores["unit_id"] == unit
        here, there = (scores[rows].groupby("indicator_id", observed=True)["score"].mean() for rows in (mine, ~mine))
        apart += [(unit, str(name)) for name in here.index[(here - there).abs() > spread]]
        if unit == "west":
            stated = float(_stated(cycle, "6: `west` minus the other units, teamwork"))
            assert here["teamwork_rating"] - there["teamwork_rating"] == pytest.approx(stated, abs=0.06)
    assert sorted(apart) == [("west", "innovation_rating"), ("west", "teamwork_rating")]
