"""How sets of weights are drawn: around the stated ones, evenly, within limits, in an order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.weights.weight_draws import DrawRule, draw_multipliers, shares
from kpianalysis.analyses.weights.weight_model import weight_model
from kpianalysis.errors import KpiError
from tests.cards import given_card, hospitals, operations

both = pytest.mark.parametrize("quasi", [False, True], ids=["pseudo", "quasi"])


def _draws(model, k=4000, seed=1, **rule):
    return draw_multipliers(model, k, seed, DrawRule(**rule))


def _shares(weights, stated=None, k=4000, **rule):
    """Drawn shares of the indicators i0, i1, … of one dimension, or of the dimensions 0, 1, … when weighted."""
    model = _model(weights, stated)
    within, top = shares(model, *_draws(model, k, **rule))
    return top if stated else within


def _model(weights, stated=None):
    rng = np.random.default_rng(0)
    names = [f"i{place}" for place in range(len(weights))]
    scores = pd.DataFrame(rng.uniform(0, 100, (6, len(names))), columns=names, index=[f"S{i}" for i in range(6)])
    of = {name: name[-1] for name in names} if stated else None
    dimensions = {name[-1]: w for name, w in zip(names, stated, strict=True)} if stated else None
    return weight_model(given_card(scores, of, dimensions, dict(zip(names, weights, strict=True))))


@pytest.mark.parametrize("spread", [0.1, 0.25, 0.6])
def test_an_average_weight_varies_by_the_stated_spread(spread):
    drawn, _ = _draws(_model([1, 1, 1, 1]), spread=spread)
    assert drawn.mean(axis=0) == pytest.approx(np.ones(4), abs=0.05)
    assert drawn.std(axis=0) == pytest.approx(np.full(4, spread), rel=0.08)


def test_a_drawn_set_of_weights_has_the_sum_of_the_stated_ones():
    stated = np.array([1.0, 2.0, 5.0])
    drawn, _ = _draws(_model(stated.tolist()), 50)
    assert (drawn * stated).sum(axis=1) == pytest.approx(np.full(50, 8.0))
    _, drawn = _draws(_model([1, 1, 1], stated.tolist()), 50)
    assert (drawn * stated).sum(axis=1) == pytest.approx(np.full(50, 8.0))


def test_a_weight_alone_in_its_group_is_not_drawn_and_a_weight_of_zero_stays():
    drawn, dimensions = _draws(_model([3]), 20)
    assert (drawn == 1).all()
    assert (dimensions == 1).all()
    drawn, _ = _draws(_model([1, 0, 2]), 20)
    assert (drawn[:, 1] == 1).all()
    assert (drawn[:, [0, 2]] @ [1, 2]) == pytest.approx(np.full(20, 3.0))


def test_a_weight_is_no_less_sure_because_few_have_a_score():
    scores = pd.DataFrame(50.0, index=[f"S{i}" for i in range(40)], columns=["a", "b", "c"])
    scores.iloc[1:, 2] = np.nan
    drawn, _ = _draws(weight_model(given_card(scores)))
    assert drawn.std(axis=0) == pytest.approx(np.full(3, 0.25), rel=0.08)


def test_two_weights_with_the_largest_spread_are_all_or_nothing():
    drawn, _ = _draws(_model([1, 1]), 500, spread=1.0)
    assert np.isfinite(drawn).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(2), abs=0.15)
    assert drawn.std(axis=0) == pytest.approx(np.ones(2), rel=0.02)


@both
def test_quasi_and_pseudo_random_draws_have_the_moments_of_the_formula(quasi):
    stated = np.array([1.0, 2.0, 5.0])
    share = _shares([1, 1, 1], stated.tolist(), k=8192, spread=0.3, quasi=quasi)
    v = stated / 8
    sd = np.sqrt(v * (1 - v) / (2 / 0.3**2))
    assert share.mean(axis=0) == pytest.approx(v, abs=0.005)
    assert share.std(axis=0) == pytest.approx(sd, rel=0.05)


@both
def test_uniform_shares_have_the_moments_of_the_simplex(quasi):
    share = _shares([5, 1, 1, 1], k=8192, how="uniform", quasi=quasi)
    assert share.sum(axis=1) == pytest.approx(1)
    assert share.mean(axis=0) == pytest.approx(np.full(4, 0.25), abs=0.01)
    assert share.var(axis=0) == pytest.approx(np.full(4, 3 / 80), rel=0.08)


@both
@pytest.mark.parametrize("how", ["around", "uniform"])
def test_every_draw_keeps_floors_ceilings_and_order(how, quasi):
    rule = {"floors": {"i0": 0.2}, "ceilings": {"i1": 0.3, "i2": 0.5}, "order": (("i0", "i1"), ("i2", "i3"))}
    share = _shares([3, 2, 3, 2], k=1000, how=how, spread=0.6, quasi=quasi, **rule)
    assert len(share) == 1000
    assert share.sum(axis=1) == pytest.approx(1)
    assert (share[:, 0] >= 0.2).all()
    assert (share[:, 1] <= 0.3).all()
    assert (share[:, 2] <= 0.5).all()
    assert (share[:, 0] >= share[:, 1]).all()
    assert (share[:, 2] >= share[:, 3]).all()
    assert share.std(axis=0).min() > 0.02


def test_a_full_order_has_the_mean_weights_of_rank_order_centroids():
    """Uniform on w1 >= w2 >= w3 >= w4: means 25/48, 13/48, 7/48, 3/48 (Barron and Barrett 1996)."""
    share = _shares([1, 1, 1, 1], k=20_000, how="uniform", order=(("i2", "i0"), ("i0", "i3"), ("i3", "i1")))
    assert share[:, [2, 0, 3, 1]].mean(axis=0) == pytest.approx(np.array([25, 13, 7, 3]) / 48, abs=0.004)


def test_tight_ceilings_are_drawn_from_below_them():
    share = _shares([1] * 8, k=500, how="uniform", ceilings={f"i{place}": 0.14 for place in range(8)})
    assert share.max() <= 0.14
    assert share.mean(axis=0) == pytest.approx(np.full(8, 0.125), abs=0.003)


def test_without_spread_the_stated_weights_come_back():
    model = weight_model(operations())
    indicators, dimensions = _draws(model, 3, spread=0.0)
    assert indicators == pytest.approx(1)
    assert dimensions == pytest.approx(1)


@both
def test_the_same_seed_gives_the_same_weights(quasi):
    model = weight_model(hospitals())
    first, again, other = (_draws(model, 64, seed, quasi=quasi) for seed in (1, 1, 2))
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()
    assert not np.allclose(first[0], other[0])


def test_limits_reach_dimensions_and_indicators_by_their_names():
    rule = DrawRule(how="uniform", floors={"business": 0.3, "csat": 0.4})
    drawn = kpi.draw_weights(operations(), 200, 1, rule)
    least = drawn.groupby("item_id")["weight"].min()
    assert least["business"] >= 0.3
    assert least["csat"] >= 0.4
    assert least["teamwork"] < 0.1


def test_drawn_weights_are_a_table_that_sums_to_one_in_each_group():
    card = operations()
    drawn = kpi.draw_weights(card, 3, 1)
    assert drawn["set_id"].unique().tolist() == ["1", "2", "3"]
    group = drawn["item_id"].map(card.indicators.set_index("indicator_id")["dimension_id"]).fillna("total")
    assert drawn.groupby(["set_id", group])["weight"].sum().to_numpy() == pytest.approx(1)
    top = drawn[drawn["level"] == "dimension"]
    assert kpi.totals_under(card, top).groupby("set_id").size().tolist() == [48, 48, 48]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (DrawRule(how="about"), "how: 'about' is not a way to draw"),
        (DrawRule(spread=1.5), "spread: 1.5 is not a share"),
        (DrawRule(floors={"x": 0.1}), "floors: there is no item 'x' with a weight"),
        (DrawRule(ceilings={"i0": 2.0}), "ceilings: i0 has 2.0"),
        (DrawRule(order=(("i0", "D"),)), "order: i0 and D are not two weighted items of one group"),
        (DrawRule(floors={"i0": 0.6, "i1": 0.6}), "no shares of i0, i1, i2 keep their floors"),
        (DrawRule(ceilings={"i0": 0.1, "i1": 0.1, "i2": 0.1}), "no shares of i0, i1, i2 keep their floors"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(rule, message):
    with pytest.raises(KpiError) as raised:
        draw_multipliers(_model([1, 1, 1]), 10, 1, rule)
    assert message in str(raised.value)


def test_all_that_is_wrong_with_a_rule_is_said_at_once():
    with pytest.raises(KpiError) as raised:
        draw_multipliers(_model([1, 1]), 10, 1, DrawRule(spread=-1, floors={"x": 3}, order=(("a", "b"),)))
    assert str(raised.value).count("\n") == 4


@both
def test_limits_that_leave_hardly_any_weights_are_refused(quasi):
    floors, ceilings = {"i0": 0.9}, {"i0": 0.9 + 1e-6}
    with pytest.raises(KpiError, match="keep the limits"):
        _shares([1, 9, 1], k=50, floors=floors, ceilings=ceilings, quasi=quasi)


def test_no_draws_are_no_draws():
    indicators, dimensions = _draws(weight_model(operations()), 0)
    assert (len(indicators), len(dimensions)) == (0, 0)


def test_a_scheme_with_one_indicator_has_nothing_to_vary():
    card = given_card(pd.DataFrame({"a": [1.0, 2.0]}, index=["A", "B"]))
    for quasi in (False, True):
        assert kpi.draw_weights(card, 2, 1, DrawRule(quasi=quasi))["weight"].tolist() == [1.0] * 4
