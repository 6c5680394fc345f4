"""The hospital scheme against its published scores: exactly as many agree as the publisher's rounding allows."""

from __future__ import annotations

import pytest

import kpianalysis as kpi
from kpianalysis import Dataset
from tests.builders import ROOT


@pytest.fixture(scope="module")
def hospitals() -> Dataset:
    return kpi.load(ROOT / "data/hospitals", "FY2017")


@pytest.mark.parametrize(
    ("level", "item", "start", "n_equal", "n"),
    [
        ("total", "", "published dimension scores", 2955, 2955),
        ("total", "", "published indicator scores", 2951, 2955),
        ("total", "", "actuals", 2902, 2955),
        ("indicator", "achievement_improvement", "actuals", 53683, 53723),
        ("indicator", "consistency", "actuals", 2940, 2949),
    ],
)
def test_fy2017_agrees_with_the_published_scores(hospitals, level, item, start, n_equal, n):
    """Counts of ../shared/data/cms_hvbp_fy2017/README.md (CMS, fiscal year 2017)."""
    checks = kpi.reconcile(kpi.score(hospitals)).set_index(["level", "item", "start"])
    row = checks.loc[(level, item, start)]
    assert (row["n_equal"], row["n"]) == (n_equal, n)


def test_largest_difference_of_a_total_is_that_of_the_withheld_measures(hospitals):
    checks = kpi.reconcile(kpi.score(hospitals)).set_index(["level", "start"])
    assert checks.loc[("total", "actuals"), "largest_difference"].item() == pytest.approx(2.3333, abs=1e-4)


def test_disagreements_list_exactly_what_the_counts_say(hospitals):
    card = kpi.score(hospitals)
    listed = kpi.disagreements(card).groupby("level").size()
    assert listed["total"] == 2955 - 2902
    assert listed["indicator"] == (53723 - 53683) + (2949 - 2940)


def test_withheld_psi90_is_what_the_published_measure_scores_lack(hospitals):
    """Four hospitals are scored on a measure that is shown as not available; the README names them."""
    card = kpi.score(hospitals)
    ours = card.scores[card.scores["indicator_id"] == "PSI-90"].set_index("subject_id")["score"]
    assert ours[["050099", "110005", "110008", "110161"]].isna().all()


def test_fy2016_totals_from_points(hospitals):
    """Counts of ../shared/data/cms_hvbp_fy2016/README.md."""
    checks = kpi.reconcile(kpi.score(hospitals, "FY2016")).set_index(["level", "start"])
    totals = checks.loc["total"]
    assert totals.loc["actuals", ["n_equal", "n"]].tolist() == [3015, 3019]
    assert totals.loc["published dimension scores", ["n_equal", "n"]].tolist() == [3019, 3019]


def test_summary_of_published_totals(hospitals):
    published = kpi.score(hospitals).published
    totals = published.loc[published["level"] == "total", "score"]
    assert [round(totals.mean(), 4), round(totals.std(), 4)] == [35.5614, 12.6199]
