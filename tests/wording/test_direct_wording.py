"""What is said of pairs that go together directly, or through others: every branch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.correlation.partial import partial_correlation
from kpianalysis.figures.direct import plot_direct
from kpianalysis.tables.direct import direct
from kpianalysis.wording.direct import direct_alt, direct_title, directly, most_direct, rows_used
from tests.cards import given_card, hospitals, operations


def _card(columns):
    table = pd.DataFrame(columns)
    return given_card(50 + 10 * table.set_axis([f"S{i:03d}" for i in range(len(table))]))


def _chain(n=400, seed=1):
    """x and y both follow c; a and b are unrelated to these."""
    rng = np.random.default_rng(seed)
    cause, other = rng.normal(size=n), rng.normal(size=n)
    noise = 0.5 * rng.normal(size=(n, 3))
    return {"x": cause + noise[:, 0], "c": cause, "y": cause + noise[:, 1], "a": other}


def _said(card, **more):
    answer = partial_correlation(card.scores, **more)
    return answer, kpi.names_of(card)


def test_a_single_direct_pair_is_named_with_its_interval():
    answer, names = _said(operations("2024Q4"))
    text = directly(answer, names)
    assert text.startswith("'Orders handled' and 'Value of orders handled' go together directly: their correlation is ")
    assert "n = 40" in text
    assert most_direct(answer, names) == ""
    assert rows_used(answer, names).startswith("Others are held fixed over the 40 of 48 subjects")
    assert direct_title(answer, names).endswith("go together directly, also with the others held fixed")


def test_a_single_pair_through_another_says_so():
    chain = _chain()
    answer, names = _said(_card({name: chain[name] for name in ("x", "y", "c")}), controls=["c"])
    assert directly(answer, names).startswith("'x' and 'y' go together mostly through others: ")
    assert direct_title(answer, names) == "'x' and 'y' go together mostly through others"


def test_several_strong_pairs_are_counted_and_both_ends_named():
    answer, names = _said(_card(_chain()))
    assert directly(answer, names) == (
        "Of 3 pairs with a correlation of 0.5 or more, those that keep at least half of it when the other indicators "
        "are held fixed: 2; that keep a part: 0; that are mostly through others: 1; of which it cannot be told: 0."
    )
    assert "least: 'x' and 'y'" in most_direct(answer, names)
    assert (
        direct_title(answer, names)
        == "Pairs from 0.5 on that keep half or more of it with the others held fixed: 2 of 3"
    )


def test_no_strong_pair_says_so_and_shows_no_table():
    rng = np.random.default_rng(2)
    answer, names = _said(_card(dict(zip("abc", rng.normal(size=(3, 200)), strict=True))))
    assert (
        directly(answer, names) == "No pair has a correlation of 0.5 or more, so none needs to be explained by others."
    )
    assert direct_title(answer, names) == "No pair reaches 0.5, with the others held fixed or not"
    assert direct(answer, names) is None


def test_few_subjects_allow_no_conclusion():
    card = operations("2024Q4").for_unit("east")
    answer, names = _said(card)
    assert (
        directly(answer, names)
        == "Only 12 subjects have every indicator: whether a pair is one directly cannot be told."
    )
    assert direct_title(answer, names) == "No conclusion: only 12 subjects have every indicator"
    assert "first drawn towards 0 by" in rows_used(answer, names)
    shown = direct(answer, names)
    assert {row[-1] for row in shown.rows} == {"cannot tell"}
    assert "adjusted p" not in {head.label for head in shown.columns}


def test_enough_subjects_for_a_pair_and_too_few_for_all_indicators():
    rng = np.random.default_rng(3)
    answer, names = _said(_card({f"i{j}": rng.normal(size=24) for j in range(9)}))
    assert directly(answer, names).startswith("24 subjects are too few for so many indicators")


def test_a_twin_held_fixed_leaves_nothing_to_tell():
    chain = _chain()
    answer, names = _said(_card({"x": chain["x"], "y": chain["y"], "t": chain["x"]}), controls=["t"])
    answer = answer[answer["indicator_j"] == "y"].assign(verdict="cannot tell")
    assert directly(answer, names).startswith("Nothing can be held fixed")
    known = pd.concat([answer, answer.assign(indicator_i="t", partial=0.1, p=0.5, verdict="")], ignore_index=True)
    assert directly(known, names).endswith("the other indicators tell one of the two exactly.")


@pytest.mark.parametrize("values", [[1.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]])
def test_nothing_to_hold_fixed(values):
    answer, names = _said(_card({"a": values, "b": [1.0] * 5}))
    assert directly(answer, names).startswith("Nothing can be held fixed")
    assert rows_used(answer, names) == ""
    assert (
        plot_direct(answer, names).get_title("left")
        == "Nothing can be held fixed: too few subjects have\nevery indicator"
    )


def test_the_chart_shows_what_its_text_says():
    answer, names = _said(hospitals())
    ax = plot_direct(answer, names, most=4)
    assert ax.get_ylabel() == "pair, the strongest 4 of 210"
    assert len(ax.get_yticks()) == 4
    assert ax.lines[0].get_xdata().tolist() == answer["correlation"].head(4).tolist()[::-1]
    assert ax.lines[1].get_xdata().tolist() == answer["partial"].head(4).tolist()[::-1]
    alt = direct_alt(answer, names, most=4)
    assert alt.startswith("Correlation of the strongest 4 of 210 pairs")
    assert most_direct(answer, names) in alt
