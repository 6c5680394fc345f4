"""Plan overlay, periods, missing policies, bonus, veto, grades, the year."""

from __future__ import annotations

import math

import pytest

import kpianalysis as kpi
from tests.builders import actual_rows, make_card, make_data, messages_of, scores_of, totals_of

TWO = [{"indicator_id": "I", "weight": 3}, {"indicator_id": "J", "weight": 1}]
PLAN = [{"indicator_id": "I", "target": 100}, {"indicator_id": "J", "target": 100}]


def _two(**more):
    actuals = [*actual_rows({"A": 80, "B": 60}), *actual_rows({"A": 40, "B": "absent"}, "J")]
    return make_card(indicators=TWO, plan=PLAN, actuals=actuals, **more)


def test_subject_wins_over_role_wins_over_everybody_column_by_column():
    subjects = [{"subject_id": "A", "role_id": "r"}, {"subject_id": "B", "role_id": "r"}, {"subject_id": "C"}]
    plan = [{"target": 100, "weight": 1}, {"role_id": "r", "target": 200}, {"subject_id": "A", "target": 400}]
    subjects = [{**row, "name": row["subject_id"]} for row in subjects]
    card = make_card(subjects=subjects, plan=plan, actuals=actual_rows({"A": 100, "B": 100, "C": 100}))
    assert scores_of(card) == {"A": 25, "B": 50, "C": 100}
    assert card.scores["weight"].tolist() == [1, 1, 1]


def test_a_plan_row_of_the_cycle_wins_over_one_for_every_cycle():
    plan = [{"target": 100}, {"cycle_id": "2024Q1", "target": 200}]
    assert scores_of(make_card(plan=plan))["A"] == 50


def test_an_indicator_reaches_whom_its_plan_reaches():
    card = make_card(plan=[{"subject_id": "A", "target": 100}], actuals=actual_rows({"A": 100, "B": 90}), check=False)
    assert set(scores_of(card)) == {"A"}


@pytest.mark.parametrize(("policy", "total"), [("redistribute", 60), ("zero", 45), ("refuse", math.nan)])
def test_missing_policy(policy, total):
    assert totals_of(_two(missing=policy))["B"] == pytest.approx(total, nan_ok=True)


def test_coverage_says_what_share_of_weight_a_total_rests_on():
    assert totals_of(_two(), "coverage") == pytest.approx({"A": 1.0, "B": 0.75})


def test_unknown_policy_is_refused_with_the_choices():
    with pytest.raises(kpi.KpiError, match="redistribute, zero, refuse"):
        make_card(missing="guess")


def test_a_dimension_with_too_few_scores_has_none():
    dimensions = [{"dimension_id": "D", "min_indicators": 2}, {"dimension_id": "E"}]
    indicators = [*TWO, {"indicator_id": "K", "dimension_id": "E"}]
    actuals = [*actual_rows({"A": 80}), *actual_rows({"A": "absent"}, "J"), *actual_rows({"A": 50}, "K")]
    plan = [*PLAN, {"indicator_id": "K", "target": 100}]
    card = make_card(dimensions=dimensions, indicators=indicators, plan=plan, actuals=actuals)
    assert totals_of(card)["A"] == 50
    # Blank dimension weights are the sums of the indicators' weights: 4 of 5 are lost.
    assert totals_of(card, "coverage")["A"] == pytest.approx(0.2)


def test_bonus_is_added_after_the_weights_and_capped():
    indicators = [{}, {"indicator_id": "X", "kind": "bonus", "method": "given", "cap": 5}]
    actuals = [*actual_rows({"A": 80, "B": 80}), *actual_rows({"A": 9, "B": -3}, "X")]
    card = make_card(indicators=indicators, actuals=actuals)
    assert totals_of(card) == {"A": 85, "B": 77}
    assert totals_of(card, "bonus") == {"A": 5, "B": -3}


@pytest.mark.parametrize(("cap", "total"), [(59, 59), (None, 0)])
def test_a_veto_limits_the_total(cap, total):
    indicators = [{}, {"indicator_id": "V", "kind": "veto", "method": "binary", "direction": "lower", "cap": cap}]
    plan = [{"target": 100}, {"indicator_id": "V", "target": 0}]
    actuals = [*actual_rows({"A": 100, "B": 100}), *actual_rows({"A": 1, "B": 0}, "V")]
    card = make_card(indicators=indicators, plan=plan, actuals=actuals)
    assert totals_of(card) == {"A": total, "B": 100}
    assert totals_of(card, "veto") == {"A": "V", "B": ""}


def test_monitor_only_indicators_are_shown_and_never_counted():
    indicators = [{}, {"indicator_id": "M", "kind": "monitor", "method": "given"}]
    card = make_card(indicators=indicators, actuals=[*actual_rows({"A": 80}), *actual_rows({"A": 1}, "M")])
    assert totals_of(card) == {"A": 80}
    assert scores_of(card, "M") == {"A": 1}


def test_reaching_the_boundary_of_a_grade_counts_even_in_binary_fractions():
    grades = [{"grade": "S", "min_score": 90}, {"grade": "B", "min_score": 60}]
    indicators = [{"indicator_id": name, "weight": 0.1, "method": "given"} for name in "IJK"]
    actuals = [row for name in "IJK" for row in actual_rows({"A": 90.0, "B": 89.99, "C": 10}, name)]
    card = make_card(indicators=indicators, plan=None, actuals=actuals, grades=grades)
    assert totals_of(card, "grade") == pytest.approx({"A": "S", "B": "B", "C": math.nan}, nan_ok=True)


def test_ties_share_the_better_rank():
    card = make_card(actuals=actual_rows({"A": 80, "B": 90, "C": 80}))
    assert totals_of(card, "rank") == {"A": 2, "B": 1, "C": 2}


def _monthly(aggregation, rows, **indicator):
    months = {1: "2024-01-01", 2: "2024-02-01", 3: "2024-03-01"}
    actuals = [{"subject_id": "A", "period": months[month], **cells} for month, cells in rows.items()]
    actuals += [{"subject_id": "B", "period": day, "value": 1} for day in months.values()]
    if aggregation == "ratio":
        actuals = [row for row in actuals if row["subject_id"] == "A"]
    return make_card(indicators=[{"aggregation": aggregation, **indicator}], actuals=actuals).scores.iloc[0]


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("sum", 60), ("mean", 20), ("last", 10), ("max", 30), ("min", 10)]
)
def test_periods_combine(aggregation, expected):
    row = _monthly(aggregation, {1: {"value": 20}, 2: {"value": 30}, 3: {"value": 10}})
    assert row["actual"] == expected


def test_a_sum_with_a_missing_period_is_missing_and_says_why():
    row = _monthly("sum", {1: {"value": 20}, 2: {"missing_reason": "strike"}, 3: {"value": 10}})
    assert math.isnan(row["score"])
    assert row["missing_reason"] == "strike"


def test_a_sum_with_an_absent_period_is_missing():
    assert _monthly("sum", {1: {"value": 20}, 3: {"value": 10}})["missing_reason"] == "a period has no value"


def test_a_mean_uses_the_periods_there_are():
    assert _monthly("mean", {1: {"value": 20}, 2: {"missing_reason": "strike"}, 3: {"value": 10}})["actual"] == 15


def test_ratios_add_up_first_and_divide_after():
    row = _monthly("ratio", {1: {"numerator": 1, "denominator": 10}, 2: {"numerator": 9, "denominator": 10}})
    assert row["actual"] == 0.5


def test_a_sum_of_decimals_meets_the_target_it_equals():
    months = ["2024-01-01", "2024-02-01", "2024-03-01"]
    actuals = [{"subject_id": "A", "period": month, "value": 0.1} for month in months]
    indicators = [{"aggregation": "sum", "method": "binary", "direction": "lower"}]
    card = make_card(indicators=indicators, plan=[{"target": 0.3}], actuals=actuals)
    assert scores_of(card) == {"A": 100}


def test_a_zero_denominator_is_a_reason_and_no_number():
    card = make_card(actuals=[{"subject_id": "A", "numerator": 1, "denominator": 0}])
    assert card.scores["missing_reason"].tolist() == ["the denominator is zero"]


def test_an_absent_actual_is_said():
    card = make_card(indicators=TWO, plan=PLAN, actuals=[*actual_rows({"A": 1, "B": 1}), *actual_rows({"A": 1}, "J")])
    assert any("J has no row" in text and "B" in text for text in messages_of(card, "warning"))


def test_the_year_is_built_from_its_quarters():
    cycles = [
        {"cycle_id": "2024", "kind": "year", "end": "2024-12-31"},
        {"cycle_id": "Q1", "parent_cycle_id": "2024"},
        {"cycle_id": "Q2", "start": "2024-04-01", "end": "2024-06-30", "parent_cycle_id": "2024"},
    ]
    actuals = [*actual_rows({"A": 10}, cycle_id="Q1"), *actual_rows({"A": 30}, cycle_id="Q2")]
    plan = [{"cycle_id": "2024", "target": 80}, {"cycle_id": "Q1", "target": 10}, {"cycle_id": "Q2", "target": 10}]
    data = make_data("2024", cycles=cycles, actuals=actuals, plan=plan, indicators=[{"aggregation": "sum"}])
    assert kpi.score(data).scores["actual"].tolist() == [40]
    assert scores_of(kpi.score(data)) == {"A": 50}
    assert scores_of(kpi.score(data, "Q1")) == {"A": 100}


def test_a_unit_sees_no_name_and_no_id_of_another():
    card = make_card().for_unit("south")
    text = "".join(repr(value) for value in vars(card).values() if value is not card.plan)
    assert "Cy" in text
    assert "Ann" not in text
    for table in (card.scores, card.totals, card.dimension_scores):
        assert table["subject_id"].cat.categories.tolist() == ["C"]


def test_an_unknown_unit_is_refused_with_the_known_ones():
    with pytest.raises(kpi.KpiError, match="north, south"):
        make_card().for_unit("east")


def test_an_unknown_cycle_is_refused():
    with pytest.raises(kpi.KpiError, match="no actuals"):
        kpi.score(make_data(), "2031")
