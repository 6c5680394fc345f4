"""Which pairs go together directly, and which through others."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpianalysis.analyses.correlation.held_fixed import given, given_others, shrink, shrinkage_intensity
from kpianalysis.analyses.correlation.intervals import pearson_interval, spearman_interval
from kpianalysis.analyses.correlation.partial import COLUMNS, partial_correlation
from kpianalysis.errors import KpiError
from tests.builders import make_card
from tests.cards import OPERATIONS, given_card, hospitals, operations
from tests.shown import SOURCES


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


def _table(seed=0, n=80, k=5, gaps=0.0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, k)) + 0.8 * rng.normal(size=(n, 1))
    values[rng.uniform(size=values.shape) < gaps] = np.nan
    return pd.DataFrame(values, index=[f"S{i:03d}" for i in range(n)], columns=[f"i{j}" for j in range(k)])


def _square(answer, column, order):
    both = pd.concat([answer, answer.rename(columns={"indicator_i": "indicator_j", "indicator_j": "indicator_i"})])
    return both.pivot(index="indicator_i", columns="indicator_j", values=column).loc[order, order].to_numpy()


def _off(square):
    return np.asarray(square)[~np.eye(len(square), dtype=bool)]


def _residuals(y, others):
    design = np.column_stack([np.ones(len(y)), *others])
    return y - design @ np.linalg.lstsq(design, y, rcond=None)[0]


def test_partial_correlations_and_p_of_the_reference_table(shared):
    """reference/correlation/multivariate.json, complete rows (n = 139): R, corpcor."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")
    expected = json.loads((shared / "reference/correlation/multivariate.json").read_text(encoding="utf-8"))
    answer = partial_correlation(_scores(table), method="pearson", shrinkage="none")
    assert set(answer["n"]) == {expected["complete_cases"]}
    assert expected["complete_cases"] - 2 - answer["n_fixed"].iloc[0] == expected["partial_df"]
    for column, theirs in {
        "correlation": "corr_complete",
        "partial": "partial_corr_all_others",
        "p": "partial_p",
    }.items():
        ours = _square(answer, column, expected["variables"])
        assert _off(ours) == pytest.approx(_off(expected[theirs]), rel=1e-8, abs=1e-13), column


def test_partial_correlations_of_the_technology_index(shared):
    """reference/tai/recomputed_r.json, 23 countries, 8 indicators: corpcor::cor2pcor."""
    expected = json.loads((shared / "reference/tai/recomputed_r.json").read_text(encoding="utf-8"))
    table = pd.read_csv(shared / "reference/tai/tai_raw_23.csv", index_col=0)[expected["indicators"]]
    answer = partial_correlation(_scores(table), method="pearson", shrinkage="none")
    ours = _square(answer, "partial", expected["indicators"])
    assert _off(ours) == pytest.approx(_off(expected["partial_all_others"]), rel=1e-9)


@pytest.mark.parametrize("controls", [None, ["i3", "i4"], []])
def test_a_partial_correlation_is_that_of_the_ranks_the_others_do_not_tell(controls):
    table = _table()
    answer = partial_correlation(_scores(table), controls=controls)
    ranks = table.rank()
    assert len(answer) == (3 if controls else 10)
    for row in answer.itertuples():
        fixed = [c for c in table if c not in (row.indicator_i, row.indicator_j)] if controls is None else controls
        left = [_residuals(ranks[name], [ranks[c] for c in fixed]) for name in (row.indicator_i, row.indicator_j)]
        r = np.corrcoef(*left)[0, 1]
        freedom = len(table) - 2 - len(fixed)
        assert row.n_fixed == len(fixed)
        assert row.partial == pytest.approx(r, rel=1e-9)
        assert row.correlation == pytest.approx(stats.spearmanr(table[row.indicator_i], table[row.indicator_j])[0])
        assert row.p == pytest.approx(2 * stats.t.sf(abs(r) * np.sqrt(freedom / (1 - r**2)), freedom), rel=1e-9)
        ends = spearman_interval(r, len(table) - len(fixed))
        assert (row.partial_low, row.partial_high) == pytest.approx(ends, rel=1e-9)


def test_without_others_a_partial_correlation_is_the_correlation():
    answer = partial_correlation(_scores(_table(k=2))).iloc[0]
    assert answer["partial"] == pytest.approx(answer["correlation"])


def test_p_is_uniform_and_the_interval_covers():
    """1,000 tables of 60 rows: shares within four standard errors of 5 %, and of 95 %."""
    rng = np.random.default_rng(1)
    root = np.linalg.cholesky(np.linalg.inv(np.array([[1.0, 0.0, -0.4], [0.0, 1.0, -0.4], [-0.4, -0.4, 1.0]])))
    p, covered = [], []
    for _ in range(1_000):
        table = pd.DataFrame(rng.normal(size=(60, 3)) @ root.T)
        partial = given_others(np.corrcoef(table.rank().to_numpy(), rowvar=False))
        freedom = 60 - 3
        t = abs(partial[0, 1]) * np.sqrt(freedom / (1 - partial[0, 1] ** 2))
        p.append(2 * stats.t.sf(t, freedom))
        low, high = pearson_interval(given_others(np.corrcoef(table.to_numpy(), rowvar=False))[0, 2], 59)
        covered.append(low < 0.4 < high)
    error = 4 * np.sqrt(0.05 * 0.95 / 1_000)
    assert abs(np.mean(np.array(p) < 0.05) - 0.05) < error
    assert abs(np.mean(covered) - 0.95) < error


def test_shrinkage_intensity_is_its_definition():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(15, 4)) + rng.normal(size=(15, 1))
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    n, above, below = 15, 0.0, 0.0
    for i in range(4):
        for j in range(4):
            if i != j:
                w = z[:, i] * z[:, j]
                above += n / (n - 1) ** 3 * ((w - w.mean()) ** 2).sum()
                below += (n / (n - 1) * w.mean()) ** 2
    assert shrinkage_intensity(x) == pytest.approx(above / below, rel=1e-12)


def test_shrunk_partial_correlations_are_nearer_to_the_truth_where_subjects_are_few():
    """200 tables of 14 rows and 10 columns with one common cause: the mean squared error at least halves."""
    rng = np.random.default_rng(3)
    truth = given_others(np.full((10, 10), 0.5) + 0.5 * np.eye(10))
    errors = []
    for _ in range(200):
        x = np.sqrt(0.5) * (rng.normal(size=(14, 10)) + rng.normal(size=(14, 1)))
        square = np.corrcoef(x, rowvar=False)
        shrunk = shrink(square, shrinkage_intensity(x))
        errors.append([np.mean((given_others(s) - truth) ** 2) for s in (square, shrunk)])
    plain, drawn = np.mean(errors, axis=0)
    assert drawn < plain / 2


def test_few_subjects_for_each_indicator_are_shrunk_and_have_no_p():
    table = _table(n=30, k=10)
    enough = partial_correlation(_scores(table))
    assert (enough["shrinkage"] == 0).all()
    assert enough["p"].notna().all()
    few = partial_correlation(_scores(table.iloc[:29]))
    assert (few["shrinkage"] > 0).all()
    assert few[["p", "p_adjusted", "partial_low", "partial_high"]].isna().all(axis=None)
    assert few["partial"].notna().all()
    assert set(few["verdict"]) <= {"", "cannot tell"}
    # Two controls need few subjects: what is inverted is small.
    assert (partial_correlation(_scores(table.iloc[:29]), controls=["i0", "i1"])["shrinkage"] == 0).all()


def test_shrinkage_on_request():
    scores = _scores(_table())
    plain = partial_correlation(scores, shrinkage="none")
    pd.testing.assert_frame_equal(partial_correlation(scores, shrinkage=0.0), plain)
    all_gone = partial_correlation(scores, shrinkage=1.0)
    assert all_gone["partial"].to_numpy() == pytest.approx(0.0)
    pd.testing.assert_series_equal(all_gone["correlation"], plain["correlation"])


def test_more_indicators_than_subjects_have_an_answer_when_shrunk_and_none_otherwise():
    scores = _scores(_table(n=8, k=12))
    assert partial_correlation(scores)["partial"].notna().all()
    assert partial_correlation(scores, shrinkage="none")["p"].isna().all()


def test_an_exact_sum_of_others_has_no_answer_and_spares_the_rest():
    table = _table()
    summed = table.assign(total=table["i0"] + table["i1"])
    answer = partial_correlation(_scores(summed), method="pearson")
    of_sum = answer[["indicator_i", "indicator_j"]].isin(["i0", "i1", "total"]).any(axis=1)
    assert answer.loc[of_sum, "partial"].isna().all()
    assert answer.loc[of_sum, ["p", "p_adjusted", "partial_low"]].isna().all(axis=None)
    without = partial_correlation(_scores(table), method="pearson").set_index(["indicator_i", "indicator_j"])
    for row in answer[~of_sum].itertuples():
        assert row.partial == pytest.approx(without.loc[(row.indicator_i, row.indicator_j), "partial"])


def test_controls_that_tell_an_indicator_exactly_leave_nothing_of_it():
    table = _table(k=3)
    twin = table.assign(twin=2 * table["i0"] + 1)
    answer = partial_correlation(_scores(twin), controls=["twin"])
    assert answer.loc[answer["indicator_i"] == "i0", "partial"].isna().all()
    assert answer.loc[answer["indicator_i"] == "i1", "partial"].notna().all()


def test_two_formulas_give_the_same():
    square = np.corrcoef(_table(n=40, k=6).to_numpy(), rowvar=False)
    by_inverse = given_others(square)
    for i, j in ((0, 1), (2, 5)):
        others = np.setdiff1d(np.arange(6), [i, j])
        assert given(square, np.array([i, j]), others)[0, 1] == pytest.approx(by_inverse[i, j], rel=1e-9)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_verdict_tells_a_chain_from_a_direct_link(sign):
    rng = np.random.default_rng(4)
    cause = rng.normal(size=400)
    chain = {"x": cause + 0.5 * rng.normal(size=400), "cause": cause, "y": sign * cause + 0.5 * rng.normal(size=400)}
    direct = rng.normal(size=400)
    table = pd.DataFrame(chain | {"a": direct, "b": sign * direct + 0.4 * rng.normal(size=400)})
    verdicts = partial_correlation(_scores(table)).set_index(["indicator_i", "indicator_j"])["verdict"]
    assert verdicts["a", "b"] == "stays"
    assert verdicts["x", "y"] == "through others"
    assert verdicts["x", "cause"] == "stays"
    assert verdicts["x", "a"] == ""


def test_four_that_say_the_same_keep_a_part_of_each_pair_whichever_way_they_point():
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.normal(size=(150, 4)) + 1.2 * rng.normal(size=(150, 1)), columns=list("abcd"))
    answer = partial_correlation(_scores(table))
    assert "partly" in set(answer["verdict"])
    assert (answer["partial"] < 0.7 * answer["correlation"]).all()
    turned = partial_correlation(_scores(table.assign(a=-table["a"])))
    assert turned["verdict"].tolist() == answer["verdict"].tolist()
    assert turned["correlation"].min() < -0.5


def test_fewer_than_twenty_subjects_get_no_verdict():
    rng = np.random.default_rng(6)
    x = rng.normal(size=19)
    answer = partial_correlation(_scores(pd.DataFrame({"a": x, "b": x + 0.1 * rng.normal(size=19)})))
    assert answer["p"].iloc[0] < 0.001
    assert answer["verdict"].iloc[0] == "cannot tell"


def test_what_is_left_out_is_counted():
    table = _table(n=60, gaps=0.05).assign(constant=5.0, rare=np.where(np.arange(60) < 25, np.arange(60), np.nan))
    answer = partial_correlation(_scores(table))
    complete = table[[f"i{j}" for j in range(5)]].dropna()
    assert set(answer["n"]) == {len(complete)}
    assert set(answer["n_subjects"]) == {60}
    assert set(answer["n_left_out"]) == {2}
    assert not answer[["indicator_i", "indicator_j"]].isin(["constant", "rare"]).any(axis=None)
    # Who asks for a control gets it, however few have it; one that never varies is fixed already.
    asked = partial_correlation(_scores(table), controls=["rare", "constant"])
    assert set(asked["n"]) == {len(table.drop(columns="constant").dropna())}
    assert set(asked["n_fixed"]) == {1}


def test_order_of_subjects_and_indicators_and_monotone_maps_change_nothing():
    table = _table(seed=7, gaps=0.02)
    expected = partial_correlation(_scores(table))
    order = list(table)[::-1]
    changed = np.exp(table.sample(frac=1, random_state=1)[order])
    found = partial_correlation(_scores(changed))
    assert _off(_square(found, "partial", order)) == pytest.approx(_off(_square(expected, "partial", order)), rel=1e-9)
    assert found["correlation"].to_numpy() == pytest.approx(expected["correlation"].to_numpy(), rel=1e-9)


def test_inputs_stay_as_they_are():
    scores = _scores(_table())
    before = scores.copy(deep=True)
    partial_correlation(scores, controls=["i0"])
    pd.testing.assert_frame_equal(scores, before)
    square = np.array([[1.0, 0.5], [0.5, 1.0]])
    shrink(square, 0.5)
    given_others(square)
    assert square.tolist() == [[1.0, 0.5], [0.5, 1.0]]


@pytest.mark.parametrize("source", SOURCES)
def test_every_card_has_an_answer(source):
    scores = SOURCES[source]()[0].scores
    for values in ("score", "attainment", "actual"):
        answer = partial_correlation(scores, values)
        assert list(answer) == COLUMNS
        known = answer["partial"].dropna()
        assert known.between(-1, 1).all()


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1.0], "b": [2.0]}),
        pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 1.0, 3.0]}),
        pd.DataFrame({"a": [1.0, 2.0, 3.0, np.nan, np.nan, np.nan], "b": [np.nan, np.nan, np.nan, 1.0, 2.0, 3.0]}),
        pd.DataFrame({"a": [1.0] * 5, "b": [np.nan] * 5}),
        pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [1.0, 2, 3, 4, 5], "c": [5.0, 1, 2, 4, 3]}),
    ],
    ids=["one subject", "three subjects", "never together", "constant and missing", "the same twice"],
)
@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_thin_data_neither_crash_nor_warn(table, method):
    for controls in (None, [table.columns[0]]):
        answer = partial_correlation(_scores(table), controls=controls, method=method)
        assert list(answer) == COLUMNS
        assert not np.isinf(answer.select_dtypes("number")).any(axis=None)


def test_a_card_without_scores_gives_an_empty_table():
    scores = make_card().scores.iloc[:0]
    assert list(partial_correlation(scores)) == COLUMNS
    assert partial_correlation(scores).empty


@pytest.mark.parametrize("cycle", [cycle for cycle in OPERATIONS if cycle.startswith("2024")])
def test_of_the_operations_the_planted_pair_alone_is_strong_and_it_is_direct(cycle):
    answer = partial_correlation(operations(cycle).scores)
    strong = answer[answer["verdict"] != ""]
    assert strong[["indicator_i", "indicator_j", "verdict"]].to_numpy().tolist() == [
        ["orders_handled", "order_value", "stays"]
    ]
    assert set(answer["n"]) == {40}  # eight of the unit east have no customer satisfaction


def test_of_the_hospitals_strong_pairs_are_of_patient_experience():
    answer = partial_correlation(hospitals().scores)
    strong = answer[answer["verdict"] != ""]
    assert len(strong) > 5
    assert strong["indicator_i"].str.startswith("HCAHPS").all()
    assert strong["indicator_j"].str.startswith("HCAHPS").all()
    assert (answer["n"] < answer["n_subjects"] / 2).all()


def test_scores_of_a_card_are_what_the_plain_table_is():
    table = _table(n=40, k=3, gaps=0.1).clip(lower=-5) + 50
    pd.testing.assert_frame_equal(
        partial_correlation(given_card(table).scores), partial_correlation(_scores(table)), check_dtype=False
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"values": "points"}, "values: 'points'"),
        ({"controls": ["nothing"]}, "controls: no scored indicators: nothing"),
        ({"controls": "i0"}, "controls: 'i0' is a text. Use a list: ['i0']"),
        ({"method": "kendall"}, "method: 'kendall' is not known. Use one of: spearman, pearson."),
        ({"shrinkage": "much"}, "shrinkage: 'much' is not known"),
        ({"shrinkage": 1.5}, "shrinkage: 1.5 is no share from 0 to 1"),
        ({"level": 95}, "level: 95 is no share"),
    ],
)
def test_wrong_arguments_are_refused_in_words(wrong, said):
    with pytest.raises(KpiError) as refused:
        partial_correlation(_scores(_table()), **wrong)
    assert said in str(refused.value)
