"""Answer table → Axes: draws what a finished table holds, computes nothing."""

from kpianalysis.figures import attainment, correlation, sensitivity

__all__ = ["attainment", "correlation", "sensitivity"]
