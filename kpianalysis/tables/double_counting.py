"""Display tables of double counting."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.redundancy.counted_once import HALVED, WITHOUT_I, WITHOUT_J
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import Cell, between, fixed, make, shares, text


def parts(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what each pair has in common and what each says alone: nominal weight and effect.

    Parameters
    ----------
    table : DataFrame
        `double_counting`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = pd.DataFrame(
        [line for _i, row in table.iterrows() for line in _lines(row, names)],
        columns=["pair", "part", "weight", "effect", "times", "interval"],
    )
    columns: list[tuple[str, str, Cell]] = [
        ("pair", _("pair"), text),
        ("part", _("what"), text),
        ("weight", _("nominal weight"), shares(1, lang)),
        ("effect", _("share of the spread of totals"), shares(1, lang)),
        ("interval", _("its interval"), text),
        ("times", _("ratio"), fixed(2, lang)),
    ]
    if table["common_low"].isna().all():
        columns = [column for column in columns if column[0] != "interval"]
    note = _(
        "In common: what one thing behind both scores would explain, on which both rest by the share r, their "
        "correlation. The lines of a pair add up to the last one."
    )
    if table["common_low"].notna().any():
        interval = _("Interval: {confidence} of {draws} resamples of the subjects.")
        note += " " + interval.format(
            confidence=percent(table["confidence"].iloc[0], 0, lang), draws=number(table["draws"].iloc[0], 0, lang)
        )
    return make(rows, columns, _("What is counted twice, and what it does"), note=note, lang=lang)


def once(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what totals would do if each pair counted once.

    Parameters
    ----------
    table : DataFrame
        `counted_once`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = table.assign(
        pair=[_pair(i, j, names) for i, j in zip(table["indicator_i"], table["indicator_j"], strict=True)],
        what=[_way(row, names) for _i, row in table.iterrows()],
    )
    rows["pair"] = rows["pair"].where(rows["way"] == HALVED, "")
    columns: list[tuple[str, str, Cell]] = [
        ("pair", _("pair"), text),
        ("what", _("what if"), text),
        ("effective_i", _("spread by the first"), shares(1, lang)),
        ("effective_j", _("by the second"), shares(1, lang)),
        ("spearman", _("order kept (ρ)"), fixed(3, lang)),
        ("mean_shift", _("mean shift of rank"), fixed(1, lang)),
        ("most_shift", _("largest shift"), fixed(0, lang)),
    ]
    if table["n_grade_changes"].notna().any():
        columns.append(("n_grade_changes", _("grades that change"), fixed(0, lang)))
    if table["n_without_total"].any():
        columns.append(("n_without_total", _("left without a total"), fixed(0, lang)))
    note = _("What is taken from a weight goes to the other indicators of its dimension.")
    return make(rows, columns, _("If the pair counted once"), note=note, lang=lang)


def _pair(i: object, j: object, names: Names) -> str:
    return f"{names.item(i)} – {names.item(j)}"


def _lines(row: pd.Series, names: Names) -> list[tuple[object, ...]]:
    """Write one pair as four lines: what it has in common, what each says alone, both together."""
    _ = translator(names.lang)
    alone = _("only '{name}'")
    labels = {
        "common": _("in common"),
        "own_i": alone.format(name=names.item(row["indicator_i"])),
        "own_j": alone.format(name=names.item(row["indicator_j"])),
    }
    pair = _("{pair} (r = {r})").format(
        pair=_pair(row["indicator_i"], row["indicator_j"], names), r=number(row["pearson"], 2, names.lang)
    )
    lines = [(part, label, f"{part}_weight", part) for part, label in labels.items()]
    answer: list[tuple[object, ...]] = []
    for part, label, weight, effect in [*lines, ("", _("together"), "weight", "effective")]:
        is_first = part == "common"
        says, does = row[weight], row[effect]
        times = does / says if says > 1e-12 else float("nan")
        interval = between(row["common_low"], row["common_high"], 1, names.lang, as_share=True) if is_first else ""
        answer.append((pair if is_first else "", label, says, does, times, interval))
    return answer


def _way(row: pd.Series, names: Names) -> str:
    _ = translator(names.lang)
    without = _("without '{name}'")
    return {
        HALVED: _("both weights halved"),
        WITHOUT_I: without.format(name=names.item(row["indicator_i"])),
        WITHOUT_J: without.format(name=names.item(row["indicator_j"])),
    }[str(row["way"])]
