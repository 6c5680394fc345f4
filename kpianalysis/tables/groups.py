"""Display tables of groups of indicators that move together."""

from __future__ import annotations

from kpianalysis.analyses.correlation.redundant import ENOUGH
from kpianalysis.analyses.redundancy.group_stability import HIGHLY, PATTERN, STABLE, GroupStability
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import number, percent, translator
from kpianalysis.names import Names
from kpianalysis.tables.common import between, fixed, make, shares, text
from kpianalysis.wording.groups import said_of


def groups(stability: GroupStability, names: Names) -> DisplayTable | None:
    """Show each group with its members, how strong it is and how far it comes back with other subjects.

    Parameters
    ----------
    stability : GroupStability
        `group_stability`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    members = stability.members
    rows = stability.groups.assign(
        members=[
            "; ".join(names.item(item) for item in members.loc[members["group"] == group, "indicator_id"])
            for group in stability.groups["group"]
        ],
        interval=[between(row["jaccard_low"], row["jaccard_high"], 2, lang) for _i, row in stability.groups.iterrows()],
        said=[said_of(verdict, lang) for verdict in stability.groups["verdict"]],
    )
    columns = [
        ("group", _("group"), fixed(0, lang)),
        ("members", _("members"), text),
        ("n", _("n"), fixed(0, lang)),
        ("mean_rho", _("mean |ρ|"), fixed(2, lang)),
        ("lowest_rho", _("lowest |ρ|"), fixed(2, lang)),
        ("jaccard", _("stability"), fixed(2, lang)),
        ("interval", _("its interval"), text),
        ("all_together", _("all stay together"), shares(0, lang)),
        ("said", _("the group is"), text),
    ]
    if not stability.draws:
        columns = columns[:5]
    return make(rows, columns, _("Groups that move together"), note=_how_to_read(stability, lang), lang=lang)


def members(stability: GroupStability, names: Names) -> DisplayTable | None:
    """Show of each indicator how surely it belongs where it is, folded up; None without resamples."""
    _ = translator(names.lang)
    lang = names.lang
    if not stability.draws:
        return None
    rows = stability.members.sort_values("group", key=lambda group: group.replace(0, len(group) + 1), kind="stable")
    rows = rows.assign(
        indicator_id=[names.item(item) for item in rows["indicator_id"]],
        group=[number(group, 0, lang) if group else _("on its own") for group in rows["group"]],
        other=[number(group, 0, lang) if group else "" for group in rows["other_group"]],
        other_share=[percent(share, 0, lang) if share > 0 else "" for share in rows["other_share"]],
    )
    columns = [
        ("indicator_id", _("indicator"), text),
        ("group", _("group"), text),
        ("share", _("in so many resamples"), shares(0, lang)),
        ("other", _("otherwise most with group"), text),
        ("other_share", _("in"), text),
    ]
    note = _("In its group: with at least half of the group's other members.")
    return make(rows, columns, _("How surely each indicator is in its group"), note=note, lang=lang, collapsed=True)


def _how_to_read(stability: GroupStability, lang: str) -> str:
    _ = translator(lang)
    note = _(
        "Grouped while the mean |ρ| between two branches is {cut} or more; a missing ρ counts as none. Indicators on "
        "their own are not listed."
    ).format(cut=number(stability.cut, 2, lang))
    if stability.n < ENOUGH:
        note += " " + _("Fewer than {n} subjects: no conclusion.").format(n=ENOUGH)
    if not stability.draws:
        return note
    text = _(
        "Stability: likeness of the group to the likest one in {draws} resamples of the subjects, members in both over "
        "members in any, on average; from {highly} on highly stable, from {stable} on stable, below {pattern} not to "
        "be trusted (Hennig). The interval holds 95% of the resamples."
    )
    return (
        note
        + " "
        + text.format(
            draws=number(stability.draws, 0, lang),
            highly=number(HIGHLY, 2, lang),
            stable=number(STABLE, 2, lang),
            pattern=number(PATTERN, 2, lang),
        )
    )
