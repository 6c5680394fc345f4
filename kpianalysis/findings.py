"""Findings: one row for each thing a reader must know, with where it is and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kpianalysis.i18n import translator

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warning", "note"]
_ORDER = {"error": 0, "warning": 1, "note": 2}
FINDING_COLUMNS = ("severity", "table", "row", "column", "message", "fix")


@dataclass(frozen=True)
class Finding:
    """One thing a reader must know about the source or the scores.

    `row` is the row as a spreadsheet shows it (the header is row 1), blank when it concerns no single row.
    `text` and `fix` are English templates, filled with `values` after translation.
    """

    severity: Severity
    table: str
    text: str
    row: str = ""
    column: str = ""
    fix: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def message(self, lang: str = "en") -> str:
        """Say what is wrong, in the given language."""
        return translator(lang)(self.text).format(**self.values)

    def remedy(self, lang: str = "en") -> str:
        """Say how to mend it, in the given language."""
        return translator(lang)(self.fix).format(**self.values) if self.fix else ""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: errors first, otherwise as they were found."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether any of them keeps the source from being scored."""
    return any(finding.severity == "error" for finding in findings)


def as_table(findings: Sequence[Finding], lang: str = "en") -> pd.DataFrame:
    """Lay findings out as a table, one row each.

    Returns
    -------
    DataFrame with the columns severity, table, row, column, message, fix, all text
    """
    import pandas as pd

    rows = [(f.severity, f.table, f.row, f.column, f.message(lang), f.remedy(lang)) for f in findings]
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS), dtype="str")


def as_text(findings: Sequence[Finding], source: str, lang: str = "en") -> str:
    """Write findings for a terminal: what, where, how to mend, one paragraph each."""
    lines = []
    for finding in findings:
        where = ", ".join(
            part
            for part in (
                finding.table,
                f"row {finding.row}" if finding.row else "",
                f"column {finding.column}" if finding.column else "",
            )
            if part
        )
        lines.append(f"{source}: {finding.severity}: {where}: {finding.message(lang)} {finding.remedy(lang)}".rstrip())
    return "\n".join(lines)


def name_some(items: Iterable[object], most: int = 10) -> str:
    """Name at most `most` items, then say how many more there are.

    Examples
    --------
    >>> name_some(range(2, 5))
    '2, 3, 4'
    >>> name_some(range(2, 15), most=3)
    '2, 3, 4 and 10 more'
    """
    names = [str(item) for item in items]
    if len(names) <= most:
        return ", ".join(names)
    return ", ".join(names[:most]) + f" and {len(names) - most} more"
