"""Results under weights that somebody else states."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.errors import KpiError
from tests.cards import GRADES, by_subject, given_card, operations, random_card

OF = dict(zip("abcde", "XXXYZ", strict=True))


def _scores(seed=0, n=12):
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 100, (n, 5)).round(6)
    frame = pd.DataFrame(values, index=[f"S{i:02d}" for i in range(n)], columns=list("abcde"))
    return frame.mask(rng.uniform(size=frame.shape) < 0.15)


def _sets(**sets):
    rows = [(name, item, weight) for name, weights in sets.items() for item, weight in weights.items()]
    return pd.DataFrame(rows, columns=["set_id", "item_id", "weight"])


def _card(dimensions, weights=None):
    return given_card(_scores(), OF, dimensions, weights, grades=GRADES)


def _expect(card, answer, set_id="one"):
    mine = answer[answer["set_id"] == set_id].set_index("subject_id")
    theirs = card.totals.set_index(card.totals["subject_id"].astype("str")).loc[mine.index]
    assert mine["total"].to_numpy() == pytest.approx(theirs["total"].to_numpy(), abs=1e-9)
    assert mine["rank"].tolist() == theirs["rank"].tolist()
    assert mine["grade"].astype("object").tolist() == theirs["grade"].astype("object").tolist()


STATED = {"X": 3.0, "Y": 1.0, "Z": 2.0}


@pytest.mark.parametrize("card", [operations("2024Q3"), random_card(3)], ids=["operations", "random"])
def test_the_stated_weights_give_the_stated_result(card):
    stated = kpi.draw_weights(card, 1, 0, kpi.DrawRule(spread=0.0))
    _expect(card, kpi.totals_under(card, stated), "1")


def test_weights_of_the_dimensions_leave_those_within_them():
    answer = kpi.totals_under(_card(STATED), _sets(one={"X": 10, "Y": 30, "Z": 60}))
    _expect(_card({"X": 10.0, "Y": 30.0, "Z": 60.0}), answer)


def test_weights_within_a_dimension_leave_the_dimensions():
    answer = kpi.totals_under(_card(STATED), _sets(one={"a": 5, "b": 0, "c": 1}))
    _expect(_card(STATED, {"a": 5.0, "b": 0.0, "c": 1.0, "d": 1.0, "e": 1.0}), answer)


def test_weights_of_every_indicator_give_a_dimension_their_sum():
    weights = {"a": 5.0, "b": 2.0, "c": 1.0, "d": 4.0, "e": 3.0}
    answer = kpi.totals_under(_card(STATED), _sets(one=weights))
    _expect(_card({"X": 8.0, "Y": 4.0, "Z": 3.0}, weights), answer)


def test_several_sets_are_answered_each_by_itself():
    sets = _sets(one={"X": 1, "Y": 1, "Z": 1}, two={"a": 1, "b": 2, "c": 3}, three={"X": 0, "Y": 1, "Z": 1})
    together = kpi.totals_under(_card(STATED), sets)
    assert together["set_id"].drop_duplicates().tolist() == ["one", "two", "three"]
    for name, rows in sets.groupby("set_id"):
        alone = kpi.totals_under(_card(STATED), rows)
        pd.testing.assert_frame_equal(alone, together[together["set_id"] == name].reset_index(drop=True))


def test_only_proportions_count():
    ones, tens = (kpi.totals_under(_card(STATED), _sets(one={"X": k, "Y": 2 * k, "Z": 3 * k})) for k in (1, 10))
    pd.testing.assert_frame_equal(ones, tens)


def test_roles_keep_their_differences():
    card = operations()
    more = kpi.totals_under(
        card, _sets(one={"orders_handled": 9, "order_value": 1, "rework_rate": 1, "utilisation": 1})
    )
    weight = card.scores[card.scores["indicator_id"] == "orders_handled"].set_index("subject_id")["weight"]
    assert weight.max() > weight.min()
    shift = by_subject(more.assign(subject_id=more["subject_id"]), "total") - by_subject(card.totals)
    assert shift.abs().max() > 1


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"x": 1}, "one: there is no indicator or dimension 'x'. Known: X, Y, Z, a, b, c, d, e."),
        ({"X": -1, "Y": 1, "Z": 1}, "one: the weight of X is -1. Give a number of 0 or more."),
        ({"X": np.nan, "Y": 1, "Z": 1}, "one: the weight of X is nan. Give a number of 0 or more."),
        ({"a": 1}, "one: it names a part of a group and leaves out b, c. Name all, with 0 where meant."),
        ({"X": 0, "Y": 0, "Z": 0}, "one: the weights of X, Y, Z are all 0. Give one of them a weight."),
    ],
)
def test_weights_that_cannot_be_used_say_why(weights, message):
    with pytest.raises(KpiError) as raised:
        kpi.totals_under(_card(STATED), _sets(one=weights))
    assert message in str(raised.value)


def test_an_item_without_a_stated_weight_has_none_to_change():
    card = _card(STATED, {"a": 1.0, "b": 0.0, "c": 1.0, "d": 1.0, "e": 1.0})
    with pytest.raises(KpiError, match="b has no weight in the scheme"):
        kpi.totals_under(card, _sets(one={"a": 1, "b": 1, "c": 1}))
    assert len(kpi.totals_under(card, _sets(one={"a": 1, "c": 1}))) == 12


def test_a_weight_given_twice_is_refused():
    rows = _sets(one={"X": 1, "Y": 1, "Z": 1})
    with pytest.raises(KpiError, match="one: X has two weights"):
        kpi.totals_under(_card(STATED), pd.concat([rows, rows.head(1)]))


def test_every_problem_of_every_set_is_said_at_once():
    sets = _sets(one={"a": 1}, two={"X": 0, "Y": 0, "Z": 0})
    with pytest.raises(KpiError) as raised:
        kpi.totals_under(_card(STATED), sets)
    assert str(raised.value).count("\n") == 2


def test_no_sets_are_no_results():
    assert kpi.totals_under(_card(STATED), _sets()).empty


def test_the_weights_it_is_given_do_not_change():
    sets = _sets(one={"X": 1, "Y": 1, "Z": 1})
    before = sets.copy(deep=True)
    kpi.totals_under(_card(STATED), sets)
    pd.testing.assert_frame_equal(sets, before)
