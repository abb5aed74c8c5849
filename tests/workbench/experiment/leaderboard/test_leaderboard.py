"""Rows of a leaderboard: ranked by the metric's direction, what did not finish last, ties, blanks and doubts said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.metrics import Values, nothing
from workbench.experiment import leaderboard
from workbench.experiment.leaderboard import standing
from workbench.experiment.leaderboard.conclusion import conclusion
from workbench.task import Task
from workbench.words import Text

KEYS = ["model", "title", "status", "reason", "metrics", "metrics_std", "seconds", "rank", "tied_with_best"]
NEW_KEYS = ["folds", "difference", "fit_seconds", "predict_seconds", "size", "holdout", "blank", "too_good"]


def scored(model: str, task: Task, **metrics: float | None) -> dict:
    return leaderboard.finished(model, task, [nothing(task) | metrics, nothing(task) | metrics], 1.0)


def over_folds(model: str, values: list[float], task: Task = Task.BINARY, metric: str = "AUC", **more: float) -> dict:
    return leaderboard.finished(model, task, [nothing(task) | {metric: value} for value in values], 1.0, **more)


def failed(model: str) -> dict:
    return leaderboard.unfinished(model, Task.BINARY, "failed", Text("experiment.failed", problem="boom"), 0.1)


def stand(rows: list[dict], sort: str = "AUC", task: Task = Task.BINARY, baseline: dict | None = None) -> standing.Standing:
    return standing.standing(rows, baseline, sort, task=task, test_share=0.25)


def test_a_row_begins_with_the_promised_keys_and_has_the_new_ones_behind_them() -> None:
    assert list(scored("lr", Task.BINARY, AUC=0.7)) == list(failed("dt")) == KEYS + NEW_KEYS


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


def test_the_mean_and_the_spread_are_those_of_the_folds() -> None:
    row = over_folds("lr", [0.7, 0.8, 0.9], fit_seconds=1.23456, size=10)
    assert row["metrics"]["AUC"] == pytest.approx(0.8)
    assert row["metrics_std"]["AUC"] == pytest.approx(np.std([0.7, 0.8, 0.9]))
    assert (row["fit_seconds"], row["predict_seconds"], row["size"]) == (1.235, None, 10)


def test_the_difference_from_the_best_is_the_hand_calculated_one() -> None:
    best, other = [0.80, 0.70, 0.90, 0.75], [0.78, 0.71, 0.86, 0.73]
    rows = stand([over_folds("rf", best), over_folds("lr", other)]).rows
    apart = np.array(other) - np.array(best)
    error = np.std(apart, ddof=1) * np.sqrt(1 / 4 + 0.25)
    half = stats.t.ppf(0.975, 3) * error
    assert rows[0]["difference"] is None
    assert rows[1]["difference"] == pytest.approx(
        {"mean": apart.mean(), "low": apart.mean() - half, "high": apart.mean() + half}
    )
    assert rows[1]["tied_with_best"] is bool(apart.mean() + half >= 0)


def test_the_simplest_of_those_that_cannot_be_told_apart_is_recommended() -> None:
    values = {"rf": [0.80, 0.70, 0.90], "lr": [0.79, 0.71, 0.88], "dt": [0.40, 0.30, 0.50]}
    folds: dict[str, list[Values]] = {m: [nothing(Task.BINARY) | {"AUC": v} for v in vs] for m, vs in values.items()}
    board = leaderboard.ranked([leaderboard.finished(m, Task.BINARY, f, 1.0) for m, f in folds.items()], "AUC")
    board = leaderboard.with_ties(board, folds, "AUC", 0.5)
    assert {row["model"]: row["tied_with_best"] for row in board} == {"rf": True, "lr": True, "dt": False}
    assert leaderboard.recommended(board, Task.BINARY) == "lr"
    told = conclusion(board, None, "lr", "AUC", Task.BINARY)
    assert told is not None
    assert told.say("en").startswith("Take Logistic regression: it is the simplest of the 2 models")
    assert told.say("ja").startswith("ロジスティック回帰をおすすめします。")


def test_a_faster_one_of_the_same_group_is_named() -> None:
    rows = [over_folds("rf", [0.8, 0.7, 0.9], fit_seconds=1.0), over_folds("lr", [0.79, 0.71, 0.88], fit_seconds=9.0)]
    told = stand(rows).conclusion
    assert told is not None
    assert "Random forest, of the same group, is fitted 9.0 times as fast" in told.say("en")


def test_that_nothing_was_learned_is_said() -> None:
    rows = [over_folds("lr", [0.52, 0.48, 0.51])]
    found = stand(rows, baseline=over_folds("dummy", [0.5, 0.5, 0.5]))
    assert found.conclusion is not None
    assert "But none of this can be told from a model that looks at no column" in found.conclusion.say("en")
    assert found.baseline is not None
    assert found.baseline["difference"]["mean"] == pytest.approx(0.5 - 0.51 + 1 / 150)


def test_the_same_rows_stand_otherwise_under_another_metric() -> None:
    rows = [scored("lr", Task.REGRESSION, MAE=3.0, R2=0.9), scored("dt", Task.REGRESSION, MAE=2.0, R2=0.5)]
    assert stand(rows, "R2", Task.REGRESSION).best == "lr"
    assert stand(rows, "MAE", Task.REGRESSION).best == "dt"


def test_rows_of_runs_before_folds_were_kept_are_ranked_without_ties() -> None:
    old = [{key: row[key] for key in KEYS} for row in (scored("lr", Task.BINARY, AUC=0.7), scored("dt", Task.BINARY, AUC=0.6))]
    found = standing.standing(old, None, "AUC", task=Task.BINARY, test_share=None)
    assert (found.best, found.recommended, found.conclusion) == ("lr", None, None)


def test_nothing_finished_means_no_best() -> None:
    board = leaderboard.with_ties(leaderboard.ranked([failed("lr")], "AUC"), {}, "AUC", 0.5)
    assert leaderboard.best_of(board) is None
    assert leaderboard.recommended(board, Task.BINARY) is None


def test_models_without_the_wanted_metric_are_ranked_by_one_they_have() -> None:
    rows = [scored("svm", Task.MULTICLASS, AUC=None, Accuracy=0.6), scored("ridge", Task.MULTICLASS, AUC=None, Accuracy=0.7)]
    assert leaderboard.usable_sort(rows, "AUC", Task.MULTICLASS) == "Accuracy"
    assert leaderboard.usable_sort([*rows, scored("lr", Task.MULTICLASS, AUC=0.5)], "AUC", Task.MULTICLASS) == "AUC"
    assert leaderboard.usable_sort([failed("lr")], "AUC", Task.BINARY) == "AUC"
