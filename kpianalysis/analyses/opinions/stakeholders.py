"""What the results would be under each stakeholder's weights, and where that makes a difference."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kpianalysis.analyses.opinions.agreement import stated_shares
from kpianalysis.analyses.opinions.judgements import ITEM, answer_frame
from kpianalysis.analyses.opinions.pairwise import aggregate_priorities
from kpianalysis.analyses.weights.weight_sets import totals_under
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard

INFLUENCES = ("judge", "group")
# Whose weights: one judge's, those of a group of stakeholders together, those of all together.
SET = ["who", "judge_id", "group"]


def stakeholder_weights(weights: pd.DataFrame, influence: str = "judge") -> pd.DataFrame:
    """Put the weights of each judge beside those of each group and of all stakeholders together.

    Parameters
    ----------
    weights : DataFrame
        `judgement_weights`.
    influence : {"judge", "group"}
        In what all say together: every judge counts the same, or every group does.

    Returns
    -------
    DataFrame
        One row per set and item: who ("judge", "group" where there are two or more named groups, "all"), judge_id,
        group (blank where it is not one judge's, one group's), level, dimension_id, item_id, weight, n_judges, mean
        ("geometric"; "arithmetic" where a judge gives an item of the list nothing, for a geometric mean would let
        that one judge decide; blank for one judge).

    Raises
    ------
    KpiError
        If there is no such influence.

    Notes
    -----
    Source: docs/method.md, "Stakeholders together".
    """
    if influence not in INFLUENCES:
        raise KpiError(f"influence: {influence!r} is no way to count judges. Use {' or '.join(INFLUENCES)}.")
    columns = [*SET, *ITEM, "weight", "n_judges", "mean"]
    own = weights.assign(who="judge", n_judges=1.0, mean="")[columns]
    named = weights[weights["group"] != ""]
    if named["group"].nunique() < 2:
        named = named.head(0)
    parts = [("group", str(group), rows) for group, rows in named.groupby("group", sort=False)]
    parts += [("all", "", weights)] if len(weights) else []
    rows = [row for who, group, mine in parts for row in _together(mine, who, group, influence)]
    return pd.concat([own, answer_frame(rows, columns)], ignore_index=True) if rows else own


def _together(weights: pd.DataFrame, who: str, group: str, influence: str) -> Iterator[tuple[object, ...]]:
    """Mean weights of some judges, list by list."""
    for (level, dimension_id), mine in weights.groupby(["level", "dimension_id"], sort=False):
        table = mine.pivot(index="judge_id", columns="item_id", values="weight")[mine["item_id"].unique()]
        counts = _counts(mine.drop_duplicates("judge_id").set_index("judge_id")["group"].loc[table.index], influence)
        values = table.to_numpy()
        is_geometric = bool((values > 0).all())
        mean = aggregate_priorities(values, counts) if is_geometric else np.average(values, axis=0, weights=counts)
        said = "geometric" if is_geometric else "arithmetic"
        for item, share in zip(table.columns, mean.tolist(), strict=True):
            yield (who, "", group, level, dimension_id, item, share, float(len(table)), said)


def _counts(group_of: pd.Series, influence: str) -> list[float]:
    """How much each judge counts; one without a group stands alone."""
    own = group_of.where(group_of != "", "judge: " + group_of.index.to_series())
    return [1 / n if influence == "group" else 1.0 for n in own.map(own.value_counts())]


def stakeholder_results(card: Scorecard, weights: pd.DataFrame, influence: str = "judge") -> pd.DataFrame:
    """Score everybody under each stakeholder's weights, and under those of each group and of all together.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    weights : DataFrame
        `judgement_weights`.
    influence : {"judge", "group"}
        See `stakeholder_weights`.

    Returns
    -------
    DataFrame
        One row per set of weights and subject with a total: who ("judge", "group", "all"), judge_id, group,
        subject_id, total (points; missing where no weight is left), rank, grade, stated_total, stated_rank,
        stated_grade (those of the scheme). Without rows when nobody was asked. Lists that a judge did not weigh keep
        the scheme's weights; an item that no total rests on passes its weight to the others of its list.

    Notes
    -----
    Source: docs/method.md, "Results under stakeholders' weights".
    """
    sets = _usable(stakeholder_weights(weights, influence), card)
    stated = card.totals[["subject_id", "total", "rank", "grade"]].astype({"subject_id": "str"})
    stated = stated.rename(columns={name: f"stated_{name}" for name in ("total", "rank", "grade")})
    if sets.empty:
        none = answer_frame([], [*SET, "subject_id", "total", "rank"])
        return none.assign(grade=stated["stated_grade"].head(0)).merge(stated.head(0), on="subject_id")
    sets["set_id"] = sets[SET].agg("|".join, axis=1)
    results = totals_under(card, sets[["set_id", "item_id", "weight"]])
    who = sets.drop_duplicates("set_id").set_index("set_id")[SET]
    made = who.loc[results["set_id"]].reset_index(drop=True).join(results.drop(columns="set_id"))
    return made.astype({"subject_id": "str"}).merge(stated, on="subject_id", how="left")


def _usable(sets: pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Keep the items that some total rests on, of lists with any weight left."""
    shares = stated_shares(card)
    counted = sets[sets["item_id"].isin(shares.loc[shares["weight"] > 0, "item_id"])]
    # An indicator may be called like its dimension; alone in it, it has nothing to weigh.
    namesake = (counted["level"] == "indicator") & (counted["item_id"] == counted["dimension_id"])
    counted = counted[~namesake]
    left = counted.groupby([*SET, "level", "dimension_id"])["weight"].transform("sum")
    return counted[left > 0].copy()


def stakeholder_summary(results: pd.DataFrame) -> pd.DataFrame:
    """Say for each set of weights how far its results lie from the stated ones.

    Parameters
    ----------
    results : DataFrame
        `stakeholder_results`.

    Returns
    -------
    DataFrame
        One row per set: who, judge_id, group, n (subjects with both totals), rank_correlation (Spearman; missing
        where all are equal), mean_shift, most_shift (absolute change of rank), n_grade_changes (missing without
        grades), n_without_total.
    """
    has_grades = len(results["grade"].cat.categories) > 0
    rows = []
    for key, mine in results.groupby(SET, sort=False):
        both = mine[mine["total"].notna() & mine["stated_total"].notna()]
        shift = (both["rank"] - both["stated_rank"]).abs()
        changed = float((both["grade"].cat.codes != both["stated_grade"].cat.codes).sum()) if has_grades else np.nan
        correlation = _spearman(both["rank"], both["stated_rank"])
        without = float(mine["total"].isna().sum())
        rows.append((*key, float(len(both)), correlation, shift.mean(), shift.max(), changed, without))
    measures = ["n", "rank_correlation", "mean_shift", "most_shift", "n_grade_changes", "n_without_total"]
    return answer_frame(rows, [*SET, *measures])


def _spearman(a: pd.Series, b: pd.Series) -> float:
    if a.nunique() < 2 or b.nunique() < 2:
        return np.nan
    return float(np.corrcoef(a.rank(), b.rank())[0, 1])


def disputed_subjects(results: pd.DataFrame) -> pd.DataFrame:
    """Name the subjects on whom stakeholders disagree most.

    Parameters
    ----------
    results : DataFrame
        `stakeholder_results`; only the judges' own sets are compared.

    Returns
    -------
    DataFrame
        One row per subject, the widest range of ranks first: subject_id, stated_rank, best_rank, best_judge,
        worst_rank, worst_judge, rank_range, stated_grade, best_grade, worst_grade, n_grades (different ones),
        keeps_grade (1: the stated one under every judge's weights, 0: not; missing without grades), n_judges.
    """
    own = results[(results["who"] == "judge") & results["total"].notna()]
    by = own.groupby("subject_id", sort=False)
    best, worst = own.loc[by["rank"].idxmin()], own.loc[by["rank"].idxmax()]
    grades = own["grade"].cat.categories
    # Grades stand best first; none at all is below them.
    code = own["grade"].cat.codes.astype(int).replace(-1, len(grades))
    by_code = code.groupby(own["subject_id"], sort=False)
    is_same = code == own["stated_grade"].cat.codes.astype(int).replace(-1, len(grades))
    keeps = is_same.groupby(own["subject_id"], sort=False).all()
    answer = pd.DataFrame(
        {
            "subject_id": best["subject_id"].array,
            "stated_rank": best["stated_rank"].array,
            "best_rank": best["rank"].array,
            "best_judge": best["judge_id"].array,
            "worst_rank": worst["rank"].array,
            "worst_judge": worst["judge_id"].array,
            "rank_range": worst["rank"].to_numpy() - best["rank"].to_numpy(),
            "stated_grade": best["stated_grade"].array,
            "best_grade": _graded(by_code.min(), grades),
            "worst_grade": _graded(by_code.max(), grades),
            "n_grades": by_code.nunique().array,
            "keeps_grade": keeps.astype(float).array if len(grades) else np.nan,
            "n_judges": by.size().array,
        }
    )
    order = ["rank_range", "stated_rank"]
    return answer.sort_values(order, ascending=[False, True], kind="stable").reset_index(drop=True)


def _graded(codes: pd.Series, grades: pd.Index) -> pd.Categorical:
    return pd.Categorical.from_codes(codes.where(codes < len(grades), -1).to_numpy(), grades, ordered=True)
