"""ratio, deviation, baseline, given, scale, step and rank_band: edges that one number does not show."""

from __future__ import annotations

import numpy as np
import pytest

from kpianalysis.scoring.methods import METHODS
from tests.builders import actual_rows, make_card, make_inputs, messages_of, scores_of

NAN = np.nan


def scored(method, actual, **more):
    return METHODS[method].score(make_inputs(actual, **more)).tolist()


def stopped(method, actual, **more):
    """Say for each subject whether the method refuses it."""
    inputs = make_inputs(actual, **more)
    return np.any([mask for mask, _ in METHODS[method].problems(inputs)], axis=0).tolist()


@pytest.mark.parametrize("method", ["ratio", "deviation", "baseline"])
def test_by_default_a_score_stays_between_0_and_100_and_a_cap_may_allow_more(method):
    direction = "lower" if method == "deviation" else "higher"
    plan = [{"target": 10, "baseline": 5}]
    good, bad = (1, 100) if direction == "lower" else (100, 0)
    rows = actual_rows({"A": good, "B": bad})
    for limits, expected in (({}, {"A": 100, "B": 0}), ({"floor": 20, "cap": 130}, {"A": 130, "B": 20})):
        indicators = [{"method": method, "direction": direction, **limits}]
        assert scores_of(make_card(indicators=indicators, plan=plan, actuals=rows)) == expected


def test_ratio_stops_where_no_ratio_means_anything():
    assert stopped("ratio", [5, -1, 0], target=[0, 5, 5]) == [True, True, False]
    assert stopped("ratio", [0, 5, -5, 5], direction="lower", target=[5, 0, 5, -5]) == [True, False, True, True]


def test_ratio_of_zero_is_nothing_in_either_direction():
    assert scored("ratio", [0.0], target=5) == [0]
    assert scored("ratio", [5.0], direction="lower", target=0) == [0]


def test_deviation_loses_as_many_percent_as_the_overrun():
    assert scored("deviation", [8, 10, 12.5, 20, 25], direction="lower", target=10, limits=(0, 110)) == [
        110, 100, 75, 0, 0,
    ]  # fmt: skip
    assert stopped("deviation", [1, 1, 1], direction="lower", target=[0, -2, 1]) == [True, True, False]


def test_baseline_measures_the_way_in_both_directions_and_below_zero():
    assert scored("baseline", [-4, -1, 2, 5], baseline=-4, target=2) == [0, 50, 100, 150]
    assert scored("baseline", [20, 15, 10], direction="lower", baseline=20, target=10) == [0, 50, 100]
    assert stopped("baseline", [3, 3], baseline=[3, 1], target=[3, 3]) == [True, False]


def test_given_takes_the_actual_and_only_stated_limits():
    assert scored("given", [-20, 130]) == [-20, 130]
    assert scored("given", [-20, 130], limits=(0, 120)) == [0, 120]


def test_scale_is_level_beyond_its_ends_and_may_fall():
    points = {0: 60, 10: 100, 20: 40}
    assert scored("scale", [-5, 5, 10, 15, 99], points=points) == [60, 80, 100, 70, 40]


@pytest.mark.parametrize(("direction", "expected"), [("higher", [7, 10, 10, 50, 50]), ("lower", [10, 10, 50, 50, 7])])
def test_steps_begin_exactly_at_their_value(direction, expected):
    assert (
        scored("step", [0.9, 1, 1.5, 2, 2.5], direction=direction, limits=(7, NAN), points={1: 10, 2: 50}) == expected
    )


@pytest.mark.parametrize(("floor", "worst"), [(NAN, 0), (7, 7), (-5, -5)])
def test_where_no_step_is_reached_the_floor_is_paid(floor, worst):
    assert scored("step", [0.5], limits=(floor, NAN), points={1: 10}) == [worst]


def test_a_step_table_without_a_floor_pays_nothing_below_its_first_step():
    indicators = [{"method": "step"}]
    card = make_card(indicators=indicators, plan=None, scales=[{"value": 60, "score": 80}])
    assert scores_of(card) == {"A": 80, "B": 80, "C": 0}


def test_deciles_are_the_default_and_a_place_on_a_boundary_falls_into_the_next():
    values = np.arange(1.0, 21.0)
    expected = np.repeat(np.arange(10.0, 101.0, 10.0), 2)
    assert scored("rank_band", values) == expected.tolist()
    assert scored("rank_band", values, direction="lower") == expected[::-1].tolist()


def test_tied_subjects_share_the_better_band():
    points = {0.25: 100, 0.5: 80, 1: 50}
    assert scored("rank_band", [4, 4, 2, 1], points=points) == [100, 100, 50, 50]


def test_a_missing_actual_takes_no_place():
    points = {0.5: 100, 1: 50}
    assert np.array(scored("rank_band", [4, NAN, 2], points=points)) == pytest.approx([100, NAN, 50], nan_ok=True)


def test_bands_that_end_early_pay_their_last_points_to_the_rest():
    assert scored("rank_band", [4, 3, 2, 1], points={0.25: 100, 0.5: 80}) == [100, 80, 80, 80]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_missing_stays_missing_in_every_method(method):
    plan = {"target": 2.0, "baseline": 1.0, "threshold": 1.5, "range_low": 1.0, "range_high": 2.0}
    direction = {"band": "range", "deviation": "lower"}.get(method, "higher")
    given = make_inputs([NAN, 1.75], direction=direction, limits=(0, 100), points={0: 0, 1: 100}, **plan)
    score = METHODS[method].score(given)
    assert np.isnan(score).tolist() == [True, False]
    assert not any(mask[0] for mask, _ in METHODS[method].problems(given))


def test_a_finding_names_every_subject_that_cannot_be_scored():
    card = make_card(indicators=[{"direction": "lower"}], actuals=actual_rows({"A": 0, "B": 50, "C": -1}))
    assert messages_of(card, "warning") == [
        "I has no score for 1 subjects (A): the divisor of the ratio is zero.",
        "I has no score for 1 subjects (C): a ratio means nothing for a negative value.",
    ]
    assert card.scores["missing_reason"].isna().tolist() == [False, True, False]
