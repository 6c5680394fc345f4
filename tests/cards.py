"""Scorecards for the tests of answers: both example sources, read once, and small ones made from a table of scores.

operations("2024Q1")        a cycle of data/operations        hospitals("FY2017")    a cycle of data/hospitals
before("2024Q1")            the cycle that one is compared with
given_card(scores)          every score as it stands in a table of subjects × indicators
random_scheme(seed)         the tables of a scheme with gaps, roles of weights, bonus, veto and grades
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import kpianalysis as kpi
from kpianalysis import Dataset, Scorecard
from tests.builders import ROOT, Row, Rows, make_card

QUARTERS = ("2024Q1", "2024Q2", "2024Q3", "2024Q4")
OPERATIONS = (*QUARTERS, "2024")
GRADES: list[Row] = [{"grade": g, "min_score": s} for g, s in (("A", 70), ("B", 50), ("C", 30), ("D", 0))]


@cache
def dataset(source: str) -> Dataset:
    """One of the two example sources, read once."""
    return kpi.load(ROOT / "data" / source)


def operations(cycle: str = "2024Q1", missing: str = "redistribute") -> Scorecard:
    """A cycle of the operations department."""
    return _scored("operations", cycle, missing)


def hospitals(cycle: str = "FY2017") -> Scorecard:
    """A cycle of the hospitals."""
    return _scored("hospitals", cycle, "redistribute")


def before(source: str, cycle: str, missing: str = "redistribute") -> Scorecard:
    """The cycle before one of them."""
    return _scored(source, replace(dataset(source), cycle=cycle).previous_cycle, missing)


@cache
def _scored(source: str, cycle: str, missing: str) -> Scorecard:
    return kpi.score(dataset(source), cycle, missing)


def given_card(
    scores: pd.DataFrame,
    dimension_of: Mapping[str, str] | None = None,
    dimensions: Mapping[str, float | None] | None = None,
    weights: Mapping[str, float] | None = None,
    missing: str = "redistribute",
    **tables: Rows,
) -> Scorecard:
    """Score a scheme whose indicator scores are the cells of a table; a missing cell has a reason.

    Parameters
    ----------
    scores : DataFrame
        One row per subject, one column per indicator, points.
    dimension_of, dimensions, weights : mapping
        Dimension of each indicator (default: D for all), weight of each dimension (default: blank) and of each
        indicator (default 1).
    **tables
        More tables, or other rows for one of these.
    """
    return make_card(missing=missing, check=False, **given_tables(scores, dimension_of, dimensions, weights, **tables))


def given_tables(
    scores: pd.DataFrame,
    dimension_of: Mapping[str, str] | None = None,
    dimensions: Mapping[str, float | None] | None = None,
    weights: Mapping[str, float] | None = None,
    **tables: Rows,
) -> dict[str, Rows]:
    """Make the tables of `given_card`."""
    of = dimension_of or dict.fromkeys(scores.columns, "D")
    stated = dimensions or dict.fromkeys(of.values())
    made: dict[str, Rows] = {
        "subjects": [{"subject_id": name} for name in scores.index],
        "dimensions": [{"dimension_id": name, "weight": weight} for name, weight in stated.items()],
        "indicators": [
            {"indicator_id": i, "dimension_id": of[i], "method": "given", "weight": (weights or {}).get(i, 1.0)}
            for i in scores
        ],
        "plan": None,
        "actuals": [_actual(s, i, value) for i in scores for s, value in scores[i].items()],
    }
    return {**made, **tables}


def _actual(subject: Any, indicator: str, value: float) -> Row:
    cell = {"missing_reason": "not measured"} if np.isnan(value) else {"value": float(value)}
    return {"subject_id": subject, "indicator_id": indicator, **cell}


def random_scheme(seed: int, *, gaps: float = 0.15) -> dict[str, Rows]:
    """Draw the tables of a scheme: 14 of 16 subjects, 7 indicators in 3 dimensions, a bonus and a veto, grades.

    Two of them with the same indicators are two cycles with other weights, scores and people.
    """
    rng = np.random.default_rng(seed)
    subjects = sorted(rng.choice([f"S{i:02d}" for i in range(16)], 14, replace=False))
    of = {"a": "X", "b": "X", "c": "X", "d": "Y", "e": "Y", "f": "Z", "g": "Z"}
    scores = pd.DataFrame(rng.uniform(20, 110, (14, 7)), index=subjects, columns=list(of))
    scores = scores.mask(rng.uniform(size=scores.shape) < gaps)
    weights = dict(zip(of, rng.uniform(0.5, 3, 7).tolist(), strict=True))
    made = given_tables(scores, of, {"X": float(rng.uniform(1, 3)), "Y": None, "Z": 1.0}, weights)
    made["indicators"] = [
        *(made["indicators"] or ()),
        {"indicator_id": "bonus", "dimension_id": "X", "method": "given", "kind": "bonus"},
        {"indicator_id": "veto", "dimension_id": "Z", "method": "binary", "kind": "veto", "cap": 40},
    ]
    made["plan"] = [{"indicator_id": "veto", "target": 1}]
    made["actuals"] = [
        *(made["actuals"] or ()),
        *(_actual(s, "bonus", float(rng.integers(0, 4))) for s in subjects),
        *(_actual(s, "veto", float(rng.uniform() < 0.85)) for s in subjects),
    ]
    return {**made, "grades": GRADES}


@cache
def random_card(seed: int, missing: str = "redistribute", *, gaps: float = 0.15) -> Scorecard:
    """Score the scheme of `random_scheme`."""
    return make_card(missing=missing, check=False, **random_scheme(seed, gaps=gaps))


def wide(scores: pd.DataFrame, column: str) -> pd.DataFrame:
    """One column of `Scorecard.scores` with a row per subject and a column per indicator, ids as text."""
    text = scores.assign(
        subject_id=scores["subject_id"].astype("str"), indicator_id=scores["indicator_id"].astype("str")
    )
    return text.pivot(index="subject_id", columns="indicator_id", values=column)


def by_subject(totals: pd.DataFrame, column: str = "total") -> pd.Series:
    """One column of a table of subjects, by id as text."""
    return pd.Series(totals[column].to_numpy(), index=totals["subject_id"].astype("str"), name=column)
