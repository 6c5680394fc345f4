"""Coefficients of all pairs at once are those of each pair alone."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from kpianalysis.analyses.correlation import concordance as counting
from kpianalysis.analyses.correlation.coefficients import kendall, pearson, spearman
from kpianalysis.analyses.correlation.concordance import discordant_in_table
from kpianalysis.analyses.correlation.inversions import inversions
from kpianalysis.analyses.correlation.ranks import Column
from kpianalysis.analyses.correlation.threads import in_threads

BY_SCIPY = {
    pearson: stats.pearsonr,
    spearman: stats.spearmanr,
    kendall: lambda x, y: stats.kendalltau(x, y, method="asymptotic"),
}
each = pytest.mark.parametrize("coefficients", list(BY_SCIPY), ids=lambda function: function.__name__)
of_ranks = pytest.mark.parametrize("coefficients", [spearman, kendall], ids=lambda function: function.__name__)


def _pair_by_pair(values, of_pair):
    """The coefficient, p and n of each pair by scipy."""
    k = values.shape[1]
    coefficient, p, n = np.full((k, k), np.nan), np.full((k, k), np.nan), np.zeros((k, k), dtype=int)
    for i in range(k):
        for j in range(k):
            both = ~(np.isnan(values[:, i]) | np.isnan(values[:, j]))
            x, y = values[both, i], values[both, j]
            n[i, j] = len(x)
            if len(x) < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
                continue
            coefficient[i, j] = 1.0
            if i != j:
                coefficient[i, j], p[i, j] = of_pair(x, y)
    return coefficient, p, n


def _values(seed, n=None, k=5):
    """Columns that hang together: one plain, one rounded, one with few values, one turned round, one without gaps."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 90)) if n is None else n
    values = rng.normal(size=(n, k)) + rng.normal(size=(n, 1))
    values[:, 1] = values[:, 1].round(1)
    values[:, 2] = values[:, 2].round()
    values[:, 3] = -values[:, 3] if seed % 5 else -values[:, 0]
    values[rng.random(values.shape) < (0, 0.1, 0.5, 0.9)[seed % 4]] = np.nan
    values[:, 4] = rng.normal(size=n).round(seed % 3)
    return values


def _same(ours, expected):
    coefficient, p, n = expected
    assert ours.n.tolist() == n.tolist()
    assert ours.coefficient == pytest.approx(coefficient, rel=1e-9, abs=1e-12, nan_ok=True)
    # Where a coefficient is 1 but for its last digit, that digit alone makes p: it is next to nothing.
    line = np.abs(coefficient) > 1 - 1e-12
    assert ours.p[~line] == pytest.approx(p[~line], rel=1e-9, abs=1e-300, nan_ok=True)
    assert ours.p[line] == pytest.approx(p[line], abs=1e-11, nan_ok=True)


@each
def test_every_pair_is_scipys_with_ties_and_gaps(coefficients):
    for seed in range(40):
        values = _values(seed)
        _same(coefficients(values), _pair_by_pair(values, BY_SCIPY[coefficients]))


@each
def test_long_columns_are_scipys_in_threads_too(coefficients, monkeypatch):
    monkeypatch.setattr("kpianalysis.analyses.correlation.coefficients.HEAVY", 0)
    monkeypatch.setattr("kpianalysis.analyses.correlation.rank_products.HEAVY", 0)
    for seed in (1, 4):
        values = _values(seed, n=5_000)
        _same(coefficients(values), _pair_by_pair(values, BY_SCIPY[coefficients]))


def test_kendall_is_scipys_however_pairs_are_counted(monkeypatch):
    monkeypatch.setattr(counting, "TABLE", 0)
    monkeypatch.setattr(counting, "TABLE_A_ROW", 0)
    for seed in range(20):
        values = _values(seed, n=int(np.random.default_rng(seed).integers(5, 1_500)))
        _same(kendall(values), _pair_by_pair(values, BY_SCIPY[kendall]))


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, st.tuples(st.integers(0, 12), st.just(3)), elements=st.sampled_from([-0.0, 0.0, 1.0, 2.5, np.nan]))
)
def test_small_tables_of_few_values_are_scipys(values):
    for coefficients, of_pair in BY_SCIPY.items():
        _same(coefficients(values), _pair_by_pair(values, of_pair))


# Reference tables --------------------------------------------------------------------------------------------------


def test_all_pairs_of_the_reference_table(shared):
    """240 units, 8 KPIs with gaps and ties: R's cor.test(exact=FALSE), reference/correlation/pairwise.csv."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")
    expected = pd.read_csv(shared / "reference/correlation/pairwise.csv")
    i, j = (table.columns.get_indexer(expected[side]) for side in "ab")
    for coefficients, name, stem in (
        (pearson, "pearson_r", "pearson"),
        (spearman, "spearman_r", "spearman"),
        (kendall, "kendall_tau_b", "kendall"),
    ):
        ours = coefficients(table.to_numpy())
        assert ours.n[i, j].tolist() == expected["n"].tolist()
        assert ours.coefficient[i, j] == pytest.approx(expected[name].to_numpy(), rel=1e-9, abs=1e-12)
        assert ours.p[i, j] == pytest.approx(expected[f"{stem}_p"].to_numpy(), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("name", ["normalised_pearson", "normalised_spearman", "normalised_kendall", "raw_spearman"])
def test_all_pairs_of_the_asem_indicators(shared, name):
    """51 countries, 49 indicators: R's cor and cor.test(exact=FALSE), reference/asem/corr_*.csv."""
    folder = shared / "reference/asem"
    stage, kind = name.split("_")
    coefficient, p = (pd.read_csv(folder / f"corr_{name}{end}.csv", index_col=0) for end in ("", "_p"))
    table = pd.read_csv(folder / {"normalised": "normalised_0_100.csv", "raw": "raw.csv"}[stage], index_col="uCode")
    ours = {"pearson": pearson, "spearman": spearman, "kendall": kendall}[kind](table[list(coefficient)].to_numpy())
    assert ours.coefficient == pytest.approx(coefficient.to_numpy(), rel=1e-9, abs=1e-11, nan_ok=True)
    apart = ~np.eye(len(coefficient), dtype=bool)
    assert ours.p[apart] == pytest.approx(p.to_numpy()[apart], rel=1e-8, abs=1e-15, nan_ok=True)


def test_published_rankings_of_technology_achievement(shared):
    """Four published rankings of 23 countries, OECD/JRC (2008): scipy, reference/tai/rank_similarity.json."""
    expected = json.loads((shared / "reference/tai/rank_similarity.json").read_text(encoding="utf-8"))
    table = pd.read_csv(shared / "reference/tai/scores_ranks_23.csv")
    for name, similarity in expected.items():
        ranks = table[[f"{side}_published_rank" for side in name.split("_vs_")]].to_numpy(dtype=float)
        assert spearman(ranks).coefficient[0, 1] == pytest.approx(similarity["spearman"], rel=1e-9), name
        assert kendall(ranks).coefficient[0, 1] == pytest.approx(similarity["kendall_tau_b"], rel=1e-9), name


def test_pearson_of_the_technology_achievement_indicators(shared):
    """23 countries, 8 indicators: R, reference/tai/recomputed_r.json."""
    expected = json.loads((shared / "reference/tai/recomputed_r.json").read_text(encoding="utf-8"))
    table = pd.read_csv(shared / "reference/tai/tai_raw_23.csv")[expected["indicators"]]
    assert pearson(table.to_numpy()).coefficient == pytest.approx(np.array(expected["pearson"]), rel=1e-9, abs=1e-12)


# What holds always -------------------------------------------------------------------------------------------------


@each
def test_squares_are_symmetric_and_order_of_rows_and_columns_does_not_matter(coefficients):
    for seed in (1, 2, 3):
        values = _values(seed, n=70)
        rng = np.random.default_rng(seed)
        rows, columns = rng.permutation(70), rng.permutation(5)
        ours, moved = coefficients(values), coefficients(values[rows][:, columns])
        for square, other in zip(ours, moved, strict=True):
            assert np.array_equal(square, square.T, equal_nan=True)
            assert other == pytest.approx(square[np.ix_(columns, columns)], rel=1e-12, nan_ok=True)


@of_ranks
def test_only_the_order_of_values_matters_to_ranks(coefficients):
    values = _values(5, n=80)
    bent = np.exp(values) + 3 * values
    for ours, other in zip(coefficients(values), coefficients(bent), strict=True):
        assert np.array_equal(ours, other, equal_nan=True)
    turned = coefficients(np.column_stack([-values[:, 0], values[:, 1:]]))
    assert turned.coefficient[0, 1:] == pytest.approx(-coefficients(values).coefficient[0, 1:])


def test_pearson_does_not_change_with_the_unit_of_measure():
    values = _values(5, n=80)
    scaled = values * [1e6, 1, 1e-6, 3, 1] + [0, 1e3, 0, 7, 0]
    assert pearson(scaled).coefficient == pytest.approx(pearson(values).coefficient, rel=1e-9, nan_ok=True)


def test_pearson_keeps_its_digits_where_an_outlier_lies_outside_the_common_rows():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(40, 3)) + 5
    values[0] = [1e12, np.nan, 2]
    values[1:, 2] = 1 / 3
    _same(pearson(values), _pair_by_pair(values, stats.pearsonr))


@of_ranks
def test_what_only_rises_or_only_falls_has_one_or_minus_one(coefficients):
    x = np.arange(30.0)
    found = coefficients(np.column_stack([x, np.exp(x), -(x**3)]))
    assert found.coefficient.tolist() == [[1, 1, -1], [1, 1, -1], [-1, -1, 1]]
    if coefficients is spearman:
        assert found.p[0, 1] == found.p[0, 2] == 0


@each
def test_too_few_rows_or_no_variation_has_no_coefficient(coefficients):
    few = np.array([[1.0, 3], [2, 1], [3, 2], [np.nan, 4]])
    found = coefficients(few)
    assert np.isnan(found.coefficient).tolist() == [[True, True], [True, False]]
    assert np.isnan(found.p).all()
    assert found.n.tolist() == [[3, 3], [3, 4]]
    flat = np.column_stack([np.full(10, 1 / 3), np.arange(10.0), np.full(10, np.nan)])
    assert np.isnan(coefficients(flat).coefficient).sum() == 8
    for shape in ((0, 3), (5, 0), (0, 0)):
        empty = coefficients(np.zeros(shape))
        assert [square.shape for square in empty] == [(shape[1], shape[1])] * 3
        assert empty.n.dtype.kind == "i"


@each
def test_values_are_left_as_they_were(coefficients):
    values = _values(1, n=60)
    before = values.copy()
    coefficients(values)
    assert np.array_equal(values, before, equal_nan=True)


@each
def test_p_is_uniform_where_columns_are_independent(coefficients):
    """300 pairs of columns with gaps, no column in two pairs; Kolmogorov and Smirnov's test at 0.001."""
    rng = np.random.default_rng(17)
    found = []
    for _ in range(20):
        values = rng.normal(size=(200, 30))
        values[rng.random(values.shape) < 0.1] = np.nan
        found.append(coefficients(values).p[np.arange(0, 30, 2), np.arange(1, 30, 2)])
    assert stats.kstest(np.concatenate(found), "uniform").pvalue > 0.001


# Parts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2, 40, 41, 42, 100, 701])
def test_inversions_are_those_counted_one_by_one(length):
    rng = np.random.default_rng(length)
    for numbers in (length, 7, 3 * length):
        rows = rng.integers(0, numbers, (3, length))
        expected = sum(int(np.triu(row[:, None] > row, 1).sum()) for row in rows)
        assert inversions(rows) == inversions(rows.astype(np.int32)) == expected
    assert inversions(np.arange(length)[None, ::-1]) == length * (length - 1) // 2


@settings(max_examples=50, deadline=None)
@given(arrays(int, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(0, 9)))
def test_discordant_pairs_of_a_table_are_those_counted_one_by_one(table):
    x, y = (np.repeat(place.ravel(), table.ravel()) for place in np.indices(table.shape))
    expected = int(((x[:, None] < x) & (y[:, None] > y)).sum())
    assert discordant_in_table(table) == expected


def test_ties_are_those_of_their_own_column_whichever_is_counted_along():
    rng = np.random.default_rng(6)
    plain, tied = Column(rng.normal(size=3_000)), Column(rng.integers(0, 2_000, 3_000).astype(float))
    there, back = counting.concordance(plain, tied), counting.concordance(tied, plain)
    assert (there.x, there.y) == (back.y, back.x) == (counting.NO_TIES, there.y)
    assert there.y.pairs > 0
    assert there.discordant == back.discordant


def test_centred_ranks_are_scipys():
    column = _values(1, n=50)[:, 1]
    known = ~np.isnan(column)
    ranks = Column(column).centred_ranks()
    assert ranks[known].tolist() == (2 * stats.rankdata(column[known]) - known.sum() - 1).tolist()
    assert (ranks[~known] == 0).all()


def test_threads_give_the_answers_in_order():
    assert in_threads(lambda x: x * x, list(range(100)), heavy=True) == [x * x for x in range(100)]
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda x: 1 / x, [1, 0], heavy=True)
