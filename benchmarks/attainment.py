"""The attainment tables against the same tables written by hand in pandas: `python -m benchmarks.attainment [LARGEST]`.

LARGEST: subjects of the last row of the table of growth (default 30,000).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd
from scipy import stats

import kpianalysis as kpi
from benchmarks.made_up import INDICATORS, write_scheme
from benchmarks.measure import ROOT, Cost, cost_of, exponent, in_turn
from kpianalysis.analyses.attainment import data_status, gaps, group_summary, indicator_summary
from kpianalysis.analyses.bridge import bridge_indicators, bridge_subjects
from kpianalysis.analyses.units import unit_differences
from kpianalysis.scoring import Scorecard

_SETUP = """
from benchmarks.attainment import ours, plain, {cards}
card, before = {cards}({source!r})
"""


# The tables by hand: each knows what a scorecard holds, and checks nothing ------------------------------------------


def plain_summary(card: Scorecard) -> pd.DataFrame:
    """`indicator_summary`."""
    rows = card.scores.copy()
    rows["met"] = (rows["gap"] >= 0).astype(float).where(rows["gap"].notna() & rows["score"].notna())
    rows["lost"] = rows["applied_weight"] * (100 - rows["score"].fillna(0))
    answer = rows.groupby("indicator_id", observed=True).agg(
        dimension_id=("dimension_id", "first"),
        kind=("kind", "first"),
        n=("score", "size"),
        n_scored=("score", "count"),
        n_target=("met", "count"),
        n_met=("met", "sum"),
        share_met=("met", "mean"),
        attainment=("attainment", "median"),
        score=("score", "mean"),
        lost_points=("lost", "sum"),
        nominal_weight=("nominal_weight", "sum"),
    )
    answer["lost_points"] /= card.totals["total"].notna().sum()
    answer["nominal_weight"] /= len(card.totals)
    return answer.sort_values("lost_points", ascending=False).reset_index()


def plain_groups(card: Scorecard) -> pd.DataFrame:
    """`group_summary` by unit."""
    answer = card.totals.dropna(subset=["total"]).groupby("unit_id", observed=True)["total"]
    answer = answer.agg(["size", "mean", "sem", "min", "max"])
    half = answer["sem"] * stats.t.ppf(0.975, (answer["size"] - 1).where(answer["size"] > 2))
    answer["ci_low"], answer["ci_high"] = answer["mean"] - half, answer["mean"] + half
    names = {"size": "n", "min": "lowest", "max": "highest"}
    answer = answer.drop(columns="sem").rename(columns=names)
    return answer.sort_values("mean", ascending=False).reset_index()


def plain_gaps(card: Scorecard) -> pd.DataFrame:
    """`gaps`, for a scheme whose plan names no owner and no date."""
    rows = card.scores
    missed = (rows["gap"] < 0) | (rows["gap"].isna() & (rows["score"] < 100))
    counts = (rows["kind"] == "scored") & (rows["applied_weight"] > 0)
    rows = rows.loc[
        counts & missed, ["subject_id", "indicator_id", "actual", "target", "gap", "attainment", "score"]
    ].assign(lost_points=rows["applied_weight"] * (100 - rows["score"]))
    rows = rows[rows["lost_points"] > 0].sort_values("lost_points", ascending=False, ignore_index=True)
    owners = card.indicators.set_index("indicator_id")["owner_id"]
    return rows.assign(owner_id=rows["indicator_id"].map(owners), due=pd.NaT)


def plain_status(card: Scorecard) -> pd.DataFrame:
    """`data_status`."""
    rows = card.scores[card.scores["kind"] == "scored"]
    missing = rows.loc[rows["score"].isna(), "missing_reason"].value_counts()
    counts = pd.concat([pd.Series({"": rows["score"].count()}), missing[missing > 0]]).rename("n")
    return pd.DataFrame({"n": counts, "share": counts / len(rows)}).rename_axis("missing_reason").reset_index()


def plain_units(card: Scorecard) -> pd.DataFrame:
    """`unit_differences`, the others of a unit by taking its sums from those of all."""
    rows = card.scores.loc[(card.scores["kind"] == "scored") & card.scores["score"].notna()]
    rows = rows.assign(centred=rows["score"] - rows.groupby("indicator_id", observed=True)["score"].transform("mean"))
    rows["square"] = rows["centred"] ** 2
    sums = {"n": ("score", "size"), "mean": ("score", "mean"), "s": ("centred", "sum"), "q": ("square", "sum")}
    whole = rows.groupby("indicator_id", observed=True).agg(**sums)
    table = rows.groupby(["indicator_id", "unit_id"], observed=True).agg(**sums).reset_index()
    table = table.join(whole, on="indicator_id", rsuffix="_all")
    n, m = table["n"], table["n_all"] - table["n"]
    table = table[(n >= 5) & (m >= 5)]
    n, m = table["n"], table["n_all"] - table["n"]
    table["others"] = table["mean_all"] + (table["s_all"] - table["s"]) / m
    spread = np.sqrt((table["q"] - table["s"] ** 2 / n).clip(lower=0) / (n - 1))
    rest = table["q_all"] - table["q"] - (table["s_all"] - table["s"]) ** 2 / m
    rest = np.sqrt(rest.clip(lower=0) / (m - 1))
    table = table.assign(difference=table["mean"] - table["others"])
    sides = (side.to_numpy() for side in (table["mean"], spread, n, table["others"], rest, m))
    p = stats.ttest_ind_from_stats(*sides, equal_var=False).pvalue
    table["p_adjusted"] = stats.false_discovery_control(p)
    table = table.sort_values("difference", key=abs, ascending=False, ignore_index=True)
    return table[["unit_id", "indicator_id", "n", "mean", "others", "difference", "p_adjusted"]]


def plain_parts(card: Scorecard, before: Scorecard) -> pd.DataFrame:
    """What scores, weights and indicators of one cycle add for each subject and indicator that counts in either."""
    there = [set(side.totals.loc[side.totals["total"].notna(), "subject_id"]) for side in (card, before)]
    keys = ["subject_id", "indicator_id"]
    # Categories in common: a merge of texts takes twice as long.
    names = {key: card.scores[key].cat.categories.union(before.scores[key].cat.categories) for key in keys}
    sides = []
    for side in (card, before):
        rows = side.scores[(side.scores["applied_weight"] > 0) & side.scores["subject_id"].isin(there[0] & there[1])]
        rows = rows[[*keys, "score", "applied_weight"]].fillna({"score": 0.0}).rename(columns={"applied_weight": "w"})
        sides.append(rows.assign(**{key: rows[key].cat.set_categories(names[key]) for key in keys}))
    both = sides[0].merge(sides[1], on=keys, how="outer", suffixes=("", "_0"))
    common = both["w"].notna() & both["w_0"].notna()
    both = both.fillna({"score": 0.0, "score_0": 0.0, "w": 0.0, "w_0": 0.0})
    s, w, s0, w0 = (both[name] for name in ("score", "w", "score_0", "w_0"))
    middles = [side.totals.set_index("subject_id")["weighted_total"].to_dict() for side in (card, before)]
    m = sum(both["subject_id"].map(middle).astype(float) for middle in middles) / 2
    both["from_scores"] = ((w + w0) / 2 * (s - s0)).where(common, 0.0)
    both["from_weights"] = (((s + s0) / 2 - m) * (w - w0)).where(common, 0.0)
    both["from_items"] = ((s - m) * w - (s0 - m) * w0).where(~common, 0.0)
    return both[[*keys, "from_scores", "from_weights", "from_items"]]


def plain_bridge(card: Scorecard, before: Scorecard) -> pd.DataFrame:
    """`bridge_subjects`."""
    parts = (
        plain_parts(card, before)
        .groupby("subject_id", observed=True)[["from_scores", "from_weights", "from_items"]]
        .sum()
    )
    sides = [
        side.totals[["subject_id", "total", "weighted_total"]].dropna(subset=["total"]).astype({"subject_id": "str"})
        for side in (card, before)
    ]
    answer = sides[0].merge(sides[1], on="subject_id", suffixes=("_now", "_before")).join(parts, on="subject_id")
    extra = {side: answer[f"total_{side}"] - answer[f"weighted_total_{side}"] for side in ("now", "before")}
    answer["from_bonus_veto"] = extra["now"] - extra["before"]
    names = ["from_scores", "from_weights", "from_items", "from_bonus_veto"]
    return answer[["subject_id", "total_before", *names, "total_now"]]


def plain_bridge_items(card: Scorecard, before: Scorecard) -> pd.DataFrame:
    """`bridge_indicators`."""
    parts = plain_parts(card, before)
    answer = parts.groupby("indicator_id", observed=True)[["from_scores", "from_weights", "from_items"]].sum()
    answer /= parts["subject_id"].nunique()
    answer["change"] = answer.sum(axis=1)
    return answer.sort_values("change", key=abs, ascending=False).reset_index()


# Both sides ---------------------------------------------------------------------------------------------------------

Table = Callable[[Scorecard, Scorecard], pd.DataFrame]
# By name: ours, by hand, and the columns that name a row.
TABLES: dict[str, tuple[Table, Table, list[str]]] = {
    "indicator_summary": (lambda c, b: indicator_summary(c), lambda c, b: plain_summary(c), ["indicator_id"]),
    "gaps": (lambda c, b: gaps(c), lambda c, b: plain_gaps(c), ["subject_id", "indicator_id"]),
    "group_summary": (lambda c, b: group_summary(c, "unit_id"), lambda c, b: plain_groups(c), ["unit_id"]),
    "data_status": (lambda c, b: data_status(c), lambda c, b: plain_status(c), ["missing_reason"]),
    "unit_differences": (lambda c, b: unit_differences(c), lambda c, b: plain_units(c), ["unit_id", "indicator_id"]),
    "bridge_subjects": (bridge_subjects, plain_bridge, ["subject_id"]),
    "bridge_indicators": (bridge_indicators, plain_bridge_items, ["indicator_id"]),
}


def ours(card: Scorecard, before: Scorecard) -> list[pd.DataFrame]:
    """Make every table by the package."""
    return [table(card, before) for table, _plain, _key in TABLES.values()]


def plain(card: Scorecard, before: Scorecard) -> list[pd.DataFrame]:
    """Make every table by hand."""
    return [table(card, before) for _ours, table, _key in TABLES.values()]


def hospital_cards(folder: str) -> tuple[Scorecard, Scorecard]:
    """Score FY2017 and FY2016."""
    data = kpi.load(folder, "FY2017")
    return kpi.score(data), kpi.score(data, "FY2016")


def made_up_cards(folder: str) -> tuple[Scorecard, Scorecard]:
    """Score two made-up cycles, each a source of its own."""
    now, before = (kpi.score(kpi.load(Path(folder) / name, "C1")) for name in ("now", "before"))
    return now, before


# Measured -----------------------------------------------------------------------------------------------------------


def main() -> None:
    """Print the ratios, of each table and of all, and how cost grows."""
    source = str(ROOT / "data/hospitals")
    _table_by_table(source)
    setup = _SETUP.format(cards="hospital_cards", source=source)
    a, b = in_turn(setup, "result = ours(card, before)", "result = plain(card, before)")
    print("  all of them, each run in a process of its own, 5 runs in turn")
    print(f"    kpianalysis   {_line(a)}")
    print(f"    plain pandas  {_line(b)}")
    print(f"    ratio {median(x.seconds / y.seconds for x, y in zip(a, b, strict=True)):.2f}")
    growth(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)


def _table_by_table(source: str) -> None:
    """Compare in a process of its own: the peaks measured here must not start from its memory."""
    code = f"from benchmarks.attainment import compare\ncompare({source!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def compare(source: str, runs: int = 15) -> None:
    """Stop if a table is not the same by hand; else print its ratio, run in turn in this process."""
    card, before = hospital_cards(source)
    n = len(card.totals)
    print(f"hospitals, FY2017: {n:,} subjects, from two scorecards, {runs} runs in turn")
    for name, (mine, theirs, key) in TABLES.items():
        _same(name, mine(card, before), theirs(card, before), key)
        pairs = [(_seconds(mine, card, before), _seconds(theirs, card, before)) for _run in range(runs)]
        times = [1000 * median(pair[side] for pair in pairs) for side in (0, 1)]
        ratio = median(a / b for a, b in pairs)
        print(f"  {name:18}  kpianalysis {times[0]:6.1f} ms  plain pandas {times[1]:6.1f} ms  ratio {ratio:5.2f}")


def _seconds(table: Table, card: Scorecard, before: Scorecard) -> float:
    start = perf_counter()
    table(card, before)
    return perf_counter() - start


def _same(name: str, mine: pd.DataFrame, theirs: pd.DataFrame, key: list[str]) -> None:
    sides = [frame[list(mine)].astype(dict.fromkeys(key, "str")).sort_values(key) for frame in (mine, theirs)]
    same = {"check_dtype": False, "check_categorical": False, "rtol": 1e-9, "atol": 1e-9}
    try:
        pd.testing.assert_frame_equal(*(side.reset_index(drop=True) for side in sides), **same)
    except AssertionError as error:
        raise SystemExit(f"{name} is another table by hand: {error}") from error


def growth(largest: int) -> None:
    """Print time and peak memory as subjects grow."""
    print(f"\nmade-up scheme x {INDICATORS} indicators, 50 units, two cycles: all tables, from two scorecards")
    sizes = [size for size in (3_000, 30_000, 300_000) if size <= largest]
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            source = Path(folder) / str(size)
            for seed, name in enumerate(("before", "now")):
                write_scheme(source / name, size, seed)
            setup = _SETUP.format(cards="made_up_cards", source=str(source))
            costs.append(cost_of(setup, "result = ours(card, before)"))
            without = cost_of(setup, "pass")
            cost = f"{costs[-1].seconds:6.2f} s  peak {costs[-1].gib:5.2f} GiB ({without.gib:.2f} before the tables)"
            print(f"  {size:>7,} subjects  {cost}")
    for at in range(1, len(sizes)):
        pair = (sizes[at - 1], sizes[at])
        time = exponent(pair, (costs[at - 1].seconds, costs[at].seconds))
        memory = exponent(pair, (costs[at - 1].gib, costs[at].gib))
        print(f"  {pair[0]:,} to {pair[1]:,}: time grows with the power {time:.2f}, memory with {memory:.2f}")


def _line(costs: list[Cost]) -> str:
    seconds = sorted(cost.seconds for cost in costs)
    return f"{median(seconds):.3f} s ({seconds[0]:.3f} to {seconds[-1]:.3f}), peak {max(c.gib for c in costs):.2f} GiB"


if __name__ == "__main__":
    main()
