"""What stakeholders say weights should be: answers that cannot be read, and judges who cannot be weighted.

The items a judge weighs against each other are one list: the dimensions, the indicators of one dimension, or all
indicators. `judged_lists` finds them, for the checks and for the analyses alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from kpianalysis.findings import Finding, name_some
from kpianalysis.i18n import N_
from kpianalysis.scheme import Tables

# An item, as text or as a place.
T = TypeVar("T")

# Two answers about one pair, given both ways round, may differ by rounding: 3 and 0.33.
ROUNDED = 0.05
# Points of a budget may miss 100 by rounding.
HUNDRED = 0.5
LIST = ["judge_id", "level", "dimension_id"]
_HOW = N_("Give points, a rank, or how many times more important item_i is than item_j (3; 0.333 where item_j is).")


def check_judgements(tables: Tables) -> list[Finding]:
    """Find judgements that mean nothing, contradict each other, or give a judge no weights."""
    judgements = tables["judgements"].dropna(subset=["judge_id", "item_i", "value"])
    dimension_of, dimensions = _items(tables)
    if judgements.empty or not (dimension_of or dimensions):
        return []
    return [
        *_unknown(judgements, dimension_of, dimensions),
        *unreadable(judgements),
        *_unusable(judged_lists(judgements, dimension_of, dimensions)),
    ]


def judged_lists(judgements: pd.DataFrame, dimension_of: Mapping[str, str], dimensions: Iterable[str]) -> pd.DataFrame:
    """Say for each judgement how it was asked and which list it belongs to.

    Parameters
    ----------
    judgements : DataFrame
    dimension_of : mapping of indicator to dimension
    dimensions : iterable of str

    Returns
    -------
    DataFrame
        The judgements whose items are known and of one kind, with `method` filled in ("pairwise" where blank and two
        items are named), `level` ("dimension" or "indicator"), and `dimension_id`: of the indicators' list; blank for
        the list of the dimensions, and for one of all indicators.

    Notes
    -----
    Indicators of several dimensions are one list if the judge does not weigh the dimensions as well and: compares
    indicators of different dimensions; or gives points that sum to 100 rather than to 100 for each dimension; or has
    no 100 (swing) or no first rank in some of the dimensions. Source: docs/method.md, "What stakeholders say".
    """
    known = set(dimensions)
    level = {**dict.fromkeys(dimension_of, "indicator"), **dict.fromkeys(known, "dimension")}
    rows = judgements.assign(
        method=judgements["method"].mask(judgements["method"].isna() & judgements["item_j"].notna(), "pairwise"),
        level=judgements["item_i"].map(level),
        dimension_id=judgements["item_i"].map({**dimension_of, **dict.fromkeys(known, "")}),
        other=judgements["item_j"].map({**dimension_of, **dict.fromkeys(known, "")}),
    )
    same_kind = rows["item_j"].isna() | (rows["item_j"].map(level) == rows["level"])
    rows = rows[rows["level"].notna() & same_kind & rows["method"].notna()]
    with_dimensions = set(rows.loc[rows["level"] == "dimension", "judge_id"])
    is_one = pd.Series(False, index=rows.index)
    for (judge_id, method), mine in rows[rows["level"] == "indicator"].groupby(["judge_id", "method"]):
        # Comparisons across dimensions are one list even so: then the judge weighs the dimensions in two ways.
        is_one[mine.index] = (judge_id not in with_dimensions or method == "pairwise") and _is_one_list(mine, method)
    return rows.assign(dimension_id=rows["dimension_id"].mask(is_one, "")).drop(columns="other")


def _is_one_list(rows: pd.DataFrame, method: object) -> bool:
    if method == "pairwise":
        return bool((rows["dimension_id"] != rows["other"]).any())
    parts = rows.groupby("dimension_id")["value"]
    if method == "budget":
        total = rows["value"].sum()
        return len(parts) > 1 and abs(total - 100) <= abs(total - 100 * len(parts))
    best = parts.max() if method == "swing" else parts.min()
    return bool(best.max() > best.min())


def linked_parts(items: Iterable[T], pairs: Iterable[tuple[T, T]]) -> list[list[T]]:
    """Group the items that pairs link, directly or through others.

    Examples
    --------
    >>> linked_parts("abcd", [("a", "c"), ("d", "c")])
    [['a', 'c', 'd'], ['b']]
    """
    part_of = {item: [item] for item in items}
    order = {item: place for place, item in enumerate(part_of)}
    for i, j in pairs:
        if part_of[i] is not part_of[j]:
            joined = sorted([*part_of[i], *part_of[j]], key=order.__getitem__)
            part_of.update(dict.fromkeys(joined, joined))
    return [part for item, part in part_of.items() if part[0] == item]


def unreadable(judgements: pd.DataFrame) -> list[Finding]:
    """Find judgements that mean nothing, whatever the items are, or that contradict each other outright."""
    method, two = judgements["method"], judgements["item_j"].notna()
    value = judgements["value"]
    pairwise = (method == "pairwise") | (method.isna() & two)
    itself = two & (judgements["item_i"] == judgements["item_j"])
    groups = judgements.groupby("judge_id")["group"].transform("nunique")
    return [
        *_found(judgements, method.isna() & ~two, "method", *_NOT_SAID),
        *_found(judgements, (method == "pairwise") & ~two, "item_j", *_NEEDS_TWO),
        *_found(judgements, two & ~pairwise, "item_j", *_NEEDS_ONE),
        *_found(judgements, itself, "item_j", *_ITSELF),
        *_found(judgements, pairwise & (value <= 0), "value", N_("A comparison must be above 0."), _HOW),
        *_found(judgements, method.isin(["budget", "swing"]) & (value < 0), "value", N_("Points begin at 0."), _HOW),
        *_found(judgements, (method == "rank") & (value < 1), "value", N_("Ranks begin at 1."), _HOW),
        *_found(judgements, groups > 1, "group", *_TWO_GROUPS),
        *_both_ways(judgements[pairwise & two & ~itself & (value > 0)]),
    ]


_NOT_SAID = (
    N_("It is not said how this was asked."),
    N_("Fill in method: budget, swing or rank; for pairwise name the other item in item_j."),
)
_NEEDS_TWO = (N_("A comparison names two items."), N_("Fill in item_j, or use the method budget, swing or rank."))
_NEEDS_ONE = (
    N_("Points and ranks belong to one item; this row names two."),
    N_("Leave item_j blank, or use the method pairwise."),
)
_ITSELF = (N_("An item is compared with itself."), N_("Name another item, or leave the row out."))
_TWO_GROUPS = (N_("A judge is in more than one group."), N_("Give all rows of a judge the same group."))
_TWO_WAYS = (
    N_("A judge weighs the same items in two ways."),
    N_("Keep one method for a list of items; indicators together, or dimensions and the indicators of each."),
)
_TWO_KINDS = (N_("A dimension is compared with an indicator."), N_("Compare items of one kind."))


def _found(
    rows: pd.DataFrame, wrong: pd.Series, column: str, text: str, fix: str, **values: object
) -> Iterator[Finding]:
    wrong = wrong.fillna(False).astype(bool)
    if wrong.any():
        named = name_some(rows.index[wrong])
        yield Finding("error", "judgements", text, row=named, column=column, fix=fix, values=values)


def _items(tables: Tables) -> tuple[dict[str, str], list[str]]:
    """Dimension of each scored indicator, and the dimensions, of any cycle."""
    indicators = tables["indicators"].dropna(subset=["indicator_id", "dimension_id"])
    scored = indicators[indicators["kind"].fillna("scored") == "scored"]
    dimension_of = dict(zip(scored["indicator_id"].astype(str), scored["dimension_id"].astype(str), strict=True))
    return dimension_of, [str(name) for name in tables["dimensions"]["dimension_id"].dropna().unique()]


def _unknown(judgements: pd.DataFrame, dimension_of: Mapping[str, str], dimensions: list[str]) -> Iterator[Finding]:
    known = {*dimension_of, *dimensions}
    text = N_("{ids} is neither a dimension nor a scored indicator.")
    fix = N_("Correct the spelling, or add it to dimensions or indicators.")
    for column in ("item_i", "item_j"):
        strange = judgements[column].notna() & ~judgements[column].isin(known)
        ids = name_some(map(repr, sorted(judgements.loc[strange, column].astype(str).unique())), most=5)
        yield from _found(judgements, strange, column, text, fix, ids=ids)
    both = judgements["item_i"].isin(known) & judgements["item_j"].isin(known)
    mixed = judgements["item_i"].isin(dimensions) != judgements["item_j"].isin(dimensions)
    yield from _found(judgements, both & mixed, "item_j", *_TWO_KINDS)


def _both_ways(rows: pd.DataFrame) -> Iterator[Finding]:
    """Find pairs that a judge compared both ways round with answers that do not go together."""
    if rows.empty:
        return
    turned = rows["item_i"].astype("str") > rows["item_j"].astype("str")
    log = np.log(rows["value"]).mask(turned, -np.log(rows["value"]))
    low, high = rows["item_i"].mask(turned, rows["item_j"]), rows["item_j"].mask(turned, rows["item_i"])
    by = log.groupby([rows["judge_id"], low, high])
    apart = by.transform("max") - by.transform("min") > ROUNDED
    text = N_("A pair is compared both ways round, and the answers contradict each other.")
    fix = N_("Keep one of them: with 3 one way goes 0.333 the other.")
    yield from _found(rows, apart, "value", text, fix)


def asked_twice(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows of `judged_lists` weigh items that the same judge weighs in another way too."""
    methods = rows.groupby(LIST)["method"].transform("nunique")
    of_all = (rows["level"] == "indicator") & (rows["dimension_id"] == "")
    lists = (rows["level"] + " " + rows["dimension_id"]).groupby(rows["judge_id"]).transform("nunique")
    twice: pd.Series = (methods > 1) | (of_all.groupby(rows["judge_id"]).transform("any") & (lists > 1))
    return twice


def _unusable(rows: pd.DataFrame) -> Iterator[Finding]:
    """Find lists asked in two ways, or from which no weights follow; note points that do not sum to 100."""
    twice = asked_twice(rows)
    yield from _found(rows, twice, "method", *_TWO_WAYS)
    for _key, mine in rows[~twice].groupby(LIST, sort=False):
        yield from _of_list(mine, str(mine["method"].iloc[0]))


def _of_list(rows: pd.DataFrame, method: str) -> Iterator[Finding]:
    values: dict[str, object] = {"judge": rows["judge_id"].iloc[0]}
    where = name_some(rows.index)
    if method == "pairwise":
        items = pd.unique(rows[["item_i", "item_j"]].to_numpy().ravel())
        parts = linked_parts(items, zip(rows["item_i"], rows["item_j"], strict=True))
        if len(parts) > 1:
            values["parts"] = "; ".join(name_some(part, most=5) for part in parts)
            text = N_("{judge} compared these with each other, and not across: {parts}. No weights follow from that.")
            fix = N_("Ask for a comparison of one of each.")
            yield Finding("warning", "judgements", text, row=where, column="item_j", fix=fix, values=values)
    elif method in ("budget", "swing"):
        yield from _points(rows["value"], method, where, values)


def _points(points: pd.Series, method: str, where: str, values: dict[str, object]) -> Iterator[Finding]:
    total, largest = points.sum(), points.max()
    text, fix = "", ""
    if total == 0:
        text = N_("{judge} gave no points at all. No weights follow from that.")
        yield Finding("warning", "judgements", text, row=where, column="value", fix=_HOW, values=values)
    elif method == "budget" and abs(total - 100) > HUNDRED:
        values["total"] = f"{total:g}"
        text, fix = N_("The points of {judge} sum to {total}, not to 100."), N_("Only their proportions count.")
    elif method == "swing" and abs(largest - 100) > HUNDRED:
        values["total"] = f"{largest:g}"
        text, fix = N_("The largest swing of {judge} has {total} points, not 100."), N_("Only their proportions count.")
    if fix:
        yield Finding("note", "judgements", text, row=where, column="value", fix=fix, values=values)
