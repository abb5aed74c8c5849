"""Which columns of text become numbers, dates and booleans, and which stay what they are."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.typed import typed


@pytest.mark.parametrize(
    ("text", "values", "dtype"),
    [
        (["1", "", "-3"], [1, None, -3], pl.Int64),
        (["1", "2.5", ".5"], [1.0, 2.5, 0.5], pl.Float64),
        (["1e3", "-2E-1"], [1000.0, -0.2], pl.Float64),
        (["True", "FALSE", None], [True, False, None], pl.Boolean),
        (["2024-01-31", "2024/2/1"], [dt.date(2024, 1, 31), dt.date(2024, 2, 1)], pl.Date),
        (["2024-01-31", "2024-01-31T10:00:00Z"], [dt.datetime(2024, 1, 31), dt.datetime(2024, 1, 31, 10)], pl.Datetime("us")),
        (["2024-01-31 10:00+09:00"], [dt.datetime(2024, 1, 31, 1)], pl.Datetime("us")),
    ],
)
def test_plain_values_get_their_type(text: list[str | None], values: list[object], dtype: pl.DataType) -> None:
    series = typed(pl.Series("x", text, dtype=pl.String)).series
    assert series.dtype == dtype
    assert series.to_list() == values


@pytest.mark.parametrize(
    "text",
    [
        ["007", "012"],  # a code
        ["1234567890123456", "1"],  # an id that a number cannot hold
        ["1,000", "2"],  # a repair of its own
        ["1", "x"],
        ["inf", "1.5"],
        ["2024-02-30"],  # no such day
        ["24-01-31"],
        ["31/01/2024"],
        ["１", "２"],
    ],
)
def test_what_is_not_plain_stays_text(text: list[str]) -> None:
    assert typed(pl.Series("x", text)).series.to_list() == text


def test_markers_of_nothing_are_read_in_typed_columns_only_and_said() -> None:
    read = typed(pl.Series("x", ["1", "NA", " "]))
    assert read.series.to_list() == [1, None, None]
    assert read.markers == (" ", "NA")
    assert typed(pl.Series("x", ["a", "NA"])).series.to_list() == ["a", "NA"]


def test_spaces_around_numbers_do_not_matter() -> None:
    assert typed(pl.Series("x", ["1", " 2", "3 "])).series.to_list() == [1, 2, 3]


@given(st.lists(st.integers(-(10**15) + 1, 10**15 - 1), min_size=1))
def test_written_integers_come_back(values: list[int]) -> None:
    assert typed(pl.Series("x", list(map(str, values)))).series.to_list() == values


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_written_floats_come_back(values: list[float]) -> None:
    assert typed(pl.Series("x", list(map(repr, values)))).series.to_list() == values


@given(st.lists(st.datetimes(dt.datetime(1000, 1, 1)), min_size=1))
def test_written_moments_come_back(values: list[dt.datetime]) -> None:
    assert typed(pl.Series("x", [v.isoformat(" ") for v in values])).series.cast(pl.Datetime("us")).to_list() == values
