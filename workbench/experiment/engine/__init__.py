"""The engine of a comparison: PyCaret's hold-out, folds and models, run by our own race.

It runs in a process of its own (a job's child, the command line), never in one that serves: PyCaret changes its process.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import joblib
import numpy as np
import polars as pl

from workbench.bundle.fitted import Fitted
from workbench.errors import ExperimentError
from workbench.evaluation.folds import Split
from workbench.evaluation.metrics import Values
from workbench.experiment import leaderboard
from workbench.experiment.candidates import BASELINE, Candidate, candidate
from workbench.experiment.engine.around import Around
from workbench.experiment.engine.caret import Splits, make_estimator, quiet, set_up, splits_of, with_own
from workbench.experiment.engine.memory import MemoryGate, Room
from workbench.experiment.engine.sampling import sampled
from workbench.experiment.engine.sizing import sized
from workbench.experiment.leaderboard import Comparison, Row
from workbench.experiment.leaderboard.standing import beside_best
from workbench.experiment.plan import Plan
from workbench.experiment.plan.estimators import estimator_settings
from workbench.experiment.race import Prepared, Race, failure_text, fit, prepared, score
from workbench.experiment.race.units import Scored
from workbench.experiment.table import Table, table_of
from workbench.jobs import container
from workbench.words import Text

Emit = Callable[..., None]
ALONE = Around()


def compare(frame: pl.DataFrame, plan: Plan, *, emit: Emit, around: Around = ALONE) -> Comparison:
    """Compare the plan's candidates on a table and refit the best.

    Parameters
    ----------
    frame : polars.DataFrame
        The whole table; rows without a target are set aside.
    plan : Plan
        What to do; `Plan.checked` fills and checks it.
    emit : callable
        Told of everything as it happens: ``started``, ``fold``, ``baseline``, ``row``, ``sorted``, ``memory``, ``finishing``,
        ``holdout``, each with its fields.
    around : Around, optional
        Where finished folds are kept and the memory there is.

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
    with quiet():
        table, plan, fits = sized(table_of(frame, plan), plan, around, emit)
        return Comparer(table, plan, emit, started, around, fits).run()


class Comparer:
    """One comparison on its way."""

    def __init__(
        self,
        table: Table,
        plan: Plan,
        emit: Emit,
        started: float,
        around: Around = ALONE,
        fits: Room | None = None,
    ) -> None:
        assert plan.task is not None
        assert plan.sort is not None
        self.table, self.plan, self.emit, self.started, self.around = table, plan, emit, started, around
        self.task, self.sort = plan.task, plan.sort
        try:
            experiment = set_up(table, plan)
            self.splits = splits_of(experiment, table, plan)
            if plan.preprocessing == "pycaret":
                self.table = table = with_own(table, plan, self.splits)
        except ExperimentError:
            raise
        except Exception as problem:
            # What PyCaret and scikit-learn refuse is about the table and the plan: an analyst's to know, not a crash.
            raise ExperimentError("error.experiment.set_up", problem=" ".join(str(problem).split())) from problem
        self.make = functools.partial(make_estimator, experiment, settings=estimator_settings(plan, len(table.y)))
        deadline = None if plan.budget is None else started + plan.budget
        self.failed = dict(around.failed) if around.failed_rows in (None, len(table.y)) else {}
        self.workers = fits.workers if fits else container.processors()
        self.gate = MemoryGate(around.memory, lambda text: emit("memory", text=text), around.end)
        until = deadline if around.begins else -math.inf
        self.race = Race(table, self.task, self.splits.folds, self.make, until, around.kept, self.gate, self.failed)
        if fits:
            self.race.prepared.most_bytes = min(self.race.prepared.most_bytes, fits.kept_bytes)
        self.folds: dict[str, list[Values]] = {}

    def run(self) -> Comparison:
        """Race, rank, refit the best, with an eye on memory."""
        with self.gate.watched():
            return self.compared()

    def compared(self) -> Comparison:
        """Race, rank, refit the best."""
        runners = sorted((candidate(self.task, model) for model in self.plan.models), key=lambda c: c.cost)
        self.announce()
        rows = list(self.rows(self.race.run(runners[:1], workers=self.workers)))
        baseline = self.baseline(runners[0])
        rows += self.rows(self.race.run(runners[1:], workers=self.workers))
        seconds = time.perf_counter() - self.started
        self.sort = leaderboard.usable_sort(rows, self.sort, self.task)
        if self.sort != self.plan.sort:
            self.emit("sorted", wanted=self.plan.sort, used=self.sort)
        board, fitted = self.decided(rows)
        return Comparison(
            plan=dataclasses.replace(self.plan, sort=self.sort),
            leaderboard=leaderboard.with_holdout(board, fitted.holdout if fitted else None),
            baseline=beside_best(baseline, board, self.sort, self.splits.test_share) or baseline,
            best=leaderboard.best_of(board),
            recommended=leaderboard.recommended(board, self.task),
            fitted=fitted,
            features=self.table.features.columns,
            excluded=self.table.excluded,
            set_aside=self.table.set_aside,
            rows=len(self.table.y),
            seconds=seconds,
            test_share=self.splits.test_share,
            splits=self.splits.hash,
        )

    def announce(self) -> None:
        """Say what is about to happen."""
        self.emit(
            "started",
            models=list(self.plan.models),
            folds=len(self.splits.folds),
            workers=self.workers,
            kept=len(self.race.known),
            failed=sorted(self.failed),
            rows=len(self.table.y),
            features=len(self.table.features.columns),
            set_aside=self.table.set_aside,
            excluded=self.table.excluded,
            plan=self.plan.to_dict(),
            test_share=self.splits.test_share,
        )

    def baseline(self, first: Candidate) -> Row:
        """Return the row of a model that looks at no feature, on the folds prepared for another; it is never stopped."""
        race = Race(self.table, self.task, self.splits.folds, self.make, kept=self.around.kept, gate=self.gate)
        race.prepared = self.race.prepared
        looks_at_nothing = dataclasses.replace(candidate(self.task, BASELINE), family=first.family)
        row = self.row(list(race.run([looks_at_nothing], workers=self.workers)))
        self.emit("baseline", row=row)
        return row

    def rows(self, units: Iterator[Scored]) -> Iterator[Row]:
        """Yield each candidate's row when its last fold is in."""
        waiting: list[Scored] = []
        for unit in units:
            if unit.metrics is not None:
                self.emit("fold", **self.told(unit))
            waiting.append(unit)
            if len(waiting) == len(self.splits.folds):
                row = self.row(waiting)
                waiting = []
                self.emit("row", row=row)
                yield row

    def told(self, unit: Scored) -> dict[str, Any]:
        """Return what is said of a finished fold."""
        seconds = {name: round(getattr(unit, name), 3) for name in ("seconds", "fit_seconds", "predict_seconds")}
        was_kept = (unit.model, unit.fold) in self.race.known
        return {
            "model": unit.model,
            "fold": unit.fold,
            "metrics": unit.metrics,
            **seconds,
            "memory": container.taken(),
            "kept": was_kept,
        }

    def row(self, units: list[Scored]) -> Row:
        """Return the row of a candidate's folds."""
        model, seconds = units[0].model, sum(unit.seconds for unit in units)
        reasons = [unit.failed for unit in units if unit.failed is not None]
        if reason := next(iter(reasons), self.failed.get(model)):
            return leaderboard.unfinished(model, self.task, "failed", reason, seconds)
        if any(unit.is_skipped for unit in units):
            done = sum(not unit.is_skipped for unit in units)
            ran_out = self.plan.budget is not None and self.around.begins
            reason = Text("experiment.stopped" if ran_out else "experiment.unfinished", done=done, folds=len(units))
            if ran_out:
                reason.values["budget"] = self.plan.budget
            return leaderboard.unfinished(model, self.task, "stopped", reason, seconds)
        self.folds[model] = [unit.metrics for unit in units if unit.metrics is not None]
        return leaderboard.finished(
            model,
            self.task,
            self.folds[model],
            seconds,
            fit_seconds=sum(unit.fit_seconds for unit in units),
            predict_seconds=sum(unit.predict_seconds for unit in units),
            size=next((unit.size for unit in units if unit.size is not None), None),
        )

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
        self.emit("finishing", model=row["model"])
        with self.race.threads.limit(limits=1, user_api="blas"):
            pool = joblib.Parallel(n_jobs=min(2, self.workers), backend="threading")
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
            return made, fit(self.make(model), chosen, made, self.table.y[split[0]], is_weighted=self.table.is_weighted)


def splits(frame: pl.DataFrame, plan: Plan) -> tuple[Table, Splits]:
    """Return what a comparison by a plan learns from and how it splits the rows; nothing is fitted."""
    comparer = again(frame, plan)
    return comparer.table, comparer.splits


def again(frame: pl.DataFrame, plan: Plan) -> Comparer:
    """Return a comparison as its plan had it, before anything runs: the same rows, the same splits.

    Raises
    ------
    ExperimentError
        If the table and the plan do not go together.
    """
    started = time.perf_counter()
    plan = plan.checked(frame)
    with quiet():
        return Comparer(sampled(table_of(frame, plan), plan.sample, plan.seed), plan, ignored, started)


def ignored(kind: str, **fields: Any) -> None:
    """Tell nobody."""


def plain(params: dict[str, Any]) -> dict[str, Any]:
    """Return those of an estimator's parameters that JSON can hold."""
    return {name: value for name, value in params.items() if value is None or isinstance(value, str | int | float | bool)}
