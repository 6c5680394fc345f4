"""How far groups of indicators depend on which subjects happened to be measured."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from kpianalysis.analyses.correlation.coefficients import spearman
from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.correlation.resampling import spearman_resamples
from kpianalysis.analyses.correlation.values import wide_values
from kpianalysis.analyses.redundancy.groups import (
    Whole,
    group_numbers,
    label_branches,
    refuse_cut,
    strengths,
    within,
)
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats, Mask

# Guides for the mean Jaccard similarity: from here on highly stable, stable, and a pattern; below not to be trusted.
HIGHLY, STABLE, PATTERN = 0.85, 0.75, 0.6
HIGHLY_STABLE, IS_STABLE, IS_PATTERN, DOUBTFUL = "highly stable", "stable", "pattern", "doubtful"
# With fewer subjects resamples are much the same, and would look more certain than they are.
LEAST_SUBJECTS = 5
# Share of the resamples between the ends of an interval.
CONFIDENCE = 0.95


class GroupStability(NamedTuple):
    """What resamples of the subjects say of the groups.

    Attributes
    ----------
    groups : DataFrame
        One row per group, in the order of `correlation_groups`: group, size (indicators), n (the fewest subjects with
        both indicators of a pair), mean_rho and lowest_rho (|ρ| of its pairs), n_opposite (pairs with ρ below 0);
        jaccard (mean over the resamples, 0 to 1), jaccard_low, jaccard_high (95 % of the resamples), verdict ("highly
        stable", "stable", "pattern", "doubtful"; blank where n is below 20), all_together (share of the resamples with
        all members in one group), exact (… and nobody else).
    members : DataFrame
        One row per indicator: indicator_id, group (0 alone), share (of the resamples in which it lies with at least
        half of the other members of its group; alone: in which it is alone), other_group (the group it lies with most
        often although it is no member; 0 none), other_share (of the resamples).
    pairs : DataFrame
        One row per pair of indicators: indicator_i, indicator_j, together (share of the resamples in which one group
        has both).
    n : int
        Most subjects that have both indicators of a pair.
    cut : float
        Mean |ρ| that holds a group together.
    draws : int
        Resamples.
    """

    groups: pd.DataFrame
    members: pd.DataFrame
    pairs: pd.DataFrame
    n: int
    cut: float
    draws: int


def group_stability(
    scores: pd.DataFrame, cut: float = 0.5, values: str = "score", draws: int = 200, seed: int = 1
) -> GroupStability:
    """Group indicators again in resamples of the subjects, and say how far the same groups come back.

    Parameters
    ----------
    scores : DataFrame
        `Scorecard.scores`.
    cut : float
        Mean |ρ| that holds a group together, 0 to 1.
    values : {"score", "attainment", "actual"}
    draws : int
        Resamples of the subjects; 0: none.
    seed : int

    Returns
    -------
    GroupStability
        Shares and similarities are missing without resamples: with fewer than five subjects, or draws of 0. Indicators
        in the order of the catalogue; none with fewer than two of them.

    Raises
    ------
    KpiError
        If cut, values or draws are none.

    Notes
    -----
    The Jaccard similarity of a group and its likest one in a resample is the number of indicators in both over the
    number in any of the two. A correlation that is missing, in a resample too, counts as none.
    Source: docs/method.md, "Stability of groups".
    """
    refuse_cut(cut)
    if draws < 0:
        raise KpiError(f"draws: {draws} is negative. Use 0 for no resamples, or 200.")
    wide = wide_values(scores, values)
    # By id, as in the tree, so that equal correlations are settled alike.
    wide = wide[sorted(wide.columns)] if wide.shape[1] > 1 else wide.iloc[:, :0]
    found = spearman(wide.to_numpy())
    square = pd.DataFrame(strengths(found.coefficient), index=wide.columns, columns=wide.columns)
    number = group_numbers(square, cut)
    places = [np.flatnonzero(number == group) for group in range(1, number.max(initial=0) + 1)]
    labels = _labels(wide.to_numpy(), cut, draws, seed)
    groups = _groups(places, found.coefficient, found.n, labels)
    members = _members(square.index, number, places, labels)
    order = [name for name in scores["indicator_id"].cat.categories if name in square.index]
    members = members.set_index("indicator_id").reindex(order).rename_axis("indicator_id").reset_index()
    off_diagonal = found.n[np.triu_indices(len(square), 1)]
    pairs = _pairs(square.index, order, labels)
    return GroupStability(groups, members, pairs, int(off_diagonal.max(initial=0)), float(cut), len(labels))


def _labels(table: Floats, cut: float, draws: int, seed: int) -> Whole:
    """Label the branch of each indicator in each resample, shape (draws, k); no rows where nothing can be drawn."""
    n, k = table.shape
    if n < LEAST_SUBJECTS or k < 2 or not draws:
        return np.empty((0, k), dtype=np.intp)
    drawn = strengths(spearman_resamples(table, draws, seed))
    return np.stack([label_branches(square, cut) for square in drawn])


def _groups(places: list[Whole], coefficient: Floats, n: Floats, labels: Whole) -> pd.DataFrame:
    rows = []
    for group, members in enumerate(places, start=1):
        rho = within(coefficient, members)
        # A pair without a coefficient counts as not related, here as in the tree.
        strength = np.nan_to_num(np.abs(rho))
        shared, sizes = _shared_and_size(labels, members)
        jaccard = (shared / (len(members) + sizes - shared)).max(axis=1, initial=0.0)
        whole = (shared == len(members)).any(axis=1)
        mean, low, high = _mean_and_ends(jaccard)
        exact = _mean(jaccard == 1.0)
        fewest = int(within(n, members).min())
        verdict = _verdict(mean) if fewest >= ENOUGH else ""
        sizes_and_rho = (len(members), fewest, strength.mean(), strength.min(), (rho < 0).sum())
        rows.append((group, *sizes_and_rho, mean, low, high, verdict, _mean(whole), exact))
    columns = [
        *("group", "size", "n", "mean_rho", "lowest_rho", "n_opposite"),
        *("jaccard", "jaccard_low", "jaccard_high", "verdict", "all_together", "exact"),
    ]
    return pd.DataFrame(rows, columns=columns)


def _shared_and_size(labels: Whole, members: Whole) -> tuple[Whole, Whole]:
    """Count in each resample, for each of its branches, the members in it and all indicators in it."""
    belongs = labels[:, :, None] == np.arange(1, labels.shape[1] + 1)
    return belongs[:, members].sum(axis=1), belongs.sum(axis=1)


def _members(names: pd.Index, number: Whole, places: list[Whole], labels: Whole) -> pd.DataFrame:
    here = np.arange(len(names))
    share = _shares_by_group(places, labels)
    elsewhere = share.copy()
    elsewhere[here, number] = 0.0
    elsewhere[:, 0] = 0.0
    other, other_share = elsewhere.argmax(axis=1), elsewhere.max(axis=1, initial=0.0)
    known = len(labels) > 0
    return pd.DataFrame(
        {
            "indicator_id": names.astype("str"),
            "group": number,
            "share": share[here, number] if known else np.nan,
            "other_group": np.where(other_share > 0, other, 0),
            "other_share": other_share if known else np.nan,
        }
    )


def _shares_by_group(places: list[Whole], labels: Whole) -> Floats:
    """Share of the resamples in which each indicator is alone (column 0), or with half of the others of each group."""
    together = labels[:, :, None] == labels[:, None, :]
    k = labels.shape[1]
    columns = [together.sum(axis=2) == 1]
    for members in places:
        is_member = np.isin(np.arange(k), members)
        others = together[:, :, members].sum(axis=2) - is_member
        columns.append(2 * others >= len(members) - is_member)
    shares: Floats = np.stack(columns, axis=2).sum(axis=0) / max(len(labels), 1)
    return shares


def _pairs(names: pd.Index, order: list[str], labels: Whole) -> pd.DataFrame:
    i, j = np.triu_indices(len(order), 1)
    place = np.array([names.get_loc(name) for name in order], dtype=np.intp)
    one, two = labels[:, place[i]], labels[:, place[j]]
    together = (one == two).mean(axis=0) if len(labels) else np.full(len(i), np.nan)
    ids = np.array(order, dtype=object)
    return pd.DataFrame(
        {
            "indicator_i": pd.Series(ids[i], dtype="str"),
            "indicator_j": pd.Series(ids[j], dtype="str"),
            "together": together,
        }
    )


def _mean(values: Floats | Mask) -> float:
    return float(values.mean()) if len(values) else np.nan


def _mean_and_ends(values: Floats) -> tuple[float, float, float]:
    if not len(values):
        return np.nan, np.nan, np.nan
    low, high = np.quantile(values, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return float(values.mean()), float(low), float(high)


def _verdict(jaccard: float) -> str:
    """Say by the guides for the mean Jaccard similarity how far a group can be trusted; blank where it is missing."""
    if np.isnan(jaccard):
        return ""
    if jaccard >= HIGHLY:
        return HIGHLY_STABLE
    if jaccard >= STABLE:
        return IS_STABLE
    return IS_PATTERN if jaccard >= PATTERN else DOUBTFUL
