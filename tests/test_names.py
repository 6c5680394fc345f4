"""What things are called in a report."""

from __future__ import annotations

import kpianalysis as kpi
from tests.builders import actual_rows, make_card
from tests.cards import before, hospitals, operations

SUBJECTS = [
    {"subject_id": "A", "name": "Li Wei"},
    {"subject_id": "B", "name": "Li Wei"},
    {"subject_id": "C", "name": "Cy"},
]


def test_two_people_of_one_name_are_told_apart_by_their_id():
    names = kpi.names_of(make_card(subjects=SUBJECTS))
    assert [names.subject(s) for s in "ABC"] == ["Li Wei (A)", "Li Wei (B)", "Cy"]


def test_no_two_subjects_of_the_sources_are_called_the_same():
    for card in (operations(), hospitals()):
        names = kpi.names_of(card)
        called = [names.subject(s) for s in card.subjects["subject_id"]]
        assert len(set(called)) == len(called)


def test_an_unknown_id_is_its_own_name():
    names = kpi.names_of(make_card())
    assert (names.subject("X9"), names.item("X9"), names.measured_in("X9")) == ("X9", "X9", "X9")
    assert names.item("") == ""


def test_chinese_names_are_used_in_chinese_where_there_are_any():
    card = make_card(
        dimensions=[{"name": "Business", "name_zh": "业绩"}],
        indicators=[{"name": "Rework", "name_zh": "返工率"}, {"indicator_id": "J", "name": "Waiting"}],
        plan=[{"target": 100}, {"indicator_id": "J", "target": 100}],
    )
    english, chinese = (kpi.names_of(card, lang=lang) for lang in ("en", "zh"))
    assert [english.item(i) for i in "IJD"] == ["Rework", "Waiting", "Business"]
    assert [chinese.item(i) for i in "IJD"] == ["返工率", "Waiting", "业绩"]
    assert (english.lang, chinese.lang) == ("en", "zh")


def test_an_indicator_is_named_with_its_unit_of_measure():
    card = make_card(indicators=[{"name": "Waiting", "unit": "days"}])
    assert kpi.names_of(card).measured_in("I") == "Waiting (days)"


def test_of_two_cycles_the_first_one_named_wins_and_nobody_is_lost():
    now = make_card(subjects=[{"subject_id": "A", "name": "Ann Lee"}], actuals=actual_rows({"A": 100}))
    then = make_card(
        subjects=[{"subject_id": "A", "name": "Ann"}, {"subject_id": "B", "name": "Ben"}],
        actuals=actual_rows({"A": 100, "B": 90}),
    )
    names = kpi.names_of(now, then)
    assert (names.subject("A"), names.subject("B")) == ("Ann Lee", "Ben")
    assert kpi.names_of(now, None).subject("A") == "Ann Lee"


def test_indicators_of_the_cycle_before_have_their_names():
    names = kpi.names_of(hospitals("FY2017"), before("hospitals", "FY2017"))
    older = before("hospitals", "FY2017").indicators["indicator_id"]
    gone = set(older) - set(hospitals("FY2017").indicators["indicator_id"])
    assert gone
    assert not [i for i in gone if names.item(i) == i]
