"""Sentences about choices: is it the weights, or something else that was decided?"""

from __future__ import annotations

from kpianalysis.analyses.alternatives.choices import Choices
from kpianalysis.i18n import N_, ntranslator, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, points, share

FACTORS = {
    "missing": N_("what a missing score does"),
    "scoring": N_("the scoring method"),
    "normalisation": N_("the scale of scores"),
    "weights": N_("the weights"),
    "aggregation": N_("the kind of mean"),
    "left_out": N_("which indicators count"),
}
LEVELS = {
    ("missing", "redistribute"): N_("a missing score's weight goes to the others"),
    ("missing", "zero"): N_("a missing score counts as 0"),
    ("missing", "refuse"): N_("a missing score leaves no total"),
    ("scoring", "stated"): N_("scored as the scheme does"),
    ("scoring", "proportion"): N_("scored in proportion to the target"),
    ("scoring", "met"): N_("scored by target met or not"),
    ("normalisation", "stated"): N_("scores as they are"),
    ("normalisation", "min_max"): N_("every indicator from 0 (lowest) to 100 (highest)"),
    ("normalisation", "standardised"): N_("every indicator with the same mean and spread"),
    ("normalisation", "percentile"): N_("every indicator by share of subjects below"),
    ("weights", "stated"): N_("stated weights"),
    ("weights", "equal"): N_("equal weights"),
    ("aggregation", "arithmetic"): N_("arithmetic mean of dimensions"),
    ("aggregation", "geometric"): N_("geometric mean of dimensions"),
    ("aggregation", "harmonic"): N_("harmonic mean of dimensions"),
    ("left_out", ""): N_("no indicator left out"),
}


def factor_name(factor: str, lang: str) -> str:
    """Name of a choice within a sentence."""
    return translator(lang)(FACTORS[factor])


def level_name(factor: str, level: str, names: Names) -> str:
    """Name of one alternative of a choice."""
    _ = translator(names.lang)
    if (factor, level) in LEVELS:
        return _(LEVELS[factor, level])
    if factor == "weights":
        return _("weights drawn around the stated ones, set {n}").format(n=level.split()[-1])
    return _("without '{name}'").format(name=names.item(level))


def main_choice(found: Choices, names: Names) -> str:
    """Say which choice makes most of the spread of ranks, and how much the weights make.

    Parameters
    ----------
    found : Choices
        `result_choices`.
    names : Names
    """
    _ = translator(names.lang)
    by = found.rank_shares
    if by.empty:
        return _("No choice that was compared moves any rank.")
    first = by.iloc[0]
    if first["factor"] == "weights":
        text = _(
            "Of the spread of ranks over {n} combinations of choices, {share} comes from the weights, more than from "
            "any other choice (next: {factor}, {other}), and {rest} from the interplay of choices."
        )
        first, weights = by.iloc[1], first
        values = {"share": weights["first"], "other": first["first"]}
    else:
        text = _(
            "Of the spread of ranks over {n} combinations of choices, {other} comes from {factor}, {share} from the "
            "weights, and {rest} from the interplay of choices."
        )
        values = {"share": by.set_index("factor").loc["weights", "first"], "other": first["first"]}
    return text.format(
        n=count(len(found.runs), names.lang),
        factor=factor_name(first["factor"], names.lang),
        rest=share(max(1 - by["first"].sum(), 0.0), names.lang),
        **{name: share(value, names.lang) for name, value in values.items()},
    )


def weights_settled(found: Choices, names: Names) -> str:
    """Say how much of the spread of ranks would remain if everybody agreed on the weights; blank without other ones.

    Parameters
    ----------
    found : Choices
    names : Names
    """
    _ = translator(names.lang)
    by = found.rank_shares
    weights = by[(by["factor"] == "weights") & (by["n_levels"] > 1)]
    if weights.empty:
        return ""
    text = _(
        "Agreement on the weights would take away {first} of that spread on average; if everything but the weights "
        "were settled, {total} of it would remain."
    )
    return text.format(
        first=share(weights["first"].iloc[0], names.lang), total=share(weights["total"].iloc[0], names.lang)
    )


def largest_alone(found: Choices, names: Names) -> str:
    """Name the one change that moves ranks most while all else stays as stated, and how far other weights do.

    Parameters
    ----------
    found : Choices
    names : Names
    """
    _ = translator(names.lang)
    levels = found.levels.dropna(subset=["alone"])
    changed = levels[levels["alone"] > 0]
    if changed.empty:
        return _("No single change moves any rank.")
    first = changed.iloc[int(changed["alone"].to_numpy().argmax())]
    text = _("The one change that moves ranks most is this: {level}; on average by {places} places.")
    values = {"level": level_name(first["factor"], first["level"], names), "places": first["alone"]}
    weights = changed[changed["factor"] == "weights"]
    if first["factor"] != "weights" and len(weights):
        text = _(
            "The one change that moves ranks most is this: {level}; on average by {places} places. Other weights alone "
            "move them by {least} to {most}."
        )
        values |= {"least": weights["alone"].min(), "most": weights["alone"].max()}
    return text.format(level=values.pop("level"), **{name: points(value, names.lang) for name, value in values.items()})


def most_dependent(found: Choices, names: Names) -> str:
    """Name the subject whose rank depends most on choices other than the weights; blank where none moves.

    Parameters
    ----------
    found : Choices
    names : Names
        A page about one unit names nobody outside it.
    """
    _ = translator(names.lang)
    mine = found.subjects[found.subjects["subject_id"].isin(list(names.subjects))]
    if mine.empty or not mine["sd_without_weights"].iloc[0] > 0:
        return ""
    row = mine.iloc[0]
    text = _(
        "Choices other than the weights move '{subject}' most: place {rank} as stated, {low} to {high} in 90% of the "
        "combinations, above all through {factor}."
    )
    return text.format(
        subject=names.subject(row["subject_id"]),
        rank=count(row["rank"], names.lang),
        low=count(row["rank_low"], names.lang),
        high=count(row["rank_high"], names.lang),
        factor=factor_name(row["main_factor"], names.lang),
    )


def advice(found: Choices, names: Names) -> str:
    """Suggest what to settle first; a person decides.

    Parameters
    ----------
    found : Choices
    names : Names
    """
    _ = translator(names.lang)
    by = found.rank_shares
    if by.empty:
        return _(
            "Suggestion, a person decides: none of these choices needs settling; ranks are the same whichever is made."
        )
    if by["factor"].iloc[0] == "weights":
        return _(
            "Suggestion, a person decides: the weights deserve the discussion; no other choice that was compared "
            "moves ranks more."
        )
    text = _("Suggestion, a person decides: settle {factor} before the weights; it moves ranks more.")
    return text.format(factor=factor_name(by["factor"].iloc[0], names.lang))


def what_was_compared(found: Choices, names: Names) -> str:
    """Say which choices were open and which were not, and whom the comparison leaves out.

    Parameters
    ----------
    found : Choices
    names : Names
    """
    _, ngettext = translator(names.lang), ntranslator(names.lang)
    sizes = found.levels.groupby("factor", sort=False).size()
    listed = ", ".join(f"{factor_name(str(name), names.lang)} ({n})" for name, n in sizes.items() if n > 1)
    said = []
    if listed:
        text = _(
            "Compared are all combinations of {listed}, each alternative counting alike; targets, data, bonus and veto "
            "stay as they are."
        )
        said.append(text.format(listed=listed))
    if fixed := [factor_name(str(name), names.lang) for name, n in sizes.items() if n == 1]:
        said.append(_("No alternative here for: {names}.").format(names=", ".join(fixed)))
    if found.n_set_aside:
        text = ngettext(
            "{n} subject would lack a total in some combination and is not ranked.",
            "{n} subjects would lack a total in some combination and are not ranked.",
            found.n_set_aside,
        )
        said.append(text.format(n=count(found.n_set_aside, names.lang)))
    if found.kept_in:
        kept = ", ".join(f"'{names.item(item)}'" for item in found.kept_in)
        said.append(_("Not left out, because too many would have no total: {names}.").format(names=kept))
    return " ".join(said)


def choices_alt(found: Choices, names: Names) -> str:
    """Describe the bars of choices."""
    _ = translator(names.lang)
    each = [
        _("{factor} {first}, with interplay {total}").format(
            factor=factor_name(row["factor"], names.lang),
            first=share(row["first"], names.lang),
            total=share(row["total"], names.lang),
        )
        for _place, row in found.rank_shares.query("n_levels > 1").iterrows()
    ]
    said = [_("Share of the spread of ranks that each choice makes."), main_choice(found, names)]
    if each:
        said.append(_("By choice: {list}.").format(list="; ".join(each)))
    return " ".join(said)
