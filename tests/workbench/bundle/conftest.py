"""Small real models with a program written by hand, and bundles of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier

from workbench.bundle import Fitted, prepare, write
from workbench.data.signature import Signature
from workbench.task import Task

FEATURES = ["年齢", "収入", "職業", "都道府県", "登録日", "会員"]
TARGETS = {Task.BINARY: "解約", Task.MULTICLASS: "ランク", Task.REGRESSION: "売上"}
LABELS: dict[Task, list[Any]] = {Task.BINARY: ["いいえ", "はい"], Task.MULTICLASS: ["低", "中", "高"], Task.REGRESSION: []}
MODELS: dict[str, Callable[[], Any]] = {
    "lr": lambda: LogisticRegression(max_iter=300),
    "svm": lambda: SGDClassifier(random_state=0),
    "linear": LinearRegression,
    "lightgbm": lambda: LGBMClassifier(n_estimators=15, n_jobs=1, verbose=-1),
    "lightgbm_number": lambda: LGBMRegressor(n_estimators=15, n_jobs=1, verbose=-1),
}


def program_of(frame: pl.DataFrame, *, keep_blanks: bool = False) -> dict[str, Any]:
    """Describe a plain preparation: numbers filled and scaled, flags, one column for each category, parts of dates."""
    columns: list[dict[str, Any]] = [{"kind": "constant", "value": 1.0}]
    for source in ("年齢", "収入", "会員"):
        values = frame.get_column(source).cast(pl.Float64)
        missing = None if keep_blanks else values.mean()
        columns.append({"kind": "number", "source": source, "missing": missing, "shift": values.mean(), "scale": values.std()})
        columns.append({"kind": "missing", "source": source, "shift": 0.0, "scale": 1.0})
    for source in ("職業", "都道府県"):
        values = sorted(frame.get_column(source).drop_nulls().unique())
        for place in range(len(values)):
            outputs = [float(i == place) for i in range(len(values))]
            columns.append(
                {"kind": "table", "source": source, "values": values, "outputs": outputs, "unseen": 0.0, "missing": 0.0}
            )
        codes = [float(i) for i in range(len(values))]
        columns.append({"kind": "table", "source": source, "values": values, "outputs": codes, "unseen": -1.0, "missing": -2.0})
    for part in ("days", "month", "weekday", "hour"):
        columns.append(
            {
                "kind": "date",
                "source": "登録日",
                "part": part,
                "missing": 0.0,
                "shift": 18_500.0 * (part == "days"),
                "scale": 500.0,
            }
        )
    return {"dtype": "float64", "columns": columns}


def fit(frame: pl.DataFrame, task: Task, model: str) -> Fitted:
    """Fit a model on a frame with that program."""
    program = program_of(frame, keep_blanks=model.startswith("lightgbm"))
    target = frame.get_column(TARGETS[task])
    labels = LABELS[task]
    y = np.array([labels.index(v) for v in target]) if labels else target.to_numpy()
    return Fitted(
        estimator=model,
        title=f"Model {model}",
        family="linear",
        program=program,
        model=MODELS[model]().fit(prepare(program, frame), y),
        task=task,
        labels=labels,
        event="はい" if task is Task.BINARY else None,
        metrics={"AUC": np.float64(0.8), "MCC": float("nan")},
        metrics_std={"AUC": 0.02},
        holdout={"AUC": 0.79},
        folds=[{"AUC": 0.81}, {"AUC": 0.79}],
        params={"C": 1.0},
    )


@pytest.fixture(scope="session")
def fitted() -> Callable[..., Fitted]:
    """The factory `fit(frame, task, model)`."""
    return fit


@pytest.fixture(scope="session")
def write_bundle() -> Callable[..., Any]:
    """Write a bundle of a fitted model and return its manifest."""

    def make(folder: Path, fitted: Fitted, frame: pl.DataFrame, **changes: Any) -> Any:
        arguments: dict[str, Any] = {
            "signature": Signature.of(frame, FEATURES),
            "name": "顧客,[x]",
            "plan": {"target": TARGETS[fitted.task], "sort": "AUC", "folds": 2, "preprocessing": "suited"},
            "fingerprint": "f" * 64,
            "now": datetime(2026, 9, 1, 10, 15, tzinfo=UTC),
            "roles": {"target": TARGETS[fitted.task], "exclude": ["顧客番号"]},
        }
        return write(folder, fitted=fitted, frame=frame.select([*FEATURES, TARGETS[fitted.task]]), **(arguments | changes))

    return make


@pytest.fixture
def folder(tmp_path: Path, make_table: Callable[..., pl.DataFrame], write_bundle: Callable[..., Any]) -> Path:
    """A bundle of a small logistic regression."""
    frame = make_table(300, 1)
    write_bundle(tmp_path / "bundle", fit(frame, Task.BINARY, "lr"), frame)
    return tmp_path / "bundle"
