"""Which indicators move together."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import kpianalysis as kpi
from kpianalysis.analyses.correlation.pairs import adjust, spearman_interval
from tests.builders import actual_rows, make_card
from tests.cards import given_card, hospitals, operations


def _table(seed=0, n=60, k=5, *, ties=True, gaps=0.1):
    """Scores that depend on each other, with ties and gaps."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, k)) + 0.8 * rng.normal(size=(n, 1))
    values = (50 + 10 * values).round(-1 if ties else 6)
    values[rng.uniform(size=values.shape) < gaps] = np.nan
    return pd.DataFrame(values, index=[f"S{i:03d}" for i in range(n)], columns=[f"i{j}" for j in range(k)])


def _pairs(table):
    return kpi.correlation(given_card(table).scores)


def _both_ways(pairs):
    turned = pairs.rename(columns={"indicator_i": "indicator_j", "indicator_j": "indicator_i"})
    return pd.concat([pairs, turned]).set_index(["indicator_i", "indicator_j"])


@pytest.mark.parametrize("ties", [True, False])
def test_coefficients_and_p_are_scipys_on_ties_and_gaps(ties):
    table = _table(ties=ties)
    pairs = _pairs(table)
    assert len(pairs) == 10
    for _, row in pairs.iterrows():
        x, y = table[[row["indicator_i"], row["indicator_j"]]].dropna().to_numpy().T
        linear, monotone = stats.pearsonr(x, y), stats.spearmanr(x, y)
        assert row["n"] == len(x)
        assert (row["pearson"], row["pearson_p"]) == pytest.approx((linear.statistic, linear.pvalue))
        assert (row["spearman"], row["spearman_p"]) == pytest.approx((monotone.statistic, monotone.pvalue))


def test_pairs_of_the_reference_table(shared):
    """240 units, 8 KPIs with gaps and ties: R's cor.test(exact=FALSE), p.adjust over the 28 pairs."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")
    expected = pd.read_csv(shared / "reference/correlation/pairwise.csv").set_index(["a", "b"])
    ours = _both_ways(_pairs(table)).loc[expected.index]
    columns = {
        "n": "n",
        "pearson": "pearson_r",
        "pearson_p": "pearson_p",
        "spearman": "spearman_r",
        "spearman_p": "spearman_p",
        "spearman_p_adjusted": "spearman_p_bh",
    }
    for name, theirs in columns.items():
        assert ours[name].to_numpy() == pytest.approx(expected[theirs].to_numpy(), rel=1e-9, abs=1e-12), name


def test_groups_of_the_reference_table(shared):
    """Average linkage on 1 − |r| of the complete rows: R's hclust."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")
    expected = json.loads((shared / "reference/correlation/multivariate.json").read_text(encoding="utf-8"))
    heights = expected["hclust_average_1_minus_abs_r"]["height"]
    pairs = _pairs(table.dropna())
    pairs = pairs.assign(spearman=pairs["pearson"])
    for cut in (0.99, *(1 - (a + b) / 2 for a, b in pairwise(heights)), 0.01):
        groups = kpi.correlation_groups(pairs, cut)
        alone = (groups["group"] == 0).sum()
        clusters = groups.loc[groups["group"] > 0, "group"].nunique() + alone
        assert clusters == 1 + sum(height > 1 - cut for height in heights)


def test_variance_inflation_of_the_reference_table(shared):
    """Complete rows of the same table (n = 139): R."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")
    expected = json.loads((shared / "reference/correlation/multivariate.json").read_text(encoding="utf-8"))
    ours = kpi.variance_inflation(given_card(table).scores).set_index("indicator_id")
    assert ours["vif"].to_dict() == pytest.approx(expected["vif"], rel=1e-9)
    assert ours["r_squared"].to_dict() == pytest.approx(expected["multiple_R2"], rel=1e-9)
    assert set(ours["n"]) == {expected["complete_cases"]}


def test_judges_who_are_rated_twelve_times_alike(shared):
    """US judge ratings of 1977: r(ORAL, WRIT) = .993, r(ORAL, RTEN) = .982, VIF 15.9 (PHYS) to 265.7 (WRIT)."""
    folder = shared / "data/indicator_redundancy_reference"
    table = pd.read_csv(folder / "us_judge_ratings_1977.csv").drop(columns=["judge", "CONT"])
    scores = given_card(table.set_axis([f"J{i:02d}" for i in range(len(table))])).scores
    pairs = _both_ways(kpi.correlation(scores))
    assert pairs.loc[("ORAL", "WRIT"), "pearson"].item() == pytest.approx(0.993, abs=0.0005)
    assert pairs.loc[("ORAL", "RTEN"), "pearson"].item() == pytest.approx(0.982, abs=0.0005)
    inflation = kpi.variance_inflation(scores)
    assert inflation["indicator_id"].iloc[[0, -1]].tolist() == ["WRIT", "PHYS"]
    assert inflation["vif"].iloc[[0, -1]].to_numpy() == pytest.approx([265.7, 15.9], abs=0.05)
    assert set(kpi.correlation_groups(kpi.correlation(scores))["group"]) == {1}


def test_correlations_with_the_rating_of_the_supervisor(shared):
    """Attitude data of Chatterjee and Price (1977): .825, .624, .590, .426, .156, .155; R² = 0.7326."""
    table = pd.read_csv(shared / "data/indicator_redundancy_reference/attitude_1977.csv")
    table = table.set_axis([f"D{i:02d}" for i in range(len(table))]).select_dtypes("number")
    table = table[["rating", "complaints", "learning", "raises", "privileges", "critical", "advance"]]
    scores = given_card(table).scores
    ours = _both_ways(kpi.correlation(scores)).loc["rating", "pearson"].reindex(table.columns[1:])
    assert ours.to_numpy() == pytest.approx([0.825, 0.624, 0.590, 0.426, 0.156, 0.155], abs=0.0005)
    fit = kpi.variance_inflation(scores).set_index("indicator_id")
    assert fit.loc["rating", "r_squared"] == pytest.approx(0.7326, abs=0.00005)


def test_spearman_of_the_asem_indicators(shared):
    """51 countries, every fourth of 49 indicators: R's cor on the stored file."""
    folder = shared / "reference/asem"
    expected = pd.read_csv(folder / "corr_normalised_spearman.csv", index_col=0).iloc[::4, ::4]
    table = pd.read_csv(folder / "normalised_0_100.csv", index_col="uCode")[list(expected)]
    square = kpi.correlation_matrix(_pairs(table))
    assert square.loc[expected.index, expected.columns].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)


def test_p_is_adjusted_for_the_number_of_pairs_that_have_one():
    table = _table().assign(constant=70.0)
    pairs = _pairs(table)
    known = pairs.dropna(subset=["spearman_p"])
    assert len(pairs) == 15
    assert len(known) == 10
    assert known["spearman_p_adjusted"].to_numpy() == pytest.approx(stats.false_discovery_control(known["spearman_p"]))
    assert (known["spearman_p_adjusted"] >= known["spearman_p"]).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=12))
def test_adjusted_p_is_benjamini_and_hochbergs(p):
    given_p = np.array(p, dtype=float)
    known = np.sort(given_p[~np.isnan(given_p)])
    ours = adjust(given_p)
    assert (np.isnan(ours) == np.isnan(given_p)).all()
    steps = known * len(known) / np.arange(1, len(known) + 1)
    expected = np.minimum.accumulate(steps[::-1])[::-1].clip(max=1)
    assert np.sort(ours[~np.isnan(ours)]) == pytest.approx(expected)


def test_the_strongest_comes_first_whatever_its_sign():
    table = _table(ties=False, gaps=0)
    table["against"] = 100 - table["i0"]
    pairs = _pairs(table)
    assert pairs["spearman"].abs().is_monotonic_decreasing
    assert pairs.loc[0, ["indicator_i", "indicator_j", "spearman"]].tolist() == ["i0", "against", -1]


def test_too_few_subjects_or_no_variation_has_no_coefficient():
    table = pd.DataFrame({"a": [1.0, 2, 3, np.nan], "b": [3.0, 1, 2, 5], "c": [7.0] * 4}, index=list("WXYZ"))
    pairs = _both_ways(_pairs(table))
    assert (pairs.loc[("a", "b"), "n"] == 3).all()
    columns = ["pearson", "pearson_p", "spearman", "spearman_p", "spearman_p_adjusted", "ci_low", "ci_high"]
    assert pairs[columns].isna().all(axis=None)


def test_missing_coefficients_come_last():
    assert _pairs(_table().assign(constant=70.0))["spearman"].isna().tolist() == [False] * 10 + [True] * 5


def test_interval_holds_the_coefficient_and_narrows_with_n():
    widths = []
    for n in (4, 10, 100, 10_000):
        low, high = spearman_interval(0.6, n)
        assert -1 <= low < 0.6 < high <= 1
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert np.isnan(spearman_interval(0.6, 3)).all()
    assert spearman_interval(1.0, 50)[1] == pytest.approx(1)
    assert spearman_interval(-0.6, 10) == pytest.approx(tuple(-x for x in spearman_interval(0.6, 10)[::-1]))


def test_interval_is_bonett_and_wrights():
    half = 1.959963984540054 * ((1 + 0.8**2 / 2) / 47) ** 0.5
    expected = np.tanh([np.arctanh(0.8) - half, np.arctanh(0.8) + half])
    assert spearman_interval(0.8, 50) == pytest.approx(tuple(expected))


def test_interval_covers_the_true_coefficient_about_95_times_in_100():
    rng = np.random.default_rng(8)
    true = 6 / np.pi * np.arcsin(0.6 / 2)
    hits = 0
    for _ in range(400):
        x = rng.normal(size=40)
        y = 0.6 * x + 0.8 * rng.normal(size=40)
        low, high = spearman_interval(float(stats.spearmanr(x, y).statistic), 40)
        hits += low <= true <= high
    assert 0.92 <= hits / 400 <= 0.98


# What is compared ----------------------------------------------------------------------------------------------


def test_scores_are_laid_out_by_subject_and_indicator():
    table = _table()
    laid = kpi.wide_values(given_card(table).scores)
    assert laid.columns.tolist() == table.columns.tolist()
    laid.index = laid.index.astype(str)
    assert laid.to_numpy() == pytest.approx(table.reindex(laid.index).to_numpy(), nan_ok=True)


def test_only_scored_indicators_and_scored_values_are_compared():
    kinds = {"I": "scored", "J": "bonus", "K": "monitor"}
    card = make_card(
        indicators=[{"indicator_id": i, "kind": kind, "method": "given"} for i, kind in kinds.items()],
        plan=None,
        actuals=[*(row for i in kinds for row in actual_rows({"A": 10, "B": 20}, i)), *actual_rows({"C": "ill"})],
    )
    laid = kpi.wide_values(card.scores, "actual")
    assert laid.columns.tolist() == ["I"]
    assert laid.index.tolist() == ["A", "B"]


def test_more_is_better_in_every_column_of_actuals():
    directions = {"I": "higher", "J": "lower", "K": "range"}
    card = make_card(
        indicators=[
            {"indicator_id": i, "direction": d, "method": "band" if d == "range" else "ratio"}
            for i, d in directions.items()
        ],
        plan=[
            {"indicator_id": "I", "target": 100},
            {"indicator_id": "J", "target": 100},
            {"indicator_id": "K", "range_low": 40, "range_high": 60, "floor": 0, "cap": 100},
        ],
        actuals=[
            *actual_rows({"A": 80, "B": 90}),
            *actual_rows({"A": 120, "B": 110}, "J"),
            *actual_rows({"A": 70, "B": 50}, "K"),
        ],
    )
    laid = kpi.wide_values(card.scores, "actual")
    assert laid.loc["A"].tolist() == [80, -120, -10]
    assert laid.loc["B"].tolist() == [90, -110, 0]
    assert (kpi.wide_values(card.scores).loc["B"] > kpi.wide_values(card.scores).loc["A"]).all()


def test_other_values_are_refused_with_those_there_are():
    with pytest.raises(kpi.KpiError, match=r"'rank' cannot be correlated\. Use one of: score, attainment, actual"):
        kpi.correlation(operations().scores, "rank")


# Groups and inflation --------------------------------------------------------------------------------------------


def test_groups_are_those_whose_mean_correlation_reaches_the_cut():
    rng = np.random.default_rng(5)
    common = rng.normal(size=(200, 2))
    values = np.column_stack([common[:, [0, 0, 0, 1, 1]] + 0.3 * rng.normal(size=(200, 5)), rng.normal(size=200)])
    table = pd.DataFrame(50 + 5 * values, index=[f"S{i:03d}" for i in range(200)], columns=list("abcdef"))
    table["b"] = 100 - table["b"]
    groups = kpi.correlation_groups(_pairs(table))
    members = groups.groupby("group")["indicator_id"].agg(set).to_dict()
    assert members == {1: {"a", "b", "c"}, 2: {"d", "e"}, 0: {"f"}}
    assert sorted(groups["place"]) == list(range(6))
    for places in (groups.loc[groups["group"] == g, "place"] for g in (1, 2)):
        assert places.max() - places.min() == len(places) - 1
    assert set(kpi.correlation_groups(_pairs(table), cut=0.999)["group"]) == {0}


def test_the_matrix_is_symmetric_with_ones():
    pairs = _pairs(_table())
    square = kpi.correlation_matrix(pairs, "pearson")
    assert (np.diag(square) == 1).all()
    assert square.equals(square.T)
    assert square.loc["i0", "i1"] == _both_ways(pairs).loc[("i0", "i1"), "pearson"].item()


def _r_squared(complete, name):
    others = np.column_stack([np.ones(len(complete)), complete.drop(columns=name)])
    target = complete[name].to_numpy()
    residuals = target - others @ np.linalg.lstsq(others, target, rcond=None)[0]
    return 1 - residuals.var() / target.var()


@pytest.mark.parametrize("source", ["drawn", "operations", "hospitals"])
def test_variance_inflation_is_one_over_what_least_squares_leaves(source):
    scores = {"drawn": lambda: given_card(_table()).scores, "operations": lambda: operations().scores}.get(
        source, lambda: hospitals().scores
    )()
    ours = kpi.variance_inflation(scores).set_index("indicator_id")
    complete = kpi.wide_values(scores)[list(ours.index)].dropna()
    assert set(ours["n"]) == {len(complete)}
    for name, row in ours.iterrows():
        r_squared = _r_squared(complete, name)
        assert (row["vif"], row["r_squared"]) == pytest.approx((1 / (1 - r_squared), r_squared), rel=1e-6)
    assert ours["vif"].is_monotonic_decreasing


def test_inflation_leaves_out_what_never_varies_or_hardly_anybody_has():
    table = _table().assign(constant=70.0)
    rare = table["i0"].where(np.arange(len(table)) < 20)
    names = kpi.variance_inflation(given_card(table.assign(rare=rare)).scores)["indicator_id"].tolist()
    assert sorted(names) == [f"i{j}" for j in range(5)]


def test_inflation_is_missing_where_an_indicator_is_a_sum_of_others_or_people_are_few():
    table = _table(ties=False, gaps=0)
    exact = kpi.variance_inflation(given_card(table.assign(sum=table["i0"] + table["i1"])).scores)
    assert exact["vif"].isna().all()
    few = kpi.variance_inflation(given_card(table.head(7)).scores)
    assert few["vif"].isna().all()
    assert set(few["n"]) == {7}


def test_one_indicator_has_nothing_to_be_compared_with():
    scores = make_card().scores
    pairs = kpi.correlation(scores)
    assert pairs.empty
    assert kpi.correlation_groups(pairs).columns.tolist() == ["indicator_id", "group", "place"]
    assert kpi.correlation_groups(pairs).empty
    assert kpi.correlation_matrix(pairs).empty
    assert kpi.variance_inflation(scores)["vif"].isna().all()
