"""Sentences about pairs that go together along a bend."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.redundant import ENOUGH, UNLIKELY
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.style import shorten
from kpianalysis.wording.common import count, number_of

# A distance correlation below this is slight: as little as a correlation of 0.1.
SLIGHT = 0.1


def beyond(table: pd.DataFrame, names: Names) -> str:
    """Say which pairs go together in a way that rank correlation misses, and whether that is much.

    Parameters
    ----------
    table : DataFrame
        `dependence`.
    names : Names
    """
    _ = translator(names.lang)
    known = table.dropna(subset=["p"])
    if known.empty:
        return _("No pair can be looked at for bends: too few subjects have both, or one of the two never varies.")
    if known["n"].max() < ENOUGH:
        text = _("At most {n} subjects have both indicators of a pair: nothing can be said about bends.")
        return text.format(n=count(known["n"].max(), names.lang))
    found = table[table["beyond_rank"]]
    if found.empty:
        text = _(
            "No pair of {all} goes together along a bend that rank correlation misses: what looks unrelated here has "
            "neither a hump nor a valley that {most} subjects could show."
        )
        return text.format(all=count(len(known), names.lang), most=count(known["n"].max(), names.lang))
    return " ".join([_found(found, known, names), _size(found, names)])


def how_tested(table: pd.DataFrame, names: Names) -> str:
    """Say how many pairs depend on each other, how bends were looked for and chance measured; blank with too few."""
    _ = translator(names.lang)
    known = table.dropna(subset=["p"])
    if known.empty or known["n"].max() < ENOUGH:
        return ""
    text = _(
        "Pairs of {all} that depend on each other in any shape: {shape}; by rank correlation: {rank} (adjusted p below "
        "{p}). The {missed} pairs without a rank correlation were searched for bends; p is the chance that shuffling "
        "one of the two gives as much."
    )
    found = table[table["draws"] > 0]
    if len(found):
        text = _(
            "Pairs of {all} that depend on each other in any shape: {shape}; by rank correlation: {rank} (adjusted p "
            "below {p}). The {missed} pairs without a rank correlation were searched for bends; p is the chance that "
            "shuffling one of the two gives as much, and was checked with {draws} shuffles for each pair named."
        )
    return text.format(
        all=count(len(known), names.lang),
        shape=count((known["p_adjusted"] < UNLIKELY).sum(), names.lang),
        rank=count((known["spearman_p_adjusted"] < UNLIKELY).sum(), names.lang),
        missed=count((known["spearman_p_adjusted"] >= UNLIKELY).sum(), names.lang),
        p=number_of(UNLIKELY, names.lang),
        draws=count(table["draws"].max(), names.lang),
    )


def bend_title(pair: pd.Series, names: Names) -> str:
    """State the finding over the chart of one pair."""
    _ = translator(names.lang)
    text = _("'{a}' and '{b}': neither a rank correlation nor a bend is sure")
    if pair["beyond_rank"]:
        text = _("'{a}' and '{b}' bend: no rank correlation (ρ = {rho}), and yet related")
        if pair["distance_correlation"] < SLIGHT:
            text = _("'{a}' and '{b}' bend, but slightly: ρ = {rho}, distance correlation {distance}")
    elif pair["n"] < ENOUGH:
        text = _("'{a}' and '{b}': no conclusion about a bend, only {n} subjects have both")
    elif pair["spearman_p_adjusted"] < UNLIKELY:
        text = _("'{a}' and '{b}' are related by rank: ρ = {rho}")
    values = _values(pair, names)
    return text.format(**values | {key: shorten(values[key], 40) for key in ("a", "b")})


def bend_alt(curve: pd.DataFrame, pair: pd.Series, names: Names) -> str:
    """Describe the chart of one pair: the finding, and the mean at both ends, at its highest and at its lowest.

    Parameters
    ----------
    curve : DataFrame
        `bend_curve`.
    pair : Series
        One row of `dependence`.
    names : Names
    """
    _ = translator(names.lang)
    title = _("{finding}.").format(finding=bend_title(pair, names))
    if curve.empty:
        return title
    first, last = curve.iloc[0], curve.iloc[-1]
    high, low = (curve.iloc[int(place)] for place in (curve["y"].argmax(), curve["y"].argmin()))
    text = _(
        "Scatter with the mean of '{y}' in {groups} groups along '{x}': {first} in the lowest group and {last} in the "
        "highest, most in group {high_group} ({high}), least in group {low_group} ({low})."
    )
    return " ".join(
        [
            title,
            text.format(
                x=names.item(first["indicator_x"]),
                y=names.item(first["indicator_y"]),
                groups=count(len(curve), names.lang),
                **{key: number(row["y"], 2, names.lang) for key, row in _named(first, last, high, low).items()},
                high_group=count(high["group"], names.lang),
                low_group=count(low["group"], names.lang),
            ),
        ]
    )


def _named(first: pd.Series, last: pd.Series, high: pd.Series, low: pd.Series) -> dict[str, pd.Series]:
    return {"first": first, "last": last, "high": high, "low": low}


def _found(found: pd.DataFrame, known: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    text = _(
        "Pairs of {all} that go together along a bend which rank correlation misses: {n}; the clearest: '{a}' and "
        "'{b}' (ρ = {rho}, distance correlation {distance} between 0 and 1)."
    )
    values = {"all": count(len(known), names.lang), "n": count(len(found), names.lang)}
    return text.format(**(_values(found.iloc[0], names) | values))


def _size(found: pd.DataFrame, names: Names) -> str:
    _ = translator(names.lang)
    if found["distance_correlation"].max() < SLIGHT:
        return _(
            "None is more than slight: they are no accident, and nobody's place in one tells much about the other."
        )
    return _("Look at the chart before one of the two is called unrelated.")


def _values(pair: pd.Series, names: Names) -> dict[str, str]:
    return {
        "a": names.item(pair["indicator_i"]),
        "b": names.item(pair["indicator_j"]),
        "rho": number(pair["spearman"], 2, names.lang),
        "n": count(pair["n"], names.lang),
        "distance": number(pair["distance_correlation"], 2, names.lang),
    }
