"""Why a score is not there: a metric that cannot be computed is blank, and the reason stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.evaluation.metrics import METRICS, Values
from workbench.task import Task
from workbench.words import Text


def blanks(task: Task, folds: Sequence[Values]) -> dict[str, Text]:
    """Return why metrics are blank, in all folds or in some, by metric; a metric that every fold has is not named.

    Parameters
    ----------
    task : Task
        What is predicted.
    folds : sequence of dict
        The metrics of each fold of a candidate that finished.
    """
    found = {}
    for name in METRICS[task]:
        missing = sum(fold.get(name) is None for fold in folds)
        if missing:
            why = reason(task, name, in_all=missing == len(folds))
            known = len(folds) - missing
            found[name] = Text("leaderboard.blank.some", why=why, known=known, folds=len(folds)) if known else why
    return found


def reason(task: Task, metric: str, *, in_all: bool) -> Text:
    """Return why one metric has no value."""
    if metric == "AUC" and task is Task.MULTICLASS and in_all:
        return Text("leaderboard.blank.no_probabilities")
    if metric == "AUC":
        return Text("leaderboard.blank.one_class")
    if metric in ("RMSLE", "MAPE", "R2"):
        return Text(f"leaderboard.blank.{metric}")
    return Text("leaderboard.blank.undefined")
