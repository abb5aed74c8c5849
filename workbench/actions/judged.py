"""A comparison's candidate with what is known of the rows it was judged on: what every look into it begins with."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from workbench import jobs
from workbench.actions import compare, datasets, held, undiagnosed
from workbench.data import Dataset
from workbench.errors import ColumnNotFound, ExperimentError
from workbench.experiment.diagnosis import confusion as counting
from workbench.experiment.diagnosis.confusion import Chosen
from workbench.experiment.plan import Plan, present_rows
from workbench.experiment.race.oof import Oof
from workbench.experiment.table import codes, labels_of
from workbench.principal import Principal
from workbench.task import Task


@dataclass(frozen=True)
class Subject:
    """One candidate's predictions with what is known about their rows."""

    plan: Plan
    labels: list[Any]
    """The label of each class code; none for numbers."""
    oof: Oof
    dataset: Dataset
    looked_at: dict[int, Chosen] = field(default_factory=dict, compare=False, repr=False)
    """Each class against the rest, once it was looked at: what is computed of it is kept with it."""
    weak: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """The weakest segments by what was asked: looking through every column of a large table takes seconds."""

    @property
    def task(self) -> Task:
        """What is predicted."""
        assert self.plan.task is not None
        return self.plan.task

    @cached_property
    def apart(self) -> np.ndarray:
        """Real less predicted."""
        return np.asarray(self.oof.y - self.oof.prediction)

    def chosen(self, code: int) -> Chosen:
        """Return one class against the rest.

        Raises
        ------
        ExperimentError
            If there are numbers and no classes, or no such class.
        """
        if not 0 <= code < len(self.labels):
            raise ExperimentError("error.diagnosis.no_class")
        if code not in self.looked_at:
            self.looked_at[code] = counting.chosen(self.oof, code, self.task)
        return self.looked_at[code]

    def column(self, name: str) -> pl.Series:
        """Return a column's values on the rows that were predicted."""
        if name not in self.dataset.frame.columns:
            raise ColumnNotFound(name, self.dataset.frame.columns)
        return self.dataset.frame.get_column(name)[self.oof.rows]


def subject(run_id: str, model: str, *, by: Principal) -> Subject:
    """Return a candidate's predictions and their rows.

    Raises
    ------
    JobNotFound
        If there is no such comparison that this person may see.
    DatasetNotFound
        If its table is gone or not shared.
    ExperimentError
        If its predictions were not kept, or are not of this table.
    """
    job = jobs.find(held.store(), run_id, by=by)
    dataset = datasets.get(job.spec["dataset"], by=by)

    def make() -> Subject:
        if why := undiagnosed.why(run_id, model, by=by):
            figures: dict[str, Any] = why.values
            raise ExperimentError(why.key, **figures)
        plan = Plan.from_dict((job.result or {}).get("plan") or job.spec["plan"])
        oof = compare.oof(run_id, model, by=by)
        return Subject(plan, checked_labels(dataset.frame, plan, oof), oof, dataset)

    found: Subject = held.subjects.get((run_id, model, dataset.fingerprint, job.state), make)
    return found


def checked_labels(frame: pl.DataFrame, plan: Plan, oof: Oof) -> list[Any]:
    """Return the labels of a table's classes, after seeing that the predictions are about its rows."""
    target = frame.get_column(plan.target)
    labels, _ = labels_of(target.filter(present_rows(target)), plan)
    if len(oof.rows) and int(oof.rows.max()) < frame.height:
        own = target[oof.rows]
        if present_rows(own).all():
            y = codes(own, labels) if labels else own.cast(pl.Float64).to_numpy()
            if np.array_equal(y, oof.y):
                return labels
    raise ExperimentError("error.diagnosis.other_rows")
