"""The smallest source is scored."""

import kpianalysis as kpi
from tests.builders import make_card, make_source, totals_of


def test_smallest(tmp_path):
    assert totals_of(make_card()) == {"A": 100.0, "B": 90.0, "C": 50.0}
    assert totals_of(kpi.score(kpi.load(make_source(tmp_path)))) == {"A": 100.0, "B": 90.0, "C": 50.0}
