"""The race: every candidate on every fold, folds side by side with one thread each, each fold prepared once for a family."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import polars as pl
from threadpoolctl import ThreadpoolController

from workbench.bundle.replay import Replay, prepare
from workbench.evaluation import metrics
from workbench.evaluation.folds import Split
from workbench.evaluation.metrics import Values
from workbench.experiment import preparation
from workbench.experiment.candidates import Candidate, Family
from workbench.experiment.table import Table
from workbench.task import Task
from workbench.words import Text

# Prepared folds beyond this are prepared again when needed: seconds, against memory that a small container does not have.
MOST_KEPT_BYTES = 1 << 30
# A library's message can be a page long; its first sentences say what happened.
MOST_PROBLEM = 300

Maker = Callable[[str], Any]


@dataclass(frozen=True)
class Scored:
    """One candidate on one fold."""

    model: str
    fold: int
    metrics: Values | None = None
    seconds: float = 0.0
    failed: Text | None = None
    """Why it has no metrics."""

    @property
    def is_skipped(self) -> bool:
        """True where it was never begun: the time was over, or another fold had failed."""
        return self.metrics is None and self.failed is None


@dataclass(frozen=True)
class Prepared:
    """A split with its matrices."""

    program: dict[str, Any]
    train: np.ndarray
    valid: np.ndarray


def prepared(table: Table, family: Family, split: Split) -> Prepared:
    """Fit a family's preparation on the training rows and replay it on both parts."""
    train, valid = (table.features[rows] for rows in split)
    program = preparation.fit(family, train, table.kinds)
    return Prepared(program, matrix(program, family, train), matrix(program, family, valid))


def matrix(program: dict[str, Any], family: Family, frame: pl.DataFrame) -> np.ndarray:
    """Return a part's matrix; linear solvers would each turn it row by row themselves."""
    made = prepare(program, frame)
    return np.ascontiguousarray(made) if family == "linear" else made


class PreparedFolds:
    """The prepared folds of each family, the least recently used dropped when they grow too large; safe in threads."""

    def __init__(self, table: Table, folds: Sequence[Split], most_bytes: int = MOST_KEPT_BYTES) -> None:
        self.table, self.folds, self.most_bytes = table, folds, most_bytes
        self.kept: OrderedDict[tuple[Family, int], Prepared] = OrderedDict()
        self.locks: dict[tuple[Family, int], threading.Lock] = {}
        self.lock = threading.Lock()

    def get(self, family: Family, fold: int) -> Prepared:
        """Return a prepared fold, prepared now if it is not kept."""
        key = (family, fold)
        with self.lock:
            own = self.locks.setdefault(key, threading.Lock())
        with own:
            with self.lock:
                found = self.kept.get(key)
            if found is None:
                found = prepared(self.table, family, self.folds[fold])
            self.keep(key, found)
        return found

    def keep(self, key: tuple[Family, int], made: Prepared) -> None:
        """Keep a fold as the most recently used."""
        with self.lock:
            self.kept[key] = made
            self.kept.move_to_end(key)
            while len(self.kept) > 1 and sum(p.train.nbytes + p.valid.nbytes for p in self.kept.values()) > self.most_bytes:
                self.kept.popitem(last=False)


def fit(model: Any, candidate: Candidate, made: Prepared, y: np.ndarray) -> Any:
    """Fit an estimator on prepared rows."""
    if candidate.id == "lightgbm" and (positions := preparation.categorical(made.program)):
        return model.fit(made.train, y, categorical_feature=positions)
    return model.fit(made.train, y)


def score(model: Any, made: Prepared, y: np.ndarray, task: Task, classes: int) -> Values:
    """Return the metrics of a fitted estimator on a split's validation rows, from one replayed prediction."""
    outputs = Replay(made.program, model, task=task, labels=list(range(classes))).of_matrix(made.valid)
    if task is Task.REGRESSION:
        return metrics.regression(y, outputs.prediction)
    return metrics.classification(
        y, outputs.prediction, classes=classes, probabilities=outputs.probabilities, score=outputs.score
    )


class Race:
    """Candidates over folds.

    Parameters
    ----------
    table : Table
        What is learned from.
    task : Task
        What is predicted.
    folds : sequence of split
        Training and validation rows.
    make : callable
        Returns a fresh estimator by its id.
    deadline : float or None
        The moment (of `time.perf_counter`) after which nothing new is begun.
    """

    def __init__(self, table: Table, task: Task, folds: Sequence[Split], make: Maker, deadline: float | None = None) -> None:
        self.table, self.task, self.folds, self.make, self.deadline = table, task, folds, make, deadline
        self.prepared = PreparedFolds(table, folds)
        self.failed: set[str] = set()
        self.threads = ThreadpoolController()

    def run(self, candidates: Sequence[Candidate], *, workers: int | None = None) -> Iterator[Scored]:
        """Yield every fold of every candidate, candidates in the given order.

        Parameters
        ----------
        candidates : sequence of Candidate
            What races.
        workers : int, optional
            Folds side by side; as many as the container or the process may use processors by default.
        """
        units = [(candidate, fold) for candidate in candidates for fold in range(len(self.folds))]
        pool = joblib.Parallel(n_jobs=workers or joblib.cpu_count(), backend="threading", return_as="generator")
        with self.threads.limit(limits=1, user_api="blas"):
            yield from pool(joblib.delayed(self.unit)(candidate, fold) for candidate, fold in units)

    def unit(self, candidate: Candidate, fold: int) -> Scored:
        """Fit and score one candidate on one fold; whatever goes wrong becomes its result."""
        if candidate.id in self.failed or self.is_over():
            return Scored(candidate.id, fold)
        started = time.perf_counter()
        try:
            if candidate.most_rows is not None and len(self.folds[fold][0]) > candidate.most_rows:
                reason = Text("experiment.too_many_rows", rows=len(self.folds[fold][0]), most=candidate.most_rows)
                return self.failure(candidate, fold, reason, started)
            found = self.scored(candidate, fold)
        except Exception as problem:  # noqa: BLE001 a candidate's failure, of whatever library and kind, is a row of the leaderboard
            return self.failure(candidate, fold, failure_text(problem), started)
        return Scored(candidate.id, fold, found, time.perf_counter() - started)

    def is_over(self) -> bool:
        """Tell whether nothing new may be begun."""
        return self.deadline is not None and time.perf_counter() > self.deadline

    def failure(self, candidate: Candidate, fold: int, reason: Text, started: float) -> Scored:
        """Return a failed unit; the candidate's other folds need not be tried."""
        self.failed.add(candidate.id)
        return Scored(candidate.id, fold, None, time.perf_counter() - started, reason)

    def scored(self, candidate: Candidate, fold: int) -> Values:
        """Fit on the fold's training rows, score on its validation rows."""
        made = self.prepared.get(candidate.family, fold)
        train, valid = self.folds[fold]
        # OpenMP keeps a limit for each thread of ours, so it is set here; BLAS has one for all, set around the race.
        with self.threads.limit(limits=1, user_api="openmp"):
            model = fit(self.make(candidate.id), candidate, made, self.table.y[train])
            return score(model, made, self.table.y[valid], self.task, len(self.table.labels))


def failure_text(problem: Exception) -> Text:
    """Return what a library said, short enough for a row."""
    said = " ".join(str(problem).split()) or type(problem).__name__
    return Text("experiment.failed", problem=said if len(said) <= MOST_PROBLEM else said[:MOST_PROBLEM] + "…")
