"""Whether a pair says the same in each cycle, and whether the two change together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.cycles import by_pair, by_table, changes, side_by_side
from kpianalysis.analyses.correlation.joint import joint_coefficients, taken_together
from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.scoring import Scorecard


def correlation_by_cycle(cards: Sequence[Scorecard], values: str = "score") -> pd.DataFrame:
    """Correlate each pair of indicators in each cycle.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first, as `score_history` gives them.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per pair of the last cycle's indicators, in the order of its catalogue, and cycle, oldest first:
        cycle, indicator_i, indicator_j, n (subjects with both; 0 where a cycle has no such indicator), spearman,
        ci_low, ci_high (95 % interval). Missing below 4 subjects or where one of the two never varies.

    Notes
    -----
    Each cycle is taken as it was scored: where targets, weights or the method have changed, so may the coefficient.
    Source: docs/method.md, "Over cycles".
    """
    beside = side_by_side(cards, values)
    joint = joint_coefficients(beside.values)
    return by_table(beside.cycles, beside, joint).drop(columns="p")


def correlation_homogeneity(cards: Sequence[Scorecard], values: str = "score") -> pd.DataFrame:
    """Say of each pair whether its coefficient is the same in each cycle, and what the cycles say together.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first, as `score_history` gives them.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per pair of the last cycle's indicators, in the order of its catalogue: indicator_i, indicator_j;
        cycles (those with a coefficient), n (subjects of the smallest of these); lowest, highest (coefficient of a
        cycle); pooled, ci_low, ci_high (mean coefficient and its 95 % interval); chi_square, df, p, p_adjusted (of all
        cycles having the same; Benjamini and Hochberg over pairs); slope, slope_p (change of artanh ρ per cycle on a
        straight line). Tests are missing with one cycle, and p where subjects are not more than df.

    Notes
    -----
    The same subjects come back each cycle, so that coefficients go up and down together: the test takes this into
    account, which the usual one for independent samples does not. Source: docs/method.md, "Over cycles".
    """
    beside = side_by_side(cards, values)
    joint = joint_coefficients(beside.values)
    together = taken_together(joint, beside.values)
    columns = ["pooled", "ci_low", "ci_high", "chi_square", "df", "homogeneity_p", "slope", "slope_p"]
    table = by_pair(beside, joint, together, columns).rename(columns={"homogeneity_p": "p", "tables": "cycles"})
    # fmin and fmax pass missing cycles over, and are missing only where all are.
    for place, (name, choose) in enumerate((("lowest", np.fmin), ("highest", np.fmax)), start=4):
        table.insert(place, name, choose.reduce(joint.rho, axis=0) if len(joint.rho) else np.nan)
    table.insert(list(table).index("p") + 1, "p_adjusted", adjust(table["p"].to_numpy()))
    return table


def change_correlation(cards: Sequence[Scorecard], values: str = "score") -> pd.DataFrame:
    """Correlate the changes of each pair of indicators from each cycle to the next.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first, as `score_history` gives them.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per pair of the last cycle's indicators, in the order of its catalogue, and step, oldest first: cycle,
        previous_cycle, indicator_i, indicator_j, n (subjects with both in both cycles), spearman (of the changes),
        ci_low, ci_high (95 % interval), p, p_adjusted (Benjamini and Hochberg over all rows).

    Notes
    -----
    A change is a difference of two scorings as they are. A target that moves for all by as much leaves the order of
    changes as it was; a new method, a cap or a target of one's own does not.
    Source: docs/method.md, "Changes together".
    """
    beside = side_by_side(cards, values)
    joint = joint_coefficients(changes(beside.values))
    table = by_table(beside.cycles[1:], beside, joint)
    table.insert(1, "previous_cycle", np.tile(np.array(beside.cycles[:-1], dtype=object), len(joint.i)))
    return table.assign(p_adjusted=adjust(table["p"].to_numpy()))


def pooled_change_correlation(cards: Sequence[Scorecard], values: str = "score") -> pd.DataFrame:
    """Correlate the changes of each pair of indicators over all steps together.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first, as `score_history` gives them.
    values : {"score", "attainment", "actual"}

    Returns
    -------
    DataFrame
        One row per pair of the last cycle's indicators, in the order of its catalogue: indicator_i, indicator_j, steps
        (with a coefficient), n (subjects of the smallest of these), spearman (mean coefficient of the changes),
        ci_low, ci_high (95 % interval), p, p_adjusted (Benjamini and Hochberg over pairs).

    Notes
    -----
    Changes of a subject from one step to the next are tied: the interval takes this into account.
    Source: docs/method.md, "Changes together".
    """
    beside = side_by_side(cards, values)
    steps = changes(beside.values)
    joint = joint_coefficients(steps)
    table = by_pair(beside, joint, taken_together(joint, steps), ["pooled", "ci_low", "ci_high", "p"])
    table = table.rename(columns={"tables": "steps", "pooled": "spearman"})
    return table.assign(p_adjusted=adjust(table["p"].to_numpy()))


def pairs_to_follow(pairs: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """Pick the strongest pairs with enough subjects for a conclusion; where no pair has, those with the most.

    Parameters
    ----------
    pairs : DataFrame
        `correlation` of the last cycle.
    most : int
    """
    known = pairs.dropna(subset=["spearman"])
    largest = float(known["n"].max()) if len(known) else 0.0
    return known[known["n"] >= (ENOUGH if largest >= ENOUGH else largest / 2)].head(most)
