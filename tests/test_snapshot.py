"""What was checked is frozen as it was: it reads back equal, and freezing it again gives the same bytes."""

from __future__ import annotations

import pandas as pd
import pytest

from kpianalysis.dataset import load
from kpianalysis.scoring import score
from kpianalysis.snapshot import freeze
from kpianalysis.sources.folder import sha256_of
from tests.builders import ROOT, make_source

NOTICE = "Synthetic data, made by data/operations/generate.py; no real person or organisation."


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """The operations example, the folder of its snapshot, and the hashes."""
    data = load(ROOT / "data/operations", "2024Q3")
    folder = tmp_path_factory.mktemp("outputs") / "2024Q3/data"
    return data, folder, freeze(data, folder)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Rows and cells; categories as their text, rows counted from 0."""
    text = table.select_dtypes("category").columns
    return table.astype(dict.fromkeys(text, "str")).reset_index(drop=True)


def test_every_table_reads_back_equal(frozen):
    data, folder, _ = frozen
    again = load(folder, "2024Q3")
    for name, table in data.tables.items():
        pd.testing.assert_frame_equal(_plain(again.tables[name]), _plain(table))
    assert again.notice == data.notice == NOTICE
    assert again.previous_cycle == "2024Q2"


def test_scores_of_the_snapshot_are_those_of_the_source(frozen):
    data, folder, _ = frozen
    pd.testing.assert_frame_equal(score(load(folder, "2024Q3")).totals, score(data).totals)


def test_hashes_are_those_of_the_files_and_empty_tables_have_none(frozen):
    data, folder, hashes = frozen
    assert set(hashes) == {f"{name}.parquet" for name, table in data.tables.items() if len(table)}
    assert {path.name for path in folder.iterdir()} == {*hashes, "NOTICE.txt"}
    assert hashes == {name: sha256_of(folder / name) for name in hashes}
    assert hashes == dict(load(folder, "2024Q3").files)


def test_freezing_twice_gives_the_same_bytes(frozen, tmp_path):
    data, _, hashes = frozen
    assert freeze(data, tmp_path) == hashes


def test_tables_of_a_former_snapshot_go(tmp_path):
    first = load(make_source(tmp_path / "a", grades=[{"grade": "A", "min_score": 0}]))
    freeze(first, tmp_path / "out")
    assert (tmp_path / "out/grades.parquet").is_file()
    hashes = freeze(load(make_source(tmp_path / "b")), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").glob("*.parquet")} == set(hashes)
    assert "grades.parquet" not in hashes
