"""The totals of every subject over the cycles, and whose rose and fell most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpianalysis.scoring import Scorecard

TOTALS = ["subject_id", "cycle", "total", "rank", "grade"]
CHANGES = ["subject_id", "n", "first_cycle", "first", "before", "now", "change", "change_all"]


def cycle_totals(cards: Sequence[Scorecard]) -> pd.DataFrame:
    """Lay out the total of every subject in every cycle.

    Parameters
    ----------
    cards : sequence of Scorecard
        Oldest first; limited to a unit if the answer is for one; of two of the same cycle the later one counts.

    Returns
    -------
    DataFrame
        One row per subject × cycle with a total: subject_id, cycle, total (points), rank (in the whole of that cycle),
        grade (text, blank without one); by cycle, within it in the order of the card.
    """
    tables = []
    for card in {card.cycle: card for card in cards}.values():
        rows = card.totals[card.totals["total"].notna()]
        grade = rows["grade"].astype("object").fillna("")
        made = {"subject_id": rows["subject_id"].astype("str").astype("object"), "cycle": card.cycle}
        tables.append(pd.DataFrame({**made, "total": rows["total"], "rank": rows["rank"], "grade": grade}))
    return pd.concat(tables, ignore_index=True)[TOTALS] if tables else pd.DataFrame(columns=TOTALS)


def total_changes(totals: pd.DataFrame) -> pd.DataFrame:
    """Rank the subjects by how much their total changed from the last cycle but one to the last.

    Parameters
    ----------
    totals : DataFrame
        `cycle_totals`.

    Returns
    -------
    DataFrame
        One row per subject with a total in both, the largest rise first: subject_id, n (cycles with a total),
        first_cycle, first (the first cycle with a total, and the total there), before, now, change (now minus before),
        change_all (now minus first); points.

    Notes
    -----
    Who was unusually low rises and who was unusually high falls, by chance alone.
    Source: docs/method.md, "Cycles side by side".
    """
    cycles = list(dict.fromkeys(totals["cycle"]))
    if len(cycles) < 2:
        return pd.DataFrame(columns=CHANGES)
    wide = totals.pivot(index="subject_id", columns="cycle", values="total")[cycles]
    wide = wide[wide[cycles[-1]].notna() & wide[cycles[-2]].notna()]
    values = wide.to_numpy(dtype=float)
    at = np.argmax(~np.isnan(values), axis=1)
    first = values[np.arange(len(values)), at]
    answer = pd.DataFrame(
        {
            "subject_id": wide.index.to_numpy(dtype=object),
            "n": (~np.isnan(values)).sum(axis=1),
            "first_cycle": np.array(cycles, dtype=object)[at],
            "first": first,
            "before": values[:, -2],
            "now": values[:, -1],
            "change": values[:, -1] - values[:, -2],
            "change_all": values[:, -1] - first,
        }
    )
    return answer.sort_values("change", ascending=False, kind="stable")[CHANGES].reset_index(drop=True)
