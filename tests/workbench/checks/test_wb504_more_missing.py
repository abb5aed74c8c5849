"""WB504: missing values that became many more or many fewer."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from workbench.checks.arrival import MoreMissing
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(300)


def run(train: pl.DataFrame, new: pl.DataFrame) -> list:
    return list(MoreMissing().run(Context(train, "解約", new=new)))


def blank(frame: pl.DataFrame, name: str, rows: int) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.int_range(pl.len()) < rows).then(None).otherwise(pl.col(name)).alias(name))


def test_more_missing_values_are_named_with_both_shares(train: pl.DataFrame) -> None:
    (found,) = run(train, blank(train, "収入", 150))

    assert (found.severity, found.columns) == ("warning", ("収入",))
    assert "0.0%" in found.evidence.say("en")
    assert "50.0%" in found.evidence.say("en")


def test_fewer_missing_values_are_a_change_as_well(train: pl.DataFrame) -> None:
    (found,) = run(blank(train, "収入", 150), train)

    assert (found.facts["before"], found.facts["after"]) == (0.5, 0.0)


def test_a_column_that_came_empty_is_found_in_ten_rows(train: pl.DataFrame) -> None:
    (found,) = run(train, blank(train.head(10), "収入", 10))

    assert found.columns == ("収入",)


def test_a_blank_more_in_ten_rows_is_chance(train: pl.DataFrame) -> None:
    assert run(train, blank(train.head(10), "年齢", 2)) == []


def test_it_stays_quiet_about_more_rows_of_the_same_kind(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    assert run(train, make_table(200, seed=5)) == []


def test_an_empty_new_table_is_no_exception(train: pl.DataFrame) -> None:
    assert run(train, train.clear()) == []


def test_it_abstains_without_new_data(train: pl.DataFrame) -> None:
    assert isinstance(MoreMissing().run(Context(train, "解約")), NotApplicable)
