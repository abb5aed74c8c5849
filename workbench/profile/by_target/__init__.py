"""How the target goes along a column: rate or mean per bin with its 95 % interval and support, and one strength to rank by.

Rates carry Wilson's score interval (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it), means Student's t interval.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from workbench import task as tasks
from workbench.profile.columns import brief, finite, moment, unit_of
from workbench.profile.columns.ordered import Counted, Labelled, Ordered, Reading, coded, read

BINS = 10
TOP_VALUES = 12
# A value of free text tells something of the target from so many rows on.
FEWEST_ROWS = 10
# More classes than this make a chart nobody reads; the rest are counted together by leaving them out.
MOST_CLASSES = 6
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Goal:
    """The target as numbers: one column of 0 and 1 per label told, or the value itself."""

    task: tasks.Task
    labels: tuple[Any, ...]
    """The labels told, one per column of `values`: the event of two classes, each of several, nothing for a number."""
    counts: tuple[int, ...]
    values: np.ndarray
    known: np.ndarray
    """Rows of the table that have a target."""

    @cached_property
    def rows(self) -> int:
        """Rows with a target."""
        return int(self.known.sum())

    @property
    def complete(self) -> bool:
        """Whether every row has a target."""
        return self.rows == len(self.known)

    @cached_property
    def overall(self) -> list[float | None]:
        """The rate of each label told, or the mean."""
        with np.errstate(all="ignore"):
            return [finite(v) for v in self.ascending.mean(axis=0)]

    @cached_property
    def places(self) -> np.ndarray:
        """Each known row's place among the labels told, or their number where it has another."""
        told = self.values.astype(bool)
        return np.where(told.any(axis=1), told.argmax(axis=1), len(self.labels)).astype(np.uint8)

    @cached_property
    def order(self) -> np.ndarray:
        """The known rows by their target, so that sums do not depend on the order of the table."""
        return np.argsort(self.values[:, 0], kind="stable")

    @cached_property
    def ascending(self) -> np.ndarray:
        """The values in that order; sums of 0 and 1 are the same in any."""
        return self.values if self.labels else self.values[self.order]

    @cached_property
    def spread(self) -> float:
        """The sum of squares about the overall rates or mean."""
        with np.errstate(all="ignore"):
            if self.labels:
                hits = self.values.sum(axis=0)
                return float((hits * (1 - hits / len(self.values))).sum())
            return float(((self.ascending - self.ascending.mean(axis=0)) ** 2).sum())


def goal_of(target: pl.Series, *, event: object = None) -> Goal | None:
    """Return the target as numbers, or None where no row has one.

    Parameters
    ----------
    target : polars.Series
        The target column.
    event : object, optional
        The label counted where there are two; by default the last in sort order.
    """
    known = target.is_not_null().to_numpy()
    task = tasks.infer(target)
    if task is tasks.Task.REGRESSION:
        numbers = target.cast(pl.Float64).to_numpy()
        known = known & np.isfinite(np.where(known, numbers, np.nan))
        return Goal(task, (), (), numbers[known][:, None], known) if known.any() else None
    if not known.any():
        return None
    values = dated(target.filter(pl.Series(known)))
    counted = values.alias("label").value_counts().sort("label")
    labels = told(counted, task, event)
    matrix = np.stack([(values == label).to_numpy() for label in labels], axis=1).astype(np.float64)
    return Goal(task, tuple(labels), tuple(int(c) for c in matrix.sum(axis=0)), matrix, known)


def dated(values: pl.Series) -> pl.Series:
    """Write dates as text, whatever their year; leave everything else as it is."""
    if values.dtype not in (pl.Date, pl.Datetime):
        return values
    plain = values.to_physical()
    different = plain.unique()
    names = [moment(v, unit_of(values.dtype)).replace("T", " ") for v in different]
    return plain.replace_strict(different, pl.Series(names, dtype=pl.String), return_dtype=pl.String)


def told(counted: pl.DataFrame, task: tasks.Task, event: object) -> list[Any]:
    """Return the labels to tell: the event of two, the most frequent of several."""
    labels = counted["label"].to_list()
    if task is tasks.Task.BINARY:
        return [next((label for label in labels if str(label) == str(event)), labels[-1])]
    frequent = counted.sort(["count", "label"], descending=[True, False])["label"].head(MOST_CLASSES).to_list()
    return [label for label in labels if label in frequent]


def story(series: pl.Series, kind: str, goal: Goal, reading: Reading | None = None) -> dict[str, Any] | None:
    """Return the target's rate or mean per bin of a column, or None where bins make no sense.

    Parameters
    ----------
    series : polars.Series
        The column, with as many rows as the target; NaN must already be null.
    kind : {"number", "boolean", "date", "category", "text"}
        How it is read: numbers and dates are cut at their deciles, labels are told by their most frequent values, free text
        by the values that repeat.
    goal : Goal
        The target.
    reading : Reading, optional
        The column as `ordered.read` gives it, where somebody has read it already.

    Returns
    -------
    dict
        ``measure`` (``rate`` or ``mean``), ``labels``, ``overall``, ``strength`` (share of the target's variance that the
        bins explain, adjusted for their number, 0 to 1) and ``bins``, each with its ``rows`` and ``estimates``.
    """
    if not goal.complete:
        series = series.filter(pl.Series(goal.known))
        reading = reading.only(goal.known) if isinstance(reading, Labelled) else None
    if not len(series):
        return None
    codes, bins = binned(series, reading or read(series, kind))
    if not bins:
        return None
    count, total, estimates = estimated(codes, len(bins), goal)
    return {
        "measure": "rate" if goal.labels else "mean",
        "labels": [brief(label) for label in goal.labels],
        "overall": goal.overall,
        "strength": strength(count, total, goal),
        "bins": [b | {"rows": int(count[i]), "estimates": estimates[i]} for i, b in enumerate(bins) if count[i]],
    }


def binned(series: pl.Series, reading: Reading) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Return each row's bin and what each bin is; missing values are a bin of their own, the last."""
    if isinstance(reading, Labelled):
        return frequent(reading)
    if isinstance(reading, Counted):
        return repeated(series, reading)
    codes, bins = single(reading) if has_few(reading) else ranges(reading)
    if len(codes) < len(series):
        everywhere = np.full(len(series), len(bins), dtype=np.uint8)
        everywhere[series.is_not_null().to_numpy()] = codes
        codes = everywhere
    return codes, [*bins, {"kind": "missing"}]


def has_few(reading: Ordered) -> bool:
    """Whether a column has so few numbers that each gets a bin of its own."""
    return reading.dtype.is_numeric() and len(reading.starts) <= BINS


def single(reading: Ordered) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Give each of a few numbers a bin."""
    values = reading.distinct
    return above(reading.rows, values[:-1]), [{"kind": "value", "value": brief((v + v.dtype.type(0)).item())} for v in values]


def ranges(reading: Ordered) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Cut numbers or moments at their deciles; infinite ones are a bin of their own."""
    x, is_date = reading.finite, not reading.dtype.is_numeric()
    if not len(x):
        return np.zeros(len(reading.rows), dtype=np.uint8), [{"kind": "infinite"}] if len(reading.rows) else []
    deciles = reading.quantiles(np.linspace(0, 1, BINS + 1)[1:-1].tolist())
    cuts = np.unique(np.floor(deciles) if is_date else deciles)
    edges = [x[0], *cuts, x[-1]]
    unit = unit_of(reading.dtype)
    shown = [moment(int(v), unit) if is_date else float(v) + 0.0 for v in edges]
    bins: list[dict[str, Any]] = [{"kind": "range", "low": a, "high": b} for a, b in itertools.pairwise(shown)]
    rows = reading.rows.astype(np.float64, copy=False)
    codes = above(rows, cuts)
    if reading.infinite:
        codes[~np.isfinite(rows)] = len(bins)
        bins.append({"kind": "infinite"})
    return codes, bins


def above(rows: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Count, for each row, the cuts below it: a pass for each of few cuts is faster than a search for each row."""
    codes = np.zeros(len(rows), dtype=np.uint8)
    for cut in cuts:
        codes += rows > cut
    return codes


def frequent(reading: Labelled) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Give each frequent label a bin, and the others one together."""
    kept = reading.by_count[:TOP_VALUES]
    if reading.values.dtype == pl.Boolean:
        kept = np.sort(kept)
    bins: list[dict[str, Any]] = [{"kind": "value", "value": brief(reading.values[int(i)])} for i in kept]
    place = np.full(len(reading.values) + 1, len(kept), dtype=np.uint8)
    place[kept] = np.arange(len(kept))
    if len(reading.values) > len(kept):
        bins.append({"kind": "rest", "distinct": len(reading.values) - len(kept)})
    place[-1] = len(bins)
    return place[reading.codes], [*bins, {"kind": "missing"}]


def repeated(series: pl.Series, reading: Counted) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Give each value of free text that repeats often a bin, and the others one together; no bins where nothing can be told."""
    kept = [value for value, count in reading.top[:TOP_VALUES] if count >= FEWEST_ROWS]
    missing = series.is_null().to_numpy()
    if not kept and (not missing.any() or missing.all()):
        return np.zeros(len(series), dtype=np.uint8), []
    codes = coded(series.cast(pl.String), pl.Series(kept, dtype=pl.String)).fill_null(len(kept)).to_numpy().astype(np.uint8)
    bins: list[dict[str, Any]] = [{"kind": "value", "value": brief(value)} for value in kept]
    if reading.distinct > len(kept):
        bins.append({"kind": "rest", "distinct": reading.distinct - len(kept)})
    codes[missing] = len(bins)
    return codes, [*bins, {"kind": "missing"}]


def estimated(codes: np.ndarray, size: int, goal: Goal) -> tuple[np.ndarray, np.ndarray, list[list[dict[str, float | None]]]]:
    """Return each bin's rows, its sum per label told or its sum, and its rates or mean with intervals."""
    if goal.labels:
        width = len(goal.labels)
        # A byte holds the cells of a column's bins, though not of sixty periods.
        cell = np.min_scalar_type((width + 1) * size)
        table = np.bincount(codes.astype(cell) + goal.places * cell.type(size), minlength=(width + 1) * size)
        table = table.reshape(width + 1, size)
        count, hits = table.sum(axis=0), table[:width].T
        return count, hits, [[wilson(float(h), float(n)) for h in row] for n, row in zip(count, hits, strict=True)]
    ordered = codes[goal.order].astype(np.intp)
    count, total = sums(ordered, goal.ascending, size)
    return count, total, means(ordered, goal.ascending, size)


def sums(codes: np.ndarray, values: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each bin's count and, per column of values, its sum."""
    count = np.bincount(codes, minlength=size).astype(np.float64)
    return count, np.stack([np.bincount(codes, weights=v, minlength=size) for v in values.T], axis=1)


def wilson(hits: float, rows: float) -> dict[str, float | None]:
    """Return a rate with Wilson's 95 % score interval.

    Examples
    --------
    >>> wilson(8, 10)["low"].__round__(3)
    0.49
    """
    if not rows:
        return {"value": None, "low": None, "high": None}
    rate, shrink = hits / rows, 1 + Z95**2 / rows
    middle = (rate + Z95**2 / (2 * rows)) / shrink
    reach = Z95 / shrink * np.sqrt(rate * (1 - rate) / rows + Z95**2 / (4 * rows**2))
    return {"value": rate, "low": max(0.0, float(middle - reach)), "high": min(1.0, float(middle + reach))}


def means(codes: np.ndarray, values: np.ndarray, size: int) -> list[list[dict[str, float | None]]]:
    """Return each bin's mean with Student's 95 % interval; one row has none."""
    from scipy.special import stdtrit

    with np.errstate(all="ignore"):
        count, total = sums(codes, values, size)
        mean = total[:, 0] / count
        squares = np.bincount(codes, weights=(values[:, 0] - mean[codes]) ** 2, minlength=size)
        reach = stdtrit(np.maximum(count - 1, 1), 0.975) * np.sqrt(squares / (count - 1) / count)
    return [[interval(m, r)] for m, r in zip(mean, reach, strict=True)]


def interval(mean: float, reach: float) -> dict[str, float | None]:
    """Return a mean and its interval, None for what is not known."""
    known = bool(np.isfinite(reach))
    return {
        "value": float(mean) if np.isfinite(mean) else None,
        "low": float(mean - reach) if known else None,
        "high": float(mean + reach) if known else None,
    }


def strength(count: np.ndarray, total: np.ndarray, goal: Goal) -> float:
    """Return the share of the target's variance between bins (the squared correlation ratio), adjusted for their number."""
    used, n = int((count > 0).sum()), int(count.sum())
    with np.errstate(all="ignore"):
        apart = total / np.maximum(count, 1)[:, None] - total.sum(axis=0) / n
        between = float((count[:, None] * apart**2).sum())
        if not (np.isfinite(goal.spread) and np.isfinite(between) and goal.spread > 0) or n <= used:
            return 0.0
        return float(np.clip(1 - (1 - between / goal.spread) * (n - 1) / (n - used), 0.0, 1.0))
