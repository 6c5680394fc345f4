"""The `kpianalysis` command: thin, every verb one call into the package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpianalysis.batch import OnProgress, OnReport
    from kpianalysis.findings import Finding

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Check, score and report KPI schemes.")


@app.command()
def run(
    params: Annotated[Path, typer.Argument(help="Parameter file of the cycle, such as params/2024Q1.yml.")],
) -> None:
    """Make a cycle's reports: outputs/<cycle>/index.html and one page and notebook for each report."""
    from kpianalysis.batch import run as run_batch

    with _no_traceback(), _progress() as (on_progress, on_report):
        result = run_batch(params, on_progress, on_report)
    typer.echo(f"Reports: {_shown(result.folder / 'index.html')}")
    if result.failed:
        typer.echo(f"{len(result.failed)} of {len(result.rows)} reports failed; the index says why.", err=True)
        raise typer.Exit(1)


@app.command()
def check(
    source: Annotated[Path, typer.Argument(help="Folder with the tables, such as data/operations.")],
) -> None:
    """Find every problem of a source at once: what, where, how to mend it. Exit code 1 on errors."""
    from kpianalysis.dataset import check as check_source
    from kpianalysis.findings import has_errors

    with _no_traceback():
        findings = check_source(source)
    if findings:
        _print_findings(findings)
    else:
        typer.echo(f"{source}: nothing to say.")
    if has_errors(findings):
        raise typer.Exit(1)


@contextmanager
def _no_traceback() -> Iterator[None]:
    """Turn what is wrong with the input into its message and exit code 1; our own bugs keep their traceback."""
    from kpianalysis.errors import KpiError, SourceError

    try:
        yield
    except SourceError as error:
        _print_findings(error.findings)
        typer.echo(f"{error.source} cannot be reported until the errors are mended. No report was written.", err=True)
        raise typer.Exit(1) from error
    except KpiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _print_findings(findings: Sequence[Finding]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(stderr=True, width=None if sys.stderr.isatty() else 160)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("severity", "where", "what", "how to mend it"):
        table.add_column(name, overflow="fold")
    for finding in findings:
        row = f"row {finding.row}" if finding.row else ""
        column = f"column {finding.column}" if finding.column else ""
        # Cells come from the source: text, never markup.
        cells = (
            finding.severity,
            ", ".join(part for part in (finding.table, row, column) if part),
            finding.message(),
            finding.remedy(),
        )
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


@contextmanager
def _progress() -> Iterator[tuple[OnProgress, OnReport]]:
    """Show which report runs and how far it is."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from kpianalysis.pages import ReportRow
    from kpianalysis.reports import Job

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("checking the source", total=None)

        def on_progress(job: Job, place: int, jobs: int, done: int, total: int) -> None:
            what = f"{place}/{jobs} {job.report}" + (f", {job.unit}" if job.unit else "")
            bar.update(task, description=escape(what), completed=(place - 1) + done / total, total=jobs)

        def on_report(row: ReportRow) -> None:
            what = escape(row.report + (f", {row.unit}" if row.unit else ""))
            console.print(
                f"{row.status:6} {row.seconds:5.1f} s  {what}" + (f": {escape(row.error)}" if row.error else "")
            )

        yield on_progress, on_report


def _shown(path: Path) -> str:
    """Show a path from the working folder, if it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def main() -> None:
    """Run the command."""
    app()
