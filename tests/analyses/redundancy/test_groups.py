"""The tree of indicators, the groups it is cut into, and how far these come back with other subjects."""

from __future__ import annotations

import json
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

import kpianalysis as kpi
from kpianalysis.analyses.redundancy.group_stability import (
    DOUBTFUL,
    HIGHLY_STABLE,
    GroupStability,
    group_stability,
)
from kpianalysis.analyses.redundancy.groups import correlation_groups, group_tree
from tests.builders import make_card
from tests.cards import QUARTERS, given_card, hospitals, operations


def _factors(seed=0, n=60, groups=(3, 2), alone=3, noise=0.6, ties=True):
    """Scores of some groups of indicators that share a factor, and of some that go with nobody."""
    rng = np.random.default_rng(seed)
    columns = [f + noise * rng.normal(size=n) for size in groups for f in [rng.normal(size=n)] for _ in range(size)]
    columns += [rng.normal(size=n) for _ in range(alone)]
    values = 50 + 10 * np.column_stack(columns)
    values = values.round(0 if ties else 9)
    return pd.DataFrame(
        values, index=[f"S{i:03d}" for i in range(n)], columns=[f"i{j}" for j in range(values.shape[1])]
    )


def _scores(table):
    """Scores as a scorecard has them, as far as they are looked at here: no scheme to be read first."""
    wide = table.rename_axis("subject_id").reset_index()
    scores = wide.melt("subject_id", var_name="indicator_id", value_name="score")
    order = pd.CategoricalDtype(table.columns.astype(str))
    return scores.assign(indicator_id=scores["indicator_id"].astype(str).astype(order), kind="scored")


def _pairs_of(square):
    """Pairs of a square of coefficients."""
    i, j = np.triu_indices(len(square), 1)
    names = square.index.to_numpy()
    return pd.DataFrame({"indicator_i": names[i], "indicator_j": names[j], "spearman": square.to_numpy()[i, j]})


def _branches(tree):
    """Members of the branch that each step makes."""
    known = {}
    for row in tree.itertuples():
        both = [known.get(side, frozenset([side])) for side in (row.left, row.right)]
        known[f"#{row.step}"] = both[0] | both[1]
    return list(known.values())


def _partition(groups):
    known = groups[groups["group"] > 0].groupby("group")["indicator_id"].agg(frozenset)
    return set(known), frozenset(groups.loc[groups["group"] == 0, "indicator_id"])


# The tree --------------------------------------------------------------------------------------------------------


def test_the_tree_has_the_heights_and_branches_of_r(shared):
    """reference/correlation/multivariate.json, hclust(method="average") of 1 − |r| of the 139 complete rows."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region").dropna()
    expected = json.loads((shared / "reference/correlation/multivariate.json").read_text(encoding="utf-8"))
    theirs, names = expected["hclust_average_1_minus_abs_r"], expected["variables"]
    tree = group_tree(_pairs_of(table[names].corr()))
    assert tree["height"].to_numpy() == pytest.approx(theirs["height"], rel=1e-9)
    made = {}
    for step, merge in enumerate(theirs["merge"], start=1):
        sides = [frozenset([names[-side - 1]]) if side < 0 else made[side] for side in merge]
        made[step] = sides[0] | sides[1]
    assert _branches(tree) == list(made.values())
    assert tree["size"].tolist() == [len(branch) for branch in made.values()]


def test_a_cut_makes_the_groups_of_r(shared):
    """reference/correlation/multivariate.json, cutree at height 0.3."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region").dropna()
    expected = json.loads((shared / "reference/correlation/multivariate.json").read_text(encoding="utf-8"))
    theirs = pd.Series(expected["hclust_average_1_minus_abs_r"]["cut_0.3"])
    together = theirs.groupby(theirs).filter(lambda members: len(members) > 1)
    groups, _alone = _partition(correlation_groups(_pairs_of(table.corr()), cut=0.7))
    assert groups == {frozenset(members.index) for _, members in together.groupby(together)}


def test_groups_of_the_reference_table(shared):
    """reference/correlation/multivariate.json: as many groups as heights above each cut."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region").dropna()
    expected = json.loads((shared / "reference/correlation/multivariate.json").read_text(encoding="utf-8"))
    heights = expected["hclust_average_1_minus_abs_r"]["height"]
    pairs = _pairs_of(table.corr())
    for cut in (0.99, *(1 - (a + b) / 2 for a, b in pairwise(heights)), 0.01):
        groups = correlation_groups(pairs, cut)
        alone = (groups["group"] == 0).sum()
        clusters = groups.loc[groups["group"] > 0, "group"].nunique() + alone
        assert clusters == 1 + sum(height > 1 - cut for height in heights)


def test_the_tree_is_scipys_on_the_technology_achievement_index(shared):
    """reference/tai/recomputed_r.json, Spearman of 8 indicators: the same heights as scipy's linkage on 1 − |ρ|."""
    found = json.loads((shared / "reference/tai/recomputed_r.json").read_text(encoding="utf-8"))
    square = pd.DataFrame(found["spearman"], index=found["indicators"], columns=found["indicators"])
    theirs = hierarchy.linkage(squareform(1 - square.abs().to_numpy(), checks=False), method="average")
    assert group_tree(_pairs_of(square))["height"].to_numpy() == pytest.approx(theirs[:, 2], rel=1e-9)


def test_the_tree_is_that_of_the_stored_asem_correlations(shared):
    """reference/asem/corr_normalised_spearman.csv, 49 indicators: heights of scipy's linkage on 1 − |ρ|."""
    square = pd.read_csv(shared / "reference/asem/corr_normalised_spearman.csv", index_col=0)
    theirs = hierarchy.linkage(squareform(1 - square.abs().to_numpy(), checks=False), method="average")
    tree = group_tree(_pairs_of(square))
    assert len(tree) == 48
    assert tree["height"].to_numpy() == pytest.approx(theirs[:, 2], rel=1e-9)


def test_a_height_is_one_less_the_mean_correlation_between_the_two_branches():
    pairs = kpi.correlation(_scores(_factors()))
    square = kpi.correlation_matrix(pairs).abs()
    members = {}
    for row in group_tree(pairs).itertuples():
        left, right = (members.get(side, [side]) for side in (row.left, row.right))
        assert row.height == pytest.approx(1 - square.loc[left, right].to_numpy().mean(), abs=1e-11)
        members[f"#{row.step}"] = left + right
    order = correlation_groups(pairs)["indicator_id"].tolist()
    assert members[f"#{len(order) - 1}"] == order


def test_no_merge_is_closer_than_one_before():
    for seed in range(5):
        heights = group_tree(kpi.correlation(_scores(_factors(seed))))["height"]
        assert heights.is_monotonic_increasing


# Groups ----------------------------------------------------------------------------------------------------------


def test_groups_are_those_whose_mean_correlation_reaches_the_cut():
    table = _factors(groups=(3, 2), alone=1, n=200, noise=0.3)
    table["i1"] = 100 - table["i1"]
    pairs = kpi.correlation(_scores(table))
    groups = correlation_groups(pairs)
    members = groups.groupby("group")["indicator_id"].agg(set).to_dict()
    assert members == {1: {"i0", "i1", "i2"}, 2: {"i3", "i4"}, 0: {"i5"}}
    assert sorted(groups["place"]) == list(range(6))
    for places in (groups.loc[groups["group"] == g, "place"] for g in (1, 2)):
        assert places.max() - places.min() == len(places) - 1
    assert set(correlation_groups(pairs, cut=0.999)["group"]) == {0}
    assert set(correlation_groups(pairs, cut=0)["group"]) == {1}


def test_a_mean_that_is_the_cut_holds_a_group_together():
    pairs = pd.DataFrame({"indicator_i": ["a", "a", "b"], "indicator_j": ["b", "c", "c"], "spearman": [0.9, 0.3, 0.7]})
    assert set(correlation_groups(pairs, cut=0.5)["group"]) == {1}
    assert correlation_groups(pairs, cut=0.51).set_index("indicator_id")["group"].to_dict() == {"a": 1, "b": 1, "c": 0}


def test_a_missing_correlation_counts_as_none():
    pairs = pd.DataFrame({"indicator_i": ["a", "a", "b"], "indicator_j": ["b", "c", "c"]})
    missing, none = pairs.assign(spearman=[0.8, np.nan, np.nan]), pairs.assign(spearman=[0.8, 0.0, 0.0])
    pd.testing.assert_frame_equal(group_tree(missing), group_tree(none))
    assert group_tree(missing)["height"].iloc[-1] == 1


def test_the_closer_of_two_groups_of_one_size_is_the_first():
    pairs = _pairs_of(
        pd.DataFrame(
            [[1, 0.6, 0, 0], [0.6, 1, 0, 0], [0, 0, 1, 0.9], [0, 0, 0.9, 1]], index=list("abcd"), columns=list("abcd")
        )
    )
    assert correlation_groups(pairs).set_index("indicator_id")["group"].to_dict() == {"a": 2, "b": 2, "c": 1, "d": 1}


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_pairs_and_indicators_changes_nothing_even_with_equal_correlations(seed):
    rng = np.random.default_rng(seed)
    square = rng.integers(-4, 5, (7, 7)) / 4
    square = np.triu(square, 1) + np.triu(square, 1).T
    names = [f"i{j}" for j in range(7)]
    pairs = _pairs_of(pd.DataFrame(square, index=names, columns=names))
    order = rng.permutation(7)
    other = _pairs_of(pd.DataFrame(square[np.ix_(order, order)], index=np.array(names)[order], columns=order))
    other = other.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(group_tree(pairs), group_tree(other))
    pd.testing.assert_frame_equal(correlation_groups(pairs), correlation_groups(other))


def test_two_indicators_that_are_the_same_merge_at_once():
    table = _factors(groups=(2,), alone=1).assign(twin=lambda t: t["i0"], opposite=lambda t: 100 - t["i0"])
    tree = group_tree(kpi.correlation(_scores(table)))
    assert tree["height"].iloc[:2].tolist() == [0, 0]


def test_a_cut_that_is_no_share_is_refused():
    for call in (lambda: correlation_groups(pd.DataFrame(), 1.5), lambda: group_stability(pd.DataFrame(), -0.1)):
        with pytest.raises(kpi.KpiError, match=r"cut: .* is no mean \|ρ\|\. Use a number between 0 and 1"):
            call()


def test_eight_patient_experience_measures_belong_together_and_nothing_else():
    groups = correlation_groups(kpi.correlation(hospitals().scores))
    assert groups["group"].max() == 1
    members = set(groups.loc[groups["group"] == 1, "indicator_id"])
    assert len(members) == 8
    assert all(name.startswith("HCAHPS-") for name in members)


@pytest.mark.parametrize("cycle", QUARTERS)
@pytest.mark.parametrize("values", ["score", "attainment", "actual"])
def test_the_planted_pair_is_the_only_group(cycle, values):
    groups = correlation_groups(kpi.correlation(operations(cycle).scores, values))
    assert set(groups.loc[groups["group"] > 0, "indicator_id"]) == {"orders_handled", "order_value"}


# Stability -------------------------------------------------------------------------------------------------------


def _by_hand(table, cut, draws, seed):
    """Groups in each resample, drawn and counted with loops over pandas."""
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        drawn = table.iloc[rng.integers(0, len(table), len(table))]
        square = drawn.corr(method="spearman", min_periods=4).abs().fillna(0).to_numpy(copy=True)
        np.fill_diagonal(square, 1)
        tree = hierarchy.linkage(squareform(1 - square, checks=False), method="average")
        label = hierarchy.fcluster(tree, 1 - cut + 1e-9, criterion="distance")
        yield [frozenset(table.columns[label == name]) for name in np.unique(label)]


def _likest(members, branches):
    return max(len(members & branch) / len(members | branch) for branch in branches)


def test_stability_is_that_of_a_loop_over_resamples():
    """Two independent streams of 400 resamples each: within four standard errors of their difference."""
    table = _factors(seed=4, n=40, groups=(3, 2), alone=2, noise=0.75, ties=False)
    ours = group_stability(_scores(table), draws=400, seed=11)
    assert len(ours.groups) == 2
    runs = list(_by_hand(table, 0.5, 400, seed=7))
    for group, row in ours.groups.set_index("group").iterrows():
        members = frozenset(ours.members.loc[ours.members["group"] == group, "indicator_id"])
        likeness = np.array([_likest(members, branches) for branches in runs])
        error = likeness.std() * (2 / 400) ** 0.5
        assert row["jaccard"] == pytest.approx(likeness.mean(), abs=4 * error)
        whole = np.mean([any(members <= branch for branch in branches) for branches in runs])
        assert row["all_together"] == pytest.approx(whole, abs=4 * (2 * whole * (1 - whole) / 400) ** 0.5 + 1e-9)
        assert 0 <= row["jaccard_low"] <= row["jaccard"] <= row["jaccard_high"] <= 1
        assert row["exact"] == pytest.approx(np.mean(likeness == 1), abs=0.13)
    for row in ours.pairs.itertuples():
        share = np.mean([any({row.indicator_i, row.indicator_j} <= branch for branch in run) for run in runs])
        assert row.together == pytest.approx(share, abs=4 * (2 * share * (1 - share) / 400) ** 0.5 + 0.01)
    of = ours.members.groupby("group")["indicator_id"].agg(set)
    for row in ours.members.itertuples():
        mine = [next(branch for branch in run if row.indicator_id in branch) for run in runs]
        others = of[row.group] - {row.indicator_id}
        at_home = [2 * len(branch & others) >= len(others) if row.group else len(branch) == 1 for branch in mine]
        share = np.mean(at_home)
        assert row.share == pytest.approx(share, abs=4 * (2 * share * (1 - share) / 400) ** 0.5 + 0.01)


def test_groups_that_stand_apart_come_back_and_chance_ones_do_not():
    apart = group_stability(_scores(_factors(noise=0.2, n=200)), draws=50)
    assert apart.groups["verdict"].tolist() == [HIGHLY_STABLE] * 2
    assert (apart.groups["jaccard"] == 1).all()
    assert set(apart.members["other_group"]) == {0}
    assert set(apart.members["share"]) == {1}
    # Forty indicators of twenty subjects: some pair of them correlates by chance.
    chance = group_stability(given_card(_factors(groups=(), alone=40, n=20)).scores, draws=50)
    assert len(chance.groups)
    assert set(chance.groups["verdict"]) <= {DOUBTFUL, "pattern"}


def test_below_twenty_subjects_there_is_no_verdict():
    few = group_stability(_scores(_factors(noise=0.2, n=19)), draws=20)
    assert few.n == 19
    assert few.groups["jaccard"].notna().all()
    assert set(few.groups["verdict"]) == {""}


def test_members_and_strength_are_those_of_the_groups():
    table = _factors(n=100, noise=0.4)
    table["i1"] = 100 - table["i1"]
    pairs = kpi.correlation(_scores(table))
    found, groups = group_stability(_scores(table), draws=20), correlation_groups(pairs)
    assert _partition(found.members) == _partition(groups)
    assert found.members["indicator_id"].tolist() == table.columns.tolist()
    for row in found.groups.itertuples():
        names = set(groups.loc[groups["group"] == row.group, "indicator_id"])
        inside = pairs[pairs["indicator_i"].isin(names) & pairs["indicator_j"].isin(names)]
        assert row.size == len(names)
        assert row.mean_rho == pytest.approx(inside["spearman"].abs().mean())
        assert row.lowest_rho == pytest.approx(inside["spearman"].abs().min())
        assert (row.n, row.n_opposite) == (inside["n"].min(), (inside["spearman"] < 0).sum())
    assert found.groups["n_opposite"].tolist() == [2, 0]


def test_where_correlations_are_equal_the_groups_are_those_of_the_pairs():
    """y goes with x exactly as with z: which of the two it is grouped with hangs on the order they are looked at."""
    x = np.array([2, 1, 5, 4, 3, 8, 6, 9, 7, 10])
    table = pd.DataFrame({"z": 11 - x[::-1], "y": np.arange(1, 11), "x": x}, index=[f"S{i}" for i in range(10)])
    pairs = kpi.correlation(_scores(table.astype(float)))
    rho = kpi.correlation_matrix(pairs)
    assert rho.loc["y", "x"] == pytest.approx(rho.loc["y", "z"], abs=1e-13)
    cut = (rho.loc["y", "x"] + (rho.loc["y", "x"] + rho.loc["x", "z"]) / 2) / 2
    assert rho.loc["x", "z"] < cut < rho.loc["y", "x"]
    for ours in (table, table[["x", "y", "z"]]):
        members = group_stability(_scores(ours.astype(float)), cut=cut, draws=1).members
        assert _partition(members) == _partition(correlation_groups(pairs, cut)) == ({frozenset("xy")}, frozenset("z"))


def test_an_indicator_at_the_border_says_which_group_it_joins():
    table = _factors(seed=2, n=60, groups=(4,), alone=1, noise=0.4, ties=False)
    table["near"] = 50 + 0.5 * (table["i0"] - 50) + 9 * np.random.default_rng(5).normal(size=60)
    members = group_stability(_scores(table), draws=100).members.set_index("indicator_id")
    near = members.loc["near"]
    assert near["group"] == 0
    assert near["other_group"] == 1
    assert 0.05 < near["other_share"] < 0.95
    assert near["share"] + near["other_share"] == pytest.approx(1, abs=0.05)


def test_the_same_seed_gives_the_same_and_nothing_given_is_changed():
    scores = operations().scores
    before = scores.copy(deep=True)
    one, two = (group_stability(scores, draws=30, seed=5) for _ in range(2))
    for ours, again in zip(one[:3], two[:3], strict=True):
        pd.testing.assert_frame_equal(ours, again)
    pairs = kpi.correlation(scores)
    kept = pairs.copy(deep=True)
    group_tree(pairs), correlation_groups(pairs)
    pd.testing.assert_frame_equal(scores, before)
    pd.testing.assert_frame_equal(pairs, kept)


def test_a_monotone_map_of_an_indicator_changes_nothing():
    table = _factors(n=50)
    bent = table.assign(i0=np.exp(table["i0"] / 20), i4=-1 / (1 + table["i4"] - table["i4"].min()))
    one, two = (group_stability(_scores(t), draws=30) for t in (table, bent))
    for ours, again in zip(one[:3], two[:3], strict=True):
        pd.testing.assert_frame_equal(ours, again)


def test_the_planted_pair_always_stays_together_and_is_stable():
    for cycle in QUARTERS:
        found = group_stability(operations(cycle).scores)
        assert found.groups[["size", "verdict"]].to_numpy().tolist() == [[2, HIGHLY_STABLE]]
        assert found.groups["all_together"].item() > 0.99


def test_fewer_than_five_subjects_or_no_draws_give_no_shares():
    for found in (
        group_stability(_scores(_factors(n=4))),
        group_stability(_scores(_factors()), draws=0),
    ):
        assert found.draws == 0
        assert len(found.members) == 8
        shares = [found.groups[["jaccard", "jaccard_low", "jaccard_high", "all_together", "exact"]]]
        shares += [found.members[["share", "other_share"]], found.pairs[["together"]]]
        assert all(table.isna().all(axis=None) for table in shares)
    with pytest.raises(kpi.KpiError, match="draws: -1 is negative"):
        group_stability(_scores(_factors()), draws=-1)


def test_edges_have_the_same_columns_and_types():
    full = group_stability(_scores(_factors()), draws=5)
    constant = pd.DataFrame({"a": [70.0] * 9, "b": [60.0] * 9}, index=[f"S{i}" for i in range(9)])
    apart = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, *[np.nan] * 5], "b": [*[np.nan] * 5, 1.0, 2, 3, 4, 5]})
    apart.index = [f"S{i}" for i in range(10)]
    cards = [
        make_card(),
        given_card(constant),
        given_card(apart),
        given_card(_factors(n=1)),
        given_card(constant * np.nan),
    ]
    for card in cards:
        found = group_stability(card.scores, draws=5)
        assert isinstance(found, GroupStability)
        for ours, usual in zip(found[:3], full[:3], strict=True):
            assert list(ours.columns) == list(usual.columns)
        assert found.groups.empty
        pairs = kpi.correlation(card.scores)
        assert list(group_tree(pairs).columns) == ["step", "left", "right", "height", "size"]
        assert list(correlation_groups(pairs).columns) == ["indicator_id", "group", "place"]
        assert len(group_tree(pairs)) == max(len(found.members) - 1, 0)


def test_every_pair_has_a_share_once():
    found = group_stability(_scores(_factors()), draws=5)
    named = {frozenset(pair) for pair in found.pairs[["indicator_i", "indicator_j"]].to_numpy().tolist()}
    assert named == {frozenset(pair) for pair in combinations(found.members["indicator_id"], 2)}
