"""Weights that the scores would give: formulas, benefit of the doubt, and the result under them."""

from __future__ import annotations

import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.stats import spearmanr

from kpianalysis.analyses.alternatives.benefit_of_doubt import (
    benefit_of_the_doubt,
    benefit_of_the_doubt_weights,
    best_scores,
    undominated,
)
from kpianalysis.analyses.alternatives.data_weights import data_weight_results, data_weights, rank_agreement
from kpianalysis.analyses.alternatives.weight_formulas import (
    FORMULAS,
    critic_weights,
    entropy_weights,
    equal_weights,
    has_spread,
    main_loadings,
    pca_weights,
    standard_deviation_weights,
    varimax,
)
from kpianalysis.analyses.weights.weight_sets import totals_under
from kpianalysis.errors import KpiError
from kpianalysis.figures import alternatives as figures
from kpianalysis.names import names_of
from kpianalysis.tables import alternatives as tables
from kpianalysis.wording import alternatives as wording
from tests.builders import actual_rows, make_card
from tests.cards import by_subject, given_card, hospitals, operations, random_card
from tests.shown import SOURCES

TABLES = ("scores", "dimension_scores", "totals", "indicators", "grades")


def _values(seed=0, n=12, m=5, gaps=0.0):
    rng = np.random.default_rng(seed)
    values = rng.uniform(1, 100, (n, m)) * rng.uniform(0.2, 1, m)
    return np.where(rng.uniform(size=values.shape) < gaps, np.nan, values)


def _tai(shared, file):
    return json.loads((shared / "reference" / file).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def raw(shared):
    return pd.read_csv(shared / "reference/tai/tai_raw_23.csv", index_col="country")


@pytest.fixture(scope="module")
def goalposts(shared):
    return pd.read_csv(shared / "reference/tai/scores_goalpost_23.csv", index_col="country")


# Formulas ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["entropy", "critic", "standard_deviation"])
def test_weights_of_the_technology_index_are_those_of_four_libraries(shared, raw, name):
    """objective_weights_tai23.json: pymcdm, pyrepo-mcda, scikit-criteria; the fourth agrees to 1e-7."""
    libraries = _tai(shared, "weights_from_data/objective_weights_tai23.json")["weights"][name]
    ours = FORMULAS[name](raw.to_numpy())
    for library in ("pymcdm", "pyrepo_mcda", "scikit_criteria"):
        assert ours == pytest.approx(libraries[library], rel=1e-9, abs=1e-12), library
    if "pyDecision" in libraries:
        assert ours == pytest.approx(libraries["pyDecision"], abs=1e-7)


def test_principal_component_weights_are_those_the_handbook_prints(shared, raw):
    """OECD/JRC (2008), Table 18, principal components: printed to two digits, from raw values printed to two."""
    printed = _tai(shared, "tai/published_oecd2008.json")
    ours = pca_weights(raw.to_numpy())
    assert ours == pytest.approx(printed["table18_weights"]["pc"], abs=0.006)
    assert np.argsort(ours)[:2].tolist() == [3, 4]
    # Table 9: the communalities that no rotation changes.
    communality = np.array(printed["table9_varimax_pc_loadings"]["communality"])
    assert pca_weights(raw.to_numpy(), rotated=False) == pytest.approx(communality / communality.sum(), abs=0.002)


def test_rotated_loadings_are_those_of_psych(shared, raw):
    """recomputed_r.json, varimax4: the same rotation, which R stops at a precision of 1e-5."""
    theirs = np.array(_tai(shared, "tai/recomputed_r.json")["varimax4"]["loadings_unordered_columns"])
    ours = varimax(main_loadings(np.corrcoef(raw.to_numpy().T)))
    assert ours.shape == theirs.shape
    by_size = [table[:, np.argsort((table**2).sum(axis=0))] for table in (np.abs(ours), np.abs(theirs))]
    assert by_size[0] == pytest.approx(by_size[1], abs=1e-3)


def test_main_loadings_are_those_of_psych(shared, raw):
    """recomputed_r.json: eigenvalues and loadings at full precision, up to sign."""
    theirs = np.array(_tai(shared, "tai/recomputed_r.json")["loadings_sign_sum_positive"])
    ours = main_loadings(np.corrcoef(raw.to_numpy().T))
    assert np.abs(ours) == pytest.approx(np.abs(theirs[:, :4]), abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_rotation_gains_criterion_and_keeps_communalities(seed):
    loadings = np.random.default_rng(seed).normal(size=(9, 4))

    def criterion(table):
        scaled = (table / np.sqrt((table**2).sum(axis=1, keepdims=True))) ** 2
        return scaled.var(axis=0).sum()

    turned = varimax(loadings)
    assert (turned**2).sum(axis=1) == pytest.approx((loadings**2).sum(axis=1), rel=1e-9)
    best = criterion(turned)
    assert best > criterion(loadings)
    # No small turn in any plane does better.
    for i, j in ((0, 1), (1, 3), (2, 3)):
        for angle in (-0.01, 0.01):
            turn = np.eye(4)
            turn[[i, i, j, j], [i, j, i, j]] = np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)
            assert criterion(turned @ turn) < best


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("seed", range(4))
def test_weights_sum_to_one_and_follow_their_columns_and_no_rows(name, seed):
    values = _values(seed, gaps=0.2 * (seed % 2))
    kept = values.copy()
    ours = FORMULAS[name](values)
    assert np.array_equal(values, kept, equal_nan=True)
    assert ours.sum() == pytest.approx(1)
    assert (ours >= 0).all()
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(values)), rng.permutation(values.shape[1])
    assert FORMULAS[name](values[rows][:, columns]) == pytest.approx(ours[columns], abs=1e-7)


@pytest.mark.parametrize("name", ["critic", "pca"])
def test_the_unit_of_a_column_does_not_matter_where_columns_are_scaled(name):
    values = _values(3)
    other = values * np.array([1, 10, 0.1, 3, 7]) + np.array([0, 5, 9, 1, 2])
    assert FORMULAS[name](other) == pytest.approx(FORMULAS[name](values), abs=1e-9)


def test_entropy_does_not_depend_on_the_unit_but_on_the_origin():
    values = _values(3)
    ours = entropy_weights(values)
    assert entropy_weights(values * np.array([1, 10, 0.1, 3, 7])) == pytest.approx(ours, rel=1e-9)
    assert entropy_weights(values + 50)[0] != pytest.approx(ours[0], rel=0.01)


def test_entropy_takes_zeros_and_has_no_answer_below_zero():
    values = np.array([[0.0, 1.0], [0.0, 2.0], [3.0, 3.0]])
    share = np.array([1, 2, 3]) / 6
    apart = 1 + (share * np.log(share)).sum() / np.log(3)
    assert entropy_weights(values) == pytest.approx(np.array([1, apart]) / (1 + apart))
    assert np.isnan(entropy_weights(values - 0.5)).all()


def test_statistics_are_those_of_the_available_scores():
    values = _values(1, n=15, m=3, gaps=0.3)
    table = pd.DataFrame(values)
    deviation = table.std()
    assert standard_deviation_weights(values) == pytest.approx((deviation / deviation.sum()).to_numpy(), rel=1e-9)
    scaled = (table - table.min()) / (table.max() - table.min())
    contrast = scaled.std() * (1 - scaled.corr()).sum()
    assert critic_weights(values) == pytest.approx((contrast / contrast.sum()).to_numpy(), rel=1e-9)
    share = table / table.sum()
    apart = 1 + (share * np.log(share)).sum() / np.log(table.count())
    assert entropy_weights(values) == pytest.approx((apart / apart.sum()).to_numpy(), rel=1e-9)


@pytest.mark.parametrize("name", ["entropy", "critic", "standard_deviation", "pca"])
def test_a_column_without_spread_has_no_weight_and_changes_no_other(name):
    values = _values(2)
    for constant in (70.0, 0.0):
        wider = np.column_stack([values, np.full(len(values), constant)])
        assert FORMULAS[name](wider) == pytest.approx(np.append(FORMULAS[name](values), 0.0), abs=1e-9)
    alone = np.full((len(values), 1), np.nan)
    alone[3] = 40
    assert FORMULAS[name](np.hstack([values, alone]))[-1] == 0
    assert np.isnan(FORMULAS[name](np.full((4, 3), 7.0))).all()


def test_copies_have_no_conflict_and_one_column_all_the_weight():
    column = np.array([[1.0], [2.0], [4.0], [3.0]])
    assert np.isnan(critic_weights(np.hstack([column, column * 0.1]))).all()
    # Their correlation is 1 less a last digit.
    copy = _values(0, m=1)
    assert np.isnan(critic_weights(np.hstack([copy, copy / 3, copy * 0.7 + 1]))).all()
    assert critic_weights(column).tolist() == [1.0]
    assert pca_weights(column).tolist() == [1.0]
    assert equal_weights(column).tolist() == [1.0]


def test_what_differs_by_rounding_alone_has_no_spread():
    assert has_spread(np.array([[0.3, np.nan, np.nan, 5.0], [0.1 + 0.2, np.nan, 4.0, 6.0]])).tolist() == [
        False,
        False,
        False,
        True,
    ]


# Of a scorecard ----------------------------------------------------------------------------------------------


def _tai_card(goalposts):
    return given_card((100 * goalposts).set_axis([f"T{i:02d}" for i in range(len(goalposts))]))


def test_equal_weights_rank_the_technology_index_as_published(shared, goalposts):
    """OECD/JRC (2008), Table 23, column EW: all 23 places."""
    printed = _tai(shared, "tai/published_oecd2008.json")["table23_ranks"]
    ranks = totals_under(_tai_card(goalposts), data_weights(_tai_card(goalposts), ["equal"]))["rank"].to_numpy()
    ours = dict(zip(goalposts.index, ranks, strict=True))
    assert [ours[name] for name in printed["country_order"]] == printed["EW"]


@pytest.mark.parametrize("card", [operations("2024Q4"), operations("2024Q4", "zero"), hospitals(), random_card(5)])
def test_stated_shares_as_weights_leave_every_total_as_it_is(card):
    weights = data_weights(card, ["equal"])
    assert weights["stated_weight"].sum() == pytest.approx(1)
    stated = totals_under(card, weights.assign(weight=weights["stated_weight"]))
    totals = by_subject(card.totals).dropna()
    assert stated["total"].to_numpy() == pytest.approx(totals.to_numpy(), abs=1e-9)


def test_weights_are_made_of_the_scores_that_count():
    card = operations("2024Q4")
    rows = card.scores[(card.scores["kind"] == "scored") & (card.scores["applied_weight"] > 0)]
    spread = rows.groupby(rows["indicator_id"].astype("str"))["score"].std()
    ours = data_weights(card, ["standard_deviation"]).set_index("item_id")["weight"]
    assert ours.to_dict() == pytest.approx((spread / spread.sum()).reindex(ours.index).to_dict(), rel=1e-9)
    assert {"support_bonus", "safety_incident"}.isdisjoint(ours.index)


def test_a_missing_score_is_a_zero_under_that_policy_alone():
    scores = pd.DataFrame({"a": [80.0, np.nan, 60.0], "b": [50.0, 60.0, 70.0]}, index=list("XYZ"))
    for missing, a in (("redistribute", [80, 60]), ("zero", [80, 0, 60])):
        ours = data_weights(given_card(scores, missing=missing), ["standard_deviation"])["weight"].to_numpy()
        spread = np.array([np.std(a, ddof=1), 10.0])
        assert ours == pytest.approx(spread / spread.sum()), missing


def test_an_indicator_without_a_stated_weight_keeps_none():
    scores = pd.DataFrame(_values(4, m=3), columns=list("abc"), index=[f"S{i}" for i in range(12)])
    card = given_card(scores, weights={"a": 1.0, "b": 0.0, "c": 2.0})
    weights = data_weights(card)
    # b is never used, so it is not asked.
    assert weights.loc[weights["item_id"] == "b", "weight"].eq(0).all()
    assert weights.groupby("set_id")["weight"].sum().to_numpy() == pytest.approx(1)
    assert len(totals_under(card, weights)) == 12 * weights["set_id"].nunique()


def test_an_unknown_method_is_named_with_those_there_are():
    with pytest.raises(KpiError, match=r"methods: gini: no such way.*Use: equal, entropy, critic"):
        data_weights(operations(), ["equal", "gini"])


def test_each_method_has_rows_or_none():
    card = given_card(pd.DataFrame({"a": [50.0] * 3, "b": [70.0] * 3}, index=list("XYZ")))
    assert data_weights(card)["set_id"].unique().tolist() == ["equal"]
    below = given_card(pd.DataFrame({"a": [-5.0, 50.0, 3.0], "b": [70.0, 60.0, 1.0]}, index=list("XYZ")))
    assert "entropy" not in set(data_weights(below)["set_id"])
    assert data_weights(below)["weight"].notna().all()


def test_operations_names_the_planted_indicator_as_the_furthest():
    card = operations("2024Q4")
    weights, names = data_weights(card), names_of(card)
    away = (weights["weight"] - weights["stated_weight"]).abs()
    assert weights.loc[away.idxmax(), "item_id"] == "rework_rate"
    assert wording.pulled_most(weights, names) == (
        "The furthest from its stated weight is 'Rework rate': 10.0% in the scheme, 57.3% by entropy."
    )
    chart = figures.plot_data_weights(weights, names)
    # Furthest on top, and a sign for the stated weight and for each way but the line of equal ones.
    assert chart.get_yticklabels()[-1].get_text() == "Rework rate"
    stated = next(line for line in chart.lines if line.get_label() == "stated")
    assert stated.get_xdata()[-1] == pytest.approx(10)
    assert len({line.get_marker() for line in chart.lines}) == len(chart.lines) == len(FORMULAS)
    plt.close("all")


def test_tables_show_the_stated_weights_first_and_a_caveat_for_each_way():
    card = operations("2024Q4")
    weights, names = data_weights(card), names_of(card)
    side_by_side = tables.data_weights(weights, names)
    assert [column.label for column in side_by_side.columns][:3] == ["indicator", "stated weight", "equal weights"]
    assert side_by_side.rows[2][:4] == ("Rework rate", "10.0%", "10.0%", "57.3%")
    doubt = benefit_of_the_doubt(card)
    results = tables.data_weight_results(data_weight_results(card, weights, doubt), names)
    assert len({row[-1] for row in results.rows}) == len(FORMULAS) + 1
    assert "nan" not in str(results.rows)
    assert wording.doubt(doubt, names).startswith(
        "Benefit of the doubt: with free choice of weights, 42 of 48 subjects would be second to none"
    )


# Results -----------------------------------------------------------------------------------------------------


def test_results_are_what_the_weights_give():
    card = operations("2024Q4")
    weights = data_weights(card)
    results = data_weight_results(card, weights).set_index("set_id")
    totals = totals_under(card, weights)
    stated = card.totals
    for set_id, mine in totals.groupby("set_id"):
        row = results.loc[set_id]
        shift = np.abs(mine["rank"].to_numpy() - stated["rank"].to_numpy())
        assert row["mean_shift"] == pytest.approx(shift.mean())
        assert row["most_shift"] == shift.max()
        assert row["n_grade_changes"] == (mine["grade"].to_numpy() != stated["grade"].to_numpy()).sum()
        assert row["rank_correlation"] == pytest.approx(spearmanr(mine["total"], stated["total"])[0])
        by = weights[weights["set_id"] == set_id]
        assert row["moved"] == pytest.approx(by["weight"].sub(by["stated_weight"]).clip(lower=0).sum())
    assert (results["n_without_total"] == 0).all()


def test_a_subject_left_without_weight_is_counted_and_takes_no_part():
    scores = pd.DataFrame({"a": [80.0, 70.0, 60.0, np.nan], "b": [50.0] * 4}, index=list("WXYZ"))
    for grades, changes in (([], np.nan), ([{"grade": "A", "min_score": 62}, {"grade": "B", "min_score": 0}], 1)):
        card = given_card(scores, grades=grades)
        results = data_weight_results(card, data_weights(card, ["standard_deviation"])).iloc[0]
        assert results["n_without_total"] == 1
        assert results["most_shift"] == 0
        # X rises above 62; who has no total any more has no other grade.
        assert results["n_grade_changes"] == pytest.approx(changes, nan_ok=True)


def test_the_benefit_of_the_doubt_is_compared_with_the_result_before_bonus_and_veto():
    card = random_card(1)
    doubt = benefit_of_the_doubt(card)
    row = data_weight_results(card, data_weights(card, []), doubt).iloc[0]
    assert row["set_id"] == "benefit_of_doubt"
    assert row["mean_shift"] == pytest.approx(doubt["shift"].abs().mean())
    assert np.isnan(row[["moved", "n_grade_changes"]].astype(float)).all()
    assert (card.totals["veto"] != "").any()


def test_results_of_other_sets_have_no_moved_weight_unless_they_name_every_indicator():
    sets = pd.DataFrame({"set_id": "board", "item_id": ["X", "Y", "Z"], "weight": [1.0, 1.0, 2.0]})
    result = data_weight_results(random_card(2), sets).iloc[0]
    assert np.isnan(result["moved"])
    assert result["mean_shift"] >= 0


def test_ranks_agree_with_themselves_and_not_with_their_reverse():
    totals = pd.Series([3.0, 1.0, 2.0, np.nan])
    assert rank_agreement(totals, totals)["rank_correlation"] == pytest.approx(1)
    turned = rank_agreement(totals, -totals)
    assert (turned["rank_correlation"], turned["most_shift"]) == (pytest.approx(-1), 2)
    assert np.isnan(rank_agreement(totals * 0, totals)["rank_correlation"])
    shared, other = pd.Series([9.0, 7.0, 7.0, 7.0, 1.0]), pd.Series([5.0, 9.0, 3.0, 3.0, 2.0])
    assert rank_agreement(shared, other)["rank_correlation"] == pytest.approx(spearmanr(shared, other)[0])


# Benefit of the doubt ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("bod_unrestricted", 0.0, 1.0),
        ("bod_share_10_15_goalpost", 0.10, 0.15),
        ("bod_share_10_15_minmax23", 0.10, 0.15),
    ],
)
def test_benefit_of_the_doubt_of_the_technology_index(shared, raw, goalposts, column, low, high):
    """benefit_of_doubt_tai23.csv, stored with ten digits: one linear programme per country."""
    theirs = pd.read_csv(shared / "reference/weights_from_data/benefit_of_doubt_tai23.csv", index_col="country")
    table = (raw - raw.min()) / (raw.max() - raw.min()) if column.endswith("minmax23") else goalposts
    scores, weights = best_scores(table.loc[theirs.index].to_numpy(), low, high)
    assert scores == pytest.approx(theirs[column].to_numpy(), abs=1e-9)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert low - 1e-9 <= weights.min() <= weights.max() <= high + 1e-9


def test_benefit_of_the_doubt_of_the_technology_index_is_the_published_one(shared, raw):
    """OECD/JRC (2008), Table 19 (within 0.007) and Table 23, column BOD: all 23 places."""
    theirs = pd.read_csv(shared / "reference/weights_from_data/benefit_of_doubt_tai23.csv", index_col="country")
    printed = _tai(shared, "tai/published_oecd2008.json")["table23_ranks"]
    card = _tai_card(100 * (raw - raw.min()) / (raw.max() - raw.min()))
    ours = benefit_of_the_doubt(card, 0.10, 0.15)
    names = {f"T{i:02d}": name for i, name in enumerate(raw.index)}
    ours.index = ours["subject_id"].map(names)
    assert ours["score"].sub(theirs["published"]).abs().max() < 0.007
    differ = ours["rank"].loc[printed["country_order"]].to_numpy() - np.array(printed["BOD"])
    # Singapore and Germany stand at 0.620 and 0.621; the book prints 0.62 for both.
    assert [name for name, d in zip(printed["country_order"], differ, strict=True) if d] == []


def _by_hand(values, low, high):
    """One programme per row with every peer, as in the definition."""
    there, filled = ~np.isnan(values), np.nan_to_num(values)
    answers = []
    for row, mine in zip(filled, there, strict=True):
        k = mine.sum()
        least, most = low * len(mine) / k, min(high * len(mine) / k, 1.0)
        bounds = np.vstack([least - np.eye(k), np.eye(k) - most])
        solved = linprog(
            -row[mine],
            A_ub=np.vstack([filled[:, mine], bounds]),
            b_ub=np.append(np.ones(len(filled)), np.zeros(2 * k)),
        )
        answers.append(-solved.fun)
    return np.array(answers)


@pytest.mark.parametrize("gaps", [0.0, 0.3])
@pytest.mark.parametrize("bounds", [(0.0, 1.0), (0.0, 0.4), (0.1, 0.5), (0.25, 0.25)])
def test_any_table_has_the_scores_of_one_full_programme_per_row(bounds, gaps):
    rng = np.random.default_rng(7)
    # Whole numbers with zeros, so that rows tie and dominate each other.
    values = rng.integers(0, 8, (40, 4)).astype(float)
    values[:, 3] = np.maximum(values[:, 3], 1)
    values[:, :3] = np.where(rng.uniform(size=(40, 3)) < gaps, np.nan, values[:, :3])
    scores, weights = best_scores(values, *bounds)
    assert scores == pytest.approx(_by_hand(values, *bounds), abs=1e-7)
    reached = np.nansum(weights * values, axis=1)
    best = (np.nan_to_num(weights) @ np.nan_to_num(values).T).max(axis=1)
    assert scores == pytest.approx(reached / best, abs=1e-7)
    assert np.isnan(weights).tolist() == np.isnan(values).tolist()


def test_scores_do_not_depend_on_the_order_or_the_common_unit():
    values = _values(5, n=30, m=4, gaps=0.1)
    scores = best_scores(values, 0.1, 0.5)[0]
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(30), rng.permutation(4)
    assert best_scores(1000 * values[rows][:, columns], 0.1, 0.5)[0] == pytest.approx(scores[rows], abs=1e-7)
    assert (scores <= 1).all()
    # Narrower shares never help, and somebody is second to none.
    assert (best_scores(values, 0.2, 0.3)[0] <= scores + 1e-7).all()
    assert (best_scores(values)[0] >= scores - 1e-7).all()
    assert scores.max() == 1


def test_only_rows_that_no_other_reaches_limit_others():
    values = _values(6, n=60, m=3).round(-1)
    kept = undominated(values)
    for row in kept:
        beaten_by = (values >= row).all(axis=1) & (values > row).any(axis=1)
        assert not beaten_by.any()
    assert best_scores(np.vstack([values, kept]))[0][:60] == pytest.approx(best_scores(values)[0], abs=1e-7)


def test_nothing_to_score_and_negative_scores_have_no_benefit():
    assert best_scores(np.zeros((0, 3)))[0].shape == (0,)
    assert np.isnan(best_scores(np.array([[1.0, -1.0], [2.0, 3.0]]))[0]).all()
    assert np.isnan(best_scores(np.zeros((2, 2)))[0]).all()
    scores, weights = best_scores(np.array([[0.0, np.nan], [0.0, 5.0]]))
    assert np.isnan(scores[0])
    assert scores[1] == 1
    assert np.isnan(weights[0]).all()


def test_shares_that_cannot_sum_to_one_are_refused_saying_which_could():
    for low, high in ((0.3, 1.0), (0.0, 0.2), (-0.1, 1.0)):
        with pytest.raises(KpiError, match=r"4 weights between .* cannot sum to 1.*from 0 to 0\.25 and a share_high"):
            best_scores(np.ones((2, 4)), low, high)
    assert best_scores(np.ones((2, 3)), 1 / 3, 1 / 3)[0].tolist() == [1, 1]


def test_benefit_of_a_scorecard_has_ranks_shifts_and_weights():
    card = operations("2024Q4")
    answer = benefit_of_the_doubt(card, 0.05, 0.2)
    assert answer["score"].is_monotonic_decreasing
    assert answer["rank"].iloc[0] == 1
    assert (answer["n_indicators"].value_counts()).to_dict() == {10: 40, 9: 8}
    stated = card.totals.set_index("subject_id")["weighted_total"].rank(ascending=False, method="min")
    by = answer.set_index("subject_id")
    assert (by["rank"] + by["shift"]).to_dict() == stated.to_dict()
    weights = benefit_of_the_doubt_weights(card, 0.05, 0.2)
    assert weights.groupby("subject_id")["weight"].sum().to_numpy() == pytest.approx(1)
    assert len(weights) == 40 * 10 + 8 * 9
    assert weights["weight"].between(0.05 - 1e-9, 0.2 * 10 / 9 + 1e-9).all()


def test_the_large_source_is_solved_whole_and_hardly_anybody_is_limited():
    answer = benefit_of_the_doubt(hospitals())
    assert len(answer) == 2955
    assert answer["score"].between(0, 1).all()
    assert (answer["score"] == 1).sum() > 2000


# Every card --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [name for name in SOURCES if name not in {"operations", "hospitals"}])
def test_a_scheme_with_hardly_anything_in_it_has_an_answer(source):
    card = SOURCES[source]()[0]
    kept = {name: getattr(card, name).copy() for name in TABLES}
    weights, doubt = data_weights(card), benefit_of_the_doubt(card)
    results = data_weight_results(card, weights, doubt)
    n = int(card.totals["total"].notna().sum())
    assert len(doubt) == n
    assert weights.columns.tolist() == ["set_id", "item_id", "weight", "stated_weight"]
    assert results["set_id"].tolist() == [*weights["set_id"].unique(), *(["benefit_of_doubt"] if n else [])]
    assert len(benefit_of_the_doubt_weights(card)) >= n
    assert [name for name in TABLES if not getattr(card, name).equals(kept[name])] == []


@pytest.mark.parametrize("missing", ["redistribute", "zero", "refuse"])
def test_a_scheme_with_gaps_bonus_veto_and_roles_has_an_answer_under_each_policy(missing):
    card = random_card(8, missing)
    weights = data_weights(card)
    assert weights["set_id"].unique().tolist() == list(FORMULAS)
    results = data_weight_results(card, weights, benefit_of_the_doubt(card))
    assert results["mean_shift"].notna().all()


def test_one_indicator_has_all_the_weight_by_every_method():
    card = make_card(check=False, actuals=actual_rows({"A": 80, "B": 70, "C": 75}))
    assert data_weights(card)["weight"].tolist() == [1.0] * len(FORMULAS)
