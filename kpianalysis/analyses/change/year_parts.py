"""Is the year what its quarters give? Its actuals built again from theirs, by the rule of each indicator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.change.year_before import parts_of
from kpianalysis.dataset import Dataset
from kpianalysis.scheme import actuals_of, cycles_measured
from kpianalysis.scoring import Scorecard, score
from kpianalysis.scoring.inputs import Floats, divide

COLUMNS = ["indicator_id", "aggregation", "own_actuals", "n", "n_equal", "largest_difference", "largest_relative"]
# Actuals keep 15 significant digits; what differs by less is the same number.
EQUAL = 1e-9


def year_from_parts(data: Dataset, card: Scorecard, parts: Sequence[Scorecard] = ()) -> pd.DataFrame:
    """Build the actuals of a year again from the actuals of its parts, and compare.

    Parameters
    ----------
    data : Dataset
        Where the cards come from.
    card : Scorecard
        Of the year, of the whole or of a unit.
    parts : sequence of Scorecard
        Of its parts, as far as they are there already; the others are scored here.

    Returns
    -------
    DataFrame
        One row per indicator with an actual in the year or in one of its parts, in the order of the scheme:
        indicator_id, aggregation, own_actuals (the year has rows of its own, so it was typed and not built), n
        (subjects with an actual in the year or given by the parts), n_equal (both, and equal to 1e-9 of the value),
        largest_difference (year minus parts of either sign, in the indicator's unit; missing where no subject has
        both), largest_relative (the same as a share of the value). Empty without parts.

    Notes
    -----
    sum: the parts added, all that anybody was measured in; mean: the parts' means weighted by their periods with a
    value; ratio: numerators added over denominators added; last, max, min: of the parts.
    Source: docs/method.md, "The year against its quarters".
    """
    cycles = parts_of(data, card.cycle)
    if not cycles:
        return pd.DataFrame(columns=COLUMNS)
    there = {part.cycle: part for part in parts if part.unit_id in ("", card.unit_id)}
    scored = [there[cycle] if cycle in there else score(data, cycle, card.missing) for cycle in cycles]
    pieces = pd.concat([_pieces(data, part, at) for at, part in enumerate(scored)], ignore_index=True)
    year = card.scores[["subject_id", "indicator_id", "actual"]]
    year = year.astype({"subject_id": "str", "indicator_id": "str"}).set_index(["subject_id", "indicator_id"])
    rules = card.indicators.set_index("indicator_id")["aggregation"]
    pieces = pieces[pieces["subject_id"].isin(card.subjects["subject_id"]) & pieces["indicator_id"].isin(rules.index)]
    built = _built(pieces, rules, len(scored))
    beside = year.join(built.rename("built"), how="outer").reset_index()
    beside = beside[beside["actual"].notna() | beside["built"].notna()]
    own = cycles_measured(data.tables, card.cycle) == [card.cycle]
    return _compared(beside, rules, own=own)


def _pieces(data: Dataset, part: Scorecard, at: int) -> pd.DataFrame:
    """One row per subject × indicator of a part: its actual, and what its rows weigh in a mean or a ratio."""
    rows = actuals_of(data.tables, part.cycle)
    rows = rows.astype({"subject_id": "str", "indicator_id": "str"})
    is_ratio = rows["numerator"].notna() & rows["denominator"].notna()
    has_value = rows["value"].notna() | (is_ratio & (rows["denominator"] != 0))
    usable = rows["missing_reason"].isna() & (has_value | is_ratio)
    made = rows.assign(n_values=has_value.astype(float), n_ratios=is_ratio.astype(float), n_rows=1.0)[usable]
    keys = ["subject_id", "indicator_id"]
    counts = made.groupby(keys, sort=False)[["numerator", "denominator", "n_values", "n_ratios", "n_rows"]].sum()
    actual = part.scores[[*keys, "actual"]].astype(dict.fromkeys(keys, "str")).set_index(keys)
    return actual.join(counts, how="left").reset_index().assign(part=at)


def _built(pieces: pd.DataFrame, rules: pd.Series, n_parts: int) -> pd.Series:
    """Actual of the year by subject and indicator, from its pieces."""
    keys = ["subject_id", "indicator_id"]
    index = pd.MultiIndex.from_frame(pieces[keys].drop_duplicates())

    def wide(column: str) -> Floats:
        table = pieces.pivot(index=keys, columns="part", values=column).reindex(index=index, columns=range(n_parts))
        return table.to_numpy(dtype=float)

    actual = wide("actual")
    n_values, n_ratios, n_rows = (np.nan_to_num(wide(name)) for name in ("n_values", "n_ratios", "n_rows"))
    indicator = index.get_level_values("indicator_id")
    rule = rules.reindex(indicator).to_numpy()
    # A part in which nobody was measured on the indicator is no part of its year.
    measured = pd.DataFrame(n_rows > 0).groupby(np.asarray(indicator)).transform("any").to_numpy()
    known = ~np.isnan(actual)
    weight = n_values * known
    with_all = np.where((known | ~measured).all(axis=1) & measured.any(axis=1), np.nansum(actual, axis=1), np.nan)
    mean = divide((np.nan_to_num(actual) * weight).sum(axis=1), weight.sum(axis=1))
    above, below = np.nansum(wide("numerator"), axis=1), np.nansum(wide("denominator"), axis=1)
    ratio = divide(above, below)
    # A ratio already made cannot be added to others; alone it stands.
    only = (n_rows.sum(axis=1) == 1) & (n_ratios.sum(axis=1) == 0)
    complete = n_ratios.sum(axis=1) == n_rows.sum(axis=1)
    ratio = np.where(only, _pick(actual, "last"), np.where(complete, ratio, np.nan))
    choices = {"sum": with_all, "mean": mean, "ratio": ratio}
    choices |= {name: _pick(actual, name) for name in ("last", "max", "min")}
    return pd.Series(np.select([rule == name for name in choices], list(choices.values()), np.nan), index=index)


def _pick(values: Floats, which: str) -> Floats:
    """Last, largest or smallest known value of each row; missing where none is known."""
    known = ~np.isnan(values)
    if which == "last":
        at = values.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
        last: Floats = values[np.arange(len(values)), at]
        return last
    fill = -np.inf if which == "max" else np.inf
    filled = np.where(known, values, fill)
    best = filled.max(axis=1) if which == "max" else filled.min(axis=1)
    return np.where(known.any(axis=1), best, np.nan)


def _compared(beside: pd.DataFrame, rules: pd.Series, *, own: bool) -> pd.DataFrame:
    difference = beside["actual"] - beside["built"]
    size = beside[["actual", "built"]].abs().max(axis=1)
    relative = (difference.abs() / size.where(size > 0)).where(size > 0, difference.abs())
    order = difference.abs()
    made = beside.assign(difference=difference, relative=relative, order=order, equal=relative <= EQUAL)
    groups = made.groupby("indicator_id", sort=False)
    answer = groups.agg(n=("equal", "size"), n_equal=("equal", "sum"), largest_relative=("relative", "max"))
    largest = made.dropna(subset=["order"]).sort_values("order", kind="stable").groupby("indicator_id")["difference"]
    answer["largest_difference"] = largest.last()
    answer = answer.reindex([name for name in rules.index if name in answer.index])
    answer = answer.rename_axis("indicator_id").reset_index()
    answer["aggregation"] = answer["indicator_id"].map(rules)
    answer["own_actuals"] = own
    return answer.astype({"n": "int64", "n_equal": "int64"})[COLUMNS]
