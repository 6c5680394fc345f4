"""Answer table → Axes: draws what a finished table holds, computes nothing."""

from kpianalysis.figures import (
    alternatives,
    attainment,
    choices,
    correlation,
    importance,
    leave_out,
    ranks,
    stability,
    stakeholders,
    uncertain_weights,
)

__all__ = [
    "alternatives",
    "attainment",
    "choices",
    "correlation",
    "importance",
    "leave_out",
    "ranks",
    "stability",
    "stakeholders",
    "uncertain_weights",
]
