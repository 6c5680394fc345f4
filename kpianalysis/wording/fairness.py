"""Sentences about small units: what their means probably are, and which lie apart."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.fairness.funnel import FAR, WATCH
from kpianalysis.analyses.fairness.overdispersion import LEAST_UNITS
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, first_of, number_of, points

# Named in one sentence.
MOST_NAMED = 4


def small_units(table: pd.DataFrame, names: Names, unit: str = "") -> str:
    """Say what the means of units probably are, and whether anybody can be called first.

    Parameters
    ----------
    table : DataFrame
        `shrunken_means`, of the whole.
    names : Names
    unit : str
        The group the page is about; blank: the whole.
    """
    _ = translator(names.lang)
    if table["shrunken"].isna().all():
        return _("There are too few units, or too few subjects in them, to say what their means probably are.")
    if unit:
        return _own_place(table, names, unit)
    if table["between_sd"].iloc[0] == 0:
        text = _(
            "Units differ by no more than the chance of who belongs to them: their order is no ranking. The best guess "
            "for each of the {n} is the mean of all, {mean} points."
        )
        return text.format(n=count(len(table), names.lang), mean=points(table["grand_mean"].iloc[0], names.lang))
    return " ".join((first_place(table, names), _moved_most(table, names)))


def first_place(table: pd.DataFrame, names: Names) -> str:
    """Say which group is probably first, and how many others could be."""
    _ = translator(names.lang)
    first, could = table.iloc[0], int((table["rank_low"] == 1).sum())
    text = _("Allowing for size, '{name}' is first with probably {mean} points; by chance any of {n} units could be.")
    if could <= 1:
        text = _("Allowing for size, '{name}' is first with probably {mean} points, and hardly by chance.")
    return text.format(name=first["group_id"], mean=points(first["shrunken"], names.lang), n=count(could, names.lang))


def _moved_most(table: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    row = table.iloc[int((table["raw"] - table["shrunken"]).abs().to_numpy().argmax())]
    text = _(
        "Size matters most for '{name}': the raw mean of its {n} subjects is {raw}, place {before} of {all}; probably "
        "it is {mean}, place {now}."
    )
    return text.format(
        name=row["group_id"],
        n=count(row["n"], names.lang),
        raw=points(row["raw"], names.lang),
        before=count(row["raw_rank"], names.lang),
        all=count(len(table), names.lang),
        mean=points(row["shrunken"], names.lang),
        now=count(row["rank"], names.lang),
    )


def _own_place(table: pd.DataFrame, names: Names, unit: str) -> str:
    _ = translator(names.lang)
    own = table[table["group_id"] == unit]
    if own.empty:
        return _("Nobody in '{unit}' has a total.").format(unit=unit)
    row = own.iloc[0]
    text = _(
        "The raw mean of '{unit}' is {raw} with {n} subjects; allowing for size it is probably {mean}, between {low} "
        "and {high}. Its place among {all} units lies between {best} and {worst}."
    )
    return text.format(
        unit=unit,
        raw=points(row["raw"], names.lang),
        n=count(row["n"], names.lang),
        mean=points(row["shrunken"], names.lang),
        low=points(row["low"], names.lang),
        high=points(row["high"], names.lang),
        all=count(len(table), names.lang),
        best=count(row["rank_low"], names.lang),
        worst=count(row["rank_high"], names.lang),
    )


def outside(table: pd.DataFrame, names: Names, unit: str = "") -> str:
    """Say which units lie outside of what their size allows, and how many would by chance.

    Parameters
    ----------
    table : DataFrame
        `funnel`, of the whole.
    names : Names
    unit : str
        The unit the page is about; blank: the whole.
    """
    _ = translator(names.lang)
    rows = table[table["verdict"] != ""]
    if rows.empty:
        return _("There are too few units, or too few subjects in them, to say which lie apart.")
    if unit:
        return _own_verdict(rows, names, unit)
    far, watch = rows[rows["verdict"] == FAR], rows[rows["verdict"] == WATCH]
    values = {"all": count(len(rows), names.lang), "n": count(len(far), names.lang), "far": _sides(far, names)}
    text = _("Every one of the {all} units lies where its size allows.")
    if len(far):
        text = _("Of {all} units {n} outside the 99.8% limits, worth a look: {far}.")
    elif len(watch):
        text = _("Of {all} units none lies outside the 99.8% limits.")
    sentences = [text.format(**values)]
    if len(watch):
        text = _("Between the 95% and the 99.8% limits: {n} ({named}); chance alone would put about {expected} there.")
        expected = number_of(round(0.048 * len(rows), 1), names.lang)
        sentences.append(text.format(n=count(len(watch), names.lang), named=_sides(watch, names), expected=expected))
    return " ".join(sentences)


def limits(table: pd.DataFrame, names: Names) -> str:
    """Say what the limits allow for: chance inside units, and how far units differ anyway."""
    _ = translator(names.lang)
    if (table["verdict"] == "").all():
        return ""
    if pd.isna(table["between_sd"].iloc[0]):
        text = _(
            "With fewer than {least} units it is not known how far units differ anyway; the limits allow for chance "
            "inside them only."
        )
        return text.format(least=count(LEAST_UNITS, names.lang))
    most = float(table["widened"].max())
    if most < 1.005:
        return _("Units differ by no more than chance inside them; the limits need no widening.")
    text = _("Units differ by more than chance inside them anyway, so the limits are up to {times} times as wide.")
    return text.format(times=number_of(round(most, 1 if most < 10 else 0), names.lang))


def _own_verdict(rows: pd.DataFrame, names: Names, unit: str) -> str:
    _ = translator(names.lang)
    own = rows[rows["group_id"] == unit]
    if own.empty:
        return _("'{unit}' has nothing to compare.").format(unit=unit)
    texts = {
        (FAR, "high"): _("'{unit}' lies above the 99.8% limits for its size; that is worth a look."),
        (FAR, "low"): _("'{unit}' lies below the 99.8% limits for its size; that is worth a look."),
        (WATCH, "high"): _("'{unit}' lies above the 95% limits for its size, inside those of 99.8%: it may be chance."),
        (WATCH, "low"): _("'{unit}' lies below the 95% limits for its size, inside those of 99.8%: it may be chance."),
    }
    inside = _("'{unit}' lies where its size allows.")
    return texts.get((own["verdict"].iloc[0], own["side"].iloc[0]), inside).format(unit=unit)


def _sides(rows: pd.DataFrame, names: Names) -> str:
    """Name units with the side they lie on."""
    _ = translator(names.lang)
    texts = {"high": _("'{name}' above"), "low": _("'{name}' below")}
    cells = zip(rows["group_id"], rows["side"], strict=True)
    return first_of([texts[side].format(name=names.subject(group)) for group, side in cells], MOST_NAMED, names.lang)


def name_some(groups: pd.Series, names: Names) -> str:
    """Name the first few groups, and say how many more there are."""
    return first_of([f"'{group}'" for group in groups], MOST_NAMED, names.lang)


def shrunken_alt(table: pd.DataFrame, names: Names, unit: str = "") -> str:
    """Describe the rings and dots: what they are, and the finding."""
    text = translator(names.lang)("Raw means (rings), probable means (dots) and their intervals (bars) by unit.")
    return f"{text} {small_units(table, names, unit)}"


def funnel_alt(table: pd.DataFrame, names: Names, unit: str = "") -> str:
    """Describe the funnel: what it is, the centre, and the finding."""
    _ = translator(names.lang)
    text = _("Funnel plot of {n} units by size, around the mean of all.").format(n=count(len(table), names.lang))
    return " ".join((text, outside(table, names, unit), limits(table, names))).strip()
