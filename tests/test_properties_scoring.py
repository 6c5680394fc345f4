"""What always holds, whatever the numbers."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import actual_rows, make_card, scores_of, totals_of

QUICK = settings(max_examples=15, deadline=None)
amount = st.floats(0.5, 1e4)
score = st.floats(0, 100)
METHODS = {
    "ratio": {"target": 1.0},
    "baseline": {"baseline": 0.25, "target": 1.0},
    "anchors": {"threshold": 0.5, "target": 1.0, "stretch": 2.0},
    "binary": {"target": 1.0},
    "achievement_improvement": {"threshold": 0.5, "target": 1.0},
}


def _scaled(plan, factor):
    return {name: value * factor for name, value in plan.items()}


@QUICK
@given(method=st.sampled_from(sorted(METHODS)), size=amount)
def test_reaching_the_target_exactly_scores_100(method, size):
    plan = _scaled(METHODS[method], size)
    card = make_card(
        check=False, indicators=[{"method": method}], plan=[plan], actuals=actual_rows({"A": plan["target"]})
    )
    assert scores_of(card)["A"] == pytest.approx(100, abs=1e-9)


@QUICK
@given(method=st.sampled_from(sorted(METHODS)), value=st.floats(0.1, 3), power=st.integers(-6, 6))
def test_another_unit_of_measure_changes_no_score(method, value, power):
    def scored(factor):
        plan, rows = _scaled(METHODS[method], factor), actual_rows({"A": value * factor})
        return scores_of(make_card(check=False, indicators=[{"method": method}], plan=[plan], actuals=rows))["A"]

    assert scored(2.0**power) == pytest.approx(scored(1.0), abs=1e-9)


values = st.lists(st.tuples(score, score, score), min_size=2, max_size=4)
weights = st.tuples(st.floats(0.1, 9), st.floats(0.1, 9), st.floats(0.1, 9))


def _card(rows, sizes, *, factor=1.0, reverse=False):
    names = ["I", "J", "K"]
    indicators = [
        {"indicator_id": name, "method": "given", "weight": size * factor, "dimension_id": "D" if name != "K" else "E"}
        for name, size in zip(names, sizes, strict=True)
    ]
    subjects = [f"S{place}" for place in range(len(rows))]
    actuals = [
        row
        for place, name in enumerate(names)
        for row in actual_rows({s: v[place] for s, v in zip(subjects, rows, strict=True)}, name)
    ]
    tables = {"indicators": indicators, "actuals": actuals, "subjects": [{"subject_id": s} for s in subjects]}
    if reverse:
        tables = {name: list(table)[::-1] for name, table in tables.items()}
    return make_card(check=False, dimensions=[{"dimension_id": "D"}, {"dimension_id": "E"}], plan=None, **tables)


@QUICK
@given(rows=values, sizes=weights)
def test_twice_the_weights_change_nothing(rows, sizes):
    assert totals_of(_card(rows, sizes, factor=2.0)) == pytest.approx(totals_of(_card(rows, sizes)), abs=1e-9)


@QUICK
@given(rows=values, sizes=weights)
def test_the_order_of_rows_changes_nothing(rows, sizes):
    assert totals_of(_card(rows, sizes, reverse=True)) == pytest.approx(totals_of(_card(rows, sizes)), abs=1e-9)


@QUICK
@given(rows=values, sizes=weights)
def test_a_total_lies_between_its_parts_and_is_their_weighted_sum(rows, sizes):
    card = _card(rows, sizes)
    totals = pd.Series(totals_of(card))
    parts = card.scores.assign(part=card.scores["applied_weight"] * card.scores["score"])
    parts["subject_id"] = parts["subject_id"].astype("str")
    by = parts.groupby("subject_id")
    assert (totals - by["part"].sum()).abs().max() < 1e-9
    assert (totals >= by["score"].min() - 1e-9).all()
    assert (totals <= by["score"].max() + 1e-9).all()
    assert by["applied_weight"].sum().tolist() == pytest.approx([1.0] * len(totals))
