"""What happens in a comparison: line by line from its events, and the memory that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench import jobs
from workbench.actions import held
from workbench.experiment.candidates import title
from workbench.figure import score
from workbench.jobs import container
from workbench.jobs.container import Memory
from workbench.principal import Principal
from workbench.words import Text


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    at: datetime
    text: Text


@dataclass(frozen=True)
class Told:
    """What is known of a comparison beside its rows."""

    lines: list[Line]
    """The log, oldest first."""
    taken: int | None
    """The most memory, in bytes, that its process has held; None while it has told nothing."""
    memory: Memory
    """What this server's container has."""


def told(run_id: str, *, by: Principal) -> Told:
    """Return what happened in a comparison.

    Raises
    ------
    JobNotFound
        If there is no such run that this person may see.
    """
    job = jobs.find(held.store(), run_id, by=by)
    plan = job.spec.get("plan") or {}
    happened = jobs.events(held.store(), run_id)
    found = [Line(datetime.fromisoformat(event["at"]), text) for event in happened for text in said(event, plan)]
    return Told(found, max((event.get("memory") or 0 for event in happened), default=0) or None, container.memory())


def said(event: dict[str, Any], plan: dict[str, Any]) -> Iterator[Text]:
    """Yield what there is to say about an event."""
    metric, kind = Text(f"metric.{plan['sort']}.title"), event["kind"]
    if kind == "started":
        yield from of_start(event, plan)
    elif kind == "fold" and not event.get("kept"):
        named = {"model": model_of(event["model"], plan), "fold": event["fold"] + 1, "folds": plan["folds"]}
        value, seconds = event["metrics"].get(plan["sort"]), event["seconds"]
        if value is None:
            yield Text("run_log.fold_blank", **named, metric=metric, seconds=seconds)
        else:
            yield Text("run_log.fold", **named, metric=metric, value=score(value), seconds=seconds)
    elif kind in ("row", "baseline"):
        yield of_row(event["row"], kind, plan, metric)
    elif kind == "sorted":
        wanted, used = (Text(f"metric.{event[name]}.title") for name in ("wanted", "used"))
        yield Text("run_log.sorted", wanted=wanted, used=used)
    elif kind == "memory":
        yield Text.from_dict(event["text"])
    elif kind == "finishing":
        yield Text("run_log.finishing", model=model_of(event["model"], plan))
    elif kind == "holdout" and (value := event["metrics"].get(plan["sort"])) is not None:
        yield Text("run_log.holdout", model=model_of(event["model"], plan), metric=metric, value=score(value))


def of_start(event: dict[str, Any], plan: dict[str, Any]) -> Iterator[Text]:
    """Say what a comparison begins with, and what it takes over from the run before."""
    figures = {name: event[name] for name in ("folds", "rows", "features")}
    yield Text("run_log.started", models=len(event["models"]), **figures)
    if event.get("kept"):
        yield Text("run_log.resumed", count=event["kept"])
    for name in ("failed", "again"):
        if models := [model_of(model, plan) for model in event.get(name) or ()]:
            yield Text(f"run_log.{name}_before", models=models)


def of_row(row: dict[str, Any], kind: str, plan: dict[str, Any], metric: Text) -> Text:
    """Say how a candidate did."""
    model, value = model_of(row["model"], plan), row["metrics"].get(plan["sort"])
    if row.get("reason"):
        return Text("run_log.row_not", model=model, reason=Text.from_dict(row["reason"]))
    if value is None:
        return Text("run_log.row_blank", model=model)
    if kind == "baseline":
        return Text("run_log.baseline", metric=metric, value=score(value))
    return Text("run_log.row", model=model, metric=metric, value=score(value))


def model_of(model: str, plan: dict[str, Any]) -> Text:
    """Return a candidate's name."""
    return title(model, "regression" if plan["task"] == "regression" else "classification")
