"""The facts of one column as plain data: counts for every kind, quantiles and histogram, top values, or periods."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from workbench.profile.columns.ordered import MOST_TOP, Counted, Labelled, Ordered, Reading, read

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 30
# Whole numbers over a range below this fall into bins of whole numbers: others would hold one value more or less.
MOST_WHOLE = 50 * BINS
TOP_VALUES = MOST_TOP
# A value longer than this is shown shortened; the table keeps it whole.
LONGEST_VALUE = 200
# Beyond three times the middle half's width on either side: Tukey's "far out".
FAR_OUT = 3.0
# What rounding leaves of a spread, as a share of the mean; SciPy draws the same line.
RESOLUTION = 1e-15
MOST_PERIODS = 60
PERIODS = (("hour", "1h", 1 / 24), ("day", "1d", 1), ("week", "1w", 7), ("month", "1mo", 30.4), ("quarter", "1q", 91.3))
YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
DAY = {"D": 1, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
# Numpy counts days from a Thursday.
MONDAY = 3


def describe(series: pl.Series, kind: str, reading: Reading | None = None) -> dict[str, Any]:
    """Return a column's facts.

    Parameters
    ----------
    series : polars.Series
        The column; NaN must already be null.
    kind : {"number", "boolean", "date", "category", "text"}
        How to read it.
    reading : Reading, optional
        The column as `ordered.read` gives it, where somebody has read it already.

    Returns
    -------
    dict
        ``name kind dtype missing missing_rate distinct`` and what the kind adds. A fact that cannot be computed is None.
    """
    reading = reading or read(series, kind)
    missing = series.null_count()
    facts: dict[str, Any] = {
        "name": series.name,
        "kind": kind,
        "dtype": str(series.dtype),
        "missing": missing,
        "missing_rate": missing / len(series) if len(series) else 0.0,
        "distinct": distinct_of(reading),
    }
    if isinstance(reading, Labelled):
        return facts | labels(reading)
    if isinstance(reading, Counted):
        return facts | texts(series, reading)
    return facts | (dates(reading) if kind == "date" else numbers(reading))


def distinct_of(reading: Reading) -> int:
    """Return how many different values a column has."""
    if isinstance(reading, Counted):
        return reading.distinct
    return len(reading.starts) if isinstance(reading, Ordered) else len(reading.values)


# The widest floats overflow on the way to a fact; what comes of it is left out.
@np.errstate(all="ignore")
def numbers(reading: Ordered) -> dict[str, Any]:
    """Return the moments, quantiles and histogram of the finite values; infinite ones are counted."""
    x, quantiles = reading.finite, reading.quantiles(QUANTILES)
    # Whole numbers beyond 2**53 stay what they are.
    ends = reading.whole if reading.whole.dtype.kind in "iu" else x
    return {
        **moments(x),
        "min": exact(ends[0]) if len(ends) else None,
        "max": exact(ends[-1]) if len(ends) else None,
        "median": finite(quantiles[QUANTILES.index(0.5)]),
        "quantiles": {f"{q:g}": finite(v) for q, v in zip(QUANTILES, quantiles, strict=True)},
        "mode": mode(reading),
        "zeros": between(x, 0.0, 0.0),
        "negative": int(np.searchsorted(x, 0.0, "left")),
        "infinite": reading.infinite,
        "outliers": outliers(x, quantiles),
        "histogram": histogram(x, quantiles[0], quantiles[-1]),
    }


def moments(x: np.ndarray) -> dict[str, float | None]:
    """Return mean, standard deviation and adjusted Fisher-Pearson skewness of ordered values, as pandas and SciPy do."""
    n = len(x)
    if not n:
        return {"mean": None, "std": None, "skew": None}
    if x[0] == x[-1]:
        return {"mean": finite(x[0]), "std": 0.0 if n > 1 else None, "skew": 0.0 if n > 2 else None}
    mean = x.mean()
    centred = x - mean
    powers = centred * centred
    total = powers.sum()
    second, std = total / n, math.sqrt(total / (n - 1))
    powers *= centred
    varies = n > 2 and second > (RESOLUTION * mean) ** 2
    skew = math.sqrt(n * (n - 1)) / (n - 2) * powers.mean() / second**1.5 if varies else None
    return {"mean": finite(mean), "std": finite(std), "skew": None if skew is None else finite(skew)}


def mode(reading: Ordered) -> dict[str, Any] | None:
    """Return the most frequent value and its count; where several are, the smallest."""
    found = reading.most_frequent()
    if found is None:
        return None
    value, count = found
    return {"value": brief(value + 0.0 if isinstance(value, float) else value), "count": count}


def between(x: np.ndarray, low: float, high: float) -> int:
    """Count the ordered values from low to high, both included."""
    return int(np.searchsorted(x, high, "right") - np.searchsorted(x, low, "left"))


def outliers(x: np.ndarray, quantiles: np.ndarray) -> int:
    """Count the values far outside the middle half; none where the middle half is one value."""
    low, high = quantiles[QUANTILES.index(0.25)], quantiles[QUANTILES.index(0.75)]
    reach = FAR_OUT * (high - low)
    return len(x) - between(x, low - reach, high + reach) if reach > 0 else 0


def histogram(x: np.ndarray, low: float, high: float) -> dict[str, Any] | None:
    """Count ordered values in equal bins from the 1st to the 99th percentile, and those in the tails beyond.

    Where nothing lies between the percentiles (two values far apart), the bins reach from the least to the greatest.
    """
    if not len(x):
        return None
    if not between(x, low, high):
        low, high = x[0], x[-1]
    start, end = int(np.searchsorted(x, low, "left")), int(np.searchsorted(x, high, "right"))
    inside = x[start:end]
    edges = bin_edges(inside, low, high)
    ends = np.append(np.searchsorted(inside, edges[:-1], "left"), np.searchsorted(inside, edges[-1], "right"))
    return {"edges": (edges + 0.0).tolist(), "counts": np.diff(ends).tolist(), "below": start, "above": len(x) - end}


def bin_edges(inside: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the edges: one bin a value for few whole numbers, equally many values a bin for more, equal widths otherwise."""
    if low == high:
        half, most = max(0.5, abs(low) * 1e-6), np.finfo(np.float64).max
        return np.clip([low - half, high + half], -most, most)
    if high - low < MOST_WHOLE and bool((inside == np.floor(inside)).all()):
        first, last = np.ceil(low), np.floor(high)
        step = np.ceil((last - first + 1) / BINS)
        return np.arange(first - 0.5, last + step, step)
    # The widest range of floats is wider than a float: its halves are cut.
    edges = np.linspace(low, high, BINS + 1) if np.isfinite(high - low) else 2 * np.linspace(low / 2, high / 2, BINS + 1)
    # Neighbours among the floats have no thirty edges between them.
    return edges if bool((np.diff(edges) > 0).all()) else np.array([low, high])


def labels(reading: Labelled) -> dict[str, Any]:
    """Return the most frequent values with their counts; ties go by value, so the order of rows changes nothing."""
    chosen = reading.by_count[:TOP_VALUES]
    top = [{"value": brief(reading.values[int(i)]), "count": int(reading.counts[i])} for i in chosen]
    known = int(reading.counts.sum())
    facts: dict[str, Any] = {"top": top, "rest": known - int(reading.counts[chosen].sum())}
    if reading.values.dtype == pl.Boolean:
        trues = sum(entry["count"] for entry in top if entry["value"] is True)
        return facts | {"rate": trues / known if known else None}
    sizes = reading.values.str.len_chars().to_numpy().astype(np.int64)
    order = np.argsort(sizes)
    return facts | {"length": lengths(np.repeat(sizes[order], reading.counts[order]))}


def texts(series: pl.Series, reading: Counted) -> dict[str, Any]:
    """Return the most frequent values of free text, and how long its values are."""
    top = [{"value": brief(value), "count": count} for value, count in reading.top]
    sizes = read(series.cast(pl.String).str.len_chars(), "number")
    assert isinstance(sizes, Ordered)
    facts = lengths(sizes.whole)
    if facts:
        q = sizes.quantiles((0.01, 0.99))
        facts["histogram"] = histogram(sizes.finite, q[0], q[1])
    return {"top": top, "rest": len(series) - series.null_count() - sum(count for _, count in reading.top), "length": facts}


def lengths(sizes: np.ndarray) -> dict[str, Any] | None:
    """Return the shortest, mean, median and greatest of ordered lengths in characters."""
    if not len(sizes):
        return None
    return {"min": int(sizes[0]), "mean": float(sizes.mean()), "median": float(np.median(sizes)), "max": int(sizes[-1])}


def dates(reading: Ordered) -> dict[str, Any]:
    """Return first, middle and last date, and counts per hour, day, week, month, quarter or years, whichever stays readable."""
    x, unit = reading.whole, unit_of(reading.dtype)
    if not len(x):
        return dict.fromkeys(("min", "max", "median", "quantiles", "mode", "periods"))
    quantiles = {f"{q:g}": moment(int(np.floor(v)), unit) for q, v in zip(QUANTILES, reading.quantiles(QUANTILES), strict=True)}
    value, count = reading.most_frequent() or (0, 0)
    return {
        "min": moment(int(x[0]), unit),
        "max": moment(int(x[-1]), unit),
        "median": quantiles["0.5"],
        "quantiles": quantiles,
        "mode": {"value": moment(value, unit), "count": count},
        "periods": periods(reading, unit),
    }


def periods(reading: Ordered, unit: str) -> dict[str, Any]:
    """Count ordered moments per period."""
    x = reading.whole
    name, every = period((int(x[-1]) - int(x[0])) / DAY[unit], unit == "D")
    starts = truncated(reading.distinct.astype(np.int64).astype(f"M8[{unit}]"), name, every)
    first = np.flatnonzero(np.append(True, starts[1:] != starts[:-1]))
    shown = starts[first].astype("M8[D]" if unit == "D" else "M8[s]")
    return {"unit": name, "starts": [str(v) for v in shown], "counts": np.add.reduceat(reading.counts, first).tolist()}


def truncated(moments: np.ndarray, name: str, every: str) -> np.ndarray:
    """Return the start of each moment's period; weeks begin on Monday."""
    if name in ("hour", "day"):
        return moments.astype("M8[h]" if name == "hour" else "M8[D]")
    if name == "week":
        days = moments.astype("M8[D]").astype(np.int64)
        return (days - (days + MONDAY) % 7).astype("M8[D]")
    if name in ("month", "quarter"):
        months = moments.astype("M8[M]").astype(np.int64)
        return (months - months % 3 if name == "quarter" else months).astype("M8[M]")
    years = moments.astype("M8[Y]").astype(np.int64) + 1970
    return (years - years % int(every[:-1]) - 1970).astype("M8[Y]")


def period(days: float, whole_days: bool) -> tuple[str, str]:
    """Return the finest period, by name and as Polars writes it, that keeps the chart below its limit of bars."""
    for unit, every, length in PERIODS[1:] if whole_days else PERIODS:
        if days / length < MOST_PERIODS:
            return unit, every
    return "year", f"{next((n for n in YEARS if days / 365.25 / n < MOST_PERIODS), YEARS[-1])}y"


def unit_of(dtype: pl.DataType) -> str:
    """Return what a date column's whole numbers count since 1970."""
    return dtype.time_unit if isinstance(dtype, pl.Datetime) else "D"


def moment(value: int, unit: str) -> str:
    """Return a moment in ISO 8601, whatever its year, without a fraction of zero."""
    whole, _, fraction = str(np.datetime64(value, unit)).partition(".")
    return f"{whole}.{fraction}" if fraction.strip("0") else whole


def brief(value: Any) -> Any:
    """Return a value short enough to print, as JSON can carry it."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, date):
        return iso(value)
    return value[:LONGEST_VALUE] + "…" if isinstance(value, str) and len(value) > LONGEST_VALUE else value


def iso(value: Any) -> str:
    """Return a date or moment in ISO 8601."""
    return str(value.isoformat())


def exact(value: Any) -> int | float | None:
    """Return a whole number as it is, another as JSON can carry it."""
    return int(value) if value.dtype.kind in "iu" else finite(value)


def finite(value: float) -> float | None:
    """Return a number JSON can carry, or None; no negative zero, which depends on the order of rows."""
    return float(value) + 0.0 if np.isfinite(value) else None
