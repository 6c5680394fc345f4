"""Find the faults of a KPI scheme, score it, and report every cycle the same way."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpianalysis import figures as figures
    from kpianalysis import tables as tables
    from kpianalysis import wording as wording
    from kpianalysis.analyses.attainment import data_status as data_status
    from kpianalysis.analyses.attainment import gaps as gaps
    from kpianalysis.analyses.attainment import grade_distribution as grade_distribution
    from kpianalysis.analyses.attainment import group_summary as group_summary
    from kpianalysis.analyses.attainment import indicator_summary as indicator_summary
    from kpianalysis.analyses.bridge import bridge_indicators as bridge_indicators
    from kpianalysis.analyses.bridge import bridge_subjects as bridge_subjects
    from kpianalysis.analyses.bridge import joiners_and_leavers as joiners_and_leavers
    from kpianalysis.analyses.correlation import correlation as correlation
    from kpianalysis.analyses.correlation import correlation_groups as correlation_groups
    from kpianalysis.analyses.correlation import correlation_matrix as correlation_matrix
    from kpianalysis.analyses.correlation import variance_inflation as variance_inflation
    from kpianalysis.analyses.correlation import wide_values as wide_values
    from kpianalysis.analyses.reconciliation import disagreements as disagreements
    from kpianalysis.analyses.reconciliation import reconcile as reconcile
    from kpianalysis.analyses.sensitivity import effective_weights as effective_weights
    from kpianalysis.analyses.sensitivity import leave_one_out as leave_one_out
    from kpianalysis.analyses.sensitivity import rank_intervals as rank_intervals
    from kpianalysis.analyses.units import unit_differences as unit_differences
    from kpianalysis.batch import run as run
    from kpianalysis.dataset import Dataset as Dataset
    from kpianalysis.dataset import check as check
    from kpianalysis.dataset import load as load
    from kpianalysis.display import show_figure as show_figure
    from kpianalysis.errors import KpiError as KpiError
    from kpianalysis.names import names_of as names_of
    from kpianalysis.params import CycleParams as CycleParams
    from kpianalysis.params import read_params as read_params
    from kpianalysis.scoring import Scorecard as Scorecard
    from kpianalysis.scoring import score as score
    from kpianalysis.scoring import score_previous as score_previous

# Where each public name lives; imported on first use, so that `import kpianalysis` takes no time.
_HOME = {
    "CycleParams": "params",
    "Dataset": "dataset",
    "KpiError": "errors",
    "Scorecard": "scoring",
    "bridge_indicators": "analyses.bridge",
    "bridge_subjects": "analyses.bridge",
    "check": "dataset",
    "correlation": "analyses.correlation",
    "correlation_groups": "analyses.correlation",
    "correlation_matrix": "analyses.correlation",
    "data_status": "analyses.attainment",
    "disagreements": "analyses.reconciliation",
    "effective_weights": "analyses.sensitivity",
    "figures": "",
    "gaps": "analyses.attainment",
    "grade_distribution": "analyses.attainment",
    "group_summary": "analyses.attainment",
    "indicator_summary": "analyses.attainment",
    "joiners_and_leavers": "analyses.bridge",
    "leave_one_out": "analyses.sensitivity",
    "load": "dataset",
    "names_of": "names",
    "rank_intervals": "analyses.sensitivity",
    "read_params": "params",
    "reconcile": "analyses.reconciliation",
    "run": "batch",
    "score": "scoring",
    "score_previous": "scoring",
    "show_figure": "display",
    "tables": "",
    "unit_differences": "analyses.units",
    "variance_inflation": "analyses.correlation",
    "wide_values": "analyses.correlation",
    "wording": "",
}

__all__ = [
    "CycleParams",
    "Dataset",
    "KpiError",
    "Scorecard",
    "bridge_indicators",
    "bridge_subjects",
    "check",
    "correlation",
    "correlation_groups",
    "correlation_matrix",
    "data_status",
    "disagreements",
    "effective_weights",
    "figures",
    "gaps",
    "grade_distribution",
    "group_summary",
    "indicator_summary",
    "joiners_and_leavers",
    "leave_one_out",
    "load",
    "names_of",
    "rank_intervals",
    "read_params",
    "reconcile",
    "run",
    "score",
    "score_previous",
    "show_figure",
    "tables",
    "unit_differences",
    "variance_inflation",
    "wide_values",
    "wording",
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
