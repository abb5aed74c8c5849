"""The table as a comparison sees it: rows that have a target, columns that can be learned from, the target as numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl

from workbench.data.kinds import Kind, kind_of
from workbench.evaluation.entities import entities
from workbench.evaluation.folds import Split
from workbench.experiment.drawing import drawn
from workbench.experiment.plan import Label, Plan, distinct, event_label, present_rows
from workbench.experiment.plan.columns import check_left, finite, why_excluded
from workbench.experiment.plan.switches import SUITED, Switches
from workbench.task import Task


class Own(Protocol):
    """A preparation that all families share."""

    def prepared(self, table: Table, split: Split) -> Learnt:
        """Return what it learns from a split's training rows."""


@dataclass(frozen=True)
class Learnt:
    """A preparation and what it makes of a split."""

    program: dict[str, Any]
    train: np.ndarray
    valid: np.ndarray
    y: np.ndarray | None = None
    """The targets of the training rows where some were left out or added; None where they are the split's."""
    is_shared: bool = False
    """Whether every family gets the same: no column is a category then, and most of many columns' numbers are 0."""


@dataclass(frozen=True)
class Table:
    """What models are fitted on."""

    features: pl.DataFrame
    kinds: dict[str, Kind]
    y: np.ndarray
    """Class codes (binary: 1 is the event), or numbers."""
    labels: list[Label]
    """The label of each code; empty for regression."""
    event: Label | None
    excluded: list[dict[str, Any]]
    """Columns left out, each with the reason."""
    set_aside: int
    """Rows without a target."""
    group: np.ndarray | None
    time: np.ndarray | None
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    """Which rows of the frame these are, counted from 0."""
    switches: Switches = SUITED
    is_weighted: bool = False
    """Whether every class counts the same, however rare."""
    seed: int = 0
    own: Own | None = None
    """PyCaret's own preparation, where it is wanted instead of what suits each family."""


def table_of(frame: pl.DataFrame, plan: Plan) -> Table:
    """Return the table of a checked plan.

    Raises
    ------
    ExperimentError
        If no column is left to learn from.
    """
    known = present_rows(frame.get_column(plan.target))
    kept = frame.filter(known)
    reasons = {name: reason for name in kept.columns if (reason := why_excluded(kept.get_column(name), plan))}
    left_out = {plan.target, *plan.ignore, *reasons}
    features = kept.select([finite(kept.get_column(name)) for name in kept.columns if name not in left_out])
    if not features.columns:  # also where the columns of a checked plan were narrowed
        check_left(plan, frame)
    target = kept.get_column(plan.target)
    labels, event = labels_of(target, plan)
    whole = Table(
        features=features,
        kinds={name: kind_of(features.get_column(name)) for name in features.columns},
        y=codes(target, labels) if labels else target.cast(pl.Float64).to_numpy(),
        labels=labels,
        event=event,
        excluded=[{"column": name, "reason": reason.to_dict()} for name, reason in reasons.items()],
        set_aside=frame.height - kept.height,
        group=None if plan.group is None else groups_of(kept, plan.group, plan),
        time=None if plan.time is None else kept.get_column(plan.time).to_physical().to_numpy(),
        rows=np.flatnonzero(known.to_numpy()),
        switches=plan.switches,
        is_weighted=plan.class_weight == "balanced",
        seed=plan.seed,
    )
    if plan.sample is None or len(whole.y) <= plan.sample:
        return whole
    return part_of(whole, drawn(whole.y, plan.sample, plan.seed, is_classes=bool(labels), group=whole.group))


def part_of(table: Table, kept: np.ndarray) -> Table:
    """Return some rows of a table."""
    group, time = (None if values is None else values[kept] for values in (table.group, table.time))
    return dataclasses.replace(
        table, features=table.features[kept], y=table.y[kept], group=group, time=time, rows=table.rows[kept]
    )


def groups_of(kept: pl.DataFrame, group: str, plan: Plan) -> np.ndarray:
    """Return the name of each row's group; rows without one are a group of their own."""
    return entities(kept.get_column(group), plan.group_part).cast(pl.String).fill_null("").to_numpy()


def labels_of(target: pl.Series, plan: Plan) -> tuple[list[Label], Label | None]:
    """Return the label of each class code: the other label, then the event; of several classes in sort order."""
    if plan.task is Task.REGRESSION:
        return [], None
    labels = distinct(target)
    if plan.task is Task.MULTICLASS:
        return labels, None
    event = event_label(str(plan.event), labels)
    return sorted(labels, key=lambda label: label == event), event


def codes(target: pl.Series, labels: Sequence[Label]) -> np.ndarray:
    """Return the position of each row's label."""
    place = {label: code for code, label in enumerate(labels)}
    return np.array([place[label] for label in target.to_list()], dtype=np.int64)
