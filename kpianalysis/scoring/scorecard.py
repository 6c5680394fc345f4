"""The scorecard: scores, dimension scores, totals and findings of one cycle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from kpianalysis.dataset import Dataset
from kpianalysis.errors import KpiError
from kpianalysis.findings import Finding, as_table, in_order, name_some
from kpianalysis.i18n import N_
from kpianalysis.schema import MISSING_POLICIES
from kpianalysis.scheme import Scheme, actuals_of, cycles_measured, scheme_of
from kpianalysis.scoring.actuals import combine_periods
from kpianalysis.scoring.combine import combine_dimensions, combine_scores
from kpianalysis.scoring.indicators import score_indicators
from kpianalysis.scoring.totals import totals_of


@dataclass(frozen=True)
class Scorecard:
    """The result of one cycle. Tables keep every subject that was measured; nothing is rounded.

    Attributes
    ----------
    cycle, missing : str
        The cycle, and the policy for missing scores.
    scores : DataFrame
        One row per subject × indicator, see `score_indicators` and `combine_scores`.
    dimension_scores : DataFrame
        One row per subject × dimension, see `combine_scores`.
    totals : DataFrame
        One row per subject, see `totals_of`.
    subjects, dimensions, indicators, grades, plan : DataFrame
        Names, catalogue, grades and plan rows in force.
    notes : tuple of Finding
        What a reader must know of source and scores.
    unit_id : str
        The unit the tables are limited to; blank: the whole.
    """

    cycle: str
    missing: str
    scores: pd.DataFrame
    dimension_scores: pd.DataFrame
    totals: pd.DataFrame
    subjects: pd.DataFrame
    dimensions: pd.DataFrame
    indicators: pd.DataFrame
    grades: pd.DataFrame
    plan: pd.DataFrame
    published: pd.DataFrame
    notes: tuple[Finding, ...] = ()
    unit_id: str = ""

    @property
    def findings(self) -> pd.DataFrame:
        """What a reader must know: severity, table, row, column, message, fix; one row each."""
        return as_table(self.notes)

    def for_unit(self, unit_id: str) -> Scorecard:
        """Limit the tables to one unit's subjects; scores, ranks and grades stay those of the whole.

        Parameters
        ----------
        unit_id : str
            Blank: the whole.

        Raises
        ------
        KpiError
            If no subject belongs to that unit.
        """
        if not unit_id:
            return self
        units = sorted(self.subjects["unit_id"].dropna().unique())
        if unit_id not in units:
            raise KpiError(f"There is no unit {unit_id!r} in {self.cycle}. The units are: {name_some(units, most=30)}.")
        members = self.subjects.loc[self.subjects["unit_id"] == unit_id, "subject_id"]
        return replace(
            self,
            scores=_only(self.scores, members),
            dimension_scores=_only(self.dimension_scores, members),
            totals=_only(self.totals, members),
            subjects=self.subjects[self.subjects["subject_id"].isin(members)].reset_index(drop=True),
            published=_only(self.published, members),
            plan=_reaching(self.plan, members),
            notes=tuple(note for note in self.notes if note.severity != "warning"),
            unit_id=unit_id,
        )

    def keep(self, answer: pd.DataFrame) -> pd.DataFrame:
        """Limit an answer table about the whole to the subjects of this scorecard."""
        return _only(answer, self.subjects["subject_id"])


def score(data: Dataset, cycle: str = "", missing: str = "redistribute") -> Scorecard:
    """Score one cycle of a dataset: actual → indicator score → dimension score → total → grade.

    Parameters
    ----------
    data : Dataset
    cycle : str
        Blank: the cycle of the dataset.
    missing : {"redistribute", "zero", "refuse"}
        What a missing score does to the total.

    Returns
    -------
    Scorecard

    Raises
    ------
    KpiError
        If there is no such policy or the cycle has no actuals.

    Notes
    -----
    Source: docs/method.md.

    Examples
    --------
    >>> from kpianalysis import load
    >>> card = score(load("data/hospitals", cycle="FY2017"))
    >>> card.totals["total"].describe()[["count", "mean"]].round(4).tolist()
    [2955.0, 35.5611]
    """
    if missing not in MISSING_POLICIES:
        raise KpiError(f"missing: {missing!r} is not a policy. Use one of: {', '.join(MISSING_POLICIES)}.")
    scheme = scheme_of(data.tables, cycle or data.cycle)
    if scheme.subjects.empty:
        raise KpiError(f"The cycle {scheme.cycle!r} has no actuals in {data.source}.")
    measured = actuals_of(data.tables, scheme.cycle)
    rows, findings = score_indicators(scheme, combine_periods(measured, scheme))
    scores, dimension_scores = combine_scores(rows, scheme.dimensions, missing)
    weighted = combine_dimensions(dimension_scores, missing)
    vetoes = scheme.indicators[scheme.indicators["kind"] == "veto"]
    totals = totals_of(scores, weighted, vetoes, data.tables["grades"])
    return Scorecard(
        scheme.cycle,
        missing,
        scores,
        dimension_scores,
        totals,
        scheme.subjects,
        scheme.dimensions,
        scheme.indicators,
        data.tables["grades"],
        _owners(scheme),
        _of_cycle(data.tables["published"], scheme.cycle),
        in_order([*data.notes, *findings, *_not_in_force(measured, scheme)]),
    )


def score_previous(
    data: Dataset, missing: str = "redistribute", unit_id: str = "", known: Iterable[Scorecard] = ()
) -> Scorecard | None:
    """Score the cycle before, limited to a unit; None when there is nothing to compare with.

    Parameters
    ----------
    data : Dataset
    missing : {"redistribute", "zero", "refuse"}
    unit_id : str
        Blank: the whole.
    known : iterable of Scorecard
        Cards already there, taken instead of scoring a cycle again.
    """
    cards = score_cycles(data, [data.previous_cycle] if data.previous_cycle else [], missing, unit_id, known)
    return cards[0] if cards else None


def score_history(
    data: Dataset,
    missing: str = "redistribute",
    unit_id: str = "",
    most: int = 12,
    known: Iterable[Scorecard] = (),
) -> tuple[Scorecard, ...]:
    """Score a cycle and those before it, as far back as each names the one before and has actuals; oldest first.

    Parameters
    ----------
    data : Dataset
    missing : {"redistribute", "zero", "refuse"}
    unit_id : str
        Blank: the whole. Cycles in which nobody belonged to the unit are passed over.
    most : int
        Cycles at most, the last ones.
    known : iterable of Scorecard
        Cards already there, taken instead of scoring a cycle again.
    """
    previous = data.tables["cycles"].set_index("cycle_id")["previous_cycle_id"].dropna()
    cycle, found = data.cycle, list[str]()
    # A source whose cycles lead back to themselves is never loaded.
    while cycle and len(found) < most and cycles_measured(data.tables, cycle):
        found.append(cycle)
        cycle = previous.get(cycle, "")
    return score_cycles(data, found[::-1], missing, unit_id, known)


def score_cycles(
    data: Dataset,
    cycles: Iterable[str],
    missing: str = "redistribute",
    unit_id: str = "",
    known: Iterable[Scorecard] = (),
) -> tuple[Scorecard, ...]:
    """Score several cycles of a dataset, in the order given.

    Parameters
    ----------
    data : Dataset
    cycles : iterable of str
    missing : {"redistribute", "zero", "refuse"}
    unit_id : str
        Blank: the whole. Cycles in which nobody belonged to the unit are passed over.
    known : iterable of Scorecard
        Cards already there, taken instead of scoring a cycle again.
    """
    there = {card.cycle: card for card in known if (card.missing, card.unit_id) == (missing, unit_id)}
    cards = (there[cycle] if cycle in there else score(data, cycle, missing) for cycle in cycles)
    return tuple(card.for_unit(unit_id) for card in cards if not unit_id or unit_id in set(card.subjects["unit_id"]))


def _reaching(plan: pd.DataFrame, members: Iterable[str]) -> pd.DataFrame:
    """Keep the plan rows for everybody, for roles and for some subjects, and forget the other subjects' names."""
    kept = plan[plan["subject_id"].isna() | plan["subject_id"].isin(members)].reset_index(drop=True)
    return _forget(kept, ["subject_id", "owner_id"])


def _only(table: pd.DataFrame, members: Iterable[str]) -> pd.DataFrame:
    """Keep the rows of some subjects, and forget the others' names wherever they might linger."""
    return _forget(table[table["subject_id"].isin(members)].reset_index(drop=True), ["subject_id", "missing_reason"])


def _forget(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Drop the categories that no row has any more: ids of other subjects, and reasons that may name them."""
    coded = [name for name in columns if isinstance(table.dtypes.get(name), pd.CategoricalDtype)]
    return table.assign(**{name: table[name].cat.remove_unused_categories() for name in coded})


def _not_in_force(measured: pd.DataFrame, scheme: Scheme) -> list[Finding]:
    names = [name for name in measured["indicator_id"].unique() if name not in set(scheme.indicators["indicator_id"])]
    if not names:
        return []
    text = N_("There are actuals of indicators that are not in force in {cycle}: {names}. They are not scored.")
    fix = N_("Add their row for that cycle to indicators, or leave the actuals out.")
    values = {"cycle": scheme.cycle, "names": name_some(names)}
    return [Finding("warning", "actuals", text, column="indicator_id", fix=fix, values=values)]


def _of_cycle(table: pd.DataFrame, cycle: str) -> pd.DataFrame:
    return table[table["cycle_id"] == cycle].reset_index(drop=True)


def _owners(scheme: Scheme) -> pd.DataFrame:
    """Return the plan rows that name an owner or a due date, least specific first."""
    rows = [frame[["indicator_id", "subject_id", "role_id", "owner_id", "due"]] for frame in scheme.plan.values()]
    if not rows:
        return pd.DataFrame(columns=["indicator_id", "subject_id", "role_id", "owner_id", "due"])
    return pd.concat(rows).dropna(subset=["owner_id", "due"], how="all").reset_index(drop=True)
