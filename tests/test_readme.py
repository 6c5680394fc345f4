"""README.md says only what is so: its commands run, its files are there, its code works."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kpianalysis as kpi
from kpianalysis.cli import app
from tests.builders import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/*/README.md"), *ROOT.glob("examples/*/README.md")]
)
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)(?=$|[`\s,;.:)])", re.MULTILINE)
COMMAND = re.compile(r"^(?:\.venv/bin/)?kpianalysis ([^\n#`]+)", re.MULTILINE)


def code_of(text: str) -> str:
    """Everything that stands as code: indented or fenced blocks, and what is between backquotes in a line."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    plain = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^ {4}(.*)$", plain, re.MULTILINE)
    inline = re.findall(r"`([^`]+)`", plain)
    return "\n".join([*fenced, *indented, *(" ".join(part.split()) for part in inline)])


def make_targets(text: str) -> set[str]:
    return set(MAKE.findall(code_of(text)))


def commands(text: str) -> list[list[str]]:
    return [match.split() for match in COMMAND.findall(code_of(text))]


def links(text: str) -> list[str]:
    """Links that lead to files: no addresses, no places within the page."""
    found = re.findall(r"\]\(<?([^)>\s]+)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    return [link.partition("#")[0] for link in found if not re.match(r"[a-z]+:|#", link)]


def paths_in_code(text: str) -> list[str]:
    """Files and folders of the project that are named between backquotes."""
    names = re.findall(r"`([\w.-]+/[\w./-]*)`", text)
    return [name for name in names if not name.startswith((".venv", "outputs/", "../"))]


def declared_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_make_target_named_is_there(page):
    assert make_targets(page.read_text(encoding="utf-8")) - declared_targets() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page):
    found = links(page.read_text(encoding="utf-8"))
    assert [link for link in found if not (page.parent / link).exists()] == []


def test_the_two_commands_come_first():
    first = next(block for block in re.split(r"\n{2,}", TEXT) if re.match(r" {4}|```", block))
    assert re.findall(r"make \w+", first) == ["make report", "make test"]


def test_make_knows_what_the_readme_asks_of_it():
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    for target in sorted(make_targets(TEXT)):
        done = subprocess.run(
            [make, "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr


def test_every_command_of_the_readme_parses_and_names_files_that_are_there(monkeypatch):
    monkeypatch.chdir(ROOT)
    found = commands(TEXT)
    assert {verb for verb, *_ in found} >= {"check", "run"}
    for verb, *arguments in found:
        helped = CliRunner().invoke(app, [verb, "--help"])
        assert helped.exit_code == 0, verb
        assert all(Path(argument).exists() for argument in arguments), arguments


def test_the_check_of_the_readme_finds_nothing_wrong(monkeypatch):
    monkeypatch.chdir(ROOT)
    sources = [arguments[0] for verb, *arguments in commands(TEXT) if verb == "check"]
    for source in sources:
        assert CliRunner().invoke(app, ["check", source]).exit_code == 0


def test_every_file_named_is_there():
    missing = [
        name
        for name in paths_in_code(TEXT)
        if not (ROOT / name).exists() and not (ROOT / "kpianalysis" / name).exists()
    ]
    assert missing == []


def test_the_code_of_the_readme_uses_what_is_public():
    used = set(re.findall(r"\bkpi\.(\w+)", code_of(TEXT)))
    assert {"load", "score"} <= used <= set(kpi.__all__)


def test_the_python_of_the_readme_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"(?:^ {4}.*\n)+", TEXT, re.MULTILINE)
    code = [block for block in blocks if "import kpianalysis" in block]
    assert code
    for block in code:
        lines = "\n".join(line.removeprefix("    ") for line in block.splitlines())
        exec(compile(ast.parse(lines), "README.md", "exec"), {})


def test_what_these_tests_look_for_would_be_found():
    named = "See [a](nowhere.md), ![b](docs/x.png#top), `a/b.py`."
    text = named + "\n\n    make nothing\n    kpianalysis chekc x\n\n`make more`"
    assert make_targets(text) == {"nothing", "more"}
    assert commands(text) == [["chekc", "x"]]
    assert links(text) == ["nowhere.md", "docs/x.png"]
    assert paths_in_code(text) == ["a/b.py"]
    assert make_targets("```sh\nmake fenced\n```\nmake sense of it") == {"fenced"}
