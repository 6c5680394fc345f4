"""Judgements: what is refused, what is left out with a warning, what is noted, and right beside it what is not."""

from __future__ import annotations

import pytest

import kpianalysis as kpi
from kpianalysis.checks.judgements import check_judgements, linked_parts
from tests.builders import make_data, make_source
from tests.cards import dataset

DIMENSIONS = [{"dimension_id": name} for name in "DEF"]
INDICATORS = [{"indicator_id": name, "dimension_id": of} for name, of in zip("abcdef", "DDEEFF", strict=True)]
INDICATORS += [{"indicator_id": "bonus", "dimension_id": "D", "kind": "bonus"}]


def found(*rows):
    """Findings of rows (judge, method, item_i, item_j, value[, group])."""
    names = ("judge_id", "method", "item_i", "item_j", "value", "group")
    table = [dict(zip(names, row, strict=False)) for row in rows]
    data = make_data(check=False, judgements=table, dimensions=DIMENSIONS, indicators=INDICATORS)
    return check_judgements(data.tables)


def said(*rows):
    """Severity, row, column and sentence of each finding, every one with its remedy."""
    findings = found(*rows)
    assert all(finding.table == "judgements" for finding in findings)
    assert all(finding.remedy() for finding in findings)
    return [(finding.severity, finding.row, finding.column, finding.message()) for finding in findings]


def points(method, judge="J", **values):
    return [(judge, method, item, None, value) for item, value in values.items()]


def pairs(judge="J", **values):
    return [(judge, "pairwise", key[0], key[1], value) for key, value in values.items()]


@pytest.mark.parametrize(
    "rows",
    [
        points("budget", D=50, E=30, F=20),
        points("swing", D=100, E=0, F=55.5),
        points("rank", D=1, E=1, F=3),
        pairs(DE=3, EF=1 / 7),
        pairs(DE=3, ED=0.33, EF=1),
        [*points("budget", D=50, E=30, F=20), *points("rank", a=1, b=2), *pairs(cd=2)],
        points("budget", a=10, b=20, c=30, d=15, e=15, f=10),
        points("budget", a=60, b=40, c=30, d=70),
        pairs(ac=2, ce=3, ab=1, cd=1, ef=1),
        [("J", None, "D", "E", 2), ("J", None, "E", "F", 2)],
        [*points("budget", D=50, E=30, F=20), *points("budget", judge="K", D=40, E=40, F=20)],
    ],
)
def test_sound_answers_say_nothing(rows):
    assert said(*rows) == []


ITEM = "is neither a dimension nor a scored indicator."


@pytest.mark.parametrize(
    ("rows", "row", "column", "says"),
    [
        (points("budget", D=50, Q=50), "3", "item_i", f"'Q' {ITEM}"),
        (points("budget", a=50, b=40, bonus=10), "4", "item_i", f"'bonus' {ITEM}"),
        (pairs(DE=2, EQ=2), "3", "item_j", f"'Q' {ITEM}"),
        (pairs(DE=2, Da=2), "3", "item_j", "A dimension is compared with an indicator."),
        ([("J", None, "D", None, 100)], "2", "method", "It is not said how this was asked."),
        ([("J", "pairwise", "D", None, 3)], "2", "item_j", "A comparison names two items."),
        ([("J", "budget", "D", "E", 100)], "2", "item_j", "Points and ranks belong to one item; this row names two."),
        (pairs(DD=1, DE=1), "2", "item_j", "An item is compared with itself."),
        (pairs(DE=0, EF=1), "2", "value", "A comparison must be above 0."),
        (pairs(DE=1, EF=-2), "3", "value", "A comparison must be above 0."),
        (points("budget", D=110, E=-10), "3", "value", "Points begin at 0."),
        (points("rank", D=0, E=1), "2", "value", "Ranks begin at 1."),
        (
            pairs(DE=3, EF=2, ED=3),
            "2, 4",
            "value",
            "A pair is compared both ways round, and the answers contradict each other.",
        ),
        (
            [*points("budget", D=50, E=30, F=20), *pairs(DE=2, EF=2)],
            "2, 3, 4, 5, 6",
            "method",
            "A judge weighs the same items in two ways.",
        ),
        (
            [*points("budget", D=50, E=30, F=20), *pairs(ac=2)],
            "2, 3, 4, 5",
            "method",
            "A judge weighs the same items in two ways.",
        ),
        (
            [("J", "budget", "D", None, 50, "g"), ("J", "budget", "E", None, 50, "h")],
            "2, 3",
            "group",
            "A judge is in more than one group.",
        ),
    ],
)
def test_what_means_nothing_or_contradicts_itself_is_refused(rows, row, column, says):
    assert ("error", row, column, says) in said(*rows)


def test_parts_that_nobody_compared_are_named():
    says = "J compared these with each other, and not across: a, b; c, d. No weights follow from that."
    assert said(*pairs(ac=1, bd=1))[0][0] == "warning"
    assert said(*pairs(ab=1, cd=1, ac=1)) == []
    assert said(*pairs(ab=2, cd=3)) == []
    assert said(*pairs(DE=2), *pairs("K", DF=1)) == []
    four = [{"dimension_id": name} for name in "abcd"]
    rows = [
        dict(zip(("judge_id", "method", "item_i", "item_j", "value"), row, strict=True)) for row in pairs(ab=1, cd=2)
    ]
    data = make_data(check=False, judgements=rows, dimensions=[{}, *four])
    assert [(f.severity, f.row, f.message()) for f in check_judgements(data.tables)] == [("warning", "2, 3", says)]


def test_points_that_do_not_sum_to_a_hundred_are_noted():
    assert said(*points("budget", D=50, E=30, F=10)) == [
        ("note", "2, 3, 4", "value", "The points of J sum to 90, not to 100.")
    ]
    assert said(*points("budget", D=33.3, E=33.3, F=33.3)) == []
    assert said(*points("swing", D=80, E=30)) == [
        ("note", "2, 3", "value", "The largest swing of J has 80 points, not 100.")
    ]


@pytest.mark.parametrize("method", ["budget", "swing"])
def test_no_points_at_all_give_no_weights(method):
    assert said(*points(method, D=0, E=0)) == [
        ("warning", "2, 3", "value", "J gave no points at all. No weights follow from that.")
    ]


def test_all_problems_come_with_those_of_the_source_and_keep_it_from_being_loaded(tmp_path):
    rows = [
        {"judge_id": "J", "item_i": "D", "value": "x"},
        {"judge_id": "J", "item_i": "Q", "method": "rank", "value": 1},
    ]
    source = make_source(tmp_path, judgements=rows)
    columns = {(f.row, f.column) for f in kpi.check(source) if f.table == "judgements"}
    assert {("2", "value"), ("3", "item_i")} <= columns
    with pytest.raises(kpi.KpiError, match="'Q'"):
        kpi.load(source)


def test_what_is_only_left_out_is_loaded_and_told(tmp_path):
    rows = [{"judge_id": "J", "item_i": "D", "method": "budget", "value": 90}]
    data = kpi.load(make_source(tmp_path, judgements=rows))
    assert [note.message() for note in data.notes] == ["The points of J sum to 90, not to 100."]


def test_without_judgements_or_without_a_scheme_there_is_nothing_to_say():
    assert found() == []
    data = make_data(
        check=False, judgements=[{"judge_id": "J", "item_i": "D", "value": 1}], dimensions=None, indicators=None
    )
    assert check_judgements(data.tables) == []


def test_the_example_is_sound():
    assert check_judgements(dataset("operations").tables) == []
    assert len(dataset("operations").tables["judgements"]) == 26


def test_links_through_others_count():
    assert linked_parts("abcde", [("a", "b"), ("d", "e"), ("b", "d")]) == [["a", "b", "d", "e"], ["c"]]
    assert linked_parts("", []) == []
