"""Read the tables of a source as they stand; one file per kind of source."""

from __future__ import annotations

from pathlib import Path

from kpianalysis.findings import Finding
from kpianalysis.i18n import N_
from kpianalysis.sources.folder import read_folder
from kpianalysis.sources.raw import RawSource, RawTable

__all__ = ["RawSource", "RawTable", "read_source"]


def read_source(path: Path, name: str) -> RawSource:
    """Read every table of a source, without judging its values.

    Parameters
    ----------
    path : Path
        A folder of CSV or Parquet files.
    name : str
        How messages call the source.

    Returns
    -------
    RawSource
        What could be read, and a finding for each file that could not.
    """
    if path.is_dir():
        return read_folder(path, name)
    text = N_("{path} is not a folder.") if path.exists() else N_("There is no {path}.")
    fix = N_("Give a folder of CSV or Parquet files, one file a table, such as data/operations.")
    return RawSource(name, {}, (Finding("error", "source", text, fix=fix, values={"path": name}),))
