"""The hospital tables are what `prepare.py` makes of the publisher's files, byte for byte."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.builders import ROOT

FOLDER = ROOT / "data/hospitals"


def prepare(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the script as a user would."""
    command = [sys.executable, str(FOLDER / "prepare.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)


def test_the_publishers_files_make_the_committed_bytes_again(shared, tmp_path):
    done = prepare(shared / "data", "--into", tmp_path)
    assert done.returncode == 0, done.stderr
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    committed = {file.name for ending in ("csv", "parquet") for file in FOLDER.glob(f"*.{ending}")}
    assert set(made) == committed
    assert [name for name, content in made.items() if (FOLDER / name).read_bytes() != content] == []


def test_without_the_publishers_files_it_says_what_it_needs(tmp_path):
    done = prepare(tmp_path / "nowhere", "--into", tmp_path / "out")
    assert done.returncode == 1
    assert "holds no folder cms_hvbp_fy2016 and no cms_hvbp_fy2017" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv")), ids=lambda file: file.name)
def test_no_table_passes_five_megabytes_as_text(file):
    assert file.stat().st_size < 5e6
