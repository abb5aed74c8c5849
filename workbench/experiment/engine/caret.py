"""What PyCaret gives a comparison: its hold-out, folds, models and preparation. The only importer of PyCaret.

PyCaret swaps globals of its own and of scikit-learn while it works: this module runs in a process of its own (a job's
child, the command line), never in one that serves. PyCaret is handed row numbers and the target's codes only, on which
its splits depend, and where its own preparation is wanted the features in disguise; no text of the table ever reaches it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import ExperimentError
from workbench.evaluation import folds as strategies
from workbench.evaluation.folds import Split
from workbench.experiment.engine import parity
from workbench.experiment.plan import Plan
from workbench.experiment.table import Table
from workbench.task import Task


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

    @property
    def hash(self) -> str:
        """Tells these folds from others: of the same table, equal hashes are equal rows in every fold."""
        made = hashlib.blake2b(digest_size=16)
        for part in (self.train, self.test, *(rows for fold in self.folds for rows in fold)):
            made.update(len(part).to_bytes(8, "little") + np.ascontiguousarray(part, dtype=np.int64).tobytes())
        return made.hexdigest()


def make_estimator(experiment: Any, model: str, settings: Mapping[str, Mapping[str, Any]] | None = None) -> Any:
    """Return a fresh estimator as PyCaret makes it but for some settings, on one thread and silent."""
    container = experiment._all_models[model]
    made = container.class_def(**container.args | dict((settings or {}).get(model, {})))
    if "n_jobs" in made.get_params():
        made.set_params(n_jobs=1)
    if model == "lightgbm":
        # Row-wise gives the same trees and saves LightGBM's own timing of both ways in every fit.
        made.set_params(verbose=-1, force_row_wise=True)
    return made


def set_up(table: Table, plan: Plan) -> Any:
    """Return a PyCaret experiment that has split the table's rows."""
    rows = pd.DataFrame({"row": np.arange(len(table.y), dtype=float), "target": table.y})
    return experiment_of(plan).setup(rows, **settings_of(plan), preprocess=False, train_size=plan.train_size)


def with_own(table: Table, plan: Plan, splits: Splits) -> Table:
    """Return a table that is prepared as PyCaret does it, one way for every model."""
    disguised = parity.disguise(table.features, table.kinds)
    whole = disguised.frame.assign(target=table.y)
    # Which column is encoded how is decided here, and nothing of the hold-out may be looked at for it.
    train, test = (whole.iloc[rows] for rows in (splits.train, splits.test))
    experiment = experiment_of(plan)
    decide(experiment, train, **settings_of(plan), test_data=test, **parity.options(plan.switches))
    return dataclasses.replace(table, own=parity.Parity(disguised, experiment))


class DecidedError(Exception):
    """PyCaret has decided which steps its preparation has."""


def decide(experiment: Any, frame: pd.DataFrame, **settings: Any) -> None:
    """Let PyCaret decide which steps its preparation has, and none of them be fitted: each fold fits its own.

    After the decision its set-up would fit them and put the whole table through several times, to show its new shape.
    """
    imputation = experiment._simple_imputation

    def stop(*_: Any) -> None:
        raise DecidedError

    def imputed(*how: Any) -> None:
        imputation(*how)
        experiment.pipeline.fit = stop

    experiment._simple_imputation = imputed
    with contextlib.suppress(DecidedError):
        experiment.setup(frame, **settings)
    del experiment.pipeline.fit


def experiment_of(plan: Plan) -> Any:
    """Return a PyCaret experiment that is not set up."""
    experiment = experiment_class(plan.task is not Task.REGRESSION)()
    # PyCaret would import 26 optional packages to log their versions: most of the time its set-up takes.
    experiment._check_environment = lambda: None
    return experiment


def settings_of(plan: Plan) -> dict[str, Any]:
    """Return what every set-up of a plan has: its target and folds, and nothing shown, logged or kept."""
    silent = {"verbose": False, "html": False, "n_jobs": 1, "system_log": False, "memory": False}
    return {"target": "target", "session_id": plan.seed, "fold": plan.folds, **silent}


def splits_of(experiment: Any, table: Table, plan: Plan) -> Splits:
    """Return PyCaret's own hold-out and folds, or ours where groups or time decide."""
    assert plan.task is not None
    if plan.group is None and plan.time is None:
        train, test = (part.index.to_numpy() for part in (experiment.X_train, experiment.X_test))
        inner = experiment.fold_generator.split(experiment.X_train, experiment.y_train)
        return Splits(train, test, [(train[a], train[b]) for a, b in inner])
    settings: dict[str, Any] = {"k": plan.folds, "train_size": plan.train_size, "seed": plan.seed, "task": plan.task}
    (train, test), made = strategies.split(table.y, group=table.group, time=table.time, **settings)
    if not made or not all(len(a) for a, _ in made):
        raise ExperimentError("error.experiment.groups_over_time", group=plan.group, time=plan.time)
    return Splits(train, test, made)


@functools.cache
def experiment_class(is_classification: bool) -> Any:
    """Return PyCaret's experiment class; importing it takes seconds."""
    # Or PyCaret opens a file `logs.log` in whatever folder the process stands in.
    os.environ.setdefault("PYCARET_CUSTOM_LOGGING_PATH", os.devnull)
    with quiet():
        if is_classification:
            from pycaret.classification import ClassificationExperiment as Experiment
            from pycaret.containers.models import classification as models
        else:
            from pycaret.containers.models import regression as models
            from pycaret.regression import RegressionExperiment as Experiment
    # Each set-up makes every model's grid for tuning eight times over: a second of rounding numbers that are always the same.
    models.np_list_arange = functools.cache(models.np_list_arange)
    return Experiment


def get_ready() -> None:
    """Import PyCaret and let it set up a tiny table, because much of it is imported only then."""
    rows = pd.DataFrame({"row": np.arange(20.0), "target": np.arange(20) % 2})
    for task in (Task.BINARY, Task.REGRESSION):
        plan = Plan("target", task=task, folds=2)
        with quiet():
            experiment_of(plan).setup(rows, **settings_of(plan), preprocess=False)


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
