"""WB502: labels of new data that training never saw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from workbench.checks.arrival import UnseenCategories
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context

RANDOM = np.random.default_rng(0)


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(300)


def run(train: pl.DataFrame, new: pl.DataFrame) -> list:
    return list(UnseenCategories().run(Context(train, "解約", new=new)))


def test_unseen_categories_are_counted_and_named(train: pl.DataFrame) -> None:
    new = train.with_columns(職業=pl.when(pl.int_range(pl.len()) < 60).then(pl.lit("医師")).otherwise(pl.col("職業")))

    (found,) = run(train, new)

    assert (found.severity, found.columns, found.facts["rows"]) == ("warning", ("職業",), 60)
    assert "医師 (60)" in found.evidence.say("en")
    assert found.examples[0] == {"#": 1, "職業": "医師"}


def test_one_stray_label_is_a_note(train: pl.DataFrame) -> None:
    new = train.with_columns(職業=pl.when(pl.int_range(pl.len()) < 1).then(pl.lit("医師")).otherwise(pl.col("職業")))

    (found,) = run(train, new)

    assert found.severity == "info"
    assert "1 value that training never saw" in found.evidence.say("en")


def test_new_labels_of_a_column_with_many_rare_ones_are_to_be_expected() -> None:
    towns = [f"町{i}" for i in RANDOM.integers(0, 600, 900)]
    train, new = (pl.DataFrame({"town": part, "y": [0, 1] * (len(part) // 2)}) for part in (towns[:700], towns[700:]))

    found = list(UnseenCategories().run(Context(train, "y", new=new)))

    assert [one.severity for one in found] == ["info"]


def test_it_stays_quiet_about_more_rows_of_the_same_kind(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    assert run(train, make_table(200, seed=5)) == []


def test_an_empty_new_table_is_no_exception(train: pl.DataFrame) -> None:
    assert run(train, train.clear()) == []


def test_it_abstains_without_categories_or_new_data(train: pl.DataFrame) -> None:
    assert isinstance(run_numbers(), NotApplicable)
    assert isinstance(UnseenCategories().run(Context(train, "解約")), NotApplicable)


def run_numbers() -> object:
    numbers = pl.DataFrame({"x": [1.0, 2.0], "y": [0, 1]})
    return UnseenCategories().run(Context(numbers, "y", new=numbers))
