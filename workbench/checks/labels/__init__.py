"""Likely wrong labels and outliers, by cleanlab, from predictions that somebody else made out of fold."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from workbench.checks.examples import plain
from workbench.words import Text

# Fewer rows give a model too little to contradict anybody with.
LEAST_ROWS = 50
# More are not looked through by a person; what is left out is said.
MOST_LISTED = 5_000
# A class of which a model recognises fewer rows overlaps with others: what contradicts it is hard as often as wrong.
RECOGNISED = 0.80
# Models that know less than this part of what chance leaves open have no say.
SKILLED = 0.2
# Interquartile ranges beyond the quartiles from which a value is far out (Tukey 1977): 2 in a million of a normal distribution.
FAR_OUT = 3.0
# The same for the logarithms of distances: 4 in ten thousand of a normal distribution.
FAR_AWAY = 2.0
# Predictions in so many parts, each with enough rows, have residuals of a spread of their own.
PARTS, LEAST_IN_PART = 10, 50
# Distances are averaged over so many nearest rows, cleanlab's own number.
NEIGHBOURS = 10
# Shorter distances, in those of the median row, are all the same.
NO_DISTANCE = 0.01
# Columns named and shown of a listed row.
MOST_COLUMNS = 3


@dataclass(frozen=True)
class Doubt:
    """A row whose target the model contradicts."""

    row: int
    """Counted from 0."""
    given: Any
    suggested: Any
    probability: float | None
    """The model's probability of what it suggests; None for numbers."""
    score: float
    """cleanlab's label quality, from 0 to 1: the lower, the likelier wrong."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON data, the row counted from 1."""
        return {
            "row": self.row + 1,
            "given": plain(self.given),
            "suggested": plain(self.suggested),
            "probability": self.probability,
            "score": self.score,
        }


@dataclass(frozen=True)
class Stranger:
    """A row far from all others."""

    row: int
    times: float
    """Its distance from its nearest rows ÷ the median row's."""
    columns: tuple[str, ...]
    """Columns that make most of the distance, largest first."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON data, the row counted from 1."""
        return {"row": self.row + 1, "times": self.times, "columns": list(self.columns)}


@dataclass(frozen=True)
class LabelScores:
    """Out-of-fold predictions and rows as points, as plain data; or why there are none."""

    rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Rows of the table that were judged, counted from 0, in its order."""
    given: np.ndarray = field(default_factory=lambda: np.empty(0))
    """Their class codes, or numbers."""
    predicted: np.ndarray = field(default_factory=lambda: np.empty(0))
    """A probability for each label, or a number."""
    labels: tuple[Any, ...] = ()
    """The label of each code; none for numbers."""
    total: int = 0
    """Rows that could have been judged."""
    folds: int = 5
    is_grouped: bool = False
    is_timed: bool = False
    """Whether the table has an order in time, which the folds pass over."""
    rare: tuple[tuple[Any, int], ...] = ()
    """Labels with too few rows to be judged, with their counts."""
    columns: tuple[str, ...] = ()
    """Columns that the models used most, to show beside a label."""
    seed: int = 0
    point_rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Rows of the table that `points` describes."""
    points: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    sources: tuple[str, ...] = ()
    """The column behind each coordinate."""
    reason: Text | None = None
    """Why there are no predictions."""

    @property
    def can_judge(self) -> bool:
        """Whether there is enough to say anything."""
        return self.reason is None and len(self.rows) >= LEAST_ROWS

    @property
    def is_of_classes(self) -> bool:
        """Whether labels were judged, not numbers."""
        return bool(self.labels)

    @cached_property
    def doubts(self) -> tuple[list[Doubt], float | None]:
        """Rows whose target is contradicted, the surest first, and the estimated share of wrong labels (classes only)."""
        return class_doubts(self) if self.is_of_classes else (number_doubts(self), None)

    @cached_property
    def strangers(self) -> list[Stranger] | None:
        """Rows far from all others, the farthest first; None where half of the rows equal others."""
        return strangers(self)

    @cached_property
    def recognised(self) -> dict[Any, float]:
        """For each label, the share of its rows to which the models give it."""
        hit = self.predicted.argmax(axis=1) == self.given
        there = [(label, hit[self.given == code]) for code, label in enumerate(self.labels)]
        return {label: float(of_label.mean()) for label, of_label in there if len(of_label)}

    @cached_property
    def skill(self) -> float:
        """How much the models know: 0 is chance, 1 everything, with every class of equal weight."""
        if self.is_of_classes:
            if len(self.recognised) < 2:
                return 0.0
            chance = 1 / len(self.recognised)
            return (float(np.mean(list(self.recognised.values()))) - chance) / (1 - chance)
        # Medians, because a few wrong entries of another size may make most of the variance.
        usual = float(np.median(np.abs(self.given - np.median(self.given))))
        return 1 - float(np.median(np.abs(self.given - self.predicted))) / usual if usual else 0.0

    @property
    def is_skilled(self) -> bool:
        """Whether a contradiction by the models means anything."""
        return self.skill >= SKILLED

    @property
    def sampled(self) -> Text | str:
        """The sentence that says not every row was judged, or nothing."""
        if len(self.rows) >= self.total:
            return ""
        return Text("check.labels.sampled", rows=len(self.rows), total=self.total, seed=self.seed)

    @property
    def split(self) -> Text:
        """The sentence that says how rows were held out."""
        how = f"{'grouped' if self.is_grouped else 'random'}{'_timed' if self.is_timed else ''}"
        return Text(f"check.labels.folds_{how}", folds=self.folds)

    @property
    def aside(self) -> Text | str:
        """The sentence that names labels too rare to be judged, or nothing."""
        if not self.rare:
            return ""
        return Text("check.labels.rare", labels=[f"{label} ({count:,})" for label, count in self.rare])


def class_doubts(scores: LabelScores) -> tuple[list[Doubt], float]:
    """List the rows that confident learning prunes by class and by noise rate alike, and estimate the share of wrong labels.

    Notes
    -----
    Confident learning (Northcutt, Jiang and Chuang 2021) counts the rows that reach the mean confidence of a class they are not
    labelled with. No other process is started: tables of this size take less than a second.
    """
    from cleanlab.count import compute_confident_joint, estimate_joint
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    codes, given = np.unique(scores.given.astype(np.int64), return_inverse=True)
    # A label without a judged row is nothing to compare with; what is left of a row's probabilities adds up to one again.
    predicted = scores.predicted[:, codes] + np.finfo(np.float64).tiny
    predicted /= predicted.sum(axis=1, keepdims=True)
    labels = [scores.labels[code] for code in codes]
    with warnings.catch_warnings():
        # A class whose confident rows are all elsewhere divides by zero inside; its estimate is then left as counted.
        warnings.filterwarnings("ignore", "invalid value encountered", RuntimeWarning, "cleanlab")
        # A class of a single row is never listed, which is as it should be.
        warnings.filterwarnings("ignore", "May not flag all label issues", UserWarning, "cleanlab")
        counted = compute_confident_joint(given, predicted)
        joint = estimate_joint(given, predicted, confident_joint=counted)
        is_listed = find_label_issues(given, predicted, filter_by="both", confident_joint=counted, n_jobs=1)
    quality = get_label_quality_scores(given, predicted, method="self_confidence")
    listed = np.flatnonzero(is_listed)
    listed = listed[np.argsort(quality[listed], kind="stable")]
    best = predicted.argmax(axis=1)
    found = [
        Doubt(
            int(scores.rows[i]),
            labels[given[i]],
            labels[best[i]],
            float(predicted[i, best[i]]),
            float(quality[i]),
        )
        for i in listed
    ]
    return found, max(0.0, float(1 - np.trace(joint)))


def number_doubts(scores: LabelScores) -> list[Doubt]:
    """List the numbers whose residual is far out among those of similar predictions, ranked by cleanlab's residual score."""
    from cleanlab.regression.rank import get_label_quality_scores

    size = standardised(scores.given - scores.predicted, scores.predicted)
    quality = get_label_quality_scores(size, np.zeros_like(size), method="residual")
    low, high = fences(size, FAR_OUT)
    listed = np.flatnonzero((size < low) | (size > high))
    listed = listed[np.argsort(-np.abs(size[listed]), kind="stable")]
    return [
        Doubt(int(scores.rows[i]), float(scores.given[i]), float(scores.predicted[i]), None, float(quality[i])) for i in listed
    ]


def standardised(residual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return residuals from their median in interquartile ranges, both of rows with similar predictions."""
    parts = max(1, min(PARTS, len(residual) // LEAST_IN_PART))
    part = np.empty(len(residual), dtype=int)
    part[np.argsort(predicted, kind="stable")] = np.arange(len(residual)) * parts // max(len(residual), 1)
    made = np.zeros(len(residual))
    # A part in which most residuals are equal has next to no spread; a fraction of all residuals' keeps rounding from counting.
    whole = spread(residual)
    for number in range(parts):
        here = part == number
        made[here] = (residual[here] - np.median(residual[here])) / max(spread(residual[here]), 0.1 * whole, 1e-12)
    return made


def spread(values: np.ndarray) -> float:
    """Return the interquartile range, or where it is nothing the standard deviation."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float(high - low) or float(values.std())


def fences(values: np.ndarray, ranges: float) -> tuple[float, float]:
    """Return the bounds so many interquartile ranges beyond the quartiles."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float(low - ranges * (high - low)), float(high + ranges * (high - low))


def strangers(scores: LabelScores) -> list[Stranger] | None:
    """List the rows that are far out in their distance from their nearest rows, by cleanlab's outlier score (Kuan 2022)."""
    from cleanlab.outlier import OutOfDistribution
    from sklearn.neighbors import NearestNeighbors

    class Asked(NearestNeighbors):  # type: ignore[misc]
        """Neighbours found once, none its own: cleanlab would look for them twice, among the rows themselves."""

        def kneighbors(self, *_: Any, **__: Any) -> tuple[np.ndarray, np.ndarray]:
            return distances, around

    points = scores.points
    count = min(NEIGHBOURS, len(points) - 1)
    distances, around = NearestNeighbors(n_neighbors=count, metric="euclidean", n_jobs=1).fit(points).kneighbors()
    if not np.median(distances.mean(axis=1)) > 0:
        return None
    quality = OutOfDistribution(params={"knn": Asked(n_neighbors=count, metric="euclidean")}).score(features=points)
    # The score is exp(-times); where it is too small for a number it is the smallest there is.
    times = -np.log(np.maximum(quality, np.finfo(np.float64).tiny))
    # Distances have a long tail to the right even where nothing is wrong; their logarithms have hardly one.
    size = np.log(np.maximum(times, NO_DISTANCE))
    listed = np.flatnonzero(size > fences(size, FAR_AWAY)[1])
    listed = listed[np.argsort(-times[listed], kind="stable")]
    return [
        Stranger(int(scores.point_rows[i]), float(times[i]), furthest(points[i] - points[around[i]], scores.sources))
        for i in listed
    ]


def furthest(apart: np.ndarray, sources: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that make most of the distance between a row and its nearest ones."""
    parts: dict[str, float] = {}
    for name, part in zip(sources, (apart**2).mean(axis=0), strict=True):
        parts[name] = parts.get(name, 0.0) + float(part)
    whole = sum(parts.values())
    order = sorted(parts, key=lambda name: -parts[name])[:MOST_COLUMNS]
    # The first one always; another only where it makes a fifth of the distance.
    return tuple(name for place, name in enumerate(order) if place == 0 or parts[name] >= whole / 5)
