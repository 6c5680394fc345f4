"""Small sources for tests: the smallest one that can be scored, and any table of it replaced.

    make_source(tmp_path, actuals=[{"subject_id": "A", "value": 80}])   a folder of CSV files, its path
    make_data(actuals=[…])                                              the same, checked, in memory
    make_card(actuals=[…], missing="zero")                              and scored
    make_inputs([45, 50], target=50)                                    what one scoring method is given

A table is a list of rows, a row a dict; what a row leaves out is filled from `ROW_DEFAULTS`, a table left out is one of
`DEFAULT_TABLES`, `None` is no table at all. Without any of them: cycle 2024Q1, subjects A, B, C, one dimension D, one
indicator I ("ratio", higher, target 100), actuals 100, 90, 50.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from kpianalysis.cells import type_table
from kpianalysis.checks import check_source
from kpianalysis.dataset import Dataset
from kpianalysis.errors import SourceError
from kpianalysis.findings import Finding, has_errors
from kpianalysis.schema import PLAN_VALUES, TABLES
from kpianalysis.scoring import Scorecard, score
from kpianalysis.scoring.inputs import Inputs

ROOT = Path(__file__).resolve().parent.parent
CYCLE = "2024Q1"

Row = Mapping[str, Any]
Rows = Sequence[Row] | None

# What a cell is when a row does not say: enough to pass the checks.
ROW_DEFAULTS: Mapping[str, Row] = MappingProxyType(
    {
        "cycles": {"cycle_id": CYCLE, "kind": "quarter", "start": "2024-01-01", "end": "2024-03-31"},
        "subjects": {},
        "dimensions": {"dimension_id": "D"},
        "indicators": {
            "indicator_id": "I",
            "dimension_id": "D",
            "unit": "points",
            "direction": "higher",
            "method": "ratio",
        },
        "plan": {"indicator_id": "I"},
        "scales": {"indicator_id": "I"},
        "actuals": {"cycle_id": CYCLE, "indicator_id": "I"},
        "grades": {},
        "published": {"cycle_id": CYCLE, "level": "total"},
        "judgements": {},
    }
)
# A row that has no name is called like its id.
_NAMED = {"subjects": "subject_id", "dimensions": "dimension_id", "indicators": "indicator_id"}

DEFAULT_TABLES: Mapping[str, Rows] = MappingProxyType(
    {
        "cycles": [{}],
        "subjects": [
            {"subject_id": "A", "name": "Ann", "unit_id": "north"},
            {"subject_id": "B", "name": "Ben", "unit_id": "north"},
            {"subject_id": "C", "name": "Cy", "unit_id": "south"},
        ],
        "dimensions": [{}],
        "indicators": [{}],
        "plan": [{"target": 100}],
        "actuals": [
            {"subject_id": "A", "value": 100},
            {"subject_id": "B", "value": 90},
            {"subject_id": "C", "value": 50},
        ],
    }
)


def make_source(folder: Path, **tables: Rows) -> Path:
    """Write the CSV files of a source into `folder` (made if absent) and return it.

    Parameters
    ----------
    folder : Path
        Usually `tmp_path`.
    **tables : list of dict, or None
        Rows by table name, see the module. Columns the schema does not know are written too; None and nan are blank.

    Examples
    --------
    make_source(tmp_path, grades=[{"grade": "S", "min_score": 90}], plan=None)
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in csv_texts(tables).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def make_data(cycle: str = CYCLE, *, check: bool = True, **tables: Rows) -> Dataset:
    """Make the checked dataset of a source without touching the disk.

    `check=False` leaves the checks out, for properties that score many sources; raises SourceError otherwise.
    """
    texts = csv_texts(tables)
    typed, findings = {}, []
    for name in TABLES:
        typed[name], problems = _typed(name, texts.get(name, ""))
        findings += problems
    findings += check_source(typed) if check else []
    if has_errors(findings):
        raise SourceError("test", findings)
    return Dataset("test", cycle, MappingProxyType(typed), tuple(findings))


def make_card(cycle: str = CYCLE, missing: str = "redistribute", *, check: bool = True, **tables: Rows) -> Scorecard:
    """Score the dataset that `make_data` makes."""
    return score(make_data(cycle, check=check, **tables), missing=missing)


def make_inputs(
    actual: Sequence[float],
    *,
    direction: str = "higher",
    limits: tuple[float, float] = (np.nan, np.nan),
    points: Mapping[float, float] = MappingProxyType({}),
    **plan: float | Sequence[float],
) -> Inputs:
    """Give a scoring method its inputs without a source.

    `limits` are the indicator's floor and cap, in points; `points` those of `scales`, score by value; every other name
    is a column of the plan, one value for all subjects or one each.

    Examples
    --------
    METHODS["ratio"].score(make_inputs([45, 50], target=50, limits=(0, 100)))
    """
    values = np.array(actual, dtype=float)
    laid = {name: np.broadcast_to(np.asarray(plan.get(name, np.nan), float), values.shape) for name in PLAN_VALUES}
    rising = sorted(points.items())
    return Inputs(
        values,
        laid,
        direction,
        *limits,
        np.array([value for value, _ in rising], dtype=float),
        np.array([score for _, score in rising], dtype=float),
    )


def actual_rows(values: Mapping[str, Any], indicator_id: str = "I", cycle_id: str = CYCLE, **more: Any) -> list[Row]:
    """Write actuals of one indicator from a dict of subject to value; a text is the reason why there is none."""
    return [
        {
            "cycle_id": cycle_id,
            "subject_id": subject,
            "indicator_id": indicator_id,
            **({"missing_reason": value} if isinstance(value, str) else {"value": value}),
            **more,
        }
        for subject, value in values.items()
    ]


def scores_of(card: Scorecard, indicator_id: str = "I") -> dict[str, float]:
    """Scores of one indicator by subject; missing ones are nan."""
    rows = card.scores[card.scores["indicator_id"] == indicator_id]
    return dict(zip(rows["subject_id"].astype("str"), rows["score"], strict=True))


def totals_of(card: Scorecard, column: str = "total") -> dict[str, Any]:
    """One column of the totals by subject."""
    return dict(zip(card.totals["subject_id"].astype("str"), card.totals[column], strict=True))


def messages_of(card: Scorecard, severity: str = "") -> list[str]:
    """Sentences of the findings, all or those of one severity."""
    return [note.message() for note in card.notes if severity in ("", note.severity)]


def find_shared() -> Path | None:
    """Find the reference material, a folder `shared` beside the checkout; None where it is absent."""
    shared = ROOT.parent / "shared"
    return shared if (shared / "reference").is_dir() and (shared / "data").is_dir() else None


def csv_texts(tables: Mapping[str, Rows]) -> dict[str, str]:
    """Write each table as the text of its CSV file."""
    if unknown := set(tables) - set(TABLES):
        raise ValueError(f"not tables: {sorted(unknown)}")
    merged = {**DEFAULT_TABLES, **tables}
    return {name: _csv([_filled(name, row) for row in rows], name) for name, rows in merged.items() if rows is not None}


def _filled(table: str, row: Row) -> Row:
    filled = {**ROW_DEFAULTS[table], **row}
    if table in _NAMED:
        filled.setdefault("name", filled.get(_NAMED[table]))
    return filled


def _csv(rows: Iterable[Row], table: str) -> str:
    rows = list(rows)
    required = [column.name for column in TABLES[table].columns if column.required]
    columns = list(dict.fromkeys([*required, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    blank = value is None or (isinstance(value, float) and value != value)
    return "" if blank else repr(float(value)) if isinstance(value, float) else str(value)


@lru_cache(maxsize=256)
def _typed(name: str, text: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Type one table; most tests share most tables, and nothing may change one."""
    table = TABLES[name]
    return type_table(_read(text or ",".join(column.name for column in table.columns)), table)


def _read(text: str) -> pd.DataFrame:
    """Read CSV text as the package reads a file: text cells, rows counted as a spreadsheet does."""
    frame = pd.read_csv(io.StringIO(text), dtype=str, na_filter=False)
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2))
