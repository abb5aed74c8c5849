"""WB501: the columns of new data, and whether they can be read as they were."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from workbench.checks.arrival import Schema
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(300)


def run(train: pl.DataFrame, new: pl.DataFrame) -> list:
    return list(Schema().run(Context(train, "解約", new=new)))


def test_a_missing_column_is_an_error_and_an_extra_one_a_note(train: pl.DataFrame) -> None:
    found = run(train, train.rename({"年齢": "ねんれい"}))

    assert [(f.severity, f.columns) for f in found] == [("error", ("年齢",)), ("info", ("ねんれい",))]
    assert "1 column is missing from the new data: 年齢." in found[0].evidence.say("en")


def test_a_changed_kind_is_an_error(train: pl.DataFrame) -> None:
    (found,) = run(train, train.with_columns(pl.col("収入").cast(pl.String) + "円"))

    assert (found.severity, found.columns) == ("error", ("収入",))
    assert "held numbers in training" in found.evidence.say("en")
    assert found.examples[0]["収入"].endswith("円")


def test_labels_that_became_other_numbers_are_an_error(train: pl.DataFrame) -> None:
    (found,) = run(train, train.with_columns(職業=pl.int_range(pl.len()) % 3))

    assert (found.severity, found.columns) == ("error", ("職業",))


def test_a_few_cells_that_cannot_be_read_are_counted_and_shown(train: pl.DataFrame) -> None:
    text = pl.col("収入").cast(pl.String)
    new = train.with_columns(pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("約500")).otherwise(text).alias("収入"))

    (found,) = run(train, new)

    assert (found.severity, found.columns) == ("warning", ("収入",))
    assert "3 of its cells in the new data (1.0%) cannot be read so: 約500." in found.evidence.say("en")
    assert [row["#"] for row in found.examples] == [1, 2, 3]


def test_it_stays_quiet_where_a_prediction_reads_the_cells_anyway(train: pl.DataFrame) -> None:
    new = train.with_columns(pl.col("会員").cast(pl.Int64), pl.col("年齢").cast(pl.String), pl.col("登録日").cast(pl.String))

    assert run(train, new) == []


def test_it_stays_quiet_about_the_same_kind_of_table_without_its_target(
    train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]
) -> None:
    assert run(train, make_table(200, seed=5).drop("解約")) == []


def test_an_empty_new_table_is_no_exception(train: pl.DataFrame) -> None:
    assert run(train, train.clear()) == []


def test_many_changed_columns_are_named_together() -> None:
    train = pl.DataFrame({f"c{i}": [0.5, 1.5] * 30 for i in range(15)} | {"y": [0, 1] * 30})

    found = list(Schema().run(Context(train, "y", new=train.with_columns(pl.col("^c.*$").cast(pl.String) + "x"))))

    assert len(found) == 11
    assert "5 more columns show the same: c10" in found[-1].evidence.say("en")


def test_it_abstains_without_new_data(train: pl.DataFrame) -> None:
    assert isinstance(Schema().run(Context(train, "解約")), NotApplicable)
