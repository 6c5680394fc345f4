"""Sentences about cycles side by side: where the mean total lay, who moved, whether the year is what its parts give."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.change.bridge_items import LEAST
from kpianalysis.analyses.change.cycle_table import ENOUGH, latest_changes
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, points, signed


def side_by_side(table: pd.DataFrame, names: Names) -> str:
    """Say how the mean total went over the cycles, and which indicator rose and which fell most.

    Parameters
    ----------
    table : DataFrame
        `cycle_table`.
    names : Names
    """
    _ = translator(names.lang)
    total = table[(table["level"] == "total") & ~table["is_whole"]].dropna(subset=["score"])
    if len(total) < 2:
        return _("There is no earlier cycle to lay beside this one.")
    text = _("Over {n} cycles, {first} to {last}, the mean total lay between {low} and {high} points; now {now}.")
    told = text.format(
        n=count(len(total), names.lang),
        first=total["cycle"].iloc[0],
        last=total["cycle"].iloc[-1],
        low=points(total["score"].min(), names.lang),
        high=points(total["score"].max(), names.lang),
        now=points(total["score"].iloc[-1], names.lang),
    )
    return told + " " + _extremes(table, names)


def year(check: pd.DataFrame, card_cycle: str, names: Names) -> str:
    """Say whether the year's actuals are what its parts give; blank where the cycle has no parts.

    Parameters
    ----------
    check : DataFrame
        `year_from_parts`.
    card_cycle : str
        The year.
    names : Names
    """
    _ = translator(names.lang)
    if check.empty:
        return ""
    n, equal = int(check["n"].sum()), int(check["n_equal"].sum())
    rule = _("sums added, numerators and denominators added before dividing, means by the periods they rest on")
    values = {"cycle": card_cycle, "n": count(n, names.lang), "equal": count(equal, names.lang), "rule": rule}
    if equal == n:
        text = _("All {n} actuals of {cycle} are what its parts give ({rule}): built from them, not typed again.")
        if check["own_actuals"].any():
            text = _("{cycle} has actuals of its own; all {n} equal what its parts give ({rule}).")
        return text.format(**values)
    off = check[check["n_equal"] < check["n"]]
    worst = off.iloc[int(off["largest_relative"].fillna(0.0).to_numpy().argmax())]
    text = _("{equal} of {n} actuals of {cycle} are what its parts give ({rule}); they differ first on '{name}'.")
    return text.format(name=names.item(worst["indicator_id"]), **values)


def movers(changes: pd.DataFrame, names: Names) -> str:
    """Say whose total rose and whose fell most since the cycle before, and how much of that is luck.

    Parameters
    ----------
    changes : DataFrame
        `total_changes`.
    names : Names
    """
    _ = translator(names.lang)
    if changes.empty:
        return _("Nobody has a total in two cycles in a row.")
    first, last = changes.iloc[0], changes.iloc[-1]
    if changes["change"].abs().max() < LEAST:
        return _("No total of {n} moved by 0.1 points or more.").format(n=count(len(changes), names.lang))
    if len(changes) < ENOUGH:
        return _("In both cycles: {n}, too few for any conclusion.").format(n=len(changes))
    text = _(
        "Of {n} subjects '{up}' changed by {rise} points and '{down}' by {fall}; half of all changed by less than "
        "{half}. Who was unusually low or high tends back towards the middle by chance alone."
    )
    return text.format(
        n=count(len(changes), names.lang),
        up=names.subject(first["subject_id"]),
        rise=signed(first["change"], names.lang),
        down=names.subject(last["subject_id"]),
        fall=signed(last["change"], names.lang),
        half=points(changes["change"].abs().median(), names.lang),
    )


def cycles_alt(table: pd.DataFrame, names: Names) -> str:
    """Describe the small lines: how many rows, and the finding."""
    _ = translator(names.lang)
    n = table.loc[(table["level"] == "indicator") & (table["kind"] == "scored"), "item_id"].nunique()
    text = _("A small line over the cycles for the total and for indicators: {n}; last value, change, attainment.")
    return text.format(n=count(n, names.lang)) + " " + side_by_side(table, names)


def _extremes(table: pd.DataFrame, names: Names) -> str:
    """Name the indicators whose mean score rose and fell most from the last cycle but one to the last."""
    _ = translator(names.lang)
    changes = latest_changes(table)
    if changes.empty:
        return _("No indicator can be compared over the last two of them: too few scores, or another rule.")
    if len(changes) == 1:
        text = _("Only '{name}' can be compared over the last two of them, by the same rule: {change} points.")
        return text.format(**_row(changes.iloc[0], names))
    up, down = changes.iloc[0], changes.iloc[-1]
    first, last = list(dict.fromkeys(table.loc[~table["is_whole"], "cycle"]))[-2:]
    text = _("From {first} to {last} no mean score of an indicator moved by 0.1 points or more.")
    if up["change"] >= LEAST and down["change"] <= -LEAST:
        text = _("From {first} to {last} '{up}' rose most ({rise} points) and '{down}' fell most ({fall}).")
    elif up["change"] >= LEAST:
        text = _("From {first} to {last} '{up}' rose most ({rise} points); none fell.")
    elif down["change"] <= -LEAST:
        text = _("From {first} to {last} '{down}' fell most ({fall} points); none rose.")
    rise, fall = _row(up, names), _row(down, names)
    values = {"up": rise["name"], "rise": rise["change"], "down": fall["name"], "fall": fall["change"]}
    return text.format(first=first, last=last, **values)


def _row(row: pd.Series, names: Names) -> dict[str, str]:
    return {"name": names.item(row["item_id"]), "change": signed(row["change"], names.lang)}
