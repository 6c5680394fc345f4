"""Sentences about choices and uncertain weights: their numbers are the computed ones, every branch is true."""

from __future__ import annotations

import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.alternatives.choices import Choices, result_choices
from kpianalysis.analyses.alternatives.sobol_weights import sobol_indices
from kpianalysis.i18n import number, percent
from kpianalysis.names import Names
from kpianalysis.wording import choices, uncertain_weights
from tests.cards import given_card, operations, random_card
from tests.shown import SOURCES

SENTENCES = (
    choices.main_choice,
    choices.weights_settled,
    choices.largest_alone,
    choices.most_dependent,
    choices.advice,
    choices.what_was_compared,
    choices.choices_alt,
)


@pytest.fixture(scope="module")
def ours() -> tuple[Choices, Names]:
    card = operations("2024Q4")
    return result_choices(card), kpi.names_of(card)


def by_choice(found: Choices) -> pd.DataFrame:
    return found.rank_shares.set_index("factor")


def test_the_main_choice_and_the_weights_are_named_with_their_shares(ours):
    found, names = ours
    by, said = by_choice(found), choices.main_choice(found, names)
    assert by.index[0] != "weights"
    assert f"{percent(by['first'].iloc[0])} comes from {choices.factor_name(by.index[0], 'en')}" in said
    assert f"{percent(by.loc['weights', 'first'])} from the weights" in said
    assert f"and {percent(1 - by['first'].sum())} from the interplay" in said
    assert number(len(found.runs)) in said


def test_weights_that_matter_most_are_said_to():
    card = random_card(9, gaps=0.0)
    found = result_choices(card, {"normalisation": [], "scoring": [], "aggregation": []}, draws=8, spread=1.0)
    names, by = kpi.names_of(card), by_choice(found)
    assert by.index[0] == "weights"
    assert f"{percent(by['first'].iloc[0])} comes from the weights, more than" in choices.main_choice(found, names)
    assert "the weights deserve the discussion" in choices.advice(found, names)


def test_what_agreement_on_the_weights_would_do_is_first_and_total(ours):
    found, names = ours
    weights = by_choice(found).loc["weights"]
    said = choices.weights_settled(found, names)
    assert f"take away {percent(weights['first'])}" in said
    assert f"{percent(weights['total'])} of it would remain" in said


def test_the_largest_single_change_is_named(ours):
    found, names = ours
    changed = found.levels.sort_values("alone").iloc[-1]
    said = choices.largest_alone(found, names)
    assert choices.level_name(changed["factor"], changed["level"], names) in said
    assert f"by {number(changed['alone'], 1)} places" in said
    weights = found.levels[(found.levels["factor"] == "weights") & (found.levels["level"] != "stated")]["alone"]
    assert said.endswith(f"move them by {number(weights.min(), 1)} to {number(weights.max(), 1)}.")


def test_the_most_dependent_subject_is_one_the_page_may_name(ours):
    found, names = ours
    first = found.subjects.iloc[0]
    said = choices.most_dependent(found, names)
    assert f"'{names.subject(first['subject_id'])}'" in said
    assert f"{number(first['rank_low'])} to {number(first['rank_high'])}" in said
    part = operations("2024Q4").for_unit("north")
    mine = kpi.names_of(part)
    other = choices.most_dependent(found, mine)
    named = found.subjects[found.subjects["subject_id"].isin(mine.subjects)].iloc[0]
    assert f"'{mine.subject(named['subject_id'])}'" in other
    assert choices.most_dependent(found, kpi.names_of(given_card(pd.DataFrame({"a": [1.0]}, index=["nobody"])))) == ""


def test_what_was_compared_names_what_was_not():
    scores = pd.DataFrame({"a": [float(i) for i in range(10)], "b": [None] * 8 + [5.0, 7.0]}, index=list("ABCDEFGHIJ"))
    card = given_card(scores)
    said = choices.what_was_compared(result_choices(card), kpi.names_of(card))
    assert "what a missing score does (2)" in said
    assert "No alternative here for: the scoring method, the kind of mean." in said
    assert said.endswith("Not left out, because too many would have no total: 'a'.")
    empty = given_card(scores.assign(b=5.0).mask(scores["a"] == 3.0), missing="zero")
    assert "1 subject would lack a total" in choices.what_was_compared(result_choices(empty), kpi.names_of(empty))


@pytest.mark.parametrize("source", [name for name in SOURCES if name != "hospitals"])
def test_every_sentence_is_whole(source):
    card, _before = SOURCES[source]()
    found, names = result_choices(card), kpi.names_of(card)
    indices = sobol_indices(card, n=16)
    said = [sentence(found, names) for sentence in SENTENCES]
    said += [uncertain_weights.largest(indices, 0.25, names), uncertain_weights.idle(indices, names)]
    said.append(uncertain_weights.indices_alt(indices, 0.25, names))
    for text in said:
        assert not text or text[-1] == "."
        assert not {"nan", "None", "nan%", "–"} & {word.strip("().,;:'") for word in text.split()}


def test_the_largest_uncertain_weight_is_named_with_its_interval():
    card = operations("2024Q4")
    names, indices = kpi.names_of(card), sobol_indices(card, n=256)
    first = indices.iloc[0]
    said = uncertain_weights.largest(indices, 0.25, names)
    assert (
        f"'{names.item(first['item_id'])}' by itself ({percent(first['first_low'])} to {percent(first['first_high'])})"
        in said
    )
    assert f"± {percent(0.25)}" in said
    assert f"{percent(first['total'])} with its part" in said


def test_weights_that_hardly_matter_are_named_up_to_three():
    indices = pd.DataFrame({"item_id": list("vwxyz"), "total_high": [0.6, 0.01, 0.02, 0.03, 0.04]})
    names = Names("en", {}, {}, {}, {})
    said = uncertain_weights.idle(indices, names)
    assert "the weights of 'w', 'x', 'y' and 1 more hardly matter: each makes less than 5%" in said
    assert uncertain_weights.idle(indices.head(1), names) == ""
    assert "the weights of 'w' hardly matter" in uncertain_weights.idle(indices.head(2), names)


def test_every_choice_and_level_has_a_name(ours):
    found, names = ours
    for card_found in (
        found,
        result_choices(random_card(1, "refuse", gaps=0.05), {"scoring": ["met"], "aggregation": ["harmonic"]}),
    ):
        for row in card_found.levels.itertuples():
            assert choices.factor_name(row.factor, "en")
            assert choices.level_name(row.factor, row.level, names)
