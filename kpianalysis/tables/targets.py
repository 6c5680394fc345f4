"""Display tables about targets: who meets them, what lies just above, what follows what, who is told apart."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.targets.discrimination import LEAST_PAIRS, LIKE_NOTHING
from kpianalysis.analyses.targets.target_history import HARDLY_ANY, NEARLY_ALL
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, intervals, make, measured, named, p_value, shares, signed, text
from kpianalysis.wording.common import number_of
from kpianalysis.wording.targets import bunching_text, difficulty_text, discrimination_text, ratchet_text


def difficulty(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show who meets each target now and met it before, and how far it lies from what happens.

    Parameters
    ----------
    table : DataFrame
        `target_difficulty`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = named(table, names.measured_in, ["indicator_id"]).assign(
        met=_of(table["n_met"], table["n"], lang),
        interval=intervals(table["low"], table["high"], 0, lang, as_share=True),
        past=_of(table["past_met"], table["past_n"], lang),
        periods=_of(table["periods_met"], table["periods_n"], lang),
        verdict=[difficulty_text(verdict, lang) for verdict in table["verdict"]],
    )
    columns = [
        ("indicator_id", _("indicator"), text),
        ("target", _("mean target"), measured(lang)),
        ("met", _("meet it now"), text),
        ("share_met", _("share"), shares(0, lang)),
        ("interval", _("95% interval"), text),
        ("verdict", _("how many"), text),
        ("past", _("met in earlier cycles"), text),
        ("past_share", _("share"), shares(0, lang)),
        ("periods", _("periods that met it"), text),
        ("subjects_sigma", _("mean from target, σ of subjects"), signed(1, lang)),
        ("periods_sigma", _("σ of periods"), signed(1, lang)),
    ]
    columns = [
        column
        for column in columns
        if not (column[0].startswith("past") and not table["past_n"].any())
        and not (column[0].startswith("periods") and not table["periods_n"].any())
    ]
    note = _(
        "Nearly everybody, hardly anybody: the interval lies above {most} or below {least}. Earlier cycles: each its "
        "own target. Periods: those before this cycle in which all together would have met the target of now. σ: the "
        "usual difference between subjects, or from one period of all together to the next; positive is the good side."
    ).format(most=percent(NEARLY_ALL, 0, lang), least=percent(HARDLY_ANY, 0, lang))
    return make(rows, columns, _("Who meets the targets"), note=note, lang=lang)


def bunching(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how many results lie just above and just below each target.

    Parameters
    ----------
    table : DataFrame
        `bunching`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = named(table, names.item, ["indicator_id"]).assign(
        verdict=[bunching_text(*pair, lang) for pair in zip(table["verdict"], table["reason"], strict=True)]
    )
    columns = [
        ("indicator_id", _("indicator"), text),
        ("n", _("results"), fixed(0, lang)),
        ("further_below", _("further below"), fixed(0, lang)),
        ("just_below", _("just below"), fixed(0, lang)),
        ("just_above", _("just above"), fixed(0, lang)),
        ("further_above", _("further above"), fixed(0, lang)),
        ("n_exact", _("exactly on it"), fixed(0, lang)),
        ("p_adjusted", _("adjusted p"), p_value(lang)),
        ("verdict", _("what it shows"), text),
    ]
    window = table["window"].iloc[0] if len(table) else 0.0
    note = _(
        "Just below and above: within {window} of the target; further: within {twice}. Exactly on it counts as just "
        "above; with whole numbers that is nothing special. A finding says where results lie, not why."
    ).format(window=percent(window, 1, lang), twice=percent(2 * window, 1, lang))
    return make(rows, columns, _("Results just above and just below the target"), note=note, lang=lang)


def ratchet(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what part of a result beyond the target the next target takes over.

    Parameters
    ----------
    table : DataFrame
        `ratchet`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    levels = {"subjects": _("subjects"), "cycles": _("cycles"), "indicators": _("indicators and cycles")}
    item = [names.item(name) if name else _("all together") for name in table["indicator_id"]]
    rows = table.assign(
        indicator_id=item,
        level=[levels[level] for level in table["level"]],
        interval=intervals(table["ci_low"], table["ci_high"], 0, lang, as_share=True),
        verdict=[ratchet_text(*pair, lang) for pair in zip(table["verdict"], table["reason"], strict=True)],
    )
    columns = [
        ("indicator_id", _("indicator"), text),
        ("level", _("compared over"), text),
        ("n", _("targets set anew"), fixed(0, lang)),
        ("slope", _("taken over by the next target"), shares(0, lang)),
        ("interval", _("95% interval"), text),
        ("p_adjusted", _("adjusted p"), p_value(lang)),
        ("verdict", _("what it shows"), text),
    ]
    if table["slope"].isna().all():
        columns = [column for column in columns if column[0] not in ("slope", "interval", "p_adjusted")]
    note = _(
        "Taken over: 100% means that the next target is this result. Where all have one target, each cycle is one "
        "target set anew, however many people have it."
    )
    return make(rows, columns, _("Do the next targets follow the results?"), note=note, lang=lang, collapsed=True)


def discrimination(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how far each indicator's scores tell people and units apart.

    Parameters
    ----------
    table : DataFrame
        `discrimination`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = named(table, names.item, ["indicator_id"]).assign(
        interval=intervals(table["unit_low"], table["unit_high"], 0, lang, as_share=True),
        pairs_interval=intervals(table["pairs_low"], table["pairs_high"], 0, lang, as_share=True),
        verdict=[discrimination_text(verdict, lang) for verdict in table["verdict"]],
    )
    columns = [
        ("indicator_id", _("indicator"), text),
        ("n", _("scores"), fixed(0, lang)),
        ("distinct", _("different values"), fixed(0, lang)),
        ("share_lowest", _("at the lowest"), shares(0, lang)),
        ("share_highest", _("at the highest"), shares(0, lang)),
        ("sd", _("standard deviation, points"), fixed(1, lang)),
        ("iqr", _("middle half, points"), fixed(1, lang)),
        ("pairs_apart", _("pairs that differ"), shares(0, lang)),
        ("pairs_interval", _("95% interval"), text),
        ("verdict", _("what it does"), text),
        ("unit_share", _("between units"), shares(0, lang)),
        ("interval", _("95% interval"), text),
    ]
    if table["unit_share"].isna().all():
        columns = columns[:-2]
    note = _(
        "Pairs that differ: of all pairs of people, those {points} point or more apart; surely below {least} there is "
        "hardly any difference. Between units: share of the variance; below zero, units differ less than chance "
        "makes them."
    ).format(points=number_of(LIKE_NOTHING, lang), least=percent(LEAST_PAIRS, 0, lang))
    return make(rows, columns, _("Does it tell people apart?"), note=note, lang=lang, collapsed=True)


def _of(part: pd.Series, whole: pd.Series, lang: str) -> list[str]:
    """Write how many of how many; blank of none."""
    wording = translator(lang)("{n} of {all}")
    return [
        wording.format(n=number(int(few), 0, lang), all=number(int(many), 0, lang)) if many else ""
        for few, many in zip(part, whole, strict=True)
    ]
