"""Our numbers against the published ones."""

from __future__ import annotations

import pytest

import kpianalysis as kpi
from tests.builders import actual_rows, make_card
from tests.cards import by_subject, hospitals, operations, wide


def _published(level, values, item=""):
    return [{"level": level, "subject_id": s, "item_id": item, "score": v} for s, v in values.items()]


def _checks(card):
    return kpi.reconcile(card).set_index(["level", "item", "start"])


def test_hospitals_agree_as_often_as_the_data_readme_says():
    checks = _checks(hospitals())
    expected = {
        ("total", "", "published dimension scores"): (2955, 2955),
        ("total", "", "published indicator scores"): (2951, 2955),
        ("total", "", "actuals"): (2902, 2955),
        ("indicator", "achievement_improvement", "actuals"): (53683, 53723),
        ("indicator", "consistency", "actuals"): (2940, 2949),
    }
    assert {key: tuple(checks.loc[key, ["n_equal", "n"]]) for key in expected} == expected
    assert checks.loc[("total", "", "actuals"), "largest_difference"] == pytest.approx(2.33, abs=0.005)


def test_disagreements_of_hospitals_are_exactly_what_differs():
    card = hospitals()
    listed = kpi.disagreements(card)
    assert len(listed) == (2955 - 2902) + (53723 - 53683) + (2949 - 2940)
    assert (listed["difference"].abs() > 1e-6).all()
    assert (listed["ours"] - listed["published"]).equals(listed["difference"])

    published = card.published.astype({"subject_id": str, "item_id": str})
    totals = by_subject(published[published["level"] == "total"], "score")
    differ = (by_subject(card.totals) - totals).abs() > 1e-6
    of_totals = listed[listed["level"] == "total"]
    assert set(of_totals["subject_id"]) == set(differ.index[differ])
    assert (of_totals["item_id"] == "").all()

    theirs = published[published["level"] == "indicator"].pivot(index="subject_id", columns="item_id", values="score")
    ours = wide(card.scores, "score").reindex_like(theirs)
    differ = ((ours - theirs).abs() > 1e-6).stack()
    of_items = listed[listed["level"] == "indicator"]
    assert set(zip(of_items["subject_id"], of_items["item_id"], strict=True)) == set(differ.index[differ])


def test_without_published_scores_there_is_nothing_to_reconcile():
    for card in (operations(), make_card()):
        assert kpi.reconcile(card).empty
        assert kpi.disagreements(card).empty


def test_a_level_that_was_not_published_is_not_compared():
    card = make_card(published=_published("total", {"A": 100, "B": 90, "C": 51}))
    checks = _checks(card)
    assert checks.index.tolist() == [("total", "", "actuals")]
    assert tuple(checks.iloc[0]) == (3, 2, 1.0)
    assert kpi.disagreements(card)["subject_id"].tolist() == ["C"]


def test_an_indicator_that_was_not_published_is_not_compared():
    indicators = [{"indicator_id": "I"}, {"indicator_id": "J"}]
    card = make_card(
        indicators=indicators,
        plan=[{"indicator_id": "I", "target": 100}, {"indicator_id": "J", "target": 100}],
        actuals=[*actual_rows({"A": 100, "B": 90}), *actual_rows({"A": 100, "B": 90}, "J")],
        published=_published("indicator", {"A": 100, "B": 90}, "J"),
    )
    assert _checks(card).loc[("indicator", "ratio", "actuals"), ["n_equal", "n"]].tolist() == [2, 2]


def test_each_step_from_actual_to_total_is_checked_on_its_own():
    card = make_card(
        published=[
            *_published("indicator", {"A": 100, "B": 80}, "I"),
            *_published("dimension", {"A": 100, "B": 80}, "D"),
            *_published("total", {"A": 100, "B": 80}),
        ]
    )
    checks = _checks(card)
    assert checks["n_equal"].to_dict() == {
        ("indicator", "ratio", "actuals"): 1,
        ("dimension", "D", "actuals"): 1,
        ("total", "", "published dimension scores"): 2,
        ("total", "", "published indicator scores"): 2,
        ("total", "", "actuals"): 1,
    }


def test_what_only_one_side_has_is_listed():
    card = make_card(
        actuals=actual_rows({"A": 100, "B": 90, "C": "on leave"}),
        published=[*_published("total", {"A": 100, "C": 50}), *_published("indicator", {"A": 100, "C": 50}, "I")],
    )
    listed = kpi.disagreements(card).set_index(["level", "subject_id"])
    assert set(listed.index) == {("total", "B"), ("total", "C"), ("indicator", "B"), ("indicator", "C")}
    assert listed["difference"].isna().all()
    assert (listed.loc[("total", "B"), "ours"], listed.loc[("total", "C"), "published"]) == (90, 50)


def test_a_given_score_is_no_check():
    card = make_card(
        indicators=[{"method": "given"}], plan=None, published=_published("indicator", {"A": 100, "B": 90}, "I")
    )
    assert "indicator" not in kpi.reconcile(card)["level"].tolist()


def test_the_tolerance_is_in_points():
    card = make_card(published=_published("total", {"A": 100.4, "B": 90, "C": 50}))
    assert kpi.reconcile(card)["n_equal"].tolist() == [2]
    assert kpi.reconcile(card, tolerance=0.5)["n_equal"].tolist() == [3]
    assert kpi.disagreements(card, tolerance=0.5).empty


def test_a_unit_is_reconciled_on_its_own():
    card = hospitals().for_unit("AK")
    checks = _checks(card)
    assert checks.loc[("total", "", "actuals"), "n"] == len(card.totals)
    names = set(card.totals["subject_id"].astype(str))
    assert set(kpi.disagreements(hospitals().for_unit("AZ"))["subject_id"]).isdisjoint(names)


def test_bonus_and_veto_are_part_of_a_total_made_from_published_parts():
    kinds = [
        {"indicator_id": "I"},
        {"indicator_id": "bonus", "kind": "bonus", "method": "given"},
        {"indicator_id": "veto", "kind": "veto", "method": "binary", "cap": 40},
    ]
    card = make_card(
        indicators=kinds,
        plan=[{"target": 100}, {"indicator_id": "veto", "target": 1}],
        actuals=[
            *actual_rows({"A": 90, "B": 90}),
            *actual_rows({"A": 3, "B": 0}, "bonus"),
            *actual_rows({"A": 1, "B": 0}, "veto"),
        ],
        published=[*_published("dimension", {"A": 90, "B": 90}, "D"), *_published("total", {"A": 93, "B": 40})],
    )
    made = _checks(card).loc[("total", "", "published dimension scores")]
    assert (made["n"], made["n_equal"], made["largest_difference"]) == (2, 2, 0)
