"""What a classifier gets right and wrong, from its out-of-fold predictions: plain data for one class against the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import metrics

from workbench.evaluation import intervals
from workbench.evaluation.intervals import Estimate
from workbench.experiment.diagnosis.confusion import Chosen, remembered

# Bins of like size: fewer hide a bend, more are each too few rows to judge.
BINS = 10
HISTOGRAM = 40
# A bin of fewer rows says next to nothing of a probability.
FEWEST_IN_BIN = 20


@dataclass(frozen=True)
class Curve:
    """A curve with the area under it."""

    x: np.ndarray
    y: np.ndarray
    cut: np.ndarray
    """The threshold of each point."""
    area: float


@dataclass(frozen=True)
class Curves:
    """A curve over all rows, and one for each fold."""

    pooled: Curve
    interval: Estimate
    """The pooled area; the interval treats rows as independent."""
    folds: tuple[Curve | None, ...]
    """None where a fold has only one class."""
    base: float
    """What a model that knows nothing gets: the area, or the precision."""

    @property
    def areas(self) -> list[float]:
        """The areas of the folds that have one."""
        return [one.area for one in self.folds if one is not None]


@remembered
def roc(given: Chosen) -> Curves:
    """Return the ROC curves: false alarms against hits, at every threshold.

    Notes
    -----
    The pooled area compares scores of different folds' models with each other; where these are not on one scale it lies below
    the folds' mean (Forman and Scholz 2010).
    """
    assert given.score is not None
    pooled = roc_of(given.hits, given.score)
    events = int(given.hits.sum())
    interval = intervals.area(pooled.area, events, len(given.hits) - events)
    return Curves(pooled, interval, by_fold(given, roc_of), 0.5)


def roc_of(hits: np.ndarray, score: np.ndarray) -> Curve:
    """Return one ROC curve."""
    false, true, cuts = metrics.roc_curve(hits, score)
    return Curve(false, true, cuts, float(metrics.roc_auc_score(hits, score)))


@remembered
def precision_recall(given: Chosen) -> Curves:
    """Return the precision-recall curves, with the average precision as the area; it has no simple interval."""
    assert given.score is not None
    pooled = precision_recall_of(given.hits, given.score)
    folds = by_fold(given, precision_recall_of)
    return Curves(pooled, Estimate(pooled.area), folds, float(given.hits.mean()))


def precision_recall_of(hits: np.ndarray, score: np.ndarray) -> Curve:
    """Return one precision-recall curve."""
    precision, recall, cuts = metrics.precision_recall_curve(hits, score, drop_intermediate=True)
    # The last point, recall 0, belongs to no threshold.
    return Curve(recall, precision, np.append(cuts, np.inf), float(metrics.average_precision_score(hits, score)))


def by_fold(given: Chosen, curve: Callable[[np.ndarray, Any], Curve]) -> tuple[Curve | None, ...]:
    """Return a curve for each fold."""
    found: list[Curve | None] = []
    for fold in np.unique(given.fold):
        part = given.part(given.fold == fold)
        found.append(curve(part.hits, part.score) if part.is_whole else None)
    return tuple(found)


@dataclass(frozen=True)
class Bin:
    """Rows of like probability."""

    low: float
    high: float
    rows: int
    predicted: float
    """Their mean probability."""
    observed: Estimate
    is_off: bool
    """Whether what happened is too far from the mean probability for luck, looking at all bins at once (Bonferroni)."""


@dataclass(frozen=True)
class Calibration:
    """How far probabilities can be taken at their word."""

    bins: tuple[Bin, ...]
    brier: float
    base_brier: float
    """The Brier score of a model that says the overall rate for every row."""
    error: float
    """The expected calibration error: the bins' mean distance, weighted by their rows."""
    predicted: float
    observed: Estimate


@remembered
def calibration(given: Chosen, bins: int = BINS) -> Calibration:
    """Compare probabilities with what happened, in bins of like many rows.

    Notes
    -----
    A reliability diagram (DeGroot and Fienberg 1983) with Wilson's interval for each bin, instead of a bare point of which
    nobody knows how many rows it stands on.
    """
    assert given.score is not None
    score, hits = given.score, given.hits
    count = max(1, min(bins, len(score) // FEWEST_IN_BIN))
    edges = np.percentile(score, np.linspace(0, 100, count + 1))
    place = np.searchsorted(edges[1:-1], score)
    level = 1 - (1 - intervals.LEVEL) / count
    found = [bin_of(score[place == i], hits[place == i], level) for i in range(count) if (place == i).any()]
    rate = float(hits.mean())
    return Calibration(
        bins=tuple(found),
        brier=float(metrics.brier_score_loss(hits, score)),
        base_brier=rate * (1 - rate),
        error=sum(one.rows * abs(one.predicted - float(one.observed.value or 0.0)) for one in found) / len(score),
        predicted=float(score.mean()),
        observed=intervals.rate(int(hits.sum()), len(hits)),
    )


def bin_of(score: np.ndarray, hits: np.ndarray, level: float) -> Bin:
    """Return one bin; it is off where the mean probability lies outside the interval of what happened at a level."""
    predicted, events, rows = float(score.mean()), int(hits.sum()), len(hits)
    wide = intervals.rate(events, rows, level)
    assert wide.low is not None
    assert wide.high is not None
    is_off = not wide.low <= predicted <= wide.high
    return Bin(float(score.min()), float(score.max()), rows, predicted, intervals.rate(events, rows), is_off)


@dataclass(frozen=True)
class Gain:
    """What is found among the rows that the model ranks highest."""

    shares: np.ndarray
    """Of all rows, from the highest score down."""
    gain: np.ndarray
    """Of all rows of the class, the share found there."""
    base: float
    """The class's share of all rows."""

    @property
    def lift(self) -> np.ndarray:
        """How many times more are found than by chance."""
        return np.divide(self.gain, self.shares, out=np.full_like(self.gain, np.nan), where=self.shares > 0)

    def at(self, share: float) -> float:
        """Return what is found among the highest share of the rows."""
        return float(np.interp(share, self.shares, self.gain))


@remembered
def gain(given: Chosen) -> Gain:
    """Return the cumulative gain; rows of equal score come in equally, as nobody can put them in an order."""
    assert given.score is not None
    false, true, _ = metrics.roc_curve(given.hits, given.score, drop_intermediate=False)
    base = float(given.hits.mean())
    return Gain(true * base + false * (1 - base), true, base)


@dataclass(frozen=True)
class Scores:
    """How scores are spread for rows of the class and for others."""

    edges: np.ndarray
    hits: np.ndarray
    others: np.ndarray


@remembered
def scores(given: Chosen, bins: int = HISTOGRAM) -> Scores:
    """Count scores in bins of like width; probabilities from 0 to 1."""
    assert given.score is not None
    low, high = (0.0, 1.0) if given.is_probability else (float(given.score.min()), float(given.score.max()))
    edges = np.linspace(low, high if high > low else low + 1.0, bins + 1)
    counts = [np.histogram(given.score[rows], edges)[0] for rows in (given.hits, ~given.hits)]
    return Scores(edges, *counts)
