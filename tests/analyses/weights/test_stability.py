"""How far a weight may move: published scores, whole scorecards, and what stands on an edge."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from kpianalysis.analyses.weights.stability import grade_intervals, grade_stability, stability_intervals
from kpianalysis.errors import KpiError
from tests.builders import actual_rows, make_card
from tests.cards import GRADES, by_subject, given_card, given_tables, hospitals, operations, random_card, random_scheme
from tests.shown import SOURCES

RESULTS = ["first", "top", "order"]


def cell(table: pd.DataFrame, item_id: str, result: str) -> pd.Series:
    return table[(table["item_id"] == item_id) & (table["result"] == result)].iloc[0]


@pytest.fixture(scope="module")
def technology(shared) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Our intervals of the Technology Achievement Index, and those of weight_stability_BAP.csv."""
    folder = shared / "reference/tai"
    theirs = pd.read_csv(folder / "weight_stability_BAP.csv", index_col="indicator")
    scores = pd.read_csv(folder / "scores_goalpost_23.csv", index_col="country")[theirs.index.tolist()]
    card = given_card(scores, weights=theirs["weight"].to_dict())
    return stability_intervals(card, top=3), theirs


@pytest.mark.parametrize(("result", "prefix"), [("first", "first"), ("top", "top3"), ("order", "full")])
def test_intervals_of_a_published_ranking(technology, result, prefix):
    """../shared/reference/tai/weight_stability_BAP.csv: 23 countries, 8 indicators, closed form, 12 digits."""
    ours, theirs = technology
    rows = ours[(ours["result"] == result) & (ours["level"] == "indicator")].set_index("item_id").loc[theirs.index]
    for end, short in (("low", "lo"), ("high", "hi")):
        assert rows[end].to_numpy() == pytest.approx(theirs[f"{prefix}_{short}"].to_numpy(), rel=1e-9, abs=1e-12)
    assert rows["weight"].to_numpy() == pytest.approx(theirs["weight"].to_numpy())


@pytest.mark.parametrize(("end", "short"), [("low", "lo"), ("high", "hi")])
def test_challengers_of_a_published_ranking(technology, end, short):
    """The same file: who takes the first place, and which two countries change places."""
    ours, theirs = technology
    for item, row in theirs.iterrows():
        first, order = cell(ours, item, "first"), cell(ours, item, "order")
        named = row[f"first_{short}_challenger"]
        if first[f"{end}_multiplier"] in (0.0, np.inf):
            # At the very end of electricity's range New Zealand draws level, which is not ahead.
            assert pd.isna(first[f"{end}_challenger"])
            assert pd.isna(named) or item == "electricity_log10"
        else:
            assert first[f"{end}_challenger"] == named
            assert first[f"{end}_overtaken"] == "Finland"
        pair = row[f"full_{short}_pair"]
        ours_pair = {order[f"{end}_challenger"], order[f"{end}_overtaken"]}
        assert pd.isna(pair) == pd.isna(order[f"{end}_challenger"])
        assert pd.isna(pair) or set(pair.split("|")) == ours_pair


def _scored_with(tables, item_id: str, multiplier: float, stated: pd.DataFrame):
    """Score the same tables with one stated weight multiplied, dimension weights held."""
    held = stated.drop_duplicates("item_id").set_index("item_id")["weight"]
    dimensions = [{**row, "weight": held[row["dimension_id"]]} for row in tables["dimensions"]]
    indicators = tables["indicators"]
    if item_id in {row["dimension_id"] for row in dimensions}:
        dimensions = [
            {**row, "weight": row["weight"] * (multiplier if row["dimension_id"] == item_id else 1)}
            for row in dimensions
        ]
    else:
        indicators = [
            {**row, "weight": row["weight"] * multiplier} if row["indicator_id"] == item_id else row
            for row in indicators
        ]
    return make_card(check=False, **{**tables, "dimensions": dimensions, "indicators": indicators})


@pytest.mark.parametrize("seed", [0, 1])
def test_a_scheme_with_the_weight_of_an_end_has_the_result_that_the_end_says(seed):
    """Scored again from its tables: gaps, a bonus and a veto, no weight model in between."""
    tables = random_scheme(seed)
    card = make_card(check=False, **tables)
    intervals, n = stability_intervals(card, top=3), 0
    for row in intervals[intervals["result"].isin(["order", "grades"])][seed::2].itertuples():
        for multiplier, outwards in ((row.low_multiplier, 0.9999), (row.high_multiplier, 1.0001)):
            if not 0 < multiplier < np.inf:
                continue
            for nudge, stays in ((1 / outwards, True), (outwards, False)):
                other = _scored_with(tables, row.item_id, multiplier * nudge, intervals)
                column = "rank" if row.result == "order" else "grade"
                same = by_subject(card.totals, column).equals(by_subject(other.totals, column))
                assert same == stays, (row.item_id, row.result, multiplier)
                n += 1
    assert n > 20


def test_the_weight_and_the_multiplier_of_an_end_say_the_same():
    for card in (operations("2024Q4"), random_card(1)):
        table = grade_intervals(card)
        share, rest = table["weight"] / table["group_weight"], 1 - table["weight"] / table["group_weight"]
        for end in ("low", "high"):
            known = np.isfinite(table[f"{end}_multiplier"])
            x = table[f"{end}_multiplier"]
            expected = table["group_weight"] * x * share / (rest + x * share)
            pd.testing.assert_series_equal(table[end][known], expected[known], check_names=False)
            ends = table[end][np.isinf(x)] - table["group_weight"][np.isinf(x)]
            assert (ends.abs() < 1e-12).all()


def test_two_indicators_by_hand():
    """A 80 and 60, B 60 and 90, half each: 70 and 75. 80 t + 60 (1 − t) = 60 t + 90 (1 − t) at t = 0.6."""
    card = given_card(pd.DataFrame({"x": [80.0, 60.0], "y": [60.0, 90.0]}, index=["A", "B"]), grades=GRADES)
    row = cell(stability_intervals(card), "x", "first")
    assert (row["low"], row["high"]) == pytest.approx((0.0, 0.6))
    assert (row["high_challenger"], row["high_overtaken"]) == ("A", "B")
    assert pd.isna(row["low_challenger"])
    # B has 60 t + 90 (1 − t), an A down to 70: t = 2/3. A has 60 + 20 t and stands on the boundary of its A.
    safe = grade_stability(card).set_index("subject_id")
    assert safe.loc["B", ["weight", "flip_weight", "move", "multiplier"]].tolist() == pytest.approx(
        [0.5, 2 / 3, 1 / 6, 2]
    )
    assert safe.loc["B", ["item_id", "end", "grade", "new_grade"]].tolist() == ["x", "high", "A", "B"]
    assert safe.loc["A", ["weight", "flip_weight", "move", "multiplier"]].tolist() == pytest.approx([0.5, 0.5, 0, 1])
    assert safe.loc["A", ["item_id", "end", "grade", "new_grade"]].tolist() == ["x", "low", "A", "B"]
    assert safe.index.tolist() == ["A", "B"]


def test_a_missing_score_bends_the_totals_and_the_end_is_still_exact():
    """A lacks z: (80 t + 60·(1 − t)/2) / (t + (1 − t)/2) against 65 is level where t = 1/7, a third at the start."""
    scores = pd.DataFrame({"x": [80.0, 65.0], "y": [60.0, 65.0], "z": [np.nan, 65.0]}, index=["A", "B"])
    row = cell(stability_intervals(given_card(scores)), "x", "first")
    assert (row["weight"], row["low"], row["high"]) == pytest.approx((1 / 3, 1 / 7, 1))
    assert row["low_challenger"] == "B"


def test_a_tie_that_would_part_leaves_no_room_and_one_that_cannot_part_leaves_all():
    parts = pd.DataFrame({"x": [80.0, 60.0, 10.0], "y": [60.0, 80.0, 10.0]}, index=list("ABC"))
    row = cell(stability_intervals(given_card(parts)), "x", "first")
    assert (row["low"], row["high"]) == pytest.approx((0.5, 0.5))
    assert (row["low_challenger"], row["high_challenger"]) == ("B", "A")
    same = pd.DataFrame({"x": [80.0, 80.0, 10.0], "y": [60.0, 60.0, 10.0]}, index=list("ABC"))
    for result in RESULTS:
        row = cell(stability_intervals(given_card(same), top=1), "x", result)
        assert (row["low"], row["high"]) == (0.0, 1.0)


def test_to_draw_level_at_the_very_end_is_not_to_overtake():
    scores = pd.DataFrame({"x": [80.0, 80.0], "y": [60.0, 50.0]}, index=["A", "B"])
    row = cell(stability_intervals(given_card(scores)), "x", "order")
    assert (row["low"], row["high"], row["high_multiplier"]) == (0.0, 1.0, np.inf)


def test_capped_totals_tie_until_one_of_them_falls_below_the_cap():
    """Both are held at 40: A = 60 t + 30 (1 − t) reaches 40 at t = 1/3, before B, which falls below at 3/5."""
    tables = given_tables(pd.DataFrame({"x": [60.0, 20.0], "y": [30.0, 70.0]}, index=["A", "B"]))
    tables["indicators"] = [*tables["indicators"], {"indicator_id": "v", "method": "binary", "kind": "veto", "cap": 40}]
    tables["plan"] = [{"indicator_id": "v", "target": 1}]
    tables["actuals"] = [*tables["actuals"], *actual_rows({"A": 0, "B": 0}, "v")]
    row = cell(stability_intervals(make_card(check=False, **tables)), "x", "order")
    assert (row["low"], row["high"]) == pytest.approx((1 / 3, 3 / 5))
    assert (row["low_challenger"], row["high_challenger"]) == ("B", "A")


def test_a_weight_alone_in_its_group_cannot_move():
    card = operations("2024Q4")
    alone = stability_intervals(card).query("item_id == 'teamwork_rating'")
    assert alone["weight"].to_numpy() == pytest.approx(alone["group_weight"].to_numpy(), rel=1e-12)
    assert alone[["low", "high", "low_multiplier", "high_multiplier"]].isna().all(axis=None)
    zero = given_card(pd.DataFrame({"x": [1.0, 2.0], "y": [2.0, 1.0]}, index=["A", "B"]), weights={"x": 0, "y": 1})
    assert stability_intervals(zero).query("level == 'indicator'")["low"].isna().all()


def test_the_stated_weight_lies_in_every_interval():
    for card in (operations("2024Q4"), hospitals(), random_card(2, "zero")):
        table = stability_intervals(card).dropna(subset=["low"])
        slack = 1e-12
        assert (table["low"] <= table["weight"] + slack).all()
        assert (table["weight"] <= table["high"] + slack).all()
        assert (table["low_multiplier"] <= 1).all()
        assert (table["high_multiplier"] >= 1).all()
        wide = table.pivot(index=["level", "item_id"], columns="result", values="high")
        assert (wide["order"] <= wide["top"] + slack).all()


def test_stated_weights_are_those_of_the_scheme_however_much_is_missing():
    weights = stability_intervals(hospitals()).query("level == 'dimension'").drop_duplicates("item_id")
    assert sorted(weights["weight"]) == pytest.approx([0.05, 0.2, 0.25, 0.25, 0.25])
    assert (weights["group_weight"] == 1).all()


def test_the_first_of_all_grades_to_change_is_the_most_fragile_one():
    card = operations("2024Q4")
    subject, ends = grade_intervals(card), stability_intervals(card).query("result == 'grades'").set_index("item_id")
    low = subject.groupby("item_id")["low_multiplier"].max()
    high = subject.groupby("item_id")["high_multiplier"].min()
    pd.testing.assert_series_equal(ends["low_multiplier"], low[ends.index], check_names=False)
    pd.testing.assert_series_equal(ends["high_multiplier"], high[ends.index], check_names=False)
    whose = ends.loc["rework_rate", "low_challenger"]
    mine = subject[(subject["subject_id"] == whose) & (subject["item_id"] == "rework_rate")]
    assert mine["low_multiplier"].item() == ends.loc["rework_rate", "low_multiplier"]


def test_the_smallest_move_is_the_nearest_end_of_all_intervals():
    card = operations("2024Q4")
    intervals = grade_intervals(card)
    down = (intervals["weight"] - intervals["low"]).where(intervals["low_multiplier"] > 0)
    up = (intervals["high"] - intervals["weight"]).where(np.isfinite(intervals["high_multiplier"]))
    nearest = pd.concat([down, up], axis=1).min(axis=1).groupby(intervals["subject_id"]).min()
    ours = grade_stability(card).set_index("subject_id")
    pd.testing.assert_series_equal(ours["move"].abs(), nearest[ours.index], check_names=False)
    assert ours["move"].abs().is_monotonic_increasing
    assert ((ours["new_grade"] != ours["grade"]) | ours["item_id"].isna()).all()


@pytest.mark.parametrize("factor", [0.01, 7.0])
def test_the_scale_of_weights_is_irrelevant(factor):
    scores = pd.DataFrame(
        np.random.default_rng(5).uniform(0, 100, (9, 4)), columns=list("wxyz"), index=list("ABCDEFGHI")
    )
    weights = {"w": 1.0, "x": 2.0, "y": 3.0, "z": 0.5}
    cards = [given_card(scores, weights={k: v * f for k, v in weights.items()}, grades=GRADES) for f in (1.0, factor)]
    for answer in (stability_intervals, grade_intervals, grade_stability):
        pd.testing.assert_frame_equal(*map(answer, cards), rtol=1e-9)


def test_the_order_of_subjects_and_indicators_is_irrelevant():
    scores = pd.DataFrame(
        np.random.default_rng(6).uniform(0, 100, (9, 4)), columns=list("wxyz"), index=list("ABCDEFGHI")
    )
    cards = [given_card(table, grades=GRADES) for table in (scores, scores.iloc[::-1, [2, 0, 3, 1]])]
    for answer, keys in (
        (stability_intervals, ["level", "item_id", "result"]),
        (grade_intervals, ["subject_id", "level", "item_id"]),
        (grade_stability, ["subject_id"]),
    ):
        one, other = (answer(card).set_index(keys).sort_index() for card in cards)
        pd.testing.assert_frame_equal(one, other, rtol=1e-9)


@cache
def _answers(source: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    card = SOURCES[source]()[0]
    return stability_intervals(card), grade_intervals(card), grade_stability(card)


@pytest.mark.parametrize("source", SOURCES)
def test_every_kind_of_card_has_its_tables(source):
    card = SOURCES[source]()[0]
    before = {name: getattr(card, name).copy() for name in ("scores", "dimension_scores", "totals", "grades")}
    intervals, grades, safe = _answers(source)
    n = int(card.totals["total"].notna().sum())
    has_grades = bool(len(card.grades))
    assert set(intervals["result"]) == (set(RESULTS) | ({"grades"} if has_grades else set()) if n else set())
    assert len(safe) == n
    assert len(grades) == n * intervals[["level", "item_id"]].drop_duplicates().shape[0]
    assert list(intervals) == list(_answers("operations")[0])
    assert list(grades) == list(_answers("operations")[1])
    assert list(safe) == list(_answers("operations")[2])
    if not has_grades:
        assert safe["item_id"].isna().all()
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(card, name), table)


def test_a_top_of_nobody_is_refused():
    with pytest.raises(KpiError, match=r"top: 0 is no number of subjects\. Use 1 or more\."):
        stability_intervals(operations("2024Q4"), top=0)


def test_below_all_grades_is_a_change_too():
    """B has (a + b)/2 = 59.5 and no grade: with less weight on b it reaches the 60 of an A."""
    safe = grade_stability(SOURCES["below every grade"]()[0]).set_index("subject_id")
    assert pd.isna(safe.loc["B", "grade"])
    assert safe.loc["B", "new_grade"] == "A"
    # 100 (1 − t) + 19 t = 60
    assert safe.loc["B", "flip_weight"] in (pytest.approx(40 / 81), pytest.approx(41 / 81))
    assert pd.isna(safe.loc["A", "item_id"])
