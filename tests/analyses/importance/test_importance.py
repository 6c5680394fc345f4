"""What each weight really does: four measures, their intervals, and the flag."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from kpianalysis.analyses.importance.importance import (
    AGAINST,
    COLUMNS,
    LESS,
    MORE,
    applied_weights,
    effective_weights,
    importance,
    item_shares,
)
from kpianalysis.analyses.importance.importance_measures import (
    MEASURES,
    covariances,
    measure,
    measures,
    resample,
    spread_of,
)
from kpianalysis.analyses.importance.shapley import exact_shares
from kpianalysis.analyses.importance.target_weights import weights_for_importance
from kpianalysis.analyses.weights.weight_model import weight_model
from kpianalysis.errors import KpiError
from kpianalysis.names import names_of
from kpianalysis.wording.importance import furthest_dimension, loudest
from tests.builders import make_card
from tests.cards import OPERATIONS, given_card, hospitals, operations, random_card
from tests.shown import SOURCES


def _scores(seed=0, n=40, names="abcd"):
    values = np.random.default_rng(seed).uniform(0, 100, (n, len(names))).round(6)
    return pd.DataFrame(values, index=[f"S{i:03d}" for i in range(n)], columns=list(names))


def _by_item(table):
    return table.set_index("item_id")


def _parts(weights, scores):
    points = scores.to_numpy() * (np.asarray(weights) / np.sum(weights))
    return points - points.sum(axis=1).mean() * np.asarray(weights) / np.sum(weights)


# Against the reference --------------------------------------------------------------------------------------


@pytest.fixture(params=["importance_tai23.json", "importance_asem_subindex.json"])
def reference(request, shared):
    """Measures by numpy, of 23 countries with the weights of OECD (2008) Table 23, and of ASEM's two sub-indices."""
    folder = shared / "reference"
    expected = json.loads((folder / "weights_from_data" / request.param).read_text(encoding="utf-8"))
    file = "tai/scores_goalpost_23.csv" if "tai" in request.param else "asem/aggregated_amean.csv"
    scores = pd.read_csv(folder / file, index_col=0)[expected["indicators"]]
    scores = scores.set_axis([f"T{i}" for i in range(len(scores))]) * (100 if "tai" in request.param else 1)
    card = given_card(scores, weights=dict(zip(expected["indicators"], expected["weights"], strict=True)))
    return expected, _by_item(importance(card, draws=0)).loc[expected["indicators"]]


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("effective_weight", "covariance_share"),
        ("squared_correlation", "main_effect_squared_pearson"),
        ("shapley", "shapley_variance_share"),
        ("weight", "weights"),
    ],
)
def test_measures_are_those_of_the_reference(reference, column, name):
    expected, ours = reference
    # The stored scores have twelve decimals.
    assert ours[column].to_numpy() == pytest.approx(expected[name], abs=1e-9)


def test_the_correlation_ratio_is_of_the_size_of_other_nonlinear_estimates(shared):
    """asem_main_effects.json: lowess, and given-data estimators of SALib that differ by construction; 51 countries."""
    expected = json.loads((shared / "reference/sobol/asem_main_effects.json").read_text(encoding="utf-8"))
    pillars = list(expected["squared_pearson"])
    frame = pd.read_csv(shared / "reference/asem/framework.csv", index_col="iCode")
    scores = pd.read_csv(shared / "reference/asem/aggregated_amean.csv", index_col="uCode")[pillars]
    card = given_card(scores, frame.loc[pillars, "Parent"].to_dict(), {"Conn": 1.0, "Sust": 1.0})
    ours = _by_item(importance(card, draws=0)).loc[pillars]
    assert ours["squared_correlation"].to_numpy() == pytest.approx(list(expected["squared_pearson"].values()), abs=1e-9)
    others = pd.DataFrame({name: expected[name] for name in expected if name not in ("setup", "note")}).loc[pillars]
    ratio = ours["correlation_ratio"]
    assert (ratio > others.min(axis=1) - 0.15).all()
    assert (ratio < others.max(axis=1) + 0.15).all()
    assert ratio.corr(others["lowess_0.6_no_robust_iterations"], method="spearman") > 0.8


# What always holds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["indicator", "dimension"])
@pytest.mark.parametrize("missing", ["redistribute", "zero", "refuse"])
@pytest.mark.parametrize("seed", range(3))
def test_shares_add_up_in_any_scheme_and_are_the_effective_weights(seed, missing, level):
    card = random_card(seed, missing)
    ours, plain = importance(card, level, draws=20), effective_weights(card, level)
    assert ours["effective_weight"].sum() == pytest.approx(1, abs=1e-9)
    assert ours["shapley"].sum() == pytest.approx(1, abs=1e-9)
    assert list(ours["item_id"]) == list(plain["item_id"])
    assert ours["effective_weight"].to_numpy() == pytest.approx(plain["effective_weight"].to_numpy(), abs=1e-12)
    assert (ours[["squared_correlation", "correlation_ratio"]].dropna() <= 1 + 1e-12).all(axis=None)


@pytest.mark.parametrize("cycle", ["2024Q1", "FY2017"])
def test_parts_add_up_to_the_totals_of_both_sources(cycle):
    card = hospitals() if cycle == "FY2017" else operations(cycle)
    model = weight_model(card)
    total = card.totals.dropna(subset=["total"])["weighted_total"].to_numpy()
    for level in ("indicator", "dimension"):
        _items, share, scores = item_shares(model, level, applied_weights(model))
        assert share.sum(axis=1) == pytest.approx(1, abs=1e-9)
        assert (share * np.nan_to_num(scores)).sum(axis=1) == pytest.approx(total, abs=1e-9)


def test_the_scale_of_the_weights_does_not_matter():
    scores, weights = _scores(), {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}
    one = importance(given_card(scores, weights=weights), draws=50)
    ten = importance(given_card(scores, weights={i: 10 * w for i, w in weights.items()}), draws=50)
    pd.testing.assert_frame_equal(one, ten, rtol=1e-9)


def test_the_order_of_subjects_and_of_indicators_does_not_matter():
    scores, weights = _scores(), {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}
    plain = _by_item(importance(given_card(scores, weights=weights), draws=0))
    turned = _by_item(importance(given_card(scores.iloc[::-1, [2, 0, 3, 1]], weights=weights), draws=0))
    pd.testing.assert_frame_equal(plain, turned.loc[plain.index], rtol=1e-9)


def test_the_card_stays_as_it_was_and_a_seed_repeats_the_answer():
    card = random_card(1)
    before = card.scores.copy(deep=True), card.totals.copy(deep=True)
    first, again, other = (importance(card, draws=100, seed=seed) for seed in (4, 4, 5))
    pd.testing.assert_frame_equal(card.scores, before[0])
    pd.testing.assert_frame_equal(card.totals, before[1])
    pd.testing.assert_frame_equal(first, again)
    assert not first["shapley_low"].equals(other["shapley_low"])


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("level", ["indicator", "dimension"])
def test_every_source_has_an_answer(source, level):
    table = importance(SOURCES[source]()[0], level, draws=30)
    assert list(table.columns) == COLUMNS
    assert table["flag_sure"].dtype == bool
    assert table["flag"].isin([MORE, LESS, AGAINST, ""]).all()


# Odd items --------------------------------------------------------------------------------------------------


def test_an_item_that_never_varies_or_is_a_copy_breaks_nothing():
    scores = _scores().assign(constant=70.0)
    scores["copy"] = scores["a"]
    table = _by_item(importance(given_card(scores), draws=50))
    assert table.loc["constant", list(MEASURES)].to_numpy(float) == pytest.approx(0, abs=1e-12)
    assert table.loc["copy", "shapley"] == pytest.approx(table.loc["a", "shapley"], abs=1e-9)
    assert table["shapley"].sum() == pytest.approx(1, abs=1e-9)
    assert table.drop(columns=["flag", "flag_sure"]).notna().all(axis=None)


def test_scores_that_cancel_each_other_out_leave_nothing_to_share():
    scores = _scores(names="a")
    scores["b"] = 100 - scores["a"]
    for table in (importance(given_card(scores), draws=20), effective_weights(given_card(scores))):
        shares = [name for name in table if name.split("_l")[0].split("_h")[0] in (*MEASURES, "ratio")]
        assert table[shares].isna().all(axis=None)


def test_an_item_without_weight_does_nothing():
    table = _by_item(importance(given_card(_scores(), weights={"a": 0.0, "b": 1, "c": 1, "d": 1}), draws=20))
    assert table.loc["a", ["weight", "effective_weight", "shapley", "squared_correlation"]].to_numpy(
        float
    ) == pytest.approx(0)
    assert table.loc["a", "flag"] == ""


def test_few_subjects_have_no_intervals():
    table = importance(given_card(_scores(n=4)))
    assert table["effective_weight"].notna().all()
    assert table["effective_weight_low"].isna().all()
    assert not table["flag_sure"].any()
    assert importance(given_card(_scores()), draws=0)["shapley_high"].isna().all()


@pytest.mark.parametrize("level", ["indicator", "dimension"])
def test_a_scheme_that_scores_nothing_has_no_rows(level):
    card = make_card(indicators=[{"kind": "monitor"}], check=False)
    assert list(importance(card, level).columns) == COLUMNS
    assert importance(card, level).empty
    assert weights_for_importance(card, level=level).empty


def test_wrong_arguments_are_all_named():
    with pytest.raises(KpiError, match=r"(?s)level: 'unit'.*draws: -1.*confidence: 95"):
        importance(given_card(_scores()), "unit", draws=-1, confidence=95)


# The four measures ------------------------------------------------------------------------------------------


def test_a_bend_is_seen_by_the_correlation_ratio_alone():
    rng = np.random.default_rng(8)
    bent = np.linspace(-1, 1, 300)
    scores = pd.DataFrame({"bent": 50 + 40 * bent, "total": 50 + 45 * (bent**2 - 1 / 3) + rng.normal(0, 1, 300)})
    scores.index = [f"S{i:03d}" for i in scores.index]
    row = _by_item(importance(given_card(scores, weights={"bent": 0.01, "total": 10}), draws=0)).loc["bent"]
    assert row["squared_correlation"] < 0.02
    assert row["correlation_ratio"] > 0.9


def test_the_correlation_ratio_of_few_values_is_the_textbook_one():
    """Epsilon squared of Kelley (1935): a group for each of four values."""
    rng = np.random.default_rng(9)
    scores = pd.DataFrame({"steps": rng.integers(0, 4, 60) * 25.0, "rest": rng.uniform(0, 100, 60)})
    scores.index = [f"S{i:02d}" for i in scores.index]
    row = _by_item(importance(given_card(scores), draws=0)).loc["steps"]
    total = scores.mean(axis=1)
    within = ((total - total.groupby(scores["steps"]).transform("mean")) ** 2).sum() / (60 - 4)
    assert row["n_groups"] == 4
    assert row["correlation_ratio"] == pytest.approx(1 - within / total.var(), abs=1e-12)


def test_the_correlation_ratio_of_chance_is_nothing_on_average():
    """The estimate before it is cut at 0 has no bias: 300 samples of 60, mean within 4 standard errors of 0."""
    rng = np.random.default_rng(10)
    raw = []
    for _sample in range(300):
        spread = spread_of(np.column_stack([np.zeros(60), rng.normal(size=60)]), rng.normal(size=(60, 2)))
        sums = spread.columns(slice(None)).sum(axis=0)[None]
        named = spread.split(sums)
        groups = int(spread.first[1])
        total = spread.parts.sum(axis=1)
        between = (named["totals"][0, :groups] ** 2 / named["members"][0, :groups]).sum() - total.sum() ** 2 / 60
        everything = ((total - total.mean()) ** 2).sum()
        exact = 1 - (1 - between / everything) * 59 / (60 - groups)
        ours = measures(spread, sums, covariances(spread, sums))["correlation_ratio"][0, 0]
        assert ours == pytest.approx(max(exact, 0.0), abs=1e-9)
        raw.append(exact)
    assert abs(np.mean(raw)) < 4 * np.std(raw) / np.sqrt(len(raw))


def test_a_missing_score_tells_nothing():
    """As if the item had the mean of the others: pairs of those who have it, over the spread of everybody."""
    scores = _scores(n=60)
    scores.iloc[:20, 0] = np.nan
    card = given_card(scores, {"a": "A", "b": "B", "c": "B", "d": "B"}, missing="redistribute")
    row = _by_item(importance(card, draws=0)).loc["a"]
    total = pd.Series(card.totals["total"].to_numpy(), index=card.totals["subject_id"].astype("str"))
    mine = total.loc[scores.index[20:]]
    explained = np.corrcoef(scores["a"].iloc[20:], mine)[0, 1] ** 2 * mine.var(ddof=0) * len(mine)
    assert row["squared_correlation"] == pytest.approx(explained / (total.var(ddof=0) * len(total)), abs=1e-9)


def test_beyond_a_dozen_items_shapley_shares_are_sampled_within_their_error():
    """14 indicators: exact shares over 16,384 subsets; none further off than 4 standard errors."""
    scores = _scores(2, 60, "abcdefghijklmn")
    scores["b"] = (scores["a"] + scores["b"]) / 2
    table = _by_item(importance(given_card(scores), draws=20)).loc[list(scores)]
    exact = exact_shares(np.cov(_parts(np.ones(14), scores).T)[None])[0]
    assert (table["shapley_se"] > 0).any()
    assert (np.abs(table["shapley"] - exact) <= 4 * table["shapley_se"] + 1e-12).all()
    assert table["shapley"].sum() == pytest.approx(1, abs=1e-9)
    assert (table["shapley_low"] < exact).all()
    assert (table["shapley_high"] > exact).all()


# Intervals --------------------------------------------------------------------------------------------------


def test_a_resample_is_measured_like_its_rows_repeated():
    scores = _scores(4, 50)
    values = _parts([1, 2, 3, 4], scores)
    spread = spread_of(values, scores.to_numpy())
    times = np.random.default_rng(0).multinomial(50, np.full(50, 1 / 50))
    sums = (times.astype(float) @ spread.columns(slice(None)))[None]
    ours = measures(spread, sums, covariances(spread, sums))
    rows = np.repeat(np.arange(50), times)
    parts, total = values[rows], values[rows].sum(axis=1)
    expected = [np.cov(part, total)[0, 1] / total.var(ddof=1) for part in parts.T]
    assert ours["effective_weight"][0] == pytest.approx(expected, abs=1e-9)
    assert ours["squared_correlation"][0] == pytest.approx([np.corrcoef(part, total)[0, 1] ** 2 for part in parts.T])
    assert exact_shares(covariances(spread, sums))[0] == pytest.approx(exact_shares(np.cov(parts.T)[None])[0], abs=1e-9)


def test_intervals_are_those_of_a_plain_loop():
    """1,000 resamples each by our sums and by a loop: ends of 95 % within 5 of their standard errors."""
    scores = _scores(6, 45)
    values = _parts([1, 2, 3, 4], scores)
    spread = spread_of(values, scores.to_numpy())
    rng = np.random.default_rng(1)
    point, _error, orders = measure(spread, rng)
    ours = resample(spread, point, orders, 1_000, rng)
    looped = {"effective_weight": [], "shapley": []}
    for _draw in range(1_000):
        parts = values[rng.integers(0, 45, 45)]
        total = parts.sum(axis=1)
        looped["effective_weight"].append([np.cov(part, total)[0, 1] / total.var(ddof=1) for part in parts.T])
        looped["shapley"].append(exact_shares(np.cov(parts.T)[None])[0])
    for name, drawn in looped.items():
        for tail in (0.025, 0.975):
            mine, theirs = np.quantile(ours[name], tail, axis=0), np.quantile(drawn, tail, axis=0)
            # Of an end: √(p(1 − p)/k) over the density there, about 0.058/σ at 2.5 % of a normal one; of two, √2 more.
            error = np.sqrt(2 * 0.025 * 0.975 / 1_000) / 0.058 * np.std(drawn, axis=0)
            assert (np.abs(mine - theirs) < 5 * error).all(), name


def test_blocks_of_subjects_give_resamples_of_the_same_kind(monkeypatch):
    """One block or many: as many subjects in each resample, and means and spreads alike."""
    scores = _scores(7, 90)
    spread = spread_of(_parts([1, 2, 3, 4], scores), scores.to_numpy())
    point, _error, orders = measure(spread, np.random.default_rng(0))
    whole = resample(spread, point, orders, 2_000, np.random.default_rng(1))["effective_weight"]
    monkeypatch.setattr("kpianalysis.analyses.importance.importance_measures._BLOCK", 40_000)
    blocks = resample(spread, point, orders, 2_000, np.random.default_rng(1))["effective_weight"]
    error = whole.std(axis=0) * np.sqrt(2 / 2_000)
    assert (np.abs(whole.mean(axis=0) - blocks.mean(axis=0)) < 5 * error).all()
    assert blocks.std(axis=0) == pytest.approx(whole.std(axis=0), rel=0.1)
    pd.testing.assert_series_equal(
        pd.Series(measure(spread, np.random.default_rng(0))[0]["shapley"]), pd.Series(point["shapley"])
    )


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """200 samples of 80 from a known distribution, 95 % intervals: 88 to 99 % hold it (percentile intervals of a ratio
    are a little short; the standard error of the share is 1.5 %)."""
    rng = np.random.default_rng(12)
    mixing = np.array([[1.0, 0.4, 0.0], [0.0, 1.0, 0.3], [0.0, 0.0, 0.8]])
    covariance = mixing.T @ mixing
    truth = {
        "effective_weight": covariance.sum(axis=1) / covariance.sum(),
        "shapley": exact_shares(covariance[None])[0],
    }
    held = {name: np.zeros(3) for name in truth}
    for _sample in range(200):
        parts = rng.normal(size=(80, 3)) @ mixing
        spread = spread_of(parts, parts)
        point, _error, orders = measure(spread, rng)
        drawn = resample(spread, point, orders, 200, rng)
        for name, true in truth.items():
            low, high = np.quantile(drawn[name], (0.025, 0.975), axis=0)
            held[name] += (low <= true) & (true <= high)
    for name, times in held.items():
        assert ((times / 200 > 0.88) & (times / 200 < 0.99)).all(), (name, times)


def test_resampled_correlation_ratios_lie_about_the_answer():
    """Chance in group means is taken out twice: the mean of the draws is within a tenth of the estimate."""
    scores = _scores(3, 200, "ab")
    spread = spread_of(_parts([1, 1], scores), scores.to_numpy())
    point, _error, orders = measure(spread, np.random.default_rng(0))
    drawn = resample(spread, point, orders, 500, np.random.default_rng(0))["correlation_ratio"]
    assert drawn.mean(axis=0) == pytest.approx(point["correlation_ratio"], rel=0.1)


# The two sources --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_the_planted_over_weight_indicator_is_the_only_one_flagged(cycle):
    card = operations(cycle)
    table = importance(card, draws=500)
    more = table[table["flag"] == MORE]
    assert list(more["item_id"]) == ["rework_rate"]
    assert more["flag_sure"].all()
    assert names_of(card).item("rework_rate") in loudest(table, names_of(card))


def test_the_domain_furthest_from_its_quarter_is_named():
    card = hospitals()
    table = importance(card, "dimension", draws=200)
    quarter = table[np.isclose(table["weight"], 0.25)]
    furthest = quarter.loc[(quarter["effective_weight"] - 0.25).abs().idxmax(), "item_id"]
    assert furthest == "efficiency"
    assert names_of(card).item(furthest) in furthest_dimension(table, names_of(card))


def test_a_flag_is_sure_only_if_the_interval_bears_it_out():
    for cycle in OPERATIONS:
        table = importance(operations(cycle), draws=200)
        for row in table.itertuples():
            inside = {MORE: row.ratio_low > 2, LESS: row.ratio_high < 0.5, AGAINST: row.ratio_high < 0, "": False}
            assert row.flag_sure == inside[row.flag]
            assert (row.ratio > 2) == (row.flag == MORE)
            assert (row.ratio < 0) == (row.flag == AGAINST)
            assert (0 <= row.ratio < 0.5) == (row.flag == LESS)
