"""A made-up scheme of any size, as a folder of Parquet files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

INDICATORS = 20
METHODS = ("ratio", "anchors", "baseline", "deviation", "achievement_improvement")


def write_scheme(folder: Path, subjects: int, seed: int = 1) -> None:
    """Write a scheme of `subjects` × 20 indicators in 4 dimensions, one actual each, a tenth of them missing."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ids = pd.Series(np.arange(subjects)).map("S{:07d}".format)
    pd.DataFrame({"cycle_id": ["C1"], "kind": "year", "start": "2024-01-01", "end": "2024-12-31"}).to_parquet(
        folder / "cycles.parquet", index=False
    )
    unit = pd.Series(rng.integers(0, 50, subjects)).map("U{:02d}".format)
    pd.DataFrame({"subject_id": ids, "name": ids, "unit_id": unit}).to_parquet(folder / "subjects.parquet", index=False)
    pd.DataFrame({"dimension_id": [f"D{d}" for d in range(4)], "name": "dimension", "weight": 25.0}).to_parquet(
        folder / "dimensions.parquet", index=False
    )
    names = [f"K{i:02d}" for i in range(INDICATORS)]
    methods = [METHODS[i % len(METHODS)] for i in range(INDICATORS)]
    catalogue = {"indicator_id": names, "name": names, "dimension_id": [f"D{i % 4}" for i in range(INDICATORS)]}
    catalogue |= {"unit": "points", "direction": ["lower" if m == "deviation" else "higher" for m in methods]}
    pd.DataFrame({**catalogue, "method": methods, "weight": 1.0}).to_parquet(folder / "indicators.parquet", index=False)
    plan = {"cycle_id": "C1", "subject_id": None, "role_id": None, "indicator_id": names}
    values = {"baseline": 40.0, "threshold": 60.0, "target": 100.0, "stretch": 120.0}
    pd.DataFrame({**plan, **values}).astype({"subject_id": "str", "role_id": "str"}).to_parquet(
        folder / "plan.parquet", index=False
    )
    _write_actuals(folder / "actuals.parquet", ids, names, rng)


def _write_actuals(file: Path, ids: pd.Series, names: list[str], rng: np.random.Generator) -> None:
    """Write one row group per indicator, so that making the file needs less memory than reading it."""
    subject = pa.array(ids).dictionary_encode()
    writer = None
    for name in names:
        value = np.maximum(rng.normal(95.0, 15.0, len(ids)), 1.0)
        missing = rng.random(len(ids)) < 0.1
        table = pa.table(
            {
                "cycle_id": pa.DictionaryArray.from_arrays(np.zeros(len(ids), np.int8), ["C1"]),
                "subject_id": subject,
                "indicator_id": pa.DictionaryArray.from_arrays(np.zeros(len(ids), np.int8), [name]),
                "value": pa.array(value, mask=missing),
                "missing_reason": pa.DictionaryArray.from_arrays(
                    pa.array(np.zeros(len(ids), np.int8), mask=~missing), ["absent"]
                ),
            }
        )
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
