"""The engine of a comparison: PyCaret's hold-out, folds and models, run by our own race. The only importer of PyCaret.

PyCaret swaps globals of its own and of scikit-learn while it works: this module runs in a process of its own (a job's
child, the command line), never in one that serves. PyCaret is handed row numbers and the target's codes only, on which
its splits depend; no text of the table ever reaches it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import pandas as pd
import polars as pl

from workbench.bundle.fitted import Fitted
from workbench.errors import ExperimentError
from workbench.evaluation import folds as strategies
from workbench.evaluation.folds import Split
from workbench.evaluation.metrics import Values
from workbench.experiment import leaderboard
from workbench.experiment.candidates import BASELINE, candidate
from workbench.experiment.leaderboard import Comparison, Row
from workbench.experiment.plan import Plan
from workbench.experiment.race import Prepared, Race, Scored, failure_text, fit, prepared, score
from workbench.experiment.table import Table, table_of
from workbench.task import Task
from workbench.words import Text

Emit = Callable[..., None]


@dataclass(frozen=True)
class Splits:
    """Which rows of the table train, which judge the folds, and which judge the winner."""

    train: np.ndarray
    test: np.ndarray
    folds: list[Split]

    @property
    def test_share(self) -> float:
        """Rows judged on ÷ rows trained on, over the folds."""
        return float(np.mean([len(valid) / max(len(train), 1) for train, valid in self.folds]))


def compare(frame: pl.DataFrame, plan: Plan, *, emit: Emit) -> Comparison:
    """Compare the plan's candidates on a table and refit the best.

    Parameters
    ----------
    frame : polars.DataFrame
        The whole table; rows without a target are set aside.
    plan : Plan
        What to do; `Plan.checked` fills and checks it.
    emit : callable
        Told of everything as it happens: ``started``, ``fold``, ``baseline``, ``row`` and ``holdout``, each with its fields.

    Returns
    -------
    Comparison
        A candidate that failed or was not let finish is a row with the reason. `fitted` is None when none finished.

    Raises
    ------
    ExperimentError
        If the table and the plan do not go together.
    """
    started = time.perf_counter()
    plan = plan.checked(frame)
    table = table_of(frame, plan)
    with quiet():
        return Comparer(table, plan, emit, started).run()


class Comparer:
    """One comparison on its way."""

    def __init__(self, table: Table, plan: Plan, emit: Emit, started: float) -> None:
        assert plan.task is not None
        assert plan.sort is not None
        self.table, self.plan, self.emit, self.started = table, plan, emit, started
        self.task, self.sort = plan.task, plan.sort
        try:
            experiment = set_up(table, plan)
            self.splits = splits_of(experiment, table, plan)
        except ExperimentError:
            raise
        except Exception as problem:
            # What PyCaret and scikit-learn refuse is about the table and the plan: an analyst's to know, not a crash.
            raise ExperimentError("error.experiment.set_up", problem=" ".join(str(problem).split())) from problem
        self.make = functools.partial(make_estimator, experiment)
        deadline = None if plan.budget is None else started + plan.budget
        self.race = Race(table, self.task, self.splits.folds, self.make, deadline)
        self.folds: dict[str, list[Values]] = {}

    def run(self) -> Comparison:
        """Race, rank, refit the best."""
        runners = sorted((candidate(self.task, model) for model in self.plan.models), key=lambda c: c.cost)
        self.announce()
        baseline = self.baseline()
        rows = list(self.rows(self.race.run(runners)))
        seconds = time.perf_counter() - self.started
        self.sort = leaderboard.usable_sort(rows, self.sort, self.task)
        if self.sort != self.plan.sort:
            self.emit("sorted", wanted=self.plan.sort, used=self.sort)
        board, fitted = self.decided(rows)
        return Comparison(
            plan=dataclasses.replace(self.plan, sort=self.sort),
            leaderboard=board,
            baseline=baseline,
            best=leaderboard.best_of(board),
            recommended=leaderboard.recommended(board, self.task),
            fitted=fitted,
            features=self.table.features.columns,
            excluded=self.table.excluded,
            set_aside=self.table.set_aside,
            rows=len(self.table.y),
            seconds=seconds,
        )

    def announce(self) -> None:
        """Say what is about to happen."""
        self.emit(
            "started",
            models=list(self.plan.models),
            folds=len(self.splits.folds),
            rows=len(self.table.y),
            features=len(self.table.features.columns),
            set_aside=self.table.set_aside,
            excluded=self.table.excluded,
            plan=self.plan.to_dict(),
        )

    def baseline(self) -> Row:
        """Return the row of a model that looks at no feature; it is never stopped."""
        race = Race(self.table, self.task, self.splits.folds, self.make)
        race.prepared = self.race.prepared
        row = self.row(list(race.run([candidate(self.task, BASELINE)])))
        self.emit("baseline", row=row)
        return row

    def rows(self, units: Iterator[Scored]) -> Iterator[Row]:
        """Yield each candidate's row when its last fold is in."""
        waiting: list[Scored] = []
        for unit in units:
            if unit.metrics is not None:
                self.emit("fold", model=unit.model, fold=unit.fold, metrics=unit.metrics, seconds=round(unit.seconds, 3))
            waiting.append(unit)
            if len(waiting) == len(self.splits.folds):
                row = self.row(waiting)
                waiting = []
                self.emit("row", row=row)
                yield row

    def row(self, units: list[Scored]) -> Row:
        """Return the row of a candidate's folds."""
        model, seconds = units[0].model, sum(unit.seconds for unit in units)
        reasons = [unit.failed for unit in units if unit.failed is not None]
        if reasons:
            return leaderboard.unfinished(model, self.task, "failed", reasons[0], seconds)
        if any(unit.is_skipped for unit in units):
            done = sum(not unit.is_skipped for unit in units)
            reason = Text("experiment.stopped", done=done, folds=len(units), budget=self.plan.budget)
            return leaderboard.unfinished(model, self.task, "stopped", reason, seconds)
        self.folds[model] = [unit.metrics for unit in units if unit.metrics is not None]
        return leaderboard.finished(model, self.task, self.folds[model], seconds)

    def decided(self, rows: list[Row]) -> tuple[list[Row], Fitted | None]:
        """Rank the rows and refit the best; one that cannot be refitted has failed, and the next is the best."""
        while True:
            board = leaderboard.ranked(rows, self.sort)
            best = next((row for row in board if row["rank"] == 1), None)
            board = leaderboard.with_ties(board, self.folds, self.sort, self.splits.test_share)
            if best is None:
                return board, None
            try:
                return board, self.refitted(best)
            except Exception as problem:  # noqa: BLE001 whatever a library raises here is the reason in this candidate's row
                failed = leaderboard.unfinished(best["model"], self.task, "failed", failure_text(problem), best["seconds"])
                rows = [failed if row["model"] == best["model"] else row for row in rows]

    def refitted(self, row: Row) -> Fitted:
        """Fit the best on the training part to score it on the hold-out, and beside it on both parts, to keep."""
        with self.race.threads.limit(limits=1, user_api="blas"):
            pool = joblib.Parallel(n_jobs=min(2, joblib.cpu_count()), backend="threading")
            holdout, (made, model) = pool(joblib.delayed(work)(row["model"]) for work in (self.judged, self.whole))
        self.emit("holdout", model=row["model"], metrics=holdout)
        chosen = candidate(self.task, row["model"])
        return Fitted(
            estimator=chosen.id,
            title=row["title"],
            family=chosen.family,
            program=made.program,
            model=model,
            task=self.task,
            labels=self.table.labels,
            event=self.table.event,
            metrics=row["metrics"],
            metrics_std=row["metrics_std"],
            holdout=holdout,
            folds=self.folds[chosen.id],
            params=plain(model.get_params()),
        )

    def judged(self, model: str) -> Values:
        """Return the metrics on the hold-out of a model fitted on the training part."""
        made, fitted = self.fitted_on(model, (self.splits.train, self.splits.test))
        return score(fitted, made, self.table.y[self.splits.test], self.task, len(self.table.labels))

    def whole(self, model: str) -> tuple[Prepared, Any]:
        """Return a model fitted on every row."""
        everything = np.arange(len(self.table.y))
        return self.fitted_on(model, (everything, everything[:0]))

    def fitted_on(self, model: str, split: Split) -> tuple[Prepared, Any]:
        """Return a model fitted on a split's training rows, with its preparation."""
        chosen = candidate(self.task, model)
        made = prepared(self.table, chosen.family, split)
        with self.race.threads.limit(limits=1, user_api="openmp"):
            return made, fit(self.make(model), chosen, made, self.table.y[split[0]])


def plain(params: dict[str, Any]) -> dict[str, Any]:
    """Return those of an estimator's parameters that JSON can hold."""
    return {name: value for name, value in params.items() if value is None or isinstance(value, str | int | float | bool)}


def make_estimator(experiment: Any, model: str) -> Any:
    """Return a fresh estimator as PyCaret makes it, on one thread and silent."""
    container = experiment._all_models[model]
    made = container.class_def(**container.args)
    if "n_jobs" in made.get_params():
        made.set_params(n_jobs=1)
    if model == "lightgbm":
        # Row-wise gives the same trees and saves LightGBM's own timing of both ways in every fit.
        made.set_params(verbose=-1, force_row_wise=True)
    return made


def set_up(table: Table, plan: Plan) -> Any:
    """Return a PyCaret experiment that has split the table's rows."""
    experiment = experiment_class(plan.task is not Task.REGRESSION)()
    # PyCaret would import 26 optional packages to log their versions: most of the time its set-up takes.
    experiment._check_environment = lambda: None
    rows = pd.DataFrame({"row": np.arange(len(table.y), dtype=float), "target": table.y})
    return experiment.setup(
        rows,
        target="target",
        session_id=plan.seed,
        train_size=plan.train_size,
        fold=plan.folds,
        preprocess=False,
        verbose=False,
        html=False,
        n_jobs=1,
        system_log=False,
        memory=False,
    )


def splits_of(experiment: Any, table: Table, plan: Plan) -> Splits:
    """Return PyCaret's own hold-out and folds, or ours where groups or time decide."""
    assert plan.task is not None
    if plan.group is None and plan.time is None:
        train, test = (part.index.to_numpy() for part in (experiment.X_train, experiment.X_test))
        inner = experiment.fold_generator.split(experiment.X_train, experiment.y_train)
        return Splits(train, test, [(train[a], train[b]) for a, b in inner])
    settings: dict[str, Any] = {"seed": plan.seed, "task": plan.task}
    train, test = strategies.holdout(table.y, train_size=plan.train_size, group=table.group, time=table.time, **settings)
    group, moment = (None if values is None else values[train] for values in (table.group, table.time))
    inner = strategies.folds(table.y[train], k=plan.folds, group=group, time=moment, **settings)
    if not len(train) or not all(len(a) for a, _ in inner):
        raise ExperimentError("error.experiment.groups_over_time", group=plan.group, time=plan.time)
    return Splits(train, test, [(train[a], train[b]) for a, b in inner])


@functools.cache
def experiment_class(is_classification: bool) -> Any:
    """Return PyCaret's experiment class; importing it takes seconds, so a process may call this ahead of time."""
    # Or PyCaret opens a file `logs.log` in whatever folder the process stands in.
    os.environ.setdefault("PYCARET_CUSTOM_LOGGING_PATH", os.devnull)
    with quiet():
        if is_classification:
            from pycaret.classification import ClassificationExperiment as Experiment
        else:
            from pycaret.regression import RegressionExperiment as Experiment
    return Experiment


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep to themselves the warnings of PyCaret, Matplotlib and the candidates: what fails is a row, what does not is no news.

    Matplotlib reports deprecations of its parser as log lines, one for each of its style files. PyCaret, once imported, sends
    every warning of the process to a log of its own; what `warnings` was before comes back at the end.
    """
    styles = logging.getLogger("matplotlib.style.core")
    level = styles.level
    styles.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        styles.setLevel(level)
