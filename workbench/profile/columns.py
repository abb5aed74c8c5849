"""The facts of one column as plain data: counts for every kind, quantiles and histogram, top values, or periods."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import polars as pl

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 30
TOP_VALUES = 20
# A value longer than this is shown shortened; the table keeps it whole.
LONGEST_VALUE = 200
# Beyond three times the middle half's width on either side: Tukey's "far out".
FAR_OUT = 3.0
MOST_PERIODS = 60
PERIODS = (("hour", "1h", 1 / 24), ("day", "1d", 1), ("week", "1w", 7), ("month", "1mo", 30.4), ("quarter", "1q", 91.3))


def describe(series: pl.Series, kind: str) -> dict[str, Any]:
    """Return a column's facts.

    Parameters
    ----------
    series : polars.Series
        The column; NaN must already be null.
    kind : {"number", "boolean", "date", "category", "text"}
        How to read it.

    Returns
    -------
    dict
        ``name kind dtype missing missing_rate distinct`` and what the kind adds. A fact that cannot be computed is None.
    """
    values = series.drop_nulls()
    missing = series.null_count()
    facts: dict[str, Any] = {
        "name": series.name,
        "kind": kind,
        "dtype": str(series.dtype),
        "missing": missing,
        "missing_rate": missing / len(series) if len(series) else 0.0,
        "distinct": values.n_unique() if len(values) else 0,
    }
    if kind == "number" and series.dtype.is_numeric():
        return facts | numbers(values)
    if kind == "date" and series.dtype in (pl.Date, pl.Datetime):
        return facts | dates(values)
    return facts | labels(values, facts["distinct"])


def numbers(values: pl.Series) -> dict[str, Any]:
    """Return the moments, quantiles and histogram of the finite values; infinite ones are counted."""
    everything = values.to_numpy().astype(np.float64)
    x = np.sort(everything[np.isfinite(everything)])
    with np.errstate(all="ignore"):
        quantiles = np.quantile(x, QUANTILES) if len(x) else np.full(len(QUANTILES), np.nan)
        return {
            "mean": finite(x.mean()) if len(x) else None,
            "std": finite(x.std(ddof=1)) if len(x) > 1 else None,
            "min": finite(x[0]) if len(x) else None,
            "max": finite(x[-1]) if len(x) else None,
            "median": finite(quantiles[QUANTILES.index(0.5)]),
            "quantiles": {f"{q:g}": finite(v) for q, v in zip(QUANTILES, quantiles, strict=True)},
            "zeros": int((x == 0).sum()),
            "negative": int((x < 0).sum()),
            "infinite": len(everything) - len(x),
            "skew": skew(x),
            "outliers": outliers(x, quantiles),
            "histogram": histogram(x, quantiles[0], quantiles[-1]),
        }


def skew(x: np.ndarray) -> float | None:
    """Return the adjusted Fisher-Pearson skewness, as pandas does: None below three values, 0 where nothing varies."""
    n = len(x)
    if n < 3:
        return None
    centred = x - x.mean()
    squared = centred * centred
    second, third = squared.mean(), (squared * centred).mean()
    if not second > 1e-14 * max(1.0, x.mean() * x.mean()):
        return 0.0
    return finite(math.sqrt(n * (n - 1)) / (n - 2) * third / second**1.5)


def outliers(x: np.ndarray, quantiles: np.ndarray) -> int:
    """Count the values far outside the middle half; none where the middle half is one value."""
    low, high = quantiles[QUANTILES.index(0.25)], quantiles[QUANTILES.index(0.75)]
    reach = FAR_OUT * (high - low)
    return int(((x < low - reach) | (x > high + reach)).sum()) if reach > 0 else 0


def histogram(x: np.ndarray, low: float, high: float) -> dict[str, Any] | None:
    """Count values in equal bins from the 1st to the 99th percentile, and those in the tails beyond."""
    if not len(x) or not np.isfinite(high - low):
        return None
    inside = x[(x >= low) & (x <= high)]
    counts, edges = np.histogram(inside, bins=bin_edges(inside, low, high))
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "below": int((x < low).sum()),
        "above": int((x > high).sum()),
    }


def bin_edges(inside: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the edges: one bin a value for few whole numbers, equal widths otherwise."""
    if low == high or not len(inside):
        half = max(0.5, abs(low) * 1e-6)
        return np.array([low - half, high + half])
    if high - low < BINS and bool((inside == np.floor(inside)).all()):
        return np.arange(np.ceil(low) - 0.5, np.floor(high) + 1.0)
    return np.linspace(low, high, BINS + 1)


def labels(values: pl.Series, distinct: int) -> dict[str, Any]:
    """Return the most frequent values with their counts; ties go by value, so the order of rows changes nothing."""
    text = values if values.dtype == pl.Boolean else values.cast(pl.String, strict=False)
    counted = text.alias("value").value_counts().sort(["count", "value"], descending=[True, False]).head(TOP_VALUES)
    top = [{"value": brief(value), "count": count} for value, count in counted.iter_rows()]
    facts: dict[str, Any] = {"top": top, "rest": len(values) - sum(entry["count"] for entry in top)}
    if text.dtype == pl.String and distinct:
        lengths = text.str.len_chars()
        facts["length"] = {"min": lengths.min(), "mean": lengths.mean(), "max": lengths.max()}
    return facts


def brief(value: Any) -> Any:
    """Return a value short enough to print, as JSON can carry it."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, date):
        return iso(value)
    return value[:LONGEST_VALUE] + "…" if isinstance(value, str) and len(value) > LONGEST_VALUE else value


def dates(values: pl.Series) -> dict[str, Any]:
    """Return the first and last date and the counts per hour, day, week, month, quarter or year, whichever stays readable."""
    if not len(values):
        return {"min": None, "max": None, "periods": None}
    days = (values.max() - values.min()).total_seconds() / 86_400  # type: ignore[operator, union-attr]
    unit, every = period(days, values.dtype == pl.Date)
    counted = values.dt.truncate(every).alias("start").value_counts().sort("start")
    return {
        "min": iso(values.min()),
        "max": iso(values.max()),
        "periods": {"unit": unit, "starts": [iso(v) for v in counted["start"]], "counts": counted["count"].to_list()},
    }


def period(days: float, whole_days: bool) -> tuple[str, str]:
    """Return the finest period, by name and as Polars writes it, that keeps the chart below its limit of bars."""
    for unit, every, length in PERIODS[1:] if whole_days else PERIODS:
        if days / length < MOST_PERIODS:
            return unit, every
    years = max(1, math.ceil(days / 365.25 / MOST_PERIODS))
    return "year", f"{years}y"


def iso(value: Any) -> str:
    """Return a date or moment in ISO 8601."""
    return str(value.isoformat())


def finite(value: float) -> float | None:
    """Return a number JSON can carry, or None."""
    return float(value) if np.isfinite(value) else None
