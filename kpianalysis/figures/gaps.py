"""Charts of gaps: bullet graphs beside the last periods, and a map of who missed what."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpianalysis.analyses.gaps.missed import MOST_ROWS
from kpianalysis.analyses.gaps.percentages import is_share
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.style import BAD, GREY, INK, LIGHT, MAIN, new_axes, set_title, shorten, styled
from kpianalysis.wording.gaps import costs_most, written_value

# The scale of every bullet, % of its own target; what lies beyond ends in an arrow.
FULL = 150.0
# Beside the bullets, in the same units: the lines of the last periods, and room for the values.
LINES, ROOM = (162.0, 212.0), 78.0
# Periods in a small line: the last ones, and too few for a line.
PERIODS, FEWEST = 12, 3
# Attainment so far from 100% has the darkest colour at most and at least.
WIDEST, NARROWEST = 0.5, 0.05


@styled
def plot_bullets(
    table: pd.DataFrame,
    names: Names,
    *,
    before: pd.DataFrame | None = None,
    series: pd.DataFrame | None = None,
    most: int = 24,
    ax: Axes | None = None,
) -> Axes:
    """Draw a bullet graph per indicator on the scale of its own target, with a small line of its last periods.

    Parameters
    ----------
    table : DataFrame
        `missed` of the whole or of one group.
    names : Names
    before : DataFrame, optional
        The same of the cycle before.
    series : DataFrame, optional
        `period_values` of the same group.
    most : int
        Indicators to draw, the costliest on top.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    scored = table[table["kind"] == "scored"]
    rows = scored.head(most)[::-1].reset_index(drop=True)
    ax = new_axes(ax, 1.7 + 0.3 * len(rows))
    _draw_before(ax, rows, before, names)
    _draw_bullets(ax, rows, names)
    left = _draw_lines(ax, rows, series, names)
    for place, (_i, row) in enumerate(rows.iterrows()):
        colour = BAD if row["gap"] < 0 else INK
        ax.text(left, place, _value_text(row, names), va="center", color=colour, fontsize=8.5)
    ax.text(left, len(rows) - 0.35, _("actual / target"), color=GREY, fontsize=8.5, va="bottom")
    ax.set_yticks(np.arange(len(rows)), [shorten(names.item(item), 32) for item in rows["indicator_id"]])
    ax.set_ylim(-0.6, max(len(rows), 1) + 0.35)
    ax.set_xlim(0, left + ROOM)
    ax.set_xticks([0, 50, 100, 150])
    ax.spines["bottom"].set_bounds(0, FULL)
    _label_bullets(ax, len(rows) < len(scored), names)
    set_title(ax, costs_most(table, names, 40), most=60)
    return ax


def _draw_before(ax: Axes, rows: pd.DataFrame, before: pd.DataFrame | None, names: Names) -> None:
    if before is None or before.empty:
        return
    earlier = rows["indicator_id"].map(before.drop_duplicates("indicator_id").set_index("indicator_id")["attainment"])
    values = (100 * earlier.astype("float64")).clip(upper=FULL)
    if values.notna().any():
        label = translator(names.lang)("cycle before")
        ax.barh(rows.index, values.fillna(0.0), height=0.74, color=LIGHT, label=label)


def _draw_bullets(ax: Axes, rows: pd.DataFrame, names: Names) -> None:
    """Draw the bar of each actual, the tick of its target, and a word where there is no share of a target."""
    _ = translator(names.lang)
    values = 100 * rows["attainment"]
    ax.barh(rows.index, values.clip(upper=FULL).fillna(0.0), height=0.34, color=MAIN, label=_("this cycle"))
    beyond = rows.index[values > FULL]
    ax.plot(np.full(len(beyond), FULL + 2), beyond, ">", color=MAIN, markersize=5)
    known = rows.index[values.notna()]
    ax.plot(np.full(len(known), 100.0), known, "|", color=INK, markersize=15, markeredgewidth=2.4, label=_("target"))
    for place in rows.index[values.isna()]:
        text = (
            _("no target or no score")
            if pd.isna(rows["gap"].loc[place])
            else _("no share: a target or value of 0 or less")
        )
        ax.text(2, place, text, va="center", color=GREY, fontsize=8.5)


def _draw_lines(ax: Axes, rows: pd.DataFrame, series: pd.DataFrame | None, names: Names) -> float:
    """Draw the last periods of each row, from its lowest to its highest value; return where the values begin."""
    _ = translator(names.lang)
    left, right = LINES
    lines = {}
    if series is not None:
        grouped = series[series["indicator_id"].isin(rows["indicator_id"])].groupby("indicator_id")["value"]
        lines = {item: values.to_numpy()[-PERIODS:] for item, values in grouped if len(values) >= FEWEST}
    if not lines:
        return left
    for place, item in enumerate(rows["indicator_id"]):
        if item in lines:
            values = lines[item]
            spread = np.ptp(values)
            height = place - 0.3 + (0.6 * (values - values.min()) / spread if spread > 0 else np.full(len(values), 0.3))
            across = np.linspace(left, right, len(values))
            ax.plot(across, height, color=GREY, linewidth=1.1)
            ax.plot(across[-1], height[-1], "o", color=MAIN, markersize=3.5)
    text = _("last {n} periods").format(n=max(len(values) for values in lines.values()))
    ax.text(left, len(rows) - 0.35, text, color=GREY, fontsize=8.5, va="bottom")
    return right + 10.0


def _label_bullets(ax: Axes, some: bool, names: Names) -> None:
    _ = translator(names.lang)
    text = _("attainment, % of the target: right is better (less is better: target ÷ actual)")
    ax.set_xlabel(text, loc="left")
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0, fontsize=8.5)
    if some:
        ax.set_ylabel(_("the indicators that cost most"))


def _value_text(row: pd.Series, names: Names) -> str:
    """Write actual and target in the indicator's own unit, with a mark where the target was missed."""
    unit = names.units.get(str(row["indicator_id"]), "")
    as_share = bool(row["gap_unit"] == "pp") and is_share(unit)
    actual, target = (written_value(row[name], as_share, names.lang) for name in ("actual", "target"))
    sign = "▼ " if row["gap"] < 0 else ""
    both = actual if pd.isna(row["target"]) else f"{actual} / {target}"
    if as_share or pd.isna(row["actual"]):
        return sign + both
    return f"{sign}{both} {'%' if row['gap_unit'] == 'pp' else shorten(unit, 14)}"


@styled
def plot_heatmap(table: pd.DataFrame, by: str, names: Names, *, most: int = MOST_ROWS, ax: Axes | None = None) -> Axes:
    """Draw attainment of each subject or group on each indicator: a mark where missed, hatched where there is no score.

    Parameters
    ----------
    table : DataFrame
        `missed` by `by`.
    by : {"subject_id", "unit_id", "role_id"}
    names : Names
    most : int
        Rows to draw; of more, those that lose most points.
    ax : Axes, optional
    """
    _ = translator(names.lang)
    table = _cells(table)
    groups = table.groupby("group_id")["lost_points"].sum().sort_values(ascending=False, kind="stable").index[:most]
    items = table.groupby("indicator_id")["lost_sum"].sum().sort_values(ascending=False, kind="stable").index
    rows = table[table["group_id"].isin(groups)]
    place = groups.get_indexer(pd.Index(rows["group_id"])), items.get_indexer(pd.Index(rows["indicator_id"]))
    shape = max(len(groups), 1), max(len(items), 1)
    ax = new_axes(ax, 2.4 + max(0.16 * shape[0], 1.2))
    _draw_cells(ax, rows, place, shape, names)
    write = names.subject if by == "subject_id" else str
    ax.set_yticks(np.arange(len(groups)), [shorten(write(group), 22) for group in groups], fontsize=8)
    labels = [shorten(names.item(item), 26) for item in items]
    ax.set_xticks(np.arange(len(items)), labels, rotation=50, ha="right", rotation_mode="anchor", fontsize=8)
    ax.tick_params(length=0)
    ax.set_xlabel(_("indicator, the costliest first"))
    n_groups = table["group_id"].nunique()
    text = _("the costliest first")
    if len(groups) < n_groups:
        text = _("the {n} of {all} that lose most points")
    ax.set_ylabel(text.format(n=number(len(groups), 0, names.lang), all=number(n_groups, 0, names.lang)))
    set_title(ax, _map_title(table, items, by, names), most=60)
    # Between title and map stands the legend.
    ax.set_title(ax.get_title("left"), loc="left", pad=20)
    return ax


def _cells(table: pd.DataFrame) -> pd.DataFrame:
    """Rows that count, and whether each target was missed: on the whole, or by anybody where that is not known."""
    rows = table[table["kind"] == "scored"]
    missed = (rows["gap"] < 0) | (rows["gap"].isna() & (rows["n_missed"] > 0))
    return rows.assign(is_missed=missed & (rows["n_target"] > 0))


def _draw_cells(
    ax: Axes, rows: pd.DataFrame, place: tuple[np.ndarray, np.ndarray], shape: tuple[int, int], names: Names
) -> None:
    """Colour by attainment, mark what was missed, hatch what has no score."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Patch

    _ = translator(names.lang)
    share, scored, missed = np.full(shape, np.nan), np.zeros(shape, bool), np.zeros(shape, bool)
    share[place] = rows["attainment"].where(rows["n_scored"] > 0)
    scored[place] = rows["n_scored"] > 0
    missed[place] = rows["is_missed"]
    away = np.abs(share[np.isfinite(share)] - 1)
    reach = float(np.clip(np.quantile(away, 0.9), NARROWEST, WIDEST)) if len(away) else WIDEST
    colours = LinearSegmentedColormap.from_list("gaps", [BAD, "#f7f4f0", MAIN])
    ax.set_facecolor("#eceff2")
    image = ax.imshow(share, cmap=colours, vmin=1 - reach, vmax=1 + reach, aspect="auto", interpolation="nearest")
    down, across = np.nonzero(~scored)
    ax.bar(across, 1.0, 1.0, down - 0.5, color="white", edgecolor=GREY, linewidth=0, hatch="/////")
    down, across = np.nonzero(missed)
    ax.scatter(across, down, marker="v", s=14, color=INK, linewidths=0)
    ax.set_xlim(-0.5, shape[1] - 0.5)
    ax.set_ylim(shape[0] - 0.5, -0.5)
    handles = [
        ax.scatter([], [], marker="v", s=16, color=INK, label=_("target missed")),
        Patch(facecolor="#eceff2", label=_("no share of a target")),
        Patch(facecolor="white", edgecolor=GREY, hatch="/////", linewidth=0, label=_("no score")),
    ]
    legend = {"frameon": False, "ncols": 3, "fontsize": 8.5, "borderaxespad": 0}
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), **legend)
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.03, pad=0.01, extend="both")
    ends = [1 - reach, 1 - reach / 2, 1, 1 + reach / 2, 1 + reach]
    bar.set_ticks(ends, labels=[percent(end, 0 if reach > 0.08 else 1, names.lang) for end in ends])
    bar.set_label(_("attainment"))


def _map_title(table: pd.DataFrame, items: pd.Index, by: str, names: Names) -> str:
    """Name the indicator that most rows miss, of several the costliest."""
    _ = translator(names.lang)
    counts = table.groupby("indicator_id")["is_missed"].sum().reindex(items)
    if table["n_target"].sum() == 0:
        return _("There is no score with a target")
    if counts.max() == 0:
        return _("No target was missed")
    first = items[int(counts.to_numpy().argmax())]
    targets = (table["n_target"] > 0)[table["indicator_id"] == first].sum()
    text = {
        "subject_id": _("'{name}' is missed most often: by {n} of {all} subjects"),
        "unit_id": _("'{name}' is missed most often: by {n} of {all} units on the whole"),
        "role_id": _("'{name}' is missed most often: by {n} of {all} roles on the whole"),
    }[by]
    return text.format(
        name=shorten(names.item(first), 40), n=number(counts.max(), 0, names.lang), all=number(targets, 0, names.lang)
    )
