"""One verdict on each series: has it changed, and can its process meet the target?"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from kpianalysis.analyses.change.process_charts import KEYS, RULE_TEXTS, TRIAL
from kpianalysis.analyses.change.process_false_alarms import false_alarm_rate
from kpianalysis.analyses.change.process_rules import OUTSIDE, RULES, RUN, SIDE, TREND

NO_CHANGE, IMPROVEMENT, CONCERN, HIGH, LOW = "common cause", "improvement", "concern", "high", "low"
MEETS, MISSES, EITHER = "meets", "misses", "hit and miss"
# Where more of the points are part of a signal than not, the process moves and one pair of limits does not describe it.
# A tenth of them have to lie outside: one value far off pulls the mean away from the others, and they are on one side.
MOVES, MOVES_OUTSIDE = 0.5, 0.1
SUMMARY = [*KEYS, "direction", "recent", "n", "trial", "status", "mean", "low", "high", "last_period", "last_value"]
SUMMARY += ["target", "n_recent", "signal", "rules", "variation", "assurance", "share_signals", "moves"]
SUMMARY += ["false_alarm_rate", "false_alarm_recent"]


def process_summary(points: pd.DataFrame, indicators: pd.DataFrame, cycles: Collection[str] = ()) -> pd.DataFrame:
    """Say of each series whether it changed lately and whether its process can meet the target.

    Parameters
    ----------
    points : DataFrame
        `process_points`.
    indicators : DataFrame
        indicator_id, direction: `Scorecard.indicators`.
    cycles : collection of str
        Cycles whose points are recent, as the quarters of a year; none: the cycle of the last period.

    Returns
    -------
    DataFrame
        One row per group × indicator: direction; recent (the recent cycle, or the first and the last of them); n
        (points of the last segment), trial (fewer than 12), status, mean, low, high (of the segment); last_period,
        last_value, target; n_recent (recent points of the segment), signal (whether one of them is part of a signal),
        rules (theirs), variation ("improvement", "concern", for no direction "high" or "low", by the last signal;
        "common cause"; blank with a status or without a recent value); assurance ("meets", "misses", "hit and miss";
        blank without limits, target or direction); share_signals (of the segment's points), moves (more than
        half of them, and a tenth outside the limits); false_alarm_rate (of a signal anywhere in n points of a steady
        process), false_alarm_recent (of one that any of the last n_recent is part of).

    Notes
    -----
    Assurance compares the target with the limits; if the recent signals are of a change that lasts ("side", "trend"),
    with limits of the same width around the median of its last 7 points: where the process is now. One recent value to
    the contrary makes it "hit and miss".
    Source: docs/method.md, "Variation and assurance".
    """
    last = points.groupby(KEYS, sort=False, dropna=False).tail(1).reset_index(drop=True)
    answer = last.rename(columns={"period": "last_period", "value": "last_value"})
    mine = list(cycles) or list(points.loc[points["period"] == points["period"].max(), "cycle_id"].unique()[-1:])
    direction = indicators.astype({"indicator_id": "str"}).set_index("indicator_id")["direction"].astype("object")
    answer["direction"] = answer["indicator_id"].astype("str").map(direction)
    answer["recent"] = "–".join(dict.fromkeys(map(str, [*mine[:1], *mine[-1:]])))
    answer["trial"] = answer["n"] < TRIAL
    line = points.groupby(KEYS, sort=False, dropna=False).ngroup()
    current = points["segment"].to_numpy() == answer["segment"].to_numpy()[line]
    segment = points.assign(line=line, is_signal=points["rules"] != "")[current]
    answer = answer.join(_recent(segment[segment["cycle_id"].isin(mine)]))
    answer["now"] = segment.groupby("line").tail(RUN).groupby("line")["value"].median()
    answer["n_recent"] = answer["n_recent"].fillna(0).astype(int)
    answer["signal"] = answer["n_signals"].fillna(0) > 0
    answer["share_signals"] = segment.groupby("line")["is_signal"].mean().where(answer["status"] == "")
    outside = segment["rules"].str.contains(OUTSIDE).groupby(segment["line"]).mean()
    answer["moves"] = (answer["share_signals"] > MOVES) & (outside >= MOVES_OUTSIDE)
    answer["rules"] = answer["rules_recent"].fillna("")
    answer["variation"], answer["assurance"] = _variation(answer), _assurance(answer)
    return _with_false_alarms(answer)[SUMMARY]


def _recent(points: pd.DataFrame) -> pd.DataFrame:
    """Sum up the recent points of each series: number and values, signals, the way of the last one, all rules."""
    by = points.groupby("line")
    answer = pd.DataFrame({"n_recent": by.size()})
    answer["lowest_recent"], answer["highest_recent"] = by["value"].min(), by["value"].max()
    heard = points[points["is_signal"]]
    answer["n_signals"] = heard.groupby("line").size()
    answer["way_recent"] = heard.groupby("line")["way"].last()
    flags = [heard["rules"].str.contains(rule).groupby(heard["line"]).any() for rule in RULES]
    code = sum((flag.astype(int) * 2**bit for bit, flag in enumerate(flags)), pd.Series(0, index=flags[0].index))
    answer["rules_recent"] = pd.Series(RULE_TEXTS[code.to_numpy()], index=code.index, dtype="object")
    return answer


def _variation(table: pd.DataFrame) -> np.ndarray:
    better = table["direction"].map({"higher": HIGH, "lower": LOW}).astype("object")
    way = table["way_recent"].astype("object")
    known = (table["status"] == "") & (table["n_recent"] > 0)
    cases = [~known, ~table["signal"], better.isna(), way == better]
    return np.select([case.to_numpy() for case in cases], ["", NO_CHANGE, way.fillna(""), IMPROVEMENT], CONCERN)


def _assurance(table: pd.DataFrame) -> np.ndarray:
    lasts = table["rules"].str.contains(f"{SIDE}|{TREND}")
    shift = (table["now"] - table["mean"]).where(lasts, 0.0)
    low, high, target = table["low"] + shift, table["high"] + shift, table["target"]
    lower = table["direction"] == "lower"
    known = low.notna() & target.notna() & table["direction"].isin(["higher", "lower"])
    # No "always" where one of the recent values is to the contrary.
    low = low.where(~(table["lowest_recent"] < low), table["lowest_recent"])
    high = high.where(~(table["highest_recent"] > high), table["highest_recent"])
    meets = (high <= target).where(lower, low >= target)
    misses = (low > target).where(lower, high < target)
    return np.select([~known, meets, misses], ["", MEETS, MISSES], EITHER)


def _with_false_alarms(table: pd.DataFrame) -> pd.DataFrame:
    clear = table["status"] == ""
    pairs = list(zip(table["n"], table["n_recent"], clear, strict=True))
    anywhere = [false_alarm_rate(n) if known else np.nan for n, _recent, known in pairs]
    lately = [false_alarm_rate(n, recent) if known and recent else np.nan for n, recent, known in pairs]
    return table.assign(
        false_alarm_rate=np.array(anywhere, dtype=float), false_alarm_recent=np.array(lately, dtype=float)
    )
