"""Exact variance shares of choices, against definitions, closed forms and 600 runs of another program."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kpianalysis.analyses.alternatives.choice_totals import bend_back, straighten
from kpianalysis.analyses.alternatives.factorial import cube_shares, variance_shares
from kpianalysis.analyses.weights.weight_model import rank_rows
from kpianalysis.analyses.weights.weight_sets import totals_under
from kpianalysis.errors import KpiError
from tests.cards import given_card

FACTORS = ["normalisation", "aggregation", "weight_set"]
OUTCOMES = ["mean_abs_rank_shift", "score_AUT", "rank_AUT", "rank_KOR"]
TOLERANCE = 1e-9
MEANS = {"a_amean": "arithmetic", "a_gmean": "geometric", "a_hmean": "harmonic"}
NORMALISATIONS = ("minmax_1_100", "zscore_10_2")


@pytest.fixture(scope="module")
def folder(shared) -> Path:
    return shared / "reference/sensitivity_factorial"


@pytest.fixture(scope="module")
def runs(folder) -> pd.DataFrame:
    return pd.read_csv(folder / "full_factorial.csv")


@pytest.fixture(scope="module")
def ours(shared, folder) -> tuple[pd.DataFrame, np.ndarray]:
    """Run the 600 combinations anew: totals of 51 units, one row each, and the keys of the rows.

    A geometric mean of geometric means is the mean of logarithms bent back, and a harmonic one that of reciprocals: so
    each level of their hierarchy is a scheme of ours, and only the first and the last step differ.
    """
    parent = pd.read_csv(shared / "reference/asem/framework.csv", index_col="iCode")["Parent"]
    sets = pd.read_csv(folder / "weight_sets.csv")
    weights = sets.melt("weight_set", var_name="item_id", value_name="weight").rename(columns={"weight_set": "set_id"})
    keys, tables = [], []
    for normalisation in NORMALISATIONS:
        normalised = pd.read_csv(folder / f"normalised_{normalisation}.csv", index_col="uCode")
        for their_name, how in MEANS.items():
            straight = pd.DataFrame(straighten(normalised.to_numpy(), how), normalised.index, normalised.columns)
            pillars = given_card(straight, parent[list(straight)].to_dict()).dimension_scores
            wide = pillars.astype({"subject_id": str, "dimension_id": str}).pivot(
                index="subject_id", columns="dimension_id", values="score"
            )
            top = given_card(wide, parent[list(wide)].to_dict(), {"Conn": 1.0, "Sust": 1.0})
            totals = totals_under(top, weights).astype({"subject_id": str})
            table = totals.pivot(index="set_id", columns="subject_id", values="total").loc[
                sets["weight_set"].astype(str)
            ]
            tables.append(pd.DataFrame(bend_back(table.to_numpy(), how), columns=table.columns))
            keys += [(normalisation, their_name, number) for number in sets["weight_set"]]
    return pd.concat(tables, ignore_index=True), np.array(keys, dtype=object)


def test_shares_of_600_runs_are_exact(folder, runs):
    """exact_sobol.json, from full_factorial.csv; 0.1525… is the share that COINr's 2,500 runs gave as 0.048."""
    exact = json.loads((folder / "exact_sobol.json").read_text(encoding="utf-8"))
    for outcome in OUTCOMES:
        shares = variance_shares(runs, FACTORS, outcome).set_index("factor")
        assert shares["variance"].to_numpy() == pytest.approx(exact[outcome]["variance"], rel=TOLERANCE)
        for factor in FACTORS:
            assert shares.loc[factor, "first"] == pytest.approx(exact[outcome][factor]["S1"], rel=TOLERANCE)
            assert shares.loc[factor, "total"] == pytest.approx(exact[outcome][factor]["ST"], rel=TOLERANCE)
    shift = variance_shares(runs, FACTORS, "mean_abs_rank_shift").set_index("factor")
    assert shift.loc["normalisation", "first"] == pytest.approx(0.152503425172269, rel=TOLERANCE)
    assert shift["n_levels"].to_dict() == {"normalisation": 2, "aggregation": 3, "weight_set": 100}


def test_the_600_runs_come_out_the_same_from_normalised_values_and_weights(shared, runs, ours):
    """full_factorial.csv, from normalised_*.csv and weight_sets.csv; nominal ranks of asem/ranks_amean.csv."""
    totals, keys = ours
    nominal = pd.read_csv(shared / "reference/asem/ranks_amean.csv", index_col="uCode")["Index"]
    ranks = pd.DataFrame(rank_rows(totals.to_numpy()), columns=totals.columns)
    mine = pd.DataFrame(keys, columns=FACTORS).astype({"weight_set": "int64"})
    mine["mean_abs_rank_shift"] = (ranks - nominal.loc[ranks.columns]).abs().mean(axis=1)
    mine["score_AUT"], mine["rank_AUT"], mine["rank_KOR"] = totals["AUT"], ranks["AUT"], ranks["KOR"]
    both = mine.merge(runs, on=FACTORS, suffixes=("", "_theirs"), validate="1:1")
    assert len(both) == 600
    for outcome in OUTCOMES:
        assert both[outcome].to_numpy() == pytest.approx(both[f"{outcome}_theirs"].to_numpy(), rel=TOLERANCE)
    top = ranks.idxmin(axis=1)
    assert (top.to_numpy() == both["top1"].to_numpy()).all()


def test_ranks_over_the_600_runs_are_theirs(folder, ours):
    """rank_stats.csv: mean, median, quantiles, best and worst rank of 51 units."""
    totals, _keys = ours
    theirs = pd.read_csv(folder / "rank_stats.csv", index_col="uCode").loc[totals.columns]
    ranks = rank_rows(totals.to_numpy())
    found = {"mean": ranks.mean(axis=0), "min": ranks.min(axis=0), "max": ranks.max(axis=0)}
    found |= {name: np.quantile(ranks, q, axis=0) for name, q in (("median", 0.5), ("q05", 0.05), ("q95", 0.95))}
    for name, values in found.items():
        assert values == pytest.approx(theirs[name].to_numpy(), rel=TOLERANCE)


def table_of(cube: np.ndarray) -> tuple[pd.DataFrame, list[str]]:
    names = [f"f{axis}" for axis in range(cube.ndim)]
    rows = [(*where, cube[where]) for where in product(*(range(size) for size in cube.shape))]
    return pd.DataFrame(rows, columns=[*names, "y"]), names


@pytest.mark.parametrize("seed", range(20))
def test_shares_are_what_their_definitions_say(seed):
    """Conditional means by groupby, however many levels; rows in any order; any level names."""
    rng = np.random.default_rng(seed)
    cube = rng.normal(size=tuple(rng.integers(1, 5, rng.integers(2, 5)))) + 1e3
    table, names = table_of(cube)
    table = table.sample(frac=1, random_state=seed)
    shares = variance_shares(table, names, "y").set_index("factor")
    variance = table["y"].var(ddof=0)
    if cube.size == 1:
        assert shares[["first", "total"]].isna().all(axis=None)
        return
    for name in names:
        others = [other for other in names if other != name]
        first = table.groupby(name)["y"].mean().var(ddof=0) / variance
        total = 1 - table.groupby(others)["y"].mean().var(ddof=0) / variance
        assert shares.loc[name, ["first", "total"]].tolist() == pytest.approx([first, total], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_shares_bound_each_other_and_ignore_unit_and_origin(seed):
    rng = np.random.default_rng(seed)
    table, names = table_of(rng.normal(size=(3, 2, 4)))
    shares = variance_shares(table, names, "y")
    assert (shares["first"] >= -1e-12).all()
    assert (shares["interaction"] >= -1e-12).all()
    assert shares["first"].sum() <= 1 + 1e-12 <= shares["total"].sum() + 2e-12
    other = variance_shares(table.assign(y=7 - 40 * table["y"]), names, "y")
    pd.testing.assert_frame_equal(shares.drop(columns="variance"), other.drop(columns="variance"), rtol=1e-9)


def test_without_interplay_first_and_total_agree_and_sum_to_one():
    a, b, c = np.array([0.0, 1.0]), np.array([0.0, 3.0, 7.0]), np.array([5.0, 5.0])
    table, names = table_of(a[:, None, None] + b[:, None] + c)
    shares = variance_shares(table, names, "y")
    whole = a.var() + b.var()
    assert shares["first"].tolist() == pytest.approx([a.var() / whole, b.var() / whole, 0], abs=1e-12)
    assert shares["total"].tolist() == pytest.approx(shares["first"].tolist(), abs=1e-12)
    assert shares["variance"].tolist() == pytest.approx([whole] * 3)


def test_many_outcomes_at_once_are_each_by_itself():
    cube = np.random.default_rng(3).integers(1, 9, (3, 2, 2, 700))
    variance, first, total = cube_shares(cube)
    for place in (0, 123, 699):
        table, names = table_of(cube[..., place])
        alone = variance_shares(table, names, "y")
        assert variance[place] == pytest.approx(alone["variance"].iloc[0], rel=1e-12)
        assert first[:, place] == pytest.approx(alone["first"].to_numpy(), rel=1e-9, abs=1e-12)
        assert total[:, place] == pytest.approx(alone["total"].to_numpy(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("value", [5.0, 0.1 + 0.2, 0.0])
def test_an_outcome_that_never_varies_has_no_shares(value):
    table, names = table_of(np.full((3, 2), value))
    table.loc[0, "y"] += value * 1e-15
    shares = variance_shares(table, names, "y")
    assert shares[["first", "total", "interaction"]].isna().all(axis=None)
    assert (shares["variance"] == 0).all()


def test_what_is_not_a_full_design_is_refused_by_name():
    table, names = table_of(np.arange(6.0).reshape(2, 3))
    with pytest.raises(KpiError, match=r"1 combination of f0 × f1 \(1 × 2\) is missing\. Run every"):
        variance_shares(table.iloc[:-1], names, "y")
    with pytest.raises(KpiError, match=r"2 combinations of f0 × f1 \(0 × 0, 1 × 2\) are there more than once"):
        variance_shares(pd.concat([table, table.iloc[[0, 5, 5]]]), names, "y")
    with pytest.raises(KpiError, match=r"\(0 × 1\) is without a number in 'y'"):
        variance_shares(table.assign(y=table["y"].mask(table["y"] == 1)), names, "y")
    both = pd.concat([table.iloc[1:], table.iloc[[1]]])
    with pytest.raises(KpiError, match=r"(?s)\(0 × 0\) is missing.*\(0 × 1\) is there more than once"):
        variance_shares(both, names, "y")


def test_at_most_ten_missing_combinations_are_named():
    table, names = table_of(np.zeros((6, 6)))
    diagonal = table[table["f0"] == table["f1"]]
    with pytest.raises(KpiError, match=r"30 combinations of f0 × f1 \(0 × 1, .* and 20 more\) are missing"):
        variance_shares(diagonal, names, "y")


def test_columns_that_are_no_levels_are_refused_before_they_fill_the_memory():
    table = pd.DataFrame({name: np.arange(20_000) for name in ("f0", "f1", "y")})
    with pytest.raises(KpiError, match=r"400,000,000 combinations of f0 × f1, of which the table has 20,000"):
        variance_shares(table, ["f0", "f1"], "y")


def test_columns_that_are_not_there_and_empty_tables_are_refused():
    table, names = table_of(np.arange(4.0).reshape(2, 2))
    with pytest.raises(KpiError, match=r"no column f9, z\. It has: f0, f1, y"):
        variance_shares(table, [*names, "f9"], "z")
    for empty, factors in ((table.iloc[:0], names), (table, [])):
        with pytest.raises(KpiError, match="nothing to split"):
            variance_shares(empty, factors, "y")


def test_the_table_of_combinations_is_not_changed():
    table, names = table_of(np.arange(6.0).reshape(2, 3))
    before = table.copy()
    variance_shares(table, names, "y")
    pd.testing.assert_frame_equal(table, before)
