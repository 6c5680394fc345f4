"""What if a subject goes: the order of two others can reverse where a score depends on who else is measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpianalysis.analyses.weights.weight_model import rank_rows
from kpianalysis.dataset import Dataset
from kpianalysis.errors import KpiError
from kpianalysis.findings import name_some
from kpianalysis.scheme import Scheme, actuals_of, scheme_of
from kpianalysis.scoring import Scorecard, score
from kpianalysis.scoring.inputs import Floats, Inputs
from kpianalysis.scoring.methods import METHODS
from kpianalysis.scoring.totals import TIE, grade_places, limit_totals

Places = NDArray[np.intp]

REVERSALS = (
    "subject_id",
    "n_reversals",
    "ahead_id",
    "behind_id",
    "gap_with",
    "gap_without",
    "most_change",
    "n_grade_changes",
)


def relative_indicators(data: Dataset, card: Scorecard) -> pd.DataFrame:
    """Name the indicators whose scores depend on who else is measured: without any, no order can reverse.

    Parameters
    ----------
    data : Dataset
        The tables the scorecard was made from.
    card : Scorecard

    Returns
    -------
    DataFrame
        One row per such indicator that counts in a total: indicator_id, depends_on ("places": points by the place
        among all subjects; "periods": a sum with a period that one subject alone has a row for, so that the others'
        sums are incomplete or not by that subject), n_subjects (whose leaving can change it).

    Notes
    -----
    Source: docs/method.md, "When a subject leaves".
    """
    scheme = scheme_of(data.tables, card.cycle)
    found: list[tuple[str, str, int]] = []
    for name in _counted(scheme, "method", "rank_band"):
        placed = card.scores.loc[card.scores["indicator_id"] == name, "score"].notna()
        found.append((name, "places", int(placed.sum())))
    alone = _alone_in_a_period(data, scheme).groupby("indicator_id", sort=False)["subject_id"].nunique()
    found += [(str(name), "periods", int(n)) for name, n in alone.items()]
    answer = pd.DataFrame(found, columns=["indicator_id", "depends_on", "n_subjects"])
    return answer.astype({"indicator_id": "str", "depends_on": "str", "n_subjects": "int64"})


def rank_reversals(
    data: Dataset, card: Scorecard, subjects: Iterable[str] | None = None, most: int = 1_000
) -> pd.DataFrame:
    """Take subjects out in turn and count the pairs of others whose order then reverses.

    Parameters
    ----------
    data : Dataset
        The tables the scorecard was made from.
    card : Scorecard
        Of the whole.
    subjects : iterable of id, optional
        Whom to take out; default: everybody.
    most : int
        Of more subjects than this, so many are taken out, spread evenly over the order of the source.

    Returns
    -------
    DataFrame
        One row per subject taken out, the most reversals first; empty where no score depends on who else is measured,
        so that no order can reverse (nothing is scored again then). subject_id; n_reversals (pairs of others of which
        one was ahead and is behind, ties on neither side); ahead_id, behind_id, gap_with, gap_without (the pair that
        reverses furthest: by how many points one was ahead, and is without the subject, below 0; missing without
        any); most_change (largest change of another's total, points); n_grade_changes (of others; missing where there
        are no grades); n_tried, n_all (subjects taken out, and subjects measured).

    Raises
    ------
    KpiError
        If the scorecard is limited to a unit, a subject is not in it, or `most` is below 1.

    Notes
    -----
    Source: docs/method.md, "When a subject leaves".
    """
    everybody = [str(name) for name in card.totals["subject_id"]]
    chosen = _chosen(card, everybody, subjects, most)
    scheme = scheme_of(data.tables, card.cycle)
    holders = set(_alone_in_a_period(data, scheme)["subject_id"])
    by_place = [_by_place(card, scheme, name) for name in _counted(scheme, "method", "rank_band")]
    if not by_place and not holders:
        chosen = []
    boundaries = np.sort(card.grades["min_score"].to_numpy(dtype=float))
    stated = card.totals["total"].to_numpy()
    rows: list[tuple[object, ...]] = []
    for name in chosen:
        place = everybody.index(name)
        without = _scored_again(data, card, name) if name in holders else _placed_again(card, by_place, place)
        rows.append((name, *_reversals(everybody, place, stated, without, boundaries)))
    answer = pd.DataFrame(rows, columns=list(REVERSALS)).assign(n_tried=len(chosen), n_all=len(everybody))
    answer = answer.astype({"subject_id": "str", "ahead_id": "str", "behind_id": "str"})
    return answer.sort_values(["n_reversals", "most_change"], ascending=False, kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class _ByPlace:
    """An indicator scored by place: whose actuals, the points they have, and what a point is worth in the total."""

    inputs: Inputs
    subjects: Places
    points: Floats
    worth: Floats


def _counted(scheme: Scheme, column: str, value: str) -> list[str]:
    counts = scheme.indicators["kind"].isin(["scored", "bonus", "veto"]) & (scheme.indicators[column] == value)
    return [str(name) for name in scheme.indicators.loc[counts, "indicator_id"]]


def _alone_in_a_period(data: Dataset, scheme: Scheme) -> pd.DataFrame:
    """Find who alone has a row for a period of a sum: without that row the period counts for nobody."""
    rows = actuals_of(data.tables, scheme.cycle)
    sums = rows[rows["indicator_id"].isin(_counted(scheme, "aggregation", "sum")) & rows["period"].notna()]
    sums = sums[["indicator_id", "subject_id", "period"]].astype({"indicator_id": "str", "subject_id": "str"})
    keys = ["indicator_id", "period"]
    alone = sums.groupby(keys)["subject_id"].transform("nunique") == 1
    shared = sums.groupby("indicator_id")["subject_id"].transform("nunique") > 1
    return sums[alone & shared]


def _chosen(card: Scorecard, everybody: list[str], subjects: Iterable[str] | None, most: int) -> list[str]:
    if card.unit_id:
        raise KpiError(f"card: it is limited to the unit {card.unit_id!r}. Give the scorecard of the whole.")
    if most < 1:
        raise KpiError(f"most: {most} subjects cannot be taken out. Give 1 or more.")
    wanted = everybody if subjects is None else list(dict.fromkeys(str(name) for name in subjects))
    if unknown := [name for name in wanted if name not in set(everybody)]:
        raise KpiError(f"subjects: there is no {name_some(unknown)} in {card.cycle}. Use ids of card.totals.")
    places = np.unique(np.linspace(0, len(wanted) - 1, min(most, len(wanted))).round().astype(int))
    return [wanted[place] for place in places]


def _by_place(card: Scorecard, scheme: Scheme, indicator_id: str) -> _ByPlace:
    rows = card.scores[card.scores["indicator_id"] == indicator_id]
    (record,) = scheme.indicators[scheme.indicators["indicator_id"] == indicator_id].to_dict("records")
    scale = scheme.points.get(indicator_id, pd.DataFrame({"value": [], "score": []}, dtype="float64"))
    plan: Mapping[str, Floats] = {}
    inputs = Inputs(
        rows["actual"].where(rows["missing_reason"].isna()).to_numpy(),
        plan,
        str(record["direction"]),
        float(record["floor"]),
        float(record["cap"]),
        scale["value"].to_numpy(),
        scale["score"].to_numpy(),
    )
    is_bonus = record["kind"] == "bonus"
    worth = np.ones(len(rows)) if is_bonus else rows["applied_weight"].to_numpy()
    return _ByPlace(inputs, rows["subject_id"].cat.codes.to_numpy().astype(np.intp), rows["score"].to_numpy(), worth)


def _placed_again(card: Scorecard, by_place: list[_ByPlace], leaver: int) -> Floats:
    """Totals without one subject, scoring again only what depends on places; who has a score does not change."""
    change = np.zeros(len(card.totals))
    for item in by_place:
        gone = item.subjects == leaver
        if not np.isnan(item.inputs.actual[gone]).all():
            inputs = replace(item.inputs, actual=np.where(gone, np.nan, item.inputs.actual))
            points = METHODS["rank_band"].score(inputs)
            change[item.subjects] += np.nan_to_num(item.worth * (points - item.points))
    total = (card.totals["weighted_total"] + card.totals["bonus"]).to_numpy() + change
    return limit_totals(total, card.totals["veto_cap"].to_numpy())


def _scored_again(data: Dataset, card: Scorecard, leaver: str) -> Floats:
    """Totals without one subject's rows, everything scored again; missing for the one who left."""
    actuals = data.tables["actuals"]
    tables = MappingProxyType({**data.tables, "actuals": actuals[actuals["subject_id"] != leaver]})
    again = score(replace(data, tables=tables), card.cycle, card.missing).totals
    totals = again.set_index(again["subject_id"].astype("str"))["total"]
    return totals.reindex(card.totals["subject_id"].astype("str")).to_numpy()


def _reversals(
    everybody: list[str], leaver: int, stated: Floats, without: Floats, boundaries: Floats
) -> tuple[object, ...]:
    """Compare the others' totals with and without one subject: a row of `REVERSALS` behind its first column."""
    others = ~np.isnan(stated) & ~np.isnan(without)
    others[leaver] = False
    ids = np.array(everybody, dtype=object)[others]
    before, after = stated[others], without[others]
    change = float(np.abs(after - before).max(initial=0.0))
    if change <= TIE:
        return (0, None, None, np.nan, np.nan, 0.0, 0 if len(boundaries) else np.nan)
    changed = int((grade_places(after, boundaries) != grade_places(before, boundaries)).sum())
    grades = changed if len(boundaries) else np.nan
    ahead, behind = _reversed(before, after)
    if not len(ahead):
        return (0, None, None, np.nan, np.nan, change, grades)
    with_, without_ = before[ahead] - before[behind], after[ahead] - after[behind]
    furthest = np.flatnonzero(with_ - without_ >= (with_ - without_).max() - TIE)
    worst = min(furthest, key=lambda pair: (ids[ahead[pair]], ids[behind[pair]]))
    pair = (ids[ahead[worst]], ids[behind[worst]], float(with_[worst]), float(without_[worst]))
    return (len(ahead), *pair, change, grades)


def _reversed(before: Floats, after: Floats) -> tuple[Places, Places]:
    """Find the pairs whose order reverses: places of who was ahead, and of who was behind and now is ahead."""
    old, new = rank_rows(before[None])[0], rank_rows(after[None])[0]
    # A pair of which neither total changed cannot reverse, and one subject's leaving changes few.
    moved = np.flatnonzero(np.abs(after - before) > TIE)
    falls = (old[moved, None] < old) & (new[moved, None] > new)
    rises = (old[moved, None] > old) & (new[moved, None] < new)
    rises[:, moved] = False
    (fallen, past), (risen, passed) = np.nonzero(falls), np.nonzero(rises)
    return np.append(moved[fallen], passed), np.append(past, moved[risen])
