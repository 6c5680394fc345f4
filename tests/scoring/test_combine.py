"""Weights: within a dimension, between dimensions, and where a score is missing."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from kpianalysis.scoring.combine import combine_dimensions
from tests.builders import actual_rows, make_card, totals_of

NAN = math.nan
DIMENSIONS = [{"dimension_id": "D"}, {"dimension_id": "E"}]
INDICATORS = [
    {"indicator_id": "I", "method": "given", "weight": 3},
    {"indicator_id": "J", "method": "given", "weight": 1},
    {"indicator_id": "K", "method": "given", "weight": 4, "dimension_id": "E"},
]


def scored(missing="redistribute", *, i=80, j=40, k=20, dimensions=DIMENSIONS, indicators=INDICATORS, **tables):
    rows = [row for name, value in zip("IJK", (i, j, k), strict=True) for row in actual_rows({"A": value}, name)]
    sources = {"dimensions": dimensions, "indicators": indicators, "plan": None, "actuals": rows, **tables}
    return make_card(missing=missing, check=False, **sources)


def dimension_scores(card, column="score"):
    rows = card.dimension_scores
    return dict(zip(rows["dimension_id"].astype("str"), rows[column], strict=True))


def shares(card, column="applied_weight"):
    return dict(zip(card.scores["indicator_id"].astype("str"), card.scores[column], strict=True))


def test_a_dimension_is_the_weighted_mean_of_its_indicators_and_the_total_of_its_dimensions():
    card = scored(dimensions=[{"dimension_id": "D", "weight": 30}, {"dimension_id": "E", "weight": 10}])
    assert dimension_scores(card) == {"D": 70, "E": 20}
    assert dimension_scores(card, "weight") == {"D": 0.75, "E": 0.25}
    assert totals_of(card) == {"A": 57.5}
    assert shares(card) == {"I": 0.5625, "J": 0.1875, "K": 0.25}


def test_a_blank_dimension_weight_is_the_sum_of_its_indicators_weights():
    card = scored()
    assert dimension_scores(card, "weight") == {"D": 0.5, "E": 0.5}
    assert totals_of(card) == {"A": 45}


def test_a_blank_dimension_weight_stays_the_sum_of_all_its_indicators_when_one_is_missing():
    """What is missing in D goes to the rest of D, not to E."""
    card = scored(j="absent")
    assert dimension_scores(card) == {"D": 80, "E": 20}
    assert totals_of(card) == {"A": 50}
    assert totals_of(card, "coverage") == {"A": 0.875}


def test_a_blank_and_a_stated_dimension_weight_are_on_one_scale():
    card = scored(dimensions=[{"dimension_id": "D"}, {"dimension_id": "E", "weight": 1}])
    assert dimension_scores(card, "weight") == {"D": 0.8, "E": 0.2}


POLICIES = {
    # policy: (dimension D, total, coverage, applied weights of I, J, K) when J is missing
    "redistribute": (80, 50, 0.875, {"I": 0.5, "J": 0, "K": 0.5}),
    "zero": (60, 40, 0.875, {"I": 0.375, "J": 0.125, "K": 0.5}),
    "refuse": (NAN, NAN, 0, {"I": 0, "J": 0, "K": 0}),
}


@pytest.mark.parametrize("policy", POLICIES)
def test_what_a_missing_indicator_does(policy):
    dimension, total, coverage, applied = POLICIES[policy]
    card = scored(policy, j="absent")
    assert dimension_scores(card)["D"] == pytest.approx(dimension, nan_ok=True)
    assert dimension_scores(card)["E"] == 20
    assert totals_of(card)["A"] == pytest.approx(total, nan_ok=True)
    assert totals_of(card, "coverage")["A"] == coverage
    assert shares(card) == pytest.approx(applied)
    assert shares(card, "nominal_weight") == {"I": 0.375, "J": 0.125, "K": 0.5}


@pytest.mark.parametrize(
    ("policy", "total", "coverage"), [("redistribute", 70, 0.5), ("zero", 35, 0.5), ("refuse", NAN, 0)]
)
def test_what_a_missing_dimension_does(policy, total, coverage):
    card = scored(policy, k="absent")
    assert totals_of(card)["A"] == pytest.approx(total, nan_ok=True)
    assert totals_of(card, "coverage")["A"] == coverage


@pytest.mark.parametrize(("policy", "total"), [("redistribute", NAN), ("zero", 0), ("refuse", NAN)])
def test_nothing_scored_is_no_total_except_where_missing_counts_as_zero(policy, total):
    card = scored(policy, i="absent", j="absent", k="absent")
    assert totals_of(card)["A"] == pytest.approx(total, nan_ok=True)
    assert totals_of(card, "coverage") == {"A": 0}
    assert totals_of(card, "n_scored") == {"A": 0}


def test_refusing_looks_only_at_what_carries_weight():
    weightless = [*INDICATORS[:1], {**INDICATORS[1], "weight": 0}, INDICATORS[2]]
    assert totals_of(scored("refuse", j="absent", indicators=weightless)) == pytest.approx({"A": (3 * 80 + 4 * 20) / 7})
    without_e = [{"dimension_id": "D", "weight": 1}, {"dimension_id": "E", "weight": 0}]
    assert totals_of(scored("refuse", k="absent", dimensions=without_e)) == {"A": 70}


@pytest.mark.parametrize(("j", "expected"), [(40, 70), ("absent", NAN)])
def test_exactly_as_many_scores_as_needed_are_enough(j, expected):
    dimensions = [{"dimension_id": "D", "min_indicators": 2}, {"dimension_id": "E"}]
    card = scored(j=j, dimensions=dimensions)
    assert dimension_scores(card)["D"] == pytest.approx(expected, nan_ok=True)
    assert dimension_scores(card, "n_scored")["D"] == (1 if isinstance(j, str) else 2)
    assert totals_of(card)["A"] == (20 if isinstance(j, str) else 45)


def test_a_dimension_with_too_few_scores_has_no_minimum_where_missing_counts_as_zero():
    dimensions = [{"dimension_id": "D", "min_indicators": 2}, {"dimension_id": "E"}]
    assert dimension_scores(scored("zero", j="absent", dimensions=dimensions))["D"] == 60


def test_a_dimension_without_weight_is_shown_and_not_counted():
    card = scored(dimensions=[{"dimension_id": "D", "weight": 1}, {"dimension_id": "E", "weight": 0}])
    assert dimension_scores(card) == {"D": 70, "E": 20}
    assert totals_of(card) == {"A": 70}


@pytest.mark.parametrize("kind", ["bonus", "veto", "monitor"])
def test_only_scored_indicators_count_in_a_dimension(kind):
    method = "binary" if kind == "veto" else "given"
    indicators = [INDICATORS[0], {**INDICATORS[1], "kind": kind, "method": method}, INDICATORS[2]]
    card = scored(indicators=indicators, j="absent")
    assert dimension_scores(card) == {"D": 80, "E": 20}
    assert dimension_scores(card, "n_indicators") == {"D": 1, "E": 1}
    assert shares(card, "nominal_weight") == pytest.approx({"I": 3 / 7, "J": 0, "K": 4 / 7})
    assert totals_of(card, "coverage") == {"A": 1}


def test_each_subject_has_the_weights_of_its_own_indicators():
    """B has no J and no E: its dimension D is all it has."""
    subjects = [{"subject_id": "A", "role_id": "r"}, {"subject_id": "B", "role_id": "s"}]
    plan = [{"indicator_id": "J", "role_id": "r"}, {"indicator_id": "K", "role_id": "r"}]
    rows = [*actual_rows({"A": 80, "B": 50}), *actual_rows({"A": 40}, "J"), *actual_rows({"A": 20}, "K")]
    card = make_card(dimensions=DIMENSIONS, indicators=INDICATORS, plan=plan, subjects=subjects, actuals=rows)
    assert totals_of(card) == {"A": 45, "B": 50}
    assert totals_of(card, "coverage") == {"A": 1, "B": 1}
    assert len(card.dimension_scores) == 3


@pytest.mark.parametrize(("policy", "total"), [("redistribute", 80), ("zero", 60), ("refuse", NAN)])
def test_dimension_scores_of_somebody_else_are_combined_by_the_same_rule(policy, total):
    """Reconciliation combines published dimension scores, some of which are missing."""
    scores = pd.DataFrame({"subject_id": pd.Categorical(["A", "A"]), "score": [80, NAN], "weight": [0.75, 0.25]})
    combined = combine_dimensions(scores, policy)["weighted_total"].tolist()
    assert combined == pytest.approx([total], nan_ok=True)
