"""The five sentences that the attainment report begins with."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import Sentences
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.scoring import Scorecard
from kpianalysis.wording import attainment, change, gaps, process, targets


def answer(
    card: Scorecard,
    actions: pd.DataFrame,
    moved: pd.DataFrame,
    signals: pd.DataFrame,
    difficulty: pd.DataFrame,
    bunched: pd.DataFrame,
    names: Names,
) -> Sentences:
    """Say what happened, the worst gaps with their owners, what moved, signal or noise, whether targets mean anything.

    Parameters
    ----------
    card : Scorecard
    actions : DataFrame
        `action_list` by indicator.
    moved : DataFrame
        `total_bridge` from the cycle before.
    signals : DataFrame
        `process_summary`.
    difficulty, bunched : DataFrame
        `target_difficulty`, `bunching`.
    names : Names
    """
    # What is only watched may be made of the same numbers; counted too, it would double a signal.
    scored = card.indicators.loc[card.indicators["kind"] == "scored", "indicator_id"]
    counting = signals[signals["indicator_id"].isin(scored)].reset_index(drop=True)
    return Sentences(
        (
            attainment.what_happened(card, names),
            gaps.worst_three(actions, names),
            change.moved(moved, names),
            _signals(counting, names),
            " ".join((targets.easy_or_hard(difficulty, names), targets.just_above(bunched, names))),
        ),
        "answer",
    )


def _signals(counting: pd.DataFrame, names: Names) -> str:
    """Say what moved for real, with a caution where values move all the time."""
    _ = translator(names.lang)
    text = process.signals(counting, names)
    if process.moving(counting, names):
        text += " " + _("Where values grow or follow the seasons, compare with the same time a year ago.")
    return text
