"""The refits behind a learning curve: the engine's own preparation and models on parts of the training rows.

It brings PyCaret, so it is imported by name where a job works, never by what serves.
"""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from workbench.errors import ExperimentError
from workbench.experiment import engine
from workbench.experiment.candidates import candidate
from workbench.experiment.diagnosis import learning_curve
from workbench.experiment.diagnosis.learning_curve import Judged, Point
from workbench.experiment.engine import caret
from workbench.experiment.engine.sampling import sampled
from workbench.experiment.plan import Plan
from workbench.experiment.race import failure_text, matrix, score
from workbench.experiment.table import table_of


@dataclasses.dataclass(frozen=True)
class Learned:
    """A learning curve."""

    metric: str
    points: Sequence[Point]
    rows: int
    """Rows it was drawn from, of all that have a target."""
    all_rows: int
    is_whole: bool
    """False where the time was over first."""


def learn(frame: pl.DataFrame, plan: Plan, model: str, *, seconds: float, told: Callable[[Point, float], None]) -> Learned:
    """Refit one of a plan's candidates on growing parts of the training rows.

    Parameters
    ----------
    frame : polars.DataFrame
        The whole table.
    plan : Plan
        The comparison's plan; the metric is the one that it ranks by.
    model : str
        One of its candidates.
    seconds : float
        Nothing is begun after them.
    told : callable
        Given each point and how much is done, from 0 to 1.

    Raises
    ------
    ExperimentError
        If the table and the plan do not go together, or the model cannot be fitted.
    """
    started = time.perf_counter()
    plan = dataclasses.replace(plan, models=(model,), budget=None).checked(frame)
    assert plan.sort is not None
    whole = table_of(frame, plan)
    most = min(plan.sample or learning_curve.MOST_ROWS, learning_curve.MOST_ROWS)
    table = sampled(whole, most, plan.seed)
    with caret.quiet():
        comparer = engine.Comparer(table, plan, engine.ignored, started)
        folds = learning_curve.chosen_folds(comparer.splits.folds, table.time is not None)
        sizes = functools.partial(
            parts_of_fold, y=table.y, task=comparer.task, seed=plan.seed, group=table.group, time=table.time
        )
        judge = functools.partial(judged, comparer, model, plan.sort)
        with comparer.race.threads.limit(limits=1, user_api="blas"):
            try:
                points, is_whole = learning_curve.run(folds, sizes, judge, seconds=seconds, told=told)
            except Exception as problem:
                raise ExperimentError("error.diagnosis.refit", problem=failure_text(problem)) from problem
    return Learned(plan.sort, points, len(table.y), len(whole.y), is_whole)


def parts_of_fold(train: np.ndarray, fold: int, *, seed: int, **given: object) -> list[tuple[float, np.ndarray]]:
    """Return the growing parts of one fold; every fold has an order of its own."""
    return learning_curve.parts(train, seed=seed + fold, **given)  # type: ignore[arg-type]


def judged(comparer: engine.Comparer, model: str, metric: str, train: np.ndarray, valid: np.ndarray) -> Judged:
    """Return the metric on the rows a model was fitted on, and on a fold's rows."""
    made, fitted = comparer.fitted_on(model, (train, valid))
    # Prepared as rows to be judged are: what the fit itself saw may have been balanced or cleared of outliers.
    family = candidate(comparer.task, model).family
    seen = dataclasses.replace(made, valid=matrix(made.program, family, comparer.table.features[train]))
    classes = len(comparer.table.labels)
    scores = [
        score(fitted, part, comparer.table.y[rows], comparer.task, classes).get(metric)
        for part, rows in ((seen, train), (made, valid))
    ]
    return scores[0], scores[1]
