"""A score that is too good is doubted aloud, an honest one is not."""

from __future__ import annotations

import pytest

from workbench.evaluation.metrics import nothing
from workbench.experiment import leaderboard
from workbench.experiment.leaderboard.suspicion import is_too_good, marked, suspicion
from workbench.task import Task
from workbench.words import Text


def row(model: str, task: Task, **metrics: float) -> dict:
    return leaderboard.finished(model, task, [nothing(task) | metrics], 1.0)


@pytest.mark.parametrize(
    ("task", "sort", "value", "base", "is_doubted"),
    [
        (Task.BINARY, "AUC", 0.991, 0.5, True),
        (Task.BINARY, "AUC", 0.985, 0.5, False),
        (Task.REGRESSION, "R2", 0.995, 0.0, True),
        (Task.REGRESSION, "R2", 0.98, 0.0, False),
        (Task.REGRESSION, "RMSE", 9.0, 100.0, True),
        (Task.REGRESSION, "RMSE", 11.0, 100.0, False),
        (Task.REGRESSION, "MSE", 0.9, 100.0, True),
        (Task.REGRESSION, "MSE", 9.0, 100.0, False),
        (Task.BINARY, "Accuracy", 0.99, 0.92, False),
        (Task.BINARY, "Accuracy", 0.999, 0.92, True),
        (Task.BINARY, "Accuracy", 1.0, 1.0, False),
    ],
)
def test_a_score_is_doubted_by_what_is_left_of_the_baselines_error(
    task: Task, sort: str, value: float, base: float, is_doubted: bool
) -> None:
    assert is_too_good(row("lr", task, **{sort: value}), row("dummy", task, **{sort: base}), sort) is is_doubted


def test_the_auc_is_looked_at_whatever_ranks() -> None:
    assert is_too_good(row("lr", Task.BINARY, AUC=0.999, F1=0.5), None, "F1")


def test_what_failed_is_not_doubted() -> None:
    broken = leaderboard.unfinished("lr", Task.BINARY, "failed", Text("experiment.no_memory"), 0.0)
    assert not is_too_good(broken, None, "AUC")


def test_the_warning_names_the_model_the_score_and_the_baseline() -> None:
    rows = [row("rf", Task.BINARY, AUC=0.999), row("lr", Task.BINARY, AUC=0.995), row("dt", Task.BINARY, AUC=0.7)]
    base = row("dummy", Task.BINARY, AUC=0.5)
    board = marked(rows, base, "AUC")
    assert [one["too_good"] for one in board] == [True, True, False]
    told = suspicion(board, base, "AUC", Task.BINARY)
    assert told is not None
    assert told.say("en").startswith("Random forest has AUC 0.9990 (the baseline, which looks at no column, has 0.5000).")
    assert told.say("en").endswith("One more model scores as well.")
    assert "ほかに 1 モデル" in told.say("ja")
    assert suspicion(board[2:], base, "AUC", Task.BINARY) is None
