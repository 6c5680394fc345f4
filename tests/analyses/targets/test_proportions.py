"""The Wilson interval against printed examples and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kpianalysis.analyses.targets.proportions import wilson_interval
from kpianalysis.errors import KpiError

# Newcombe, Statistics in Medicine 17 (1998), table I, method 3: the score method without continuity correction.
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("count", "n", "low", "high"), NEWCOMBE)
def test_printed_examples_come_out(count, n, low, high):
    assert [round(float(end), 4) for end in wilson_interval(count, n)] == [low, high]


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_it_equals_scipy(level):
    for n in (1, 2, 7, 48, 2955):
        for count in {0, 1, n // 3, n - 1, n}:
            theirs = stats.binomtest(count, n).proportion_ci(level, method="wilson")
            ours = [float(end) for end in wilson_interval(count, n, level)]
            assert ours == pytest.approx(list(theirs), rel=1e-9, abs=1e-12)


def test_none_is_exactly_nothing_and_all_exactly_one_and_of_nobody_is_no_share():
    low, high = wilson_interval(np.array([0.0, 7.0, 0.0]), np.array([7.0, 7.0, 0.0]))
    assert (low[0], high[1]) == (0.0, 1.0)
    assert 0 < high[0] < 1 and 0 < low[1] < 1
    assert np.isnan([low[2], high[2]]).all()


def test_more_subjects_make_it_narrower_and_turning_it_round_mirrors_it():
    narrow, wide = wilson_interval(480, 1000), wilson_interval(48, 100)
    assert wide[0] < narrow[0] < 0.48 < narrow[1] < wide[1]
    here, turned = wilson_interval(13, 48), wilson_interval(35, 48)
    assert [1 - float(here[1]), 1 - float(here[0])] == pytest.approx([float(end) for end in turned], rel=1e-12)


def test_it_holds_the_true_share_about_as_often_as_it_says():
    # Exact, over all counts: the mean coverage of shares between 5 and 95 %.
    n = 48
    low, high = wilson_interval(np.arange(n + 1.0), float(n))
    shares = np.linspace(0.05, 0.95, 91)[:, None]
    covered = (stats.binom.pmf(np.arange(n + 1), n, shares) * ((low <= shares) & (shares <= high))).sum(axis=1)
    assert covered.mean() == pytest.approx(0.95, abs=0.005)
    assert covered.min() > 0.91


@pytest.mark.parametrize(("count", "n", "level"), [(1, 2, 0.0), (1, 2, 95), (-1, 2, 0.95), (3, 2, 0.95)])
def test_what_is_no_count_or_no_level_is_refused(count, n, level):
    with pytest.raises(KpiError, match=r"Use|Give"):
        wilson_interval(count, n, level)
