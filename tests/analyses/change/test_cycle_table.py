"""Cycles side by side, the same cycle a year ago, and the year that is built from its quarters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import kpianalysis as kpi
from kpianalysis.analyses.change.cycle_table import COLUMNS, cycle_table, latest_changes
from kpianalysis.analyses.change.subject_totals import cycle_totals, total_changes
from kpianalysis.analyses.change.year_before import parts_of, score_parts, score_year_before, year_before
from kpianalysis.analyses.change.year_parts import year_from_parts
from kpianalysis.figures import cycles as figures
from kpianalysis.tables import cycles as tables
from kpianalysis.wording import cycles as wording
from tests.builders import actual_rows, make_data
from tests.cards import QUARTERS, dataset, given_card, hospitals, operations, random_card
from tests.shown import SOURCES

AGGREGATIONS = ("sum", "mean", "last", "max", "min", "ratio")


def _at(cycle):
    return replace(dataset("operations"), cycle=cycle)


def _cycle(name, start, kind="quarter", **more):
    end = pd.Timestamp(start) + pd.Timedelta(days=80)
    return {"cycle_id": name, "kind": kind, "start": start, "end": end.date().isoformat(), **more}


def _with_cycles(*cycles, measured=None):
    names = [cycle["cycle_id"] for cycle in cycles]
    actuals = [row for name in (measured or names) for row in actual_rows({"A": 80.0}, cycle_id=name)]
    return make_data(names[-1], check=False, cycles=list(cycles), actuals=actuals)


def test_the_same_cycle_a_year_ago_is_found_by_kind_and_date():
    found = {cycle: year_before(dataset("operations"), cycle) for cycle in ("2024Q1", "2024Q4", "2024", "2023Q4")}
    assert found == {"2024Q1": "2023Q1", "2024Q4": "2023Q4", "2024": "2023", "2023Q4": ""}
    assert year_before(dataset("hospitals"), "FY2017") == "FY2016"


def test_a_cycle_that_starts_a_few_days_off_is_the_same_and_the_nearest_wins():
    data = _with_cycles(
        _cycle("far", "2022-12-22"), _cycle("near", "2023-01-02"), _cycle("half", "2023-01-01", "half"),
        _cycle("now", "2024-01-01"),
    )  # fmt: skip
    assert year_before(data) == "near"
    assert year_before(data, within_days=0) == ""
    assert year_before(_with_cycles(_cycle("far", "2022-12-17"), _cycle("now", "2024-01-01"))) == ""
    assert year_before(_with_cycles(_cycle("edge", "2022-12-18"), _cycle("now", "2024-01-01"))) == "edge"


def test_another_month_is_never_taken_for_the_same_one_and_a_leap_day_has_a_year_before():
    months = [_cycle(f"m{at}", f"2023-{at:02d}-01", "month") for at in (1, 3)]
    assert year_before(_with_cycles(*months, _cycle("now", "2024-02-01", "month"))) == ""
    assert year_before(_with_cycles(_cycle("then", "2023-02-28"), _cycle("now", "2024-02-29"))) == "then"


def test_a_cycle_that_was_never_measured_is_no_year_before():
    cycles = _cycle("then", "2023-01-01"), _cycle("now", "2024-01-01")
    assert year_before(_with_cycles(*cycles)) == "then"
    data = _with_cycles(*cycles, measured=["now"])
    assert year_before(data) == ""
    assert score_year_before(data) is None
    with pytest.raises(kpi.KpiError, match=r"there is no cycle '2031Q1' in test\. Use an id of the table cycles"):
        year_before(data, "2031Q1")


def test_the_parts_of_a_year_are_its_quarters_and_of_a_quarter_its_history():
    known = [operations(quarter) for quarter in QUARTERS]
    assert [card.cycle for card in score_parts(_at("2024"), known=known)] == list(QUARTERS)
    history = score_parts(_at("2023Q2"))
    assert [card.cycle for card in history] == [card.cycle for card in kpi.score_history(_at("2023Q2"))]
    assert [card.cycle for card in history] == ["2023Q1", "2023Q2"]
    assert [card.cycle for card in score_parts(_at("2024Q4"), most=2, known=known)] == ["2024Q3", "2024Q4"]
    assert parts_of(dataset("operations"), "2024Q4") == []


def test_cards_that_are_there_already_are_not_scored_again_unless_of_another_unit_or_policy():
    known = operations("2024Q4"), operations("2024Q3", "zero")
    cards = score_parts(_at("2024Q4"), most=2, known=known)
    assert cards[1] is known[0]
    assert cards[0].missing == "redistribute"
    west = score_parts(_at("2024Q4"), unit_id="west", most=2, known=known)
    assert [card.unit_id for card in west] == ["west", "west"]
    assert set(west[0].subjects["unit_id"]) == {"west"}
    assert score_year_before(_at("2024Q4"), unit_id="nowhere") is None
    assert score_year_before(_at("2024Q4"), known=(operations("2023Q4"),)) is operations("2023Q4")


@pytest.fixture(scope="module")
def year():
    cards = [operations(quarter) for quarter in QUARTERS]
    return cards, operations("2024"), cycle_table(cards, operations("2024"))


def test_a_table_of_cycles_has_the_numbers_of_each_cycle_and_the_year_beside_them(year):
    cards, whole, table = year
    for card in (*cards, whole):
        mine = table[table["cycle"] == card.cycle].set_index(["level", "item_id"])
        assert mine.loc[("total", ""), "score"] == pytest.approx(card.totals["total"].mean(), rel=1e-12)
        for row in kpi.indicator_summary(card).itertuples():
            shown = mine.loc[("indicator", row.indicator_id)]
            for name in ("score", "attainment", "share_met", "lost_points", "nominal_weight"):
                assert shown[name] == pytest.approx(getattr(row, name), rel=1e-12, nan_ok=True)
        lost = mine.loc["dimension", "lost_points"].sum()
        assert lost == pytest.approx(mine.loc[("total", ""), "lost_points"], rel=1e-9)
    assert list(table["cycle"].unique()) == [*QUARTERS, "2024"]
    assert set(table.loc[table["is_whole"], "cycle"]) == {"2024"}
    assert table["same_rule"].all()
    assert table.columns.tolist() == COLUMNS


def test_a_whole_that_is_one_of_the_cycles_is_no_other_one():
    cards = [operations("2024Q1"), operations("2024Q2")]
    pd.testing.assert_frame_equal(cycle_table(cards, cards[-1]), cycle_table(cards))
    pd.testing.assert_frame_equal(cycle_table([*cards[:1], *cards]), cycle_table(cards))
    assert cycle_table([]).columns.tolist() == COLUMNS
    assert cycle_totals([]).empty


def test_indicators_with_another_rule_in_an_earlier_cycle_are_marked_and_not_compared():
    table = cycle_table([hospitals("FY2016"), hospitals("FY2017")])
    items = table[table["level"] == "indicator"]
    assert items.loc[items["cycle"] == "FY2017", "same_rule"].all()
    same = set(items.loc[(items["cycle"] == "FY2016") & items["same_rule"], "item_id"])
    both = hospitals("FY2017").indicators.merge(hospitals("FY2016").indicators, on="indicator_id")
    alike = both[(both["method_x"] == both["method_y"]) & (both["unit_x"] == both["unit_y"])]
    gone = set(hospitals("FY2016").indicators["indicator_id"]) - set(hospitals("FY2017").indicators["indicator_id"])
    assert same == set(alike["indicator_id"]) | gone
    assert latest_changes(table)["item_id"].tolist() == alike["indicator_id"].tolist()


def test_a_mean_of_few_scores_is_not_compared():
    scores = pd.DataFrame({"i": [50.0] * 4}, index=list("ABCD"))
    cards = [replace(given_card(scores), cycle="then"), given_card(scores + 9)]
    assert latest_changes(cycle_table(cards)).empty
    assert latest_changes(cycle_table(cards), least=4)["change"].tolist() == [9.0]
    assert "too few scores" in wording.side_by_side(cycle_table(cards), kpi.names_of(*cards))


def test_the_year_is_what_its_quarters_give_on_every_indicator():
    check = year_from_parts(_at("2024"), operations("2024"), [operations(quarter) for quarter in QUARTERS])
    assert check["n_equal"].tolist() == check["n"].tolist()
    assert not check["own_actuals"].any()
    assert set(check["indicator_id"]) == set(operations("2024").indicators["indicator_id"])
    # Fault 5: nobody among the eight specialists of east has a value.
    assert check.set_index("indicator_id").loc["csat", "n"] == 40
    west = year_from_parts(
        _at("2024"), operations("2024").for_unit("west"), [operations(name) for name in QUARTERS[1:]]
    )
    assert west["n"].max() == west["n_equal"].max() == 12
    names = kpi.names_of(operations("2024"))
    assert wording.year(check, "2024", names).startswith(f"All {check['n'].sum()} actuals of 2024 are what its parts")


def test_a_cycle_without_parts_has_no_year_to_check():
    check = year_from_parts(_at("2024Q4"), operations("2024Q4"))
    assert check.empty
    assert wording.year(check, "2024Q4", kpi.names_of(operations("2024Q4"))) == ""
    assert tables.year(check, kpi.names_of(operations("2024Q4"))) is None


def _year_of(rows, **tables):
    """A year of two quarters, an indicator for each way to aggregate, and rows of actuals by quarter."""
    cycles = [
        _cycle("Y", "2024-01-01", "year"),
        _cycle("Q1", "2024-01-01", parent_cycle_id="Y"),
        _cycle("Q2", "2024-04-01", parent_cycle_id="Y"),
    ]
    indicators = [{"indicator_id": name, "method": "given", "aggregation": name} for name in AGGREGATIONS]
    made = {"cycles": cycles, "indicators": indicators, "plan": None, "actuals": rows, **tables}
    return make_data("Y", check=False, **made)


def _month_rows(rng, subject, indicator, month):
    row = {"cycle_id": f"Q{1 + month // 3}", "subject_id": subject, "indicator_id": indicator}
    row["period"] = f"2024-{month + 1:02d}-01"
    draw = rng.uniform()
    if draw < 0.12:
        return []
    if draw < 0.22:
        return [{**row, "missing_reason": "not measured", **({"value": 5.0} if draw < 0.17 else {})}]
    if indicator != "ratio":
        return [{**row, "value": float(rng.uniform(1, 100))}]
    return [{**row, "numerator": float(rng.integers(0, 9)), "denominator": float(rng.integers(0, 4))}]


@pytest.mark.parametrize("seed", range(4))
def test_the_year_is_what_its_quarters_give_whatever_months_are_missing(seed):
    rng = np.random.default_rng(seed)
    rows = [row for s in "ABC" for i in AGGREGATIONS for month in range(6) for row in _month_rows(rng, s, i, month)]
    data = _year_of(rows)
    check = year_from_parts(data, kpi.score(data))
    assert check["n_equal"].tolist() == check["n"].tolist()
    assert len(check) >= 5


def test_a_row_for_a_whole_quarter_counts_as_a_period_of_the_year():
    rows = [
        row
        for i in AGGREGATIONS
        for quarter, value in (("Q1", 3.0), ("Q2", 8.0))
        for row in actual_rows({"A": value, "B": 2 * value}, i, quarter, numerator=value, denominator=2.0)
    ]
    data = _year_of(rows)
    year_card = kpi.score(data)
    check = year_from_parts(data, year_card)
    assert check["n_equal"].tolist() == check["n"].tolist() == [2] * 6
    assert year_card.scores.set_index(["subject_id", "indicator_id"])["actual"]["A"].to_dict() == pytest.approx(
        {"sum": 11.0, "mean": 5.5, "last": 8.0, "max": 8.0, "min": 3.0, "ratio": 2.75}
    )


def test_a_year_that_was_typed_is_told_apart_and_so_is_a_wrong_number_in_it():
    quarters = [row for quarter in ("Q1", "Q2") for row in actual_rows({"A": 10.0, "B": 20.0}, "sum", quarter)]
    right = _year_of([*quarters, *actual_rows({"A": 20.0, "B": 40.0}, "sum", "Y")])
    check = year_from_parts(right, kpi.score(right))
    assert check[["own_actuals", "n", "n_equal"]].to_numpy().tolist() == [[True, 2, 2]]
    names = kpi.names_of(kpi.score(right))
    assert wording.year(check, "Y", names).startswith("Y has actuals of its own; all 2 equal what its parts give")
    wrong = _year_of([*quarters, *actual_rows({"A": 20.0, "B": 44.0}, "sum", "Y")])
    check = year_from_parts(wrong, kpi.score(wrong))
    assert check[["n", "n_equal", "largest_difference"]].to_numpy().tolist() == [[2, 1, 4.0]]
    assert check["largest_relative"].tolist() == pytest.approx([4 / 44])
    assert wording.year(check, "Y", names).endswith("they differ first on 'sum'.")
    assert tables.year(check, names).rows[0][-1] == "4.000"


def test_what_only_the_year_or_only_its_parts_have_is_not_equal():
    quarters = [row for quarter in ("Q1", "Q2") for row in actual_rows({"A": 10.0, "B": 20.0}, "mean", quarter)]
    data = _year_of([*quarters, *actual_rows({"A": 10.0, "B": "ill"}, "mean", "Y")])
    check = year_from_parts(data, kpi.score(data))
    assert check[["n", "n_equal"]].to_numpy().tolist() == [[2, 1]]


def test_totals_over_the_cycles_and_who_rose_and_fell_most():
    cards = [
        replace(given_card(pd.DataFrame({"i": values}, index=list(people))), cycle=cycle)
        for cycle, people, values in (("1", "ABC", [50.0, 60.0, 70.0]), ("2", "BCD", [64.0, 60.0, 5.0]),
                                      ("3", "ABC", [9.0, 61.0, 70.0]))
    ]  # fmt: skip
    totals = cycle_totals(cards)
    assert totals.groupby("cycle", sort=False).size().to_dict() == {"1": 3, "2": 3, "3": 3}
    changes = total_changes(totals)
    assert changes["subject_id"].tolist() == ["C", "B"]
    assert changes[["n", "first", "before", "now", "change", "change_all"]].to_numpy().tolist() == [
        [3, 70.0, 60.0, 70.0, 10.0, 0.0],
        [3, 60.0, 64.0, 61.0, -3.0, 1.0],
    ]
    assert total_changes(cycle_totals(cards[:1])).empty
    assert "too few" in wording.movers(changes, kpi.names_of(*cards))


def test_the_person_whose_veto_was_lifted_rose_most_in_the_fourth_quarter(year):
    cards = year[0]
    changes = total_changes(cycle_totals(cards))
    assert changes.iloc[0]["subject_id"] == "E17"
    assert changes.iloc[0]["before"] == 59.0
    west = total_changes(cycle_totals([card.for_unit("west") for card in cards]))
    assert set(west["subject_id"]) == set(cards[0].for_unit("west").subjects["subject_id"])


def test_small_lines_show_a_row_for_the_total_and_each_scored_indicator(year):
    _cards, whole, table = year
    names = kpi.names_of(whole)
    ax = figures.plot_cycles(table, names)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "total"
    assert len(labels) == 1 + (kpi.indicator_summary(whole)["kind"] == "scored").sum()
    texts = {text.get_text() for text in ax.texts}
    assert {"2024", "change", "median attainment", f"{whole.totals['total'].mean():.1f}"} <= texts
    assert "'Improvements adopted' moved most from 2024Q3 to 2024Q4" in ax.get_title("left").replace("\n", " ")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2024Q1", "2024Q4", "0%", "100%"]
    plt.close(ax.figure)
    ax = figures.plot_cycles(table, names, most=3)
    assert len(ax.get_yticklabels()) == 4
    plt.close(ax.figure)


def test_a_table_of_cycles_is_shown_with_each_dimension_before_its_indicators(year):
    _cards, whole, table = year
    shown = tables.side_by_side(table, kpi.names_of(whole))
    assert [column.label for column in shown.columns] == ["item", *QUARTERS, "2024"]
    assert len(shown.highlight) == 1 + len(whole.dimensions)
    names = [row[0] for row in shown.rows]
    assert names[:3] == ["total", "Business results", "Orders handled"]
    assert names.index("Customer satisfaction") == names.index("On-time rate") - 1
    assert "it is not their mean" in shown.note
    met = tables.side_by_side(table, kpi.names_of(whole), "share_met")
    assert met.rows[0] == ("Orders handled", "46%", "44%", "42%", "42%", "46%")


def test_nothing_given_is_changed():
    cards = [random_card(1), replace(random_card(2), cycle="2024Q2")]
    kept = [(card.scores.copy(), card.totals.copy()) for card in cards]
    table = cycle_table(cards)
    copy = table.copy()
    latest_changes(table)
    total_changes(cycle_totals(cards))
    tables.side_by_side(table, kpi.names_of(*cards))
    pd.testing.assert_frame_equal(table, copy)
    for card, (scores, totals) in zip(cards, kept, strict=True):
        pd.testing.assert_frame_equal(card.scores, scores)
        pd.testing.assert_frame_equal(card.totals, totals)


# The others are drawn by the tests of everything that is shown.
@pytest.mark.parametrize("source", ["nobody has a total", "one subject", "names that are no names"])
def test_every_source_can_be_laid_out_told_shown_and_drawn(source):
    now, then = SOURCES[source]()
    cards = [*([replace(then, cycle=f"before {then.cycle}")] if then else []), now]
    table, totals, names = cycle_table(cards), cycle_totals(cards), kpi.names_of(*cards)
    changes = total_changes(totals)
    text = wording.cycles_alt(table, names)
    assert text.endswith(".")
    assert "nan" not in text
    for measure in ("score", "attainment", "share_met", "lost_points"):
        tables.side_by_side(table, names, measure)
    tables.movers(changes, names)
    ax = figures.plot_cycles(table, names)
    assert ax.get_title("left")
    plt.close(ax.figure)
