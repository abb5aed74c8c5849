"""The table as a comparison sees it: rows that have a target, columns that can be learned from, the target as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workbench.data.kinds import Kind, kind_of
from workbench.errors import ExperimentError
from workbench.evaluation.entities import entities
from workbench.experiment.plan import Label, Plan, distinct, event_label, present_rows
from workbench.task import Task
from workbench.words import Text


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


def table_of(frame: pl.DataFrame, plan: Plan) -> Table:
    """Return the table of a checked plan.

    Raises
    ------
    ExperimentError
        If no column is left to learn from.
    """
    kept = frame.filter(present_rows(frame.get_column(plan.target)))
    reasons = {name: reason for name in kept.columns if (reason := why_excluded(kept.get_column(name), plan))}
    left_out = {plan.target, *plan.ignore, *reasons}
    features = kept.select([finite(kept.get_column(name)) for name in kept.columns if name not in left_out])
    if not features.columns:
        raise ExperimentError("error.experiment.no_features", target=plan.target)
    target = kept.get_column(plan.target)
    labels, event = labels_of(target, plan)
    return Table(
        features=features,
        kinds={name: kind_of(features.get_column(name)) for name in features.columns},
        y=codes(target, labels) if labels else target.cast(pl.Float64).to_numpy(),
        labels=labels,
        event=event,
        excluded=[{"column": name, "reason": reason.to_dict()} for name, reason in reasons.items()],
        set_aside=frame.height - kept.height,
        group=None if plan.group is None else groups_of(kept, plan.group, plan),
        time=None if plan.time is None else kept.get_column(plan.time).to_physical().to_numpy(),
    )


def groups_of(kept: pl.DataFrame, group: str, plan: Plan) -> np.ndarray:
    """Return the name of each row's group; rows without one are a group of their own."""
    return entities(kept.get_column(group), plan.group_part).cast(pl.String).fill_null("").to_numpy()


def why_excluded(column: pl.Series, plan: Plan) -> Text | None:
    """Return why a column is no feature, or None for one that is, or that was never to be one."""
    if column.name == plan.target or column.name in plan.ignore:
        return None
    if column.name == plan.group:
        return Text("experiment.excluded.group")
    if column.name == plan.time:
        return Text("experiment.excluded.time")
    if finite(column).null_count() == len(column):
        return Text("experiment.excluded.blank")
    if column.n_unique() == 1:
        return Text("experiment.excluded.constant", value=str(column[0]))
    return Text("experiment.excluded.text") if kind_of(column) == "text" else None


def finite(column: pl.Series) -> pl.Series:
    """Return a column in which what is no finite number is blank."""
    return column.set(~column.is_finite(), None) if column.dtype.is_float() else column


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
