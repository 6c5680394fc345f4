"""Display tables of the forecast: where the end will be, by which method, and how good such forecasts were."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from kpianalysis.analyses.change.forecast import RUNNING, current_forecast
from kpianalysis.analyses.change.forecast_methods import LAST_YEAR, RUN_RATE, SMOOTHED
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, measured, named, text
from kpianalysis.wording.forecast_words import (
    aim,
    between,
    chance,
    cycle_name,
    needed,
    outlook,
    series_name,
    small_share,
)


def ends(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show where each indicator stands, where it will probably end, and what the rest must bring.

    Parameters
    ----------
    table : DataFrame
        `forecast_end`; shown is the shortest cycle that still runs. None when none does.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = _running(table, names)
    columns = [
        ("name", _("indicator"), text),
        ("so_far", _("so far"), measured(lang)),
        ("aim", _("target"), text),
        ("end", _("forecast"), measured(lang)),
        ("interval", _("its interval"), text),
        ("likely", _("chance of the target"), text),
        ("outlook", _("outlook"), text),
        ("needed", _("needed of each period left"), text),
        ("rest", _("forecast of them"), measured(lang)),
        ("method", _("method"), text),
        ("test", _("earlier forecasts missed by"), text),
    ]
    note = _("Intervals hold the outcome with a probability of {level}.")
    if not rows["is_tested"].all():
        note = _(
            "Intervals hold the outcome with a probability of {level}; where too few earlier forecasts could be made "
            "they are drawn twice as wide."
        )
    note = note.format(level=percent(_level(rows), 0, lang))
    caption = _("Forecast of {cycle}").format(cycle=cycle_name(rows, names))
    return make(rows, columns, caption, note=note, lang=lang)


def methods(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what each method forecasts, side by side.

    Parameters
    ----------
    table : DataFrame
        `forecast_end`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = _running(table, names)
    labels = {"run_rate": _("run rate"), "last_year": _("like last year"), "smoothed": _("smoothed")}
    columns = [("name", _("indicator"), text), ("so_far", _("so far"), measured(lang)), ("aim", _("target"), text)]
    for name, label in labels.items():
        ranges = [between(low, high, lang) for low, high in _pairs(rows, f"{name}_low", f"{name}_high")]
        rows = rows.assign(**{f"{name}_range": ranges})
        columns += [(name, label, measured(lang)), (f"{name}_range", _("its interval"), text)]
    columns.append(("season", _("season known"), lambda value: _("yes") if value else _("not yet")))
    note = _("Smoothing knows the season only where there are two whole years before.")
    return make(rows, columns, _("The forecast by each method"), note=note, lang=lang, collapsed=True)


def backtest(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how far such forecasts were off in earlier cycles.

    Parameters
    ----------
    table : DataFrame
        `forecast_backtest`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    write = method_names(lang)
    rows = table.assign(
        name=[series_name(row, names) for row in table.to_dict("records")],
        method=[write.get(method, "") for method in table["method"]],
        intervals=[_("{held} of {n}").format(held=h, n=n) for h, n in _pairs(table, "n_held", "n_intervals")],
    )
    columns = [
        ("name", _("indicator"), text),
        ("cycle_id", _("of the cycle"), text),
        ("method", _("method"), text),
        ("n_known", _("periods known"), fixed(0, lang)),
        ("n", _("forecasts"), fixed(0, lang)),
        ("error", _("missed by, on average"), measured(lang)),
        ("bias", _("too high by, on average"), measured(lang)),
        ("intervals", _("intervals that held"), text),
    ]
    return make(rows, columns, _("Such forecasts in earlier cycles"), lang=lang, collapsed=True)


def finished(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what came of the cycles that are over; None when none is.

    Parameters
    ----------
    table : DataFrame
        `forecast_end`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    over = table[table["outlook"].isin(["met", "missed"])]
    rows = named(over, str, ["cycle_id"]).assign(
        name=[series_name(row, names) for row in over.to_dict("records")],
        aim=[aim(row["aim_low"], row["aim_high"], lang) for row in over.to_dict("records")],
        outlook=[outlook(word, lang) for word in over["outlook"]],
    )
    columns = [
        ("cycle_id", _("cycle"), text),
        ("name", _("indicator"), text),
        ("end", _("at the end"), measured(lang)),
        ("aim", _("target"), text),
        ("outlook", _("target met?"), text),
    ]
    return make(rows, columns, _("Cycles that are over"), lang=lang, collapsed=True)


def method_names(lang: str) -> Mapping[str, str]:
    """What the methods are called in tables."""
    _ = translator(lang)
    return {RUN_RATE: _("run rate"), LAST_YEAR: _("like last year"), SMOOTHED: _("smoothed")}


def _running(table: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Rows of the cycle to show that still run, with their cells in words."""
    lang = names.lang
    shown = current_forecast(table)
    rows = shown[shown["status"] == RUNNING]
    records = rows.to_dict("records")
    write = method_names(lang)
    return rows.assign(
        name=[series_name(row, names) for row in records],
        aim=[aim(row["aim_low"], row["aim_high"], lang) for row in records],
        interval=[between(row["end_low"], row["end_high"], lang) for row in records],
        likely=[chance(row["chance"], lang) for row in records],
        outlook=[outlook(row["outlook"], lang) for row in records],
        needed=[needed(row, lang) for row in records],
        method=[write.get(row["method"], "") for row in records],
        test=[_test(row, lang) for row in records],
    )


def _test(row: Mapping[Hashable, Any], lang: str) -> str:
    """Write the mean error of such forecasts with how many there were."""
    _ = translator(lang)
    if not row["n_cases"]:
        return _("not tested")
    text = _("{error} ({share} of the target; forecasts: {n})")
    if math.isnan(row["error_share"]):
        text = _("{error} (forecasts: {n})")
    size = small_share(row["error_share"], lang)
    return text.format(error=measured(lang)(row["error"]), share=size, n=row["n_cases"])


def _level(rows: pd.DataFrame) -> float:
    return float(rows["level"].iloc[0]) if len(rows) else math.nan


def _pairs(table: pd.DataFrame, one: str, other: str) -> list[tuple[Any, Any]]:
    return list(zip(table[one], table[other], strict=True))
