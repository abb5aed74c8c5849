"""A column read once: numbers and moments in order, labels as codes; every fact and every bin comes from that one reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

# Types that NumPy holds as they are; others (decimals, 128 bits) become floats.
NATIVE = (*(pl.Int8, pl.Int16, pl.Int32, pl.Int64), *(pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64), pl.Float32, pl.Float64)
MOST_TOP = 20


@dataclass(frozen=True)
class Ordered:
    """The values of a number or date column that are not missing."""

    rows: np.ndarray
    """As they stand in the table."""
    whole: np.ndarray
    """Ascending, infinite ones at the ends."""
    finite: np.ndarray
    """The finite ones, ascending, as floats."""
    dtype: pl.DataType
    """What a date's whole numbers count."""

    @cached_property
    def starts(self) -> np.ndarray:
        """Where in the order each distinct value begins."""
        changes = np.flatnonzero(self.whole[1:] != self.whole[:-1]) + 1
        return np.concatenate([[0], changes]) if len(self.whole) else changes

    @cached_property
    def counts(self) -> np.ndarray:
        """How often each distinct value occurs, in order."""
        return np.diff(self.starts, append=len(self.whole))

    @property
    def distinct(self) -> np.ndarray:
        """The distinct values, ascending."""
        return self.whole[self.starts]

    @property
    def infinite(self) -> int:
        """How many values are infinite."""
        return len(self.whole) - len(self.finite)

    def quantiles(self, shares: Sequence[float]) -> np.ndarray:
        """Return quantiles of the finite values by linear interpolation, to the digit those of `numpy.quantile`."""
        x, last = self.finite, len(self.finite) - 1
        if last < 0:
            return np.full(len(shares), np.nan)
        place = np.asarray(shares, dtype=np.float64) * last
        before = np.floor(place).astype(np.intp)
        a, b, share = x[before], x[np.minimum(before + 1, last)], place - before
        with np.errstate(over="ignore", invalid="ignore"):
            gap = b - a
            near = np.where(share < 0.5, a + gap * share, b - gap * (1 - share))
        # The widest gap between floats is wider than a float.
        return np.where(np.isfinite(gap), near, a * (1 - share) + b * share)

    def most_frequent(self) -> tuple[Any, int] | None:
        """Return the most frequent value, the smallest of several, and its count."""
        if not len(self.whole):
            return None
        place = int(self.counts.argmax())
        return self.whole[self.starts[place]].item(), int(self.counts[place])


@dataclass(frozen=True)
class Labelled:
    """A column of labels that repeat."""

    values: pl.Series
    """The distinct labels, ascending."""
    codes: np.ndarray
    """Each row's place in `values`, or their number where it is missing."""
    counts: np.ndarray

    def only(self, rows: np.ndarray) -> Labelled:
        """Return the same column in some of its rows."""
        codes, size = self.codes[rows], len(self.values)
        counts = np.bincount(codes, minlength=size + 1)[:size]
        used = counts > 0
        place = np.append(np.where(used, np.cumsum(used) - 1, 0), used.sum())
        return Labelled(self.values.filter(pl.Series(used)), place[codes], counts[used])

    @cached_property
    def by_count(self) -> np.ndarray:
        """The places of the labels, most frequent first, equal ones in their order."""
        return np.argsort(-self.counts, kind="stable")


@dataclass(frozen=True)
class Counted:
    """A column of free text or ids, where nearly every row has its own value."""

    distinct: int
    top: list[tuple[str, int]]
    """The most frequent values with their counts, equal ones in their order."""


Reading = Ordered | Labelled | Counted


def read(series: pl.Series, kind: str) -> Reading:
    """Read a column as its kind asks.

    Parameters
    ----------
    series : polars.Series
        The column; NaN must already be null.
    kind : {"number", "boolean", "date", "category", "text"}
        How to read it; a column whose type contradicts its kind is read as labels.
    """
    if (kind == "number" and series.dtype.is_numeric()) or (kind == "date" and series.dtype in (pl.Date, pl.Datetime)):
        return ordered(series)
    plain = series if series.dtype in (pl.Boolean, pl.String) else series.cast(pl.String, strict=False)
    return counted(plain) if kind == "text" else labelled(plain)


def ordered(series: pl.Series) -> Ordered:
    """Sort numbers or moments once."""
    values = series.drop_nulls()
    if values.dtype == pl.Datetime:
        # Moments are read by the clock of their own zone, as an analyst sees them.
        values = values.dt.replace_time_zone(None)
    dtype = values.dtype
    if not dtype.is_numeric():
        values = values.to_physical()
    elif dtype not in NATIVE:
        values = values.cast(pl.Float64)
    rows = values.to_numpy()
    whole = np.sort(rows)
    low, high = 0, len(whole)
    if rows.dtype.kind == "f":
        low, high = int(np.searchsorted(whole, -np.inf, "right")), int(np.searchsorted(whole, np.inf, "left"))
    return Ordered(rows, whole, whole[low:high].astype(np.float64, copy=False), dtype)


def labelled(series: pl.Series) -> Labelled:
    """Give each label a code."""
    values = series.drop_nulls().unique().sort()
    size = len(values)
    codes = coded(series, values).fill_null(size).to_numpy()
    return Labelled(values, codes, np.bincount(codes, minlength=size + 1)[:size])


def coded(series: pl.Series, values: pl.Series) -> pl.Series:
    """Return each row's place in the values; null where it is none of them."""
    if series.dtype == pl.Boolean:
        # One of two, or the only one.
        return series.cast(pl.UInt32) - int(values[0]) if len(values) else series.cast(pl.UInt32)
    return series.cast(pl.Enum(values), strict=False).to_physical().cast(pl.UInt32)


def counted(series: pl.Series) -> Counted:
    """Count values of which there are very many, and keep the most frequent."""
    found = series.drop_nulls().alias("value").value_counts()
    top = found.top_k(MOST_TOP, by=["count", "value"], reverse=[False, True])
    return Counted(found.height, list(top.sort(["count", "value"], descending=[True, False]).iter_rows()))
