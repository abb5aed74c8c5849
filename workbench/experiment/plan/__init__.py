"""What a comparison is to do, checked against its table before anything runs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from workbench.errors import ColumnNotFound, ExperimentError, WorkbenchError, closest
from workbench.evaluation.metrics import METRICS, default_metric
from workbench.experiment.candidates import default_models, offered
from workbench.experiment.plan import reading as plan_reading
from workbench.experiment.plan.columns import check_left
from workbench.experiment.plan.columns import present_rows as present_rows
from workbench.experiment.plan.reading import noted, refuse
from workbench.experiment.plan.roles import check_roles
from workbench.experiment.plan.switches import Switches
from workbench.experiment.plan.switches import problems as switch_problems
from workbench.task import Task, infer

PREPARATIONS = ("suited", "pycaret")
WEIGHTS = ("none", "balanced")
# More labels than this are an id or a text, not classes.
MOST_CLASSES = 100
MOST_FOLDS = 50
MOST_SEED = 2**31 - 1
# Fewer rows than this say nothing about a table.
FEWEST_ROWS = 50

Label = str | int | float | bool


@dataclass(frozen=True)
class Plan:
    """One comparison. What is None or empty is filled by `checked`."""

    target: str
    task: Task | None = None
    event: str | None = None
    """The label that counts as the event, as text; two classes only."""
    models: tuple[str, ...] = ()
    sort: str | None = None
    folds: int = 10
    train_size: float = 0.7
    group: str | None = None
    group_part: dict[str, str] | None = None
    """``part`` and ``separator``, where only a part of the group's column names the entity."""
    time: str | None = None
    ignore: tuple[str, ...] = ()
    preprocessing: str = "suited"
    seed: int = 123
    budget: float | None = None
    """Seconds after which nothing new is begun."""
    name: str = ""
    sample: int | None = None
    """Rows drawn by chance before anything else, classes in their shares and groups whole; None is all of them."""
    class_weight: str = "none"
    """Whether rows of rare classes count for more (``balanced``)."""
    switches: Switches = field(default_factory=Switches)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        plain = dataclasses.asdict(self)
        return plain | {"task": str(self.task) if self.task else None, "models": list(self.models), "ignore": list(self.ignore)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """Return the plan that plain data describes.

        Raises
        ------
        ExperimentError
            Names a setting that a plan does not have, or a value of the wrong kind.
        """
        values, found = plan_reading.read(data)
        refuse(found)
        return cls(**values)

    @classmethod
    def of(cls, data: Mapping[str, Any], frame: pl.DataFrame, *, beside: Sequence[WorkbenchError] = ()) -> Plan:
        """Return the checked plan that plain data describes for a table; said at once is all that cannot be.

        Parameters
        ----------
        data : mapping
            The settings by their names.
        frame : polars.DataFrame
            The table.
        beside : sequence of WorkbenchError, optional
            What was found wrong elsewhere, to be said with the rest.

        Raises
        ------
        ColumnNotFound
            If the target, the group, the time or an ignored column is not in the table.
        ExperimentError
            If a setting cannot be read, or cannot work.
        """
        values, found = plan_reading.read(data)
        plan, more = completed(cls(**values), frame) if values.get("target") else (None, [])
        refuse([*found, *more, *beside])
        assert plan is not None
        return plan

    def checked(self, frame: pl.DataFrame) -> Plan:
        """Return the whole plan for a table, or say what is wrong with it.

        Raises
        ------
        ColumnNotFound
            If the target, the group, the time or an ignored column is not in the table.
        ExperimentError
            If the target or a setting cannot work.
        """
        plan, found = completed(self, frame)
        refuse(found)
        return plan


def completed(plan: Plan, frame: pl.DataFrame) -> tuple[Plan, list[WorkbenchError]]:
    """Return the whole plan for a table, and everything that is wrong with it."""
    found: list[WorkbenchError] = [*column_problems(plan, frame), *number_problems(plan)]
    # Rows and roles can be counted only in a table that has the columns, by settings that are numbers.
    is_countable = not found
    task = event = sort = None
    models = tuple(dict.fromkeys(plan.models))
    if plan.target in frame.columns:
        target = present(frame.get_column(plan.target))
        labels = distinct(target)
        with noted(found):
            task = checked_task(plan, target, len(labels))
        if task is not None:
            found += task_problems(plan, task)
            models = models or default_models(task)
            with noted(found):
                event = checked_event(plan, task, labels)
            with noted(found):
                sort = checked_sort(plan.sort, task)
        if labels:
            with noted(found):
                check_left(plan, frame)
    whole = dataclasses.replace(plan, task=task, event=event, models=models, sort=sort)
    if is_countable and task is not None:
        with noted(found):
            check_rows(whole, target)
        with noted(found):
            check_roles(whole, frame)
    return whole, found


def present(target: pl.Series) -> pl.Series:
    """Return a target's values without the missing ones."""
    return target.filter(present_rows(target))


def distinct(target: pl.Series) -> list[Label]:
    """Return a target's labels in sort order, a whole number without its point."""
    return [int(v) if isinstance(v, float) and v.is_integer() else v for v in present(target).unique().sort().to_list()]


def label_text(label: Label) -> str:
    """Return a label as a person writes it."""
    return str(label).lower() if isinstance(label, bool) else str(label)


def event_label(text: str, labels: Sequence[Label]) -> Label | None:
    """Return the label that a text names; letter case counts only where it must."""
    exact = [label for label in labels if label_text(label) == text]
    near = [label for label in labels if label_text(label).casefold() == text.strip().casefold()]
    return next(iter(exact or near), None)


def column_problems(plan: Plan, frame: pl.DataFrame) -> Iterator[WorkbenchError]:
    """Yield every column the table does not have, and one with two roles."""
    for name in dict.fromkeys((plan.target, plan.group, plan.time, *plan.ignore)):
        if name is not None and name not in frame.columns:
            yield ColumnNotFound(name, frame.columns)
    if plan.target in (plan.group, plan.time, *plan.ignore):
        yield ExperimentError("error.experiment.target_has_another_role", target=plan.target)
    if plan.group_part is not None and plan.group is None:
        yield ExperimentError("error.decisions.part_without_group")


def number_problems(plan: Plan) -> Iterator[ExperimentError]:
    """Yield every setting outside its bounds."""
    for name, known in {"preprocessing": PREPARATIONS, "class_weight": WEIGHTS}.items():
        if (value := getattr(plan, name)) not in known:
            yield ExperimentError("error.experiment.choice", name=name, value=value, known=list(known))
    bounds = {
        "folds": (plan.folds, 2, MOST_FOLDS),
        "train_size": (plan.train_size, 0.1, 0.95),
        "seed": (plan.seed, 0, MOST_SEED),
    }
    for name, (number, low, high) in bounds.items():
        if not low <= number <= high:
            yield ExperimentError("error.experiment.bounds", name=name, value=number, low=low, high=high)
    if plan.sample is not None and plan.sample < FEWEST_ROWS:
        yield ExperimentError("error.experiment.sample", value=plan.sample, low=FEWEST_ROWS)
    if plan.budget is not None and not plan.budget > 0:
        yield ExperimentError("error.experiment.budget", value=plan.budget)


def checked_task(plan: Plan, target: pl.Series, labels: int) -> Task:
    """Return the task, if the target allows it."""
    if labels < 2:
        key = "error.experiment.target_constant" if labels else "error.experiment.target_blank"
        raise ExperimentError(key, target=plan.target)
    if target.dtype.is_temporal():
        raise ExperimentError("error.experiment.target_date", target=plan.target)
    task = plan.task or infer(target)
    if task is Task.REGRESSION and not target.dtype.is_numeric():
        raise ExperimentError("error.experiment.not_a_number", target=plan.target)
    if task is Task.REGRESSION:
        return task
    if task is Task.BINARY and labels != 2:
        raise ExperimentError("error.experiment.not_binary", target=plan.target, labels=labels)
    if labels > MOST_CLASSES:
        key = "error.experiment.too_many_classes" if target.dtype.is_numeric() else "error.experiment.too_many_labels"
        raise ExperimentError(key, target=plan.target, labels=labels, most=MOST_CLASSES)
    return Task.BINARY if labels == 2 else Task.MULTICLASS


def checked_event(plan: Plan, task: Task, labels: Sequence[Label]) -> str | None:
    """Return the event's label as text: the last in sort order when none is named."""
    if task is not Task.BINARY:
        if plan.event is not None:
            raise ExperimentError("error.experiment.event_needs_two", event=plan.event, target=plan.target)
        return None
    if plan.event is None:
        return label_text(labels[-1])
    label = event_label(plan.event, labels)
    if label is None:
        texts = [label_text(label) for label in labels]
        raise ExperimentError("error.experiment.no_such_event", event=plan.event, target=plan.target, labels=texts)
    return label_text(label)


def task_problems(plan: Plan, task: Task) -> Iterator[ExperimentError]:
    """Yield every candidate and switch that is not for the task."""
    known = [c.id for c in offered(task)]
    for model in plan.models:
        if model not in known:
            yield ExperimentError("error.experiment.no_such_model", model=model, hint=closest(model, known))
    yield from switch_problems(plan.switches, is_classification=task.is_classification)
    if plan.class_weight == "balanced" and not task.is_classification:
        yield ExperimentError("error.experiment.needs_classes", name="class_weight")


def checked_sort(sort: str | None, task: Task) -> str:
    """Return the metric that ranks, as its column is written."""
    if sort is None:
        return default_metric(task)
    for metric in METRICS[task]:
        if metric.casefold().rstrip(".") == sort.casefold().rstrip("."):
            return metric
    raise ExperimentError("error.experiment.no_such_metric", metric=sort, known=list(METRICS[task]))


def check_rows(plan: Plan, target: pl.Series) -> None:
    """Refuse a table whose folds could not hold every class, or hardly any row."""
    rows = min(len(target), plan.sample or len(target))
    share = rows / max(len(target), 1)
    need = max(2 * plan.folds / plan.train_size, 4 / (1 - plan.train_size))
    if rows < need:
        raise ExperimentError("error.experiment.too_few_rows", rows=rows, need=math.ceil(need), folds=plan.folds)
    if plan.task is Task.REGRESSION:
        return
    counts = target.value_counts().sort("count")
    (rarest, fewest), (common, most) = ((label, int(count * share)) for label, count in (counts.row(0), counts.row(-1)))
    need = math.ceil(2 / plan.train_size)
    if fewest < need:
        raise ExperimentError("error.experiment.rare_class", label=label_text(rarest), count=fewest, need=need)
    if most * plan.train_size < plan.folds:
        raise ExperimentError("error.experiment.small_classes", label=label_text(common), count=most, folds=plan.folds)
