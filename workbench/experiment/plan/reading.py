"""How a comparison's plan is read from plain data, and how everything that is wrong with it is said at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from workbench.errors import ExperimentError, WorkbenchError, closest
from workbench.experiment.plan.switches import Switches
from workbench.task import Task
from workbench.words import Text


@contextmanager
def noted(found: list[WorkbenchError]) -> Iterator[None]:
    """Note what is refused inside, and go on."""
    try:
        yield
    except WorkbenchError as problem:
        found.append(problem)


def several(found: Sequence[WorkbenchError]) -> ExperimentError:
    """Return one error that says all of them."""
    texts = [one_of(problem) for problem in found]
    said = texts[0]
    for text in texts[1:]:
        said = Text("error.experiment.and", before=said, last=text)
    fields = [{"field": str(p.values.get("name", "plan")), "problem": text} for p, text in zip(found, texts, strict=True)]
    return ExperimentError("error.experiment.several", count=len(found), problems=said, fields=fields)


def one_of(problem: WorkbenchError) -> Text:
    """Return one problem with its hint."""
    plain = Text(problem.key, **problem.values)
    return Text("error.experiment.problem", problem=plain, hint=problem.hint) if problem.hint else plain


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
    "sample": lambda value: None if value is None or value == "" else int(value),
    "class_weight": lambda value: str(value or "none"),
    "switches": Switches.from_dict,
}


def read_value(name: str, value: Any) -> Any:
    """Read one setting, or say which setting or value cannot be."""
    if name not in READERS:
        raise ExperimentError("error.experiment.setting", name=name, hint=closest(name, list(READERS)))
    try:
        return READERS[name](value)
    except (TypeError, ValueError) as problem:
        raise ExperimentError("error.experiment.value", name=name, value=str(value)) from problem


def read(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[WorkbenchError]]:
    """Return the settings that can be read, and what is wrong with the others."""
    found: list[WorkbenchError] = []
    values: dict[str, Any] = {}
    for name, value in data.items():
        with noted(found):
            values[name] = read_value(name, value)
    if not values.get("target"):
        found.append(ExperimentError("error.experiment.no_target"))
    return values, found


def refuse(found: Sequence[WorkbenchError]) -> None:
    """Raise what was found wrong, all of it in one error; nothing where nothing is."""
    if found:
        raise found[0] if len(found) == 1 else several(found)
