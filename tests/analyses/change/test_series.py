"""Values by period: what is added, what is averaged, and what is left out."""

from __future__ import annotations

import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis import KpiError
from kpianalysis.analyses.change.series import COLUMNS, period_values
from tests.builders import actual_rows, make_card, make_data
from tests.cards import before, dataset, hospitals, operations

MONTHS = ("2024-01-01", "2024-02-01", "2024-03-01")


def _series(by="", unit="", **tables):
    data = make_data(check=False, **tables)
    card = kpi.score(data)
    return period_values(data, card.for_unit(unit) if unit else card, by)


def _ratio(rows, **more):
    actuals = [
        {"subject_id": s, "period": MONTHS[0], "numerator": a, "denominator": b, **extra} for s, a, b, extra in rows
    ]
    return _series(indicators=[{"aggregation": "ratio"}], actuals=actuals, **more)


def test_a_ratio_adds_first_and_divides_after():
    answer = _ratio([("A", 1, 10, {}), ("B", 30, 90, {})])
    assert answer[["value", "numerator", "denominator", "n"]].to_numpy().tolist() == [[0.31, 31, 100, 2]]


def test_half_a_ratio_is_not_added():
    answer = _ratio([("A", 1, 10, {}), ("B", None, 90, {"value": 0.2}), ("C", 30, None, {"value": 0.3})])
    assert answer[["value", "numerator", "denominator", "n"]].to_numpy().tolist() == [[0.1, 1, 10, 3]]


def test_larger_numbers_of_the_same_ratio_change_nothing():
    rows = [("A", 1, 10, {}), ("B", 30, 90, {})]
    large = [(s, 1000 * a, 1000 * b, extra) for s, a, b, extra in rows]
    assert _ratio(rows)["value"].item() == pytest.approx(_ratio(large)["value"].item(), rel=1e-12)


def test_other_values_are_the_mean_of_those_who_have_one_and_no_reason():
    rows = [("A", 10.0, None), ("B", 20.0, None), ("C", 90.0, "ill")]
    actuals = [{"subject_id": s, "period": MONTHS[0], "value": v, "missing_reason": r} for s, v, r in rows]
    answer = _series(actuals=actuals, indicators=[{"aggregation": "sum"}])
    assert list(answer) == COLUMNS
    assert answer[["group_id", "value", "n"]].to_numpy().tolist() == [["", 15.0, 2]]
    assert answer["numerator"].isna().all()


def test_the_target_of_a_sum_is_that_of_one_of_its_periods():
    actuals = [{"subject_id": "A", "period": month, "value": 30} for month in MONTHS]
    for aggregation, target in (("sum", 100 / 3), ("mean", 100.0)):
        answer = _series(actuals=actuals, indicators=[{"aggregation": aggregation}])
        assert answer["target"].tolist() == pytest.approx([target] * 3, rel=1e-12)


@pytest.mark.parametrize(
    ("by", "groups"), [("", [""]), ("unit_id", ["north", "south"]), ("subject_id", ["A", "B", "C"])]
)
def test_there_is_a_series_for_each_group(by, groups):
    assert _series(by)["group_id"].tolist() == groups


def test_a_card_of_a_unit_has_no_values_of_others():
    assert _series("subject_id", unit="south")["group_id"].tolist() == ["C"]
    assert _series(unit="south")["value"].tolist() == [50.0]


def test_who_has_no_role_is_in_no_series_of_roles():
    assert _series("role_id").empty
    assert list(_series("role_id")) == COLUMNS


def test_a_value_of_a_whole_cycle_stands_at_its_first_day():
    assert _series()["period"].tolist() == [pd.Timestamp("2024-01-01")]


def test_values_in_another_unit_of_measure_are_left_out():
    cycles = [
        {"cycle_id": "2023Q4", "start": "2023-10-01", "end": "2023-12-31"},
        {"cycle_id": "2024Q1", "previous_cycle_id": "2023Q4"},
    ]
    actuals = [*actual_rows({"A": 5}), {"cycle_id": "2023Q4", "subject_id": "A", "value": 5000}]
    plan = [{"cycle_id": cycle, "target": 100} for cycle in ("2023Q4", "2024Q1")]
    same = [{"cycle_id": cycle, "unit": "kg"} for cycle in ("2023Q4", "2024Q1")]
    other = [{"cycle_id": "2023Q4", "unit": "g"}, {"cycle_id": "2024Q1", "unit": "kg"}]
    counts = [len(_series(cycles=cycles, actuals=actuals, plan=plan, indicators=rows)) for rows in (same, other)]
    assert counts == [2, 1]


def test_nothing_after_the_cycle_of_the_card_is_known_yet():
    answer = period_values(dataset("operations"), operations("2024Q1"))
    assert answer["cycle_id"].max() == "2024Q1"
    assert answer.groupby("indicator_id")["period"].nunique().eq(15).all()
    year = period_values(dataset("operations"), operations("2024"))
    assert year.groupby("indicator_id")["period"].nunique().eq(24).all()


def test_a_cycle_before_has_the_same_values_as_far_as_it_goes():
    then = period_values(dataset("operations"), before("operations", "2024Q3")).set_index(["indicator_id", "period"])
    now = period_values(dataset("operations"), operations("2024Q3")).set_index(["indicator_id", "period"])
    columns = ["value", "n", "numerator", "denominator"]
    pd.testing.assert_frame_equal(then[columns].sort_index(), now.loc[then.index, columns].sort_index())


def test_a_value_a_year_is_a_series_of_one_or_two():
    answer = period_values(dataset("hospitals"), hospitals())
    assert answer.groupby("indicator_id").size().between(1, 2).all()
    assert not answer.duplicated(["indicator_id", "period"]).any()


def test_an_unknown_grouping_is_refused():
    with pytest.raises(KpiError, match=r"by: 'manager_id' is no grouping. Use one of: '', 'unit_id'"):
        period_values(make_data(), make_card(), "manager_id")
