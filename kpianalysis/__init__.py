"""Find the faults of a KPI scheme, score it, and report every cycle the same way."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpianalysis import figures as figures
    from kpianalysis import tables as tables
    from kpianalysis import wording as wording
    from kpianalysis.analyses.alternatives.benefit_of_doubt import benefit_of_the_doubt as benefit_of_the_doubt
    from kpianalysis.analyses.alternatives.benefit_of_doubt import (
        benefit_of_the_doubt_weights as benefit_of_the_doubt_weights,
    )
    from kpianalysis.analyses.alternatives.choices import Choices as Choices
    from kpianalysis.analyses.alternatives.choices import result_choices as result_choices
    from kpianalysis.analyses.alternatives.compensation import compensation as compensation
    from kpianalysis.analyses.alternatives.compensation import compensation_results as compensation_results
    from kpianalysis.analyses.alternatives.data_weights import data_weight_results as data_weight_results
    from kpianalysis.analyses.alternatives.data_weights import data_weights as data_weights
    from kpianalysis.analyses.alternatives.factorial import variance_shares as variance_shares
    from kpianalysis.analyses.alternatives.sobol import sobol_of as sobol_of
    from kpianalysis.analyses.alternatives.sobol_weights import sobol_indices as sobol_indices
    from kpianalysis.analyses.attainment import data_status as data_status
    from kpianalysis.analyses.attainment import gaps as gaps
    from kpianalysis.analyses.attainment import group_summary as group_summary
    from kpianalysis.analyses.attainment import indicator_summary as indicator_summary
    from kpianalysis.analyses.bridge import bridge_indicators as bridge_indicators
    from kpianalysis.analyses.bridge import bridge_subjects as bridge_subjects
    from kpianalysis.analyses.bridge import joiners_and_leavers as joiners_and_leavers
    from kpianalysis.analyses.change.bridge_items import bridge_items as bridge_items
    from kpianalysis.analyses.change.bridge_items import main_steps as main_steps
    from kpianalysis.analyses.change.cycle_table import cycle_table as cycle_table
    from kpianalysis.analyses.change.forecast import current_forecast as current_forecast
    from kpianalysis.analyses.change.forecast import forecast_backtest as forecast_backtest
    from kpianalysis.analyses.change.forecast import forecast_end as forecast_end
    from kpianalysis.analyses.change.process_charts import process_points as process_points
    from kpianalysis.analyses.change.process_false_alarms import false_alarm_rate as false_alarm_rate
    from kpianalysis.analyses.change.process_limits import process_limits as process_limits
    from kpianalysis.analyses.change.process_verdicts import process_summary as process_summary
    from kpianalysis.analyses.change.scheme_changes import scheme_changes as scheme_changes
    from kpianalysis.analyses.change.series import period_values as period_values
    from kpianalysis.analyses.change.subject_totals import cycle_totals as cycle_totals
    from kpianalysis.analyses.change.subject_totals import total_changes as total_changes
    from kpianalysis.analyses.change.total_bridge import total_bridge as total_bridge
    from kpianalysis.analyses.change.year_before import score_parts as score_parts
    from kpianalysis.analyses.change.year_before import score_year_before as score_year_before
    from kpianalysis.analyses.change.year_before import year_before as year_before
    from kpianalysis.analyses.change.year_parts import year_from_parts as year_from_parts
    from kpianalysis.analyses.correlation.bend_curve import bend_curve as bend_curve
    from kpianalysis.analyses.correlation.construction import by_construction as by_construction
    from kpianalysis.analyses.correlation.data_limits import indicator_limits as indicator_limits
    from kpianalysis.analyses.correlation.data_limits import missing_patterns as missing_patterns
    from kpianalysis.analyses.correlation.dependence import dependence as dependence
    from kpianalysis.analyses.correlation.over_cycles import change_correlation as change_correlation
    from kpianalysis.analyses.correlation.over_cycles import correlation_by_cycle as correlation_by_cycle
    from kpianalysis.analyses.correlation.over_cycles import correlation_homogeneity as correlation_homogeneity
    from kpianalysis.analyses.correlation.over_cycles import pooled_change_correlation as pooled_change_correlation
    from kpianalysis.analyses.correlation.pairs import correlation as correlation
    from kpianalysis.analyses.correlation.pairs import correlation_matrix as correlation_matrix
    from kpianalysis.analyses.correlation.pairs import correlations_by_values as correlations_by_values
    from kpianalysis.analyses.correlation.partial import partial_correlation as partial_correlation
    from kpianalysis.analyses.correlation.redundant import redundant_pairs as redundant_pairs
    from kpianalysis.analyses.correlation.values import wide_values as wide_values
    from kpianalysis.analyses.correlation.within_groups import within_groups as within_groups
    from kpianalysis.analyses.correlation.within_slopes import group_slopes as group_slopes
    from kpianalysis.analyses.correlation.within_slopes import grouping as grouping
    from kpianalysis.analyses.correlation.within_slopes import pair_points as pair_points
    from kpianalysis.analyses.correlation.within_slopes import pair_to_draw as pair_to_draw
    from kpianalysis.analyses.fairness.boundary import boundary_counts as boundary_counts
    from kpianalysis.analyses.fairness.boundary import near_boundary as near_boundary
    from kpianalysis.analyses.fairness.funnel import funnel as funnel
    from kpianalysis.analyses.fairness.funnel_limits import funnel_lines as funnel_lines
    from kpianalysis.analyses.fairness.grade_spread import grade_differences as grade_differences
    from kpianalysis.analyses.fairness.grade_spread import grade_spread as grade_spread
    from kpianalysis.analyses.fairness.shrinkage import shrunken_means as shrunken_means
    from kpianalysis.analyses.gaps.actions import action_list as action_list
    from kpianalysis.analyses.gaps.missed import map_level as map_level
    from kpianalysis.analyses.gaps.missed import missed as missed
    from kpianalysis.analyses.gaps.missed import missed_summary as missed_summary
    from kpianalysis.analyses.gaps.reach import within_reach as within_reach
    from kpianalysis.analyses.importance.importance import effective_weights as effective_weights
    from kpianalysis.analyses.importance.importance import importance as importance
    from kpianalysis.analyses.importance.target_weights import weights_for_importance as weights_for_importance
    from kpianalysis.analyses.opinions.agreement import judgement_consistency as judgement_consistency
    from kpianalysis.analyses.opinions.agreement import judgement_triads as judgement_triads
    from kpianalysis.analyses.opinions.agreement import judges_agreement as judges_agreement
    from kpianalysis.analyses.opinions.agreement import weight_disagreement as weight_disagreement
    from kpianalysis.analyses.opinions.judgements import judgement_weights as judgement_weights
    from kpianalysis.analyses.opinions.judgements import judgements_left_out as judgements_left_out
    from kpianalysis.analyses.opinions.stakeholders import disputed_subjects as disputed_subjects
    from kpianalysis.analyses.opinions.stakeholders import stakeholder_results as stakeholder_results
    from kpianalysis.analyses.opinions.stakeholders import stakeholder_summary as stakeholder_summary
    from kpianalysis.analyses.opinions.stakeholders import stakeholder_weights as stakeholder_weights
    from kpianalysis.analyses.reconciliation import disagreements as disagreements
    from kpianalysis.analyses.reconciliation import reconcile as reconcile
    from kpianalysis.analyses.redundancy.adequacy import sampling_adequacy as sampling_adequacy
    from kpianalysis.analyses.redundancy.counted_once import counted_once as counted_once
    from kpianalysis.analyses.redundancy.dimensionality import component_loadings as component_loadings
    from kpianalysis.analyses.redundancy.dimensionality import parallel_analysis as parallel_analysis
    from kpianalysis.analyses.redundancy.dimensionality import principal_components as principal_components
    from kpianalysis.analyses.redundancy.double_counting import double_counting as double_counting
    from kpianalysis.analyses.redundancy.drop_candidates import drop_candidates as drop_candidates
    from kpianalysis.analyses.redundancy.group_stability import GroupStability as GroupStability
    from kpianalysis.analyses.redundancy.group_stability import group_stability as group_stability
    from kpianalysis.analyses.redundancy.groups import correlation_groups as correlation_groups
    from kpianalysis.analyses.redundancy.groups import group_tree as group_tree
    from kpianalysis.analyses.redundancy.predictability import not_predicted as not_predicted
    from kpianalysis.analyses.redundancy.predictability import predictable_indicators as predictable_indicators
    from kpianalysis.analyses.redundancy.predictability import variance_inflation as variance_inflation
    from kpianalysis.analyses.redundancy.reliability import item_reliability as item_reliability
    from kpianalysis.analyses.redundancy.reliability import reliability as reliability
    from kpianalysis.analyses.targets.bunching import bunching as bunching
    from kpianalysis.analyses.targets.discrimination import discrimination as discrimination
    from kpianalysis.analyses.targets.histogram import attainment_histogram as attainment_histogram
    from kpianalysis.analyses.targets.proportions import wilson_interval as wilson_interval
    from kpianalysis.analyses.targets.ratchet import ratchet as ratchet
    from kpianalysis.analyses.targets.target_history import target_difficulty as target_difficulty
    from kpianalysis.analyses.units import unit_differences as unit_differences
    from kpianalysis.analyses.weights.drawn_ranks import DrawnRanks as DrawnRanks
    from kpianalysis.analyses.weights.drawn_ranks import draw_ranks as draw_ranks
    from kpianalysis.analyses.weights.leave_out import leave_one_out as leave_one_out
    from kpianalysis.analyses.weights.leave_out import left_out_ranks as left_out_ranks
    from kpianalysis.analyses.weights.rank_acceptability import central_weights as central_weights
    from kpianalysis.analyses.weights.rank_acceptability import grade_probabilities as grade_probabilities
    from kpianalysis.analyses.weights.rank_acceptability import pairwise_winning as pairwise_winning
    from kpianalysis.analyses.weights.rank_acceptability import rank_acceptability as rank_acceptability
    from kpianalysis.analyses.weights.rank_acceptability import rank_intervals as rank_intervals
    from kpianalysis.analyses.weights.reversals import rank_reversals as rank_reversals
    from kpianalysis.analyses.weights.reversals import relative_indicators as relative_indicators
    from kpianalysis.analyses.weights.stability import grade_intervals as grade_intervals
    from kpianalysis.analyses.weights.stability import grade_stability as grade_stability
    from kpianalysis.analyses.weights.stability import stability_intervals as stability_intervals
    from kpianalysis.analyses.weights.weight_draws import DrawRule as DrawRule
    from kpianalysis.analyses.weights.weight_draws import draw_weights as draw_weights
    from kpianalysis.analyses.weights.weight_sets import totals_under as totals_under
    from kpianalysis.batch import run as run
    from kpianalysis.dataset import Dataset as Dataset
    from kpianalysis.dataset import check as check
    from kpianalysis.dataset import load as load
    from kpianalysis.display import show_figure as show_figure
    from kpianalysis.errors import KpiError as KpiError
    from kpianalysis.names import names_of as names_of
    from kpianalysis.params import CycleParams as CycleParams
    from kpianalysis.params import read_params as read_params
    from kpianalysis.scheme import cycles_measured as cycles_measured
    from kpianalysis.scoring import Scorecard as Scorecard
    from kpianalysis.scoring import score as score
    from kpianalysis.scoring import score_cycles as score_cycles
    from kpianalysis.scoring import score_history as score_history
    from kpianalysis.scoring import score_previous as score_previous

# Where each public name lives; imported on first use, so that `import kpianalysis` takes no time.
_HOME = {
    "Choices": "analyses.alternatives.choices",
    "CycleParams": "params",
    "Dataset": "dataset",
    "DrawRule": "analyses.weights.weight_draws",
    "DrawnRanks": "analyses.weights.drawn_ranks",
    "GroupStability": "analyses.redundancy.group_stability",
    "KpiError": "errors",
    "Scorecard": "scoring",
    "action_list": "analyses.gaps.actions",
    "attainment_histogram": "analyses.targets.histogram",
    "bend_curve": "analyses.correlation.bend_curve",
    "benefit_of_the_doubt": "analyses.alternatives.benefit_of_doubt",
    "benefit_of_the_doubt_weights": "analyses.alternatives.benefit_of_doubt",
    "boundary_counts": "analyses.fairness.boundary",
    "bridge_indicators": "analyses.bridge",
    "bridge_items": "analyses.change.bridge_items",
    "bridge_subjects": "analyses.bridge",
    "bunching": "analyses.targets.bunching",
    "by_construction": "analyses.correlation.construction",
    "central_weights": "analyses.weights.rank_acceptability",
    "change_correlation": "analyses.correlation.over_cycles",
    "check": "dataset",
    "compensation": "analyses.alternatives.compensation",
    "compensation_results": "analyses.alternatives.compensation",
    "component_loadings": "analyses.redundancy.dimensionality",
    "correlation": "analyses.correlation.pairs",
    "correlation_by_cycle": "analyses.correlation.over_cycles",
    "correlation_groups": "analyses.redundancy.groups",
    "correlation_homogeneity": "analyses.correlation.over_cycles",
    "correlation_matrix": "analyses.correlation.pairs",
    "correlations_by_values": "analyses.correlation.pairs",
    "counted_once": "analyses.redundancy.counted_once",
    "current_forecast": "analyses.change.forecast",
    "cycle_table": "analyses.change.cycle_table",
    "cycle_totals": "analyses.change.subject_totals",
    "cycles_measured": "scheme",
    "data_status": "analyses.attainment",
    "data_weight_results": "analyses.alternatives.data_weights",
    "data_weights": "analyses.alternatives.data_weights",
    "dependence": "analyses.correlation.dependence",
    "disagreements": "analyses.reconciliation",
    "discrimination": "analyses.targets.discrimination",
    "disputed_subjects": "analyses.opinions.stakeholders",
    "double_counting": "analyses.redundancy.double_counting",
    "draw_ranks": "analyses.weights.drawn_ranks",
    "draw_weights": "analyses.weights.weight_draws",
    "drop_candidates": "analyses.redundancy.drop_candidates",
    "effective_weights": "analyses.importance.importance",
    "false_alarm_rate": "analyses.change.process_false_alarms",
    "figures": "",
    "forecast_backtest": "analyses.change.forecast",
    "forecast_end": "analyses.change.forecast",
    "funnel": "analyses.fairness.funnel",
    "funnel_lines": "analyses.fairness.funnel_limits",
    "gaps": "analyses.attainment",
    "grade_differences": "analyses.fairness.grade_spread",
    "grade_intervals": "analyses.weights.stability",
    "grade_probabilities": "analyses.weights.rank_acceptability",
    "grade_spread": "analyses.fairness.grade_spread",
    "grade_stability": "analyses.weights.stability",
    "group_slopes": "analyses.correlation.within_slopes",
    "group_stability": "analyses.redundancy.group_stability",
    "group_summary": "analyses.attainment",
    "group_tree": "analyses.redundancy.groups",
    "grouping": "analyses.correlation.within_slopes",
    "importance": "analyses.importance.importance",
    "indicator_limits": "analyses.correlation.data_limits",
    "indicator_summary": "analyses.attainment",
    "item_reliability": "analyses.redundancy.reliability",
    "joiners_and_leavers": "analyses.bridge",
    "judgement_consistency": "analyses.opinions.agreement",
    "judgement_triads": "analyses.opinions.agreement",
    "judgement_weights": "analyses.opinions.judgements",
    "judgements_left_out": "analyses.opinions.judgements",
    "judges_agreement": "analyses.opinions.agreement",
    "leave_one_out": "analyses.weights.leave_out",
    "left_out_ranks": "analyses.weights.leave_out",
    "load": "dataset",
    "main_steps": "analyses.change.bridge_items",
    "map_level": "analyses.gaps.missed",
    "missed": "analyses.gaps.missed",
    "missed_summary": "analyses.gaps.missed",
    "missing_patterns": "analyses.correlation.data_limits",
    "names_of": "names",
    "near_boundary": "analyses.fairness.boundary",
    "not_predicted": "analyses.redundancy.predictability",
    "pair_points": "analyses.correlation.within_slopes",
    "pair_to_draw": "analyses.correlation.within_slopes",
    "pairwise_winning": "analyses.weights.rank_acceptability",
    "parallel_analysis": "analyses.redundancy.dimensionality",
    "partial_correlation": "analyses.correlation.partial",
    "period_values": "analyses.change.series",
    "pooled_change_correlation": "analyses.correlation.over_cycles",
    "predictable_indicators": "analyses.redundancy.predictability",
    "principal_components": "analyses.redundancy.dimensionality",
    "process_limits": "analyses.change.process_limits",
    "process_points": "analyses.change.process_charts",
    "process_summary": "analyses.change.process_verdicts",
    "rank_acceptability": "analyses.weights.rank_acceptability",
    "rank_intervals": "analyses.weights.rank_acceptability",
    "rank_reversals": "analyses.weights.reversals",
    "ratchet": "analyses.targets.ratchet",
    "read_params": "params",
    "reconcile": "analyses.reconciliation",
    "redundant_pairs": "analyses.correlation.redundant",
    "relative_indicators": "analyses.weights.reversals",
    "reliability": "analyses.redundancy.reliability",
    "result_choices": "analyses.alternatives.choices",
    "run": "batch",
    "sampling_adequacy": "analyses.redundancy.adequacy",
    "scheme_changes": "analyses.change.scheme_changes",
    "score": "scoring",
    "score_cycles": "scoring",
    "score_history": "scoring",
    "score_parts": "analyses.change.year_before",
    "score_previous": "scoring",
    "score_year_before": "analyses.change.year_before",
    "show_figure": "display",
    "shrunken_means": "analyses.fairness.shrinkage",
    "sobol_indices": "analyses.alternatives.sobol_weights",
    "sobol_of": "analyses.alternatives.sobol",
    "stability_intervals": "analyses.weights.stability",
    "stakeholder_results": "analyses.opinions.stakeholders",
    "stakeholder_summary": "analyses.opinions.stakeholders",
    "stakeholder_weights": "analyses.opinions.stakeholders",
    "tables": "",
    "target_difficulty": "analyses.targets.target_history",
    "total_bridge": "analyses.change.total_bridge",
    "total_changes": "analyses.change.subject_totals",
    "totals_under": "analyses.weights.weight_sets",
    "unit_differences": "analyses.units",
    "variance_inflation": "analyses.redundancy.predictability",
    "variance_shares": "analyses.alternatives.factorial",
    "weight_disagreement": "analyses.opinions.agreement",
    "weights_for_importance": "analyses.importance.target_weights",
    "wide_values": "analyses.correlation.values",
    "wilson_interval": "analyses.targets.proportions",
    "within_groups": "analyses.correlation.within_groups",
    "within_reach": "analyses.gaps.reach",
    "wording": "",
    "year_before": "analyses.change.year_before",
    "year_from_parts": "analyses.change.year_parts",
}

__all__ = [
    "Choices",
    "CycleParams",
    "Dataset",
    "DrawRule",
    "DrawnRanks",
    "GroupStability",
    "KpiError",
    "Scorecard",
    "action_list",
    "attainment_histogram",
    "bend_curve",
    "benefit_of_the_doubt",
    "benefit_of_the_doubt_weights",
    "boundary_counts",
    "bridge_indicators",
    "bridge_items",
    "bridge_subjects",
    "bunching",
    "by_construction",
    "central_weights",
    "change_correlation",
    "check",
    "compensation",
    "compensation_results",
    "component_loadings",
    "correlation",
    "correlation_by_cycle",
    "correlation_groups",
    "correlation_homogeneity",
    "correlation_matrix",
    "correlations_by_values",
    "counted_once",
    "current_forecast",
    "cycle_table",
    "cycle_totals",
    "cycles_measured",
    "data_status",
    "data_weight_results",
    "data_weights",
    "dependence",
    "disagreements",
    "discrimination",
    "disputed_subjects",
    "double_counting",
    "draw_ranks",
    "draw_weights",
    "drop_candidates",
    "effective_weights",
    "false_alarm_rate",
    "figures",
    "forecast_backtest",
    "forecast_end",
    "funnel",
    "funnel_lines",
    "gaps",
    "grade_differences",
    "grade_intervals",
    "grade_probabilities",
    "grade_spread",
    "grade_stability",
    "group_slopes",
    "group_stability",
    "group_summary",
    "group_tree",
    "grouping",
    "importance",
    "indicator_limits",
    "indicator_summary",
    "item_reliability",
    "joiners_and_leavers",
    "judgement_consistency",
    "judgement_triads",
    "judgement_weights",
    "judgements_left_out",
    "judges_agreement",
    "leave_one_out",
    "left_out_ranks",
    "load",
    "main_steps",
    "map_level",
    "missed",
    "missed_summary",
    "missing_patterns",
    "names_of",
    "near_boundary",
    "not_predicted",
    "pair_points",
    "pair_to_draw",
    "pairwise_winning",
    "parallel_analysis",
    "partial_correlation",
    "period_values",
    "pooled_change_correlation",
    "predictable_indicators",
    "principal_components",
    "process_limits",
    "process_points",
    "process_summary",
    "rank_acceptability",
    "rank_intervals",
    "rank_reversals",
    "ratchet",
    "read_params",
    "reconcile",
    "redundant_pairs",
    "relative_indicators",
    "reliability",
    "result_choices",
    "run",
    "sampling_adequacy",
    "scheme_changes",
    "score",
    "score_cycles",
    "score_history",
    "score_parts",
    "score_previous",
    "score_year_before",
    "show_figure",
    "shrunken_means",
    "sobol_indices",
    "sobol_of",
    "stability_intervals",
    "stakeholder_results",
    "stakeholder_summary",
    "stakeholder_weights",
    "tables",
    "target_difficulty",
    "total_bridge",
    "total_changes",
    "totals_under",
    "unit_differences",
    "variance_inflation",
    "variance_shares",
    "weight_disagreement",
    "weights_for_importance",
    "wide_values",
    "wilson_interval",
    "within_groups",
    "within_reach",
    "wording",
    "year_before",
    "year_from_parts",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOME[name]
    return getattr(import_module(f"{__name__}.{home}"), name) if home else import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    """Name what is public."""
    return __all__
