"""One verdict on each series: by direction, against the target, and on the example sources."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpianalysis.analyses.change.process_charts import TOO_COARSE, TOO_FEW, process_points
from kpianalysis.analyses.change.process_false_alarms import false_alarm_rate
from kpianalysis.analyses.change.process_verdicts import SUMMARY, process_summary
from kpianalysis.analyses.change.series import period_values
from tests.analyses.change.test_process_charts import drawn, table
from tests.cards import QUARTERS, dataset, hospitals, operations


def _summary(values, direction="higher", target=np.nan, **more):
    steps = more.pop("steps", ())
    indicators = pd.DataFrame({"indicator_id": ["I"], "direction": [direction]})
    return process_summary(process_points(table(values, target=target), steps), indicators, **more).iloc[0]


def _jump(by, n=24):
    values = drawn(n)
    values[-1] += by
    return values


@pytest.mark.parametrize(
    ("direction", "by", "verdict"),
    [
        *(("higher", 12, "improvement"), ("higher", -12, "concern"), ("lower", 12, "concern")),
        *(("lower", -12, "improvement"), ("range", 12, "high"), ("range", -12, "low"), ("higher", 0, "common cause")),
    ],
)
def test_what_a_signal_means_depends_on_the_direction(direction, by, verdict):
    row = _summary(_jump(by), direction)
    assert (row["variation"], row["signal"]) == (verdict, by != 0)
    assert ("outside" in row["rules"]) == (by != 0)


def test_a_trend_alone_goes_where_it_leads():
    values = [51.0, 49.0] * 8 + [49.6, 49.7, 49.8, 49.9, 50.0, 50.1, 50.2]
    row = _summary(values, "lower")
    assert (row["rules"], row["variation"]) == ("trend", "concern")


def test_a_signal_long_ago_is_not_recent_unless_its_cycle_is_asked_for():
    values = drawn()
    values[5] += 12
    assert not _summary(values)["signal"]
    row = _summary(values, cycles=["2023Q2", "2023Q3"])
    assert (row["signal"], row["n_recent"], row["recent"], row["variation"]) == (
        True,
        6,
        "2023Q2–2023Q3",
        "improvement",
    )


@pytest.mark.parametrize(
    ("direction", "target", "verdict"),
    [
        *(("higher", 20, "meets"), ("higher", 50, "hit and miss"), ("higher", 90, "misses")),
        *(("lower", 90, "meets"), ("lower", 50, "hit and miss"), ("lower", 20, "misses")),
        *(("range", 50, ""), ("higher", np.nan, "")),
    ],
)
def test_limits_against_the_target_say_what_the_process_can_do(direction, target, verdict):
    assert _summary(drawn(), direction, target)["assurance"] == verdict


def test_a_limit_exactly_on_the_target_meets_it():
    low = _summary(drawn())["low"]
    assert _summary(drawn(), "higher", low)["assurance"] == "meets"
    assert _summary(drawn(), "higher", low + 1e-6)["assurance"] == "hit and miss"


def test_after_a_recent_change_the_target_is_compared_with_where_the_process_is_now():
    values = np.concatenate([drawn(17, 1, 50.0), drawn(7, 2, 80.0)])
    row = _summary(values, "higher", 70.0)
    assert row["high"] < 70.0
    assert row["assurance"] == "meets"


def test_one_value_far_off_is_not_where_the_process_is_now():
    values = drawn(22)
    values[-1] = 90.0
    row = _summary(values, "higher", 70.0)
    assert (row["n_recent"], row["variation"], row["assurance"]) == (1, "improvement", "hit and miss")
    assert _summary(values, "lower", 120.0)["assurance"] == "meets"


def test_one_recent_value_to_the_contrary_makes_no_always():
    assert _summary(_jump(30), "higher", 75.0)["assurance"] == "hit and miss"


def test_the_last_segment_alone_counts():
    values = np.concatenate([drawn(12, 1, 50.0), drawn(12, 2, 80.0)])
    row = _summary(values, "higher", 65.0, steps=["2024-01-01"])
    assert (row["n"], row["trial"], row["signal"], row["assurance"]) == (12, False, False, "meets")
    assert _summary(values, steps=["2024-02-01"])["trial"]


def test_what_moves_all_the_time_is_said_to():
    assert _summary(50 + 0.8 * np.arange(24) + drawn(level=0.0) / 4)["moves"]
    assert not _summary(_jump(30))["moves"]


def test_false_alarm_rates_are_those_of_so_many_points():
    row = _summary(drawn(18))
    assert row["false_alarm_rate"] == false_alarm_rate(18)
    assert row["false_alarm_recent"] == false_alarm_rate(18, 3)


def test_without_limits_there_is_no_verdict():
    row = _summary(drawn(3), target=20.0)
    assert (row["status"], row["variation"], row["assurance"], row["signal"]) == (TOO_FEW, "", "", False)
    assert np.isnan(row["false_alarm_rate"])


def test_a_series_that_ended_before_the_last_cycle_has_no_recent_verdict():
    indicators = pd.DataFrame({"indicator_id": ["I", "J"], "direction": "higher"})
    series = pd.concat([table(drawn(12), "I"), table(drawn(24), "J")], ignore_index=True)
    row = process_summary(process_points(series), indicators).iloc[0]
    assert (row["indicator_id"], row["recent"], row["n_recent"], row["variation"]) == ("I", "2024Q4", 0, "")


def test_no_points_are_an_empty_table():
    answer = process_summary(process_points(table([])), pd.DataFrame({"indicator_id": [], "direction": []}))
    assert list(answer) == SUMMARY
    assert answer.empty


# The example sources ---------------------------------------------------------------------------------------------


def _operations(cycle):
    card = operations(cycle)
    points = process_points(period_values(dataset("operations"), card))
    return process_summary(points, card.indicators).set_index("indicator_id")


@pytest.mark.parametrize("cycle", QUARTERS)
def test_the_planted_targets_are_always_met_and_never_met(cycle):
    answer = _operations(cycle)
    assert answer.loc["on_time_rate", ["variation", "assurance"]].tolist() == ["common cause", "meets"]
    assert answer.loc["complaint_rate", ["variation", "assurance"]].tolist() == ["common cause", "misses"]
    assert answer.index[answer["assurance"] == "meets"].tolist() == ["on_time_rate"]


@pytest.mark.parametrize("cycle", QUARTERS)
def test_only_what_was_made_to_move_is_a_signal(cycle):
    # Volumes grow with a season, rework falls and satisfaction rises quarter by quarter; all else was made steady.
    answer = _operations(cycle)
    assert set(answer.index[answer["signal"]]) == {"orders_handled", "order_value", "rework_rate", "csat"}
    assert answer["moves"].equals(answer["signal"])
    assert answer.loc["safety_incident", "status"] == TOO_COARSE


def test_one_value_a_year_is_too_few():
    card = hospitals()
    answer = process_summary(process_points(period_values(dataset("hospitals"), card)), card.indicators)
    assert set(answer["status"]) == {TOO_FEW}
    assert not answer["signal"].any()
