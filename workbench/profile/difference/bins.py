"""Two samples in the same bins: shares of both, what is typical of each, and the values that only one of them has."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from workbench.profile.columns import brief, moment

BINS = 30
# A number with no more values than this is shown value by value.
FEW_VALUES = 12
TOP_VALUES = 12
# New and gone labels that are named; how many there are is always said.
MOST_NAMED = 20
# Microseconds.
DAY = 86_400_000_000
# Beyond this not every whole number has a floating-point number of its own.
EXACT = 2**53

Shown = Callable[[float], Any]


def day_or_moment(first: pl.Series, second: pl.Series) -> Shown:
    """Return what shows microseconds since 1970: as a day where both columns hold days."""
    whole_days = all(s.dtype != pl.Datetime for s in (first, second))

    def shown(since: float) -> str:
        return moment(math.floor(since / DAY), "D") if whole_days else moment(math.floor(since), "us")

    return shown


def summary(values: np.ndarray, shown: Shown) -> dict[str, Any]:
    """Return what is typical of numbers or dates in order; only finite ones have a mean."""
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if not len(finite):
        return {"median": None} if shown is not float else {"mean": None, "median": None}
    if shown is not float:
        return {"median": shown(finite[(len(finite) - 1) // 2])}
    with np.errstate(all="ignore"):
        mean = float(finite.mean(dtype=np.float64))
    return {"mean": mean if np.isfinite(mean) else None, "median": float(np.median(finite))}


def value_counts(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the values and their counts in both where there are few, nothing otherwise."""
    parts = [values[np.r_[True, values[1:] != values[:-1]]] if len(values) else values for values in (x, y)]
    if max(len(part) for part in parts) > FEW_VALUES:
        return x[:0], None
    values = np.unique(np.concatenate(parts))
    if len(values) > FEW_VALUES:
        return values, None
    counts = [np.searchsorted(s, values, side="right") - np.searchsorted(s, values, side="left") for s in (x, y)]
    return values, np.array(counts)


def value_bins(values: np.ndarray, counts: np.ndarray, shown: Shown) -> list[dict[str, Any]]:
    """Return a bin for each of few values."""
    bins = [{"kind": "value", "value": brief(shown(value))} for value in values]
    return with_shares(bins, counts, counts.sum(axis=1))


def range_bins(x: np.ndarray, y: np.ndarray, shown: Shown, kind: str) -> list[dict[str, Any]]:
    """Return equal bins between the 1st and 99th percentiles of both tables, and one beyond on either side.

    The percentiles are the outer ones of the two tables, so at most 1 % of either lies beyond.
    """
    finite = [part for part in (s[np.isfinite(s)] for s in (x, y)) if len(part)]
    if not finite:
        return []
    edges = bin_edges(finite, kind)
    counts = np.array([np.diff(np.r_[0, np.searchsorted(s, edges, side="left"), len(s)]) for s in (x, y)])
    ends = [None, *(shown(edge) for edge in edges), None]
    bins = [{"kind": "range", "low": a, "high": b} for a, b in itertools.pairwise(ends)]
    told = [i for i, count in enumerate(counts.sum(axis=0)) if count or 0 < i < len(bins) - 1]
    return with_shares([bins[i] for i in told], counts[:, told], np.array([len(x), len(y)]))


def bin_edges(finite: list[np.ndarray], kind: str) -> np.ndarray:
    """Return where bins begin and the last one ends: whole numbers and days are never cut in two."""
    with np.errstate(all="ignore"):
        low, high = min(np.quantile(s, 0.01) for s in finite), max(np.quantile(s, 0.99) for s in finite)
        if not np.isfinite(high - low):  # so large that their difference is no number any more
            low, high = min(s[0] for s in finite) / 2, max(s[-1] for s in finite) / 2
    whole = DAY if kind == "date" else 1
    if max(abs(low), abs(high)) < EXACT and all(bool((s % whole == 0).all()) for s in finite):
        low, high = np.floor(low / whole), np.floor(high / whole) + 1
        step = max(1.0, np.ceil((high - low) / BINS))
        return (np.arange(low, high + step, step) - (0.5 if kind == "number" and step == 1 else 0)) * whole
    if low == high:
        high = low + max(abs(low) * 1e-6, 1.0)
    place = np.linspace(0, 1, BINS + 1)
    edges = np.maximum.accumulate(low * (1 - place) + high * place)  # written so that nothing overflows
    edges[-1] = np.nextafter(edges[-1], np.inf)  # the last bin holds its upper end
    return edges


def with_shares(bins: list[dict[str, Any]], counts: np.ndarray, rows: np.ndarray) -> list[dict[str, Any]]:
    """Add the share of each table's rows to every bin; a table without rows has none."""
    return [
        entry | {"shares": [int(c) / int(n) if n else None for c, n in zip(column, rows, strict=True)]}
        for entry, column in zip(bins, counts.T, strict=True)
    ]


def deciles(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Count both tables' numbers in bins that end at the first one's deciles; one bin where it has no finite number."""
    finite = x[np.isfinite(x)]
    cuts = np.unique(np.quantile(finite, np.linspace(0, 1, 11)[1:-1])) if len(finite) else np.array([])
    return np.array([np.diff(np.r_[0, np.searchsorted(s, cuts, side="right"), len(s)]) for s in (x, y)])


def counted(first: pl.Series, second: pl.Series) -> pl.DataFrame:
    """Count every value in both tables: `value`, `first`, `second`, most frequent first by the mean of the two shares."""
    dtype = pl.Boolean if first.dtype == second.dtype == pl.Boolean else pl.String
    parts = [
        s.drop_nulls().cast(dtype).alias("value").value_counts(name=side) for s, side in ((first, "first"), (second, "second"))
    ]
    table = parts[0].join(parts[1], on="value", how="full", coalesce=True)
    table = table.with_columns(pl.col("first", "second").fill_null(0).cast(pl.Int64))
    weight = pl.col("first") * len(second) + pl.col("second") * len(first)
    return table.sort([weight, "value"], descending=[True, False])


def label_bins(table: pl.DataFrame, counts: np.ndarray, missing: tuple[int, int], rows: np.ndarray) -> list[dict[str, Any]]:
    """Return a bin for each of the most frequent labels, one for the others and one for missing values."""
    kept = min(table.height, TOP_VALUES)
    bins: list[dict[str, Any]] = [{"kind": "value", "value": brief(value)} for value in table["value"].head(kept)]
    columns = [counts[:, :kept]]
    if table.height > kept:
        bins.append({"kind": "rest", "distinct": table.height - kept})
        columns.append(counts[:, kept:].sum(axis=1, keepdims=True))
    if any(missing):
        bins.append({"kind": "missing"})
        columns.append(np.array(missing)[:, None])
    return with_shares(bins, np.column_stack(columns), rows)


def text_bins(counts: np.ndarray, missing: tuple[int, int], rows: np.ndarray) -> list[dict[str, Any]]:
    """Return the shares of rows whose text both tables have, only the own one has, and without text."""
    both = counts[:, (counts > 0).all(axis=0)].sum(axis=1)
    own = counts.sum(axis=1) - both
    bins = [{"kind": "common"}, {"kind": "own"}, *[{"kind": "missing"}] * any(missing)]
    columns = [both, own, *[np.array(missing)] * any(missing)]
    return with_shares(bins, np.column_stack(columns), rows)


def top_of(table: pl.DataFrame, side: str) -> dict[str, Any]:
    """Return the most frequent label of one table and its share among the rows that have one."""
    total = int(table[side].sum())
    if not total:
        return {"value": None, "share": None}
    value, count = table.sort([side, "value"], descending=[True, False]).select("value", side).row(0)
    return {"value": brief(value), "share": count / total}


def arrivals(table: pl.DataFrame) -> dict[str, Any]:
    """Return the values that only one of the tables has, most frequent first."""
    found: dict[str, Any] = {}
    for name, there, gone in (("new", "second", "first"), ("gone", "first", "second")):
        only = table.filter((pl.col(gone) == 0) & (pl.col(there) > 0)).sort([there, "value"], descending=[True, False])
        found |= {f"{name}_values": [brief(value) for value in only["value"].head(MOST_NAMED)], f"{name}_count": only.height}
    return found
