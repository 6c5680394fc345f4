"""Whether the data allow an answer at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpianalysis as kpi
from kpianalysis.analyses.correlation.data_limits import indicator_limits, missing_patterns
from tests.cards import OPERATIONS, given_card, hospitals, operations

UNITS = ("north", "south", "east", "west")


def _card(table, units=None):
    subjects = [
        {"subject_id": name, "unit_id": unit, "role_id": "R"}
        for name, unit in zip(table.index, units or ["U"] * len(table), strict=True)
    ]
    return given_card(table, subjects=subjects)


def _table(values):
    table = pd.DataFrame(values)
    return table.set_axis([f"S{i:03d}" for i in range(len(table))])


def test_ends_distinct_values_and_gaps_are_counted():
    table = _table({"a": [0.0, 0, 50, 100], "b": [70.0, 70, 70, np.nan], "c": [1.0, 2, 3, 4]})
    limits = indicator_limits(_card(table).scores).set_index("indicator_id")
    assert limits.loc["a"].tolist() == [4, 0, 3, 0.5, 0.25, False]
    assert limits.loc["b"].tolist() == [3, 0.25, 1, 1, 1, True]
    assert limits.loc["c", ["lowest", "highest"]].tolist() == [0.25, 0.25]


def test_an_indicator_nobody_has_is_there_with_nothing():
    table = _table({"a": [1.0, 2], "b": [np.nan, np.nan]})
    limits = indicator_limits(_card(table).scores).set_index("indicator_id")
    assert limits.loc["b", ["n", "missing", "distinct", "is_constant"]].tolist() == [0, 1.0, 0, False]
    assert limits.loc["b", ["lowest", "highest"]].isna().all()


def test_shares_are_of_those_the_indicator_applies_to():
    limits = indicator_limits(hospitals().scores).set_index("indicator_id")
    assert limits.loc["AMI-7a", "n"] == 1
    assert limits.loc["AMI-7a", "missing"] == pytest.approx(2954 / 2955)
    assert limits.loc["PSI-90", "highest"] == pytest.approx(1429 / 2950)


def test_gaps_of_one_unit_are_seen_and_the_unit_named():
    rng = np.random.default_rng(3)
    table = _table(rng.normal(70, 10, (80, 3)).round(1))
    table.columns = list("abc")
    units = [UNITS[i % 4] for i in range(80)]
    table.loc[table.index[2::4][:12], "b"] = np.nan
    first = missing_patterns(_card(table, units).scores).iloc[0]
    assert first[["indicator_id", "related_to", "item_id", "n", "n_missing"]].tolist() == [
        "b",
        "unit_id",
        "east",
        80,
        12,
    ]
    # 12 of 20 in one unit, none of 60 elsewhere: chi-squared = 80 * V².
    chi = stats.chi2_contingency([[12, 8], [0, 20], [0, 20], [0, 20]], correction=False).statistic
    assert first["strength"] ** 2 * 80 == pytest.approx(chi)
    # Three of eight cells expect fewer than 5: p is drawn, and none of 999 has as large a statistic.
    assert first["p"] == pytest.approx(1 / 1000)


def test_gaps_of_those_who_do_badly_elsewhere_are_seen():
    rng = np.random.default_rng(4)
    table = _table(rng.normal(70, 10, (100, 3)))
    table.columns = list("abc")
    table["b"] = table["b"].mask(table["a"] < table["a"].quantile(0.3))
    first = missing_patterns(_card(table).scores).iloc[0]
    assert first[["indicator_id", "related_to", "item_id", "n_missing"]].tolist() == ["b", "indicator", "a", 30]
    expected = stats.spearmanr(table["b"].isna(), table["a"])
    assert first["strength"] == pytest.approx(expected.statistic)
    assert first["p"] == pytest.approx(expected.pvalue)
    assert first["strength"] < 0


def test_gaps_by_chance_are_called_so_as_often_as_stated():
    """Under chance p is below 0.05 in about 5 % of cases: 400 indicators with gaps, standard error 1.1 points."""
    rng = np.random.default_rng(5)
    units = [UNITS[i % 4] for i in range(40)]
    by_unit, by_other = [], []
    for _case in range(4):
        table = _table(rng.normal(70, 10, (40, 101)))
        table.columns = ["a", *(f"g{i}" for i in range(100))]
        table = table.mask(rng.uniform(size=table.shape) < np.array([0.0] + [0.25] * 100))
        found = missing_patterns(_card(table, units).scores, draws=499)
        by_unit += found.loc[found["related_to"] == "unit_id", "p"].tolist()
        by_other += found.loc[found["item_id"] == "a", "p"].tolist()
    for p in (by_unit, by_other):
        assert len(p) == 400
        assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=3 * 0.011)


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_the_planted_gap_of_the_department_and_no_other(cycle):
    found = missing_patterns(operations(cycle).scores)
    sure = found[found["p_adjusted"] < 0.05]
    assert set(sure["indicator_id"]) == {"csat"}
    assert sure.iloc[0][["related_to", "item_id", "n_missing"]].tolist() == ["unit_id", "east", 8]


def test_small_hospitals_lack_infection_measures_and_are_liked_better():
    first = missing_patterns(hospitals().scores).iloc[0]
    assert first[["indicator_id", "related_to", "item_id"]].tolist() == [
        "HAI-2",
        "indicator",
        "HCAHPS-ResponsivenessStaff",
    ]
    assert first["strength"] > 0.4


def test_one_unit_alone_says_nothing_about_units():
    found = missing_patterns(operations("2024Q4").for_unit("east").scores)
    assert "unit_id" not in set(found["related_to"])


def test_order_of_subjects_does_not_matter():
    scores = operations("2024Q4").scores
    mixed = scores.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(indicator_limits(mixed), indicator_limits(scores))
    ours, theirs = missing_patterns(mixed), missing_patterns(scores)
    assert ours["item_id"].tolist() == theirs["item_id"].tolist()
    assert ours["strength"].to_numpy() == pytest.approx(theirs["strength"].to_numpy())


def test_nobody_at_all_gives_empty_tables():
    scores = kpi.score(kpi.load("data/operations", "2024Q4")).scores.head(0)
    assert indicator_limits(scores).empty
    assert list(missing_patterns(scores))[-1] == "p_adjusted"


def test_with_large_counts_p_is_that_of_chi_squared():
    table = _table(np.random.default_rng(6).normal(70, 10, (400, 2)).round(1))
    table.columns = list("ab")
    units = [UNITS[i % 4] for i in range(400)]
    table.loc[table.index[:90], "b"] = np.nan
    table.loc[table.index[2::4][:60], "b"] = np.nan
    found = missing_patterns(_card(table, units).scores)
    by_unit = found[found["related_to"] == "unit_id"].iloc[0]
    gone = pd.crosstab(pd.Series(units), table["b"].isna().to_numpy())
    assert by_unit["p"] == pytest.approx(stats.chi2_contingency(gone, correction=False).pvalue)
