"""Display tables of pairs inside groups: does the correlation hold there, or only between the groups?"""

from __future__ import annotations

import pandas as pd

from kpianalysis.analyses.correlation.within_groups import CONSTANT, FEW, ONE_GROUP, UNRELATED
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, intervals, make, named, p_value, text
from kpianalysis.wording.within_groups import VERDICTS, grouped_by


def inside(table: pd.DataFrame, names: Names, most: int = 12) -> DisplayTable | None:
    """Show pairs over all, inside groups and between them, those that reverse first; none with fewer than two groups.

    Parameters
    ----------
    table : DataFrame
        `within_groups`.
    names : Names
    most : int
        Pairs to show.
    """
    _ = translator(names.lang)
    lang, groups = names.lang, grouped_by(table, names.lang)
    told = table[table["pooled"].notna() & (table["groups"] > 1)]
    related = told[~told["verdict"].isin([UNRELATED, FEW, ONE_GROUP, CONSTANT])]
    shown = (related if len(related) else told).sort_values("reversal", ascending=False, kind="stable").head(most)
    rows = named(shown, names.item, ["indicator_i", "indicator_j"]).assign(
        interval=intervals(shown["within_low"], shown["within_high"], 2, lang),
        verdict=[_(VERDICTS[word]).format(groups=groups) for word in shown["verdict"]],
    )
    columns = [
        ("indicator_i", _("indicator"), text),
        ("indicator_j", _("and"), text),
        ("n", _("n"), fixed(0, lang)),
        ("groups", groups, fixed(0, lang)),
        ("pooled", _("ρ over all"), fixed(2, lang)),
        ("within", _("ρ inside {groups}").format(groups=groups), fixed(2, lang)),
        ("interval", _("its 95% interval"), text),
        ("between", _("ρ between {groups}").format(groups=groups), fixed(2, lang)),
        ("heterogeneity_p_adjusted", _("as strong in each: adjusted p"), p_value(lang)),
        ("verdict", _("what it means"), text),
    ]
    note = _(
        "Inside: ranks less the mean rank of their group. Between: mean ranks of the groups. {shown} of {n} pairs are "
        "shown: those with a relation, over all or inside."
    ).format(shown=number(len(rows), 0, lang), n=number(len(table), 0, lang))
    if related.empty:
        note = _("No relation is shown in any pair; these are the strongest.")
    return make(rows, columns, _caption(table, lang), note=note, lang=lang)


def groups(slopes: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show one pair in each group by itself, folded up where there are many.

    Parameters
    ----------
    slopes : DataFrame
        `group_slopes`.
    names : Names
    """
    _ = translator(names.lang)
    own = slopes[slopes["level"] == "group"]
    if own.empty:
        return None
    label = {"unit_id": _("unit"), "role_id": _("role")}.get(own["by"].iloc[0], _("group"))
    columns = [
        ("group", label, text),
        ("n", _("n"), fixed(0, names.lang)),
        ("coefficient", _("ρ inside"), fixed(2, names.lang)),
    ]
    caption = _("'{a}' and '{b}' by {groups}").format(
        a=names.item(own["indicator_i"].iloc[0]),
        b=names.item(own["indicator_j"].iloc[0]),
        groups=grouped_by(own, names.lang),
    )
    return make(own, columns, caption, lang=names.lang, collapsed=len(own) > 6)


def _caption(table: pd.DataFrame, lang: str) -> str:
    _ = translator(lang)
    captions = {
        "unit_id": _("Pairs inside units and between them"),
        "role_id": _("Pairs inside roles and between them"),
    }
    return captions.get(table["by"].iloc[0] if len(table) else "", _("Pairs inside groups and between them"))
