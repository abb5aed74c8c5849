"""WB507: new rows that stood in the training table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from workbench.checks.arrival.resemblance import SeenBefore
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context

RANDOM = np.random.default_rng(0)


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(300)


def run(train: pl.DataFrame, new: pl.DataFrame) -> list:
    return list(SeenBefore().run(Context(train, "解約", new=new)))


def test_rows_of_training_are_counted_in_any_order_and_type(
    train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]
) -> None:
    new = pl.concat([make_table(180, seed=7), train.sample(20, seed=1)]).with_columns(pl.col("会員").cast(pl.Int64))

    (found,) = run(train, new)

    assert (found.severity, found.facts["rows"], found.facts["share"]) == ("warning", 20, 0.1)
    assert "20 of 200 new rows (10.0%) equal a training row in all 8 features" in found.evidence.say("en")
    assert [row["#"] for row in found.examples] == [181, 182, 183]


def test_names_of_rows_do_not_hide_a_row_that_was_seen(train: pl.DataFrame) -> None:
    new = train.head(50).with_columns(顧客番号=pl.format("X-{}", pl.int_range(pl.len())))

    assert run(train, new)[0].facts["rows"] == 50


def test_a_few_of_many_are_a_note(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    (found,) = run(train, pl.concat([make_table(998, seed=7), train.head(2)]))

    assert (found.severity, found.facts["rows"]) == ("info", 2)


def test_rows_of_few_columns_repeat_by_chance() -> None:
    def coins(rows: int) -> pl.DataFrame:
        return pl.DataFrame({name: RANDOM.integers(0, 3, rows) for name in "aby"})

    assert list(SeenBefore().run(Context(coins(300), "y", new=coins(200)))) == []


def test_it_stays_quiet_about_other_rows(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    assert run(train, make_table(200, seed=5)) == []


def test_it_abstains_where_rows_are_not_whole(train: pl.DataFrame) -> None:
    for new in (train.drop("年齢"), train.clear(), None):
        assert isinstance(SeenBefore().run(Context(train, "解約", new=new)), NotApplicable)
