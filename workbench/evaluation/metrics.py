"""The metrics of a comparison, under the names PyCaret's tables use; what cannot be computed is None, never 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from sklearn import metrics

from workbench.task import Task
from workbench.words import Text

CLASSIFICATION = ("Accuracy", "AUC", "Recall", "Prec.", "F1", "Kappa", "MCC")
REGRESSION = ("MAE", "MSE", "RMSE", "R2", "RMSLE", "MAPE")
METRICS: dict[Task, tuple[str, ...]] = {
    Task.BINARY: CLASSIFICATION,
    Task.MULTICLASS: CLASSIFICATION,
    Task.REGRESSION: REGRESSION,
}
ERRORS = frozenset({"MAE", "MSE", "RMSE", "RMSLE", "MAPE"})

Values = dict[str, float | None]


def greater_is_better(metric: str) -> bool:
    """Tell whether a larger value of a metric is the better one."""
    return metric not in ERRORS


def default_metric(task: Task) -> str:
    """Return the metric that ranks a comparison when nothing else is asked for."""
    return "AUC" if task.is_classification else "R2"


def title(metric: str) -> Text:
    """Return a metric's name for the screen."""
    return Text(f"metric.{metric}.title")


def about(metric: str) -> Text:
    """Return one sentence on what a metric says."""
    return Text(f"metric.{metric}.about")


def nothing(task: Task) -> Values:
    """Return every metric of a task without a value: what a candidate that did not finish has."""
    return dict.fromkeys(METRICS[task])


def classification(
    y: np.ndarray,
    predicted: np.ndarray,
    *,
    classes: int,
    probabilities: np.ndarray | None = None,
    score: np.ndarray | None = None,
) -> Values:
    """Return the metrics of predicted classes.

    Parameters
    ----------
    y, predicted : numpy.ndarray
        True and predicted class codes from 0; of two classes, 1 is the event.
    classes : int
        How many classes there are.
    probabilities : numpy.ndarray, optional
        One column a class.
    score : numpy.ndarray, optional
        The decision function of a model without probabilities: it ranks two classes, but not several.

    Returns
    -------
    dict
        Recall, precision and F1 are the event's, or the average over the classes weighted by their rows. Where no row is the
        event there is nothing to recall, which is no recall of 0.
    """
    average = "binary" if classes == 2 else "weighted"
    has_event = classes != 2 or bool((y == 1).any())
    each: dict[str, Callable[[], float | None]] = {
        "Accuracy": lambda: metrics.accuracy_score(y, predicted),
        "AUC": lambda: area(y, classes=classes, probabilities=probabilities, score=score),
        "Recall": lambda: metrics.recall_score(y, predicted, average=average, zero_division=0) if has_event else None,
        "Prec.": lambda: metrics.precision_score(y, predicted, average=average, zero_division=0),
        "F1": lambda: metrics.f1_score(y, predicted, average=average, zero_division=0) if has_event else None,
        "Kappa": lambda: metrics.cohen_kappa_score(y, predicted),
        "MCC": lambda: metrics.matthews_corrcoef(y, predicted),
    }
    return {name: attempt(each[name]) for name in CLASSIFICATION}


def area(y: np.ndarray, *, classes: int, probabilities: np.ndarray | None, score: np.ndarray | None) -> float | None:
    """Return the area under the ROC curve; of several classes each against the rest, weighted by its rows."""
    if classes == 2:
        rank = probabilities[:, 1] if probabilities is not None else score
        return None if rank is None else metrics.roc_auc_score(y, rank)
    if probabilities is None:
        return None
    present, rows = np.unique(y, return_counts=True)
    return float(np.average([metrics.roc_auc_score(y == c, probabilities[:, c]) for c in present], weights=rows))


def regression(y: np.ndarray, predicted: np.ndarray) -> Values:
    """Return the metrics of predicted numbers.

    RMSLE has no value where the target or a prediction is negative. MAPE leaves out rows whose target is 0, as PyCaret does.
    """
    some, unit = y != 0, unit_of(y, predicted)
    whole, said = (y, predicted) if unit == 1 else (y / unit, predicted / unit)
    each: dict[str, Callable[[], float | None]] = {
        "MAE": lambda: metrics.mean_absolute_error(y, predicted),
        "MSE": lambda: squared_error(y, predicted),
        "RMSE": lambda: unit * math.sqrt(metrics.mean_squared_error(whole, said)),
        "R2": lambda: metrics.r2_score(whole, said) if len(y) > 1 else None,
        "RMSLE": lambda: math.sqrt(metrics.mean_squared_log_error(y, predicted)),
        "MAPE": lambda: metrics.mean_absolute_percentage_error(y[some], predicted[some]) if some.any() else None,
    }
    return {name: attempt(each[name]) for name in REGRESSION}


def unit_of(*numbers: np.ndarray) -> float:
    """Return what numbers are divided by before they are squared: 1, unless their squares would be infinite or vanish."""
    most = max(float(np.abs(each).max(initial=0)) for each in numbers)
    return most if most and not 1e-150 < most < 1e150 else 1.0


def squared_error(y: np.ndarray, predicted: np.ndarray) -> float | None:
    """Return the mean squared error, or None where there are errors but their squares are too small for a number."""
    found = metrics.mean_squared_error(y, predicted)
    return None if found == 0 and bool((y != predicted).any()) else found


def attempt(compute: Callable[[], float | None]) -> float | None:
    """Return a metric, or None where scikit-learn says it is not defined."""
    try:
        value = compute()
    except ValueError:
        return None
    return float(value) if value is not None and math.isfinite(value) else None


def summary(folds: Sequence[Mapping[str, float | None]], names: Iterable[str]) -> tuple[Values, Values]:
    """Return the mean and the standard deviation of each metric over the folds that have it."""
    means: Values = {}
    spreads: Values = {}
    for name in names:
        values = [value for fold in folds if (value := fold[name]) is not None]
        unit = unit_of(np.array(values))
        means[name] = unit * float(np.mean(values if unit == 1 else np.array(values) / unit)) if values else None
        spreads[name] = unit * float(np.std(values if unit == 1 else np.array(values) / unit)) if values else None
    return means, spreads
