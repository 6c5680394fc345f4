"""Which indicators must move together, because of how they are made."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.correlation.construction import by_construction
from tests.builders import make_data
from tests.cards import dataset, hospitals, operations

SUBJECTS = [f"S{i}" for i in range(6)]


def _data(**changed):
    """Two ratios and a count; `changed` replaces the denominator or the catalogue's words."""
    words = {"method": "given", "aggregation": "sum"}
    indicators = [
        {"indicator_id": "orders", **words},
        {"indicator_id": "late", **words, "aggregation": "ratio"},
        {"indicator_id": "wrong", **words, "aggregation": "ratio", **changed.get("wrong", {})},
    ]
    actuals = []
    for place, subject in enumerate(SUBJECTS):
        below = changed.get("denominator", lambda n: n)(100 + place)
        actuals += [
            {"subject_id": subject, "indicator_id": "orders", "value": 100 + place},
            {"subject_id": subject, "indicator_id": "late", "numerator": place % 3, "denominator": 100 + place},
            {"subject_id": subject, "indicator_id": "wrong", "numerator": place % 2 + 1, "denominator": below},
        ]
    subjects = [{"subject_id": subject, "unit_id": f"U{subject[-1]}"} for subject in SUBJECTS]
    return make_data(
        indicators=indicators, actuals=actuals, subjects=subjects, plan=None, check=changed.get("check", True)
    )


def _found(data):
    return [tuple(row) for row in by_construction(kpi.score(data), data).itertuples(index=False)]


def test_ratios_of_the_same_numbers_are_named():
    assert _found(_data()) == [
        ("orders", "late", "part_of"),
        ("orders", "wrong", "part_of"),
        ("late", "wrong", "same_denominator"),
    ]


def test_one_number_that_differs_is_enough_to_say_nothing():
    assert _found(_data(denominator=lambda n: n + (n == 103))) == [("orders", "late", "part_of")]


def test_without_the_numbers_only_the_catalogue_speaks():
    card = kpi.score(_data(wrong={"computed_from": "late  orders"}))
    found = by_construction(card)
    assert found.to_numpy().tolist() == [["orders", "wrong", "computed_from"], ["late", "wrong", "computed_from"]]
    assert by_construction(kpi.score(_data())).empty


def test_the_same_ratio_in_words_is_the_same_formula():
    data = make_data(
        indicators=[
            {"indicator_id": "a", "method": "given", "formula": "Late  orders / orders"},
            {"indicator_id": "b", "method": "given", "formula": "late orders / Orders"},
            {"indicator_id": "c", "method": "given", "formula": "mean of the months"},
            {"indicator_id": "d", "method": "given", "formula": "mean of the months"},
        ],
        actuals=[{"subject_id": "A", "indicator_id": i, "value": 1} for i in "abcd"],
        plan=None,
    )
    assert _found(data) == [("a", "b", "same_formula")]


def test_a_handful_of_subjects_in_a_unit_proves_nothing():
    data = _data()
    assert by_construction(kpi.score(data).for_unit("U1"), data).empty


@pytest.mark.parametrize("cycle", ["2024Q4", "2024"])
def test_the_rates_of_the_department_share_the_orders_closed(cycle):
    card = operations(cycle)
    found = by_construction(card, dataset("operations"))
    rates = ["rework_rate", "on_time_rate", "complaint_rate"]
    assert set(found.loc[found["reason"] == "part_of", "indicator_j"]) == set(rates)
    assert (found["reason"] == "same_denominator").sum() == 3
    planted = {"orders_handled", "order_value"}
    assert not any({a, b} == planted for a, b in zip(found["indicator_i"], found["indicator_j"], strict=True))


def test_consistency_is_computed_from_its_dimension():
    found = by_construction(hospitals())
    assert len(found) == 8
    assert set(found["indicator_j"]) == {"HCAHPS-Consistency"}
    assert set(found["reason"]) == {"computed_from"}


def test_three_equal_numbers_may_be_an_accident():
    data = _data()
    three = {"subject_id": SUBJECTS[:3]}
    actuals = data.tables["actuals"]
    few = replace(data, tables={**data.tables, "actuals": actuals[actuals["subject_id"].isin(three["subject_id"])]})
    assert by_construction(kpi.score(few), few).empty


def test_the_catalogue_adds_to_what_the_method_says():
    card = hospitals()
    stated = (
        card.indicators["computed_from"]
        .astype("object")
        .mask(card.indicators["indicator_id"] == "HCAHPS-Consistency", "PSI-90")
    )
    found = by_construction(replace(card, indicators=card.indicators.assign(computed_from=stated)))
    assert len(found) == 9
    assert "PSI-90" in set(found["indicator_i"]) | set(found["indicator_j"])


def test_an_empty_scheme_gives_an_empty_table():
    data = make_data()
    assert list(by_construction(kpi.score(data), data)) == ["indicator_i", "indicator_j", "reason"]


def test_nothing_given_is_changed():
    data = _data()
    before = {name: table.copy() for name, table in data.tables.items()}
    by_construction(kpi.score(data), data)
    for name, table in before.items():
        pd.testing.assert_frame_equal(data.tables[name], table)


def test_what_an_indicator_is_computed_from_must_be_another_indicator():
    with pytest.raises(kpi.KpiError, match="'lat' is not in the table indicators"):
        _data(wrong={"computed_from": "lat orders"})
    with pytest.raises(kpi.KpiError, match=r"row 4, column computed_from: .* computed from itself\. Name the other"):
        _data(wrong={"computed_from": "wrong"})
