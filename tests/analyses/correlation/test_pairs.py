"""Which indicators move together."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import kpianalysis as kpi
from kpianalysis.analyses.correlation.pairs import adjust, correlations_by_values
from tests.builders import actual_rows, make_card
from tests.cards import OPERATIONS, given_card, hospitals, operations


def _table(seed=0, n=60, k=5, *, ties=True, gaps=0.1):
    """Scores that depend on each other, with ties and gaps."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, k)) + 0.8 * rng.normal(size=(n, 1))
    values = (50 + 10 * values).round(-1 if ties else 6)
    values[rng.uniform(size=values.shape) < gaps] = np.nan
    return pd.DataFrame(values, index=[f"S{i:03d}" for i in range(n)], columns=[f"i{j}" for j in range(k)])


def _pairs(table):
    return kpi.correlation(given_card(table).scores)


def _scores(table):
    """Lay a table of subjects × indicators out as `Scorecard.scores` has it, without scoring a scheme."""
    subjects = pd.Categorical(table.index.astype(str))
    rows = pd.DataFrame(
        {
            "subject_id": np.tile(subjects, table.shape[1]),
            "indicator_id": pd.Categorical(np.repeat(list(table), len(table)), categories=list(table)),
            "kind": "scored",
            "direction": "higher",
            "score": table.to_numpy(dtype=float).T.ravel(),
        }
    )
    return rows.assign(actual=rows["score"], attainment=rows["score"], gap=np.nan)


def _square(pairs, column, order):
    return kpi.correlation_matrix(pairs, column).loc[order, order].to_numpy()


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
        linear, monotone, order = (
            stats.pearsonr(x, y),
            stats.spearmanr(x, y),
            stats.kendalltau(x, y, method="asymptotic"),
        )
        assert row["n"] == len(x)
        assert (row["kendall"], row["kendall_p"]) == pytest.approx((order.statistic, order.pvalue))
        assert (row["pearson"], row["pearson_p"]) == pytest.approx((linear.statistic, linear.pvalue))
        assert (row["spearman"], row["spearman_p"]) == pytest.approx((monotone.statistic, monotone.pvalue))


def test_pairs_of_the_reference_table(shared):
    """240 units, 8 KPIs with gaps and ties: R's cor.test(exact=FALSE), p.adjust over the 28 pairs."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")
    expected = pd.read_csv(shared / "reference/correlation/pairwise.csv").set_index(["a", "b"])
    scores = given_card(table).scores
    ours = _both_ways(kpi.correlation(scores)).loc[expected.index]
    columns = {"n": "n", "pearson_low": "pearson_lo95", "pearson_high": "pearson_hi95"}
    for name, theirs in {"pearson": "pearson_r", "spearman": "spearman_r", "kendall": "kendall_tau_b"}.items():
        columns |= {name: theirs, f"{name}_p": f"{name}_p", f"{name}_p_adjusted": f"{name}_p_bh"}
    for name, theirs in columns.items():
        assert ours[name].to_numpy() == pytest.approx(expected[theirs].to_numpy(), rel=1e-9, abs=1e-12), name
    wider = _both_ways(kpi.correlation(scores, level=0.99)).loc[expected.index]
    for name, theirs in {"pearson_low": "pearson_lo99", "pearson_high": "pearson_hi99"}.items():
        assert wider[name].to_numpy() == pytest.approx(expected[theirs].to_numpy(), rel=1e-9), name
    assert (wider["ci_low"] < ours["ci_low"]).all()
    assert set(wider["level"]) == {0.99}


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


@pytest.fixture(scope="module")
def asem(shared):
    """Pairs of the 49 scaled indicators of 51 countries, and the folder of what is expected of them."""
    folder = shared / "reference/asem"
    return folder, _pairs_of(pd.read_csv(folder / "normalised_0_100.csv", index_col="uCode"))


def _pairs_of(table):
    return kpi.correlation(_scores(table))


@pytest.mark.parametrize("name", ["pearson", "spearman", "kendall"])
def test_coefficients_and_p_of_the_asem_indicators(asem, name):
    """R's cor and cor.test(exact=FALSE) on the stored file: corr_normalised_*.csv and their _p.csv, 1,176 pairs."""
    folder, pairs = asem
    for column, file in ((name, f"corr_normalised_{name}"), (f"{name}_p", f"corr_normalised_{name}_p")):
        expected = pd.read_csv(folder / f"{file}.csv", index_col=0)
        off = ~np.eye(len(expected), dtype=bool)
        ours = _square(pairs, column, expected.index)
        assert ours[off] == pytest.approx(expected.to_numpy()[off], rel=1e-9, abs=1e-12), column


def test_spearman_of_the_asem_indicators_with_gaps(asem):
    """Pairwise complete on the raw values: corr_raw_spearman.csv and its p, by R."""
    folder = asem[0]
    raw = pd.read_csv(folder / "raw.csv", index_col="uCode")
    assert raw.isna().any(axis=None)
    pairs = _pairs_of(raw)
    for column, file in (("spearman", "corr_raw_spearman"), ("spearman_p", "corr_raw_spearman_p")):
        expected = pd.read_csv(folder / f"{file}.csv", index_col=0)
        off = ~np.eye(len(expected), dtype=bool)
        ours = _square(pairs, column, expected.index)
        assert ours[off] == pytest.approx(expected.to_numpy()[off], rel=1e-9, abs=1e-12, nan_ok=True), column


def test_high_and_low_correlations_within_a_pillar(asem):
    """COINr's get_corr_flags on the scaled indicators: above .75 or below −.5 within a pillar, and no others."""
    folder, pairs = asem
    parent = pd.read_csv(folder / "framework.csv").set_index("iCode")["Parent"]
    expected = pd.read_csv(folder / "corr_flags_within_pillar.csv")
    within = pairs[pairs["indicator_i"].map(parent) == pairs["indicator_j"].map(parent)]
    for flag, found in {"high": within["pearson"] > 0.75, "low": within["pearson"] < -0.5}.items():
        theirs = expected[expected["flag"] == flag]
        ours = {
            frozenset(pair): r for *pair, r in within.loc[found, ["indicator_i", "indicator_j", "pearson"]].to_numpy()
        }
        wanted = {frozenset(pair): r for *pair, r in theirs[["Ind1", "Ind2", "Corr"]].to_numpy()}
        assert ours == pytest.approx(wanted, rel=1e-9)


def test_indicators_with_what_they_go_into(asem):
    """COINr's corr_indicator_to_index.csv and corr_indicator_to_parents.csv: pillar, sub-index and index."""
    folder = asem[0]
    parents = pd.read_csv(folder / "framework.csv").set_index("iCode")["Parent"]
    combined = pd.read_csv(folder / "aggregated_amean.csv", index_col="uCode")
    pairs = _both_ways(_pairs_of(pd.read_csv(folder / "normalised_0_100.csv", index_col="uCode").join(combined)))
    pearson = pairs["pearson"].to_dict()
    expected = pd.read_csv(folder / "corr_indicator_to_parents.csv")
    assert len(expected) == 147
    for level, indicator, r in expected.to_numpy():
        parent = parents[indicator]
        for _step in range(["Pillar", "Sub-index", "Index"].index(level)):
            parent = parents[parent]
        assert pearson[indicator, parent] == pytest.approx(r, rel=1e-9), (level, indicator)
    for to, indicator, r in pd.read_csv(folder / "corr_indicator_to_index.csv").to_numpy():
        assert pearson[indicator, to] == pytest.approx(r, rel=1e-9)


def test_indicators_with_the_total_of_a_scheme_with_gaps(shared):
    """hierarchy_kpi/corr_indicator_to_total.csv: three coefficients by R, pairwise complete."""
    folder = shared / "reference/hierarchy_kpi"
    table = pd.read_csv(folder / "normalised_minmax_0_100.csv", index_col="uCode")
    total = pd.read_csv(folder / "total_by_method.csv", index_col="uCode")["minmax_0_100_amean"].rename("Total")
    expected = pd.read_csv(folder / "corr_indicator_to_total.csv").set_index("indicator")
    assert table.isna().any(axis=None)
    ours = _both_ways(_pairs_of(table.join(total))).xs("Total", level="indicator_j").loc[expected.index]
    for name in ("pearson", "spearman", "kendall"):
        assert ours[name].to_numpy() == pytest.approx(expected[name].to_numpy(), rel=1e-9), name


def test_correlations_of_the_technology_achievement_index(shared):
    """OECD/JRC (2008), table 6 (logs printed with two digits: 0.02), and R on the same raw table of 23 countries."""
    folder = shared / "reference/tai"
    table = pd.read_csv(folder / "tai_raw_23.csv", index_col="country")
    pairs = _pairs_of(table)
    exact = json.loads((folder / "recomputed_r.json").read_text(encoding="utf-8"))
    printed = json.loads((folder / "published_oecd2008.json").read_text(encoding="utf-8"))
    order, upper = exact["indicators"], np.triu_indices(8, 1)
    columns = {"pearson": "pearson", "pearson_p": "pearson_p", "spearman": "spearman", "kendall": "kendall_tau_b"}
    for name, theirs in columns.items():
        ours = _square(pairs, name, order)[upper]
        assert ours == pytest.approx(np.array(exact[theirs])[upper], rel=1e-9, abs=1e-12), name
    ours = _square(pairs, "pearson", printed["indicators"])[upper]
    assert ours == pytest.approx(np.array(printed["table6_correlation_upper"], dtype=float)[upper], abs=0.02)


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
    assert pairs["spearman"].abs().round(12).is_monotonic_decreasing
    assert pairs.loc[0, ["indicator_i", "indicator_j"]].tolist() == ["i0", "against"]
    assert pairs.loc[0, "spearman"] == pytest.approx(-1)


def test_too_few_subjects_or_no_variation_has_no_coefficient():
    table = pd.DataFrame({"a": [1.0, 2, 3, np.nan], "b": [3.0, 1, 2, 5], "c": [7.0] * 4}, index=list("WXYZ"))
    pairs = _both_ways(_pairs(table))
    assert (pairs.loc[("a", "b"), "n"] == 3).all()
    assert pairs.drop(columns=["n", "level", "draws"]).isna().all(axis=None)


def test_two_indicators_that_nobody_has_both_of_have_no_coefficient():
    table = pd.DataFrame({"a": [1.0, 2, 3, 4, np.nan, np.nan], "b": [np.nan] * 4 + [1.0, 2]}, index=list("UVWXYZ"))
    (row,) = _pairs(table).to_dict("records")
    assert row["n"] == 0
    assert np.isnan([row["spearman"], row["pearson"], row["kendall"], row["ci_low"], row["spearman_p"]]).all()


def test_missing_coefficients_come_last():
    assert _pairs(_table().assign(constant=70.0))["spearman"].isna().tolist() == [False] * 10 + [True] * 5


def test_equal_correlations_stand_in_the_order_of_the_catalogue():
    base = np.arange(12.0)
    table = pd.DataFrame({"d": base, "b": base**3, "c": -base, "a": np.exp(base / 4)}, index=list("ABCDEFGHIJKL"))
    pairs = _pairs_of(table)
    assert set(pairs["spearman"].abs().round(12)) == {1}
    assert (pairs["indicator_i"] + pairs["indicator_j"]).tolist() == ["db", "dc", "da", "bc", "ba", "ca"]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_subjects_and_indicators_changes_no_number(seed):
    rng = np.random.default_rng(seed)
    table = _table(seed)
    shuffled = table.iloc[rng.permutation(len(table)), rng.permutation(table.shape[1])]
    ours, theirs = _both_ways(_pairs_of(table)), _both_ways(_pairs_of(shuffled))
    pd.testing.assert_frame_equal(ours, theirs.loc[ours.index], rtol=1e-9)


def test_rank_correlations_do_not_feel_a_monotone_map():
    table = _table(ties=False)
    bent = table.assign(i0=np.exp(table["i0"] / 10), i1=table["i1"] ** 3, i2=-table["i2"])
    ours, theirs = _both_ways(_pairs_of(table)), _both_ways(_pairs_of(bent)).loc[_both_ways(_pairs_of(table)).index]
    turned = np.where((ours.index.get_level_values(0) == "i2") ^ (ours.index.get_level_values(1) == "i2"), -1, 1)
    for name in ("spearman", "kendall"):
        assert theirs[name].to_numpy() == pytest.approx(turned * ours[name].to_numpy(), rel=1e-9)
        assert theirs[f"{name}_p"].to_numpy() == pytest.approx(ours[f"{name}_p"].to_numpy(), rel=1e-9)
    assert not np.allclose(theirs["pearson"], turned * ours["pearson"])


def test_p_is_uniform_where_nothing_is_related():
    """435 pairs of 30 independent columns, 2,000 rows; pairs share columns, so the tolerance is 4 of their errors."""
    table = pd.DataFrame(np.random.default_rng(4).normal(size=(2000, 30)))
    pairs = _pairs_of(table.rename(columns=str))
    for name in ("pearson_p", "spearman_p", "kendall_p"):
        for share in (0.05, 0.5):
            error = np.sqrt(share * (1 - share) / len(pairs))
            assert (pairs[name] < share).mean() == pytest.approx(share, abs=4 * error), name


def test_nothing_that_is_given_is_changed():
    scores = given_card(_table()).scores
    kept = scores.copy(deep=True)
    pairs = kpi.correlation(scores)
    correlations_by_values(scores)
    pd.testing.assert_frame_equal(scores, kept)
    kept = pairs.copy(deep=True)
    kpi.correlation_matrix(pairs, "n")
    pd.testing.assert_frame_equal(pairs, kept)


def test_columns_are_the_same_with_and_without_pairs():
    empty, full = kpi.correlation(make_card().scores), _pairs(_table())
    assert empty.empty
    assert list(empty) == list(full)
    assert (empty.dtypes == full.dtypes).all()
    nobody = make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill"))).scores
    assert list(kpi.correlation(nobody, intervals="bootstrap")) == list(full)
    assert list(correlations_by_values(nobody)) == list(correlations_by_values(given_card(_table()).scores))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"level": 1.0}, r"level: 1\.0 is no share between 0 and 1\. Use 0\.95"),
        ({"intervals": "exact"}, r"intervals: 'exact' are not known\. Use one of: formula, bootstrap\."),
        ({"intervals": "bootstrap", "draws": 0}, r"draws: 0 is not a number of resamples\. Draw at least 1"),
    ],
)
def test_options_that_are_none_are_refused(wrong, message):
    with pytest.raises(kpi.KpiError, match=message):
        kpi.correlation(operations().scores, **wrong)


def test_a_bootstrap_is_the_same_for_a_seed_and_says_how_many_draws_it_has():
    scores = given_card(_table()).scores
    one, again, other = (kpi.correlation(scores, intervals="bootstrap", draws=200, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not np.allclose(one["ci_low"], other["ci_low"])
    assert set(one["draws"]) == {200}
    plain = kpi.correlation(scores)
    assert set(plain["draws"]) == {0}
    drawn = ["ci_low", "ci_high", "pearson_low", "pearson_high", "draws"]
    pd.testing.assert_frame_equal(one.drop(columns=drawn), plain.drop(columns=drawn))
    # Both tell the same from normal data: ends differ by less than a third of the width.
    width = plain["ci_high"] - plain["ci_low"]
    assert ((one["ci_low"] - plain["ci_low"]).abs() < width / 3).all()
    assert ((one["ci_high"] - plain["ci_high"]).abs() < width / 3).all()


@pytest.mark.parametrize("cycle", OPERATIONS)
@pytest.mark.parametrize("values", ["score", "attainment", "actual"])
def test_the_planted_pair_says_the_same_and_no_other_in_any_cycle(cycle, values):
    """data/operations/README.md, fault 1."""
    found = kpi.redundant_pairs(kpi.correlation(operations(cycle).scores, values))
    assert found[["indicator_i", "indicator_j"]].to_numpy().tolist() == [["orders_handled", "order_value"]]
    for unit in ("north", "south", "east", "west"):
        few = kpi.correlation(operations(cycle).for_unit(unit).scores, values)
        assert kpi.redundant_pairs(few).empty


def test_what_patients_say_belongs_together():
    """The 28 strongest of 231 pairs are those among eight measures of one survey of patients."""
    strongest = kpi.correlation(hospitals().scores).head(28)
    asked = set(strongest["indicator_i"]) | set(strongest["indicator_j"])
    assert len(asked) == 8
    assert {name.split("-")[0] for name in asked} == {"HCAHPS"}


# Scores, attainments, actuals ------------------------------------------------------------------------------------


def test_capping_that_hides_a_correlation_is_measured():
    rng = np.random.default_rng(3)
    x = rng.normal(90, 10, 80)
    actual = pd.DataFrame({"a": x, "b": x + rng.normal(0, 3, 80), "c": rng.normal(90, 10, 80)}).set_axis(
        [f"S{k:02d}" for k in range(80)]
    )
    scores = _scores(actual)
    scores["score"] = scores["score"].where(scores["indicator_id"] == "c", scores["score"].clip(upper=85))
    table = correlations_by_values(scores)
    assert table.loc[0, ["indicator_i", "indicator_j"]].tolist() == ["a", "b"]
    row = table.iloc[0]
    assert row["actual"] == pytest.approx(stats.spearmanr(actual["a"], actual["b"]).statistic)
    capped = actual.clip(upper=85)
    assert row["score"] == pytest.approx(stats.spearmanr(capped["a"], capped["b"]).statistic)
    assert row["hidden"] == pytest.approx(abs(row["actual"]) - abs(row["score"]))
    assert row["hidden"] > 0.1
    assert (row["share_top_i"], row["share_top_j"]) == ((actual["a"] >= 85).mean(), (actual["b"] >= 85).mean())
    assert table["hidden"].is_monotonic_decreasing
    alone = table[table["indicator_j"] == "c"]
    assert set(alone["share_top_j"]) == set(alone["share_bottom_j"]) == {1 / 80}
    assert (
        row["actual_p_adjusted"]
        == adjust(
            kpi.correlation(scores, "actual").set_index(["indicator_i", "indicator_j"])["spearman_p"].to_numpy()
        ).min()
    )


def test_scores_that_never_vary_hide_all_of_a_correlation():
    actual = pd.DataFrame({"a": np.arange(30.0), "b": np.arange(30.0) ** 2, "c": np.arange(30.0) % 7})
    scores = _scores(actual)
    scores["score"] = scores["score"].where(scores["indicator_id"] == "c", 100.0)
    row = correlations_by_values(scores).iloc[0]
    assert (row["indicator_i"], row["indicator_j"], row["actual"]) == ("a", "b", pytest.approx(1))
    assert np.isnan(row["score"])
    assert row["hidden"] == pytest.approx(1)
    assert (row["share_top_i"], row["share_bottom_i"]) == (1, 1)


def test_each_of_the_three_is_the_correlation_of_these_values():
    scores = operations().scores
    table = _both_ways(correlations_by_values(scores))
    for values in ("score", "attainment", "actual"):
        pairs = _both_ways(kpi.correlation(scores, values))
        assert table[values].to_numpy() == pytest.approx(pairs["spearman"].reindex(table.index).to_numpy(), nan_ok=True)
    assert (table["n"] == _both_ways(kpi.correlation(scores))["n"].reindex(table.index)).all()


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


# The matrix ------------------------------------------------------------------------------------------------------


def test_the_matrix_of_subjects_and_p_has_nothing_on_the_diagonal():
    pairs = _pairs(_table())
    for column in ("n", "spearman_p", "pearson_p_adjusted"):
        square = kpi.correlation_matrix(pairs, column)
        assert np.isnan(np.diag(square)).all()
        assert square.loc["i0", "i1"] == _both_ways(pairs).loc[("i0", "i1"), column].item()
        assert square.equals(square.T)


def test_the_matrix_is_symmetric_with_ones():
    pairs = _pairs(_table())
    square = kpi.correlation_matrix(pairs, "pearson")
    assert (np.diag(square) == 1).all()
    assert square.equals(square.T)
    assert square.loc["i0", "i1"] == _both_ways(pairs).loc[("i0", "i1"), "pearson"].item()
