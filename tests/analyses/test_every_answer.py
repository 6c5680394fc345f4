"""What holds for every answer: nothing it is given changes, and neither order nor names of rows matter."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis import Scorecard
from tests.builders import actual_rows, make_card
from tests.cards import before, hospitals, operations, random_scheme

ANSWERS = {
    "indicator_summary": kpi.indicator_summary,
    "group_summary": lambda card: kpi.group_summary(card, "unit_id"),
    "gaps": kpi.gaps,
    "data_status": kpi.data_status,
    "reconcile": kpi.reconcile,
    "disagreements": kpi.disagreements,
    "effective_weights": kpi.effective_weights,
    "effective_weights of dimensions": lambda card: kpi.effective_weights(card, "dimension"),
    "rank_intervals": lambda card: kpi.rank_intervals(kpi.draw_ranks(card, 100, seed=3)),
    "leave_one_out": kpi.leave_one_out,
    "leave_one_out of dimensions": lambda card: kpi.leave_one_out(card, "dimension"),
    "data_weights": kpi.data_weights,
    "benefit_of_the_doubt": kpi.benefit_of_the_doubt,
    "compensation": kpi.compensation,
    "correlation": lambda card: kpi.correlation(card.scores),
    "correlations_by_values": lambda card: kpi.correlations_by_values(card.scores),
    "indicator_limits": lambda card: kpi.indicator_limits(card.scores),
    "missing_patterns": lambda card: kpi.missing_patterns(card.scores, draws=99),
    "by_construction": kpi.by_construction,
    "group_tree": lambda card: kpi.group_tree(kpi.correlation(card.scores)),
    "group_stability.groups": lambda card: kpi.group_stability(card.scores, draws=20).groups,
    "group_stability.members": lambda card: kpi.group_stability(card.scores, draws=20).members,
    "within_groups": lambda card: kpi.within_groups(card.scores),
    "correlation_by_cycle": lambda card: kpi.correlation_by_cycle([card, card]),
    "correlation_homogeneity": lambda card: kpi.correlation_homogeneity([card, card]),
    "change_correlation": lambda card: kpi.change_correlation([card, card]),
    "pooled_change_correlation": lambda card: kpi.pooled_change_correlation([card, card]),
    "partial_correlation": lambda card: kpi.partial_correlation(card.scores),
    "dependence": lambda card: kpi.dependence(card.scores, permutations=19),
    "principal_components": lambda card: kpi.principal_components(card.scores),
    "parallel_analysis": lambda card: kpi.parallel_analysis(card.scores, draws=50),
    "component_loadings": lambda card: kpi.component_loadings(card.scores, rotated=True, components=2),
    "sampling_adequacy": lambda card: kpi.sampling_adequacy(card.scores),
    "reliability": lambda card: kpi.reliability(card.scores),
    "item_reliability": lambda card: kpi.item_reliability(card.scores),
    "variance_inflation": lambda card: kpi.variance_inflation(card.scores),
    "not_predicted": lambda card: kpi.not_predicted(card.scores),
    "double_counting": lambda card: kpi.double_counting(card, kpi.correlation(card.scores).head(2), draws=20),
    "counted_once": lambda card: kpi.counted_once(card, kpi.correlation(card.scores).head(2)),
    "drop_candidates": kpi.drop_candidates,
    "missed": kpi.missed,
    "within_reach": kpi.within_reach,
    "action_list": lambda card: kpi.action_list(kpi.within_reach(card), card),
    "cycle_table": lambda card: kpi.cycle_table([card]),
    "cycle_totals": lambda card: kpi.cycle_totals([card]),
    "total_bridge": lambda card: kpi.total_bridge(card, card),
    "target_difficulty": lambda card: kpi.target_difficulty([card]),
    "bunching": kpi.bunching,
    "discrimination": kpi.discrimination,
    "grade_spread": kpi.grade_spread,
    "grade_differences": kpi.grade_differences,
    "near_boundary": kpi.near_boundary,
    "boundary_counts": kpi.boundary_counts,
    "shrunken_means": lambda card: kpi.shrunken_means(card, draws=200),
    "funnel": kpi.funnel,
    "wide_values": lambda card: kpi.wide_values(card.scores, "actual"),
}
TABLES = ("scores", "dimension_scores", "totals", "subjects", "dimensions", "indicators", "grades", "plan", "published")
# What answers with a row per pair or per subject; the others have few rows, whose order ties may decide.
BY = {
    "indicator_summary": ["indicator_id"],
    "gaps": ["subject_id", "indicator_id"],
    "effective_weights": ["item_id"],
    "leave_one_out": ["item_id"],
    "data_weights": ["set_id", "item_id"],
    "compensation": ["subject_id", "method"],
    "rank_intervals": ["subject_id"],
    "variance_inflation": ["indicator_id"],
    "indicator_limits": ["indicator_id"],
    "missed": ["indicator_id"],
    "cycle_table": ["level", "item_id"],
    "cycle_totals": ["subject_id"],
    "discrimination": ["indicator_id"],
    "item_reliability": ["indicator_id"],
    "principal_components": ["component"],
    "drop_candidates": ["indicator_id"],
}


@pytest.mark.parametrize("source", ["operations", "hospitals"])
def test_no_answer_changes_the_scorecard(source):
    card = operations() if source == "operations" else hospitals().for_unit("WY")
    kept = {name: getattr(card, name).copy() for name in TABLES}
    for answer in ANSWERS.values():
        answer(card)
    kpi.bridge_subjects(card, before("operations", "2024Q1"))
    assert [name for name in TABLES if not getattr(card, name).equals(kept[name])] == []


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_the_same_the_second_time(name):
    answer, card = ANSWERS[name], operations("2024Q3")
    pd.testing.assert_frame_equal(answer(card), answer(card))


def _shuffled(tables, seed):
    rng = np.random.default_rng(seed)
    mixed = {name: [rows[i] for i in rng.permutation(len(rows))] for name, rows in tables.items() if rows}
    return {**tables, **mixed}


@cache
def _drawn(*, shuffled: bool, kept: tuple[str, ...] = ()) -> Scorecard:
    tables = random_scheme(11)
    mixed = _shuffled(tables, 5) if shuffled else tables
    return make_card(check=False, **{**mixed, **{name: tables[name] for name in kept}})


@pytest.mark.parametrize("name", BY)
def test_the_order_of_rows_in_the_source_changes_no_number(name):
    # Weights are drawn indicator by indicator, so their order belongs to the seed.
    kept = ("indicators", "dimensions") if name == "rank_intervals" else ()
    a, b = (ANSWERS[name](card) for card in (_drawn(shuffled=False), _drawn(shuffled=True, kept=kept)))
    numbers = [column for column in a.select_dtypes("number") if column not in BY[name]]
    a, b = (table.astype(dict.fromkeys(BY[name], str)).set_index(BY[name])[numbers].sort_index() for table in (a, b))
    pd.testing.assert_frame_equal(a, b, check_exact=False, atol=1e-9)


ACTUALS = {
    "nobody has a total": {"A": "ill", "B": "ill"},
    "one indicator": {"A": 80, "B": 70},
    "one subject": {"A": 70},
    "all equal": {"A": 80, "B": 80},
}


@pytest.mark.parametrize("rows", ACTUALS)
def test_a_scheme_with_hardly_anything_in_it_has_an_answer(rows):
    card = make_card(check=False, actuals=actual_rows(ACTUALS[rows]))
    for name in ("leave_one_out", "effective_weights", "indicator_summary"):
        assert len(ANSWERS[name](card)) == 1, name
    assert len(ANSWERS["rank_intervals"](card)) == (0 if rows == "nobody has a total" else len(ACTUALS[rows]))
