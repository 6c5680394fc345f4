"""Answer table → display table: labels, order, and the one place where numbers are rounded."""

from kpianalysis.tables import attainment, common, correlation, sensitivity

__all__ = ["attainment", "common", "correlation", "sensitivity"]
