"""Which indicators could be predicted from the rest, how sure that is, and mostly from which."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpianalysis as kpi
from kpianalysis.analyses.redundancy.predictability import (
    ALONE,
    EXACT_SUM,
    HARDLY_KNOWN,
    NEVER_VARIES,
    TOO_FEW,
    VARIES_NOT_HERE,
    fit_on_others,
    not_predicted,
    predictable_indicators,
    variance_inflation,
)
from tests.builders import make_card
from tests.cards import QUARTERS, hospitals, operations

ROOM = "data/indicator_redundancy_reference"


def _table(seed=0, n=60, k=5, *, gaps=0.1, ties=True):
    """Scores that depend on each other, with ties and gaps."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, k)) + 0.8 * rng.normal(size=(n, 1))
    values = (50 + 10 * values).round(-1 if ties else 6)
    values[rng.uniform(size=values.shape) < gaps] = np.nan
    return pd.DataFrame(values, index=[f"S{i:03d}" for i in range(n)], columns=[f"i{j}" for j in range(k)])


def _scores(table):
    """Scores as a scorecard has them, as far as they are looked at here: no scheme to be read first."""
    wide = table.rename_axis("subject_id").reset_index()
    scores = wide.melt("subject_id", var_name="indicator_id", value_name="score")
    order = pd.CategoricalDtype(table.columns.astype(str))
    return scores.assign(indicator_id=scores["indicator_id"].astype(str).astype(order), kind="scored")


def _r_squared(complete, name, others=None):
    others = complete.drop(columns=name) if others is None else complete[list(others)]
    design = np.column_stack([np.ones(len(complete)), others])
    target = complete[name].to_numpy()
    residuals = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return 1 - residuals.var() / target.var()


def _unit(table):
    """Columns of mean 0 and length 1."""
    centred = np.asarray(table) - np.asarray(table).mean(axis=0)
    return centred / np.sqrt((centred**2).sum(axis=0))


def _inflation(table, **options):
    return variance_inflation(_scores(table), **options).set_index("indicator_id")


# Against others' numbers -----------------------------------------------------------------------------------------


def test_inflation_of_the_reference_table(shared):
    """reference/correlation/multivariate.json: VIF and R² of R on the 139 complete rows."""
    table = pd.read_csv(shared / "reference/correlation/kpi.csv", index_col="unit").drop(columns="region")
    expected = json.loads((shared / "reference/correlation/multivariate.json").read_text(encoding="utf-8"))
    ours = _inflation(table)
    assert ours["vif"].to_dict() == pytest.approx(expected["vif"], rel=1e-9)
    assert ours["r_squared"].to_dict() == pytest.approx(expected["multiple_R2"], rel=1e-9)
    assert set(ours["n"]) == {expected["complete_cases"]}
    assert set(ours["n_subjects"]) == {240}
    assert ours["first"].iloc[:2].to_dict() == {"unit_cost": "unit_cost_adj", "unit_cost_adj": "unit_cost"}


def test_inflation_of_the_technology_achievement_index(shared):
    """reference/tai/recomputed_r.json: VIF of R on the 8 indicators of 23 countries."""
    expected = json.loads((shared / "reference/tai/recomputed_r.json").read_text(encoding="utf-8"))
    table = pd.read_csv(shared / "reference/tai/tai_raw_23.csv", index_col=0)[expected["indicators"]]
    table = table.set_axis([f"C{i:02d}" for i in range(len(table))])
    # Scores with a floor at 0 would lose what is below it.
    ours = _inflation(table - table.min())
    assert ours["vif"].reindex(expected["indicators"]).to_numpy() == pytest.approx(expected["vif"], rel=1e-9)


def test_judges_who_are_rated_twelve_times_alike(shared):
    """data/indicator_redundancy_reference/README.md: VIF 15.9 (PHYS) to 265.7 (WRIT)."""
    table = pd.read_csv(shared / ROOM / "us_judge_ratings_1977.csv").drop(columns=["judge", "CONT"])
    ours = _inflation(table.set_axis([f"J{i:02d}" for i in range(len(table))]))
    assert ours.index[[0, -1]].tolist() == ["WRIT", "PHYS"]
    assert ours["vif"].iloc[[0, -1]].to_numpy() == pytest.approx([265.7, 15.9], abs=0.05)
    # r(ORAL, WRIT) = .993, the highest of all.
    assert ours.loc["WRIT", "first"] == "ORAL"
    assert ours.loc["WRIT", "r_squared_of_two"] >= 0.993**2


def test_the_rating_of_supervisors_is_predicted_as_published(shared):
    """data/indicator_redundancy_reference/README.md, Chatterjee and Price (1977): R² .7326, on complaints .6813."""
    table = pd.read_csv(shared / ROOM / "attitude_1977.csv").select_dtypes("number")
    table = table[["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]]
    table = table.set_axis([f"D{i:02d}" for i in range(len(table))])
    rating = _inflation(table).loc["rating"]
    assert rating["r_squared"] == pytest.approx(0.7326, abs=0.00005)
    # Ezekiel's adjustment of the same fit, 1 − (1 − R²)·29/23.
    assert rating["adjusted_r_squared"] == pytest.approx(1 - (1 - 0.7326) * 29 / 23, abs=0.0001)
    assert (rating["first"], rating["second"]) == ("complaints", "learning")
    alone = _inflation(table[["rating", "complaints"]]).loc["rating"]
    assert (alone["r_squared"], alone["r_squared_of_two"]) == pytest.approx((0.6813, 0.6813), abs=0.00005)
    assert (alone["first"], alone["second"], alone["first_coefficient"]) == (
        "complaints",
        "",
        pytest.approx(0.825, abs=5e-4),
    )


@pytest.mark.parametrize("source", ["drawn", "operations", "hospitals"])
def test_variance_inflation_is_one_over_what_least_squares_leaves(source):
    scores = {"drawn": lambda: _scores(_table()), "operations": lambda: operations().scores}.get(
        source, lambda: hospitals().scores
    )()
    ours = variance_inflation(scores).set_index("indicator_id")
    complete = kpi.wide_values(scores)[list(ours.index)].dropna()
    n, k = complete.shape
    assert set(ours["n"]) == {n}
    for name, row in ours.iterrows():
        r_squared = _r_squared(complete, name)
        assert (row["vif"], row["r_squared"]) == pytest.approx((1 / (1 - r_squared), r_squared), rel=1e-6)
        assert row["adjusted_r_squared"] == pytest.approx(1 - (1 - r_squared) * (n - 1) / (n - k), abs=1e-9)
    assert set(ours["by_chance"]) == {(k - 1) / (n - 1)}
    assert ours["vif"].is_monotonic_decreasing


# The best two ----------------------------------------------------------------------------------------------------


def test_the_best_two_are_those_whose_fit_explains_most():
    complete = _table(gaps=0, ties=False, k=6)
    ours = _inflation(complete)
    scaled = (complete - complete.mean()) / complete.std()
    for name, row in ours.iterrows():
        others = [other for other in complete if other != name]
        shares = {pair: _r_squared(complete, name, pair) for pair in combinations(others, 2)}
        best = max(shares, key=shares.get)
        assert {row["first"], row["second"]} == set(best)
        assert row["r_squared_of_two"] == pytest.approx(shares[best], rel=1e-9)
        found = np.linalg.lstsq(scaled[[row["first"], row["second"]]].to_numpy(), scaled[name].to_numpy(), rcond=None)[
            0
        ]
        assert [row["first_coefficient"], row["second_coefficient"]] == pytest.approx(found.tolist(), rel=1e-9)
        assert abs(row["first_coefficient"]) >= abs(row["second_coefficient"])


def test_a_twin_is_named_alone():
    table = _table(gaps=0, ties=False, k=3)
    ours = _inflation(table.assign(twin=100 - table["i1"]))
    for name, other in (("i1", "twin"), ("twin", "i1")):
        row = ours.loc[name]
        assert (row["first"], row["second"], row["reason"]) == (other, "", EXACT_SUM)
        assert (row["first_coefficient"], row["r_squared"]) == pytest.approx((-1, 1))
    # Two that are one are not named as two.
    assert not ({"i1", "twin"} <= set(ours.loc["i0", ["first", "second"]]))


# Exact sums, and who takes no part -------------------------------------------------------------------------------


def test_an_exact_sum_is_flagged_and_the_others_keep_their_numbers():
    table = _table(ties=False, gaps=0)
    ours, without = _inflation(table.assign(sum=table["i0"] + table["i1"])), _inflation(table)
    flagged = ours[ours["reason"] == EXACT_SUM]
    assert set(flagged.index) == {"i0", "i1", "sum"}
    assert set(flagged["r_squared"]) == {1}
    assert flagged[["vif", "adjusted_low", "adjusted_high"]].isna().all(axis=None)
    assert set(flagged.loc["sum", ["first", "second"]]) == {"i0", "i1"}
    assert flagged.loc["sum", "r_squared_of_two"] == pytest.approx(1)
    rest = ["i2", "i3", "i4"]
    assert ours.loc[rest, "vif"].to_numpy() == pytest.approx(without.loc[rest, "vif"].to_numpy(), rel=1e-9)
    assert ours.loc[rest, "adjusted_low"].notna().all()
    assert ours.index[:3].isin(flagged.index).all()


def test_fewer_subjects_than_needed_have_no_numbers_and_say_why():
    table = _table(ties=False, gaps=0)
    for n, has_numbers in ((7, False), (8, True)):
        ours = _inflation(table.head(n))
        assert set(ours["n"]) == {n}
        assert ours["vif"].notna().all() == has_numbers
        assert set(ours["reason"]) == ({""} if has_numbers else {TOO_FEW})
        assert (ours["first"] == "").all() == (not has_numbers)


def test_inflation_leaves_out_what_never_varies_or_hardly_anybody_has_and_says_so():
    table = _table(gaps=0).assign(constant=70.0)
    table["rare"] = table["i0"].where(np.arange(len(table)) < 20)
    # Varies only among those who lack another.
    table["still"] = np.where(np.arange(len(table)) < 5, 40.0, 60.0)
    table.loc[table.index[:5], "i4"] = np.nan
    scores = _scores(table)
    assert sorted(variance_inflation(scores)["indicator_id"]) == [f"i{j}" for j in range(5)]
    out = not_predicted(scores).set_index("indicator_id")
    assert out["reason"].to_dict() == {"constant": NEVER_VARIES, "rare": HARDLY_KNOWN, "still": VARIES_NOT_HERE}
    assert out["n"].tolist() == [60, 20, 60]
    assert set(out["n_subjects"]) == {60}


def test_one_indicator_has_nothing_to_be_predicted_from():
    one = variance_inflation(_scores(_table(k=1)))
    assert one["reason"].tolist() == [ALONE]
    assert one["vif"].isna().all()


@pytest.mark.parametrize("n", [0, 1, 3, 60])
def test_edges_have_the_same_columns(n):
    usual = variance_inflation(_scores(_table()))
    table = _table(n=60).head(max(n, 1)) * (np.nan if n == 0 else 1)
    scores = _scores(table) if n != 3 else make_card().scores
    ours = variance_inflation(scores)
    assert list(ours.columns) == list(usual.columns)
    assert (ours.dtypes == usual.dtypes).all()
    assert list(not_predicted(scores).columns) == ["indicator_id", "reason", "n", "n_subjects"]


def test_other_confidence_is_refused():
    with pytest.raises(kpi.KpiError, match=r"confidence: 95 is no share between 0 and 1"):
        variance_inflation(_scores(_table()), confidence=95)


# Intervals -------------------------------------------------------------------------------------------------------


def test_the_error_is_that_of_leaving_each_subject_out_in_turn():
    table = _table(gaps=0, ties=False, n=25, k=4)
    error = fit_on_others(_unit(table)).error
    without = [table.drop(index=subject) for subject in table.index]
    for j, name in enumerate(table):
        logs = np.array([np.log(1 - _r_squared(rest, name)) for rest in without])
        expected = np.sqrt((24 / 25) * ((logs - logs.mean()) ** 2).sum())
        assert error[j] == pytest.approx(expected, rel=1e-9)


def test_the_interval_lies_around_the_adjusted_share_and_never_below_nothing():
    ours = _inflation(_table(gaps=0, ties=False))
    reach = stats.t.ppf(0.975, 59)
    error = fit_on_others(_unit(_table(gaps=0, ties=False)[ours.index])).error
    high = 1 - (1 - ours["adjusted_r_squared"]) * np.exp(-reach * error)
    assert ours["adjusted_high"].to_numpy() == pytest.approx(high.to_numpy())
    noise = pd.DataFrame(np.random.default_rng(1).normal(50, 9, (40, 8)), index=[f"S{i}" for i in range(40)])
    nothing = _inflation(noise.set_axis([f"i{j}" for j in range(8)], axis="columns"))
    below = nothing[nothing["adjusted_r_squared"] < 0]
    assert len(below) > 2
    assert set(below["adjusted_low"]) == {0}
    values = noise.set_axis([f"i{j}" for j in range(8)], axis="columns")
    error = pd.Series(fit_on_others(_unit(values)).error, index=values.columns)
    expected = 1 - np.exp(-stats.t.ppf(0.975, 39) * error[below.index])
    assert below["adjusted_high"].to_numpy() == pytest.approx(expected.to_numpy())


@pytest.mark.parametrize(("loading", "kind"), [(0.5, "normal"), (1.0, "normal"), (1.0, "steps"), (2.0, "normal")])
def test_the_interval_covers_the_true_share(loading, kind):
    """800 samples of 60 subjects and 6 indicators; 95 % at least, less four standard errors (3 %)."""
    rng = np.random.default_rng(3)
    covariance = np.eye(6) + loading**2
    if kind == "steps":
        many = _drawn(rng, 400_000, loading, kind)
        covariance = np.cov(many, rowvar=False)
    true = 1 - 1 / (np.linalg.inv(covariance)[0, 0] * covariance[0, 0])
    hits = 0
    for _ in range(800):
        fit = fit_on_others(_unit(_drawn(rng, 60, loading, kind)))
        left, reach = min(fit.left[0] * 59 / 54, 1), np.exp(stats.t.ppf(0.975, 59) * fit.error[0])
        hits += 1 - left * reach <= true <= 1 - left / reach
    assert hits / 800 >= 0.92


def _drawn(rng, n, loading, kind):
    values = loading * rng.normal(size=(n, 1)) + rng.normal(size=(n, 6))
    return np.clip(np.round(1.5 * values), -3, 3) if kind == "steps" else values


def test_an_indicator_that_hangs_on_one_subject_has_no_interval_and_costs_the_others_none():
    table = _table(gaps=0, ties=False, k=3).assign(flag=0.0)
    table.loc[table.index[0], "flag"] = 100.0
    ours = _inflation(table)
    assert ours["vif"].notna().all()
    assert np.isnan(ours.loc["flag", "adjusted_low"])
    error = pd.Series(fit_on_others(_unit(table)).error, index=table.columns)
    for name in ("i0", "i1", "i2"):
        logs = np.array([np.log(1 - _r_squared(table.drop(index=subject), name)) for subject in table.index])
        expected = np.sqrt(59 / 60 * ((logs - logs.mean()) ** 2).sum())
        assert error[name] == pytest.approx(expected, rel=1e-9)


# Properties ------------------------------------------------------------------------------------------------------


def test_order_scale_and_direction_change_nothing_and_nothing_given_is_changed():
    table = _table(gaps=0.05, ties=False)
    usual = _inflation(table)
    turned = table.sample(frac=1, random_state=2)[table.columns[::-1]].assign(i2=lambda t: 100 - t["i2"])
    other = _inflation(turned).loc[usual.index]
    for column in ("vif", "r_squared", "adjusted_r_squared", "adjusted_low", "adjusted_high", "r_squared_of_two"):
        assert other[column].to_numpy() == pytest.approx(usual[column].to_numpy(), rel=1e-9), column
    assert other["first"].tolist() == usual["first"].tolist()
    scores = _scores(table)
    before = scores.copy(deep=True)
    variance_inflation(scores), not_predicted(scores)
    pd.testing.assert_frame_equal(scores, before)


@pytest.mark.parametrize("cycle", QUARTERS)
def test_only_the_planted_pair_could_be_predicted(cycle):
    ours = variance_inflation(operations(cycle).scores).set_index("indicator_id")
    found = predictable_indicators(ours)
    assert set(found.index) == {"orders_handled", "order_value"}
    assert found["first"].to_dict() == {"orders_handled": "order_value", "order_value": "orders_handled"}
    assert (ours.drop(index=found.index)["adjusted_r_squared"] < 0.3).all()


def test_what_chance_explains_is_not_called_predictable():
    """24 tables without any relation, some with hardly more subjects than indicators."""
    rng = np.random.default_rng(9)
    found = 0
    for n, k in ((20, 10), (23, 19), (40, 10), (60, 30)) * 6:
        noise = pd.DataFrame(rng.normal(50, 9, (n, k)), index=[f"S{i}" for i in range(n)])
        found += len(predictable_indicators(_inflation(noise.set_axis([f"i{j}" for j in range(k)], axis="columns"))))
    assert found == 0


def test_below_twenty_subjects_nothing_but_a_sum_is_called_predictable():
    table = _table(gaps=0, ties=False, n=40)
    near = table.assign(near=table["i0"] + 0.2 * np.random.default_rng(3).normal(size=40))
    for n, most in ((19, 0), (20, 2)):
        found = variance_inflation(_scores(near.head(n)))
        assert (found["vif"].head(2) > 100).all()
        assert len(predictable_indicators(found)) == most
    twins = table.head(19).assign(twin=table["i0"])
    assert len(predictable_indicators(variance_inflation(_scores(twins)))) == 2
