"""A model that is there already beside one that was just trained on new rows: both scored on the same of them, fold by fold.

The older one is not fitted again. The newer one's predictions are those of the fold models that had not seen the row. Rows on
which one of the two has an unfair start are left out for both.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.bundle.replay import Outputs
from workbench.evaluation import metrics
from workbench.evaluation.metrics import METRICS, Values
from workbench.experiment.plan import label_text
from workbench.experiment.race.units import Judged, Scored
from workbench.task import Task


class Heard:
    """Remembers what the models of a race said about the rows that they had not seen; safe in threads."""

    def __init__(self) -> None:
        self.said: dict[str, dict[int, Judged]] = {}
        self.lock = threading.Lock()

    def keep(self, unit: Scored) -> None:
        """Remember a fold that has just been finished."""
        if unit.judged is not None:
            with self.lock:
                self.said.setdefault(unit.model, {})[unit.fold] = unit.judged

    def found(self) -> tuple[Scored, ...]:
        """Return no unit: nothing was finished before."""
        return ()

    def folds(self, model: str | None) -> list[Judged]:
        """Return what was heard of a model, in the order of the folds."""
        known = self.said.get(model or "", {})
        return [known[fold] for fold in sorted(known)]


@dataclass(frozen=True)
class Answers:
    """What a model says about the rows of a table that it can score."""

    rows: np.ndarray
    """Which rows of the frame, in ascending order; the others it holds back."""
    outputs: Outputs
    labels: Sequence[Any] = ()
    """The model's own classes in the order of its probabilities; empty for numbers."""


@dataclass(frozen=True)
class Scores:
    """A model's metrics over folds."""

    folds: list[Values]
    metrics: Values
    metrics_std: Values

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"metrics": self.metrics, "metrics_std": self.metrics_std, "folds": self.folds}


@dataclass(frozen=True)
class Pair:
    """Two models on the same rows."""

    new: Scores
    champion: Scores
    rows: int
    """On how many rows both were judged."""
    held: int
    """How many rows of the folds the champion has no prediction for."""
    left_out: int
    """How many rows of the folds it was trained on."""


def pair(folds: Sequence[Judged], answers: Answers, seen: np.ndarray, labels: Sequence[Any], task: Task) -> Pair:
    """Return the metrics of a new model and of one that was there on the rows that neither was trained on.

    Parameters
    ----------
    folds : sequence of Judged
        What the new model's folds said.
    answers : Answers
        What the other says, of the same frame.
    seen : numpy.ndarray
        For each row of the frame, whether the other was trained on it.
    labels : sequence
        The labels of the folds' class codes; empty for numbers.
    task : Task
        What both predict.
    """
    said = Said.of(answers, labels, task)
    new: list[Values] = []
    champion: list[Values] = []
    held = left_out = rows = 0
    for fold in folds:
        place = np.searchsorted(answers.rows, fold.rows).clip(max=max(len(answers.rows) - 1, 0))
        known = answers.rows[place] == fold.rows if len(answers.rows) else np.zeros(len(fold.rows), dtype=bool)
        fair = known & ~seen[fold.rows]
        held += int((~known).sum())
        left_out += int((known & seen[fold.rows]).sum())
        rows += int(fair.sum())
        own = Said(fold.prediction, fold.probabilities, fold.score, len(labels))
        new.append(own.scored(fold.y[fair], fair.nonzero()[0], task))
        champion.append(said.scored(fold.y[fair], place[fair], task))
    return Pair(over(new, task), over(champion, task), rows, held, left_out)


def over(folds: list[Values], task: Task) -> Scores:
    """Return metrics with their mean and spread."""
    return Scores(folds, *metrics.summary(folds, METRICS[task]))


@dataclass(frozen=True)
class Said:
    """A model's answers in a table's own class codes."""

    prediction: np.ndarray
    probabilities: np.ndarray | None
    score: np.ndarray | None
    classes: int

    @classmethod
    def of(cls, answers: Answers, labels: Sequence[Any], task: Task) -> Said:
        """Return answers in the codes of a table's labels; a label that the table does not have gets a code behind them."""
        found = answers.outputs
        if task is Task.REGRESSION:
            return cls(found.prediction, None, None, 0)
        code = {label_text(label): i for i, label in enumerate(labels)}
        own = [code.setdefault(label_text(label), len(code)) for label in answers.labels]
        by_label = dict(zip(map(label_text, answers.labels), own, strict=True))
        prediction = np.array([by_label[label_text(label)] for label in found.prediction.tolist()], dtype=np.int64)
        probabilities = None
        if found.probabilities is not None:
            whole = np.zeros((len(prediction), len(code)))
            whole[:, own] = found.probabilities
            probabilities = whole[:, : len(labels)]
        return cls(prediction, probabilities, found.score, len(labels))

    def scored(self, y: np.ndarray, at: np.ndarray, task: Task) -> Values:
        """Return the metrics of the answers at some places; nothing has a value where there are none."""
        if not len(at):
            return metrics.nothing(task)
        if task is Task.REGRESSION:
            return metrics.regression(y, self.prediction[at])
        return metrics.classification(
            y,
            self.prediction[at],
            classes=self.classes,
            probabilities=None if self.probabilities is None else self.probabilities[at],
            score=None if self.score is None else self.score[at],
        )
