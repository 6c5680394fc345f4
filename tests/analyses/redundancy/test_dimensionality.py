"""How many different things are measured: components, parallel analysis, loadings, and whether they can be read."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from kpianalysis.analyses.redundancy.adequacy import sampling_adequacy
from kpianalysis.analyses.redundancy.components import (
    correlation_of,
    correlations_of_many,
    effective_number,
    shuffled_eigenvalues,
)
from kpianalysis.analyses.redundancy.dimensionality import (
    component_loadings,
    least_loading,
    parallel_analysis,
    principal_components,
)
from kpianalysis.errors import KpiError
from tests.builders import actual_rows, make_card
from tests.cards import OPERATIONS, given_card, hospitals, operations
from tests.shown import SOURCES

ORACLE = {"rel": 1e-9, "abs": 1e-11}


def _scores(table):
    return given_card(table.set_axis([f"S{i:04d}" for i in range(len(table))])).scores


def _table(values):
    return pd.DataFrame(values, columns=[f"i{j:02d}" for j in range(values.shape[1])])


def _drawn(seed=0, n=80, k=6, *, gaps=0.0):
    """Scores that share one thing, with ties and gaps."""
    rng = np.random.default_rng(seed)
    values = (50 + 10 * (rng.normal(size=(n, k)) + 0.8 * rng.normal(size=(n, 1)))).round(0)
    values[rng.uniform(size=values.shape) < gaps] = np.nan
    return _table(values)


def _wide(loadings):
    return loadings.pivot(index="indicator_id", columns="component", values="loading")


@pytest.fixture(scope="module")
def kpis(shared):
    """240 units × 8 KPIs with gaps, ties and a binary one."""
    return pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")


@pytest.fixture(scope="module")
def kpis_expected(shared):
    return json.loads((shared / "reference/correlation/multivariate.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tai(shared):
    return pd.read_csv(shared / "reference/tai/tai_raw_23.csv", index_col="country")


@pytest.fixture(scope="module")
def tai_expected(shared):
    folder = shared / "reference/tai"
    names = ("recomputed_r", "published_oecd2008")
    return [json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in names]


def test_components_of_each_pillar_of_the_asem_example(shared):
    """asem/pca_by_pillar.json: COINr's get_PCA of 8 pillars; its loadings have length 1."""
    folder = shared / "reference/asem"
    normalised = pd.read_csv(folder / "normalised_0_100.csv", index_col="uCode")
    expected = json.loads((folder / "pca_by_pillar.json").read_text(encoding="utf-8"))
    assert len(expected) == 8
    for pillar in expected.values():
        scores = _scores(normalised[pillar["indicators"]])
        ours = principal_components(scores)
        assert ours["eigenvalue"].to_numpy() == pytest.approx(pillar["eigenvalues"], **ORACLE)
        assert ours["share"].to_numpy() == pytest.approx(pillar["share"], **ORACLE)
        assert ours["cumulative"].iloc[-1] == pytest.approx(1)
        first = _wide(component_loadings(scores, components=1)).loc[pillar["indicators"], 1]
        length_one = first.to_numpy() / np.sqrt(pillar["eigenvalues"][0])
        assert length_one == pytest.approx(pillar["first_pc_loadings"], **ORACLE)


def test_components_and_loadings_of_the_kpi_table(kpis, kpis_expected):
    """correlation/multivariate.json: complete rows, R's eigen and psych::principal."""
    components = principal_components(_scores(kpis))
    assert components["eigenvalue"].to_numpy() == pytest.approx(kpis_expected["eigenvalues"], **ORACLE)
    assert components["share"].to_numpy() == pytest.approx(kpis_expected["variance_share"], **ORACLE)
    assert set(components["n"]) == {kpis_expected["complete_cases"]}
    assert set(components["n_subjects"]) == {240}
    ours = _wide(component_loadings(_scores(kpis))).loc[kpis_expected["variables"]]
    assert ours.to_numpy() == pytest.approx(np.array(kpis_expected["loadings_sign_sum_positive"]), rel=1e-9, abs=1e-9)


def test_components_of_pairwise_correlations_of_the_kpi_table(kpis, kpis_expected):
    """correlation/multivariate.json, eigenvalues_pairwise_matrix."""
    ours = principal_components(_scores(kpis), gaps="pairwise")
    assert ours["eigenvalue"].to_numpy() == pytest.approx(kpis_expected["eigenvalues_pairwise_matrix"], **ORACLE)
    assert set(ours["n"]) == {240}


def test_parallel_analysis_of_the_kpi_table(kpis, kpis_expected):
    """correlation/multivariate.json: psych::fa.parallel with 2,000 normal tables; its tolerance of 0.02.

    Ours shuffles: the standard error of a mean of 1,000 is below 0.003.
    """
    expected = kpis_expected["parallel_analysis"]
    ours = parallel_analysis(_scores(kpis), draws=1000, seed=1)
    assert ours["random_mean"].to_numpy() == pytest.approx(expected["mean_random_eigenvalues"], abs=0.02)
    assert ours["keep"].sum() == expected["n_components_suggested"]


def test_whether_the_kpi_table_can_be_read(kpis, kpis_expected):
    """correlation/multivariate.json: psych::KMO and psych::cortest.bartlett."""
    ours = sampling_adequacy(_scores(kpis))
    assert ours.set_index("indicator_id")["kmo"].to_dict() == pytest.approx(kpis_expected["kmo_item"], **ORACLE)
    assert ours["kmo_all"].to_numpy() == pytest.approx(np.full(8, kpis_expected["kmo_overall"]), **ORACLE)
    bartlett = kpis_expected["bartlett"]
    assert ours["bartlett"].iloc[0] == pytest.approx(bartlett["chisq"], **ORACLE)
    assert ours["bartlett_df"].iloc[0] == bartlett["df"]
    assert ours["bartlett_p"].iloc[0] == pytest.approx(bartlett["p"], rel=1e-9)


def test_components_of_the_technology_achievement_index(tai, tai_expected):
    """tai/recomputed_r.json: psych::principal, psych::KMO, psych::cortest.bartlett and varimax of four components."""
    expected, _published = tai_expected
    scores, order = _scores(tai), expected["indicators"]
    assert principal_components(scores)["eigenvalue"].to_numpy() == pytest.approx(expected["eigenvalues"], **ORACLE)
    loadings = _wide(component_loadings(scores)).loc[order].to_numpy()
    assert loadings == pytest.approx(np.array(expected["loadings_sign_sum_positive"]), rel=1e-9, abs=1e-9)
    adequacy = sampling_adequacy(scores).set_index("indicator_id").loc[order]
    assert adequacy["kmo"].to_numpy() == pytest.approx(expected["kmo_item"], **ORACLE)
    assert adequacy["kmo_all"].iloc[0] == pytest.approx(expected["kmo"], **ORACLE)
    found = adequacy[["bartlett", "bartlett_df", "bartlett_p"]].iloc[0].to_numpy()
    assert found == pytest.approx([expected[f"bartlett_{name}"] for name in ("chisq", "df", "p")], rel=1e-9)
    theirs = np.array(expected["varimax4"]["loadings_unordered_columns"])
    theirs = theirs[:, np.argsort(-(theirs**2).sum(axis=0))]
    ours = _wide(component_loadings(scores, components=4, rotated=True)).loc[order].to_numpy()
    # R stops rotating once its criterion grows by less than 1e-5 of itself.
    assert np.abs(ours) == pytest.approx(np.abs(theirs), abs=1e-3)


def test_components_of_the_technology_achievement_index_as_printed(tai, tai_expected):
    """OECD/JRC (2008) Tables 7 and 8: shares to 0.111 point, loadings to 0.0125 (raw logs have two digits)."""
    expected, published = tai_expected
    components = principal_components(_scores(tai))
    assert 100 * components["share"].to_numpy() == pytest.approx(published["table7_eigenvalues"]["percent"], abs=0.111)
    assert components["eigenvalue"].to_numpy() == pytest.approx(published["table7_eigenvalues"]["eigenvalue"], abs=0.06)
    ours = _wide(component_loadings(_scores(tai))).loc[expected["indicators"]].to_numpy()
    theirs = np.array(published["table8_component_loadings"])
    theirs = theirs * np.sign((theirs * ours).sum(axis=0))
    assert ours == pytest.approx(theirs, abs=0.0125)


def test_judges_who_are_rated_twelve_times_alike_measure_one_thing(shared):
    """R in Action: first eigenvalue 10.1334 = 92.1 %, second 0.4246, loadings .89 (PHYS) to 1.00 (ORAL)."""
    folder = shared / "data/indicator_redundancy_reference"
    scores = _scores(pd.read_csv(folder / "us_judge_ratings_1977.csv").drop(columns=["judge", "CONT"]))
    ours = parallel_analysis(scores)
    assert ours["eigenvalue"].iloc[:2].to_numpy() == pytest.approx([10.1334, 0.4246], abs=0.00005)
    assert ours["share"].iloc[0] == pytest.approx(0.921, abs=0.0005)
    assert ours["keep"].sum() == 1
    assert ours["effective"].iloc[0] == pytest.approx(1.18, abs=0.01)
    loadings = component_loadings(scores, components=1).set_index("indicator_id")["loading"]
    names = ["INTG", "DMNR", "DILG", "CFMG", "DECI", "PREP", "FAMI", "ORAL", "WRIT", "PHYS", "RTEN"]
    printed = [0.92, 0.91, 0.97, 0.96, 0.96, 0.98, 0.98, 1.00, 0.99, 0.89, 0.99]
    expected = dict(zip(names, printed, strict=True))
    assert loadings.to_dict() == pytest.approx(expected, abs=0.0051)


def test_unrelated_indicators_share_a_component_in_one_of_twenty_tables():
    """500 tables of 25 × 4 with ties and gaps: 5 % within three standard errors (1 point each)."""
    rng = np.random.default_rng(4)
    found = 0
    for seed in range(500):
        values = rng.normal(size=(25, 4)).round(0)
        values[rng.uniform(size=values.shape) < 0.1] = np.nan
        first = np.linalg.eigvalsh(correlation_of(values))[-1]
        found += first > np.quantile(shuffled_eigenvalues(values, 99, seed)[:, 0], 0.95)
    assert found / 500 == pytest.approx(0.05, abs=0.03)


@pytest.mark.parametrize("themes", [1, 2, 3])
def test_as_many_components_are_kept_as_were_planted(themes):
    rng = np.random.default_rng(themes)
    common = rng.normal(size=(300, themes)).repeat(4, axis=1)
    values = np.hstack([common + 0.8 * rng.normal(size=common.shape), rng.normal(size=(300, 3))])
    scores = _scores(_table(50 + 10 * values))
    assert parallel_analysis(scores)["keep"].sum() == themes
    loadings = component_loadings(scores, components=themes, rotated=True)
    groups = {frozenset(rows["indicator_id"]) for _, rows in loadings[loadings["belongs"]].groupby("component")}
    assert groups == {frozenset(f"i{4 * t + j:02d}" for j in range(4)) for t in range(themes)}


def test_no_component_is_kept_after_one_that_chance_could_make():
    """Three unrelated pairs, r = 0.45: three components of 1.45, where chance makes 1.6, 1.3 and 1.1."""
    x = np.linalg.qr(np.column_stack([np.ones(60), np.random.default_rng(2).normal(size=(60, 6))]))[0][:, 1:]
    pairs = np.hstack([x[:, :3], 0.45 * x[:, :3] + np.sqrt(1 - 0.45**2) * x[:, 3:]])
    ours = parallel_analysis(_scores(_table(50 + 100 * pairs)))
    assert ours["eigenvalue"].iloc[:3].to_numpy() == pytest.approx([1.45] * 3)
    assert (ours["eigenvalue"] > ours["random_high"]).iloc[:3].tolist() == [False, True, True]
    assert not ours["keep"].any()


def test_the_band_of_chance_is_mean_and_quantile_of_the_shuffled_tables():
    table = _drawn(15)
    ours = parallel_analysis(_scores(table), draws=40, seed=3, level=0.8)
    found = shuffled_eigenvalues(table.to_numpy(), 40, 3)
    assert ours["random_mean"].to_numpy() == pytest.approx(found.mean(axis=0))
    assert ours["random_high"].to_numpy() == pytest.approx(np.quantile(found, 0.8, axis=0))


def test_shuffled_tables_with_gaps_are_correlated_over_the_rows_that_have_both():
    values = _drawn(3, gaps=0.2).to_numpy()
    filled = np.nan_to_num((values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0))
    ours = correlations_of_many(filled.T[None], (~np.isnan(values)).T.astype(float))[0]
    assert ours == pytest.approx(correlation_of(values), rel=1e-9)


def test_the_effective_number_of_unrelated_indicators_is_their_number_on_average():
    """2,000 tables of 40 × 6 independent columns: not the 5.3 that uncorrected r² would give."""
    rng = np.random.default_rng(8)
    values = rng.normal(size=(2000, 40, 6))
    values = (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True)
    squares = values.swapaxes(1, 2) @ values / 40
    found = [effective_number(square, 40) for square in squares]
    assert 5.8 < np.mean(found) <= 6
    assert 36 / (np.linalg.eigvalsh(squares) ** 2).sum(axis=1).mean() == pytest.approx(5.3, abs=0.05)


def test_the_effective_number_counts_groups_of_copies_once():
    blocks = np.kron(np.eye(3), np.ones((4, 4)))
    assert effective_number(blocks, 1e12) == pytest.approx(3)


def test_the_order_of_subjects_and_indicators_changes_no_number():
    table = _drawn(5, gaps=0.05)
    mixed = table.sample(frac=1, random_state=1).iloc[:, [3, 0, 5, 1, 4, 2]]
    for call in (principal_components, sampling_adequacy):
        a, b = (call(_scores(each)) for each in (table, mixed))
        a, b = ((each.set_index("indicator_id").sort_index() if "indicator_id" in each else each) for each in (a, b))
        pd.testing.assert_frame_equal(a, b, check_exact=False, rtol=1e-9)
    a, b = (
        _wide(component_loadings(_scores(each), components=2, rotated=True)).sort_index() for each in (table, mixed)
    )
    # A rotation stops once its criterion hardly grows.
    assert a.to_numpy() == pytest.approx(b.loc[a.index].to_numpy(), abs=1e-5)
    reordered = table.dropna()
    a, b = (parallel_analysis(_scores(each)) for each in (reordered, reordered.iloc[::-1]))
    pd.testing.assert_frame_equal(a, b, check_exact=False, rtol=1e-9)


def test_another_unit_of_measure_changes_no_number_and_the_other_direction_only_a_sign():
    table = _drawn(6)
    moved = table * [1, 2, 0.1, 3, 1, 5] + 7
    turned = table.assign(i05=-table["i05"])
    a, b, c = (principal_components(_scores(each)) for each in (table, moved, turned))
    pd.testing.assert_frame_equal(a, b, check_exact=False, rtol=1e-9)
    pd.testing.assert_frame_equal(a, c, check_exact=False, rtol=1e-9)
    first, other = (_wide(component_loadings(_scores(each)))[1] for each in (table, turned))
    assert other["i05"] == pytest.approx(-first["i05"])
    assert other.drop("i05").to_numpy() == pytest.approx(first.drop("i05").to_numpy())


def test_the_sum_of_loadings_is_positive_and_their_squares_are_the_eigenvalues():
    scores = _scores(_drawn(7))
    wide, components = _wide(component_loadings(scores)), principal_components(scores)
    assert (wide.sum() > 0).all()
    assert (wide**2).sum().to_numpy() == pytest.approx(components["eigenvalue"].to_numpy())
    assert (wide**2).sum(axis=1).to_numpy() == pytest.approx(np.ones(6))
    turned = component_loadings(scores, components=3, rotated=True)
    shares = turned.drop_duplicates("component")["share"]
    assert shares.sum() == pytest.approx(components["cumulative"].iloc[2])
    assert shares.is_monotonic_decreasing
    assert (_wide(turned).sum() > 0).all()


def test_an_indicator_belongs_to_one_component_at_most_and_only_from_the_least_loading_on():
    loadings = component_loadings(_scores(_drawn(8)), components=3, rotated=True)
    own = loadings[loadings["belongs"]]
    assert own["indicator_id"].is_unique
    two = np.random.default_rng(3).normal(size=(400, 2))
    both = np.column_stack([two[:, [0, 0, 0, 1, 1, 1]], two.sum(axis=1)]) + 0.5 * np.random.default_rng(4).normal(
        size=(400, 7)
    )
    shared_by_two = component_loadings(_scores(_table(both)), components=2, rotated=True)
    assert (shared_by_two.query("indicator_id == 'i06'")["loading"] > 0.5).all()
    assert shared_by_two.query("belongs")["indicator_id"].is_unique
    assert (own["loading"].abs() >= least_loading(80)).all()
    # Stevens (1992) prints .722 for 50, .512 for 100 and .364 for 200 subjects.
    assert [least_loading(n) for n in (50, 100, 200)] == pytest.approx([0.722, 0.512, 0.4], abs=0.0015)


def test_rare_and_constant_indicators_are_left_out_and_counted():
    table = _drawn(9).assign(same=5.0, rare=np.nan)
    table.loc[:30, "rare"] = np.arange(31.0)
    ours = parallel_analysis(_scores(table))
    assert ours["component"].tolist() == [1, 2, 3, 4, 5, 6]
    assert ours[["n", "n_subjects", "n_indicators", "n_left_out"]].iloc[0].tolist() == [80, 80, 6, 2]


def test_two_indicators_that_no_subject_has_both_leave_the_answer_missing():
    table = _drawn(10, k=3)
    table.loc[:39, "i00"] = np.nan
    table.loc[40:, "i01"] = np.nan
    complete, pairwise = (parallel_analysis(_scores(table), gaps=gaps) for gaps in ("complete", "pairwise"))
    assert complete.empty
    assert pairwise["eigenvalue"].isna().all()
    assert not pairwise["keep"].any()
    assert pairwise["effective"].isna().all()
    assert component_loadings(_scores(table), rotated=True, gaps="pairwise")["loading"].isna().all()


def test_an_exact_sum_of_others_is_a_component_of_no_size_and_leaves_adequacy_missing():
    table = _drawn(11, k=3)
    table["sum"] = table.sum(axis=1)
    ours = principal_components(_scores(table))
    assert ours["eigenvalue"].iloc[-1] == pytest.approx(0, abs=1e-12)
    adequacy = sampling_adequacy(_scores(table))
    assert adequacy[["kmo", "kmo_all", "bartlett", "bartlett_p"]].isna().all(axis=None)


def test_a_single_indicator_and_too_few_subjects_are_no_finding():
    alone = parallel_analysis(_scores(_drawn(12, k=1)))
    assert alone[["eigenvalue", "effective", "keep"]].to_numpy().tolist() == [[1.0, 1.0, False]]
    three = parallel_analysis(_scores(_drawn(13, n=3)))
    assert three["eigenvalue"].isna().all()
    assert not three["keep"].any()


def test_an_answer_has_its_columns_also_without_any_score():
    empty = make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill"))).scores
    for call in (principal_components, parallel_analysis, component_loadings, sampling_adequacy):
        ours, full = call(empty), call(_scores(_drawn()))
        assert ours.empty
        assert list(ours) == list(full)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("values", ["score", "attainment", "actual"])
def test_every_scheme_has_an_answer_and_stays_as_it_was(source, values):
    card = SOURCES[source]()[0]
    kept = card.scores.copy()
    for gaps in ("complete", "pairwise"):
        components = parallel_analysis(card.scores, values, draws=5, gaps=gaps)
        component_loadings(card.scores, values, int(components["keep"].sum()), rotated=True, gaps=gaps)
    sampling_adequacy(card.scores, values)
    assert card.scores.equals(kept)


def test_the_same_seed_gives_the_same_answer_and_another_a_similar_one():
    scores = _scores(_drawn(14))
    a, b, c = (parallel_analysis(scores, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(a, b)
    assert 0 < (a["random_mean"] - c["random_mean"]).abs().max() < 0.05


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"gaps": "mean"}, "gaps: 'mean' is no way to deal with gaps. Use one of: complete, pairwise."),
        ({"draws": 0}, "draws: 0 is too few. Use 1 or more, 200 for instance."),
        ({"level": 95}, "level: 95 is no share between 0 and 1. Use 0.95 for 95 %."),
        ({"values": "rank"}, "values: 'rank' cannot be correlated. Use one of: score, attainment, actual."),
    ],
)
def test_a_wrong_argument_is_named_and_mended(arguments, sentence):
    with pytest.raises(KpiError) as error:
        parallel_analysis(_scores(_drawn()), **arguments)
    assert str(error.value) == sentence


def test_a_negative_number_of_components_is_refused():
    with pytest.raises(KpiError) as error:
        component_loadings(_scores(_drawn()), components=-1)
    assert str(error.value) == "components: -1 is negative. Use the number to show, or none for all."


def test_the_hospitals_share_patient_experience_infections_and_survival():
    scores = hospitals("FY2017").scores
    components = parallel_analysis(scores)
    loadings = component_loadings(scores, components=int(components["keep"].sum()), rotated=True)
    own = loadings[loadings["belongs"]]
    groups = [set(rows["indicator_id"]) for _, rows in own.groupby("component")]
    assert len(groups) == 4
    experience = {name for name in scores["indicator_id"].cat.categories if name.startswith("HCAHPS")}
    assert len(experience) == 9
    assert groups[0] == experience
    assert {"HAI-1", "HAI-2", "HAI-5"} <= groups[1]
    assert groups[2] == {"MORT-30-AMI", "MORT-30-HF", "MORT-30-PN"}


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_in_the_operations_department_only_the_planted_pair_can_belong_to_a_theme(cycle):
    scores = operations(cycle).scores
    kept = int(parallel_analysis(scores)["keep"].sum())
    assert kept == 1
    loadings = component_loadings(scores, components=kept, rotated=True)
    assert set(loadings.loc[loadings["belongs"], "indicator_id"]) <= {"orders_handled", "order_value"}
    closest = loadings.loc[loadings["loading"].abs().nlargest(2).index, "indicator_id"]
    assert set(closest) == {"orders_handled", "order_value"}
