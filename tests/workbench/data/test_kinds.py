"""Kinds of columns."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from workbench.data import Kind, kind_of


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, None], "number"),
        ([1.5], "number"),
        ([True], "boolean"),
        ([dt.date(2024, 1, 1)], "date"),
        ([dt.datetime(2024, 1, 1)], "date"),
        (["a", "b"], "category"),
        ([f"id{i}" for i in range(50)], "category"),
        ([f"id{i}" for i in range(51)], "text"),
        ([f"id{i % 1001}" for i in range(5000)], "text"),
        ([f"id{i % 1000}" for i in range(5000)], "category"),
        ([None, None], "category"),
    ],
)
def test_a_column_shows_its_kind(values: list[object], kind: Kind) -> None:
    dtype = pl.String if values[0] is None else None
    assert kind_of(pl.Series("x", values, dtype=dtype)) == kind


@pytest.mark.parametrize("labels", [1_000, 1_001])
def test_a_long_column_is_read_the_same_by_its_first_rows(labels: int) -> None:
    column = pl.Series([None, *(f"v{i % labels}" for i in range(45_000))])

    assert kind_of(column) == ("category" if labels == 1_000 else "text")
