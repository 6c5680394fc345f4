"""What stakeholders say weights should be: from their answers to weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpianalysis.analyses.opinions.consistency import consistency
from kpianalysis.analyses.opinions.pairwise import comparison_matrix, eigenvector_priorities, geometric_priorities
from kpianalysis.analyses.weights.weight_model import weight_model
from kpianalysis.checks.judgements import LIST, asked_twice, judged_lists, linked_parts, unreadable
from kpianalysis.dataset import Dataset
from kpianalysis.errors import KpiError
from kpianalysis.findings import as_text, name_some
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats

PRIORITIES = ("geometric", "eigenvector")
ITEM = ["level", "dimension_id", "item_id"]
TEXT: tuple[str, ...] = (
    "judge_id",
    "subject_id",
    "group",
    "method",
    "reason",
    "items",
    "who",
    "lowest_judge",
    "highest_judge",
)
TEXT += ("level", "dimension_id", "item_id", "item_i", "item_j", "item_k", "change_i", "change_j")
WHO = ["judge_id", "group", "method"]


@dataclass(frozen=True)
class Judged:
    """One list of items as one judge weighed it; `answers`: (n,) points or ranks, or an (n, n) matrix."""

    judge_id: str
    group: str
    method: str
    level: str
    dimension_id: str
    items: list[str]
    answers: Floats

    @property
    def key(self) -> tuple[str, ...]:
        """Judge, group, method, level, dimension."""
        return (self.judge_id, self.group, self.method, self.level, self.dimension_id)


def answer_frame(rows: Sequence[tuple[object, ...]], columns: Sequence[str]) -> pd.DataFrame:
    """Make an answer table whose columns have the same types with rows and without.

    Examples
    --------
    >>> answer_frame([], ["judge_id", "weight"]).dtypes.astype(str).tolist()
    ['str', 'float64']
    """
    frame = pd.DataFrame(list(rows), columns=list(columns))
    types = {name: "str" if name in TEXT else "float64" for name in columns if name in TEXT or not len(rows)}
    return frame.astype(types)


def judgement_weights(
    judgements: Dataset | pd.DataFrame, card: Scorecard, priorities: str = "geometric"
) -> pd.DataFrame:
    """Turn what each stakeholder answered into weights.

    Parameters
    ----------
    judgements : Dataset or DataFrame
        The source, or its table `judgements`.
    card : Scorecard
        Whose dimensions and scored indicators are weighed.
    priorities : {"geometric", "eigenvector"}
        How weights follow from pairwise comparisons.

    Returns
    -------
    DataFrame
        One row per judge and item: judge_id, group (blank for none), method, level ("dimension" or "indicator"),
        dimension_id (of an indicator; blank for a dimension), item_id, weight (its share of the dimensions, or of the
        indicators of its dimension), consistency_ratio (of pairwise comparisons that can contradict each other).
        Weights given to all indicators at once become the sums of the dimensions and the shares within them. Without
        rows when nobody was asked; lists that cannot be used are in `judgements_left_out`.

    Raises
    ------
    KpiError
        If answers mean nothing or contradict each other outright, naming all of them.

    Notes
    -----
    Source: docs/method.md, "What stakeholders say".
    """
    if priorities not in PRIORITIES:
        raise KpiError(f"priorities: {priorities!r} is no way to weigh comparisons. Use {' or '.join(PRIORITIES)}.")
    lists, _left_out = answered_lists(judgements, card)
    dimension_of = _dimension_of(card)
    rows = [row for judged in lists for row in _weight_rows(judged, priorities, dimension_of)]
    return answer_frame(rows, [*WHO, *ITEM, "weight", "consistency_ratio"])


def judgements_left_out(judgements: Dataset | pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Name the judgements that give no weights here, and why.

    Parameters
    ----------
    judgements : Dataset or DataFrame
    card : Scorecard

    Returns
    -------
    DataFrame
        One row per judge, list and reason: judge_id, level, dimension_id, reason, items (their ids). Reasons:
        "unknown" (not in force in this cycle: passed over, the rest is used); "incomplete" (the list lacks these),
        "not linked" (no comparison links these to the first ones), "no points" (all 0), "two ways" (the judge weighs
        these in two ways): the list is not used; "no weight" (the scheme gives these no weight or nobody has a score:
        what the judge gives them goes to the others of the list).
    """
    lists, left_out = answered_lists(judgements, card)
    return answer_frame([*left_out, *_without_weight(lists, card)], [*LIST, "reason", "items"])


def rank_order_weights(ranks: Floats) -> Floats:
    """Weights from an order of importance: the centroid of all weights in that order.

    Parameters
    ----------
    ranks : array of float, shape (n,)
        1 is most important; only the order counts, equal ones share the mean of their weights.

    Returns
    -------
    array of float, shape (n,)
        Sums to 1.

    Notes
    -----
    Source: docs/method.md, "Budget, swing, rank order".

    Examples
    --------
    >>> rank_order_weights(np.array([1.0, 2.0, 3.0])).round(4).tolist()
    [0.6111, 0.2778, 0.1111]
    >>> rank_order_weights(np.array([1.0, 1.0, 2.0])).round(4).tolist()
    [0.4444, 0.4444, 0.1111]
    """
    n = len(ranks)
    centroid = np.cumsum(1 / np.arange(n, 0, -1.0))[::-1] / n
    place = pd.Series(ranks).rank(method="first").to_numpy(dtype=int) - 1
    return pd.Series(centroid[place]).groupby(ranks).transform("mean").to_numpy(dtype=np.float64)


def answered_lists(judgements: Dataset | pd.DataFrame, card: Scorecard) -> tuple[list[Judged], list[tuple[str, ...]]]:
    """Read the lists that give weights, and say which do not, and why; see `judgements_left_out`."""
    table = judgements.tables["judgements"] if isinstance(judgements, Dataset) else judgements
    _refuse(table)
    dimension_of = _dimension_of(card)
    dimensions = list(dict.fromkeys(dimension_of.values()))
    known = {*dimension_of, *dimensions}
    strange = table[~table["item_i"].isin(known) | (table["item_j"].notna() & ~table["item_j"].isin(known))]
    left_out: list[tuple[str, ...]] = [
        (str(judge), "", "", "unknown", ", ".join(_others(rows, known)))
        for judge, rows in strange.groupby("judge_id", sort=False)
    ]
    lists = []
    rows = judged_lists(table.drop(index=strange.index), dimension_of, dimensions)
    twice = asked_twice(rows)
    for key, mine in rows.groupby(LIST, sort=False):
        items = list(dict.fromkeys(mine["item_i"]))
        found = ("two ways", items) if twice[mine.index].any() else _judged(mine, dimension_of)
        if isinstance(found, Judged):
            lists.append(found)
        else:
            left_out.append((*map(str, key), found[0], ", ".join(found[1])))
    return lists, left_out


def _refuse(table: pd.DataFrame) -> None:
    """Refuse answers that mean nothing or contradict each other; a checked source has none."""
    problems = unreadable(table)
    lacking = table.index[table[["judge_id", "item_i", "value"]].isna().any(axis=1)]
    twice = table.index[table.duplicated(["judge_id", "item_i", "item_j"], keep=False)]
    says = [as_text(problems, "judgements")] if problems else []
    says += [f"judgements: row {name_some(lacking)}: judge_id, item_i and value are needed."] if len(lacking) else []
    says += [f"judgements: row {name_some(twice)}: the same question twice. Keep one answer."] if len(twice) else []
    if says:
        raise KpiError("\n".join(says))


def _others(rows: pd.DataFrame, known: set[str]) -> list[str]:
    named = pd.concat([rows["item_i"], rows["item_j"]]).dropna().astype(str)
    return sorted(set(named) - known)


def _judged(rows: pd.DataFrame, dimension_of: dict[str, str]) -> Judged | tuple[str, list[str]]:
    """Read one list of one judge, or say why it gives no weights."""
    level, dimension_id, method = (str(rows[name].iloc[0]) for name in ("level", "dimension_id", "method"))
    items = [name for name, of in dimension_of.items() if dimension_id in ("", of)]
    if level == "dimension":
        items = list(dict.fromkeys(dimension_of.values()))
    if lacking := [name for name in items if name not in {*rows["item_i"], *rows["item_j"]}]:
        return "incomplete", lacking
    parts = linked_parts(items, zip(rows["item_i"], rows["item_j"], strict=True)) if method == "pairwise" else []
    if len(parts) > 1:
        return "not linked", [name for part in parts[1:] for name in part]
    answers = _answers(rows, items, method)
    if method in ("budget", "swing") and answers.sum() == 0:
        return "no points", items
    group = rows["group"].iloc[0]
    group = str(group) if isinstance(group, str) else ""
    return Judged(str(rows["judge_id"].iloc[0]), group, method, level, dimension_id, items, answers)


def _answers(rows: pd.DataFrame, items: list[str], method: str) -> Floats:
    place = {name: number for number, name in enumerate(items)}
    i, values = [place[name] for name in rows["item_i"]], rows["value"].to_numpy(dtype=np.float64)
    if method == "pairwise":
        return comparison_matrix(len(items), i, [place[name] for name in rows["item_j"]], values.tolist())
    answers = np.empty(len(items))
    answers[i] = values
    return answers


def _dimension_of(card: Scorecard) -> dict[str, str]:
    """Dimension of each scored indicator, by dimension and in the order of the catalogue."""
    scored = card.indicators[card.indicators["kind"] == "scored"]
    of = dict(zip(scored["indicator_id"].astype(str), scored["dimension_id"].astype(str), strict=True))
    order = {str(name): place for place, name in enumerate(card.dimensions["dimension_id"])}
    return dict(sorted(of.items(), key=lambda item: order[item[1]]))


def _weight_rows(judged: Judged, priorities: str, dimension_of: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """Rows of `judgement_weights` for one list; one of all indicators becomes one of dimensions and one within each."""
    ratio = consistency(judged.answers).ratio if judged.method == "pairwise" else np.nan
    weight = dict(zip(judged.items, _weights(judged, priorities).tolist(), strict=True))
    who = (judged.judge_id, judged.group, judged.method)
    sums = dict.fromkeys(dimension_of.values(), 0.0)
    if judged.level == "indicator":
        for item, share in weight.items():
            sums[dimension_of[item]] += share
    if judged.level == "dimension" or not judged.dimension_id:
        for item, share in (weight if judged.level == "dimension" else sums).items():
            yield (*who, "dimension", "", item, share, ratio)
    if judged.level == "indicator":
        for item, share in weight.items():
            of = dimension_of[item]
            # A dimension without any weight leaves the shares within it open.
            if sums[of] > 0:
                yield (*who, "indicator", of, item, share / sums[of], ratio)


def _weights(judged: Judged, priorities: str) -> Floats:
    if judged.method == "rank":
        return rank_order_weights(judged.answers)
    if judged.method == "pairwise":
        geometric = priorities == "geometric"
        return geometric_priorities(judged.answers) if geometric else eigenvector_priorities(judged.answers)[0]
    shares: Floats = judged.answers / judged.answers.sum()
    return shares


def _without_weight(lists: list[Judged], card: Scorecard) -> list[tuple[str, ...]]:
    """Find what judges give weight and no total can rest on."""
    model = weight_model(card)
    names, stated = [*model.indicators, *model.dimensions], np.concatenate(model.stated())
    counted = {name for name, weight in zip(names, stated, strict=True) if weight > 0}
    rows: list[tuple[str, ...]] = []
    for judged in lists if model.subjects else []:
        shares = zip(judged.items, _weights(judged, "geometric"), strict=True)
        if idle := [item for item, share in shares if share > 0 and item not in counted]:
            rows.append((judged.judge_id, judged.level, judged.dimension_id, "no weight", ", ".join(idle)))
    return rows
