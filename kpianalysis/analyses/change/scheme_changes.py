"""What came and went in the scheme between two cycles, and what is measured or scored by another rule."""

from __future__ import annotations

import pandas as pd

from kpianalysis.scoring import Scorecard

# Where one of these differs, a score of one cycle is no measure of the other's.
RULE = ("method", "unit", "direction", "kind")
COLUMNS = ["indicator_id", "change", "before", "now", "weight_before", "weight_now"]


def scheme_changes(now: Scorecard, before: Scorecard | None) -> pd.DataFrame:
    """Say which indicators came, which went, and which are measured or scored by another rule than before.

    Returns
    -------
    DataFrame
        One row per indicator and change, in the order of the scheme, those that went last: indicator_id, change
        ("came", "went", or what differs: "method", "unit", "direction", "kind"), before, now (as text; blank for
        "came" and "went"), weight_before, weight_now (mean nominal share of the total; 0 where it is not in force).
        Empty without an earlier cycle. Other targets or weights alone are no other rule.

    Notes
    -----
    Source: docs/method.md, "Came, went, or another rule".
    """
    if before is None:
        return pd.DataFrame(columns=COLUMNS)
    here, there = (card.indicators.set_index("indicator_id") for card in (now, before))
    weight_now, weight_before = _nominal(now), _nominal(before)
    rows = []
    for name in [*here.index, *there.index.difference(here.index, sort=False)]:
        weights = (weight_before.get(name, 0.0), weight_now.get(name, 0.0))
        if name not in there.index or name not in here.index:
            rows.append((name, "went" if name in there.index else "came", "", "", *weights))
            continue
        then, today = there.loc[name, list(RULE)], here.loc[name, list(RULE)]
        rows += [(name, key, str(then[key]), str(today[key]), *weights) for key in RULE if then[key] != today[key]]
    return pd.DataFrame(rows, columns=COLUMNS)


def _nominal(card: Scorecard) -> pd.Series:
    shares = card.scores.groupby("indicator_id", observed=True)["nominal_weight"].sum()
    return (shares / max(len(card.totals), 1)).rename(index=str)
