"""Which weights would give the importance that is wanted, how near they come, and why not nearer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kpianalysis.analyses.importance.reweighting import REACHED, Reweighting, reweighting_of
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats

# Why a share is off, or throws others off.
NEVER_VARIES, WITHOUT_WEIGHT, AGAINST = "never varies", "counts for more without any weight", "goes against the others"
TIED, REDISTRIBUTED = "moves together with others", "missing scores move its weight"
COLUMNS = [
    *("item_id", "weight", "target", "now", "suggested_weight", "reached", "gap", "reason"),
    *("status", "largest_gap", "measure"),
]


def weights_for_importance(
    card: Scorecard,
    targets: Mapping[str, float] | str = "weights",
    level: str = "indicator",
    measure: str = "effective_weight",
) -> pd.DataFrame:
    """Find the non-negative weights that give each item the importance it should have, or come closest to it.

    Parameters
    ----------
    card : Scorecard
        Of the whole.
    targets : mapping of item to number, or {"weights", "equal"}
        Wanted share of importance, 0 or more for every item; only proportions count. "weights": what the stated
        weights say. "equal": the same for each item that has a weight.
    level : {"indicator", "dimension"}
        Which weights may change: those of the indicators in the total (a dimension has the sum of its indicators'),
        or those of the dimensions.
    measure : {"effective_weight", "correlation"}
        Importance as a share: of the spread of totals, or of the sum of the items' correlations with the total.

    Returns
    -------
    DataFrame
        One row per item in the scheme's order: item_id; weight (nominal); target; now (the share it has);
        suggested_weight; reached (the share it would have); gap (reached less target), all fractions; reason (why it
        is off, or makes others be); status ("reached" or "closest"), largest_gap (absolute), measure.

    Raises
    ------
    KpiError
        Naming at once all targets that are unknown, left out, negative, or for an item without weight; if all are 0.

    Notes
    -----
    "reached" only if no share is off by more than 1e-9. Closest: the least sum of squared gaps. Each subject's own
    weights are multiplied by suggested_weight / weight, so roles keep their differences; missing scores follow the
    scheme's policy. An item that never varies keeps its weight, for none gives it importance. Shares are missing when
    nothing varies. Source: docs/method.md, "Weights for a wanted importance".
    """
    items = reweighting_of(card, level, measure)
    wanted = _targets(targets, items)
    suggested = items.closest(wanted)
    now, reached = items.shares(items.weight), items.shares(suggested)
    answer = pd.DataFrame({"item_id": items.names, "weight": items.weight, "target": wanted, "now": now})
    answer = answer.assign(suggested_weight=suggested, reached=reached, gap=reached - wanted)
    largest = float(answer["gap"].abs().max())
    status = "reached" if largest <= REACHED else "closest"
    reason = _reasons(answer, items) if status == "closest" else ""
    return answer.assign(reason=reason, status=status, largest_gap=largest, measure=measure)[COLUMNS]


def _targets(targets: Mapping[str, float] | str, items: Reweighting) -> Floats:
    """Turn what is wanted into shares that sum to 1, in the order of the items."""
    if isinstance(targets, str):
        if targets not in ("weights", "equal"):
            raise KpiError(f"targets: {targets!r} is not known. Use 'weights', 'equal', or a number for each item.")
        equal = (items.weight > 0) / max(int((items.weight > 0).sum()), 1)
        return items.weight if targets == "weights" else np.asarray(equal)
    problems = [f"There is no {name!r} to give a target." for name in targets if name not in items.names]
    problems += [
        f"{name} has no target. Give one, 0 where it should not count." for name in items.names if name not in targets
    ]
    given = np.array([float(targets.get(name, 0.0)) for name in items.names])
    for name, value, weight in zip(items.names, given, items.weight, strict=True):
        if not value >= 0 or np.isinf(value):
            problems.append(f"The target of {name} is {value}. Give a number of 0 or more.")
        elif value > 0 and weight == 0:
            problems.append(f"{name} has no weight in the scheme, so none to change. Give it the target 0.")
    if not problems and given.sum() == 0:
        problems.append("All targets are 0. Give at least one item a target.")
    if problems:
        raise KpiError("These targets cannot be used:\n" + "\n".join(problems))
    return np.asarray(given / given.sum())


def _reasons(answer: pd.DataFrame, items: Reweighting) -> np.ndarray:
    """Name the items that stand in the way; where none does alone, those that are off."""
    # A share that does not exist is off too.
    off, above = ~(answer["gap"].abs() <= REACHED), answer["gap"] > 0
    none = answer["suggested_weight"] < REACHED
    if items.measure == "correlation":
        causes = [off & ~items.varies, off & none & above, off & (answer["reached"] < 0)]
        reason = np.select(causes, [NEVER_VARIES, WITHOUT_WEIGHT, AGAINST], "")
    else:
        # A part of the spread shrinks with its weight, but for scores that stand alone where others are missing.
        causes = [off & ~items.varies, off & none & above, off & ((answer["reached"] < 0) | none)]
        reason = np.select(causes, [NEVER_VARIES, REDISTRIBUTED, AGAINST], "")
    if (reason != "").any():
        return np.asarray(reason)
    missing = bool((items.model.weights == 0).any())
    return np.asarray(np.where(off, REDISTRIBUTED if missing else TIED, ""))
