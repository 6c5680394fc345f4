"""Ranks and grades under many sets of weights, counted quickly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import kpianalysis as kpi
from kpianalysis.analyses.weights import drawn_ranks, rank_counting
from kpianalysis.analyses.weights.rank_counting import quantiles
from kpianalysis.analyses.weights.weight_model import rank_rows
from kpianalysis.errors import KpiError
from kpianalysis.scoring.totals import TIE
from tests.cards import GRADES, given_card, hospitals, operations, random_card


def _quick(totals):
    """Ranks as the drawn sets of weights are ranked, a row each; in two parts, so that memory is used again."""
    k, n = totals.shape
    ranks, half = np.empty((n, k), dtype=np.int32), (k + 1) // 2
    sorter = rank_counting.RankSorter(half, n, np.int32)
    for start in range(0, k, half):
        sorter.rank(totals[start : start + half].copy(), ranks, start)
    return ranks.T


@settings(max_examples=100, deadline=None)
@given(
    values=arrays.arrays(np.int64, st.tuples(st.integers(1, 8), st.integers(1, 40)), elements=st.integers(-30, 30)),
    scale=st.sampled_from([1.0, 1e-3, TIE / 2, TIE * 2, 1e4]),
)
def test_quick_ranks_are_the_plain_ones(values, scale):
    totals = values * scale + 50.0
    assert _quick(totals).tolist() == rank_rows(totals).tolist()


@pytest.mark.parametrize("n", [1, 2, 3, 255, 256, 257, 70_000])
def test_quick_ranks_hold_at_every_size(n):
    totals = np.random.default_rng(n).normal(70, 10, (3, n)).round(3)
    assert (_quick(totals) == rank_rows(totals)).all()


@pytest.mark.parametrize("odd", [np.nan, 1e14], ids=["missing", "too far apart"])
def test_totals_that_do_not_fit_whole_numbers_are_ranked_the_plain_way(odd):
    totals = np.array([[10.0, odd, 30.0, 30.0 + TIE / 10, 30.0001]])
    assert _quick(totals).tolist() == rank_rows(totals).tolist()


@pytest.mark.parametrize("card", [operations("2024Q3"), hospitals(), random_card(2)], ids=["48", "2955", "14"])
def test_counting_in_blocks_gives_the_same(card):
    at_once = kpi.draw_ranks(card, 120, 3)
    in_blocks = kpi.draw_ranks(card, 120, 3, most_bytes=120 * 2 * 5 if len(card.totals) < 100 else 120 * 2 * 700)
    assert in_blocks.ranks is None
    assert in_blocks.rank_quantiles.tolist() == at_once.rank_quantiles.tolist()
    assert in_blocks.mean_rank == pytest.approx(at_once.mean_rank, rel=1e-12)
    assert in_blocks.grade_counts.tolist() == at_once.grade_counts.tolist()


@pytest.mark.parametrize("card", [operations("2024Q3"), random_card(2)], ids=["48", "14"])
def test_every_answer_is_the_same_when_ranks_were_not_kept(card):
    at_once, in_blocks = kpi.draw_ranks(card, 120, 3), kpi.draw_ranks(card, 120, 3, most_bytes=120 * 2 * 5)
    assert (at_once.ranks is None, in_blocks.ranks is None) == (False, True)
    assert in_blocks.width == 5
    for answer in (
        kpi.rank_acceptability,
        kpi.central_weights,
        kpi.pairwise_winning,
        lambda drawn: kpi.rank_acceptability(drawn, most_rank=3),
    ):
        pd.testing.assert_frame_equal(answer(in_blocks), answer(at_once))


def test_grades_are_counted_beyond_what_a_byte_holds():
    card = given_card(pd.DataFrame({"a": [80.0, 60.0, 20.0]}, index=list("ABC")), grades=GRADES)
    drawn = kpi.draw_ranks(card, 1000)
    assert drawn.grades["grade"].tolist() == ["D", "C", "B", "A"]
    assert drawn.grade_counts.tolist() == [[0, 0, 0, 1000, 0], [0, 0, 1000, 0, 0], [1000, 0, 0, 0, 0]]


def test_reaching_a_boundary_exactly_counts():
    card = given_card(pd.DataFrame({"a": [70.0, 70.0 - 1e-6]}, index=list("AB")), grades=GRADES)
    assert kpi.draw_ranks(card, 10).grade_counts[:, -2].tolist() == [10, 0]


def test_a_set_of_weights_that_leaves_somebody_without_a_total_is_no_grade():
    scores = pd.DataFrame({"a": [80.0, 60.0], "b": [np.nan, 90.0]}, index=list("AB"))
    card = given_card(scores, grades=GRADES)
    model = kpi.draw_ranks(card, 1).model
    drawn = drawn_ranks.ranks_under(model, np.array([[0.0, 1.0]]), np.ones((1, 1)), card.totals, card.grades)
    assert drawn.grade_counts.tolist() == [[0, 0, 0, 0, 1], [0, 0, 0, 1, 0]]
    assert drawn.ranks.tolist() == [[2], [1]]


def test_at_least_one_set_is_drawn():
    with pytest.raises(KpiError, match="draws: 0 is not a number of sets"):
        kpi.draw_ranks(operations(), 0)


def test_nothing_it_is_given_changes():
    card = operations()
    before = card.totals.copy(deep=True)
    model = kpi.draw_ranks(card, 1).model
    indicators, dimensions = np.full((5, len(model.indicators)), 2.0), np.full((5, len(model.dimensions)), 3.0)
    drawn_ranks.ranks_under(model, indicators, dimensions, card.totals, card.grades)
    assert (indicators == 2).all()
    assert (dimensions == 3).all()
    pd.testing.assert_frame_equal(card.totals, before)


@settings(max_examples=25, deadline=None)
@given(
    values=arrays.arrays(np.int64, st.tuples(st.integers(1, 40), st.integers(1, 5)), elements=st.integers(1, 50)),
    share=st.floats(0, 1),
)
def test_quantiles_are_numpys(values, share):
    assert quantiles(values, [share, 0.5])[0] == pytest.approx(np.quantile(values, share, axis=1))


@settings(max_examples=50, deadline=None)
@given(
    values=arrays.arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 40)), elements=st.integers(1, 12)),
    share=st.floats(0, 1),
)
def test_quantiles_of_counts_are_those_of_the_values(values, share):
    counts = rank_counting.count_ranks(values, 12)
    assert counts.sum(axis=1).tolist() == [values.shape[1]] * len(values)
    ours = rank_counting.counted_quantiles(counts, [share, 1.0])
    assert ours == pytest.approx(np.quantile(values, [share, 1.0], axis=1))
