"""Everything a report shows of a scorecard: each table, sentence and chart by its name, ready to be looked at."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any

import pandas as pd

import kpianalysis as kpi
from kpianalysis import Dataset, Scorecard
from kpianalysis.display import DisplayTable, Sentences
from kpianalysis.names import Names
from tests import shown_correlation, shown_performance
from tests.builders import actual_rows, make_card, make_data
from tests.cards import before, dataset, given_card, hospitals, operations

EVIL = """<script>alert('x')</script> & "返工率" $a_{1 $ **b** [c](javascript:d) {e} %s"""


def judgements_about(card: Scorecard) -> pd.DataFrame:
    """What two stakeholders say of the dimensions, or with a single one of its indicators; one of them by pairs."""
    scored = card.scores.loc[card.scores["kind"] == "scored", "indicator_id"].astype("str").unique()
    items = list(card.dimensions["dimension_id"])
    items = items if len(items) > 1 else list(scored)
    rows = [
        {"judge_id": "J1", "group": "staff", "method": "budget", "item_i": i, "value": 1.0 + k}
        for k, i in enumerate(items)
    ]
    # The last comparison contradicts the others, so that there is something to say about consistency.
    rows += [
        {"judge_id": "J2", "group": "staff", "method": "pairwise", "item_i": i, "item_j": j, "value": 3.0}
        for i, j in [*pairwise(items), *([(items[-1], items[0])] if len(items) > 2 else [])]
    ]
    return pd.DataFrame(rows, columns=["judge_id", "group", "method", "item_i", "item_j", "value"])


def compared(card: Scorecard) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Consistency and triads of these."""
    table = judgements_about(card)
    return kpi.judgement_consistency(table, card), kpi.judgement_triads(table, card)


@dataclass(frozen=True)
class Answers:
    """The answer tables of one scorecard."""

    card: Scorecard
    before: Scorecard | None
    names: Names
    checks: pd.DataFrame
    differing: pd.DataFrame
    units: pd.DataFrame
    apart: pd.DataFrame
    roles: pd.DataFrame
    status: pd.DataFrame
    weights: pd.DataFrame
    dimensions: pd.DataFrame
    wanted: pd.DataFrame
    intervals: pd.DataFrame
    flips: pd.DataFrame
    judged: pd.DataFrame
    results: pd.DataFrame
    disputed: pd.DataFrame
    disagreement: pd.DataFrame
    ranks: pd.DataFrame
    acceptability: pd.DataFrame
    chances: pd.DataFrame
    central: pd.DataFrame
    winning: pd.DataFrame
    left_out: pd.DataFrame
    left_out_dimensions: pd.DataFrame
    relative: pd.DataFrame
    reversals: pd.DataFrame
    data_weights: pd.DataFrame
    data_results: pd.DataFrame
    doubt: pd.DataFrame
    compensated: pd.DataFrame
    compensation_results: pd.DataFrame
    choices: kpi.Choices
    uncertain: pd.DataFrame
    together: shown_correlation.Correlations
    done: shown_performance.Performance


def answers(card: Scorecard, before: Scorecard | None = None, lang: str = "en", draws: int = 100) -> Answers:
    """Compute every answer once."""
    names, drawn = kpi.names_of(card, before, lang=lang), kpi.draw_ranks(card, draws, seed=1)
    data_weights, doubt, compensated = kpi.data_weights(card), kpi.benefit_of_the_doubt(card), kpi.compensation(card)
    judged = kpi.judgement_weights(judgements_about(card), card)
    results = kpi.stakeholder_results(card, judged)
    return Answers(
        card,
        before,
        names,
        kpi.reconcile(card),
        kpi.disagreements(card),
        kpi.group_summary(card, "unit_id"),
        kpi.unit_differences(card),
        kpi.group_summary(card, "role_id"),
        kpi.data_status(card),
        kpi.importance(card, draws=50),
        kpi.importance(card, "dimension", draws=50),
        kpi.weights_for_importance(card),
        kpi.stability_intervals(card),
        kpi.grade_stability(card),
        judged,
        results,
        kpi.disputed_subjects(results),
        kpi.weight_disagreement(judged, card),
        kpi.rank_intervals(drawn),
        kpi.rank_acceptability(drawn, most_rank=60),
        kpi.grade_probabilities(drawn),
        kpi.central_weights(drawn),
        kpi.pairwise_winning(drawn),
        kpi.leave_one_out(card),
        kpi.leave_one_out(card, "dimension"),
        kpi.relative_indicators(*paid_by_place()),
        kpi.rank_reversals(*paid_by_place()),
        data_weights,
        kpi.data_weight_results(card, data_weights, doubt),
        doubt,
        compensated,
        kpi.compensation_results(compensated),
        # Few sets and base points: the tests look at words and bars, not at digits.
        kpi.result_choices(card),
        kpi.sobol_indices(card, n=16),
        shown_correlation.correlations(card, before, names),
        shown_performance.performance(card, before, names),
    )


def shown(source: str, lang: str = "en") -> Answers:
    """Give the answers of one of `SOURCES`, computed once."""
    return _shown(source, lang)


@cache
def _shown(source: str, lang: str) -> Answers:
    return answers(*SOURCES[source](), lang)


def tables(a: Answers) -> dict[str, DisplayTable | None]:
    """Every table of the reports, by module and function."""
    one, three, n = kpi.tables.attainment, kpi.tables.ranks, a.names
    out, other, ch = kpi.tables.leave_out, kpi.tables.alternatives, kpi.tables.choices
    people = kpi.tables.stakeholders
    return {
        "attainment.totals": one.totals(a.ranks, n),
        "attainment.lowest_totals": one.lowest_totals(a.ranks, n),
        "attainment.groups": one.groups(a.units, "unit_id", n),
        "attainment.groups by role": one.groups(a.roles, "role_id", n),
        "attainment.units_apart": one.units_apart(a.apart, n),
        "attainment.status": one.status(a.status, n),
        "attainment.checks": one.checks(a.checks, n),
        "attainment.disagreements": one.disagreements(a.differing, n),
        **shown_correlation.tables(a.together),
        **shown_performance.tables(a.done),
        "importance.measures": kpi.tables.importance.measures(a.weights, n),
        "importance.dimension_measures": kpi.tables.importance.dimension_measures(a.dimensions, n),
        "importance.suggested": kpi.tables.importance.suggested(a.wanted, n),
        "stability.intervals": kpi.tables.stability.intervals(a.intervals, n),
        "stability.flips": kpi.tables.stability.flips(a.flips, n),
        "stakeholders.weights": people.weights(kpi.stakeholder_weights(a.judged), a.disagreement, n),
        "stakeholders.consistency": people.consistency(*compared(a.card), n),
        "stakeholders.results": people.results(kpi.stakeholder_summary(a.results), n),
        "stakeholders.disputed": people.disputed(a.disputed, n),
        "ranks.fragile": three.fragile(a.ranks, n),
        "ranks.grades": three.grades(a.chances, n),
        "ranks.central": three.central(a.central, n),
        "ranks.ahead": three.ahead(a.winning, n),
        "leave_out.left_out": out.left_out(a.left_out, n),
        "leave_out.left_out_dimensions": out.left_out_dimensions(a.left_out_dimensions, n),
        "leave_out.reversals": out.reversals(a.reversals, kpi.names_of(paid_by_place()[1], lang=n.lang)),
        "alternatives.data_weights": other.data_weights(a.data_weights, n),
        "alternatives.data_weight_results": other.data_weight_results(a.data_results, n),
        "alternatives.doubt": other.doubt(a.doubt, n),
        "alternatives.compensation": other.compensation(a.compensated, n),
        "alternatives.compensation_results": other.compensation_results(a.compensation_results, n),
        "choices.choice_shares": ch.choice_shares(a.choices, n),
        "choices.single_changes": ch.single_changes(a.choices, n),
        "choices.dependent_ranks": ch.dependent_ranks(a.choices, n),
        "uncertain_weights.indices": kpi.tables.uncertain_weights.indices(a.uncertain, n),
        "common.findings": kpi.tables.common.findings(a.card, n),
        "common.provenance": kpi.tables.common.provenance(dataset("operations"), {"cycle": a.card.cycle}, n.lang),
    }


def sentences(a: Answers) -> dict[str, str | Sentences]:
    """Every sentence of the reports, by module and function."""
    one, three, n = kpi.wording.attainment, kpi.wording.ranks, a.names
    out, other = kpi.wording.leave_out, kpi.wording.alternatives
    ch, un, does = kpi.wording.choices, kpi.wording.uncertain_weights, kpi.wording.importance
    moves, people = kpi.wording.stability, kpi.wording.stakeholders
    agree = people.would_agree(a.judged, a.disputed, a.disagreement, n)
    common, by_place = kpi.wording.common, kpi.names_of(paid_by_place()[1], lang=a.names.lang)
    return {
        "attainment.what_happened": one.what_happened(a.card, n),
        "attainment.reconciled": one.reconciled(a.checks, n),
        "attainment.groups": one.groups(a.units, "unit_id", n),
        "attainment.units_apart": one.units_apart(a.apart, n),
        "attainment.movers": one.movers(a.card, a.before, n),
        "attainment.nothing_published": one.nothing_published(n),
        "attainment.totals_alt": one.totals_alt(a.card, n),
        **shown_correlation.sentences(a.together),
        **shown_performance.sentences(a.done),
        "sensitivity.answer": kpi.wording.sensitivity.answer(
            a.weights, a.dimensions, a.ranks, a.intervals, a.flips, agree, n
        ),
        "importance.loudest": does.loudest(a.weights, n),
        "importance.quietest": does.quietest(a.weights, n),
        "importance.furthest_dimension": does.furthest_dimension(a.dimensions, n),
        "importance.measured_otherwise": does.measured_otherwise(a.weights, n),
        "importance.how_measured": does.how_measured(a.weights, n),
        "importance.needed": does.needed(a.wanted, n),
        "importance.obstacle": does.obstacle(a.wanted, n),
        "importance.advice": does.advice(a.weights, n),
        "importance.importance_alt": does.importance_alt(a.weights, n),
        "stability.most_fragile": moves.most_fragile(a.flips, a.intervals, n),
        "stability.first_place": moves.first_place(a.intervals, n),
        "stability.top_places": moves.top_places(a.intervals, n),
        "stability.whole_order": moves.whole_order(a.intervals, n),
        "stability.stability_alt": moves.stability_alt(a.intervals, a.flips, n),
        "stakeholders.nobody_asked": people.nobody_asked(n),
        "stakeholders.would_agree": agree,
        "stakeholders.asked": people.asked(a.judged, n),
        "stakeholders.alike": people.alike(kpi.judges_agreement(a.judged), n),
        "stakeholders.apart": people.apart(a.disagreement, n),
        "stakeholders.consistent": people.consistent(*compared(a.card), n),
        "stakeholders.together": people.together(kpi.stakeholder_summary(a.results), n),
        "stakeholders.left_out": people.left_out(kpi.judgements_left_out(judgements_about(a.card), a.card), n),
        "stakeholders.advice": people.advice(a.disagreement, compared(a.card)[0], n),
        "stakeholders.ranks_alt": people.ranks_alt(a.disputed, n),
        "stakeholders.weights_alt": people.weights_alt(a.disagreement, n),
        "ranks.safe_ranks": three.safe_ranks(a.ranks, n),
        "ranks.least_safe": three.least_safe(a.ranks, n),
        "ranks.first_places": three.first_places(a.acceptability, n),
        "ranks.how_drawn": three.how_drawn(a.ranks, 0.25, n),
        "ranks.ranks_alt": three.ranks_alt(a.ranks, n),
        "ranks.acceptability_alt": three.acceptability_alt(a.acceptability, n),
        "ranks.grades_alt": three.grades_alt(a.ranks, n),
        "leave_out.most_shifting": out.most_shifting(a.left_out, n),
        "leave_out.most_shifting_dimension": out.most_shifting_dimension(a.left_out_dimensions, n),
        "leave_out.furthest_mover": out.furthest_mover(a.left_out, n),
        "leave_out.least_missed": out.least_missed(a.left_out, n),
        "leave_out.reversals": out.reversals(a.reversals, a.relative, by_place),
        "leave_out.worst_reversal": out.worst_reversal(a.reversals, by_place),
        "leave_out.left_out_alt": out.left_out_alt(a.left_out, a.left_out_dimensions, n),
        "alternatives.caveat": other.caveat("critic", n),
        "alternatives.spread_is_not_importance": other.spread_is_not_importance(n),
        "alternatives.unanswered": other.unanswered(a.data_weights, n),
        "alternatives.pulled_most": other.pulled_most(a.data_weights, n),
        "alternatives.data_says": other.data_says(a.data_results, n),
        "alternatives.doubt": other.doubt(a.doubt, n),
        "alternatives.compensating": other.compensating(a.compensation_results, n),
        "alternatives.zero_means": other.zero_means(a.compensation_results, a.compensated, n),
        "alternatives.gains_and_losses": other.gains_and_losses(a.compensated, n),
        "alternatives.data_weights_alt": other.data_weights_alt(a.data_weights, n),
        "alternatives.compensation_alt": other.compensation_alt(a.compensated, n),
        "choices.main_choice": ch.main_choice(a.choices, n),
        "choices.weights_settled": ch.weights_settled(a.choices, n),
        "choices.largest_alone": ch.largest_alone(a.choices, n),
        "choices.most_dependent": ch.most_dependent(a.choices, n),
        "choices.advice": ch.advice(a.choices, n),
        "choices.what_was_compared": ch.what_was_compared(a.choices, n),
        "choices.choices_alt": ch.choices_alt(a.choices, n),
        "uncertain_weights.largest": un.largest(a.uncertain, 0.25, n),
        "uncertain_weights.idle": un.idle(a.uncertain, n),
        "uncertain_weights.indices_alt": un.indices_alt(a.uncertain, 0.25, n),
        "common.trust": common.trust(a.card, n.lang),
        "common.data_status": common.data_status(a.status, a.card, n),
        "common.small_group": common.small_group(len(a.ranks), n.lang),
        "common.decides": common.decides(n.lang),
        "common.note": common.note("", one.nothing_published(n)),
    }


def charts(a: Answers) -> dict[str, Callable[..., Any]]:
    """Every chart of the reports, by module and function: call it, with `ax` or without."""
    one, three, n = kpi.figures.attainment, kpi.figures.ranks, a.names
    out, other, people = kpi.figures.leave_out, kpi.figures.alternatives, kpi.figures.stakeholders
    made: dict[str, Callable[..., Any]] = {
        "attainment.plot_totals": lambda **k: one.plot_totals(a.card.totals, a.card.grades, n, **k),
        "importance.plot_importance": lambda **k: kpi.figures.importance.plot_importance(a.weights, n, **k),
        "stability.plot_stability": lambda **k: kpi.figures.stability.plot_stability(a.intervals, n, **k),
        "stakeholders.plot_weights": lambda **k: people.plot_weights(a.judged, a.disagreement, n, **k),
        "stakeholders.plot_ranks": lambda **k: people.plot_ranks(a.results, a.disputed, n, **k),
        "ranks.plot_rank_intervals": lambda **k: three.plot_rank_intervals(a.ranks, n, **k),
        "ranks.plot_acceptability": lambda **k: three.plot_acceptability(a.acceptability, n, **k),
        "leave_out.plot_left_out": lambda **k: out.plot_left_out(a.left_out, a.left_out_dimensions, n, **k),
        "alternatives.plot_data_weights": lambda **k: other.plot_data_weights(a.data_weights, n, **k),
        "alternatives.plot_compensation": lambda **k: other.plot_compensation(a.compensated, n, **k),
        "choices.plot_choices": lambda **k: kpi.figures.choices.plot_choices(a.choices, n, **k),
        "uncertain_weights.plot_indices": lambda **k: kpi.figures.uncertain_weights.plot_indices(a.uncertain, n, **k),
        **shown_correlation.charts(a.together),
        **shown_performance.charts(a.done),
    }
    if len(a.chances):
        made["ranks.plot_grades"] = lambda **k: three.plot_grades(a.chances, n, **k)
    return made


def public_functions(package: ModuleType, returns: tuple[str, ...] = ()) -> set[str]:
    """Name the public functions of a package's modules, as module.function; `returns`: with such an annotation."""
    modules = {name: getattr(package, name) for name in package.__all__}
    return {
        f"{module_name}.{name}"
        for module_name, module in modules.items()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and (not returns or function.__annotations__.get("return") in returns)
    }


def evil_card(name: str = EVIL) -> Scorecard:
    """A scheme in which every free text is `name`."""
    subjects = [{"subject_id": f"S{i}", "name": f"{name}{i}", "unit_id": "u"} for i in range(8)]
    indicators = [
        {"indicator_id": i, "name": name, "name_zh": name, "unit": name, "owner_id": "S1", "definition": name}
        for i in ("I", "J", "K")
    ]
    values = {"I": 40.0, "J": 39.0, "K": 70.0}
    actuals = [
        row
        for place, (i, start) in enumerate(values.items())
        for row in actual_rows({f"S{k}": start + 5 * ((k * (place + 1)) % 8) for k in range(8)}, i)
    ]
    actuals[-1] = {**actuals[-1], "missing_reason": name}
    published = [{"subject_id": f"S{k}", "score": 10 * k} for k in range(8)]
    published += [{"subject_id": f"S{k}", "level": "indicator", "item_id": "I", "score": 10 * k} for k in range(8)]
    return make_card(
        subjects=subjects,
        dimensions=[{"name": name, "name_zh": name}],
        indicators=indicators,
        plan=[{"indicator_id": i, "target": 100} for i in values],
        actuals=actuals,
        published=published,
        grades=[{"grade": "A", "min_score": 60}, {"grade": "B", "min_score": 0}],
    )


@cache
def paid_by_place(name: str = EVIL) -> tuple[Dataset, Scorecard]:
    """A scheme in which the upper half gets points by place: when one leaves, the order of two others reverses."""
    data = make_data(
        subjects=[{"subject_id": s, "name": f"{name}{s}"} for s in "LABC"],
        indicators=[
            {"indicator_id": "I", "method": "rank_band", "name": name},
            {"indicator_id": "J", "method": "given", "name": name},
        ],
        plan=None,
        scales=[{"value": 0.5, "score": 100}, {"value": 1, "score": 0}],
        actuals=[
            *actual_rows({"L": 10, "A": 9, "B": 8, "C": 7}),
            *actual_rows({"L": 50, "A": 40, "B": 60, "C": 0}, "J"),
        ],
        grades=[{"grade": "A", "min_score": 60}, {"grade": "B", "min_score": 0}],
    )
    return data, kpi.score(data)


# The two example sources, and schemes with hardly anything in them: cards of this cycle and of the one before.
SOURCES: dict[str, Callable[[], tuple[Scorecard, Scorecard | None]]] = {
    "operations": lambda: (operations("2024Q3"), before("operations", "2024Q3")),
    "hospitals": lambda: (hospitals("FY2017"), before("hospitals", "FY2017")),
    "nobody has a total": lambda: (make_card(actuals=actual_rows(dict.fromkeys("ABC", "ill"))), None),
    "one indicator": lambda: (make_card(), make_card()),
    "one subject": lambda: (make_card(actuals=actual_rows({"A": 80})), None),
    "nobody in both cycles": lambda: (
        make_card(actuals=actual_rows({"A": 80})),
        make_card(actuals=actual_rows({"B": 80})),
    ),
    "all totals equal": lambda: (
        given_card(pd.DataFrame({"a": [50.0] * 3, "b": [70.0] * 3}, index=list("XYZ"))),
        None,
    ),
    # B has none at 59.5 points, and would often have one under other weights.
    "below every grade": lambda: (
        given_card(
            pd.DataFrame({"a": [100.0, 100.0], "b": [100.0, 19.0]}, index=["A", "B"]),
            grades=[{"grade": "A", "min_score": 60}],
        ),
        None,
    ),
    "above every target": lambda: (given_card(pd.DataFrame({"a": [110.0, 120.0]}, index=["A", "B"])), None),
    "names that are no names": lambda: (evil_card(), evil_card()),
}
