"""Shares of the variance of a sum: exact over all subsets, sampled from orders, whole where parts are no parts."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpianalysis.analyses.importance.shapley import antithetic_orders, exact_shares, explained, shares_in_orders

SEEDS = st.integers(0, 2**32 - 1)


def _covariance(seed, m, extra=3):
    values = np.random.default_rng(seed).normal(size=(m, m + extra))
    return values @ values.T


def _explained_by_regression(parts, members):
    """R² of the sum regressed on some of its parts, by numpy's least squares."""
    total = parts.sum(axis=1) - parts.sum(axis=1).mean()
    some = parts[:, members] - parts[:, members].mean(axis=0)
    rest = total - some @ np.linalg.lstsq(some, total, rcond=None)[0] if members else total
    return 1 - (rest @ rest) / (total @ total)


def test_every_subset_explains_what_least_squares_says():
    parts = np.random.default_rng(3).normal(size=(40, 4)) @ np.array(
        [[1, 0.5, 0, 0], [0, 1, 0, 1], [0, 0, 1, -1], [0, 0, 0, 1]]
    )
    ours = explained(np.cov(parts.T)[None])[:, 0]
    for number in range(16):
        members = [j for j in range(4) if number >> j & 1]
        assert ours[number] == pytest.approx(_explained_by_regression(parts, members), abs=1e-12)


def test_the_share_is_the_mean_over_all_orders():
    covariance = _covariance(5, 5)
    orders = np.array(list(itertools.permutations(range(5))))
    in_orders = shares_in_orders(np.broadcast_to(covariance, (len(orders), 5, 5)), orders)
    assert in_orders.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert in_orders.mean(axis=0) == pytest.approx(exact_shares(covariance[None])[0], abs=1e-12)


@pytest.mark.parametrize(
    ("name", "scores"),
    [
        ("importance_tai23.json", "tai/scores_goalpost_23.csv"),
        ("importance_asem_subindex.json", "asem/aggregated_amean.csv"),
    ],
)
def test_shares_and_unique_parts_are_those_of_the_reference(shared, name, scores):
    """importance_tai23.json, importance_asem_subindex.json: Shapley share and unique part by numpy."""
    expected = json.loads((shared / "reference/weights_from_data" / name).read_text(encoding="utf-8"))
    parts = pd.read_csv(shared / "reference" / scores, index_col=0)[expected["indicators"]] * expected["weights"]
    covariance = np.cov(parts.to_numpy().T)[None]
    assert exact_shares(covariance)[0] == pytest.approx(expected["shapley_variance_share"], abs=1e-9)
    value, everything = explained(covariance)[:, 0], 2 ** parts.shape[1] - 1
    unique = [value[everything] - value[everything - 2**j] for j in range(parts.shape[1])]
    assert unique == pytest.approx(expected["unique_part"], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 7), st.integers(0, 3))
def test_shares_sum_to_one_and_are_never_negative(seed, m, ranks_lost):
    """Also where some parts are sums of others: their covariances have a lower rank."""
    values = np.random.default_rng(seed).normal(size=(m, max(1, m - ranks_lost)))
    covariance = (values @ values.T)[None]
    shares = exact_shares(covariance)[0]
    assert shares.sum() == pytest.approx(1, abs=1e-6)
    assert (shares > -1e-9).all()


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(2, 6))
def test_the_order_of_the_parts_does_not_matter(seed, m):
    covariance = _covariance(seed, m)
    order = np.random.default_rng(seed).permutation(m)
    moved = exact_shares(covariance[np.ix_(order, order)][None])[0]
    assert moved == pytest.approx(exact_shares(covariance[None])[0][order], abs=1e-9)


def test_parts_that_go_their_own_ways_have_their_variance_as_share():
    assert exact_shares(np.diag([5.0, 3.0, 2.0])[None])[0] == pytest.approx([0.5, 0.3, 0.2])


def test_a_part_that_never_varies_has_nothing_and_changes_nothing():
    covariance = _covariance(1, 4)
    wider = np.zeros((5, 5))
    wider[:4, :4] = covariance
    assert exact_shares(wider[None])[0] == pytest.approx([*exact_shares(covariance[None])[0], 0.0], abs=1e-12)


def test_parts_that_are_the_same_share_alike_even_if_one_is_twice_the_other():
    values = np.random.default_rng(2).normal(size=(30, 2))
    parts = np.column_stack([values[:, 0], 2 * values[:, 0], values[:, 1]])
    shares = exact_shares(np.cov(parts.T)[None])[0]
    assert shares[0] == pytest.approx(shares[1], abs=1e-9)
    assert shares.sum() == pytest.approx(1, abs=1e-9)


def test_what_rounding_leaves_of_a_part_that_is_a_sum_of_others_counts_for_nothing():
    """Six parts of rank 3, 100 times: in one of them 1e-18 is left of a variance, and would be a share of its own."""
    for seed in range(100):
        values = 0.1 * np.random.default_rng(seed).integers(-3, 4, (6, 3))
        covariance = values @ values.T
        if covariance.sum() > 1e-9:
            assert exact_shares(covariance[None])[0].sum() == pytest.approx(1, abs=1e-9)
            assert shares_in_orders(covariance[None], np.arange(6)[None])[0].sum() == pytest.approx(1, abs=1e-9)


def test_a_sum_without_variance_has_no_shares():
    cancelling = np.array([[1.0, -1.0], [-1.0, 1.0]])
    both = np.stack([cancelling, np.zeros((2, 2))])
    assert np.isnan(exact_shares(both)).all()
    assert np.isnan(shares_in_orders(both, np.array([[0, 1], [1, 0]]))).all()


def test_many_covariances_at_once_are_each_on_its_own():
    many = np.stack([_covariance(seed, 4) for seed in range(700)])
    assert exact_shares(many)[123] == pytest.approx(exact_shares(many[123:124])[0], abs=1e-12)


def test_sampled_shares_are_within_their_standard_error():
    """2,000 pairs of orders of 8 parts: eight shares, none further off than 4 standard errors."""
    covariance, pairs = _covariance(11, 8), 2_000
    orders = antithetic_orders(pairs, 8, np.random.default_rng(0))
    drawn = shares_in_orders(np.broadcast_to(covariance, (2 * pairs, 8, 8)), orders).reshape(pairs, 2, 8).mean(axis=1)
    error = drawn.std(axis=0, ddof=1) / np.sqrt(pairs)
    assert (np.abs(drawn.mean(axis=0) - exact_shares(covariance[None])[0]) < 4 * error).all()
    assert (error < 0.01).all()


def test_every_second_order_is_the_one_before_in_reverse():
    orders = antithetic_orders(50, 6, np.random.default_rng(1))
    assert (orders[1::2] == orders[::2, ::-1]).all()
    assert (np.sort(orders, axis=1) == np.arange(6)).all()
