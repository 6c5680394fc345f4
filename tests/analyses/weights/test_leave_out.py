"""What if an indicator, a dimension or a subject goes."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from types import MappingProxyType

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text
from scipy.stats import kendalltau

import kpianalysis as kpi
from kpianalysis.analyses.weights import reversals
from kpianalysis.analyses.weights.leave_out import leave_one_out, left_out_ranks
from kpianalysis.analyses.weights.reversals import rank_reversals, relative_indicators
from kpianalysis.display import figure_svg
from kpianalysis.errors import KpiError
from kpianalysis.figures import leave_out as figures
from kpianalysis.i18n import number
from kpianalysis.tables import leave_out as tables
from kpianalysis.wording import leave_out as wording
from tests.builders import actual_rows, make_card, make_data
from tests.cards import (
    GRADES,
    OPERATIONS,
    by_subject,
    dataset,
    given_card,
    given_tables,
    hospitals,
    operations,
    random_scheme,
)
from tests.shown import EVIL, SOURCES, evil_card

LEVELS = ("indicator", "dimension")


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def _scores(seed=0, n=12, names="abcd", digits=6):
    values = np.random.default_rng(seed).uniform(0, 100, (n, len(names))).round(digits)
    return pd.DataFrame(values, index=[f"S{i:02d}" for i in range(n)], columns=list(names))


def _by_item(table):
    return table.set_index("item_id")


# An indicator or a dimension ----------------------------------------------------------------------------------


def _stated(made):
    """The same scheme with the weight of every dimension written down: leaving an indicator out keeps it."""
    sums = {}
    for row in made["indicators"]:
        if row.get("kind", "scored") == "scored":
            sums[row["dimension_id"]] = sums.get(row["dimension_id"], 0.0) + row["weight"]
    rows = [{**row, "weight": row["weight"] or sums[row["dimension_id"]]} for row in made["dimensions"]]
    return {**made, "dimensions": rows}


def _without(made, gone):
    """The tables of the scheme without some scored indicators, and without a dimension that has none left."""
    kept = {
        key: [row for row in rows if row.get("indicator_id") not in gone] if rows else rows
        for key, rows in made.items()
    }
    used = {row["dimension_id"] for row in kept["indicators"]}
    return {**kept, "dimensions": [row for row in kept["dimensions"] if row["dimension_id"] in used]}


def _is_scoring_without(made, missing, gone, row, long):
    card, other = (make_card(check=False, missing=missing, **each) for each in (made, _without(made, gone)))
    before, after = by_subject(card.totals), by_subject(other.totals)
    # Who has no total today is not given one.
    after = after.reindex(before.index).where(before.notna())
    both = before.notna() & after.notna()
    assert row["n_without_total"] == (before.notna() & after.isna()).sum()
    ours = long.set_index("subject_id")["total"]
    assert ours.to_numpy() == pytest.approx(after[ours.index].to_numpy(), abs=1e-9, nan_ok=True)
    ranks = [each[both].round(9).rank(ascending=False, method="min") for each in (before, after)]
    shift = (ranks[1] - ranks[0]).abs()
    assert (row["mean_shift"], row["most_shift"]) == pytest.approx((shift.mean(), shift.max()))
    assert row["kendall"] == pytest.approx(kendalltau(*ranks).statistic)
    assert abs(row["mover_to"] - row["mover_from"]) == shift.max()
    assert ranks[0][row["mover_id"]] == row["mover_from"]
    starts = np.sort([grade["min_score"] for grade in GRADES])
    steps = np.array([np.searchsorted(starts, each[both] + 1e-9) for each in (before, after)])
    ups, downs = (steps[1] > steps[0]).sum(), (steps[1] < steps[0]).sum()
    assert row[["n_grade_changes", "n_grades_up", "n_grades_down"]].tolist() == [ups + downs, ups, downs]


@pytest.mark.parametrize("digits", [6, -1], ids=["no ties", "ties"])
def test_leaving_an_indicator_out_is_scoring_the_scheme_without_it(digits):
    scores = _scores(3, names="abcde", digits=digits)
    scores = scores.mask(np.random.default_rng(4).uniform(size=scores.shape) < 0.1)
    of = dict(zip("abcde", "XXXYZ", strict=True))
    weights = dict(zip("abcde", [1.0, 2.0, 3.0, 1.0, 1.0], strict=True))
    made = given_tables(scores, of, {"X": 3.0, "Y": 1.0, "Z": 2.0}, weights, grades=GRADES)
    card = make_card(check=False, **made)
    ours, long = _by_item(leave_one_out(card)), left_out_ranks(card)
    for name in scores:
        _is_scoring_without(made, "redistribute", {name}, ours.loc[name], long[long["item_id"] == name])
    assert ours["mean_shift"].is_monotonic_decreasing


@pytest.mark.parametrize("missing", ["redistribute", "zero", "refuse"])
def test_the_same_with_bonus_veto_and_gaps_under_every_policy(missing):
    made = _stated(random_scheme(5, gaps=0.05))
    card = make_card(check=False, missing=missing, **made)
    groups = {row["dimension_id"]: set() for row in made["dimensions"]}
    for row in made["indicators"]:
        if row.get("kind", "scored") == "scored":
            groups[row["dimension_id"]].add(row["indicator_id"])
    by_item = {"indicator": {name: {name} for group in groups.values() for name in group}, "dimension": groups}
    for level in LEVELS:
        ours, long = _by_item(leave_one_out(card, level)), left_out_ranks(card, level)
        assert set(ours.index) == set(by_item[level])
        for name, gone in by_item[level].items():
            _is_scoring_without(made, missing, gone, ours.loc[name], long[long["item_id"] == name])


@pytest.mark.parametrize("level", LEVELS)
def test_the_summary_is_that_of_the_long_form(level):
    card = operations("2024Q4")
    ours, long = leave_one_out(card, level), left_out_ranks(card, level)
    assert len(long) == len(ours) * card.totals["total"].notna().sum()
    shift = (long["rank"] - long["stated_rank"]).abs().groupby(long["item_id"])
    expected = _by_item(ours)
    assert shift.mean().to_dict() == pytest.approx(expected["mean_shift"].to_dict())
    assert shift.max().to_dict() == expected["most_shift"].to_dict()
    stated = by_subject(card.totals, "grade").astype(object)
    changed = long["grade"].astype(object) != long["subject_id"].map(stated)
    assert changed.groupby(long["item_id"]).sum().to_dict() == expected["n_grade_changes"].to_dict()


def test_roles_with_other_weights_keep_their_difference():
    scores = pd.DataFrame({"a": [90.0, 90.0], "b": [50.0, 50.0], "c": [10.0, 10.0]}, index=["P", "Q"])
    subjects = [{"subject_id": "P", "role_id": "p"}, {"subject_id": "Q", "role_id": "q"}]
    plan = [{"indicator_id": i, "role_id": r, "weight": w} for r, ws in (("p", "112"), ("q", "131"))
            for i, w in zip("abc", map(int, ws), strict=True)]  # fmt: skip
    long = left_out_ranks(given_card(scores, subjects=subjects, plan=plan))
    totals = long.set_index(["item_id", "subject_id"])["total"]
    assert totals["a"].to_dict() == pytest.approx({"P": (50 + 20) / 3, "Q": (150 + 10) / 4})
    assert totals["b"].to_dict() == pytest.approx({"P": (90 + 20) / 3, "Q": 50})


def test_better_and_worse_grades_are_counted_apart():
    scores = pd.DataFrame({"a": [100.0, 100.0, 20.0], "b": [0.0, 20.0, 80.0]}, index=["P", "Q", "R"])
    row = _by_item(leave_one_out(given_card(scores, grades=GRADES))).loc["a"]
    # P 50 → 0 and Q 60 → 20 lose a grade or more, R 50 → 80 gains two.
    assert row[["n_grade_changes", "n_grades_up", "n_grades_down"]].tolist() == [3, 1, 2]
    assert row[["mover_id", "mover_from", "mover_to"]].tolist() == ["P", 2, 3] or row["mover_id"] == "Q"


def test_without_grades_none_can_change():
    ours = leave_one_out(given_card(_scores()))
    assert ours[["n_grade_changes", "n_grades_up", "n_grades_down"]].isna().all(axis=None)


def test_of_two_that_move_as_far_the_better_ranked_is_named():
    scores = pd.DataFrame({"a": [0.0, 50.0, 80.0], "b": [20.0, 10.0, 0.0]}, index=["P", "Q", "R"])
    row = _by_item(leave_one_out(given_card(scores))).loc["a"]
    # P goes from 3 to 1 and R from 1 to 3.
    assert row[["mover_id", "mover_from", "mover_to", "most_shift"]].tolist() == ["R", 1, 3, 2]


def test_who_has_only_that_indicator_is_left_without_a_total():
    scores = _scores(names="ab")
    scores.loc[["S00", "S01"], "b"] = np.nan
    card = given_card(scores)
    assert _by_item(leave_one_out(card))["n_without_total"].to_dict() == {"a": 2, "b": 0}
    long = left_out_ranks(card)
    gone = long[long["total"].isna()]
    assert gone["subject_id"].tolist() == ["S00", "S01"]
    assert gone[["rank", "stated_rank", "grade"]].isna().all(axis=None)
    kept = long[(long["item_id"] == "a") & long["total"].notna()]
    assert sorted(kept["stated_rank"]) == list(range(1, 11))
    # Shifts are among those who still have a total: nobody moves up because two are gone.
    both = scores[["a", "b"]].drop(["S00", "S01"])
    shift = (both["b"].rank(ascending=False) - both.mean(axis=1).rank(ascending=False)).abs()
    assert _by_item(leave_one_out(card)).loc["a", "mean_shift"] == pytest.approx(shift.mean())
    assert shift.mean() != (both["b"].rank(ascending=False) - scores.mean(axis=1).rank(ascending=False)).abs().mean()


@pytest.mark.parametrize("level", LEVELS)
def test_the_only_item_cannot_be_left_out(level):
    row = leave_one_out(make_card(), level).iloc[0]
    assert row["n_without_total"] == 3
    assert row[["mean_shift", "most_shift", "mover_id", "mover_from", "kendall"]].isna().all()


def test_an_indicator_without_weight_is_not_missed():
    row = _by_item(leave_one_out(given_card(_scores(), weights={"a": 0.0}))).loc["a"]
    assert row[["mean_shift", "most_shift", "kendall"]].tolist() == pytest.approx([0, 0, 1])
    assert pd.isna(row["mover_id"])


def test_where_all_totals_are_equal_nobody_moves_and_no_order_is_kept():
    ours = leave_one_out(given_card(pd.DataFrame({"a": [50.0] * 3, "b": [70.0] * 3}, index=list("XYZ"))))
    assert ours["mean_shift"].tolist() == [0, 0]
    assert ours["kendall"].isna().all()


def test_a_dimension_of_one_indicator_is_missed_like_the_indicator():
    indicator = _by_item(leave_one_out(hospitals())).loc["MSPB-1"]
    dimension = _by_item(leave_one_out(hospitals(), "dimension")).loc["efficiency"]
    assert dimension.equals(indicator)


def test_a_dimension_of_bonus_items_alone_is_none_to_leave_out():
    scores = _scores()
    made = given_tables(scores, dimensions={"D": None, "E": None})
    bonus = {"indicator_id": "extra", "dimension_id": "E", "method": "given", "kind": "bonus"}
    card = make_card(check=False, **{**made, "indicators": [*made["indicators"], bonus]})
    assert sorted(leave_one_out(card)["item_id"]) == list("abcd")
    assert leave_one_out(card, "dimension")["item_id"].tolist() == ["D"]


def test_a_level_there_is_not_is_refused():
    for answer in (leave_one_out, left_out_ranks):
        with pytest.raises(KpiError, match="Use 'indicator' or 'dimension'"):
            answer(make_card(), "subject")


def test_neither_the_scale_of_weights_nor_the_order_of_the_source_matters():
    made = random_scheme(8)
    scaled = {
        **made,
        "indicators": [{**row, "weight": 3 * row["weight"]} if "weight" in row else row for row in made["indicators"]],
        "dimensions": [{**row, "weight": row["weight"] and 3 * row["weight"]} for row in made["dimensions"]],
    }
    rng = np.random.default_rng(1)
    mixed = {key: [rows[i] for i in rng.permutation(len(rows))] for key, rows in made.items() if rows}
    for level in LEVELS:
        answers = [
            _by_item(leave_one_out(make_card(check=False, **each), level)).sort_index()
            for each in (made, scaled, {**made, **mixed})
        ]
        for other in answers[1:]:
            pd.testing.assert_frame_equal(answers[0], other, check_exact=False, atol=1e-12)


# A subject ------------------------------------------------------------------------------------------------------


def _rows_without(data, subject):
    """The dataset without one subject's actuals."""
    actuals = data.tables["actuals"]
    kept = {**data.tables, "actuals": actuals[actuals["subject_id"] != subject]}
    return replace(data, tables=MappingProxyType(kept))


def _plain(data, card, leaver):
    """Pairs of others that reverse when one leaves: everything scored again, pair by pair."""
    before = by_subject(card.totals).drop(leaver)
    after = by_subject(kpi.score(_rows_without(data, leaver), card.cycle, card.missing).totals).reindex(before.index)
    there = before.notna() & after.notna()
    before, after = before[there], after[there]
    pairs = {}
    for a, b in combinations(before.index, 2):
        with_, without = before[a] - before[b], after[a] - after[b]
        if min(abs(with_), abs(without)) > 1e-9 and (with_ > 0) != (without > 0):
            pairs[(a, b) if with_ > 0 else (b, a)] = abs(with_), -abs(without)
    return pairs, (after - before).abs().max()


def _placed(seed):
    """A random scheme in which two indicators and a bonus pay by place; actuals with ties and gaps, roles, a veto."""
    rng = np.random.default_rng(seed)
    made = random_scheme(seed)
    placed = {"a": {"method": "rank_band"}, "d": {"method": "rank_band", "direction": "lower", "cap": 90}}
    bonus = {"indicator_id": "prize", "dimension_id": "X", "method": "rank_band", "kind": "bonus"}
    subjects = [row["subject_id"] for row in made["subjects"]]
    made["indicators"] = [{**row, **placed.get(row["indicator_id"], {})} for row in made["indicators"]] + [bonus]
    made["scales"] = [
        {"indicator_id": "prize", "value": value, "score": score} for value, score in ((0.2, 8), (0.5, 3), (1, 0))
    ]
    values = {name: float(rng.integers(0, 9)) for name in subjects}
    values[subjects[3]] = "ill"
    # A value with a reason against it takes no place.
    doubted = {"subject_id": subjects.pop(), "value": 99.0, "missing_reason": "in doubt", "indicator_id": "prize"}
    del values[doubted["subject_id"]]
    made["actuals"] = [*made["actuals"], *actual_rows(values, "prize"), doubted]
    return made


def test_without_points_by_place_nobody_elses_total_depends_on_who_is_there():
    for seed in range(3):
        data = make_data(check=False, **random_scheme(seed))
        card = kpi.score(data)
        assert relative_indicators(data, card).empty
        assert rank_reversals(data, card).empty
        totals = by_subject(card.totals)
        for leaver in totals.index:
            again = by_subject(kpi.score(_rows_without(data, leaver)).totals)
            pd.testing.assert_series_equal(again, totals.drop(leaver), check_index=True, atol=1e-12)


@pytest.mark.parametrize("cycle", [*OPERATIONS, "FY2017"])
def test_in_neither_source_an_order_can_reverse_and_nothing_is_scored_again(cycle, monkeypatch):
    source, card = ("hospitals", hospitals()) if cycle == "FY2017" else ("operations", operations(cycle))

    def never(*_args):
        raise AssertionError("scored again")

    monkeypatch.setattr(reversals, "score", never)
    assert relative_indicators(dataset(source), card).empty
    assert rank_reversals(dataset(source), card).empty


def _two_bands(names=("L", "A", "B", "C")):
    """Half of the subjects get 100 points by place: when the best one leaves, the third comes into the upper half."""
    subjects = [{"subject_id": s, "name": name} for s, name in zip("LABC", names, strict=True)]
    return make_data(
        subjects=subjects,
        indicators=[
            {"indicator_id": "I", "method": "rank_band", "name": names[0]},
            {"indicator_id": "J", "method": "given"},
        ],
        plan=None,
        scales=[{"value": 0.5, "score": 100}, {"value": 1, "score": 0}],
        actuals=[
            *actual_rows({"L": 10, "A": 9, "B": 8, "C": 7}),
            *actual_rows({"L": 50, "A": 40, "B": 60, "C": 0}, "J"),
        ],
        grades=GRADES,
    )


def test_who_leaves_reverses_the_order_of_two_others():
    data = _two_bands()
    card = kpi.score(data)
    # A has (100 + 40) / 2, B has (0 + 60) / 2; without L it has (100 + 60) / 2.
    assert by_subject(card.totals)[["A", "B"]].tolist() == [70, 30]
    assert relative_indicators(data, card).to_dict("records") == [
        {"indicator_id": "I", "depends_on": "places", "n_subjects": 4}
    ]
    table = rank_reversals(data, card)
    first = table.iloc[0]
    assert first[["subject_id", "n_reversals", "ahead_id", "behind_id"]].tolist() == ["L", 1, "A", "B"]
    assert first[["gap_with", "gap_without", "most_change", "n_grade_changes"]].tolist() == [40, -10, 50, 1]
    assert table[["n_tried", "n_all"]].drop_duplicates().to_numpy().tolist() == [[4, 4]]
    # Without A, B comes into the upper half as well and passes L, who has 75.
    assert table.set_index("subject_id")["n_reversals"].to_dict() == {"L": 1, "A": 1, "B": 0, "C": 0}
    assert table.set_index("subject_id").loc["A", ["ahead_id", "behind_id", "gap_without"]].tolist() == ["L", "B", -5]


@pytest.mark.parametrize(("missing", "seeds"), [("redistribute", (0, 1)), ("zero", (2,)), ("refuse", (3,))])
def test_reversals_are_those_of_scoring_everything_again(missing, seeds):
    found = 0
    for seed in seeds:
        data = make_data(check=False, **_placed(seed))
        card = kpi.score(data, missing=missing)
        table = rank_reversals(data, card).set_index("subject_id")
        assert len(table) == len(card.totals)
        for leaver, row in table.iterrows():
            pairs, change = _plain(data, card, leaver)
            assert row["n_reversals"] == len(pairs)
            assert row["most_change"] == pytest.approx(change, abs=1e-9)
            if pairs:
                gaps = pairs[row["ahead_id"], row["behind_id"]]
                assert (row["gap_with"], row["gap_without"]) == pytest.approx(gaps)
                assert gaps[0] - gaps[1] == pytest.approx(max(a - b for a, b in pairs.values()))
            found += len(pairs)
    assert missing == "refuse" or found > 5


def _with_a_lonely_month():
    """A sum to which only L has a row for February: for A and B the month is missing, unless L is gone."""
    months = [("L", "2024-01-01"), ("A", "2024-01-01"), ("B", "2024-01-01"), ("L", "2024-02-01")]
    values = {"L": 50, "A": 20, "B": 90}
    return make_data(
        indicators=[
            {"indicator_id": "I", "method": "ratio", "aggregation": "sum"},
            {"indicator_id": "J", "method": "given"},
        ],
        subjects=[{"subject_id": s} for s in "LABC"],
        actuals=[
            *({"subject_id": s, "period": month, "value": values[s]} for s, month in months),
            *actual_rows({"L": 50, "A": 60, "B": 40, "C": 70}, "J"),
        ],
    )


def test_a_sum_that_is_incomplete_because_of_one_subject_is_noticed():
    data = _with_a_lonely_month()
    card = kpi.score(data)
    assert by_subject(card.totals)[["A", "B"]].tolist() == [60, 40]
    assert relative_indicators(data, card).to_dict("records") == [
        {"indicator_id": "I", "depends_on": "periods", "n_subjects": 1}
    ]
    table = rank_reversals(data, card).set_index("subject_id")
    # Without L: A (20 + 60) / 2, B (90 + 40) / 2, C 70.
    assert table["n_reversals"].to_dict() == {"L": 1, "A": 0, "B": 0, "C": 0}
    assert table.loc["L", ["ahead_id", "behind_id", "gap_with", "gap_without"]].tolist() == ["A", "B", 20, -25]


def test_a_tie_is_on_neither_side_of_a_reversal():
    # Without L, B comes level with A: ahead before, tied now.
    data = _two_bands()
    actuals = data.tables["actuals"]
    is_b = (actuals["subject_id"] == "B") & (actuals["indicator_id"] == "J")
    tables_ = {**data.tables, "actuals": actuals.assign(value=actuals["value"].mask(is_b, 40.0))}
    tied = replace(data, tables=MappingProxyType(tables_))
    row = rank_reversals(tied, kpi.score(tied), subjects=["L"]).iloc[0]
    assert (row["n_reversals"], row["most_change"]) == (0, 50)
    assert pd.isna(row["ahead_id"])


def test_nor_is_one_who_falls_level():
    # The best three tenths: A's place is within them of four and not of three, and A falls level with B.
    data = make_data(
        subjects=[{"subject_id": s} for s in "XABL"],
        indicators=[{"indicator_id": "I", "method": "rank_band"}, {"indicator_id": "J", "method": "given"}],
        plan=None,
        scales=[{"value": 0.3, "score": 100}, {"value": 1, "score": 0}],
        actuals=[
            *actual_rows({"X": 10, "A": 9, "B": 8, "L": 7}),
            *actual_rows({"X": 90, "A": 40, "B": 40, "L": 0}, "J"),
        ],
    )
    row = rank_reversals(data, kpi.score(data), subjects=["L"]).iloc[0]
    assert (row["n_reversals"], row["most_change"]) == (0, 50)


def test_as_many_are_taken_out_as_asked_and_the_answer_says_so():
    data = make_data(check=False, **_placed(1))
    card = kpi.score(data)
    whole, some = rank_reversals(data, card), rank_reversals(data, card, most=5)
    assert some["n_tried"].tolist() == [5] * 5
    assert (some["n_all"] == len(whole)).all()
    ids = by_subject(card.totals).index
    assert {ids[0], ids[-1]} <= set(some["subject_id"])
    numbers = ["n_reversals", "gap_with", "most_change", "n_grade_changes"]
    one, other = (table.set_index("subject_id")[numbers] for table in (some, whole))
    pd.testing.assert_frame_equal(one, other.loc[one.index])
    two = rank_reversals(data, card, subjects=[ids[2], ids[5], ids[2]])
    assert sorted(two["subject_id"]) == [ids[2], ids[5]]


def test_the_order_of_the_source_changes_no_reversal():
    made = _placed(2)
    rng = np.random.default_rng(3)
    mixed = {key: [rows[i] for i in rng.permutation(len(rows))] for key, rows in made.items() if rows}
    answers = []
    for each in (made, {**made, **mixed}):
        data = make_data(check=False, **each)
        answers.append(rank_reversals(data, kpi.score(data)).set_index("subject_id").sort_index())
    pd.testing.assert_frame_equal(*answers, check_exact=False, atol=1e-9)


def test_wrong_arguments_say_what_to_do():
    data = _two_bands()
    card = kpi.score(data)
    with pytest.raises(KpiError, match=r"there is no Nobody, X in 2024Q1\. Use ids of card\.totals"):
        rank_reversals(data, card, subjects=["A", "Nobody", "X"])
    with pytest.raises(KpiError, match="0 subjects cannot be taken out"):
        rank_reversals(data, card, most=0)
    with pytest.raises(KpiError, match="limited to the unit 'WY'"):
        rank_reversals(dataset("hospitals"), hospitals().for_unit("WY"))


@pytest.mark.parametrize("values", [{"A": 80}, {"A": 80, "B": 70}, {"A": "ill", "B": "ill"}, {"A": 80, "B": "ill"}])
def test_among_hardly_anybody_nothing_reverses(values):
    data = make_data(check=False, indicators=[{"method": "rank_band"}], plan=None, actuals=actual_rows(values))
    table = rank_reversals(data, kpi.score(data))
    assert len(table) == len(values)
    assert table["n_reversals"].sum() == 0


def test_nothing_that_is_given_changes():
    data = make_data(check=False, **_placed(4))
    card = kpi.score(data)
    kept = {name: table.copy() for name, table in data.tables.items()}
    cards = {name: getattr(card, name).copy() for name in ("scores", "dimension_scores", "totals", "indicators")}
    for level in LEVELS:
        leave_one_out(card, level)
        left_out_ranks(card, level)
    pd.testing.assert_frame_equal(rank_reversals(data, card), rank_reversals(data, card))
    relative_indicators(data, card)
    assert [name for name in kept if not data.tables[name].equals(kept[name])] == []
    assert [name for name in cards if not getattr(card, name).equals(cards[name])] == []


# What is shown --------------------------------------------------------------------------------------------------


def _both(card):
    return leave_one_out(card), leave_one_out(card, "dimension")


@pytest.mark.parametrize(("source", "lang"), [*((name, "en") for name in SOURCES), ("names that are no names", "zh")])
def test_every_table_sentence_and_chart_works_for_every_source(source, lang):
    card = SOURCES[source]()[0]
    (items, dimensions), names = _both(card), kpi.names_of(card, lang=lang)
    said = [
        wording.most_shifting(items, names),
        wording.most_shifting_dimension(dimensions, names),
        wording.left_out_alt(items, dimensions, names),
        *(text for text in (wording.furthest_mover(items, names), wording.least_missed(items, names)) if text),
    ]
    for text in said:
        rest = text.replace(EVIL, "")
        assert "{" not in rest
        assert not {"nan", "None", "<NA>", "–"} & {word.strip("().,;:'%") for word in rest.split()}
        assert rest[-1] == "."
    for table in (tables.left_out(items, names), tables.left_out_dimensions(dimensions, names)):
        assert table is None or "nan" not in str(table.rows)
    ax = figures.plot_left_out(items, dimensions, names)
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()
    assert not [text for text in ax.findobj(Text) if "nan" in text.get_text().split()]
    figure_svg(ax)


def test_the_chart_has_a_bar_per_item_the_largest_on_top_and_the_grades_beside_it():
    card = operations("2024Q4")
    (items, dimensions), names = _both(card), kpi.names_of(card)
    ax = figures.plot_left_out(items, dimensions, names)
    shown = pd.concat([dimensions, items])
    assert [bar.get_width() for bar in ax.patches] == shown["mean_shift"].tolist()
    assert ax.yaxis_inverted()
    assert len({bar.get_facecolor() for bar in ax.patches}) == 2
    assert [label.get_text() for label in ax.yaxis.get_ticklabels()] == [names.item(i) for i in shown["item_id"]]
    texts = [text.get_text() for text in ax.texts]
    assert {"Dimensions", "Indicators"} <= set(texts)
    first = items.iloc[0]
    assert f"{number(first['mean_shift'], 1)} · {first['n_grade_changes']} grades" in texts
    title = " ".join(ax.get_title(loc="left").split())
    assert all(part in title for part in (names.item(first["item_id"]), number(first["mean_shift"], 1)))
    assert f"{first['n_grade_changes']} grades change" in title


def test_of_many_items_the_first_are_drawn_and_counted():
    (items, dimensions), names = _both(hospitals()), kpi.names_of(hospitals())
    ax = figures.plot_left_out(items, dimensions, names, most=4)
    assert len(ax.patches) == 8
    texts = [text.get_text() for text in ax.texts]
    assert {"Dimensions, the first 4 of 5", "Indicators, the first 4 of 22"} <= set(texts)
    assert number(items["mean_shift"].iloc[0], 1) in texts
    figure, (_left, right) = plt.subplots(1, 2)
    ours = figures.plot_left_out(items, dimensions, names, ax=right)
    assert isinstance(ours, Axes)
    assert ours is right
    assert ours.figure is figure


def test_where_nothing_moves_no_indicator_is_blamed():
    card = SOURCES["all totals equal"]()[0]
    (items, dimensions), names = _both(card), kpi.names_of(card)
    text = "Without any one of the indicators no rank would shift and no grade would change."
    assert wording.most_shifting(items, names) == text
    assert wording.least_missed(items, names) == ""
    ax = figures.plot_left_out(items, dimensions, names)
    assert " ".join(ax.get_title(loc="left").split()) == text
    assert ax.get_xlim()[0] == 0
    only = "The only indicator cannot be left out: without it nobody would have a total."
    assert wording.most_shifting(leave_one_out(make_card()), names) == only


def test_two_items_of_one_name_have_a_bar_each():
    card = evil_card()
    ax = figures.plot_left_out(*_both(card), kpi.names_of(card))
    assert len({bar.get_y() for bar in ax.patches}) == len(ax.patches) == 3


def test_grades_and_those_left_without_a_total_have_columns_only_where_there_are_any():
    heads = {}
    for name, card in (("ours", operations("2024Q4")), ("theirs", hospitals()), ("one", make_card())):
        table = tables.left_out(leave_one_out(card), kpi.names_of(card))
        heads[name] = [column.label for column in table.columns]
    assert [name for name, labels in heads.items() if "grades up" in labels] == ["ours"]
    assert [name for name, labels in heads.items() if "left without a total" in labels] == ["one"]
    assert [name for name, labels in heads.items() if "who moves most" in labels] == ["ours", "theirs"]


def test_the_table_shows_the_numbers_of_the_answer():
    card = operations("2024Q4")
    names, items = kpi.names_of(card), leave_one_out(card)
    first = items.iloc[0]
    assert tables.left_out(items, names).rows[0] == (
        names.item(first["item_id"]),
        number(first["mean_shift"], 1),
        number(first["most_shift"]),
        names.subject(first["mover_id"]),
        number(first["mover_from"]),
        number(first["mover_to"]),
        number(first["kendall"], 2),
        number(first["n_grades_up"]),
        number(first["n_grades_down"]),
    )


def test_a_page_about_one_unit_names_nobody_outside_it():
    card = operations("2024Q4")
    items = leave_one_out(card)
    unit = card.subjects.loc[card.subjects["subject_id"] == items["mover_id"].iloc[0], "unit_id"].item()
    other = next(name for name in card.subjects["unit_id"].unique() if name != unit)
    part = card.for_unit(other)
    names = kpi.names_of(part)
    outside = set(card.subjects["subject_id"]) - set(part.subjects["subject_id"])
    strangers = outside | set(card.subjects.loc[card.subjects["subject_id"].isin(outside), "name"])
    data = _two_bands()
    reversed_ = rank_reversals(data, kpi.score(data))
    stranger = replace(names, subjects={"C": "C"})
    shown = f"{tables.left_out(items, names).rows} {wording.furthest_mover(items, names)}"
    assert [name for name in strangers if name in shown] == []
    assert tables.reversals(reversed_, stranger) is None
    assert wording.worst_reversal(reversed_, stranger) == ""


def test_sentences_carry_the_numbers_of_the_answer():
    card = operations("2024Q4")
    (items, dimensions), names = _both(card), kpi.names_of(card)
    for text, row in (
        (wording.most_shifting(items, names), items.iloc[0]),
        (wording.most_shifting_dimension(dimensions, names), dimensions.iloc[0]),
    ):
        for value in (names.item(row["item_id"]), number(row["mean_shift"], 1), f"{row['n_grade_changes']} ("):
            assert value in text
        assert f"({row['n_grades_up']} better, {row['n_grades_down']} worse)" in text
    row = items.loc[items["most_shift"].idxmax()]
    text = wording.furthest_mover(items, names)
    assert f"from place {row['mover_from']:.0f} to {row['mover_to']:.0f}" in text
    assert names.subject(row["mover_id"]) in text
    assert names.item(items["item_id"].iloc[-1]) in wording.least_missed(items, names)
    idle = given_card(pd.DataFrame({"a": [90.0, 80], "b": [80.0, 89]}, index=["P", "Q"]), grades=GRADES)
    assert "2 of the 2 indicators could go" in wording.least_missed(leave_one_out(idle), kpi.names_of(idle))


def test_whether_an_order_can_reverse_is_said_with_the_reason():
    for source, card in (("operations", operations("2024Q4")), ("hospitals", hospitals())):
        data = dataset(source)
        text = wording.reversals(rank_reversals(data, card), relative_indicators(data, card), kpi.names_of(card))
        assert text == (
            "No order of two subjects can reverse because a third one leaves: no score here depends on who else is "
            "measured."
        )
    data = _two_bands(("Lou", "Ann", "Ben", "Cy"))
    card = kpi.score(data)
    table, relative, names = rank_reversals(data, card), relative_indicators(data, card), kpi.names_of(card)
    text = wording.reversals(table, relative, names)
    assert "4 of 4 subjects were taken out" in text
    assert "for 2 of them" in text
    assert "('Lou')" in text
    assert wording.worst_reversal(table, names) == (
        "If 'Lou' left, 1 pair would reverse: 'Ann' is ahead of 'Ben' by 40.00 points and would be behind by 10.00."
    )
    assert tables.reversals(table, names).rows == (
        ("Lou", "1", "Ann", "Ben", "40.00", "-10.00", "1"),
        ("Ann", "1", "Lou", "Ben", "45.00", "-5.00", "1"),
    )
    calm = table.assign(n_reversals=0)
    assert "never reverses" in wording.reversals(calm, relative, names)
    assert wording.worst_reversal(calm, names) == ""
    assert tables.reversals(calm, names) is None
    assert "Nobody was taken out" in wording.reversals(table.head(0), relative, names)
