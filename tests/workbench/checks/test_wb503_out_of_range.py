"""WB503: values of new data beyond the smallest and largest of training."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from workbench.checks.arrival import OutOfRange
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context

RANDOM = np.random.default_rng(0)


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(300)


def run(train: pl.DataFrame, new: pl.DataFrame) -> list:
    return list(OutOfRange().run(Context(train, "解約", new=new)))


def test_another_unit_is_a_warning_with_both_ranges(train: pl.DataFrame) -> None:
    (found,) = run(train, train.with_columns(pl.col("収入") * 100))

    assert (found.severity, found.columns) == ("warning", ("収入",))
    assert "lies outside the training range" in found.evidence.say("en")
    assert found.facts["rows"] > 250


def test_one_wild_value_is_a_note(train: pl.DataFrame) -> None:
    new = train.with_columns(年齢=pl.when(pl.int_range(pl.len()) == 7).then(999.0).otherwise(pl.col("年齢")))

    (found,) = run(train, new)

    assert (found.severity, found.facts["rows"]) == ("info", 1)
    assert found.examples == ({"#": 8, "年齢": 999.0},)


def test_later_dates_are_a_note_that_says_so(train: pl.DataFrame) -> None:
    (found,) = run(train, train.with_columns(pl.col("登録日") + timedelta(days=3000)))

    assert (found.severity, found.columns) == ("info", ("登録日",))
    assert "Later dates are to be expected" in found.action.say("en")


@pytest.mark.parametrize("seed", range(8))
def test_more_rows_of_the_same_kind_stay_quiet_though_some_lie_beyond(
    train: pl.DataFrame, make_table: Callable[..., pl.DataFrame], seed: int
) -> None:
    assert run(train, make_table(200, seed=seed + 20)) == []


def test_an_empty_new_table_is_no_exception(train: pl.DataFrame) -> None:
    assert run_or_none(train, train.clear())


def run_or_none(train: pl.DataFrame, new: pl.DataFrame) -> bool:
    outcome = OutOfRange().run(Context(train, "解約", new=new))
    return isinstance(outcome, NotApplicable) or list(outcome) == []


def test_it_abstains_without_numbers_or_new_data(train: pl.DataFrame) -> None:
    labels = pl.DataFrame({"x": ["a", "b"], "y": [0, 1]})

    assert isinstance(OutOfRange().run(Context(labels, "y", new=labels)), NotApplicable)
    assert isinstance(OutOfRange().run(Context(train, "解約")), NotApplicable)
