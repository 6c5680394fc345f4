"""Answer table → display table: labels, order, and the one place where numbers are rounded."""

from kpianalysis.tables import (
    alternatives,
    attainment,
    choices,
    common,
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
    "common",
    "correlation",
    "importance",
    "leave_out",
    "ranks",
    "stability",
    "stakeholders",
    "uncertain_weights",
]
