"""AHP on matrices: the published weights, the known answers of other programs, and what always holds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kpianalysis.analyses.opinions.consistency import consistency, implied_values, random_index, triads
from kpianalysis.analyses.opinions.pairwise import (
    aggregate_judgements,
    aggregate_priorities,
    comparison_matrix,
    eigenvector_priorities,
    geometric_priorities,
)
from kpianalysis.errors import KpiError

RELATIVE = 1e-9
SAATY_SCALE = [1 / k for k in range(9, 1, -1)] + list(range(1, 10))


def close(value):
    return pytest.approx(value, rel=RELATIVE, abs=1e-12)


def fractions(rows):
    return np.array([[eval_fraction(cell) for cell in row] for row in rows])


def eval_fraction(cell):
    above, _, below = cell.partition("/")
    return float(above) / float(below or 1)


def random_matrix(seed, n, missing=0, noise=0.4):
    """A reciprocal matrix around some weights; `missing` pairs are taken away as long as all stay linked."""
    rng = np.random.default_rng(seed)
    logs = rng.normal(size=n)
    matrix = np.exp(logs[:, None] - logs + noise * np.triu(rng.normal(size=(n, n)), 1))
    matrix = np.triu(matrix, 1) + np.eye(n) + np.tril(1 / matrix.T, -1)
    for _ in range(missing):
        i, j = rng.choice(n, 2, replace=False)
        tried = matrix.copy()
        tried[i, j] = tried[j, i] = np.nan
        if np.linalg.matrix_power((~np.isnan(tried)).astype(int), n).all():
            matrix = tried
    return matrix


def without(matrix, *pairs):
    copy = matrix.copy()
    for i, j in pairs:
        copy[i, j] = copy[j, i] = np.nan
    return copy


# Oracles ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ahp(shared):
    answers = json.loads((shared / "reference/weights_from_data/ahp.json").read_text())
    book = json.loads((shared / "reference/tai/published_oecd2008.json").read_text())
    answers["oecd_table20"]["matrix"] = fractions(book["table20_ahp_matrix"]["matrix"])
    two = answers["group_of_two"]
    answers["aij"] = {**two["aij"], "matrix": two["aggregated_judgements_geometric_mean"]}
    return answers


@pytest.mark.parametrize("name", ["oecd_table20", "three_by_three", "four_by_four", "inconsistent_cycle", "aij"])
def test_weights_and_indices_are_those_of_other_programs(ahp, name):
    """weights_from_data/ahp.json: Table 20 of OECD/JRC (2008), small matrices, a cycle, a group of two."""
    theirs, matrix = ahp[name], np.array(ahp[name]["matrix"])
    weights, lambda_max = eigenvector_priorities(matrix)
    found = consistency(matrix)
    assert weights.tolist() == close(theirs["weights_eigenvector"])
    assert geometric_priorities(matrix).tolist() == close(theirs["weights_geometric_mean"])
    assert lambda_max == close(theirs["lambda_max"])
    assert (found.lambda_max, found.index) == (close(theirs["lambda_max"]), close(theirs["consistency_index"]))
    assert found.geometric_index == close(theirs["geometric_consistency_index"])
    assert found.ratio == close(theirs["consistency_index"] / random_index(len(matrix)))


@pytest.mark.parametrize("name", ["oecd_table20", "three_by_three", "four_by_four"])
def test_the_ratio_differs_from_other_programs_by_their_table_alone(ahp, name):
    """Their random indices are Noble's (1990), stated in ahp.json: ours lie within a tenth of them."""
    theirs = ahp[name]["pymcdm"]
    ours = consistency(np.array(ahp[name]["matrix"]))
    assert ours.ratio * ours.random_index == pytest.approx(theirs["cr"] * theirs["random_index"], rel=1e-6)
    assert ours.random_index == pytest.approx(theirs["random_index"], rel=0.1)


def test_saatys_published_weights_and_ratio(shared):
    """Saaty (2008), drinks: weights printed to 3 digits, consistency ratio 0.022."""
    book = json.loads((shared / "reference/weights_from_data/ahp_published_saaty2008.json").read_text())
    matrix = np.array(book["matrix"])
    weights, lambda_max = eigenvector_priorities(matrix)
    assert weights.tolist() == pytest.approx(book["published_weights"], abs=0.0006)
    assert weights.tolist() == close(book["computed_weights"])
    assert lambda_max == close(book["computed_lambda_max"])
    assert round(consistency(matrix).ratio, 3) == book["published_consistency_ratio"]


def test_a_group_of_two_by_both_ways_together(ahp):
    """ahp.json, group_of_two: AIJ entry by entry, AIP by the geometric mean."""
    two = ahp["group_of_two"]
    matrices = [np.array(two["matrix_1"]), np.array(two["matrix_2"])]
    together = aggregate_judgements(matrices)
    assert together.ravel().tolist() == close(np.ravel(two["aggregated_judgements_geometric_mean"]).tolist())
    aip = aggregate_priorities(np.array([geometric_priorities(matrix) for matrix in matrices]))
    assert aip.tolist() == close(two["aip_geometric"])


# Random index ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [3, 4, 5, 7, 10, 15, 18])
def test_the_random_index_is_the_mean_of_random_matrices(n):
    """Monte Carlo, 4,000 matrices of Saaty's 17 values: within 4 standard errors, and 1 % for the table's own."""
    rng = np.random.default_rng(n)
    i, j = np.triu_indices(n, 1)
    matrices = np.ones((4000, n, n))
    drawn = rng.choice(SAATY_SCALE, (4000, len(i)))
    matrices[:, i, j], matrices[:, j, i] = drawn, 1 / drawn
    indices = (np.linalg.eigvals(matrices).real.max(axis=1) - n) / (n - 1)
    error = 4 * indices.std() / np.sqrt(len(indices)) + 0.01 * random_index(n)
    assert abs(indices.mean() - random_index(n)) < error


def test_the_random_index_falls_to_nothing_with_the_pairs_that_can_contradict():
    for n in range(3, 9):
        spare = (n - 1) * (n - 2) // 2
        values = [random_index(n, missing) for missing in range(spare + 1)]
        assert values[-1] == pytest.approx(0, abs=1e-15)
        assert np.diff(values, 2).tolist() == pytest.approx([0] * (spare - 1), abs=1e-12)
    assert random_index(2) == random_index(1) == 0


# Weights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_consistent_comparisons_give_back_the_weights_behind_them(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    weights = rng.dirichlet(np.ones(n))
    matrix = random_matrix(seed, n, missing=n, noise=0)
    matrix = np.where(np.isnan(matrix), np.nan, weights[:, None] / weights)
    assert geometric_priorities(matrix).tolist() == close(weights.tolist())
    by_eigenvector, lambda_max = eigenvector_priorities(matrix)
    assert by_eigenvector.tolist() == close(weights.tolist())
    assert lambda_max == close(n)
    assert triads(matrix).empty
    assert implied_values(matrix)[~np.isnan(implied_values(matrix))] == close(
        (weights[:, None] / weights)[~np.isnan(implied_values(matrix))]
    )


@pytest.mark.parametrize("seed", range(20))
def test_complete_comparisons_weigh_as_the_geometric_means_of_their_rows(seed):
    matrix = random_matrix(seed, 3 + seed % 5, noise=1)
    means = np.exp(np.log(matrix).mean(axis=1))
    assert geometric_priorities(matrix).tolist() == close((means / means.sum()).tolist())


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_items_does_not_matter(seed):
    matrix = random_matrix(seed, 6, missing=4)
    order = np.random.default_rng(seed).permutation(6)
    mixed = matrix[np.ix_(order, order)]
    assert geometric_priorities(mixed).tolist() == close(geometric_priorities(matrix)[order].tolist())
    assert eigenvector_priorities(mixed)[0].tolist() == close(eigenvector_priorities(matrix)[0][order].tolist())
    assert consistency(mixed).ratio == pytest.approx(consistency(matrix).ratio, rel=1e-8, nan_ok=True)
    assert triads(mixed)["factor"].tolist() == close(triads(matrix)["factor"].tolist())
    assert triads(matrix)["factor"].is_monotonic_decreasing


@pytest.mark.parametrize("seed", range(10))
def test_asked_the_other_way_round_the_weights_turn_round(seed):
    matrix = random_matrix(seed, 5, missing=2)
    turned = 1 / geometric_priorities(matrix)
    assert geometric_priorities(matrix.T).tolist() == close((turned / turned.sum()).tolist())


@pytest.mark.parametrize("seed", range(10))
def test_no_completion_has_a_smaller_eigenvalue(seed):
    """Of incomplete comparisons: 2,000 others, near and far, have none below, and some are near it."""
    rng = np.random.default_rng(seed)
    matrix = without(random_matrix(seed, 6, noise=1.5), (0, 2), (1, 5), (2, 4))
    smallest, weights = consistency(matrix).lambda_max, geometric_priorities(matrix)
    i, j = np.array([0, 1, 2]), np.array([2, 5, 4])
    tried = []
    for spread in np.repeat([0.02, 0.1, 0.3, 1], 500):
        matrix[i, j] = weights[i] / weights[j] * np.exp(spread * rng.normal(size=3))
        matrix[j, i] = 1 / matrix[i, j]
        tried.append(np.linalg.eigvals(matrix).real.max())
    assert smallest - 1e-9 < min(tried) < smallest + 0.02


def test_values_beyond_nine_and_far_beyond_are_weighed():
    matrix = comparison_matrix(3, [0, 1, 0], [1, 2, 2], [1e6, 1e6, 1e12])
    for weights in (geometric_priorities(matrix), eigenvector_priorities(matrix)[0]):
        assert (weights / weights[0]).tolist() == pytest.approx([1, 1e-6, 1e-12], rel=1e-6)
    assert consistency(matrix).index == pytest.approx(0, abs=1e-9)


def test_one_item_has_all_the_weight():
    assert geometric_priorities(np.ones((1, 1))).tolist() == [1.0]
    assert eigenvector_priorities(np.ones((1, 1))) == (pytest.approx(np.ones(1)), 1.0)
    assert np.isnan(consistency(np.ones((1, 1))).ratio)


def test_answers_both_ways_round_count_as_their_mean():
    matrix = comparison_matrix(2, [0, 1], [1, 0], [4, 1])
    assert matrix.tolist() == [[1.0, 2.0], [0.5, 1.0]]


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        (np.ones((2, 3)), "square"),
        (np.array([[1, -2], [-0.5, 1]]), "positive"),
        (np.array([[1, np.inf], [0, 1]]), "positive"),
        (np.array([[1, 2], [2, 1]]), "reciprocal"),
        (np.array([[2, 1], [1, 1]]), "reciprocal"),
        (np.array([[1, 2], [np.nan, 1]]), "reciprocal"),
        (without(np.ones((4, 4)), (0, 1), (0, 2), (1, 3), (2, 3)), "0, 3; 1, 2"),
    ],
)
def test_what_is_no_matrix_of_comparisons_is_refused(matrix, says):
    for use in (geometric_priorities, eigenvector_priorities, consistency, implied_values, triads):
        with pytest.raises(KpiError, match=says):
            use(matrix)


# Consistency -----------------------------------------------------------------------------------------------------


def test_what_cannot_contradict_itself_has_no_ratio():
    for matrix in (comparison_matrix(2, [0], [1], [3]), comparison_matrix(4, [0, 1, 2], [1, 2, 3], [9, 1 / 9, 5])):
        found = consistency(matrix)
        assert found.lambda_max == len(matrix)
        assert np.isnan([found.index, found.random_index, found.ratio, found.geometric_index]).all()
        assert np.isnan(implied_values(matrix)[0, 1])


@pytest.mark.parametrize("seed", range(15))
def test_the_geometric_index_is_the_mean_square_of_the_triads(seed):
    """Aguarón and Moreno-Jiménez (2003): of complete comparisons, the mean squared log error over triads, by 3."""
    n = 3 + seed % 4
    matrix = random_matrix(seed, n, noise=0.7)
    found = triads(matrix)
    number = n * (n - 1) * (n - 2) / 6
    assert consistency(matrix).geometric_index == close((np.log(found["factor"]) ** 2).sum() / number / 3)


@pytest.mark.parametrize("seed", range(15))
def test_the_comparison_that_was_spoilt_is_named_with_its_value(seed):
    rng = np.random.default_rng(seed)
    n = 4 + seed % 3
    matrix = random_matrix(seed, n, noise=0)
    i, j = sorted(rng.choice(n, 2, replace=False).tolist())
    right = matrix[i, j]
    matrix[i, j], matrix[j, i] = 5 * right, 1 / (5 * right)
    found = triads(matrix)
    assert len(found) == n - 2
    assert found["factor"].tolist() == close([5.0] * (n - 2))
    for row in found.to_dict("records"):
        assert {row["change_i"], row["change_j"]} == {i, j}
        turned = row["change_i"] == j
        assert row["change_to"] == close(1 / right if turned else right)
        assert row["change_from"] == close(matrix[j, i] if turned else matrix[i, j])


@pytest.mark.parametrize("seed", range(15))
def test_following_the_suggestion_makes_comparisons_more_consistent(seed):
    matrix = random_matrix(seed, 5, missing=seed % 4, noise=0.8)
    before, worst = consistency(matrix), triads(matrix).iloc[0]
    i, j = int(worst["change_i"]), int(worst["change_j"])
    matrix[i, j], matrix[j, i] = worst["change_to"], 1 / worst["change_to"]
    assert consistency(matrix).geometric_index < before.geometric_index
    assert consistency(matrix).ratio < before.ratio


@pytest.mark.parametrize("seed", range(10))
def test_what_the_others_imply_is_the_fit_without_the_comparison(seed):
    matrix = random_matrix(seed, 5, missing=2, noise=0.6)
    implied = implied_values(matrix)
    for i, j in zip(*np.nonzero(np.triu(~np.isnan(matrix), 1)), strict=True):
        try:
            rest = geometric_priorities(without(matrix, (i, j)))
        except KpiError:
            assert np.isnan(implied[i, j])
        else:
            assert implied[i, j] == close(rest[i] / rest[j])


# Groups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(15))
def test_both_ways_to_put_a_group_together_agree_for_complete_comparisons(seed):
    rng = np.random.default_rng(seed)
    matrices = [random_matrix(100 * seed + k, 5, noise=0.7) for k in range(4)]
    influence = rng.uniform(0.5, 3, 4)
    together = aggregate_judgements(matrices, influence)
    each = np.array([geometric_priorities(matrix) for matrix in matrices])
    assert geometric_priorities(together).tolist() == close(aggregate_priorities(each, influence).tolist())
    assert together.ravel().tolist() == close(aggregate_judgements(matrices, 7 * influence).ravel().tolist())
    assert (together * together.T).ravel().tolist() == close([1.0] * 25)


def test_a_comparison_that_some_did_not_make_is_that_of_the_others():
    a, b = random_matrix(1, 3), random_matrix(2, 3)
    together = aggregate_judgements([without(a, (0, 1)), b])
    assert together[0, 1] == close(b[0, 1])
    assert together[0, 2] == close(np.sqrt(a[0, 2] * b[0, 2]))
    nobody = aggregate_judgements([without(a, (0, 1)), without(b, (0, 1))])
    assert np.isnan(nobody[0, 1])


def test_nothing_that_is_given_changes():
    matrix = random_matrix(3, 5, missing=2)
    kept = matrix.copy()
    for use in (geometric_priorities, eigenvector_priorities, consistency, implied_values, triads):
        use(matrix)
    aggregate_judgements([matrix, matrix], [1, 2])
    np.testing.assert_array_equal(matrix, kept)
