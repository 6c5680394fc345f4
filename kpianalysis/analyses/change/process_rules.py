"""Which points of an XmR chart are signals: the four rules of NHS "Making Data Count", for many series at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kpianalysis.analyses.change.process_limits import Limits, limits_of
from kpianalysis.scoring.inputs import Floats

Flags = NDArray[np.bool_]
Signs = NDArray[np.int8]

# Each rule is a bit of the code of a point, in this order.
RULES = OUTSIDE, SIDE, TREND, NEAR = "outside", "side", "trend", "near"
# Values in a row that are a signal.
RUN = 7
# Two numbers closer than this share of their size differ by the rounding of a computer.
ROUNDING = 1e-12
# So many series at a time stay in the fast memory of a processor.
BLOCK = 1_024


class Process(NamedTuple):
    """Limits of each series, and what each value is part of, arrays of shape (series, periods)."""

    limits: Limits
    rules: NDArray[np.uint8]
    way: Signs


class _Places(NamedTuple):
    """Where values lie, arrays of shape (periods, series): 1 is up or yes, −1 down, 0 neither or missing."""

    above: Signs
    outside: Flags
    near: Flags
    step: Signs


def process_of(values: Floats, screen: bool = True) -> Process:
    """Compute limits and signals of many series.

    Parameters
    ----------
    values : array of float, shape (series, periods)
        In order of time, missing where nothing was measured.
    screen : bool
        As in `process_limits`.

    Returns
    -------
    Process
        Limits; rules: the sum of 1 (outside the limits), 2 (seven on one side of the mean), 4 (seven rising or falling)
        and 8 (two of three near a limit) for each the value is part of; way: 1 for a signal above the mean, −1 below,
        for a trend alone up or down, 0 without a signal.

    Notes
    -----
    Runs and "two of three" count measured values in order: a missing one neither adds to a run nor breaks it. A value
    on the mean breaks a run on one side, equal neighbours break a run up or down. Source: docs/method.md,
    "Rules of a signal".
    """
    there = ~np.isnan(values)
    if there.all():
        limits, places = _placed(values, values, screen)
        rules, way = _signals(places)
        return Process(limits, rules.T, way.T)
    # Measured values moved to the front, so that the next one in the row is the next measured one.
    front = np.arange(values.shape[1]) < there.sum(axis=1)[:, None]
    closed = np.full(values.shape, np.nan)
    closed[front] = values[there]
    limits, places = _placed(values, closed, screen)
    rules, way = np.zeros(values.shape, np.uint8), np.zeros(values.shape, np.int8)
    rules[there], way[there] = (np.ascontiguousarray(part.T)[front] for part in _signals(places))
    return Process(limits, rules, way)


def _placed(values: Floats, closed: Floats, screen: bool) -> tuple[Limits, _Places]:
    """Compute limits from the values and place them, gaps closed, among these; some series at a time."""
    shape = values.shape[::-1]
    places = _Places(np.zeros(shape, np.int8), np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape, np.int8))
    made = []
    for start in range(0, max(len(values), 1), BLOCK):
        part = slice(start, start + BLOCK)
        # Time runs down: each step of it is one stretch of memory.
        laid = np.ascontiguousarray(values[part].T)
        limits = limits_of(laid, screen)
        made.append(limits)
        _place(laid if closed is values else np.ascontiguousarray(closed[part].T), limits, places, part)
    return Limits(*(np.concatenate(column) for column in zip(*made, strict=True))), places


def _place(values: Floats, limits: Limits, places: _Places, part: slice) -> None:
    slack = ROUNDING * (np.abs(limits.mean) + limits.moving_range)
    half = limits.high - limits.mean
    places.step[1:, part] = _signs(values[1:] > values[:-1], values[1:] < values[:-1])
    distance = values - limits.mean
    places.above[:, part] = _signs(distance > slack, distance < -slack)
    np.abs(distance, out=distance)
    outside = distance > half + slack
    places.outside[:, part] = outside
    places.near[:, part] = (distance > 2 / 3 * half + slack) & ~outside


def _signs(up: Flags, down: Flags) -> Signs:
    return up.view(np.int8) - down.view(np.int8)


def _signals(places: _Places) -> tuple[NDArray[np.uint8], Signs]:
    """Code and way of each value; missing ones only after the last."""
    side = _in_run(places.above, RUN)
    trend = _in_run(places.step, RUN - 1)
    # The value that a run up or down starts from is part of it.
    trend[:-1] = np.where(trend[1:] != 0, trend[1:], trend[:-1])
    flags = places.outside, side != 0, trend != 0, _two_of_three(places)
    rules = np.zeros(side.shape, np.uint8)
    for bit, flag in enumerate(flags):
        rules |= flag.view(np.uint8) << np.uint8(bit)
    way = np.where((flags[0] | flags[1] | flags[3]), places.above, trend)
    return rules, way


def _in_run(signs: Signs, least: int) -> Signs:
    """Keep the signs that are part of a run of `least` equal ones, and set all others to 0."""
    same = (signs[1:] == signs[:-1]) & (signs[1:] != 0)
    windows = max(len(signs) - least + 1, 0)
    whole = np.ones((windows, signs.shape[1]), bool)
    for place in range(least - 1):
        whole &= same[place : place + windows]
    part = np.zeros(signs.shape, bool)
    for place in range(least):
        part[place : place + windows] |= whole
    return signs * part.view(np.int8)


def _two_of_three(places: _Places) -> Flags:
    """Tell which values near a limit have another such one among three in a row, all on one side of the mean."""
    near, above = places.near, places.above
    twice = near[:-2] & near[1:-1] | near[1:-1] & near[2:] | near[:-2] & near[2:]
    twice &= (above[:-2] == above[1:-1]) & (above[1:-1] == above[2:])
    answer = np.zeros(near.shape, bool)
    for place in range(3):
        answer[place : place + len(twice)] |= twice
    return answer & near
