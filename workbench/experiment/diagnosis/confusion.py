"""One class against the rest, and the counts of right and wrong at a threshold: plain data from out-of-fold predictions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from sklearn import metrics

from workbench.evaluation import intervals
from workbench.evaluation.intervals import Estimate
from workbench.experiment.race.oof import Oof
from workbench.task import Task

Made = TypeVar("Made")
# Thresholds along which precision and recall are drawn.
CUTS = 200
# Where a model that is left to itself changes its mind.
HALF = 0.5


@dataclass(frozen=True)
class Chosen:
    """One class against the rest; of two classes the event."""

    hits: np.ndarray
    """Which rows are of the class."""
    said: np.ndarray
    """Which rows the model says are, left to itself."""
    score: np.ndarray | None
    """What ranks the rows: a probability, or a decision function; None where the model has neither for the class."""
    fold: np.ndarray
    is_probability: bool
    made: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was computed from it, kept because a slider asks for it again and again."""

    @property
    def is_whole(self) -> bool:
        """Whether there are rows of the class and others, and a score to rank them."""
        return self.score is not None and 0 < int(self.hits.sum()) < len(self.hits)

    def flagged(self, threshold: float | None) -> np.ndarray:
        """Return the rows at or above a threshold; without one, those that the model itself says.

        A forest often says exactly a half, and leaves such a row to the first class: at that threshold the model decides,
        so that the counts are those of its own predictions.
        """
        if threshold is None or self.score is None:
            return self.said
        if self.is_probability and threshold == HALF:
            return np.where(self.score == HALF, self.said, self.score > HALF)
        return self.score >= threshold

    def part(self, rows: np.ndarray) -> Chosen:
        """Return some of the rows."""
        score = None if self.score is None else self.score[rows]
        return Chosen(self.hits[rows], self.said[rows], score, self.fold[rows], self.is_probability)


def remembered(make: Callable[..., Made]) -> Callable[..., Made]:
    """Compute something of a class once and keep it beside the class."""

    @functools.wraps(make)
    def once(given: Chosen, *rest: Any) -> Made:
        key = (make.__module__, make.__name__, *rest)
        if key not in given.made:
            given.made[key] = make(given, *rest)
        found: Made = given.made[key]
        return found

    return once


def chosen(oof: Oof, code: int, task: Task) -> Chosen:
    """Return one class of a model's predictions.

    Parameters
    ----------
    oof : Oof
        A classifier's predictions.
    code : int
        The class; of two classes 1 is the event.
    task : Task
        Two classes or several.
    """
    score, is_probability = None, oof.probabilities is not None
    if oof.probabilities is not None:
        score = oof.probabilities[:, code]
    elif oof.score is not None and oof.score.ndim == 1 and task is Task.BINARY:
        score = oof.score if code == 1 else -oof.score
    elif oof.score is not None and oof.score.ndim == 2:
        score = oof.score[:, code]
    return Chosen(oof.y == code, oof.prediction == code, score, oof.fold, is_probability)


@dataclass(frozen=True)
class Confusion:
    """Counts at one threshold and what follows from them; a rate of no rows has no value."""

    threshold: float | None
    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def rows(self) -> int:
        """All rows."""
        return self.true_positive + self.false_positive + self.false_negative + self.true_negative

    @property
    def precision(self) -> Estimate:
        """Of those said to be of the class, the share that is."""
        return intervals.rate(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> Estimate:
        """Of those of the class, the share found."""
        return intervals.rate(self.true_positive, self.true_positive + self.false_negative)

    @property
    def false_alarms(self) -> Estimate:
        """Of the others, the share wrongly said to be of the class."""
        return intervals.rate(self.false_positive, self.false_positive + self.true_negative)

    @property
    def misses(self) -> Estimate:
        """Of those of the class, the share not found."""
        return intervals.rate(self.false_negative, self.true_positive + self.false_negative)

    @property
    def accuracy(self) -> Estimate:
        """The share of all rows that is right."""
        return intervals.rate(self.true_positive + self.true_negative, self.rows)

    @property
    def flagged(self) -> Estimate:
        """The share of all rows said to be of the class."""
        return intervals.rate(self.true_positive + self.false_positive, self.rows)

    @property
    def f1(self) -> float | None:
        """Precision and recall in one figure; it has no simple interval."""
        twice = 2 * self.true_positive + self.false_positive + self.false_negative
        return 2 * self.true_positive / twice if twice else None

    def cost(self, false_alarm: float, miss: float) -> float:
        """Return what the errors cost together, given what one of each kind costs."""
        return false_alarm * self.false_positive + miss * self.false_negative


def confusion(given: Chosen, threshold: float | None) -> Confusion:
    """Count right and wrong at a threshold; a row at the threshold counts as above it."""
    said, hits = given.flagged(threshold), given.hits
    both, only_said = int((said & hits).sum()), int((said & ~hits).sum())
    missed = int(hits.sum()) - both
    return Confusion(threshold, both, only_said, missed, len(hits) - both - only_said - missed)


def cheapest(given: Chosen, false_alarm: float, miss: float) -> Confusion:
    """Return the counts at the threshold whose errors cost least, of all that make a difference; of equal ones the highest.

    The threshold was chosen on these very rows, so new rows will cost a little more.
    """
    found = every_cut(given)
    cost = false_alarm * found[1] + miss * found[2]
    place = len(cost) - 1 - int(np.argmin(cost[::-1]))
    return confusion(given, float(found[0][place]))


@remembered
def every_cut(given: Chosen) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return every threshold that makes a difference, from below, with its false alarms and misses; the last flags nobody."""
    assert given.score is not None
    order, hits = np.sort(given.score), np.sort(given.score[given.hits])
    cuts = np.append(np.unique(order), np.nextafter(order[-1], np.inf))
    said = len(order) - np.searchsorted(order, cuts, side="left")
    found = len(hits) - np.searchsorted(hits, cuts, side="left")
    return cuts, said - found, len(hits) - found


@remembered
def along(given: Chosen, most: int = CUTS) -> list[Confusion]:
    """Return the counts at thresholds spread over the scores that occur, by how many rows lie between them."""
    assert given.score is not None
    order = np.sort(given.score)
    places = np.unique(np.linspace(0, len(order) - 1, most).astype(int))
    cuts = np.unique(order[places])
    above_hits = np.sort(given.score[given.hits])
    events, rows = len(above_hits), len(order)
    said = rows - np.searchsorted(order, cuts, side="left")
    found = events - np.searchsorted(above_hits, cuts, side="left")
    return [
        Confusion(float(cut), int(tp), int(n - tp), int(events - tp), int(rows - n - events + tp))
        for cut, n, tp in zip(cuts, said, found, strict=True)
    ]


def matrix(oof: Oof, classes: int) -> np.ndarray:
    """Return how often each class (rows) was predicted as each (columns)."""
    return np.asarray(metrics.confusion_matrix(oof.y, oof.prediction, labels=np.arange(classes)))
