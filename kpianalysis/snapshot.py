"""Freeze what was checked, so that every report of a cycle reads the same tables, now and later."""

from __future__ import annotations

from pathlib import Path

from kpianalysis.dataset import Dataset
from kpianalysis.sources.folder import NOTICE_FILE, sha256_of


def freeze(data: Dataset, folder: Path) -> dict[str, str]:
    """Write the checked tables of a dataset as Parquet files.

    Parameters
    ----------
    data : Dataset
    folder : Path
        Made if it is not there; older tables in it are replaced or removed.

    Returns
    -------
    dict of file name to its SHA-256
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.parquet"):
        old.unlink()
    hashes = {}
    for name, table in data.tables.items():
        if len(table):
            file = folder / f"{name}.parquet"
            table.to_parquet(file, index=False)
            hashes[file.name] = sha256_of(file)
    (folder / NOTICE_FILE).write_text(data.notice + "\n", encoding="utf-8")
    return hashes
