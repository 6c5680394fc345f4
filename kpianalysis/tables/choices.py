"""Display tables of choices: how much of the spread of ranks each makes, and of each uncertain weight."""

from __future__ import annotations

from kpianalysis.analyses.alternatives.choices import Choices
from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import fixed, make, named, shares, text
from kpianalysis.wording.choices import factor_name, level_name


def choice_shares(found: Choices, names: Names) -> DisplayTable | None:
    """Show how much of the spread of ranks each choice makes."""
    _ = translator(names.lang)
    lang = names.lang
    columns = [
        ("factor", _("choice"), text),
        ("n_levels", _("alternatives"), fixed(0, lang)),
        ("first", _("by itself"), shares(1, lang)),
        ("total", _("with its part in the interplay"), shares(1, lang)),
    ]
    rows = found.rank_shares
    rows = rows.assign(factor=[factor_name(factor, lang) for factor in rows["factor"]])
    note = _(
        "Share of the variance of ranks over {n} combinations, exact for these alternatives. What lacks to 100% in the "
        "first shares is interplay; in the second ones it is counted for each choice that has a part in it."
    ).format(n=fixed(0, lang)(len(found.runs)))
    return make(rows, columns, _("What the spread of ranks comes from"), note=note, lang=lang)


def single_changes(found: Choices, names: Names, most: int = 12) -> DisplayTable | None:
    """Show how far ranks move when one choice alone is changed, the largest move first."""
    _ = translator(names.lang)
    lang = names.lang
    rows = found.levels[found.levels["alone"].notna()]
    rows = rows[rows.duplicated("factor")].sort_values("alone", ascending=False, kind="stable")
    rows = rows.assign(
        factor=[factor_name(factor, lang) for factor in rows["factor"]],
        level=[level_name(factor, level, names) for factor, level in zip(rows["factor"], rows["level"], strict=True)],
    )
    columns = [
        ("level", _("changed to"), text),
        ("factor", _("choice"), text),
        ("alone", _("mean shift of rank, all else as stated"), fixed(1, lang)),
        ("average", _("on average over all combinations"), fixed(1, lang)),
    ]
    return make(rows, columns, _("One choice changed"), most=most, lang=lang)


def dependent_ranks(found: Choices, names: Names, most: int = 10) -> DisplayTable | None:
    """Show the ranks that depend most on choices other than the weights; of a unit's page only its own subjects."""
    _ = translator(names.lang)
    lang = names.lang
    rows = found.subjects[found.subjects["subject_id"].isin(list(names.subjects))]
    rows = rows[rows["sd_without_weights"] > 0]
    rows = rows.assign(main_factor=[factor_name(factor, lang) for factor in rows["main_factor"]])
    columns = [
        ("subject_id", _("subject"), text),
        ("rank", _("rank as stated"), fixed(0, lang)),
        ("rank_low", _("90% of combinations from"), fixed(0, lang)),
        ("rank_high", _("to"), fixed(0, lang)),
        ("rank_best", _("best"), fixed(0, lang)),
        ("rank_worst", _("worst"), fixed(0, lang)),
        ("sd_without_weights", _("spread that is not the weights', places"), fixed(1, lang)),
        ("main_factor", _("above all through"), text),
    ]
    note = _("Spread: standard deviation of the rank, averaged over the sets of weights.")
    caption = _("Ranks that depend most on choices other than the weights")
    return make(named(rows, names.subject, ["subject_id"]), columns, caption, note=note, most=most, lang=lang)
