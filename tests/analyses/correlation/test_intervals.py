"""Between which values a correlation lies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpianalysis.analyses.correlation.coefficients import pearson, spearman
from kpianalysis.analyses.correlation.influence import spearman_influences
from kpianalysis.analyses.correlation.intervals import (
    accelerations,
    kendall_interval,
    pearson_influences,
    pearson_interval,
    resampled_interval,
    spearman_interval,
)

FORMULAS = [pearson_interval, spearman_interval, kendall_interval]
FIRST, SECOND = np.array([0]), np.array([1])


@pytest.mark.parametrize("interval", FORMULAS)
def test_interval_holds_the_coefficient_and_narrows_with_n(interval):
    widths = []
    for n in (5, 10, 100, 10_000):
        low, high = interval(0.6, n)
        assert -1 <= low < 0.6 < high <= 1
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert interval(-0.6, 10) == pytest.approx(tuple(-x for x in interval(0.6, 10)[::-1]))
    assert np.diff(interval(0.6, 50, 0.99)) > np.diff(interval(0.6, 50))
    assert np.isnan(interval(np.nan, 50)).all()


@pytest.mark.parametrize(("interval", "fewest"), [(pearson_interval, 4), (spearman_interval, 4), (kendall_interval, 5)])
def test_too_few_subjects_have_no_interval(interval, fewest):
    assert np.isnan(interval(0.6, fewest - 1)).all()
    assert not np.isnan(interval(0.6, fewest)).any()


@pytest.mark.parametrize("interval", FORMULAS)
def test_arrays_are_the_same_as_one_by_one(interval):
    c, n = np.array([0.2, -0.9, 1.0, np.nan, 0.5]), np.array([10, 200, 8, 50, 2])
    ends = np.array(interval(c, n))
    assert ends == pytest.approx(np.array([interval(*each) for each in zip(c, n, strict=True)]).T, nan_ok=True)


def test_intervals_are_bonett_and_wrights():
    """R's statpsych gives (0.5841, 0.9638) for ρ = .8699 of 15 and (0.6178, 0.8188) for τ = .734 of 40."""
    x = [67, 28, 30, 28, 52, 40, 25, 37, 44, 10, 14, 20, 28, 40, 51]
    y = [21, 4, 9, 12, 35, 18, 10, 22, 24, 1, 6, 8, 13, 16, 19]
    assert spearman_interval(stats.spearmanr(x, y).statistic, 15) == pytest.approx((0.5841, 0.9638), abs=5e-5)
    assert kendall_interval(0.734, 40) == pytest.approx((0.6178, 0.8188), abs=5e-5)
    half = 1.959963984540054 * ((1 + 0.8**2 / 2) / 47) ** 0.5
    expected = np.tanh([np.arctanh(0.8) - half, np.arctanh(0.8) + half])
    assert spearman_interval(0.8, 50) == pytest.approx(tuple(expected))


def test_pearsons_interval_is_scipys():
    rng = np.random.default_rng(2)
    for n in (4, 12, 90):
        x, y = rng.normal(size=(2, n))
        found = stats.pearsonr(x, y)
        for level in (0.9, 0.95):
            expected = found.confidence_interval(level)
            assert pearson_interval(found.statistic, n, level) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("interval", FORMULAS)
def test_a_perfect_order_of_few_subjects_is_not_certain(interval):
    low, high = interval(1.0, 5)
    assert low < 0.6
    assert high == 1
    assert interval(-1.0, 5) == pytest.approx((-1, -low))
    assert interval(1.0, 1000)[0] > 0.9999
    # A step away from perfect the interval reaches further down.
    assert interval(0.9, 5)[0] < low


# Coverage --------------------------------------------------------------------------------------------------------


def _normal_pairs(true, n, sets, seed):
    x, rest = np.random.default_rng(seed).normal(size=(2, sets, n))
    return x, true * x + np.sqrt(1 - true**2) * rest


def _along_rows(x, y):
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    return (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))


def _kendall_along_rows(x, y):
    order = sum(np.sign(x[:, [i]] - x) * np.sign(y[:, [i]] - y) for i in range(x.shape[1]))
    return order.sum(axis=1) / (x.shape[1] * (x.shape[1] - 1))


@pytest.mark.parametrize("true", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("n", [20, 60])
def test_formulas_cover_the_true_coefficient_about_95_times_in_100(true, n):
    """Pearson, Spearman and Kendall of 4,000 normal samples: error 0.0034; tolerance three of these and 0.01."""
    x, y = _normal_pairs(true, n, 4000, seed=n)
    ranks = [stats.rankdata(side, axis=1) for side in (x, y)]
    cases = {
        "pearson": (true, pearson_interval(_along_rows(x, y), n)),
        "spearman": (6 / np.pi * np.arcsin(true / 2), spearman_interval(_along_rows(*ranks), n)),
        "kendall": (2 / np.pi * np.arcsin(true), kendall_interval(_kendall_along_rows(x, y), n)),
    }
    for name, (truth, (low, high)) in cases.items():
        assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(0.95, abs=0.02), name


@pytest.mark.parametrize(
    ("influences", "is_ranked", "truth"),
    [(pearson_influences, False, 0.7), (spearman_influences, True, 6 / np.pi * np.arcsin(0.35))],
    ids=["pearson", "spearman"],
)
def test_resamples_cover_the_true_coefficient_about_95_times_in_100(influences, is_ranked, truth):
    """600 normal samples of 30 with 400 resamples each: error 0.0089; tolerance three of these."""
    x, y = _normal_pairs(0.7, 30, 600, seed=6)
    rows = np.random.default_rng(6).integers(0, 30, (600, 400, 30))
    given = (lambda side: stats.rankdata(side, axis=1)) if is_ranked else (lambda side: side)
    estimate = _along_rows(given(x), given(y))
    drawn = np.array([_along_rows(given(x[k][rows[k]]), given(y[k][rows[k]])) for k in range(600)]).T
    pairs = (np.stack(sides, axis=-1) for sides in zip(x, y, strict=True))
    skew = np.array([accelerations(values, FIRST, SECOND, influences)[0] for values in pairs])
    low, high = resampled_interval(estimate, drawn, skew, np.full(600, 30.0))
    assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(0.95, abs=0.027)


# Resamples -------------------------------------------------------------------------------------------------------


def test_without_bias_and_skew_the_ends_are_quantiles_as_wide_as_students_t():
    """BCa with bias 0 and acceleration 0 is the percentile interval (Efron, 1987), widened as Hesterberg (2015)."""
    drawn = np.linspace(-1, 1, 2001)[:, None]
    low, high = resampled_interval(np.zeros(1), drawn, np.zeros(1), np.array([50.0]))
    share = stats.norm.cdf(np.sqrt(50 / 49) * stats.t.ppf(0.975, 49))
    assert (low[0], high[0]) == pytest.approx((1 - 2 * share, 2 * share - 1))


def test_ends_are_scipys_bca_but_for_the_width():
    """With so many subjects that Student's t is the normal: scipy.stats.bootstrap of the same resamples."""
    rng = np.random.default_rng(1)
    x = rng.exponential(size=60)
    drawn = np.array([rng.choice(x, 60).mean() for _ in range(5000)])
    ours = stats.bootstrap((x,), np.mean, n_resamples=0, bootstrap_result=_Drawn(drawn), method="BCa")
    # What leaving one out does to a mean is its distance from it, turned round.
    pulls = x - x.mean()
    skew = (pulls**3).sum() / (6 * (pulls**2).sum() ** 1.5)
    low, high = resampled_interval(np.array([x.mean()]), drawn[:, None], np.array([skew]), np.array([1e9]))
    assert (low[0], high[0]) == pytest.approx((ours.confidence_interval.low, ours.confidence_interval.high), rel=1e-6)


class _Drawn:
    """Resamples that were drawn elsewhere, as scipy.stats.bootstrap wants them."""

    def __init__(self, drawn):
        self.bootstrap_distribution = drawn


def test_resamples_without_a_coefficient_are_left_out():
    rng = np.random.default_rng(0)
    drawn = rng.normal(0.4, 0.1, (300, 1))
    holes = np.vstack([drawn, np.full((200, 1), np.nan)])
    estimate, rest = np.array([0.4]), (np.zeros(1), np.array([30.0]))
    ends = np.array(resampled_interval(estimate, holes, *rest))
    assert ends == pytest.approx(np.array(resampled_interval(estimate, drawn, *rest)))
    mostly = np.vstack([drawn, np.full((300, 1), np.nan)])
    assert np.isnan(resampled_interval(estimate, mostly, *rest)).all()


def test_few_subjects_equal_resamples_or_none_have_no_interval():
    drawn = np.random.default_rng(0).uniform(-1, 1, (100, 3))
    drawn[:, 1] = 1.0
    low, high = resampled_interval(np.array([0.1, 1.0, 0.1]), drawn, np.zeros(3), np.array([9.0, 50.0, 10.0]))
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, True, False]
    assert np.isnan(resampled_interval(np.zeros(2), np.empty((0, 2)), np.zeros(2), np.full(2, 30.0))).all()


@pytest.mark.parametrize(
    ("influences", "coefficient"), [(pearson_influences, pearson), (spearman_influences, spearman)]
)
def test_acceleration_is_that_of_the_jackknife(influences, coefficient):
    """Leaving out one of 400 after the other: equal to a tenth, as the two differ by terms of 1/n."""
    rng = np.random.default_rng(5)
    x = rng.exponential(size=400)
    values = np.column_stack([x, x + rng.exponential(size=400)])
    left = np.array([coefficient(np.delete(values, k, axis=0)).coefficient[0, 1] for k in range(400)])
    pulls = left.mean() - left
    expected = (pulls**3).sum() / (6 * (pulls**2).sum() ** 1.5)
    assert accelerations(values, FIRST, SECOND, influences)[0] == pytest.approx(expected, rel=0.1)


def test_a_gap_or_a_constant_pulls_at_nothing():
    rng = np.random.default_rng(5)
    values = rng.normal(size=(40, 3))
    values[:, 2] = 0.1 + 0.2
    gaps = values.copy()
    gaps[::4, 0] = np.nan
    i, j = np.array([0, 0]), np.array([1, 2])
    pulls = pearson_influences(gaps, i, j)
    assert (pulls[0, ::4] == 0).all()
    assert np.delete(pulls[0], np.arange(0, 40, 4)) == pytest.approx(
        pearson_influences(np.delete(values, np.arange(0, 40, 4), axis=0), FIRST, SECOND)[0]
    )
    assert pulls[0].sum() == pytest.approx(0, abs=1e-12)
    assert np.isnan(pulls[1]).all()
    assert accelerations(gaps, i, j, pearson_influences)[1] == 0


def test_pulls_of_subjects_are_derivatives_of_the_coefficient():
    values = pd.DataFrame({"x": [1.0, 2, 2, 5, 6], "y": [2.0, 1, 4, 3, 7]}).to_numpy()
    step = 1e-6
    slopes = []
    for k in range(5):
        weight = np.full(5, (1 - step) / 5) + step * (np.arange(5) == k)
        square = np.cov(values.T, aweights=weight)
        slopes.append((square[0, 1] / np.sqrt(square[0, 0] * square[1, 1]) - np.corrcoef(values.T)[0, 1]) / step)
    assert pearson_influences(values, FIRST, SECOND)[0] == pytest.approx(slopes, abs=1e-4)
