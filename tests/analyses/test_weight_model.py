"""Totals as a function of the weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpianalysis.analyses.weight_model import draw_multipliers, rank_rows, weight_model
from kpianalysis.scoring.totals import rank_totals
from tests.builders import make_card
from tests.cards import by_subject, given_card, hospitals, operations, random_card, random_scheme


def _ones(model):
    return np.ones((1, len(model.indicators))), np.ones((1, len(model.dimensions)))


@pytest.mark.parametrize(
    "card",
    [hospitals(), operations("2024Q3"), operations("2024Q3", "zero"), operations("2024Q3", "refuse")],
    ids=["hospitals", "redistribute", "zero", "refuse"],
)
def test_with_the_stated_weights_the_totals_are_those_of_the_scorecard(card):
    model = weight_model(card)
    totals = by_subject(card.totals).dropna()
    assert model.subjects == totals.index.tolist()
    assert model.totals(*_ones(model))[0] == pytest.approx(totals.to_numpy(), abs=1e-9)


@pytest.mark.parametrize("missing", ["redistribute", "zero", "refuse"])
@pytest.mark.parametrize("seed", range(2))
def test_the_same_in_any_scheme(seed, missing):
    card = random_card(seed, missing)
    model = weight_model(card)
    assert model.totals(*_ones(model))[0] == pytest.approx(by_subject(card.totals).dropna().to_numpy(), abs=1e-9)


def test_multiplying_every_weight_changes_nothing():
    model = weight_model(operations())
    indicators, dimensions = _ones(model)
    assert model.totals(indicators * 7, dimensions * 0.1)[0] == pytest.approx(model.totals(*_ones(model))[0])


@pytest.mark.parametrize("item", ["a", "e", "f", "X", "Z"])
def test_multiplying_a_weight_is_scoring_with_that_weight(item):
    tables = random_scheme(4)
    model = weight_model(make_card(check=False, **tables))
    indicators, dimensions = _ones(model)
    if item in model.indicators:
        indicators[0, model.indicators.index(item)] = 2.5
        # A blank weight of a dimension is the sum of its indicators': here the dimension keeps what it has.
        sums = {d: sum(i["weight"] for i in tables["indicators"] if i["dimension_id"] == d) for d in "Y"}
        tables["dimensions"] = [
            {**row, "weight": sums.get(row["dimension_id"], row["weight"])} for row in tables["dimensions"]
        ]
        key, column = "indicators", "indicator_id"
    else:
        dimensions[0, model.dimensions.index(item)] = 2.5
        key, column = "dimensions", "dimension_id"
    rows = [{**row, "weight": row["weight"] * 2.5} if row[column] == item else row for row in tables[key]]
    scored = make_card(check=False, **{**tables, key: rows})
    expected = by_subject(scored.totals).reindex(model.subjects)
    assert model.totals(indicators, dimensions)[0] == pytest.approx(expected.to_numpy(), abs=1e-9)


def _draws(model, k=4000, seed=1, spread=0.25):
    parts = list(draw_multipliers(model, k, seed, spread))
    return np.vstack([part[0] for part in parts]), np.vstack([part[1] for part in parts])


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


def test_draws_come_in_parts_that_add_up():
    parts = [len(part[0]) for part in draw_multipliers(weight_model(hospitals()), 500, 1, 0.25)]
    assert sum(parts) == 500
    assert len(parts) > 1


def test_ranks_share_the_better_place():
    totals = np.array([[80.0, 90.0, 80.0 + 1e-12, 70.0], [1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0]])
    assert rank_rows(totals).tolist() == [[2, 1, 2, 4], [1, 1, 1, 1], [4, 3, 2, 1]]


def test_ranks_are_those_of_the_scorecard():
    totals = np.random.default_rng(2).integers(0, 30, (20, 50)).astype(float)
    expected = [rank_totals(pd.Series(row)).tolist() for row in totals]
    assert rank_rows(totals).tolist() == expected
