"""What a finished comparison hands over: an estimator with its preparation and how well it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.task import Task


@dataclass(frozen=True)
class Fitted:
    """A fitted estimator that takes bare arrays, with the program that makes them."""

    estimator: str
    """The candidate's id, such as ``lr``."""
    title: str
    family: str
    """``linear``, ``tree`` or ``native``: which preparation suits it and which explanation it has."""
    program: dict[str, Any]
    model: Any
    """Fitted on `replay.prepare(program, frame)`; a classifier's classes are positions in `labels`."""
    task: Task
    labels: list[Any] = field(default_factory=list)
    """The target's original values in the order of the classes; binary: the other, then the event. Empty for regression."""
    event: Any = None
    metrics: dict[str, float | None] = field(default_factory=dict)
    metrics_std: dict[str, float | None] = field(default_factory=dict)
    holdout: dict[str, float | None] = field(default_factory=dict)
    folds: list[dict[str, float | None]] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
