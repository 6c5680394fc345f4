"""The few exceptions a user can meet.

KpiError                 anything this package says no to
├── ParamsError          params/<cycle>.yml does not fit
├── SourceError          the source tables do not fit; carries the findings
└── ReportError          a report could not be made
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpianalysis.findings import Finding


class KpiError(Exception):
    """Something in the input is wrong: the message says what, where and how to mend it."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: the traceback is about us, the problem is not."""
        return [f"{type(self).__name__}: {self}"]


class ParamsError(KpiError):
    """A parameter file has unknown keys, wrong types or values out of range."""


class SourceError(KpiError):
    """The source tables cannot be scored as they are.

    Attributes
    ----------
    findings : tuple of Finding
        Every problem found, errors first.
    """

    def __init__(self, source: str, findings: Sequence[Finding]) -> None:
        from kpianalysis.findings import as_text

        self.source = source
        self.findings = tuple(findings)
        super().__init__(as_text(self.findings, source))


class ReportError(KpiError):
    """A report could not be made."""
