"""WB201: rows without a target, or a target that cannot be learnt."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.target import TargetMissing


def test_it_fires_on_rows_without_a_target() -> None:
    table = pl.DataFrame({"x": range(10), "y": [0, 1] * 4 + [None] * 2})

    (found,) = TargetMissing().run(Context(table, "y"))

    assert (found.severity, found.facts["rows"]) == ("warning", 2)
    assert "2 of 10 rows (20.0%)" in found.evidence.say("en")


@pytest.mark.parametrize("values", [[1] * 4, [None] * 4, ["はい", None, "はい", None]])
def test_a_target_without_a_choice_is_an_error(values: list) -> None:
    found = TargetMissing().run(Context(pl.DataFrame({"x": range(4), "y": values}), "y"))

    assert found[-1].severity == "error"
    assert "nothing to predict" in found[-1].evidence.say("en")


def test_it_stays_quiet_about_a_full_target() -> None:
    assert TargetMissing().run(Context(pl.DataFrame({"x": [1, 2], "y": [0.5, 1.5]}), "y")) == []


def test_it_abstains_without_rows() -> None:
    assert isinstance(TargetMissing().run(Context(pl.DataFrame({"y": pl.Series([], dtype=pl.Int64)}), "y")), NotApplicable)
