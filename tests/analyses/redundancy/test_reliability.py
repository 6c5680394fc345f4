"""Whether the indicators of a dimension measure one thing: Cronbach's α, its interval, each one against the rest."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpianalysis.analyses.redundancy.alpha import alpha_interval, alpha_of, covariance_of
from kpianalysis.analyses.redundancy.reliability import item_reliability, reliability
from kpianalysis.errors import KpiError
from kpianalysis.wording.reliability import against_the_rest, apart_from_the_rest
from tests.builders import actual_rows, make_card
from tests.cards import OPERATIONS, given_card, hospitals, operations
from tests.shown import SOURCES

ORACLE = {"rel": 1e-9, "abs": 1e-11}


def _scores(table, dimension_of=None):
    return given_card(table.set_axis([f"S{i:04d}" for i in range(len(table))]), dimension_of).scores


def _table(values):
    return pd.DataFrame(values, columns=[f"i{j}" for j in range(values.shape[1])])


def _standardised(table):
    return (table - table.mean()) / table.std()


def _related(seed=0, n=120, k=4, own=1.0):
    """Scores that share one thing."""
    rng = np.random.default_rng(seed)
    return _table(50 + 10 * (rng.normal(size=(n, 1)) + own * rng.normal(size=(n, k))))


def _read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_alpha_of_each_pillar_of_the_asem_example(shared):
    """asem/cronbach_alpha.json: COINr's get_cronbach on normalised data, and pairwise on raw data with gaps."""
    folder = shared / "reference/asem"
    framework = pd.read_csv(folder / "framework.csv", index_col="iCode")
    expected = _read(folder, "cronbach_alpha.json")
    normalised, raw = (pd.read_csv(folder / f"{name}.csv", index_col="uCode") for name in ("normalised_0_100", "raw"))
    parents = framework["Parent"].loc[list(normalised)].to_dict()
    ours = reliability(_scores(normalised, parents)).set_index("dimension_id")
    assert len(ours) == len(expected) == 9
    for name, row in ours.iterrows():
        theirs = expected[name or "ALL"]
        assert row["alpha"] == pytest.approx(theirs["alpha_raw_on_normalised"], **ORACLE)
        assert row["n_items"] == theirs["n_indicators"]
        if name:
            items = [item for item, parent in parents.items() if parent == name]
            assert alpha_of(raw[items].cov().to_numpy()) == pytest.approx(theirs["alpha_on_raw_pairwise"], **ORACLE)


def test_alpha_of_each_pillar_of_the_hierarchy_with_gaps(shared):
    """hierarchy_kpi/cronbach_by_pillar.json: COINr, from covariances of the units that have both."""
    folder = shared / "reference/hierarchy_kpi"
    framework = pd.read_csv(folder / "framework.csv").query("Level == 1")
    normalised = pd.read_csv(folder / "normalised_minmax_0_100.csv", index_col="uCode")
    for name, theirs in _read(folder, "cronbach_by_pillar.json").items():
        items = framework.loc[framework["Parent"] == name, "iCode"]
        assert alpha_of(normalised[items].cov().to_numpy()) == pytest.approx(theirs, **ORACLE)


def test_alpha_and_items_of_the_kpi_table(shared):
    """correlation/multivariate.json: psych::alpha on the 139 complete rows."""
    folder = shared / "reference/correlation"
    table = pd.read_csv(folder / "kpi.csv", index_col="unit").drop(columns="region")
    expected = _read(folder, "multivariate.json")
    scores = _scores(table)
    ours = reliability(scores).iloc[0]
    columns = {"alpha": "alpha_raw", "alpha_standardised": "alpha_std", "mean_correlation": "average_r"}
    for name, theirs in columns.items():
        assert ours[name] == pytest.approx(expected[theirs], **ORACLE), name
    assert (ours["n"], ours["n_subjects"]) == (expected["complete_cases"], 240)
    items = item_reliability(scores).set_index("indicator_id")
    columns = {
        "alpha_without": "alpha_raw_if_dropped",
        "alpha_standardised_without": "alpha_std_if_dropped",
        "item_rest": "item_total_corr_corrected_raw",
        "item_rest_all": "item_total_corr_corrected_raw",
    }
    for name, theirs in columns.items():
        assert items[name].to_dict() == pytest.approx(expected[theirs], **ORACLE), name
    equal = item_reliability(_scores(_standardised(table.dropna()))).set_index("indicator_id")
    assert equal["item_rest"].to_dict() == pytest.approx(expected["item_total_corr_corrected_std"], **ORACLE)
    assert equal["alpha_without"].to_dict() == pytest.approx(expected["alpha_std_if_dropped"], **ORACLE)


def test_alpha_and_items_of_the_technology_achievement_index(shared):
    """tai/recomputed_r.json, and OECD/JRC (2008): .70; Table 11 to 0.0015 and 0.006 (raw logs have two digits)."""
    folder = shared / "reference/tai"
    table = pd.read_csv(folder / "tai_raw_23.csv", index_col="country")
    expected, published = _read(folder, "recomputed_r.json"), _read(folder, "published_oecd2008.json")
    order = expected["indicators"]
    ours = reliability(_scores(table)).iloc[0]
    assert ours["alpha"] == pytest.approx(expected["alpha_raw"], **ORACLE)
    assert ours["alpha_standardised"] == pytest.approx(expected["alpha_standardised"], **ORACLE)
    assert ours["alpha_standardised"] == pytest.approx(published["cronbach_alpha_standardised"], abs=0.005)
    items = item_reliability(_scores(_standardised(table))).set_index("indicator_id").loc[order]
    assert items["alpha_without"].to_numpy() == pytest.approx(expected["alpha_std_if_dropped"], **ORACLE)
    assert items["item_rest"].to_numpy() == pytest.approx(expected["item_rest_correlation"], **ORACLE)
    printed = published["table11_cronbach_if_deleted"]
    assert items["alpha_without"].to_numpy() == pytest.approx(printed["alpha"], abs=0.002)
    assert items["item_rest"].to_numpy() == pytest.approx(printed["correlation_with_total"], abs=0.006)


def test_alpha_of_the_attitude_survey(shared):
    """Chatterjee and Price (1977), seven questions in 30 departments: .8431."""
    folder = shared / "data/indicator_redundancy_reference"
    table = pd.read_csv(folder / "attitude_1977.csv").drop(columns="department")
    ours = reliability(_scores(table)).iloc[0]
    assert (ours["n_items"], ours["n"]) == (7, 30)
    assert ours["alpha"] == pytest.approx(0.8431, abs=0.00005)


def test_the_interval_is_the_jackknife_done_row_by_row():
    table = _related(1, n=25).round(-1).to_numpy()
    alpha, n = alpha_of(covariance_of(table)), len(table)
    spread = np.log([1 - alpha_of(np.cov(np.delete(table, row, axis=0), rowvar=False)) for row in range(n)])
    error = np.sqrt((n - 1) / n * ((spread - spread.mean()) ** 2).sum())
    reach = np.exp(stats.t.ppf(0.95, n - 1) * error)
    low, high = alpha_interval(table, 0.9)
    assert (low, high) == pytest.approx((1 - (1 - alpha) * reach, 1 - (1 - alpha) / reach), rel=1e-9)


def _steps_with_caps(z):
    return np.clip(np.round(3 * z + 1), 0, 6)


@pytest.mark.parametrize(
    ("k", "r", "warp", "true"),
    [(4, 0.3, None, 4 * 0.3 / 1.9), (2, 0.5, None, 1 / 1.5), (5, 0.0, None, 0.0), (5, 0.5, _steps_with_caps, None)],
)
@pytest.mark.parametrize("n", [10, 40])
def test_the_interval_covers_alpha_in_95_of_100_samples(k, r, warp, true, n):
    """2,000 samples, normal or in steps with floor and cap: within 2 points, four standard errors of 0.5."""
    rng = np.random.default_rng(100 * n + k)
    mix = np.linalg.cholesky(np.full((k, k), r) + (1 - r) * np.eye(k))
    warp = warp or (lambda z: z)
    if true is None:
        true = alpha_of(covariance_of(warp(rng.normal(size=(1_000_000, k)) @ mix.T)))
    samples = warp(rng.normal(size=(2000, n, k)) @ mix.T)
    ends = np.array([alpha_interval(sample) for sample in samples])
    ends = ends[~np.isnan(ends[:, 0])]
    assert len(ends) > 1980
    covered = (ends[:, 0] <= true) & (true <= ends[:, 1])
    assert covered.mean() == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("r", [0.1, 0.4, 0.9])
def test_alpha_of_equally_related_indicators_grows_with_their_number(r):
    """k·r/(1 + (k − 1)·r): Spearman and Brown."""
    for k in (2, 5, 20):
        square = np.full((k, k), r) + (1 - r) * np.eye(k)
        assert alpha_of(square) == pytest.approx(k * r / (1 + (k - 1) * r))


def test_neither_the_order_nor_a_common_scale_changes_a_number():
    table = _related(2)
    mixed = table.sample(frac=1, random_state=1)[["i2", "i0", "i3", "i1"]] * 0.5 + 3
    pd.testing.assert_frame_equal(reliability(_scores(table)), reliability(_scores(mixed)), rtol=1e-9)
    a, b = (item_reliability(_scores(each)).sort_values("indicator_id") for each in (table, mixed))
    pd.testing.assert_frame_equal(a, b.reset_index(drop=True), rtol=1e-9)


def test_indicators_that_go_against_each_other_have_a_negative_alpha_or_none():
    rng = np.random.default_rng(3)
    x = rng.normal(50, 10, size=40)
    against = reliability(_scores(_table(np.column_stack([x, 100 - x + rng.normal(0, 5, 40)])))).iloc[0]
    assert against["alpha"] < -3
    assert against["alpha_low"] < against["alpha"] < against["alpha_high"] < 0
    exact = reliability(_scores(_table(np.column_stack([x, 100 - x])))).iloc[0]
    assert exact[["alpha", "alpha_low", "alpha_high"]].isna().all()
    assert exact["mean_correlation"] == pytest.approx(-1)
    # They cancel but for the last digit.
    assert np.isnan(alpha_of(np.array([[1.0, -1.0 + 1e-14], [-1.0 + 1e-14, 1.0]])))


def test_copies_have_an_alpha_of_one():
    x = np.random.default_rng(4).normal(50, 10, size=40)
    ours = reliability(_scores(_table(np.column_stack([x, x, x])))).iloc[0]
    assert ours[["alpha", "alpha_low", "alpha_high"]].to_numpy(dtype=float) == pytest.approx([1, 1, 1])
    assert ours["reading"] == "one thing"


def test_rare_and_constant_indicators_are_left_out_and_counted():
    table = _related(5).assign(same=5.0, rare=np.nan)
    table.loc[:40, "rare"] = np.arange(41.0)
    ours = reliability(_scores(table)).iloc[0]
    assert ours[["n_items", "n_left_out", "n", "n_subjects"]].tolist() == [4, 2, 120, 120]
    assert ours["alpha"] == pytest.approx(reliability(_scores(_related(5)))["alpha"].iloc[0])
    items = item_reliability(_scores(table)).set_index("indicator_id")
    assert items.loc[["same", "rare"], ["alpha_without", "item_rest", "item_rest_all"]].isna().all(axis=None)
    assert (items.loc[["same", "rare"], "reading_without"] == "").all()


def test_few_have_an_indicator_is_said_of_those_who_have_any_of_its_dimension():
    table = _related(6, k=4)
    table.loc[40:, ["i2", "i3"]] = np.nan
    ours = reliability(_scores(table, {"i0": "X", "i1": "X", "i2": "Y", "i3": "Y"})).set_index("dimension_id")
    assert ours.loc["Y", ["n_items", "n", "n_subjects"]].tolist() == [2, 40, 40]
    assert ours.loc["", ["level", "n_items", "n_left_out", "n", "n_subjects"]].tolist() == ["all", 2, 2, 120, 120]


def test_a_dimension_with_one_indicator_has_no_alpha():
    ours = reliability(_scores(_related(7, k=1)))
    assert ours[["alpha", "alpha_low", "mean_correlation"]].isna().all(axis=None)
    assert (ours["reading"] == "").all()


@pytest.mark.parametrize(
    ("n", "interval", "reading"), [(2, False, ""), (4, False, ""), (19, True, ""), (20, True, "one thing")]
)
def test_few_subjects_have_no_interval_or_no_reading(n, interval, reading):
    ours = reliability(_scores(_related(8, n=n, own=0.3))).iloc[0]
    assert pd.notna(ours["alpha"]) == (n > 2)
    assert pd.notna(ours["alpha_low"]) == interval
    assert ours["reading"] == reading


def test_what_is_read_off_an_interval():
    """One thing needs a mean correlation too: 20 indicators with r = 0.15 have an α of 0.78."""
    tables = {
        "one thing": _related(9, 500, 4, 0.8),
        "different things": _related(9, 500, 4, 3),
        "unclear": _related(9, 60),
    }
    for reading, table in tables.items():
        assert reliability(_scores(table))["reading"].iloc[0] == reading
    many = reliability(_scores(_related(10, 500, 20, np.sqrt(1 / 0.15 - 1)))).iloc[0]
    assert many["alpha_low"] > 0.7
    assert many["reading"] == "unclear"


def test_an_indicator_that_measures_something_else_is_found():
    table = _related(11, n=300, k=3, own=0.7).assign(other=np.random.default_rng(1).normal(50, 12, 300))
    items = item_reliability(_scores(table))
    assert apart_from_the_rest(items)["indicator_id"].tolist() == ["other"]
    assert against_the_rest(items).empty
    turned = item_reliability(_scores(table.assign(other=100 - table["i0"])))
    assert "other" in set(against_the_rest(turned)["indicator_id"])


def test_an_indicator_of_its_own_is_seldom_found_where_there_is_none():
    """60 dimensions of four equal indicators, n = 40: one at most has an indicator that is said not to fit."""
    tables = [_related(seed, n=40, own=0.8).add_prefix(f"d{seed}") for seed in range(60)]
    table = pd.concat(tables, axis="columns")
    items = item_reliability(_scores(table, {name: name.split("i")[0] for name in table}))
    assert items["dimension_id"].nunique() == 60
    assert len(set(apart_from_the_rest(items)["dimension_id"])) <= 1
    assert against_the_rest(items).empty


def test_an_answer_has_its_columns_also_without_any_score():
    empty = make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill"))).scores
    for call in (reliability, item_reliability):
        ours, full = call(empty), call(_scores(_related()))
        assert ours.empty
        assert list(ours) == list(full)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("values", ["score", "attainment", "actual"])
def test_every_scheme_has_an_answer_and_stays_as_it_was(source, values):
    card = SOURCES[source]()[0]
    kept = card.scores.copy()
    reliability(card.scores, values)
    item_reliability(card.scores, values)
    assert card.scores.equals(kept)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_that_is_no_share_is_refused(confidence):
    with pytest.raises(KpiError) as error:
        reliability(_scores(_related()), confidence=confidence)
    assert str(error.value) == f"confidence: {confidence} is no share between 0 and 1. Use 0.95 for 95 %."


def test_patient_experience_is_the_one_thing_that_the_hospitals_measure_often():
    ours = reliability(hospitals("FY2017").scores).set_index("dimension_id")
    assert ours.index[ours["reading"] == "one thing"].tolist() == ["patient_experience"]
    assert ours.loc["patient_experience", "n_items"] == 9
    assert (ours.drop(["patient_experience", "efficiency"])["reading"] == "different things").all()


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_no_indicator_of_the_operations_department_is_called_a_misfit(cycle):
    scores = operations(cycle).scores
    assert not (reliability(scores)["reading"] == "one thing").any()
    items = item_reliability(scores)
    assert apart_from_the_rest(items).empty
    assert against_the_rest(items).empty
