"""Answer table → sentence: every number in a sentence is computed, never typed."""

from kpianalysis.wording import attainment, common, correlation, sensitivity

__all__ = ["attainment", "common", "correlation", "sensitivity"]
