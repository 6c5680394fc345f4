"""Composite scores of ../shared/reference, made there by another program (COINr), from raw values to the total.

Our scheme has two levels, theirs four: each step of theirs is one scheme of ours whose dimensions are the parents.
Their min-max scaling is our method `baseline` between the worst and the best value observed.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.builders import make_card

TOLERANCE = 1e-9


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", index_col="uCode")


def actuals_from(values: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {
            "subject_id": unit,
            "indicator_id": item,
            **({"value": value} if value == value else {"missing_reason": "gap"}),
        }
        for item in values
        for unit, value in values[item].items()
    ]


def climb(values: pd.DataFrame, framework: pd.DataFrame, share: float) -> pd.DataFrame:
    """Combine one level into its parents: units × parents; a parent needs `share` of its children."""
    children = framework.loc[list(values)]
    parents = children.groupby("Parent", sort=False).size()
    least = {name: max(1, math.ceil(share * n)) for name, n in parents.items()}
    card = make_card(
        check=False,
        subjects=[{"subject_id": unit} for unit in values.index],
        dimensions=[{"dimension_id": name, "min_indicators": n} for name, n in least.items()],
        indicators=[
            {"indicator_id": item, "dimension_id": row["Parent"], "weight": row["Weight"], "method": "given"}
            for item, row in children.iterrows()
        ],
        plan=None,
        actuals=actuals_from(values),
    )
    long = card.dimension_scores.astype({"subject_id": str, "dimension_id": str})
    return long.pivot(index="subject_id", columns="dimension_id", values="score").loc[values.index]


def climb_all(normalised: pd.DataFrame, framework: pd.DataFrame, share: float = 0.0) -> pd.DataFrame:
    """Combine every level up to the top: units × every parent."""
    levels = []
    here = normalised
    while framework.loc[list(here), "Parent"].notna().all():
        here = climb(here, framework, share)
        levels.append(here)
    return pd.concat(levels, axis="columns")


def largest_difference(ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """Largest difference; every gap of one side must be a gap of the other."""
    ours = ours.loc[theirs.index, list(theirs)]
    pd.testing.assert_frame_equal(ours.isna(), theirs.isna(), check_names=False)
    return float(np.nanmax((ours - theirs).abs().to_numpy()))


@pytest.fixture(scope="module")
def kpi_folder(shared) -> Path:
    return shared / "reference/hierarchy_kpi"


@pytest.fixture(scope="module")
def framework(kpi_folder) -> pd.DataFrame:
    return pd.read_csv(kpi_folder / "framework.csv", index_col="iCode")


def test_scores_of_raw_values_in_both_directions(kpi_folder, framework):
    """normalised_minmax_0_100.csv: 40 units × 14 indicators with gaps, four of them smaller-is-better."""
    raw = read(kpi_folder, "raw")
    is_lower = framework.loc[list(raw), "Direction"] < 0
    assert is_lower.sum() > 0
    assert raw.isna().sum().sum() > 0
    worst, best = raw.min().where(~is_lower, raw.max()), raw.max().where(~is_lower, raw.min())
    card = make_card(
        subjects=[{"subject_id": unit} for unit in raw.index],
        indicators=[
            {"indicator_id": item, "method": "baseline", "direction": "lower" if is_lower[item] else "higher"}
            for item in raw
        ],
        plan=[{"indicator_id": item, "baseline": worst[item], "target": best[item]} for item in raw],
        actuals=actuals_from(raw),
    )
    long = card.scores.astype({"subject_id": str, "indicator_id": str})
    ours = long.pivot(index="subject_id", columns="indicator_id", values="score")
    assert largest_difference(ours, read(kpi_folder, "normalised_minmax_0_100")) < TOLERANCE


@pytest.mark.parametrize(
    ("answer", "share"),
    [("aggregated_minmax_0_100_amean", 0.0), ("aggregated_minmax_0_100_amean_datthresh_2_3", 2 / 3)],
)
def test_unequal_weights_gaps_and_a_smallest_share_of_data(kpi_folder, framework, answer, share):
    """Weighted means over what there is; under the threshold of 2/3 a parent with less has no score."""
    normalised, theirs = read(kpi_folder, "normalised_minmax_0_100"), read(kpi_folder, answer)
    assert bool(theirs.isna().any(axis=None)) == bool(share)
    assert largest_difference(climb_all(normalised, framework, share), theirs) < TOLERANCE


@pytest.mark.parametrize("removed", ["Access_1", "People_4", "Quality_2"])
def test_without_one_indicator_its_weight_goes_to_its_siblings(kpi_folder, framework, removed):
    """remove_level1_scores.csv: the total of each unit with one indicator left out."""
    normalised = read(kpi_folder, "normalised_minmax_0_100").drop(columns=removed)
    theirs = read(kpi_folder, "remove_level1_scores")[[removed]].rename(columns={removed: "Total"})
    assert largest_difference(climb_all(normalised, framework), theirs) < TOLERANCE


def test_asem_fifty_one_units_through_four_levels(shared):
    """asem/aggregated_amean.csv: 49 indicators, 8 pillars, 2 sub-indices, 1 index."""
    folder = shared / "reference/asem"
    framework = pd.read_csv(folder / "framework.csv", index_col="iCode")
    normalised, theirs = read(folder, "normalised_0_100"), read(folder, "aggregated_amean")
    assert largest_difference(climb_all(normalised, framework), theirs) < TOLERANCE


def test_asem_ranks_share_ties(shared):
    """asem/ranks_amean.csv, column Index: 1 is best."""
    folder = shared / "reference/asem"
    index, theirs = read(folder, "aggregated_amean")["Index"], read(folder, "ranks_amean")["Index"]
    rows = [{"subject_id": unit, "value": value} for unit, value in index.items()]
    subjects = [{"subject_id": unit} for unit in index.index]
    card = make_card(subjects=subjects, indicators=[{"method": "given"}], plan=None, actuals=rows)
    ours = card.totals.set_index(card.totals["subject_id"].astype("str"))["rank"]
    assert (ours.loc[theirs.index] == theirs).all()
