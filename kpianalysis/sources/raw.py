"""What every kind of source is read into, before anything is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpianalysis.findings import Finding

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RawTable:
    """One table as it stands in its file.

    `frame` has the file's own columns; its index is the row as a spreadsheet shows it (first row of data: 2).
    """

    frame: pd.DataFrame
    file: str
    sha256: str


@dataclass(frozen=True)
class RawSource:
    """The tables of a source as they stand, what could not be read, and the notice it wants shown."""

    name: str
    tables: Mapping[str, RawTable]
    findings: tuple[Finding, ...] = ()
    notice: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
