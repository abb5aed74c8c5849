"""Rows of a leaderboard: ranked by the metric's direction, what did not finish last."""

from __future__ import annotations

from workbench.evaluation.metrics import Values, nothing
from workbench.experiment import leaderboard
from workbench.task import Task
from workbench.words import Text


def scored(model: str, task: Task, **metrics: float | None) -> dict:
    return leaderboard.finished(model, task, [nothing(task) | metrics, nothing(task) | metrics], 1.0)


def failed(model: str) -> dict:
    return leaderboard.unfinished(model, Task.BINARY, "failed", Text("experiment.failed", problem="boom"), 0.1)


def test_a_row_has_exactly_the_promised_keys() -> None:
    keys = ["model", "title", "status", "reason", "metrics", "metrics_std", "seconds", "rank", "tied_with_best"]
    assert list(scored("lr", Task.BINARY, AUC=0.7)) == list(failed("dt")) == keys


def test_the_best_is_first_and_the_failed_last_without_a_rank() -> None:
    rows = [
        failed("dt"),
        scored("ridge", Task.BINARY, AUC=None),
        scored("lr", Task.BINARY, AUC=0.6),
        scored("rf", Task.BINARY, AUC=0.7),
    ]
    board = leaderboard.ranked(rows, "AUC")
    assert [(row["model"], row["rank"]) for row in board] == [("rf", 1), ("lr", 2), ("ridge", None), ("dt", None)]
    assert leaderboard.best_of(board) == "rf"
    assert board[-1]["metrics"] == nothing(Task.BINARY)


def test_a_smaller_error_ranks_first() -> None:
    rows = [scored("lr", Task.REGRESSION, MAE=3.0), scored("dt", Task.REGRESSION, MAE=2.0)]
    assert leaderboard.best_of(leaderboard.ranked(rows, "MAE")) == "dt"


def test_the_simplest_of_those_that_cannot_be_told_apart_is_recommended() -> None:
    values = {"rf": [0.80, 0.70, 0.90], "lr": [0.79, 0.71, 0.88], "dt": [0.40, 0.30, 0.50]}
    folds: dict[str, list[Values]] = {m: [nothing(Task.BINARY) | {"AUC": v} for v in vs] for m, vs in values.items()}
    board = leaderboard.ranked([leaderboard.finished(m, Task.BINARY, f, 1.0) for m, f in folds.items()], "AUC")
    board = leaderboard.with_ties(board, folds, "AUC", 0.5)
    assert {row["model"]: row["tied_with_best"] for row in board} == {"rf": True, "lr": True, "dt": False}
    assert leaderboard.recommended(board, Task.BINARY) == "lr"


def test_nothing_finished_means_no_best() -> None:
    board = leaderboard.with_ties(leaderboard.ranked([failed("lr")], "AUC"), {}, "AUC", 0.5)
    assert leaderboard.best_of(board) is None
    assert leaderboard.recommended(board, Task.BINARY) is None


def test_models_without_the_wanted_metric_are_ranked_by_one_they_have() -> None:
    rows = [scored("svm", Task.MULTICLASS, AUC=None, Accuracy=0.6), scored("ridge", Task.MULTICLASS, AUC=None, Accuracy=0.7)]
    assert leaderboard.usable_sort(rows, "AUC", Task.MULTICLASS) == "Accuracy"
    assert leaderboard.usable_sort([*rows, scored("lr", Task.MULTICLASS, AUC=0.5)], "AUC", Task.MULTICLASS) == "AUC"
    assert leaderboard.usable_sort([failed("lr")], "AUC", Task.BINARY) == "AUC"
