"""Sentences about other weights that the data would give, and other means than the stated one."""

from __future__ import annotations

import pandas as pd

from kpianalysis.i18n import ntranslator, translator
from kpianalysis.names import Names
from kpianalysis.wording.common import count, points, share


def method_name(set_id: object, names: Names) -> str:
    """Name a way to get weights from the data; another set is called by its id."""
    return _method_names(names.lang).get(str(set_id), str(set_id))


def _method_names(lang: str) -> dict[str, str]:
    _ = translator(lang)
    return {
        "equal": _("equal weights"),
        "entropy": _("entropy"),
        "critic": _("CRITIC"),
        "standard_deviation": _("standard deviation"),
        "pca": _("principal components"),
        "benefit_of_doubt": _("benefit of the doubt"),
    }


def caveat(set_id: object, names: Names) -> str:
    """Say what a way to get weights from the data rewards, which is not importance; blank for another set."""
    _ = translator(names.lang)
    caveats = {
        "equal": _("No statement about importance either: an area with more indicators gets more weight."),
        "entropy": _("Rewards unevenly spread scores: one indicator with a few very low ones can take most weight."),
        "critic": _("Rewards spread, and disagreement with the other indicators; pure noise has both."),
        "standard_deviation": _("Rewards spread alone: a target that all reach makes an indicator look unimportant."),
        "pca": _("Describes which indicators vary together; an important one may well do so with none."),
        "benefit_of_doubt": _("Each has the weights that suit it best, so no two are compared on the same terms."),
    }
    return caveats.get(str(set_id), "")


def mean_name(method: object, names: Names) -> str:
    """Name a way to combine scores."""
    _ = translator(names.lang)
    return {
        "arithmetic": _("weighted mean (stated)"),
        "geometric": _("geometric mean"),
        "harmonic": _("harmonic mean"),
        "copeland": _("Copeland method"),
    }[str(method)]


def spread_is_not_importance(names: Names) -> str:
    """Say what weights from the data are good for, and for what they are not."""
    return translator(names.lang)(
        "Spread is not importance: these weights describe the scores of this cycle, and no statistic knows what "
        "matters. They show how much depends on the stated weights; they do not replace them."
    )


def unanswered(weights: pd.DataFrame, names: Names) -> str:
    """Name the ways that have no answer for these scores; blank when all have one.

    Parameters
    ----------
    weights : DataFrame
        `data_weights`, by all methods.
    names : Names
    """
    _ = translator(names.lang)
    silent = [name for name in _method_names(names.lang) if name not in {*weights["set_id"], "benefit_of_doubt"}]
    if not silent or weights.empty:
        return ""
    text = _("No answer for these scores (all alike, or below zero) has: {methods}.")
    return text.format(methods=", ".join(method_name(name, names) for name in silent))


def pulled_most(weights: pd.DataFrame, names: Names) -> str:
    """Name the indicator whose weight the data would change most, and which way to ask them.

    Parameters
    ----------
    weights : DataFrame
        `data_weights`.
    names : Names
    """
    _ = translator(names.lang)
    away = (weights["weight"] - weights["stated_weight"]).abs()
    if weights.empty:
        return _("There are no scores to ask for weights.")
    if away.max() < 1e-9:
        return _("The scores give every indicator the weight that it has.")
    row = weights.iloc[int(away.to_numpy().argmax())]
    text = _("The furthest from its stated weight is '{name}': {stated} in the scheme, {other} by {method}.")
    return text.format(
        name=names.item(row["item_id"]),
        stated=share(row["stated_weight"], names.lang, 1),
        other=share(row["weight"], names.lang, 1),
        method=method_name(row["set_id"], names),
    )


def data_says(results: pd.DataFrame, names: Names) -> str:
    """Say how far the result would go under weights from the data, at most and at least.

    Parameters
    ----------
    results : DataFrame
        `data_weight_results`.
    names : Names
    """
    _ = translator(names.lang)
    known = results.dropna(subset=["mean_shift"])
    if known.empty:
        return _("There is no result to compare.")
    # What the same weights for all would do, and what each subject's own would, are two questions.
    same = known[known["set_id"] != "benefit_of_doubt"]
    known = same if len(same) else known
    shift = known["mean_shift"].to_numpy()
    if not shift.any() and not known["n_grade_changes"].fillna(0).any():
        return _("Under the weights that the scores would give, the result stays as it is.")
    far, near = known.iloc[int(shift.argmax())], known.iloc[int(shift.argmin())]
    text = _(
        "Of the weights that the scores would give, those by {far} change the result most: ranks shift by {mean} "
        "places on average; those by {near} change it least ({least} places)."
    )
    if known["n_grade_changes"].notna().all():
        text = _(
            "Of the weights that the scores would give, those by {far} change the result most: ranks shift by {mean} "
            "places on average, and grades that would change: {n}; those by {near} change it least ({least} places, "
            "grades: {fewest})."
        )
    return text.format(
        far=method_name(far["set_id"], names),
        near=method_name(near["set_id"], names),
        mean=points(far["mean_shift"], names.lang),
        least=points(near["mean_shift"], names.lang),
        n=count(far["n_grade_changes"], names.lang),
        fewest=count(near["n_grade_changes"], names.lang),
    )


def doubt(answer: pd.DataFrame, names: Names) -> str:
    """Say for how many there are weights under which nobody is better, and how far down the lowest stays.

    Parameters
    ----------
    answer : DataFrame
        `benefit_of_the_doubt` of the whole.
    names : Names
    """
    _ = translator(names.lang)
    known = answer["score"].dropna()
    if known.empty:
        return _("Benefit of the doubt: nobody has a score, or a score is below zero.")
    text = _(
        "Benefit of the doubt: with free choice of weights, {first} of {n} subjects would be second to none; the "
        "lowest gets no nearer than {lowest} of the best total."
    )
    if answer["share_low"].iloc[0] > 0 or answer["share_high"].iloc[0] < 1:
        text = _(
            "Benefit of the doubt: with weights of its own choice, {low} to {high} for each indicator, {first} of {n} "
            "subjects would be second to none; the lowest gets no nearer than {lowest} of the best total."
        )
    return text.format(
        first=count((known == 1).sum(), names.lang),
        n=count(len(known), names.lang),
        lowest=share(known.min(), names.lang),
        low=share(answer["share_low"].iloc[0], names.lang, 1),
        high=share(answer["share_high"].iloc[0], names.lang, 1),
    )


def compensating(results: pd.DataFrame, names: Names) -> str:
    """Say how far ranks depend on a strength making up for a weakness.

    Parameters
    ----------
    results : DataFrame
        `compensation_results`.
    names : Names
    """
    _ = translator(names.lang)
    if results["mean_shift"].isna().all():
        return _("There is no result to compare.")
    if not results["most_shift"].any():
        return _(
            "No rank depends on a strength making up for a weakness: other means, and comparing pair by pair, agree."
        )
    text = _(
        "The stated mean lets a strength make up for a weakness in full. With a geometric mean, which allows less of "
        "it, ranks shift by {geometric} places on average (at most {most}); with a harmonic mean by {harmonic}; "
        "decided pair by pair by the greater weight (Copeland) by {copeland}."
    )
    shifts = {m: points(shift, names.lang) for m, shift in zip(results["method"], results["mean_shift"], strict=True)}
    most = results.loc[results["method"] == "geometric", "most_shift"].iloc[0]
    return text.format(**shifts, most=count(most, names.lang))


def zero_means(results: pd.DataFrame, compensated: pd.DataFrame, names: Names) -> str:
    """Say how many would have nothing, or no total, for a single score of 0 or less; blank for none.

    Parameters
    ----------
    results : DataFrame
        `compensation_results`.
    compensated : DataFrame
        `compensation` of the whole.
    names : Names
    """
    _ = translator(names.lang)
    row = results[results["method"] == "geometric"].iloc[0]
    n = count((compensated["method"] == "geometric").sum(), names.lang)
    sentences = []
    if row["n_zero"]:
        text = _(
            "{zero} of {n} subjects would have a geometric mean of 0 whatever else they score, because one of the "
            "scores that are combined is 0; where 0 is the floor of a scale rather than nothing, that says little "
            "about them."
        )
        sentences.append(text.format(zero=count(row["n_zero"], names.lang), n=n))
    if row["n_without_total"]:
        text = _("{none} of {n} subjects would have no geometric mean, because a score is below zero.")
        sentences.append(text.format(none=count(row["n_without_total"], names.lang), n=n))
    return " ".join(sentences)


def gains_and_losses(compensated: pd.DataFrame, names: Names, method: str = "geometric") -> str:
    """Name who would gain and who would lose most if weaknesses counted for more.

    Parameters
    ----------
    compensated : DataFrame
        `compensation`.
    names : Names
    method : {"geometric", "harmonic", "copeland"}
    """
    _, ngettext = translator(names.lang), ntranslator(names.lang)
    rows = compensated[(compensated["method"] == method) & compensated["shift"].notna()]
    if rows.empty or (rows["shift"] == 0).all():
        return _("Nobody's rank depends on whether a strength may make up for a weakness.")
    # Who shares the last rank with a mean of 0 rises by that alone.
    rising = rows["shift"].where((rows["lowest"] > 0) | (method == "copeland"), 0.0).to_numpy()
    up, down = rows.iloc[int(rising.argmax())], rows.iloc[int(rows["shift"].to_numpy().argmin())]
    sentences = []
    if down["shift"] < 0:
        text = ngettext(
            "By the {method} '{subject}' would lose most, {places} place: '{lowest}' ({low} points) is made up for by "
            "'{highest}' ({high} points).",
            "By the {method} '{subject}' would lose most, {places} places: '{lowest}' ({low} points) is made up for by "
            "'{highest}' ({high} points).",
            int(-down["shift"]),
        )
        sentences.append(_about(text, down, method, names))
    if rising.max() > 0:
        text = ngettext(
            "By the {method} '{subject}' would gain most, {places} place: its lowest score is {low} points "
            "('{lowest}').",
            "By the {method} '{subject}' would gain most, {places} places: its lowest score is {low} points "
            "('{lowest}').",
            int(up["shift"]),
        )
        sentences.append(_about(text, up, method, names))
    return " ".join(sentences)


def _about(text: str, row: pd.Series, method: str, names: Names) -> str:
    return text.format(
        method=mean_name(method, names),
        subject=names.subject(row["subject_id"]),
        places=count(abs(row["shift"]), names.lang),
        lowest=names.item(row["lowest_id"]),
        highest=names.item(row["highest_id"]),
        low=points(row["lowest"], names.lang),
        high=points(row["highest"], names.lang),
    )


def data_weights_alt(weights: pd.DataFrame, names: Names) -> str:
    """Describe the strips of weights."""
    _ = translator(names.lang)
    return _("Stated weight of each indicator beside the weights from the data.") + " " + pulled_most(weights, names)


def compensation_alt(compensated: pd.DataFrame, names: Names, method: str = "geometric") -> str:
    """Describe the chart of stated ranks against those by another method."""
    _ = translator(names.lang)
    text = _("Rank of each subject by the stated mean against its rank by the {method}.")
    sentences = [text.format(method=mean_name(method, names)), gains_and_losses(compensated, names, method)]
    rows = compensated[(compensated["method"] == method) & compensated["shift"].notna()]
    zero = int((rows["lowest"] <= 0).sum()) if method != "copeland" else 0
    if zero:
        text = _("{zero} of {n} subjects have a mean of 0 and share the last rank.")
        sentences.append(text.format(zero=count(zero, names.lang), n=count(len(rows), names.lang)))
    return " ".join(sentences)
