"""PyCaret's steps beyond single columns, as operations of a program: columns chosen, bent, scaled, mixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import ExperimentError

Operation = dict[str, Any]

# What works on each column by itself, so that asking says it all.
COLUMN_WISE = frozenset(
    (
        "CleanColumnNames",
        "ExtractDateTimeFeatures",
        "OneHotEncoder",
        "OrdinalEncoder",
        "RareCategoryGrouping",
        "SimpleImputer",
        "TargetEncoder",
    )
)
SELECTORS = frozenset(("RemoveMulticollinearity", "VarianceThreshold"))


def kind(step: Any) -> str:
    """Return what a step is inside PyCaret's wrapper."""
    return type(step.transformer).__name__


@dataclass(frozen=True)
class FittedSteps:
    """Steps in their order, and what they made of the training rows."""

    head: list[Any]
    """Those that work on columns one by one."""
    tail: list[Any]
    """Those from the first other one on which new rows go through, too."""
    after_head: pd.DataFrame
    table: pd.DataFrame
    y: pd.Series
    keeps_rows: bool
    """Whether no step left training rows out or added some."""

    @property
    def replayed(self) -> list[Any]:
        """What new rows go through."""
        return self.head + self.tail


def fitted(steps: Sequence[Any], features: pd.DataFrame, y: pd.Series) -> FittedSteps:
    """Fit steps one after the other, as PyCaret's pipeline does.

    Parameters
    ----------
    steps : sequence
        Fresh ones; they are fitted in place.
    features : pandas.DataFrame
        The training rows.
    y : pandas.Series
        Their targets.
    """
    cut = next((place for place, step in enumerate(steps) if kind(step) not in COLUMN_WISE), len(steps))
    table, after_head, keeps_rows = features, features, True
    for place, step in enumerate(steps):
        made = step.fit(table, y).transform(table, y)
        table, y = made if isinstance(made, tuple) else (made, y)
        keeps_rows = keeps_rows and not is_for_training(step)
        after_head = table if place < cut else after_head
    tail = [step for step in steps[cut:] if not is_for_training(step)]
    return FittedSteps(list(steps[:cut]), tail, after_head, table, y, keeps_rows)


def is_for_training(step: Any) -> bool:
    """Tell whether a step only ever touches the rows that are learnt from."""
    return bool(getattr(step, "_train_only", False))


def run(steps: Sequence[Any], frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows after fitted steps."""
    for step in steps:
        made = step.transform(frame)
        frame = made[0] if isinstance(made, tuple) else made
    return frame


def operation(step: Any, table: pd.DataFrame) -> tuple[pd.DataFrame, list[Operation]]:
    """Return the training rows after a fitted step, and the operations that say what it does.

    Raises
    ------
    ExperimentError
        If no operation says it.
    """
    result, name = run([step], table.copy()), kind(step)
    where = {column: place for place, column in enumerate(table.columns)}
    if name in SELECTORS or name in COLUMN_WISE:
        order = [where[column] for column in result.columns]
        return result, [] if order == list(range(len(where))) else [{"op": "take", "at": order}]
    taken = [where[column] for column in (step._include or table.columns)]
    if name not in TRANSFORMERS or (name == "PCA" and taken != list(range(len(where)))):
        raise ExperimentError("error.experiment.parity", step=name)
    if name != "PCA" and list(result.columns) != list(table.columns):
        raise ExperimentError("error.experiment.parity", step=name)
    return result, TRANSFORMERS[name](step.transformer, taken)


def scale(at: list[int], shift: np.ndarray, divisor: np.ndarray) -> list[Operation]:
    """Return one scaling."""
    return [{"op": "scale", "at": at, "shift": shift.tolist(), "scale": divisor.tolist()}]


def standard(made: Any, at: list[int]) -> list[Operation]:
    """Describe scaling to mean 0 and standard deviation 1."""
    return scale(at, np.asarray(made.mean_, float), np.asarray(made.scale_, float))


def minmax(made: Any, at: list[int]) -> list[Operation]:
    """Describe scaling to 0 and 1."""
    divisor = 1.0 / np.asarray(made.scale_, float)
    return scale(at, -np.asarray(made.min_, float) * divisor, divisor)


def maxabs(made: Any, at: list[int]) -> list[Operation]:
    """Describe scaling by the largest, sign aside."""
    return scale(at, np.zeros(len(at)), np.asarray(made.scale_, float))


def robust(made: Any, at: list[int]) -> list[Operation]:
    """Describe scaling by median and quartiles."""
    return scale(at, np.asarray(made.center_, float), np.asarray(made.scale_, float))


def power(made: Any, at: list[int]) -> list[Operation]:
    """Describe Yeo and Johnson's powers."""
    return [{"op": "yeo-johnson", "at": at, "lambdas": np.asarray(made.lambdas_, float).tolist()}]


def quantile(made: Any, at: list[int]) -> list[Operation]:
    """Describe the place among quantiles."""
    return [{"op": "quantile", "at": at, "quantiles": np.asarray(made.quantiles_, float).T.tolist()}]


def components(made: Any, _: list[int]) -> list[Operation]:
    """Describe principal components."""
    return [{"op": "project", "mean": made.mean_.tolist(), "components": made.components_.tolist()}]


TRANSFORMERS: dict[str, Callable[[Any, list[int]], list[Operation]]] = {
    "StandardScaler": standard,
    "MinMaxScaler": minmax,
    "MaxAbsScaler": maxabs,
    "RobustScaler": robust,
    "PowerTransformer": power,
    "QuantileTransformer": quantile,
    "PCA": components,
}
