"""What each weight really does, against what it says."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from tests.cards import (
    OPERATIONS,
    given_card,
    hospitals,
    operations,
    random_card,
)


def _scores(seed=0, n=12, names="abcd", digits=6):
    values = np.random.default_rng(seed).uniform(0, 100, (n, len(names))).round(digits)
    return pd.DataFrame(values, index=[f"S{i:02d}" for i in range(n)], columns=list(names))


# Effective weights -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["indicator", "dimension"])
@pytest.mark.parametrize("cycle", [*OPERATIONS, "FY2017"])
def test_effective_weights_add_up_to_one_in_both_sources(cycle, level):
    card = hospitals() if cycle == "FY2017" else operations(cycle)
    table = kpi.effective_weights(card, level)
    assert table["effective_weight"].sum() == pytest.approx(1, abs=1e-9)
    assert table["weight"].sum() == pytest.approx(1, abs=1e-9)
    assert table["ratio"].dropna().is_monotonic_decreasing
    assert table["ratio"].to_numpy() == pytest.approx((table["effective_weight"] / table["weight"]).to_numpy())


@pytest.mark.parametrize("missing", ["redistribute", "zero"])
@pytest.mark.parametrize("seed", range(3))
def test_effective_weights_add_up_to_one_in_any_scheme(seed, missing):
    card = random_card(seed, missing)
    items = kpi.effective_weights(card).set_index("item_id")["effective_weight"]
    dimensions = kpi.effective_weights(card, "dimension").set_index("item_id")["effective_weight"]
    assert items.sum() == pytest.approx(1, abs=1e-9)
    of = card.indicators.set_index("indicator_id")["dimension_id"]
    assert items.groupby(of.reindex(items.index)).sum().to_dict() == pytest.approx(dimensions.to_dict())


def test_with_the_same_weights_for_all_it_is_the_covariance_share():
    scores, weights = _scores(), np.array([1.0, 2.0, 3.0, 4.0])
    card = given_card(scores, weights=dict(zip(scores, weights, strict=True)))
    share = weights / weights.sum()
    total = scores.to_numpy() @ share
    expected = [w * np.cov(scores[i], total)[0, 1] / total.var(ddof=1) for i, w in zip(scores, share, strict=True)]
    ours = kpi.effective_weights(card).set_index("item_id").loc[list(scores)]
    assert ours["effective_weight"].to_numpy() == pytest.approx(expected, abs=1e-12)
    assert ours["weight"].to_numpy() == pytest.approx(share)


def test_an_indicator_that_never_varies_has_no_effect():
    scores = _scores().assign(a=70.0)
    effective = kpi.effective_weights(given_card(scores)).set_index("item_id")["effective_weight"]
    assert effective["a"] == pytest.approx(0, abs=1e-12)


def test_equal_totals_have_no_effective_weights():
    table = kpi.effective_weights(given_card(pd.DataFrame({"a": [50.0] * 3, "b": [70.0] * 3}, index=list("XYZ"))))
    assert table[["effective_weight", "ratio"]].isna().all(axis=None)


def test_covariance_shares_of_the_technology_index(shared):
    """Covariance shares computed with numpy: importance_tai23.json, 23 countries, weights of OECD (2008) Table 23."""
    expected = json.loads((shared / "reference/weights_from_data/importance_tai23.json").read_text(encoding="utf-8"))
    scores = 100 * pd.read_csv(shared / "reference/tai/scores_goalpost_23.csv", index_col="country")
    scores = scores[expected["indicators"]].set_axis([f"T{i}" for i in range(len(scores))])
    weights = dict(zip(expected["indicators"], expected["weights"], strict=True))
    ours = kpi.effective_weights(given_card(scores, weights=weights)).set_index("item_id").loc[expected["indicators"]]
    # The stored scores have twelve decimals.
    assert ours["effective_weight"].to_numpy() == pytest.approx(expected["covariance_share"], abs=1e-9)
