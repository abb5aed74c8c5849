"""How far predicted numbers lie from the real ones, from out-of-fold predictions: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from workbench.evaluation import intervals, metrics
from workbench.evaluation.intervals import Estimate
from workbench.evaluation.metrics import Values
from workbench.experiment.race.oof import Oof

Of = Literal["predicted", "actual"]
# More points than these hide each other and make the page slow.
MOST_POINTS = 2_000
RANGES = 10
FEWEST_IN_RANGE = 20
HISTOGRAM = 50
# The histogram's ends: a few huge errors would leave one bar.
TRIMMED = (1, 99)


@dataclass(frozen=True)
class Residuals:
    """The differences, real less predicted."""

    edges: np.ndarray
    counts: np.ndarray
    outside: int
    """Rows beyond the histogram's ends."""
    mean: Estimate
    median: float
    within: tuple[float, float]
    """The size of error that half and nine tenths of the rows stay below."""


def residuals(oof: Oof) -> Residuals:
    """Return how the differences are spread."""
    apart = oof.y - oof.prediction
    low, high = np.percentile(apart, TRIMMED)
    edges = np.linspace(low, high if high > low else low + 1.0, HISTOGRAM + 1)
    counts = np.histogram(apart, edges)[0]
    half, most = np.quantile(np.abs(apart), [0.5, 0.9])
    return Residuals(
        edges=edges,
        counts=counts,
        outside=len(apart) - int(counts.sum()),
        mean=intervals.mean(apart),
        median=float(np.median(apart)),
        within=(float(half), float(most)),
    )


def drawn(rows: int, seed: int, most: int = MOST_POINTS) -> np.ndarray:
    """Return which rows are drawn as points: all of a few, else so many by chance."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


@dataclass(frozen=True)
class Range:
    """Rows of a like value, and how far they are off."""

    low: float
    high: float
    rows: int
    middle: float
    error: Estimate
    """The mean size of the error (MAE)."""
    bias: Estimate
    """The mean of real less predicted: above 0 the model says too little."""
    rmse: float


def by_range(oof: Oof, of: Of, ranges: int = RANGES) -> list[Range]:
    """Return the error along the predicted or the real values, in ranges of like many rows.

    Notes
    -----
    Along the real values the bias of any imperfect model rises from below to above 0: extreme values are partly luck, which
    nothing predicts. Along the predicted values it should be 0 everywhere.
    """
    values = oof.prediction if of == "predicted" else oof.y
    count = max(1, min(ranges, len(values) // FEWEST_IN_RANGE))
    edges = np.unique(np.percentile(values, np.linspace(0, 100, count + 1)))
    place = np.searchsorted(edges[1:-1], values, side="right")
    parts = [place == i for i in range(max(len(edges) - 1, 1))]
    return [range_of(values[rows], (oof.y - oof.prediction)[rows]) for rows in parts if rows.any()]


def range_of(values: np.ndarray, apart: np.ndarray) -> Range:
    """Return one range."""
    return Range(
        low=float(values.min()),
        high=float(values.max()),
        rows=len(values),
        middle=float(values.mean()),
        error=intervals.mean(np.abs(apart)),
        bias=intervals.mean(apart),
        rmse=float(np.sqrt(np.mean(apart**2))),
    )


def pooled(oof: Oof) -> Values:
    """Return the metrics over all rows at once."""
    return metrics.regression(oof.y, oof.prediction)
