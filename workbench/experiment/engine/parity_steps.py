"""PyCaret's steps beyond single columns, as operations of a program: columns chosen, bent, scaled, mixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import ExperimentError
from workbench.experiment.engine.asking import Asked
from workbench.experiment.engine.parity_head import COLUMN_WISE, Head, kind

Operation = dict[str, Any]

SELECTORS = frozenset(("RemoveMulticollinearity", "VarianceThreshold"))


@dataclass(frozen=True)
class FittedSteps:
    """Steps in their order, and what they made of the training rows."""

    head: Head
    """Those that work on columns one by one."""
    features: pd.DataFrame
    """The training rows."""
    y: pd.Series
    """Their targets after all steps."""
    tail: Sequence[Any] = ()
    """Those from the first other one on which new rows go through, too."""
    after_head: pd.DataFrame | None = None
    """The training rows after the head; None where nothing comes after it."""
    table: pd.DataFrame | None = None
    """The training rows after all steps; None where nothing comes after the head."""
    keeps_rows: bool = True
    """Whether no step left training rows out or added some."""

    def learnt(self, places: np.ndarray) -> pd.DataFrame:
        """Return some of the training rows after all steps that new rows go through, too."""
        if self.table is not None and self.keeps_rows:
            return self.table.iloc[places]
        return run(self.tail, self.head.learnt(self.features, places))


def fitted(steps: Sequence[Any], features: pd.DataFrame, y: pd.Series, asked: Sequence[Asked]) -> FittedSteps:
    """Fit steps one after the other, as PyCaret's pipeline does.

    Parameters
    ----------
    steps : sequence
        Fresh ones; they are fitted in place.
    features : pandas.DataFrame
        The training rows.
    y : pandas.Series
        Their targets.
    asked : sequence of Asked
        What the columns are.
    """
    cut = next((place for place, step in enumerate(steps) if kind(step) not in COLUMN_WISE), len(steps))
    head = Head(steps[:cut], features, y, asked)
    if cut == len(steps):
        return FittedSteps(head, features, y)
    after_head = table = head.learnt(features)
    for step in steps[cut:]:
        made = step.fit(table, y).transform(table, y)
        table, y = made if isinstance(made, tuple) else (made, y)
    tail = [step for step in steps[cut:] if not is_for_training(step)]
    return FittedSteps(head, features, y, tail, after_head, table, len(tail) == len(steps) - cut)


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
    """Return some rows after a fitted step, and the operations that say what it does.

    Raises
    ------
    ExperimentError
        If no operation says it.
    """
    result, name = run([step], table.copy()), kind(step)
    where = {column: place for place, column in enumerate(table.columns)}
    if name in SELECTORS:
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
