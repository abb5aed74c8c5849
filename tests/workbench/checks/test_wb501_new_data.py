"""WB501: new data held against the training table."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from workbench.checks.arrival import NewData
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(300)


def run(train: pl.DataFrame, new: pl.DataFrame) -> list:
    return list(NewData().run(Context(train, "解約", new=new)))


def test_a_missing_column_is_an_error_and_an_extra_one_a_note(train: pl.DataFrame) -> None:
    found = run(train, train.rename({"年齢": "ねんれい"}))

    assert [(f.severity, f.columns) for f in found] == [("error", ("年齢",)), ("info", ("ねんれい",))]
    assert "1 column is missing from the new data: 年齢." in found[0].evidence.say("en")


def test_unseen_categories_are_counted_and_named(train: pl.DataFrame) -> None:
    new = train.with_columns(職業=pl.when(pl.int_range(pl.len()) < 60).then(pl.lit("医師")).otherwise(pl.col("職業")))

    (found,) = run(train, new)

    assert (found.severity, found.columns, found.facts["rows"]) == ("warning", ("職業",), 60)
    assert "医師 (60)" in found.evidence.say("en")


def test_more_missing_values_are_named_with_both_shares(train: pl.DataFrame) -> None:
    new = train.with_columns(収入=pl.when(pl.int_range(pl.len()) < 150).then(None).otherwise(pl.col("収入")))

    (found,) = run(train, new)

    assert found.columns == ("収入",)
    assert "0.0%" in found.evidence.say("en")
    assert "50.0%" in found.evidence.say("en")


def test_a_changed_kind_is_an_error(train: pl.DataFrame) -> None:
    (found,) = run(train, train.with_columns(pl.col("収入").cast(pl.String) + "円"))

    assert (found.severity, found.columns) == ("error", ("収入",))
    assert "held numbers in training" in found.evidence.say("en")


def test_it_stays_quiet_about_the_same_kind_of_table_without_its_target(
    train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]
) -> None:
    assert run(train, make_table(200, seed=5).drop("解約")) == []


def test_an_empty_new_table_is_no_exception(train: pl.DataFrame) -> None:
    assert run(train, train.clear()) == []


def test_it_abstains_without_new_data(train: pl.DataFrame) -> None:
    assert isinstance(NewData().run(Context(train, "解約")), NotApplicable)
