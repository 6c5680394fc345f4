"""Answer table → sentence: every number in a sentence is computed, never typed."""

from kpianalysis.wording import (
    alternatives,
    attainment,
    choices,
    common,
    correlation,
    importance,
    leave_out,
    ranks,
    sensitivity,
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
    "sensitivity",
    "stability",
    "stakeholders",
    "uncertain_weights",
]
