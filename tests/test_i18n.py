"""Translation and how numbers are written."""

import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpianalysis import i18n
from kpianalysis.i18n import (
    LANGUAGES,
    N_,
    extract_notebook,
    ntranslator,
    number,
    percent,
    translate_markdown,
    translator,
)

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def chinese(tmp_path, monkeypatch):
    """A Chinese catalogue with three messages, in place of the package's own."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    catalogue = Catalog(locale="zh")
    catalogue.add("Who missed?", "谁未达标？")
    catalogue.add("First paragraph.", "第一段。")
    catalogue.add(("{n} subject", "{n} subjects"), ("{n} 个考核对象",))
    path = tmp_path / "zh" / "LC_MESSAGES" / "kpianalysis.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    translator.cache_clear()
    ntranslator.cache_clear()
    yield
    translator.cache_clear()
    ntranslator.cache_clear()


@pytest.mark.parametrize(
    ("x", "decimals", "text"),
    [
        (0.125, 2, "0.13"),
        (-0.125, 2, "-0.13"),
        (0.285, 2, "0.29"),
        (2.5, 0, "3"),
        (1.005, 2, "1.01"),
        (1234567.891, 1, "1,234,567.9"),
        (7, 1, "7.0"),
        (10**30, 0, "1" + ",000" * 10),
        (np.float64(0.5), 0, "1"),
        (np.int64(12), 0, "12"),
        (1e-30, 2, "0.00"),
        (float("inf"), 1, "∞"),
        (float("-inf"), 1, "-∞"),
    ],
)
def test_numbers_are_rounded_half_up(x, decimals, text):
    assert number(x, decimals, "en") == text


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, np.float64("nan"), pd.NA, pd.NaT])
def test_missing_is_a_dash_not_zero(missing):
    assert number(missing, 1, "en") == percent(missing, 1, "zh") == "–"


@pytest.mark.parametrize("x", [-0.0, -0.04, 0.0, 0])
def test_zero_has_no_sign(x):
    assert number(x, 1, "en", signed=True) == "0.0"
    assert percent(x / 1000, 1, "en") == "0.0%"


def test_signed_numbers_show_a_plus():
    assert [number(x, 1, "en", signed=True) for x in (1.25, -1.25)] == ["+1.3", "-1.3"]
    assert percent(0.014, 1, "en", signed=True) == "+1.4%"


def test_percent_rounds_after_multiplying():
    # 0.145 * 100 is 14.499999999999998 in floating point.
    assert percent(0.145, 0, "en") == "15%"


@given(x=st.floats(allow_nan=False, allow_infinity=False, width=64), decimals=st.integers(0, 6))
def test_what_is_shown_lies_within_half_a_unit(x, decimals):
    shown = Decimal(number(x, decimals, "en").replace(",", ""))
    assert abs(shown - Decimal(repr(x))) <= Decimal(5).scaleb(-decimals - 1)


@pytest.mark.parametrize(
    "call", [translator, ntranslator, lambda lang: number(1, 0, lang), lambda lang: percent(1, 0, lang)]
)
def test_an_unknown_language_is_refused_naming_those_there_are(call):
    with pytest.raises(ValueError, match=r"^lang: 'fr' is not a language of the reports\. Use 'en' or 'zh'\.$"):
        call("fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_message_without_translation_stays_english(lang):
    assert translator(lang)("No catalogue has this.") == "No catalogue has this."
    assert ntranslator(lang)("{n} dog", "{n} dogs", 1) == "{n} dog"
    assert N_("Later.") == "Later."


@pytest.mark.usefixtures("chinese")
def test_a_catalogue_is_used_for_its_language_alone():
    assert translator("zh")("Who missed?") == "谁未达标？"
    assert translator("en")("Who missed?") == "Who missed?"
    assert ntranslator("zh")("{n} subject", "{n} subjects", 2) == "{n} 个考核对象"


@pytest.mark.usefixtures("chinese")
def test_the_empty_message_is_empty_not_the_header_of_the_catalogue():
    assert translator("zh")("") == ""


@pytest.mark.usefixtures("chinese")
def test_markdown_is_translated_by_paragraph_and_heading():
    source = "## Who missed?\nFirst paragraph.\n\n- a list\n- stays\n"
    assert translate_markdown(source, "zh") == "## 谁未达标？\n第一段。\n\n- a list\n- stays\n"


def test_markdown_without_translation_is_unchanged():
    source = "# Title\n\nTwo\nlines.\n\n\n```\ncode\n\n  more\n```\n\n    indented\n"
    assert translate_markdown(source, "zh") == source


def test_the_messages_collected_from_a_notebook_are_those_asked_for(monkeypatch):
    source = "# Title\n\nTwo\nlines.\n## Who missed?\n\n| a |\n|---|\n"
    cells = [
        {"cell_type": "code", "source": "x = '## not text'"},
        {"cell_type": "markdown", "source": source.splitlines(keepends=True)},
    ]
    collected = list(extract_notebook(io.BytesIO(json.dumps({"cells": cells}).encode()), {}, (), {}))
    asked: list[str] = []
    monkeypatch.setattr(i18n, "translator", lambda lang: lambda message: asked.append(message) or message)
    translate_markdown(source, "zh")
    assert [message for _cell, _function, message, _comments in collected] == asked
    assert asked == ["Title", "Two\nlines.", "Who missed?", "| a |\n|---|"]
    assert {cell for cell, *_rest in collected} == {2}


def test_babel_finds_the_messages_of_code_templates_and_notebooks(tmp_path):
    """The command of locale/README.md, run as it stands there."""
    pot = tmp_path / "kpianalysis.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "kpianalysis/locale/babel.cfg"]
    subprocess.run([*command, "-o", str(pot), "."], cwd=PROJECT, check=True)
    messages = pot.read_text(encoding="utf-8")
    assert 'msgid "Skip to the content"' in messages
    assert 'msgid "Reports for {cycle}"' in messages
    first = json.loads((PROJECT / "notebooks" / "attainment.ipynb").read_text(encoding="utf-8"))["cells"][0]
    assert f'msgid "{first["source"][0].removeprefix("# ").strip()}"' in messages
    assert "kpianalysis.pot" in (PROJECT / "kpianalysis" / "locale" / "README.md").read_text(encoding="utf-8")


def test_importing_text_and_display_is_light():
    code = "import sys, kpianalysis.i18n, kpianalysis.display; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"IPython", "jinja2", "matplotlib", "nbconvert", "numpy", "pandas"} & set(modules)
