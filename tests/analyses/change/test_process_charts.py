"""Points of XmR charts in a tidy table: segments, gaps, and what has no limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpianalysis import KpiError
from kpianalysis.analyses.change.process_charts import POINTS, TOO_COARSE, TOO_FEW, process_points
from kpianalysis.analyses.change.process_limits import process_limits
from kpianalysis.analyses.change.series import period_values
from tests.cards import dataset, hospitals, operations


def table(values, indicator="I", group="", target=np.nan, start="2023-01-01", freq="MS"):
    """A series of months; missing values are no rows."""
    periods = pd.date_range(start, periods=len(values), freq=freq)
    rows = pd.DataFrame({"group_id": group, "indicator_id": indicator, "cycle_id": "", "period": periods})
    rows["cycle_id"] = [f"{p.year}Q{p.quarter}" for p in periods]
    return rows.assign(value=values, target=target).dropna(subset=["value"]).reset_index(drop=True)


def drawn(n=24, seed=1, level=50.0):
    return level + np.random.default_rng(seed).normal(0, 2, n)


def test_each_point_stands_beside_the_limits_of_its_series():
    points = process_points(pd.concat([table(drawn(seed=1), "I"), table(drawn(seed=2), "J")]))
    assert list(points) == POINTS
    for seed, item in ((1, "I"), (2, "J")):
        mine = points[points["indicator_id"] == item]
        limits = process_limits(drawn(seed=seed)).iloc[0]
        for name in ("mean", "low", "high", "moving_range", "n"):
            assert mine[name].to_numpy() == pytest.approx(np.full(24, limits[name]), rel=1e-12)


def test_a_missing_month_is_a_gap_and_a_quarter_of_a_quarterly_indicator_is_none():
    values = drawn()
    values[[5, 6, 11]] = np.nan
    points = process_points(table(values))
    assert points["low"].iloc[0] == pytest.approx(process_limits(values)["low"].item(), rel=1e-12)
    quarterly = process_points(table(drawn(), freq="QS"))
    assert quarterly["low"].iloc[0] == pytest.approx(process_limits(drawn())["low"].item(), rel=1e-12)


def test_a_month_missing_in_one_unit_is_known_from_the_others():
    values = drawn(12)
    values[4] = np.nan
    points = process_points(pd.concat([table(drawn(12, 3), group="a"), table(values, group="b")]))
    found = points.loc[points["group_id"] == "b", "low"].iloc[0]
    assert found == pytest.approx(process_limits(values)["low"].item(), rel=1e-12)


def test_limits_are_made_anew_from_a_declared_step():
    values = np.concatenate([drawn(12, 1, 50.0), drawn(12, 2, 80.0)])
    whole, parts = process_points(table(values)), process_points(table(values), steps=["2024-01-01"])
    assert (whole["rules"] != "").any()
    assert parts["segment"].tolist() == [0] * 12 + [1] * 12
    for segment, part in ((0, values[:12]), (1, values[12:])):
        found = parts.loc[parts["segment"] == segment, "low"].iloc[0]
        assert found == pytest.approx(process_limits(part)["low"].item(), rel=1e-12)
    assert (parts["rules"] == "").all()


def test_a_step_of_one_indicator_leaves_the_others_alone():
    series = pd.concat([table(drawn(), "I"), table(drawn(), "J")])
    points = process_points(series, steps={"J": [pd.Timestamp("2024-01-01").date()]})
    assert points.groupby("indicator_id")["segment"].max().to_dict() == {"I": 0, "J": 1}


@pytest.mark.parametrize("step", ["2022-01-01", "2030-01-01"])
def test_a_step_outside_the_series_changes_no_limit(step):
    limits = [process_points(table(drawn()), steps)["low"].iloc[0] for steps in ((), [step])]
    assert limits[0] == limits[1]


@pytest.mark.parametrize(("n", "status"), [(1, TOO_FEW), (5, TOO_FEW), (6, ""), (7, "")])
def test_few_points_have_no_limits(n, status):
    points = process_points(table(drawn(n)))
    assert set(points["status"]) == {status}
    assert points["low"].isna().all() == bool(status)


def test_few_points_after_a_step_have_no_limits_and_those_before_keep_theirs():
    points = process_points(table(drawn(16)), steps=["2024-03-01"])
    assert points["status"].tolist() == [""] * 14 + [TOO_FEW] * 2
    assert points["low"].notna().tolist() == [True] * 14 + [False] * 2


def test_too_many_gaps_leave_too_few_moving_ranges():
    values = np.where(np.arange(24) % 3 == 1, np.nan, drawn())
    values[8:] = np.nan
    assert set(process_points(pd.concat([table(values), table(drawn(), group="b")]))["status"]) == {"", TOO_FEW}


def test_rare_events_have_no_limits_and_are_no_signal():
    values = np.zeros(24)
    values[[4, 19]] = 1.0
    points = process_points(table(values))
    assert set(points["status"]) == {TOO_COARSE}
    assert (points["rules"] == "").all()


def test_neither_order_nor_unit_of_measure_changes_a_signal_and_nothing_is_changed():
    values = np.concatenate([drawn(12, 1, 50.0), drawn(12, 2, 80.0)])
    series = pd.concat([table(values, "I"), table(drawn(), "J")], ignore_index=True)
    kept = series.copy()
    points = process_points(series)
    mixed = process_points(series.sample(frac=1.0, random_state=1))
    keys = ["indicator_id", "period"]
    pd.testing.assert_frame_equal(
        points.sort_values(keys, ignore_index=True), mixed.sort_values(keys, ignore_index=True), rtol=1e-12
    )
    in_grams = process_points(series.assign(value=1000 * series["value"]))
    assert in_grams["rules"].tolist() == points["rules"].tolist()
    pd.testing.assert_frame_equal(series, kept)


def test_all_points_of_a_real_source_stand_in_the_table_once():
    series = period_values(dataset("operations"), operations("2024Q4"), "unit_id")
    points = process_points(series)
    assert len(points) == len(series)
    assert not points.duplicated(["group_id", "indicator_id", "period"]).any()
    yearly = process_points(period_values(dataset("hospitals"), hospitals()))
    assert set(yearly["status"]) == {TOO_FEW}


def test_no_series_is_an_empty_table():
    points = process_points(table([]))
    assert list(points) == POINTS
    assert points.empty


def test_what_is_no_date_or_no_series_is_refused():
    with pytest.raises(KpiError, match=r"steps: \['soon'\] is no list of dates. Write them like \['2024-01-01'\]"):
        process_points(table(drawn()), steps=["soon"])
    with pytest.raises(KpiError, match="steps of I: "):
        process_points(table(drawn()), steps={"I": ["soon"]})
    with pytest.raises(KpiError, match=r"series: it has no target. Use the table that period_values gives"):
        process_points(table(drawn()).drop(columns="target"))
