"""Sentences: their numbers are the computed ones, and every branch says something true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.display import Sentences
from kpianalysis.i18n import number, percent
from kpianalysis.wording import attainment, common, correlation, importance, performance, process, ranks, redundancy
from tests.builders import make_card
from tests.cards import operations, random_card
from tests.shown import EVIL, SOURCES, answers, public_functions, sentences, shown

# Functions that give a part of a sentence or the title of a chart, not a sentence of its own.
PARTS_OF_SENTENCES = {
    *("bends.bend_title", "dimensionality.scree_title", "direct.direct_title", "within_groups.pair_title"),
    *(f"common.{name}" for name in ("count", "first_items", "first_of", "number_of", "points", "share", "signed")),
    *(f"change.{name}" for name in ("step_labels", "waterfall_title")),
    *("fairness.first_place", "fairness.name_some", "forecast.forecast_title"),
    *(
        f"forecast_words.{name}"
        for name in ("aim", "between", "chance", "cycle_name", "is_reached", "needed", "outlook")
    ),
    *(f"forecast_words.{name}" for name in ("series_name", "short_value", "small_share")),
    *(f"gaps.{name}" for name in ("costs_most", "verdict_text", "written_gap", "written_value")),
    *(f"process.{name}" for name in ("assurance", "process_title", "status", "variation", "with_limits")),
    *(f"targets.{name}_text" for name in ("bunching", "difficulty", "discrimination", "ratchet")),
    *(f"alternatives.{name}" for name in ("method_name", "mean_name")),
    *(f"choices.{name}" for name in ("factor_name", "level_name")),
    *(f"importance.{name}" for name in ("between", "flagged")),
    *(f"correlation.{name}" for name in ("level_of", "judged", "perhaps_same", "pair_values")),
    "data_limits.construction_reason",
    "dimensionality.can_tell",
    "direct.verdict",
    *(f"drop_candidates.{name}" for name in ("candidates_of", "change", "lost", "reason")),
    "double_counting.most_common",
    *(f"groups.{name}" for name in ("said_of", "strong_pairs")),
    *(f"over_cycles.{name}" for name in ("beside", "has_changed", "pairs_in_question", "same_in_each", "trend")),
    *(f"predictability.{name}" for name in ("percent_from_zero", "why_left_out")),
    *(f"reliability.{name}" for name in ("against_the_rest", "apart_from_the_rest")),
    *(f"within_groups.{name}" for name in ("grouped_by", "row_of")),
    *(f"stakeholders.{name}" for name in ("contradiction", "list_of", "mend", "times")),
    "stability.smallest_moves",
}


@pytest.fixture(scope="module")
def ours():
    return shown("operations")


@pytest.fixture(scope="module")
def theirs():
    return shown("hospitals")


def _holds(text, *values):
    """Tell whether every value stands in the text, as a word of its own."""
    words = [word.strip("().,;:'") for word in text.replace("(", " ").split()]
    return [value for value in values if value not in words and value not in text] == []


def test_every_sentence_is_looked_at_here(ours):
    assert set(sentences(ours)) == public_functions(kpi.wording) - PARTS_OF_SENTENCES


@pytest.mark.parametrize(("source", "lang"), [*((name, "en") for name in SOURCES), ("names that are no names", "zh")])
def test_every_sentence_is_whole(source, lang):
    for name, said in sentences(shown(source, lang)).items():
        for text in said.texts if isinstance(said, Sentences) else [said]:
            rest = text.replace(EVIL, "")
            assert "{" not in rest, name
            assert not {"nan", "None", "NaT", "inf", "<NA>"} & {word.strip("().,;:'%") for word in rest.split()}, name
            assert not rest or rest.rstrip("'0123456789")[-1] in ".:!", (name, rest)


@pytest.mark.parametrize("source", SOURCES)
def test_each_report_begins_with_five_sentences(source):
    for name, said in sentences(shown(source)).items():
        if name.endswith(".answer"):
            assert (len(said.texts), said.kind) == (5, "answer"), name
            assert all(said.texts), name


# Attainment ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["operations", "hospitals"])
def test_what_happened_gives_the_spread_of_totals(source):
    of = shown(source)
    totals = of.card.totals["total"].dropna()
    low, high = np.percentile(totals, [25, 75])
    numbers = (number(x, 1) for x in (totals.mean(), low, high, totals.min(), totals.max()))
    assert _holds(attainment.what_happened(of.card, of.names), of.card.cycle, number(len(totals)), *numbers)


def test_who_came_and_left_is_counted(theirs):
    counts = kpi.joiners_and_leavers(theirs.card, theirs.before)
    text = attainment.movers(theirs.card, theirs.before, theirs.names)
    assert _holds(text, number(counts["joined"]), number(counts["left"]), "FY2016")


def test_groups_stand_apart_only_beyond_their_intervals():
    table = pd.DataFrame(
        {
            "unit_id": ["u", "v", "w"],
            "mean": [90.0, 80.0, 70.0],
            "ci_low": [85.0, 75.0, np.nan],
            "ci_high": [95.0, 84.0, np.nan],
        }
    )
    names = kpi.names_of(make_card())
    apart = attainment.groups(table, "unit_id", names)
    overlapping = attainment.groups(table.assign(ci_low=[83.0, 75.0, np.nan]), "unit_id", names)
    assert _holds(apart, "'u'", "'v'", "90.0", "80.0")
    assert "'w'" not in apart
    assert apart != overlapping
    assert _holds(overlapping, "'u'", "'v'", "90.0", "80.0")
    alone = attainment.groups(table.tail(2), "unit_id", names)
    assert "'" not in alone


# Common ----------------------------------------------------------------------------------------------------------


def test_trust_says_what_totals_rest_on():
    card = random_card(1)
    coverage = card.totals.loc[card.totals["total"].notna(), "coverage"]
    thin = int((coverage < 0.8).sum())
    assert thin > 0
    assert _holds(common.trust(card), percent(coverage.mean()), str(thin), str(len(coverage)))


@pytest.mark.parametrize("missing", ["redistribute", "zero", "refuse"])
def test_data_status_says_what_was_done_about_missing_scores(missing):
    card = operations("2024Q3", missing)
    status = kpi.data_status(card)
    said = common.data_status(status, card, kpi.names_of(card)).texts
    share = status.set_index("missing_reason").loc["", "share"]
    assert percent(share, 1) in said[0]
    assert _holds(said[1], "customers not surveyed", "8")
    others = {common.data_status(status, operations("2024Q3", m), kpi.names_of(card)).texts[2] for m in
              {"redistribute", "zero", "refuse"} - {missing}}  # fmt: skip
    assert said[2] not in others


def test_complete_data_is_not_given_a_policy():
    card = make_card()
    assert len(common.data_status(kpi.data_status(card), card, kpi.names_of(card)).texts) == 2


def test_a_handful_of_subjects_gets_a_warning():
    few, enough = common.small_group(4, "en"), common.small_group(5, "en")
    assert (few.kind, enough.texts) == ("warning", ())
    assert "4" in few.texts[0]
    assert common.small_group(19, "en", least=20).texts
    assert not common.small_group(20, "en", least=20).texts


def test_blank_sentences_are_no_paragraphs():
    assert common.note("", "One.", "").texts == ("One.",)


@pytest.mark.parametrize(("value", "text"), [(2.0, "2"), (0.5, "0.5"), (1200.0, "1,200"), (0.25, "0.25"), (10, "10")])
def test_short_numbers_have_no_needless_zeros(value, text):
    assert common.number_of(value, "en") == text


def test_every_report_says_that_a_person_decides(ours):
    assert "person decides" in common.decides("en").texts[0]
    for said in (
        redundancy.advice(ours.together.pairs, ours.together.droppable, ours.names),
        importance.advice(ours.weights, ours.names),
    ):
        assert "person decides" in said


def test_reconciliation_says_how_many_totals_agree(theirs, ours):
    assert _holds(attainment.reconciled(theirs.checks, theirs.names), "2,902", "2,955", "2.33")
    assert attainment.reconciled(ours.checks, ours.names) == ""


def test_what_is_only_watched_is_no_signal_of_the_first_screen(ours):
    done = ours.done
    row = done.process["indicator_id"] == "support_bonus"
    watched = done.process.assign(signal=row)
    args = (ours.card, done.actions, done.moved, watched, done.difficulty, done.bunched, ours.names)
    assert row.any()
    assert ours.names.item("support_bonus") not in performance.answer(*args).texts[3]
    assert ours.names.item("support_bonus") in process.signals(watched, ours.names)


# Correlation -----------------------------------------------------------------------------------------------------


def test_pairs_that_say_the_same_need_strength_certainty_and_subjects():
    pairs = pd.DataFrame(
        {
            "spearman": [0.7, -0.9, 0.69, 0.8, 0.9],
            "spearman_p_adjusted": [0.04, 0.001, 0.001, 0.05, 0.001],
            "n": [20, 100, 100, 100, 19],
        }
    )
    assert kpi.redundant_pairs(pairs).index.tolist() == [0, 1]


def test_what_the_data_allow_gives_counts(theirs, ours):
    known = theirs.together.pairs.dropna(subset=["spearman"])
    text = correlation.allows(theirs.together.pairs, theirs.names)
    assert _holds(text, number(len(known)), number(len(theirs.together.pairs)), number(known["n"].max()))
    assert _holds(text, str(len(kpi.redundant_pairs(theirs.together.pairs))))
    few = answers(operations("2024Q3").for_unit("east"))
    assert _holds(correlation.allows(few.together.pairs, few.names), "12")
    assert (
        len({correlation.allows(x.together.pairs, x.names) for x in (theirs, ours, few, shown("one indicator"))}) == 4
    )


def test_the_strongest_pair_is_named_with_its_interval(ours):
    first = ours.together.pairs.iloc[0]
    text = correlation.strongest(ours.together.pairs, ours.names)
    numbers = (number(first[column], 2) for column in ("spearman", "ci_low", "ci_high"))
    assert _holds(text, ours.names.item("orders_handled"), ours.names.item("order_value"), "48", *numbers)


def test_a_pair_that_few_have_is_not_the_strongest(ours):
    few = ours.together.pairs.iloc[[0]].assign(indicator_i="rare", n=5, spearman=1.0)
    pairs = pd.concat([few, ours.together.pairs], ignore_index=True)
    assert correlation.strongest(pairs, ours.names) == correlation.strongest(ours.together.pairs, ours.names)


def test_advice_claims_nothing_that_cannot_be_known(ours):
    pairs, droppable = ours.together.pairs, ours.together.droppable
    found = redundancy.advice(pairs, droppable, ours.names)
    assert _holds(found, ours.names.item("order_value"), "0.971")
    clear = redundancy.advice(pairs, droppable.assign(place=np.nan), ours.names)
    unknown = redundancy.advice(pairs.assign(spearman=np.nan), droppable, ours.names)
    few = redundancy.advice(pairs.assign(n=12), droppable, ours.names)
    none = redundancy.advice(pairs.head(0), droppable, ours.names)
    assert len({found, clear, unknown}) == 3
    assert unknown == few == none


# Sensitivity -----------------------------------------------------------------------------------------------------


def test_safe_grades_are_counted(ours):
    p = ours.ranks["p_grade_changes"]
    text = ranks.safe_ranks(ours.ranks, ours.names)
    assert _holds(text, number(ours.ranks["draws"].iloc[0]), str((p < 0.05).sum()), str(len(p)))


def test_the_least_safe_grade_is_named(ours):
    row = ours.ranks.loc[ours.ranks["p_grade_changes"].idxmax()]
    text = ranks.least_safe(ours.ranks, ours.names)
    assert f"{row['grade']} of '{ours.names.subject(row['subject_id'])}'" in text
    assert percent(row["p_grade_changes"]) in text
    assert "No grade changes" in ranks.least_safe(ours.ranks.assign(p_grade_changes=0.0), ours.names)


def test_without_grades_the_width_of_intervals_is_said(theirs):
    table = theirs.ranks
    width = (table["rank_high"] - table["rank_low"]).median()
    fixed = ((table["rank_high"] - table["rank"] <= 1) & (table["rank"] - table["rank_low"] <= 1)).sum()
    text = ranks.safe_ranks(table, theirs.names)
    assert _holds(text, number(width), number(fixed), number(len(table)))
    widest = table.loc[(table["rank_high"] - table["rank_low"]).idxmax()]
    assert _holds(ranks.least_safe(table, theirs.names), number(widest["rank_low"]), number(widest["rank_high"]))


def test_somebody_below_every_grade_has_none_to_be_named():
    of = shown("below every grade")
    assert of.ranks["grade"].isna().any()
    text = ranks.least_safe(of.ranks, of.names)
    assert "'B'" in text
    assert "nan" not in text


def test_who_comes_first_how_often_is_said(ours):
    first = ours.acceptability[ours.acceptability["rank"] == 1]
    text = ranks.first_places(ours.acceptability, ours.names)
    assert _holds(text, percent(first["share"].max()), str(len(first)))
    alone = ranks.first_places(first.head(1).assign(share=1.0), ours.names)
    assert "in every draw" in alone


def test_how_weights_were_drawn_is_said(theirs):
    text = ranks.how_drawn(theirs.ranks, 0.25, theirs.names)
    assert _holds(text, "100", "25%")


def test_alt_texts_hold_the_finding(ours):
    said = sentences(ours)
    pairs = {
        "attainment.totals_alt": "attainment.what_happened",
        "correlation.heatmap_alt": "correlation.strongest",
        "ranks.ranks_alt": "ranks.safe_ranks",
        "ranks.grades_alt": "ranks.least_safe",
        "ranks.acceptability_alt": "ranks.first_places",
    }
    for alt, finding in pairs.items():
        assert said[finding] in said[alt], alt
        assert len(said[alt]) > len(said[finding]), alt
