"""The hospital scheme scored with pandas merges and groupbys, as one would write it for this one scheme.

The opponent of `benchmarks.scoring`: it knows the scheme by heart, checks nothing, and gives the same totals.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def totals(folder: Path, cycle: str = "FY2017") -> pd.DataFrame:
    """Score one cycle of data/hospitals: subject_id and total."""
    ids = {"subject_id": str, "indicator_id": str, "cycle_id": str, "dimension_id": str}
    dimensions = pd.read_csv(folder / "dimensions.csv", dtype=ids).query("cycle_id == @cycle")
    indicators = pd.read_csv(folder / "indicators.csv", dtype=ids).query("cycle_id == @cycle")
    plan = pd.read_csv(folder / "plan.csv", dtype=ids).query("cycle_id == @cycle")
    actuals = pd.read_parquet(folder / "actuals.parquet").query("cycle_id == @cycle")
    for name in ("subject_id", "indicator_id"):
        actuals[name] = actuals[name].astype("str")
    everybody = plan[plan["subject_id"].isna()][["indicator_id", "floor", "threshold", "target"]]
    own = plan[plan["subject_id"].notna()][["subject_id", "indicator_id", "baseline"]]
    rows = actuals.merge(indicators[["indicator_id", "dimension_id", "kind", "direction", "method", "weight"]])
    rows = rows.merge(everybody, on="indicator_id", how="left").merge(
        own, on=["subject_id", "indicator_id"], how="left"
    )
    rows = rows[rows["missing_reason"].isna()]
    rows["score"] = np.where(rows["method"] == "given", rows["value"], _points(rows))
    counted = rows[rows["kind"].fillna("scored") == "scored"]
    scores = pd.concat([counted, _consistency(counted, indicators)])
    scores["points"] = scores["score"] * scores["weight"]
    sums = scores.groupby(["subject_id", "dimension_id"], as_index=False).agg(
        points=("points", "sum"), weight=("weight", "sum"), n=("score", "size")
    )
    sums = sums.merge(dimensions[["dimension_id", "weight", "min_indicators"]], on="dimension_id", suffixes=("", "_d"))
    sums = sums[sums["n"] >= sums["min_indicators"].fillna(1)]
    sums["part"] = sums["weight_d"] * sums["points"] / sums["weight"]
    total = sums.groupby("subject_id")[["part", "weight_d"]].sum()
    return (total["part"] / total["weight_d"]).rename("total").reset_index()


def _points(rows: pd.DataFrame) -> np.ndarray:
    sign = np.where(rows["direction"] == "lower", -1.0, 1.0)
    v, t, b, base = (sign * rows[name].to_numpy() for name in ("value", "threshold", "target", "baseline"))
    achieved = np.where(v < t, 0, np.where(v >= b, 10, np.floor(9 * (v - t) / (b - t) + 1 + 1e-9)))
    way = np.where(b == base, np.nan, b - base)
    improved = np.clip(np.floor(10 * (v - base) / way + 1e-9), 0, 9)
    improved = np.where(np.isnan(base) | (v <= base), 0, np.where(v >= b, 9, improved))
    return 10 * np.maximum(achieved, improved)


def _consistency(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    rule = indicators[indicators["method"] == "consistency"].iloc[0]
    mine = rows[(rows["dimension_id"] == rule["dimension_id"]) & rows["floor"].notna()]
    place = (mine["value"] - mine["floor"]) / (mine["threshold"] - mine["floor"])
    lowest = place.groupby(mine["subject_id"]).min()
    points = np.where(lowest >= 1, 20, np.where(lowest <= 0, 0, np.clip(np.floor(20 * lowest + 1e-9), 0, 20)))
    return pd.DataFrame(
        {
            "subject_id": lowest.index,
            "dimension_id": rule["dimension_id"],
            "weight": rule["weight"],
            "score": 5 * points,
        }
    )
