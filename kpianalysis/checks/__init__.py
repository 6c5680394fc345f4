"""Every problem of a source at once, before anything is computed: what, where, how to mend it."""

from __future__ import annotations

from kpianalysis.checks.columns import check_columns, check_keys
from kpianalysis.checks.cycles import check_cycles
from kpianalysis.checks.judgements import check_judgements
from kpianalysis.checks.references import check_references
from kpianalysis.checks.rules import check_rules
from kpianalysis.checks.targets import check_targets
from kpianalysis.findings import Finding, has_errors
from kpianalysis.scheme import Tables

__all__ = [
    "check_columns",
    "check_cycles",
    "check_judgements",
    "check_keys",
    "check_references",
    "check_rules",
    "check_source",
    "check_targets",
]


def check_source(tables: Tables, *, is_whole: bool = True) -> list[Finding]:
    """Check typed tables against the schema and against each other.

    Parameters
    ----------
    tables : mapping of table name to DataFrame
        Every table of the schema with every column; the index is the row shown to the reader.
    is_whole : bool
        False when a table or a column is missing: targets are not looked up then.

    Returns
    -------
    list of Finding
        Empty when there is nothing to say. Targets are looked up only when ids and keys are sound.
    """
    findings = [
        *check_columns(tables),
        *check_keys(tables),
        *check_references(tables),
        *check_cycles(tables),
        *check_rules(tables),
        *check_judgements(tables),
    ]
    return findings if has_errors(findings) or not is_whole else [*findings, *check_targets(tables)]
