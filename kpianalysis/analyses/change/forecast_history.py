"""What is known of one indicator when its end is forecast: the periods so far, and what is left of a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.dataset import Dataset
from kpianalysis.scheme import cycles_measured
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats

# The largest or smallest of the periods is not the sum of a known and an open part.
FORECAST = ("sum", "mean", "ratio", "last")


@dataclass(frozen=True)
class Ending:
    """A cycle whose end is asked for: its first month (counted from year 0) and its length in months."""

    cycle_id: str
    start: int
    months: int


@dataclass(frozen=True)
class History:
    """The values of one indicator and group, one a period, in order.

    Attributes
    ----------
    period : array of int
        Number of the period: months from year 0 less `offset`, divided by the months of a period.
    value, weight : array of float
        In the indicator's unit, and what it weighs in its cycle: the denominator of a ratio, else 1.
    aggregation : str
        How periods combine.
    months, offset : int
        Of a period; and the months from year 0 at which counting begins, so that a cycle begins with a period.
    """

    period: NDArray[np.int64]
    value: Floats
    weight: Floats
    aggregation: str
    months: int
    offset: int = 0

    def until(self, last: int) -> History:
        """Forget what came after a period."""
        known = self.period <= last
        return replace(self, period=self.period[known], value=self.value[known], weight=self.weight[known])

    def span(self, ending: Ending) -> tuple[int, int]:
        """First period of a cycle, and how many it has."""
        months = max(self.months, 1)
        return (ending.start - self.offset) // months, ending.months // months

    def first_day(self, period: int) -> pd.Timestamp:
        """Day on which a period begins."""
        month = period * max(self.months, 1) + self.offset
        return pd.Timestamp(year=month // 12, month=month % 12 + 1, day=1)

    @property
    def bounds(self) -> tuple[float, float]:
        """What no value can leave: 0 where none was ever below, 1 for a share of something counted."""
        is_share = self.aggregation == "ratio" and (self.weight != 1).any() and bool((self.value <= 1).all())
        return (0.0 if (self.value >= 0).all() else -np.inf, 1.0 if is_share else np.inf)

    @property
    def unbroken(self) -> Floats:
        """Values since the last period without one."""
        breaks = np.flatnonzero(np.diff(self.period) != 1)
        return self.value[breaks[-1] + 1 :] if len(breaks) else self.value


@dataclass(frozen=True)
class Part:
    """What is known of one cycle: its value at the end is (known + rest_weight · mean of the rest) / whole_weight."""

    n_known: int
    n_left: int
    so_far: float
    known: float
    rest_weight: float
    whole_weight: float

    def end(self, rest: float) -> float:
        """Value at the end if the periods left have this mean."""
        return (self.known + self.rest_weight * rest) / self.whole_weight

    def needed(self, end: float) -> float:
        """Mean that the periods left must have for this value at the end."""
        return (end * self.whole_weight - self.known) / self.rest_weight


def part_of(history: History, start: int, n: int) -> Part:
    """Split a cycle of `n` periods into what is known and what is left.

    Notes
    -----
    What is left of a sum are all periods without a value; of a mean or ratio those after the last value, because a gap
    does not count in it either. The periods left of a ratio have the mean denominator of those known.
    """
    mine = (history.period >= start) & (history.period < start + n)
    value, weight, k = history.value[mine], history.weight[mine], int(mine.sum())
    after = start + n - 1 - int(history.period[mine][-1]) if k else n
    if history.aggregation == "sum":
        total = float(value.sum())
        return Part(k, n - k, total, total, float(n - k), 1.0)
    if history.aggregation == "last":
        last = float(value[-1]) if k else np.nan
        return Part(k, after, last, 0.0 if after else last, float(after > 0), 1.0)
    total, all_weights = float((value * weight).sum()), float(weight.sum())
    rest = after * all_weights / k if k else np.nan
    return Part(k, after, total / all_weights if k else np.nan, total, rest, all_weights + rest)


def endings(data: Dataset, cycle: str) -> list[Ending]:
    """Give the cycle and the longer ones it is part of, the shortest first."""
    cycles = data.tables["cycles"].set_index("cycle_id")
    starts, ends, parents = (dict(cycles[name]) for name in ("start", "end", "parent_cycle_id"))
    found: list[Ending] = []
    name: object = cycle
    while isinstance(name, str) and name in starts and len(found) < len(starts):
        first, last = pd.Timestamp(starts[name]), pd.Timestamp(ends[name])
        start, after = _month(first), _month(last + pd.Timedelta(days=1))
        found.append(Ending(name, start, after - start))
        name = parents[name]
    return found


def histories(
    data: Dataset, card: Scorecard, values: pd.DataFrame, asof: pd.Timestamp | None
) -> Iterator[tuple[str, str, History]]:
    """Give group, indicator and history of every series of `values`: of scored and monitored indicators."""
    catalogue = {str(row["indicator_id"]): row for row in card.indicators.to_dict("records")}
    lengths, begin = period_months(data, card, values), endings(data, card.cycle)[0].start
    known = values if asof is None else values[values["period"] <= asof]
    known = known.assign(month=12 * known["period"].dt.year + known["period"].dt.month - 1)
    for (group, name), rows in known.groupby(["group_id", "indicator_id"], sort=False):
        indicator, aggregation = str(name), str(catalogue[str(name)]["aggregation"])
        if catalogue[indicator]["kind"] not in ("scored", "monitor"):
            continue
        below = rows["denominator"].to_numpy()
        is_ratio = aggregation == "ratio" and bool((below > 0).all())
        weight = below if is_ratio else np.ones(len(rows))
        months = lengths[indicator]
        offset = begin % max(months, 1)
        period = (rows["month"].to_numpy(dtype=np.int64) - offset) // max(months, 1)
        yield str(group), indicator, History(period, rows["value"].to_numpy(), weight, aggregation, months, offset)


def period_months(data: Dataset, card: Scorecard, values: pd.DataFrame) -> Mapping[str, int]:
    """Months of a period of each indicator: a month, a quarter, or the cycle itself; 0 where it is shorter."""
    actuals = data.tables["actuals"]
    dated = set(actuals.loc[actuals["period"].notna(), "indicator_id"].unique())
    part = cycles_measured(data.tables, card.cycle)[0]
    whole = endings(data, part)[0].months
    lengths = {str(name): whole for name in card.indicators["indicator_id"]}
    pairs = values.loc[values["indicator_id"].isin(dated), ["indicator_id", "period"]].drop_duplicates()
    for name, periods in pairs.groupby("indicator_id")["period"]:
        months = np.sort((12 * periods.dt.year + periods.dt.month).to_numpy())
        lengths[str(name)] = int(np.diff(months).min()) if len(months) > 1 else 1
    return lengths


def _month(day: pd.Timestamp) -> int:
    return 12 * int(day.year) + int(day.month) - 1
