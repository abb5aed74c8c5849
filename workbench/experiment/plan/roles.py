"""Whether a table's group and time can split its rows as a plan asks, and the refusals where they cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import polars as pl

from workbench.errors import ExperimentError
from workbench.evaluation import folds as strategies
from workbench.evaluation.entities import entities
from workbench.experiment.plan.columns import present_rows
from workbench.task import Task


class OfRows(Protocol):
    """What a plan says about the splitting of rows."""

    @property
    def target(self) -> str:
        """The column to predict."""

    @property
    def task(self) -> Task | None:
        """What is predicted."""

    @property
    def group(self) -> str | None:
        """Which rows belong together."""

    @property
    def group_part(self) -> dict[str, str] | None:
        """The part of the group's column that counts."""

    @property
    def time(self) -> str | None:
        """Which rows come later."""

    @property
    def folds(self) -> int:
        """Into how many parts the training rows are cut."""

    @property
    def train_size(self) -> float:
        """The training part's share."""

    @property
    def seed(self) -> int:
        """Fixes the shuffling."""


def check_roles(plan: OfRows, frame: pl.DataFrame) -> None:
    """Refuse a group with too few groups to tell apart, a time that is none, and folds that would have no rows.

    Parameters
    ----------
    plan : OfRows
        Its settings are within their bounds, its columns in the table, and its task is known.
    frame : polars.DataFrame
        The whole table.

    Raises
    ------
    ExperimentError
        Says what cannot work.
    """
    kept = frame.filter(present_rows(frame.get_column(plan.target)))
    if plan.group is not None:
        check_part(kept.get_column(plan.group), plan.group_part)
        groups = entities(kept.get_column(plan.group), plan.group_part).n_unique()
        if int(groups * plan.train_size) < plan.folds:
            raise ExperimentError("error.experiment.too_few_groups", group=plan.group, groups=groups, folds=plan.folds)
    if plan.time is not None:
        check_time(kept.get_column(plan.time), plan)
        check_folds(kept, plan)


def check_time(time: pl.Series, plan: OfRows) -> None:
    """Refuse a time by which rows cannot be put in an order, or that has too few moments."""
    if not (time.dtype.is_temporal() or time.dtype.is_numeric()):
        raise ExperimentError("error.experiment.not_a_time", time=time.name)
    if blank := len(time) - int(present_rows(time).sum()):
        raise ExperimentError("error.experiment.time_blank", time=time.name, count=blank)
    if time.n_unique() < 2 * plan.folds:
        raise ExperimentError("error.experiment.too_few_times", time=time.name, times=time.n_unique(), folds=plan.folds)


def check_folds(kept: pl.DataFrame, plan: OfRows) -> None:
    """Refuse a split over time that leaves a fold without rows to learn from, or with rows of one class only."""
    assert plan.task is not None
    assert plan.time is not None
    group = None if plan.group is None else numbered(entities(kept.get_column(plan.group), plan.group_part))
    y = numbered(kept.get_column(plan.target)) if plan.task.is_classification else np.zeros(kept.height)
    _, made = strategies.split(
        y,
        k=plan.folds,
        train_size=plan.train_size,
        seed=plan.seed,
        task=plan.task,
        group=group,
        time=kept.get_column(plan.time).to_physical().to_numpy(),
    )
    if plan.group is not None and (not made or not all(len(train) for train, _ in made)):
        raise ExperimentError("error.experiment.groups_over_time", group=plan.group, time=plan.time)
    if len(made) < 2:
        raise ExperimentError("error.experiment.one_moment", time=plan.time)
    if len(made) < plan.folds:
        raise ExperimentError("error.experiment.bunched", time=plan.time, possible=len(made), folds=plan.folds)
    if plan.task.is_classification and any(len(np.unique(y[train])) < 2 for train, _ in made):
        raise ExperimentError("error.experiment.one_class_early", target=plan.target, time=plan.time)


def numbered(column: pl.Series) -> np.ndarray:
    """Return a number for each value of a column, blanks counted as one more value."""
    return column.cast(pl.String).fill_null("").rank("dense").to_numpy()


def check_part(column: pl.Series, part: Mapping[str, str] | None) -> None:
    """Refuse a part of a key whose separator is nowhere: it would be the whole key without anybody noticing."""
    if part is None:
        return
    values = column.drop_nulls().cast(pl.String)
    if not values.str.contains(part["separator"], literal=True).any():
        example = values[0][:40] if len(values) else "–"
        raise ExperimentError("error.decisions.part_nowhere", column=column.name, separator=part["separator"], example=example)
