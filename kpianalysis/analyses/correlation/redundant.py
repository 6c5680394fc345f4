"""From where on a pair is said to say the same, and how many subjects that takes."""

from __future__ import annotations

import pandas as pd

# A pair says the same from this |ρ| on, if that is no accident (adjusted p below 0.05).
SAY_SAME, UNLIKELY = 0.7, 0.05
# Below this many subjects intervals are shown and no conclusion is drawn.
ENOUGH = 20


def redundant_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the pairs that say the same: |ρ| ≥ 0.7, adjusted p < 0.05, at least 20 subjects.

    Parameters
    ----------
    pairs : DataFrame
        `correlation`.
    """
    strong = (pairs["spearman"].abs() >= SAY_SAME) & (pairs["spearman_p_adjusted"] < UNLIKELY)
    return pairs[strong & (pairs["n"] >= ENOUGH)]
