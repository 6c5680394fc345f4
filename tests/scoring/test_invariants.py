"""What holds for every scoring method and both directions, whatever the numbers; hundreds of examples each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kpianalysis.scoring.methods import METHODS
from kpianalysis.scoring.totals import rank_totals
from tests.builders import actual_rows, make_card, make_inputs, totals_of

amounts = st.floats(0.01, 1e5)
shares = st.floats(0.05, 0.95)
QUICK = settings(max_examples=30, deadline=None)
many = st.lists(st.floats(0.001, 1e5), min_size=1, max_size=20)
BOTH = ("higher", "lower")
# Every method that compares with a target, in every direction it has.
TARGETED = [
    (method, direction)
    for method in ("ratio", "deviation", "baseline", "anchors", "binary", "achievement_improvement")
    for direction in (("lower",) if method == "deviation" else BOTH)
]


def plan_around(target, share, direction):
    """Threshold and baseline worse than the target, stretch better."""
    worse, better = (target * share, target / share)
    if direction == "lower":
        worse, better = better, worse
    return {"target": target, "threshold": worse, "baseline": worse, "stretch": better}


def scores(method, actual, direction, plan, factor=1.0, **more):
    scaled = {name: value * factor for name, value in plan.items()}
    inputs = make_inputs([value * factor for value in actual], direction=direction, **scaled, **more)
    return METHODS[method].score(inputs)


@pytest.mark.parametrize(("method", "direction"), TARGETED)
@QUICK
@given(target=amounts, share=shares)
def test_reaching_the_target_exactly_scores_100(method, direction, target, share):
    plan = plan_around(target, share, direction)
    assert scores(method, [target], direction, plan).item() == pytest.approx(100, abs=1e-9)


@pytest.mark.parametrize(("method", "direction"), TARGETED)
@QUICK
@given(actual=many, target=amounts, share=shares, power=st.integers(-20, 20))
def test_another_unit_of_measure_changes_no_score(method, direction, actual, target, share, power):
    """Powers of two scale floating-point numbers without rounding, so scores are equal to the last digit."""
    plan = plan_around(target, share, direction)
    plain, scaled = (scores(method, actual, direction, plan, factor) for factor in (1.0, 2.0**power))
    assert plain.tolist() == scaled.tolist()


@pytest.mark.parametrize(("method", "direction"), TARGETED)
@QUICK
@given(actual=st.lists(amounts, min_size=2, max_size=20), target=amounts, share=shares)
def test_a_better_actual_never_scores_less(method, direction, actual, target, share):
    from_bad_to_good = sorted(actual, reverse=direction == "lower")
    points = scores(method, from_bad_to_good, direction, plan_around(target, share, direction))
    # Distances of 1e-9 of a score are the last digits of a binary fraction.
    assert (np.diff(points) >= -1e-9 * np.abs(points[1:]).clip(1)).all()


@pytest.mark.parametrize(("method", "direction"), TARGETED)
@QUICK
@given(actual=many, target=amounts, share=shares, floor=st.floats(0, 50), cap=st.floats(50, 150))
def test_a_score_stays_between_its_limits(method, direction, actual, target, share, floor, cap):
    points = scores(method, actual, direction, plan_around(target, share, direction), limits=(floor, cap))
    assert ((points >= floor) & (points <= cap)).all()


@QUICK
@given(actual=many, low=amounts, width=shares, power=st.integers(-20, 20))
def test_a_band_knows_no_unit_of_measure_and_pays_full_marks_inside(actual, low, width, power):
    ends = {"range_low": low, "range_high": low * (1 + width), "floor": low * (1 - width), "cap": low * (2 + width)}

    def banded(values, factor=1.0):
        scaled = {name: value * factor for name, value in ends.items()}
        return METHODS["band"].score(make_inputs([v * factor for v in values], direction="range", **scaled))

    assert banded([ends["range_low"], ends["range_high"]]).tolist() == [100, 100]
    assert banded(actual).tolist() == banded(actual, 2.0**power).tolist()
    assert ((banded(actual) >= 0) & (banded(actual) <= 100)).all()


@pytest.mark.parametrize("direction", BOTH)
@QUICK
@given(actual=st.lists(amounts, min_size=1, max_size=40), data=st.data())
def test_quantile_bands_know_no_unit_of_measure_and_no_order_of_rows(direction, actual, data):
    order = data.draw(st.permutations(range(len(actual))))
    banded = METHODS["rank_band"].score(make_inputs(actual, direction=direction))
    moved = METHODS["rank_band"].score(make_inputs([actual[place] for place in order], direction=direction))
    assert moved.tolist() == [banded[place] for place in order]
    stretched = [1000.0 * value for value in actual]
    assert METHODS["rank_band"].score(make_inputs(stretched, direction=direction)).tolist() == banded.tolist()
    best = max(actual) if direction == "higher" else min(actual)
    assert banded[actual.index(best)] == 100


@QUICK
@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_ranks_count_the_better_ones(totals):
    ranks = rank_totals(pd.Series(totals))
    for total, rank in zip(totals, ranks, strict=True):
        surely_better = sum(other > total + 1e-7 for other in totals)
        perhaps_better = sum(other > total for other in totals)
        assert 1 + surely_better <= rank <= 1 + perhaps_better


cells = st.one_of(st.floats(0, 100), st.just("absent"))
tables = st.lists(st.tuples(cells, cells, cells), min_size=2, max_size=6)
weights = st.tuples(*[st.floats(0.1, 9)] * 3)
policies = st.sampled_from(["redistribute", "zero", "refuse"])
# A source of a few rows says enough: making it smaller would take minutes.
SLOW = settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def card_of(rows, sizes, missing, *, factor=1.0, rename=str, reverse=False):
    """Score three indicators in two dimensions, the rows of every table turned round if wanted."""
    items = [("I", "D"), ("J", "D"), ("K", "E")]
    subjects = [rename(f"S{place}") for place in range(len(rows))]
    source = {
        "subjects": [{"subject_id": subject} for subject in subjects],
        "dimensions": [{"dimension_id": rename("D")}, {"dimension_id": rename("E"), "weight": 3 * factor}],
        "indicators": [
            {"indicator_id": rename(i), "dimension_id": rename(d), "method": "given", "weight": size * factor}
            for (i, d), size in zip(items, sizes, strict=True)
        ],
        "actuals": [
            row
            for place, (name, _) in enumerate(items)
            for row in actual_rows({s: cell[place] for s, cell in zip(subjects, rows, strict=True)}, rename(name))
        ],
    }
    if reverse:
        source = {name: table[::-1] for name, table in source.items()}
    return make_card(check=False, missing=missing, plan=None, **source)


def results(card, original=str):
    totals = {original(subject): total for subject, total in totals_of(card).items()}
    ranks = {original(subject): rank for subject, rank in totals_of(card, "rank").items()}
    return totals, ranks


def same(one, other):
    for mine, yours in zip(one, other, strict=True):
        assert mine == pytest.approx(yours, abs=1e-9, nan_ok=True)


@SLOW
@given(rows=tables, sizes=weights, missing=policies)
def test_twice_the_weights_another_order_and_other_names_change_nothing(rows, sizes, missing):
    plain = results(card_of(rows, sizes, missing))
    same(results(card_of(rows, sizes, missing, factor=2.0)), plain)
    same(results(card_of(rows, sizes, missing, reverse=True)), plain)
    # Names in another order of the alphabet: S0 becomes z0, I becomes q…
    to, back = (
        str.maketrans("SDEIJK0123456789", "zyxqpo9876543210"),
        str.maketrans("zyxqpo9876543210", "SDEIJK0123456789"),
    )
    renamed = card_of(rows, sizes, missing, rename=lambda name: name.translate(to))
    same(results(renamed, lambda name: name.translate(back)), plain)


@SLOW
@given(rows=tables, sizes=weights, missing=policies)
def test_a_total_is_the_weighted_sum_of_its_scores_and_lies_between_them(rows, sizes, missing):
    card = card_of(rows, sizes, missing)
    by = card.scores.groupby(card.scores["subject_id"].astype("str"))
    weighted = totals_of(card, "weighted_total")
    for subject, part in by:
        total = weighted[subject]
        counted = part["score"].fillna(0.0) if missing == "zero" else part["score"]
        if np.isnan(total):
            assert part["score"].isna().any()
            assert part["applied_weight"].sum() == 0
            continue
        assert (part["applied_weight"] * part["score"]).sum() == pytest.approx(total, abs=1e-9)
        assert part["applied_weight"].sum() == pytest.approx(1)
        assert counted.min() - 1e-9 <= total <= counted.max() + 1e-9
        assert part["nominal_weight"].sum() == pytest.approx(1)
    coverage = totals_of(card, "coverage")
    assert all(-1e-12 <= share <= 1 + 1e-12 for share in coverage.values())


@SLOW
@given(rows=tables, sizes=weights)
def test_policies_agree_where_nothing_is_missing_and_zero_is_never_kinder(rows, sizes):
    kind, zero, strict = (totals_of(card_of(rows, sizes, policy)) for policy in ("redistribute", "zero", "refuse"))
    for place, cells_ in enumerate(rows):
        subject = f"S{place}"
        if "absent" in cells_:
            assert np.isnan(strict[subject])
            assert np.isnan(kind[subject]) or zero[subject] <= kind[subject] + 1e-9
        else:
            assert kind[subject] == pytest.approx(zero[subject])
            assert kind[subject] == pytest.approx(strict[subject])
