"""Sentences about cycles: each says what its numbers say."""

from __future__ import annotations

import pandas as pd
import pytest

from kpianalysis.figures.over_cycles import _apart, plot_over_cycles
from kpianalysis.names import Names
from kpianalysis.tables.over_cycles import pairs_over_cycles
from kpianalysis.wording import over_cycles as texts

NAMES = Names("en", {}, {"a": "Orders", "b": "Value", "c": "Rework"}, {}, {})
STEADY = {"p": 0.6, "p_adjusted": 0.6, "slope": 0.0, "slope_p": 0.9}
MOVED = {"p": 0.001, "p_adjusted": 0.01, "slope": -0.1, "slope_p": 0.001}


def _answers(rhos, n=48, rho_now=None, **test):
    """Answers about the pair a, b with these coefficients, and a weaker pair a, c."""
    cycles = [f"Q{at}" for at in range(1, len(rhos) + 1)]
    known = [rho for rho in rhos if rho == rho]
    now = known[-1] if rho_now is None else rho_now
    pairs = pd.DataFrame(
        {
            "indicator_i": "a",
            "indicator_j": ["b", "c"],
            "n": n,
            "spearman": [now, 0.1],
            "spearman_p_adjusted": [1e-9, 0.5],
        }
    )
    by_cycle = pd.concat(
        pd.DataFrame({"cycle": cycles, "indicator_i": "a", "indicator_j": other, "n": n, "spearman": values})
        for other, values in (("b", rhos), ("c", [0.1] * len(rhos)))
    ).assign(ci_low=lambda rows: rows["spearman"] - 0.1, ci_high=lambda rows: rows["spearman"] + 0.1)
    row = {"cycles": len(known), "n": n, "lowest": min(known), "highest": max(known), **(STEADY | test)}
    other = {"cycles": len(rhos), "n": n, "lowest": 0.1, "highest": 0.1, **STEADY}
    homogeneity = pd.DataFrame([row, other]).assign(indicator_i="a", indicator_j=["b", "c"])
    return pairs, by_cycle.reset_index(drop=True), homogeneity


def _changes(rho, p=0.001, n=48, steps=3):
    low, high = rho - 0.1, rho + 0.1
    row = {"steps": steps, "n": n, "spearman": rho, "ci_low": low, "ci_high": high, "p": p, "p_adjusted": p}
    return pd.DataFrame([{"indicator_i": "a", "indicator_j": "b", **row}])


NONE = float("nan")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (_answers([0.87, 0.91, 0.88]), "'Orders' and 'Value' said the same in each of 3 cycles (ρ 0.87 to 0.91)."),
        (_answers([-0.87, -0.91]), "'Orders' and 'Value' said the same in each of 2 cycles (ρ -0.91 to -0.87)."),
        (
            _answers([0.95, 0.75], **MOVED),
            "'Orders' and 'Value' said the same in each of 2 cycles, though not always as closely: ρ 0.75 in Q2, 0.95 "
            "in Q1, more than chance explains.",
        ),
        (
            _answers([0.2, 0.8], **MOVED),
            "'Orders' and 'Value' did not say the same in every cycle: ρ 0.20 in Q1, 0.80 in Q2, more than chance "
            "explains.",
        ),
        (
            _answers([0.66, 0.75]),
            "'Orders' and 'Value' say the same now; ρ was 0.66 to 0.75 in 2 cycles, a difference that chance can "
            "explain.",
        ),
        (
            _answers([0.5, 0.4]),
            "No pair says the same now; the strongest, 'Orders' and 'Value', had ρ 0.40 to 0.50 in 2 cycles, a "
            "difference that chance can explain.",
        ),
        (
            _answers([0.8, 0.2], **MOVED),
            "No pair says the same now; the strongest, 'Orders' and 'Value', has changed: ρ 0.20 in Q2, 0.80 in Q1, "
            "more than chance explains.",
        ),
        (
            _answers([NONE, 0.8]),
            "'Orders' and 'Value' can be compared in one cycle only: whether that holds over time cannot be told.",
        ),
        (
            _answers([0.9, 0.8], n=12, **MOVED),
            "'Orders' and 'Value': ρ 0.80 to 0.90 in 2 cycles; with 12 subjects in the smallest of them no conclusion "
            "is possible.",
        ),
        (_answers([0.9]), "There is one cycle only: whether correlations hold over time cannot be told."),
    ],
)
def test_holds_over_time_says_what_the_coefficients_did(answers, expected):
    assert texts.holds_over_time(*answers, NAMES) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (_answers([0.87, 0.91]), "Not one of 2 pairs has changed over cycles more than chance explains."),
        (
            _answers([0.8, 0.2], **MOVED),
            "Pairs whose correlation has changed over cycles more than chance explains: 1 of 2, most of all 'Orders' "
            "and 'Value': ρ 0.20 in Q2, 0.80 in Q1.",
        ),
        (
            _answers([0.8, 0.2], n=12, **MOVED),
            "No pair has enough subjects in two cycles to say whether its correlation has changed.",
        ),
        (_answers([0.8]), "There is one cycle only: nothing can have changed."),
    ],
)
def test_changed_counts_the_pairs_that_changed_more_than_chance(answers, expected):
    assert texts.changed(*answers[1:], NAMES) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (_changes(0.8), "also rise and fall together"),
        (_changes(0.4), "are related, and do not say the same"),
        (_changes(0.1, p=0.4), "are not related beyond chance"),
        (_changes(-0.5), "Who gains in 'Orders' from one cycle to the next loses in 'Value'"),
        (_changes(0.8, n=12), "with 12 subjects no conclusion is possible"),
        (_changes(NONE, p=NONE, steps=0, n=0), "changes cannot be compared"),
    ],
)
def test_changes_together_says_how_changes_go(changes, expected):
    pairs, _by_cycle, _homogeneity = _answers([0.87, 0.91])
    assert expected in texts.changes_together(pairs, changes, NAMES)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({}, "no change beyond chance"),
        (MOVED, "falling"),
        (MOVED | {"slope": 0.1}, "rising"),
        (MOVED | {"slope_p": 0.5}, "up and down"),
        (MOVED | {"n": 12}, "too few subjects to tell"),
        (MOVED | {"cycles": 1}, "one cycle only"),
        ({"p": NONE, "p_adjusted": NONE}, "cannot be tested"),
    ],
)
def test_trend_is_said_in_a_few_words(test, expected):
    row = _answers([0.8, 0.2])[2].iloc[0].copy()
    assert texts.trend(pd.Series({**row, **test}), "en") == expected


def test_the_table_has_a_column_for_each_of_the_last_cycles_and_says_which():
    pairs, by_cycle, homogeneity = _answers([0.8 + 0.01 * at for at in range(10)])
    shown = pairs_over_cycles(pairs, by_cycle, homogeneity, _changes(0.8), NAMES)
    labels = [column.label for column in shown.columns]
    assert labels[2:10] == [f"ρ in Q{at}" for at in range(3, 11)]
    assert shown.rows[0][2:11] == (
        "0.82",
        "0.83",
        "0.84",
        "0.85",
        "0.86",
        "0.87",
        "0.88",
        "0.89",
        "no change beyond chance",
    )
    assert shown.rows[0][-2:] == ("0.80", "0.70 to 0.90")
    assert shown.rows[1][-2:] == ("–", "")
    assert "the last 8 of 10 cycles" in shown.note
    assert pairs_over_cycles(*_answers([0.8]), _changes(0.8), NAMES) is None


def test_the_chart_has_a_line_and_a_name_for_each_pair_and_states_the_finding():
    ax = plot_over_cycles(*_answers([0.87, NONE, 0.88]), NAMES)
    lines = [line for line in ax.lines if len(line.get_xdata()) == 3]
    assert [line.get_ydata()[0] for line in lines] == [0.87, 0.1]
    assert len({line.get_marker() for line in lines}) == 2
    assert [text.get_text() for text in ax.texts] == ["Orders –\nValue", "Orders –\nRework"]
    assert ax.get_title(loc="left") == "'Orders' and 'Value' said the same in each of 2 cycles"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Q1", "Q2", "Q3"]


def test_names_at_the_ends_of_lines_do_not_lie_on_each_other():
    places = _apart(pd.Series([0.7, 0.71, 0.69, 0.98]).to_numpy(), 0.1, 0.0, 1.0)
    assert sorted(places) == [places[at] for at in (2, 0, 1, 3)]
    assert pd.Series(sorted(places)).diff().min() > 0.099
    assert places.max() <= 0.95


def test_the_alt_text_tells_each_line_from_its_first_to_its_last_cycle():
    text = texts.over_cycles_alt(*_answers([0.87, 0.91]), NAMES)
    assert "'Orders' and 'Value': 0.87 in Q1, 0.91 in Q2." in text
    assert text.endswith("said the same in each of 2 cycles (ρ 0.87 to 0.91).")
