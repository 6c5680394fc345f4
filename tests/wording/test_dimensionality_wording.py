"""What is said of how many things are measured, and of dimensions that measure one: every branch."""

from __future__ import annotations

import numpy as np
import pandas as pd

import kpianalysis as kpi
from kpianalysis.analyses.redundancy.adequacy import sampling_adequacy
from kpianalysis.analyses.redundancy.dimensionality import component_loadings, parallel_analysis
from kpianalysis.analyses.redundancy.reliability import item_reliability, reliability
from kpianalysis.wording.dimensionality import enough_in_common, how_many, scree_title, themes
from kpianalysis.wording.reliability import misfits, one_thing
from tests.cards import given_card


def _card(values, of=None):
    table = pd.DataFrame(values, columns=[f"i{j}" for j in range(values.shape[1])])
    return given_card(table.set_axis([f"S{i:04d}" for i in range(len(table))]), of)


def _said(values):
    card = _card(values)
    names = kpi.names_of(card)
    components = parallel_analysis(card.scores)
    loadings = component_loadings(card.scores, components=int(components["keep"].sum()), rotated=True)
    return how_many(components, names), themes(components, loadings, names), scree_title(components, names)


def _unrelated(n=400, k=4):
    """Exactly uncorrelated columns."""
    square, _r = np.linalg.qr(np.column_stack([np.ones(n), np.random.default_rng(2).normal(size=(n, k))]))
    return 50 + 200 * square[:, 1:]


def test_unrelated_indicators_each_measure_a_thing_of_their_own():
    many, shared_themes, title = _said(_unrelated())
    assert many.startswith("4 indicators are spread as widely as 4 unrelated ones would be")
    assert shared_themes == "The indicators share no theme beyond chance: each measures a thing of its own."
    assert title == "4 indicators measure about 4 different things and share no theme beyond chance"


def test_a_theme_names_its_closest_indicators_and_how_many_more():
    x = _unrelated(k=6)
    values = np.hstack([x[:, :1] + [0.3, 0.2, 0.4, 0.5] * x[:, 1:5], -x[:, :1] + 0.3 * x[:, 5:6]])
    many, shared_themes, title = _said(values)
    assert many.startswith("5 indicators are hardly spread more widely than a single one would be")
    assert shared_themes.endswith("of their spread: (1) 'i1', 'i0', against 'i4' and 2 more.")
    assert title == "5 indicators measure about one thing"


def test_few_subjects_and_a_single_indicator_allow_no_conclusion():
    many, shared_themes, title = _said(_unrelated(12, 3))
    assert many == "12 of 12 subjects have all 3 indicators: too few to say how many different things these measure."
    assert shared_themes == "No conclusion is possible about what indicators have in common."
    assert title == "Too few subjects or indicators to say how many things are measured"
    assert _said(_unrelated(40, 1))[0].startswith("Fewer than two indicators can be compared")


def test_left_out_indicators_are_counted():
    values = np.column_stack([_unrelated(), np.full(400, 50.0)])
    assert _said(values)[0].endswith("1 indicator is left out: too few subjects have it, or all score alike.")


def test_what_indicators_have_in_common_is_graded():
    x = _unrelated(k=5)
    much, little = x[:, :1] + 0.5 * x[:, 1:], np.column_stack([x[:, 0], x[:, 1], x[:, 0] + x[:, 1] + 0.5 * x[:, 2]])
    for values, word in ((much, "much in common, so"), (little, "too little in common"), (x[:10], "cannot be said")):
        card = _card(values)
        assert word in enough_in_common(sampling_adequacy(card.scores), kpi.names_of(card))


def test_each_dimension_is_said_to_measure_one_thing_or_different_ones():
    x = _unrelated(k=8)
    values = np.column_stack([x[:, :1] + 0.3 * x[:, 1:4], x[:, 4:7], x[:, 7]])
    of = {f"i{j}": name for j, name in enumerate(["A", "A", "A", "B", "B", "B", "A"])}
    card = _card(values, {**of, "i6": "C"})
    said = one_thing(reliability(card.scores), kpi.names_of(card))
    assert said.startswith(
        "The 3 indicators of 'A' measure largely one thing, perhaps more often than is needed (alpha "
    )
    assert "Different things are measured inside 'B' (alpha 0.00" in said
    assert "'C'" not in said
    misfit = _card(values, of)
    text = misfits(item_reliability(misfit.scores), kpi.names_of(misfit))
    assert text.startswith("Without 'i6' the alpha of 'A' rises from ")
    turned = _card(np.column_stack([values[:, :3], -values[:, 0] + x[:, 4]]))
    assert "'i3' goes against the other indicators of 'D'" in misfits(
        item_reliability(turned.scores), kpi.names_of(turned)
    )
