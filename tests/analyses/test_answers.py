"""The answers on both data sets: they add up, agree with other tools, and find the planted faults."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpianalysis as kpi
from kpianalysis.analyses import correlation as corr
from kpianalysis.analyses.sensitivity import quantiles
from tests.builders import ROOT, make_card

CYCLES = ["2024Q1", "2024Q2", "2024Q3", "2024Q4", "2024"]


@pytest.fixture(scope="module", params=["FY2017", *CYCLES])
def pair(request):
    folder = "data/hospitals" if request.param == "FY2017" else "data/operations"
    data = kpi.load(ROOT / folder, request.param)
    return kpi.score(data), kpi.score_previous(data)


@pytest.fixture(scope="module", params=CYCLES)
def operations(request):
    return kpi.score(kpi.load(ROOT / "data/operations", request.param))


def test_the_bridge_adds_up_to_the_last_digit(pair):
    bridge = kpi.bridge_subjects(*pair)
    parts = bridge[["from_scores", "from_weights", "from_items", "from_bonus_veto"]].sum(axis=1)
    assert (bridge["total_before"] + parts - bridge["total_now"]).abs().max() < 1e-9
    counts = kpi.joiners_and_leavers(*pair)
    assert counts["both"] == len(bridge) > 0
    changes = kpi.bridge_indicators(*pair)["change"].sum() + bridge["from_bonus_veto"].mean()
    assert changes == pytest.approx((bridge["total_now"] - bridge["total_before"]).mean())


def test_lost_points_add_up_to_what_the_mean_total_lacks(pair):
    card, _before = pair
    lost = kpi.indicator_summary(card)["lost_points"].sum()
    assert lost == pytest.approx(100 - card.totals["weighted_total"].mean())


def test_effective_weights_sum_to_one(pair):
    for level in ("indicator", "dimension"):
        assert kpi.effective_weights(pair[0], level)["effective_weight"].sum() == pytest.approx(1)


def test_effective_weight_is_the_covariance_share_when_weights_are_the_same():
    rng = np.random.default_rng(1)
    values = rng.normal(50, 10, (30, 3))
    subjects = [f"S{i}" for i in range(30)]
    indicators = [{"indicator_id": k, "method": "given", "weight": w} for k, w in zip("IJK", (1, 2, 3), strict=True)]
    actuals = [
        {"subject_id": s, "indicator_id": k, "value": values[i, j]}
        for i, s in enumerate(subjects)
        for j, k in enumerate("IJK")
    ]
    card = make_card(subjects=[{"subject_id": s} for s in subjects], indicators=indicators, plan=None, actuals=actuals)
    weights = np.array([1, 2, 3]) / 6
    total = values @ weights
    expected = {k: weights[j] * np.cov(values[:, j], total)[0, 1] / total.var(ddof=1) for j, k in enumerate("IJK")}
    ours = kpi.effective_weights(card).set_index("item_id")["effective_weight"].to_dict()
    assert ours == pytest.approx(expected, rel=1e-9)


def test_gaps_are_unfavourable_and_ordered_by_lost_points(pair):
    gaps = kpi.gaps(pair[0])
    assert not (gaps["gap"] >= 0).any()
    assert gaps["lost_points"].is_monotonic_decreasing


def test_rank_intervals_are_seeded_and_hold_the_rank(operations):
    first, again = (kpi.rank_intervals(operations, 500, seed=7) for _run in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = kpi.rank_intervals(operations, 500, seed=8)
    assert not first["rank_median"].equals(other["rank_median"])
    inside = (first["rank_low"] <= first["rank"]) & (first["rank"] <= first["rank_high"])
    assert inside.mean() > 0.9
    wider = kpi.rank_intervals(operations, 500, seed=7, spread=0.6)
    assert (wider["rank_high"] - wider["rank_low"]).sum() > (first["rank_high"] - first["rank_low"]).sum()


def test_quantiles_are_numpys():
    values = np.random.default_rng(1).integers(1, 50, (101, 7))
    shares = [0.05, 0.5, 0.95]
    np.testing.assert_allclose(quantiles(values, shares), np.quantile(values, shares, axis=0))


def test_leaving_an_indicator_out_is_scoring_without_it(operations):
    first = kpi.leave_one_out(operations).iloc[0]
    rows = operations.scores[operations.scores["kind"] == "scored"]
    assert first["indicator_id"] == "rework_rate"
    assert 0 < first["mean_shift"] <= first["most_shift"] < len(operations.totals)
    assert first["n_without_total"] == 0
    assert set(kpi.leave_one_out(operations)["indicator_id"]) == set(rows["indicator_id"].unique())


def test_correlation_agrees_with_scipy_on_ties_and_gaps(pair):
    pairs = kpi.correlation(pair[0].scores)
    wide = kpi.wide_values(pair[0].scores)
    known = pairs.dropna(subset=["spearman"])
    for _place, row in known.sample(min(8, len(known)), random_state=1).iterrows():
        both = wide[[row["indicator_i"], row["indicator_j"]]].dropna()
        expected = stats.spearmanr(both.iloc[:, 0], both.iloc[:, 1])
        assert (row["n"], row["spearman"]) == (len(both), pytest.approx(expected.statistic, abs=1e-12))
        assert row["ci_low"] <= row["spearman"] <= row["ci_high"]
    adjusted = stats.false_discovery_control(known["spearman_p"])
    np.testing.assert_allclose(known["spearman_p_adjusted"], adjusted)


def test_correlation_of_the_reference_table(shared):
    """R's cor.test on 8 made-up KPIs: ../shared/reference/correlation/pairwise.csv."""
    frame = pd.read_csv(shared / "reference/correlation/kpi.csv")
    expected = pd.read_csv(shared / "reference/correlation/pairwise.csv")
    for _place, row in expected.iterrows():
        wide = frame.rename(columns={row.iloc[0]: "a", row.iloc[1]: "b"})[["a", "b"]]
        _a, _b, n, r, _rp, rho, _p, _low, _high = corr._correlate(wide, "a", "b")
        assert n == row["n"]
        assert r == pytest.approx(row[next(c for c in expected if c.startswith("pearson"))], abs=1e-9)
        assert rho == pytest.approx(row[next(c for c in expected if c.startswith("spearman"))], abs=1e-9)


def test_variance_inflation_is_one_over_one_minus_r_squared(operations):
    answer = kpi.variance_inflation(operations.scores).set_index("indicator_id")
    wide = kpi.wide_values(operations.scores)[list(answer.index)].dropna()
    name = answer.index[0]
    others = np.column_stack([np.ones(len(wide)), wide.drop(columns=name)])
    residual = np.linalg.lstsq(others, wide[name].to_numpy(), rcond=None)[1].item()
    r_squared = 1 - residual / ((wide[name] - wide[name].mean()) ** 2).sum()
    assert answer.loc[name, "vif"] == pytest.approx(1 / (1 - r_squared), rel=1e-6)


def test_planted_faults_are_found_and_only_they(operations):
    """The faults that data/operations/README.md states."""
    same = kpi.wording.correlation.same(kpi.correlation(operations.scores))
    assert same[["indicator_i", "indicator_j"]].to_numpy().tolist() == [["orders_handled", "order_value"]]
    weights = kpi.effective_weights(operations).set_index("item_id")["ratio"]
    assert weights[weights > 2].index.tolist() == ["rework_rate"]
    rows = operations.scores[operations.scores["kind"] == "scored"]
    reach = rows.groupby("indicator_id", observed=True)["attainment"].agg(["min", "max"])
    assert reach[(reach["min"] >= 1) & (reach["max"] <= 1.03)].index.tolist() == ["on_time_rate"]
    assert reach[reach["max"] < 0.9].index.tolist() == ["complaint_rate"]
    missing = rows[rows["score"].isna()]
    assert (set(missing["indicator_id"]), set(missing["unit_id"])) == ({"csat"}, {"east"})
    rated = rows[rows["indicator_id"].isin(["teamwork_rating", "innovation_rating"])]
    means = rated.groupby("unit_id", observed=True)["score"].mean()
    assert (means["west"] - means.drop("west")).min() > 5


def test_every_answer_can_be_shown_without_nan_and_leaves_settings_alone(pair):
    card, before = pair
    names = kpi.names_of(card, before)
    settings = dict(mpl.rcParams)
    summary, bridge = kpi.indicator_summary(card), kpi.bridge_subjects(card, before)
    ranks, left = kpi.rank_intervals(card, 200), kpi.leave_one_out(card)
    weights, pairs = kpi.effective_weights(card), kpi.correlation(card.scores)
    groups, grades = kpi.correlation_groups(pairs), kpi.grade_distribution(card)
    units, inflation = kpi.group_summary(card, "unit_id"), kpi.variance_inflation(card.scores)
    checks, gaps = kpi.reconcile(card), kpi.gaps(card)
    a, s, c = kpi.tables.attainment, kpi.tables.sensitivity, kpi.tables.correlation
    tables = [
        a.totals(ranks, names), a.lowest_totals(ranks, names), a.indicators(summary, names), a.gaps(gaps, names),
        a.groups(units, "unit_id", names), a.grades(grades, names), a.checks(checks, names),
        a.bridge(kpi.bridge_indicators(card, before), names), a.status(kpi.data_status(card), names),
        a.disagreements(kpi.disagreements(card), names), s.weights(weights, names), s.left_out(left, names),
        s.fragile(ranks, names), c.pairs(pairs, names, most=5), c.all_pairs(pairs, names), c.groups(groups, names),
        c.inflation(inflation, names), kpi.tables.common.findings(card, names),
    ]  # fmt: skip
    for table in filter(None, tables):
        assert "nan" not in {cell.lower() for row in table.rows for cell in row}
    w = kpi.wording
    dimensions = kpi.effective_weights(card, "dimension")
    answers = [
        w.attainment.answer(card, summary, bridge, checks, names),
        w.sensitivity.answer(weights, dimensions, ranks, left, names),
        w.correlation.answer(pairs, groups, inflation, names),
    ]
    for answer in answers:
        assert len(answer.texts) == 5
        assert not [text for text in answer.texts if "nan" in text.split() or "{" in text]
    f = kpi.figures
    axes = [
        f.attainment.plot_lost_points(summary, names), f.attainment.plot_totals(card.totals, card.grades, names),
        f.attainment.plot_groups(units, "unit_id", names), f.attainment.plot_bridge(bridge, names),
        f.sensitivity.plot_weights(weights, names), f.sensitivity.plot_rank_intervals(ranks, names),
        f.sensitivity.plot_left_out(left, names),
        f.correlation.plot_heatmap(kpi.correlation_matrix(pairs), groups, names),
        f.correlation.plot_pair(kpi.wide_values(card.scores), pairs.iloc[0], names),
    ]  # fmt: skip
    for ax in axes:
        assert ax.get_title(loc="left")
        assert ax.get_xlabel() or ax.get_ylabel()
        kpi.show_figure(ax, alt="a chart")
    lost = summary[summary["kind"] == "scored"]["lost_points"].head(15)
    assert sorted(bar.get_width() for bar in axes[0].patches) == pytest.approx(sorted(lost))
    assert dict(mpl.rcParams) == settings


def test_nobody_with_a_total_and_nothing_to_compare_is_said():
    card = make_card(actuals=[{"subject_id": "A", "missing_reason": "ill"}])
    names = kpi.names_of(card, lang="zh")
    summary, bridge = kpi.indicator_summary(card), kpi.bridge_subjects(card, None)
    texts = kpi.wording.attainment.answer(card, summary, bridge, kpi.reconcile(card), names).texts
    assert "Nobody has a total" in texts[0]
    assert "earlier cycle" in texts[3]
