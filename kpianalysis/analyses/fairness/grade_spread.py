"""How are grades spread: beside the guide of the scheme, and group by group."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kpianalysis.analyses.correlation.pairs import adjust
from kpianalysis.analyses.fairness.exact_rows import row_test
from kpianalysis.analyses.fairness.group_values import refuse_unknown_group
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard

# No verdict about fewer subjects: one more or less is a large share of them.
LEAST = 10
UNLIKELY = 0.05
WITHIN, CHANCE, BEYOND = "within", "may be chance", "beyond"
DIFFERS, ALIKE = "differs", "may be chance"
COLUMNS = [
    *("group_id", "grade", "n", "n_group", "share", "quota_min", "quota_max", "guide_low", "guide_high"),
    *("p", "p_adjusted", "side", "verdict"),
]
DIFFERENCES = [
    *("group_id", "n", "n_others", "p", "p_adjusted", "exact", "draws", "verdict", "grade", "share", "share_others")
]


def grade_spread(card: Scorecard, by: str = "unit_id") -> pd.DataFrame:
    """Count the grades of everybody and of each group beside the guide, and ask whether chance could do that.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    by : {"unit_id", "role_id"}

    Returns
    -------
    DataFrame
        One row per group × grade, everybody (blank group_id) first, then groups by id; grades best first, then those
        below every grade (blank) if there are any: group_id; grade; n; n_group (subjects with a total); share;
        quota_min, quota_max (the guide, shares; missing without one); guide_low, guide_high (the guide as numbers of
        subjects); p (chance of so few or so many if the share were at the near end of the guide; 1 inside it);
        p_adjusted; side ("low", "high", blank inside); verdict ("within", "may be chance", "beyond"; blank: without
        a guide or with fewer than 10 subjects). Empty without grades.

    Raises
    ------
    KpiError
        If there is no such grouping.

    Notes
    -----
    p is binomial and exact; adjusted after Benjamini and Hochberg, for everybody over the grades, for groups over
    groups × grades. The guide is that of the whole. Source: docs/method.md, "Grades beside the guide".
    """
    refuse_unknown_group(by)
    counts = _counts(card, by)
    if counts.empty:
        return pd.DataFrame(columns=COLUMNS)
    long = pd.DataFrame(
        {
            "group_id": np.repeat(counts.index.to_numpy(), counts.shape[1]),
            "grade": np.tile(counts.columns.to_numpy(), len(counts)),
            "n": counts.to_numpy().ravel(),
        }
    )
    guide = card.grades.set_index("grade")[["quota_min", "quota_max"]]
    answer = long.join(guide, on="grade").astype({"group_id": "str", "grade": "str"})
    answer["n_group"] = answer.groupby("group_id")["n"].transform("sum")
    answer["share"] = answer["n"] / answer["n_group"]
    answer = answer.assign(
        guide_low=answer["quota_min"] * answer["n_group"], guide_high=answer["quota_max"] * answer["n_group"]
    )
    answer["side"], answer["p"] = _against_guide(answer)
    judged = answer["p"].where(answer["n_group"] >= LEAST)
    for rows in (answer["group_id"] == "", answer["group_id"] != ""):
        answer.loc[rows, "p_adjusted"] = adjust(judged[rows].to_numpy(dtype=float))
    known = answer["p_adjusted"].notna()
    verdict = np.select([answer["side"] == "", answer["p_adjusted"] < UNLIKELY], [WITHIN, BEYOND], CHANCE)
    answer["verdict"] = np.where(known, verdict, "").astype(object)
    return answer[COLUMNS]


def grade_differences(card: Scorecard, by: str = "unit_id", draws: int = 10_000, seed: int = 1) -> pd.DataFrame:
    """Ask of each group whether its grades differ from those of everybody else by more than chance.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    by : {"unit_id", "role_id"}
    draws, seed : int
        For groups too large to list every possible row.

    Returns
    -------
    DataFrame
        One row per group, the least likely first: group_id; n, n_others (subjects with a total); p (exact test of
        Fisher, Freeman and Halton against all others); p_adjusted (after Benjamini and Hochberg); exact (all rows
        listed; else drawn), draws; verdict ("differs", "may be chance"; blank with fewer than 10 subjects on either
        side); grade (where the shares lie furthest apart), share, share_others. Empty without grades or with one group.

    Raises
    ------
    KpiError
        If there is no such grouping, or draws are fewer than 1.

    Notes
    -----
    Grades that differ say nothing about why. Source: docs/method.md, "Grades by group".
    """
    refuse_unknown_group(by)
    if draws < 1:
        raise KpiError(f"draws: {draws} is too few. Use 10000.")
    counts = _counts(card, by).iloc[1:]
    rng = np.random.default_rng(seed)
    everybody = counts.to_numpy(dtype=np.int64).sum(axis=0)
    found = [
        _against_others(str(group), row, everybody - row, counts.columns, draws, rng)
        for group, row in zip(counts.index, counts.to_numpy(dtype=np.int64), strict=True)
        if len(counts) > 1
    ]
    answer = pd.DataFrame(found, columns=[name for name in DIFFERENCES if name not in ("p_adjusted", "verdict")])
    answer["p_adjusted"] = adjust(answer["p"].to_numpy(dtype=float))
    verdict = np.where(answer["p_adjusted"] < UNLIKELY, DIFFERS, ALIKE)
    answer["verdict"] = np.where(answer["p"].isna(), "", verdict).astype(object)
    order = answer.sort_values(["p", "group_id"], kind="stable").index
    return answer.loc[order, DIFFERENCES].reset_index(drop=True)


def _counts(card: Scorecard, by: str) -> pd.DataFrame:
    """Subjects by group and grade: everybody first, then groups by id; blank grade: below every one."""
    totals = card.totals[card.totals["total"].notna()]
    if card.grades.empty or totals.empty:
        return pd.DataFrame()
    grade = totals["grade"].astype("object").fillna("")
    names = list(card.grades.sort_values("min_score", ascending=False)["grade"])
    names += [""] if (grade == "").any() else []
    everybody = grade.value_counts().reindex(names).fillna(0).astype(int).to_frame("").T
    group = totals[by].astype("object")
    groups = pd.crosstab(group[group.notna()], grade[group.notna()]).reindex(columns=names, fill_value=0)
    return pd.concat([everybody, groups.sort_index()])


def _against_guide(answer: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Side of the guide that a count lies on, and the chance of that at its near end."""
    has_guide = answer[["quota_min", "quota_max"]].notna().any(axis=1).to_numpy()
    least, most = answer["quota_min"].fillna(0.0).to_numpy(), answer["quota_max"].fillna(1.0).to_numpy()
    n, size = answer["n"].to_numpy(), answer["n_group"].to_numpy()
    # A share of 0.15 of 20 is 3 subjects, also where the product is 3.0000000000000004.
    low, high = n < least * size - 1e-9, n > most * size + 1e-9
    p = np.where(low, stats.binom.cdf(n, size, least), np.where(high, stats.binom.sf(n - 1, size, most), 1.0))
    side = np.where(low & has_guide, "low", np.where(high & has_guide, "high", "")).astype(object)
    return side, np.where(has_guide, p, np.nan)


def _against_others(
    group: str, row: np.ndarray, rest: np.ndarray, grades: pd.Index, draws: int, rng: np.random.Generator
) -> tuple[str, int, int, float, bool, int, str, float, float]:
    n, others = int(row.sum()), int(rest.sum())
    share, share_others = row / max(n, 1), rest / max(others, 1)
    most = int(np.abs(share - share_others).argmax())
    p, exact = np.nan, True
    if min(n, others) >= LEAST:
        p, exact = row_test(row, rest, draws, rng)
    return group, n, others, p, exact, 0 if exact else draws, str(grades[most]), share[most], share_others[most]
