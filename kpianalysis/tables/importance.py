"""Display tables of importance: what each weight does, and which weights would do what is wanted."""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.importance.importance import AGAINST, LEAST, LESS, MORE, MOST
from kpianalysis.analyses.importance.target_weights import NEVER_VARIES, REDISTRIBUTED, TIED, WITHOUT_WEIGHT
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import between, fixed, make, named, shares, signed, text


def measures(table: pd.DataFrame, names: Names, caption: str = "") -> DisplayTable | None:
    """Show what each weight says and does, by four measures.

    Parameters
    ----------
    table : DataFrame
        `importance`.
    names : Names
    caption : str
        Blank: of the indicators.
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = named(table, names.item, ["item_id"]).assign(
        interval=[between(low, high, 1, lang, as_share=True) for low, high in _ends(table, "effective_weight")],
        shapley_interval=[between(low, high, 1, lang, as_share=True) for low, high in _ends(table, "shapley")],
        verdict=[
            _verdict(flag, bool(sure), lang) for flag, sure in zip(table["flag"], table["flag_sure"], strict=True)
        ],
    )
    columns = [
        ("item_id", _("item"), text),
        ("weight", _("nominal weight"), shares(1, lang)),
        ("effective_weight", _("effective weight"), shares(1, lang)),
        ("interval", _("its interval"), text),
        ("ratio", _("ratio"), fixed(2, lang)),
        ("verdict", _("what it does"), text),
        ("shapley", _("Shapley share"), shares(1, lang)),
        ("shapley_interval", _("its interval"), text),
        ("squared_correlation", _("its score explains, on a line"), shares(0, lang)),
        ("correlation_ratio", _("in groups"), shares(0, lang)),
    ]
    if table["effective_weight_low"].isna().all():
        columns = [column for column in columns if not column[0].endswith("interval")]
    return make(
        rows, columns, caption or _("What each weight says and does"), note=_how_to_read(table, lang), lang=lang
    )


def dimension_measures(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the same of the dimensions."""
    return measures(table, names, translator(names.lang)("What the weight of each dimension says and does"))


def suggested(table: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the weights that would give the importance wanted, and what is in the way.

    Parameters
    ----------
    table : DataFrame
        `weights_for_importance`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    why = _reasons(lang)
    rows = named(table, names.item, ["item_id"]).assign(why=[why.get(reason, "") for reason in table["reason"]])
    columns = [
        ("item_id", _("item"), text),
        ("weight", _("weight now"), shares(1, lang)),
        ("now", _("importance now"), shares(1, lang)),
        ("target", _("importance wanted"), shares(1, lang)),
        ("suggested_weight", _("weight that comes closest"), shares(1, lang)),
        ("reached", _("importance then"), shares(1, lang)),
        ("gap", _("off, percentage points"), signed(1, lang)),
        ("why", _("what is in the way"), text),
    ]
    rows = rows.assign(gap=100 * rows["gap"])
    if (table["status"] == "reached").all():
        # The same to nine digits: rounding must not set them apart.
        rows = rows.assign(reached=rows["target"])
        columns = [column for column in columns if column[0] not in ("gap", "why")]
        columns[4] = ("suggested_weight", _("weight needed"), shares(1, lang))
    note = _("Importance: share of the spread of totals.")
    if (table["measure"] == "correlation").any():
        note = _("Importance: share of the sum of correlations with the total.")
    return make(rows, columns, _("Weights for the importance wanted"), note=note, lang=lang)


def _ends(table: pd.DataFrame, name: str) -> list[tuple[float, float]]:
    return list(zip(table[f"{name}_low"], table[f"{name}_high"], strict=True))


def _verdict(flag: str, sure: bool, lang: str) -> str:
    _ = translator(lang)
    texts = {
        (MORE, True): _("more than it says"),
        (LESS, True): _("less than it says"),
        (AGAINST, True): _("against the others"),
        (MORE, False): _("perhaps more than it says"),
        (LESS, False): _("perhaps less than it says"),
        (AGAINST, False): _("perhaps nothing, or against the others"),
    }
    return texts.get((flag, sure), "")


def _how_to_read(table: pd.DataFrame, lang: str) -> str:
    """Say what the columns mean, and how sure they are."""
    _ = translator(lang)
    texts = [
        _(
            "Effective weight: share of the spread of totals. More or less than it says: outside {least} to {most} "
            "times the nominal weight; perhaps: the interval is not. Shapley share: the same spread, with what items "
            "have in common shared evenly. The last two: how much of the spread the item's score alone explains, on a "
            "straight line, and in groups of like scores, which may follow a bend."
        ).format(least=number(LEAST, 1, lang), most=number(MOST, 0, lang))
    ]
    if table["effective_weight_low"].notna().any():
        text = _("Intervals: {confidence} of {draws} resamples of the subjects.")
        texts.append(
            text.format(
                confidence=percent(table["confidence"].iloc[0], 0, lang), draws=number(table["draws"].iloc[0], 0, lang)
            )
        )
    if (error := table["shapley_se"].max()) > 0:
        text = _("Shapley shares are sampled, with a standard error of at most {error}.")
        texts.append(text.format(error=percent(error, 1, lang)))
    return " ".join(texts)


def _reasons(lang: str) -> dict[str, str]:
    _ = translator(lang)
    return {
        NEVER_VARIES: _("never varies: no weight gives it importance"),
        WITHOUT_WEIGHT: _("counts for more even without any weight, through the others"),
        AGAINST: _("goes against the others"),
        TIED: _("moves together with others"),
        REDISTRIBUTED: _("missing scores: their weight goes to others"),
    }
