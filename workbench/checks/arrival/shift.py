"""How far one column's values lie apart in two samples: a test, the stability index, and what chance alone makes of it.

The index is read by the usual thumb rule: below 0.1 stable, above 0.25 clearly shifted (Siddiqi 2006, Credit Risk Scorecards).
Of small samples it is large by chance alone, so what chance makes of it is taken off before it is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

# The thumb rule's thresholds.
MODERATE, LARGE = 0.1, 0.25
# A share of nothing has no logarithm: it counts as this much.
FLOOR = 1e-4
BINS = 10
# Numbers of no more values are compared value by value: Kolmogorov's p knows no ties.
FEW_VALUES = 12
# Chi-square wants so many rows expected in each cell (Cochran 1954); rarer labels count together.
FEWEST_EXPECTED = 5
# Bars of a chart: the labels that differ most, and the rest together.
MOST_SHOWN = 12
# What the two sides are called beside each other in a chart.
SIDES = ("check.arrival.before", "check.arrival.after")


@dataclass(frozen=True)
class Shift:
    """One column in two samples."""

    p: float | None
    """How likely two random parts of one table lie apart this much; missing values aside."""
    psi: float | None
    noise: float
    """The index to expect of two random parts."""
    labels: tuple[Any, ...] = ()
    """What the bins hold; None is the missing values."""
    first: tuple[float, ...] = ()
    second: tuple[float, ...] = ()

    @property
    def beyond(self) -> float:
        """What the index is above chance."""
        return max(0.0, (self.psi or 0.0) - self.noise)


def of_numbers(first: pl.Series, second: pl.Series) -> Shift:
    """Compare numbers: Kolmogorov and Smirnov's test, the index over the first sample's deciles and the missing values."""
    from scipy.stats import ks_2samp

    x, y = (series.drop_nulls().to_numpy() for series in (first, second))
    if not len(x) or not len(y):
        return Shift(None, None, 0.0)
    values = np.unique(x)
    if len(values) <= FEW_VALUES and len(np.unique(y)) <= FEW_VALUES:
        return of_labels(first, second)
    cuts = np.unique(np.quantile(x, np.linspace(0, 1, BINS + 1)[1:-1]))
    counts = np.array([np.bincount(np.searchsorted(cuts, v, side="left"), minlength=len(cuts) + 1) for v in (x, y)])
    names = [f"≤ {cuts[0]:.4g}", *(f"≤ {cut:.4g}" for cut in cuts[1:]), f"> {cuts[-1]:.4g}"]
    p = float(ks_2samp(x, y, method="asymp").pvalue)
    return measured(counts, names, (first.null_count(), second.null_count()), p)


def of_labels(first: pl.Series, second: pl.Series) -> Shift:
    """Compare labels, or numbers of few values: the chi-square test, the index over every label."""
    table = counted(first, second)
    counts = table.select("first", "second").to_numpy().T.astype(np.int64)
    if not counts.size or not counts.sum(axis=1).all():
        return Shift(None, None, 0.0)
    return measured(counts, [spoken(v) for v in table["value"]], (first.null_count(), second.null_count()), chi_square(counts))


def counted(first: pl.Series, second: pl.Series) -> pl.DataFrame:
    """Count the known values of both, the more frequent in the first sample first."""
    sides = [
        series.drop_nulls().alias("value").value_counts(name=name) for name, series in (("first", first), ("second", second))
    ]
    both = sides[0].join(sides[1], on="value", how="full", coalesce=True)
    return both.with_columns(pl.col("first", "second").fill_null(0)).sort(["first", "value"], descending=[True, False])


def spoken(value: Any) -> str:
    """Return a label as a chart shows it."""
    return f"{value:g}" if isinstance(value, float) else str(value)[:40]


def measured(counts: np.ndarray, names: Sequence[str], missing: tuple[int, int], p: float | None) -> Shift:
    """Return the index of two rows of counts, with their bars; missing values are a bin where there are any."""
    labels: list[Any] = list(names)
    if any(missing):
        counts, labels = np.column_stack([counts, missing]), [*labels, None]
    n, m = counts.sum(axis=1)
    shares = counts / np.array([[n], [m]])
    return Shift(p, index(counts), noise(counts), *bars(labels, shares))


def bars(labels: list[Any], shares: np.ndarray) -> tuple[tuple[Any, ...], tuple[float, ...], tuple[float, ...]]:
    """Return at most so many bars: of many labels those that differ most, in their order."""
    kept = np.sort(np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")[:MOST_SHOWN])
    return tuple(labels[i] for i in kept), tuple(shares[0][kept].tolist()), tuple(shares[1][kept].tolist())


def index(counts: np.ndarray) -> float:
    """Return the population stability index of two rows of counts.

    Examples
    --------
    >>> round(index(np.array([[50, 50], [70, 30]])), 3)
    0.169
    """
    n, m = counts.sum(axis=1)
    p, q = np.maximum(counts[0] / n, FLOOR), np.maximum(counts[1] / m, FLOOR)
    return float(((q - p) * np.log(q / p)).sum())


def noise(counts: np.ndarray) -> float:
    """Return the index that two random parts of one table have on average.

    Notes
    -----
    (bins - 1) (1/n + 1/m), as Yurdakul and Naranjo (2020, Journal of Risk Model Validation 14) derive it.
    """
    n, m = counts.sum(axis=1)
    return float(((counts.sum(axis=0) > 0).sum() - 1) * (1 / n + 1 / m))


def chi_square(counts: np.ndarray) -> float | None:
    """Return the p of the chi-square test of two rows of counts; Fisher's exact one where rows are too few."""
    from scipy.stats import chi2_contingency, fisher_exact

    n, m = counts.sum(axis=1)
    both = counts.sum(axis=0)
    if (both > 0).sum() < 2:
        return 1.0
    rare = both * (min(n, m) / (n + m)) < FEWEST_EXPECTED
    cells = counts[:, ~rare]
    rest = counts[:, rare].sum(axis=1)
    if rest.sum() * min(n, m) >= FEWEST_EXPECTED * (n + m):
        cells = np.column_stack([cells, rest])
    elif rest.sum() and cells.shape[1]:
        cells[:, int(np.argmin(cells.sum(axis=0)))] += rest
    if cells.shape[1] < 2:
        first = counts[:, int(np.argmax(both))]
        return float(fisher_exact(np.column_stack([first, counts.sum(axis=1) - first])).pvalue)
    return float(chi2_contingency(cells, correction=False).pvalue)


def missing_p(first: pl.Series, second: pl.Series) -> float:
    """Return the p of as different shares of missing values, by Fisher's exact test or chi-square's."""
    counts = np.array([[series.null_count(), len(series) - series.null_count()] for series in (first, second)])
    found = chi_square(counts)
    return 1.0 if found is None else found


def beyond_p(rows: int, new_rows: int, outside: int) -> float:
    """Return how likely so many new values lie above the largest (or below the smallest) known one by chance.

    Notes
    -----
    Rosenbaum (1954, Annals of Mathematical Statistics 25, 146-150): of rows in random order the so many largest are all new.
    Both ends are looked at, which doubles it.

    Examples
    --------
    >>> beyond_p(100, 100, 1), round(beyond_p(100, 100, 10), 4)
    (1.0, 0.0015)
    """
    taken = np.arange(outside)
    return float(min(1.0, 2 * np.exp(np.log((new_rows - taken) / (rows + new_rows - taken)).sum())))


def adjusted(tests: Sequence[float | None]) -> list[float | None]:
    """Return each p adjusted for how many there are, by Benjamini and Hochberg (1995, JRSS B 57, 289-300)."""
    from scipy.stats import false_discovery_control

    known = [p for p in tests if p is not None]
    found = iter(false_discovery_control(np.clip(known, 0.0, 1.0)).tolist() if known else [])
    return [None if p is None else next(found) for p in tests]
