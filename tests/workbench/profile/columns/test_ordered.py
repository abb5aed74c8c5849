"""A column read once gives the same values, counts and codes as reading it again for each fact."""

from __future__ import annotations

import decimal

import numpy as np
import polars as pl
import pytest

from workbench.profile.columns.ordered import Counted, Labelled, Ordered, read


@pytest.mark.parametrize(
    ("series", "kind", "expected"),
    [
        (pl.Series([1, 2]), "number", Ordered),
        (pl.Series([1, 2]), "category", Labelled),
        (pl.Series(["a"]), "number", Labelled),
        (pl.Series([True]), "boolean", Labelled),
        (pl.Series(["a"]), "text", Counted),
        (pl.Series([0]).cast(pl.Date), "date", Ordered),
        (pl.Series([0]).cast(pl.Time), "category", Labelled),
    ],
)
def test_a_column_is_read_as_its_kind_and_type_allow(series: pl.Series, kind: str, expected: type) -> None:
    assert isinstance(read(series, kind), expected)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 999])
def test_quantiles_are_numpys_to_the_last_digit(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    shares = [0.0, 0.01, 0.05, 0.25, 1 / 3, 0.5, 0.75, 0.99, 1.0]

    found = read(pl.Series(values), "number")

    assert isinstance(found, Ordered)
    assert found.quantiles(shares).tolist() == np.quantile(values, shares).tolist()


def test_the_widest_gap_still_has_a_middle() -> None:
    found = read(pl.Series([-1.7e308, 1.7e308]), "number")

    assert isinstance(found, Ordered)
    assert found.quantiles([0.5]).tolist() == [0.0]


def test_values_beyond_numpys_types_become_floats() -> None:
    for series in (
        pl.Series([2**100, 1, 1], dtype=pl.Int128),
        pl.Series([decimal.Decimal("2.50"), decimal.Decimal("2.50"), None]),
    ):
        found = read(series, "number")

        assert isinstance(found, Ordered)
        assert found.most_frequent() in ((1.0, 2), (2.5, 2))


def test_labels_in_some_rows_are_what_reading_those_rows_gives() -> None:
    column = pl.Series(["c", None, "a", "b", "a", None, "c"])
    rows = np.array([True, True, True, False, True, True, True])
    whole, part = read(column, "category"), read(column.filter(pl.Series(rows)), "category")

    assert isinstance(whole, Labelled)
    assert isinstance(part, Labelled)
    found = whole.only(rows)

    assert found.values.to_list() == part.values.to_list() == ["a", "c"]
    assert found.codes.tolist() == part.codes.tolist()
    assert found.counts.tolist() == part.counts.tolist()


def test_moments_are_read_by_the_clock_of_their_zone() -> None:
    moments = pl.Series([0]).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone("Asia/Tokyo")

    found = read(moments, "date")

    assert isinstance(found, Ordered)
    assert found.whole.tolist() == [9 * 3_600_000_000]
