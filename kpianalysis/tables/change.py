"""Display tables of change: the bridge of the mean total, and what changed in the scheme."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import make, named, shares, signed, text


def bridge(items: pd.DataFrame, names: Names, caption: str = "") -> DisplayTable | None:
    """Show what moved the mean total, by indicator; columns without anything in them are left out.

    Parameters
    ----------
    items : DataFrame
        `bridge_items`.
    names : Names
    caption : str
        Blank: of the indicators.
    """
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("item_id", _("item"), text),
        ("scores", _("scores"), signed(2, lang)),
        ("weights", _("weight"), signed(2, lang)),
        ("came", _("now counts"), signed(2, lang)),
        ("went", _("no longer counts"), signed(2, lang)),
        ("bonus", _("bonus"), signed(2, lang)),
        ("veto", _("veto"), signed(2, lang)),
        ("change", _("together"), signed(2, lang)),
    ]
    empty = {name for name in ("weights", "came", "went", "bonus", "veto") if (items[name].abs() < 5e-3).all()}
    note = _(
        "Points of the mean total of those in both cycles. Weight: an indicator that weighs more lifts the total if "
        "its score lies above it, and lowers it if below; the same for one that now counts."
    )
    return make(
        named(items, names.item, ["item_id"]),
        [column for column in columns if column[0] not in empty],
        caption or _("What moved the mean total, by indicator"),
        note=note,
        lang=lang,
    )


def bridge_dimensions(items: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the same by dimension, each indicator in the dimension it has now."""
    return bridge(items, names, translator(names.lang)("What moved the mean total, by dimension"))


def scheme(changes: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show which indicators came, went, or follow another rule; one row each.

    Parameters
    ----------
    changes : DataFrame
        `scheme_changes`.
    names : Names
    """
    _ = translator(names.lang)
    what = {"came": _("new"), "went": _("gone"), "method": _("method"), "unit": _("unit")}
    what |= {"direction": _("direction"), "kind": _("kind")}
    cells = zip(changes["change"].astype(str), changes["before"], changes["now"], strict=True)
    told = [what[key] if key in ("came", "went") else f"{what[key]}: {then} → {now}" for key, then, now in cells]
    groups = changes.assign(what=told).groupby("indicator_id", sort=False, as_index=False)
    rows = groups.agg(
        what=("what", "; ".join), weight_before=("weight_before", "first"), weight_now=("weight_now", "first")
    )
    columns = [
        ("indicator_id", _("indicator"), text),
        ("what", _("what changed"), text),
        ("weight_before", _("weight before"), shares(1, names.lang)),
        ("weight_now", _("weight now"), shares(1, names.lang)),
    ]
    caption = _("What changed in the scheme since the cycle before")
    return make(named(rows, names.item, ["indicator_id"]), columns, caption, lang=names.lang, collapsed=len(rows) > 12)
