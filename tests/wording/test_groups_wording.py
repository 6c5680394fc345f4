"""What is said of groups, and of what could be predicted: the branches the two examples do not reach."""

from __future__ import annotations

import numpy as np
import pandas as pd

import kpianalysis as kpi
from kpianalysis.analyses.redundancy.group_stability import group_stability
from kpianalysis.analyses.redundancy.groups import correlation_groups, group_tree
from kpianalysis.analyses.redundancy.predictability import not_predicted, variance_inflation
from kpianalysis.wording import groups as texts
from kpianalysis.wording import predictability as rest
from tests.cards import given_card, hospitals, operations


def _table(seed=0, n=60, sizes=(3, 2), noise=0.4):
    rng = np.random.default_rng(seed)
    columns = [f + noise * rng.normal(size=n) for size in sizes for f in [rng.normal(size=n)] for _ in range(size)]
    values = 50 + 10 * np.column_stack(columns)
    return pd.DataFrame(values, index=[f"S{i:03d}" for i in range(n)], columns=[f"i{j}" for j in range(len(columns))])


def _said(table):
    card = given_card(table)
    pairs, names = kpi.correlation(card.scores), kpi.names_of(card)
    groups, found = correlation_groups(pairs), group_stability(card.scores, draws=50)
    return pairs, groups, found, names


def test_two_groups_the_size_of_the_largest_and_pairs_that_go_in_opposite_directions_are_said():
    table = _table()
    table["i0"] = 100 - table["i0"]
    pairs, groups, found, names = _said(table)
    said = texts.grouped(groups, names, found)
    assert "Groups that move together: 2; the largest has 3 indicators" in said
    assert said.endswith("Pairs inside groups where more of one goes with less of the other: 2.")
    assert "Of 2 groups 2 are stable; the largest is highly stable" in texts.stable(found, names)
    assert "4 lines between 5 indicators, 2 of them negative" in texts.network_alt(pairs, groups, names)
    assert "Tree of 5 indicators" in texts.dendrogram_alt(group_tree(pairs), groups, found, names)


def test_of_a_large_group_eight_are_named():
    _pairs, groups, found, names = _said(_table(sizes=(12,)))
    assert texts.grouped(groups, names, found).endswith("and 4 more.")


def test_who_stands_at_the_border_of_a_group_is_named():
    table = _table(seed=2, sizes=(4,))
    table["near"] = 50 + 0.5 * (table["i0"] - 50) + 8 * np.random.default_rng(5).normal(size=60)
    _pairs, _groups, found, names = _said(table)
    near = found.members.set_index("indicator_id").loc["near"]
    assert near["group"] == 0
    assert near["other_share"] >= texts.AT_THE_BORDER
    assert "At the border: 'near' joins group 1 in" in texts.stable(found, names)


def test_few_subjects_allow_no_conclusion_in_any_sentence():
    card = operations("2024Q4").for_unit("east")
    pairs, names = kpi.correlation(card.scores), kpi.names_of(card)
    groups, found = correlation_groups(pairs), group_stability(card.scores, draws=20)
    for said in (
        texts.grouped(groups, names, found),
        texts.stable(found, names),
        texts.dendrogram_alt(group_tree(pairs), groups, found, names),
        texts.network_alt(pairs, groups, names),
        rest.predictable(variance_inflation(card.scores), names),
    ):
        assert "conclu" in said


def test_what_is_predictable_is_said_with_what_it_rests_on():
    names = kpi.names_of(operations("2024Q4"))
    inflation = variance_inflation(operations("2024Q4").scores)
    said = rest.predictable(inflation, names)
    assert said.startswith("Indicators that could be predicted from the rest: 2 of 10; best: 'Value of orders handled'")
    assert said.endswith("mostly 'Orders handled'.")
    names, scores = kpi.names_of(hospitals()), hospitals().scores
    said = rest.predictable(variance_inflation(scores), names)
    assert said.startswith("No indicator could be predicted from the rest (variance inflation of 5 or more")
    said = rest.based_on(variance_inflation(scores), not_predicted(scores), names)
    assert said.startswith("This rests on the 1,341 of 2,955 subjects that have every one of the 21 indicators")


def test_sums_chance_and_gaps_are_each_said_in_their_own_words():
    noise = pd.DataFrame(
        np.random.default_rng(1).normal(50, 9, (40, 5)), index=[f"S{i}" for i in range(40)], columns=list("abcde")
    )
    names = kpi.names_of(given_card(noise))
    said = rest.predictable(variance_inflation(given_card(noise).scores), names)
    assert said.startswith("No indicator could be predicted from the rest: what the others explain may be chance")
    scores = given_card(noise.assign(sum=noise["a"] + noise["b"])).scores
    assert rest.predictable(variance_inflation(scores), names).endswith("nothing new: 'a', 'b', 'sum'.")
    rare = noise.assign(**{name: noise["a"].where(noise.index < "S13") for name in ("v", "w", "x", "y")}, z=70.0)
    scores = given_card(rare).scores
    said = rest.based_on(variance_inflation(scores), not_predicted(scores), names)
    assert said.endswith("'x' (fewer than half of the subjects have it) and 2 more.")
    scores = given_card(noise.head(6)).scores
    said = rest.based_on(variance_inflation(scores), not_predicted(scores), names)
    assert said == "Only 6 of 6 subjects have every one of the 5 indicators; at least 8 would have to."
