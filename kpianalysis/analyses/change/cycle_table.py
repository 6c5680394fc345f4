"""Cycles side by side: the mean total, dimensions and indicators in each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.attainment import indicator_summary
from kpianalysis.analyses.change.scheme_changes import RULE
from kpianalysis.scoring import Scorecard

COLUMNS = [
    *("level", "item_id", "dimension_id", "kind", "cycle", "is_whole", "same_rule"),
    *("n", "score", "attainment", "share_met", "lost_points", "nominal_weight"),
]

# Fewer scores than this make no mean to compare.
ENOUGH = 5


def cycle_table(cards: Sequence[Scorecard], whole: Scorecard | None = None) -> pd.DataFrame:
    """Lay the cycles side by side: the mean total, each dimension and each indicator in every one of them.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first, see `score_parts`; of two of the same cycle the later one counts.
    whole : Scorecard, optional
        The cycle that these are the parts of, or one of them: only a cycle that is not among them is added.

    Returns
    -------
    DataFrame
        One row per item × cycle in which it is in force: level ("total", "dimension", "indicator"), item_id (blank for
        the total), dimension_id, kind (of indicators, else "scored"), cycle, is_whole, same_rule (method, unit,
        direction and kind are those of the last cycle), n (with a score), score (mean; points), attainment (median, 1
        is on target), share_met, lost_points (what it costs the mean weighted total), nominal_weight (mean share of
        the total). Attainment and share met are blank for dimensions and the total. Items in the order of the last
        cycle, those that went at the end; within an item the cycles as given, the whole last.

    Notes
    -----
    Every cycle has its own people, targets and weights. Source: docs/method.md, "Cycles side by side".
    """
    cards = list({card.cycle: card for card in cards}.values())
    if whole is not None and whole.cycle not in {card.cycle for card in cards}:
        cards.append(whole)
        parts = len(cards) - 1
    else:
        parts = len(cards)
    if not cards:
        return pd.DataFrame(columns=COLUMNS)
    tables = [_of_cycle(card, is_whole=at >= parts) for at, card in enumerate(cards)]
    table = pd.concat(tables, ignore_index=True)
    table["same_rule"] = _same_rule(table, cards)
    order = {level: at for at, level in enumerate(("total", "dimension", "indicator"))}
    items = _item_order(cards)
    place = [items[level, item] for level, item in zip(table["level"], table["item_id"], strict=True)]
    table = table.assign(a=table["level"].map(order), b=place).sort_values(["a", "b"], kind="stable")
    return table[COLUMNS].reset_index(drop=True)


def latest_changes(table: pd.DataFrame, least: int = ENOUGH) -> pd.DataFrame:
    """Set beside each other the last two cycles of each scored indicator that can be compared.

    Parameters
    ----------
    table : DataFrame
        `cycle_table`.
    least : int
        Scores an indicator needs in both cycles; fewer, and the mean is a few people's luck.

    Returns
    -------
    DataFrame
        One row per indicator with the same rule in both: item_id, before, now, change (mean scores, points), the
        largest rise first. The whole is none of the two.
    """
    parts = table[~table["is_whole"].astype(bool)]
    order = list(dict.fromkeys(parts["cycle"]))[-2:]
    if len(order) < 2:
        return pd.DataFrame(columns=["item_id", "before", "now", "change"])
    rows = parts[(parts["level"] == "indicator") & (parts["kind"] == "scored") & parts["same_rule"].astype(bool)]
    rows = rows[rows["cycle"].isin(order) & (rows["n"] >= least)]
    wide = rows.pivot(index="item_id", columns="cycle", values="score").reindex(columns=order).dropna()
    answer = pd.DataFrame({"before": wide[order[0]], "now": wide[order[1]]})
    answer = answer.assign(change=answer["now"] - answer["before"])
    answer = answer.sort_values("change", ascending=False, kind="stable")
    return answer.rename_axis(index="item_id", columns=None).reset_index()


def _of_cycle(card: Scorecard, *, is_whole: bool) -> pd.DataFrame:
    """The rows of one cycle: total, dimensions, indicators."""
    summary = indicator_summary(card).astype({"indicator_id": "str", "dimension_id": "str"})
    items = summary.assign(level="indicator", item_id=summary["indicator_id"], n=summary["n_scored"])
    scores = card.dimension_scores.groupby("dimension_id", observed=True)["score"].agg(["count", "mean"])
    scored = summary[summary["kind"] == "scored"].groupby("dimension_id")[["lost_points", "nominal_weight"]].sum()
    scores = scores.rename(index=str).join(scored).fillna({"lost_points": 0.0, "nominal_weight": 0.0})
    dimensions = pd.DataFrame(
        {
            "level": "dimension",
            "item_id": scores.index,
            "dimension_id": scores.index,
            "n": scores["count"].to_numpy(),
            "score": scores["mean"].to_numpy(),
            "lost_points": scores["lost_points"].to_numpy(),
            "nominal_weight": scores["nominal_weight"].to_numpy(),
        }
    )
    totals = card.totals[card.totals["total"].notna()]
    lost = 100.0 - totals["weighted_total"].mean()
    first = {"level": "total", "item_id": "", "dimension_id": "", "n": len(totals), "score": totals["total"].mean()}
    total = pd.DataFrame([{**first, "lost_points": lost, "nominal_weight": 1.0}])
    numbers = ["n", "score", "attainment", "share_met", "lost_points", "nominal_weight"]
    head = ["level", "item_id", "dimension_id", "kind"]
    rows = [
        frame.reindex(columns=[*head, *numbers]).astype(dict.fromkeys(numbers[1:], "float64"))
        for frame in (total.assign(kind="scored"), dimensions.assign(kind="scored"), items)
    ]
    table = pd.concat([frame.astype(dict.fromkeys(head, "object")) for frame in rows], ignore_index=True)
    return table.assign(cycle=card.cycle, is_whole=is_whole)


def _same_rule(table: pd.DataFrame, cards: Sequence[Scorecard]) -> np.ndarray:
    """Tell where an indicator has the rule of the last cycle that has it; totals and dimensions always have."""
    rules = {
        (card.cycle, str(row[0])): tuple(map(str, row[1:]))
        for card in cards
        for row in card.indicators[["indicator_id", *RULE]].itertuples(index=False)
    }
    last: dict[str, tuple[str, ...]] = {}
    for (_cycle, item), rule in rules.items():
        last[item] = rule
    return np.array(
        [
            level != "indicator" or rules[cycle, item] == last[item]
            for level, cycle, item in zip(table["level"], table["cycle"], table["item_id"], strict=True)
        ],
        dtype=bool,
    )


def _item_order(cards: Sequence[Scorecard]) -> dict[tuple[str, str], int]:
    """Place of every dimension and indicator: as in the last cycle, then what only earlier ones had."""
    names: list[tuple[str, str]] = [("total", "")]
    for card in reversed(cards):
        names += [("dimension", str(name)) for name in card.dimensions["dimension_id"]]
        names += [("indicator", str(name)) for name in card.indicators["indicator_id"]]
    return {name: at for at, name in enumerate(dict.fromkeys(names))}
