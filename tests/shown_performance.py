"""What the attainment report shows beyond totals: gaps, change, targets, grades, small units; for `tests.shown`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import kpianalysis as kpi
from kpianalysis import Scorecard
from kpianalysis.display import DisplayTable, Sentences
from kpianalysis.names import Names
from tests.cards import QUARTERS, dataset, operations


@dataclass(frozen=True)
class Performance:
    """The answer tables about performance of one scorecard."""

    card: Scorecard
    names: Names
    missed: pd.DataFrame
    missed_before: pd.DataFrame | None
    mapped: pd.DataFrame
    reached: pd.DataFrame
    actions: pd.DataFrame
    months: pd.DataFrame
    process: pd.DataFrame
    moved: pd.DataFrame
    scheme: pd.DataFrame
    cycles: pd.DataFrame
    subject_totals: pd.DataFrame
    movers: pd.DataFrame
    year: pd.DataFrame
    difficulty: pd.DataFrame
    bunched: pd.DataFrame
    bins: pd.DataFrame
    followed: pd.DataFrame
    told_apart: pd.DataFrame
    spread: pd.DataFrame
    grade_differences: pd.DataFrame
    near: pd.DataFrame
    near_counts: pd.DataFrame
    shrunken: pd.DataFrame
    funnel: pd.DataFrame
    forecast: pd.DataFrame
    backtest: pd.DataFrame
    periods: pd.DataFrame


@cache
def year_check() -> pd.DataFrame:
    """The year of the operations against its quarters."""
    data = replace(dataset("operations"), cycle="2024")
    return kpi.year_from_parts(data, operations("2024"), [operations(quarter) for quarter in QUARTERS])


@cache
def operations_forecasts() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The year of the operations forecast after three quarters, how such forecasts did before, and the months; once."""
    data, card = replace(dataset("operations"), cycle="2024Q3"), operations("2024Q3")
    return kpi.forecast_end(data, card), kpi.forecast_backtest(data, card), kpi.period_values(data, card)


def forecasts(card: Scorecard) -> list[pd.DataFrame]:
    """These under the names of the indicators of a card."""
    made = operations_forecasts()
    ids = dict(zip(made[0]["indicator_id"].unique(), card.indicators["indicator_id"].astype("str"), strict=False))
    return [
        table[table["indicator_id"].isin(ids)].assign(indicator_id=lambda rows: rows["indicator_id"].map(ids))
        for table in made
    ]


def months_of(card: Scorecard, n: int = 14) -> pd.DataFrame:
    """Points of made-up months of each indicator of a card: steady, with one value far off in the first."""
    rng = np.random.default_rng(1)
    periods = pd.date_range("2023-12-01", periods=n, freq="MS")
    rows = [
        {
            "group_id": "",
            "indicator_id": item,
            "cycle_id": f"{period.year}Q{period.quarter}",
            "period": period,
            "value": 50 + error,
            "target": 52.0,
        }
        for k, item in enumerate(card.indicators["indicator_id"])
        for period, error in zip(periods, rng.normal(0, 2, n) + 15 * (k == 0) * (np.arange(n) == n - 1), strict=True)
    ]
    return kpi.process_points(pd.DataFrame(rows))


def performance(card: Scorecard, before: Scorecard | None, names: Names) -> Performance:
    """Compute every answer once."""
    # The sources compare cards of the same cycle id; two columns need two names.
    earlier = replace(before, cycle=f"before {before.cycle}") if before is not None else None
    cards = tuple(one for one in (earlier, card) if one is not None)
    months, bunched, totals = months_of(card), kpi.bunching(card), kpi.cycle_totals(cards)
    reached = kpi.within_reach(card, cards[:-1])
    return Performance(
        card,
        names,
        kpi.missed(card),
        None if before is None else kpi.missed(before),
        kpi.missed(card, kpi.map_level(card)),
        reached,
        kpi.action_list(reached, card),
        months,
        kpi.process_summary(months, card.indicators),
        kpi.total_bridge(card, earlier),
        kpi.scheme_changes(card, earlier),
        kpi.cycle_table(cards),
        totals,
        kpi.total_changes(totals),
        year_check(),
        kpi.target_difficulty(cards),
        bunched,
        kpi.attainment_histogram(card, bunched),
        kpi.ratchet(cards),
        kpi.discrimination(card),
        kpi.grade_spread(card),
        kpi.grade_differences(card),
        kpi.near_boundary(card),
        kpi.boundary_counts(card),
        kpi.shrunken_means(card, draws=500),
        kpi.funnel(card),
        *forecasts(card),
    )


def tables(a: Performance) -> dict[str, DisplayTable | None]:
    """Every table, by module and function."""
    n, gaps, cycles, aims = a.names, kpi.tables.gaps, kpi.tables.cycles, kpi.tables.targets
    spread, fair = kpi.tables.grade_spread, kpi.tables.fairness
    by_dimension = kpi.bridge_items(a.moved, "dimension")
    by_unit = kpi.missed_summary(kpi.missed(a.card, "unit_id"))
    return {
        "gaps.worst": gaps.worst(a.reached, n),
        "gaps.actions": gaps.actions(a.actions, n),
        "gaps.actions by unit": gaps.actions(kpi.action_list(a.reached, a.card, "unit_id"), n, "unit_id", 15),
        "gaps.levels": gaps.levels(a.missed, n),
        "gaps.groups": gaps.groups(by_unit, n, "unit_id"),
        "process.process": kpi.tables.process.process(a.process, n),
        "change.bridge": kpi.tables.change.bridge(kpi.bridge_items(a.moved), n),
        "change.bridge_dimensions": kpi.tables.change.bridge_dimensions(by_dimension, n),
        "change.scheme": kpi.tables.change.scheme(a.scheme, n),
        "cycles.side_by_side": cycles.side_by_side(a.cycles, n),
        "cycles.side_by_side by attainment": cycles.side_by_side(a.cycles, n, "attainment"),
        "cycles.year": cycles.year(a.year, n),
        "cycles.movers": cycles.movers(a.movers, n),
        "targets.difficulty": aims.difficulty(a.difficulty, n),
        "targets.bunching": aims.bunching(a.bunched, n),
        "targets.ratchet": aims.ratchet(a.followed, n),
        "targets.discrimination": aims.discrimination(a.told_apart, n),
        "grade_spread.grades": spread.grades(a.spread, a.grade_differences, n),
        "grade_spread.near": spread.near(a.near, n),
        "grade_spread.boundaries": spread.boundaries(a.near_counts, n),
        "fairness.shrunken": fair.shrunken(a.shrunken, n),
        "fairness.funnel": fair.funnel(a.funnel, n),
        "forecast.ends": kpi.tables.forecast.ends(a.forecast, n),
        "forecast.methods": kpi.tables.forecast.methods(a.forecast, n),
        "forecast.backtest": kpi.tables.forecast.backtest(a.backtest, n),
        "forecast.finished": kpi.tables.forecast.finished(a.forecast, n),
    }


def sentences(a: Performance) -> dict[str, str | Sentences]:
    """Every sentence, by module and function; some are blank where there is nothing to say."""
    n, gaps, pr, moves, lined = a.names, kpi.wording.gaps, kpi.wording.process, kpi.wording.change, kpi.wording.cycles
    aims, gs, fair, ahead = kpi.wording.targets, kpi.wording.grade_spread, kpi.wording.fairness, kpi.wording.forecast
    n_totals = int(a.card.totals["total"].notna().sum())
    return {
        "performance.answer": kpi.wording.performance.answer(
            a.card, a.actions, a.moved, a.process, a.difficulty, a.bunched, n
        ),
        "gaps.worst_three": gaps.worst_three(a.actions, n),
        "gaps.costliest": gaps.costliest(a.reached, n),
        "gaps.reach": gaps.reach(a.actions, n),
        "gaps.nobody_yet": gaps.nobody_yet(a.missed, a.actions, n),
        "gaps.missed": gaps.missed(a.missed, n),
        "gaps.bullets_alt": gaps.bullets_alt(a.missed, n),
        "gaps.heatmap_alt": gaps.heatmap_alt(a.mapped, n),
        "process.signals": pr.signals(a.process, n),
        "process.on_target": pr.on_target(a.process, n),
        "process.moving": pr.moving(a.process, n),
        "process.how_sure": pr.how_sure(a.process, n),
        "process.trial": pr.trial(a.process, n),
        "process.process_alt": pr.process_alt(a.process, n),
        "change.moved": moves.moved(a.moved, n),
        "change.moved_in_a_year": moves.moved_in_a_year(a.moved, a.moved.iloc[:0], n),
        "change.joined_and_left": moves.joined_and_left(a.moved, n),
        "change.scheme_changed": moves.scheme_changed(a.scheme, n),
        "change.waterfall_alt": moves.waterfall_alt(a.moved, n),
        "cycles.side_by_side": lined.side_by_side(a.cycles, n),
        "cycles.year": lined.year(a.year, "2024", n),
        "cycles.movers": lined.movers(a.movers, n),
        "cycles.cycles_alt": lined.cycles_alt(a.cycles, n),
        "targets.easy_or_hard": aims.easy_or_hard(a.difficulty, n),
        "targets.just_above": aims.just_above(a.bunched, n),
        "targets.follows_results": aims.follows_results(a.followed, n),
        "targets.tells_apart": aims.tells_apart(a.told_apart, n),
        "targets.histogram_alt": aims.histogram_alt(a.bunched, n),
        "targets.difficulty_alt": aims.difficulty_alt(a.difficulty, n),
        "grade_spread.spread": gs.spread(a.spread, a.grade_differences, n),
        "grade_spread.differ": gs.differ(a.grade_differences, n),
        "grade_spread.near": gs.near(a.near, a.near_counts, n_totals, 1.0, n),
        "grade_spread.grades_alt": gs.grades_alt(a.spread, a.grade_differences, n),
        "fairness.small_units": fair.small_units(a.shrunken, n),
        "fairness.outside": fair.outside(a.funnel, n),
        "fairness.limits": fair.limits(a.funnel, n),
        "fairness.shrunken_alt": fair.shrunken_alt(a.shrunken, n),
        "fairness.funnel_alt": fair.funnel_alt(a.funnel, n),
        "forecast.on_course": ahead.on_course(a.forecast, n),
        "forecast.nothing_to_forecast": ahead.nothing_to_forecast(a.forecast, n),
        "forecast.what_is_needed": ahead.what_is_needed(a.forecast, n),
        "forecast.error": ahead.error(a.forecast, n),
        "forecast.how_made": ahead.how_made(a.forecast, n),
        "forecast.forecast_alt": ahead.forecast_alt(a.forecast, n),
    }


def charts(a: Performance) -> dict[str, Callable[..., Any]]:
    """Every chart, by module and function: call it, with `ax` or without."""
    n, gaps, cycles, aims = a.names, kpi.figures.gaps, kpi.figures.cycles, kpi.figures.targets
    spread, fair = kpi.figures.grade_spread, kpi.figures.fairness
    return {
        "gaps.plot_bullets": lambda **k: gaps.plot_bullets(a.missed, n, before=a.missed_before, **k),
        "gaps.plot_heatmap": lambda **k: gaps.plot_heatmap(a.mapped, kpi.map_level(a.card), n, **k),
        "process.plot_process": lambda **k: kpi.figures.process.plot_process(a.months, a.process, n, **k),
        "change.plot_waterfall": lambda **k: kpi.figures.change.plot_waterfall(a.moved, n, **k),
        "cycles.plot_cycles": lambda **k: cycles.plot_cycles(a.cycles, n, **k),
        "targets.plot_attainment_histogram": lambda **k: aims.plot_attainment_histogram(a.bins, a.bunched, n, **k),
        "targets.plot_difficulty": lambda **k: aims.plot_difficulty(a.difficulty, n, **k),
        "grade_spread.plot_grades": lambda **k: spread.plot_grades(a.spread, a.grade_differences, n, **k),
        "fairness.plot_shrunken": lambda **k: fair.plot_shrunken(a.shrunken, n, **k),
        "forecast.plot_forecast": lambda **k: kpi.figures.forecast.plot_forecast(a.forecast, a.periods, n, **k),
        "fairness.plot_funnel": lambda **k: fair.plot_funnel(a.funnel, kpi.funnel_lines(a.funnel), n, **k),
    }
