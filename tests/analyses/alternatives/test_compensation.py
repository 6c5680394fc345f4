"""The stated mean against means that compensate less, and against comparing pair by pair."""

from __future__ import annotations

import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from kpianalysis.analyses.alternatives.compensation import (
    METHODS,
    compensation,
    compensation_results,
    copeland_scores,
    geometric_means,
    harmonic_means,
)
from kpianalysis.errors import KpiError
from kpianalysis.figures import alternatives as figures
from kpianalysis.names import names_of
from kpianalysis.scoring.totals import rank_totals
from kpianalysis.tables import alternatives as tables
from kpianalysis.wording import alternatives as wording
from tests.builders import make_card
from tests.cards import by_subject, given_card, hospitals, operations, random_card, random_scheme
from tests.shown import SOURCES

TOLERANCE = 1e-9
COLUMNS = ["subject_id", "method", "total", "rank", "shift", "lowest_id", "lowest", "highest_id", "highest"]


def _of(answer, method, column="total"):
    return by_subject(answer[answer["method"] == method], column)


def _random(seed=0, n=30, k=4, gaps=0.0):
    rng = np.random.default_rng(seed)
    scores = rng.integers(1, 12, (n, k)) * 10.0
    scores = np.where(rng.uniform(size=(n, k)) < gaps, np.nan, scores)
    scores[:, 0] = rng.integers(1, 12, n) * 10.0
    # Weights of its own for each row, as roles have.
    weights = np.where(np.isnan(scores), 0.0, rng.uniform(0.5, 3, (n, k)))
    return scores, weights / weights.sum(axis=1, keepdims=True)


# Hierarchies made by COINr -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kpi_folder(shared) -> Path:
    return shared / "reference/hierarchy_kpi"


def _card(folder, scores):
    """Dimensions are the pillars; the weights of the levels above them are multiplied down."""
    frame = pd.read_csv(folder / "framework.csv", index_col="iCode")
    groups = frame[frame["Level"] == 2]
    above = frame.loc[groups["Parent"], "Weight"].to_numpy()
    shares = groups["Weight"] / groups.groupby("Parent")["Weight"].transform("sum") * above
    items = frame[frame["Level"] == 1]
    return given_card(scores, items["Parent"].to_dict(), shares.to_dict(), items["Weight"].to_dict())


def _from_one(folder, name):
    """Scores of 0 to 100 as those of 1 to 100 that COINr's means need."""
    return 1 + 0.99 * pd.read_csv(folder / name, index_col="uCode")


@pytest.mark.parametrize(("method", "theirs"), [("arithmetic", "amean"), ("geometric", "gmean"), ("harmonic", "hmean")])
def test_means_of_a_hierarchy_with_gaps_are_coinrs(kpi_folder, method, theirs):
    """total_by_method.csv and rank_by_method.csv: the same mean at every level, 40 units, 14 indicators with gaps."""
    card = _card(kpi_folder, _from_one(kpi_folder, "normalised_minmax_0_100.csv"))
    ours = compensation(card, "indicator")
    column = f"minmax_1_100_{theirs}"
    totals, ranks = (
        pd.read_csv(kpi_folder / f"{name}_by_method.csv", index_col="uCode")[column] for name in ("total", "rank")
    )
    assert _of(ours, method).loc[totals.index].to_numpy() == pytest.approx(totals.to_numpy(), rel=TOLERANCE)
    assert _of(ours, method, "rank").loc[ranks.index].astype(int).tolist() == ranks.tolist()


@pytest.mark.parametrize(("mean", "theirs"), [(geometric_means, "gmean"), (harmonic_means, "hmean")])
def test_each_level_of_a_hierarchy_is_coinrs(kpi_folder, mean, theirs):
    """aggregated_minmax_1_100_gmean.csv and …_hmean.csv: pillars, sub-indices and the total."""
    frame = pd.read_csv(kpi_folder / "framework.csv", index_col="iCode")
    expected = pd.read_csv(kpi_folder / f"aggregated_minmax_1_100_{theirs}.csv", index_col="uCode")
    known = _from_one(kpi_folder, "normalised_minmax_0_100.csv").join(expected)
    for parent in expected:
        children = frame.index[frame["Parent"] == parent]
        scores = known[children].to_numpy()
        weights = np.where(np.isnan(scores), 0.0, frame.loc[children, "Weight"].to_numpy())
        assert mean(scores, weights) == pytest.approx(expected[parent].to_numpy(), rel=TOLERANCE), parent


@pytest.mark.parametrize(("method", "theirs"), [("arithmetic", "amean"), ("geometric", "gmean"), ("harmonic", "hmean")])
def test_means_of_asem_through_four_levels_are_coinrs(shared, method, theirs):
    """asem/alternative_methods_index.csv: 51 units, 49 indicators in 8 pillars."""
    folder = shared / "reference/asem"
    card = _card(folder, _from_one(folder, "normalised_0_100.csv"))
    expected = pd.read_csv(folder / "alternative_methods_index.csv", index_col="uCode")[f"minmax1_100_a_{theirs}"]
    ours = _of(compensation(card, "indicator"), method).loc[expected.index]
    assert ours.to_numpy() == pytest.approx(expected.to_numpy(), rel=TOLERANCE)


def test_copeland_on_the_pillars_is_coinrs(kpi_folder):
    """copeland_on_pillars.csv: four weighted pillars, 40 units."""
    card = _card(kpi_folder, pd.read_csv(kpi_folder / "normalised_minmax_0_100.csv", index_col="uCode"))
    expected = pd.read_csv(kpi_folder / "copeland_on_pillars.csv", index_col="uCode")["copeland"]
    ours = _of(compensation(card), "copeland").loc[expected.index]
    assert ours.tolist() == expected.tolist()


# Means -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_the_less_a_mean_compensates_the_lower_it_is(seed):
    scores, weights = _random(seed, gaps=0.2)
    arithmetic = np.nansum(scores * weights, axis=1)
    geometric, harmonic = geometric_means(scores, weights), harmonic_means(scores, weights)
    assert (harmonic <= geometric + TOLERANCE).all()
    assert (geometric <= arithmetic + TOLERANCE).all()
    assert (np.nanmin(scores, axis=1) <= harmonic + TOLERANCE).all()
    assert geometric_means(10 * scores, 7 * weights) == pytest.approx(10 * geometric, rel=TOLERANCE)
    assert harmonic_means(10 * scores, 7 * weights) == pytest.approx(10 * harmonic, rel=TOLERANCE)


@pytest.mark.parametrize("mean", [geometric_means, harmonic_means])
def test_one_zero_is_enough_unless_it_has_no_weight(mean):
    scores = np.array([[0.0, 100.0], [0.0, 100.0], [-1.0, 100.0], [50.0, 50.0], [np.nan, np.nan]])
    weights = np.array([[0.1, 0.9], [0.0, 1.0], [0.5, 0.5], [0.3, 0.7], [0.0, 0.0]])
    assert mean(scores, weights) == pytest.approx([0, 100, np.nan, 50, np.nan], nan_ok=True)
    # A zero that is not written as one: the last digit of a sum.
    assert mean(np.array([[1e-17, 90.0], [-1e-17, 90.0]]), np.full((2, 2), 0.5)).tolist() == [0, 0]


# Copeland ----------------------------------------------------------------------------------------------------


def _meet(scores, weights):
    """Each two rows by the definition."""
    n = len(scores)
    won = np.zeros(n)
    for i in range(n):
        for k in range(n):
            both = ~np.isnan(scores[i]) & ~np.isnan(scores[k])
            apart = scores[i][both] - scores[k][both]
            mean = (weights[i][both] + weights[k][both]) / 2
            ahead = mean[apart > TOLERANCE].sum() - mean[apart < -TOLERANCE].sum()
            won[i] += int(ahead > TOLERANCE) - int(ahead < -TOLERANCE)
    return won


@pytest.mark.parametrize("gaps", [0.0, 0.25])
@pytest.mark.parametrize("seed", range(3))
def test_copeland_is_wins_less_losses_of_every_pair(seed, gaps, monkeypatch):
    scores, weights = _random(seed, gaps=gaps)
    expected = _meet(scores, weights)
    assert copeland_scores(scores, weights).tolist() == expected.tolist()
    # In blocks of rows as in one.
    monkeypatch.setattr("kpianalysis.analyses.alternatives.compensation.PAIRS", 100)
    assert copeland_scores(scores, weights).tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_copeland_adds_up_to_nothing_and_sees_order_alone(seed):
    scores, weights = _random(seed, gaps=0.1)
    won = copeland_scores(scores, weights)
    assert won.sum() == 0
    assert np.abs(won).max() <= len(scores) - 1
    # Any rising function of the scores keeps it.
    assert copeland_scores(scores**3 + 5, weights).tolist() == won.tolist()
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(scores)), rng.permutation(scores.shape[1])
    assert copeland_scores(scores[rows][:, columns], weights[rows][:, columns]).tolist() == won[rows].tolist()


def test_a_tie_within_rounding_is_a_draw():
    # 0.1 + 0.2 against 0.3 by weight, and by score.
    weights = np.tile([0.1, 0.2, 0.3, 0.4], (2, 1))
    scores = np.array([[9.0, 9.0, 1.0, 0.1 + 0.2], [1.0, 1.0, 9.0, 0.3]])
    assert copeland_scores(scores, weights).tolist() == [0, 0]


def test_who_is_best_in_all_beats_everybody():
    scores, weights = _random(2)
    best = np.vstack([scores, np.full(scores.shape[1], 200.0)])
    assert copeland_scores(best, np.vstack([weights, weights[0]]))[-1] == len(scores)


# Of a scorecard ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["redistribute", "zero", "refuse"])
@pytest.mark.parametrize("level", ["dimension", "indicator"])
@pytest.mark.parametrize("seed", range(2))
def test_the_stated_method_gives_the_stated_result(seed, level, missing):
    """With gaps, bonus, veto and weights of its own for each subject."""
    card = random_card(seed, missing)
    answer = compensation(card, level)
    stated = card.totals.dropna(subset=["total"])
    assert _of(answer, "arithmetic").to_dict() == by_subject(stated).to_dict()
    assert _of(answer, "arithmetic", "rank").to_dict() == by_subject(stated, "rank").to_dict()
    assert (_of(answer, "arithmetic", "shift") == 0).all()
    assert answer.columns.tolist() == COLUMNS
    assert len(answer) == len(METHODS) * len(stated)
    # Before bonus and veto a mean that compensates less is lower, and both change it alike.
    assert (_of(answer, "geometric") <= _of(answer, "arithmetic") + TOLERANCE).all()
    assert (_of(answer, "harmonic") <= _of(answer, "geometric") + TOLERANCE).all()


@pytest.mark.parametrize("missing", ["redistribute", "zero"])
def test_applied_weights_of_the_subject_are_used(missing):
    card = random_card(4, missing)
    dims = card.dimension_scores[card.dimension_scores["applied_weight"] > 0]
    powers = dims["score"] ** dims["applied_weight"]
    expected = powers.groupby(dims["subject_id"].astype("str")).prod()
    totals = card.totals.set_index(card.totals["subject_id"].astype("str"))
    with_bonus = np.fmin(expected + totals["bonus"], totals["veto_cap"])
    ours = _of(compensation(card), "geometric")
    assert ours.to_dict() == pytest.approx(with_bonus.reindex(ours.index).to_dict(), rel=TOLERANCE)


def test_a_missing_score_that_counts_as_zero_leaves_no_mean():
    scores = pd.DataFrame({"a": [80.0, np.nan, 60.0], "b": [50.0, 60.0, 70.0]}, index=list("XYZ"))
    of, kinds = {"a": "A", "b": "B"}, (("redistribute", 60.0), ("zero", 0.0))
    for missing, expected in kinds:
        for level in ("dimension", "indicator"):
            answer = compensation(given_card(scores, of, missing=missing), level)
            assert _of(answer, "geometric")["Y"] == pytest.approx(expected), (missing, level)
        assert _of(answer, "harmonic")["Y"] == pytest.approx(expected), missing
    results = compensation_results(answer).set_index("method")
    assert results["n_zero"].to_dict() == {"geometric": 1, "harmonic": 1, "copeland": 0}


def test_a_negative_score_leaves_no_mean_and_is_counted():
    scores = pd.DataFrame({"a": [-10.0, 40.0, 90.0], "b": [100.0, 50.0, 10.0]}, index=list("XYZ"))
    answer = compensation(given_card(scores), "indicator")
    assert np.isnan(_of(answer, "geometric")["X"])
    assert np.isnan(_of(answer, "geometric", "shift")["X"])
    # Ranks are compared among those that have both.
    assert _of(answer, "geometric", "rank").dropna().to_dict() == {"Y": 1, "Z": 2}
    assert _of(answer, "geometric", "shift").dropna().to_dict() == {"Y": 1, "Z": -1}
    results = compensation_results(answer).set_index("method")
    assert results["n_without_total"].to_dict() == {"geometric": 1, "harmonic": 1, "copeland": 0}
    assert results.loc["geometric", "rank_correlation"] == pytest.approx(-1)


def test_who_is_balanced_gains_and_who_covers_a_weakness_loses():
    scores = pd.DataFrame({"a": [100.0, 62.0], "b": [30.0, 62.0]}, index=["covers", "even"])
    answer = compensation(given_card(scores, {"a": "A", "b": "B"}))
    by = answer[answer["method"] == "geometric"].set_index("subject_id")
    assert by["shift"].to_dict() == {"covers": -1, "even": 1}
    assert by.loc["covers", ["lowest_id", "lowest", "highest_id", "highest"]].tolist() == ["B", 30, "A", 100]
    names = names_of(given_card(scores, {"a": "A", "b": "B"}))
    assert wording.gains_and_losses(answer, names) == (
        "By the geometric mean 'covers' would lose most, 1 place: 'B' (30.0 points) is made up for by 'A' (100.0 "
        "points). By the geometric mean 'even' would gain most, 1 place: its lowest score is 62.0 points ('A')."
    )
    table = tables.compensation(answer, names)
    assert {row[:3] for row in table.rows} == {("covers", "1", "2"), ("even", "2", "1")}


def test_who_rises_only_because_many_have_a_mean_of_zero_is_not_named():
    scores = pd.DataFrame(
        {"a": [90.0, 100.0, 10.0, 0.0, 0.0, 0.0], "b": [20.0, 0.0, 10.0, 15.0, 12.0, 1.0]}, index=list("VUXWYZ")
    )
    card = given_card(scores, {"a": "A", "b": "B"})
    answer, names = compensation(card), names_of(card)
    # U, W, Y and Z share the third rank, to which Z rises from the sixth.
    assert _of(answer, "geometric", "shift").to_dict() == {"V": 0, "U": -1, "X": 1, "W": 1, "Y": 2, "Z": 3}
    sentence = wording.gains_and_losses(answer, names)
    assert "'U' would lose most, 1 place" in sentence
    assert "'X' would gain most, 1 place" in sentence
    table = tables.compensation(answer, names)
    assert {row[0] for row in table.rows} == {"U", "X"}
    zero = wording.zero_means(compensation_results(answer), answer, names)
    assert zero.startswith("4 of 6 subjects would have a geometric mean of 0")
    chart = figures.plot_compensation(answer, names)
    assert {text.get_text() for text in chart.texts} == {"U", "X"}
    assert chart.get_title(loc="left").startswith("By the geometric mean 4 of 6 subjects would have 0")
    labels = {text.get_text() for text in chart.get_legend().get_texts()}
    assert labels == {"same rank: 1", "gains: 1", "mean of 0: 4"}
    plt.close("all")


def test_shifts_of_pairs_start_from_the_rank_before_bonus_and_veto():
    card = random_card(1)
    answer = compensation(card)
    before = rank_totals(card.totals["weighted_total"].where(card.totals["total"].notna()))
    expected = by_subject(card.totals.assign(before=before), "before").dropna()
    ours = _of(answer, "copeland", "rank") + _of(answer, "copeland", "shift")
    assert ours.to_dict() == expected.to_dict()
    assert (card.totals["veto"] != "").any()
    assert (before != card.totals["rank"]).any()


@pytest.mark.parametrize("level", ["dimension", "indicator"])
def test_results_describe_the_shifts(level):
    answer = compensation(operations("2024Q4"), level)
    results = compensation_results(answer).set_index("method")
    assert results.index.tolist() == list(METHODS[1:])
    for method in results.index:
        mine = answer[answer["method"] == method]
        assert results.loc[method, "mean_shift"] == pytest.approx(mine["shift"].abs().mean())
        assert results.loc[method, "most_shift"] == mine["shift"].abs().max()
        expected = spearmanr(mine["rank"], mine["rank"] + mine["shift"])[0]
        assert results.loc[method, "rank_correlation"] == pytest.approx(expected)


def test_neither_the_order_nor_the_scale_of_weights_matters():
    tables = random_scheme(11)
    rng = np.random.default_rng(5)
    mixed = {name: [rows[i] for i in rng.permutation(len(rows))] for name, rows in tables.items() if rows}
    mixed["indicators"] = [{**row, "weight": 5 * row.get("weight", 1.0)} for row in mixed["indicators"]]
    # The one dimension whose weight is blank has the sum of its indicators'.
    blank = sum(row["weight"] for row in tables["indicators"] if row["dimension_id"] == "Y")
    for source in (tables, mixed):
        source["dimensions"] = [{**row, "weight": row["weight"] or blank} for row in source["dimensions"]]
    first, second = (
        compensation(make_card(check=False, **source), "indicator").set_index(["method", "subject_id"]).sort_index()
        for source in (tables, {**tables, **mixed})
    )
    pd.testing.assert_frame_equal(first, second, check_exact=False, rtol=TOLERANCE)


def test_an_unknown_level_is_named_with_those_there_are():
    with pytest.raises(KpiError, match=r"level: 'total' is no level.*dimension, indicator"):
        compensation(operations(), "total")


def test_the_large_source_has_an_answer_in_little_time():
    card = hospitals()
    start = time.process_time()
    answer = compensation(card)
    # Measured: 0.2 s. Pairs in a loop would take minutes.
    assert time.process_time() - start < 5
    assert len(answer) == 4 * 2955
    results = compensation_results(answer).set_index("method")
    assert results.loc["geometric", "n_zero"] == (_of(answer, "geometric", "lowest") == 0).sum() > 1000
    assert _of(answer, "copeland").sum() == 0


@pytest.mark.parametrize("source", [name for name in SOURCES if name not in {"operations", "hospitals"}])
@pytest.mark.parametrize("level", ["dimension", "indicator"])
def test_a_scheme_with_hardly_anything_in_it_has_an_answer(source, level):
    card = SOURCES[source]()[0]
    kept = card.scores.copy(), card.dimension_scores.copy(), card.totals.copy()
    answer = compensation(card, level)
    assert answer.columns.tolist() == COLUMNS
    assert len(answer) == 4 * card.totals["total"].notna().sum()
    assert len(compensation_results(answer)) == 3
    for before, after in zip(kept, (card.scores, card.dimension_scores, card.totals), strict=True):
        pd.testing.assert_frame_equal(before, after)
