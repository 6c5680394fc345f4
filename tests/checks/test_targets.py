"""What is checked for each cycle and subject, after plan rows are laid over each other."""

from __future__ import annotations

import pytest

from kpianalysis.checks import check_source
from kpianalysis.errors import SourceError
from tests.builders import actual_rows, make_card, make_data, totals_of

CYCLES = [{}, {"cycle_id": "2024Q2", "start": "2024-04-01", "end": "2024-06-30"}]
DIMENSIONS = [{"dimension_id": "D", "weight": 0.5}, {"dimension_id": "E", "weight": 0.5}]
INDICATORS = [{}, {"indicator_id": "J", "dimension_id": "E", "method": "given"}]
ACTUALS = [*actual_rows({"A": 80}), *actual_rows({"A": 40}, "J")]


def refused(**tables) -> list[str]:
    """Sentences of the errors that keep a source from being scored."""
    with pytest.raises(SourceError) as error:
        make_data(**tables)
    return [finding.message() for finding in error.value.findings if finding.severity == "error"]


@pytest.mark.parametrize("method", ["scale", "step"])
def test_points_of_another_cycle_are_no_points_of_this_one(method):
    scales = [{"cycle_id": "2024Q2", "value": 1, "score": 50}]
    assert refused(cycles=CYCLES, indicators=[{"method": method}], plan=None, scales=scales) == [
        "In 2024Q1, I has no points in scales."
    ]


def test_a_target_missing_for_one_subject_names_that_subject_alone():
    plan = [{"subject_id": "A", "target": 1}, {"subject_id": "B", "threshold": 1}]
    assert refused(plan=plan, actuals=actual_rows({"A": 1, "B": 1})) == ["In 2024Q1, I has no target for B."]


def test_a_target_in_the_wrong_order_after_overlay_names_whom_it_concerns():
    indicators = [{"method": "anchors"}]
    plan = [{"threshold": 80, "target": 100}, {"subject_id": "B", "target": 70}]
    assert refused(indicators=indicators, plan=plan) == [
        "In 2024Q1, I has threshold and target in the wrong order for B."
    ]


@pytest.mark.parametrize(
    "plan", [{"range_low": 6, "range_high": 4}, {"floor": 5, "range_low": 4, "range_high": 6},
             {"range_low": 4, "range_high": 6, "cap": 5}],
)  # fmt: skip
def test_a_band_goes_from_floor_to_cap(plan):
    assert any(
        "wrong order" in text for text in refused(indicators=[{"method": "band", "direction": "range"}], plan=[plan])
    )


def test_subjects_without_any_weight_are_named():
    plan = [{"target": 100}, {"subject_id": "B", "weight": 0}]
    assert refused(plan=plan) == ["In 2024Q1 no indicator carries weight for B."]


def test_weights_may_stand_in_the_plan_alone():
    plan = [{"target": 100, "weight": 30}]
    assert totals_of(make_card(indicators=[{"weight": 0}], plan=plan)) == {"A": 100, "B": 90, "C": 50}


def test_weights_that_are_zero_in_library_and_plan_are_refused():
    assert "All weights of the dimension are zero." in refused(
        indicators=[{"weight": 0}], plan=[{"target": 1, "weight": 0}]
    )
    assert "All weights of the dimension are zero." in refused(indicators=[{"weight": 0}])


def test_a_cycle_may_take_the_weight_of_one_dimension_away():
    dimensions = [*DIMENSIONS, {"cycle_id": "2024Q1", "dimension_id": "E", "weight": 0}]
    card = make_card(cycles=CYCLES, dimensions=dimensions, indicators=INDICATORS, actuals=ACTUALS)
    assert totals_of(card) == {"A": 80}


def test_a_cycle_may_not_take_all_weight_away():
    dimensions = [*DIMENSIONS, *({**row, "cycle_id": "2024Q1", "weight": 0} for row in DIMENSIONS)]
    assert refused(cycles=CYCLES, dimensions=dimensions, indicators=INDICATORS, actuals=ACTUALS) == [
        "All weights are zero."
    ]


def test_a_library_without_scored_indicators_is_refused_without_a_traceback():
    assert refused(indicators=[{"kind": "monitor"}]) == ["In 2024Q1 no indicator carries weight for A, B, C."]


def test_rows_of_the_library_that_nobody_measures_need_no_target():
    tables = make_data(cycles=CYCLES, plan=[{"cycle_id": "2024Q1", "target": 1}]).tables
    assert check_source(tables) == []
