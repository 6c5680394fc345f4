"""Scoring: from actuals to indicator scores, dimension scores, totals and grades; one file per method."""

from kpianalysis.scoring.scorecard import Scorecard, score, score_cycles, score_history, score_previous

__all__ = ["Scorecard", "score", "score_cycles", "score_history", "score_previous"]
