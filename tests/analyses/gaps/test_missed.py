"""Who and what missed, by how much: the group's own value, the sum over its people, and the unit of a gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.change.series import period_values
from kpianalysis.analyses.gaps.missed import BY, COLUMNS, map_level, missed, missed_summary
from kpianalysis.analyses.gaps.percentages import percentage_factors
from kpianalysis.errors import KpiError
from tests.builders import Row, actual_rows, make_card, make_data
from tests.cards import OPERATIONS, dataset, hospitals, operations, random_card, random_scheme

RATIO = {"unit": "share of orders", "direction": "lower", "method": "ratio", "aggregation": "ratio"}


def _ratio_tables(factor: float = 1.0) -> dict[str, list[Row]]:
    counts = {"A": (1, 10), "B": (30, 100), "C": (4, 20)}
    return {
        "indicators": [RATIO],
        "plan": [{"target": 0.2}, {"subject_id": "B", "target": 0.1}],
        "actuals": [
            {"subject_id": s, "numerator": factor * a, "denominator": factor * b} for s, (a, b) in counts.items()
        ],
    }


def test_a_ratio_adds_numerators_and_denominators_first():
    data = make_data(**_ratio_tables())
    row = missed(kpi.score(data), "", data).iloc[0]
    assert row["actual"] == pytest.approx(35 / 130, rel=1e-12)
    # The rate all together would have with everybody exactly on target.
    assert row["target"] == pytest.approx((0.2 * 10 + 0.1 * 100 + 0.2 * 20) / 130, rel=1e-12)
    assert row["gap"] == pytest.approx(row["target"] - row["actual"], rel=1e-12)
    assert row["attainment"] == pytest.approx(row["target"] / row["actual"], rel=1e-12)
    assert (row["n"], row["n_target"], row["n_missed"]) == (3, 3, 1)


def test_scaling_numerator_and_denominator_together_changes_nothing():
    tables = [missed(kpi.score(data), "", data) for data in (make_data(**_ratio_tables(f)) for f in (1.0, 7.0))]
    pd.testing.assert_frame_equal(*tables)


def test_without_the_data_a_ratio_has_no_group_value_and_never_a_mean_of_ratios():
    data = make_data(**_ratio_tables())
    row = missed(kpi.score(data)).iloc[0]
    assert np.isnan([row["actual"], row["target"], row["gap"], row["attainment"]]).all()
    assert row["n_missed"] == 1


@pytest.mark.parametrize("by", ["", "unit_id", "role_id"])
def test_a_ratio_equals_the_sums_of_the_periods(by):
    card, data = operations("2024Q4"), replace(dataset("operations"), cycle="2024Q4")
    table = missed(card, by, data).set_index(["group_id", "indicator_id"])
    periods = period_values(data, card, by)
    sums = periods[periods["cycle_id"] == "2024Q4"].groupby(["group_id", "indicator_id"])[["numerator", "denominator"]]
    sums = sums.sum(min_count=1).dropna()
    expected = sums["numerator"] / sums["denominator"]
    assert len(expected) >= 3
    np.testing.assert_allclose(table.loc[expected.index, "actual"], expected, rtol=1e-12)


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_whole_agrees_with_the_summary_by_indicator(cycle):
    card = operations(cycle)
    joined = missed(card).merge(kpi.indicator_summary(card), on="indicator_id", suffixes=("", "_summary"))
    np.testing.assert_allclose(joined["lost_points"], joined["lost_points_summary"], rtol=1e-9, atol=1e-12)
    assert (joined["n_target"] - joined["n_missed"] == joined["n_met"]).all()


@pytest.mark.parametrize("by", BY[1:])
def test_groups_add_up_to_the_whole(by):
    card = operations("2024Q3")
    groups = missed(card, by).groupby("indicator_id")[["n", "n_target", "n_missed", "lost_sum"]].sum()
    whole = missed(card).set_index("indicator_id")[groups.columns].loc[groups.index]
    np.testing.assert_allclose(groups.to_numpy(float), whole.to_numpy(float), rtol=1e-9, atol=1e-9)


def test_ranked_by_lost_points_and_not_by_percent():
    indicators = [{"indicator_id": "small", "weight": 1}, {"indicator_id": "large", "weight": 9}]
    plan = [{"indicator_id": i, "target": 100} for i in ("small", "large")]
    actuals = [*actual_rows({"A": 50}, "small"), *actual_rows({"A": 90}, "large")]
    table = missed(make_card(indicators=indicators, plan=plan, actuals=actuals))
    assert table["indicator_id"].tolist() == ["large", "small"]
    assert table["lost_points"].tolist() == pytest.approx([9.0, 5.0])


@pytest.mark.parametrize(
    ("unit", "actual", "target", "gap_unit", "gap_pp"),
    [
        ("%", 45.0, 50.0, "pp", -5.0),
        ("percent", 45.0, 50.0, "pp", -5.0),
        ("Percent of orders", 45.0, 50.0, "pp", -5.0),
        ("share of orders", 0.45, 0.5, "pp", -5.0),
        ("proportion", 0.45, 0.5, "pp", -5.0),
        ("share of orders", 45.0, 50.0, "share of orders", np.nan),
        ("percentile points", 45.0, 50.0, "percentile points", np.nan),
        ("shares traded", 0.45, 0.5, "shares traded", np.nan),
        ("points", 45.0, 50.0, "points", np.nan),
    ],
)
def test_percentages_are_compared_in_percentage_points(unit, actual, target, gap_unit, gap_pp):
    card = make_card(indicators=[{"unit": unit}], plan=[{"target": target}], actuals=actual_rows({"A": actual}))
    row = missed(card).iloc[0]
    assert row["gap_unit"] == gap_unit
    assert row["gap_pp"] == pytest.approx(gap_pp, nan_ok=True)
    assert row["gap"] == pytest.approx(actual - target)


def test_a_gap_is_negative_when_missed_whichever_way_is_better():
    indicators = [
        {"indicator_id": "up"},
        {"indicator_id": "down", "direction": "lower"},
        {"indicator_id": "in", "direction": "range", "method": "band"},
    ]
    plan = [
        {"indicator_id": "up", "target": 10},
        {"indicator_id": "down", "target": 10},
        {"indicator_id": "in", "range_low": 10, "range_high": 12, "floor": 0, "cap": 20},
    ]
    actuals = [*actual_rows({"A": 8}, "up"), *actual_rows({"A": 12}, "down"), *actual_rows({"A": 14}, "in")]
    data = make_data(indicators=indicators, plan=plan, actuals=actuals)
    card = kpi.score(data)
    for table in (missed(card, "subject_id"), missed(card, "", data)):
        assert table.set_index("indicator_id")["gap"].to_dict() == {"up": -2.0, "down": -2.0, "in": -2.0}
        assert (table["n_missed"] == 1).all()
    without = missed(card).set_index("indicator_id")
    assert np.isnan(without.loc["in", "gap"])
    assert without.loc["in", "n_missed"] == 1


def test_an_indicator_measured_in_other_units_has_the_same_points():
    made = [
        make_card(plan=[{"target": 100.0 * f}], actuals=actual_rows({"A": 100.0 * f, "B": 90.0 * f, "C": 50.0 * f}))
        for f in (1.0, 1024.0)
    ]
    first, second = (missed(card, "subject_id") for card in made)
    pd.testing.assert_frame_equal(
        first.drop(columns=["actual", "target", "gap"]), second[first.columns.drop(["actual", "target", "gap"])]
    )
    np.testing.assert_allclose(second["gap"], 1024.0 * first["gap"], rtol=1e-12)


@pytest.mark.parametrize("by", BY)
def test_the_order_of_subjects_is_irrelevant(by):
    tables = random_scheme(3)
    shuffled = {**tables, **{name: list(reversed(tables[name] or ())) for name in ("subjects", "actuals")}}
    one, other = (missed(make_card(check=False, **made), by) for made in (tables, shuffled))
    keys = ["group_id", "indicator_id"]
    one, other = (table.sort_values(keys).reset_index(drop=True) for table in (one, other))
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)


@pytest.mark.parametrize("by", BY)
def test_columns_are_the_same_when_there_is_nothing_to_say(by):
    nothing = make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill")))
    table = missed(nothing, by)
    assert table.columns.tolist() == COLUMNS
    assert (table["n_target"] == 0).all()
    assert missed_summary(table)["share_met"].isna().all()
    assert missed(nothing, "role_id").empty


def test_inputs_are_left_as_they_were():
    data, card = replace(dataset("operations"), cycle="2024Q1"), operations("2024Q1")
    scores, actuals = card.scores.copy(), data.tables["actuals"].copy()
    for by in BY:
        missed_summary(missed(card, by, data))
    pd.testing.assert_frame_equal(card.scores, scores)
    pd.testing.assert_frame_equal(data.tables["actuals"], actuals)


def test_an_unknown_grouping_is_refused_by_name():
    with pytest.raises(KpiError, match=r"'team'.*'unit_id'"):
        missed(operations(), "team")


def test_a_summary_counts_what_was_asked_for():
    card = random_card(1)
    table = missed(card, "unit_id") if card.subjects["unit_id"].notna().any() else missed(card)
    scored, both = missed_summary(table), missed_summary(table, ("scored", "veto"))
    assert scored["n_target"].sum() == 0
    assert both["n_target"].sum() == (card.scores["gap"].notna() & card.scores["score"].notna()).sum()
    assert (both["n_met"] + both["n_missed"] == both["n_target"]).all()


def test_a_unit_page_counts_its_own_people_only():
    whole = operations("2024Q4")
    data = replace(dataset("operations"), cycle="2024Q4")
    east = missed(whole.for_unit("east"), "", data).drop(columns="group_id")
    from_whole = missed(whole, "unit_id", data)
    from_whole = from_whole[from_whole["group_id"] == "east"].drop(columns="group_id")
    both = (table.sort_values("indicator_id").reset_index(drop=True) for table in (east, from_whole))
    pd.testing.assert_frame_equal(*both, rtol=1e-9)


def test_a_long_list_is_mapped_by_unit():
    assert map_level(hospitals()) == "unit_id"
    assert map_level(operations()) == "subject_id"
    assert map_level(operations(), most=10) == "unit_id"
    assert map_level(random_card(1), most=3) == "subject_id"


def test_factors_say_which_units_are_percentages():
    factors = percentage_factors(operations("2024Q4"))
    assert factors[["rework_rate", "on_time_rate", "complaint_rate"]].tolist() == [100.0] * 3
    assert factors["utilisation"] == 1.0
    assert factors[["csat", "orders_handled"]].isna().all()
