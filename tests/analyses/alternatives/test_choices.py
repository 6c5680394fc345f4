"""Every combination of choices, each checked against the scheme that would have made that choice."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis.analyses.alternatives.choice_levels import inputs_of, under_policy
from kpianalysis.analyses.alternatives.choice_scores import normalise
from kpianalysis.analyses.alternatives.choice_totals import bend_back, straighten
from kpianalysis.analyses.alternatives.choices import Choices, result_choices
from kpianalysis.analyses.alternatives.factorial import variance_shares
from kpianalysis.analyses.weights.weight_model import rank_rows, weight_model
from kpianalysis.analyses.weights.weight_sets import totals_under
from kpianalysis.errors import KpiError
from tests.builders import actual_rows, make_card
from tests.cards import by_subject, dataset, given_card, given_tables, hospitals, operations, random_card, wide
from tests.shown import SOURCES

FACTORS = ["missing", "scoring", "normalisation", "weights", "aggregation", "left_out"]
NOTHING = {"missing": [], "scoring": [], "normalisation": [], "aggregation": []}


def alone(found: Choices) -> pd.Series:
    return found.levels.set_index(["factor", "level"])["alone"]


def shift(now: pd.Series, stated: pd.Series) -> float:
    return float((now.loc[stated.index] - stated).abs().mean())


def naive_totals(card: kpi.Scorecard, run: pd.Series, found_weights: dict[str, tuple[dict, dict]]) -> dict[str, float]:
    """Totals of one combination, written out as loops over subjects, dimensions and indicators."""
    rows = card.scores[card.scores["kind"] == "scored"].astype({"subject_id": str, "indicator_id": str})
    values = rows.pivot(index="subject_id", columns="indicator_id", values="score")
    if run["normalisation"] == "min_max":
        values = 100 * (values - values.min()) / (values.max() - values.min())
    elif run["normalisation"] == "standardised":
        middle, spread = values.mean().mean(), values.std(ddof=0).mean()
        values = middle + spread * (values - values.mean()) / values.std(ddof=0)
    elif run["normalisation"] == "percentile":
        values = 100 * (values.rank() - 0.5) / values.notna().sum()
    weight = rows.pivot(index="subject_id", columns="indicator_id", values="weight")
    of = dict(zip(card.indicators["indicator_id"], card.indicators["dimension_id"], strict=True))
    within, top = found_weights[run["weights"]]
    nominal = card.dimension_scores.astype({"subject_id": str, "dimension_id": str}).pivot(
        index="subject_id", columns="dimension_id", values="weight"
    )
    totals = {}
    for subject in card.totals["subject_id"].astype("str"):
        above = below = 0.0
        for dimension in nominal:
            mine = [i for i in values if of[i] == dimension and i != run["left_out"] and weight.loc[subject, i] > 0]
            if run["missing"] == "redistribute":
                mine = [i for i in mine if values.loc[subject, i] == values.loc[subject, i]]
            shares = [weight.loc[subject, i] * within.get(i, 1.0) for i in mine]
            if not sum(shares):
                continue
            points = np.nan_to_num([values.loc[subject, i] for i in mine])
            score = float(np.dot(shares, points) / sum(shares))
            part = nominal.loc[subject, dimension] * top.get(dimension, 1.0)
            above += part * (score if run["aggregation"] == "arithmetic" else np.log(max(score, 1.0)))
            below += part
        row = card.totals.set_index(card.totals["subject_id"].astype("str")).loc[subject]
        total = (above if run["aggregation"] == "arithmetic" else 0) / below
        total = total if run["aggregation"] == "arithmetic" else float(np.exp(above / below))
        total += row["bonus"]
        totals[subject] = min(total, row["veto_cap"]) if row["veto_cap"] == row["veto_cap"] else total
    return totals


def naive_ranks(card: kpi.Scorecard, found: Choices, picked: np.ndarray, seed: int) -> pd.DataFrame:
    """Ranks of some runs, a row each, from the written-out loops."""
    inputs = inputs_of(card, {"scoring": []}, 1, 0.25, seed)
    model = inputs.models["redistribute"]
    weights = {
        name: (dict(zip(model.indicators, i, strict=True)), dict(zip(model.dimensions, d, strict=True)))
        for name, i, d in zip(inputs.levels["weights"], inputs.indicators, inputs.dimensions, strict=True)
    }
    totals = [naive_totals(card, run, weights) for _place, run in found.runs.iloc[picked].iterrows()]
    return pd.DataFrame(rank_rows(np.array([list(row.values()) for row in totals])), columns=list(totals[0]))


@pytest.mark.parametrize("seed", range(4))
def test_every_combination_is_what_written_out_loops_give(seed):
    """Gaps, a bonus, a veto, blank and stated weights of dimensions; some combinations of all kinds."""
    card = random_card(seed, gaps=0.1)
    found = result_choices(card, {"scoring": []}, draws=1, seed=seed)
    assert found.n_set_aside == 0
    picked = np.random.default_rng(seed).choice(len(found.runs), 12, replace=False)
    ranks = naive_ranks(card, found, picked, seed)
    stated = by_subject(card.totals, "rank").loc[ranks.columns]
    expected = (ranks - stated).abs().mean(axis=1)
    assert found.runs["mean_rank_shift"].iloc[picked].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-12)


def test_subjects_are_described_by_their_ranks_in_all_combinations():
    card = random_card(4, gaps=0.1)
    found = result_choices(card, {"scoring": [], "normalisation": ["percentile"]}, draws=1, seed=4)
    ranks = naive_ranks(card, found, np.arange(len(found.runs)), 4)
    subjects = found.subjects.set_index("subject_id").loc[ranks.columns]
    described = {"rank_best": ranks.min(), "rank_worst": ranks.max(), "rank_sd": ranks.std(ddof=0)}
    described |= {"rank_low": ranks.quantile(0.05), "rank_high": ranks.quantile(0.95), "rank": ranks.iloc[0]}
    others = [name for name in FACTORS if name != "weights"]
    described["sd_without_weights"] = ranks.groupby([found.runs[name] for name in others]).mean().std(ddof=0)
    for name, expected in described.items():
        assert subjects[name].to_numpy() == pytest.approx(expected.to_numpy(dtype=float), rel=1e-9, abs=1e-9)
    for subject in ranks.columns[:5]:
        alone = variance_shares(found.runs.assign(rank=ranks[subject].to_numpy()), FACTORS, "rank")
        mine = found.subject_shares[found.subject_shares["subject_id"] == subject]
        assert mine["factor"].tolist() == alone["factor"].tolist()
        for name in ("first", "total"):
            assert mine[name].to_numpy() == pytest.approx(alone[name].to_numpy(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("card", [operations("2024Q4"), hospitals(), random_card(3, "zero"), random_card(3)])
def test_the_first_combination_is_the_stated_result(card):
    found = result_choices(card, NOTHING, draws=0)
    assert found.runs[FACTORS].iloc[0].tolist() == [card.missing, "stated", "stated", "stated", "arithmetic", ""]
    assert found.runs["mean_rank_shift"].iloc[0] == 0
    if not found.n_set_aside:
        pd.testing.assert_series_equal(
            found.subjects.set_index("subject_id")["rank"].sort_index(),
            by_subject(card.totals, "rank").dropna().sort_index(),
            check_names=False,
            check_index_type=False,
        )


@pytest.mark.parametrize(("stated", "other"), [("redistribute", "zero"), ("zero", "redistribute")])
def test_another_missing_policy_is_scoring_anew(stated, other):
    for source, cycle in (("operations", "2024Q2"), ("hospitals", "FY2017")):
        one, two = (kpi.score(dataset(source), cycle, policy) for policy in (stated, other))
        pd.testing.assert_frame_equal(under_policy(one, other).totals, two.totals)
        found = result_choices(one, {**NOTHING, "missing": [other]}, draws=0)
        assert found.n_set_aside == 0
        expected = shift(by_subject(two.totals, "rank"), by_subject(one.totals, "rank"))
        assert alone(found)["missing", other] == pytest.approx(expected, rel=1e-12)


def test_whoever_lacks_a_total_in_some_combination_is_set_aside_and_counted():
    rng = np.random.default_rng(0)
    scores = pd.DataFrame(rng.uniform(0, 100, (20, 3)), index=[f"S{i:02d}" for i in range(20)], columns=list("abc"))
    # S03 has only a, so nothing without it; S07 has nothing, which is a total of 0 as the scheme has it.
    scores.loc["S03", ["b", "c"]] = np.nan
    scores.loc["S07"] = np.nan
    card = given_card(scores, missing="zero")
    assert card.totals["total"].notna().all()
    found = result_choices(card, draws=0)
    assert (found.n_subjects, found.n_set_aside, found.kept_in) == (18, 2, ())
    assert set(found.subjects["subject_id"]) == set(scores.index) - {"S03", "S07"}
    kept = by_subject(card.totals).drop(["S03", "S07"])
    assert (
        found.subjects.set_index("subject_id")["rank"].loc[kept.index].tolist() == kept.rank(ascending=False).tolist()
    )


def test_an_indicator_too_many_depend_on_is_not_left_out():
    scores = pd.DataFrame({"a": np.arange(10.0), "b": [np.nan] * 8 + [5.0, 7.0]}, index=[f"S{i}" for i in range(10)])
    found = result_choices(given_card(scores), {"missing": []}, draws=0)
    assert found.kept_in == ("a",)
    assert found.levels.loc[found.levels["factor"] == "left_out", "level"].tolist() == ["", "b"]
    assert found.n_subjects == 10


@pytest.mark.parametrize("card", [operations("2024Q4"), hospitals()])
def test_an_indicator_left_out_alone_shifts_ranks_as_without_its_weight(card):
    found = result_choices(card, NOTHING, draws=0)
    model = weight_model(card)
    ones = np.ones((len(model.indicators), len(model.dimensions)))
    totals = model.totals(1 - np.eye(len(model.indicators)), ones)
    stated = by_subject(card.totals, "rank").loc[model.subjects].to_numpy()
    expected = dict(zip(model.indicators, np.abs(rank_rows(totals) - stated).mean(axis=1), strict=True))
    mine = alone(found)["left_out"].drop("")
    assert mine.to_dict() == pytest.approx({name: expected[name] for name in mine.index}, rel=1e-12)


def test_equal_weights_alone_are_what_other_weights_give():
    card = operations("2024Q4")
    items = [("equal", name, 1.0) for name in (*weight_model(card).indicators, *card.dimensions["dimension_id"])]
    equal = totals_under(card, pd.DataFrame(items, columns=["set_id", "item_id", "weight"]))
    expected = shift(by_subject(equal, "rank"), by_subject(card.totals, "rank"))
    assert alone(result_choices(card, NOTHING, draws=0))["weights", "equal"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("level", "method"), [("proportion", "ratio"), ("met", "binary")])
def test_another_way_of_scoring_is_the_scheme_with_that_method(level, method):
    """Two indicators scored by their way from a baseline, one where less is better, one without any target."""
    rng = np.random.default_rng(1)
    subjects = [f"S{i}" for i in range(20)]
    plan = [{"indicator_id": i, "baseline": b, "target": 60} for i, b in (("I", 20), ("J", 90))]
    indicators = [
        {"indicator_id": "I", "cap": 120},
        {"indicator_id": "J", "direction": "lower"},
        {"indicator_id": "K", "method": "given"},
    ]
    actuals = [row for i in "IJK" for row in actual_rows(dict(zip(subjects, rng.uniform(30, 90, 20), strict=True)), i)]
    tables = {"subjects": [{"subject_id": s} for s in subjects], "plan": plan, "actuals": actuals}

    def card_with(name: str) -> kpi.Scorecard:
        rows = [row if row["indicator_id"] == "K" else {**row, "method": name} for row in indicators]
        return make_card(check=False, indicators=rows, **tables)

    card, other = card_with("baseline"), card_with(method)
    found = result_choices(card, {**NOTHING, "scoring": [level]}, draws=0)
    expected = shift(by_subject(other.totals, "rank"), by_subject(card.totals, "rank"))
    assert expected > 0
    assert alone(found)["scoring", level] == pytest.approx(expected, rel=1e-12)


def test_a_scheme_in_proportion_is_compared_with_pass_or_fail():
    card = make_card(actuals=actual_rows({"A": 90, "B": 120, "C": 60}))
    assert result_choices(card, draws=0).levels.query("factor == 'scoring'")["level"].tolist() == ["stated", "met"]
    asked = result_choices(card, {"scoring": ["proportion"]}, draws=0)
    assert asked.levels.query("factor == 'scoring'")["level"].tolist() == ["stated"]


def test_other_ways_of_scoring_stay_between_floor_and_cap():
    """The method `anchors` has no cap of its own: in proportion a blank cap is 100, a given one holds."""
    plan = [{"indicator_id": i, "threshold": 50, "target": 100, "stretch": 200} for i in "IJ"]
    card = make_card(
        plan=plan,
        indicators=[{"indicator_id": i, "method": "anchors", "cap": cap} for i, cap in (("I", None), ("J", 110))],
        actuals=actual_rows({"A": 80, "B": 105, "C": 150}) + actual_rows({"A": 80, "B": 105, "C": 150}, "J"),
    )
    scores = inputs_of(card, {"scoring": ["proportion"]}, 0, 0.25, 0).scores["proportion"]
    np.testing.assert_allclose(scores.T, [[80, 100, 100], [80, 105, 110]])


def test_an_attainment_that_one_subject_lacks_leaves_the_indicator_as_it_is():
    """A target of 0 has no share: no proportion for anybody, but met or not for everybody."""
    plan = [
        {"subject_id": s, "indicator_id": "I", "baseline": 10, "target": t} for s, t in (("A", 0), ("B", 4), ("C", 5))
    ]
    card = make_card(
        plan=plan,
        indicators=[{"method": "baseline", "direction": "lower"}],
        actuals=actual_rows({"A": 5, "B": 4, "C": 8}),
    )
    scores = inputs_of(card, {"scoring": ["proportion", "met"]}, 0, 0.25, 0).scores
    assert set(scores) == {"stated", "met"}
    assert scores["met"].ravel().tolist() == [0.0, 100.0, 0.0]


def test_nobody_missing_a_score_leaves_no_choice_of_policy():
    card = random_card(5, gaps=0.0)
    found = result_choices(card, draws=0)
    assert found.shares.set_index(["outcome", "factor"]).loc[("ranks", "missing"), "n_levels"] == 1
    assert found.shares.set_index(["outcome", "factor"]).loc[("ranks", "missing"), "total"] == 0
    refused = result_choices(random_card(5, "refuse", gaps=0.2), draws=0)
    assert refused.levels.query("factor == 'missing'")["level"].tolist() == ["refuse"]


@pytest.mark.parametrize("how", ["min_max", "standardised", "percentile"])
def test_normalised_scores_keep_gaps_and_order_and_hold_what_they_promise(how):
    rng = np.random.default_rng(0)
    scores = rng.normal(50, [[5, 20, 1]], (40, 3))
    scores[rng.uniform(size=scores.shape) < 0.2] = np.nan
    found = normalise(scores, how)
    assert (np.isnan(found) == np.isnan(scores)).all()
    for column in range(3):
        there = ~np.isnan(scores[:, column])
        assert (np.argsort(found[there, column]) == np.argsort(scores[there, column])).all()
    if how == "min_max":
        assert np.nanmin(found, axis=0) == pytest.approx([0] * 3)
        assert np.nanmax(found, axis=0) == pytest.approx([100] * 3)
    if how == "standardised":
        assert np.nanmean(found, axis=0) == pytest.approx([np.nanmean(scores, axis=0).mean()] * 3)
        assert np.nanstd(found, axis=0) == pytest.approx([np.nanstd(scores, axis=0).mean()] * 3)
    if how == "percentile":
        assert np.nanmean(found, axis=0) == pytest.approx([50] * 3)


@pytest.mark.parametrize("how", ["min_max", "standardised", "percentile"])
def test_what_is_alike_for_all_is_in_the_middle(how):
    scores = np.array([[80.0, 10.0, np.nan], [80.0, 30.0, np.nan], [np.nan, 20.0, np.nan]])
    found = normalise(scores, how)
    middle = {"min_max": 50.0, "percentile": 50.0, "standardised": 50.0}[how]
    assert found[:2, 0].tolist() == [middle] * 2
    assert np.isnan(found[2, 0])
    assert np.isnan(found[:, 2]).all()


def test_means_that_compensate_less_are_lower_and_zero_counts_as_a_point():
    score = np.array([[20.0, 80.0], [0.0, 100.0], [50.0, 50.0]])
    by = {how: bend_back(straighten(score, how).mean(axis=1), how) for how in ("arithmetic", "geometric", "harmonic")}
    assert by["arithmetic"].tolist() == [50, 50, 50]
    assert by["geometric"] == pytest.approx([40, 10, 50])
    assert by["harmonic"] == pytest.approx([32, 2 / 1.01, 50])


def test_the_shares_of_ranks_are_those_of_each_subject_weighted_by_its_variance():
    found = result_choices(random_card(2), draws=1)
    ranks = found.shares[found.shares["outcome"] == "ranks"].set_index("factor")
    variance = found.subjects.set_index("subject_id")["rank_sd"] ** 2
    for name in ("first", "total"):
        mine = found.subject_shares.pivot(index="subject_id", columns="factor", values=name).fillna(0.0)
        expected = mine.mul(variance.loc[mine.index], axis=0).sum() / variance.sum()
        assert ranks[name].to_numpy() == pytest.approx(expected.loc[ranks.index].to_numpy(), rel=1e-9, abs=1e-12)
    assert ranks["variance"].to_numpy() == pytest.approx(variance.mean(), rel=1e-12)
    shifts = found.shares[found.shares["outcome"] == "mean_rank_shift"]
    again = variance_shares(found.runs, FACTORS, "mean_rank_shift")
    pd.testing.assert_frame_equal(shifts.drop(columns="outcome").reset_index(drop=True), again)


def test_subjects_are_described_over_all_combinations():
    card = random_card(8)
    found = result_choices(card, draws=1)
    stated = found.subjects.set_index("subject_id")
    assert (stated["rank_best"] <= stated["rank_low"]).all()
    assert (stated["rank_low"] <= stated["rank_high"]).all()
    assert (stated["rank_high"] <= stated["rank_worst"]).all()
    assert ((stated["rank_best"] <= stated["rank"]) & (stated["rank"] <= stated["rank_worst"])).all()
    assert (stated["sd_without_weights"] <= stated["rank_sd"] + 1e-12).all()
    assert stated["sd_without_weights"].is_monotonic_decreasing
    main = found.subject_shares.sort_values("total").groupby("subject_id").tail(1).set_index("subject_id")
    assert (main["factor"].loc[stated.index] == stated["main_factor"]).all()


def test_ranks_that_the_weights_alone_make_do_not_vary_without_them():
    """Complete, no other policy, scale or mean: every share that is not the weights' belongs to leaving one out."""
    card = random_card(9, gaps=0.0)
    found = result_choices(card, {**NOTHING}, draws=6)
    ranks = found.shares[found.shares["outcome"] == "ranks"].set_index("factor")
    assert ranks.loc["weights", "first"] + ranks.loc["left_out", "total"] == pytest.approx(1.0, abs=1e-12)
    assert ranks.loc[["missing", "scoring", "normalisation", "aggregation"], "total"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_order_of_subjects_and_scale_of_weights_are_irrelevant(seed):
    rng = np.random.default_rng(seed)
    scores = pd.DataFrame(rng.uniform(10, 100, (9, 4)), index=list("ABCDEFGHI"), columns=list("abcd"))
    scores = scores.mask(rng.uniform(size=scores.shape) < 0.1)
    of = {"a": "X", "b": "X", "c": "Y", "d": "Y"}
    one = result_choices(given_card(scores, of, {"X": 2.0, "Y": 1.0}), draws=1)
    turned = scores.sample(frac=1, random_state=seed)
    two = result_choices(given_card(turned, of, {"X": 20.0, "Y": 10.0}, dict.fromkeys("abcd", 3.0)), draws=1)
    pd.testing.assert_frame_equal(one.runs, two.runs, rtol=1e-9)
    pd.testing.assert_frame_equal(one.shares, two.shares, rtol=1e-9)


def test_order_of_indicators_only_reorders_the_levels():
    rng = np.random.default_rng(5)
    scores = pd.DataFrame(rng.uniform(10, 100, (9, 4)), index=list("ABCDEFGHI"), columns=list("abcd"))
    # Draws follow the order of the indicators; without any, nothing does.
    one, two = (result_choices(given_card(scores[list(order)]), draws=0) for order in ("abcd", "cdba"))
    pd.testing.assert_frame_equal(one.shares, two.shares, rtol=1e-9)
    both = [found.runs.set_index(FACTORS)["mean_rank_shift"] for found in (one, two)]
    pd.testing.assert_series_equal(both[0], both[1].loc[both[0].index], rtol=1e-9)


@pytest.mark.parametrize("source", SOURCES)
def test_schemes_with_hardly_anything_in_them_have_an_answer(source):
    card, _before = SOURCES[source]()
    found = result_choices(card)
    combinations = int(np.prod(found.shares.groupby("outcome", sort=False)["n_levels"].prod().iloc[0]))
    assert len(found.runs) == combinations
    assert found.shares["factor"].drop_duplicates().tolist() == FACTORS
    assert len(found.subject_shares) == 6 * len(found.subjects)
    if source in ("nobody has a total", "one subject", "all totals equal", "nobody in both cycles"):
        assert found.shares["first"].isna().all()
    if source == "nobody has a total":
        assert found.n_subjects == 0
        assert found.runs["mean_rank_shift"].isna().all()


def test_an_indicator_without_weight_is_not_left_out():
    scores = pd.DataFrame({"a": [50.0, 60.0], "b": [70.0, 10.0], "c": [5.0, 9.0]}, index=["A", "B"])
    found = result_choices(given_card(scores, weights={"c": 0.0}))
    assert found.levels.query("factor == 'left_out'")["level"].tolist() == ["", "a", "b"]
    assert found.kept_in == ()


def test_many_subjects_are_represented_by_some(monkeypatch):
    card = operations("2024Q4")
    everybody = result_choices(card)
    monkeypatch.setattr("kpianalysis.analyses.alternatives.choices.MOST_RANKS", len(everybody.runs) * 16)
    some = result_choices(card)
    assert (some.n_subjects, len(some.subjects)) == (48, 16)
    pd.testing.assert_frame_equal(some.runs, everybody.runs)
    mine = everybody.subjects[everybody.subjects["subject_id"].isin(some.subjects["subject_id"])]
    pd.testing.assert_frame_equal(mine.reset_index(drop=True), some.subjects)


def test_a_seed_fixes_the_draws_and_nothing_given_is_changed():
    card = random_card(1)
    before = [table.copy() for table in (card.scores, card.totals, card.dimension_scores)]
    one, two, other = (result_choices(card, seed=seed) for seed in (4, 4, 5))
    pd.testing.assert_frame_equal(one.runs, two.runs)
    assert not one.runs.equals(other.runs)
    for was, now in zip(before, (card.scores, card.totals, card.dimension_scores), strict=True):
        pd.testing.assert_frame_equal(was, now)


def test_levels_that_do_not_exist_are_refused_all_at_once():
    with pytest.raises(KpiError) as error:
        result_choices(operations(), {"mood": ["good"], "scoring": ["rank"], "missing": ["zero", "ignore"]})
    assert str(error.value) == (
        "These choices cannot be compared:\n"
        "levels: there is no choice 'mood'. Use: missing, scoring, normalisation, aggregation.\n"
        "levels: scoring cannot be 'rank'. Use: stated, proportion, met.\n"
        "levels: missing cannot be 'ignore'. Use: redistribute, zero."
    )


def test_a_model_limited_to_subjects_is_theirs():
    model = weight_model(random_card(2))
    names = [model.subjects[3], model.subjects[0]]
    ones = np.ones((1, len(model.indicators))), np.ones((1, len(model.dimensions)))
    assert model.for_subjects(names).totals(*ones).tolist() == model.totals(*ones)[:, [3, 0]].tolist()


def test_all_combinations_are_there_once():
    found = result_choices(random_card(7), {"aggregation": ["geometric", "harmonic"]}, draws=1)
    sets = [found.levels.loc[found.levels["factor"] == name, "level"] for name in FACTORS]
    assert list(found.runs[FACTORS].itertuples(index=False, name=None)) == list(product(*sets))
    assert found.levels.query("factor == 'aggregation'")["level"].tolist() == ["arithmetic", "geometric", "harmonic"]


def test_scores_by_subject_are_laid_out_as_the_model_has_them():
    card = random_card(0)
    inputs = inputs_of(card, {}, 0, 0.25, 0)
    model = inputs.models["redistribute"]
    expected = wide(card.scores[card.scores["kind"] == "scored"], "score").loc[model.subjects, model.indicators]
    np.testing.assert_array_equal(inputs.scores["stated"], expected.to_numpy())
    assert given_tables(expected)["plan"] is None
