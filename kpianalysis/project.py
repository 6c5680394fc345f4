"""The project folder: what relative paths in parameters are relative to."""

from __future__ import annotations

from pathlib import Path


def project_folder(start: Path | None = None) -> Path:
    """Find the folder that holds `params/`, from `start` (default: the working folder) upwards.

    A notebook opened in `notebooks/`, papermill and the command all find the same one. Without any, `start`
    itself is the project folder.
    """
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "params").is_dir()), here)


def in_project(path: str | Path, start: Path | None = None) -> Path:
    """Resolve a path of a parameter file: absolute as it is, relative against the project folder."""
    return Path(path) if Path(path).is_absolute() else project_folder(start) / path
