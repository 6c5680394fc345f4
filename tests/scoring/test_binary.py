"""Met or not met."""

from __future__ import annotations

import numpy as np
import pytest

from kpianalysis.errors import SourceError
from kpianalysis.scoring.methods import METHODS
from tests.builders import actual_rows, make_card, make_inputs, messages_of, scores_of, totals_of


@pytest.mark.parametrize(
    ("direction", "plan", "expected"),
    [
        ("higher", {"target": 10}, [0, 100, 100]),
        ("lower", {"target": 10}, [100, 100, 0]),
        ("range", {"range_low": 10, "range_high": 10.5}, [0, 100, 0]),
    ],
)
def test_equal_to_the_target_counts_as_met(direction, plan, expected):
    assert METHODS["binary"].score(make_inputs([9.999, 10, 11], direction=direction, **plan)).tolist() == expected


def test_negative_values_are_met_or_not_like_others():
    assert METHODS["binary"].score(make_inputs([-3, -1, np.nan], target=-2)).tolist()[:2] == [0, 100]


def test_an_interval_goes_the_whole_way():
    indicators = [{"method": "binary", "direction": "range"}]
    card = make_card(indicators=indicators, plan=[{"range_low": 60, "range_high": 95}])
    assert scores_of(card) == {"A": 0, "B": 100, "C": 0}
    assert messages_of(card) == []


@pytest.mark.parametrize(
    ("direction", "plan", "lacks"),
    [("higher", {"range_low": 1, "range_high": 2}, "target"), ("range", {"range_low": 1}, "range_high")],
)
def test_each_direction_needs_its_own_target(direction, plan, lacks):
    with pytest.raises(SourceError, match=f"I has no {lacks} for A, B, C"):
        make_card(indicators=[{"method": "binary", "direction": direction}], plan=[plan])


def test_a_bonus_that_is_met_pays_its_cap_not_a_hundred():
    indicators = [{}, {"indicator_id": "X", "kind": "bonus", "method": "binary", "cap": 5}]
    plan = [{"target": 100}, {"indicator_id": "X", "target": 1}]
    actuals = [*actual_rows({"A": 80, "B": 80}), *actual_rows({"A": 1, "B": 0}, "X")]
    assert totals_of(make_card(indicators=indicators, plan=plan, actuals=actuals)) == {"A": 85, "B": 80}


@pytest.mark.parametrize("cap", [None, 0, 59])
def test_the_cap_of_a_veto_is_not_a_cap_of_its_own_score(cap):
    indicators = [{}, {"indicator_id": "V", "kind": "veto", "method": "binary", "cap": cap}]
    plan = [{"target": 100}, {"indicator_id": "V", "target": 1}]
    actuals = [*actual_rows({"A": 80}), *actual_rows({"A": 1}, "V")]
    card = make_card(indicators=indicators, plan=plan, actuals=actuals)
    assert scores_of(card, "V") == {"A": 100}
    assert totals_of(card) == {"A": 80}
