"""Is it the weights, or another choice? Every combination of choices is run, so what each one makes is exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from kpianalysis.analyses.alternatives.choice_levels import Inputs, inputs_of
from kpianalysis.analyses.alternatives.choice_scores import normalise
from kpianalysis.analyses.alternatives.choice_totals import combined_totals
from kpianalysis.analyses.alternatives.factorial import cube_shares, variance_shares
from kpianalysis.analyses.weights.rank_counting import quantiles
from kpianalysis.analyses.weights.weight_model import rank_rows
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats

# Ranks kept at once, combinations × subjects; beyond it only every second, third, … subject's own are kept.
MOST_RANKS = 100_000_000


@dataclass(frozen=True)
class Choices:
    """What every combination of choices gives, and how much of the difference each choice makes.

    Attributes
    ----------
    runs : DataFrame
        One row per combination, the stated one first: a column per choice with its level, and mean_rank_shift (mean
        absolute difference from the stated ranks, places).
    shares : DataFrame
        One row per outcome and choice: outcome ("ranks": the variance of each subject's rank, all subjects together;
        "mean_rank_shift"), then the columns of `variance_shares`.
    levels : DataFrame
        One row per choice and level, the stated one first: factor, level, alone (mean_rank_shift if only this is
        changed), average (mean_rank_shift over all combinations with it).
    subjects : DataFrame
        One row per subject, first the one whose rank depends most on choices other than the weights: subject_id,
        unit_id, rank (stated), rank_low, rank_high (5 % and 95 % of the combinations), rank_best, rank_worst (of
        all), rank_sd, sd_without_weights (standard deviation of the rank, averaged over the weights), main_factor and
        main_total (the choice with the largest total share; blank and missing where the rank never varies).
    subject_shares : DataFrame
        One row per subject and choice: subject_id, factor, first, total.
    n_subjects, n_set_aside : int
        Subjects ranked; those with a stated total that lack one in some combination.
    kept_in : tuple of str
        Indicators that were not left out, because too few subjects would keep a total.
    """

    runs: pd.DataFrame
    shares: pd.DataFrame
    levels: pd.DataFrame
    subjects: pd.DataFrame
    subject_shares: pd.DataFrame
    n_subjects: int
    n_set_aside: int
    kept_in: tuple[str, ...]

    @property
    def rank_shares(self) -> pd.DataFrame:
        """Shares of the variance of ranks by choice, the largest first; no rows where no rank moves."""
        rows = self.shares[self.shares["outcome"] == "ranks"].dropna(subset=["first"])
        return rows.sort_values("first", ascending=False, kind="stable").reset_index(drop=True)


def result_choices(
    card: Scorecard,
    levels: Mapping[str, Sequence[str]] | None = None,
    draws: int = 2,
    spread: float = 0.25,
    seed: int = 0,
) -> Choices:
    """Rank everybody under every combination of choices, and split the variance of the ranks among the choices.

    Parameters
    ----------
    card : Scorecard
        Of the whole: a rank within a part is another rank.
    levels : mapping of choice to sequence of str, optional
        Other levels than the usual ones, see `LEVELS`; what the scheme does is always compared.
        `{"scoring": ["met"], "aggregation": []}` compares one other way of scoring and no other mean.
    draws : int
        Sets of weights drawn around the stated ones, besides the stated and equal ones.
    spread : float
        Of the draws: relative standard deviation of an average weight.
    seed : int

    Returns
    -------
    Choices

    Raises
    ------
    KpiError
        If there is no such choice or level.

    Notes
    -----
    Six choices: missing policy, scoring method, normalisation, weights, mean of the dimensions, left-out indicator.
    An alternative that gives the stated scores or weights again is no level. Not varied, for a scorecard does not say
    what they would give: targets, thresholds and points of a scale, the data themselves, `min_indicators`, bonus and
    veto, and grades, whose boundaries mean nothing on another scale. All levels count alike, so a share is about these
    alternatives and no others. Source: docs/method.md, "Variance shares of choices".
    """
    inputs = inputs_of(card, levels, draws, spread, seed)
    shape = tuple(len(names) for names in inputs.levels.values())
    shifts, ranks, kept = _run(inputs, shape)
    factors = list(inputs.levels)
    runs = pd.DataFrame(list(product(*inputs.levels.values())), columns=factors).assign(mean_rank_shift=shifts)
    variance, first, total = cube_shares(ranks.reshape(*shape, len(kept)))
    model = next(iter(inputs.models.values()))
    subjects = pd.DataFrame({"subject_id": [model.subjects[place] for place in kept]})
    units = card.totals.astype({"subject_id": "str"}).set_index("subject_id")["unit_id"]
    subjects["unit_id"] = units.loc[subjects["subject_id"]].array
    return Choices(
        runs,
        _shares(runs, inputs, variance, first, total),
        _levels(runs, inputs),
        _subjects(subjects, ranks, factors, variance, total),
        pd.DataFrame(
            {
                "subject_id": np.repeat(subjects["subject_id"].to_numpy(), len(factors)),
                "factor": factors * len(kept),
                "first": first.T.ravel(),
                "total": total.T.ravel(),
            }
        ),
        len(model.subjects),
        inputs.n_set_aside,
        inputs.kept_in,
    )


def _run(inputs: Inputs, shape: tuple[int, ...]) -> tuple[Floats, np.ndarray, np.ndarray]:
    """Rank everybody in every combination: mean shifts, the ranks of the subjects kept, and who they are."""
    n = len(next(iter(inputs.models.values())).subjects)
    runs = int(np.prod(shape))
    shifts, stated, kept = np.full(runs, np.nan), np.empty(0), np.arange(0)
    ranks = np.empty((runs, 0), dtype=np.uint16)
    done = 0
    for totals in _blocks(inputs) if n else ():
        ranked = rank_rows(totals)
        if not done:
            stated = ranked[0]
            # Spread over the whole order where not all can be kept.
            kept = np.sort(np.argsort(stated, kind="stable")[:: -(-runs * n // MOST_RANKS)])
            ranks = np.empty((runs, len(kept)), dtype=np.uint16 if n < 2**16 else np.int32)
        rows = slice(done, done + len(ranked))
        shifts[rows] = np.abs(ranked - stated).mean(axis=1)
        ranks[rows] = ranked[:, kept]
        done = rows.stop
    return shifts, ranks, kept


def _blocks(inputs: Inputs) -> Iterator[Floats]:
    """Give the totals of all combinations, in the order of the levels, those of one set of weights at a time."""
    for missing, scoring, how in product(*(inputs.levels[name] for name in ("missing", "scoring", "normalisation"))):
        points = np.nan_to_num(normalise(inputs.scores[scoring], how))
        model = replace(inputs.models[missing], points=points)
        for indicators, dimensions in zip(inputs.indicators, inputs.dimensions, strict=True):
            yield combined_totals(
                model, indicators, dimensions, inputs.levels["aggregation"], inputs.levels["left_out"][1:]
            )


def _shares(runs: pd.DataFrame, inputs: Inputs, variance: Floats, first: Floats, total: Floats) -> pd.DataFrame:
    factors = list(inputs.levels)
    whole = variance.sum() if len(variance) else np.nan
    # A subject whose rank never varies has no shares, and no variance to split.
    by = [
        np.nansum(shares * variance, axis=1) / whole if whole > 0 else np.full(len(factors), np.nan)
        for shares in (first, total)
    ]
    ranks = pd.DataFrame(
        {
            "outcome": "ranks",
            "factor": factors,
            "n_levels": [len(names) for names in inputs.levels.values()],
            "first": by[0],
            "total": by[1],
            "interaction": by[1] - by[0],
            "variance": whole / max(len(variance), 1),
        }
    )
    if not len(variance):
        return ranks
    shifts = variance_shares(runs, factors, "mean_rank_shift")
    shifts.insert(0, "outcome", "mean_rank_shift")
    return pd.concat([ranks, shifts], ignore_index=True)


def _levels(runs: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    rows = []
    factors = list(inputs.levels)
    differs = runs[factors] != runs[factors].iloc[0]
    n_changed = differs.sum(axis=1)
    for factor, names in inputs.levels.items():
        alone = runs[(n_changed == 0) | ((n_changed == 1) & differs[factor])].set_index(factor)["mean_rank_shift"]
        average = runs.groupby(factor, sort=False)["mean_rank_shift"].mean()
        rows += [(factor, name, alone[name], average[name]) for name in names]
    return pd.DataFrame(rows, columns=["factor", "level", "alone", "average"])


def _subjects(
    subjects: pd.DataFrame, ranks: np.ndarray, factors: list[str], variance: Floats, total: Floats
) -> pd.DataFrame:
    if subjects.empty:
        low = high = best = worst = stated = np.empty(0)
    else:
        low, high = quantiles(ranks.T, (0.05, 0.95))
        best, worst, stated = ranks.min(axis=0), ranks.max(axis=0), ranks[0]
    without = np.nan_to_num(1 - total[factors.index("weights")])
    main = np.nan_to_num(total, nan=-1.0).argmax(axis=0)
    answer = subjects.assign(
        rank=stated.astype(np.float64),
        rank_low=low,
        rank_high=high,
        rank_best=best.astype(np.float64),
        rank_worst=worst.astype(np.float64),
        rank_sd=np.sqrt(variance),
        # Rounding may leave a share a hair below zero.
        sd_without_weights=np.sqrt(variance * np.maximum(without, 0.0)),
        main_factor=np.where(variance > 0, np.array(factors, dtype=object)[main], ""),
        main_total=total.max(axis=0),
    )
    return answer.sort_values("sd_without_weights", ascending=False, kind="stable").reset_index(drop=True)
