"""Whether pairs hold over cycles, and whether changes go together: oracles, properties, and simulated size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpianalysis import KpiError, score_history
from kpianalysis.analyses.correlation.influence import spearman_influences
from kpianalysis.analyses.correlation.joint import Joint, _wald, joint_chance, joint_coefficients, taken_together
from kpianalysis.analyses.correlation.over_cycles import (
    change_correlation,
    correlation_by_cycle,
    correlation_homogeneity,
    pairs_to_follow,
    pooled_change_correlation,
)
from kpianalysis.analyses.correlation.pairs import correlation
from tests.builders import make_card
from tests.cards import QUARTERS, dataset, hospitals, operations
from tests.shown import SOURCES

QUESTIONS = (correlation_by_cycle, correlation_homogeneity, change_correlation, pooled_change_correlation)
PAIR = ["indicator_i", "indicator_j"]


@cache
def _blank():
    return make_card()


def _card(cycle, table):
    """A scorecard of subjects × indicators as they stand, without scoring a scheme."""
    rows = pd.DataFrame(
        {
            "subject_id": np.tile(pd.Categorical(table.index.astype(str)), table.shape[1]),
            "indicator_id": pd.Categorical(np.repeat(list(table), len(table)), categories=list(table)),
            "kind": "scored",
            "direction": "higher",
            "score": table.to_numpy(dtype=float).T.ravel(),
        }
    )
    return replace(
        _blank(), cycle=cycle, scores=rows.assign(actual=rows["score"], attainment=rows["score"], gap=np.nan)
    )


def _tables(seed=0, cycles=4, n=40, k=3, *, gaps=0.1, keep=0.8):
    """Tables of autocorrelated scores with ties and gaps; each cycle has some of the subjects."""
    rng = np.random.default_rng(seed)
    steady = rng.normal(size=(n, k)) + 0.7 * rng.normal(size=(n, 1))
    names = [f"S{i:03d}" for i in range(n)]
    tables = []
    for _cycle in range(cycles):
        values = (50 + 10 * (steady + 0.5 * rng.normal(size=(n, k)))).round(-1)
        values[rng.uniform(size=values.shape) < gaps] = np.nan
        here = np.sort(rng.permutation(n)[: int(keep * n)])
        tables.append(pd.DataFrame(values, index=names, columns=list("abcdefgh")[:k]).iloc[here])
    return tables


def _cards(tables):
    return [_card(f"c{at}", table) for at, table in enumerate(tables)]


@cache
def _history(source):
    """Every cycle of an example source up to its last one, scored once."""
    last = {"operations": "2024Q4", "hospitals": "FY2017"}[source]
    return score_history(replace(dataset(source), cycle=last))


@cache
def _source(name):
    return [card for card in reversed(SOURCES[name]()) if card is not None]


# --- influences ------------------------------------------------------------------------------------------------------


def _weighted_spearman(x, y, weight):
    """Correlation of weighted mid-ranks, straight from the definition."""
    a, b = (np.sign(side[:, None] - side) @ weight for side in (x, y))
    return (weight * a * b).sum() / np.sqrt((weight * a * a).sum() * (weight * b * b).sum())


def test_influences_are_the_derivative_by_the_weight_of_a_row():
    rng = np.random.default_rng(1)
    values = rng.integers(0, 6, (25, 2)).astype(float)
    values[3, 0] = values[7, 1] = np.nan
    both = ~np.isnan(values).any(axis=1)
    x, y = values[both].T
    even = np.full(len(x), 1 / len(x))
    assert _weighted_spearman(x, y, even) == pytest.approx(stats.spearmanr(x, y).statistic)
    steps = 1e-6 * np.eye(len(x))
    slopes = [(_weighted_spearman(x, y, even + h) - _weighted_spearman(x, y, even - h)) / 2e-6 for h in steps]
    found = spearman_influences(values, np.array([0]), np.array([1]))[0]
    np.testing.assert_allclose(found[both], slopes, atol=1e-8)
    assert (found[~both] == 0).all()
    assert found.sum() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("at_once", [1_000_000, 100])
def test_influences_of_all_pairs_at_once_are_those_of_each_pair_alone(monkeypatch, at_once):
    """In one block and in many; a pair alone has no gaps and no other pair beside it."""
    monkeypatch.setattr("kpianalysis.analyses.correlation.influence._AT_ONCE", at_once)
    values = _tables(seed=3, cycles=1, n=60, k=5)[0].to_numpy()
    i, j = np.triu_indices(5, 1)
    for row, a, b in zip(spearman_influences(values, i, j), i, j, strict=True):
        both = ~np.isnan(values[:, a] + values[:, b])
        alone = spearman_influences(values[both][:, [a, b]], np.array([0]), np.array([1]))[0]
        np.testing.assert_allclose(row[both], alone, atol=1e-12)
        assert (row[~both] == 0).all()


def test_influences_are_missing_where_a_column_never_varies_and_empty_without_pairs():
    values = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    assert np.isnan(spearman_influences(values, np.array([0]), np.array([1]))).all()
    none = np.array([], dtype=int)
    assert spearman_influences(values, none, none).shape == (0, 3)
    assert np.isnan(spearman_influences(np.full((3, 2), np.nan), np.array([0]), np.array([1]))).all()


# --- coefficients by cycle -------------------------------------------------------------------------------------------


def test_each_cycle_has_the_coefficient_interval_and_n_of_its_own():
    tables = _tables()
    found = correlation_by_cycle(_cards(tables))
    assert list(found.columns) == ["cycle", *PAIR, "n", "spearman", "ci_low", "ci_high"]
    assert found["cycle"].tolist() == ["c0", "c1", "c2", "c3"] * 3
    assert found[PAIR].drop_duplicates().to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    for at, card in enumerate(_cards(tables)):
        alone = correlation(card.scores).set_index(PAIR)
        mine = found[found["cycle"] == f"c{at}"].set_index(PAIR)
        columns = ["n", "spearman", "ci_low", "ci_high"]
        pd.testing.assert_frame_equal(mine[columns], alone.loc[mine.index, columns], check_dtype=False)


def test_pairwise_reference_of_240_units_in_each_of_two_cycles(shared):
    """correlation/pairwise.csv: cor.test(method = "spearman", exact = FALSE) in R 4.2.2, gaps and ties."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")
    expected = pd.read_csv(shared / "reference/correlation/pairwise.csv")
    joint = joint_coefficients(np.stack([table.to_numpy(), table[::-1].to_numpy()]))
    names = table.columns.to_numpy()
    mine = pd.DataFrame(
        {"a": names[joint.i], "b": names[joint.j], "rho": joint.rho[0], "p": joint.p[0], "n": joint.n[0]}
    )
    both = expected.merge(mine, on=["a", "b"], how="left", suffixes=("_r", ""))
    assert len(both) == 28
    np.testing.assert_allclose(both["rho"], both["spearman_r"], rtol=1e-9)
    np.testing.assert_allclose(both["p"], both["spearman_p"], rtol=1e-7)
    np.testing.assert_array_equal(both["n"], both["n_r"])
    np.testing.assert_allclose(joint.rho[1], joint.rho[0], rtol=1e-12)


@pytest.mark.parametrize(("values", "answer"), [("normalised_0_100", "corr_normalised"), ("raw", "corr_raw")])
def test_asem_reference_of_49_indicators(shared, values, answer):
    """asem/corr_{normalised,raw}_spearman.csv and _p.csv: base R, complete and with gaps."""
    folder = shared / "reference/asem"
    table = pd.read_csv(folder / f"{values}.csv", index_col="uCode")
    rho = pd.read_csv(folder / f"{answer}_spearman.csv", index_col=0)
    p = pd.read_csv(folder / f"{answer}_spearman_p.csv", index_col=0)
    joint = joint_coefficients(table[rho.index].to_numpy(dtype=float)[None])
    np.testing.assert_allclose(joint.rho[0], rho.to_numpy()[joint.i, joint.j], atol=1e-9)
    known = ~p.isna().to_numpy()[joint.i, joint.j]
    np.testing.assert_allclose(joint.p[0][known], p.to_numpy()[joint.i, joint.j][known], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("cycle", QUARTERS)
def test_the_planted_pair_says_the_same_in_each_cycle_and_nothing_else_is_cried_for(cycle):
    """data/operations/README.md: ρ of orders_handled and order_value, scores; every other pair below 0.6."""
    cards = _history("operations")
    cards = [card for card in cards if card.cycle <= cycle]
    found, tested = correlation_by_cycle(cards), correlation_homogeneity(cards)
    printed = {"2024Q1": 0.878, "2024Q2": 0.894, "2024Q3": 0.907, "2024Q4": 0.873}
    planted = (found["indicator_i"] == "orders_handled") & (found["indicator_j"] == "order_value")
    by_cycle = found[planted].set_index("cycle")["spearman"]
    assert len(by_cycle) == {"2024Q1": 5, "2024Q2": 6, "2024Q3": 7, "2024Q4": 8}[cycle]
    assert by_cycle[cycle] == pytest.approx(printed[cycle], abs=5e-4)
    assert by_cycle.min() >= 0.85
    assert found.loc[~planted, "spearman"].abs().max() < 0.6
    first = tested.iloc[0]
    assert first["p"] > 0.3
    assert (first["lowest"], first["highest"]) == (by_cycle.min(), by_cycle.max())
    assert (tested["p_adjusted"] > 0.05).all()
    together = pooled_change_correlation(cards)
    assert together[together["p_adjusted"] < 0.05][PAIR].to_numpy().tolist() == [["orders_handled", "order_value"]]


def test_indicators_that_a_cycle_lacks_are_missing_there():
    cards = _history("hospitals")
    found = correlation_by_cycle(cards)
    assert found["cycle"].unique().tolist() == ["FY2016", "FY2017"]
    new = found[(found["indicator_i"] == "PC-01") | (found["indicator_j"] == "PC-01")]
    before = new[new["cycle"] == "FY2016"]
    assert (before["n"] == 0).all()
    assert before[["spearman", "ci_low", "ci_high"]].isna().all(axis=None)
    assert "SCIP-VTE-2" not in set(found["indicator_i"]), "gone before the last cycle"
    tested = correlation_homogeneity(cards)
    alone = tested[(tested["indicator_i"] == "PC-01") | (tested["indicator_j"] == "PC-01")]
    assert (alone["cycles"] <= 1).all()
    assert alone[["chi_square", "p", "p_adjusted", "slope_p"]].isna().all(axis=None)
    assert correlation(hospitals().scores).shape[0] == len(tested) == 231


# --- the test of homogeneity -----------------------------------------------------------------------------------------


def test_with_two_tables_the_test_is_the_paired_t_test_of_means():
    """Hotelling's T² of means of the same subjects with one difference is the paired t-test."""
    x = np.random.default_rng(1).normal([0, 0.4], size=(30, 2))
    covariance = np.cov(x, rowvar=False) / len(x)
    chi_square, df, p = _wald(x.mean(axis=0), covariance, len(x))
    expected = stats.ttest_rel(x[:, 0], x[:, 1])
    assert (df, p) == (1, pytest.approx(expected.pvalue))
    assert chi_square == pytest.approx(expected.statistic**2)


def test_with_other_subjects_in_each_cycle_the_test_is_that_of_independent_samples():
    """Hedges and Olkin's Q, its variances estimated: nothing ties the cycles, so that the covariance is diagonal."""
    first, second = _tables(seed=5, cycles=2, n=60, k=2, gaps=0, keep=1)
    second = second.iloc[:40].set_axis([f"T{at}" for at in range(40)])
    values = np.full((2, 100, 2), np.nan)
    values[0, :60], values[1, 60:] = first, second
    z, covariance = joint_chance(joint_coefficients(values), values)
    assert covariance[0][0, 1] == 0
    variance = np.diag(covariance[0]) * 40 / 39
    q = (z[0, 0] - z[1, 0]) ** 2 / variance.sum()
    row = correlation_homogeneity(_cards([first, second])).iloc[0]
    assert row["chi_square"] == pytest.approx(q)
    assert row["p"] == pytest.approx(stats.f.sf(q, 1, 39))
    weights = np.array([57, 37]) / 94
    middle, half = weights @ z[:, 0], stats.t.ppf(0.975, 39) * np.sqrt(weights**2 @ variance)
    expected = np.tanh([middle, middle - half, middle + half])
    assert row[["pooled", "ci_low", "ci_high"]].tolist() == pytest.approx(expected)


def test_slope_is_the_least_squares_line_and_with_two_cycles_the_test_of_homogeneity():
    cards = _cards(_tables(seed=6))
    found, by_cycle = correlation_homogeneity(cards), correlation_by_cycle(cards)
    z = np.arctanh(by_cycle["spearman"].to_numpy().reshape(3, 4))
    assert found["slope"].to_numpy() == pytest.approx(np.polyfit(np.arange(4), z.T, 1)[0])
    two = correlation_homogeneity(cards[:2])
    np.testing.assert_allclose(two["slope_p"], two["p"], rtol=1e-9)


def test_a_cycle_told_twice_adds_nothing_to_the_test():
    cards = _cards(_tables(seed=7, cycles=2))
    once, twice = correlation_homogeneity(cards), correlation_homogeneity([cards[0], cards[0], cards[1]])
    np.testing.assert_allclose(twice[["chi_square", "df", "p"]], once[["chi_square", "df", "p"]], rtol=1e-6)
    copies = correlation_homogeneity([cards[0]] * 3)
    assert (copies["p"] == 1).all()
    assert (copies["df"] == 0).all()


def test_a_pair_that_is_the_same_column_in_one_cycle_only_has_changed():
    table = _tables(seed=8, n=60, k=2, gaps=0, keep=1)[0]
    same = table.assign(b=table["a"])
    steady = correlation_homogeneity(_cards([same, same, same[::-1]])).iloc[0]
    assert (steady["lowest"], steady["highest"]) == pytest.approx((1, 1))
    assert steady["p"] > 0.99
    assert correlation_homogeneity(_cards([table, same])).iloc[0]["p"] < 1e-6


def test_one_cycle_has_its_own_coefficient_and_interval_and_no_test():
    card = operations("2024Q4")
    found = correlation_homogeneity([card])
    alone = correlation(card.scores).set_index(PAIR).loc[found.set_index(PAIR).index].reset_index()
    np.testing.assert_allclose(found[["pooled", "ci_low", "ci_high"]], alone[["spearman", "ci_low", "ci_high"]])
    assert found[["chi_square", "df", "p", "p_adjusted", "slope", "slope_p"]].isna().all(axis=None)
    assert (found["cycles"] == 1).all()


def test_more_cycles_than_subjects_leave_the_test_out_and_keep_the_mean():
    tables = _tables(seed=9, cycles=7, n=6, gaps=0, keep=1)
    found = correlation_homogeneity(_cards(tables))
    assert found["p"].isna().all()
    assert found["pooled"].notna().all()


def test_constant_columns_and_subjects_that_never_have_both_give_missing():
    tables = _tables(seed=10, gaps=0, keep=1)
    for table in tables:
        table["c"] = 5.0
        table.loc[table.index[::2], "a"] = np.nan
        table.loc[table.index[1::2], "b"] = np.nan
    for ask in QUESTIONS:
        found = ask(_cards(tables))
        assert found.filter(regex=r"spearman|pooled|^p$|ci_|slope|chi").isna().all(axis=None)


# --- changes ---------------------------------------------------------------------------------------------------------


def test_changes_are_correlated_over_subjects_with_both_in_both_cycles():
    tables = _tables(seed=11)
    found = change_correlation(_cards(tables))
    assert list(zip(found["cycle"], found["previous_cycle"], strict=True))[:3] == [
        ("c1", "c0"),
        ("c2", "c1"),
        ("c3", "c2"),
    ]
    for row in found.itertuples():
        at = int(row.cycle[1:])
        change = (tables[at] - tables[at - 1])[[row.indicator_i, row.indicator_j]].dropna()
        expected = stats.spearmanr(change.iloc[:, 0], change.iloc[:, 1])
        assert row.n == len(change)
        assert (row.spearman, row.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)
    adjusted = stats.false_discovery_control(found["p"])
    np.testing.assert_allclose(found["p_adjusted"], adjusted)


def test_equal_changes_are_ties_whatever_the_last_digit():
    """0.3 − 0.2 and 0.2 − 0.1 differ in their last digit, and are the same change."""
    first = pd.DataFrame({"a": [0.1, 0.2, 0.7, 0.4, 0.5], "b": [1.0, 2, 3, 4, 5]}, index=list("VWXYZ"))
    second = pd.DataFrame({"a": [0.2, 0.3, 0.8, 0.6, 0.9], "b": [2.0, 2, 5, 9, 9]}, index=list("VWXYZ"))
    expected = stats.spearmanr([1, 1, 1, 2, 4], [1, 0, 2, 5, 4]).statistic
    assert change_correlation(_cards([first, second]))["spearman"].item() == pytest.approx(expected)


def test_a_target_that_moves_for_all_by_as_much_leaves_changes_as_they_were():
    tables = _tables(seed=12)
    moved = [table + 7 * at for at, table in enumerate(tables)]
    for ask in (change_correlation, pooled_change_correlation):
        pd.testing.assert_frame_equal(ask(_cards(tables)), ask(_cards(moved)))


def test_pooled_changes_lie_between_those_of_the_steps_and_with_one_step_are_its_own():
    cards = _cards(_tables(seed=13, n=60))
    steps, pooled = change_correlation(cards), pooled_change_correlation(cards)
    ends = steps.groupby(PAIR)["spearman"].agg(["min", "max"]).to_numpy()
    assert (ends[:, 0] <= pooled["spearman"]).all()
    assert (pooled["spearman"] <= ends[:, 1]).all()
    assert (pooled["ci_high"] - pooled["ci_low"] < (steps["ci_high"] - steps["ci_low"]).min()).all()
    one, alone = change_correlation(cards[:2]), pooled_change_correlation(cards[:2])
    columns = ["n", "spearman", "ci_low", "ci_high", "p", "p_adjusted"]
    pd.testing.assert_frame_equal(one[columns], alone[columns])
    assert pooled_change_correlation(cards[:1])["steps"].tolist() == [0, 0, 0]


# --- what holds always -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", QUESTIONS)
def test_order_of_subjects_does_not_matter_and_inputs_stay_as_they_were(ask):
    tables = _tables(seed=14)
    cards = _cards(tables)
    before = [card.scores.copy() for card in cards]
    found = ask(cards)
    for card, scores in zip(cards, before, strict=True):
        pd.testing.assert_frame_equal(card.scores, scores)
    pd.testing.assert_frame_equal(found, ask(_cards([table[::-1] for table in tables])), rtol=1e-9)


@pytest.mark.parametrize("ask", QUESTIONS)
def test_order_of_indicators_only_orders_the_pairs(ask):
    tables = _tables(seed=15)
    keys = [name for name in ("cycle",) if name in ask(_cards(tables))]
    turned = ask(_cards([table[["c", "b", "a"]] for table in tables]))
    turned = turned.rename(columns={"indicator_i": "indicator_j", "indicator_j": "indicator_i"})
    found = ask(_cards(tables)).set_index([*PAIR, *keys]).sort_index()
    pd.testing.assert_frame_equal(found, turned.set_index([*PAIR, *keys]).sort_index()[list(found)], rtol=1e-9)


@pytest.mark.parametrize("ask", [correlation_by_cycle, correlation_homogeneity])
def test_scales_of_an_indicator_do_not_matter_in_any_cycle(ask):
    tables = _tables(seed=16)
    bent = [table.assign(a=np.exp(table["a"] / (20 + at)), b=table["b"] ** 3) for at, table in enumerate(tables)]
    pd.testing.assert_frame_equal(ask(_cards(tables)), ask(_cards(bent)), rtol=1e-9)


@pytest.mark.parametrize("ask", QUESTIONS)
def test_columns_are_the_same_whatever_there_is(ask):
    expected = list(ask(_cards(_tables())))
    assert list(ask([])) == expected
    for name in SOURCES:
        for values in ("score", "attainment", "actual") if name not in {"operations", "hospitals"} else ("score",):
            found = ask(_source(name), values)
            assert list(found) == expected, name
            assert (found["n"] >= 0).all()
            adjusted = found.get("p_adjusted", pd.Series(dtype=float)).dropna()
            assert adjusted.between(0, 1).all()


def test_unknown_values_are_refused():
    with pytest.raises(KpiError, match="'rank' cannot be correlated"):
        correlation_by_cycle(_cards(_tables()), "rank")


def test_a_unit_is_answered_from_its_own_subjects_alone():
    cards = [card.for_unit("east") for card in _history("operations")]
    assert (correlation_homogeneity(cards)["n"] <= 12).all()


def test_pairs_to_follow_are_the_strongest_with_enough_subjects():
    pairs = pd.DataFrame(
        {"indicator_i": list("abc"), "indicator_j": list("xyz"), "n": [4, 30, 40], "spearman": [1, 0.9, 0.2]}
    )
    assert pairs_to_follow(pairs)["indicator_i"].tolist() == ["b", "c"]
    assert pairs_to_follow(pairs.assign(n=[4, 12, 15]))["indicator_i"].tolist() == ["b", "c"]
    assert pairs_to_follow(pairs, most=1)["indicator_i"].tolist() == ["b"]
    assert pairs_to_follow(pairs.assign(spearman=np.nan)).empty


# --- simulations -----------------------------------------------------------------------------------------------------


def _autocorrelated(rng, shape, steady):
    """Normal draws, tables × subjects × samples, each subject keeping `steady` of its value from table to table."""
    fresh = rng.normal(size=shape)
    made = [fresh[0]]
    for draw in fresh[1:]:
        made.append(steady * made[-1] + np.sqrt(1 - steady**2) * draw)
    return np.stack(made)


def _simulated(seed, samples, cycles, n, rho, steady, *, levels=0):
    """Pairs of columns of many schemes at once: `rho` in each cycle; returns their Joint and tables."""
    rng = np.random.default_rng(seed)
    x, other = (_autocorrelated(rng, (cycles, n, samples), steady) for _side in range(2))
    rho = np.broadcast_to(np.asarray(rho, dtype=float), cycles)[:, None, None]
    y = rho * x + np.sqrt(1 - rho**2) * other
    if levels:
        # A floor that 40 % share, and few steps above it.
        steps = stats.norm.ppf(0.4 + 0.6 * np.arange(levels) / levels)
        x, y = (np.searchsorted(steps, side).astype(float) for side in (x, y))
    return _joint_of(x, y)


def _joint_of(x, y):
    tables, samples = np.concatenate([x, y], axis=2), x.shape[2]
    ranks = [stats.rankdata(side, axis=1) for side in (x, y)]
    a, b = ((side - side.mean(axis=1, keepdims=True)) / side.std(axis=1, keepdims=True) for side in ranks)
    i = np.arange(samples)
    found = (a * b).mean(axis=1)
    return Joint(i, samples + i, found, np.full_like(found, np.nan), np.full(found.shape, x.shape[1])), tables


def _naive_p(joint):
    """Hedges and Olkin's test as for independent samples, with the variance of Bonett and Wright."""
    z, weight = np.arctanh(joint.rho), (joint.n - 3) / (1 + joint.rho**2 / 2)
    mean = (weight * z).sum(axis=0) / weight.sum(axis=0)
    return stats.chi2.sf((weight * (z - mean) ** 2).sum(axis=0), len(z) - 1)


# Standard errors of a share of 5 %: 0.007 with 1,000 samples, 0.009 with 600, 0.011 with 400.
@pytest.mark.parametrize(
    ("samples", "cycles", "n", "rho", "steady", "levels", "least", "most"),
    [
        (1000, 4, 48, 0.3, 0.9, 0, 0.01, 0.06),
        (600, 8, 48, 0.3, 0.9, 0, 0.01, 0.065),
        (600, 8, 48, 0.5, 0.9, 6, 0.02, 0.075),
        (1000, 4, 48, 0.5, 0.0, 0, 0.03, 0.07),
        (1000, 4, 20, 0.5, 0.5, 0, 0.015, 0.07),
        (400, 4, 500, 0.3, 0.9, 0, 0.02, 0.085),
    ],
)
def test_the_test_of_homogeneity_rejects_five_per_cent_where_subjects_come_back(
    samples, cycles, n, rho, steady, levels, least, most
):
    """A simulation: the same ρ in each cycle; with few subjects the test is a little cautious, never liberal."""
    joint, tables = _simulated(1, samples, cycles, n, rho, steady, levels=levels)
    p = np.array([row.homogeneity_p for row in taken_together(joint, tables)])
    assert least <= (p < 0.05).mean() <= most
    if steady > 0.6:
        assert (_naive_p(joint) < 0.05).mean() < 0.015, "the usual test has not its stated size"


def test_a_change_is_found_where_the_usual_test_misses_it():
    """ρ falls from 0.8 to 0.6 in the last of 4 cycles, 48 subjects; standard errors at most 0.02."""
    joint, tables = _simulated(2, 600, 4, 48, [0.8, 0.8, 0.8, 0.6], 0.95)
    found = np.mean([row.homogeneity_p < 0.05 for row in taken_together(joint, tables)])
    usual = (_naive_p(joint) < 0.05).mean()
    assert found > 0.8
    assert usual < 0.15


def test_covariance_of_coefficients_is_that_seen_over_many_samples():
    """Correlation of z in two cycles and its standard deviation, over 800 samples: standard error about 4 %."""
    joint, tables = _simulated(3, 800, 2, 100, 0.5, 0.9)
    z, covariance = joint_chance(joint, tables)
    seen = np.cov(z)
    mean = covariance.mean(axis=0)
    assert mean[0, 0] == pytest.approx(seen[0, 0], rel=0.12)
    assert mean[0, 1] / mean[0, 0] == pytest.approx(seen[0, 1] / np.sqrt(seen[0, 0] * seen[1, 1]), abs=0.05)
    assert seen[0, 1] / seen[0, 0] > 0.5, "the cycles are tied"


@pytest.mark.parametrize(("n", "steady"), [(48, 0.9), (20, 0.9)])
def test_pooled_intervals_hold_the_true_coefficient_in_95_per_cent(n, steady):
    """ρ of a normal pair with r = 0.5 is 6/π·asin(r/2); 1,000 samples, standard error 0.007."""
    joint, tables = _simulated(4, 1000, 4, n, 0.5, steady)
    truth = 6 / np.pi * np.arcsin(0.25)
    rows = taken_together(joint, tables)
    assert 0.925 <= np.mean([row.ci_low <= truth <= row.ci_high for row in rows]) <= 0.97


def test_changes_without_relation_are_called_related_in_five_per_cent():
    """Levels go together, changes do not: 1,000 samples, 48 subjects, 5 steps, standard error 0.007."""
    rng = np.random.default_rng(5)
    steady = rng.normal(size=(1, 48, 1000))
    x, y = (np.diff(steady + rng.normal(size=(6, 48, 1000)), axis=0) for _side in range(2))
    rows = taken_together(*_joint_of(x, y))
    assert 0.03 <= np.mean([row.p < 0.05 for row in rows]) <= 0.07
