"""Everything a reader sees goes through gettext: texts of wording, tables and figures stand inside `_()`."""

from __future__ import annotations

import ast
import re

import pytest

from tests.builders import ROOT

FILES = sorted(path for room in ("wording", "tables", "figures") for path in (ROOT / "kpianalysis" / room).glob("*.py"))
TRANSLATED = {"_", "N_", "ngettext"}
# A text for a reader: a letter, and more than one word or the end of a sentence. Column names and options are none.
FOR_READERS = re.compile(r"[A-Za-z\u4e00-\u9fff].*\s.*[A-Za-z\u4e00-\u9fff]|[A-Za-z\u4e00-\u9fff][.:?!]$")
# Calls whose texts a reader sees, whatever they look like.
SHOWN_BY = {
    "set_xlabel",
    "set_ylabel",
    "set_title",
    "annotate",
    "text",
    "suptitle",
    "Column",
    "Sentences",
    "DisplayTable",
}
NOT_FOR_READERS = {
    "kpianalysis",  # names of packages in the table of versions, and options of matplotlib
    "axes fraction",
    "offset points",
    "lower left",
    "lower right",
    "upper left",
    "upper right",
}
# `f"{end}_challenger"` is the name of a column.
COLUMN_NAME = re.compile(r"_[a-z_]+|[a-z_]+_")


def _untranslated(source: str) -> list[str]:
    """Find the texts for readers that no call of `_` holds, as 'line: text'."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    found: list[str] = []

    def visit(node: ast.AST, shown: bool) -> None:
        name = _called(node)
        if name in TRANSLATED or id(node) in docstrings or isinstance(node, ast.Raise | ast.arg):
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_text(node.value, shown):
            found.append(f"{node.lineno}: {node.value}")
        if isinstance(node, ast.JoinedStr):
            letters = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
            if re.search(r"[A-Za-z\u4e00-\u9fff]", letters) and not COLUMN_NAME.fullmatch(letters):
                found.append(f"{node.lineno}: {letters}")
        for field, child in ast.iter_fields(node):
            if isinstance(node, ast.JoinedStr | ast.AnnAssign) and field in {"values", "annotation"}:
                child = [part for part in child if not isinstance(part, ast.Constant)] if field == "values" else []
            if isinstance(node, ast.FormattedValue) and field == "format_spec":
                continue
            if isinstance(node, ast.Dict) and field == "keys":
                continue  # what a text is looked up by
            for each in child if isinstance(child, list) else [child]:
                if isinstance(each, ast.AST):
                    visit(each, _is_shown(node, field, name, shown))

    visit(tree, False)
    return found


def _called(node: ast.AST) -> str:
    """Name of the function a call calls; `translator(lang)(…)` is a call of `_`, and so is one for plurals."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Call):
        return "_" if _called(node.func) in {"translator", "ntranslator"} else ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_shown(node: ast.AST, field: str, name: str, shown: bool) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.BinOp | ast.IfExp):
        return shown
    if isinstance(node, ast.keyword):
        return node.arg in {"label", "caption", "note"}
    return name in SHOWN_BY and field == "args"


def _is_text(value: str, shown: bool) -> bool:
    if value in NOT_FOR_READERS:
        return False
    # "left" and "right" say how a column is aligned, "answer", "note" and "warning" what kind of sentences it is.
    if shown and value not in {"left", "right", "answer", "note", "warning"}:
        return bool(re.search(r"[A-Za-z\u4e00-\u9fff]", value))
    return bool(FOR_READERS.search(value))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "kpianalysis").as_posix())
def test_every_text_for_a_reader_is_translated(path):
    starts = {"published indicator scores", "published dimension scores"}  # keys of an answer table
    assert [text for text in _untranslated(path.read_text(encoding="utf-8")) if text.split(": ")[1] not in starts] == []


@pytest.mark.parametrize(
    "line",
    [
        'ax.set_xlabel("points")',
        'ax.set_title("Half of the totals")',
        'ax.plot(x, label="nominal")',
        'text = "Nobody has a total."',
        'return f"{n} subjects"',
        'make(rows, columns, _("Grades"), note="See docs")',
        'Column("rank", "right")',
        'Sentences(("Done",), "note")',
        'x = {"a": "No target was missed."}',
        '_("ok") + " but this is not"',
        'text = "谁 未达标"',
        'x = f"{name}_low is low"',
    ],
)
def test_a_text_that_is_not_translated_would_be_found(line):
    assert _untranslated(f"def f():\n    {line}\n") != []


@pytest.mark.parametrize(
    "line",
    [
        'ax.set_xlabel(_("points of the total"))',
        'text = translator(lang)("Half of the totals")',
        'rows = summary[summary["kind"] == "scored"]',
        'return f"{low}–{high}"',
        'named = ", ".join(f"\'{name}\'" for name in names)',
        'Column(_("rank"), "right")',
        'raise ValueError("This is for us.")',
        'x = f"{due:%Y-%m-%d}"',
        'x = table[f"{end}_low"]',
        'x = {"not linked": _("Nothing links them.")}',
        'text = _("{n} of {all}").format(n=number(n, 0, "en"), all="all")',
    ],
)
def test_what_is_translated_or_for_no_reader_is_not(line):
    assert _untranslated(f"def f():\n    {line}\n") == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "kpianalysis").as_posix())
def test_what_is_translated_is_a_constant(path):
    """A message made with + or an f-string is in no catalogue."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if _called(node) in TRANSLATED]
    # Reasons why a score is missing are marked where they arise, or come from the data; a table of texts holds `N_(…)`.
    variable = re.compile(r"reason|first\['missing_reason'\]|_?[A-Z]+\[.+\]")
    odd = [ast.unparse(call.args[0]) for call in calls if not isinstance(call.args[0], ast.Constant)]
    assert [text for text in odd if not variable.fullmatch(text)] == []
