"""Every number of a comparison is scikit-learn's on the same out-of-fold predictions, whatever the task, labels and folds."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from workbench.evaluation.folds import folds, holdout
from workbench.experiment import leaderboard
from workbench.experiment.candidates import candidate
from workbench.experiment.plan import Plan
from workbench.experiment.race import Race
from workbench.experiment.race.units import Judged, Scored, joined, packed, unpacked
from workbench.experiment.table import Table, table_of
from workbench.task import Task

CLASSIFIERS = {
    "dummy": DummyClassifier,
    "lr": LogisticRegression,
    "ridge": RidgeClassifier,
    "nb": GaussianNB,
    "dt": lambda: DecisionTreeClassifier(max_depth=3, random_state=0),
}
REGRESSORS = {
    "dummy": DummyRegressor,
    "lr": LinearRegression,
    "dt": lambda: DecisionTreeRegressor(max_depth=3, random_state=0),
}
LABELS: list[list[Any]] = [
    ["いいえ", "はい"],
    [0, 1],
    [1, 2],
    [False, True],
    ["Z, [a]", 'a "b"'],
    ["低", "中", "高"],
    [3, 1, 2],
    ["w", "x", "y", "z"],
]
QUIET = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def frames(draw: st.DrawFn, *, is_number: bool) -> tuple[pl.DataFrame, str | None]:
    """A small table, blanks and a rare class among it, with the event's label as text, or none."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(40, 90))
    x = random.normal(size=(rows, 2))
    features = {
        "x": x[:, 0],
        "z": np.where(random.random(rows) < 0.1, np.nan, x[:, 1]),
        "c": random.choice(["a", "b", "c"], rows),
    }
    if is_number:
        kind = draw(st.sampled_from(["plain", "positive", "zeros", "wide"]))
        y = x[:, 0] + random.normal(size=rows)
        y = {"plain": y, "positive": np.exp(y), "zeros": np.maximum(y, 0).round(1), "wide": y * 1e9}[kind]
        return pl.DataFrame(features | {"y": y}), None
    labels = draw(st.sampled_from(LABELS))
    shares = np.array(draw(st.sampled_from([[1.0] * 4, [0.15, 1, 1, 1]]))[: len(labels)])
    place = random.choice(len(labels), rows, p=shares / shares.sum())
    place[: 4 * len(labels)] = np.tile(np.arange(len(labels)), 4)  # each class often enough to be compared at all
    event = draw(
        st.sampled_from([None, *(str(label).lower() if label is True or label is False else str(label) for label in labels)])
    )
    return pl.DataFrame(features | {"y": pl.Series([labels[p] for p in place])}), event if len(labels) == 2 else None


def truth(task: Task, labels: list[Any], event: Any, judged: Judged) -> dict[str, float | None]:
    """Return what scikit-learn says of labels, as a person would ask it; None where nothing is defined."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return of_numbers(judged) if task is Task.REGRESSION else of_labels(labels, event, judged)


def of_numbers(judged: Judged) -> dict[str, float | None]:
    y, p, some = judged.y, judged.prediction, judged.y != 0
    is_positive = (y >= 0).all() and (p >= 0).all()
    return {
        "MAE": reference.mean_absolute_error(y, p),
        "MSE": reference.mean_squared_error(y, p),
        "RMSE": math.sqrt(reference.mean_squared_error(y, p)),
        "R2": reference.r2_score(y, p),
        "RMSLE": math.sqrt(reference.mean_squared_log_error(y, p)) if is_positive else None,
        "MAPE": reference.mean_absolute_percentage_error(y[some], p[some]) if some.any() else None,
    }


def of_labels(labels: list[Any], event: Any, judged: Judged) -> dict[str, float | None]:
    names = np.array([str(label) for label in labels])
    y, p = names[judged.y], names[judged.prediction]
    several = len(labels) > 2
    how: dict[str, Any] = {"average": "weighted"} if several else {"pos_label": str(event)}
    has_event = several or str(event) in y
    kappa = reference.cohen_kappa_score(y, p)
    return {
        "Accuracy": reference.accuracy_score(y, p),
        "AUC": several_area(names, y, judged) if several else two_area(str(event), names, y, judged),
        "Recall": reference.recall_score(y, p, zero_division=0, **how) if has_event else None,
        "Prec.": reference.precision_score(y, p, zero_division=0, **how),
        "F1": reference.f1_score(y, p, zero_division=0, **how) if has_event else None,
        "Kappa": None if math.isnan(kappa) else kappa,
        "MCC": reference.matthews_corrcoef(y, p),
    }


def two_area(event: str, names: np.ndarray, y: np.ndarray, judged: Judged) -> float | None:
    if len(set(y)) < 2:
        return None
    chance = judged.score if judged.probabilities is None else judged.probabilities[:, list(names).index(event)]
    return reference.roc_auc_score(y == event, chance)


def several_area(names: np.ndarray, y: np.ndarray, judged: Judged) -> float | None:
    if judged.probabilities is None or len(set(y)) < 2:
        return None
    if len(set(y)) == len(names):
        order = np.argsort(names)
        chances = judged.probabilities[:, order] / judged.probabilities.sum(axis=1, keepdims=True)
        return reference.roc_auc_score(y, chances, multi_class="ovr", average="weighted", labels=names[order])
    each = {name: reference.roc_auc_score(y == name, judged.probabilities[:, list(names).index(name)]) for name in set(y)}
    return float(np.average(list(each.values()), weights=[(y == name).sum() for name in each]))


def raced(frame: pl.DataFrame, plan: Plan, k: int, group: np.ndarray | None = None) -> tuple[Table, dict[str, list[Scored]]]:
    plan = plan.checked(frame)
    table = table_of(frame, plan)
    makers: dict[str, Any] = CLASSIFIERS if table.labels else REGRESSORS
    assert plan.task is not None
    splits = folds(table.y, k=k, seed=1, task=plan.task, group=group)
    race = Race(table, plan.task, splits, lambda model: makers[model]())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        units = list(race.run([candidate(plan.task, model) for model in makers], workers=1))
    return table, {model: [unit for unit in units if unit.model == model] for model in makers}


def close(found: dict[str, float | None], expected: dict[str, float | None]) -> bool:
    """Tell whether two sets of metrics are the same to the last digits, blanks included."""
    return found.keys() == expected.keys() and all(
        (value is None and expected[name] is None)
        or (
            value is not None
            and expected[name] is not None
            and math.isclose(value, expected[name], rel_tol=1e-12, abs_tol=1e-15)
        )
        for name, value in found.items()
    )


def assert_true(table: Table, task: Task, found: dict[str, list[Scored]]) -> None:
    for model, units in found.items():
        assert [unit.failed.say("en") for unit in units if unit.failed] == []
        each = [truth(task, table.labels, table.event, unit.judged) for unit in units if unit.judged]
        for unit, expected in zip(units, each, strict=True):
            assert unit.metrics is not None
            assert close(unit.metrics, expected), (model, unit.fold, unit.metrics, expected)
        row = leaderboard.finished(model, task, [unit.metrics for unit in units if unit.metrics], 1.0)
        for name, mean in row["metrics"].items():
            known = [fold[name] for fold in each if fold[name] is not None]
            if known:
                assert math.isclose(mean, np.mean(known), rel_tol=1e-12, abs_tol=1e-15)
                assert math.isclose(row["metrics_std"][name], np.std(known), rel_tol=1e-9, abs_tol=1e-12)
            else:
                assert (mean, row["metrics_std"][name]) == (None, None)


@QUIET
@given(frames(is_number=False), st.integers(2, 4))
def test_every_metric_of_classes_is_scikit_learn_s_for_any_labels_and_event(
    made: tuple[pl.DataFrame, str | None], k: int
) -> None:
    frame, event = made
    table, found = raced(frame, Plan("y", event=event, folds=k), k)
    if event is not None:
        assert str(table.event).lower() == event.lower()
    assert_true(table, Task.BINARY if len(table.labels) == 2 else Task.MULTICLASS, found)


@QUIET
@given(frames(is_number=True), st.integers(2, 4))
def test_every_metric_of_numbers_is_scikit_learn_s(made: tuple[pl.DataFrame, str | None], k: int) -> None:
    table, found = raced(made[0], Plan("y", task=Task.REGRESSION, folds=k), k)
    assert_true(table, Task.REGRESSION, found)


@settings(QUIET, max_examples=6)
@given(st.integers(0, 1000), st.booleans())
def test_folds_that_lack_a_class_have_blanks_and_the_same_numbers_where_there_are_any(seed: int, several: bool) -> None:
    """Groups decide the folds, and a class lives in one group: folds judge without it, and one trains without it."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(6), 10)
    rare = (group == 0) & (np.arange(60) % 2 == 0)
    usual = random.choice(["x", "y"], 60) if several else np.full(60, "x")
    frame = pl.DataFrame({"a": random.normal(size=60), "b": random.normal(size=60), "y": np.where(rare, "rare", usual)})
    table, found = raced(frame, Plan("y", event=None if several else "rare", folds=3), 3, group)
    task = Task.MULTICLASS if several else Task.BINARY
    failed = {model: [unit for unit in units if unit.failed] for model, units in found.items()}
    # Some libraries refuse to train on one class; then there is a reason, and no number.
    assert all(unit.metrics is None for units in failed.values() for unit in units)
    assert_true(table, task, {model: units for model, units in found.items() if not failed[model] and units[0].metrics})
    blank = [
        unit for unit in found["dummy"] if unit.judged is not None and not (unit.judged.y == table.labels.index("rare")).any()
    ]
    if not several:
        assert blank
        assert all((unit.metrics or {})[name] is None for unit in blank for name in ("AUC", "Recall", "F1"))


def test_what_is_kept_of_a_fold_is_the_fold() -> None:
    random = np.random.default_rng(5)
    frame = pl.DataFrame({"x": random.normal(size=60), "y": random.choice(["a", "b"], 60)})
    table, found = raced(frame, Plan("y", folds=3), 3)
    back = [unpacked(packed(unit, stamp="s")) for unit in found["lr"]]
    units = [one[0] for one in back if one]
    assert [unit.metrics for unit in units] == [unit.metrics for unit in found["lr"]]
    whole = joined(units)
    assert sorted(whole.rows.tolist()) == list(range(60))
    assert np.array_equal(whole.y, table.y[whole.rows])
    for fold, unit in enumerate(found["lr"]):
        mine, judged = whole.fold == fold, unit.judged
        assert judged is not None
        again = Judged(whole.rows[mine], whole.y[mine], whole.prediction[mine], (whole.probabilities)[mine])  # type: ignore[index]
        assert close(unit.metrics or {}, truth(Task.BINARY, table.labels, table.event, again))


@settings(QUIET, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(12, 40), st.booleans(), st.booleans())
def test_no_group_is_ever_on_both_sides(seed: int, groups: int, is_number: bool, by_time: bool) -> None:
    random = np.random.default_rng(seed)
    group = random.integers(0, groups, 400)
    y = random.normal(size=400) if is_number else random.integers(0, 2, 400)
    task = Task.REGRESSION if is_number else Task.BINARY
    time = group * 1000 + random.integers(0, 900, 400) if by_time else None
    train, test = holdout(y, train_size=0.7, seed=1, task=task, group=group, time=time)
    assert not set(group[train]) & set(group[test])
    inner = folds(y[train], k=3, seed=1, task=task, group=group[train], time=None if time is None else time[train])
    for a, b in inner:
        assert not set(group[train][a]) & set(group[train][b])
        assert not set(train[a]) & set(test)
        if time is not None:
            assert len(a) == 0 or time[train][a].max() <= time[train][b].min()
