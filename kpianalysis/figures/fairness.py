"""Charts of small units: raw and shrunken means, and the funnel."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.fairness.funnel import FAR, INSIDE, WATCH
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, INK, LIGHT, MAIN, legend_below, new_axes, set_title, shorten, styled


@styled
def plot_shrunken(table: pd.DataFrame, names: Names, *, unit: str = "", most: int = 30, ax: Axes | None = None) -> Axes:
    """Draw raw means (rings), probable means (dots) and their intervals (bars), the highest on top.

    Parameters
    ----------
    table : DataFrame
        `shrunken_means`, of the whole, with probable means.
    names : Names
    unit : str
        The only group to mark and name; blank: all are named.
    most : int
        Groups to draw; of more, the first and the last.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    at = np.arange(len(table))
    ends = (at < most // 2) | (at >= len(table) - most // 2) | (len(table) <= most)
    rows = table[ends | (table["group_id"] == unit)][::-1]
    ax = new_axes(ax, 1.9 + 0.2 * len(rows))
    place = np.arange(len(rows))
    known = bool(table["shrunken"].notna().any())
    if known:
        label = _("{confidence} interval").format(confidence=percent(table["confidence"].iloc[0], 0, names.lang))
        ax.hlines(place, rows["low"], rows["high"], color=LIGHT, linewidth=6, label=label)
        ax.hlines(place, rows["raw"], rows["shrunken"], color=GREY, linewidth=1)
    label = _("raw mean")
    ax.plot(rows["raw"], place, "o", label=label, markerfacecolor="white", markeredgecolor=GREY, markersize=6)
    if known:
        ax.plot(rows["shrunken"], place, "o", color=MAIN, markersize=5.5, label=_("probable mean, allowing for size"))
        ax.axvline(table["grand_mean"].iloc[0], color=INK, linewidth=1, linestyle="--", label=_("mean of the units"))
    own = (rows["group_id"] == unit).to_numpy()
    if known and own.any():
        label = _("probable mean of '{unit}'").format(unit=shorten(unit, 30))
        ax.plot(rows["shrunken"][own], place[own], "D", color=BAD, markersize=8, label=label)
    labels = [
        f"{shorten(group, 34)} ({number(n, 0, names.lang)})" if not unit or group == unit else ""
        for group, n in zip(rows["group_id"], rows["n"], strict=True)
    ]
    ax.set_yticks(place, labels)
    ax.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    ax.tick_params(axis="y", length=0)
    set_title(
        ax, _shrunken_title(table, names, unit, len(rows)), most=48 if max(map(len, labels), default=0) > 24 else 64
    )
    ax.set_xlabel(_("points; in brackets: subjects"))
    legend_below(ax, 2)
    return ax


def _shrunken_title(table: pd.DataFrame, names: Names, unit: str, shown: int) -> str:
    _ = translator(names.lang)
    if table["shrunken"].isna().all():
        return _("Too little to say what the means of units probably are")
    first, could = table.iloc[0], int((table["rank_low"] == 1).sum())
    own = table[table["group_id"] == unit]
    if table["between_sd"].iloc[0] == 0:
        title = _("No unit can be called first: they differ by no more than chance")
    elif unit and len(own):
        text = _("The place of '{unit}' lies between {best} and {worst} of {n}")
        title = text.format(
            unit=shorten(unit, 40),
            best=number(own["rank_low"].iloc[0], 0, names.lang),
            worst=number(own["rank_high"].iloc[0], 0, names.lang),
            n=number(len(table), 0, names.lang),
        )
    elif unit:
        title = _("Means of units, allowing for size")
    else:
        text = _("'{name}' is probably first, but any of {n} units could be")
        text = text if could > 1 else _("'{name}' is first, and hardly by chance")
        title = text.format(name=shorten(first["group_id"], 40), n=number(could, 0, names.lang))
    if shown < len(table):
        more = _("{n} of {all} shown: both ends")
        title += f" ({more.format(n=number(shown, 0, names.lang), all=number(len(table), 0, names.lang))})"
    return title


@styled
def plot_funnel(
    table: pd.DataFrame, lines: pd.DataFrame, names: Names, *, unit: str = "", most: int = 10, ax: Axes | None = None
) -> Axes:
    """Draw each unit by its size, with the limits that the size allows; units outside are named.

    Parameters
    ----------
    table, lines : DataFrame
        `funnel` of the whole, and its `funnel_lines`.
    names : Names
    unit : str
        The only unit to mark and name; blank: those outside.
    most : int
        Units to name.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    ax = new_axes(ax, 4.0)
    kind = table["kind"].iloc[0] if len(table) else "mean"
    by = 100.0 if kind == "proportion" else 1.0
    if len(lines):
        _plot_limits(table, lines, by, names, ax)
    _plot_units(table, by, names, unit, ax)
    _set_sizes(table, names.lang, ax)
    set_title(ax, _funnel_title(table, names, unit))
    ax.set_xlabel(_("cases of the unit") if kind == "proportion" else _("subjects of the unit"))
    ax.set_ylabel(_("share, %") if kind == "proportion" else _("mean, points"))
    _name_units(table, by, names, unit, most, ax)
    legend_below(ax, 3)
    return ax


def _plot_limits(table: pd.DataFrame, lines: pd.DataFrame, by: float, names: Names, ax: Axes) -> None:
    _ = translator(names.lang)
    for low, high, style, label in (
        ("far_low", "far_high", "-", _("99.8% limits")),
        ("low", "high", "--", _("95% limits")),
    ):
        ax.plot(lines["n"], by * lines[low], style, color=GREY, linewidth=1.1, label=label)
        ax.plot(lines["n"], by * lines[high], style, color=GREY, linewidth=1.1)
    ax.axhline(by * table["centre"].iloc[0], color=INK, linewidth=0.9, label=_("mean of all"))


def _set_sizes(table: pd.DataFrame, lang: str, ax: Axes) -> None:
    """Write sizes as whole numbers, on a logarithmic axis where they are far apart."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    ax.margins(x=0.06)
    if len(table) and table["n"].max() > 12 * table["n"].min():
        ax.set_xscale("log")
        spans = np.log10(table["n"].max() / table["n"].min())
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if spans < 3 else (1.0,)))
        ax.xaxis.set_minor_formatter(NullFormatter())
    else:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda size, _place: number(float(size), 0, lang)))


def _plot_units(table: pd.DataFrame, by: float, names: Names, unit: str, ax: Axes) -> None:
    _ = translator(names.lang)
    for verdicts, marker, colour, label in (
        (("", INSIDE), "o", MAIN, _("unit")),
        ((WATCH,), "s", INK, _("unit outside the 95% limits")),
        ((FAR,), "D", BAD, _("unit outside the 99.8% limits")),
    ):
        rows = table[table["verdict"].isin(verdicts)]
        if len(rows):
            ax.plot(rows["n"], by * rows["value"], marker, color=colour, markersize=5, linestyle="", label=label)
    own = table[table["group_id"] == unit]
    if unit and len(own):
        label = _("'{unit}'").format(unit=shorten(unit, 30))
        (ring,) = ax.plot(own["n"], by * own["value"], "o", markersize=12, linestyle="", label=label)
        ring.set(markerfacecolor="none", markeredgecolor=BAD, markeredgewidth=2)


def _name_units(table: pd.DataFrame, by: float, names: Names, unit: str, most: int, ax: Axes) -> None:
    """Name the units outside, or the one the page is about, each where no other name or unit is in the way."""
    outside = table["group_id"] == unit if unit else table["verdict"].isin([WATCH, FAR])
    to_pixels = ax.transData.transform
    ax.autoscale_view()
    dots = to_pixels(np.column_stack([table["n"].to_numpy(dtype=float), by * table["value"].to_numpy()]))
    taken = [(x - 5, x + 5, y - 5, y + 5) for x, y in dots]
    for at in np.flatnonzero(outside.to_numpy())[:most]:
        name = shorten(names.subject(table["group_id"].iloc[at]), 24)
        (x, y), width = dots[at], 6.5 * len(name)
        # Right of the dot, left, above, below: offset, how text stands to it, and the box it takes.
        choices = (
            ((8, 0), "left", "center", (x + 7, x + 8 + width, y - 7, y + 7)),
            ((-8, 0), "right", "center", (x - 8 - width, x - 7, y - 7, y + 7)),
            ((0, 7), "center", "bottom", (x - width / 2, x + width / 2, y + 6, y + 21)),
            ((0, -7), "center", "top", (x - width / 2, x + width / 2, y - 21, y - 6)),
        )
        free = [choice for choice in choices if not any(_overlap(choice[3], box) for box in taken)]
        offset, across, along, box = (free or choices)[0]
        taken.append(box)
        ax.annotate(
            name,
            (table["n"].iloc[at], by * table["value"].iloc[at]),
            xytext=offset,
            textcoords="offset points",
            ha=across,
            va=along,
            fontsize=8.5,
        )


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def _funnel_title(table: pd.DataFrame, names: Names, unit: str) -> str:
    _ = translator(names.lang)
    judged = table[table["verdict"] != ""]
    far = judged[judged["verdict"] == FAR]
    own = judged[judged["group_id"] == unit]
    if judged.empty or (unit and own.empty):
        return _("Too little to say which units lie apart")
    if unit:
        texts = {
            INSIDE: _("'{unit}' lies where its size allows"),
            WATCH: _("'{unit}' lies outside the 95% limits for its size, not those of 99.8%"),
            FAR: _("'{unit}' lies outside the 99.8% limits for its size"),
        }
        return texts[own["verdict"].iloc[0]].format(unit=shorten(unit, 40))
    if far.empty:
        return _("No unit lies outside the 99.8% limits for its size")
    if len(far) == 1:
        text = _("Of {all} units only '{name}' lies outside the 99.8% limits for its size")
    else:
        text = _("Of {all} units {n} outside the 99.8% limits for their size")
    return text.format(
        all=number(len(judged), 0, names.lang),
        n=number(len(far), 0, names.lang),
        name=shorten(names.subject(far["group_id"].iloc[0]), 40),
    )
