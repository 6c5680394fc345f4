"""Coefficients in resamples are those of the drawn rows."""

from __future__ import annotations

import numpy as np
import pytest

from kpianalysis.analyses.correlation import resampling
from kpianalysis.analyses.correlation.coefficients import pearson, spearman
from kpianalysis.analyses.correlation.resampling import pearson_resamples, spearman_resamples

each = pytest.mark.parametrize(
    ("resamples", "coefficients"), [(spearman_resamples, spearman), (pearson_resamples, pearson)], ids=["ranks", "line"]
)


def _values(seed, n, k=5):
    """Columns with gaps and without, plain, rounded, and with few values."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, k)) + rng.normal(size=(n, 1))
    values[:, 1] = values[:, 1].round()
    values[rng.random(values.shape) < (0, 0.1, 0.5, 0.9)[seed % 4]] = np.nan
    values[:, 3:] = rng.normal(size=(n, k - 3)) + 10
    values[:, 4] = values[:, 4].round(seed % 2)
    return values


def _by_the_loop(values, draws, seed, coefficients):
    rows = np.random.default_rng(seed).integers(0, len(values), (draws, len(values)))
    return np.stack([coefficients(values[drawn]).coefficient for drawn in rows])


def _same(ours, expected):
    assert ours == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


@each
def test_every_resample_is_that_of_the_drawn_rows(resamples, coefficients):
    for seed in range(24):
        values = _values(seed, int(np.random.default_rng(seed).integers(1, 60)))
        _same(resamples(values, 9, seed), _by_the_loop(values, 9, seed, coefficients))


@each
def test_many_rows_and_draws_are_taken_in_pieces_and_threads(resamples, coefficients, monkeypatch):
    monkeypatch.setattr(resampling, "AT_ONCE", 50_000)
    monkeypatch.setattr(resampling, "HEAVY", 0)
    values = _values(1, 700)
    _same(resamples(values, 150, 3)[::5], _by_the_loop(values, 150, 3, coefficients)[::5])


@each
def test_more_rows_than_short_numbers_can_count(resamples, coefficients):
    values = _values(1, 25_000)
    _same(resamples(values, 2, 3), _by_the_loop(values, 2, 3, coefficients))


@each
def test_a_resample_in_which_a_column_never_varies_has_no_coefficient(resamples, coefficients):
    rng = np.random.default_rng(4)
    values = np.column_stack([np.where(np.arange(40) == 0, 2.0, 1 / 3), rng.normal(size=(40, 2)), np.full(40, 0.1)])
    found = resamples(values, 200, 1)
    missing = np.isnan(found[:, 0, 1])
    # The odd row is not drawn with probability (1 - 1/40)^40 = 0.363: 200 draws, four standard errors of 0.034.
    assert missing.mean() == pytest.approx(0.363, abs=0.136)
    assert np.array_equal(missing, np.isnan(found[:, 0, 0]))
    assert np.isnan(found[:, 3]).all()
    _same(found, _by_the_loop(values, 200, 1, coefficients))


def test_pearson_keeps_its_digits_where_an_outlier_was_not_drawn():
    values = _values(0, 40)
    values[0, 0] = 1e12
    _same(pearson_resamples(values, 50, 1), _by_the_loop(values, 50, 1, pearson))


@each
def test_resamples_spread_about_the_coefficient_as_theory_has_it(resamples, coefficients):
    """Two normal columns with ρ = 0.6, 400 rows: standard error (1 − ρ²)/√n within a fifth."""
    rng = np.random.default_rng(9)
    x = rng.normal(size=400)
    values = np.column_stack([x, 0.6 * x + 0.8 * rng.normal(size=400)])
    found = resamples(values, 1_000, 2)[:, 0, 1]
    r = coefficients(values).coefficient[0, 1]
    assert found.mean() == pytest.approx(r, abs=0.01)
    assert found.std() == pytest.approx((1 - r**2) / np.sqrt(400), rel=0.2)


@each
def test_seed_decides_and_values_are_left_as_they_were(resamples, coefficients):
    values = _values(1, 50)
    before = values.copy()
    first = resamples(values, 20, 1)
    assert np.array_equal(first, resamples(values, 20, 1), equal_nan=True)
    assert not np.array_equal(first, resamples(values, 20, 2), equal_nan=True)
    assert np.array_equal(first, first.transpose(0, 2, 1), equal_nan=True)
    assert np.array_equal(values, before, equal_nan=True)


@each
@pytest.mark.parametrize("shape", [(0, 3), (3, 2), (5, 0), (0, 0)])
def test_nothing_to_resample_gives_nothing(resamples, coefficients, shape):
    found = resamples(np.ones(shape), 6, 1)
    assert found.shape == (6, shape[1], shape[1])
    assert np.isnan(found).all()
    assert resamples(np.ones(shape), 0, 1).shape == (0, shape[1], shape[1])
