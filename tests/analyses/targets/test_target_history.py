"""Who meets the targets now and before, and how far targets lie from what happens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.change.series import period_values
from kpianalysis.analyses.targets.target_history import (
    BETWEEN,
    CANNOT_TELL,
    COLUMNS,
    EASY,
    OUT_OF_REACH,
    target_difficulty,
)
from kpianalysis.errors import KpiError
from tests.builders import actual_rows, make_card
from tests.cards import OPERATIONS, dataset, given_card, hospitals, operations


def _card(values, direction="higher", **plan):
    subjects = [f"S{i:03d}" for i in range(len(values))]
    return make_card(
        check=False,
        subjects=[{"subject_id": s} for s in subjects],
        indicators=[{"direction": direction}],
        plan=[{"target": 100, **plan}],
        actuals=actual_rows(dict(zip(subjects, values, strict=True))),
    )


def _series(values, cycle="2024Q1", target=100.0):
    start = pd.date_range("2023-01-01", periods=len(values), freq="MS")
    cycles = ["before"] * (len(values) - 3) + [cycle] * 3
    return pd.DataFrame({"indicator_id": "I", "cycle_id": cycles, "period": start, "value": values, "target": target})


def _until(cycle):
    quarters = [f"{year}Q{quarter}" for year in (2023, 2024) for quarter in (1, 2, 3, 4)]
    return [name for name in quarters if name <= cycle]


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_in_the_department_one_target_is_easy_and_one_out_of_reach_and_no_other(cycle):
    cards = [operations(name) for name in ("2023", "2024") if cycle == "2024"] or [operations(q) for q in _until(cycle)]
    series = period_values(dataset("operations"), cards[-1])
    table = target_difficulty(cards, series).set_index("indicator_id")
    assert table.index[table["verdict"] == EASY].tolist() == ["on_time_rate"]
    assert table.index[table["verdict"] == OUT_OF_REACH].tolist() == ["complaint_rate"]
    assert set(table["verdict"]) == {EASY, OUT_OF_REACH, BETWEEN}
    assert table.loc["complaint_rate", ["n_met", "past_met", "periods_met"]].tolist() == [0, 0, 0]
    assert table.loc["on_time_rate", "past_met"] == table.loc["on_time_rate", "past_n"]
    # Both lie far outside what happens from month to month, on either side.
    assert table.loc["on_time_rate", "periods_sigma"] > 20
    assert table.loc["complaint_rate", "periods_sigma"] < -20


@pytest.mark.parametrize("unit", ["north", "east"])
def test_twelve_people_are_too_few_for_either_verdict(unit):
    table = target_difficulty([operations("2024Q4").for_unit(unit)])
    assert {EASY, OUT_OF_REACH} & set(table["verdict"]) == set()
    assert CANNOT_TELL in set(table["verdict"])


def test_a_benchmark_is_met_by_few():
    table = target_difficulty([hospitals()]).set_index("indicator_id")
    summary = kpi.indicator_summary(hospitals()).set_index("indicator_id")
    assert table["share_met"].to_dict() == pytest.approx(summary["share_met"].reindex(table.index).to_dict())
    assert EASY not in set(table["verdict"])
    assert table.loc["MORT-30-HF", "verdict"] == OUT_OF_REACH
    # One of these is measured of a single subject only.
    assert table.loc["AMI-7a", "verdict"] == CANNOT_TELL


@pytest.mark.parametrize(
    ("met", "n", "verdict"),
    [
        (48, 48, EASY),
        (0, 48, OUT_OF_REACH),
        (24, 48, BETWEEN),
        (7, 48, BETWEEN),
        (12, 12, CANNOT_TELL),
        (6, 12, BETWEEN),
    ],
)
def test_a_verdict_needs_the_interval_beyond_the_line(met, n, verdict):
    row = target_difficulty([_card([101] * met + [99] * (n - met))]).iloc[0]
    assert (row["n_met"], row["n"], row["verdict"]) == (met, n, verdict)


def test_less_can_be_better_and_equality_is_met():
    row = target_difficulty([_card([100, 99, 101, 102], "lower")]).iloc[0]
    assert (row["n_met"], row["n"]) == (2, 4)
    assert row["subjects_sigma"] == pytest.approx(-0.5 / np.std([0, 1, -1, -2], ddof=1))


def test_sigma_of_periods_is_the_mean_moving_range():
    values = [96.0, 98, 95, 99, 97, 104, 103, 105]
    row = target_difficulty([_card([100, 90])], _series(values)).iloc[0]
    sigma = np.abs(np.diff(values)).mean() / 1.128
    assert row["periods_sigma"] == pytest.approx(4 / sigma, rel=1e-9)
    assert (row["periods_n"], row["periods_met"]) == (5, 0)
    worse = target_difficulty([_card([100, 90], "lower")], _series(values)).iloc[0]
    assert worse["periods_sigma"] == pytest.approx(-4 / sigma, rel=1e-9)
    assert worse["periods_met"] == 5


def test_few_periods_and_periods_all_alike_have_no_sigma():
    for values in ([96.0, 98, 95, 99], [96.0] * 9):
        assert np.isnan(target_difficulty([_card([100, 90])], _series(values)).iloc[0]["periods_sigma"])


@pytest.mark.parametrize("n", [1, 3, 6, 7, 10])
def test_subjects_that_are_all_alike_have_no_sigma(n):
    assert np.isnan(target_difficulty([_card([99.9] * n)]).iloc[0]["subjects_sigma"])


def test_gaps_that_differ_in_the_last_digit_alone_are_alike():
    plan = [{"subject_id": "A", "target": 100}, {"subject_id": "B", "target": 10}]
    card = make_card(check=False, plan=plan, actuals=actual_rows({"A": 99.9, "B": 9.9}))
    gaps = card.scores["gap"].dropna()
    assert gaps.nunique() == 2
    assert np.isnan(target_difficulty([card]).iloc[0]["subjects_sigma"])


def test_another_unit_of_measure_changes_nothing_but_the_target():
    values = [96.0, 98, 95, 99, 97, 104, 103, 105]
    subjects = [97.3, 104.1, 99.9, 102.4]
    one = target_difficulty([_card(subjects)], _series(values)).iloc[0]
    thousand = _card([1000 * v for v in subjects], target=100_000)
    other = target_difficulty([thousand], _series([1000 * v for v in values], target=100_000.0)).iloc[0]
    compared = [name for name in COLUMNS if name not in ("indicator_id", "direction", "target", "verdict")]
    assert one[compared].astype(float).tolist() == pytest.approx(
        other[compared].astype(float).tolist(), rel=1e-9, nan_ok=True
    )


def test_each_cycle_is_held_against_its_own_target():
    past = replace(_card([80, 95], target=90), cycle="before")
    row = target_difficulty([past, _card([80, 95])]).iloc[0]
    assert (row["n_met"], row["past_cycles"], row["past_met"], row["past_n"]) == (0, 1, 1, 2)


@pytest.mark.parametrize(
    "card", [make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill"))), given_card(pd.DataFrame({"a": [50.0, 60.0]}))]
)
def test_without_a_score_or_a_target_there_are_no_rows_and_all_columns(card):
    assert list(target_difficulty([card])) == COLUMNS
    assert target_difficulty([card]).empty


def test_inputs_stay_as_they_were_and_the_order_of_subjects_is_nothing():
    card = operations("2024Q4")
    kept = card.scores.copy()
    turned = replace(card, scores=card.scores[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(
        target_difficulty([card]).sort_values("indicator_id", ignore_index=True),
        target_difficulty([turned]).sort_values("indicator_id", ignore_index=True),
    )
    pd.testing.assert_frame_equal(card.scores, kept)


def test_shares_in_the_wrong_order_or_no_card_are_refused():
    for cards, shares in (([], {}), ([make_card()], {"nearly_all": 0.05}), ([make_card()], {"hardly_any": -1})):
        with pytest.raises(KpiError, match=r"Use|Give"):
            target_difficulty(cards, **shares)
