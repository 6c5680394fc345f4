"""One pair of indicators by group: the points and lines of a scatter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.analyses.correlation.within_groups import FEWEST, METHODS, group_of
from kpianalysis.analyses.correlation.within_parts import ROUNDING, split_pairs
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats

POINTS = ["subject_id", "group", "value_i", "value_j"]
LINES = [
    *("indicator_i", "indicator_j", "by", "values", "level", "group", "n", "coefficient"),
    *("slope", "from_i", "from_j", "to_i", "to_j"),
]


def grouping(scores: pd.DataFrame) -> str:
    """Choose the groups of a chart: units where there are two or more, else roles where there are, else units.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.

    Examples
    --------
    >>> grouping(pd.DataFrame({"subject_id": ["s", "t"], "unit_id": ["u", "u"], "role_id": ["a", "b"]}))
    'role_id'
    """
    several = [by for by in ("unit_id", "role_id") if len(group_of(scores, by).dropna().unique()) > 1]
    return several[0] if several else "unit_id"


def pair_to_draw(within: pd.DataFrame) -> tuple[str, ...]:
    """Choose the pair that is most worth looking at by group: a reversal, else the strongest with enough subjects.

    Parameters
    ----------
    within : DataFrame
        `within_groups`.

    Returns
    -------
    tuple of str
        The two indicators; empty where no pair has a coefficient.

    Examples
    --------
    >>> row = {"indicator_i": "a", "indicator_j": "b", "n": 30, "pooled": 0.5, "reversal": False}
    >>> pair_to_draw(pd.DataFrame([row]))
    ('a', 'b')
    """
    known = within[within["pooled"].notna()]
    enough = known["n"] >= min(ENOUGH, known["n"].max() if len(known) else 0)
    ordered = known[enough].sort_values("reversal", ascending=False, kind="stable")
    return tuple(str(ordered[column].iloc[0]) for column in ("indicator_i", "indicator_j")) if len(ordered) else ()


def pair_points(scores: pd.DataFrame, pair: Sequence[str], by: str = "unit_id", values: str = "score") -> pd.DataFrame:
    """Lay out the values of one pair of indicators with the group of each subject that has both.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    pair : sequence of str
        Two indicators, or none: then there are no points.
    by : str
        As in `within_groups`.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        subject_id, group (missing where it has none), value_i, value_j; more is better. By group and subject.

    Raises
    ------
    KpiError
        If there are no such values, column or indicators.
    """
    if len(pair):
        scores = _of_pair(scores, pair)
    of, wide = group_of(scores, by), wide_values(scores, values)
    if not len(pair):
        return pd.DataFrame(columns=POINTS).astype({"value_i": float, "value_j": float})
    unknown = [name for name in pair if name not in wide.columns]
    if unknown or len(pair) != 2:
        raise KpiError(f"pair: {tuple(pair)} is no pair of indicators with a score. Give two ids of indicators.")
    both = wide[list(pair)].dropna()
    names = both.index.astype("str")
    table = pd.DataFrame({"subject_id": names, "group": of.reindex(names).array})
    table = table.assign(value_i=both[pair[0]].to_numpy(), value_j=both[pair[1]].to_numpy())
    return table.sort_values(["group", "subject_id"], kind="stable").reset_index(drop=True)[POINTS]


def group_slopes(
    scores: pd.DataFrame,
    pair: Sequence[str],
    by: str = "unit_id",
    values: str = "score",
    method: str = "spearman",
) -> pd.DataFrame:
    """Describe one pair of indicators over all, inside groups, and in each group by itself, with the line of each.

    Parameters
    ----------
    scores, pair, by, values
        As in `pair_points`.
    method : {"spearman", "pearson"}

    Returns
    -------
    DataFrame
        indicator_i, indicator_j, by, values; level: "pooled" and "within" (one row each), then "group" (one row each,
        the largest first); group (blank above); n; coefficient (missing below 4 subjects); slope of the straight line,
        and where it begins and ends in the values (from_i, from_j, to_i, to_j): missing where there is no coefficient.
        The line of "within" has the slope that fits all groups best, through the mean of all. Empty without a pair.

    Notes
    -----
    Subjects without a group are left out. Least squares of j on i: with outliers it may rise where ρ falls.
    Source: docs/method.md, "Within and between groups".
    """
    if method not in METHODS:
        raise KpiError(f"method: {method!r} is not known. Use one of: {', '.join(METHODS)}.")
    points = pair_points(scores, pair, by, values).dropna(subset=["group"])
    if points.empty:
        return pd.DataFrame(columns=LINES)
    whole = points[["value_i", "value_j"]].to_numpy()
    labels, start, sizes = np.unique(points["group"].to_numpy(dtype=str), return_index=True, return_counts=True)
    parts = split_pairs(whole, sizes, np.array([0]), np.array([1]), ranked=method == "spearman")
    by_group = [whole[first : first + n] for first, n in zip(start, sizes, strict=True)]
    inner = np.vstack([part - part.mean(axis=0) for part in by_group])
    rows = [("pooled", "", len(whole), parts.pooled[0], *_line(whole, whole))]
    rows.append(("within", "", len(whole), parts.within[0], *_line(inner, whole)))
    for at in np.argsort(-sizes, kind="stable"):
        own = by_group[at]
        rows.append(("group", str(labels[at]), len(own), parts.group_coefficient[0, at], *_line(own, own)))
    answer = pd.DataFrame(rows, columns=LINES[4:]).assign(indicator_i=pair[0], indicator_j=pair[1], by=by)
    # Three subjects or fewer have no coefficient, and no inside where each is alone in its group.
    unknown = (answer["n"] < FEWEST) | ((answer["level"] == "within") & (len(whole) - len(sizes) < 2))
    answer["coefficient"] = answer["coefficient"].mask(unknown)
    answer.loc[answer["coefficient"].isna(), LINES[-5:]] = np.nan
    return answer.assign(values=values)[LINES]


def _of_pair(scores: pd.DataFrame, pair: Sequence[str]) -> pd.DataFrame:
    """Rows of two indicators: a long table is slow to lay out."""
    return scores[scores["indicator_id"].isin(list(pair))]


def _line(part: Floats, among: Floats) -> tuple[float, ...]:
    """Slope of the least-squares line of a part, and its ends through the mean of the points it is drawn among."""
    x, y = (part - part.mean(axis=0)).T
    mean_x, mean_y = among.mean(axis=0)
    low, high = float(among[:, 0].min()), float(among[:, 0].max())
    square = float(x @ x)
    if square <= ROUNDING * float(np.square(among[:, 0]).sum()):
        return (np.nan,) * 5
    slope = float(x @ y) / square
    return slope, low, mean_y + slope * (low - mean_x), high, mean_y + slope * (high - mean_x)
