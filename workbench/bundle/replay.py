"""The replay: raw columns through a bundle's program into the model's matrix, and from there to predictions.

Files go in chunks whose rows do not depend on each other, so memory stays bounded and the answer does not depend on the cut.
A single row never becomes a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workbench.bundle.matrix import CHUNK, Preparation
from workbench.bundle.preparation import sources
from workbench.task import Task

# From here on two threads gain more than they cost.
WORTH_TWO_THREADS = 16_384
THREADS = 2


def prepare(program: dict[str, Any], frame: pl.DataFrame) -> np.ndarray:
    """Return the matrix a model is fitted on or predicts from.

    Parameters
    ----------
    program : dict
        The fitted preparation, as `preparation` describes it.
    frame : polars.DataFrame
        Raw rows with at least the columns the program reads, in any order.

    Returns
    -------
    numpy.ndarray
        One row for each of the frame's, one column for each of the program's, in Fortran order and the program's dtype.
    """
    return Preparation(program).matrix(frame)


@dataclass(frozen=True)
class Outputs:
    """What a model says about some rows, in their order."""

    prediction: np.ndarray
    """Labels, or numbers for regression."""
    probabilities: np.ndarray | None = None
    """One column for each label, in the order of the labels; None where the model has none."""
    score: np.ndarray | None = None
    """The decision function of a model without probabilities."""

    def __len__(self) -> int:
        return len(self.prediction)


class Replay:
    """A model with its program: raw rows in, predictions out.

    Parameters
    ----------
    program : dict
        The fitted preparation.
    model : estimator
        Fitted on bare arrays; a classifier's classes are positions in `labels`.
    task : Task
        What is predicted.
    labels : list
        The target's original values; binary: the other label, then the event.
    event : object
        The label whose probability matters; None except for binary.
    """

    def __init__(self, program: dict[str, Any], model: Any, *, task: Task, labels: list[Any], event: Any = None) -> None:
        self.program, self.model, self.task, self.labels, self.event = program, model, Task(task), list(labels), event
        self.sources = sources(program)
        self.preparation = Preparation(program)
        self.names = label_array(self.labels)
        self.booster = model.booster_ if type(model).__module__.startswith("lightgbm") else None
        self.of_one = logistic(model)

    def matrix(self, frame: pl.DataFrame) -> np.ndarray:
        """Return the rows of a frame as the model's matrix."""
        return self.preparation.matrix(frame)

    def outputs(self, frame: pl.DataFrame) -> Outputs:
        """Return what the model says about every row of a frame; memory does not grow with its length."""
        parts = list(cuts(frame))
        if len(parts) == 1:
            return self.of_matrix(self.matrix(parts[0]))
        with ThreadPoolExecutor(THREADS) as pool:
            return joined(list(pool.map(lambda part: self.of_matrix(self.matrix(part)), parts)))

    def outputs_of_row(self, row: Mapping[str, Any]) -> Outputs:
        """Return what the model says about one row of Python values."""
        return self.of_matrix(self.preparation.row(row))

    def of_matrix(self, matrix: np.ndarray) -> Outputs:
        """Return what the model says about rows already prepared."""
        if not len(matrix):
            return self.nothing()
        if self.task is Task.REGRESSION:
            return Outputs(np.asarray(self.numbers(matrix), dtype=np.float64).reshape(len(matrix)))
        if hasattr(self.model, "predict_proba"):
            probabilities = self.in_label_order(self.chances(matrix))
            return Outputs(self.names[probabilities.argmax(axis=1)], probabilities)
        code = np.asarray(self.model.predict(matrix)).reshape(len(matrix)).astype(np.intp)
        return Outputs(self.names[code], score=np.asarray(self.model.decision_function(matrix), dtype=np.float64))

    def numbers(self, matrix: np.ndarray) -> np.ndarray:
        """Return a regressor's answer; one thread, since chunks already run side by side."""
        return self.booster.predict(matrix, num_threads=1) if self.booster else self.model.predict(matrix)

    def chances(self, matrix: np.ndarray) -> np.ndarray:
        """Return a classifier's probabilities in the order of its own classes."""
        if self.booster is None:
            quick = self.of_one(matrix) if self.of_one and len(matrix) == 1 else None
            return np.asarray(self.model.predict_proba(matrix) if quick is None else quick, dtype=np.float64)
        answer = self.booster.predict(matrix, num_threads=1)
        return np.column_stack([1.0 - answer, answer]) if answer.ndim == 1 else answer

    def in_label_order(self, probabilities: np.ndarray) -> np.ndarray:
        """Return one column for each label; a label the model has never seen has probability 0."""
        classes = np.asarray(self.model.classes_).astype(np.intp)
        if len(classes) == len(self.labels):
            return probabilities
        whole = np.zeros((len(probabilities), len(self.labels)))
        whole[:, classes] = probabilities
        return whole

    def nothing(self) -> Outputs:
        """Return the answer about no rows at all."""
        if self.task is Task.REGRESSION:
            return Outputs(np.empty(0))
        if hasattr(self.model, "predict_proba"):
            return Outputs(self.names[:0], np.empty((0, len(self.labels))))
        return Outputs(self.names[:0], score=np.empty((0,) if len(self.labels) <= 2 else (0, len(self.labels))))


def logistic(model: Any) -> Callable[[np.ndarray], np.ndarray | None] | None:
    """Return a binary logistic regression's own arithmetic without the library's checks, which take longer than the answer.

    The function returns None for a row that is not finite, so that the library itself refuses it.
    """
    if type(model).__name__ != "LogisticRegression" or len(model.classes_) != 2 or model.multi_class not in ("auto", "ovr"):
        return None
    from scipy.special import expit

    coefficients, intercept = model.coef_.T, model.intercept_

    def chances(matrix: np.ndarray) -> np.ndarray | None:
        event = expit((matrix @ coefficients + intercept).ravel())
        return np.column_stack([1 - event, event]) if np.isfinite(event).all() else None

    return chances


def label_array(labels: list[Any]) -> np.ndarray:
    """Return labels as an array that keeps what each of them is."""
    kinds = {type(label) for label in labels}
    return np.array(labels) if len(kinds) == 1 else np.array(labels, dtype=object)


def cuts(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cut a frame into the parts that run side by side; a short one stays whole."""
    if frame.height < WORTH_TWO_THREADS:
        yield frame
        return
    size = min(CHUNK, -(-frame.height // THREADS))
    for start in range(0, frame.height, size):
        yield frame.slice(start, size)


def joined(parts: list[Outputs]) -> Outputs:
    """Put the answers about consecutive parts together."""

    def together(name: str) -> np.ndarray | None:
        found = [getattr(part, name) for part in parts]
        return None if found[0] is None else np.concatenate(found)

    return Outputs(np.concatenate([p.prediction for p in parts]), together("probabilities"), together("score"))
