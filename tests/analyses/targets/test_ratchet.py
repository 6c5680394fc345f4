"""Whether next targets follow results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from kpianalysis.analyses.targets.ratchet import (
    COLUMNS,
    FEW,
    FOLLOWS,
    NO_SIGN,
    ONE_CYCLE,
    SAME_RESULT,
    SAME_TARGET,
    judge_steps,
    ratchet,
    target_steps,
)
from kpianalysis.analyses.targets.target_history import CANNOT_TELL
from kpianalysis.errors import KpiError
from tests.builders import make_card
from tests.cards import before, hospitals, operations


def _cards(actuals, targets, direction="higher"):
    """Cards of cycles in a row, from arrays of cycles × subjects."""
    subjects = [f"S{i:03d}" for i in range(np.shape(actuals)[1])]
    return [
        make_card(
            cycle,
            check=False,
            cycles=[{"cycle_id": cycle}],
            subjects=[{"subject_id": s} for s in subjects],
            indicators=[{"direction": direction}],
            plan=[
                {"cycle_id": cycle, "subject_id": s, "target": float(t)} for s, t in zip(subjects, target, strict=True)
            ],
            actuals=[
                {"cycle_id": cycle, "subject_id": s, "value": float(v)} for s, v in zip(subjects, actual, strict=True)
            ],
        )
        for cycle, actual, target in zip([f"c{i:02d}" for i in range(len(actuals))], actuals, targets, strict=True)
    ]


def _steps(actual, target, next_target, indicators):
    """Rows of `target_steps`, one step, from arrays of indicators × subjects."""
    shape = actual.shape
    return pd.DataFrame(
        {
            "cycle": "c0",
            "next_cycle": "c1",
            "subject_id": np.tile(np.arange(shape[1]).astype(str), shape[0]),
            "indicator_id": np.repeat(indicators, shape[1]),
            "target": target.ravel(),
            "beyond": (actual / target - 1).ravel(),
            "raised": (next_target / target - 1).ravel(),
        }
    )


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_a_target_that_takes_over_the_result_has_a_slope_of_one(direction):
    rng = np.random.default_rng(1)
    actual = rng.normal(100, 8, (2, 30))
    target = np.vstack([rng.normal(100, 5, 30), actual[0]])
    row = ratchet(_cards(actual, target, direction)).iloc[0]
    assert row[["level", "steps", "n", "n_clusters", "verdict"]].tolist() == ["subjects", 1, 30, 30, FOLLOWS]
    assert row["slope"] == pytest.approx(1, rel=1e-9)
    assert row["correlation"] == pytest.approx(1, rel=1e-9)


def test_where_all_have_one_target_each_cycle_is_a_point():
    rng = np.random.default_rng(2)
    result, target, targets = rng.normal(0, 4, 10), 100.0, []
    for moved in result:
        targets.append(target)
        target = target + 0.6 * moved
    actual = np.array(targets)[:, None] + result[:, None] + np.array([-3.0, 0.0, 3.0])
    row = ratchet(_cards(actual, np.repeat(targets, 3).reshape(10, 3))).iloc[0]
    assert row[["level", "steps", "n", "verdict"]].tolist() == ["cycles", 9, 9, FOLLOWS]
    assert row["slope"] == pytest.approx(0.6, rel=1e-9)


def test_in_the_department_it_cannot_be_told_of_any_single_indicator_and_nothing_is_found():
    cards = [operations(f"{year}Q{quarter}") for year in (2023, 2024) for quarter in (1, 2, 3, 4)]
    table = ratchet(cards)
    assert set(table["verdict"][:-1]) == {CANNOT_TELL}
    assert table["verdict"].iloc[-1] == NO_SIGN
    assert table.set_index("indicator_id").loc["csat", "reason"] == FEW
    assert table.set_index("indicator_id").loc["on_time_rate", "reason"] == SAME_TARGET
    for last in (2, 5):
        assert FOLLOWS not in set(ratchet(cards[:last])["verdict"])


def test_one_cycle_and_a_cycle_without_targets_tell_nothing():
    for cards in ([operations("2024Q4")], [before("hospitals", "FY2017"), hospitals()]):
        assert set(ratchet(cards)["reason"]) == {ONE_CYCLE}
    assert list(ratchet([])) == COLUMNS


def test_it_equals_least_squares_with_clustered_errors():
    rng = np.random.default_rng(3)
    actual, target = rng.normal(100, 8, (4, 20)), rng.normal(100, 5, (4, 20))
    cards = _cards(actual, target)
    row = ratchet(cards).iloc[0]
    steps = target_steps(cards)
    dummies = pd.get_dummies(steps["cycle"], dtype=float)
    x = np.column_stack([steps["beyond"], np.log(steps["target"]), dummies])
    model = sm.OLS(steps["raised"], x).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(steps["subject_id"])[0], "df_correction": True}, use_t=True
    )
    assert row["slope"] == pytest.approx(model.params.iloc[0], rel=1e-9)
    assert row["p"] == pytest.approx(model.pvalues.iloc[0], rel=1e-9)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(model.conf_int().iloc[0].tolist(), rel=1e-9)


def test_one_step_equals_plain_least_squares():
    rng = np.random.default_rng(4)
    cards = _cards(rng.normal(100, 8, (2, 25)), rng.normal(100, 5, (2, 25)))
    row, steps = ratchet(cards).iloc[0], target_steps(cards)
    x = np.column_stack([steps["beyond"], np.log(steps["target"]), np.ones(25)])
    model = sm.OLS(steps["raised"], x).fit()
    assert [row["slope"], row["p"]] == pytest.approx([model.params.iloc[0], model.pvalues.iloc[0]], rel=1e-9)


def test_targets_that_only_waver_are_rarely_a_finding():
    # 600 indicators of 30 subjects whose targets are drawn anew each cycle, whatever the result: a low target is
    # exceeded and comes up again, and that must not count. Standard error of a rate of 5 %: 0.009.
    rng = np.random.default_rng(5)
    actual, target, following = rng.normal(100, 6, (3, 600, 30))
    names = [f"i{at}" for at in range(600)]
    table = judge_steps(_steps(actual, target, following, names), names)[:-1]
    assert (table["p"] < 0.05).mean() == pytest.approx(0.05, abs=3 * 0.009)
    assert FOLLOWS not in set(table["verdict"])
    held = (table["ci_low"] <= 0) & (table["ci_high"] >= 0)
    assert held.mean() == pytest.approx(0.95, abs=3 * 0.009)


def test_the_interval_holds_the_true_share():
    # As above with two fifths taken over; standard error 0.009.
    rng = np.random.default_rng(6)
    actual, target = rng.normal(100, 6, (600, 30)), rng.normal(100, 6, (600, 30))
    following = target + 0.4 * (actual - target) + rng.normal(0, 3, (600, 30))
    names = [f"i{at}" for at in range(600)]
    table = judge_steps(_steps(actual, target, following, names), names)[:-1]
    held = (table["ci_low"] <= 0.4) & (table["ci_high"] >= 0.4)
    assert held.mean() == pytest.approx(0.95, abs=3 * 0.009)
    assert (table["verdict"] == FOLLOWS).mean() > 0.95


def test_a_change_for_all_is_no_sign_and_results_that_do_not_differ_tell_nothing():
    rng = np.random.default_rng(7)
    actual = rng.normal(100, 8, (2, 20))
    assert ratchet(_cards(actual, np.array([[100.0] * 20, [110.0] * 20]))).iloc[0]["reason"] == FEW
    target = np.array([[100.0] * 20, rng.normal(100, 5, 20)])
    assert ratchet(_cards(np.full((2, 20), 90.0), target)).iloc[0]["reason"] == SAME_RESULT
    assert ratchet(_cards(actual, np.array([[100.0] * 20, 100 + np.arange(20.0)]))).iloc[0]["reason"] == ""


def test_another_unit_of_measure_changes_nothing_and_inputs_stay():
    rng = np.random.default_rng(8)
    actual, target = rng.normal(100, 8, (3, 15)), rng.normal(100, 5, (3, 15))
    cards = _cards(actual, target)
    kept = cards[0].scores.copy()
    pd.testing.assert_frame_equal(ratchet(cards), ratchet(_cards(1000 * actual, 1000 * target)))
    pd.testing.assert_frame_equal(cards[0].scores, kept)
    turned = [replace(card, scores=card.scores[::-1].reset_index(drop=True)) for card in cards]
    pd.testing.assert_frame_equal(ratchet(cards), ratchet(turned))


def test_a_target_in_another_unit_is_not_compared():
    rng = np.random.default_rng(9)
    one, other = _cards(rng.normal(100, 8, (2, 15)), rng.normal(100, 5, (2, 15)))
    other = replace(other, indicators=other.indicators.assign(unit="another"))
    assert target_steps([one, other]).empty


def test_a_level_that_is_none_is_refused():
    with pytest.raises(KpiError, match=r"Use 0\.95"):
        ratchet([make_card()], level=95)
