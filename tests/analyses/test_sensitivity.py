"""What the weights really do, and how far ranks and grades depend on them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import kpianalysis as kpi
from kpianalysis.analyses.sensitivity import quantiles
from kpianalysis.analyses.weight_model import draw_multipliers, rank_rows, weight_model
from tests.builders import make_card
from tests.cards import (
    GRADES,
    OPERATIONS,
    by_subject,
    given_card,
    given_tables,
    hospitals,
    operations,
    random_card,
)


def _scores(seed=0, n=12, names="abcd", digits=6):
    values = np.random.default_rng(seed).uniform(0, 100, (n, len(names))).round(digits)
    return pd.DataFrame(values, index=[f"S{i:02d}" for i in range(n)], columns=list(names))


# Effective weights -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["indicator", "dimension"])
@pytest.mark.parametrize("cycle", [*OPERATIONS, "FY2017"])
def test_effective_weights_add_up_to_one_in_both_sources(cycle, level):
    card = hospitals() if cycle == "FY2017" else operations(cycle)
    table = kpi.effective_weights(card, level)
    assert table["effective_weight"].sum() == pytest.approx(1, abs=1e-9)
    assert table["weight"].sum() == pytest.approx(1, abs=1e-9)
    assert table["ratio"].dropna().is_monotonic_decreasing
    assert table["ratio"].to_numpy() == pytest.approx((table["effective_weight"] / table["weight"]).to_numpy())


@pytest.mark.parametrize("missing", ["redistribute", "zero"])
@pytest.mark.parametrize("seed", range(3))
def test_effective_weights_add_up_to_one_in_any_scheme(seed, missing):
    card = random_card(seed, missing)
    items = kpi.effective_weights(card).set_index("item_id")["effective_weight"]
    dimensions = kpi.effective_weights(card, "dimension").set_index("item_id")["effective_weight"]
    assert items.sum() == pytest.approx(1, abs=1e-9)
    of = card.indicators.set_index("indicator_id")["dimension_id"]
    assert items.groupby(of.reindex(items.index)).sum().to_dict() == pytest.approx(dimensions.to_dict())


def test_with_the_same_weights_for_all_it_is_the_covariance_share():
    scores, weights = _scores(), np.array([1.0, 2.0, 3.0, 4.0])
    card = given_card(scores, weights=dict(zip(scores, weights, strict=True)))
    share = weights / weights.sum()
    total = scores.to_numpy() @ share
    expected = [w * np.cov(scores[i], total)[0, 1] / total.var(ddof=1) for i, w in zip(scores, share, strict=True)]
    ours = kpi.effective_weights(card).set_index("item_id").loc[list(scores)]
    assert ours["effective_weight"].to_numpy() == pytest.approx(expected, abs=1e-12)
    assert ours["weight"].to_numpy() == pytest.approx(share)


def test_an_indicator_that_never_varies_has_no_effect():
    scores = _scores().assign(a=70.0)
    effective = kpi.effective_weights(given_card(scores)).set_index("item_id")["effective_weight"]
    assert effective["a"] == pytest.approx(0, abs=1e-12)


def test_equal_totals_have_no_effective_weights():
    table = kpi.effective_weights(given_card(pd.DataFrame({"a": [50.0] * 3, "b": [70.0] * 3}, index=list("XYZ"))))
    assert table[["effective_weight", "ratio"]].isna().all(axis=None)


def test_covariance_shares_of_the_technology_index(shared):
    """Covariance shares computed with numpy: importance_tai23.json, 23 countries, weights of OECD (2008) Table 23."""
    expected = json.loads((shared / "reference/weights_from_data/importance_tai23.json").read_text(encoding="utf-8"))
    scores = 100 * pd.read_csv(shared / "reference/tai/scores_goalpost_23.csv", index_col="country")
    scores = scores[expected["indicators"]].set_axis([f"T{i}" for i in range(len(scores))])
    weights = dict(zip(expected["indicators"], expected["weights"], strict=True))
    ours = kpi.effective_weights(given_card(scores, weights=weights)).set_index("item_id").loc[expected["indicators"]]
    # The stored scores have twelve decimals.
    assert ours["effective_weight"].to_numpy() == pytest.approx(expected["covariance_share"], abs=1e-9)


# Hierarchies made by COINr -----------------------------------------------------------------------------------


def _hierarchy(shared, name):
    """Card and reference table reader of a COINr hierarchy: dimensions are the pillars, weights multiplied down."""
    folder = shared / "reference" / name
    frame = pd.read_csv(folder / "framework.csv", index_col="iCode")
    scores = pd.read_csv(next(folder.glob("normalised*_0_100.csv")), index_col="uCode")
    groups = frame[frame["Level"] == 2]
    above = frame.loc[groups["Parent"], "Weight"].to_numpy()
    shares = groups["Weight"] / groups.groupby("Parent")["Weight"].transform("sum") * above
    items = frame[frame["Level"] == 1]
    card = given_card(scores, items["Parent"].to_dict(), shares.to_dict(), items["Weight"].to_dict())
    return card, frame, lambda file: pd.read_csv(folder / file, index_col=0)


@pytest.fixture(scope="module", params=["asem", "hierarchy_kpi"])
def hierarchy(request, shared):
    return _hierarchy(shared, request.param)


def test_totals_of_a_hierarchy_are_coinrs(hierarchy):
    card, _frame, read = hierarchy
    expected = read("remove_level1_scores.csv")["Nominal"]
    assert by_subject(card.totals).reindex(expected.index).to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)


def test_nominal_weights_of_a_hierarchy_are_coinrs(hierarchy):
    """What COINr calls effective weights: weights multiplied down the tree, our nominal ones."""
    card, _frame, read = hierarchy
    expected = read("effective_weights.csv")["EffWeight"]
    for level in ("indicator", "dimension"):
        ours = kpi.effective_weights(card, level).set_index("item_id")["weight"]
        assert ours.to_numpy() == pytest.approx(expected.reindex(ours.index).to_numpy(), abs=1e-9)


def test_leaving_an_indicator_of_a_hierarchy_out_is_coinrs_removal(hierarchy):
    card, _frame, read = hierarchy
    expected = read("remove_level1_mean_abs_rank_shift.csv")["mean_abs_rank_shift"].drop("Nominal")
    ours = kpi.leave_one_out(card).set_index("indicator_id")["mean_shift"]
    assert ours.reindex(expected.index).to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)


def test_leaving_a_pillar_out_is_coinrs_removal(shared):
    """The same one level up: pillars as indicators, the two sub-indices as dimensions."""
    folder = shared / "reference/asem"
    pillars = pd.read_csv(folder / "framework.csv", index_col="iCode").query("Level == 2")
    scores = pd.read_csv(folder / "aggregated_amean.csv", index_col="uCode")[list(pillars.index)]
    card = given_card(scores, pillars["Parent"].to_dict(), {"Conn": 1.0, "Sust": 1.0})
    expected = pd.read_csv(folder / "remove_level2_mean_abs_rank_shift.csv", index_col=0)["mean_abs_rank_shift"]
    ours = kpi.leave_one_out(card).set_index("indicator_id")["mean_shift"]
    assert ours.to_dict() == pytest.approx(expected.drop("Nominal").to_dict(), abs=1e-9)


def test_ranks_under_given_weights_are_coinrs(shared):
    """150 drawn sets of weights at all levels: weight_draws.csv, weight_draw_rank_stats.csv."""
    card, frame, read = _hierarchy(shared, "hierarchy_kpi")
    draws, expected = read("weight_draws.csv"), read("weight_draw_rank_stats.csv")
    model = weight_model(card)
    groups = frame[frame["Level"] == 2]
    sums = draws[list(groups.index)].T.groupby(groups["Parent"]).transform("sum").T
    drawn = draws[list(groups.index)] / sums * draws[groups["Parent"]].to_numpy()
    stated = groups["Weight"] / groups.groupby("Parent")["Weight"].transform("sum")
    stated *= frame.loc[groups["Parent"], "Weight"].to_numpy()
    ranks = rank_rows(
        model.totals(
            (draws[model.indicators] / frame.loc[model.indicators, "Weight"]).to_numpy(),
            (drawn / stated)[model.dimensions].to_numpy(),
        )
    )
    low, median, high = quantiles(ranks, (0.05, 0.5, 0.95))
    columns = ["q05_rank", "median_rank", "q95_rank", "mean_rank", "min_rank", "max_rank"]
    ours = np.column_stack([low, median, high, ranks.mean(axis=0), ranks.min(axis=0), ranks.max(axis=0)])
    assert ours == pytest.approx(expected.loc[model.subjects, columns].to_numpy(), abs=1e-9)


def test_ranks_under_given_weights_are_those_of_smaa(shared):
    """10 units, 5 criteria, 1,500 sets of weights: weight_space/fixed_draws, numpy and R's smaa agree."""
    folder = shared / "reference/weight_space/fixed_draws"
    scores, draws = (pd.read_csv(folder / file) for file in ("scores.csv", "weights.csv"))
    expected = json.loads((folder / "expected_numpy.json").read_text(encoding="utf-8"))
    model = weight_model(given_card(100 * scores.set_axis([f"U{i}" for i in range(len(scores))])))
    ranks = rank_rows(model.totals(draws[model.indicators].to_numpy(), np.ones((len(draws), 1))))
    low, median, high = quantiles(ranks, (0.05, 0.5, 0.95))
    assert [low.tolist(), median.tolist(), high.tolist()] == [
        expected[k] for k in ("q05_rank", "median_rank", "q95_rank")
    ]
    assert ranks.mean(axis=0) == pytest.approx(expected["expected_rank"])
    shares = [(ranks == place).mean(axis=0) for place in range(1, len(scores) + 1)]
    assert np.transpose(shares) == pytest.approx(np.array(expected["rank_acceptability"]))


# Rank intervals ----------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_answer_and_another_one_another():
    first, again, other = (kpi.rank_intervals(operations(), 300, seed=seed) for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(first, again)
    assert not first[["rank_low", "rank_high"]].equals(other[["rank_low", "rank_high"]])
    assert not first["p_grade_changes"].equals(other["p_grade_changes"])
    assert first[["subject_id", "total", "rank"]].equals(other[["subject_id", "total", "rank"]])


def test_neither_global_random_state_nor_other_draws_matter():
    first = kpi.rank_intervals(operations(), 100, seed=7)
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - what must not change
    np.random.default_rng(7).uniform(size=100)
    pd.testing.assert_frame_equal(kpi.rank_intervals(operations(), 100, seed=7), first)
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002 - what must not change


@pytest.mark.parametrize("card", [operations("2024Q3"), hospitals()], ids=["operations", "hospitals"])
def test_ranks_lie_within_their_intervals_mostly(card):
    table = kpi.rank_intervals(card, 200, seed=1)
    assert (table["rank_low"] <= table["rank_median"]).all()
    assert (table["rank_median"] <= table["rank_high"]).all()
    assert ((table["rank_low"] <= table["rank"]) & (table["rank"] <= table["rank_high"])).mean() > 0.95
    assert table["rank"].is_monotonic_increasing
    assert table["rank_low"].min() >= 1
    assert table["rank_high"].max() <= len(table)


def test_totals_and_ranks_are_those_of_the_scorecard():
    card = operations("2024Q3")
    table = kpi.rank_intervals(card, 100)
    for column in ("total", "rank", "grade", "unit_id"):
        ours = by_subject(table, column).astype(object)
        assert ours.equals(by_subject(card.totals, column).astype(object).reindex(ours.index))
    assert (table["draws"] == 100).all()


def test_a_larger_spread_makes_wider_intervals():
    widths = []
    for spread in (0.0, 0.1, 0.25, 0.6):
        table = kpi.rank_intervals(operations(), 300, seed=1, spread=spread)
        widths.append((table["rank_high"] - table["rank_low"]).mean())
    assert widths[0] == 0
    assert widths == sorted(set(widths))


def _plain_totals(card, draws, seed, spread):
    """Totals under the same draws, one subject and one set of weights at a time, by the formulas of the design."""
    model = weight_model(card)
    parts = list(draw_multipliers(model, draws, seed, spread))
    by_item = pd.DataFrame(np.vstack([p[0] for p in parts]), columns=model.indicators).to_dict("records")
    by_dimension = pd.DataFrame(np.vstack([p[1] for p in parts]), columns=model.dimensions).to_dict("records")
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
    ours = kpi.rank_intervals(card, 60, seed=5, spread=0.4).set_index("subject_id").loc[subjects]
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
    table = kpi.rank_intervals(given_card(scores), 200, seed=1).set_index("subject_id")
    columns = ["rank", "rank_low", "rank_median", "rank_high"]
    assert table.loc["S00", columns].tolist() == table.loc["S01", columns].tolist()
    assert table["rank"].duplicated().sum() == 1


def test_who_leads_in_everything_stays_first():
    scores = _scores()
    scores.loc["S03"] = 100
    row = kpi.rank_intervals(given_card(scores), 200, spread=0.6).iloc[0]
    assert (row["subject_id"], row["rank_low"], row["rank_high"]) == ("S03", 1, 1)


def test_without_grades_no_grade_can_change():
    table = kpi.rank_intervals(given_card(_scores()), 100)
    assert table["p_grade_changes"].isna().all()


def test_a_veto_holds_under_every_weight():
    card = operations("2024Q3")
    row = kpi.rank_intervals(card, 200).set_index("subject_id").loc["E17"]
    assert (row["total"], row["p_grade_changes"]) == (59, 0)


@settings(max_examples=25, deadline=None)
@given(
    values=arrays.arrays(np.int64, st.tuples(st.integers(1, 40), st.integers(1, 5)), elements=st.integers(1, 50)),
    share=st.floats(0, 1),
)
def test_quantiles_are_numpys(values, share):
    assert quantiles(values, [share, 0.5])[0] == pytest.approx(np.quantile(values, share, axis=0))


# Leave one out -----------------------------------------------------------------------------------------------


def _without(tables, name):
    kept = {
        key: [row for row in rows if row.get("indicator_id") != name] if rows else rows for key, rows in tables.items()
    }
    used = {row["dimension_id"] for row in kept["indicators"]}
    return {**kept, "dimensions": [row for row in kept["dimensions"] if row["dimension_id"] in used]}


@pytest.mark.parametrize("digits", [6, -1], ids=["no ties", "ties"])
def test_leaving_an_indicator_out_is_scoring_the_scheme_without_it(digits):
    scores = _scores(3, names="abcde", digits=digits)
    scores = scores.mask(np.random.default_rng(4).uniform(size=scores.shape) < 0.1)
    of = dict(zip("abcde", "XXXYZ", strict=True))
    weights = dict(zip("abcde", [1.0, 2.0, 3.0, 1.0, 1.0], strict=True))
    tables = given_tables(scores, of, {"X": 3.0, "Y": 1.0, "Z": 2.0}, weights, grades=GRADES)
    card = make_card(check=False, **tables)
    ours = kpi.leave_one_out(card).set_index("indicator_id")
    for name in scores:
        other = make_card(check=False, **_without(tables, name))
        totals = by_subject(card.totals), by_subject(other.totals)
        shift = (by_subject(other.totals, "rank") - by_subject(card.totals, "rank")).abs()
        grades = [by_subject(each.totals, "grade").astype(object) for each in (card, other)]
        row = ours.loc[name]
        assert row["n_without_total"] == (totals[0].notna() & totals[1].isna()).sum()
        assert (row["mean_shift"], row["most_shift"]) == pytest.approx((shift.mean(), shift.max()))
        assert row["n_grade_changes"] == (grades[0] != grades[1]).sum()
    assert ours["mean_shift"].is_monotonic_decreasing


def test_who_has_only_that_indicator_is_left_without_a_total():
    scores = _scores(names="ab")
    scores.loc[["S00", "S01"], "b"] = np.nan
    ours = kpi.leave_one_out(given_card(scores)).set_index("indicator_id")
    assert ours["n_without_total"].to_dict() == {"a": 2, "b": 0}


def test_the_only_indicator_cannot_be_left_out():
    row = kpi.leave_one_out(make_card()).iloc[0]
    assert row["n_without_total"] == 3
    assert np.isnan([row["mean_shift"], row["most_shift"]]).all()


def test_an_indicator_without_weight_is_not_missed():
    ours = kpi.leave_one_out(given_card(_scores(), weights={"a": 0.0})).set_index("indicator_id")
    assert ours.loc["a", ["mean_shift", "most_shift"]].tolist() == [0, 0]
