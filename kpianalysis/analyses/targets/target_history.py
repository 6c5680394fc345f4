"""Are targets too easy or too hard: who meets them now and met them before, and how far they are from what happens."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.analyses.targets.proportions import wilson_interval
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Mask, divide

Texts = NDArray[np.object_]

EASY, OUT_OF_REACH, BETWEEN, CANNOT_TELL = "easy", "out of reach", "in between", "cannot tell"
# Nearly everybody, and hardly anybody: the shares beyond which a target tells people apart no more.
NEARLY_ALL, HARDLY_ANY = 0.9, 0.1
# Fewer periods than these say nothing about how much one differs from the next.
LEAST_PERIODS = 6
# The mean distance between two normal values is so many standard deviations.
RANGE_OF_TWO = 1.128
# Periods of a cycle that is made from its parts: a year in months.
A_YEAR = 12
COLUMNS = [
    *("indicator_id", "direction", "target"),
    *("n", "n_met", "share_met", "low", "high"),
    *("past_cycles", "past_n", "past_met", "past_share", "past_low", "past_high"),
    *("periods_n", "periods_met", "periods_share", "periods_low", "periods_high"),
    *("periods_sigma", "subjects_sigma", "verdict"),
]


def target_difficulty(
    cards: Sequence[Scorecard],
    series: pd.DataFrame | None = None,
    nearly_all: float = NEARLY_ALL,
    hardly_any: float = HARDLY_ANY,
    level: float = 0.95,
) -> pd.DataFrame:
    """Say of each indicator's target how many meet it now and met it before, and whether nearly all or hardly any do.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first, as `score_history` gives them; the last one is now.
    series : DataFrame, optional
        `period_values` of everybody in the last card; None: no periods.
    nearly_all, hardly_any : float
        Shares of subjects; hardly_any < nearly_all.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        One row per scored indicator with a target and an actual, the share that meets it falling: indicator_id;
        direction; target (mean over subjects; missing for a range); n (subjects with both), n_met, share_met, low, high
        (interval);
        past_cycles (earlier cycles with both), past_n (subject × cycle), past_met (each its target of then) and the
        same of them; periods_n (periods before this cycle), periods_met (in which the whole would have met the target
        of now) and the same of these; periods_sigma, subjects_sigma (how far the mean lies from the target, positive:
        on the good side); verdict ("easy", "out of reach", "in between" or "cannot tell").

    Raises
    ------
    KpiError
        If there is no card, or the shares are no shares in this order.

    Notes
    -----
    Easy: the lower end of the interval of now lies above `nearly_all`; out of reach: the upper end below `hardly_any`;
    cannot tell: with so few subjects neither could be found, and the interval is not between the two either.
    σ of the periods is the mean moving range / 1.128, the mean that of this cycle's periods; σ of the subjects is the
    standard deviation of their gaps. Source: docs/method.md, "Share that meets a target".
    """
    _refuse_unfit(cards, nearly_all, hardly_any)
    card = cards[-1]
    answer = _now(card)
    answer = answer.join(_past(cards[:-1])).join(_periods(series, card, answer["direction"].to_dict()))
    # Nothing was counted where there is nothing to count.
    counts = ["past_cycles", "past_n", "past_met", "periods_n", "periods_met"]
    answer[counts] = answer[counts].astype(float).fillna(0.0).astype(int)
    answer = _with_shares(answer.rename_axis("indicator_id").reset_index(), level)
    answer["verdict"] = _verdicts(answer, nearly_all, hardly_any, level)
    return answer[COLUMNS].sort_values("share_met", ascending=False, kind="stable").reset_index(drop=True)


def _now(card: Scorecard) -> pd.DataFrame:
    """Count who meets each target, and measure how far the mean lies from it in standard deviations of subjects."""
    rows = with_target(card)
    groups = rows.assign(met=rows["gap"] >= 0).groupby(rows["indicator_id"].astype("str"), sort=False)
    answer = groups.agg(
        direction=("direction", "first"), target=("target", "mean"), n=("met", "size"), n_met=("met", "sum")
    )
    gap = groups["gap"].agg(["mean", "std", "min", "max"]).astype(float)
    # Subjects that are all alike have no spread, whatever the last digit says.
    spread = gap["std"].where(gap["max"] - gap["min"] > 1e-12 * gap["mean"].abs(), 0.0)
    answer["subjects_sigma"] = divide(gap["mean"].to_numpy(dtype=float), spread.to_numpy(dtype=float))
    order = [name for name in card.indicators["indicator_id"] if name in answer.index]
    return answer.reindex(order).astype({"n": int, "n_met": int})


def with_target(card: Scorecard) -> pd.DataFrame:
    """Rows of scored indicators with a score and a target, whatever its direction."""
    rows = card.scores
    return rows[(rows["kind"] == "scored") & rows["gap"].notna() & rows["score"].notna()]


def _past(cards: Sequence[Scorecard]) -> pd.DataFrame:
    """Count who met the target of then in the earlier cycles."""
    columns = ["past_cycles", "past_n", "past_met"]
    found = [
        pd.DataFrame({"indicator_id": rows["indicator_id"].astype("str"), "met": rows["gap"] >= 0, "cycle": card.cycle})
        for card in cards
        for rows in [with_target(card)]
        if len(rows)
    ]
    if not found:
        return pd.DataFrame(columns=columns)
    groups = pd.concat(found).groupby("indicator_id")
    answer = groups.agg(past_cycles=("cycle", "nunique"), past_n=("met", "size"), past_met=("met", "sum"))
    return answer[columns]


def _periods(series: pd.DataFrame | None, card: Scorecard, directions: Mapping[Hashable, str]) -> pd.DataFrame:
    """Count the periods of the whole that would have met the target of now, and measure its distance in their σ."""
    found = {}
    whole = series[series["target"].notna()] if series is not None else None
    for name, rows in whole.groupby("indicator_id") if whole is not None else ():
        if directions.get(name, "range") == "range":
            continue
        sign = -1.0 if directions[name] == "lower" else 1.0
        gap = (sign * (rows["value"] - rows["target"])).to_numpy()
        is_now = _is_now(rows, card)
        sigma = np.abs(np.diff(gap)).mean() / RANGE_OF_TWO if len(gap) >= LEAST_PERIODS else np.nan
        distance = gap[is_now].mean() / sigma if is_now.any() and sigma > 0 else np.nan
        found[name] = (int((~is_now).sum()), int((gap[~is_now] >= 0).sum()), distance)
    columns = ["periods_n", "periods_met", "periods_sigma"]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns)


def _is_now(rows: pd.DataFrame, card: Scorecard) -> Mask:
    """Tell which periods are of the card's cycle; a cycle made from its parts has none by that name: the last year."""
    mine: Mask = (rows["cycle_id"] == card.cycle).to_numpy(dtype=bool)
    return mine if mine.any() else np.arange(len(rows)) >= len(rows) - A_YEAR


def _with_shares(answer: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add each share and its interval."""
    for before in ("", "past_", "periods_"):
        count, n = (
            answer[f"{before}{name}"].to_numpy(dtype=float) for name in (f"{'n_' if not before else ''}met", "n")
        )
        low, high = wilson_interval(count, n, level)
        share = "share_met" if not before else f"{before}share"
        answer = answer.assign(**{share: divide(count, n), f"{before}low": low, f"{before}high": high})
    return answer


def _verdicts(answer: pd.DataFrame, nearly_all: float, hardly_any: float, level: float) -> Texts:
    """Judge by the interval of now; too few subjects are those of whom even all or none would not be sure."""
    n = answer["n"].to_numpy(dtype=float)
    all_of_them, none_of_them = wilson_interval(n, n, level)[0], wilson_interval(np.zeros(len(n)), n, level)[1]
    low, high = answer["low"].to_numpy(), answer["high"].to_numpy()
    is_between = (low >= hardly_any) & (high <= nearly_all)
    is_small = (all_of_them <= nearly_all) | (none_of_them >= hardly_any)
    verdicts: Texts = np.select(
        [low > nearly_all, high < hardly_any, is_small & ~is_between],
        np.array([EASY, OUT_OF_REACH, CANNOT_TELL], dtype=object).reshape(3, 1),
        BETWEEN,
    )
    return verdicts


def _refuse_unfit(cards: Sequence[Scorecard], nearly_all: float, hardly_any: float) -> None:
    if not cards:
        raise KpiError("cards: there is no scorecard. Give at least one, the last being now.")
    if not 0 < hardly_any < nearly_all < 1:
        text = f"hardly_any {hardly_any} and nearly_all {nearly_all} are no shares in this order. Use 0.1 and 0.9."
        raise KpiError(text)
