"""The operations example is what its generator makes, and says wherever it goes that it is made up."""

from __future__ import annotations

import re
import subprocess
import sys

from kpianalysis.analyses.opinions.judgements import judgement_weights
from kpianalysis.dataset import load
from kpianalysis.scoring import score
from tests.builders import ROOT

FOLDER = ROOT / "data/operations"


def test_the_generator_makes_the_committed_bytes_again(tmp_path):
    subprocess.run([sys.executable, FOLDER / "generate.py", tmp_path], check=True, capture_output=True, timeout=120)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    committed = {file.name: file.read_bytes() for file in FOLDER.glob("*.csv")}
    assert set(committed) <= set(made)
    assert [name for name, content in made.items() if (FOLDER / name).read_bytes() != content] == []


def test_it_is_called_synthetic():
    assert load(FOLDER, "2024Q1").notice.startswith("Synthetic data")
    assert "synthetic" in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()[0].lower()


def test_it_is_the_department_that_it_says():
    tables = load(FOLDER, "2024Q1").tables
    subjects, cycles, indicators = tables["subjects"], tables["cycles"], tables["indicators"]
    assert (len(subjects), subjects["unit_id"].nunique(), subjects["role_id"].nunique()) == (48, 4, 3)
    assert cycles["kind"].value_counts().to_dict() == {"quarter": 8, "year": 2}
    assert indicators["name_zh"].notna().all()
    assert 10 <= len(indicators) <= 12
    assert {"veto", "bonus"} <= set(indicators["kind"])
    assert {"higher", "lower", "range"} == set(indicators["direction"])


def test_its_stakeholders_were_asked_in_every_way_and_one_left_pairs_out():
    judgements = load(FOLDER, "2024Q1").tables["judgements"]
    assert set(judgements["method"]) == {"budget", "pairwise", "swing", "rank"}
    assert 5 <= judgements["judge_id"].nunique() <= 7
    assert judgements["group"].nunique() == 4
    assert judgements.groupby("judge_id").size().loc[["M2", "C1"]].tolist() == [6, 4]


def test_its_readme_says_what_each_stakeholder_weighs():
    data = load(FOLDER, "2024Q4")
    weights = judgement_weights(data, score(data)).pivot(index="judge_id", columns="item_id", values="weight")
    rows = re.findall(r"^\| (\w\d) \| [\w ]+ \| \w+ \| ([\d, ]+) \|", (FOLDER / "README.md").read_text("utf-8"), re.M)
    assert {judge for judge, _shares in rows} == set(weights.index)
    for judge, shares in rows:
        stated = [int(share) for share in shares.split(",")]
        ours = 100 * weights.loc[judge, ["business", "customer", "teamwork", "innovation"]]
        assert max(abs(ours - stated)) <= 0.5, judge
