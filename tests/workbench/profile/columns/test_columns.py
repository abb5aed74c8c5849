"""Every fact of a column equals what pandas or numpy say of the same values."""

from __future__ import annotations

import itertools
import math
from datetime import date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.profile.columns import describe

RANDOM = np.random.default_rng(3)
NUMBERS = {
    "normal": RANDOM.normal(100, 15, 500),
    "skewed": RANDOM.lognormal(3, 1, 500),
    "few": RANDOM.integers(0, 5, 500).astype(float),
    "with gaps": np.where(RANDOM.random(500) < 0.3, np.nan, RANDOM.normal(size=500)),
    "with infinities": np.concatenate([RANDOM.normal(size=50), [np.inf, -np.inf, np.inf]]),
    "zeros": np.concatenate([np.zeros(90), RANDOM.normal(size=10)]),
    "constant": np.full(20, 7.5),
    "one": np.array([3.0]),
    "two": np.array([3.0, 4.0]),
}


def facts(values: object, kind: str = "number", dtype: object = None) -> dict:
    series = pl.Series("x", values, dtype=dtype, strict=False)
    return describe(series.fill_nan(None) if series.dtype.is_float() else series, kind)


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_equal_pandas(name: str) -> None:
    values = NUMBERS[name]
    finite = pd.Series(values).replace([np.inf, -np.inf], np.nan)

    found = facts(values)

    assert found["missing"] == int(pd.Series(values).isna().sum())
    assert found["missing_rate"] == pytest.approx(pd.Series(values).isna().mean())
    assert found["distinct"] == pd.Series(values).nunique()
    assert found["mean"] == pytest.approx(finite.mean(), rel=1e-12)
    assert (found["min"], found["max"]) == (finite.min(), finite.max())
    assert found["zeros"] == int((finite == 0).sum())
    assert found["infinite"] == int(np.isinf(values).sum())
    for q, value in found["quantiles"].items():
        assert value == pytest.approx(finite.quantile(float(q)), rel=1e-12)
    assert found["median"] == pytest.approx(finite.median(), rel=1e-12)
    assert same(found["std"], finite.std())
    assert same(found["skew"], finite.skew())


def same(ours: float | None, theirs: float) -> bool:
    return (ours is None and math.isnan(theirs)) or ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", NUMBERS)
def test_histogram_counts_every_finite_value_once(name: str) -> None:
    values = NUMBERS[name]
    x = values[np.isfinite(values)]

    shape = facts(values)["histogram"]

    low, high = np.quantile(x, [0.01, 0.99])
    if not ((x >= low) & (x <= high)).any():  # two values far apart: nothing lies between the percentiles
        low, high = x.min(), x.max()
    assert sum(shape["counts"]) + shape["below"] + shape["above"] == len(x)
    assert (shape["below"], shape["above"]) == (int((x < low).sum()), int((x > high).sum()))
    assert len(shape["edges"]) == len(shape["counts"]) + 1


def test_every_bin_of_many_whole_numbers_holds_equally_many_values() -> None:
    shape = facts(list(range(20, 82)) * 20)["histogram"]
    assert len({b - a for a, b in itertools.pairwise(shape["edges"])}) == 1
    assert len(set(shape["counts"][:-1])) == 1, "a flat column looks flat"


def test_histogram_equals_numpys_on_the_middle() -> None:
    x = NUMBERS["normal"]
    low, high = np.quantile(x, [0.01, 0.99])

    shape = facts(x)["histogram"]

    counts, _ = np.histogram(x[(x >= low) & (x <= high)], bins=30, range=(low, high))
    assert shape["counts"] == counts.tolist()


def test_few_whole_numbers_have_a_bin_each() -> None:
    shape = facts([1, 1, 2, 5])["histogram"]

    assert shape["edges"] == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5][: len(shape["edges"])]
    assert shape["counts"][:2] == [2, 1]


@given(st.lists(st.floats(width=64, allow_nan=True, allow_infinity=True) | st.none(), max_size=30))
def test_any_floats_have_facts_without_an_exception(values: list[float | None]) -> None:
    found = facts(values, dtype=pl.Float64)

    assert found["missing"] == sum(v is None or math.isnan(v) for v in values)
    assert all(v is None or not isinstance(v, float) or math.isfinite(v) for v in found.values())


def test_large_whole_numbers_keep_their_count() -> None:
    assert facts([2**60, 2**60 + 1, 2**60 + 2])["distinct"] == 3


def test_labels_are_counted_as_pandas_counts_them() -> None:
    values = ["a", "b", "a", None, "c", "b", "a"]

    found = facts(values, "category")

    counts = pd.Series(values).value_counts()
    assert {e["value"]: e["count"] for e in found["top"]} == counts.to_dict()
    assert found["top"][0] == {"value": "a", "count": 3}
    assert (found["missing"], found["distinct"], found["rest"]) == (1, 3, 0)


def test_only_the_most_frequent_labels_are_listed_and_the_rest_counted() -> None:
    found = facts([f"v{i:03d}" for i in range(100)] + ["v000"], "text")

    assert len(found["top"]) == 20
    assert found["rest"] == 101 - 21
    assert found["top"][1]["value"] == "v001"


def test_a_very_long_value_is_shown_short() -> None:
    found = facts(["字" * 100_000, "b"], "text")

    assert max(len(e["value"]) for e in found["top"]) == 201
    assert found["length"]["max"] == 100_000


def test_booleans_keep_their_type() -> None:
    found = facts([True, False, True, None], "boolean")

    assert found["top"] == [{"value": True, "count": 2}, {"value": False, "count": 1}]


def test_dates_before_1970_are_counted_per_period() -> None:
    found = facts([date(1868, 10, 23), date(1912, 7, 30), date(1926, 12, 25), None], "date")

    assert (found["min"], found["max"]) == ("1868-10-23", "1926-12-25")
    assert found["periods"]["unit"] == "year"
    assert sum(found["periods"]["counts"]) == 3


@pytest.mark.parametrize(
    ("last", "unit"),
    [
        (datetime(2024, 1, 2), "hour"),
        (datetime(2024, 2, 1), "day"),
        (datetime(2024, 12, 1), "week"),
        (datetime(2027, 1, 1), "month"),
        (datetime(2035, 1, 1), "quarter"),
        (datetime(2070, 1, 1), "year"),
    ],
)
def test_the_period_keeps_the_chart_readable(last: datetime, unit: str) -> None:
    found = facts([datetime(2024, 1, 1), last], "date")

    assert found["periods"]["unit"] == unit
    assert found["periods"]["counts"] == [1, 1]


@pytest.mark.parametrize("kind", ["number", "category", "date", "boolean"])
@pytest.mark.parametrize("rows", [0, 3])
def test_a_column_without_values_has_facts(kind: str, rows: int) -> None:
    dtypes = {"number": pl.Float64, "category": pl.String, "date": pl.Date, "boolean": pl.Boolean}

    found = facts([None] * rows, kind, dtypes[kind])

    assert found["missing"] == rows
    assert found["distinct"] == 0
