"""One cycle: check once, freeze, run every report on the snapshot, write the index and the manifest."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from kpianalysis.dataset import Dataset, load
from kpianalysis.i18n import translator
from kpianalysis.pages import ReportRow, index_html
from kpianalysis.params import CycleParams, read_params
from kpianalysis.project import in_project, project_folder
from kpianalysis.reports import Job, make_report, notebook_of
from kpianalysis.scheme import subjects_measured
from kpianalysis.snapshot import freeze
from kpianalysis.sources.folder import sha256_of

OUTPUTS = "outputs"
MANIFEST = "manifest.json"
VERSIONS = ("kpianalysis", "pandas", "numpy", "scipy", "matplotlib", "papermill", "nbconvert")


@dataclass(frozen=True)
class BatchResult:
    """What a run made: the folder, one row a report."""

    folder: Path
    rows: tuple[ReportRow, ...]

    @property
    def failed(self) -> tuple[ReportRow, ...]:
        """The reports that failed."""
        return tuple(row for row in self.rows if row.status == "failed")


# Called with the job, its place from 1, the number of jobs, and the cells done and in all.
OnProgress = Callable[[Job, int, int, int, int], None]
# Called with each finished report.
OnReport = Callable[[ReportRow], None]


def run(
    params_file: str | Path, on_progress: OnProgress | None = None, on_report: OnReport | None = None
) -> BatchResult:
    """Run a cycle's reports: `outputs/<cycle>/` with a page and a notebook each, index, manifest and snapshot.

    Parameters
    ----------
    params_file : str or Path
        Such as params/2024Q1.yml; relative to the working folder, else to the project folder.
    on_progress, on_report : callable, optional
        Told of each cell and of each finished report.

    Returns
    -------
    BatchResult
        Failed reports are rows of it.

    Raises
    ------
    ParamsError, SourceError, ReportError
        Before anything is written.
    """
    params = read_params(_find(params_file))
    data = load(params.source, params.cycle)
    project = project_folder()
    for report in params.reports:
        notebook_of(report, project)
    folder = project / OUTPUTS / params.cycle
    _remove_former(folder)
    snapshot = freeze(data, folder / "data")
    rows: list[ReportRow] = []
    jobs = list(_jobs(params, data))
    for place, job in enumerate(jobs, start=1):

        def on_cell(done: int, total: int, job: Job = job, place: int = place) -> None:
            if on_progress:
                on_progress(job, place, len(jobs), done, total)

        on_cell(0, 1)
        rows.append(make_report(job, project, folder, on_cell))
        if on_report:
            on_report(rows[-1])
    started = datetime.now(UTC).replace(microsecond=0)
    _write(folder / "index.html", _index(params, data, rows, started))
    _write(folder / MANIFEST, _manifest(params, data, rows, snapshot, folder, started))
    return BatchResult(folder, tuple(rows))


def _find(params_file: str | Path) -> Path:
    here = Path(params_file)
    return here if here.is_file() else in_project(params_file) if in_project(params_file).is_file() else here


def _jobs(params: CycleParams, data: Dataset) -> Iterator[Job]:
    """The whole first, then each unit that has subjects in the cycle."""
    source = f"{OUTPUTS}/{params.cycle}/data"
    units = [""]
    if params.by == "unit_id":
        units += sorted(subjects_measured(data.tables, data.cycle)["unit_id"].dropna().unique())
    for unit in units:
        for report in params.reports:
            yield Job(report, unit, params.for_notebook(source, unit), data.notice)


def _remove_former(folder: Path) -> None:
    """Remove what a former run lists in its manifest, so that no old report passes for a new one."""
    former = folder / MANIFEST
    if former.is_file():
        for name in json.loads(former.read_text(encoding="utf-8"))["files"]:
            (folder / name).unlink(missing_ok=True)
        former.unlink()
    (folder / "index.html").unlink(missing_ok=True)


def _index(params: CycleParams, data: Dataset, rows: Sequence[ReportRow], started: datetime) -> str:
    _ = translator(params.lang)
    facts = [
        (_("Source"), params.source),
        (_("Subjects"), str(len(subjects_measured(data.tables, data.cycle)))),
        (_("Missing scores"), params.missing),
        (_("Seed"), str(params.seed)),
        (_("Made"), started.strftime("%Y-%m-%d %H:%M UTC")),
        (_("Versions"), ", ".join(f"{name} {metadata.version(name)}" for name in VERSIONS[:3])),
    ]
    return index_html(params.cycle, rows, lang=params.lang, notice=data.notice, facts=facts)


def _manifest(
    params: CycleParams,
    data: Dataset,
    rows: Sequence[ReportRow],
    snapshot: dict[str, str],
    folder: Path,
    started: datetime,
) -> str:
    links = [link for row in rows for link in (row.href, row.notebook_href) if link]
    content = {
        "cycle": params.cycle,
        "made": started.isoformat(),
        "parameters": asdict(params),
        "source": {"name": data.source, "files": dict(data.files)},
        "snapshot": snapshot,
        "findings": data.findings.to_dict("records"),
        "reports": [asdict(row) for row in rows],
        "files": {name: sha256_of(folder / name) for name in links},
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in VERSIONS},
        },
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _write(file: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)
