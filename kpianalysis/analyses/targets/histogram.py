"""How results are spread around their targets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpianalysis.analyses.targets.bunching import NO_SHARE, RANGE, windows_of
from kpianalysis.analyses.targets.target_history import with_target
from kpianalysis.scoring import Scorecard

# Windows on either side of the target; the outermost hold all that lies beyond.
EACH_SIDE = 8
COLUMNS = ["indicator_id", "place", "low", "high", "n"]


def attainment_histogram(card: Scorecard, bunched: pd.DataFrame, most: int = 6) -> pd.DataFrame:
    """Count results in windows around the target, of the indicators that `bunching` puts first.

    Parameters
    ----------
    card : Scorecard
    bunched : DataFrame
        `bunching` of the same card; its windows are the bins.
    most : int
        Indicators to count.

    Returns
    -------
    DataFrame
        One row per indicator × window, 8 on either side of the target: indicator_id; place (0 just above, -1 just
        below); low, high (distance to the target as a share of it, positive on the good side; infinite at the ends, as
        these hold all that lies beyond); n. Indicators without a share of a target are left out.

    Notes
    -----
    The four windows in the middle hold the same counts as in `bunching`.
    Source: docs/method.md, "Just above the target".
    """
    shown = bunched[~bunched["reason"].isin([RANGE, NO_SHARE])].head(most)
    rows = with_target(card)
    groups = {str(name): group for name, group in rows.groupby("indicator_id", observed=True)}
    made = [
        _bins(name, groups[name], window) for name, window in zip(shown["indicator_id"], shown["window"], strict=True)
    ]
    if not made:
        return pd.DataFrame(columns=COLUMNS).astype({"place": int, "low": float, "high": float, "n": int})
    return pd.concat(made, ignore_index=True)


def _bins(name: str, rows: pd.DataFrame, window: float) -> pd.DataFrame:
    """Count one indicator's results by window; by plain shares where a window holds no whole step."""
    place, wide, _step = windows_of(rows, window)
    if not (wide > 0).any():
        place = np.floor((rows["gap"] / rows["target"]).to_numpy() / window + 1e-9)
    held = np.clip(place[~np.isnan(place)], -EACH_SIDE, EACH_SIDE - 1).astype(int)
    places = np.arange(-EACH_SIDE, EACH_SIDE)
    low, high = places * window, (places + 1) * window
    low[0], high[-1] = -np.inf, np.inf
    n = np.bincount(held + EACH_SIDE, minlength=2 * EACH_SIDE)
    return pd.DataFrame({"indicator_id": name, "place": places, "low": low, "high": high, "n": n})
