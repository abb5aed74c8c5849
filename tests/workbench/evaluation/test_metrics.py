"""Metrics equal scikit-learn's, and what cannot be computed is None."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics as reference

from workbench.evaluation import metrics
from workbench.task import Task
from workbench.words import LANGUAGES


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


def test_binary_metrics_are_those_of_the_event(random: np.random.Generator) -> None:
    y, p = random.integers(0, 2, 80), random.random(80)
    label = (p > 0.5).astype(int)
    found = metrics.classification(y, label, classes=2, probabilities=np.column_stack([1 - p, p]))
    assert found == {
        "Accuracy": reference.accuracy_score(y, label),
        "AUC": reference.roc_auc_score(y, p),
        "Recall": reference.recall_score(y, label),
        "Prec.": reference.precision_score(y, label),
        "F1": reference.f1_score(y, label),
        "Kappa": reference.cohen_kappa_score(y, label),
        "MCC": reference.matthews_corrcoef(y, label),
    }


def test_a_decision_function_ranks_two_classes(random: np.random.Generator) -> None:
    y, score = random.integers(0, 2, 60), random.normal(size=60)
    found = metrics.classification(y, (score > 0).astype(int), classes=2, score=score)
    assert found["AUC"] == reference.roc_auc_score(y, score)


def test_multiclass_auc_is_each_class_against_the_rest(random: np.random.Generator) -> None:
    y, p = random.integers(0, 3, 90), random.dirichlet(np.ones(3), 90)
    found = metrics.classification(y, p.argmax(1), classes=3, probabilities=p)
    assert found["AUC"] == pytest.approx(reference.roc_auc_score(y, p, multi_class="ovr", average="weighted"), abs=1e-12)
    assert found["Recall"] == reference.recall_score(y, p.argmax(1), average="weighted")


def test_multiclass_auc_without_probabilities_is_none_and_not_zero(random: np.random.Generator) -> None:
    y = random.integers(0, 3, 90)
    found = metrics.classification(y, y, classes=3, score=random.random((90, 3)))
    assert found["AUC"] is None
    assert found["Accuracy"] == 1.0


# scikit-learn warns of what is not defined; that it becomes None is what is tested.
@pytest.mark.filterwarnings("ignore:A single label was found", "ignore:invalid value encountered")
def test_auc_of_a_fold_with_one_class_is_none() -> None:
    one = np.zeros(5, int)
    assert metrics.classification(one, one, classes=2, probabilities=np.full((5, 2), 0.5))["AUC"] is None


def test_regression_metrics_equal_scikit_learn(random: np.random.Generator) -> None:
    y = random.random(50) + 1
    p = y + random.normal(0, 0.1, 50)
    found = metrics.regression(y, p)
    assert found == {
        "MAE": reference.mean_absolute_error(y, p),
        "MSE": reference.mean_squared_error(y, p),
        "RMSE": math.sqrt(reference.mean_squared_error(y, p)),
        "R2": reference.r2_score(y, p),
        "RMSLE": math.sqrt(reference.mean_squared_log_error(y, p)),
        "MAPE": reference.mean_absolute_percentage_error(y, p),
    }


def test_rmsle_of_negative_numbers_is_none_and_mape_leaves_zeros_out() -> None:
    found = metrics.regression(np.array([0.0, 2.0, 4.0]), np.array([-1.0, 1.0, 4.0]))
    assert found["RMSLE"] is None
    assert found["MAPE"] == 0.25


def test_a_summary_is_over_the_folds_that_have_the_metric() -> None:
    means, spreads = metrics.summary([{"AUC": 0.5}, {"AUC": None}, {"AUC": 0.7}], ["AUC"])
    assert means["AUC"] == pytest.approx(0.6)
    assert spreads["AUC"] == pytest.approx(0.1)
    assert metrics.summary([{"AUC": None}], ["AUC"]) == ({"AUC": None}, {"AUC": None})


@pytest.mark.parametrize("task", list(Task))
def test_every_metric_has_a_name_and_a_meaning_in_both_languages(task: Task) -> None:
    for metric in metrics.METRICS[task]:
        assert all(metrics.title(metric).say(lang) and metrics.about(metric).say(lang) for lang in LANGUAGES)


def test_errors_are_better_when_smaller() -> None:
    assert metrics.greater_is_better("R2")
    assert not metrics.greater_is_better("MAE")
