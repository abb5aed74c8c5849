"""A blank metric says why it is blank."""

from __future__ import annotations

from workbench.evaluation.metrics import nothing
from workbench.experiment.leaderboard.blanks import blanks
from workbench.task import Task


def full(task: Task) -> dict[str, float | None]:
    return dict.fromkeys(nothing(task), 0.5)


def test_nothing_is_said_where_every_fold_has_every_metric() -> None:
    assert blanks(Task.BINARY, [full(Task.BINARY)] * 3) == {}


def test_a_model_without_probabilities_has_no_auc_of_several_classes() -> None:
    found = blanks(Task.MULTICLASS, [full(Task.MULTICLASS) | {"AUC": None}] * 2)
    assert list(found) == ["AUC"]
    assert "no probabilities" in found["AUC"].say("en")
    assert "確率" in found["AUC"].say("ja")


def test_a_metric_of_some_folds_says_of_how_many() -> None:
    found = blanks(Task.BINARY, [full(Task.BINARY), full(Task.BINARY) | {"AUC": None}, full(Task.BINARY)])
    assert found["AUC"].say("en").startswith("It is the mean of 2 of 3 folds. ")
    assert "3 分割中 2 分割" in found["AUC"].say("ja")


def test_errors_that_need_positive_values_say_so() -> None:
    found = blanks(Task.REGRESSION, [full(Task.REGRESSION) | {"RMSLE": None, "MAPE": None}])
    assert "negative" in found["RMSLE"].say("en")
    assert "every value is 0" in found["MAPE"].say("en")
