"""Everything a report shows of a scorecard: each table, sentence and chart by its name, ready to be looked at."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import pandas as pd

import kpianalysis as kpi
from kpianalysis import Scorecard
from kpianalysis.display import DisplayTable, Sentences
from kpianalysis.names import Names
from tests.builders import actual_rows, make_card
from tests.cards import before, dataset, given_card, hospitals, operations

EVIL = """<script>alert('x')</script> & "返工率" $a_{1 $ **b** [c](javascript:d) {e} %s"""


@dataclass(frozen=True)
class Answers:
    """The answer tables of one scorecard."""

    card: Scorecard
    before: Scorecard | None
    names: Names
    summary: pd.DataFrame
    bridge: pd.DataFrame
    moved: pd.DataFrame
    checks: pd.DataFrame
    differing: pd.DataFrame
    gaps: pd.DataFrame
    units: pd.DataFrame
    apart: pd.DataFrame
    roles: pd.DataFrame
    grades: pd.DataFrame
    status: pd.DataFrame
    weights: pd.DataFrame
    dimensions: pd.DataFrame
    ranks: pd.DataFrame
    left_out: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    inflation: pd.DataFrame


def answers(card: Scorecard, before: Scorecard | None = None, lang: str = "en", draws: int = 100) -> Answers:
    """Compute every answer once."""
    pairs = kpi.correlation(card.scores)
    return Answers(
        card,
        before,
        kpi.names_of(card, before, lang=lang),
        kpi.indicator_summary(card),
        kpi.bridge_subjects(card, before),
        kpi.bridge_indicators(card, before),
        kpi.reconcile(card),
        kpi.disagreements(card),
        kpi.gaps(card),
        kpi.group_summary(card, "unit_id"),
        kpi.unit_differences(card),
        kpi.group_summary(card, "role_id"),
        kpi.grade_distribution(card),
        kpi.data_status(card),
        kpi.effective_weights(card),
        kpi.effective_weights(card, "dimension"),
        kpi.rank_intervals(card, draws, seed=1),
        kpi.leave_one_out(card),
        pairs,
        kpi.correlation_groups(pairs),
        kpi.variance_inflation(card.scores),
    )


def shown(source: str, lang: str = "en") -> Answers:
    """Give the answers of one of `SOURCES`, computed once."""
    return _shown(source, lang)


@cache
def _shown(source: str, lang: str) -> Answers:
    return answers(*SOURCES[source](), lang)


def tables(a: Answers) -> dict[str, DisplayTable | None]:
    """Every table of the reports, by module and function."""
    one, two, three, n = kpi.tables.attainment, kpi.tables.correlation, kpi.tables.sensitivity, a.names
    return {
        "attainment.totals": one.totals(a.ranks, n),
        "attainment.lowest_totals": one.lowest_totals(a.ranks, n),
        "attainment.indicators": one.indicators(a.summary, n),
        "attainment.groups": one.groups(a.units, "unit_id", n),
        "attainment.groups by role": one.groups(a.roles, "role_id", n),
        "attainment.units_apart": one.units_apart(a.apart, n),
        "attainment.gaps": one.gaps(a.gaps, n),
        "attainment.grades": one.grades(a.grades, n),
        "attainment.bridge": one.bridge(a.moved, n),
        "attainment.status": one.status(a.status, n),
        "attainment.checks": one.checks(a.checks, n),
        "attainment.disagreements": one.disagreements(a.differing, n),
        "correlation.pairs": two.pairs(a.pairs, n, most=5),
        "correlation.all_pairs": two.all_pairs(a.pairs, n),
        "correlation.groups": two.groups(a.groups, n),
        "correlation.inflation": two.inflation(a.inflation, n),
        "sensitivity.weights": three.weights(a.weights, n),
        "sensitivity.dimension_weights": three.dimension_weights(a.dimensions, n),
        "sensitivity.left_out": three.left_out(a.left_out, n),
        "sensitivity.fragile": three.fragile(a.ranks, n),
        "common.findings": kpi.tables.common.findings(a.card, n),
        "common.provenance": kpi.tables.common.provenance(dataset("operations"), {"cycle": a.card.cycle}, n.lang),
    }


def sentences(a: Answers) -> dict[str, str | Sentences]:
    """Every sentence of the reports, by module and function."""
    one, two, three, n = kpi.wording.attainment, kpi.wording.correlation, kpi.wording.sensitivity, a.names
    common, has_grades = kpi.wording.common, bool(a.ranks["p_grade_changes"].notna().any())
    return {
        "attainment.answer": one.answer(a.card, a.summary, a.bridge, a.checks, n),
        "attainment.what_happened": one.what_happened(a.card, n),
        "attainment.costliest": one.costliest(a.summary, n),
        "attainment.targets_met": one.targets_met(a.summary, n),
        "attainment.change": one.change(a.bridge, n),
        "attainment.reconciled": one.reconciled(a.checks, n),
        "attainment.groups": one.groups(a.units, "unit_id", n),
        "attainment.units_apart": one.units_apart(a.apart, n),
        "attainment.gaps": one.gaps(a.gaps, n),
        "attainment.grades": one.grades(a.grades, n),
        "attainment.movers": one.movers(a.card, a.before, n),
        "attainment.nothing_published": one.nothing_published(n),
        "attainment.totals_alt": one.totals_alt(a.card, n),
        "attainment.lost_points_alt": one.lost_points_alt(a.summary, n),
        "attainment.groups_alt": one.groups_alt(a.units, "unit_id", n),
        "attainment.bridge_alt": one.bridge_alt(a.bridge, n),
        "correlation.answer": two.answer(a.pairs, a.groups, a.inflation, n),
        "correlation.allows": two.allows(a.pairs, n),
        "correlation.strongest": two.strongest(a.pairs, n),
        "correlation.grouped": two.grouped(a.groups, n),
        "correlation.predictable": two.predictable(a.inflation, n),
        "correlation.advice": two.advice(a.pairs, n),
        "correlation.heatmap_alt": two.heatmap_alt(a.pairs, a.groups, n),
        "sensitivity.answer": three.answer(a.weights, a.dimensions, a.ranks, a.left_out, n),
        "sensitivity.loudest": three.loudest(a.weights, n),
        "sensitivity.furthest_dimension": three.furthest_dimension(a.dimensions, n),
        "sensitivity.safe_ranks": three.safe_ranks(a.ranks, n),
        "sensitivity.most_shifting": three.most_shifting(a.left_out, n, has_grades),
        "sensitivity.advice": three.advice(a.weights, a.ranks, n),
        "sensitivity.how_drawn": three.how_drawn(a.ranks, 0.25, n),
        "sensitivity.weights_alt": three.weights_alt(a.weights, n),
        "sensitivity.ranks_alt": three.ranks_alt(a.ranks, n),
        "sensitivity.left_out_alt": three.left_out_alt(a.left_out, n),
        "common.trust": common.trust(a.card, n.lang),
        "common.data_status": common.data_status(a.status, a.card, n),
        "common.small_group": common.small_group(len(a.ranks), n.lang),
        "common.decides": common.decides(n.lang),
        "common.note": common.note("", one.nothing_published(n)),
    }


def charts(a: Answers) -> dict[str, Callable[..., Any]]:
    """Every chart of the reports, by module and function: call it, with `ax` or without."""
    one, two, three, n = kpi.figures.attainment, kpi.figures.correlation, kpi.figures.sensitivity, a.names
    square = kpi.correlation_matrix(a.pairs)
    made: dict[str, Callable[..., Any]] = {
        "attainment.plot_lost_points": lambda **k: one.plot_lost_points(a.summary, n, **k),
        "attainment.plot_totals": lambda **k: one.plot_totals(a.card.totals, a.card.grades, n, **k),
        "attainment.plot_groups": lambda **k: one.plot_groups(a.units, "unit_id", n, **k),
        "sensitivity.plot_weights": lambda **k: three.plot_weights(a.weights, n, **k),
        "sensitivity.plot_rank_intervals": lambda **k: three.plot_rank_intervals(a.ranks, n, **k),
        "sensitivity.plot_left_out": lambda **k: three.plot_left_out(a.left_out, n, **k),
        "correlation.plot_heatmap": lambda **k: two.plot_heatmap(square, a.groups, n, **k),
    }
    if len(a.bridge):
        made["attainment.plot_bridge"] = lambda **k: one.plot_bridge(a.bridge, n, **k)
    if a.pairs["spearman"].notna().any():
        wide = kpi.wide_values(a.card.scores)
        made["correlation.plot_pair"] = lambda **k: two.plot_pair(wide, a.pairs.iloc[0], n, **k)
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
