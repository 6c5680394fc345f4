"""One report: a notebook and its parameters → an executed notebook and its HTML page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode, ValidationError
from nbformat.reader import NotJSONError

from kpianalysis.errors import ReportError
from kpianalysis.i18n import N_, translator
from kpianalysis.pages import ReportRow, report_html

NOTEBOOKS = "notebooks"
TITLES = {
    "attainment": N_("Attainment"),
    "weight_sensitivity": N_("Weight sensitivity"),
    "indicator_correlation": N_("Indicator correlation"),
}
# Called with the number of cells done and the number of cells in all.
OnCell = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """One report to make: which notebook, for which unit (blank: the whole), with which parameters."""

    report: str
    unit: str
    parameters: Mapping[str, object]
    notice: str = ""

    @property
    def folder(self) -> str:
        """Folder of the report below the cycle's; the prefix keeps any unit id apart from our own files."""
        return f"unit-{self.unit}" if self.unit else ""

    @property
    def title(self) -> str:
        """Title of the page."""
        parts = [translator(self.lang)(TITLES[self.report]), str(self.parameters["cycle"]), self.unit]
        return " · ".join(part for part in parts if part)

    @property
    def lang(self) -> str:
        """Language of the page."""
        return str(self.parameters["lang"])


def make_report(job: Job, project: Path, folder: Path, on_cell: OnCell | None = None) -> ReportRow:
    """Execute a notebook and make its page; both appear under their names only when they are whole.

    Parameters
    ----------
    job : Job
    project : Path
        Project folder: has `notebooks/`, and relative paths start from it.
    folder : Path
        Folder of the cycle.
    on_cell : callable, optional
        Told after each cell how many are done.

    Returns
    -------
    ReportRow
        A failed notebook is a row with its error, not an exception: the others still run.

    Raises
    ------
    ReportError
        If there is no such notebook.
    """
    notebook = notebook_of(job.report, project)
    place = folder / job.folder
    place.mkdir(parents=True, exist_ok=True)
    for ending in (".html", ".ipynb", ".failed.ipynb"):
        (place / f"{job.report}{ending}").unlink(missing_ok=True)
    partial = place / f".{job.report}.partial.ipynb"
    partial.unlink(missing_ok=True)
    start = time.monotonic()
    error = _execute(notebook, partial, job, project, on_cell)
    seconds = time.monotonic() - start
    if error:
        return _fail(job, place, partial, error, seconds)
    return _finish(job, place, partial, seconds)


def notebook_of(report: str, project: Path) -> Path:
    """Find the notebook of a report; ReportError if the project has none."""
    notebook = project / NOTEBOOKS / f"{report}.ipynb"
    if not notebook.is_file():
        raise ReportError(f"There is no notebook {NOTEBOOKS}/{report}.ipynb in the project folder.")
    return notebook


def _execute(notebook: Path, partial: Path, job: Job, project: Path, on_cell: OnCell | None) -> str:
    """Run the notebook under papermill; return the last line of what went wrong, or nothing."""
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellControlSignal
    from papermill.exceptions import PapermillException, PapermillExecutionError
    from traitlets.config import Config

    done = total = 0

    def count(**_kwargs: object) -> None:
        nonlocal done
        done += 1
        if on_cell:
            on_cell(min(done, total), total)

    try:
        # papermill puts one cell more behind the parameters.
        total = sum(cell.cell_type == "code" for cell in _read(notebook).cells) + 1
        papermill.execute_notebook(
            str(notebook),
            str(partial),
            parameters=dict(job.parameters),
            kernel_name="python3",
            progress_bar=False,
            cwd=str(project),
            on_cell_executed=count,
            # A kernel on this machine needs no open port without encryption.
            config=Config(KernelManager={"transport_encryption": "auto"}),
        )
    except PapermillExecutionError as error:
        return f"{error.ename}: {_last_line(error.evalue)}"
    # RuntimeError: the kernel died, or did not start in time. The last two: the file is no notebook.
    except (PapermillException, CellControlSignal, NoSuchKernel, RuntimeError, NotJSONError, ValidationError) as error:
        return f"{type(error).__name__}: {_last_line(str(error))}"
    return ""


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def _fail(job: Job, place: Path, partial: Path, error: str, seconds: float) -> ReportRow:
    kept = place / f"{job.report}.failed.ipynb"
    if partial.exists():
        _forget_paths(partial, error)
        partial.replace(kept)
    link = _link(job, kept.name) if kept.exists() else ""
    title = translator(job.lang)(TITLES[job.report])
    return ReportRow(job.report, title, job.unit, "failed", "", link, "", error, seconds)


def _finish(job: Job, place: Path, partial: Path, seconds: float) -> ReportRow:
    executed = _forget_paths(partial)
    nav = {translator(job.lang)(N_("All reports")): "../index.html" if job.unit else "index.html"}
    page = report_html(executed, title=job.title, lang=job.lang, nav=nav, notice=job.notice)
    html = place / f".{job.report}.partial.html"
    html.write_text(page, encoding="utf-8")
    partial.replace(place / f"{job.report}.ipynb")
    html.replace(place / f"{job.report}.html")
    title = translator(job.lang)(TITLES[job.report])
    links = _link(job, f"{job.report}.html"), _link(job, f"{job.report}.ipynb")
    return ReportRow(job.report, title, job.unit, "done", *links, headline(executed), "", seconds)


def _read(file: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types
    return notebook


def _forget_paths(file: Path, error: str = "") -> NotebookNode:
    """Take the paths of this machine out of what papermill noted in the notebook; see that an error is shown."""
    notebook = _read(file)
    for name in ("input_path", "output_path"):
        notebook.metadata.get("papermill", {}).pop(name, None)
    _mark(notebook, error)
    nbformat.write(notebook, file)  # type: ignore[no-untyped-call]  # nbformat has no types
    return notebook


def _mark(notebook: NotebookNode, error: str) -> None:
    """Show the error in the cell that ran last, where no cell shows one: a kernel that died says nothing."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    started = [cell for cell in code if cell.metadata.get("papermill", {}).get("start_time")]
    if error and started and not any(output.output_type == "error" for cell in code for output in cell.outputs):
        name, _, value = error.partition(": ")
        output = {"output_type": "error", "ename": name, "evalue": value, "traceback": [error]}
        started[-1].outputs.append(NotebookNode(output))  # type: ignore[no-untyped-call]  # nbformat has no types


def _link(job: Job, name: str) -> str:
    return f"{job.folder}/{name}" if job.folder else name


def headline(executed: NotebookNode) -> str:
    """Return the first sentence of the cell tagged `answer`; blank without one."""
    answers = (cell for cell in executed.cells if "answer" in cell.metadata.get("tags", []))
    outputs = (output for cell in answers for output in cell.get("outputs", []))
    texts = (output.get("data", {}).get("text/plain", "") for output in outputs)
    return next((str(text).splitlines()[0] for text in texts if text), "")
