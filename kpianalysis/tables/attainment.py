"""Display tables of the attainment report."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, p_value, shares, signed, text

# A unit is listed where chance alone would hardly put it.
UNLIKELY = 0.05
# So many subjects are all shown; of more, only the ends of the list.
ALL, ENDS = 60, 15


def totals(ranks: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show totals with rank, rank interval and grade, the highest first; the rank is that of the whole."""
    shown = None if len(ranks) <= ALL else ENDS
    return _totals(ranks, names, translator(names.lang)("Totals and ranks"), shown)


def lowest_totals(ranks: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the lowest totals of a list too long to be shown whole; a low rank alone is no verdict."""
    rest = ranks.tail(ENDS) if len(ranks) > ALL else ranks.iloc[:0]
    return _totals(rest, names, translator(names.lang)("The lowest totals"))


def _totals(ranks: pd.DataFrame, names: Names, caption: str, most: int | None = None) -> DisplayTable | None:
    _ = translator(names.lang)
    lang = names.lang
    rows = named(ranks, names.subject, ["subject_id"])
    rows = rows.assign(
        interval=[
            f"{number(low, 0, lang)}–{number(high, 0, lang)}"
            for low, high in zip(rows["rank_low"], rows["rank_high"], strict=True)
        ]
    )
    columns = [
        ("rank", _("rank"), fixed(0, lang)),
        ("subject_id", _("subject"), text),
        ("unit_id", _("unit"), text),
        ("total", _("total, points"), fixed(1, lang)),
        ("interval", _("rank interval (90%)"), text),
        ("grade", _("grade"), text),
        ("p_grade_changes", _("chance that the grade changes"), shares(0, lang)),
    ]
    if ranks["p_grade_changes"].isna().all():
        columns = columns[:5]
    note = _(
        "The interval says how far the rank moves under other reasonable weights; chance in the actuals comes on top."
    )
    return make(rows, columns, caption, note=note, most=most, lang=lang)


def groups(table: pd.DataFrame, column: str, names: Names) -> DisplayTable | None:
    """Show the mean total of each unit or role with its interval."""
    _ = translator(names.lang)
    lang = names.lang
    label, caption = {
        "unit_id": (_("unit"), _("Totals by unit")),
        "role_id": (_("role"), _("Totals by role")),
    }[column]
    columns = [
        (column, label, text),
        ("n", _("subjects"), fixed(0, lang)),
        ("mean", _("mean total"), fixed(1, lang)),
        ("ci_low", _("95% interval from"), fixed(1, lang)),
        ("ci_high", _("to"), fixed(1, lang)),
        ("lowest", _("lowest"), fixed(1, lang)),
        ("highest", _("highest"), fixed(1, lang)),
    ]
    return make(table, columns, caption, lang=lang, collapsed=len(table) > 20)


def status(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what was scored, and what was not for which reason."""
    _ = translator(names.lang)
    lang = names.lang
    rows = table.assign(missing_reason=[_(reason) if reason else _("scored") for reason in table["missing_reason"]])
    columns = [
        ("missing_reason", _("status"), text),
        ("n", _("scores"), fixed(0, lang)),
        ("share", _("share"), shares(1, lang)),
    ]
    return make(rows, columns, _("Data status"), lang=lang)


def checks(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how many of our scores equal the published ones."""
    _ = translator(names.lang)
    lang = names.lang
    levels = {"indicator": _("indicator scores"), "dimension": _("dimension scores"), "total": _("totals")}
    starts = {
        "actuals": _("actuals"),
        "published indicator scores": _("published indicator scores"),
        "published dimension scores": _("published dimension scores"),
    }
    rows = table.assign(
        level=[levels[level] for level in table["level"]],
        start=[starts[start] for start in table["start"]],
        item=[names.item(item) for item in table["item"]],
    )
    columns = [
        ("level", _("checked"), text),
        ("item", _("of"), text),
        ("start", _("computed from"), text),
        ("n", _("compared"), fixed(0, lang)),
        ("n_equal", _("equal"), fixed(0, lang)),
        ("largest_difference", _("largest difference, points"), fixed(2, lang)),
    ]
    return make(rows, columns, _("Our numbers against the published ones"), lang=lang)


def disagreements(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show every score and total that differs from the published one, folded up."""
    _ = translator(names.lang)
    lang = names.lang
    levels = {"indicator": _("indicator"), "total": _("total")}
    rows = named(table, names.subject, ["subject_id"])
    rows = named(rows, names.item, ["item_id"]).assign(level=[levels[level] for level in rows["level"]])
    columns = [
        ("subject_id", _("subject"), text),
        ("level", _("level"), text),
        ("item_id", _("of"), text),
        ("ours", _("ours"), fixed(2, lang)),
        ("published", _("published"), fixed(2, lang)),
        ("difference", _("difference"), signed(2, lang)),
    ]
    caption = _("The {n} scores and totals that differ").format(n=len(table))
    return make(rows, columns, caption, lang=lang, collapsed=True)


def units_apart(differences: pd.DataFrame, names: Names, most: int = 8) -> DisplayTable | None:
    """Show the units that lie apart from the others on an indicator by more than chance allows for."""
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("indicator_id", _("indicator"), text),
        ("unit_id", _("unit"), text),
        ("n", _("scores"), fixed(0, lang)),
        ("mean", _("mean score"), fixed(1, lang)),
        ("others", _("mean of the others"), fixed(1, lang)),
        ("difference", _("difference"), signed(1, lang)),
        ("p_adjusted", _("adjusted p"), p_value(lang)),
    ]
    rows = named(differences[differences["p_adjusted"] < UNLIKELY], names.item, ["indicator_id"])
    note = _("A difference says that scores lie apart, not why.")
    return make(rows, columns, _("Units that lie apart on one indicator"), note=note, most=most, lang=lang)
