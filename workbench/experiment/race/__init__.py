"""The race: every candidate on every fold, folds side by side with one thread each, each fold prepared once for a family."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import joblib
import numpy as np
import polars as pl
from scipy.sparse import csr_matrix
from sklearn.utils.validation import has_fit_parameter
from threadpoolctl import ThreadpoolController

from workbench.bundle.replay import Outputs, Replay, prepare
from workbench.errors import ExperimentError, WorkbenchError
from workbench.evaluation import metrics
from workbench.evaluation.folds import Split
from workbench.evaluation.metrics import Values
from workbench.experiment import preparation
from workbench.experiment.candidates import BASELINE, Candidate, Family
from workbench.experiment.preparation import balance
from workbench.experiment.race.sizes import size_of
from workbench.experiment.race.units import Judged, Kept, Scored
from workbench.experiment.table import Learnt, Table
from workbench.jobs import container
from workbench.task import Task
from workbench.words import Text

# Prepared folds beyond this are prepared again when needed: seconds, against memory that a small container does not have.
MOST_KEPT_BYTES = 1 << 30
# A library's message can be a page long; its first sentences say what happened.
MOST_PROBLEM = 300
# How libraries say that a matrix holds blanks or numbers beyond what they can read.
NO_NUMBERS = ("contains NaN", "contains infinity", "must not contain infs or NaNs")
# How they say that the machine gave them no memory, or no thread.
NO_MEMORY = ("bad_alloc", "bad allocation", "Unable to allocate", "Cannot allocate memory")
NO_THREAD = "can't start new thread"

# Their solver never looks at a zero: the same arithmetic in half the time.
SPARSE = ("lr",)

Maker = Callable[[str], Any]


# A split with its matrices.
Prepared = Learnt


def prepared(table: Table, family: Family, split: Split) -> Prepared:
    """Fit a family's preparation on the training rows and replay it on both parts; PyCaret's own where the table has it."""
    if table.own is not None:
        return table.own.prepared(table, split)
    switches, (rows, valid) = table.switches, split
    if switches.outliers is not None and len(rows):
        plain = preparation.fit("tree", table.features[rows], table.kinds)
        rows = rows[balance.usual(plain, table.features[rows], switches.outliers, table.seed)]
    train, y = table.features[rows], table.y[rows]
    program = preparation.fit(family, train, table.kinds, switches, y)
    made = matrix(program, family, train)
    if switches.imbalance != "none":
        made, y = balance.balanced(made, y, program, switches.imbalance, table.seed)
    changed = y if len(y) != len(split[0]) else None
    return Prepared(program, made, matrix(program, family, table.features[valid]), changed)


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
        key: tuple[Family, int] = (family if self.table.own is None else "tree", fold)
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


def fit(model: Any, candidate: Candidate, made: Prepared, y: np.ndarray, *, is_weighted: bool = False) -> Any:
    """Fit an estimator on prepared rows; where classes are to count the same, rows of rare ones weigh more, if it can weigh."""
    y = y if made.y is None else made.y
    settings: dict[str, Any] = {}
    if candidate.id == "lightgbm" and not made.is_shared and (positions := preparation.categorical(made.program)):
        settings["categorical_feature"] = positions
    # The baseline says how often each class is; weighted it would not.
    if is_weighted and candidate.id != BASELINE and has_fit_parameter(model, "sample_weight"):
        settings["sample_weight"] = balance.weights(y)
    return model.fit(sparse(made.train) if made.is_shared and candidate.id in SPARSE else made.train, y, **settings)


def sparse(train: np.ndarray) -> Any:
    """Return a matrix without its zeros where these are more than half."""
    return csr_matrix(train) if np.count_nonzero(train) < train.size / 2 else train


def score(model: Any, made: Prepared, y: np.ndarray, task: Task, classes: int) -> Values:
    """Return the metrics of a fitted estimator on a split's validation rows, from one replayed prediction."""
    return measured(said(model, made, task, classes), y, task, classes)


def said(model: Any, made: Prepared, task: Task, classes: int) -> Outputs:
    """Return what a fitted estimator says about a split's validation rows; labels as codes.

    Raises
    ------
    ExperimentError
        If it says no number about some of them: metrics of that would look like those of a bad model.
    """
    outputs = Replay(made.program, model, task=task, labels=list(range(classes))).of_matrix(made.valid)
    if not all(
        np.isfinite(each).all() for each in (outputs.prediction, outputs.probabilities, outputs.score) if each is not None
    ):
        raise ExperimentError("error.experiment.says_nothing")
    return outputs


def measured(outputs: Outputs, y: np.ndarray, task: Task, classes: int) -> Values:
    """Return the metrics of what was said about rows."""
    if task is Task.REGRESSION:
        return metrics.regression(y, outputs.prediction)
    return metrics.classification(
        y, outputs.prediction, classes=classes, probabilities=outputs.probabilities, score=outputs.score
    )


class Gate(Protocol):
    """Lets units begin one after the other; memory may want fewer of them at once."""

    def passing(self) -> AbstractContextManager[object]:
        """Wait until one more unit may run, and hold its place while it does."""


class Open:
    """A gate that everybody may pass."""

    def passing(self) -> AbstractContextManager[object]:
        """Wait for nothing."""
        return nullcontext()


class Nowhere:
    """Keeps nothing, and found nothing."""

    def keep(self, unit: Scored) -> None:
        """Forget a unit."""

    def found(self) -> tuple[Scored, ...]:
        """Return no unit."""
        return ()


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
    kept : Kept, optional
        Where finished units outlive this process; those found there are not done again.
    gate : Gate, optional
        What every unit passes before it begins.
    failed : collection of str, optional
        Candidates that have failed already: none of their folds is begun.
    """

    def __init__(
        self,
        table: Table,
        task: Task,
        folds: Sequence[Split],
        make: Maker,
        deadline: float | None = None,
        kept: Kept | None = None,
        gate: Gate | None = None,
        failed: Collection[str] = (),
    ) -> None:
        self.table, self.task, self.folds, self.make, self.deadline = table, task, folds, make, deadline
        self.prepared = PreparedFolds(table, folds)
        self.failed = set(failed)
        self.threads = ThreadpoolController()
        self.kept, self.gate = kept or Nowhere(), gate or Open()
        # What they said is checked and let go: of many candidates it would fill memory a second time.
        self.known = {(u.model, u.fold): dataclasses.replace(u, judged=None) for u in self.kept.found() if self.is_ours(u)}

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
        pool = joblib.Parallel(n_jobs=workers or container.processors(), backend="threading", return_as="generator")
        with self.threads.limit(limits=1, user_api="blas"):
            yield from pool(joblib.delayed(self.unit)(candidate, fold) for candidate, fold in units)

    def unit(self, candidate: Candidate, fold: int) -> Scored:
        """Fit and score one candidate on one fold, or take it as it was kept; whatever goes wrong becomes its result."""
        if known := self.known.get((candidate.id, fold)):
            return known
        if candidate.id in self.failed or self.is_over():
            return Scored(candidate.id, fold)
        with self.gate.passing():
            done = self.begun(candidate, fold)
        if done.metrics is not None:
            self.kept.keep(done)
        return done

    def begun(self, candidate: Candidate, fold: int) -> Scored:
        """Do one unit now."""
        if candidate.id in self.failed or self.is_over():  # it may have waited long
            return Scored(candidate.id, fold)
        started = time.perf_counter()
        try:
            if candidate.most_rows is not None and len(self.folds[fold][0]) > candidate.most_rows:
                reason = Text("experiment.too_many_rows", rows=len(self.folds[fold][0]), most=candidate.most_rows)
                return self.failure(candidate, fold, reason, started)
            return self.scored(candidate, fold, started)
        except Exception as problem:  # noqa: BLE001 a candidate's failure, of whatever library and kind, is a row of the leaderboard
            return self.failure(candidate, fold, failure_text(problem), started)

    def is_over(self) -> bool:
        """Tell whether nothing new may be begun."""
        return self.deadline is not None and time.perf_counter() > self.deadline

    def is_ours(self, unit: Scored) -> bool:
        """Tell whether a unit that was kept judged the very rows of this race's fold."""
        if unit.judged is None or not 0 <= unit.fold < len(self.folds):
            return False
        valid = self.folds[unit.fold][1]
        return np.array_equal(unit.judged.rows, self.table.rows[valid]) and np.array_equal(unit.judged.y, self.table.y[valid])

    def failure(self, candidate: Candidate, fold: int, reason: Text, started: float) -> Scored:
        """Return a failed unit; the candidate's other folds need not be tried."""
        self.failed.add(candidate.id)
        return Scored(candidate.id, fold, None, time.perf_counter() - started, reason)

    def scored(self, candidate: Candidate, fold: int, started: float) -> Scored:
        """Fit on the fold's training rows, score on its validation rows."""
        made = self.prepared.get(candidate.family, fold)
        train, valid = self.folds[fold]
        y = self.table.y[valid]
        # OpenMP keeps a limit for each thread of ours, so it is set here; BLAS has one for all, set around the race.
        with self.threads.limit(limits=1, user_api="openmp"):
            begin = time.perf_counter()
            model = fit(self.make(candidate.id), candidate, made, self.table.y[train], is_weighted=self.table.is_weighted)
            fitted = time.perf_counter()
            outputs = said(model, made, self.task, len(self.table.labels))
        predicted = time.perf_counter()
        return Scored(
            candidate.id,
            fold,
            measured(outputs, y, self.task, len(self.table.labels)),
            time.perf_counter() - started,
            fit_seconds=fitted - begin,
            predict_seconds=predicted - fitted,
            # The folds' estimators are of one size, and a forest is large: one of them is measured.
            size=size_of(model) if fold == 0 else None,
            judged=Judged(self.table.rows[valid], y, outputs.prediction, outputs.probabilities, outputs.score),
        )


def failure_text(problem: Exception) -> Text:
    """Return what a library said, short enough for a row."""
    if isinstance(problem, MemoryError) or any(part in str(problem) for part in NO_MEMORY):
        return Text("experiment.no_memory")
    if isinstance(problem, WorkbenchError):
        return Text(problem.key, **problem.values)
    if any(part in str(problem) for part in NO_NUMBERS):
        return Text("experiment.no_numbers")
    told = " ".join(str(problem).split()) or type(problem).__name__
    told = told if len(told) <= MOST_PROBLEM else told[:MOST_PROBLEM] + "…"
    is_servers = isinstance(problem, OSError) or NO_THREAD in told
    return Text("experiment.hindered" if is_servers else "experiment.failed", problem=told)
