"""One parameter file → frozen `CycleParams`: unknown keys, wrong types and values out of range, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

from kpianalysis.errors import ParamsError
from kpianalysis.i18n import LANGUAGES
from kpianalysis.schema import COMPARED_VALUES, MISSING_POLICIES

REPORTS = ("attainment", "weight_sensitivity", "indicator_correlation")
BY = ("", "unit_id")


@dataclass(frozen=True)
class CycleParams:
    """What one cycle's reports are made with.

    Attributes
    ----------
    cycle : str
        Appraisal cycle to report.
    source : str
        Folder with the tables, relative to the project folder.
    lang : {"en", "zh"}
    seed : int
        Start of every random draw.
    missing : {"redistribute", "zero", "refuse"}
        What a missing score does.
    reports : tuple of str
        Notebooks to run, in this order.
    by : {"", "unit_id"}
        Besides the whole, one set of reports for each unit.
    draws : int
        Random weightings in the sensitivity analysis.
    spread : float
        Relative standard deviation of an average weight in these draws.
    correlate : {"score", "attainment", "actual"}
        What indicator correlation compares.
    steps : tuple of str
        Days, as 2024-07-01, from which limits of steady processes are reckoned anew.
    """

    cycle: str
    source: str
    lang: str = "en"
    seed: int = 1
    missing: str = "redistribute"
    reports: tuple[str, ...] = REPORTS
    by: str = ""
    draws: int = 10_000
    spread: float = 0.25
    correlate: str = "score"
    steps: tuple[str, ...] = ()

    def for_notebook(self, source: str, unit: str = "") -> dict[str, object]:
        """Give the parameters as plain JSON values, for one notebook reading from `source`."""
        return {
            "cycle": self.cycle,
            "source": source,
            "lang": self.lang,
            "seed": self.seed,
            "missing": self.missing,
            "reports": list(self.reports),
            "by": self.by,
            "draws": self.draws,
            "spread": self.spread,
            "correlate": self.correlate,
            "steps": list(self.steps),
            "unit": unit,
        }


def read_params(file: str | Path) -> CycleParams:
    """Read and check a parameter file.

    Parameters
    ----------
    file : str or Path
        A flat YAML file, such as params/2024Q1.yml.

    Raises
    ------
    ParamsError
        Naming file, key and allowed values of every problem at once.

    Notes
    -----
    Read as YAML 1.2: `no` is a word and 010 is ten, whatever YAML 1.1 made of them.
    """
    name = Path(file).as_posix()
    values = _read_yaml(Path(file), name)
    problems = [*_unknown(values), *_absent(values)]
    clean: dict[str, object] = {}
    for key, rule in _RULES.items():
        if key in values:
            clean[key], problem = rule(values[key])
            problems += [f"{key}: {problem}"] if problem else []
    if problems:
        raise ParamsError("\n".join(f"{name}, {problem}" for problem in problems))
    return CycleParams(**clean)  # type: ignore[arg-type]  # each value has passed its rule


def _read_yaml(file: Path, name: str) -> Mapping[str, object]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        values = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = ", ".join(sorted(path.as_posix() for path in file.parent.glob("*.yml"))) or "none"
        raise ParamsError(f"{name}: there is no such file. Parameter files beside it: {known}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ParamsError(f"{name}: cannot be read as UTF-8 text. Save it as plain text in UTF-8.") from error
    except (YAMLError, ValueError, RecursionError) as error:
        # Problem and place are what helps; a day that no calendar has comes as a ValueError.
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or (str(error) if type(error) is ValueError else "not YAML")
        raise ParamsError(f"{name}{where}: {what}. Write one 'key: value' a line, each key once.") from error
    if not isinstance(values, dict):
        raise ParamsError(f"{name}: holds no 'key: value' lines. Start with 'cycle:' and 'source:'.")
    return values


def _unknown(values: Mapping[str, object]) -> list[str]:
    known = [field.name for field in fields(CycleParams)]
    problems = []
    for key in values:
        if key not in known:
            close = get_close_matches(str(key), known, n=1)
            hint = f"Did you mean '{close[0]}'?" if close else f"Known keys: {', '.join(known)}."
            problems.append(f"{key}: this key is not known. {hint}")
    return problems


def _absent(values: Mapping[str, object]) -> list[str]:
    needed = [field.name for field in fields(CycleParams) if field.default is MISSING]
    return [f"{key}: is missing. Add a line '{key}: …'." for key in needed if key not in values]


Rule = Callable[[object], tuple[object, str]]


def _text(example: str) -> Rule:
    def rule(value: object) -> tuple[object, str]:
        is_text = isinstance(value, str) and bool(value.strip())
        return value, "" if is_text else f"{value!r} is not text. Write a name in quotation marks, such as {example}."

    return rule


def _cycle(value: object) -> tuple[object, str]:
    """Take a cycle's id; a year or a day may be written without quotation marks."""
    if isinstance(value, int | date) and not isinstance(value, bool):
        return str(value), ""
    return _text('"2024Q1"')(value)


def _one_of(choices: tuple[str, ...]) -> Rule:
    named = " or ".join(repr(choice) for choice in choices if choice)

    def rule(value: object) -> tuple[object, str]:
        value = "" if value is None and "" in choices else value
        return value, "" if value in choices else f"{value!r} is not allowed. Use {named}."

    return rule


def _number(kind: type[int] | type[float], low: float, high: float) -> Rule:
    what = "a whole number" if kind is int else "a number"

    def rule(value: object) -> tuple[object, str]:
        types = (int,) if kind is int else (int, float)
        if isinstance(value, bool) or not isinstance(value, types) or not low <= value <= high:
            return value, f"{value!r} is not {what} from {low} to {high}."
        return kind(value), ""

    return rule


def _reports(value: object) -> tuple[object, str]:
    hint = f"Write a list of {', '.join(REPORTS)}."
    if not isinstance(value, list) or not value:
        return value, f"{value!r} is not a list of reports. {hint}"
    strange = [repr(item) for item in value if item not in REPORTS]
    if strange:
        return value, f"there is no report {', '.join(strange)}. {hint}"
    if len(set(value)) < len(value):
        return value, f"a report is named twice. {hint}"
    return tuple(value), ""


def _days(value: object) -> tuple[object, str]:
    """Take a list of days; YAML reads an unquoted one as a date."""
    hint = "Write a list of days, such as [2024-07-01], or []."
    if not isinstance(value, list):
        return value, f"{value!r} is not a list of days. {hint}"
    strange = [repr(item) for item in value if not _is_day(item)]
    if strange:
        return value, f"{', '.join(strange)} is not a day. {hint}"
    return tuple(str(item) for item in value), ""


def _is_day(item: object) -> bool:
    if isinstance(item, datetime):
        return False
    try:
        return isinstance(item, date) or (isinstance(item, str) and date.fromisoformat(item).isoformat() == item)
    except ValueError:
        return False


_RULES: dict[str, Rule] = {
    "cycle": _cycle,
    "source": _text('"data/operations"'),
    "lang": _one_of(LANGUAGES),
    "seed": _number(int, 0, 2**32 - 1),
    "missing": _one_of(MISSING_POLICIES),
    "reports": _reports,
    "by": _one_of(BY),
    "draws": _number(int, 100, 1_000_000),
    "spread": _number(float, 0.01, 1.0),
    "correlate": _one_of(COMPARED_VALUES),
    "steps": _days,
}
