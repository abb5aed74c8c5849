"""WB110: rows that repeat an earlier one."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.rows import DuplicateRows


def test_it_fires_with_the_count_of_repeats(make_table: Callable[..., pl.DataFrame]) -> None:
    table = pl.concat([make_table(90), make_table(90).head(10), make_table(90).head(2)])

    (found,) = DuplicateRows().run(Context(table, "解約"))

    assert found.severity == "warning"
    assert found.facts["rows"] == 12
    assert "12 of 102 rows (11.8%)" in found.evidence.say("en")
    assert "10 different rows" in found.evidence.say("en")


def test_a_few_repeats_are_only_a_note(make_table: Callable[..., pl.DataFrame]) -> None:
    (found,) = DuplicateRows().run(Context(pl.concat([make_table(400), make_table(400).head(1)]), "解約"))

    assert found.severity == "info"


def test_it_stays_quiet_where_every_row_is_its_own(make_table: Callable[..., pl.DataFrame]) -> None:
    assert DuplicateRows().run(Context(make_table(100), "解約")) == []


def test_it_abstains_from_two_columns() -> None:
    assert isinstance(DuplicateRows().run(Context(pl.DataFrame({"a": [1, 1], "y": [1, 1]}), "y")), NotApplicable)
