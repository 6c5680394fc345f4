"""Make the tables of a synthetic operations department.

Nothing here is measured: every person, unit and number comes from one seeded random generator. The scheme has
six faults on purpose; each lives in one function under "Planted faults" and is described in README.md beside
this file.

    python data/operations/generate.py            # writes the tables beside itself, always the same bytes
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Row = Mapping[str, object]
Levels = dict[str, dict[str, Array]]

SEED = 20240101
JUDGEMENT_SEED = 20240102  # of the judgements alone: they came later, and the other tables kept their bytes
YEARS = ("2023", "2024")
QUARTERS = [f"{year}Q{quarter}" for year in YEARS for quarter in (1, 2, 3, 4)]
CYCLES = [*YEARS, *QUARTERS]
MONTHS = [f"{year}-{month:02d}-01" for year in YEARS for month in range(1, 13)]
UNITS = ("north", "south", "east", "west")
SUPERVISORS_IN_UNIT = (3, 2, 3, 2)
UNIT_SIZE = 12
ROLE_NAMES = {
    "manager": "经理{0} Manager {0}",
    "supervisor": "主管{0} Supervisor {0}",
    "specialist": "专员{0} Specialist {0}",
}
COLUMNS = {
    "cycles": "cycle_id kind start end parent_cycle_id previous_cycle_id",
    "subjects": "subject_id name unit_id role_id manager_id",
    "dimensions": "cycle_id dimension_id name name_zh",
    "indicators": "cycle_id indicator_id name name_zh dimension_id kind unit direction method floor cap "
    "aggregation definition formula data_source owner_id",
    "plan": "cycle_id subject_id role_id indicator_id weight baseline floor cap threshold target stretch "
    "range_low range_high",
    "scales": "cycle_id indicator_id value score",
    "actuals": "cycle_id subject_id indicator_id period value numerator denominator missing_reason",
    "grades": "grade min_score coefficient quota_min quota_max",
    "judgements": "judge_id group method item_i item_j value",
}
DATA_SOURCE = "synthetic, data/operations/generate.py"

VOLUMES = ("orders_handled", "order_value")
PRICE = 0.085  # mean value of one order, thousand CNY
PART_TIME = {"E09": 0.8, "E34": 0.8}  # share of full time: their volumes and the targets of their volumes
WITHOUT_VALUE = ("customers not surveyed", "survey not sent")  # the reasons that leave no value at all
INCIDENTS = {("E03", "2023-05-01"), ("E17", "2024-08-01")}  # the veto
ABILITY = 0.45  # how much of a result is the person's general ability; the rest belongs to the indicator
NOT_ABILITY = ("utilisation", "order_value")  # a good value is neither high nor low; a price is luck
STEADY = 0.9  # how much of that rest stays with the person from quarter to quarter
MONTHLY_NOISE = 0.2


SCHEME = """
indicator_id         dimension_id kind   direction method    floor cap aggregation owner_id
orders_handled       business     scored higher    ratio     0     130 sum         E01
order_value          business     scored higher    anchors   0     120 sum         E01
rework_rate          business     scored lower     deviation 0     150 ratio       E13
utilisation          business     scored range     band      0     100 mean        E13
safety_incident      business     veto   lower     binary    -     59  sum         E01
on_time_rate         customer     scored higher    ratio     0     120 ratio       E25
csat                 customer     scored higher    baseline  0     120 mean        E25
complaint_rate       customer     scored lower     ratio     0     120 ratio       E25
teamwork_rating      teamwork     scored higher    given     0     100 mean        E37
support_bonus        teamwork     bonus  higher    given     0     5   sum         E37
innovation_rating    innovation   scored higher    given     0     100 mean        E37
improvements_adopted innovation   scored higher    step      0     120 sum         E13
"""  # "-" is blank
WEIGHTS = {  # percent of the total for manager, supervisor, specialist: each column adds up to 100
    "orders_handled": (8, 10, 13),
    "order_value": (12, 10, 8),
    "rework_rate": (10, 10, 10),
    "utilisation": (10, 8, 7),
    "on_time_rate": (10, 10, 12),
    "csat": (12, 12, 12),
    "complaint_rate": (8, 10, 10),
    "teamwork_rating": (12, 12, 10),
    "innovation_rating": (10, 8, 6),
    "improvements_adopted": (8, 10, 12),
}
TEXT_COLUMNS = ("name", "name_zh", "unit", "definition", "formula")
TEXTS = {
    "orders_handled": (
        "Orders handled",
        "处理订单量",
        "orders",
        "Orders closed in the month by the subject; a reopened order counts once.",
        "sum of orders closed",
    ),
    "order_value": (
        "Value of orders handled",
        "处理订单金额",
        "thousand CNY",
        "Value without tax of the orders closed in the month by the subject.",
        "sum of the value of orders closed",
    ),
    "rework_rate": (
        "Rework rate",
        "返工率",
        "share of orders",
        "Closed orders that had to be done again within 30 days; changes the customer wanted do not count.",
        "orders done again / orders closed",
    ),
    "utilisation": (
        "Utilisation of working time",
        "工时利用率",
        "percent",
        "Booked hours as a share of contract hours; holidays and sick leave are taken out.",
        "100 * booked hours / contract hours",
    ),
    "safety_incident": (
        "Serious safety or compliance incident",
        "重大安全合规事故",
        "incidents",
        "Incidents that the compliance office rates as serious; one limits the total.",
        "sum of serious incidents",
    ),
    "on_time_rate": (
        "On-time rate",
        "准时交付率",
        "share of orders",
        "Orders closed by the date promised to the customer.",
        "orders closed on time / orders closed",
    ),
    "csat": (
        "Customer satisfaction score",
        "客户满意度评分",
        "points of 100",
        "Mean answer of surveyed customers; a month with fewer than 5 answers is not scored.",
        "mean of the monthly survey means",
    ),
    "complaint_rate": (
        "Complaint rate",
        "客户投诉率",
        "share of orders",
        "Orders with at least one written complaint, justified or not.",
        "orders with a complaint / orders closed",
    ),
    "teamwork_rating": (
        "Teamwork rating",
        "团队协作评分",
        "points of 100",
        "Rating by the superior on an anchored scale, 0 to 100.",
        "mean of the monthly ratings",
    ),
    "support_bonus": (
        "Support of other units",
        "跨部门支援加分",
        "points",
        "Points granted by another unit for help beyond the subject's own task.",
        "sum of points granted",
    ),
    "innovation_rating": (
        "Innovation rating",
        "创新能力评分",
        "points of 100",
        "Rating by the superior on an anchored scale, 0 to 100.",
        "mean of the monthly ratings",
    ),
    "improvements_adopted": (
        "Improvements adopted",
        "采纳改进建议数",
        "improvements",
        "Proposals put into use in the month; a proposal repeated from another unit does not count.",
        "sum of proposals put into use",
    ),
}
DIMENSIONS = {
    "business": ("Business results", "业绩"),
    "customer": ("Customer satisfaction", "客户满意度"),
    "teamwork": ("Teamwork", "团队协作"),
    "innovation": ("Innovation", "创新能力"),
}
STEPS = {0: 60, 1: 70, 2: 85, 3: 100, 5: 115}  # improvements adopted in a quarter -> score
GRADES = [  # grade, min_score, coefficient, quota_min, quota_max (the quotas are a guide)
    ("S", 100, 1.5, 0, 0.1),
    ("A", 95, 1.2, 0.15, 0.25),
    ("B", 85, 1.0, 0.5, 0.65),
    ("C", 70, 0.8, 0.1, 0.2),
    ("D", 0, 0.0, 0, 0.05),
]
OPINIONS = {  # what a group thinks the dimensions weigh, percent: business, customer, teamwork, innovation
    "management": (45, 30, 10, 15),
    "human resources": (25, 20, 30, 25),
    "customers": (25, 50, 10, 15),
    "staff": (30, 20, 30, 20),
}
JUDGES = {  # judge -> group, how they were asked
    "M1": ("management", "budget"),
    "M2": ("management", "pairwise"),
    "H1": ("human resources", "swing"),
    "C1": ("customers", "pairwise"),
    "S1": ("staff", "rank"),
    "S2": ("staff", "budget"),
}
NOT_COMPARED = {("C1", "business", "innovation"), ("C1", "customer", "teamwork")}
SLIP = {("M2", "business", "innovation"): 1.0}  # one answer that does not go with the judge's others


# Planted faults: one function each --------------------------------------------------------------------------


def twin_order_value(orders: Array, price_skill: Array) -> Array:
    """Fault 1: the value of orders is nearly the number of orders again, because prices hardly differ."""
    return np.round(orders * PRICE * np.exp(0.0455 * price_skill), 1)


def overpowering_rework_rate(skill: Array, target: Array) -> Array:
    """Fault 2: rework differs so widely between people that a nominal 10 % decides much of the total."""
    return target * np.maximum(1.06 - 0.31 * skill, 0.2)


def hair_on_time_rate(skill: Array, target: Array) -> Array:
    """Fault 3: everybody is on time just a little more often than the target asks."""
    return target * between(skill, 1.003, 1.026)


def unreachable_complaint_rate(skill: Array, target: Array) -> Array:
    """Fault 4: the target is so low that nobody ever gets there."""
    return target / between(skill, 0.54, 0.80)


def unsurveyed_satisfaction(people: list[Row], rng: np.random.Generator) -> NDArray[np.str_]:
    """Fault 5: why a month has no usable satisfaction, months x people; blank where it has one.

    Eight specialists of unit `east` are never surveyed, its other four miss a month now and then. Elsewhere a
    month now and then has a value from too few answers.
    """
    in_east = np.array([person["unit_id"] == "east" for person in people])
    never = in_east & np.array([person["role_id"] == "specialist" for person in people])
    chance = rng.random((len(MONTHS), len(people)))
    reasons = np.where(~in_east & (chance < 0.03), "fewer than 5 answers", "")
    reasons = np.where(in_east & (chance < 0.15), "survey not sent", reasons)
    return np.where(never, "customers not surveyed", reasons)


def lenient_rating(skill: Array, people: list[Row]) -> Array:
    """Fault 6: the superiors of unit `west` give nine points more than others for the same work."""
    in_west = np.array([person["unit_id"] == "west" for person in people])
    rating: Array = np.round(76 + 6 * skill + 9 * in_west, 1)
    return rating.clip(0, 100)


# People, cycles and the scheme ------------------------------------------------------------------------------


def cycle_rows() -> Iterator[Row]:
    """Two years and their quarters, each naming the one before."""
    ends = ("03-31", "06-30", "09-30", "12-31")
    for index, year in enumerate(YEARS):
        yield {
            "cycle_id": year,
            "kind": "year",
            "start": f"{year}-01-01",
            "end": f"{year}-12-31",
            "previous_cycle_id": YEARS[index - 1] if index else None,
        }
    for index, cycle_id in enumerate(QUARTERS):
        yield {
            "cycle_id": cycle_id,
            "kind": "quarter",
            "start": MONTHS[3 * index],
            "end": f"{cycle_id[:4]}-{ends[index % 4]}",
            "parent_cycle_id": cycle_id[:4],
            "previous_cycle_id": QUARTERS[index - 1] if index else None,
        }


def subject_rows() -> list[Row]:
    """48 people: in each unit a manager, two or three supervisors, and specialists shared out among these."""
    rows: list[Row] = []
    counts = dict.fromkeys(ROLE_NAMES, 0)
    for unit_id, supervisors in zip(UNITS, SUPERVISORS_IN_UNIT, strict=True):
        first = len(rows) + 1
        for place in range(UNIT_SIZE):
            role_id = "manager" if place == 0 else "supervisor" if place <= supervisors else "specialist"
            superiors = {"supervisor": first, "specialist": first + 1 + place % supervisors}
            counts[role_id] += 1
            rows.append(
                {
                    "subject_id": f"E{first + place:02d}",
                    "name": ROLE_NAMES[role_id].format(f"{counts[role_id]:02d}"),
                    "unit_id": unit_id,
                    "role_id": role_id,
                    "manager_id": f"E{superiors[role_id]:02d}" if role_id in superiors else None,
                }
            )
    return rows


def dimension_rows() -> Iterator[Row]:
    """The four dimensions; their weight is the sum of their indicators' weights."""
    for dimension_id, (name, name_zh) in DIMENSIONS.items():
        yield {"dimension_id": dimension_id, "name": name, "name_zh": name_zh}


def read_scheme() -> list[dict[str, str]]:
    """The rows of `SCHEME`, without its blanks."""
    header, *lines = (line.split() for line in SCHEME.strip().splitlines())
    rows = (zip(header, line, strict=True) for line in lines)
    return [{name: cell for name, cell in row if cell != "-"} for row in rows]


def indicator_rows() -> Iterator[Row]:
    """The indicators; all are the same in every cycle."""
    for row in read_scheme():
        texts = zip(TEXT_COLUMNS, TEXTS[row["indicator_id"]], strict=True)
        yield {**row, **dict(texts), "data_source": DATA_SOURCE}


def quarter_levels() -> Levels:
    """What is agreed for everybody: indicator -> column of `plan` -> one value for each of the quarters."""
    quarter = np.arange(len(QUARTERS), dtype=float)
    orders = np.round(3000 * 1.02**quarter * np.tile([1.0, 1.04, 0.97, 1.05], len(YEARS)), -1)
    value = np.round(orders * PRICE)
    same = np.ones(len(QUARTERS))
    return {
        "orders_handled": {"target": orders},
        "order_value": {
            "threshold": np.round(0.62 * value),
            "target": value,
            "stretch": np.round(1.25 * value),
        },
        "rework_rate": {"target": np.round(0.034 - 0.0005 * quarter, 4)},
        "utilisation": {
            "floor": 56 * same,
            "cap": 108 * same,
            "range_low": 76 * same,
            "range_high": 88 * same,
        },
        "safety_incident": {"target": 0 * same},
        "on_time_rate": {"target": 0.95 * same},
        "csat": {"baseline": 75 + 0.25 * quarter, "target": 86 + 0.25 * quarter},
        "complaint_rate": {"target": 0.005 * same},
        "teamwork_rating": {"target": 80 * same},
        "innovation_rating": {"target": 80 * same},
        "improvements_adopted": {"target": 3 * same},
    }


def of_cycles(by_quarter: Array, aggregation: str) -> dict[str, float]:
    """A value of each cycle: the quarters as they are; a year the sum of its quarters, or else their mean."""
    each_year = by_quarter.reshape(len(YEARS), 4)
    by_year = each_year.sum(axis=1) if aggregation == "sum" else each_year.mean(axis=1)
    return dict(zip(CYCLES, [*by_year, *by_quarter], strict=True))


def plan_rows() -> Iterator[Row]:
    """Levels for everybody, smaller volumes for those who work part time, and weights for each role."""
    aggregations = {row["indicator_id"]: row["aggregation"] for row in read_scheme()}
    for indicator_id, columns in quarter_levels().items():
        aggregation = aggregations[indicator_id]
        by_column = {column: of_cycles(level, aggregation) for column, level in columns.items()}
        for cycle_id in CYCLES:
            level = {column: values[cycle_id] for column, values in by_column.items()}
            row = {"cycle_id": cycle_id, "indicator_id": indicator_id}
            yield {**row, **level}
            for subject_id, share in PART_TIME.items() if indicator_id in VOLUMES else ():
                own = {column: share * value for column, value in level.items()}
                yield {**row, "subject_id": subject_id, **own}
    for cycle_id, (indicator_id, weights) in product(CYCLES, WEIGHTS.items()):
        for role_id, weight in zip(ROLE_NAMES, weights, strict=True):
            row = {"cycle_id": cycle_id, "indicator_id": indicator_id, "role_id": role_id}
            yield {**row, "weight": weight / 100}


def scale_rows() -> Iterator[Row]:
    """The steps of the improvements adopted; a year asks for the sum of its quarters."""
    for value, score in STEPS.items():
        for cycle_id, point in of_cycles(np.full(len(QUARTERS), float(value)), "sum").items():
            row = {"cycle_id": cycle_id, "indicator_id": "improvements_adopted"}
            yield {**row, "value": point, "score": score}


def grade_rows() -> Iterator[Row]:
    """The grades."""
    for row in GRADES:
        yield dict(zip(("grade", "min_score", "coefficient", "quota_min", "quota_max"), row, strict=True))


# Judgements -------------------------------------------------------------------------------------------------


def judgement_rows(rng: np.random.Generator) -> Iterator[Row]:
    """What six made-up stakeholders say the dimensions should weigh: their group's opinion, and some of their own."""
    for judge_id, (group, method) in JUDGES.items():
        own = np.array(OPINIONS[group]) * np.exp(0.2 * rng.standard_normal(len(DIMENSIONS)))
        weights = dict(zip(DIMENSIONS, own / own.sum(), strict=True))
        answers = pairwise_answers(judge_id, weights) if method == "pairwise" else single_answers(method, weights)
        for (item_i, item_j), value in answers.items():
            row = {"judge_id": judge_id, "group": group, "method": method, "item_i": item_i, "item_j": item_j}
            yield {**row, "value": value}


def single_answers(method: str, weights: dict[str, np.float64]) -> dict[tuple[str, str | None], float]:
    """Points or ranks: a budget in steps of 5 that sums to 100, swings in steps of 5 below 100, or the order."""
    share = np.array(list(weights.values()))
    if method == "budget":
        steps = np.floor(share * 20)
        steps[np.argsort(steps - share * 20)[: int(20 - steps.sum())]] += 1
        answers = 5 * steps
    elif method == "swing":
        answers = 5 * np.round(20 * share / share.max())
    else:
        answers = 1.0 + np.argsort(np.argsort(-share))
    return {(item, None): float(answer) for item, answer in zip(weights, answers, strict=True)}


def pairwise_answers(judge_id: str, weights: dict[str, np.float64]) -> dict[tuple[str, str | None], float]:
    """How many times more important one is than another, rounded to a whole number or one divided by it."""
    answers: dict[tuple[str, str | None], float] = {}
    for i, j in combinations(weights, 2):
        ratio = weights[i] / weights[j]
        rounded = float(np.round(ratio)) if ratio >= 1 else 1 / float(np.round(1 / ratio))
        if (judge_id, i, j) not in NOT_COMPARED:
            answers[i, j] = SLIP.get((judge_id, i, j), rounded)
    return answers


# Actuals ----------------------------------------------------------------------------------------------------


def independent_columns(rng: np.random.Generator, others: Array, count: int) -> Array:
    """Standard normal draws, made exactly uncorrelated with `others` and with each other (Gram-Schmidt).

    With 48 people chance alone makes pairs of indicators that look alike; only the planted pair shall.
    """
    known: list[Array] = []
    for column in [*others.T, *rng.standard_normal((count, len(others)))]:
        for other in known:
            column = column - other * (other @ column) / (other @ other)
        known.append(column)
    new: Array = np.column_stack(known[-count:])
    new /= new.std(axis=0)
    return new


def monthly_skills(people: list[Row], rng: np.random.Generator) -> dict[str, Array]:
    """How well each person does at each indicator, months x people, in standard deviations.

    A skill is general ability, a steady part of the indicator's own, a part that changes by quarter, and
    monthly noise. Units do not differ in any of them.
    """
    units = np.array([[person["unit_id"] == unit_id for unit_id in UNITS] for person in people], dtype=float)
    steady = independent_columns(rng, units, 1 + len(TEXTS))
    ability = np.array([0.0 if name in NOT_ABILITY else ABILITY for name in TEXTS])
    months = []
    for _ in QUARTERS:
        passing = independent_columns(rng, np.hstack([units, steady]), len(TEXTS))
        own = np.sqrt(STEADY) * steady[:, 1:] + np.sqrt(1 - STEADY) * passing
        quarter = ability * steady[:, :1] + np.sqrt(1 - ability**2) * own
        months += [quarter + MONTHLY_NOISE * rng.standard_normal(quarter.shape) for _ in range(3)]
    return dict(zip(TEXTS, np.stack(months, axis=2).transpose(1, 2, 0), strict=True))


def between(skill: Array, low: float, high: float) -> Array:
    """Squeeze a skill into the open interval (low, high)."""
    return low + (high - low) * (1 + np.tanh(0.6 * skill)) / 2


def whole_counts(expected: Array, rng: np.random.Generator) -> Array:
    """Whole numbers whose running sum over the months stays within one of that of `expected`."""
    running = np.floor(np.cumsum(expected, axis=0) + rng.random(expected.shape[1]))
    return np.diff(running, axis=0, prepend=0.0)


def monthly_levels(indicator_id: str, column: str) -> Array:
    """The agreed level of each month, months x 1; the volume of a quarter is spread over its months."""
    share = 3 if indicator_id in VOLUMES else 1
    return np.repeat(quarter_levels()[indicator_id][column] / share, 3)[:, np.newaxis]


def counted(numerator: Array, orders: Array) -> dict[str, Array]:
    """Actuals of an indicator that is a share of the orders."""
    return {"numerator": numerator, "denominator": orders}


def monthly_actuals(people: list[Row], rng: np.random.Generator) -> dict[str, dict[str, Array]]:
    """Every indicator -> column of `actuals` -> months x people."""
    skill = monthly_skills(people, rng)
    hours = np.array([PART_TIME.get(str(person["subject_id"]), 1.0) for person in people])
    orders = np.round(
        hours * monthly_levels("orders_handled", "target") * np.exp(0.11 * skill["orders_handled"] - 0.01)
    )
    rework = orders * overpowering_rework_rate(skill["rework_rate"], monthly_levels("rework_rate", "target"))
    on_time = orders * hair_on_time_rate(skill["on_time_rate"], monthly_levels("on_time_rate", "target"))
    complaint_target = monthly_levels("complaint_rate", "target")
    complaints = orders * unreachable_complaint_rate(skill["complaint_rate"], complaint_target)
    csat = monthly_levels("csat", "target") - 1.0 + 1.2 * skill["csat"]
    improvements = np.maximum(2.7 + 0.9 * skill["improvements_adopted"], 0.3) / 3
    incidents = [[(person["subject_id"], month) in INCIDENTS for person in people] for month in MONTHS]
    bonus = np.where(rng.random(orders.shape) < 0.04, rng.integers(1, 4, orders.shape), 0)
    return {
        "orders_handled": {"value": orders},
        "order_value": {"value": twin_order_value(orders, skill["order_value"])},
        "rework_rate": counted(whole_counts(rework, rng), orders),
        "utilisation": {"value": np.round(82 + 5 * skill["utilisation"], 1)},
        "safety_incident": {"value": np.array(incidents, dtype=float)},
        "on_time_rate": counted(np.ceil(on_time), orders),
        "csat": {"value": np.round(np.clip(csat, 0, 100), 1)},
        "complaint_rate": counted(whole_counts(complaints, rng), orders),
        "teamwork_rating": {"value": lenient_rating(skill["teamwork_rating"], people)},
        "support_bonus": {"value": bonus.astype(float)},
        "innovation_rating": {"value": lenient_rating(skill["innovation_rating"], people)},
        "improvements_adopted": {"value": whole_counts(improvements, rng)},
    }


def actual_rows(people: list[Row], rng: np.random.Generator) -> Iterator[Row]:
    """One row for each month, person and indicator, in this order."""
    actuals = monthly_actuals(people, rng)
    reasons = {"csat": unsurveyed_satisfaction(people, rng)}
    for (m, month), (p, person), indicator_id in product(enumerate(MONTHS), enumerate(people), actuals):
        columns: Row = {column: values[m, p] for column, values in actuals[indicator_id].items()}
        reason = str(reasons[indicator_id][m, p]) if indicator_id in reasons else ""
        if reason in WITHOUT_VALUE:
            columns = {}
        keys = {"subject_id": person["subject_id"], "indicator_id": indicator_id, "period": month}
        yield {"cycle_id": QUARTERS[m // 3], **keys, **columns, "missing_reason": reason}


# Writing ----------------------------------------------------------------------------------------------------


def make_tables(seed: int = SEED) -> dict[str, list[Row]]:
    """All tables of the source: name -> rows."""
    people = subject_rows()
    return {
        "cycles": list(cycle_rows()),
        "subjects": people,
        "dimensions": list(dimension_rows()),
        "indicators": list(indicator_rows()),
        "plan": list(plan_rows()),
        "scales": list(scale_rows()),
        "actuals": list(actual_rows(people, np.random.default_rng(seed))),
        "grades": list(grade_rows()),
        "judgements": list(judgement_rows(np.random.default_rng(JUDGEMENT_SEED))),
    }


def as_text(cell: object) -> str:
    """A cell of a CSV file; numbers without trailing zeros, blank for None."""
    if cell is None:
        return ""
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def write_table(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    """Write one table as CSV with these columns; a row may lack some."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([as_text(row.get(column)) for column in columns] for row in rows)


def main() -> None:
    """Write every table to the folder that was asked for."""
    parser = argparse.ArgumentParser(description="Write the tables of the synthetic operations department.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in make_tables().items():
        write_table(folder / f"{name}.csv", COLUMNS[name].split(), rows)


if __name__ == "__main__":
    main()
