"""What is said of pairs: counts are the computed ones, and every branch says something true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.correlation.pairs import correlations_by_values
from kpianalysis.i18n import number, percent
from kpianalysis.names import Names
from kpianalysis.wording import correlation
from tests.cards import OPERATIONS, given_card, hospitals, operations

PLAIN = Names("en", {}, {}, {}, {})


@pytest.fixture(scope="module")
def theirs():
    card = hospitals()
    return kpi.correlation(card.scores), kpi.names_of(card)


def _pairs(rho, low, high, n, p):
    """Pairs a0–b0, a1–b1, … with these numbers."""
    count = len(rho)
    return pd.DataFrame(
        {
            "indicator_i": [f"a{k}" for k in range(count)],
            "indicator_j": [f"b{k}" for k in range(count)],
            "spearman": rho,
            "ci_low": low,
            "ci_high": high,
            "n": n,
            "spearman_p_adjusted": p,
            "level": 0.9,
            "draws": 0,
        }
    )


FOUR = _pairs(
    [0.9, 0.72, -0.68, 0.1], [0.8, 0.6, -0.75, -0.1], [0.95, 0.8, -0.5, 0.3], [100, 50, 20, 19], [1e-9, 0.01, 0.04, 0.6]
)


def test_how_sure_pairs_are_is_counted():
    text = correlation.sure(FOUR, PLAIN)
    assert "Of 3 pairs with at least 20 subjects, 3 have a 90% interval that excludes 0" in text
    assert "3 hold when the number of pairs is allowed for" in text
    assert text.endswith("Pairs beyond 0.7 with their whole interval: 1; with 0.7 inside it: 2.")


def test_how_sure_pairs_of_the_large_source_are(theirs):
    pairs, names = theirs
    known = pairs.dropna(subset=["ci_low"])
    text = correlation.sure(pairs, names)
    for expected in (
        len(known),
        ((known["ci_low"] > 0) | (known["ci_high"] < 0)).sum(),
        (known["spearman_p_adjusted"] < 0.05).sum(),
    ):
        assert f" {number(expected)} " in text
    assert percent(0.95) in text


def test_without_enough_subjects_nothing_is_sure():
    text = correlation.sure(FOUR.assign(n=19), PLAIN)
    assert text == "No pair rests on at least 20 subjects: which correlations are chance cannot be said."
    assert correlation.sure(FOUR.head(0), PLAIN) == text


def test_pairs_of_few_subjects_are_counted_and_the_fewest_named():
    assert correlation.small(FOUR, PLAIN).startswith(
        "1 of 4 pairs rest on fewer than 20 subjects, the fewest 'a3' and 'b3' (19)"
    )
    everyone = correlation.small(FOUR.assign(n=[12, 8, 9, 9]), PLAIN)
    assert everyone.startswith("Every pair rests on fewer than 20 subjects (8 at the fewest)")
    assert everyone.endswith("no conclusion is possible.")
    assert correlation.small(FOUR.head(3), PLAIN) == ""
    assert correlation.small(FOUR.assign(spearman=np.nan), PLAIN) == ""


def test_the_strongest_pair_is_one_that_many_have_and_its_level_is_said():
    rare = _pairs([1.0], [0.2], [1.0], [6], [0.0]).replace({"a0": "rare"})
    text = correlation.strongest(pd.concat([rare, FOUR], ignore_index=True), PLAIN)
    assert text == "Strongest: 'a0' and 'b0', ρ = 0.90 (90% interval 0.80 to 0.95, n = 100)."


def test_where_nobody_has_enough_the_pairs_with_most_subjects_are_judged():
    few = FOUR.assign(n=[5, 12, 11, 3])
    assert correlation.judged(few)["n"].tolist() == [12, 11]
    assert correlation.judged(FOUR)["n"].tolist() == [100, 50, 20]
    assert correlation.judged(FOUR.assign(spearman=np.nan)).empty


def test_pairs_that_may_say_the_same_are_those_whose_interval_reaches_the_line():
    # a1 says the same already; a2's interval reaches −0.7.
    assert correlation.perhaps_same(FOUR)["indicator_i"].tolist() == ["a2"]
    assert correlation.perhaps_same(FOUR.assign(n=12)).empty


def test_the_forest_is_told_from_first_to_last(theirs):
    pairs, names = theirs
    text = correlation.forest_alt(pairs, names, most=10)
    assert correlation.strongest(pairs, names) in text
    last = correlation.judged(pairs).iloc[9]
    assert f"Last shown: '{names.item(last['indicator_i'])}' and '{names.item(last['indicator_j'])}'" in text
    assert f"the strongest 10 of {len(pairs)} pairs" in text


def _hidden(score, actual, top=0.05, bottom=0.05, n=50, p=0.001):
    columns = {"indicator_i": ["a"], "indicator_j": ["b"], "n": [n], "score": [score], "actual": [actual]}
    shares = {"share_top_i": 0.01, "share_top_j": top, "share_bottom_i": bottom, "share_bottom_j": 0.01}
    table = pd.DataFrame(columns).assign(actual_p_adjusted=p, **shares)
    return table.assign(hidden=table["actual"].abs() - table["score"].abs().fillna(0))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            _hidden(0.5, 0.8, top=0.4),
            "Capped scores hide correlation, most of all between 'a' and 'b': ρ is 0.50 on scores and 0.80 on actuals; "
            "40% share the highest score of 'b'. Pairs that reach 0.7 on actuals and not on scores: 1, the strongest "
            "'a' and 'b' (0.80).",
        ),
        (
            _hidden(0.4, 0.6, top=0.3, bottom=0.35),
            "Scores with a floor hide correlation, most of all between 'a' and 'b': ρ is 0.40 on scores and 0.60 on "
            "actuals; 35% share the lowest score of 'a'.",
        ),
        (
            _hidden(-0.4, -0.6),
            "Scores hide correlation, most of all between 'a' and 'b': ρ is -0.40 on scores and -0.60 on actuals. At "
            "most 5% share a highest or lowest score, so it is neither cap nor floor that does it.",
        ),
        (
            _hidden(np.nan, 0.6, top=1.0),
            "Scores hide correlation, most of all between 'a' and 'b': ρ is 0.60 on actuals, and scores of one of the "
            "two never vary.",
        ),
        (
            _hidden(0.65, 0.72),
            "Scores hide no correlation: where actuals are surely related, ρ is nowhere stronger by 0.1 or more than "
            "on scores. Pairs that reach 0.7 on actuals and not on scores: 1, the strongest 'a' and 'b' (0.72).",
        ),
        (
            _hidden(0.1, 0.25, p=0.2),
            "Scores hide no correlation: where actuals are surely related, ρ is nowhere stronger by 0.1 or more than "
            "on scores.",
        ),
        (
            _hidden(0.4, 0.8, n=19),
            "Scores and actuals cannot be compared: no pair has a correlation of both on enough subjects.",
        ),
    ],
    ids=["cap", "floor", "neither", "constant", "little", "chance", "few"],
)
def test_what_scores_hide_is_said_with_its_reason(table, said):
    assert correlation.hidden(table, PLAIN) == said


@pytest.mark.parametrize("cycle", OPERATIONS)
def test_nothing_is_said_to_be_hidden_where_nothing_is(cycle):
    card = operations(cycle)
    assert "hide no correlation" in correlation.hidden(correlations_by_values(card.scores), kpi.names_of(card))


def test_a_floor_hides_what_patients_say():
    card = hospitals()
    text = correlation.hidden(correlations_by_values(card.scores), kpi.names_of(card))
    assert text.startswith("Scores with a floor hide correlation")
    assert "Pairs that reach 0.7 on actuals and not on scores: 6" in text


def test_nothing_to_compare_is_said_without_a_number():
    card = given_card(pd.DataFrame({"a": [1.0, 2.0]}, index=["X", "Y"]))
    pairs, names = kpi.correlation(card.scores), kpi.names_of(card)
    said = correlation.heatmap_alt(pairs, kpi.correlation_groups(pairs), names)
    assert said.startswith("A heat map without cells")
    assert "0 of 0 pairs" in correlation.forest_alt(pairs, names)
