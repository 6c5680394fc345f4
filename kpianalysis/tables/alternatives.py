"""Display tables of other weights and other means."""

from __future__ import annotations

import pandas as pd

from kpianalysis.display import DisplayTable
from kpianalysis.i18n import translator
from kpianalysis.names import Names
from kpianalysis.tables.common import Cell, fixed, make, named, shares, signed, text
from kpianalysis.wording.alternatives import caveat, mean_name, method_name, spread_is_not_importance

# Subjects are shown by their shift under the first of these, then the next ones.
ORDER = ["geometric", "harmonic", "copeland"]


def data_weights(weights: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show the stated weights and those from the data side by side.

    Parameters
    ----------
    weights : DataFrame
        `data_weights`.
    names : Names
    """
    _ = translator(names.lang)
    methods = list(weights["set_id"].drop_duplicates())
    order = list(weights["item_id"].drop_duplicates())
    stated = weights.drop_duplicates("item_id").set_index("item_id")["stated_weight"]
    wide = weights.pivot(index="item_id", columns="set_id", values="weight").reindex(index=order)
    rows = wide.assign(stated=stated).rename_axis("item_id").reset_index()
    cell = shares(1, names.lang)
    columns: list[tuple[str, str, Cell]] = [("item_id", _("indicator"), text), ("stated", _("stated weight"), cell)]
    columns += [(method, method_name(method, names), cell) for method in methods]
    return make(
        named(rows, names.item, ["item_id"]),
        columns,
        _("Stated weights, and those that the scores would give"),
        note=spread_is_not_importance(names),
        lang=names.lang,
    )


def data_weight_results(results: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show what the result would be under each set of weights, and what is wrong with each.

    Parameters
    ----------
    results : DataFrame
        `data_weight_results`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = results.assign(
        method=[method_name(set_id, names) for set_id in results["set_id"]],
        caveat=[caveat(set_id, names) for set_id in results["set_id"]],
    )
    columns = [
        ("method", _("weights by"), text),
        ("moved", _("weight moved"), shares(0, lang)),
        ("rank_correlation", _("rank correlation"), fixed(2, lang)),
        ("mean_shift", _("mean shift of rank"), fixed(1, lang)),
        ("most_shift", _("largest shift"), fixed(0, lang)),
        ("n_grade_changes", _("grades that change"), fixed(0, lang)),
        ("n_without_total", _("left without a total"), fixed(0, lang)),
        ("caveat", _("caveat"), text),
    ]
    empty = {name for name in ("moved", "n_grade_changes") if results[name].isna().all()}
    empty |= {name for name in ("n_without_total",) if not results[name].any()}
    note = _("Compared with the stated result. Weight moved: share of the weight that would go to other indicators.")
    shown = [column for column in columns if column[0] not in empty]
    return make(rows, shown, _("The result under weights from the data"), note=note, lang=lang)


def doubt(answer: pd.DataFrame, names: Names, most: int = 10) -> DisplayTable | None:
    """Show whom weights of its own choice would help most.

    Parameters
    ----------
    answer : DataFrame
        `benefit_of_the_doubt`.
    names : Names
    most : int
        Rows to show.
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = answer[answer["shift"] > 0].sort_values("shift", ascending=False, kind="stable")
    rows = rows.assign(stated=rows["rank"] + rows["shift"])
    columns = [
        ("subject_id", _("subject"), text),
        ("stated", _("stated rank"), fixed(0, lang)),
        ("rank", _("rank with its own weights"), fixed(0, lang)),
        ("shift", _("places gained"), signed(0, lang)),
        ("score", _("share of the best total"), shares(1, lang)),
        ("n_indicators", _("indicators it has"), fixed(0, lang)),
    ]
    note = _(
        "Each subject with the weights under which it compares best with the best; many share the first rank. Before "
        "bonus and veto."
    )
    shown = named(rows, names.subject, ["subject_id"])
    return make(shown, columns, _("Whom weights of its own choice would help most"), note=note, most=most, lang=lang)


def compensation(compensated: pd.DataFrame, names: Names, most: int = 10) -> DisplayTable | None:
    """Show the subjects whose rank depends most on a strength making up for a weakness.

    Parameters
    ----------
    compensated : DataFrame
        `compensation`.
    names : Names
    most : int
        Rows to show.
    """
    _ = translator(names.lang)
    lang = names.lang
    rows = _wide(compensated, names)
    columns = [
        ("subject_id", _("subject"), text),
        ("arithmetic", _("stated rank"), fixed(0, lang)),
        ("geometric", _("geometric rank"), fixed(0, lang)),
        ("harmonic", _("harmonic rank"), fixed(0, lang)),
        ("copeland", _("Copeland rank"), fixed(0, lang)),
        ("lowest_id", _("lowest score"), text),
        ("lowest", _("points"), fixed(1, lang)),
        ("highest_id", _("highest score"), text),
        ("highest", _("points"), fixed(1, lang)),
    ]
    note = _(
        "Largest shifts by the geometric mean first; who rises only because many share a mean of 0 is left out. "
        "Copeland: two subjects at a time, the one ahead in the greater weight wins; before bonus and veto."
    )
    return make(rows, columns, _("Whose rank depends on compensation"), note=note, most=most, lang=lang)


def _wide(compensated: pd.DataFrame, names: Names) -> pd.DataFrame:
    """One row per subject, the largest shift by the geometric mean first."""
    ranks = compensated.pivot(index="subject_id", columns="method", values="rank")
    shifts = compensated.pivot(index="subject_id", columns="method", values="shift").abs().reindex(columns=ORDER)
    by = compensated[compensated["method"] == "geometric"].join(shifts, on="subject_id")
    by = by[by[ORDER].to_numpy().max(axis=1, initial=0) > 0]
    # Who shares the last rank with a mean of 0 rises by that alone.
    by = by[(by["lowest"] > 0) | ~(by["shift"] > 0)].sort_values(ORDER, ascending=False, kind="stable")
    rows = by.drop(columns=["method", "total", "rank", *shifts]).join(ranks, on="subject_id")
    return named(named(rows, names.item, ["lowest_id", "highest_id"]), names.subject, ["subject_id"])


def compensation_results(results: pd.DataFrame, names: Names) -> DisplayTable | None:
    """Show how far ranks by each method are from the stated ones.

    Parameters
    ----------
    results : DataFrame
        `compensation_results`.
    names : Names
    """
    _ = translator(names.lang)
    lang = names.lang
    if results["mean_shift"].isna().all():
        return None
    columns = [
        ("method", _("instead of the weighted mean"), text),
        ("rank_correlation", _("rank correlation"), fixed(2, lang)),
        ("mean_shift", _("mean shift of rank"), fixed(1, lang)),
        ("most_shift", _("largest shift"), fixed(0, lang)),
        ("n_zero", _("mean of 0"), fixed(0, lang)),
        ("n_without_total", _("left without a total"), fixed(0, lang)),
    ]
    unused = {name for name in ("n_zero", "n_without_total") if not results[name].any()}
    rows = results.assign(method=[mean_name(method, names) for method in results["method"]])
    shown = [column for column in columns if column[0] not in unused]
    return make(rows, shown, _("Other ways to combine the same scores"), lang=lang)
