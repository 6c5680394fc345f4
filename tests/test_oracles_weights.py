"""Ranks under given weights and without an item, against ../shared/reference, made there by another program (COINr).

Our scheme has two levels, theirs four. Where nothing is missing above the indicators, their tree is flattened: our
dimensions are the pillars, whose weights are multiplied down. One level up the pillars are our indicators and the
sub-indices our dimensions.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.weights.leave_out import leave_one_out, left_out_ranks
from kpianalysis.analyses.weights.weight_model import rank_rows, weight_model
from tests.cards import by_subject, given_card

NAMES = ("asem", "hierarchy_kpi")


def rank_statistics(ranks):
    """Statistics of ranks over draws, a column per subject: quantiles of R's type 7, numpy's default."""
    return pd.DataFrame(
        {
            "mean_rank": ranks.mean(axis=0),
            "median_rank": np.median(ranks, axis=0),
            "q05_rank": np.quantile(ranks, 0.05, axis=0),
            "q95_rank": np.quantile(ranks, 0.95, axis=0),
            "min_rank": ranks.min(axis=0),
            "max_rank": ranks.max(axis=0),
        }
    )


class Hierarchy:
    """One of the reference trees: its tables, and our scorecards of it."""

    def __init__(self, shared, name):
        self.name, self.folder = name, shared / "reference" / name
        self.frame = pd.read_csv(self.folder / "framework.csv", index_col="iCode")
        self.items, self.pillars, self.tops = (self.frame[self.frame["Level"] == level] for level in (1, 2, 3))
        self.scores = pd.read_csv(next(self.folder.glob("normalised*_0_100.csv")), index_col="uCode")

    def read(self, name):
        return pd.read_csv(self.folder / f"{name}.csv", index_col=0)

    def multiplied_down(self, pillars, tops):
        """Weight of each pillar in the total, from its own and its parent's."""
        parents = self.pillars["Parent"]
        return pillars / pillars.groupby(parents).transform("sum") * tops.reindex(parents).to_numpy()

    def card(self, **grades):
        weights = self.multiplied_down(self.pillars["Weight"], self.tops["Weight"])
        of, within = self.items["Parent"].to_dict(), self.items["Weight"].to_dict()
        return given_card(self.scores, of, weights.to_dict(), within, **grades)

    def card_of_pillars(self):
        """One level up; the scores of the pillars are theirs, compared with ours in test_oracles_reference.py."""
        name = "aggregated_amean" if self.name == "asem" else "aggregated_minmax_0_100_amean"
        scores = self.read(name)[list(self.pillars.index)]
        of, tops = self.pillars["Parent"].to_dict(), self.tops["Weight"].to_dict()
        return given_card(scores, of, tops, self.pillars["Weight"].to_dict())

    def totals_under(self, draws):
        """Totals under given weights of every level: subjects, and an array of draws × subjects."""
        model = weight_model(self.card())
        stated = self.multiplied_down(self.pillars["Weight"], self.tops["Weight"])
        drawn = pd.DataFrame(
            [self.multiplied_down(row[self.pillars.index], row[self.tops.index]) for _k, row in draws.iterrows()]
        )
        within = draws[model.indicators] / self.items["Weight"][model.indicators]
        return model.subjects, model.totals(within.to_numpy(), (drawn / stated)[model.dimensions].to_numpy())


@pytest.fixture(scope="module", params=NAMES)
def tree(request, shared):
    return Hierarchy(shared, request.param)


@pytest.fixture(scope="module")
def asem(shared):
    return Hierarchy(shared, "asem")


@pytest.fixture(scope="module")
def gappy(shared):
    return Hierarchy(shared, "hierarchy_kpi")


def _near(ours, theirs):
    """Compare two tables by their labels, to 1e-9."""
    ours = ours.loc[theirs.index, list(theirs)]
    assert ours.to_numpy(dtype=float) == pytest.approx(theirs.to_numpy(dtype=float), abs=1e-9, nan_ok=True)


# Given weights -----------------------------------------------------------------------------------------------


def test_totals_and_nominal_weights_are_theirs(tree):
    """remove_level1_scores.csv, column Nominal; effective_weights.csv: what they call so is our nominal weight."""
    card, expected = tree.card(), tree.read("remove_level1_scores")["Nominal"]
    assert by_subject(card.totals).reindex(expected.index).to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)
    theirs = tree.read("effective_weights")["EffWeight"]
    for level in ("indicator", "dimension"):
        ours = kpi.effective_weights(card, level).set_index("item_id")["weight"]
        assert len(ours) == (tree.frame["Level"] == {"indicator": 1, "dimension": 2}[level]).sum()
        assert ours.to_numpy() == pytest.approx(theirs.reindex(ours.index).to_numpy(), abs=1e-9)
    above = kpi.effective_weights(tree.card_of_pillars(), "dimension").set_index("item_id")["weight"]
    assert above.to_numpy() == pytest.approx(theirs.reindex(above.index).to_numpy(), abs=1e-9)


def test_rank_statistics_under_two_hundred_given_weights(asem):
    """noisy_weights_25pct_200draws.csv, all three levels drawn: noisy_weights_rank_stats.csv, scores included."""
    subjects, totals = asem.totals_under(asem.read("noisy_weights_25pct_200draws"))
    ours = rank_statistics(rank_rows(totals)).assign(
        mean_score=totals.mean(axis=0), sd_score=totals.std(axis=0, ddof=1), uCode=subjects
    )
    card = asem.card()
    nominal = pd.DataFrame({"nominal_score": by_subject(card.totals), "nominal_rank": by_subject(card.totals, "rank")})
    theirs = asem.read("noisy_weights_rank_stats")
    _near(ours.set_index("uCode").join(nominal), theirs)
    assert (theirs["max_rank"] > theirs["min_rank"]).mean() > 0.9


def test_the_mean_shift_of_rank_under_each_given_weight(asem):
    """noisy_weights_mean_abs_rank_shift.csv: one number a draw, against the stated ranks."""
    subjects, totals = asem.totals_under(asem.read("noisy_weights_25pct_200draws"))
    stated = by_subject(asem.card().totals, "rank")[subjects].to_numpy()
    theirs = asem.read("noisy_weights_mean_abs_rank_shift")["mean_abs_rank_shift"]
    ours = np.abs(rank_rows(totals) - stated).mean(axis=1)
    assert ours == pytest.approx(theirs.to_numpy(), abs=1e-9)


def test_rank_statistics_under_given_weights_where_scores_are_missing(gappy):
    """weight_draws.csv, 150 sets at all levels, weights redistributed: weight_draw_rank_stats.csv."""
    assert gappy.scores.isna().any(axis=None)
    subjects, totals = gappy.totals_under(gappy.read("weight_draws"))
    ours = rank_statistics(rank_rows(totals)).assign(sd_score=totals.std(axis=0, ddof=1), uCode=subjects)
    nominal = by_subject(gappy.card().totals, "rank").rename("nominal_rank")
    _near(ours.set_index("uCode").join(nominal), gappy.read("weight_draw_rank_stats"))


def test_ranks_under_given_weights_are_those_of_smaa(shared):
    """10 units, 5 criteria, 1,500 sets of weights: weight_space/fixed_draws, numpy and R's smaa agree."""
    folder = shared / "reference/weight_space/fixed_draws"
    scores, draws = (pd.read_csv(folder / file) for file in ("scores.csv", "weights.csv"))
    expected = json.loads((folder / "expected_numpy.json").read_text(encoding="utf-8"))
    scores = scores.set_axis([f"U{i}" for i in range(len(scores))])[list(draws)]
    model = weight_model(given_card(scores))
    ranks = rank_rows(model.totals(draws[model.indicators].to_numpy(), np.ones((len(draws), 1))))
    ours = rank_statistics(ranks)
    for column in ("q05_rank", "median_rank", "q95_rank"):
        assert ours[column].tolist() == expected[column]
    assert ours["mean_rank"].tolist() == pytest.approx(expected["expected_rank"], abs=1e-9)


# Without an item ---------------------------------------------------------------------------------------------


def _wide(long, column):
    return long.pivot(index="subject_id", columns="item_id", values=column)


def _is_their_removal(card, level, tree, number):
    """Compare totals, ranks and mean shift without each item with remove_level<number>_*.csv."""
    long, summary = left_out_ranks(card, level), leave_one_out(card, level).set_index("item_id")
    _near(_wide(long, "total"), tree.read(f"remove_level{number}_scores").drop(columns="Nominal"))
    if (tree.folder / f"remove_level{number}_ranks.csv").exists():
        ranks = tree.read(f"remove_level{number}_ranks")
        _near(_wide(long, "rank"), ranks.drop(columns="Nominal"))
        stated = _wide(long, "stated_rank")
        assert (stated.loc[ranks.index].to_numpy() == ranks[["Nominal"]].to_numpy()).all()
    theirs = tree.read(f"remove_level{number}_mean_abs_rank_shift")["mean_abs_rank_shift"].drop("Nominal")
    assert len(summary) == len(theirs)
    assert summary["mean_shift"].reindex(theirs.index).to_numpy() == pytest.approx(theirs.to_numpy(), abs=1e-9)


def test_without_an_indicator_totals_ranks_and_shifts_are_theirs(tree):
    """remove_level1_*.csv: 49 indicators and 51 units; 14 indicators and 40 units with gaps."""
    _is_their_removal(tree.card(), "indicator", tree, 1)


def test_without_a_pillar_totals_ranks_and_shifts_are_theirs(tree):
    """remove_level2_*.csv: a pillar's weight goes to the others of its sub-index."""
    _is_their_removal(tree.card_of_pillars(), "indicator", tree, 2)


def test_without_a_sub_index_totals_ranks_and_shifts_are_theirs(asem):
    """remove_level3_*.csv: one of two, so the total is the other one; our dimension left out."""
    _is_their_removal(asem.card_of_pillars(), "dimension", asem, 3)
