"""Whether scores tell people and units apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from kpianalysis.analyses.targets.discrimination import APART, COLUMNS, HARDLY, discrimination, pairs_apart
from kpianalysis.analyses.targets.target_history import CANNOT_TELL
from kpianalysis.analyses.targets.unit_share import intraclass_correlation
from kpianalysis.errors import KpiError
from tests.builders import actual_rows, make_card
from tests.cards import OPERATIONS, given_card, hospitals, operations


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_in_the_department_one_indicator_hardly_tells_people_apart_and_no_other(cycle):
    table = discrimination(operations(cycle)).set_index("indicator_id")
    assert table.index[table["verdict"] == HARDLY].tolist() == ["on_time_rate"]


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_units_surely_differ_where_one_is_judged_leniently_and_nowhere_else(cycle):
    table = discrimination(operations(cycle)).set_index("indicator_id")
    assert sorted(table.index[table["unit_low"] > 0]) == ["innovation_rating", "teamwork_rating"]


def test_one_unit_of_twelve_has_no_share_between_units():
    table = discrimination(operations("2024Q4").for_unit("east"))
    assert table[["unit_share", "unit_low", "unit_high"]].isna().all(axis=None)
    assert table.set_index("indicator_id").loc["utilisation", "verdict"] == CANNOT_TELL


def test_benchmarks_tell_people_apart():
    table = discrimination(hospitals()).set_index("indicator_id")
    assert set(table["verdict"]) == {APART, CANNOT_TELL}
    assert table.index[table["verdict"] == CANNOT_TELL].tolist() == ["AMI-7a"]


def test_pairs_are_those_counted_one_by_one():
    rng = np.random.default_rng(1)
    for values in (rng.normal(90, 1, 40), rng.integers(0, 4, 30) / 2, np.array([80.0, 81.0, 81.0, 90.0])):
        counted = np.mean([abs(a - b) >= 1 for a, b in combinations(values, 2)])
        assert pairs_apart(values)[0] == pytest.approx(counted, rel=1e-9)


def test_a_difference_that_is_reached_is_reached_whatever_the_last_digit():
    low = next(i / 100 for i in range(9000) if i / 100 + 1 > (i + 100) / 100)
    assert pairs_apart(np.array([low, round(low + 1, 2)]))[0] == 1.0


def test_who_has_no_unit_is_in_none():
    subjects = [{"subject_id": f"S{i:02d}", "unit_id": ("u", "v", None)[i % 3]} for i in range(30)]
    values = {row["subject_id"]: 90 + 3 * (i % 3) + i % 4 for i, row in enumerate(subjects)}
    row = discrimination(make_card(subjects=subjects, actuals=actual_rows(values))).iloc[0]
    scores = np.array([value for i, value in enumerate(values.values()) if i % 3 < 2], dtype=float)
    assert (row["n"], row["n_units"]) == (30, 2)
    assert row["unit_share"] == pytest.approx(intraclass_correlation(scores, np.tile([0, 1], 10))[0], rel=1e-9)


def test_the_interval_of_pairs_holds_the_true_share():
    # Normal scores of σ = 1.5: |a − b| ≥ 1 has the chance 2·Φ(−1/(1.5·√2)) = 0.6374. Standard error of 95 %: 0.011.
    rng = np.random.default_rng(2)
    ends = np.array([pairs_apart(rng.normal(0, 1.5, 48))[1:] for _draw in range(400)])
    assert ((ends[:, 0] <= 0.6374) & (ends[:, 1] >= 0.6374)).mean() == pytest.approx(0.95, abs=3 * 0.011)


@pytest.mark.parametrize(("values", "expected"), [([], None), ([5.0], None), ([5.0, 5.0], 0.0), ([5.0, 6.0], 1.0)])
def test_one_value_makes_no_pair(values, expected):
    share = pairs_apart(np.array(values))[0]
    assert np.isnan(share) if expected is None else share == expected


def test_printed_ratings_have_their_printed_intraclass_correlation(shared):
    table = pd.read_csv(shared / "data/reliability_reference/shrout_fleiss_1979.csv")
    values = table.drop(columns="target").to_numpy(dtype=float)
    share, low, high = intraclass_correlation(values.ravel(), np.repeat(table["target"].to_numpy(), values.shape[1]))
    assert share == pytest.approx(0.1657, abs=5e-5)
    assert [round(end, 2) for end in (low, high)] == [-0.13, 0.72]


def test_unequal_groups_equal_the_analysis_of_variance():
    rng = np.random.default_rng(3)
    sizes = [3, 8, 12, 5]
    groups = np.repeat(np.arange(4), sizes)
    values = rng.normal(0, 1, 28) + 0.8 * groups
    anova = anova_lm(smf.ols("y ~ C(g)", pd.DataFrame({"y": values, "g": groups})).fit())
    between, within = anova["mean_sq"]
    each = (28 - np.square(sizes).sum() / 28) / 3
    expected = (between - within) / (between + (each - 1) * within)
    assert intraclass_correlation(values, groups)[0] == pytest.approx(expected, rel=1e-9)


def test_the_interval_of_equal_groups_holds_the_true_share():
    # A third of the variance between 8 units of 6; standard error of 95 %: 0.011.
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(8), 6)
    found = []
    for _draw in range(400):
        _share, low, high = intraclass_correlation(rng.normal(0, 1, 48) + rng.normal(0, 0.5**0.5, 8)[groups], groups)
        found.append(low <= 1 / 3 <= high)
    assert np.mean(found) == pytest.approx(0.95, abs=3 * 0.011)


@pytest.mark.parametrize(
    ("values", "groups"), [([1.0, 2, 3], [0, 0, 0]), ([1.0, 2, 3], [0, 1, 2]), ([2.0, 2, 2, 2], [0, 0, 1, 1]), ([], [])]
)
def test_nothing_to_compare_has_no_share(values, groups):
    assert np.isnan(intraclass_correlation(np.array(values), np.array(groups))).all()


def test_units_that_differ_and_people_that_do_not_have_all_of_it_between():
    assert intraclass_correlation(np.array([1.0, 1, 5, 5]), np.array([0, 0, 1, 1])) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(("n", "verdict"), [(9, CANNOT_TELL), (10, HARDLY)])
def test_scores_all_alike_are_hardly_any_difference_from_ten_on(n, verdict):
    row = discrimination(given_card(pd.DataFrame({"a": [70.0] * n}))).iloc[0]
    assert (row["verdict"], row["distinct"], row["share_highest"], row["sd"]) == (verdict, 1, 1.0, 0.0)


def test_without_a_score_rows_are_empty_and_columns_are_all_there():
    row = discrimination(make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill")))).iloc[0]
    assert (row["n"], row["n_units"], row["verdict"]) == (0, 0, CANNOT_TELL)
    assert list(discrimination(make_card())) == COLUMNS


def test_inputs_stay_as_they_were_and_the_order_of_subjects_is_nothing():
    card = operations("2024Q4")
    kept = card.scores.copy()
    turned = replace(card, scores=card.scores.sample(frac=1, random_state=1).reset_index(drop=True))
    pd.testing.assert_frame_equal(discrimination(card), discrimination(turned), rtol=1e-9)
    pd.testing.assert_frame_equal(card.scores, kept)


@pytest.mark.parametrize("more", [{"difference": 0}, {"difference": float("nan")}, {"level": 1}])
def test_what_makes_no_sense_is_refused(more):
    with pytest.raises(KpiError, match="Use"):
        discrimination(make_card(), **more)
