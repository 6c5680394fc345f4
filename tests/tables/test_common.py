"""How cells are written, and what every table has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.tables import common
from tests.builders import ROOT, make_card, make_source
from tests.shown import EVIL, SOURCES, public_functions, shown, tables

NUMBERS = pd.DataFrame({"name": ["a", "b", "c"], "x": [0.125, np.nan, -2.5]})


def _make(**more):
    columns = [("name", "Name", common.text), ("x", "X", common.fixed(0, "en"))]
    return common.make(NUMBERS, columns, "Caption", **more)


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (common.fixed(0, "en"), 2.5, "3"),
        (common.fixed(0, "en"), 0.5, "1"),
        (common.fixed(1, "en"), 0.25, "0.3"),
        (common.fixed(2, "en"), 1234.565, "1,234.57"),
        (common.fixed(1, "en"), np.nan, "–"),
        (common.shares(0, "en"), 0.125, "13%"),
        (common.shares(1, "en"), 1.0, "100.0%"),
        (common.shares(0, "en"), np.nan, "–"),
        (common.signed(2, "en"), 0.125, "+0.13"),
        (common.signed(2, "en"), -0.125, "-0.13"),
        (common.signed(1, "en"), 0.01, "0.0"),
        (common.measured("en"), 12340.4, "12,340"),
        (common.measured("en"), 95.125, "95.13"),
        (common.measured("en"), 0.82945, "0.8295"),
        (common.measured("en"), -0.029195, "-0.02920"),
        (common.measured("en"), 0.0, "0"),
        (common.measured("en"), 1e-9, "0.000000"),
        (common.measured("en"), np.nan, "–"),
        (common.p_value("en"), 0.0005, "<0.001"),
        (common.p_value("en"), 0.0125, "0.013"),
        (common.p_value("en"), np.nan, "–"),
        (common.text, np.nan, ""),
        (common.text, "返工率", "返工率"),
    ],
)
def test_a_cell_is_rounded_half_up_and_missing_is_no_number(write, value, text):
    assert write(value) == text


def test_rounding_happens_in_the_cell_and_not_in_the_answer():
    kept = NUMBERS.copy()
    table = _make()
    pd.testing.assert_frame_equal(NUMBERS, kept)
    assert table.rows == (("a", "0"), ("b", "–"), ("c", "-3"))
    assert [column.align for column in table.columns] == ["left", "right"]


def test_a_cut_table_says_how_many_rows_there_are():
    table = _make(most=2, note="Why.")
    assert len(table.rows) == 2
    assert "2" in table.note
    assert "3" in table.note
    assert table.note.endswith("Why.")
    assert _make(most=3, note="Why.").note == "Why."


def test_a_table_without_rows_is_none():
    assert common.make(NUMBERS.head(0), [("name", "Name", common.text)], "Caption") is None


def test_every_table_is_looked_at_here():
    kinds = ("DisplayTable", "DisplayTable | None")
    looked_at = {name.split(" ")[0] for name in tables(shown("one indicator"))}
    assert public_functions(kpi.tables, kinds) - {"common.make"} == looked_at


def test_names_are_text_in_every_table():
    made = {name: table for name, table in tables(shown("names that are no names")).items() if table}
    assert len(made) >= 15
    escaped = 0
    for name, table in made.items():
        page = table._repr_html_()
        assert "<script" not in page, name
        assert "javascript:d" not in page.replace("[c](javascript:d)", ""), name
        escaped += "&lt;script&gt;" in page
    assert escaped >= 10
    assert any(EVIL in cell for table in made.values() for row in table.rows for cell in row)


@pytest.mark.parametrize(("source", "lang"), [*((name, "en") for name in SOURCES), ("operations", "zh")])
def test_every_table_has_only_finished_cells(source, lang):
    for where, table in tables(shown(source, lang)).items():
        if table is None:
            continue
        assert table.caption, where
        assert all(column.label for column in table.columns), where
        for cell in (cell for row in table.rows for cell in row):
            assert isinstance(cell, str), where
            assert not {"nan", "NaT", "None", "<NA>", "inf", "-0"} & set(cell.split()), (where, cell)
            assert "{" not in cell.replace(EVIL, ""), where
        assert table._repr_html_().count("<tr") == len(table.rows) + 1, where


def test_findings_are_shown_with_where_and_how_to_mend():
    card = make_card(actuals=[{"subject_id": "A", "value": 100}, {"subject_id": "B", "indicator_id": "J", "value": 1}],
                     indicators=[{"indicator_id": "I"}, {"indicator_id": "J"}],
                     plan=[{"indicator_id": "I", "target": 100}, {"indicator_id": "J", "target": 1}])  # fmt: skip
    table = common.findings(card, kpi.names_of(card))
    assert len(table.rows) == len(card.findings) > 0
    assert [row[4] for row in table.rows] == card.findings["message"].tolist()
    assert common.findings(make_card(), kpi.names_of(card)) is None


def test_provenance_names_parameters_files_and_versions(tmp_path):
    data = kpi.load(make_source(tmp_path))
    rows = common.provenance(data, {"cycle": "2024Q1", "draws": 100}).rows
    values = {(name, value) for _kind, name, value in rows}
    assert {("cycle", "2024Q1"), ("draws", "100")} <= values
    assert set(data.files.items()) <= values
    assert {"kpianalysis", "pandas", "numpy", "scipy", "python"} <= {name for name, _value in values}
    assert all(len(digest) == 64 for digest in data.files.values())
    assert str(ROOT) not in str(rows)
