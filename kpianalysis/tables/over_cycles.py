"""Display table of pairs over cycles."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.over_cycles import pairs_to_follow
from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, intervals, make, named, p_value, text
from kpianalysis.wording.over_cycles import beside, trend


def pairs_over_cycles(
    pairs: pd.DataFrame,
    by_cycle: pd.DataFrame,
    homogeneity: pd.DataFrame,
    changes: pd.DataFrame,
    names: Names,
    most: int = 8,
    most_cycles: int = 8,
) -> DisplayTable | None:
    """Show the strongest pairs: coefficient in each cycle, what it did over time, and whether the two change together.

    Parameters
    ----------
    pairs : DataFrame
        `correlation` of the last cycle.
    by_cycle, homogeneity, changes : DataFrame
        `correlation_by_cycle`, `correlation_homogeneity`, `pooled_change_correlation`.
    names : Names
    most, most_cycles : int
        Pairs and cycles to show; of more cycles, the last ones.

    Returns
    -------
    DisplayTable or None
        None with fewer than two cycles.
    """
    cycles = list(by_cycle["cycle"].unique())
    if len(cycles) < 2:
        return None
    _ = translator(names.lang)
    lang = names.lang
    followed = pairs_to_follow(pairs, most)
    rows = beside(followed, homogeneity)
    # Of few subjects no p is shown: no conclusion is drawn from it.
    rows["p_adjusted"] = rows["p_adjusted"].where(rows["n"] >= ENOUGH)
    rows["trend"] = [trend(row, lang) for _at, row in rows.iterrows()]
    shown = cycles[-most_cycles:]
    for place, cycle in enumerate(shown):
        rows[f"cycle_{place}"] = beside(followed, by_cycle[by_cycle["cycle"] == cycle])["spearman"]
    moved = beside(followed, changes)
    rows["changes"] = moved["spearman"]
    rows["interval"] = intervals(moved["ci_low"], moved["ci_high"], 2, lang)
    columns = [
        ("indicator_i", _("indicator"), text),
        ("indicator_j", _("and"), text),
        *(
            (f"cycle_{place}", _("ρ in {cycle}").format(cycle=cycle), fixed(2, lang))
            for place, cycle in enumerate(shown)
        ),
        ("trend", _("over time"), text),
        ("p_adjusted", _("adjusted p of a change"), p_value(lang)),
        ("changes", _("ρ of changes"), fixed(2, lang)),
        ("interval", _("its 95% interval"), text),
    ]
    note = _note(len(cycles), len(shown), lang)
    return make(
        named(rows, names.item, ["indicator_i", "indicator_j"]),
        columns,
        _("The strongest pairs over cycles"),
        note=note,
        lang=lang,
    )


def _note(cycles: int, shown: int, lang: str) -> str:
    """Say how to read the columns, and which cycles are left out."""
    _ = translator(lang)
    note = _(
        "A small p: the coefficient differs between cycles more than chance explains, with the same subjects in them, "
        "adjusted for the number of pairs. ρ of changes: do those who gain in one from cycle to cycle gain in the "
        "other? Mean over all steps."
    )
    if shown < cycles:
        text = _("Shown: the last {shown} of {cycles} cycles; p, changes and the words are about all of them.")
        note += " " + text.format(shown=number(shown, 0, lang), cycles=number(cycles, 0, lang))
    return note
