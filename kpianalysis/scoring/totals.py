"""From the weighted total to the result: bonus and penalty, veto, rank, grade."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.scoring.inputs import Floats

# Totals closer than this are equal: sums of binary fractions differ in their last digits, people do not.
TIE = 1e-9


def totals_of(scores: pd.DataFrame, weighted: pd.DataFrame, vetoes: pd.DataFrame, grades: pd.DataFrame) -> pd.DataFrame:
    """Make the result of each subject from its weighted total.

    Parameters
    ----------
    scores : DataFrame
        Weighed scores, see `combine_scores`.
    weighted : DataFrame
        subject_id, weighted_total (points).
    vetoes : DataFrame
        The veto indicators: indicator_id, cap (highest total once it is hit, points).
    grades : DataFrame
        grade, min_score (points), coefficient.

    Returns
    -------
    DataFrame
        One row per subject: subject_id, unit_id, role_id, weighted_total, bonus (points added), veto (ids of the
        items hit, blank for none), veto_cap (points, missing for none), total (points, unrounded), coverage (share
        of nominal weight the total rests on, 0 to 1), n_scored, rank (1 is best, ties share it), grade, coefficient.

    Notes
    -----
    Source: docs/method.md, "Bonus, veto, grade, rank".
    """
    subject = scores["subject_id"].cat.codes.to_numpy()
    n = len(weighted)
    bonus_rows = (scores["kind"] == "bonus").to_numpy()
    points = np.bincount(subject, np.where(bonus_rows, np.nan_to_num(scores["score"].to_numpy()), 0.0), minlength=n)
    hit = _vetoes_hit(scores, vetoes)
    frame = weighted.assign(bonus=points)
    frame["veto"], frame["veto_cap"] = _per_subject(hit, weighted["subject_id"])
    frame["total"] = limit_totals(weighted["weighted_total"].to_numpy() + points, frame["veto_cap"].to_numpy())
    rests = (scores["applied_weight"] > 0).to_numpy() & scores["score"].notna().to_numpy()
    frame["coverage"] = np.bincount(subject, scores["nominal_weight"].to_numpy() * rests, minlength=n)
    frame["n_scored"] = np.bincount(subject, rests, minlength=n).astype(int)
    frame["rank"] = rank_totals(frame["total"])
    frame = frame.join(grade_totals(frame["total"], grades))
    return _with_units(frame, scores, subject)


def limit_totals(totals: Floats, caps: Floats) -> Floats:
    """Hold totals below the cap of a veto; a missing cap is no cap.

    Examples
    --------
    >>> limit_totals(np.array([80.0, 80.0, 40.0]), np.array([np.nan, 59.0, 59.0]))
    array([80., 59., 40.])
    """
    return np.where(np.isnan(caps), totals, np.minimum(totals, caps))


def rank_totals(totals: pd.Series) -> pd.Series:
    """Rank totals, 1 is best; ties share the better rank, a missing total has none.

    Totals that differ by less than 1e-9 points tie.

    Examples
    --------
    >>> rank_totals(pd.Series([80.0, 90.0, 80.0 + 1e-12])).tolist()
    [2.0, 1.0, 2.0]
    """
    ordered = totals.dropna().sort_values(ascending=False)
    place = pd.Series(np.arange(1.0, len(ordered) + 1.0), index=ordered.index)
    is_tied = -ordered.diff() < TIE
    return place.mask(is_tied).ffill().reindex(totals.index)


def grade_totals(totals: pd.Series, grades: pd.DataFrame) -> pd.DataFrame:
    """Give each total the best grade it reaches; reaching the boundary exactly counts.

    Parameters
    ----------
    totals : Series of float
        Points.
    grades : DataFrame
        grade, min_score, coefficient.

    Returns
    -------
    DataFrame, index of `totals`
        grade (ordered categories, best first; blank below every grade or without a total), coefficient.
    """
    ordered = grades.sort_values("min_score")
    best_first = pd.Index(ordered["grade"][::-1])
    place = grade_places(totals.to_numpy(), ordered["min_score"].to_numpy())
    codes = np.where(place < 0, -1, len(ordered) - 1 - place)
    grade = pd.Categorical.from_codes(codes, best_first, ordered=True)
    coefficient = np.append(ordered["coefficient"].to_numpy(dtype=float), np.nan)[place]
    return pd.DataFrame({"grade": grade, "coefficient": coefficient}, index=totals.index)


def grade_places(totals: Floats, boundaries: Floats) -> np.ndarray:
    """Place of each total among rising boundaries: 0 is the lowest grade, -1 below it or without a total.

    Examples
    --------
    >>> grade_places(np.array([59.0, 60.0, 100.0, np.nan]), np.array([60.0, 90.0]))
    array([-1,  0,  1, -1])
    """
    place = np.searchsorted(boundaries, totals + TIE, side="right") - 1
    return np.where(np.isnan(totals), -1, place)


def _vetoes_hit(scores: pd.DataFrame, vetoes: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of veto items that were not met, with the cap each puts on the total."""
    rows = scores.loc[(scores["kind"] == "veto") & (scores["score"] < 100.0), ["subject_id", "indicator_id"]]
    caps = vetoes.set_index("indicator_id")["cap"]
    names = rows["indicator_id"].astype("str")
    return rows.assign(indicator_id=names, cap=names.map(caps).astype("float64"))


def _per_subject(hit: pd.DataFrame, subjects: pd.Series) -> tuple[np.ndarray, Floats]:
    by = hit.groupby("subject_id", observed=False)
    names = by["indicator_id"].agg(", ".join) if len(hit) else pd.Series("", index=subjects.cat.categories)
    caps = by["cap"].min()
    order = subjects.cat.codes.to_numpy()
    return names.astype("str").to_numpy()[order], caps.to_numpy()[order]


def _with_units(frame: pd.DataFrame, scores: pd.DataFrame, subject: np.ndarray) -> pd.DataFrame:
    first = np.full(len(frame), -1)
    first[subject[::-1]] = np.arange(len(subject))[::-1]
    for name in ("unit_id", "role_id"):
        codes = scores[name].cat.codes.to_numpy()[first]
        frame[name] = pd.Categorical.from_codes(codes, scores[name].cat.categories)
    return frame[["subject_id", "unit_id", "role_id", *frame.columns.drop(["subject_id", "unit_id", "role_id"])]]
