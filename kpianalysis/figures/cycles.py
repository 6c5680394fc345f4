"""Charts of cycles side by side: a small line a row, last value, change, attainment."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.change.bridge_items import LEAST
from kpianalysis.analyses.change.cycle_table import latest_changes
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.scoring.inputs import Floats, Mask
from kpianalysis.style import BAD, GOOD, GREY, INK, MAIN, new_axes, set_title, shorten, styled

# Columns of the small lines, as shares of the width: the line, last value, change, and the bar of attainment.
_LINE, _LAST, _CHANGE, _BAR = (0.0, 0.34), 0.45, 0.57, (0.66, 0.92)
# Attainment beyond this is drawn at the end of its bar; the number is beside it.
_MOST_ATTAINED = 1.5
# A line is never stretched to fill its row: rows that move less than this look flat.
_LEAST_SPAN = 4.0


@styled
def plot_cycles(table: pd.DataFrame, names: Names, *, most: int = 30, ax: Axes | None = None) -> Axes:
    """Draw a row for the total and for each scored indicator: mean score over the cycles, last value, change, target.

    Parameters
    ----------
    table : DataFrame
        `cycle_table`. Last value and attainment are those of the whole, where there is one (the year).
    names : Names
    most : int
        Indicators to draw; of more, those of the largest weight.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    rows = _rows_to_draw(table, most)
    whole = table["is_whole"].astype(bool)
    order = list(dict.fromkeys(table.loc[~whole, "cycle"]))
    ax = new_axes(ax, 1.6 + 0.27 * max(len(rows), 1))
    set_title(ax, _cycles_title(table, names), most=56)
    if not rows or len(order) < 2:
        ax.set_axis_off()
        return ax
    lines = [row[~row["is_whole"]].set_index("cycle")["score"].reindex(order).to_numpy(dtype=float) for row in rows]
    other = [np.isin(order, row.loc[~row["same_rule"].astype(bool), "cycle"].to_numpy()) for row in rows]
    _draw_small_lines(ax, lines, other)
    shown = str(table.loc[whole, "cycle"].iloc[0]) if whole.any() else order[-1]
    last = [float(row.loc[row["cycle"] == shown, "score"].sum(min_count=1)) for row in rows]
    _write_columns(ax, last, lines, other, names.lang)
    attained = [float(row.loc[row["cycle"] == shown, "attainment"].sum(min_count=1)) for row in rows[1:]]
    has_targets = not np.isnan(attained).all()
    labels = [_("total"), *(shorten(names.item(row["item_id"].iloc[0]), 38) for row in rows[1:])]
    _finish_small_lines(ax, labels, [_("mean score"), shorten(shown, 10), _("change")], order, names)
    texts = [_scale(order, names.lang)]
    if has_targets:
        _draw_attainments(ax, attained, names.lang)
        texts.append(_("Tick: target."))
    if any(mask.any() for mask in other):
        texts.append(_("Ring: another method, unit or direction then."))
    ax.set_xlabel("\n".join(wrap(" ".join(texts), 84)))
    return ax


def _is_scored_now(table: pd.DataFrame) -> pd.Series:
    """Tell which rows are about a scored indicator in the last cycle of the table."""
    is_last = table["cycle"] == list(dict.fromkeys(table["cycle"]))[-1]
    answer: pd.Series = is_last & (table["level"] == "indicator") & (table["kind"] == "scored")
    return answer


def _rows_to_draw(table: pd.DataFrame, most: int) -> list[pd.DataFrame]:
    """The rows of the total first, then of each scored indicator in force, in the order of the table."""
    if table.empty:
        return []
    kept = table[_is_scored_now(table)].nlargest(most, "nominal_weight")["item_id"]
    chosen = table[(table["level"] == "total") | ((table["level"] == "indicator") & table["item_id"].isin(kept))]
    return [rows for _key, rows in chosen.groupby(["level", "item_id"], sort=False)]


def _draw_small_lines(ax: Axes, lines: Sequence[Floats], other: Sequence[Mask]) -> None:
    """Draw a line a row, all to the same scale around their own middle; last value a dot, another rule a ring."""
    ends = [(np.nanmin(line), np.nanmax(line)) if (~np.isnan(line)).any() else (0.0, 0.0) for line in lines]
    span = max(*(high - low for low, high in ends), _LEAST_SPAN)
    x = np.linspace(*_LINE, len(lines[0]))
    for place, (line, (low, high), ring) in enumerate(zip(lines, ends, other, strict=True)):
        # Rows run downwards: more is further up.
        y = place - 0.72 * (line - (low + high) / 2) / span
        ax.plot(x, y, color=GREY, linewidth=1.2, marker=".", markersize=3)
        ax.plot(x[ring], y[ring], "o", markerfacecolor="white", markeredgecolor=GREY, markersize=5)
        ax.plot(x[-1:], y[-1:], "o", color=MAIN, markersize=5)


def _draw_attainments(ax: Axes, attained: Sequence[float], lang: str) -> None:
    """Draw a bar from 0 to each attainment, from the second row on, with a dark tick at the target."""
    start, end = _BAR
    width = (end - start) / _MOST_ATTAINED
    for place, value in enumerate(attained, start=1):
        _write(ax, end + 0.075, place, percent(value, 0, lang))
        if not np.isnan(value):
            ax.barh(place, min(max(value, 0.0), _MOST_ATTAINED) * width, left=start, height=0.42, color=MAIN)
            ax.plot([start + width] * 2, [place - 0.33, place + 0.33], color=INK, linewidth=2)
    _write(ax, (start + end) / 2, -0.9, translator(lang)("median attainment"), GREY, "center")
    marks = [(float(x), label.get_text()) for x, label in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)]
    marks += [(start, percent(0, 0, lang)), (start + width, percent(1, 0, lang))]
    ax.set_xticks([x for x, _label in marks], [label for _x, label in marks])
    ax.set_xlim(-0.03, 1.0)


def _write_columns(ax: Axes, last: Sequence[float], lines: Sequence[Floats], other: Sequence[Mask], lang: str) -> None:
    """Write last value and change; a change of rule is no rise and no fall."""
    for place, (value, line, ring) in enumerate(zip(last, lines, other, strict=True)):
        change = line[-1] - line[-2]
        _write(ax, _LAST, place, number(value, 1, lang))
        colour = INK if np.isnan(change) or abs(change) < LEAST else GOOD if change > 0 else BAD
        _write(ax, _CHANGE, place, number(change, 1, lang, signed=True), GREY if ring[-2] else colour)


def _write(ax: Axes, x: float, place: float, text: str, colour: str = INK, side: str = "right") -> None:
    # Inside the axes by construction, so the layout need not measure it.
    ax.text(x, place, text, ha=side, va="center", color=colour).set_in_layout(False)


def _finish_small_lines(ax: Axes, labels: list[str], heads: list[str], order: list[str], names: Names) -> None:
    """Write names, the heads of the columns, and the first and last cycle under the lines."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -1.2)
    ax.set_xlim(-0.03, _CHANGE + 0.03)
    places = [(sum(_LINE) / 2, "center"), (_LAST, "right"), (_CHANGE, "right")]
    for head, (x, side) in zip(heads, places, strict=True):
        _write(ax, x, -0.9, head, GREY, side)
    ax.set_xticks(list(_LINE), [shorten(order[0], 12), shorten(order[-1], 12)])
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _scale(order: list[str], lang: str) -> str:
    text = translator(lang)("Lines: all to the same scale. Change: {last} against {before}.")
    return text.format(last=shorten(order[-1], 14), before=shorten(order[-2], 14))


def _cycles_title(table: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    parts = table[~table["is_whole"].astype(bool)]
    if parts["cycle"].nunique() < 2:
        return _("There is no earlier cycle to lay beside this one.")
    changes, n = latest_changes(table), table.loc[_is_scored_now(table), "item_id"].nunique()
    if changes.empty or 2 * len(changes) < n:
        text = _("Indicators that can be compared with the cycle before: only {n} of {all}")
        return text.format(n=number(len(changes), 0, names.lang), all=number(n, 0, names.lang))
    before, last = list(dict.fromkeys(parts["cycle"]))[-2:]
    row = changes.iloc[int(changes["change"].abs().to_numpy().argmax())]
    if abs(row["change"]) < LEAST:
        return _("No mean score moved by 0.1 points or more from {before} to {last}").format(before=before, last=last)
    text = _("'{name}' moved most from {before} to {last}: {change} points")
    change = number(row["change"], 1, names.lang, signed=True)
    return text.format(name=shorten(names.item(row["item_id"]), 45), before=before, last=last, change=change)


def _movers_title(changes: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if changes.empty:
        return _("Nobody has a total in two cycles in a row.")
    rose, fell = int((changes["change"] > 0).sum()), int((changes["change"] < 0).sum())
    text = _("Of {n} totals {rose} rose and {fell} fell since the cycle before; the largest changes")
    return text.format(
        n=number(len(changes), 0, names.lang), rose=number(rose, 0, names.lang), fell=number(fell, 0, names.lang)
    )
