"""Whose rank and grade is safe: what drawn sets of weights say of each subject."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.analyses.weights.drawn_ranks import DrawnRanks
from kpianalysis.analyses.weights.rank_counting import count_ranks
from kpianalysis.analyses.weights.weight_draws import shares
from kpianalysis.analyses.weights.weight_model import rank_rows
from kpianalysis.errors import KpiError
from kpianalysis.scoring.inputs import Floats, divide
from kpianalysis.scoring.totals import grade_places


def rank_intervals(drawn: DrawnRanks) -> pd.DataFrame:
    """Say between which ranks each subject lies under the drawn weights, and how safe its grade is.

    Parameters
    ----------
    drawn : DrawnRanks

    Returns
    -------
    DataFrame
        One row per subject with a total, best rank first: subject_id, unit_id, total, rank, rank_low, rank_median,
        rank_high (5 %, 50 %, 95 % of the sets), rank_mean, grade, p_grade_changes (share of sets with another grade;
        missing without grades), draws.

    Notes
    -----
    Source: docs/method.md, "Rank and grade under other weights".
    """
    by_rank = np.argsort(drawn.totals["rank"].to_numpy(), kind="stable")
    low, median, high = drawn.rank_quantiles[:, by_rank]
    stated = drawn.totals.take(by_rank).reset_index(drop=True)
    return pd.DataFrame(
        {
            **{name: stated[name] for name in ("subject_id", "unit_id", "total", "rank")},
            "rank_low": low,
            "rank_median": median,
            "rank_high": high,
            "rank_mean": drawn.mean_rank[by_rank],
            "grade": stated["grade"],
            "p_grade_changes": _grade_changes(drawn)[by_rank],
            "draws": drawn.draws,
        }
    )


def _grade_changes(drawn: DrawnRanks) -> Floats:
    if drawn.grades.empty:
        return np.full(len(drawn.totals), np.nan)
    stated = grade_places(drawn.totals["total"].to_numpy(), drawn.grades["min_score"].to_numpy(dtype=float))
    # Place -1, no grade, is the last column.
    kept = drawn.grade_counts[np.arange(len(stated)), stated]
    return np.asarray(1.0 - kept / drawn.draws)


def rank_acceptability(drawn: DrawnRanks, most_rank: int | None = None) -> pd.DataFrame:
    """Share of the drawn weights that give each subject each rank.

    Parameters
    ----------
    drawn : DrawnRanks
    most_rank : int, optional
        Answer for ranks 1 to this one only; default: all.

    Returns
    -------
    DataFrame
        One row per subject and rank it takes at least once, subjects by stated rank: subject_id, rank, share. Without
        ties the shares of one subject, and those of one rank, sum to 1; subjects that tie share the better rank.

    Notes
    -----
    Rank acceptability indices of Lahdelma and Salminen (2001).
    Source: docs/method.md, "Rank and grade under other weights".
    """
    order = np.argsort(drawn.totals["rank"].to_numpy(), kind="stable")
    most = len(order) if most_rank is None else min(most_rank, len(order))
    found = [(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0))]
    for block, ranks in drawn.blocks():
        mine = order[(order >= block.start) & (order < block.stop)]
        # Some subjects at a time: a table of subjects x ranks for thousands of subjects would not fit.
        for part in np.array_split(mine, len(mine) * max(drawn.draws, most) // 4_000_000 + 1):
            counts = drawn.rank_counts
            table = count_ranks(ranks[part - block.start], most) if counts is None else counts[part, :most]
            row, place = np.nonzero(table)
            found.append((part[row], place + 1, table[row, place] / drawn.draws))
    subject, rank, share = (np.concatenate(column) for column in zip(*found, strict=True))
    if drawn.ranks is None:
        # Blocks follow the order of the source: put subjects in that of their ranks.
        again = np.argsort(np.argsort(order, kind="stable")[subject], kind="stable")
        subject, rank, share = subject[again], rank[again], share[again]
    who = pd.Categorical.from_codes(subject, pd.Index(drawn.model.subjects, dtype="str"))
    return pd.DataFrame({"subject_id": who, "rank": rank, "share": share})


def grade_probabilities(drawn: DrawnRanks) -> pd.DataFrame:
    """Share of the drawn weights that give each subject each grade.

    Parameters
    ----------
    drawn : DrawnRanks

    Returns
    -------
    DataFrame
        One row per subject and grade, subjects by stated rank and grades best first: subject_id, grade (missing: below
        every grade), probability. The probabilities of a subject sum to 1. Empty without grades.

    Notes
    -----
    Source: docs/method.md, "Rank and grade under other weights".
    """
    n, kinds = drawn.grade_counts.shape
    names: list[object] = [*drawn.grades["grade"][::-1], None]
    order = [*range(kinds - 2, -1, -1), kinds - 1]
    if drawn.grades.empty:
        n, names, order = 0, [], []
    by_rank = np.argsort(drawn.totals["rank"].to_numpy()[:n], kind="stable")
    subjects = np.array(drawn.model.subjects, dtype=object)[by_rank]
    counts = drawn.grade_counts[by_rank][:, order]
    best_first = pd.Index(drawn.grades["grade"][::-1])
    answer = pd.DataFrame(
        {
            "subject_id": pd.Series(np.repeat(subjects, len(names)), dtype="str"),
            "grade": pd.Categorical(names * n, categories=best_first, ordered=True),
            "probability": (counts / drawn.draws).ravel(),
        }
    )
    nobody = answer["grade"].isna() & (answer["probability"] == 0)
    return answer[~nobody].reset_index(drop=True)


def central_weights(drawn: DrawnRanks) -> pd.DataFrame:
    """For which weights is a subject first? The mean of the drawn weights that put it there.

    Parameters
    ----------
    drawn : DrawnRanks

    Returns
    -------
    DataFrame
        One row per subject that is ever first and item, the most often first on top: subject_id, first (share of the
        sets in which it is first), confidence (1 where it is first, alone or tied, under its own central weights,
        else 0: the confidence factor with exact scores), level, item_id, weight (central, share of its group),
        stated (the stated share).

    Notes
    -----
    Lahdelma and Salminen (2001). Source: docs/method.md, "Rank and grade under other weights".
    """
    none = np.empty(0, dtype=np.intp)
    firsts = [(none, none)]
    for block, ranks in drawn.blocks():
        row, column = np.nonzero(ranks == 1)
        firsts.append((row + block.start, column))
    subject, sets = (np.concatenate(parts) for parts in zip(*firsts, strict=True))
    n, model = len(drawn.model.subjects), drawn.model
    within, top = shares(model, drawn.indicators, drawn.dimensions)
    table = np.hstack([top, within])
    times = np.bincount(subject, minlength=n).astype(float)
    sums = np.column_stack([np.bincount(subject, column[sets], minlength=n) for column in table.T]).astype(np.float64)
    central = divide(sums, times[:, np.newaxis])
    winners = np.flatnonzero(times)
    winners = winners[np.argsort(-times[winners], kind="stable")]
    d = len(model.dimensions)
    stated = np.hstack([shares(model, *_ones(drawn))[1][0], shares(model, *_ones(drawn))[0][0]])
    multiplied = np.where(
        stated > 0, divide(central[winners], np.broadcast_to(stated, (len(winners), len(stated)))), 1.0
    )
    ranks = rank_rows(model.totals(multiplied[:, d:], multiplied[:, :d]))
    confidence = (ranks[np.arange(len(winners)), winners] == 1).astype(float)
    items = [("dimension", name) for name in model.dimensions] + [("indicator", name) for name in model.indicators]
    size = len(items)
    return pd.DataFrame(
        {
            "subject_id": np.repeat(np.array(model.subjects, dtype=object)[winners], size),
            "first": np.repeat(times[winners] / drawn.draws, size),
            "confidence": np.repeat(confidence, size),
            "level": [level for level, _item in items] * len(winners),
            "item_id": [item for _level, item in items] * len(winners),
            "weight": central[winners].ravel(),
            "stated": np.tile(stated, len(winners)),
        }
    ).astype({"subject_id": "str", "level": "str", "item_id": "str"})


def _ones(drawn: DrawnRanks) -> tuple[Floats, Floats]:
    return np.ones((1, len(drawn.model.indicators))), np.ones((1, len(drawn.model.dimensions)))


def pairwise_winning(drawn: DrawnRanks, subjects: Sequence[str] | None = None, most: int = 30) -> pd.DataFrame:
    """Share of the drawn weights under which one subject is ahead of another.

    Parameters
    ----------
    drawn : DrawnRanks
    subjects : sequence of str, optional
        Whom to compare, each with each; default: the first `most` by stated rank.
    most : int

    Returns
    -------
    DataFrame
        One row per ordered pair of two subjects: subject_i, subject_j, share (of the sets in which i is ahead of j),
        tied (share in which they tie).

    Raises
    ------
    KpiError
        If a subject has no total.

    Notes
    -----
    Pairwise winning index of Leskinen et al. (2006). Source: docs/method.md, "Rank and grade under other weights".
    """
    place = {name: number for number, name in enumerate(drawn.model.subjects)}
    by_rank = drawn.totals.sort_values("rank", kind="stable")["subject_id"].astype("str")
    chosen = list(by_rank.head(most)) if subjects is None else [str(name) for name in subjects]
    if unknown := [name for name in chosen if name not in place]:
        raise KpiError(f"These subjects have no total: {', '.join(unknown)}. Name others.")
    rows = np.array([place[name] for name in chosen], dtype=np.intp)
    ranks = np.empty((len(rows), drawn.draws), dtype=np.int32)
    for block, found in drawn.blocks():
        here = (rows >= block.start) & (rows < block.stop)
        ranks[here] = found[rows[here] - block.start]
    first, second = np.nonzero(~np.eye(len(chosen), dtype=bool))
    names = np.array(chosen, dtype=object)
    answer = pd.DataFrame({"subject_i": names[first], "subject_j": names[second]}).astype("str")
    for name, is_so in (("share", np.less), ("tied", np.equal)):
        table = np.array([is_so(row, ranks).mean(axis=1) for row in ranks]).reshape(len(chosen), len(chosen))
        answer[name] = table[first, second]
    return answer
