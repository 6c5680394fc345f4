"""Verdicts and counts published for New York City's agencies: Mayor's Management Report, fiscal year 2023."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from kpianalysis import Scorecard
from kpianalysis.analyses.gaps.missed import missed, missed_summary
from tests.builders import find_shared, make_card

FOLDER = "data/nyc_mmr_fy2023"
KINDS = ("scored", "monitor")
# The 164 indicators that belong to no agency have a published row too.
NOWHERE = "none"


@cache
def _indicators() -> pd.DataFrame:
    shared = find_shared()
    assert shared is not None
    text = {"indicator_id": str, "agency_number": str, "ua_key": str}
    frame = pd.read_csv(shared / FOLDER / "indicators.csv", dtype=text)
    frame = frame.fillna({"agency_number": NOWHERE, "ua_key": NOWHERE})
    # Numbered within each budget unit: its first target that should rise, its second, …; a tenth as many to score.
    kind = frame["desired_direction"] + frame["critical"] + frame["target_fy2023"].notna().astype(str)
    place = frame.groupby(["ua_key", kind]).cumcount()
    return frame.assign(item=kind + place.astype(str))


@cache
def _card() -> Scorecard:
    """One subject per budget unit, one unit per agency; an indicator without a target is monitored."""
    frame = _indicators()
    rows = frame.to_dict("records")
    indicators = [
        {
            "indicator_id": row["item"],
            "direction": "higher" if row["desired_direction"] == "Up" else "lower",
            "method": "given" if np.isnan(row["target_fy2023"]) else "binary",
            "kind": "monitor" if np.isnan(row["target_fy2023"]) else "scored",
        }
        for row in frame.drop_duplicates("item").to_dict("records")
    ]
    plan = [{"indicator_id": row["item"], "subject_id": row["ua_key"], "target": row["target_fy2023"]} for row in rows]
    actuals = [
        {"subject_id": row["ua_key"], "indicator_id": row["item"], **_value(row["fy2023_projected"])} for row in rows
    ]
    units = frame.drop_duplicates("ua_key")
    subjects = [
        {"subject_id": unit, "unit_id": agency}
        for unit, agency in zip(units["ua_key"], units["agency_number"], strict=True)
    ]
    return make_card(subjects=subjects, indicators=indicators, plan=plan, actuals=actuals, check=False)


def _value(value: float) -> dict[str, object]:
    return {"missing_reason": "not projected"} if np.isnan(value) else {"value": float(value)}


def test_every_verdict_is_the_published_one(shared):
    """351 of 351; 10 of them lie exactly on their target, and that is met."""
    table = missed(_card(), "subject_id").set_index(["group_id", "indicator_id"])
    published = _indicators().set_index(["ua_key", "item"])["success"].dropna()
    ours = table.loc[published.index, "n_missed"].map({0: "Met_Goal", 1: "Did_Not_Meet"})
    assert len(published) == 351
    assert (table.loc[published.index, "n_target"] == 1).all()
    assert (ours == published).all()
    assert int((table.loc[published.index, "gap"] == 0).sum()) == 10


@pytest.mark.parametrize(
    ("file", "by", "key", "n"),
    [
        ("published_agency_outcomes_all.csv", "unit_id", "agency_number", 35),
        ("published_agency_outcomes_critical.csv", "unit_id", "agency_number", 32),
        ("published_ua_outcomes_all.csv", "subject_id", "ua_key", 84),
        ("published_ua_outcomes_critical.csv", "subject_id", "ua_key", 58),
    ],
)
def test_every_agency_and_budget_unit_has_its_published_counts(shared, file, by, key, n):
    published = pd.read_csv(shared / FOLDER / file, dtype={key: str}).fillna({key: NOWHERE}).set_index(key)
    table = missed(_card(), by)
    if "critical" in file:
        critical = _indicators().loc[_indicators()["critical"] == "Yes", "item"]
        table = table[table["indicator_id"].isin(critical)]
    ours = missed_summary(table, KINDS).set_index("group_id")
    assert len(published) == n
    assert set(published.index) <= set(ours.index)
    ours = ours.loc[published.index]
    assert ours["n_met"].tolist() == published["met_goal"].tolist()
    assert ours["n_missed"].tolist() == published["did_not_meet"].tolist()
    assert ours["n_without"].tolist() == published["no_target"].tolist()
    assert ours["n_target"].tolist() == published["total_with_target"].tolist()
    # Some shares were published with two digits, others in full; without a target there is none.
    difference = (ours["share_met"] - published["success_pct"]).abs()
    assert (difference.dropna() <= 0.005 + 1e-12).all()
    assert (published["success_pct"].isna() == ours["share_met"].isna()).all()
