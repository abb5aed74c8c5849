"""WB102: a column that is almost always the same."""

from __future__ import annotations

import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.columns import NearConstant
from workbench.checks.context import Context

Y = [0, 1] * 500


def test_it_fires_once_for_all_such_columns() -> None:
    table = pl.DataFrame({"flag": [0] * 999 + [1], "gaps": [None] * 998 + ["a", "b"], "x": range(1000), "y": Y})

    (found,) = NearConstant().run(Context(table, "y"))

    assert found.columns == ("flag", "gaps")
    assert found.severity == "info"
    assert "flag (99.90%), gaps (99.80%)" in found.evidence.say("en")


def test_it_stays_quiet_at_two_percent() -> None:
    assert NearConstant().run(Context(pl.DataFrame({"flag": [0] * 980 + [1] * 20, "y": Y}), "y")) == []


def test_it_abstains_from_few_rows() -> None:
    assert isinstance(NearConstant().run(Context(pl.DataFrame({"a": [0, 1], "y": [0, 1]}), "y")), NotApplicable)
