"""Parameter files: every problem at once, with file, key and allowed values."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from kpianalysis.errors import ParamsError
from kpianalysis.params import REPORTS, CycleParams, read_params
from tests.builders import ROOT

SOUND = "cycle: a\nsource: b\n"


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "x.yml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def problems(folder: Path, text: str | bytes) -> list[str]:
    """What is said of a parameter file, without the file's name."""
    file = write(folder, text)
    with pytest.raises(ParamsError) as error:
        read_params(file)
    lines = str(error.value).splitlines()
    assert all(line.startswith(file.as_posix()) for line in lines)
    return [line.removeprefix(file.as_posix()).lstrip(":, ") for line in lines]


@pytest.mark.parametrize("file", sorted((ROOT / "params").glob("*.yml")), ids=lambda file: file.stem)
def test_every_parameter_file_of_the_project_is_sound(file):
    assert read_params(file).cycle == file.stem


def test_what_is_left_out_has_a_default(tmp_path):
    assert read_params(write(tmp_path, SOUND)) == CycleParams(
        "a", "b", "en", 1, "redistribute", REPORTS, "", 10_000, 0.25
    )


def test_every_key_is_read(tmp_path):
    text = """
        lang: zh
        seed: 7
        missing: refuse
        reports: [weight_sensitivity, attainment]
        by: unit_id
        draws: 200
        spread: 1
        correlate: actual
        steps: [2024-07-01, "2024-10-01"]
    """.replace(" " * 8, "")
    expected = CycleParams(
        "a",
        "b",
        "zh",
        7,
        "refuse",
        ("weight_sensitivity", "attainment"),
        "unit_id",
        200,
        1.0,
        "actual",
        ("2024-07-01", "2024-10-01"),
    )
    assert read_params(write(tmp_path, SOUND + text)) == expected


def test_a_notebook_gets_every_key_as_plain_json():
    values = CycleParams("a", "b").for_notebook("outputs/a/data", "east")
    assert json.loads(json.dumps(values)) == values
    assert set(values) == {field.name for field in dataclasses.fields(CycleParams)} | {"unit"}
    assert (values["source"], values["unit"]) == ("outputs/a/data", "east")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sede: 1", "sede: this key is not known. Did you mean 'seed'?"),
        ("Lang: en", "Lang: this key is not known. Did you mean 'lang'?"),
        ("colour: 1", "Known keys: cycle, source, lang, seed, missing, reports, by, draws, spread, correlate, steps."),
        ("'{x}': 1", "{x}: this key is not known. Known keys: "),
        ("'[red]': 1", "[red]: this key is not known. Known keys: "),
        ("1: 1", "1: this key is not known. Known keys: "),
        ("unit: east", "unit: this key is not known."),
        ("lang: no", "lang: 'no' is not allowed. Use 'en' or 'zh'."),
        ("lang:", "lang: None is not allowed. Use 'en' or 'zh'."),
        ("missing: guess", "missing: 'guess' is not allowed. Use 'redistribute' or 'zero' or 'refuse'."),
        ("missing: {}", "missing: {} is not allowed."),
        ("by: role_id", "by: 'role_id' is not allowed. Use 'unit_id'."),
        ("seed: x", "seed: 'x' is not a whole number from 0 to 4294967295."),
        ("seed: -1", "seed: -1 is not a whole number from 0 to 4294967295."),
        ("seed: 4294967296", "seed: 4294967296 is not a whole number"),
        ("seed: 1.5", "seed: 1.5 is not a whole number"),
        ("seed: true", "seed: True is not a whole number"),
        ("draws: 99", "draws: 99 is not a whole number from 100 to 1000000."),
        ("draws: '1000'", "draws: '1000' is not a whole number"),
        ("correlate: scores", "correlate: 'scores' is not allowed. Use 'score' or 'attainment' or 'actual'."),
        ("steps: 2024-07-01", "steps: datetime.date(2024, 7, 1) is not a list of days. Write a list of days"),
        ('steps: ["20240701"]', "steps: '20240701' is not a day."),
        ("steps: [July, 20240701]", "steps: 'July', 20240701 is not a day. Write a list of days, such as [2024-07-01]"),
        ("spread: 0", "spread: 0 is not a number from 0.01 to 1.0."),
        ("spread: .nan", "spread: nan is not a number from 0.01 to 1.0."),
        ("spread: .inf", "spread: inf is not a number"),
        ("spread: true", "spread: True is not a number"),
        ("reports: attainment", "reports: 'attainment' is not a list of reports. Write a list of attainment, "),
        ("reports: []", "reports: [] is not a list of reports."),
        ("reports: {attainment: 1}", "reports: {'attainment': 1} is not a list"),
        ("reports: [attainmnt, [x], 5]", "reports: there is no report 'attainmnt', ['x'], 5."),
        ("reports: &a [*a]", "reports: there is no report [[...]]."),
        ("reports: [attainment, attainment]", "reports: a report is named twice."),
        ("cycle: b", "duplicate key"),
        ("\tseed: 1", "found character"),
        ("seed: [1", "key: value"),
        ("seed: a: b", "mapping values are not allowed here"),
        ("seed: !!python/object:os.system x", "could not determine a constructor"),
        ("seed: *other", "found undefined alias"),
        ("? {a: 1}\n: 1", "found unhashable key"),
        ("seed: 2024-13-45", "month must be in 1..12"),
        ("seed: !!int x", "key: value"),
        ("seed: " + "[" * 500, "not YAML"),
        ("seed: \x01", "not YAML"),
        ("---\nseed: 1", "another document"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_fit_is_named_with_what_would(tmp_path, line, says):
    (problem,) = problems(tmp_path, SOUND + line + "\n")
    assert says in problem


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no 'key: value' lines."),
        ("# nothing\n", "holds no 'key: value' lines."),
        ("- cycle\n", "holds no 'key: value' lines."),
        ("cycle\n", "holds no 'key: value' lines."),
        ("source: b\n", "cycle: is missing. Add a line 'cycle: …'."),
        ("cycle: a\n", "source: is missing."),
        ("cycle: true\nsource: b\n", 'cycle: True is not text. Write a name in quotation marks, such as "2024Q1".'),
        ("cycle: 2024.10\nsource: b\n", "cycle: 2024.1 is not text."),
        ("cycle: ' '\nsource: b\n", "cycle: ' ' is not text."),
        ("cycle: a\nsource: 3\n", 'source: 3 is not text. Write a name in quotation marks, such as "data/operations".'),
        ("cycle: 年\n".encode("gbk"), "cannot be read as UTF-8 text."),
        (SOUND.encode("utf-16"), "cannot be read as UTF-8 text."),
    ],
)
def test_a_file_without_its_two_needed_keys_says_so(tmp_path, text, says):
    (problem,) = problems(tmp_path, text)
    assert says in problem


def test_all_problems_come_at_once(tmp_path):
    text = "cycle: a\nseed: -1\nlang: fr\nsede: 1\nreports: x\n"
    assert [problem.split(":")[0] for problem in problems(tmp_path, text)] == [
        "sede",
        "source",
        "lang",
        "seed",
        "reports",
    ]


def test_the_line_of_what_is_no_yaml_is_named(tmp_path):
    (problem,) = problems(tmp_path, SOUND + "lang: en\nlang: zh\n")
    assert problem.startswith('line 4: found duplicate key "lang"')


@pytest.mark.parametrize(
    ("written", "cycle"),
    [
        ("2024", "2024"),
        ('"2024"', "2024"),
        ("2024-01-01", "2024-01-01"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("'010'", "010"),
    ],
)
def test_a_cycle_is_what_it_looks_like(tmp_path, written, cycle):
    assert read_params(write(tmp_path, f"cycle: {written}\nsource: b\n")).cycle == cycle


@pytest.mark.parametrize(
    "text", ["\ufeff" + SOUND, SOUND.replace("\n", "\r\n"), "---\n" + SOUND, "# note\n" + SOUND + "by:\n"]
)
def test_other_ways_to_write_the_same_file(tmp_path, text):
    assert read_params(write(tmp_path, text)) == CycleParams("a", "b")


def test_a_missing_file_names_those_there_are(tmp_path):
    (tmp_path / "here.yml").write_text("")
    with pytest.raises(
        ParamsError, match=r"gone\.yml: there is no such file\. Parameter files beside it: \S+here\.yml\."
    ):
        read_params(tmp_path / "gone.yml")
    with pytest.raises(ParamsError, match="beside it: none"):
        read_params(tmp_path / "nowhere/gone.yml")


def test_a_folder_is_no_parameter_file(tmp_path):
    with pytest.raises(ParamsError, match="cannot be read as UTF-8 text"):
        read_params(tmp_path)
