"""Forecasts to the end of a cycle: arithmetic by hand, statsmodels as oracle, what intervals hold, what cannot leak."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd
import pytest

import kpianalysis as kpi
from kpianalysis import Dataset, KpiError
from kpianalysis.analyses.change.forecast import COLUMNS, current_forecast, forecast_backtest, forecast_end
from kpianalysis.analyses.change.forecast_history import History, part_of
from kpianalysis.analyses.change.forecast_methods import Rest, like_last_year, run_rate
from kpianalysis.analyses.change.forecast_smoothing import error_factor, season_of, smoothed
from kpianalysis.analyses.change.series import period_values
from kpianalysis.figures.forecast import plot_forecast
from kpianalysis.tables import forecast as tables
from kpianalysis.wording import forecast as wording
from kpianalysis.wording.forecast_words import needed
from tests.builders import Row, make_data
from tests.cards import dataset, operations

LEVEL = 0.9


def cycles(first: int = 2022, last: int = 2024) -> list[Row]:
    """Years and their quarters."""
    rows: list[Row] = []
    for year in range(first, last + 1):
        rows.append({"cycle_id": str(year), "kind": "year", "start": f"{year}-01-01", "end": f"{year}-12-31"})
        for q in range(4):
            end = pd.Timestamp(year, 3 * q + 1, 1) + pd.offsets.QuarterEnd(0)
            rows.append(
                {
                    "cycle_id": f"{year}Q{q + 1}",
                    "kind": "quarter",
                    "start": f"{year}-{3 * q + 1:02d}-01",
                    "end": f"{end:%Y-%m-%d}",
                    "parent_cycle_id": str(year),
                }
            )
    return rows


def monthly(values: Sequence[float | tuple[float, float]], subject: str = "A", indicator: str = "I") -> list[Row]:
    """Actuals of consecutive months from January 2022; a pair is numerator and denominator, nan no row."""
    rows: list[Row] = []
    for place, value in enumerate(values):
        year, month = 2022 + place // 12, place % 12 + 1
        cell = {"numerator": value[0], "denominator": value[1]} if isinstance(value, tuple) else {"value": float(value)}
        if not isinstance(value, tuple) and np.isnan(value):
            continue
        period = f"{year}-{month:02d}-01"
        cycle = f"{year}Q{(month + 2) // 3}"
        rows.append({"cycle_id": cycle, "subject_id": subject, "indicator_id": indicator, "period": period, **cell})
    return rows


@cache
def year_of(cycle: str) -> pd.DataFrame:
    """The forecast of data/operations, made once."""
    return forecast_end(dataset("operations"), operations(cycle))


def source(
    values: Sequence[float | tuple[float, float]],
    cycle: str = "2024Q1",
    target: float | None = 100.0,
    plan: list[Row] | None = None,
    **indicator: object,
) -> Dataset:
    """One subject, one indicator, months from January 2022."""
    return make_data(
        cycle,
        check=False,
        cycles=cycles(),
        subjects=[{"subject_id": "A", "unit_id": "u", "role_id": "r"}],
        indicators=[{"aggregation": "mean", "method": "given", **indicator}],
        plan=plan if plan is not None else [{"target": target}] if target is not None else [{}],
        actuals=monthly(values),
    )


def row_of(data: Dataset, cycle: str = "", **options: object) -> pd.Series:
    """The forecast of one cycle; the shortest that runs if blank."""
    table = forecast_end(data, kpi.score(data), **options)  # type: ignore[arg-type]
    return (current_forecast(table) if not cycle else table[table["cycle_id"] == cycle]).iloc[0]


def history(values: Sequence[float] | np.ndarray, aggregation: str = "mean", **more: object) -> History:
    value = np.asarray(values, dtype=float)
    return History(np.arange(len(value)), value, np.ones(len(value)), aggregation, 1, **more)  # type: ignore[arg-type]


def test_run_rate_of_a_sum_is_the_sum_so_far_over_the_share_elapsed():
    row = row_of(source([10.0, 14.0], "2022Q1", 40.0, aggregation="sum"))
    assert (row["so_far"], row["run_rate"]) == (24.0, 36.0)
    assert (row["n_known"], row["n_left"], row["n_periods"]) == (2, 1, 3)
    # The third month must bring what is missing; no month so far did.
    assert row["needed_low"] == 16.0
    assert row["beyond"]


def test_run_rate_of_a_ratio_goes_on_with_the_mean_denominator():
    row = row_of(source([(1.0, 10.0), (8.0, 20.0)], "2022Q1", 0.25, aggregation="ratio"))
    assert row["so_far"] == pytest.approx(9 / 30, rel=1e-12)
    assert row["run_rate"] == pytest.approx(9 / 30, rel=1e-12)
    # (9 + 15 x) / 45 = 0.25
    assert row["needed_low"] == pytest.approx(0.15, rel=1e-12)


def test_what_is_needed_ends_exactly_on_target():
    part = part_of(history([3.0, 5.0, 4.0]), 0, 12)
    assert part.end(part.needed(6.0)) == pytest.approx(6.0, rel=1e-12)


def test_interval_of_the_run_rate_by_hand():
    # Two months 1 apart: σ² = 0.5 with one degree of freedom, one month left: σ²·(1 + 1/2).
    rest = run_rate(history([4.0, 5.0]), 0, 3, 1)
    assert rest is not None
    assert (rest.mean, rest.df) == (4.5, 1.0)
    assert rest.se == pytest.approx(np.sqrt(0.75), rel=1e-12)
    assert rest.interval(LEVEL)[1] == pytest.approx(4.5 + 6.313751514675043 * np.sqrt(0.75), rel=1e-9)


def test_like_last_year_multiplies_sums_and_adds_to_means():
    last_year = np.arange(1.0, 13.0)
    total = like_last_year(history([*last_year, 2.0, 4.0, 6.0], "sum"), 12, 12, 9)
    mean = like_last_year(history([*last_year, 2.0, 3.0, 4.0]), 12, 12, 9)
    assert total is not None and mean is not None
    assert total.mean == pytest.approx(2 * last_year[3:].mean(), rel=1e-12)
    assert mean.mean == pytest.approx(1 + last_year[3:].mean(), rel=1e-12)
    assert (total.se, mean.se) == (0.0, 0.0)


def test_the_last_value_is_carried_on_with_the_steps_so_far():
    rest = run_rate(history([1.0, 3.0, 2.0], "last"), 0, 6, 3)
    assert rest is not None
    assert (rest.mean, rest.se, rest.df) == (2.0, np.sqrt(3 * 2.5), 2)


def test_smoothing_is_that_of_statsmodels():
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    rng = np.random.default_rng(4)
    for n, season in ((17, 0), (33, 12)):
        value = 50 + 0.3 * np.arange(n) + 4 * np.sin(np.arange(n) / 12 * 2 * np.pi) + rng.normal(size=n)
        scaled = (value - value.mean()) / value.std()
        fit = ETSModel(
            scaled,
            trend="add",
            damped_trend=True,
            seasonal="add" if season else None,
            seasonal_periods=season or None,
            initialization_method="heuristic",
        ).fit(disp=False)
        rest = smoothed(history(value), 3)
        assert rest is not None
        assert rest.season == (season > 0)
        assert rest.mean == pytest.approx(value.mean() + value.std() * fit.forecast(3).mean(), rel=1e-9)


def test_error_of_shocks_to_come_is_that_of_statsmodels():
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    parameters = {"smoothing_level": 0.4, "smoothing_trend": 0.1, "damping_trend": 0.9}
    value = pd.Series(np.random.default_rng(1).normal(size=60))
    model = ETSModel(value, trend="add", damped_trend=True, initialization_method="heuristic")
    result = model.smooth(np.array([*parameters.values(), *model._start_params[3:]]))
    told = result.get_prediction(start=60, end=64).forecast_variance / result.scale
    for step in range(5):
        weights = np.zeros(step + 1)
        weights[-1] = 1.0
        # After so many values nothing hangs on the first states any more.
        found = error_factor((0.4, 0.1, 0.9, 0.0), 0, 900, weights)
        assert found == pytest.approx(float(np.asarray(told)[step]), rel=1e-9)


def test_error_from_unknown_first_states_matches_a_simulation():
    """4,000 series, standard error of the ratio of variances 2.2 %; three of them allowed."""
    rng = np.random.default_rng(5)
    n, ahead, draws = 12, 4, 4_000
    parameters = (0.05, 0.02, 0.9, 0.0)
    shocks = rng.normal(size=(n + ahead, draws))
    level, trend = np.zeros(draws), np.zeros(draws)
    value = np.empty((n + ahead, draws))
    for t in range(n + ahead):
        value[t] = level + 0.9 * trend + shocks[t]
        level, trend = level + 0.9 * trend + 0.05 * shocks[t], 0.9 * trend + 0.02 * shocks[t]
    # Least squares for the first states of each series: run the recursion from zero and from each unit state.
    runs = []
    for start in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)):
        data = value[:n] if start == (0.0, 0.0) else np.zeros((n, 1))
        a, b = np.full(data.shape[1], start[0]), np.full(data.shape[1], start[1])
        off = np.empty_like(data)
        for t in range(n):
            off[t] = data[t] - a - 0.9 * b
            a, b = a + 0.9 * b + 0.05 * off[t], 0.9 * b + 0.02 * off[t]
        runs.append((off, a, b))
    design = np.hstack([runs[1][0], runs[2][0]])
    first = -np.linalg.lstsq(design, runs[0][0], rcond=None)[0]
    a, b = (runs[0][k] + runs[1][k] * first[0] + runs[2][k] * first[1] for k in (1, 2))
    forecast = np.mean([a + b * sum(0.9**i for i in range(1, j + 1)) for j in range(1, ahead + 1)], axis=0)
    error = value[n:].mean(axis=0) - forecast
    told = error_factor(parameters, 0, n, np.full(ahead, 1 / ahead))
    assert error.var() == pytest.approx(told, rel=3 * np.sqrt(2 / draws))


def covered(
    forecast: Callable[[History], Rest | None], kind: str, n: int, draws: int, seed: int
) -> tuple[float, float]:
    """Share of intervals that hold the mean of the rest of the year, and its standard error."""
    rng = np.random.default_rng(seed)
    left = 12 - n % 12
    t = np.arange(n + left)
    shape = {"steady": 0.0 * t, "trend": 0.1 * t, "season": 2 * np.sin(2 * np.pi * t / 12)}[kind]
    held = []
    for value in shape + rng.normal(size=(draws, n + left)):
        rest = forecast(history(value[:n]))
        assert rest is not None
        low, high = rest.interval(LEVEL)
        held.append(low <= value[n:].mean() <= high)
    share = float(np.mean(held))
    return share, float(np.sqrt(LEVEL * (1 - LEVEL) / draws))


@pytest.mark.parametrize("n", [15, 21, 33])
def test_run_rate_intervals_cover_what_they_say_of_a_steady_process(n):
    """A little more than 90 %, because a correlation of neighbours is looked for where there is none."""
    share, error = covered(lambda h: run_rate(h, n // 12 * 12, 12, 12 - n % 12), "steady", n, 1_000, seed=n)
    assert LEVEL - 3 * error <= share <= LEVEL + 0.015 + 3 * error


@pytest.mark.parametrize("kind", ["steady", "trend", "season"])
def test_like_last_year_covers_what_it_says_with_trend_and_season(kind):
    share, error = covered(lambda h: like_last_year(h, 12, 12, 3), kind, 21, 1_000, seed=3)
    assert LEVEL - 3 * error <= share <= LEVEL + 0.025 + 3 * error


@pytest.mark.parametrize(("kind", "n"), [("steady", 21), ("season", 33)])
def test_smoothing_covers_what_it_says(kind, n):
    """40 series: 90 % within three standard errors of 4.7 %; shares of 200 series are in docs/method.md."""
    share, error = covered(lambda h: smoothed(h, 12 - n % 12), kind, n, 40, seed=8)
    assert share >= LEVEL - 3 * error


def test_season_is_known_from_two_whole_years_on():
    assert season_of(history(np.arange(23.0))) == 0
    assert season_of(history(np.arange(24.0))) == 12


def test_a_constant_series_is_certain_and_warns_of_nothing():
    row = row_of(source([100.0] * 27, "2024Q1", 100.0), "2024")
    assert (row["end"], row["end_low"], row["end_high"], row["chance"]) == (100.0, 100.0, 100.0, 1.0)
    assert row["outlook"] == "likely"


def test_chances_of_the_ends_of_a_range_add_up():
    rest = Rest(10.0, 2.0, 5.0)
    parts = [rest.chance(-np.inf, 8.0), rest.chance(8.0, 11.0), rest.chance(11.0, np.inf)]
    assert sum(parts) == pytest.approx(1.0, rel=1e-12)


def test_lower_is_better_turns_target_chance_and_need_around():
    values = [9.0, 11.0, 10.0, 12.0, 8.0, 10.0, 10.0]
    low = row_of(source(values, "2022Q3", 9.5, direction="lower"), "2022Q3")
    high = row_of(source([-v for v in values], "2022Q3", -9.5), "2022Q3")
    assert low["chance"] == pytest.approx(high["chance"], rel=1e-9)
    assert low["needed_high"] == pytest.approx(-high["needed_low"], rel=1e-9)
    assert (low["aim_low"], low["aim_high"]) == (-np.inf, 9.5)


def test_a_range_is_met_between_its_ends():
    data = source([10.0, 11.0, 10.5, 10.2], "2022Q2", plan=[{"range_low": 5, "range_high": 15}], direction="range")
    row = row_of(data)
    assert (row["aim_low"], row["aim_high"]) == (5.0, 15.0)
    assert row["chance"] > 0.95


def test_a_sum_that_has_reached_its_target_is_sure_to_keep_it():
    row = row_of(source([30.0, 20.0, 60.0, 45.0, 52.0], "2022Q2", 90.0, aggregation="sum"))
    assert row["so_far"] == 97.0
    assert row["chance"] == 1.0
    assert needed(row.to_dict(), "en") == "reached already"


def test_a_share_that_not_even_zero_can_mend_has_no_chance():
    data = source([(9.0, 10.0), (8.0, 10.0)], "2022Q1", 0.5, aggregation="ratio", direction="lower")
    row = row_of(data)
    assert row["chance"] == 0.0
    assert not row["possible"]
    assert needed(row.to_dict(), "en") == "not even 0 would do"


def test_target_of_the_cycle_is_that_of_its_plan_and_of_the_year_that_of_the_year():
    plan: list[Row] = [{"cycle_id": "2022Q1", "target": 30}, {"cycle_id": "2022", "target": 130}]
    table = forecast_end(*_scored(source([9.0, 11.0], "2022Q1", plan=plan, aggregation="sum")))
    assert table["aim_low"].tolist() == [30.0, 130.0]


def test_targets_agree_with_the_values_by_period():
    cycle = "2024Q2"
    card = operations(cycle)
    targets = period_values(dataset("operations"), card).groupby("indicator_id")["target"].first()
    table = year_of(cycle)
    mine = table[table["cycle_id"] == cycle].set_index("indicator_id")
    ends = mine[["aim_low", "aim_high"]].replace([np.inf, -np.inf], np.nan)
    one_sided = ends.isna().sum(axis=1) == 1
    found = ends.bfill(axis=1)["aim_low"][one_sided] / np.where(mine["is_sum"], 3, 1)[one_sided]
    assert len(found) == 9
    np.testing.assert_allclose(found, targets[found.index], rtol=1e-9)


def _scored(data: Dataset) -> tuple[Dataset, kpi.Scorecard]:
    return data, kpi.score(data)


def test_later_periods_change_nothing():
    rng = np.random.default_rng(2)
    values = rng.normal(50, 3, 27)
    known = row_of(source(values[:20].tolist(), "2023Q3"), "2023Q3")
    by_day = row_of(source(values[:21].tolist(), "2023Q3"), "2023Q3", asof="2023-08-31")
    by_cycle = source(values.tolist(), "2023Q2")
    longer = forecast_end(by_cycle, kpi.score(by_cycle))
    cut = source(values[:18].tolist(), "2023Q2")
    pd.testing.assert_series_equal(known, by_day, check_names=False)
    pd.testing.assert_frame_equal(longer, forecast_end(cut, kpi.score(cut)))


def test_another_unit_of_measure_gives_the_same_chances():
    rng = np.random.default_rng(6)
    values = rng.normal(50, 3, 26)
    for scale in (1000.0, 1e-4):
        one = row_of(source(values.tolist(), target=51.0), "2024")
        other = row_of(source((scale * values).tolist(), target=scale * 51.0), "2024")
        for name in ("run_rate_chance", "last_year_chance", "smoothed_chance", "error_share"):
            assert other[name] == pytest.approx(one[name], rel=1e-6), name
        assert other["end"] == pytest.approx(scale * one["end"], rel=1e-6)


def test_scaling_numerator_and_denominator_together_changes_nothing():
    rng = np.random.default_rng(7)
    pairs = [(float(a), float(b)) for a, b in zip(rng.integers(5, 15, 26), rng.integers(80, 120, 26), strict=True)]
    one = row_of(source(pairs, target=0.1, aggregation="ratio"), "2024")
    other = row_of(source([(7 * a, 7 * b) for a, b in pairs], target=0.1, aggregation="ratio"), "2024")
    numbers = [name for name in COLUMNS if isinstance(one[name], float)]
    np.testing.assert_allclose(other[numbers].astype(float), one[numbers].astype(float), rtol=1e-9)


def test_inputs_are_not_changed():
    data = source([50.0, 52.0, 51.0, 49.0, 50.0], "2022Q2")
    before = {name: table.copy() for name, table in data.tables.items()}
    card = kpi.score(data)
    forecast_end(data, card)
    forecast_backtest(data, card)
    for name, table in data.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_a_unit_page_knows_nothing_of_other_units():
    data, card = dataset("operations"), operations("2024Q2").for_unit("north")
    mine = forecast_end(data, card, smooth=False)
    by_unit = forecast_end(data, operations("2024Q2"), "unit_id", smooth=False)
    same = by_unit[by_unit["group_id"] == "north"].assign(group_id="").reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, same)


def test_groups_come_one_row_each_and_subjects_too():
    data, card = dataset("operations"), operations("2024Q2")
    for by, n in (("unit_id", 4), ("role_id", 3), ("subject_id", 48)):
        table = forecast_end(data, card, by, smooth=False)
        assert table["group_id"].nunique() == n
        assert not table.duplicated(["group_id", "indicator_id", "cycle_id"]).any()


@pytest.mark.parametrize("cycle", ["2024Q1", "2024Q2", "2024Q3"])
def test_on_operations_no_outlook_is_wrong_and_the_planted_targets_are_told(cycle):
    """What came in 2024 is known: nothing called likely failed, nothing called unlikely was met."""
    came = year_of("2024Q4")
    came = came[came["cycle_id"] == "2024"].set_index("indicator_id")
    table = current_forecast(year_of(cycle)).set_index("indicator_id")
    assert set(table["cycle_id"]) == {"2024"}
    assert table.loc["on_time_rate", "outlook"] == "likely"
    assert table.loc["complaint_rate", "outlook"] == "unlikely"
    assert not ((table["outlook"] == "likely") & (came["outlook"] == "missed")).any()
    assert not ((table["outlook"] == "unlikely") & (came["outlook"] == "met")).any()
    held = (came["end"] >= table["end_low"]) & (came["end"] <= table["end_high"])
    assert held.sum() >= 8


def test_a_finished_cycle_gives_what_came():
    table = year_of("2024Q4")
    assert set(table["status"]) == {"finished"}
    quarter = table[(table["cycle_id"] == "2024Q4") & (table["indicator_id"] == "order_value")].iloc[0]
    scores = operations("2024Q4").scores
    actual = scores.loc[scores["indicator_id"] == "order_value", "actual"].mean()
    assert quarter["end"] == pytest.approx(actual, rel=1e-9)
    assert "nothing is left to forecast" in wording.on_course(table, kpi.names_of(operations("2024Q4")))


def test_one_value_a_year_is_said_to_be_no_ground_for_a_forecast():
    data = make_data()
    table = forecast_end(data, kpi.score(data))
    names = kpi.names_of(kpi.score(data))
    assert table["status"].tolist() == ["no periods"]
    assert tables.ends(table, names) is None
    assert "no months" in wording.on_course(table, names)
    assert not plot_forecast(table, period_values(data, kpi.score(data)), names).axison


EDGES: Mapping[str, Callable[[], Dataset]] = {
    "one month": lambda: source([50.0], "2022Q1"),
    "gap": lambda: source([50.0, 51.0, float("nan"), 52.0, 49.0], "2022Q2"),
    "gap in a sum": lambda: source([5.0, float("nan"), 5.0, 6.0], "2022Q2", 20.0, aggregation="sum"),
    "no target": lambda: source([50.0, 51.0, 49.0, 50.0], "2022Q2", None),
    "largest counts": lambda: source([50.0, 51.0], "2022Q1", aggregation="max"),
    "last counts": lambda: source([50.0 + k % 3 for k in range(26)], "2024Q1", aggregation="last"),
    "nothing but zero": lambda: source([0.0] * 14, "2023Q1", 0.0, aggregation="sum", direction="lower"),
    "two years": lambda: source([50.0 + k % 4 for k in range(28)], "2024Q2"),
    "zero target": lambda: source([1.0, 0.0, 1.0, 0.0], "2022Q2", 0.0, aggregation="sum", direction="lower"),
    "one value a quarter": lambda: make_data(
        "2023Q2",
        check=False,
        cycles=cycles(),
        subjects=[{"subject_id": "A"}],
        indicators=[{"aggregation": "sum"}],
        actuals=[
            {"cycle_id": f"{y}Q{q}", "subject_id": "A", "value": 20 + q}
            for y, q in ((2022, 1), (2022, 2), (2022, 3), (2022, 4), (2023, 1), (2023, 2))
        ],
    ),
    "nobody has a value": lambda: make_data(
        "2022Q1",
        check=False,
        cycles=cycles(),
        subjects=[{"subject_id": "A"}],
        actuals=[{"cycle_id": "2022Q1", "subject_id": "A", "period": "2022-01-01", "missing_reason": "ill"}],
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_edges_have_tables_sentences_and_charts_without_a_warning(name):
    data = EDGES[name]()
    card = kpi.score(data)
    names, values = kpi.names_of(card), period_values(data, card)
    table, tested = forecast_end(data, card), forecast_backtest(data, card)
    assert table.columns.tolist() == COLUMNS
    for make in (tables.ends, tables.methods, tables.finished):
        make(table, names)
    tables.backtest(tested, names)
    for say in (wording.on_course, wording.forecast_alt, wording.forecast_title):
        assert say(table, names)
    for say in (wording.what_is_needed, wording.error, wording.how_made):
        assert isinstance(say(table, names), str)
    ax = plot_forecast(table, values, names)
    assert ax.get_title(loc="left")


def test_a_gap_in_a_sum_is_still_to_come_and_one_in_a_mean_does_not_count():
    values = [5.0, float("nan"), 5.0, 6.0]
    total = row_of(source(values, "2022Q2", aggregation="sum"), "2022")
    mean = row_of(source(values, "2022Q2"), "2022")
    assert (total["n_left"], total["run_rate"]) == (9, 64.0)
    assert (mean["n_left"], mean["needed_low"]) == (8, (11 * 100 - 16) / 8)


def test_one_value_a_quarter_is_forecast_to_the_end_of_the_year():
    row = row_of(EDGES["one value a quarter"]())
    assert (row["cycle_id"], row["n_periods"], row["n_known"], row["so_far"]) == ("2023", 4, 2, 43.0)
    assert row["last_year"] == 90.0


def test_a_gap_ends_the_series_that_is_smoothed_but_not_the_cycle():
    values = [50.0 + k % 5 for k in range(26)]
    values[20] = float("nan")
    row = row_of(source(values), "2024")
    assert np.isnan(row["smoothed"])
    assert np.isfinite(row["end"])


@pytest.mark.parametrize(
    ("options", "told"),
    [({"by": "team"}, "by: 'team'"), ({"asof": "soon"}, "asof: 'soon'"), ({"level": 90}, "level: 90")],
)
def test_wrong_arguments_are_named(options, told):
    data = source([50.0, 51.0], "2022Q1")
    with pytest.raises(KpiError, match=told):
        forecast_end(data, kpi.score(data), **options)


def test_the_chart_says_its_finding_and_draws_a_line_for_each_indicator():
    data, card = dataset("operations"), operations("2024Q3")
    names, table = kpi.names_of(card), year_of("2024Q3")
    ax = plot_forecast(table, period_values(data, card), names)
    assert "of 10 indicators 2 will probably end on target" in ax.get_title(loc="left").replace("\n", " ")
    assert len(ax.get_yticklabels()) == 10
    few = plot_forecast(table, period_values(data, card), names, most=3)
    assert len(few.get_yticklabels()) == 3
    assert "drawn: 3" in few.get_title(loc="left").replace("\n", " ")


def test_sentences_carry_the_numbers_of_operations():
    table, names = forecast_end(dataset("operations"), operations("2024Q3")), kpi.names_of(operations("2024Q3"))
    assert wording.on_course(table, names).startswith(
        "After 9 of 12 months, these will probably end 2024 on target: 2 of"
    )
    assert "'Value of orders handled', which needs ≥ 101.7" in wording.what_is_needed(table, names)
    assert "drawn twice as wide" in wording.error(table, names)


def test_published_year_of_emergency_waits_is_within_the_forecast(shared):
    """NHS England, A&E waits, year 2018-19 forecast after nine months; data/nhs_ae_waits/README.md: 88.01 %."""
    waits = pd.read_csv(shared / "data/nhs_ae_waits/ae_attendances.csv", parse_dates=["period"])
    months = waits.groupby("period")[["attendances", "breaches"]].sum()
    value = (1 - months["breaches"] / months["attendances"]).to_numpy()
    year = History(np.arange(36), value, months["attendances"].to_numpy(dtype=float), "ratio", 1)
    assert part_of(year, 24, 12).so_far == pytest.approx(0.8801, abs=0.00005)
    known = year.until(32)
    part = part_of(known, 24, 12)
    for rest in (like_last_year(known, 24, 12, 3), smoothed(known, 3)):
        assert rest is not None
        low, high = (part.end(end) for end in rest.interval(LEVEL))
        assert low <= 0.8801 <= high
        # A winter is coming, and the run rate does not know it.
        assert part.end(rest.mean) < part.so_far
