"""WB101: a column with one value in every row."""

from __future__ import annotations

import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.columns import Constant
from workbench.checks.context import Context


def test_it_fires_on_one_value_and_on_nothing_at_all() -> None:
    table = pl.DataFrame(
        {"国": ["日本"] * 4, "empty": pl.Series([None] * 4, dtype=pl.Float64), "x": [1, 2, 3, 4], "y": [0, 1, 0, 1]}
    )

    found = Constant().run(Context(table, "y"))

    assert [f.columns for f in found] == [("国",), ("empty",)]
    assert found[0].evidence.say("en") == "'国' is 日本 in all 4 rows."
    assert found[1].evidence.say("ja") == "「empty」は4行すべてで(欠損)です。"
    assert found[0].exclude == ("国",)


def test_it_stays_quiet_where_values_or_gaps_vary() -> None:
    table = pl.DataFrame({"a": [1, 2, 1], "b": [1, None, 1], "y": [0, 0, 0]})

    assert Constant().run(Context(table, "y")) == []


def test_it_abstains_from_one_row() -> None:
    assert isinstance(Constant().run(Context(pl.DataFrame({"a": [1], "y": [1]}), "y")), NotApplicable)
