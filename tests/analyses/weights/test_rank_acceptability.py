"""Whose rank and grade is safe under drawn weights."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.weights.drawn_ranks import ranks_under
from kpianalysis.analyses.weights.weight_draws import DrawRule, draw_multipliers
from kpianalysis.analyses.weights.weight_model import weight_model
from kpianalysis.errors import KpiError
from tests.cards import GRADES, by_subject, given_card, hospitals, operations, random_card

NO_GRADES = pd.DataFrame({"grade": [], "min_score": []})


def _scores(seed=0, n=12, names="abcd", digits=6):
    values = np.random.default_rng(seed).uniform(0, 100, (n, len(names))).round(digits)
    return pd.DataFrame(values, index=[f"S{i:02d}" for i in range(n)], columns=list(names))


def _intervals(card, draws=200, seed=0, rule=None):
    return kpi.rank_intervals(kpi.draw_ranks(card, draws, seed, rule))


def _square(answer, names, column="share", rows="subject_id", columns="rank"):
    """Turn a tidy answer into a table, absent cells being 0."""
    wide = answer.astype({rows: "str"}).pivot(index=rows, columns=columns, values=column)
    return wide.reindex(index=names[0], columns=names[1]).fillna(0.0).to_numpy()


# Published and exact answers ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fixed(shared):
    """10 units, 5 criteria and 1,500 given sets of weights, with the answers of R's smaa and of numpy."""
    folder = shared / "reference/weight_space/fixed_draws"
    scores, draws = (pd.read_csv(folder / file) for file in ("scores.csv", "weights.csv"))
    read = lambda name: json.loads((folder / name).read_text(encoding="utf-8"))  # noqa: E731 - used twice below
    card = given_card(100 * scores.set_axis([f"U{i}" for i in range(len(scores))]))
    model = weight_model(card)
    drawn = ranks_under(model, draws[model.indicators].to_numpy(), np.ones((len(draws), 1)), card.totals, NO_GRADES)
    return drawn, read("expected_r_smaa.json"), read("expected_numpy.json")


def test_rank_quantiles_and_acceptability_under_given_weights_are_those_of_smaa(fixed):
    drawn, by_smaa, by_numpy = fixed
    assert [row.tolist() for row in drawn.rank_quantiles] == [
        by_numpy[name] for name in ("q05_rank", "median_rank", "q95_rank")
    ]
    assert drawn.mean_rank == pytest.approx(by_numpy["expected_rank"], rel=1e-9)
    names = drawn.model.subjects
    ours = _square(kpi.rank_acceptability(drawn), (names, range(1, 11)))
    assert ours == pytest.approx(np.array(by_smaa["rank_acceptability"]), abs=1e-12)
    assert ours == pytest.approx(np.array(by_numpy["rank_acceptability"]), abs=1e-12)


def test_central_weights_and_confidence_under_given_weights_are_those_of_smaa(fixed):
    drawn, by_smaa, by_numpy = fixed
    central = kpi.central_weights(drawn)
    central = central[central["level"] == "indicator"]
    ours = _square(central, (drawn.model.subjects, drawn.model.indicators), "weight", columns="item_id")
    theirs = [row or [0.0] * 5 for row in by_numpy["central_weights_rank1"]]
    assert ours == pytest.approx(np.array(theirs), rel=1e-9)
    confidence = central.drop_duplicates("subject_id").set_index("subject_id")["confidence"]
    assert confidence.reindex(drawn.model.subjects).fillna(-1).tolist() == [
        -1 if value is None else value for value in by_smaa["confidence_factor"]
    ]


def test_pairwise_winning_under_given_weights_is_that_of_smaa(fixed):
    drawn, by_smaa, _by_numpy = fixed
    names = drawn.model.subjects
    ours = _square(kpi.pairwise_winning(drawn, names), (names, names), rows="subject_i", columns="subject_j")
    assert ours == pytest.approx(np.array(by_smaa["pairwise_winning"]), abs=1e-12)


EXACT = {
    "simplex": DrawRule(how="uniform"),
    "ordinal": DrawRule(how="uniform", order=(("c1", "c2"), ("c2", "c3"))),
    "floor_0.1": DrawRule(how="uniform", floors=dict.fromkeys(("c1", "c2", "c3"), 0.1)),
    "box_0.2_0.5": DrawRule(
        how="uniform", floors=dict.fromkeys(("c1", "c2", "c3"), 0.2), ceilings=dict.fromkeys(("c1", "c2", "c3"), 0.5)
    ),
}


@pytest.mark.parametrize("quasi", [False, True], ids=["pseudo", "quasi"])
@pytest.mark.parametrize("case", EXACT)
def test_shares_of_the_weight_triangle_are_the_exact_areas(shared, case, quasi):
    """exact_three_criteria.json: areas as fractions. Within 5 standard errors of 40,000 draws."""
    text = (shared / "reference/weight_space/exact_three_criteria.json").read_text(encoding="utf-8")
    reference = json.loads(text)
    expected = reference["cases"][case]
    units, k = reference["units"], 40_000
    scores = 100 * pd.DataFrame(reference["scores"], index=units, columns=reference["criteria"])
    rule = DrawRule(**{**vars(EXACT[case]), "quasi": quasi})
    drawn = kpi.draw_ranks(given_card(scores), k, seed=3, rule=rule)
    areas = np.array(expected["rank_acceptability"])
    # A share no draw hits has no standard error: there the largest that 40,000 draws could miss.
    error = np.sqrt(areas * (1 - areas) / k) + 1e-4
    ours = _square(kpi.rank_acceptability(drawn), (units, range(1, 7)))
    assert (np.abs(ours - areas) / error).max() < 5
    wins = np.array(expected["pairwise_winning"])
    pairs = _square(kpi.pairwise_winning(drawn, units), (units, units), rows="subject_i", columns="subject_j")
    assert (np.abs(pairs - wins) / (np.sqrt(wins * (1 - wins) / k) + 1e-4)).max() < 5
    assert drawn.mean_rank == pytest.approx(expected["expected_rank"], abs=5 * 2 / np.sqrt(k))
    central = kpi.central_weights(drawn)
    central = central[central["level"] == "indicator"]
    for unit, theirs, area in zip(units, expected["central_weights_rank1"], areas[:, 0], strict=True):
        mine = central[central["subject_id"] == unit].set_index("item_id")["weight"]
        assert (len(mine) == 0) == (area == 0)
        if area > 0:
            assert mine.reindex(reference["criteria"]).tolist() == pytest.approx(
                theirs, abs=5 * 0.3 / np.sqrt(k * area)
            )


def test_quasi_random_points_come_closer_with_as_many_draws(shared):
    text = (shared / "reference/weight_space/exact_three_criteria.json").read_text(encoding="utf-8")
    reference = json.loads(text)
    areas = np.array(reference["cases"]["simplex"]["rank_acceptability"])
    scores = 100 * pd.DataFrame(reference["scores"], index=reference["units"], columns=reference["criteria"])
    errors = {
        quasi: [
            np.abs(
                _square(
                    kpi.rank_acceptability(
                        kpi.draw_ranks(given_card(scores), 4096, seed, DrawRule(how="uniform", quasi=quasi))
                    ),
                    (reference["units"], range(1, 7)),
                )
                - areas
            ).mean()
            for seed in range(5)
        ]
        for quasi in (False, True)
    }
    assert np.mean(errors[True]) < 0.5 * np.mean(errors[False])


# What always holds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_shares_of_one_subject_sum_to_one(seed):
    card = random_card(seed)
    drawn = kpi.draw_ranks(card, 300, seed)
    answer = kpi.rank_acceptability(drawn)
    assert answer.groupby("subject_id", observed=True)["share"].sum().to_numpy() == pytest.approx(1, abs=1e-12)
    grades = kpi.grade_probabilities(drawn)
    assert grades.groupby("subject_id", observed=True)["probability"].sum().to_numpy() == pytest.approx(1, abs=1e-12)


def test_without_ties_shares_of_one_rank_sum_to_one():
    drawn = kpi.draw_ranks(given_card(_scores()), 100)
    assert kpi.rank_acceptability(drawn).groupby("rank")["share"].sum().to_numpy() == pytest.approx(1, abs=1e-12)


def test_the_order_of_subjects_and_indicators_does_not_matter():
    scores = _scores(1)
    draws = np.random.default_rng(0).dirichlet(np.ones(4), 200)
    answers = []
    for columns, rows in ((list("abcd"), scores.index), (list("dbca"), scores.index[::-1])):
        card = given_card(scores.loc[rows, columns], grades=GRADES)
        model = weight_model(card)
        weights = draws[:, ["abcd".index(name) for name in model.indicators]]
        drawn = ranks_under(model, weights, np.ones((200, 1)), card.totals, card.grades)
        by_rank = kpi.rank_acceptability(drawn).astype({"subject_id": "str"})
        by_grade = kpi.grade_probabilities(drawn)
        answers.append(
            (
                by_rank.sort_values(["subject_id", "rank"], ignore_index=True),
                by_grade.sort_values(["subject_id", "grade"], ignore_index=True),
            )
        )
    pd.testing.assert_frame_equal(answers[0][0], answers[1][0])
    pd.testing.assert_frame_equal(answers[0][1], answers[1][1])


def test_grade_probabilities_agree_with_the_chance_that_a_grade_changes():
    drawn = kpi.draw_ranks(operations("2024Q3"), 500, 1)
    chances = kpi.rank_intervals(drawn).set_index("subject_id")
    grades = kpi.grade_probabilities(drawn).set_index(["subject_id", "grade"])["probability"]
    for subject, row in chances.iterrows():
        assert row["p_grade_changes"] == pytest.approx(1 - grades[subject, row["grade"]])
    assert chances["p_grade_changes"].max() > 0.1


def test_who_is_below_every_grade_sometimes_has_a_row_of_its_own():
    card = given_card(
        pd.DataFrame({"a": [100.0, 100.0], "b": [100.0, 19.0]}, index=["A", "B"]),
        grades=[{"grade": "A", "min_score": 60}],
    )
    grades = kpi.grade_probabilities(kpi.draw_ranks(card, 400, 1))
    assert grades["subject_id"].tolist() == ["A", "B", "B"]
    assert grades["grade"].isna().tolist() == [False, False, True]
    assert 0.3 < grades["probability"].iloc[2] < 0.7


def test_subjects_that_tie_share_the_first_place_and_are_told_apart_from_winning():
    scores = _scores(n=4)
    scores.iloc[1] = scores.iloc[0]
    drawn = kpi.draw_ranks(given_card(scores), 50)
    pair = kpi.pairwise_winning(drawn, ["S00", "S01"])
    assert pair["tied"].tolist() == [1, 1]
    assert pair["share"].tolist() == [0, 0]


def test_a_subject_without_a_total_cannot_be_compared():
    drawn = kpi.draw_ranks(given_card(_scores(n=3)), 10)
    with pytest.raises(KpiError, match=r"no total: S99\."):
        kpi.pairwise_winning(drawn, ["S00", "S99"])


def test_only_the_ranks_asked_for_are_answered():
    drawn = kpi.draw_ranks(operations(), 100)
    first = kpi.rank_acceptability(drawn, most_rank=3)
    everything = kpi.rank_acceptability(drawn)
    pd.testing.assert_frame_equal(first, everything[everything["rank"] <= 3].reset_index(drop=True))


# Rank intervals ----------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_answer_and_another_one_another():
    first, again, other = (_intervals(operations(), 300, seed=seed) for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(first, again)
    assert not first[["rank_low", "rank_high"]].equals(other[["rank_low", "rank_high"]])
    assert not first["p_grade_changes"].equals(other["p_grade_changes"])
    assert first[["subject_id", "total", "rank"]].equals(other[["subject_id", "total", "rank"]])


def test_neither_global_random_state_nor_other_draws_matter():
    first = _intervals(operations(), 100, seed=7)
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - what must not change
    np.random.default_rng(7).uniform(size=100)
    pd.testing.assert_frame_equal(_intervals(operations(), 100, seed=7), first)
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002 - what must not change


@pytest.mark.parametrize("card", [operations("2024Q3"), hospitals()], ids=["operations", "hospitals"])
def test_ranks_lie_within_their_intervals_mostly(card):
    table = _intervals(card, 200, seed=1)
    assert (table["rank_low"] <= table["rank_median"]).all()
    assert (table["rank_median"] <= table["rank_high"]).all()
    assert ((table["rank_low"] <= table["rank"]) & (table["rank"] <= table["rank_high"])).mean() > 0.95
    assert table["rank"].is_monotonic_increasing
    assert table["rank_low"].min() >= 1
    assert table["rank_high"].max() <= len(table)


def test_totals_and_ranks_are_those_of_the_scorecard():
    card = operations("2024Q3")
    table = _intervals(card, 100)
    for column in ("total", "rank", "grade", "unit_id"):
        ours = by_subject(table, column).astype(object)
        assert ours.equals(by_subject(card.totals, column).astype(object).reindex(ours.index))
    assert (table["draws"] == 100).all()


def test_a_larger_spread_makes_wider_intervals():
    widths = []
    for spread in (0.0, 0.1, 0.25, 0.6):
        table = _intervals(operations(), 300, seed=1, rule=spread)
        widths.append((table["rank_high"] - table["rank_low"]).mean())
    assert widths[0] == 0
    assert widths == sorted(set(widths))


def _plain_totals(card, draws, seed, spread):
    """Totals under the same draws, one subject and one set of weights at a time, by the formulas of the design."""
    model = weight_model(card)
    indicators, dimensions = draw_multipliers(model, draws, seed, DrawRule(spread=spread))
    by_item = pd.DataFrame(indicators, columns=model.indicators).to_dict("records")
    by_dimension = pd.DataFrame(dimensions, columns=model.dimensions).to_dict("records")
    scored = card.scores[(card.scores["kind"] == "scored") & card.scores["score"].notna()]
    stated = card.dimension_scores.set_index(["subject_id", "dimension_id"])["weight"].to_dict()
    extra = card.totals.set_index("subject_id")[["bonus", "veto_cap"]].to_dict("index")
    totals = np.empty((draws, len(model.subjects)))
    for place, subject in enumerate(model.subjects):
        mine = scored[scored["subject_id"] == subject].groupby("dimension_id", observed=True)
        groups = {name: rows[["indicator_id", "weight", "score"]].to_numpy().tolist() for name, rows in mine}
        for k in range(draws):
            above = below = 0.0
            for dimension, rows in groups.items():
                weight = sum(w * by_item[k][i] for i, w, _ in rows)
                mean = sum(w * by_item[k][i] * s for i, w, s in rows) / weight
                share = stated[subject, dimension] * by_dimension[k][dimension]
                above, below = above + share * mean, below + share
            total, cap = above / below + extra[subject]["bonus"], extra[subject]["veto_cap"]
            totals[k, place] = total if np.isnan(cap) else min(total, cap)
    return model.subjects, totals


def test_intervals_are_those_of_a_plain_computation_with_the_same_draws():
    card = random_card(6)
    subjects, totals = _plain_totals(card, 60, seed=5, spread=0.4)
    ranks = np.array([[1 + (row > x + 1e-9).sum() for x in row] for row in totals])
    ours = _intervals(card, 60, seed=5, rule=0.4).set_index("subject_id").loc[subjects]
    for column, q in (("rank_low", 0.05), ("rank_median", 0.5), ("rank_high", 0.95)):
        assert ours[column].to_numpy() == pytest.approx(np.quantile(ranks, q, axis=0))
    start = {row["grade"]: row["min_score"] for row in GRADES}
    grades = [[next(g for g, s in start.items() if x + 1e-9 >= s) for x in row] for row in totals]
    changed = (np.array(grades) != ours["grade"].to_numpy()).mean(axis=0)
    assert ours["p_grade_changes"].to_numpy() == pytest.approx(changed)
    assert 0 < changed.max() < 1


def test_people_with_the_same_scores_share_every_rank():
    scores = _scores()
    scores.loc["S01"] = scores.loc["S00"]
    table = _intervals(given_card(scores), 200, seed=1).set_index("subject_id")
    columns = ["rank", "rank_low", "rank_median", "rank_high"]
    assert table.loc["S00", columns].tolist() == table.loc["S01", columns].tolist()
    assert table["rank"].duplicated().sum() == 1


def test_who_leads_in_everything_stays_first():
    scores = _scores()
    scores.loc["S03"] = 100
    row = _intervals(given_card(scores), 200, rule=0.6).iloc[0]
    assert (row["subject_id"], row["rank_low"], row["rank_high"]) == ("S03", 1, 1)


def test_without_grades_no_grade_can_change():
    table = _intervals(given_card(_scores()), 100)
    assert table["p_grade_changes"].isna().all()


def test_a_veto_holds_under_every_weight():
    card = operations("2024Q3")
    row = _intervals(card, 200).set_index("subject_id").loc["E17"]
    assert (row["total"], row["p_grade_changes"]) == (59, 0)
