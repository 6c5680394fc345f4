"""From stakeholders' answers to weights: each method, lists, what is left out, and how far judges agree."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpianalysis.analyses.opinions.agreement import (
    judgement_consistency,
    judgement_triads,
    judges_agreement,
    stated_shares,
    weight_disagreement,
)
from kpianalysis.analyses.opinions.judgements import judgement_weights, judgements_left_out, rank_order_weights
from kpianalysis.errors import KpiError
from tests.builders import actual_rows, make_card
from tests.cards import dataset, given_card, hospitals, operations

COLUMNS = ["judge_id", "group", "method", "item_i", "item_j", "value"]
OF = {"a": "X", "b": "X", "c": "Y", "d": "Y", "e": "Z"}


def close(values):
    return pytest.approx(values, rel=1e-9)


def asked(*rows):
    """A table of judgements: judge, method, item_i, item_j, value; the group is the first letter of the judge."""
    table = [(judge, judge[0], method, i, j, float(value)) for judge, method, i, j, value in rows]
    return pd.DataFrame(table, columns=COLUMNS)


def points(judge, method, **values):
    return [(judge, method, item, None, value) for item, value in values.items()]


def pairs(judge, **values):
    return [(judge, "pairwise", key[0], key[1], value) for key, value in values.items()]


@pytest.fixture(scope="module")
def card():
    scores = pd.DataFrame(np.random.default_rng(4).uniform(20, 90, (6, 5)), index=list("RSTUVW"), columns=list(OF))
    return given_card(scores, OF, {"X": 2.0, "Y": 1.0, "Z": 1.0}, {"a": 1.0, "b": 3.0, "c": 1.0, "d": 1.0, "e": 1.0})


def weights_of(weights, judge="J"):
    mine = weights[weights["judge_id"] == judge]
    return dict(zip(mine["item_id"], mine["weight"], strict=True))


# Methods ---------------------------------------------------------------------------------------------------------


def test_points_become_shares_whatever_they_sum_to(card):
    for method in ("budget", "swing"):
        weights = judgement_weights(asked(*points("J", method, X=100, Y=60, Z=40)), card)
        assert weights_of(weights) == close({"X": 0.5, "Y": 0.3, "Z": 0.2})
        assert set(weights["level"]) == {"dimension"}


def test_ranks_become_the_centroid_of_their_order(card):
    """Barron and Barrett (1996), three items: 0.6111, 0.2778, 0.1111."""
    weights = judgement_weights(asked(*points("J", "rank", X=2, Y=1, Z=3)), card)
    assert weights_of(weights) == close({"X": 5 / 18, "Y": 11 / 18, "Z": 2 / 18})


@pytest.mark.parametrize("n", range(1, 12))
def test_the_centroid_is_the_mean_of_the_corners_of_all_weights_in_that_order(n):
    corners = np.array([[1 / k if place < k else 0 for place in range(n)] for k in range(1, n + 1)])
    assert rank_order_weights(np.arange(1.0, n + 1)).tolist() == close(corners.mean(axis=0).tolist())


def test_equal_ranks_share_and_only_the_order_counts():
    assert rank_order_weights(np.array([1.0, 2.0, 2.0, 3.0])).tolist() == close(
        rank_order_weights(np.array([1.0, 5.5, 5.5, 40.0])).tolist()
    )
    assert rank_order_weights(np.array([2.0, 2.0, 2.0])).tolist() == close([1 / 3] * 3)


def test_comparisons_become_weights_by_either_way(card):
    table = asked(*pairs("J", XY=3, XZ=5, YZ=2))
    assert weights_of(judgement_weights(table, card)) == close(
        {"X": 0.6483290138222366, "Y": 0.22965079406263708, "Z": 0.12202019211512619}
    )
    longer = asked(*pairs("J", ab=3), *pairs("K", cd=1 / 4))
    for priorities in ("geometric", "eigenvector"):
        weights = judgement_weights(longer, card, priorities)
        assert weights_of(weights) == close({"a": 0.75, "b": 0.25})
        assert weights_of(weights, "K") == close({"c": 0.2, "d": 0.8})
    with pytest.raises(KpiError, match="'best' is no way"):
        judgement_weights(table, card, "best")


def test_a_blank_method_with_two_items_is_a_comparison(card):
    table = asked(*pairs("J", XY=3, XZ=5, YZ=2))
    pd.testing.assert_frame_equal(judgement_weights(table.assign(method=np.nan), card), judgement_weights(table, card))


def test_the_oecd_judge_weighs_eight_indicators(shared):
    """reference/weights_from_data/ahp.json, oecd_table20: by eigenvector and by geometric mean, and its ratio."""
    book = json.loads((shared / "reference/tai/published_oecd2008.json").read_text())
    theirs = json.loads((shared / "reference/weights_from_data/ahp.json").read_text())["oecd_table20"]
    names = book["indicators"]
    card = given_card(pd.DataFrame(50.0, index=["A"], columns=names))
    cells = [[float(x.split("/")[0]) / float((x + "/1").split("/")[1]) for x in row] for row in _cells(book)]
    rows = [("J", "pairwise", names[i], names[j], cells[i][j]) for i in range(8) for j in range(i + 1, 8)]
    for priorities, key in (("geometric", "weights_geometric_mean"), ("eigenvector", "weights_eigenvector")):
        weights = judgement_weights(asked(*rows), card, priorities)
        assert weights_of(weights) == close(dict(zip(names, theirs[key], strict=True)))
    found = judgement_consistency(asked(*rows), card).iloc[0]
    assert (found["lambda_max"], found["consistency_index"]) == close(
        (theirs["lambda_max"], theirs["consistency_index"])
    )
    assert weights["consistency_ratio"].unique() == [found["consistency_ratio"]]


def _cells(book):
    return book["table20_ahp_matrix"]["matrix"]


# Lists -----------------------------------------------------------------------------------------------------------


def test_dimensions_and_the_indicators_of_one_are_weighed_separately(card):
    table = asked(*points("J", "budget", X=50, Y=30, Z=20), *points("J", "swing", a=100, b=25))
    weights = judgement_weights(table, card)
    assert weights_of(weights) == close({"X": 0.5, "Y": 0.3, "Z": 0.2, "a": 0.8, "b": 0.2})
    assert weights["dimension_id"].tolist() == ["", "", "", "X", "X"]
    assert weights["method"].tolist() == ["budget"] * 3 + ["swing"] * 2


@pytest.mark.parametrize(
    "rows",
    [
        points("J", "budget", a=10, b=20, c=30, d=15, e=25),
        points("J", "swing", a=40, b=80, c=100, d=60, e=100),
        pairs("J", ab=0.5, bc=2 / 3, cd=2, de=0.6),
    ],
)
def test_all_indicators_at_once_give_dimensions_their_sums(card, rows):
    weights = weights_of(judgement_weights(asked(*rows), card))
    of_dimensions = {name: weights[name] for name in "XYZ"}
    assert sum(of_dimensions.values()) == close(1.0)
    assert weights["a"] + weights["b"] == close(1.0)
    assert weights["b"] / weights["a"] == close(2.0)
    assert weights["X"] * weights["b"] / (weights["Z"] * weights["e"]) == close(
        {"budget": 20 / 25, "swing": 80 / 100, "pairwise": 2 / 3 * 2 * 0.6}[rows[0][1]]
    )


def test_indicators_of_several_dimensions_with_a_hundred_each_are_lists_of_their_own(card):
    budgets = judgement_weights(asked(*points("J", "budget", a=60, b=40, c=30, d=70, e=100)), card)
    swings = judgement_weights(asked(*points("J", "swing", a=100, b=40, c=30, d=100, e=100)), card)
    ranks = judgement_weights(asked(*points("J", "rank", a=1, b=2, c=2, d=1, e=1)), card)
    for weights in (budgets, swings, ranks):
        assert set(weights["level"]) == {"indicator"}
    assert weights_of(budgets) == close({"a": 0.6, "b": 0.4, "c": 0.3, "d": 0.7, "e": 1.0})
    assert weights_of(ranks) == close({"a": 0.75, "b": 0.25, "c": 0.25, "d": 0.75, "e": 1.0})


def test_who_weighs_dimensions_weighs_indicators_within_them(card):
    table = asked(*points("J", "budget", X=50, Y=30, Z=20), *points("J", "budget", a=10, b=20, c=30, d=15, e=25))
    weights = weights_of(judgement_weights(table, card))
    assert weights == close({"X": 0.5, "Y": 0.3, "Z": 0.2, "a": 1 / 3, "b": 2 / 3, "c": 2 / 3, "d": 1 / 3, "e": 1.0})


def test_a_dimension_that_gets_nothing_leaves_its_own_shares_open(card):
    weights = weights_of(judgement_weights(asked(*points("J", "budget", a=0, b=0, c=50, d=25, e=25)), card))
    assert weights == close({"X": 0.0, "Y": 0.75, "Z": 0.25, "c": 2 / 3, "d": 1 / 3, "e": 1.0})


# Left out --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "reason", "items"),
    [
        (points("J", "budget", X=60, Y=40), "incomplete", "Z"),
        (points("J", "swing", X=0, Y=0, Z=0), "no points", "X, Y, Z"),
        (pairs("J", ab=2, cd=2, ce=1, ad=1)[:3], "not linked", "c, d, e"),
        ([*points("J", "budget", X=60, Y=30, Z=10), *pairs("J", XY=2)], "two ways", "X, Y, Z"),
        ([*points("J", "budget", X=60, Y=30, Z=10), *pairs("J", ac=2)], "two ways", "a"),
    ],
)
def test_what_gives_no_weights_is_left_out_and_named(card, rows, reason, items):
    left_out = judgements_left_out(asked(*rows), card)
    assert (reason, items) in left_out[["reason", "items"]].itertuples(index=False, name=None)
    assert judgement_weights(asked(*rows), card).empty


def test_one_list_that_cannot_be_used_leaves_the_others(card):
    table = asked(*points("J", "budget", X=60, Y=40), *points("J", "budget", a=10, b=90))
    assert weights_of(judgement_weights(table, card)) == close({"a": 0.1, "b": 0.9})
    assert judgements_left_out(table, card)["level"].tolist() == ["dimension"]


def test_items_of_another_cycle_are_passed_over(card):
    table = asked(*points("J", "budget", X=40, Y=20, Z=20, old=20))
    assert weights_of(judgement_weights(table, card)) == close({"X": 0.5, "Y": 0.25, "Z": 0.25})
    assert judgements_left_out(table, card)[["reason", "items"]].to_numpy().tolist() == [["unknown", "old"]]


def test_weight_that_no_total_rests_on_is_named():
    scores = pd.DataFrame({"a": [50.0, 60], "b": [np.nan, np.nan], "c": [70.0, 20]}, index=["R", "S"])
    card = given_card(scores)
    left_out = judgements_left_out(asked(*points("J", "budget", a=50, b=30, c=20)), card)
    assert left_out[["reason", "items"]].to_numpy().tolist() == [["no weight", "b"]]
    assert judgements_left_out(asked(*points("J", "budget", a=50, b=0, c=50)), card).empty


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (pairs("J", XY=0), "above 0"),
        (pairs("J", XX=1), "with itself"),
        ([*pairs("J", XY=3), *pairs("J", YX=3)], "both ways round"),
        ([("J", None, "X", None, 3)], "not said how"),
        (points("J", "rank", X=0), "begin at 1"),
        ([*points("J", "rank", X=1), *points("J", "rank", X=2)], "same question twice"),
        (points("J", "budget", X=np.nan), "value are needed"),
    ],
)
def test_answers_that_mean_nothing_are_refused(card, rows, says):
    for use in (judgement_weights, judgements_left_out, judgement_consistency, judgement_triads):
        with pytest.raises(KpiError, match=says):
            use(asked(*rows), card)


def test_nobody_asked_gives_tables_without_rows_and_with_their_columns(card):
    for where in (dataset("hospitals"), asked()):
        mine = hospitals() if where is dataset("hospitals") else card
        weights = judgement_weights(where, mine)
        tables = [weights, judgements_left_out(where, mine), judgement_consistency(where, mine)]
        tables += [judgement_triads(where, mine), judges_agreement(weights), weight_disagreement(weights, mine)]
        full = asked(*points("J", "budget", X=5, Y=3, Z=2), *pairs("K", XY=2, XZ=9, YZ=2), *points("L", "rank", X=1))
        ours = judgement_weights(full, card)
        filled = [ours, judgements_left_out(full, card), judgement_consistency(full, card)]
        filled += [judgement_triads(full, card), judges_agreement(ours), weight_disagreement(ours, card)]
        for empty, other in zip(tables, filled, strict=True):
            assert empty.empty
            assert list(empty) == list(other)
            assert len(other)


def test_nobody_with_a_total_is_no_obstacle():
    card = make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill")))
    weights = judgement_weights(asked(*points("J", "budget", I=100)), card)
    assert weights_of(weights) == {"I": 1.0}
    assert judgements_left_out(asked(*points("J", "budget", I=100)), card).empty
    assert weight_disagreement(weights, card).empty


# Consistency -----------------------------------------------------------------------------------------------------


def test_who_contradicts_themselves_is_named_with_the_comparison(card):
    table = asked(*pairs("J", XY=3, YZ=2, XZ=1), *pairs("K", XY=3, YZ=2, XZ=6), *pairs("L", XY=3, YZ=2))
    found = judgement_consistency(table, card).set_index("judge_id")
    assert found.index.tolist() == ["J", "K", "L"]
    assert found.loc["J", "consistency_ratio"] > 0.1 > found.loc["K", "consistency_ratio"]
    assert np.isnan(found.loc["L", "consistency_ratio"])
    assert found["n_given"].tolist() == [3, 3, 2]
    triads = judgement_triads(table, card)
    assert triads["judge_id"].tolist() == ["J"]
    row = triads.iloc[0]
    assert [row[f"item_{place}"] for place in "ijk"] == ["X", "Y", "Z"]
    assert (row["value_ij"], row["value_jk"], row["value_ik"], row["factor"]) == close((3.0, 2.0, 1.0, 6.0))
    assert (row["change_i"], row["change_j"]) == ("X", "Z")
    assert (row["change_from"], row["change_to"]) == close((1.0, 6.0))


def test_the_example_has_one_incomplete_and_one_slightly_inconsistent_judge():
    found = judgement_consistency(dataset("operations"), operations("2024Q4")).set_index("judge_id")
    assert 0.1 < found.loc["M2", "consistency_ratio"] < 0.2
    assert found.loc["C1", "consistency_ratio"] < 0.1
    assert (found.loc["C1", "n_given"], found.loc["C1", "n_possible"]) == (4, 6)
    worst = judgement_triads(dataset("operations"), operations("2024Q4")).iloc[0]
    assert (worst["judge_id"], worst["change_i"], worst["change_j"]) == ("M2", "business", "innovation")


# Agreement -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(15))
def test_concordance_and_overlap_of_random_judges(card, seed):
    """W without ties: (mean Spearman of all pairs · (m − 1) + 1) / m (Kendall 1939); overlap pair by pair."""
    rng = np.random.default_rng(seed)
    m = 2 + seed % 5
    drawn = rng.dirichlet(np.ones(5), m)
    rows = [
        row for k, w in enumerate(drawn) for row in points(f"J{k}", "budget", **dict(zip(OF, 100 * w, strict=True)))
    ]
    one = given_card(pd.DataFrame(50.0, index=["A"], columns=list(OF)))
    found = judges_agreement(judgement_weights(asked(*rows), one)).iloc[-1]
    which = [(i, j) for i in range(m) for j in range(i)]
    rho = np.mean([stats.spearmanr(drawn[i], drawn[j]).statistic for i, j in which])
    assert (found["n_judges"], found["n_items"]) == (m, 5)
    assert found["kendall_w"] == close((rho * (m - 1) + 1) / m)
    assert found["overlap"] == close(np.mean([1 - np.abs(drawn[i] - drawn[j]).sum() / 2 for i, j in which]))


def test_concordance_with_ties_is_friedmans_statistic_by_its_largest():
    """W = χ²/(m·(n − 1)), corrected for ties, as scipy's Friedman test corrects it."""
    given = np.array([[30, 30, 20, 20], [40, 20, 20, 20], [10, 40, 25, 25.0]])
    card = given_card(pd.DataFrame(50.0, index=["A"], columns=list("abcd")))
    rows = [row for k, w in enumerate(given) for row in points(f"J{k}", "budget", **dict(zip("abcd", w, strict=True)))]
    found = judges_agreement(judgement_weights(asked(*rows), card)).iloc[0]
    assert found["kendall_w"] == close(stats.friedmanchisquare(*given.T).statistic / (3 * 3))


def test_full_agreement_and_no_opinion(card):
    same = [points(judge, "budget", X=50, Y=30, Z=20) for judge in ("J", "K")]
    found = judges_agreement(judgement_weights(asked(*same[0], *same[1]), card)).iloc[0]
    assert (found["kendall_w"], found["overlap"]) == close((1.0, 1.0))
    flat = [points(judge, "budget", X=1, Y=1, Z=1) for judge in ("J", "K")]
    found = judges_agreement(judgement_weights(asked(*flat[0], *flat[1]), card)).iloc[0]
    assert np.isnan(found["kendall_w"])
    assert judges_agreement(judgement_weights(asked(*same[0]), card)).empty


def test_the_item_that_divides_judges_comes_first_with_both_ends(card):
    table = asked(*points("J", "budget", X=60, Y=30, Z=10), *points("K", "budget", X=50, Y=10, Z=40))
    found = weight_disagreement(judgement_weights(table, card), card)
    assert found["item_id"].tolist() == ["Z", "Y", "X"]
    first = found.iloc[0]
    assert (first["lowest"], first["median"], first["highest"], first["spread"]) == close((0.1, 0.25, 0.4, 0.3))
    assert (first["lowest_judge"], first["highest_judge"], first["stated"]) == ("J", "K", 0.25)
    assert first["deviation"] == close(np.std([0.1, 0.4], ddof=1))


def test_stated_shares_are_those_of_the_scheme(card):
    shares = stated_shares(card).set_index("item_id")["weight"]
    assert shares.to_dict() == close({"X": 0.5, "Y": 0.25, "Z": 0.25, "a": 0.25, "b": 0.75, "c": 0.5, "d": 0.5, "e": 1})


def test_answers_do_not_change_and_their_order_does_not_matter(card):
    table = asked(*points("J", "rank", X=1, Y=3, Z=2), *pairs("K", XY=3, YZ=2, XZ=1), *points("L", "swing", a=9, b=7))
    kept = table.copy(deep=True)
    order = np.random.default_rng(1).permutation(len(table))
    for use in (judgement_weights, judgement_consistency, judgement_triads):
        ours, mixed = use(table, card), use(table.iloc[order], card)
        keys = [name for name in ("judge_id", "item_id") if name in ours]
        ours, mixed = (each.sort_values(keys).reset_index(drop=True) for each in (ours, mixed))
        pd.testing.assert_frame_equal(ours, mixed, check_exact=False, rtol=1e-9)
    pd.testing.assert_frame_equal(table, kept)
