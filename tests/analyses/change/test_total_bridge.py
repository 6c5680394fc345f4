"""The bridge of the mean total adds up to the last digit, and every cause has its own step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import kpianalysis as kpi
from kpianalysis.analyses.bridge import PARTS
from kpianalysis.analyses.change.bridge_items import bridge_items, main_steps, nobody_in_both
from kpianalysis.analyses.change.scheme_changes import scheme_changes
from kpianalysis.analyses.change.total_bridge import COLUMNS, ITEM_KINDS, KINDS, total_bridge
from kpianalysis.figures import change as figures
from kpianalysis.tables import change as tables
from kpianalysis.wording import change as wording
from tests.builders import actual_rows, make_card
from tests.cards import OPERATIONS, before, given_card, hospitals, operations, random_card, random_scheme
from tests.shown import SOURCES

SCORES = pd.DataFrame({"i": [80.0, 60.0, 40.0], "j": [50.0, 70.0, 90.0]}, index=["A", "B", "C"])
POLICIES = ["redistribute", "zero", "refuse"]


def _pair(name):
    if name == "hospitals":
        return hospitals("FY2017"), before("hospitals", "FY2017")
    return operations(name), before("operations", name)


def _points(bridge, kind):
    rows = bridge[bridge["kind"] == kind]
    return dict(zip(rows["indicator_id"], rows["points"], strict=True))


def _assert_adds_up(bridge, now, then):
    assert bridge.columns.tolist() == COLUMNS
    inside = bridge[~bridge["kind"].isin(["start", "end"])]
    start, end = bridge.iloc[0], bridge.iloc[-1]
    assert (start["kind"], end["kind"]) == ("start", "end")
    assert start["points"] == pytest.approx(then.totals["total"].mean(), abs=1e-12)
    assert end["points"] == pytest.approx(now.totals["total"].mean(), abs=1e-12)
    assert start["points"] + inside["points"].sum() == pytest.approx(end["points"], abs=1e-9)
    assert bridge["running"].iloc[-2] == pytest.approx(end["points"], abs=1e-9)
    kinds = bridge["kind"].map(KINDS.index)
    assert kinds.is_monotonic_increasing


@pytest.mark.parametrize("name", ["hospitals", *OPERATIONS])
def test_steps_add_up_in_both_sources(name):
    now, then = _pair(name)
    _assert_adds_up(total_bridge(now, then), now, then)


@pytest.mark.parametrize("missing", POLICIES)
@pytest.mark.parametrize("seed", range(2))
def test_steps_add_up_in_any_two_schemes_with_gaps_roles_bonus_veto_and_people_who_come_and_go(seed, missing):
    now = make_card(missing=missing, check=False, **_with_roles(seed))
    then = make_card(missing=missing, check=False, **_with_roles(seed + 100))
    bridge = total_bridge(now, then)
    _assert_adds_up(bridge, now, then)
    assert bridge.loc[bridge["kind"].isin(["leavers", "joiners"]), "n"].min() > 0
    assert len(bridge[bridge["kind"].isin(ITEM_KINDS)]) > 10


def _with_roles(seed):
    """A random scheme in which half of the people weigh one indicator otherwise, and one indicator comes or goes."""
    tables = random_scheme(seed, gaps=0.04)
    subjects = [{**row, "role_id": f"R{at % 2}"} for at, row in enumerate(tables["subjects"])]
    gone = "a" if seed < 100 else "g"
    indicators = [row for row in tables["indicators"] if row["indicator_id"] != gone]
    plan = [*tables["plan"], {"indicator_id": "d", "weight": 1}, {"indicator_id": "d", "role_id": "R1", "weight": 4}]
    actuals = [row for row in tables["actuals"] if row["indicator_id"] != gone]
    return {**tables, "subjects": subjects, "indicators": indicators, "plan": plan, "actuals": actuals}


@pytest.mark.parametrize("missing", POLICIES)
def test_the_steps_are_the_means_of_the_bridge_of_each_subject(missing):
    now, then = random_card(3, missing, gaps=0.03), random_card(103, missing, gaps=0.03)
    bridge, items = total_bridge(now, then), kpi.bridge_indicators(now, then).set_index("indicator_id")
    columns = {"from_scores": ["scores"], "from_weights": ["weights"], "from_items": ["came", "went"]}
    for column, kinds in columns.items():
        steps = bridge[bridge["kind"].isin(kinds)].groupby("indicator_id")["points"].sum()
        found = items[column].reindex(steps.index).to_numpy()
        assert found == pytest.approx(steps.to_numpy(), abs=1e-9)
        assert items[column].sum() == pytest.approx(steps.sum(), abs=1e-9)
    extra = sum(sum(_points(bridge, kind).values()) for kind in ("bonus", "veto"))
    assert extra == pytest.approx(kpi.bridge_subjects(now, then)[PARTS[3]].mean(), abs=1e-9)


def test_an_indicator_that_gains_weight_lifts_the_mean_only_if_its_score_lies_above_it():
    scores = pd.DataFrame({"high": [90.0, 90.0], "low": [30.0, 30.0], "middle": [60.0, 60.0]}, index=["A", "B"])
    then = given_card(scores)
    for name, sign in (("high", 1), ("low", -1), ("middle", 0)):
        weights = _points(total_bridge(given_card(scores, weights={name: 2.0}), then), "weights")
        assert np.sign(round(weights[name], 9)) == sign


def test_the_zero_of_the_scale_moves_no_points_between_steps():
    then, now = given_card(SCORES), given_card(SCORES * 0.9 + 5, weights={"i": 3.0})
    higher, higher_now = given_card(SCORES + 7), given_card(SCORES * 0.9 + 12, weights={"i": 3.0})
    a, b = total_bridge(now, then), total_bridge(higher_now, higher)
    inside = ~a["kind"].isin(["start", "end"])
    assert b.loc[inside, "points"].to_numpy() == pytest.approx(a.loc[inside, "points"].to_numpy(), abs=1e-9)
    assert a.loc[a["kind"] == "weights", "points"].abs().max() > 0.1


def test_an_indicator_that_went_takes_what_it_had_above_the_rest():
    now, then = given_card(SCORES[["i"]]), given_card(SCORES)
    bridge = total_bridge(now, then)
    # Mean of the two totals: A 72.5, B 62.5, C 52.5; j had 50, 70, 90 at half of the weight.
    assert _points(bridge, "went") == {"j": pytest.approx(-0.5 * np.mean([50 - 72.5, 70 - 62.5, 90 - 52.5]))}
    assert _points(bridge, "came") == {}
    assert bridge.loc[bridge["kind"] == "went", "n"].tolist() == [3]


def test_joiners_and_leavers_are_what_they_change_in_the_mean():
    then = given_card(pd.DataFrame({"i": [90.0, 50.0, 40.0]}, index=["gone", "A", "B"]))
    now = given_card(pd.DataFrame({"i": [60.0, 40.0, 20.0]}, index=["A", "B", "new"]))
    bridge = total_bridge(now, then).set_index("kind")
    assert bridge["points"].to_dict() == {
        "start": 60.0,
        "leavers": -15.0,
        "scores": 5.0,
        "weights": 0.0,
        "joiners": -10.0,
        "end": 40.0,
    }
    assert bridge["n"].to_dict() == {"start": 3, "leavers": 1, "scores": 2, "weights": 2, "joiners": 1, "end": 3}


def test_with_nobody_in_both_cycles_all_of_it_is_between_different_people():
    now, then = given_card(SCORES.loc[["A"]]), given_card(SCORES.loc[["B", "C"]])
    bridge = total_bridge(now, then)
    assert bridge["kind"].tolist() == ["start", "leavers", "joiners", "end"]
    assert nobody_in_both(bridge)
    assert not nobody_in_both(total_bridge(given_card(SCORES), then))
    assert not nobody_in_both(total_bridge(now, None))
    _assert_adds_up(bridge, now, then)
    assert "different people" in wording.moved(bridge, kpi.names_of(now, then))


def test_without_an_earlier_cycle_or_without_totals_there_are_only_columns():
    card, ill = given_card(SCORES), make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill")))
    for bridge in (total_bridge(card, None), total_bridge(card, ill), total_bridge(ill, card)):
        assert bridge.empty
        assert bridge.columns.tolist() == COLUMNS
        assert main_steps(bridge).empty
        assert bridge_items(bridge).columns.tolist() == ["item_id", *ITEM_KINDS, "change"]


def test_the_veto_planted_in_the_third_quarter_is_a_step_of_its_own_there_and_after_and_nowhere_else():
    """data/operations/README.md: E17 hits it in 2024Q3, E03 in 2023Q2, each in the year too."""
    veto = {cycle: _points(total_bridge(*_pair(cycle)), "veto")["safety_incident"] for cycle in OPERATIONS}
    hit = operations("2024Q3").totals.set_index("subject_id").loc["E17"]
    lost = (hit["weighted_total"] + hit["bonus"] - 59) / 48
    assert veto["2024Q1"] == veto["2024Q2"] == 0.0
    assert veto["2024Q3"] == pytest.approx(-lost, abs=1e-9)
    assert veto["2024Q4"] == pytest.approx(lost, abs=1e-9)
    assert 0 < abs(veto["2024"]) < 0.1


def test_several_vetoes_are_one_step_without_a_name():
    tables = random_scheme(3)
    more = {"indicator_id": "other", "dimension_id": "Z", "method": "binary", "kind": "veto", "cap": 50}
    tables["indicators"] = [*tables["indicators"], more]
    bridge = total_bridge(make_card(check=False, **tables), random_card(4))
    assert list(_points(bridge, "veto")) == [""]


def test_an_indicator_measured_in_other_units_has_the_same_steps():
    def two(factor):
        plan = [{"target": 100 * factor}]
        return [
            make_card(plan=plan, actuals=actual_rows({name: value * factor for name, value in values.items()}))
            for values in ({"A": 90.0, "B": 50.0}, {"A": 70.0, "B": 60.0, "C": 20.0})
        ]

    a, b = total_bridge(*two(1.0)), total_bridge(*two(1000.0))
    assert b["points"].to_numpy() == pytest.approx(a["points"].to_numpy(), rel=1e-9)


def test_order_of_rows_changes_no_step_and_nothing_given_is_changed():
    rng = np.random.default_rng(8)
    tables = random_scheme(11)
    mixed = {name: [rows[i] for i in rng.permutation(len(rows))] for name, rows in tables.items() if rows}
    now, then = random_card(12), make_card(check=False, **tables)
    kept = then.scores.copy(), now.totals.copy()
    a, b = (total_bridge(now, card) for card in (then, make_card(check=False, **{**tables, **mixed})))
    keys = ["kind", "indicator_id"]
    a, b = (table.set_index(keys)["points"].sort_index() for table in (a, b))
    pd.testing.assert_series_equal(a, b, check_exact=False, atol=1e-9)
    pd.testing.assert_frame_equal(then.scores, kept[0])
    pd.testing.assert_frame_equal(now.totals, kept[1])


def test_turning_time_round_turns_every_step_of_those_in_both_round():
    forth, back = total_bridge(random_card(1), random_card(2)), total_bridge(random_card(2), random_card(1))
    for kind, other in (("scores", "scores"), ("weights", "weights"), ("came", "went"), ("bonus", "bonus")):
        there = _points(back, other)
        assert _points(forth, kind) == {name: pytest.approx(-there[name], abs=1e-9) for name in there}


def test_cards_of_different_units_are_refused_by_name():
    now, then = _pair("2024Q2")
    with pytest.raises(kpi.KpiError, match=r"of 'west' and the whole\. Limit both with for_unit"):
        total_bridge(now, then.for_unit("west"))
    inside = total_bridge(now.for_unit("west"), then.for_unit("west"))
    assert inside["n"].max() == 12


def test_a_bridge_by_dimension_is_that_by_indicator_added_up():
    bridge = total_bridge(*_pair("hospitals"))
    by_indicator, by_dimension = bridge_items(bridge), bridge_items(bridge, "dimension")
    for column in (*ITEM_KINDS, "change"):
        assert by_dimension[column].sum() == pytest.approx(by_indicator[column].sum(), abs=1e-9)
    inside = bridge.loc[bridge["kind"].isin(ITEM_KINDS), "points"].sum()
    assert by_indicator["change"].sum() == pytest.approx(inside, abs=1e-9)
    assert by_indicator["change"].abs().is_monotonic_decreasing
    with pytest.raises(kpi.KpiError, match="Use 'indicator' or 'dimension'"):
        bridge_items(bridge, "unit")


@pytest.mark.parametrize("level", ["", "indicator", "dimension"])
@pytest.mark.parametrize("name", ["hospitals", "2024Q4"])
def test_main_steps_add_up_to_the_same_end(name, level):
    now, then = _pair(name)
    steps = main_steps(total_bridge(now, then), most=3, level=level)
    _assert_ends = steps[~steps["kind"].isin(["start", "end"])]["points"].sum() + steps["points"].iloc[0]
    assert _assert_ends == pytest.approx(now.totals["total"].mean(), abs=1e-9)
    assert steps["running"].iloc[-1] == pytest.approx(now.totals["total"].mean(), abs=1e-9)
    assert steps["kind"].isin(ITEM_KINDS).sum() <= 3
    assert (steps["kind"] == "rest").sum() == 1


def test_many_small_steps_are_told_by_dimension_and_few_by_indicator():
    many, few = (main_steps(total_bridge(*_pair(name))) for name in ("hospitals", "2024Q4"))
    assert set(many.loc[many["kind"].isin(ITEM_KINDS), "indicator_id"]) == {""}
    assert "" not in set(few.loc[few["kind"].isin(ITEM_KINDS), "indicator_id"])
    with pytest.raises(kpi.KpiError, match="level: 'unit'"):
        main_steps(many, level="unit")


def test_indicators_that_came_and_went_between_the_yearly_cycles_are_those_of_the_two_lists():
    now, then = _pair("hospitals")
    changes = scheme_changes(now, then)
    here, there = set(now.indicators["indicator_id"]), set(then.indicators["indicator_id"])
    assert set(changes.loc[changes["change"] == "came", "indicator_id"]) == here - there
    assert set(changes.loc[changes["change"] == "went", "indicator_id"]) == there - here
    others = changes[~changes["change"].isin(["came", "went"])]
    assert set(others["change"]) == {"method", "unit", "direction"}
    assert "SSI-COMBINED" not in set(others["indicator_id"])
    text = wording.scheme_changed(changes, kpi.names_of(now, then))
    assert f"New indicators: {len(here - there)} (" in text
    assert f"gone: {len(there - here)} (" in text
    assert f"{others['indicator_id'].nunique()} (" in text


def test_a_scheme_that_stayed_has_no_changes_and_other_targets_are_none():
    assert scheme_changes(*_pair("2024Q4")).empty
    assert scheme_changes(make_card(plan=[{"target": 50}]), make_card()).empty
    assert scheme_changes(make_card(), None).empty
    changed = scheme_changes(make_card(indicators=[{"unit": "%", "method": "given"}], plan=None), make_card())
    assert changed[["change", "before", "now"]].to_numpy().tolist() == [
        ["method", "ratio", "given"],
        ["unit", "points", "%"],
    ]
    assert changed[["weight_before", "weight_now"]].to_numpy().tolist() == [[1.0, 1.0]] * 2


def test_the_sentence_names_the_three_largest_parts_and_who_came_and_went():
    now, then = _pair("2024Q4")
    names, bridge = kpi.names_of(now, then), total_bridge(now, then)
    assert wording.moved(bridge, names) == (
        "From 2024Q3 to 2024Q4 the mean total went from 89.9 to 90.4 points (+0.5). Largest parts: 'Serious safety or "
        "compliance incident': veto +0.4, 'Improvements adopted': scores -0.2, 'Support of other units': bonus +0.1."
    )
    assert wording.joined_and_left(bridge, names) == ""
    assert wording.moved_in_a_year(bridge, bridge, names) == ""
    assert wording.moved_in_a_year(bridge, bridge.iloc[:0], names).startswith("Against the same cycle a year ago: From")
    yearly = total_bridge(*_pair("hospitals"))
    text = wording.joined_and_left(yearly, names)
    assert "in FY2016 only: 140; in FY2017 only: 76." in text
    assert "2,879 in both" in text


def test_the_waterfall_has_a_bar_for_each_step_with_its_sign_and_a_diamond_at_either_end():
    now, then = _pair("hospitals")
    bridge, names = total_bridge(now, then), kpi.names_of(now, then)
    ax, steps = figures.plot_waterfall(bridge, names), main_steps(bridge)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx(steps["points"].iloc[1:-1].tolist())
    assert len(ax.get_yticklabels()) == len(steps)
    texts = [text.get_text() for text in ax.texts]
    assert texts[0] == "40.5"
    assert all(text[0] in "+-" for text in texts[1:-1])
    assert (
        ax.get_title("left")
        .replace("\n", " ")
        .startswith("The mean total fell by 4.9 points since FY2016; largest part:")
    )
    plt.close(ax.figure)


# The others are drawn by the tests of everything that is shown.
@pytest.mark.parametrize("source", ["nobody has a total", "nobody in both cycles", "names that are no names"])
def test_every_source_has_a_bridge_its_words_its_tables_and_its_chart(source):
    now, then = SOURCES[source]()
    then = replace(then, cycle=f"before {then.cycle}") if then else None
    bridge, names = total_bridge(now, then), kpi.names_of(now, then)
    for text in (wording.moved(bridge, names), wording.waterfall_alt(bridge, names)):
        assert text.endswith(".")
        assert "nan" not in text
    shown = (
        tables.bridge(bridge_items(bridge), names),
        tables.bridge_dimensions(bridge_items(bridge, "dimension"), names),
    )
    assert [table is None for table in shown] == [bridge_items(bridge).empty] * 2
    tables.scheme(scheme_changes(now, then), names)
    ax = figures.plot_waterfall(bridge, names)
    assert ax.get_title("left")
    plt.close(ax.figure)
