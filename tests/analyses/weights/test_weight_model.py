"""Totals as a function of the weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpianalysis.analyses.weights.weight_model import rank_rows, weight_model
from kpianalysis.scoring.totals import rank_totals
from tests.builders import make_card
from tests.cards import by_subject, hospitals, operations, random_card, random_scheme


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


def test_ranks_share_the_better_place():
    totals = np.array([[80.0, 90.0, 80.0 + 1e-12, 70.0], [1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0]])
    assert rank_rows(totals).tolist() == [[2, 1, 2, 4], [1, 1, 1, 1], [4, 3, 2, 1]]


def test_ranks_are_those_of_the_scorecard():
    totals = np.random.default_rng(2).integers(0, 30, (20, 50)).astype(float)
    expected = [rank_totals(pd.Series(row)).tolist() for row in totals]
    assert rank_rows(totals).tolist() == expected
