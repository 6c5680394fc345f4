"""Which indicator could go, why, and what would change: never the one without the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.redundancy import drop_twins as twins
from kpianalysis.analyses.redundancy.drop_candidates import (
    ALIKE,
    BOTTOM,
    COLUMNS,
    CONSTANT,
    PREDICTABLE,
    RARE,
    REASONS,
    SAME,
    TOP,
    drop_candidates,
)
from kpianalysis.analyses.redundancy.drop_twins import drop_twins
from kpianalysis.errors import KpiError
from kpianalysis.tables import drop_candidates as tables
from kpianalysis.wording import drop_candidates as wording
from tests.cards import GRADES, OPERATIONS, given_card, hospitals, operations, random_card
from tests.shown import SOURCES
from tests.test_oracles_weights import NAMES, Hierarchy


def _drawn(n=60, names="abcdef", seed=0):
    values = np.random.default_rng(seed).normal(60, 10, (n, len(names)))
    return pd.DataFrame(values, index=[f"S{k:03d}" for k in range(n)], columns=list(names))


def _reasons(table):
    return table.dropna(subset=["place"]).set_index("indicator_id")["reason"].to_dict()


def _by_id(card, *answers, **named):
    return drop_candidates(card, *answers, **named).set_index("indicator_id")


# What would change ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_every_consequence_is_that_of_leave_one_out(seed):
    card = random_card(seed)
    table, left_out = _by_id(card), kpi.leave_one_out(card).set_index("item_id")
    assert set(table.index) == set(left_out.index)
    for name in ("mean_shift", "most_shift", "n_grade_changes", "n_without_total"):
        assert table[name].to_numpy(float) == pytest.approx(left_out.loc[table.index, name].to_numpy(float), abs=1e-12)
    assert table["grades_changed"].to_numpy() == pytest.approx((table["n_grade_changes"] / 14).to_numpy())


@pytest.mark.parametrize("card_of", [operations, hospitals])
def test_the_order_kept_is_spearmans_of_the_totals_with_and_without(card_of):
    card = card_of()
    table, ranks = _by_id(card), kpi.left_out_ranks(card)
    full = card.totals.astype({"subject_id": "str"}).set_index("subject_id")["total"]
    for item, rows in ranks.groupby("item_id"):
        # Totals closer than 1e-9 tie, as ranks do.
        expected = rows.set_index("subject_id")["total"].round(9).corr(full.round(9), method="spearman")
        assert table.loc[item, "spearman"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_shift_without_each_indicator_is_that_of_the_reference(shared, name):
    """asem and hierarchy_kpi, remove_level1_mean_abs_rank_shift.csv."""
    tree = Hierarchy(shared, name)
    theirs = tree.read("remove_level1_mean_abs_rank_shift")["mean_abs_rank_shift"].drop("Nominal")
    ours = _by_id(tree.card())["mean_shift"]
    assert ours.loc[theirs.index].to_numpy() == pytest.approx(theirs.to_numpy(), abs=1e-9)


@pytest.fixture
def judges(shared):
    file = shared / "data/indicator_redundancy_reference/us_judge_ratings_1977.csv"
    return pd.read_csv(file, index_col="judge").drop(columns="CONT").set_axis([f"J{k:02d}" for k in range(43)])


def test_information_lost_is_one_over_the_known_variance_inflation(judges):
    """us_judge_ratings_1977.csv: variance inflation 15.9 (PHYS) to 265.7 (WRIT)."""
    table = _by_id(given_card(10 * judges))
    assert 1 / table.loc["PHYS", "information_lost"] == pytest.approx(15.9, abs=0.05)
    assert 1 / table.loc["WRIT", "information_lost"] == pytest.approx(265.7, abs=0.05)
    assert table["information_lost"].idxmin() == "WRIT"


def test_of_eleven_ratings_that_say_the_same_not_all_may_go(judges):
    """us_judge_ratings_1977.csv: 92 % of the variance is one thing, so some are named, and their twins are kept."""
    table = drop_candidates(given_card(10 * judges))
    found = table.dropna(subset=["place"])
    assert 1 <= len(found) < 11
    kept = set(found["twin_id"].dropna())
    assert kept
    assert kept.isdisjoint(found["indicator_id"])


# Reasons -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_operations_names_the_planted_pair_first_and_then_the_target_all_reach_by_a_hair(cycle):
    table = drop_candidates(operations(cycle))
    assert _reasons(table) == {"order_value": SAME, "on_time_rate": ALIKE}
    first = table.iloc[0]
    assert (first["place"], first["twin_id"]) == (1, "orders_handled")
    assert first["n_grade_changes"] <= 6
    assert first["information_lost"] < 0.2
    assert table.iloc[1]["n_grade_changes"] > 6


def test_fy_two_thousand_seventeen_names_one_of_nurses_and_staff_and_the_one_nobody_has():
    table = drop_candidates(hospitals())
    assert _reasons(table) == {"HCAHPS-CommunicationNurses": SAME, "AMI-7a": RARE}
    assert table.iloc[0]["twin_id"] == "HCAHPS-ResponsivenessStaff"
    assert table.iloc[0]["twin_why"] == twins.LESS_LOST
    assert table["grades_changed"].isna().all()


def test_indicators_that_go_their_own_ways_are_no_candidates():
    for seed in range(5):
        table = drop_candidates(given_card(_drawn(seed=seed)))
        assert table["place"].isna().all()
        assert (table["reason"] == "").all()


def test_each_reason_is_found_and_candidates_stand_in_the_order_of_reasons():
    scores = _drawn(80, "abcdefghk")
    scores["b"] = scores["a"] + np.linspace(-4, 4, 80)
    scores["c"] = 70.0
    scores["d"] = [100.0] * 76 + [50.0] * 4
    scores["e"] = [0.0] * 75 + [50.0] * 5
    scores["f"] = 60 + scores["f"] / 100
    scores.loc[scores.index[:50], "g"] = np.nan
    table = drop_candidates(given_card(scores))
    found = _reasons(table)
    expected = {"c": CONSTANT, "d": TOP, "e": BOTTOM, "f": ALIKE, "g": RARE}
    assert {name: found.get(name) for name in expected} == expected
    assert [name for name in found if found[name] == SAME] in (["a"], ["b"])
    order = [REASONS.index(reason) for reason in found.values()]
    assert order == sorted(order)
    assert table["place"].dropna().tolist() == list(range(1, len(found) + 1))


def test_one_that_the_others_predict_goes_alone_although_each_of_them_could_be_predicted():
    """A mean of three: with any of the four gone, the rest say nothing of each other."""
    scores = _drawn(100, "abcd")
    scores["e"] = scores[["a", "b", "c"]].mean(axis=1) + np.random.default_rng(1).normal(0, 0.5, 100)
    table = drop_candidates(given_card(scores))
    assert (kpi.variance_inflation(given_card(scores).scores)["r_squared"] > 0.9).sum() > 2
    assert list(_reasons(table).values()) == [PREDICTABLE]


def test_below_twenty_subjects_nothing_is_named():
    scores = _drawn(19, "abcd")
    scores["b"] = scores["a"]
    scores["c"] = 50.0
    scores.loc[scores.index[:15], "d"] = np.nan
    table = drop_candidates(given_card(scores))
    assert table["place"].isna().all()
    assert "cannot be concluded" in wording.candidates(table, kpi.names_of(given_card(scores)))


def test_two_that_pull_against_each_other_are_not_the_same():
    scores = _drawn()
    scores["b"] = 120 - scores["a"] + np.random.default_rng(1).normal(0, 6, 60)
    table = drop_candidates(given_card(scores))
    assert table.set_index("indicator_id").loc["a", "in_pair"]
    assert SAME not in _reasons(table).values()


# Which of two --------------------------------------------------------------------------------------------------


def _row(indicator_id, **known):
    stated = {
        "empties_dimension": False,
        "missing": 0.0,
        "n_grade_changes": 2.0,
        "information_lost": 0.3,
        "spearman": 0.98,
    }
    return {"indicator_id": indicator_id, **stated, **known}


def _pairs(*found):
    return pd.DataFrame(found, columns=["indicator_i", "indicator_j", "spearman"])


@pytest.mark.parametrize(
    ("of_a", "of_b", "goes", "why"),
    [
        ({"empties_dimension": True}, {"missing": 0.0}, "b", twins.KEEPS_DIMENSION),
        ({"missing": 0.2}, {"n_grade_changes": 0.0}, "a", twins.WORSE_DATA),
        ({"missing": 0.04, "n_grade_changes": 3.0}, {}, "b", twins.FEWER_GRADES),
        ({"information_lost": 0.2}, {"spearman": 0.99}, "a", twins.LESS_LOST),
        ({"information_lost": 0.29}, {"spearman": 0.99}, "b", twins.SAME_ORDER),
        ({}, {}, "b", twins.LATER),
        ({"n_grade_changes": np.nan, "information_lost": np.nan}, {"n_grade_changes": np.nan}, "b", twins.LATER),
    ],
)
def test_of_two_the_first_difference_decides(of_a, of_b, goes, why):
    table = pd.DataFrame([_row("a", **of_a), _row("b", **of_b)])
    answer = drop_twins(_pairs(("b", "a", 0.9)), table).iloc[0]
    assert (answer["indicator_id"], answer["twin_why"]) == (goes, why)
    assert answer["twin_id"] == {"a": "b", "b": "a"}[goes]


def test_one_that_is_kept_for_another_is_not_dropped_for_a_third():
    table = pd.DataFrame([_row("a", n_grade_changes=1.0), _row("b"), _row("c", n_grade_changes=9.0)])
    answer = drop_twins(_pairs(("a", "b", 0.95), ("b", "c", 0.8)), table)
    assert answer["indicator_id"].tolist() == ["a", "c"]
    assert answer["twin_id"].tolist() == ["b", "b"]
    assert answer["twin_why"].tolist() == [twins.FEWER_GRADES, twins.KEPT]


def test_in_a_chain_of_pairs_somebody_who_says_the_same_is_always_kept():
    rng = np.random.default_rng(2)
    for _again in range(50):
        names = list("abcdefg")
        table = pd.DataFrame([_row(name, n_grade_changes=float(rng.integers(0, 4))) for name in names])
        both = [(a, b) for a in names for b in names if a < b and rng.uniform() < 0.5]
        pairs = _pairs(*((a, b, rng.uniform(0.7, 1)) for a, b in both))
        answer = drop_twins(pairs, table)
        gone = set(answer["indicator_id"])
        assert gone.isdisjoint(answer["twin_id"])
        assert all(tuple(sorted(pair)) in both for pair in answer[["indicator_id", "twin_id"]].to_numpy().tolist())


def test_a_drop_that_empties_a_dimension_is_flagged_and_said():
    scores = _drawn()
    scores["b"] = scores["a"] + np.random.default_rng(1).normal(0, 2, 60)
    of = {"a": "X", "b": "Y", **dict.fromkeys("cdef", "Z")}
    card = given_card(scores, of, {"X": 1.0, "Y": 1.0, "Z": 1.0}, grades=GRADES)
    table = drop_candidates(card)
    assert table.set_index("indicator_id")["empties_dimension"].to_dict() == {
        **dict.fromkeys("ab", True),
        **dict.fromkeys("cdef", False),
    }
    names = kpi.names_of(card)
    assert "the dimension is empty" in wording.consequence(table, names)
    assert "its dimension would be empty" in tables.candidates(table, names).rows[0][1]


def test_a_pair_that_is_made_from_the_same_numbers_is_flagged():
    made = pd.DataFrame({"indicator_i": ["orders_handled"], "indicator_j": ["order_value"], "reason": ["part_of"]})
    card = operations("2024Q4")
    table = _by_id(card, construction=made)
    assert table.index[table["by_construction"]].tolist() == ["order_value"]
    assert not _by_id(card)["by_construction"].any()
    assert "made from the same numbers" in wording.caveat(table.reset_index(), kpi.names_of(card))


# Properties, edges and words ------------------------------------------------------------------------------------


def test_the_order_of_subjects_and_of_rows_does_not_matter():
    scores = _drawn(50, "abcde")
    scores["b"] = scores["a"] + np.random.default_rng(1).normal(0, 3, 50)
    first = drop_candidates(given_card(scores, grades=GRADES)).set_index("indicator_id")
    other = drop_candidates(given_card(scores.sample(frac=1, random_state=3), grades=GRADES)).set_index("indicator_id")
    pd.testing.assert_frame_equal(first, other.loc[first.index])


def test_answers_that_are_given_are_used_and_stay_as_they_are():
    card = operations("2024Q4")
    pairs, inflation = kpi.correlation(card.scores), kpi.variance_inflation(card.scores)
    scores, kept, known = card.scores.copy(), pairs.copy(), inflation.copy()
    pd.testing.assert_frame_equal(drop_candidates(card, pairs, inflation), drop_candidates(card))
    for ours, before in ((card.scores, scores), (pairs, kept), (inflation, known)):
        pd.testing.assert_frame_equal(ours, before)


def test_pairs_of_another_scheme_are_refused():
    with pytest.raises(KpiError, match="not scored here: AMI-7a"):
        drop_candidates(operations("2024Q4"), kpi.correlation(hospitals().scores))


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_gives_the_columns_and_no_drop_without_its_consequence(source):
    card = SOURCES[source]()[0]
    table, names = drop_candidates(card), kpi.names_of(card)
    assert list(table) == COLUMNS
    found = table.dropna(subset=["place"])
    assert found["spearman"].notna().all()
    text = wording.candidates(table, names)
    for row in found.head(3).itertuples():
        assert f"'{names.item(row.indicator_id)}' (" in text
        assert text.count("without it") == min(len(found), 3)


def test_every_reason_of_two_has_its_words():
    base = drop_candidates(operations("2024Q4"))
    names = kpi.names_of(operations("2024Q4"))
    reasons = (twins.KEEPS_DIMENSION, twins.WORSE_DATA, twins.FEWER_GRADES, twins.LESS_LOST, twins.SAME_ORDER)
    texts = {
        wording.which_of_two(base.assign(twin_why=base["twin_why"].mask(base["place"] == 1, why)), names)
        for why in (*reasons, twins.LATER, twins.KEPT)
    }
    assert len(texts) == 7
    assert all("orders handled" in text.lower() for text in texts)


def test_every_reason_has_its_words():
    base = drop_candidates(operations("2024Q4"))
    names = kpi.names_of(operations("2024Q4"))
    texts = {wording.reason(pd.Series({**base.iloc[0], "reason": reason}), names) for reason in REASONS}
    assert len(texts) == len(REASONS)
    assert "" not in texts
