"""What a comparison is to do, checked against its table before anything runs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.errors import ColumnNotFound, ExperimentError, closest
from workbench.evaluation.entities import entities
from workbench.evaluation.metrics import METRICS, default_metric
from workbench.experiment.candidates import default_models, offered
from workbench.task import Task, infer

PREPARATIONS = ("suited",)
# More labels than this are an id or a text, not classes.
MOST_CLASSES = 100
MOST_FOLDS = 50
MOST_SEED = 2**31 - 1

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
        for name in data:
            if name not in READERS:
                raise ExperimentError("error.experiment.setting", name=name, hint=closest(name, list(READERS)))
        if not data.get("target"):
            raise ExperimentError("error.experiment.no_target")
        return cls(**{name: read_value(name, value) for name, value in data.items()})

    def checked(self, frame: pl.DataFrame) -> Plan:
        """Return the whole plan for a table, or say what is wrong with it.

        Raises
        ------
        ColumnNotFound
            If the target, the group, the time or an ignored column is not in the table.
        ExperimentError
            If the target or a setting cannot work.
        """
        check_columns(self, frame)
        check_numbers(self)
        target = present(frame.get_column(self.target))
        labels = distinct(target)
        task = checked_task(self, target, len(labels))
        event = checked_event(self, task, labels)
        whole = dataclasses.replace(
            self, task=task, event=event, models=checked_models(self.models, task), sort=checked_sort(self.sort, task)
        )
        check_rows(whole, target)
        check_roles(whole, frame)
        return whole


def text_or_none(value: Any) -> str | None:
    """Read an optional text; an empty one is none."""
    return None if value is None or value == "" else str(value)


def part_or_none(value: Any) -> dict[str, str] | None:
    """Read which part of a compound key names the entity.

    Raises
    ------
    ExperimentError
        If it is not a part before or after a separator.
    """
    if not value:
        return None
    try:
        part, separator = str(value["part"]), str(value["separator"])
    except (KeyError, TypeError) as problem:
        raise ExperimentError("error.experiment.group_part") from problem
    if part not in ("before", "after") or not separator:
        raise ExperimentError("error.experiment.group_part")
    return {"part": part, "separator": separator}


def names(value: Any) -> tuple[str, ...]:
    """Read a list of names, also from comma-separated text."""
    parts = value.split(",") if isinstance(value, str) else list(value or ())
    return tuple(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))


# How each setting of a plan is read from plain data.
READERS: dict[str, Callable[[Any], Any]] = {
    "target": str,
    "task": lambda value: Task(value) if value else None,
    "event": text_or_none,
    "models": names,
    "sort": text_or_none,
    "folds": int,
    "train_size": float,
    "group": text_or_none,
    "group_part": part_or_none,
    "time": text_or_none,
    # A column's name may hold commas, so one text is one name.
    "ignore": lambda value: tuple(dict.fromkeys(map(str, [value] if isinstance(value, str) else value or ()))),
    "preprocessing": str,
    "seed": int,
    "budget": lambda value: None if value is None else float(value),
    "name": lambda value: str(value or ""),
}


def read_value(name: str, value: Any) -> Any:
    """Read one setting, or say which value cannot be."""
    try:
        return READERS[name](value)
    except (TypeError, ValueError) as problem:
        raise ExperimentError("error.experiment.value", name=name, value=str(value)) from problem


def present(target: pl.Series) -> pl.Series:
    """Return a target's values without the missing ones."""
    return target.drop_nans().drop_nulls() if target.dtype.is_float() else target.drop_nulls()


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


def check_columns(plan: Plan, frame: pl.DataFrame) -> None:
    """Refuse a column the table does not have, and one with two roles."""
    for name in (plan.target, plan.group, plan.time, *plan.ignore):
        if name is not None and name not in frame.columns:
            raise ColumnNotFound(name, frame.columns)
    if plan.target in (plan.group, plan.time, *plan.ignore):
        raise ExperimentError("error.experiment.target_has_another_role", target=plan.target)
    if plan.group_part is not None and plan.group is None:
        raise ExperimentError("error.decisions.part_without_group")


def check_numbers(plan: Plan) -> None:
    """Refuse settings outside their bounds."""
    if plan.preprocessing not in PREPARATIONS:
        raise ExperimentError("error.experiment.preprocessing", value=plan.preprocessing, known=list(PREPARATIONS))
    bounds = {
        "folds": (plan.folds, 2, MOST_FOLDS),
        "train_size": (plan.train_size, 0.1, 0.95),
        "seed": (plan.seed, 0, MOST_SEED),
    }
    for name, (value, low, high) in bounds.items():
        if not low <= value <= high:
            raise ExperimentError("error.experiment.bounds", name=name, value=value, low=low, high=high)
    if plan.budget is not None and not plan.budget > 0:
        raise ExperimentError("error.experiment.budget", value=plan.budget)


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
        raise ExperimentError("error.experiment.too_many_classes", target=plan.target, labels=labels, most=MOST_CLASSES)
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


def checked_models(models: Sequence[str], task: Task) -> tuple[str, ...]:
    """Return the candidates to compare, each once."""
    known = [c.id for c in offered(task)]
    for model in models:
        if model not in known:
            raise ExperimentError("error.experiment.no_such_model", model=model, hint=closest(model, known))
    return tuple(dict.fromkeys(models)) or default_models(task)


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
    need = max(2 * plan.folds / plan.train_size, 4 / (1 - plan.train_size))
    if len(target) < need:
        raise ExperimentError("error.experiment.too_few_rows", rows=len(target), need=math.ceil(need), folds=plan.folds)
    if plan.task is Task.REGRESSION:
        return
    counts = target.value_counts().sort("count")
    (rarest, fewest), (common, most) = counts.row(0), counts.row(-1)
    need = math.ceil(2 / plan.train_size)
    if fewest < need:
        raise ExperimentError("error.experiment.rare_class", label=label_text(rarest), count=fewest, need=need)
    if most * plan.train_size < plan.folds:
        raise ExperimentError("error.experiment.small_classes", label=label_text(common), count=most, folds=plan.folds)


def check_roles(plan: Plan, frame: pl.DataFrame) -> None:
    """Refuse a group with too few groups to tell apart, and a time that is none."""
    kept = frame.filter(present_rows(frame.get_column(plan.target)))
    if plan.group is not None:
        check_part(kept.get_column(plan.group), plan.group_part)
        groups = entities(kept.get_column(plan.group), plan.group_part).n_unique()
        if int(groups * plan.train_size) < plan.folds:
            raise ExperimentError("error.experiment.too_few_groups", group=plan.group, groups=groups, folds=plan.folds)
    if plan.time is None:
        return
    time = kept.get_column(plan.time)
    if not (time.dtype.is_temporal() or time.dtype.is_numeric()):
        raise ExperimentError("error.experiment.not_a_time", time=plan.time)
    if len(present(time)) < len(time):
        raise ExperimentError("error.experiment.time_blank", time=plan.time, count=len(time) - len(present(time)))
    if time.n_unique() < 2 * plan.folds:
        raise ExperimentError("error.experiment.too_few_times", time=plan.time, times=time.n_unique(), folds=plan.folds)


def check_part(column: pl.Series, part: Mapping[str, str] | None) -> None:
    """Refuse a part of a key whose separator is nowhere: it would be the whole key without anybody noticing."""
    if part is None:
        return
    values = column.drop_nulls().cast(pl.String)
    if not values.str.contains(part["separator"], literal=True).any():
        example = values[0][:40] if len(values) else "–"
        raise ExperimentError("error.decisions.part_nowhere", column=column.name, separator=part["separator"], example=example)


def present_rows(target: pl.Series) -> pl.Series:
    """Return which rows have a target."""
    return target.is_not_null() & target.is_not_nan() if target.dtype.is_float() else target.is_not_null()
