"""The models that can be compared, under PyCaret's ids, each with the family whose preparation suits it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Literal

from workbench.task import Task
from workbench.words import Text

Family = Literal["linear", "tree", "native"]

# The baseline that every comparison has beside its leaderboard: it looks at no feature.
BASELINE = "dummy"
# Offered only where they are installed.
OPTIONAL = ("xgboost", "catboost")


@dataclass(frozen=True)
class Candidate:
    """One kind of model."""

    id: str
    family: Family
    cost: int
    """The order of running: cheap ones first, so that the first result is on the screen soon."""
    kind: Literal["classification", "regression"]
    is_default: bool = False
    most_rows: int | None = None
    """It needs a matrix of rows by rows: more rows than this do not fit into memory."""

    @property
    def title(self) -> Text:
        """Its name for the screen."""
        return title(self.id, self.kind)


def title(model: str, kind: str) -> Text:
    """Return a model's name for the screen; `kind` is ``classification`` or ``regression``."""
    return Text(f"candidate.{kind}.{model}")


# Simplest first: among models that the folds cannot tell apart, the first of this order is recommended. One formula or
# one tree that a person can read, then what keeps its rows or many trees, then what nobody can read.
CLASSIFIERS = (
    Candidate("lr", "linear", 5, "classification", is_default=True),
    Candidate("ridge", "linear", 2, "classification"),
    Candidate("lda", "linear", 3, "classification"),
    Candidate("nb", "linear", 1, "classification"),
    Candidate("dt", "tree", 4, "classification", is_default=True),
    Candidate("svm", "linear", 7, "classification", is_default=True),
    Candidate("knn", "linear", 9, "classification"),
    Candidate("qda", "linear", 8, "classification"),
    Candidate("ada", "tree", 12, "classification"),
    Candidate("gbc", "tree", 13, "classification"),
    Candidate("lightgbm", "native", 6, "classification", is_default=True),
    Candidate("xgboost", "native", 6, "classification"),
    Candidate("catboost", "native", 13, "classification"),
    Candidate("rf", "tree", 11, "classification", is_default=True),
    Candidate("et", "tree", 10, "classification"),
    Candidate("mlp", "linear", 14, "classification"),
    Candidate("rbfsvm", "linear", 15, "classification"),
    Candidate("gpc", "linear", 16, "classification", most_rows=5_000),
)
REGRESSORS = (
    Candidate("lr", "linear", 1, "regression", is_default=True),
    Candidate("ridge", "linear", 1, "regression", is_default=True),
    Candidate("lasso", "linear", 2, "regression"),
    Candidate("en", "linear", 2, "regression"),
    Candidate("lar", "linear", 2, "regression"),
    Candidate("llar", "linear", 2, "regression"),
    Candidate("omp", "linear", 2, "regression"),
    Candidate("br", "linear", 3, "regression"),
    Candidate("ard", "linear", 13, "regression"),
    Candidate("huber", "linear", 5, "regression"),
    Candidate("par", "linear", 4, "regression"),
    Candidate("ransac", "linear", 7, "regression"),
    Candidate("tr", "linear", 14, "regression"),
    Candidate("dt", "tree", 4, "regression", is_default=True),
    Candidate("knn", "linear", 8, "regression"),
    Candidate("ada", "tree", 12, "regression"),
    Candidate("gbr", "tree", 11, "regression"),
    Candidate("lightgbm", "native", 6, "regression", is_default=True),
    Candidate("xgboost", "native", 6, "regression"),
    Candidate("catboost", "native", 12, "regression"),
    Candidate("rf", "tree", 10, "regression", is_default=True),
    Candidate("et", "tree", 9, "regression"),
    Candidate("svm", "linear", 15, "regression"),
    Candidate("kr", "linear", 15, "regression", most_rows=15_000),
    Candidate("mlp", "linear", 14, "regression"),
)
CANDIDATES: dict[Task, tuple[Candidate, ...]] = {
    Task.BINARY: CLASSIFIERS,
    Task.MULTICLASS: CLASSIFIERS,
    Task.REGRESSION: REGRESSORS,
}


def offered(task: Task) -> tuple[Candidate, ...]:
    """Return the candidates of a task that can run here, simplest first."""
    return tuple(c for c in CANDIDATES[task] if c.id not in OPTIONAL or importlib.util.find_spec(c.id) is not None)


def default_models(task: Task) -> tuple[str, ...]:
    """Return the ids compared when nobody says which: one or two of every kind, none of them slow."""
    return tuple(c.id for c in CANDIDATES[task] if c.is_default)


def candidate(task: Task, model: str) -> Candidate:
    """Return one candidate of a task by its id; the baseline too."""
    if model == BASELINE:
        return Candidate(BASELINE, "tree", 0, "classification" if task.is_classification else "regression")
    return next(c for c in CANDIDATES[task] if c.id == model)


def simplest(task: Task, models: frozenset[str]) -> str | None:
    """Return the simplest of some models."""
    return next((c.id for c in CANDIDATES[task] if c.id in models), None)
