"""Everything the indicator correlation report shows of a scorecard, for `tests.shown`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

import kpianalysis as kpi
from kpianalysis import Scorecard
from kpianalysis.display import DisplayTable, Sentences
from kpianalysis.names import Names


@dataclass(frozen=True)
class Correlations:
    """The answer tables about correlation of one scorecard."""

    card: Scorecard
    names: Names
    pairs: pd.DataFrame
    values: pd.DataFrame
    limits: pd.DataFrame
    patterns: pd.DataFrame
    construction: pd.DataFrame
    groups: pd.DataFrame
    tree: pd.DataFrame
    stability: kpi.GroupStability
    inside: pd.DataFrame
    inside_roles: pd.DataFrame
    by_group: pd.DataFrame
    slopes: pd.DataFrame
    by_cycle: pd.DataFrame
    homogeneity: pd.DataFrame
    changes: pd.DataFrame
    direct: pd.DataFrame
    bends: pd.DataFrame
    bend: pd.DataFrame | None
    components: pd.DataFrame
    loadings: pd.DataFrame
    adequacy: pd.DataFrame
    reliability: pd.DataFrame
    items: pd.DataFrame
    inflation: pd.DataFrame
    not_predicted: pd.DataFrame
    doubled: pd.DataFrame
    once: pd.DataFrame
    droppable: pd.DataFrame


def correlations(card: Scorecard, before: Scorecard | None, names: Names) -> Correlations:
    """Compute every answer once."""
    scores, history = card.scores, tuple(one for one in (before, card) if one is not None)
    pairs, inflation = kpi.correlation(scores), kpi.variance_inflation(scores)
    inside, inside_roles = kpi.within_groups(scores), kpi.within_groups(scores, "role_id")
    by = kpi.grouping(scores)
    pair = kpi.pair_to_draw(inside if by == "unit_id" else inside_roles)
    components, bends = kpi.parallel_analysis(scores, draws=50), kpi.dependence(scores, permutations=19)
    redundant, construction = kpi.redundant_pairs(pairs), kpi.by_construction(card)
    # Where no pair says the same the first ones are split all the same, so that there is something to look at.
    some = redundant if len(redundant) else pairs.dropna(subset=["spearman"]).head(2)
    return Correlations(
        card,
        names,
        pairs,
        kpi.correlations_by_values(scores),
        kpi.indicator_limits(scores),
        kpi.missing_patterns(scores),
        construction,
        kpi.correlation_groups(pairs),
        kpi.group_tree(pairs),
        kpi.group_stability(scores, draws=50),
        inside,
        inside_roles,
        kpi.pair_points(scores, pair, by),
        kpi.group_slopes(scores, pair, by),
        kpi.correlation_by_cycle(history),
        kpi.correlation_homogeneity(history),
        kpi.pooled_change_correlation(history),
        kpi.partial_correlation(scores),
        bends,
        # The curve of the first pair: the one that bends most, or else the strongest.
        kpi.bend_curve(scores, *bends[["indicator_i", "indicator_j"]].iloc[0]) if len(bends) else None,
        components,
        kpi.component_loadings(scores, components=int(components["keep"].sum()), rotated=True),
        kpi.sampling_adequacy(scores),
        kpi.reliability(scores),
        kpi.item_reliability(scores),
        inflation,
        kpi.not_predicted(scores),
        kpi.double_counting(card, some, draws=50),
        kpi.counted_once(card, some),
        kpi.drop_candidates(card, pairs, inflation, construction),
    )


def tables(a: Correlations) -> dict[str, DisplayTable | None]:
    """Every table, by module and function."""
    n, pairs, limits, inside = a.names, kpi.tables.correlation, kpi.tables.data_limits, kpi.tables.within_groups
    cycles, double, drop = kpi.tables.over_cycles, kpi.tables.double_counting, kpi.tables.drop_candidates
    return {
        "correlation.pairs": pairs.pairs(a.pairs, n, most=5),
        "correlation.all_pairs": pairs.all_pairs(a.pairs, n),
        "correlation.by_values": pairs.by_values(a.values, n, most=5),
        "data_limits.limits": limits.limits(a.limits, n),
        "data_limits.patterns": limits.patterns(a.patterns, n),
        "data_limits.construction": limits.construction(a.construction, n),
        "groups.groups": kpi.tables.groups.groups(a.stability, n),
        "groups.members": kpi.tables.groups.members(a.stability, n),
        "within_groups.inside": inside.inside(a.inside, n),
        "within_groups.inside by role": inside.inside(a.inside_roles, n),
        "within_groups.groups": inside.groups(a.slopes, n),
        "over_cycles.pairs_over_cycles": cycles.pairs_over_cycles(a.pairs, a.by_cycle, a.homogeneity, a.changes, n),
        "direct.direct": kpi.tables.direct.direct(a.direct, n),
        "bends.beyond": kpi.tables.bends.beyond(a.bends, n),
        "dimensionality.components": kpi.tables.dimensionality.components(a.components, n),
        "dimensionality.loadings": kpi.tables.dimensionality.loadings(a.loadings, n),
        "reliability.dimensions": kpi.tables.reliability.dimensions(a.reliability, n),
        "reliability.items": kpi.tables.reliability.items(a.items, n),
        "predictability.inflation": kpi.tables.predictability.inflation(a.inflation, n),
        "predictability.not_predicted": kpi.tables.predictability.not_predicted(a.not_predicted, n),
        "double_counting.parts": double.parts(a.doubled, n),
        "double_counting.once": double.once(a.once, n),
        "drop_candidates.candidates": drop.candidates(a.droppable, n),
        "drop_candidates.consequences": drop.consequences(a.droppable, n),
    }


def sentences(a: Correlations) -> dict[str, str | Sentences]:
    """Every sentence, by module and function; some are blank where there is nothing to say."""
    n, texts, limits, alike = a.names, kpi.wording.correlation, kpi.wording.data_limits, kpi.wording.groups
    wi, oc, dr, bd = kpi.wording.within_groups, kpi.wording.over_cycles, kpi.wording.direct, kpi.wording.bends
    many, one, rest = kpi.wording.dimensionality, kpi.wording.reliability, kpi.wording.predictability
    double, drop = kpi.wording.double_counting, kpi.wording.drop_candidates
    drawn = a.inside_roles if a.slopes["by"].eq("role_id").any() else a.inside
    answer = kpi.wording.redundancy.answer(a.pairs, a.groups, a.stability, a.components, a.doubled, a.droppable, n)
    made: dict[str, str | Sentences] = {
        "redundancy.answer": answer,
        "redundancy.advice": kpi.wording.redundancy.advice(a.pairs, a.droppable, n),
        "correlation.allows": texts.allows(a.pairs, n),
        "correlation.strongest": texts.strongest(a.pairs, n),
        "correlation.sure": texts.sure(a.pairs, n),
        "correlation.small": texts.small(a.pairs, n),
        "correlation.hidden": texts.hidden(a.values, n),
        "correlation.heatmap_alt": texts.heatmap_alt(a.pairs, a.groups, n),
        "correlation.forest_alt": texts.forest_alt(a.pairs, n),
        "data_limits.varied": limits.varied(a.limits, n),
        "data_limits.at_an_end": limits.at_an_end(a.limits, n),
        "data_limits.missing": limits.missing(a.patterns, a.limits, n),
        "data_limits.built_alike": limits.built_alike(a.construction, n),
        "data_limits.values_matter": limits.values_matter("score", n.lang),
        "data_limits.limits_alt": limits.limits_alt(a.limits, n),
        "groups.grouped": alike.grouped(a.groups, n, a.stability),
        "groups.stable": alike.stable(a.stability, n),
        "groups.dendrogram_alt": alike.dendrogram_alt(a.tree, a.groups, a.stability, n),
        "groups.network_alt": alike.network_alt(a.pairs, a.groups, n),
        "within_groups.holds": wi.holds(a.inside, n),
        "within_groups.alike": wi.alike(a.inside, n),
        "within_groups.only_between": wi.only_between(a.inside, n),
        "within_groups.reversals": wi.reversals(a.inside, n),
        "within_groups.without_group": wi.without_group(a.inside, n),
        "within_groups.pair_by_group_alt": wi.pair_by_group_alt(a.slopes, drawn, n),
        "over_cycles.holds_over_time": oc.holds_over_time(a.pairs, a.by_cycle, a.homogeneity, n),
        "over_cycles.changed": oc.changed(a.by_cycle, a.homogeneity, n),
        "over_cycles.changes_together": oc.changes_together(a.pairs, a.changes, n),
        "over_cycles.how_tested": oc.how_tested(n),
        "over_cycles.over_cycles_alt": oc.over_cycles_alt(a.pairs, a.by_cycle, a.homogeneity, n),
        "direct.directly": dr.directly(a.direct, n),
        "direct.most_direct": dr.most_direct(a.direct, n),
        "direct.rows_used": dr.rows_used(a.direct, n),
        "direct.direct_alt": dr.direct_alt(a.direct, n),
        "bends.beyond": bd.beyond(a.bends, n),
        "bends.how_tested": bd.how_tested(a.bends, n),
        "dimensionality.how_many": many.how_many(a.components, n),
        "dimensionality.themes": many.themes(a.components, a.loadings, n),
        "dimensionality.enough_in_common": many.enough_in_common(a.adequacy, n),
        "dimensionality.scree_alt": many.scree_alt(a.components, n),
        "reliability.one_thing": one.one_thing(a.reliability, n),
        "reliability.misfits": one.misfits(a.items, n),
        "reliability.meaning": one.meaning(n),
        "predictability.predictable": rest.predictable(a.inflation, n),
        "predictability.based_on": rest.based_on(a.inflation, a.not_predicted, n),
        "predictability.predictability_alt": rest.predictability_alt(a.inflation, n),
        "double_counting.common_part": double.common_part(a.doubled, a.pairs, n),
        "double_counting.others": double.others(a.doubled, n),
        "double_counting.counted_once": double.counted_once(a.once, a.doubled, n),
        "double_counting.alone": double.alone(a.once, a.doubled, n),
        "double_counting.none": double.none(a.doubled.head(0), a.pairs, n),
        "double_counting.limits": double.limits(n),
        "double_counting.double_counting_alt": double.double_counting_alt(a.doubled, a.pairs, n),
        "drop_candidates.candidates": drop.candidates(a.droppable, n),
        "drop_candidates.consequence": drop.consequence(a.droppable, n),
        "drop_candidates.which_of_two": drop.which_of_two(a.droppable, n),
        "drop_candidates.none": drop.none(a.droppable, n),
        "drop_candidates.caveat": drop.caveat(a.droppable, n),
        "drop_candidates.drop_alt": drop.drop_alt(a.droppable, n),
    }
    # Blank where no pair has a correlation.
    made["bends.bend_alt"] = bd.bend_alt(a.bend, a.bends.iloc[0], n) if a.bend is not None else ""
    return made


def charts(a: Correlations) -> dict[str, Callable[..., Any]]:
    """Every chart, by module and function: call it, with `ax` or without."""
    n, pairs, groups = a.names, kpi.figures.correlation, kpi.figures.groups
    square, counts = kpi.correlation_matrix(a.pairs), kpi.correlation_matrix(a.pairs, "n")
    drawn = a.inside_roles if a.slopes["by"].eq("role_id").any() else a.inside
    inside, cycles, double = kpi.figures.within_groups, kpi.figures.over_cycles, kpi.figures.double_counting
    rest, drop = kpi.figures.predictability, kpi.figures.drop_candidates
    made: dict[str, Callable[..., Any]] = {
        "correlation.plot_heatmap": lambda **k: pairs.plot_heatmap(square, a.groups, n, counts, **k),
        "correlation.plot_forest": lambda **k: pairs.plot_forest(a.pairs, n, **k),
        "data_limits.plot_limits": lambda **k: kpi.figures.data_limits.plot_limits(a.limits, n, **k),
        "groups.plot_dendrogram": lambda **k: groups.plot_dendrogram(a.tree, a.groups, a.stability, n, **k),
        "groups.plot_network": lambda **k: groups.plot_network(a.pairs, a.groups, n, **k),
        "within_groups.plot_pair_by_group": lambda **k: inside.plot_pair_by_group(a.by_group, a.slopes, drawn, n, **k),
        "over_cycles.plot_over_cycles": lambda **k: cycles.plot_over_cycles(a.pairs, a.by_cycle, a.homogeneity, n, **k),
        "direct.plot_direct": lambda **k: kpi.figures.direct.plot_direct(a.direct, n, **k),
        "dimensionality.plot_scree": lambda **k: kpi.figures.dimensionality.plot_scree(a.components, n, **k),
        "predictability.plot_predictability": lambda **k: rest.plot_predictability(a.inflation, n, **k),
        "double_counting.plot_double_counting": lambda **k: double.plot_double_counting(a.doubled, a.pairs, n, **k),
        "drop_candidates.plot_drop_candidates": lambda **k: drop.plot_drop_candidates(a.droppable, n, **k),
    }
    if a.bend is not None:
        wide, first = kpi.wide_values(a.card.scores), a.bends.iloc[0]
        made["bends.plot_bend"] = lambda **k: kpi.figures.bends.plot_bend(wide, a.bend, first, n, **k)
    return made
