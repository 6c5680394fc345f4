"""Pairs that go together in a way that no rank correlation sees."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpianalysis.analyses.correlation import distances
from kpianalysis.analyses.correlation.bend_curve import COLUMNS as CURVE
from kpianalysis.analyses.correlation.bend_curve import bend_curve
from kpianalysis.analyses.correlation.dependence import dependence
from kpianalysis.analyses.correlation.distances import association, counts_of, levels_of
from kpianalysis.analyses.correlation.shuffles import drawn_p
from kpianalysis.errors import KpiError
from tests.builders import make_card
from tests.cards import OPERATIONS, hospitals, operations
from tests.shown import SOURCES

COLUMNS = [
    *("indicator_i", "indicator_j", "n", "spearman", "spearman_p", "spearman_p_adjusted", "distance_correlation"),
    *("p", "p_adjusted", "bend_p", "bend_p_adjusted", "p_drawn", "bend_p_drawn", "draws", "beyond_rank"),
]


def _scores(table):
    """Lay a table of subjects × indicators out as `Scorecard.scores` has it, without scoring a scheme."""
    ids = [str(name) for name in table]
    rows = pd.DataFrame(
        {
            "subject_id": np.tile(table.index.astype(str), len(ids)),
            "indicator_id": pd.Categorical(np.repeat(ids, len(table)), categories=ids),
            "kind": "scored",
            "direction": "higher",
            "score": table.to_numpy(dtype=float).T.ravel(),
        }
    )
    return rows.assign(actual=rows["score"], attainment=rows["score"], gap=np.nan)


def _found(x, y, most=distances.LEVELS):
    return association(counts_of(levels_of(np.asarray(x, float), most), levels_of(np.asarray(y, float), most)))


def _centred(x):
    """U-centred distances of the ranks, as Székely and Rizzo (2014) define them."""
    n = len(x)
    ranks = stats.rankdata(x)
    a = np.abs(ranks[:, None] - ranks)
    rows = a.sum(axis=0)
    centred = a - rows[:, None] / (n - 2) - rows / (n - 2) + a.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(centred, 0.0)
    return centred


def _plain(x, y):
    a, b = _centred(x), _centred(y)
    return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())


def _ring(rng, n):
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.cos(angle) + 0.1 * rng.normal(size=n), np.sin(angle) + 0.1 * rng.normal(size=n)


def _hill(rng, n):
    x = rng.normal(size=n)
    return x, -(x**2) + rng.normal(size=n)


def _unrelated(kind, rng, n):
    x, y = rng.normal(size=n), rng.normal(size=n)
    return {
        "no ties": (x, y),
        "steps": (rng.integers(0, 3, n), rng.integers(0, 5, n)),
        "capped": (np.minimum(x, 0), y),
        "binary": (x > 0, y.round()),
    }[kind]


@pytest.mark.parametrize("n", [6, 9, 20, 60])
@pytest.mark.parametrize("ties", [False, True])
def test_the_coefficient_is_its_definition_row_by_row(n, ties):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=n), rng.normal(size=n)
        y = x**2 + y
        if ties:
            x, y = (2 * x).round(), (2 * y).round()
        assert _found(x, y).squared == pytest.approx(_plain(x, y), rel=1e-9, abs=1e-12)


def test_mean_and_variance_of_all_shuffles_are_those_of_the_curve():
    """All 5,040 orders of seven rows, with ties: mean 0, variance 2/(n(n − 3)), exactly."""
    x, y = np.array([1, 1, 2, 3, 5, 5, 9]), np.array([2, 7, 7, 7, 1, 0, 4])
    a, b = _centred(x), _centred(y)
    size = np.sqrt((a**2).sum() * (b**2).sum())
    drawn = [(a * b[np.ix_(order, order)]).sum() / size for order in map(list, permutations(range(7)))]
    assert np.mean(drawn) == pytest.approx(0.0, abs=1e-12)
    assert np.var(drawn) == pytest.approx(2 / (7 * 4), rel=1e-9)


@pytest.mark.parametrize("kind", ["no ties", "steps", "capped", "binary"])
def test_the_curve_agrees_with_shuffles(kind):
    """1,000 shuffles each of 40 rows: within four of their standard errors and a quarter; of bends 0.015 more."""
    rng = np.random.default_rng(1)
    for _ in range(5):
        x, y = (levels_of(np.asarray(side, float)) for side in _unrelated(kind, rng, 40))
        curve = association(counts_of(x, y))
        p, bend_p = drawn_p(x, y, 1_000, rng)
        assert abs(curve.p - p) < 4 * np.sqrt(p * (1 - p) / 1_000) + 0.25 * p
        if kind != "binary":
            assert abs(curve.bend_p - bend_p) < 4 * np.sqrt(bend_p * (1 - bend_p) / 1_000) + 0.25 * bend_p + 0.015


@pytest.mark.parametrize("kind", ["no ties", "steps", "capped", "binary"])
@pytest.mark.parametrize("n", [20, 200])
def test_p_below_five_per_cent_comes_in_five_per_cent_of_unrelated_pairs(kind, n):
    """250 pairs: at most four standard errors more often; with many rows not much more rarely either."""
    rng = np.random.default_rng(2)
    found = [_found(*_unrelated(kind, rng, n)) for _ in range(250)]
    error = 4 * np.sqrt(0.05 * 0.95 / 250)
    for p in np.array([(f.p, f.bend_p) for f in found]).T:
        share = np.mean(p[~np.isnan(p)] < 0.05)
        assert share < 0.05 + error
        if n == 200:
            assert share > 0.05 - error


def test_a_weak_trend_is_no_bend():
    """250 pairs with ρ about 0.2, 300 rows: most are found, bends in no more than 5 % and four standard errors."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(250):
        x = rng.normal(size=300)
        found.append(_found(x, 0.2 * x + rng.normal(size=300)))
    assert np.mean([f.p < 0.05 for f in found]) > 0.8
    assert np.mean([f.bend_p < 0.05 for f in found]) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 250)


@pytest.mark.parametrize("shape", [_hill, _ring])
def test_bends_are_found_that_spearman_misses(shape):
    """100 hills and rings of 48 rows: the bend is seen in 90 of them and more, by Spearman in fewer than 20."""
    rng = np.random.default_rng(4)
    by_rank, by_bend = [], []
    for _ in range(100):
        x, y = shape(rng, 48)
        by_rank.append(stats.spearmanr(x, y).pvalue < 0.05)
        by_bend.append(_found(x, y).bend_p < 0.05)
    assert np.mean(by_bend) >= 0.9
    assert np.mean(by_rank) < 0.2


def test_the_same_order_is_one_and_leaves_nothing_to_a_line_of_two_values():
    x = np.arange(30.0)
    assert _found(x, np.exp(x / 10)).squared == pytest.approx(1.0)
    assert _found(x, -x).squared == pytest.approx(1.0)
    assert np.isnan(_found(x > 10, x % 3 > 0).bend_p)


def test_of_two_by_two_tables_it_is_chi_square():
    """Distance correlation of two binary columns is φ²: p within a tenth of that of Pearson's χ², 400 rows."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        x = rng.uniform(size=400) < 0.4
        y = np.where(x, rng.uniform(size=400) < 0.36, rng.uniform(size=400) < 0.3)
        table = pd.crosstab(x, y).to_numpy()
        assert _found(x, y).p == pytest.approx(
            stats.chi2_contingency(table, correction=False).pvalue, rel=0.1, abs=0.02
        )


def test_many_values_in_groups_lose_next_to_nothing():
    rng = np.random.default_rng(6)
    for shape in (_hill, _ring):
        x, y = shape(rng, 300)
        grouped, whole = _found(x, y), _found(x, y, most=10_000)
        assert grouped.squared == pytest.approx(whole.squared, abs=0.002)
        assert grouped.bend_p == pytest.approx(whole.bend_p, rel=0.2, abs=1e-12)


def test_levels_keep_equal_values_together():
    column = np.array([5.0, np.nan, 1.0, 5.0, 1.0, 1.0, 1.0, 2.0])
    assert levels_of(column).tolist() == [2, -1, 0, 2, 0, 0, 0, 1]
    grouped = levels_of(column, most=2)
    assert len(set(grouped[column == 5.0])) == 1
    assert len(set(grouped[column == 1.0])) == 1
    assert set(grouped) == {-1, 0, 1}
    sizes = np.bincount(levels_of(np.random.default_rng(0).normal(size=1_000)))
    assert len(sizes) == distances.LEVELS
    assert set(sizes) <= {15, 16}


def _shapes(n=80, seed=7):
    """Columns of known shapes: b goes with a along a hill, c with a on a line, d with nothing; some missing."""
    rng = np.random.default_rng(seed)
    a, hill = _hill(rng, n)
    table = pd.DataFrame({"a": a, "b": hill, "c": a + 0.3 * rng.normal(size=n), "d": rng.normal(size=n)})
    table.iloc[:5, 3] = np.nan
    return table.set_axis([f"S{i:03d}" for i in range(n)])


def test_the_hill_is_flagged_and_the_line_is_not():
    answer = dependence(_scores(_shapes()))
    assert list(answer) == COLUMNS
    flagged = answer[answer["beyond_rank"]]
    assert flagged[["indicator_i", "indicator_j"]].to_numpy().tolist() == [["a", "b"], ["b", "c"]]
    assert (flagged[["p_drawn", "bend_p_drawn"]] == 1 / 200).all(axis=None)
    assert (answer["draws"] == np.where(answer["beyond_rank"], 199, 0)).all()
    assert answer.loc[answer["indicator_j"] == "d", "n"].tolist() == [75, 75, 75]
    by_rank = answer["spearman_p_adjusted"] < 0.05
    assert by_rank.sum() == 1
    assert answer.loc[by_rank, "bend_p_adjusted"].isna().all()


def test_ranks_and_counts_are_those_of_spearman():
    table = _shapes()
    for row in dependence(_scores(table), permutations=0).itertuples():
        both = table[[row.indicator_i, row.indicator_j]].dropna()
        expected = stats.spearmanr(both)
        assert (row.spearman, row.spearman_p) == pytest.approx((expected.statistic, expected.pvalue))
        squared = max(_plain(both.iloc[:, 0], both.iloc[:, 1]), 0.0)
        # More than 64 different values are put into groups.
        assert row.distance_correlation == pytest.approx(np.sqrt(squared), abs=0.02)


def test_order_of_subjects_and_indicators_and_monotone_maps_change_nothing():
    table = _shapes()
    changed = np.exp(table.sample(frac=1, random_state=1)).iloc[:, ::-1]
    plain, other = (dependence(_scores(t), permutations=0) for t in (table, changed))
    turned = other.rename(columns={"indicator_i": "indicator_j", "indicator_j": "indicator_i"})
    both = plain.merge(turned, on=["indicator_i", "indicator_j"], suffixes=("", "_other"), validate="1:1")
    assert len(both) == 6
    for column in ("n", "distance_correlation", "p", "bend_p", "bend_p_adjusted", "beyond_rank"):
        expected, found = (both[name].astype(float).to_numpy() for name in (column, f"{column}_other"))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True), column
    by_row, shuffled = (dependence(_scores(t)) for t in (table, table.sample(frac=1, random_state=2)))
    pd.testing.assert_frame_equal(by_row, shuffled)


def test_shuffles_can_be_drawn_for_every_pair_or_none_and_follow_the_seed():
    scores = _scores(_shapes())
    every = dependence(scores, permutations=99, draw="all")
    assert (every["draws"] == 99).all()
    assert every["p_drawn"].between(1 / 100, 1).all()
    pd.testing.assert_frame_equal(every, dependence(scores, permutations=99, draw="all"))
    assert not every["p_drawn"].equals(dependence(scores, permutations=99, draw="all", seed=2)["p_drawn"])
    none = dependence(scores, permutations=0)
    assert none[["p_drawn", "bend_p_drawn"]].isna().all(axis=None)
    assert none["beyond_rank"].tolist() == every["beyond_rank"].tolist()


def test_shuffles_that_disagree_take_the_flag_away(monkeypatch):
    monkeypatch.setattr("kpianalysis.analyses.correlation.dependence.drawn_p", lambda *_: (0.4, 0.4))
    assert not dependence(_scores(_shapes()))["beyond_rank"].any()


def test_fewer_than_twenty_subjects_are_not_flagged():
    x = np.linspace(-1, 1, 19)
    answer = dependence(_scores(pd.DataFrame({"x": x, "y": x**2})))
    assert answer["bend_p_adjusted"].iloc[0] < 0.05
    assert not answer["beyond_rank"].any()


def test_inputs_stay_as_they_are():
    scores = _scores(_shapes())
    before = scores.copy(deep=True)
    dependence(scores)
    bend_curve(scores, "a", "b")
    pd.testing.assert_frame_equal(scores, before)


@pytest.mark.parametrize("source", SOURCES)
def test_every_card_has_an_answer(source):
    scores = SOURCES[source]()[0].scores
    answer = dependence(scores)
    assert list(answer) == COLUMNS
    assert answer["p"].dropna().between(0, 1).all()
    if len(answer):
        first = answer.iloc[0]
        curve = bend_curve(scores, first["indicator_i"], first["indicator_j"])
        assert list(curve) == CURVE
        assert curve["n"].sum() == first["n"]


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1.0], "b": [2.0]}),
        pd.DataFrame({"a": [1.0, 2, 3], "b": [2.0, 1, 3]}),
        pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 3, 3]}),
        pd.DataFrame({"a": [1.0, 1, 1, 1, 2], "b": [1.0, 1, 1, 1, 2]}),
        pd.DataFrame({"a": [1.0, 2, 3, np.nan, np.nan, np.nan], "b": [np.nan, np.nan, np.nan, 1.0, 2, 3]}),
        pd.DataFrame({"a": [1.0] * 5, "b": [np.nan] * 5, "c": [1.0, 2, 3, 4, 5]}),
    ],
    ids=["one subject", "three subjects", "four subjects", "one apart", "never together", "constant and missing"],
)
def test_thin_data_neither_crash_nor_warn(table):
    answer = dependence(_scores(table), draw="all")
    assert list(answer) == COLUMNS
    assert not answer["beyond_rank"].any()
    assert list(bend_curve(_scores(table), "a", "b")) == CURVE


def test_a_card_without_scores_gives_an_empty_table():
    answer = dependence(make_card().scores.iloc[:0])
    assert list(answer) == COLUMNS
    assert answer.empty


@pytest.mark.parametrize("cycle", [cycle for cycle in OPERATIONS if cycle.startswith("2024")])
@pytest.mark.parametrize("values", ["score", "attainment", "actual"])
def test_nothing_bends_in_the_operations(cycle, values):
    answer = dependence(operations(cycle).scores, values, permutations=0)
    assert not answer["beyond_rank"].any()
    assert answer.iloc[0][["indicator_i", "indicator_j"]].tolist() == ["orders_handled", "order_value"]


def test_what_bends_among_the_hospitals_is_slight():
    """The curve of a pair that bends is seen by eye: those at both ends of infections do better than the middle."""
    scores = hospitals().scores
    answer = dependence(scores)
    flagged = answer[answer["beyond_rank"]]
    assert 0 < len(flagged) < 20
    assert (flagged["distance_correlation"] < 0.1).all()
    assert flagged["bend_p_drawn"].max() < 0.05
    first = flagged.iloc[0]
    assert [first["indicator_i"], first["indicator_j"]] == ["HCAHPS-CommunicationDoctors", "SSI-COMBINED"]
    mean = bend_curve(scores, first["indicator_i"], first["indicator_j"])
    lowest = mean["y"].argmin()
    assert 0 < lowest < len(mean) - 1
    assert mean["y_high"].iloc[lowest] < min(mean["y_low"].iloc[0], mean["y_low"].iloc[-1])


def test_a_curve_gives_the_mean_along_the_side_that_tells_more():
    table = _shapes(n=160)
    curve = bend_curve(_scores(table), "b", "a")
    assert set(curve["indicator_x"]) == {"a"}
    assert set(curve["indicator_y"]) == {"b"}
    assert curve["n"].tolist() == [20] * 8
    lowest = table.sort_values("a").head(20)
    first = curve.iloc[0]
    assert (first["x"], first["y"]) == pytest.approx((lowest["a"].mean(), lowest["b"].mean()))
    ends = stats.t.interval(0.95, 19, loc=lowest["b"].mean(), scale=stats.sem(lowest["b"]))
    assert (first["y_low"], first["y_high"]) == pytest.approx(ends)
    assert curve["y"].argmax() in (3, 4)


def test_few_subjects_make_few_groups_and_one_alone_has_no_interval():
    assert len(bend_curve(_scores(_shapes(n=20)), "a", "b")) == 3
    alone = bend_curve(_scores(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 5.0]})), "a", "b")
    assert alone["n"].tolist() == [1, 1]
    assert alone[["y_low", "y_high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"values": "points"}, "values: 'points'"),
        ({"permutations": -1}, "permutations: -1 is negative. Use 0 for none, or 199."),
        ({"draw": "some"}, "draw: 'some' is not known. Use 'flagged' or 'all'."),
    ],
)
def test_wrong_arguments_are_refused_in_words(wrong, said):
    with pytest.raises(KpiError) as refused:
        dependence(_scores(_shapes()), **wrong)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "said"), [({"groups": 1}, "groups: 1 shows no shape"), ({"level": 2}, "level: 2 is no share")]
)
def test_a_curve_refuses_wrong_arguments_in_words(wrong, said):
    with pytest.raises(KpiError) as refused:
        bend_curve(_scores(_shapes()), "a", "b", **wrong)
    assert said in str(refused.value)
