"""Results under stakeholders' weights: the published rankings, groups together, and where it makes a difference."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.opinions.agreement import stated_shares, weight_disagreement
from kpianalysis.analyses.opinions.judgements import judgement_weights
from kpianalysis.analyses.opinions.pairwise import aggregate_judgements, comparison_matrix, geometric_priorities
from kpianalysis.analyses.opinions.stakeholders import (
    disputed_subjects,
    stakeholder_results,
    stakeholder_summary,
    stakeholder_weights,
)
from kpianalysis.errors import KpiError
from tests.analyses.opinions.test_judgements import asked, close, pairs, points
from tests.builders import actual_rows, make_card
from tests.cards import dataset, given_card, hospitals, operations, random_card
from tests.shown import SOURCES


def results_of(card, *rows, **options):
    return stakeholder_results(card, judgement_weights(asked(*rows), card), **options)


def of_judge(results, judge, column="rank"):
    mine = results[results["judge_id"] == judge]
    return pd.Series(mine[column].to_numpy(), index=mine["subject_id"].astype(str))


# Oracles ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tai(shared):
    """Technology Achievement Index, 23 countries: OECD/JRC (2008), Tables 22 and 23; scores between goalposts."""
    book = json.loads((shared / "reference/tai/published_oecd2008.json").read_text())
    scores = pd.read_csv(shared / "reference/tai/scores_goalpost_23.csv", index_col="country")
    published = pd.DataFrame(book["table23_ranks"]).set_index("country_order")
    ids = {name: f"C{place:02d}" for place, name in enumerate(scores.index)}
    card = given_card(100 * scores.rename(index=ids))
    items = list(scores.columns)
    rows = []
    for name, weights in book["table22_weights"].items():
        rows += points(name, "budget", **dict(zip(items, np.array(weights) * 100, strict=True)))
    results = results_of(card, *rows)
    return {name: of_judge(results, name) for name in book["table22_weights"]}, published.rename(index=ids)


@pytest.mark.parametrize("name", ["EW", "BAP"])
def test_the_published_ranking_by_equal_weights_and_by_budget_allocation(tai, name):
    """Table 23: all 23 ranks."""
    ours, published = tai
    assert ours[name].reindex(published.index).tolist() == published[name].tolist()


@pytest.mark.parametrize(("name", "differ"), [("FA", 4), ("AHP", 3)])
def test_the_other_published_rankings_as_far_as_printed_weights_reach(tai, name, differ):
    """reference/README.md: FA differs in 4 and AHP in 3 places, by at most 2; weights are printed to two digits."""
    ours, published = tai
    apart = (ours[name].reindex(published.index) - published[name]).abs()
    assert ((apart > 0).sum(), apart.max() <= 2) == (differ, True)


# Results ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["redistribute", "zero", "refuse"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_judge_who_says_what_the_scheme_says_changes_nothing(seed, missing):
    card = random_card(seed, missing)
    stated = stated_shares(card).assign(judge_id="J", group="", method="budget", consistency_ratio=np.nan)
    results = stakeholder_results(card, stated.dropna(subset=["weight"]))
    assert results["total"].tolist() == pytest.approx(results["stated_total"].tolist(), rel=1e-9)
    assert results["rank"].tolist() == results["stated_rank"].tolist()
    assert results["grade"].tolist() == results["stated_grade"].tolist()
    summary = stakeholder_summary(results)
    if len(results):
        assert summary[["mean_shift", "most_shift", "n_grade_changes"]].to_numpy().tolist() == [[0, 0, 0]] * 2


def test_totals_by_hand():
    scores = pd.DataFrame({"a": [90.0, 30], "b": [20, 80], "c": [50, 60]}, index=["R", "S"])
    card = given_card(scores, {"a": "X", "b": "X", "c": "Y"}, {"X": 1.0, "Y": 1.0})
    results = results_of(card, *points("J", "budget", X=75, Y=25), *points("J", "swing", a=100, b=25))
    assert of_judge(results, "J", "total").to_dict() == close(
        {"R": 0.75 * (0.8 * 90 + 0.2 * 20) + 0.25 * 50, "S": 0.75 * (0.8 * 30 + 0.2 * 80) + 0.25 * 60}
    )
    assert of_judge(results, "J").to_dict() == {"R": 1, "S": 2}
    assert of_judge(results, "J", "stated_rank").to_dict() == {"R": 2, "S": 1}


def test_lists_that_a_judge_did_not_weigh_stay_as_they_are():
    card = operations("2024Q4")
    only = [("J", "budget", "orders_handled", None, 70), ("J", "budget", "order_value", None, 10)]
    only += [("J", "budget", "rework_rate", None, 10), ("J", "budget", "utilisation", None, 10)]
    ours = of_judge(results_of(card, *only), "J", "total")
    sets = pd.DataFrame([(name, item, value) for name, _m, item, _j, value in only])
    under = kpi.totals_under(card, sets.set_axis(["set_id", "item_id", "weight"], axis=1))
    assert ours.tolist() == close(under["total"].tolist())


def test_an_item_no_total_rests_on_passes_its_weight_on():
    scores = pd.DataFrame({"a": [50.0, 60], "b": [np.nan, np.nan], "c": [70.0, 20]}, index=["R", "S"])
    results = results_of(given_card(scores), *points("J", "budget", a=30, b=60, c=10))
    assert of_judge(results, "J", "total").to_dict() == close({"R": 55.0, "S": 50.0})


def test_a_judge_whose_whole_weight_rests_on_nothing_has_no_result():
    scores = pd.DataFrame({"a": [50.0, 60], "b": [np.nan, np.nan]}, index=["R", "S"])
    results = results_of(given_card(scores), *points("J", "budget", a=0, b=60), *points("K", "budget", a=30, b=60))
    assert set(results["judge_id"]) == {"K", ""}
    assert len(results_of(given_card(scores), *points("J", "budget", a=0, b=60))) == 0


def test_who_has_nothing_a_judge_counts_has_no_total_and_no_rank():
    scores = pd.DataFrame({"a": [50.0, 60, 70], "b": [80.0, 90, np.nan]}, index=list("RST"))
    results = results_of(given_card(scores), *points("J", "budget", a=0, b=100))
    assert of_judge(results, "J").fillna(0).to_dict() == {"R": 2, "S": 1, "T": 0}
    assert stakeholder_summary(results)["n_without_total"].tolist() == [1, 1]
    assert set(disputed_subjects(results)["subject_id"]) == {"R", "S"}


@pytest.mark.parametrize("factor", [1e-6, 3.0, 1e6])
def test_only_proportions_count(factor):
    card = operations("2024Q4")
    values = {"business": 40, "customer": 25, "teamwork": 20, "innovation": 15}
    one, other = (
        results_of(card, *points("J", "swing", **{name: k * value for name, value in values.items()}))
        for k in (1, factor)
    )
    assert one["total"].tolist() == close(other["total"].tolist())


def test_the_order_of_subjects_and_judges_does_not_matter():
    scores = pd.DataFrame(
        np.random.default_rng(3).uniform(0, 100, (9, 3)), index=list("ABCDEFGHI"), columns=list("xyz")
    )
    rows = [*points("J", "budget", x=60, y=30, z=10), *points("K", "rank", x=3, y=2, z=1), *pairs("L", xy=2, yz=3)]
    ours = results_of(given_card(scores), *rows)
    mixed = results_of(given_card(scores.iloc[::-1]), *rows[::-1])
    keys = ["who", "judge_id", "group", "subject_id"]
    ours, mixed = (each.drop(columns=["grade", "stated_grade"]).sort_values(keys) for each in (ours, mixed))
    pd.testing.assert_frame_equal(ours.reset_index(drop=True), mixed.reset_index(drop=True), rtol=1e-9)


# Together --------------------------------------------------------------------------------------------------------


def test_together_is_the_geometric_mean_and_equals_that_of_the_judgements():
    """Of complete comparisons the mean of the weights (AIP) and the weights of the mean comparison (AIJ) agree."""
    card = given_card(pd.DataFrame(50.0, index=["A"], columns=list("abc")))
    weights = judgement_weights(asked(*pairs("J", ab=3, bc=2, ac=5), *pairs("K", ab=1 / 2, bc=4, ac=1)), card)
    sets = stakeholder_weights(weights)
    together = sets[(sets["who"] == "all") & (sets["level"] == "indicator")]
    matrices = [comparison_matrix(3, [0, 1, 0], [1, 2, 2], values) for values in ([3, 2, 5], [1 / 2, 4, 1])]
    assert together["weight"].tolist() == close(geometric_priorities(aggregate_judgements(matrices)).tolist())
    assert (together["mean"] == "geometric").all()
    assert (together["n_judges"] == 2).all()


def test_one_judge_who_gives_nothing_does_not_decide_for_all():
    card = given_card(pd.DataFrame(50.0, index=["A"], columns=list("ab")))
    weights = judgement_weights(asked(*points("J", "budget", a=100, b=0), *points("K", "budget", a=20, b=80)), card)
    together = stakeholder_weights(weights).query("who == 'all' and level == 'indicator'")
    assert together["weight"].tolist() == close([0.6, 0.4])
    assert (together["mean"] == "arithmetic").all()


def test_every_judge_or_every_group_counts_the_same():
    card = given_card(pd.DataFrame(50.0, index=["A"], columns=list("ab")))
    rows = [
        *points("M1", "budget", a=80, b=20),
        *points("M2", "budget", a=80, b=20),
        *points("S1", "budget", a=20, b=80),
    ]
    weights = judgement_weights(asked(*rows), card)
    by_judge, by_group = (
        stakeholder_weights(weights, influence).query("who == 'all' and item_id == 'a'")["weight"].item()
        for influence in ("judge", "group")
    )
    assert by_group == close(0.5)
    assert by_judge / (1 - by_judge) == close(4 ** (1 / 3))
    groups = stakeholder_weights(weights).query("who == 'group' and item_id == 'a'")
    assert dict(zip(groups["group"], groups["weight"], strict=True)) == close({"M": 0.8, "S": 0.2})
    with pytest.raises(KpiError, match="'chief' is no way"):
        stakeholder_weights(weights, "chief")


def test_there_are_no_groups_where_there_is_one():
    card = given_card(pd.DataFrame(50.0, index=["A"], columns=list("ab")))
    weights = judgement_weights(asked(*points("M1", "budget", a=80, b=20), *points("M2", "budget", a=8, b=2)), card)
    assert stakeholder_weights(weights)["who"].unique().tolist() == ["judge", "all"]


# Where it makes a difference -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours():
    card = operations("2024Q4")
    weights = judgement_weights(dataset("operations"), card)
    return card, weights, stakeholder_results(card, weights)


def test_the_summary_is_that_of_the_results(ours):
    _card, _weights, results = ours
    for row in stakeholder_summary(results).to_dict("records"):
        mine = results[
            (results[["who", "judge_id", "group"]] == [row["who"], row["judge_id"], row["group"]]).all(axis=1)
        ]
        assert row["n"] == len(mine) == 48
        assert row["rank_correlation"] == close(mine["total"].corr(mine["stated_total"], method="spearman"))
        shift = (mine["rank"] - mine["stated_rank"]).abs()
        assert (row["mean_shift"], row["most_shift"]) == (shift.mean(), shift.max())
        assert row["n_grade_changes"] == (mine["grade"].astype(str) != mine["stated_grade"].astype(str)).sum()


def test_tied_ranks_correlate_by_their_middle():
    scores = pd.DataFrame({"a": [10.0, 10, 30, 40, 40], "b": [50.0, 50, 20, 20, 90]}, index=list("RSTUV"))
    results = results_of(given_card(scores), *points("J", "budget", a=100, b=0))
    expected = results["total"][:5].corr(results["stated_total"][:5], method="spearman")
    assert stakeholder_summary(results)["rank_correlation"].iloc[0] == close(expected)


def test_disputed_subjects_are_ordered_by_their_range_and_name_both_ends(ours):
    _card, _weights, results = ours
    disputed = disputed_subjects(results)
    own = results[results["who"] == "judge"]
    wide = own.pivot(index="subject_id", columns="judge_id", values="rank")
    assert disputed["rank_range"].is_monotonic_decreasing
    for row in disputed.to_dict("records"):
        ranks = wide.loc[row["subject_id"]]
        assert (row["best_rank"], row["worst_rank"], row["rank_range"]) == (
            ranks.min(),
            ranks.max(),
            ranks.max() - ranks.min(),
        )
        assert ranks[row["best_judge"]] == ranks.min()
        assert ranks[row["worst_judge"]] == ranks.max()
        grades = own.loc[own["subject_id"] == row["subject_id"], "grade"]
        assert (row["best_grade"], row["worst_grade"]) == (grades.min(), grades.max())
        assert row["n_grades"] == grades.nunique()
        assert row["keeps_grade"] == (grades.astype(str) == row["stated_grade"]).all()


def test_the_example_stakeholders_disagree_most_on_teamwork(ours):
    card, weights, _results = ours
    assert weight_disagreement(weights, card)["item_id"].iloc[0] == "teamwork"


def test_no_grade_at_all_is_below_every_grade():
    scores = pd.DataFrame({"a": [100.0, 100.0], "b": [100.0, 19.0]}, index=["A", "B"])
    card = given_card(scores, grades=[{"grade": "A", "min_score": 60}])
    rows = [*points("J", "budget", a=90, b=10), *points("K", "budget", a=10, b=90)]
    row = disputed_subjects(results_of(card, *rows)).set_index("subject_id").loc["B"]
    assert row["best_grade"] == "A"
    assert pd.isna(row["worst_grade"])
    assert (row["n_grades"], row["keeps_grade"]) == (2, 0)


@pytest.mark.parametrize("source", [name for name in SOURCES if name != "hospitals"])
def test_every_kind_of_scheme_has_an_answer(source):
    card = SOURCES[source]()[0]
    rng = np.random.default_rng(5)
    items = [str(name) for name in card.indicators.loc[card.indicators["kind"] == "scored", "indicator_id"]]
    rows = [
        ("J", "budget", item, None, value) for item, value in zip(items, rng.integers(1, 50, len(items)), strict=True)
    ]
    rows += [("K", "rank", item, None, place + 1) for place, item in enumerate(items)]
    rows += [("L", "pairwise", i, j, np.exp(rng.normal())) for i, j in pairwise(items)]
    results = results_of(card, *rows)
    n = int(card.totals["total"].notna().sum())
    assert len(results) == n * results[["who", "judge_id", "group"]].drop_duplicates().shape[0]
    assert len(disputed_subjects(results)) == n
    assert bool(len(stakeholder_summary(results))) == bool(n)
    if not len(card.grades):
        assert disputed_subjects(results)["keeps_grade"].isna().all()


def test_nobody_asked_and_nobody_with_a_total_give_tables_without_rows(ours):
    _card, _weights, full = ours
    ill = make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill")))
    for card, judgements in ((hospitals(), dataset("hospitals")), (ill, asked(*points("J", "budget", I=1)))):
        results = stakeholder_results(card, judgement_weights(judgements, card))
        for table, other in (
            (results, full),
            (stakeholder_summary(results), stakeholder_summary(full)),
            (disputed_subjects(results), disputed_subjects(full)),
        ):
            assert table.empty
            assert list(table) == list(other)


def test_one_units_subjects_are_a_part_of_the_whole(ours):
    card, _weights, results = ours
    part = card.for_unit("east").keep(results)
    assert len(part) == len(results) / 4
    assert part["rank"].max() > 12


def test_nothing_that_is_given_changes(ours):
    card, weights, results = ours
    kept = weights.copy(deep=True), results.copy(deep=True)
    stakeholder_weights(weights)
    stakeholder_results(card, weights)
    stakeholder_summary(results)
    disputed_subjects(results)
    pd.testing.assert_frame_equal(weights, kept[0])
    pd.testing.assert_frame_equal(results, kept[1])
