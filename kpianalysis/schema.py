"""Every table a source may hold: its columns, what they mean, and what each scoring method needs.

One place says it; reading, checking, scoring and the documentation all follow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["id", "text", "number", "count", "date", "choice"]

# An id becomes part of a file name, so it may not be made of dots alone.
ID_PATTERN = r"(?!\.+\Z)[A-Za-z0-9_.-]{1,64}"
DIRECTIONS = ("higher", "lower", "range")
INDICATOR_KINDS = ("scored", "bonus", "veto", "monitor")
AGGREGATIONS = ("sum", "mean", "last", "max", "min", "ratio")
CYCLE_KINDS = ("month", "quarter", "half", "year")
LEVELS = ("total", "dimension", "indicator")
MISSING_POLICIES = ("redistribute", "zero", "refuse")
# What of a result indicators are compared by.
COMPARED_VALUES = ("score", "attainment", "actual")
# The plan columns that hold values in the indicator's own unit of measure.
PLAN_VALUES = ("baseline", "floor", "cap", "threshold", "target", "stretch", "range_low", "range_high")


@dataclass(frozen=True)
class Column:
    """One column: `required` cells may not be blank; `key` columns together name a row."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    key: bool = False
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    minimum: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: `required` tables must be in every source."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    required: bool = False

    @property
    def key(self) -> list[str]:
        """Names of the columns that together name a row."""
        return [column.name for column in self.columns if column.key]

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class MethodRule:
    """What a scoring method needs before it can give a number."""

    needs: tuple[str, ...]
    directions: tuple[str, ...] = ("higher", "lower")
    points: Literal["none", "optional", "required"] = "none"
    floor: float | None = None
    cap: float | None = None


def _id(name: str, meaning: str, refers_to: str = "", *, required: bool = False, key: bool = False) -> Column:
    return Column(name, "id", meaning, required=required, key=key, refers_to=refers_to)


def _number(name: str, meaning: str, *, required: bool = False, minimum: float | None = None) -> Column:
    return Column(name, "number", meaning, required=required, minimum=minimum)


def _choice(name: str, choices: tuple[str, ...], meaning: str, *, required: bool = False) -> Column:
    return Column(name, "choice", meaning, required=required, choices=choices)


def _text(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, "text", meaning, required=required)


_CYCLE = _id("cycle_id", "appraisal cycle", "cycles", required=True, key=True)
_ANY_CYCLE = _id("cycle_id", "appraisal cycle; blank: every cycle", "cycles", key=True)
_INDICATOR = _id("indicator_id", "indicator", "indicators", required=True, key=True)

# What each method needs of the plan, which directions make sense, and the score limits it has by default.
METHODS: Mapping[str, MethodRule] = MappingProxyType(
    {
        "ratio": MethodRule(("target",), floor=0.0, cap=100.0),
        "deviation": MethodRule(("target",), ("lower",), floor=0.0, cap=100.0),
        "baseline": MethodRule(("baseline", "target"), floor=0.0, cap=100.0),
        "anchors": MethodRule(("threshold", "target")),
        "scale": MethodRule((), ("higher", "lower", "range"), points="required"),
        "step": MethodRule((), points="required", floor=0.0),
        "band": MethodRule(("range_low", "range_high"), ("range",)),
        "binary": MethodRule(("target",), ("higher", "lower", "range")),
        "given": MethodRule((), ("higher", "lower", "range")),
        "achievement_improvement": MethodRule(("threshold", "target")),
        "consistency": MethodRule((), ("higher", "lower", "range")),
        "rank_band": MethodRule((), points="optional"),
    }
)

_TABLES = (
    Table(
        "cycles",
        "appraisal cycles",
        (
            _id("cycle_id", "appraisal cycle", required=True, key=True),
            _choice("kind", CYCLE_KINDS, "length of the cycle", required=True),
            Column("start", "date", "first day", required=True),
            Column("end", "date", "last day", required=True),
            _id("parent_cycle_id", "the longer cycle this one is part of", "cycles"),
            _id("previous_cycle_id", "the cycle to compare with", "cycles"),
        ),
        required=True,
    ),
    Table(
        "subjects",
        "persons or units that receive a score",
        (
            _id("subject_id", "person or unit", required=True, key=True),
            _text("name", "name shown in reports", required=True),
            _id("unit_id", "department"),
            _id("role_id", "job with its own indicators and weights"),
            _id("manager_id", "direct superior", "subjects"),
        ),
        required=True,
    ),
    Table(
        "dimensions",
        "groups of indicators",
        (
            _ANY_CYCLE,
            _id("dimension_id", "dimension", required=True, key=True),
            _text("name", "name in English", required=True),
            _text("name_zh", "name in Chinese"),
            _number("weight", "weight in the total; blank: the sum of its indicators' weights", minimum=0.0),
            Column("min_indicators", "count", "fewest scored indicators for a score; default 1", minimum=1.0),
        ),
        required=True,
    ),
    Table(
        "indicators",
        "indicator library",
        (
            _ANY_CYCLE,
            _id("indicator_id", "indicator", required=True, key=True),
            _text("name", "name in English", required=True),
            _text("name_zh", "name in Chinese"),
            _id("dimension_id", "dimension", "dimensions", required=True),
            _choice("kind", INDICATOR_KINDS, "how it counts; default scored"),
            _text("unit", "unit of measure", required=True),
            _choice("direction", DIRECTIONS, "which way is better", required=True),
            _choice("method", tuple(METHODS), "scoring method", required=True),
            _number("weight", "weight within its dimension; default 1", minimum=0.0),
            _number("floor", "lowest score, in points"),
            _number("cap", "highest score, in points; of a veto: highest total once it is hit"),
            _choice("aggregation", AGGREGATIONS, "how periods combine; default last"),
            _text("definition", "what is and is not counted"),
            _text("formula", "how it is calculated"),
            _text("computed_from", "ids of the indicators it is computed from, with blanks between them"),
            _text("data_source", "where the value comes from"),
            _id("owner_id", "who answers for the result"),
        ),
        required=True,
    ),
    Table(
        "plan",
        "targets and weights agreed for a cycle; blank subject and role: everybody",
        (
            _ANY_CYCLE,
            _id("subject_id", "person or unit; blank: every subject", "subjects", key=True),
            _id("role_id", "role; blank: every role", key=True),
            _INDICATOR,
            _number("weight", "weight within the dimension", minimum=0.0),
            _number("baseline", "level before the plan, in the indicator's unit"),
            _number("floor", "value that scores 0 at the low end, in the indicator's unit"),
            _number("cap", "value that scores 0 at the high end, in the indicator's unit"),
            _number("threshold", "lowest acceptable value, in the indicator's unit"),
            _number("target", "value that scores 100, in the indicator's unit"),
            _number("stretch", "value that scores the most, in the indicator's unit"),
            _number("range_low", "low end of the best interval, in the indicator's unit"),
            _number("range_high", "high end of the best interval, in the indicator's unit"),
            _id("owner_id", "who answers for the result"),
            Column("due", "date", "day by which it is due"),
        ),
    ),
    Table(
        "scales",
        "points of a scale, step or rank_band method",
        (
            _ANY_CYCLE,
            _INDICATOR,
            Column("value", "number", "actual, or share of subjects from the best", required=True, key=True),
            _number("score", "points there", required=True),
        ),
    ),
    Table(
        "actuals",
        "what was measured",
        (
            _CYCLE,
            _id("subject_id", "person or unit", "subjects", required=True, key=True),
            _INDICATOR,
            Column("period", "date", "first day of the sub-period; blank: the whole cycle", key=True),
            _number("value", "actual, in the indicator's unit"),
            _number("numerator", "upper part of a ratio"),
            _number("denominator", "lower part of a ratio"),
            _text("missing_reason", "why there is no value, or why it is not scored"),
        ),
        required=True,
    ),
    Table(
        "grades",
        "grades and the total each begins at",
        (
            _id("grade", "grade", required=True, key=True),
            _number("min_score", "lowest total of the grade", required=True),
            _number("coefficient", "multiplier for pay", minimum=0.0),
            _number("quota_min", "share of subjects the guide expects at least, 0 to 1", minimum=0.0),
            _number("quota_max", "share of subjects the guide expects at most, 0 to 1", minimum=0.0),
        ),
    ),
    Table(
        "published",
        "scores that somebody else published, to reconcile with ours",
        (
            _CYCLE,
            _id("subject_id", "person or unit", "subjects", required=True, key=True),
            Column("level", "choice", "what was scored", required=True, key=True, choices=LEVELS),
            _id("item_id", "dimension or indicator; blank for the total", key=True),
            _number("score", "published score, 0 to 100", required=True),
        ),
    ),
    Table(
        "judgements",
        "what stakeholders say weights should be",
        (
            _id("judge_id", "stakeholder", required=True, key=True),
            _text("group", "group of stakeholders"),
            _choice("method", ("budget", "pairwise", "swing", "rank"), "how it was asked"),
            _id("item_i", "indicator or dimension", required=True, key=True),
            _id("item_j", "the one it is compared with", key=True),
            _number("value", "points, ratio or rank", required=True),
        ),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})
